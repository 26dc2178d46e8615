"""Python's own pauses, in the bot as it runs: how threads take turns, and what the garbage collector passes over."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

import pytest

from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.project import PROJECT

TELLING_AT_THE_END = """
import atexit, gc, json, sys
atexit.register(lambda: print(json.dumps([sys.getswitchinterval(), gc.get_freeze_count(), gc.isenabled()])))
from bot.__main__ import main
main()
"""


ARENAS_AT_THE_END = """
import atexit, ctypes, threading
def tell():
    gate = threading.Barrier(8)
    def use():
        gate.wait()
        return [bytes(1000) for _ in range(1000)]
    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(libc.fopen({path!r}, b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
atexit.register(tell)
from bot.__main__ import main
main()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
async def test_threads_share_their_memory(server: LocalDiscord, tmp_path: Path) -> None:
    settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path / "data")}
    told = tmp_path / "arenas.xml"
    program = ARENAS_AT_THE_END.format(path=os.fsencode(told))
    async with BotProcess(
        server, [sys.executable, "-c", program, "serve"], settings, logs=tmp_path, cwd=PROJECT
    ) as bot:
        await server.ready()
        await bot.terminate()
    arenas = told.read_text(encoding="utf-8").count("<heap ")
    assert 1 <= arenas <= 2, "what one thread freed serves the others"


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
