"""Every road by which a person reaches the libraries, as the tests of scope walk them, and what they are told on it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.discord_app.cards.admin.settings import CHANNELS_ID, DIGEST_ID, FORUMS_ID, ROLES_ID
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.question_form import QUESTION
from storage import access
from storage.models import MissOutcome
from tests.support.discord.discord_world import World
from tests.support.discord.harness import (
    ChannelHandle,
    InteractionResult,
    MemberActor,
    UserHandle,
    answer_post,
    answers,
    components_of,
    create_forum,
    every_part,
    files_of,
    filled_in,
    menu_of,
    options_of,
    pressable,
    threads_in,
)

SRT = b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern at noon\n"
TYPED_IN = (
    ("ask", "question"), ("ask", "video"), ("ask", "creator"), ("ask", "speaker"), ("ask", "server"),
    ("timeline", "question"), ("timeline", "video"), ("timeline", "server"), ("video", "video"),
    ("transcript", "video"), ("transcript", "at"), ("follow", "video"), ("follow", "creator"), ("follow", "speaker"),
    ("follow", "server"),
)  # fmt: skip
_KEY = re.compile(r"(cue:\w+:\d+:|\"custom_id\": \")([\w-]{16}(?=:\d)|[0-9a-f]{32}(?=\"))")
_PASSING = re.compile(
    r"<t:\d+:R>"
    r"|(?<=Posted: <#)\d+"
    r'|(?<=attachments/)\d+/\d+|(?<="attachment_id": ")\d+'
)
MANAGED_IN = ("library remove", "library rename", "library export", "library speakers")


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody in one place: a channel of a server or, without one, the direct messages with the bot.

    `told` is all that they are told: cards, choices, forms and files, in order.
    """

    world: World
    actor: MemberActor | UserHandle
    channel: ChannelHandle | None = None
    told: list[Any] = field(default_factory=list)

    async def slash(self, name: str, /, **options: Any) -> InteractionResult:
        place = [self.channel] if self.channel else []
        return self._noted(await self.actor.slash(*place, name, **options))

    async def typing(self, name: str, option: str, typed: str, **filled: Any) -> list[str]:
        """The values of the choices they are offered."""
        place = [self.channel] if self.channel else []
        choices = await self.actor.autocomplete(*place, name, option, typed, **filled)
        self.told.append({"choices": choices})
        return [choice["value"] for choice in choices]

    async def click(self, card: Any, label: str) -> Any:
        """What pressing a button does; the card itself where it has no such button, or one that is greyed out."""
        if label not in pressable(card):
            return card
        return self._noted(await self.actor.click(getattr(card, "response", card), label=label))

    async def select(self, card: InteractionResult, values: list[Any], custom_id: str) -> InteractionResult:
        return self._noted(await self.actor.select(card.response, values, custom_id=custom_id))

    async def read(self, card: InteractionResult, number: int) -> Any:
        """The passage of a number on an answer's card; the card itself where it has no such number."""
        if number == 1 and "Read on" in pressable(card):
            return await self.click(card, "Read on")
        custom_id = menu_of(card, "pick")
        return await self.select(card, [str(number)], custom_id) if custom_id else card

    async def choose(self, card: InteractionResult, verb: str, value: str) -> InteractionResult:
        """What choosing from one of a card's menus does."""
        return await self.select(card, [value], menu_of(card, verb))

    async def fill_in(self, card: InteractionResult, label: str, **values: Any) -> None:
        """Write into the form that a button opens, where there is one."""
        form = await self.click(card, label)
        if form is not card and form.modal is not None:
            self._noted(await self.actor.submit_modal(form, filled_in(form, **values)))

    async def menu(self, words: str, author: MemberActor | None = None) -> InteractionResult:
        """A right click on what somebody wrote, they themselves or another."""
        message = await (author or self.actor).send(self.channel, words)
        return self._noted(await self.actor.context_menu(self.channel, "Find in videos", message))

    async def write(self, words: str) -> Any:
        """A direct message, or a mention of the bot."""
        env = self.world.env
        if self.channel is None:
            await self.actor.send_dm(words)
        else:
            await self.actor.send(self.channel, f"<@{env.backend.bot_user.id}> {words}")
        answer = answers(self.channel or self.actor.dm_channel, env)[-1]
        self.told.append({"components": components_of(answer)})
        return answer

    async def upload(self, *files: tuple[str, bytes], **options: Any) -> InteractionResult:
        form = await self.slash("library import", **options)
        return self._noted(await self.actor.submit_modal(form, {"files": list(files)}))

    def _noted(self, result: InteractionResult) -> InteractionResult:
        card = {} if result.response is None else {"components": components_of(result)}
        files = {name: unpacked(content) for name, content in files_of(result, self.world.env).items()}
        shared = [components_of(message) for message in result.followups]
        answer = {**card, "files": files, "modal": result.modal, "private": result.ephemeral, "shared": shared}
        self.told.append(answer)
        return result


def plain(told: Any, keys: dict[str, str]) -> str:
    """What was told as text. Keys of buttons and forms, of which some are drawn, stand there by order of appearance in
    `keys`; moments and the numbers of files are left out."""
    text = _PASSING.sub("then", json.dumps(told, default=lambda content: content.decode("latin-1")))
    return _KEY.sub(lambda match: match[1] + keys.setdefault(match[2], f"key-{len(keys)}"), text)


def unpacked(content: bytes) -> Any:
    """What is in a file, and in each file of an archive: that also holds when it was packed."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def asking(player: Player) -> None:
    for question in ("copper lantern", '"copper lantern" -noon', "coppr lanten", "gate-03", "sirocco winds"):
        await player.slash("ask", question=question)


async def asking_narrowly(player: Player) -> None:
    await player.slash("ask", question="lantern", video="gate-03")
    await player.slash("ask", question="lantern", video="no such gate")
    await player.slash("ask", question="lantern", creator="gate smith")
    for server in await player.typing("ask", "server", "", question="x"):
        await player.slash("ask", question="lantern", server=server)
    await player.slash("ask", question="lantern", server="Nowhere")


async def turning_pages(player: Player) -> None:
    for question in ("copper lantern", "ferry"):
        card = await player.slash("ask", question=question)
        await player.click(await player.click(card, "Next"), "Previous")
        await player.click(card, "Delete")


async def opening_passages(player: Player) -> None:
    for question, number in (("copper lantern", 2), ("ferry", 1)):
        card = await player.slash("ask", question=question, private=True)
        opened = await player.read(card, number)
        for label in ("Helpful", "Not helpful", "Share"):
            await player.click(await player.click(opened, label), "Take back my vote")
        for label in ("Later", "Earlier", "Back to the quote"):
            opened = await player.click(opened, label)


async def clicking_a_message(player: Player) -> None:
    if player.channel is not None:
        await player.menu("has anybody seen the copper lantern?")
    if player.channel is player.world.general:
        answer = await player.menu("who has seen the copper lantern?", player.world.both)
        await player.click(answer, "Show to the author")


async def sharing(player: Player) -> None:
    for question in ("copper lantern", "ferry", "sirocco winds"):
        card = await player.slash("ask", question=question, private=True)
        for _ in range(2):
            await player.click(card, "Share")
    if player.channel is player.world.general:
        await player.slash("ask", question="copper lantern at noon", **{"for": player.world.both})


async def writing(player: Player) -> None:
    if player.channel is not player.world.abroad:
        await player.write("where is the copper lantern")


async def conversing(player: Player) -> None:
    """Small talk and follow-ups, each by a command and, where the bot is, in messages."""
    for words in (
        "hi", "who are you?", "what videos do you have?", "list all videos about gate", "help",
        "how long is the gate-03 video?", "summarise the sirocco video", "copper lantern", "and why?", "more",
        "and in the other video?", "more",
    ):  # fmt: skip
        await player.slash("ask", question=words)
        if player.channel is not player.world.abroad:
            await player.write(words)
    card = await player.slash("ask", question="hi")
    for label in ("Videos", "Help"):
        await player.click(card, label)


async def typing(player: Player) -> None:
    for name, option in TYPED_IN:
        filled = {"question": "x"} if name in ("ask", "timeline", "follow") and option != "question" else {}
        if option == "at":
            filled = {"video": "gate-03"}
        for typed in ("", "gat", "shar", "zzz"):
            await player.typing(name, option, typed, **filled)


async def listing(player: Player) -> None:
    card = await player.click(await player.slash("videos"), "Next")
    for verb in ("leaf", "watch"):
        for option in options_of(card, verb)[-2:]:
            await player.choose(card, verb, option)
    await player.click(await player.slash("videos", search="talk"), "Next")
    await player.slash("videos", search="zzz")


async def looking_at_one(player: Player) -> None:
    for name in ("gate-03", "shared-talk", "no such gate"):
        card = await player.slash("video", video=name)
        for option in options_of(card, "readat"):
            await player.choose(card, "readat", option)
        await player.click(card, "Transcript")
        for label in ("Ask", "Timeline"):
            await player.fill_in(card, label, question="copper lantern ferry")


async def reading(player: Player) -> None:
    card = await player.slash("transcript", video="gate-03", at="1:00")
    for label in ("Later", "Earlier"):
        card = await player.click(card, label)
    await player.click(card, "This video")
    await player.fill_in(card, "Ask", question="copper lantern ferry")
    await player.slash("transcript", video="shared-talk")


async def drawing(player: Player) -> None:
    card = await player.slash("timeline", question="copper lantern ferry")
    await player.click(card, "1")
    await player.slash("timeline", question="lantern", video="gate-03")
    await player.slash("timeline", question="lantern", video="no such gate")


async def following(player: Player) -> None:
    """Follow what is answered, what is not and what cannot be, list it, and end it in every way."""
    card = await player.slash("follow", question="copper lantern", closest=True)
    for label in ("Show the answer", "Unfollow", "Unfollow"):
        await player.click(card, label)
    for video in ("gate-03", "no such gate"):
        await player.slash("follow", question="copper lantern", video=video)
    for server in (*await player.typing("follow", "server", "", question="x"), "Nowhere"):
        await player.slash("follow", question="lantern", server=server)
    await player.click(await player.slash("ask", question="sirocco winds"), "Tell me when there is an answer")
    card = await player.slash("unfollow")
    for option in options_of(card, "endfollow")[:1]:
        card = await player.choose(card, "endfollow", option)
    await player.click(card, "End all")
    await player.slash("unfollow")


async def being_told(player: Player) -> None:
    await player.slash("about")
    card = await player.slash("help")
    for label in ("Try the example", "Videos", "Privacy"):
        await player.click(card, label)


async def being_welcomed(player: Player) -> None:
    """What stands in a server that the bot was added to, for everybody there."""
    if player.channel is player.world.general:
        card = await player.world.welcome()
        player.told.append({"components": components_of(card)})
        for label in ("Try an example", "Try a sample", "Help", "Settings", "Import transcripts"):
            await player.click(card, label)


async def keeping_private(player: Player) -> None:
    card = await player.slash("privacy")
    await player.click(card, "Export")
    await player.click(card, "Delete all of it")


async def importing(player: Player) -> None:
    for _ in range(2):
        await player.upload(("noon [AAAAAAAAAAA].srt", SRT), ("broken.txt", b"just some words"))
    await player.upload(("noon.srt", SRT), title="Noon", video="noon-talk", replace=True)


async def going_on_from_an_import(player: Player) -> None:
    """Every button of a report, and the forms that they open."""
    card = await player.upload(("copper.srt", SRT), ("é.srt", SRT.replace(b"noon", "nooné".encode("cp1252"))))
    await player.click(card, "See what was rejected")
    await player.fill_in(card, "Say the encoding", encoding="cp1252")
    await player.fill_in(card, "Ask about it", question="copper lantern")
    card = await player.upload(("lantern.srt", SRT), ("bell.srt", SRT.replace(b"copper lantern", b"bronze bell")))
    await player.fill_in(card, "Ask about them", question="bronze bell")
    form = await player.choose(await player.click(card, "Set the link"), "linkone", "0")
    player._noted(await player.actor.submit_modal(form, {"url": "https://vimeo.com/1", "title": "Noon"}))
    for undone in (card, await player.upload(("noon.srt", SRT.replace(b"noon", b"bell")))):
        await player.click(undone, "Undo")


async def importing_from_messages(player: Player) -> None:
    """A file with a mention, and the menu of a message, with a file and without."""
    assert player.channel is not None
    env, file = player.world.env, ("noon.srt", SRT)
    await player.actor.send(player.channel, f"<@{env.backend.bot_user.id}> here", attachments=[file])
    await player.click(answers(player.channel, env)[-1], "Import")
    for attachments in ([file], []):
        message = await player.actor.send(player.channel, "my talk", attachments=attachments)
        player._noted(await player.actor.context_menu(player.channel, "Import transcript", message))


async def undoing(player: Player) -> None:
    for _ in range(2):
        await player.slash("library undo")


async def removing(player: Player) -> None:
    for label in ("Leave it", "Remove it"):
        await player.click(await player.slash("library remove", video="gate-03"), label)
    await player.slash("library remove", video="no such gate")
    await player.slash("library undo")


async def renaming(player: Player) -> None:
    await player.slash("library rename", video="gate-03", title="The tower")
    await player.slash("library rename", video="no such gate", title="The tower")


async def naming_speakers(player: Player) -> None:
    await player.slash("library speakers")
    for video in ("gate-03", "no such gate"):
        await player.typing("library speakers", "speaker", "", video=video)
        await player.slash("library speakers", video=video)
        await player.slash("library speakers", video=video, speaker="SPEAKER_00", name="Ana")


async def exporting(player: Player) -> None:
    for form in ("jsonl", "csv", "parquet"):
        await player.slash("library export", format=form)
    for video in ("gate-03", "no such gate"):
        await player.slash("library export", format="srt", video=video)


async def measuring(player: Player) -> None:
    await player.slash("library stats")


async def noting_words(player: Player) -> None:
    await player.slash("library glossary add", said="lampion", meant="lantern")
    await player.slash("library glossary list")
    for said in await player.typing("library glossary remove", "said", ""):
        await player.slash("library glossary remove", said=said)
    await player.slash("library glossary remove", said="nobody says this")


async def learning_of_misses(player: Player) -> None:
    world = player.world
    key = access.library_key(world.alpha.id)
    await world.ledger.review_miss(key, "the lost copper lantern 03", MissOutcome.ANSWERED)
    card = await player.slash("library misses")
    card = await player.click(await player.click(card, "Answered now"), "Back")
    card = await player.click(await player.click(card, "Next"), "Previous")
    for option in options_of(card, "miss")[:1]:
        chosen = await player.choose(card, "miss", option)
        await player.click(chosen, "Import transcripts")
        chosen = await player.click(await player.click(chosen, "Dismiss"), "Undo")
        await player.fill_in(chosen, "Add glossary entry", said="lantern", meant="gate")


async def having_a_channel_told(player: Player) -> None:
    await player.slash("follow", question="copper lantern", channel=player.world.general)
    await player.slash("unfollow")


async def exporting_feedback(player: Player) -> None:
    await player.click(await player.slash("library misses"), "Export")


async def helping_in_a_forum(player: Player) -> None:
    world = player.world
    forum = create_forum(world.env, world.alpha, "help")
    await player.slash("library forum-card", channel=forum)
    (post,) = threads_in(world.env, world.alpha, forum)
    form = await player.click(post.history()[0], "Find in videos")
    player._noted(await player.actor.submit_modal(form, {QUESTION: "copper lantern"}))
    asked = await player.slash("ask", question="copper lantern")
    opening = next(each["custom_id"] for each in every_part(asked) if each.get("custom_id", "").startswith("cue:open:"))
    key = opening.split(":")[3]
    for label in ("Yes", "No"):
        await answer_post(world.bot, post, Owner(player.actor.id, key))
        await player.click(answers(post, world.env)[-1], label)


async def setting_up(player: Player) -> None:
    world = player.world
    card = await player.slash("settings", quotes=3, private=True, cooldown=0, misses=True)
    await player.select(card, [world.general], CHANNELS_ID)
    await player.select(card, [world.alpha.default_role], ROLES_ID)
    await player.select(card, [], FORUMS_ID)
    await player.select(card, [world.general], DIGEST_ID)
    await player.fill_in(card, "Change", other="1?", quotes=["2"])
    await player.click(await player.click(card, "Reset"), "Keep them")
    await player.click(await player.click(card, "Reset"), "Reset")
    await player.typing("settings", "language", "ger")
    await player.slash("settings", language="de")
    await player.slash("ask", question="copper lantern")


async def typing_as_moderator(player: Player) -> None:
    for name in MANAGED_IN:
        for typed in ("", "gat", "zzz"):
            await player.typing(name, "video", typed)


async def purging(player: Player) -> None:
    for label in ("Leave it", "Delete everything"):
        await player.click(await player.slash("library purge"), label)
    await player.slash("ask", question="copper lantern")
    await player.slash("library stats")
    await player.slash("library purge")


Road = Callable[[Player], Awaitable[None]]
ASKED: tuple[Road, ...] = (
    asking, asking_narrowly, turning_pages, opening_passages, sharing, clicking_a_message, writing, conversing, typing,
    listing,
    looking_at_one, reading, drawing, following, being_told, being_welcomed, keeping_private,
)  # fmt: skip
"""Open to everybody, everywhere."""
MANAGED: tuple[Road, ...] = (
    importing, going_on_from_an_import, importing_from_messages,
    undoing, removing, renaming, naming_speakers, exporting, measuring, noting_words, learning_of_misses,
    having_a_channel_told, exporting_feedback, helping_in_a_forum, setting_up, typing_as_moderator, purging,
)  # fmt: skip
"""Open to those who look after a server, in that server."""
