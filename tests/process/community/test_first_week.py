"""A moderator's first hour and a community's week, from the invitation on, with all that everybody reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.models import DAY_SECONDS, WEEK_SECONDS
from tests.support.discord.running_bot import texts
from tests.support.discord.telescope_club import Club, telescope_club
from tests.support.inputs.club_talks import CARE_TALK, FIRST_TALKS
from tests.support.local_discord import Json, LocalDiscord, Message, Permission, Thread
from tests.support.local_discord.api import limits

MIRROR, DEW = "How do I clean a dusty mirror?", "What keeps dew off the lens?"
FIRST_LINK, CARE_LINK = (f"https://www.youtube.com/watch?v={video}" for video in ("firstScope1", "careOfScope"))


@pytest.fixture
def club(server: LocalDiscord, tmp_path: Path) -> Club:
    return telescope_club(server, tmp_path)


async def test_a_first_hour_and_a_week(club: Club) -> None:
    try:
        await play(club)
    finally:
        club.write()
    assert club.server.breaches == []
    assert club.server.unknown_routes == []


async def play(club: Club) -> None:
    club.told.chapter("The first hour")
    async with club.start() as bot:
        await club.server.ready()
        welcome = await be_welcomed(club)
        report = await import_talks(club, welcome)
        await set_link(club, report)
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
    await club.server.wait_for(lambda: club.server.messages_in(club.general), 30)
    [message] = club.server.messages_in(club.general)
    card = message.payload()
    club.told.read_card(card)
    tried = texts(await club.read(await club.press(club.people["Theo"], card, "Try a sample")))
    assert "Nothing is imported here yet; these are sample talks" in tried
    assert "Import transcripts" not in tried, "Theo may not"
    return card


async def import_talks(club: Club, welcome: Json) -> Json:
    """Mira's way to the first answer from the club's own talks."""
    form = await club.press(club.mira, welcome, "Import transcripts")
    await club.open_form(form)
    files = [club.server.upload(name, content) for name, content in FIRST_TALKS.items()]
    report = await club.send_form(form, ", ".join(FIRST_TALKS), files=files)
    for line in ("**Choosing a first telescope** (2:15)", "**Reading a star chart** (1:54)", "3 videos added"):
        assert line in texts(report)
    assert "Without the link to a video, its quotes can’t open there" in texts(report)
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
    return report


async def set_link(club: Club, report: Json) -> None:
    menu = await club.read(await club.press(club.mira, report, "Set the link"))
    [choice] = [part for _, part in limits.walk(menu["components"]) if part["type"] == limits.STRING_SELECT]
    club.told.press(club.mira, "chooses Choosing a first telescope in the menu")
    form = await club.server.select(club.mira, menu, choice["custom_id"], [choice["options"][0]["value"]])
    await club.open_form(form)
    assert FIRST_LINK in texts(await club.send_form(form, FIRST_LINK, url=FIRST_LINK))


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
    assert f"({FIRST_LINK}&t=55s)" in texts(first)
    passage = await club.read(await club.press(noor, first, "Read on"))
    await club.read(await club.press(noor, passage, "Helpful"))
    asked = await club.say(theo, general, f"{server.bot_user.mention} how do I collimate a Newtonian?")
    answer = await club.read_answer(asked)
    shown = server.world.messages[int(answer["id"])]
    further = await club.read_answer(await club.say(theo, general, "and with a laser?", reply_to=shown))
    assert "With your last question: “how do I collimate a Newtonian?”" in texts(further)
    alone = await club.read_answer(await club.say(noor, server.dm(noor), "what are the pointers?"))
    assert "**pointers**" in texts(alone)
    said = await club.say(pia, general, "does anybody know how to find Polaris?")
    club.told.press(sam, "holds that message and chooses Apps > Find in videos")
    found = await club.read(await server.message_menu(sam, "Find in videos", said))
    assert "you arrive at **Polaris**" in texts(found)
    assert found["flags"] & limits.EPHEMERAL
    tried = await club.read(await club.press(pia, welcome, "Try a sample"))
    assert "sample" not in texts(tried), "the club's own talks answer by now"


async def miss(club: Club) -> None:
    """Two questions that the three talks do not answer, and who wants to be told."""
    ines, sam = club.people["Ines"], club.people["Sam"]
    card = await club.command(ines, "ask", club.general, question=MIRROR)
    assert "Not in these videos." in texts(card)
    assert not card["flags"] & limits.EPHEMERAL
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
    file = club.server.upload(name, content)
    report = await club.send_form(form, f"{name}, Link to the video: {CARE_LINK}", files=[file], url=CARE_LINK)
    assert "Set the link" not in texts(report)
    assert "2 of 2 open questions are answered now" in texts(report)
    card = await club.command(club.mira, "library misses", club.committee)
    await club.read(await club.press(club.mira, card, "Answered now"))


async def be_told(club: Club) -> None:
    answers = {"Ines": (MIRROR, "rinse it with distilled water"), "Sam": (DEW, "shield **keeps dew** off")}
    for name, (question, answer) in answers.items():
        person = club.people[name]
        [message] = await club.server.wait_for(lambda person=person: club.direct_messages(person), 30)  # type: ignore[misc]
        club.told.happen(f"{name} gets a direct message")
        club.told.read_card(message.payload())
        assert f"**{question}**" in message.text()
        assert answer in message.text()
        assert f"]({CARE_LINK}&t=" in message.text()


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
    assert "**8** questions were asked, **6** answered clearly." in digest
    assert "**4 new videos**" in digest
    assert "**keep dew** off the **lens**" in digest
    assert "**Dobsonian**" in digest
    assert "what is missing" not in digest, "both misses are answered"
    assert not any(person.name in digest for person in (club.mira, *club.people.values()))


async def reset(club: Club) -> None:
    card = await club.command(club.mira, "settings", club.committee)
    asked = await club.read(await club.press(club.mira, card, "Reset"))
    assert "**Weekly summary in:**" in texts(asked)
    done = await club.read(await club.press(club.mira, asked, "Reset"))
    assert "All settings are the defaults again." in texts(done)
