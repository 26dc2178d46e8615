"""`cuepoint glossary`: add, remove, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.json_output import entry_json
from bot.cli.session import Session
from storage import access
from storage.models import GlossaryEntry

if TYPE_CHECKING:
    from storage.library import Library

SaidArgument = Annotated[
    str, typer.Argument(metavar="SAID", help="What the captions say, such as ganz.", show_default=False)
]
MeantArgument = Annotated[
    str, typer.Argument(metavar="MEANT", help="What is meant by it, such as GANs.", show_default=False)
]
OnlyMeantArgument = Annotated[
    str | None, typer.Argument(metavar="[MEANT]", help="Only as said for this; for all else it stays.")
]
EntryJsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object an entry.")]


def add(
    context: typer.Context, said: SaidArgument, meant: MeantArgument, library: LibraryOption = access.SHARED
) -> None:
    """Note what the captions say for a word that is meant: asking for the one then finds the other too.

    Write a side of several words in quotation marks, and -- before sides that begin with a dash.
    """
    session: Session = context.obj
    screen = session.screen

    async def run(stored: Library) -> None:
        scope = access.host_scope(library)
        if await stored.glossary.add(scope, GlossaryEntry(said, meant)):
            screen.print_line(f"{said} will now also be found by asking for {meant}.")
        else:
            screen.print_line("That is in the glossary already.")
        if not await stored.are_spoken(scope, said):
            screen.print_remark(f"Nobody says {said} in this library yet.", "yellow")

    session.run(run)


def remove(
    context: typer.Context,
    said: SaidArgument,
    meant: OnlyMeantArgument = None,
    library: LibraryOption = access.SHARED,
) -> None:
    """Take an entry out of the glossary; without MEANT, all that is noted for what is said."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        for entry in await stored.glossary.remove(access.host_scope(library), said, meant):
            session.screen.print_line(f"{entry.said} will no longer be found by asking for {entry.meant}.")

    session.run(run)


def list_(context: typer.Context, library: LibraryOption = access.SHARED, json: EntryJsonOption = False) -> None:
    """List the glossary; in a pipe one entry a line, a tab between said and meant."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        entries = await stored.glossary.entries(access.host_scope(library))
        if json:
            session.screen.print_data("".join(entry_json(entry) + "\n" for entry in entries))
        elif entries:
            session.screen.show_glossary(entries)
        else:
            session.screen.print_remark("The glossary is empty.")

    session.run(run)
