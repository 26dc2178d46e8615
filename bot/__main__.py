"""Starts Cuepoint: reads the settings and opens the command line. Nobody imports this."""

from __future__ import annotations

import os

from dotenv import dotenv_values

from bot.console_face.app import app
from bot.console_face.session import Session
from bot.settings import Settings


def _load_settings() -> Settings:
    # The environment wins over .env, so that one run can be set up differently.
    return Settings.from_mapping({**dotenv_values(".env"), **os.environ})


def main() -> None:
    """The `cuepoint` command."""
    app(obj=Session(_load_settings), prog_name="cuepoint")


if __name__ == "__main__":
    main()
