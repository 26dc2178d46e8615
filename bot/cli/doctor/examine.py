"""Runs the checks of `cuepoint doctor`, prints a line for each, and repairs."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.cli.doctor.directory_checks import check_directory
from bot.cli.doctor.file_checks import check_permissions
from bot.cli.doctor.machine_checks import check_discord, check_machine, check_settings
from bot.cli.doctor.results import CheckResult, Grade
from bot.cli.doctor.stored_checks import check_meaning, check_ranking, check_stored
from bot.cli.library import update_with_progress
from bot.cli.screen import Screen
from bot.cli.session import Session
from bot.errors import CannotConnect
from bot.settings import Settings
from storage import access
from storage.errors import OlderDatabase
from storage.ledger import Ledger
from storage.library import Library

SAMPLE_QUESTION = "what is a hold cue?"
"""A question that the sample talks answer."""


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
        status = session.check_discord()
        yield from check_discord(status)
        if status.page:
            yield from check_directory(status.page, session.settings.host_links)
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
