"""Draws the bot's cards as Discord shows them, by simcord's preview: the very payloads that the bot sends.

Needs `make pictures`, and a Chromium, named in CHROMIUM where it is not /usr/bin/chromium.
"""

from __future__ import annotations

import importlib.util
import io
import os
import struct
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from PIL import Image, ImageDraw, ImageFont

from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    InteractionResult,
    MemberActor,
    UserHandle,
    discord_with,
)

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
SUBRIP = Labels(video_id="_d4FzbNN7Ws", title="Physics conference day 1", url="https://youtu.be/_d4FzbNN7Ws")
"""What the seed that is a plain caption file is about: it does not say so itself."""
PICTURE_SIZE = 320, 180
MAX_HEIGHT = 4000
"""Pixels of the page that a card is drawn on."""


async def _installed_browser(self: Any) -> Any:
    """The machine's own Chromium: simcord would look for one of its own."""
    from playwright.async_api import async_playwright

    if self._browser is None:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
    return self._browser


@dataclass(frozen=True)
class Stage:
    """A bot, a channel, and a person who asks there and may manage the server."""

    env: Env
    channel: ChannelHandle
    alice: MemberActor
    user: UserHandle
    """The same person, in direct messages."""
    pictures: dict[str, tuple[str, bytes]]

    async def draw(self, shown: Any, path: Path, width: int) -> int:
        """Draw what a command answered, or a message, as an installation of that width shows it; return its height."""
        from simcord.preview import _capture

        _capture.ManagedCapture._ensure_browser = _installed_browser
        message = shown.response if isinstance(shown, InteractionResult) else shown
        is_here = message in self.channel.history() or isinstance(shown, InteractionResult)
        channel, viewer = (self.channel, self.alice) if is_here else (self.user.dm_channel, self.user)
        async with self.env.preview(
            channel, viewers=[viewer], width=width, height=MAX_HEIGHT, assets=self.pictures
        ) as preview:
            await preview.screenshot(str(path), target=message)
        return int(struct.unpack(">II", path.read_bytes()[16:24])[1])


def missing() -> str:
    """What is missing to draw, or ""."""
    for package in ("playwright", "markdown_it"):
        if importlib.util.find_spec(package) is None:
            return f"what draws cards is not installed (make pictures): no {package}"
    return "" if CHROMIUM.exists() else f"there is no Chromium at {CHROMIUM}; the environment's CHROMIUM may name one"


@asynccontextmanager
async def stage(*files: tuple[Source, Labels], **settings: str) -> AsyncIterator[Stage]:
    """A stage on the videos of files, or on the sample talks where none are given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cuepoint.db"
        library, ledger = await Library.open(path), await Ledger.open(path)
        await library.import_files(access.host_scope(), list(files))
        configured = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0", **settings})
        bot = CuepointClient(configured, library, ledger, shard_count=1)
        try:
            async with discord_with(bot) as env:
                env.backend.bot_user.name = "Cuepoint"
                channel = env.create_guild().create_text_channel("talks")
                user = env.create_user("alice")
                alice = env.guild.add_member(user, roles=[_make_managers(env)])
                yield Stage(env, channel, alice, user, await _draw_thumbnails(library))
        finally:
            await ledger.close()
            await library.close()


def _make_managers(env: Env) -> Any:
    return env.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))


def read_seeds() -> list[tuple[Source, Labels]]:
    """The real transcripts of ../shared/seeds; none where they are not there."""
    paths = sorted(SEEDS.iterdir()) if SEEDS.is_dir() else []
    contents = [(path.name, path.read_bytes()) for path in paths]
    return [(Source(name, content), SUBRIP if b"-->" in content else Labels()) for name, content in contents]


async def _draw_thumbnails(library: Library) -> dict[str, tuple[str, bytes]]:
    """Pictures in place of the thumbnails that the videos name: nothing is fetched. The bars that a picture of the
    address's own size has are drawn too."""
    videos = await library.videos(access.host_scope())
    drawn = {}
    for url in {each.video.thumbnail for each in videos} - {""}:
        for address in {url, url.replace("hqdefault", "mqdefault"), url.replace("mqdefault", "hqdefault")}:
            drawn[address] = "picture.png", _draw_thumbnail(address)
    return drawn


def _draw_thumbnail(url: str) -> bytes:
    has_bars = "hqdefault" in url
    picture = Image.new("RGB", (480, 360) if has_bars else PICTURE_SIZE, "black")
    width, height = picture.size
    inside = (0, 45, width, height - 45) if has_bars else (0, 0, width, height)
    draw = ImageDraw.Draw(picture)
    draw.rectangle(inside, fill=f"hsl({sum(url.encode()) % 360}, 45%, 35%)")
    draw.text((width / 2, height / 2), "Talk", fill="white", font=ImageFont.load_default(60), anchor="mm")
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
