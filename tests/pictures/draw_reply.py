"""Draws README's picture of a reply: the very payload the bot sends, on the sample talks, drawn by simcord's preview.

pip install 'simcord[screenshot]'    # and a Chromium, named in CHROMIUM where it is not /usr/bin/chromium
python tests/pictures/draw_reply.py
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent)]

import simcord  # noqa: E402 - the project is found only now
from playwright.async_api import async_playwright  # noqa: E402
from simcord.preview import _capture  # noqa: E402

from bot.discord_app.client import CuepointClient  # noqa: E402
from bot.settings import Settings  # noqa: E402
from storage.ledger import Ledger  # noqa: E402
from storage.library import Library  # noqa: E402
from tests.support.discord.harness import discord_with  # noqa: E402

QUESTION = "why does bm25 saturate?"


async def _installed_browser(self: Any) -> Any:
    """The machine's own Chromium: simcord would look for one of its own."""
    if self._browser is None:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
    return self._browser


async def main() -> None:
    """Ask, and draw what comes."""
    _capture.ManagedCapture._ensure_browser = _installed_browser
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cuepoint.db"
        library, ledger = await Library.open(path), await Ledger.open(path)
        bot = CuepointClient(Settings.from_mapping({}), library, ledger, shard_count=1)
        async with discord_with(bot) as env:
            env.backend.bot_user.name = "Cuepoint"
            general = env.create_guild().create_text_channel("talks")
            alice = env.guild.add_member(env.create_user("alice"))
            result = await alice.slash(general, "ask", question=QUESTION)
            async with env.preview(general, viewers=[alice], width=760, height=1400) as preview:
                await preview.screenshot(str(HERE / "reply.png"), target=result.response)
        await ledger.close()
        await library.close()


if __name__ == "__main__":
    print(f"simcord {simcord.__version__}")
    asyncio.run(main())
