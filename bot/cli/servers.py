"""`cuepoint settings`, `cuepoint misses` and `cuepoint purge`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.json_output import miss_json
from bot.cli.session import WRONG_USE, Session
from bot.errors import SettingsError
from bot.purge import purge_server, purge_shared
from storage import access

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.ledger import Ledger
    from storage.library import Library
    from storage.models import ServerSettings

SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Change a setting; can be given several times."),
]
ResetOption = Annotated[
    bool, typer.Option("--reset", help="Set all settings back to the defaults, before those of --set. Asks first.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
MissJsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a question.")]


def settings(
    context: typer.Context,
    library: Annotated[
        str,
        typer.Option("--library", help="Which server, by its id; shared for everywhere outside of servers."),
    ] = access.SHARED,
    set_: SetOption = None,
    reset: ResetOption = False,
    yes: YesOption = False,
) -> None:
    """Show how the bot is set up in a server, or outside of servers, and change it. `/settings` does the same."""
    from bot.server_settings import save_settings
    from storage.ledger import EVERYWHERE_ELSE
    from storage.models import ServerSettings

    session: Session = context.obj
    server_id = _server_id_of(library) or EVERYWHERE_ELSE

    async def load(_stored: Library, ledger: Ledger) -> ServerSettings:
        return await ledger.settings(server_id)

    async def run(stored: Library, ledger: Ledger) -> None:
        current = await ledger.settings(server_id)
        new = _assign(ServerSettings() if reset else current, set_ or (), in_server=server_id != EVERYWHERE_ELSE)
        await save_settings(stored, ledger, server_id, current, new)
        _print_settings(session, new, in_server=server_id != EVERYWHERE_ELSE)

    if reset and not yes:
        _confirm_reset(session, session.run_with_ledger(load))
    session.run_with_ledger(run)


def _assign(settings: ServerSettings, assignments: Iterable[str], *, in_server: bool) -> ServerSettings:
    """Return settings changed as NAME=VALUE says, several times. Raises SettingsError."""
    from bot.server_settings import ONLY_IN_SERVERS, change_setting

    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise SettingsError(f"“{assignment[:40]}” is no setting: write it as NAME=VALUE, such as quotes=3.")
        if not in_server and name in ONLY_IN_SERVERS:
            raise SettingsError(f"{name} belongs to a server: name it with --library.")
        settings = change_setting(settings, name, value)
    return settings


def _print_settings(session: Session, settings: ServerSettings, *, in_server: bool) -> None:
    from bot.server_settings import ONLY_IN_SERVERS, describe_settings

    words = describe_settings(settings, host_cooldown=session.settings.cooldown_seconds)
    for name, text in words.items():
        if in_server or name not in ONLY_IN_SERVERS:
            session.screen.print_line(f"{name:<9} {text}")


def _confirm_reset(session: Session, current: ServerSettings) -> None:
    """Show what a reset changes, and ask. Raises typer.Exit where the answer is no."""
    from bot.server_settings import changed_names, describe_settings
    from storage.models import ServerSettings

    defaults = ServerSettings()
    before, after = (
        describe_settings(settings, host_cooldown=session.settings.cooldown_seconds) for settings in (current, defaults)
    )
    for name in changed_names(current, defaults):
        session.screen.print_line(f"{name:<9} {before[name]} -> {after[name]}")
    if not typer.confirm("Reset all settings to the defaults?"):
        session.screen.print_remark("Nothing was changed.")
        raise typer.Exit(WRONG_USE)


def misses(context: typer.Context, library: LibraryOption = access.SHARED, json: MissJsonOption = False) -> None:
    """List the open questions: what was asked and not clearly answered, neither then nor since.

    In a pipe one a line, a tab between count and question.
    """
    session: Session = context.obj

    async def run(_stored: Library, ledger: Ledger) -> None:
        noted = await ledger.open_misses(access.host_scope(library).libraries[0])
        if json:
            session.screen.print_data("".join(miss_json(miss) + "\n" for miss in noted))
        elif noted:
            session.screen.show_misses(noted)
        else:
            session.screen.print_remark("No question is open.")

    session.run_with_ledger(run)


def purge(
    context: typer.Context,
    library: Annotated[
        str, typer.Option("--library", help="Which library: shared, or a Discord server's id.", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a library for good, with settings, votes, unanswered questions, follows and sightings.

    Only a backup brings it back.
    """
    session: Session = context.obj

    async def size(stored: Library) -> int:
        return (await stored.statistics(access.host_scope(library))).videos

    count = session.run(size)
    videos = "1 video" if count == 1 else f"{count:,} videos"
    if not yes and not typer.confirm(f"Delete {videos} of {library}, and all that people did with them?"):
        session.screen.print_remark("Nothing was deleted.")
        raise typer.Exit(WRONG_USE)

    async def run(stored: Library, ledger: Ledger) -> None:
        server_id = _server_id_of(library)
        if server_id is None:
            await purge_shared(stored, ledger)
        else:
            await purge_server(stored, ledger, server_id)

    session.run_with_ledger(run)
    session.screen.print_line(f"Deleted {videos} of {library}, and all that people did with them.")


def _server_id_of(library: str) -> int | None:
    """Return the id of the server whose library is named; None for the shared one."""
    return access.server_of(access.host_scope(library).libraries[0])
