"""Sends discord.py to the server named by LOCAL_DISCORD_URL; Python runs this file by itself at start.

It hooks the import instead of importing discord.py at once: a child which never needs Discord must not pay for it,
and the time to start must be measured as it really is. A process that was forked from one which has imported it runs
this file as well, and is led elsewhere too.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

ADDRESS = os.environ.get("LOCAL_DISCORD_URL", "")
IDENTIFIES_AT_ONCE = os.environ.get("LOCAL_DISCORD_IDENTIFY") == "at once"
"""Whether discord.py leaves out the five seconds before each IDENTIFY but the first. Discord asks for them, this does
not."""
AHEAD_SECONDS = float(os.environ.get("LOCAL_DISCORD_CLOCK_AHEAD", "0"))
"""By how much the process takes it to be later than it is: so a week passes. Only where it is started, not forked: by
then, clocks are bound."""
_CHANGED = ("discord.http", "discord.gateway", "discord.client")


def _redirect(module: ModuleType) -> None:
    if module.__name__ == "discord.http":
        module.Route.BASE = f"{ADDRESS}/api/v10"
    elif module.__name__ == "discord.client":
        if IDENTIFIES_AT_ONCE:
            module.Client.before_identify_hook = _at_once
    else:
        import yarl

        module.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(ADDRESS.replace("http", "ws", 1) + "/gateway/")


async def _at_once(_client: object, _shard_id: int | None, *, initial: bool = False) -> None:
    """In place of Client.before_identify_hook."""


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _CHANGED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _redirect(module)

            # On this one loader only: it has to stay what it is, or tracebacks and inspection lose the source.
            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _take_census(*_: object) -> None:
    import census

    # Python handles signals in the main thread, which is the event loop's, between two steps of it.
    census.write(Path(os.environ["LOCAL_DISCORD_CENSUS"]))


if AHEAD_SECONDS:
    _true_time = time.time
    time.time = lambda: _true_time() + AHEAD_SECONDS
if ADDRESS:
    signal.signal(signal.SIGUSR1, _take_census)
    sys.meta_path.insert(0, _Finder())
    for name in _CHANGED:
        if name in sys.modules:
            _redirect(sys.modules[name])
