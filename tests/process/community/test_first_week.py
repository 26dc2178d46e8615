"""A moderator's first hour and a community's week, from the invitation on, with all that everybody reads."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from storage.models import DAY_SECONDS, WEEK_SECONDS
from tests.support.discord.running_bot import button, texts
from tests.support.discord.transcript import Transcript
from tests.support.inputs.club_talks import CARE_TALK, FIRST_TALKS
from tests.support.local_discord import (
    BotProcess,
    Channel,
    Forum,
    Guild,
    Interaction,
    Json,
    LocalDiscord,
    Message,
    Permission,
    Thread,
    User,
)
from tests.support.local_discord.api.limits import EPHEMERAL
from tests.support.local_discord.state import MESSAGE_CONTENT
from tests.support.project import PROJECT

MIRROR, DEW = "How do I clean a dusty mirror?", "What keeps dew off the lens?"


@dataclass
class Club:
    """The server of Telescope Club, to which Mira invites the bot; and what everybody does and reads there."""

    server: LocalDiscord
    folder: Path
    told: Transcript
    guild: Guild
    general: Channel
    committee: Channel
    help: Forum
    mira: User
    ahead: float = 0.0
    people: dict[str, User] = field(default_factory=dict)

    def start(self) -> BotProcess:
        """The bot, to which it is as late as it is in the club. Not forked: those keep the true time."""
        settings = {
            "DISCORD_TOKEN": self.server.token,
            "CUEPOINT_DATA_DIR": str(self.folder / "data"),
            "CUEPOINT_MESSAGE_CONTENT": "yes",
            "CUEPOINT_COOLDOWN_SECONDS": "0",
            "LOCAL_DISCORD_CLOCK_AHEAD": str(self.ahead),
        }
        return BotProcess(self.server, [sys.executable, "-m", "bot", "serve"], settings, logs=self.folder, cwd=PROJECT)

    async def pass_over(self, bot: BotProcess, seconds: float, title: str) -> None:
        """The bot is stopped, and time passes until it is started again."""
        assert await bot.terminate() == 0
        self.ahead += seconds
        self.server.clock.advance(seconds)
        self.told.chapter(title)

    async def press(self, person: User, card: Json, label: str) -> Interaction:
        self.told.press(person, f"presses [{label}]")
        return await self.server.click(person, card, button(self.server, card, label))

    async def choose(self, person: User, card: Json, custom_id: str, value: Channel) -> Json:
        self.told.press(person, f"chooses #{value.name} in a menu")
        return await self.read(await self.server.select(person, card, custom_id, [value]))

    async def command(self, person: User, name: str, at: Channel, **options: Any) -> Json:
        written = "".join(f" {key}:{value}" for key, value in options.items())
        self.told.press(person, f"uses /{name}{written}")
        return await self.read(await self.server.slash(person, name, options, at=at))

    async def open_form(self, pressed: Interaction) -> None:
        self.told.read_form(await self.server.modal_of(pressed))

    async def send_form(self, opened: Interaction, deed: str, **values: Any) -> Json:
        self.told.press(opened.asker, f"sends the form: {deed}")
        return await self.read(await self.server.submit_modal(opened, values))

    async def say(self, person: User, channel: Channel, words: str, **more: Any) -> Message:
        place = f"in #{channel.name}" if channel.guild else "in a direct message"
        deed = "replies to that" if more else "writes"
        self.told.press(person, f"{deed} {place}: {words.replace(self.server.bot_user.mention, '@Cuepoint')}")
        return await self.server.say(person, channel, words, **more)

    async def read(self, sent: Interaction) -> Json:
        """What stands in front of somebody once nothing more changes."""
        card = await self.server.reply_to(sent)
        self.told.read_card(card)
        return card

    async def read_answer(self, message: Message) -> Json:
        card = (await self.server.answer_to(message)).payload()
        self.told.read_card(card)
        return card

    def direct_messages(self, person: User) -> list[Message]:
        return self.server.messages_in(self.server.dm(person))


@pytest.fixture
def club(server: LocalDiscord, tmp_path: Path) -> Club:
    server.world.privileged_allowed = MESSAGE_CONTENT
    mira = server.add_user("Mira")
    guild = server.add_guild("Telescope Club", installed=False, owner=mira)
    general, committee = server.add_channel(guild, "general"), server.add_channel(guild, "committee")
    guild.system_channel = general
    forum = server.add_forum(guild, "questions", "Equipment", "✅ Solved")
    club = Club(server, tmp_path, Transcript(server), guild, general, committee, forum, mira)
    for name in ("Noor", "Theo", "Pia", "Sam", "Ines"):
        club.people[name] = server.add_user(name)
        server.add_member(guild, club.people[name])
    return club


async def test_a_first_hour_and_a_week(club: Club) -> None:
    try:
        await play(club)
    finally:
        write(club)
    assert club.server.breaches == []
    assert club.server.unknown_routes == []


def write(club: Club) -> None:
    """What everybody did and read: into the folder of the test, and where the environment says."""
    for path in (club.folder / "transcript.txt", os.environ.get("CUEPOINT_TRANSCRIPT", "")):
        if path:
            Path(path).write_text(club.told.text, encoding="utf-8")


async def play(club: Club) -> None:
    club.told.chapter("The first hour")
    async with club.start() as bot:
        await club.server.ready()
        welcome = await be_welcomed(club)
        await import_talks(club, welcome)
        await choose_settings(club, welcome)
        await ask_around(club, welcome)
        await miss(club)
        await club.pass_over(bot, DAY_SECONDS, "The next day")
    async with club.start() as bot:
        await club.server.ready()
        await import_answers(club)
        await be_told(club)
        await club.pass_over(bot, DAY_SECONDS, "The third day")
    async with club.start() as bot:
        await club.server.ready()
        await post(club)
        await club.pass_over(bot, WEEK_SECONDS - 2 * DAY_SECONDS, "A week after the invitation")
    async with club.start():
        await club.server.ready()
        await read_digest(club)
        await reset(club)
    assert [len(club.direct_messages(club.people[name])) for name in ("Ines", "Sam")] == [1, 1], "they are told once"


async def be_welcomed(club: Club) -> Json:
    club.told.begin("Mira invites Cuepoint to Telescope Club")
    await club.server.join(club.guild)
    await club.server.wait_for(lambda: club.server.messages_in(club.general))
    [message] = club.server.messages_in(club.general)
    card = message.payload()
    club.told.read_card(card)
    tried = texts(await club.read(await club.press(club.people["Theo"], card, "Try a sample")))
    assert "Nothing is imported here yet; these are sample talks" in tried
    assert "Import transcripts" not in tried, "Theo may not"
    return card


async def import_talks(club: Club, welcome: Json) -> None:
    """Mira's way to the first answer from the club's own talks."""
    form = await club.press(club.mira, welcome, "Import transcripts")
    await club.open_form(form)
    files = [club.server.upload(name, content) for name, content in FIRST_TALKS.items()]
    report = await club.send_form(form, ", ".join(FIRST_TALKS), files=files)
    for line in ("**Choosing a first telescope** (2:15)", "**Reading a star chart** (1:54)", "3 videos added"):
        assert line in texts(report)
    form = await club.press(club.mira, report, "Ask about them")
    await club.open_form(form)
    answer = texts(
        await club.send_form(form, "Which aperture for a beginner?", question="Which aperture for a beginner?")
    )
    presses, seconds = club.told.presses[club.mira], club.told.seconds
    club.told.note(f"From the invitation to the first own answer: {presses} presses, {seconds:.1f} s without reading.")
    assert "**aperture** of six inches" in answer
    assert "sample" not in answer
    assert presses == 4


async def choose_settings(club: Club, welcome: Json) -> None:
    card = await club.read(await club.press(club.mira, welcome, "Settings"))
    card = await club.choose(club.mira, card, "cue:limit:forums", club.help)
    assert "I can’t mark posts" in texts(card)
    club.told.happen("Mira lets Cuepoint manage threads in #questions, in the settings of that channel")
    club.help.overwrites[club.server.bot_user.id] = (Permission.MANAGE_THREADS, 0)
    await club.server.gateway.dispatch("CHANNEL_UPDATE", club.help.payload(club.server.bot_user))
    card = await club.choose(club.mira, card, "cue:limit:digest", club.committee)
    assert "⚠" not in texts(card)


async def ask_around(club: Club, welcome: Json) -> None:
    noor, theo, pia, sam, _ = club.people.values()
    server, general = club.server, club.general
    first = await club.command(noor, "ask", general, question="How heavy is a Dobsonian?")
    assert "fifteen kilograms" in texts(first)
    asked = await club.say(theo, general, f"{server.bot_user.mention} how do I collimate a Newtonian?")
    answer = await club.read_answer(asked)
    shown = server.world.messages[int(answer["id"])]
    further = await club.read_answer(await club.say(theo, general, "and with a laser?", reply_to=shown))
    assert "With your last question: “how do I collimate a Newtonian?”" in texts(further)
    alone = await club.read_answer(await club.say(noor, server.dm(noor), "what are the pointers?"))
    assert "**pointers**" in texts(alone)
    passage = await club.read(await club.press(noor, first, "Read on"))
    await club.read(await club.press(noor, passage, "Helpful"))
    said = await club.say(pia, general, "does anybody know how to find Polaris?")
    club.told.press(sam, "holds that message and chooses Apps > Find in videos")
    found = await club.read(await server.message_menu(sam, "Find in videos", said))
    assert "you arrive at **Polaris**" in texts(found)
    assert found["flags"] & EPHEMERAL
    tried = await club.read(await club.press(pia, welcome, "Try a sample"))
    assert "sample" not in texts(tried), "the club's own talks answer by now"


async def miss(club: Club) -> None:
    """Two questions that the three talks do not answer, and who wants to be told."""
    ines, sam = club.people["Ines"], club.people["Sam"]
    card = await club.command(ines, "ask", club.general, question=MIRROR)
    assert "Not in these videos." in texts(card)
    assert not card["flags"] & EPHEMERAL
    kept = texts(await club.read(await club.press(ines, card, "Tell me when there is an answer")))
    assert "I send it to you in a direct message. Then it ends." in kept
    await club.command(sam, "ask", club.general, question=DEW)
    assert f"Following: *{DEW}*" in texts(await club.command(sam, "follow", club.general, question=DEW))


async def import_answers(club: Club) -> None:
    card = texts(await club.command(club.mira, "library misses", club.committee))
    for question in (MIRROR, DEW):
        assert f"- {question} · once, <t:" in card
    club.told.press(club.mira, "uses /library import")
    form = await club.server.slash(club.mira, "library import", at=club.committee)
    await club.open_form(form)
    name, content = CARE_TALK
    report = await club.send_form(form, name, files=[club.server.upload(name, content)])
    assert "2 of 2 open questions are answered now" in texts(report)
    card = await club.command(club.mira, "library misses", club.committee)
    await club.read(await club.press(club.mira, card, "Answered now"))


async def be_told(club: Club) -> None:
    answers = {"Ines": (MIRROR, "rinse it with distilled water"), "Sam": (DEW, "shield **keeps dew** off")}
    for name, (question, answer) in answers.items():
        person = club.people[name]
        [message] = await club.server.wait_for(lambda person=person: club.direct_messages(person))  # type: ignore[misc]
        club.told.happen(f"{name} gets a direct message")
        club.told.read_card(message.payload())
        assert f"**{question}**" in message.text()
        assert answer in message.text()


async def post(club: Club) -> None:
    noor, title, words = club.people["Noor"], "How do I keep dew off the lens?", "It was so wet last night."
    club.told.press(noor, f"posts in #{club.help.name}: “{title}” {words}")
    post = await club.server.post(noor, club.help, title, words, tags=("Equipment",))
    card = await club.read_answer(post)
    assert "Was this it?" in texts(card)
    assert "I have marked this post as **✅ Solved**." in texts(await club.read(await club.press(noor, card, "Yes")))
    assert isinstance(post.channel, Thread)
    assert post.channel.tag_names == ["Equipment", "✅ Solved"]


async def read_digest(club: Club) -> None:
    club.told.happen("A week has passed, and nobody does anything")

    def posted() -> list[Message]:
        return [message for message in club.server.messages_in(club.committee) if not message.ephemeral]

    [message] = await club.server.wait_for(posted, 60)
    club.told.read_card(message.payload())
    digest = message.text()
    # Theo's and Pia's examples are among them; of the sample talks nothing is an answer.
    assert "**9** questions were asked, **6** answered clearly." in digest
    assert "**4 new videos**" in digest
    assert "**dew** off the **lens**" in digest
    assert "**Dobsonian**" in digest
    assert "what is missing" not in digest, "both misses are answered"
    assert not any(person.name in digest for person in (club.mira, *club.people.values()))


async def reset(club: Club) -> None:
    card = await club.command(club.mira, "settings", club.committee)
    asked = await club.read(await club.press(club.mira, card, "Reset"))
    assert "**Weekly summary in:**" in texts(asked)
    done = await club.read(await club.press(club.mira, asked, "Reset"))
    assert "All settings are the defaults again." in texts(done)
