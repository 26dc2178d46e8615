"""`cuepoint servers`, `cuepoint backup`, `cuepoint restore` and `cuepoint doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.json_output import size_json
from bot.cli.session import FAILED, Session
from storage import access

if TYPE_CHECKING:
    from storage.library import Library


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
    session.refuse_own_place(file, for_backup=True)

    async def run(stored: Library) -> None:
        await stored.maintenance.backup(file)

    session.run(run)
    session.screen.print_line(f"Backed up to {file}.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `cuepoint backup` wrote.", show_default=False)],
) -> None:
    """Put a backup in the place of the database. Stop the bot first. What was there is kept beside it."""
    from storage.library import Library

    session: Session = context.obj
    with session.reporting_errors():
        old_path = session.wait_for(Library.restore(session.settings.database_path, file))

    async def run(stored: Library) -> int:
        return sum([size.videos for size in await stored.sizes() if size.library != access.SAMPLES])

    session.screen.print_line(f"Restored {file}: {session.run(run):,} videos.")
    if old_path:
        session.screen.print_line(f"What was there before is kept in {old_path}.")


def doctor(
    context: typer.Context,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Repair what can be repaired, and give unused room of the database back to the disk."
        ),
    ] = False,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask Discord about the token and the app's setup.")
    ] = False,
) -> None:
    """Check settings, machine, database, indexes, backups and a sample question. The exit code tells."""
    from bot.cli.doctor.examine import examine

    session: Session = context.obj
    if not examine(session, repair=repair, online=online):
        session.screen.print_remark("Something is wrong; see above.", "red")
        raise typer.Exit(FAILED)
