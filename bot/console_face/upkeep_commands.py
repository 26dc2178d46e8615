"""`cuepoint servers`, `cuepoint backup` and `cuepoint doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import asking
from bot.answering.values import Found
from bot.console_face.machine_output import size_json
from bot.console_face.session import FAILED, Session
from storage import access
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
        sizes = [(server, each) for each in await stored.sizes() if (server := access.server_of(each.library))]
        if json:
            session.screen.data("".join(size_json(server, size) + "\n" for server, size in sizes))
        elif sizes:
            session.screen.sizes(sizes)
        else:
            session.screen.remark("No Discord server has a library of its own yet.")

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
    session.screen.say(f"Backed up to {file}.")


def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild what can be rebuilt.")] = False,
) -> None:
    """Check the settings, the database, the index and a sample question. The exit code tells."""
    session: Session = context.obj
    screen = session.screen
    with session.reporting_errors():
        settings = session.settings
    screen.say(f"settings  ok, data in {settings.data_dir}")
    screen.say(f"discord   {'a token is set' if settings.discord_token else 'no token: the terminal chat'}")

    async def run(stored: Library) -> bool:
        if repair:
            await stored.repair()
            screen.say("repair    indexes rebuilt from the stored videos")
        healthy = True
        for name, scope in (("shared", access.host()), ("samples", access.samples())):
            problems = await stored.problems(scope)
            healthy = healthy and not problems
            size = (await stored.statistics(scope)).segments
            screen.say(f"{name:<9} {'; '.join(problems) or f'ok, {size:,} segments stored and indexed'}")
        answered = healthy and (await asking.ask(stored, access.samples(), SAMPLE_QUESTION)).found is Found.CONFIDENT
        verdict = "ok, the samples answer" if answered else "the samples do not answer"
        screen.say(f"question  {verdict}: {SAMPLE_QUESTION}")
        return answered

    if not session.run(run):
        screen.remark(
            "Something is wrong. Try `cuepoint doctor --repair`; if that does not help, restore a backup.", "red"
        )
        raise typer.Exit(FAILED)
