"""Starts Cuepoint: reads the settings and opens the command line. Nothing imports this."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import typer

from bot.cli.app import app
from bot.cli.session import Session
from bot.errors import SetupError

if TYPE_CHECKING:
    from bot.discord_status import DiscordStatus
    from bot.settings import Settings
    from storage.ledger import Ledger
    from storage.library import Library


def _load_settings() -> Settings:
    # Loaded where they are wanted: --help and --version need no settings.
    from dotenv import dotenv_values

    from bot.settings import Settings

    try:
        from_file = dotenv_values(".env")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f".env cannot be read: {error}; save it as UTF-8 text.") from error
    # The environment wins over .env, so that one run can be set up differently.
    settings = Settings.from_mapping({**from_file, **os.environ})
    os.environ.pop("DISCORD_TOKEN", None)  # processes that this one starts inherit the rest
    return settings


class _LazyDiscordApp:
    """The Discord app, imported when it is first used, so that a command at the terminal does not wait for it."""

    async def run(self, settings: Settings, library: Library, ledger: Ledger) -> None:
        from bot.discord_app.runner import run

        await run(settings, library, ledger)

    async def check_status(self, settings: Settings) -> DiscordStatus:
        from bot.discord_app.status_check import check_status

        return await check_status(settings)

    async def sync(self, settings: Settings, library: Library, ledger: Ledger, *, server_id: int | None) -> None:
        from bot.discord_app.runner import sync

        await sync(settings, library, ledger, server_id=server_id)


def main() -> None:
    """Run the `cuepoint` command."""
    _open_closed_streams()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A byte or a letter that the terminal's encoding lacks must not end a list of questions.
            stream.reconfigure(errors="replace")
    session = Session(_load_settings, _LazyDiscordApp())
    try:
        with session.reporting_errors():
            app(obj=session, prog_name="cuepoint")
    except typer.Exit as ending:
        sys.exit(ending.exit_code)


def _open_closed_streams() -> None:
    """Take the places of standard streams that are closed (`>&-`): the database would get their numbers, and what is
    printed would be written into it. Where output is closed, printing fails and is reported."""
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest free number, which is this one
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


if __name__ == "__main__":
    main()
