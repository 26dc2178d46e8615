"""`cuepoint servers`, `cuepoint backup`, `cuepoint restore` and `cuepoint doctor`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.cli import doctor as checks
from bot.cli.doctor import CheckResult, Grade
from bot.cli.json_output import size_json
from bot.cli.screen import Screen
from bot.cli.session import FAILED, Session
from bot.errors import CannotConnect
from storage import access
from storage.ledger import Ledger
from storage.library import Library

SAMPLE_QUESTION = "what is a hold cue?"
"""A question that the sample talks answer."""


def servers(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a library.")] = False,
) -> None:
    """List the libraries of Discord servers with their sizes; in a pipe one a line, a tab between the fields."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        sizes = [(server, size) for size in await stored.sizes() if (server := access.server_of(size.library))]
        if json:
            session.screen.print_data("".join(size_json(server, size) + "\n" for server, size in sizes))
        elif sizes:
            session.screen.show_sizes(sizes)
        else:
            session.screen.print_remark("No Discord server has a library of its own yet.")

    session.run(run)


def backup(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write; it must not exist yet.", show_default=False)
    ],
) -> None:
    """Copy everything into one file, also while the bot runs."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        await stored.backup(file)

    session.run(run)
    session.screen.print_line(f"Backed up to {file}.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `cuepoint backup` wrote.", show_default=False)],
) -> None:
    """Put a backup in the place of the database. Stop the bot first. What was there is kept beside it."""
    session: Session = context.obj
    with session.reporting_errors():
        old_path = asyncio.run(Library.restore(session.settings.database_path, file))

    async def run(stored: Library) -> int:
        return sum([size.videos for size in await stored.sizes() if size.library != access.SAMPLES])

    session.screen.print_line(f"Restored {file}: {session.run(run):,} videos.")
    if old_path:
        session.screen.print_line(f"What was there before is kept in {old_path}.")


def doctor(
    context: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make good what can be made good from what is stored.")
    ] = False,
    online: Annotated[bool, typer.Option("--online", help="Also ask Discord whether it takes the token.")] = False,
) -> None:
    """Check settings, machine, database, indexes, backups and a sample question. The exit code tells."""
    session: Session = context.obj
    screen = session.screen
    with session.reporting_errors():
        settings = session.settings
        results = [
            *checks.check_settings(settings),
            *checks.check_machine(settings),
            *(_check_online(session) if online else ()),
        ]
    healthy = _show_results(screen, results)

    async def run(stored: Library, ledger: Ledger) -> bool:
        if repair:
            await _repair_library(screen, stored)
        if await _show_problems(screen, stored):
            return False
        sound = _show_results(screen, await checks.check_stored(settings, stored, ledger, now=time.time()))
        answer = await asking.ask(stored, access.sample_scope(), parse_question(SAMPLE_QUESTION))
        answered = answer.level is AnswerLevel.CONFIDENT
        verdict = "ok, the samples answer" if answered else "the samples do not answer"
        screen.print_line(f"question  {verdict}: {SAMPLE_QUESTION}")
        return sound and answered

    if not (session.run_with_ledger(run) and healthy):
        screen.print_remark("Something is wrong; see above.", "red")
        raise typer.Exit(FAILED)


def _check_online(session: Session) -> Iterator[CheckResult]:
    try:
        yield from checks.check_discord(session.check_discord())
    except CannotConnect as error:
        yield CheckResult("online", str(error), Grade.WRONG)


def _show_results(screen: Screen, results: Sequence[CheckResult]) -> bool:
    """Print results, one line per result; return whether none of them is wrong."""
    for result in results:
        screen.print_line(str(result))
    return all(result.grade is not Grade.WRONG for result in results)


async def _repair_library(screen: Screen, stored: Library) -> None:
    before = await stored.problems()
    old_path = await stored.repair()
    left = await stored.problems()
    for problem in before:
        if problem not in left:
            screen.print_line(f"repaired  {problem.what}")
    if old_path:
        screen.print_line(f"repaired  what was there before is kept in {old_path}")


async def _show_problems(screen: Screen, stored: Library) -> bool:
    """Print what is stored, or what is wrong with it and what to do; return whether anything is wrong."""
    problems = await stored.problems()
    for problem in problems:
        remedy = "`cuepoint doctor --repair`" if problem.repairable else "restore a backup: `cuepoint restore FILE`"
        screen.print_line(f"problem   {problem.what}; {remedy}")
    if not problems:
        segments = sum([size.segments for size in await stored.sizes() if size.library != access.SAMPLES])
        screen.print_line(f"stored    ok, {segments:,} segments stored and indexed, the samples aside")
    return bool(problems)
