"""Two servers and four people play everything through, over real sockets: whatever was ever sent in front of somebody
holds no word of a library that is out of their reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.answering.values import PassageRange
from bot.discord_app.cards.parts.controls import Owner, custom_id
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
from storage.models import Labels, Source
from tests.support.discord.running_bot import bot_process, guild_of, noted, plain
from tests.support.local_discord import Channel, Guild, Interaction, Json, LocalDiscord, Permission, User
from tests.support.local_discord.api import limits

QUESTION = "hangs over the quay"
WORDS = {
    "alpha": ("copper", "gatekeeper", "gatehouse", "Gate hours"),
    "beta": ("bronze", "sexton", "belltower", "Belfry hours"),
    "shared": ("iron", "harbourmaster", "ferryhouse", "Ferry hours"),
}
"""Of each library's texts, titles, ids and glossary, and of what was asked there in vain."""


def talks(library: str) -> bytes:
    """A data set of two videos."""
    word, person, video_id, title = WORDS[library]
    rows = [
        {
            "video_id": f"{video_id}{n}", "title": f"{title} {n}", "creator": f"the {person}",
            "text": f"the {word} thing hangs over the quay at {minute}, said the {person}",
            "start_second": 60 * minute, "end_second": 60 * minute + 30,
        }
        for n in (1, 2) for minute in range(7)
    ]  # fmt: skip
    return "\n".join(map(json.dumps, rows)).encode()


@dataclass
class Town:
    """Alpha, which Owner looks after, Beta, which Both does, and Foreign, where the app is not installed."""

    server: LocalDiscord
    alpha: Guild
    beta: Guild
    general: Channel
    hall: Channel
    abroad: Channel
    owner: User
    both: User
    one: User
    stranger: User

    def places(self, person: User) -> list[Channel]:
        """Wherever somebody is."""
        shared = (self.general, self.hall, self.abroad)
        return [*(each for each in shared if each.guild and person.id in each.guild.members), self.server.dm(person)]

    def visible(self, person: User, place: Channel) -> set[str]:
        """The libraries that somebody may see in a place where both servers are verified."""
        servers = {"alpha": self.alpha, "beta": self.beta}
        here = {name for name, guild in servers.items() if guild is place.guild}
        return {"shared", *(here or {name for name, guild in servers.items() if person.id in guild.members})}

    def words_heard(self, person: User, since: int = 0) -> set[str]:
        """The libraries of which somebody was ever told a word."""
        said = self.server.heard_by(person, since)
        return {library for library, words in WORDS.items() if any(word in said for word in words)}


@pytest.fixture
async def town(server: LocalDiscord, tmp_path: Path) -> Town:
    owner, both, one, stranger = people = [server.add_user(n, installed=True) for n in ("Owner", "Both", "One", "Eve")]
    alpha, general = guild_of(server, "Alpha", *people[:3])
    beta, hall = guild_of(server, "Beta", both)
    _, abroad = guild_of(server, "Foreign", *people, installed=False)
    for guild, manager in ((alpha, owner), (beta, both)):
        server.add_member(guild, manager, server.add_role(guild, "Mods", Permission.MANAGE_GUILD))
    library = await Library.open(tmp_path / "data" / "cuepoint.db")
    await library.import_files(access.host_scope(), [(Source("shared.jsonl", talks("shared")), Labels())])
    await library.close()
    return Town(server, alpha, beta, general, hall, abroad, owner, both, one, stranger)


async def told(town: Town, sent: Interaction) -> Json:
    card = await town.server.reply_to(sent)
    assert card["components"] or card["attachments"]
    return card


async def press(town: Town, person: User, card: Json, label: str, written: str = "") -> Json:
    """What comes of a button; where that is the form of a question, what comes of that when `written` is asked."""
    pressed = await town.server.click(person, card, town.server.find_component(card, label=label)["custom_id"])
    await town.server.acknowledged(pressed)
    if pressed.modal is not None:
        pressed = await town.server.submit_modal(pressed, {"question": written})
    return await told(town, pressed)


async def look_after(town: Town, person: User, place: Channel, library: str) -> None:
    """Everything that a library is looked after with; in the end it is as it was imported."""
    server, (word, whom, video_id, title) = town.server, WORDS[library]

    async def command(name: str, **options: Any) -> Json:
        return await told(town, await server.slash(person, name, options, at=place))

    form = await server.slash(person, "library import", at=place)
    await server.modal_of(form)
    files = [server.upload(f"{library}.jsonl", talks(library)), server.upload("broken.txt", b"just some words")]
    report = await told(town, await server.submit_modal(form, {"files": files}))
    await server.wait_for(lambda: "Imported" in json.dumps(server.world.messages[int(report["id"])].components))
    await command("library glossary add", said=f"{word}ish", meant=word)
    await command("library glossary list")
    await command("ask", question=f"what of the {whom}'s wife and her regatta")
    exported = len(server.requests)
    await press(town, person, await command("library misses"), "Export")
    assert whom in server.heard_by(person, exported), "what was asked in vain is in the file"
    await command("library rename", video=f"{video_id}1", title=f"{title} of old")
    await command("library undo")
    await press(town, person, await command("library remove", video=f"{video_id}1"), "Leave it")
    for form_name in ("jsonl", "csv"):
        await command("library export", format=form_name)
    await command("library export", format="srt", video=f"{video_id}1")
    await command("library stats")
    await command("settings")
    for name in ("library remove", "library rename", "library export"):
        typing = await server.autocomplete(person, name, {"video": ""}, focused="video", at=place)
        assert [each["value"] for each in await server.choices_of(typing)] == [f"{video_id}1", f"{video_id}2"]


async def play(town: Town, person: User, place: Channel) -> dict[str, Json]:
    """Everything that can be asked in a place; the cards that have buttons."""
    server = town.server

    async def command(name: str, **options: Any) -> Json:
        return await told(town, await server.slash(person, name, options, at=place))

    cards = {"answer": await command("ask", question=QUESTION, private=True)}
    cards["passage"] = await press(town, person, cards["answer"], "Read on")
    for label in ("Helpful", "Not helpful"):
        await press(town, person, cards["passage"], label)
    for name, option in (("ask", "video"), ("ask", "creator"), ("ask", "server"), ("timeline", "video"),
                         ("video", "video"), ("transcript", "video")):  # fmt: skip
        filled = {"question": "x"} if name in ("ask", "timeline") else {}
        for typed in ("", "the"):
            sent = await server.autocomplete(person, name, {**filled, option: typed}, focused=option, at=place)
            await server.choices_of(sent)
    cards["videos"] = await command("videos", search="hours")
    assert f"### {2 * len(town.visible(person, place))} videos" in plain(cards["videos"])
    first = await server.autocomplete(person, "video", {"video": ""}, focused="video", at=place)
    for choice in await server.choices_of(first):
        await command("video", video=choice["value"])
        cards[f"transcript of {choice['value']}"] = await command("transcript", video=choice["value"])
    cards["timeline"] = await command("timeline", question=QUESTION)
    await command("ask", question="hangz ovr the quayy")
    await command("ask", question="sirocco winds", private=True)
    await command("about")
    cards["privacy"] = await command("privacy")
    if place is town.abroad:
        # What is written where the bot is not, it is never told of; but a menu shows it to the bot.
        message = await server.say(person, place, f"what {QUESTION}?")
    else:
        message = await server.say(person, place, f"{server.bot_user.mention} what {QUESTION}?")
        cards["message"] = (await server.answer_to(message)).payload()
    cards["menu"] = await told(town, await server.message_menu(person, "Find in videos", message))
    return cards


async def press_everything(town: Town, person: User, card: Json) -> None:
    """Every button of a card that is still there when its turn comes, but the one that takes the card away."""
    source = town.server.world.messages[int(card["id"])]
    for label in [part["label"] for part in pressable(source.components) if part["label"] != "Delete"]:
        if label in [part["label"] for part in pressable(source.components)]:
            await press(town, person, source.payload(), label, written="thing")


def pressable(components: list[Json]) -> list[Json]:
    parts = [part for _, part in limits.walk(components)]
    return [
        part for part in parts if part["type"] == limits.BUTTON and "custom_id" in part and not part.get("disabled")
    ]


async def test_nobody_is_ever_told_a_word_out_of_their_reach(town: Town, tmp_path: Path) -> None:
    server, old = town.server, dict[str, Json]()
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        await look_after(town, town.owner, town.general, "alpha")
        await look_after(town, town.both, town.hall, "beta")
        for person in (town.one, town.both):
            await told(town, await server.slash(person, "help", at=town.general))
        await noted(tmp_path, 4)
        for person in (town.owner, town.one, town.stranger, town.both):
            for place in town.places(person):
                cards = await play(town, person, place)
                await press(town, person, cards.pop("privacy"), "Export")
                if person is town.both and place is not town.hall:
                    old |= {f"{place.id} {name}": card for name, card in cards.items()}
        assert town.words_heard(town.stranger) == {"shared"}
        assert town.words_heard(town.one) == town.words_heard(town.owner) == {"alpha", "shared"}
        assert town.words_heard(town.both) == {"alpha", "beta", "shared"}
        assert "unexpected error" not in process.stderr
    # Somebody leaves Beta. Their cards of it stay with them, and what a start forgets is who was where.
    del town.beta.members[town.both.id]
    assert any(word in json.dumps(old) for word in WORDS["beta"])
    left = len(server.requests)
    async with bot_process(server, tmp_path) as process:
        await server.ready()
        for card in old.values():
            await press_everything(town, town.both, card)
        for place in town.places(town.both):
            cards = await play(town, town.both, place)
        assert town.words_heard(town.both, left) == {"alpha", "shared"}
        # Their own votes and questions stay theirs to take away: by a video's id, without a word that is said in it.
        exported = len(server.requests)
        await press(town, town.both, cards["privacy"], "Export")
        said = server.heard_by(town.both, exported)
        assert [word in said for word in ("belltower1", "bronze", "Belfry hours")] == [True, False, False]
        assert town.words_heard(town.one) == {"alpha", "shared"}
        assert "unexpected error" not in process.stderr
    assert (server.breaches, server.unknown_routes) == ([], [])


async def test_forged_and_typed_what_is_out_of_reach_is_as_what_is_not_there(town: Town, tmp_path: Path) -> None:
    server, path = town.server, tmp_path / "data" / "cuepoint.db"
    library = await Library.open(path)
    for guild, name in ((town.alpha, "alpha"), (town.beta, "beta")):
        await library.import_files(access.own_scope(guild.id), [(Source("t.jsonl", talks(name)), Labels())])
    await library.close()
    ledger = await Ledger.open(path)
    async with bot_process(server, tmp_path):
        await server.ready()
        asked = await server.slash(town.one, "ask", {"question": QUESTION, "private": True}, at=town.general)
        source = server.world.messages[int((await told(town, asked))["id"])]
        (button, *_) = pressable(source.components)

        async def forged(video_id: str) -> list[str]:
            said, spot = [], PassagePlace(PassageRange(video_id, 0.0, 30.0), 0.0)
            opening = PassageState(Inquiry("thing"), spot)
            kinds = {
                "open": AnswerState(opening.inquiry, (spot,)),
                "later": opening,
                "helpful": opening,
                "share": opening,
                "back": opening,
            }
            about = dict.fromkeys(("read", "script", "video", "askabout", "drawabout"), TranscriptState(video_id, 0.0))
            for verb, state in {**kinds, **about}.items():
                button["custom_id"] = custom_id(
                    verb, Owner(town.one.id, await button_state.save_state(ledger, state, access.host_scope())), 1
                )
                said.append(await words(await server.click(town.one, source, button["custom_id"])))
            return said

        async def words(sent: Interaction) -> str:
            return plain(await told(town, sent))

        assert await forged("belltower1") == await forged("nosuchthing1")
        for options in ({"question": "x", "server": str(town.beta.id)}, {"question": "x", "server": "Beta"}):
            picked = await words(await server.slash(town.one, "ask", options, at=town.general))
            assert picked == await words(await server.slash(town.one, "ask", {**options, "server": "4711"}))
            typing = await server.autocomplete(
                town.one, "ask", {**options, "video": "b"}, focused="video", at=town.general
            )
            assert await server.choices_of(typing) == []
        for name in ("transcript", "video"):
            told_of = [
                await words(await server.slash(town.one, name, {"video": video}, at=town.general))
                for video in ("belltower1", "nosuchthing1")
            ]
            assert told_of[0].replace("belltower1", "nosuchthing1") == told_of[1]
    await ledger.close()
    assert (server.breaches, server.unknown_routes) == ([], [])
