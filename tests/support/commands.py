"""The commands of the terminal program, and the environment in which tests run it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from bot.cli.app import app
from tests.support.project import PROJECT


def environment_for(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISCORD_TOKEN", "FORCE_COLOR")}
    data = {"CUEPOINT_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"}
    return {**kept, **data, **more}


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by what is typed for it, those of a group after the group's name."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            assert command.help
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


COMMANDS = dict(commands(get_command(app)))
