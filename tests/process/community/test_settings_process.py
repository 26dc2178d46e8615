"""`/settings` as Discord carries it: forms of several moderators at once, and a restart while one is open."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.support.discord.running_bot import bot_process, button, home, texts
from tests.support.local_discord import Json, LocalDiscord, Permission
from tests.support.local_discord.api import limits
from tests.support.local_discord.interactions import Interaction


def written(modal: Json, **changes: Any) -> dict[str, Any]:
    """What a form sends, of which somebody changes some fields and leaves the others as they are shown."""
    fields = [part for _, part in limits.walk(modal["components"]) if "custom_id" in part]
    shown = {field["custom_id"]: [option["value"] for option in field["options"] if option.get("default")]
             for field in fields if "options" in field}  # fmt: skip
    return shown | changes


async def test_forms_that_are_sent_at_once_and_after_a_restart_lose_nothing(
    server: LocalDiscord, tmp_path: Path
) -> None:
    mods = [server.add_user(f"mod {number}") for number in range(3)]
    changes: list[Json] = [{"quotes": ["2"]}, {"cooldown": ["60"]}, {"other": "Finnish"}]

    async def opened(number: int, card: Json) -> Interaction:
        form = await server.click(mods[number], card, button(server, card, "Change"))
        await server.modal_of(form)
        return form

    async def sent(number: int, form: Interaction) -> str:
        assert form.modal is not None
        values = written(form.modal, **changes[number])
        return texts(await server.reply_to(await server.submit_modal(form, values)))

    async with bot_process(server, tmp_path) as process:
        await server.ready()
        guild, channel = await home(server, *mods)
        role = server.add_role(guild, "Mods", Permission.MANAGE_GUILD)
        for mod in mods:
            server.add_member(guild, mod, role)
        cards = [await server.reply_to(await server.slash(mod, "settings", at=channel)) for mod in mods]
        forms = [await opened(number, card) for number, card in enumerate(cards)]
        assert all("Changed." in text for text in await asyncio.gather(sent(0, forms[0]), sent(1, forms[1])))
        asked = await server.reply_to(await server.click(mods[0], cards[0], button(server, cards[0], "Reset")))
        assert "at most 2 → 3 in public, 5 in private" in texts(asked)
        await process.kill()
    async with bot_process(server, tmp_path):
        await server.ready()
        told = await sent(2, forms[2])
        for said in ("at most 2", "1 minute", "Language of the videos:** Finnish"):
            assert said in told
        late = await server.reply_to(await server.click(mods[0], asked, button(server, asked, "Reset")))
        assert "Somebody has changed the settings since I asked." in texts(late)
        done = await server.reply_to(await server.click(mods[0], late, button(server, late, "Reset")))
        assert "All settings are the defaults again." in texts(done)
    assert server.breaches == []
