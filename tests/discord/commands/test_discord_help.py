"""`/help` and what leads on: short, to be pressed, with an example that is answered, and what managers need apart."""

from __future__ import annotations

import contextvars
import re
from typing import Any

import pytest

from bot.discord_app.cards.help import help_card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.client import GLOBAL_COMMANDS, CuepointClient
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.discord_world import World
from tests.support.discord.harness import ChannelHandle, Env, MemberActor, answers, discord_with, pressable, seen

SETTINGS = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"})
MANAGERS = "For those who manage this server"
MENTION = re.compile(r"</([\w ]+):(\d+)>")


async def test_help_is_short_and_its_commands_can_be_pressed(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    shown = seen(await alice.slash(general, "help"))
    assert len(shown.partition("\n-# Nothing is imported here yet")[0].splitlines()) <= 16
    registered = {command.name: command.id for command in await discord.bot.tree.fetch_commands()}
    mentioned = MENTION.findall(shown)
    assert {name for name, _ in mentioned} == {"ask", "videos", "timeline", "transcript", "follow"}
    assert all(registered[name.split()[0]] == int(number) for name, number in mentioned)


async def test_its_example_is_of_this_library_and_is_answered(general: ChannelHandle, alice: MemberActor) -> None:
    card = await alice.slash(general, "help")
    match = re.search(r"For example: \*(.+)\*", seen(card))
    assert match is not None
    answer = await alice.click(card.response, label="Try the example")
    assert answer.ephemeral
    assert match[1] in seen(answer)
    assert "Not in these videos" not in seen(answer)
    assert "No clear answer" not in seen(answer)


async def test_its_buttons_open_videos_and_what_is_kept(general: ChannelHandle, alice: MemberActor) -> None:
    card = await alice.slash(general, "help")
    assert "3 videos" in seen(await alice.click(card.response, label="Videos"))
    kept = await alice.click(card.response, label="Privacy")
    assert kept.ephemeral
    assert "Export" in pressable(kept)
    about = await alice.slash(general, "about")
    assert {"Videos", "Help"} <= pressable(about)
    assert "How to ask" in seen(await alice.click(about.response, label="Help"))


async def test_what_managers_need_is_shown_to_them_alone(world: World) -> None:
    assert MANAGERS in seen(await world.owner.slash(world.general, "help"))
    assert MANAGERS not in seen(await world.one.slash(world.general, "help"))
    assert MANAGERS not in seen(await world.alone(world.owner).slash("help"))
    abroad = world.foreign.add_member(world.alone(world.owner), roles=[])
    assert MANAGERS not in seen(await abroad.slash(world.abroad, "help"))
    await world.owner.send(world.general, f"<@{world.env.backend.bot_user.id}> help")
    told = seen(answers(world.general, world.env)[-1])
    assert "How to ask" in told
    assert MANAGERS not in told, "others read it too"


async def test_cards_that_would_lead_nowhere_lead_on(general: ChannelHandle, alice: MemberActor) -> None:
    for card in (
        await alice.slash(general, "ask", question="zebra crossings"),
        await alice.slash(general, "ask", question="-zebra"),
        await alice.slash(general, "video", video="no such video"),
        await alice.slash(general, "ask", question="bm25", creator="nobody"),
    ):
        assert {"Videos", "Help"} <= pressable(card), seen(card)


async def test_ids_of_commands_are_known_after_a_start_at_which_nothing_changed(
    library: Library, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start() -> tuple[dict[str, int], int]:
        """The ids that are known after a start, and how often commands were registered."""
        bot, synced = CuepointClient(SETTINGS, library, ledger, shard_count=1), []
        sync = bot.tree.sync

        async def counted_sync(**named: Any) -> Any:
            synced.append(named)
            return await sync(**named)

        monkeypatch.setattr(bot.tree, "sync", counted_sync)
        async with discord_with(bot):
            return dict(bot.app.command_ids), len(synced)

    ids, times = await start()
    assert (times, "ask" in ids, "Find in videos" in ids) == (1, True, False)
    assert await start() == (ids, 0)
    # As an earlier version left it: it kept no ids.
    await ledger.save_commands(GLOBAL_COMMANDS, await ledger.command_hash(GLOBAL_COMMANDS) or "", {})
    assert (await start())[1] == 1


async def test_commands_of_one_server_change_no_mention(library: Library, ledger: Ledger) -> None:
    bot = CuepointClient(SETTINGS, library, ledger, shard_count=1)
    async with discord_with(bot) as env:
        server, known = env.create_guild(), dict(bot.app.command_ids)
        await bot.sync_commands(server_id=server.id)
        assert bot.app.command_ids == known
        assert await ledger.command_ids(str(server.id)) != known


def test_commands_stand_in_bold_where_their_ids_are_unknown() -> None:
    # In a context of its own: another test may have set ids.
    texts = str(contextvars.Context().run(lambda: help_card(Owner(1), manages=True).to_components()))
    assert "**/ask**" in texts
    assert "**/library import**" in texts
    assert "Try the example" not in texts
