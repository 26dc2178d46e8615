"""Starts Cuepoint: reads the settings and opens the command line. Nobody imports this."""

from __future__ import annotations

import os

from dotenv import dotenv_values

from bot.console_face.app import app
from bot.console_face.session import Session
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library


def _load_settings() -> Settings:
    # The environment wins over .env, so that one run can be set up differently.
    return Settings.from_mapping({**dotenv_values(".env"), **os.environ})


class _Discord:
    """The Discord face, imported when it is wanted: a command at the terminal does not wait for it."""

    async def run(self, settings: Settings, library: Library, ledger: Ledger) -> None:
        from bot.discord_face.client import run

        await run(settings, library, ledger)

    async def sync(self, settings: Settings, library: Library, ledger: Ledger, *, server_id: int | None) -> None:
        from bot.discord_face.client import sync

        await sync(settings, library, ledger, server_id=server_id)


def main() -> None:
    """The `cuepoint` command."""
    app(obj=Session(_load_settings, _Discord()), prog_name="cuepoint")


if __name__ == "__main__":
    main()
