"""The checks of `cuepoint doctor`: what is most often wrong with an installation, in one line with what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import socket
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import asking
from bot.answer_processes.capacity import process_count
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.cli.file_checks import CheckResult, Grade, check_permissions
from bot.cli.library import update_with_progress
from bot.cli.screen import Screen
from bot.cli.session import Session
from bot.discord_status import DiscordStatus
from bot.errors import CannotConnect
from bot.operations.nightly_backup import last_backup_second, list_future_backups
from bot.settings import Settings, describe_misnamed
from storage import access
from storage.errors import ModelUnusable, OlderDatabase
from storage.ledger import Ledger
from storage.library import Library
from storage.models import (
    MIN_COMPILED_SEGMENTS,
    CompiledRankingReport,
    CompiledRankingState,
    DatabaseRoom,
    VectorCoverage,
)
from storage.system_errors import explain

SAMPLE_QUESTION = "what is a hold cue?"
"""A question that the sample talks answer."""
MIN_FREE_BYTES = 200_000_000
"""Less than this is too little: a day of use, an import and a backup need room."""
MIN_FREE_TO_TELL_BYTES = 10_000_000
"""Less free room within the database is used by the next import."""
OLD_BACKUP_SECONDS = 2 * 24 * 3600.0
"""Where the last nightly backup is older than this, one was missed."""
MAX_CLOCK_ERROR_SECONDS = 60.0
"""A clock that is off by more makes expired buttons work and valid ones expire."""
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


def examine(session: Session, *, repair: bool, online: bool) -> bool:
    """Check everything and print what was found, one line per check; return whether nothing is wrong."""
    screen = session.screen
    with session.reporting_errors():
        settings = session.settings
        results = [
            *check_settings(settings),
            *check_machine(settings),
            *check_permissions(settings),
            *(_check_online(session) if online else ()),
        ]
    healthy = _show_results(screen, results)

    async def run(stored: Library, ledger: Ledger) -> bool:
        if repair:
            await _repair_library(screen, stored)
        if await _show_problems(screen, stored):
            return False
        if repair and settings.meaning is not None:
            for key in await stored.libraries():
                await update_with_progress(session, stored, access.any_scope(key))
        sound = _show_results(screen, await check_stored(settings, stored, ledger, now=time.time()))
        if not _show_results(screen, await check_meaning(settings, stored)):
            return False  # without the model no question is answered
        _show_results(screen, [check_ranking(await stored.compiled_ranking.report())])
        answer = await asking.ask(stored, access.sample_scope(), parse_question(SAMPLE_QUESTION))
        answered = answer.level is AnswerLevel.CONFIDENT
        verdict = "ok, the samples answer" if answered else "the samples do not answer"
        screen.print_line(f"question  {verdict}: {SAMPLE_QUESTION}")
        return sound and answered

    if repair:
        return session.run_with_ledger(run) and healthy
    with session.reporting_errors():
        try:
            return session.wait_for(_look(settings, run)) and healthy
        except OlderDatabase as error:
            return _show_results(screen, [CheckResult("stored", str(error), Grade.NOTE)]) and healthy


async def _look(settings: Settings, look: Callable[[Library, Ledger], Awaitable[bool]]) -> bool:
    """Look at what is stored without writing anything; where there is nothing yet, at a new installation."""
    path = settings.database_path
    with contextlib.ExitStack() as stack:
        if _is_missing(path):
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cuepoint-"))) / path.name
            await (await Library.open(path)).close()
        library = await Library.open_read_only(path, settings.meaning, settings.hosts)
        try:
            ledger = await Ledger.open_read_only(path)
            try:
                return await look(library, ledger)
            finally:
                await ledger.close()
        finally:
            await library.close()


def _is_missing(path: Path) -> bool:
    """Return whether there is no file, as opposed to one that cannot be looked at."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        pass
    return False


def _check_online(session: Session) -> Iterator[CheckResult]:
    try:
        yield from check_discord(session.check_discord())
    except CannotConnect as error:
        yield CheckResult("online", str(error), Grade.WRONG)


def _show_results(screen: Screen, results: Sequence[CheckResult]) -> bool:
    """Print results, one line per result; return whether none of them is wrong."""
    for result in results:
        screen.print_line(str(result))
    return all(result.grade is not Grade.WRONG for result in results)


async def _repair_library(screen: Screen, stored: Library) -> None:
    before = await stored.maintenance.problems()
    old_path = await stored.maintenance.repair()
    left = await stored.maintenance.problems()
    for problem in before:
        if problem not in left:
            screen.print_line(f"repaired  {problem.what}")
    if old_path:
        screen.print_line(f"repaired  what was there before is kept in {old_path}")
    room = await stored.maintenance.measure_room()
    if not left and (room.is_due or room.free_bytes):
        await stored.maintenance.compact()
        screen.print_line(f"repaired  the database was rewritten and is {room.free_bytes / 1e6:,.1f} MB smaller")


async def _show_problems(screen: Screen, stored: Library) -> bool:
    """Print what is stored, or what is wrong with it and what to do; return whether anything is wrong."""
    problems = await stored.maintenance.problems()
    for problem in problems:
        remedy = "`cuepoint doctor --repair`" if problem.repairable else "restore a backup: `cuepoint restore FILE`"
        screen.print_line(f"problem   {problem.what}; {remedy}")
    if not problems:
        segments = sum([size.segments for size in await stored.sizes() if size.library != access.SAMPLES])
        screen.print_line(f"stored    ok, {segments:,} segments stored and indexed, the samples aside")
    return bool(problems)


def check_settings(settings: Settings) -> Iterator[CheckResult]:
    """Check what the settings alone show."""
    yield CheckResult("settings", f"data in {settings.data_dir}")
    for name in settings.misnamed:
        yield CheckResult("settings", describe_misnamed(name), Grade.WRONG)
    token = settings.discord_token
    if token is None:
        words = "there is no token: `cuepoint` opens the terminal chat; set DISCORD_TOKEN to connect to Discord"
        yield CheckResult("discord", words, Grade.NOTE)
    elif not _TOKEN.fullmatch(token.get_secret_value()):
        words = (
            "DISCORD_TOKEN does not look like a bot's token, which has three parts with dots between them: reset it on "
            "the page Bot of your application and copy that; it is neither the client secret nor the public key"
        )
        yield CheckResult("discord", words, Grade.WRONG)
    else:
        yield CheckResult("discord", "a token is set; `cuepoint doctor --online` tries it")
    if settings.allowed_servers and settings.allowed_servers <= settings.blocked_servers:
        words = "no server is served: CUEPOINT_BLOCKED_SERVERS names all that CUEPOINT_ALLOWED_SERVERS allows"
        yield CheckResult("servers", words, Grade.WRONG)
    processes = process_count(settings.answer_processes, reads_meaning=settings.meaning is not None)
    beside = f"in up to {processes} processes beside the bot's own" if processes else "in the bot's own process"
    yield CheckResult("cores", f"answers are computed {beside}")


def check_machine(settings: Settings) -> list[CheckResult]:
    """Check what the machine offers: a folder, room in it, a port."""
    folder, database = settings.data_dir, settings.database_path
    # One that is missing will be made: its parent is what has to be writable.
    there = next((each for each in (folder, *folder.absolute().parents) if os.path.exists(each)), folder)
    try:
        room = free_bytes(there)
        needed = max(MIN_FREE_BYTES, database.stat().st_size if os.path.exists(database) else 0)
        with tempfile.TemporaryFile(dir=there):
            pass
        if os.path.exists(database) and not os.access(database, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        words = f"{folder} cannot be written: {explain(error, there)}, or set CUEPOINT_DATA_DIR to another"
        return [CheckResult("folder", words, Grade.WRONG)]
    left = f"{room / 1e6:,.0f} MB left on the disk"
    if room < needed:
        words = f"only {left}, and {needed / 1e6:,.0f} should be: delete what is not needed, such as old backups"
        return [CheckResult("disk", words, Grade.WRONG), *_check_port(settings)]
    return [CheckResult("disk", left), *_check_port(settings)]


def free_bytes(folder: Path) -> int:
    """Return how many bytes are free on the disk that a folder is on."""
    return shutil.disk_usage(folder).free


def _check_port(settings: Settings) -> Iterator[CheckResult]:
    host, port = settings.http_host, settings.http_port
    if port is None:
        return
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if _is_cuepoint(host, port):
            yield CheckResult("port", f"the bot answers on {port}")
        else:
            words = f"port {port} on {host} cannot be had: {error.strerror}; set CUEPOINT_HTTP_PORT to another"
            yield CheckResult("port", words, Grade.WRONG)
    else:
        yield CheckResult("port", f"{port} is free; the bot does not run, or not with this setting")


def _is_cuepoint(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2) as answer:
            return bool(answer.read(10) == b"alive\n")
    except (OSError, ValueError):
        return False


def check_discord(status: DiscordStatus) -> Iterator[CheckResult]:
    """Check what Discord says."""
    yield CheckResult("online", f"Discord knows the bot as {status.name}")
    if status.needless_intents:
        names = ", ".join(status.needless_intents)
        words = f"these intents are on and not needed: {names}; switch them off on the page Bot of your application"
        yield CheckResult("intents", words, Grade.NOTE)
    ahead = status.clock_ahead_seconds
    if ahead is not None and abs(ahead) > MAX_CLOCK_ERROR_SECONDS:
        words = f"the clock is {abs(ahead):,.0f} seconds {'ahead' if ahead > 0 else 'behind'}: let the machine set it"
        yield CheckResult("clock", words, Grade.WRONG)


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
    return [*results, _describe_room(await library.maintenance.measure_room()), _check_backups(settings, now)]


def _describe_room(room: DatabaseRoom) -> CheckResult:
    words = f"{room.free_bytes / 1e6:,.1f} MB of the database are free"
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
