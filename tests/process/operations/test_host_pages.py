"""What the process sends for the host's pages, and for moments and commands in notices, checked by Discord's schema."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.discord.running_bot import QUESTION, bot_process, home, texts
from tests.support.local_discord import Json, LocalDiscord, User
from tests.support.local_discord.places import Channel

PAGES = {
    "CUEPOINT_PRIVACY_URL": "https://club.example.org/privacy",
    "CUEPOINT_TERMS_URL": "https://club.example.org/terms",
    "CUEPOINT_SUPPORT_URL": "https://discord.gg/abcDEF",
}


async def ask_for(server: LocalDiscord, who: User, at: Channel, name: str, **options: str) -> Json:
    card: Json = await server.reply_to(await server.slash(who, name, options, at=at))
    return card


async def test_pages_moments_and_commands_are_what_discord_takes(server: LocalDiscord, tmp_path: Path) -> None:
    alice = server.add_user("Alice")
    async with bot_process(server, tmp_path, **PAGES, CUEPOINT_COOLDOWN_SECONDS="60"):
        await server.ready()
        _, channel = await home(server, alice)
        for name in ("about", "privacy"):
            card = await ask_for(server, alice, channel, name)
            for label, page in zip(("Privacy policy", "Terms", "Contact the host"), PAGES.values(), strict=True):
                assert server.find_component(card, label=label)["url"] == page
        unknown = await ask_for(server, alice, channel, "video", video="</ask:1> /videos")
        assert re.search(r"“\\</ask:1\\> /videos”\. </videos:\d{10,}> lists them", texts(unknown))
        await ask_for(server, alice, channel, "ask", question=QUESTION)
        soon = await ask_for(server, alice, channel, "ask", question=QUESTION)
        assert re.search(r"you can ask again <t:\d{10}:R>\.", texts(soon))
        assert server.breaches == []
