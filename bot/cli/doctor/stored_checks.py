"""The checks of `cuepoint doctor` on what is stored: the database, models, what ranks, and backups."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cli.doctor.machine_checks import MAX_CLOCK_ERROR_SECONDS
from bot.cli.doctor.results import CheckResult, Grade
from bot.message_content import SWITCH_IN_PORTAL
from bot.operations.nightly_backup import last_backup_second, list_future_backups
from bot.settings import Settings
from storage import access
from storage.errors import ModelUnusable
from storage.ledger import Ledger
from storage.library import Library
from storage.models import (
    MIN_COMPILED_SEGMENTS,
    CompiledRankingReport,
    CompiledRankingState,
    DatabaseRoom,
    VectorCoverage,
)

MIN_FREE_TO_TELL_BYTES = 10_000_000
"""Less free room within the database is used by the next import."""
OLD_BACKUP_SECONDS = 2 * 24 * 3600.0
"""Where the last nightly backup is older than this, one was missed."""


async def check_stored(settings: Settings, library: Library, ledger: Ledger, *, now: float) -> list[CheckResult]:
    """Check what the database shows; `now` is in seconds since the epoch."""
    sizes = [size for size in await library.sizes() if size.library != access.SAMPLES]
    results = []
    if not any(size.videos for size in sizes):
        words = "nothing is imported yet, and the sample talks answer: `cuepoint import FILE`, or /library import"
        results.append(CheckResult("videos", words, Grade.NOTE))
    last = max((_parse_moment(size.acted_at) for size in sizes if size.acted_at), default=0.0)
    if last > now + MAX_CLOCK_ERROR_SECONDS:
        words = "the clock is behind what is stored: the last import is yet to come; let the machine set its clock"
        results.append(CheckResult("clock", words, Grade.WRONG))
    if settings.discord_token and await ledger.command_hash("global") is None:
        words = "the commands were never registered with Discord: start the bot once, or `cuepoint sync`"
        results.append(CheckResult("commands", words, Grade.NOTE))
    results += await _check_forums(settings, ledger)
    return [*results, _describe_room(await library.maintenance.measure_room()), _check_backups(settings, now)]


async def _check_forums(settings: Settings, ledger: Ledger) -> list[CheckResult]:
    """Check whether the forum posts can be read that servers want answered."""
    servers = await ledger.count_servers_with_forums()
    if settings.message_content or not servers:
        return []
    wanted = f"{servers:,} {'server wants' if servers == 1 else 'servers want'} forum posts answered"
    words = f"{wanted}, which cannot be read: {SWITCH_IN_PORTAL}, and set CUEPOINT_MESSAGE_CONTENT=yes"
    return [CheckResult("forums", words, Grade.NOTE)]


def _describe_room(room: DatabaseRoom) -> CheckResult:
    words = f"{room.free_bytes / 1e6:,.1f} MB of the database are unused"
    if room.is_due:
        words += ", and it may still hold traces of what was deleted: `cuepoint doctor --repair` rewrites it"
    elif room.free_bytes >= MIN_FREE_TO_TELL_BYTES:
        words += ": `cuepoint doctor --repair` gives them back to the disk"
    else:
        return CheckResult("room", words)
    return CheckResult("room", words, Grade.NOTE)


async def check_meaning(settings: Settings, library: Library) -> list[CheckResult]:
    """Check the models that read meaning, where any is named, and for which libraries they do."""
    if settings.meaning is None:
        return []
    try:
        models = await library.meaning.models()
    except ModelUnusable as error:
        return [CheckResult("meaning", str(error), Grade.WRONG)]
    results = [
        CheckResult("meaning", f"{model.name} (sha256 {model.sha256}) reads {', '.join(model.languages)}")
        for model in models
    ]
    for key in await library.libraries():
        results += [_describe_coverage(coverage) for coverage in await library.meaning.coverage(access.any_scope(key))]
    return results


def check_ranking(report: CompiledRankingReport) -> CheckResult:
    """Say what ranks: numpy, or the compiled loop of the extra `fast`."""
    loop = f"the loop compiled by {report.compiler}"
    words = {
        CompiledRankingState.NOT_INSTALLED: "by numpy; the extra `fast` is not installed",
        CompiledRankingState.FEW_SEGMENTS: f"by numpy; {loop} is for libraries of {MIN_COMPILED_SEGMENTS:,} segments",
        CompiledRankingState.NOT_TRIED: f"by numpy, until the bot has started and tried {loop}",
        CompiledRankingState.FAILED: f"by numpy, for {loop} could not be used: {report.problem}",
        CompiledRankingState.USED: f"by {loop}",
    }[report.state]
    return CheckResult("ranking", words, Grade.NOTE if report.problem else Grade.FINE)


def _describe_coverage(coverage: VectorCoverage) -> CheckResult:
    if not coverage.is_read:
        words = f"{coverage.library} is in the language {coverage.language}, which the model does not read"
        return CheckResult("meaning", f"{words}: it is ranked without it", Grade.NOTE)
    words = f"{coverage.with_vector:,} of {coverage.segments:,} segments of {coverage.library} have a vector"
    if coverage.with_vector == coverage.segments:
        return CheckResult("meaning", words)
    return CheckResult("meaning", f"{words}; the running bot makes the rest, or `cuepoint doctor --repair`", Grade.NOTE)


def _parse_moment(written: str) -> float:
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _check_backups(settings: Settings, now: float) -> CheckResult:
    if settings.backup_at is None:
        words = "there is no nightly backup: set CUEPOINT_BACKUP_AT=03:30"
        return CheckResult("backups", words, Grade.NOTE)
    moment = datetime.fromtimestamp(now)
    if later := list_future_backups(settings.backups_dir, moment.date()):
        words = f"{later[-1].name} is dated in the future and does not count: delete it, or give it another name"
        return CheckResult("backups", words, Grade.WRONG)
    last = last_backup_second(settings.backups_dir, moment)
    if last is None:
        words = f"no nightly backup was made yet: the running bot makes one at {settings.backup_at:%H:%M}"
        return CheckResult("backups", words, Grade.NOTE)
    days = (now - last) / (24 * 3600)
    if now - last > OLD_BACKUP_SECONDS:
        words = f"the last nightly backup is {days:.0f} days old: see why in the bot's log, or start the bot"
        return CheckResult("backups", words, Grade.WRONG)
    return CheckResult("backups", f"the last one is {days * 24:.0f} hours old")
