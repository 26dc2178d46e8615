"""Imports over real sockets: the form, files on messages and the report's buttons, with a restart in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.process.test_discord_library_process import SRT, at_home, submitted
from tests.support.discord.running_bot import bot_process, texts
from tests.support.local_discord import Channel, LocalDiscord, NotOfferedError, User
from tests.support.local_discord.api.limits import EPHEMERAL
from tests.support.local_discord.basics import Json

OTHER = b"1\n00:00:01,000 --> 01:02:09,000\nquite other words about a bronze bell in the fog\n"
FRENCH = "1\n00:00:01,000 --> 00:00:02,000\nC’était l’été à la plage\n".encode("cp1252")


async def pressed(server: LocalDiscord, who: User, card: Json, label: str) -> Json:
    key = server.find_component(card, label=label)["custom_id"]
    return await server.reply_to(await server.click(who, card, key), timeout=30)


async def filled(server: LocalDiscord, who: User, card: Json, label: str, **values: object) -> Json:
    """The reply to the form that a button opens."""
    opened = await server.click(who, card, server.find_component(card, label=label)["custom_id"])
    await server.modal_of(opened)
    return await server.reply_to(await server.submit_modal(opened, values), timeout=30)


async def test_plain_files_their_report_and_its_buttons_over_a_restart(server: LocalDiscord, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        await server.ready()
        _, channel, mod = await at_home(server)
        uploads = [
            server.upload("day one.srt", SRT),
            server.upload("bell.srt", OTHER),
            server.upload("été.srt", FRENCH),
        ]
        report = await server.reply_to(await submitted(server, mod, channel, *uploads), timeout=30)
        assert "- **day one** (0:07)\n- **bell** (1:02:09)" in texts(report)
        assert "- **été** (0:02)" in texts(await filled(server, mod, report, "Say the encoding"))
    async with bot_process(server, tmp_path):
        await server.ready()
        assert "Please send them again" in texts(await pressed(server, mod, report, "Say the encoding"))
        assert "so I left it as it is" in texts(await pressed(server, mod, report, "Undo"))
        assert "bronze" in texts(await filled(server, mod, report, "Ask about them", question="a bronze bell"))
        menu = await pressed(server, mod, report, "Set the link")
        assert menu["flags"] & EPHEMERAL
        [choice] = [part for row in menu["components"] for part in row.get("components", ())]
        opened = await server.select(mod, menu, choice["custom_id"], ["1"])
        await server.modal_of(opened)
        linked = await server.submit_modal(opened, {"url": "https://vimeo.com/76979871"})
        assert "**bell** has a link now" in texts(await server.reply_to(linked))
    assert server.unknown_routes == []
    assert server.breaches == []


async def mentioned(server: LocalDiscord, who: User, channel: Channel) -> Json:
    """The answer to a mention with a file."""
    upload = server.upload("talk.srt", SRT, "application/x-subrip")
    said = await server.say(who, channel, f"<@{server.bot_user.id}> import this", attachments=(upload,))
    return (await server.answer_to(said)).payload()


async def test_a_file_on_a_message_is_imported_by_button_and_by_menu_after_a_restart(
    server: LocalDiscord, tmp_path: Path
) -> None:
    async with bot_process(server, tmp_path):
        await server.ready()
        guild, channel, mod = await at_home(server)
        alice = server.add_user("Alice")
        server.add_member(guild, alice)
        assert "Those who manage this server can add it" in texts(await mentioned(server, alice, channel))
        card = await mentioned(server, mod, channel)
    async with bot_process(server, tmp_path):
        await server.ready()
        assert "Only those who may manage" in texts(await pressed(server, alice, card, "Import"))
        report = await pressed(server, mod, card, "Import")
        assert report["flags"] & EPHEMERAL
        assert "- **talk** (0:07)" in texts(report)
        upload = server.upload("bell.srt", OTHER)
        said = await server.say(alice, channel, "my talk", attachments=(upload,))
        report = await server.reply_to(await server.message_menu(mod, "Import transcript", said), timeout=30)
        assert "- **bell** (1:02:09)" in texts(report)
        with pytest.raises(NotOfferedError):
            await server.message_menu(alice, "Import transcript", said)
        with pytest.raises(NotOfferedError):
            await server.message_menu(mod, "Import transcript", await server.say(mod, server.dm(mod), "here"))
    assert server.unknown_routes == []
    assert server.breaches == []
