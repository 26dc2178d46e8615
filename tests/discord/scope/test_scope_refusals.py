"""A video that somebody may not see and one that is not there: they are told the very same, whatever they try."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from discord import ui
from pydantic import TypeAdapter

from bot.answering.values import PassageRange
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner, custom_id
from bot.discord_app.interactions.admin.permits import ModeratorPermit, Purge, Removal, Review
from bot.discord_app.services.questions import button_state
from bot.discord_app.services.questions.button_state import (
    AnswerState,
    Inquiry,
    PassagePlace,
    PassageState,
    TranscriptState,
)
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord.discord_world import Rows, World, world_of
from tests.support.discord.scope_scenarios import MANAGED_IN, TYPED_IN, Player, plain

ALSO_ALPHAS = "talk 0"
NAMES = ("belfry-03", "belfry talk 03", "belfri 03", ALSO_ALPHAS)
"""By which Beta's video could be meant, and by the last also Alpha's."""
OPENED = ("earlier", "later", "back", "share", "helpful", "unhelpful", "withdraw")
Entrusted = Removal | Purge | Review
State = AnswerState | PassageState | TranscriptState | Entrusted


@pytest.fixture
async def world(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows) as made:
        await made.use(made.alpha, "copper lantern", "gate")
        await made.use(made.beta, "bronze bell", "belfry")
        await made.meet()
        yield made


async def naming(player: Player, name: str) -> None:
    """Names a video wherever one can be named."""
    for command in ("ask", "timeline"):
        await player.slash(command, question="bronze bell", video=name)
        await player.slash(command, question=f'bell video:"{name}"')
        await player.slash(command, question="bell creator:belfry")
    for command in ("video", "transcript"):
        await player.slash(command, video=name)
    await player.slash("videos", search=name)
    for command, option in TYPED_IN:
        await player.typing(command, option, name, **({"question": "x"} if command in ("ask", "timeline") else {}))
    for server in ("Beta", str(player.world.beta.id)):
        await player.slash("ask", question="bell", video=name, server=server)
        await player.typing("ask", "video", name, question="x", server=server)


async def managing(player: Player, name: str) -> None:
    """Names a video wherever a library is looked after."""
    await player.slash("library remove", video=name)
    await player.slash("library export", format="srt", video=name)
    for command in MANAGED_IN:
        await player.typing(command, "video", name)
    await player.slash("library rename", video=name, title=name)
    await player.typing("library glossary remove", "said", name)
    await player.slash("library glossary remove", said="bronze bellade")


def everybody(world: World) -> list[Player]:
    return [
        Player(world, world.one, world.general), Player(world, world.alone(world.one)),
        Player(world, world.abroad_as(world.one), world.abroad), Player(world, world.stranger),
        Player(world, world.owner, world.general),
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_a_video_out_of_reach_is_no_video(world: World, name: str, caplog: pytest.LogCaptureFixture) -> None:
    async def told() -> list[str]:
        players, keys = everybody(world), dict[str, str]()
        for player in players:
            await naming(player, name)
        await managing(players[-1], name)
        if name == ALSO_ALPHAS:
            # It was renamed: the second time must find what the first time found.
            await world.owner.slash(world.general, "library undo")
        return [plain(each, keys) for player in players for each in player.told]

    with_beta = await told()
    assert "Ignoring exception in autocomplete" not in caplog.text, "who types is answered, if with nothing"
    await world.library.purge(access.own_scope(world.beta.id))
    assert await told() == with_beta
    # For a question that is being typed, a title that shares a word with it is suggested as well.
    named = [each for each in with_beta if "About: " not in each]
    assert any("gate-03" in each for each in named) == (name == ALSO_ALPHAS)


def forgeries(video_id: str, server_id: int) -> dict[str, State]:
    """What buttons could know of a video in a server, by what pressing them does; "-" divides kinds of one button."""
    spot = PassagePlace(PassageRange(video_id, 0.0, 75.0), 0.0)
    inquiry, picked = Inquiry("lantern"), Inquiry("bell", server=server_id)
    shown = {"page": inquiry, "page-picked": picked, "open": inquiry, "open-picked": picked}
    # An answer is shared as it is where it is shared: its places do not matter, the server that was picked does.
    shown |= {"shareanswer-picked": picked, "showto-picked": picked, "tellme": inquiry, "tellme-picked": picked}
    return {
        **{name: AnswerState(asked, (spot,)) for name, asked in shown.items()},
        **{verb: PassageState(inquiry, spot) for verb in OPENED},
        **{f"{verb}-picked": PassageState(picked, spot) for verb in OPENED},
        "read": TranscriptState(video_id, 0.0),
        "remove": Removal(ModeratorPermit(server_id, let_in=True), video_id),
        "purge": Purge(ModeratorPermit(server_id, let_in=True)),
        "misses": Review(ModeratorPermit(server_id, let_in=True)),
    }


async def test_a_button_forged_for_another_server_is_one_of_no_server(world: World) -> None:
    abroad = world.abroad_as(world.one)

    async def told(video_id: str, server_id: int) -> dict[str, list[str]]:
        keys = dict[str, str]()
        found = {}
        for name, state in forgeries(video_id, server_id).items():
            found[name] = [
                plain(await pressed(player, name.split("-")[0], await kept(player, state)), keys)
                for player in (Player(world, world.one, world.general), Player(world, world.owner, world.general),
                               Player(world, abroad, world.abroad))
            ]  # fmt: skip
        return found

    before = await world.library.videos(access.own_scope(world.beta.id))
    beta = await told("belfry-03", world.beta.id)
    assert beta == await told("belfry-99", 4711)
    owner = Player(world, world.owner, world.general)
    for verb in ("remove", "purge", "misses"):
        assert beta[verb][1] == plain(await pressed(owner, verb, "never-kept"), {}), verb
    assert await world.library.videos(access.own_scope(world.beta.id)) == before


async def kept(player: Player, state: State) -> str:
    """The key of what a button knows, as if it had been made for this player."""
    ledger = player.world.ledger
    if not isinstance(state, Entrusted):
        return await button_state.save_state(ledger, state, access.candidate_scope([player.world.beta.id]))
    payload = TypeAdapter(type(state)).dump_json(state).decode()
    return await ledger.save_state(payload, lifetime_seconds=60, bound_to=f"{type(state).__name__} {player.actor.id}")


async def pressed(player: Player, verb: str, key: str) -> Any:
    """What somebody is told who presses a button that was made for somebody elsewhere."""
    button = ui.Button[Any](label="Forged", custom_id=custom_id(verb, Owner(player.actor.id, key), 1))
    channel = player.world.env.bot.get_channel(player.channel.id)
    await player.click(await channel.send(view=Card(ui.ActionRow(button))), "Forged")
    return player.told[-1]
