"""Python's own pauses, in the bot as it runs: how threads take turns, and what the garbage collector passes over."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.project import PROJECT

TELLING_AT_THE_END = """
import atexit, gc, json, sys
atexit.register(lambda: print(json.dumps([sys.getswitchinterval(), gc.get_freeze_count(), gc.isenabled()])))
from bot.__main__ import main
main()
"""


async def test_the_running_bot_keeps_pauses_short(server: LocalDiscord, tmp_path: Path) -> None:
    settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-c", TELLING_AT_THE_END, "serve"]
    async with BotProcess(server, command, settings, logs=tmp_path, cwd=PROJECT) as process:
        await server.ready()
        await process.terminate()
    interval, spared, collecting = json.loads(process.stdout.splitlines()[-1])
    assert interval < sys.getswitchinterval(), "threads take turns sooner than Python has them do"
    assert spared > 10_000, "what is loaded at the start is not searched for garbage again"
    assert collecting
