"""The check of `cuepoint doctor` for who else may read or change what is stored."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.cli.doctor.results import CheckResult, Grade
from bot.settings import Settings

SETTINGS_FILE = Path(".env")
"""It may hold the bot's token."""


def check_permissions(settings: Settings) -> Iterator[CheckResult]:
    """Check whether other users of the machine may read or change the data or the settings; nothing on Windows."""
    if os.name != "posix":
        return
    yield from _check_mode(SETTINGS_FILE)
    folder = settings.data_dir
    yield from _check_mode(folder)
    if _mode_of(folder) & (stat.S_IXGRP | stat.S_IXOTH):  # else nobody else gets at what is in it
        yield from _check_mode(settings.database_path)
        yield from _check_mode(settings.backups_dir)


def _check_mode(path: Path) -> Iterator[CheckResult]:
    mode = _mode_of(path)
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return
    can_write = bool(mode & (stat.S_IWGRP | stat.S_IWOTH))
    what = "read and change" if can_write else "read"
    right = "700" if stat.S_ISDIR(mode) else "600"
    words = f"{path} is open to other users of this machine, who may {what} it: chmod {right} {shlex.quote(str(path))}"
    yield CheckResult("access", words, Grade.WRONG if can_write else Grade.NOTE)


def _mode_of(path: Path) -> int:
    """Return the type and permissions of a file; 0 where there is none."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
