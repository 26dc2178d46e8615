"""How the bot behaves towards people, on an in-process Discord."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from discord import ui

from bot import asking
from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from bot.verdicts import ONLY_SAMPLES
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, ServerSettings, Source
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    MemberActor,
    answers,
    choices_of,
    mention,
    moments_on,
    open_passage,
    pressable,
    seen,
)

QUESTION = "how does bm25 rank"


def settings(**more: str) -> Settings:
    return Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0", **more})


async def test_commands_are_registered_once(discord: Env, library: Library, ledger: Ledger) -> None:
    assert {each["name"] for each in discord.backend.commands[None].values()} == {
        "ask", "timeline", "videos", "video", "transcript", "help", "about", "settings", "privacy", "library",
        "follow", "unfollow", "Find in videos", "Import transcript",
    }  # fmt: skip
    before = len(discord.http_requests)
    await discord.restart_bot(CuepointClient(settings(), library, ledger, shard_count=1))
    assert [each for each in list(discord.http_requests)[before:] if each.method == "PUT"] == []


async def test_an_answer(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "ask", question=QUESTION)
    assert not result.deferred
    assert not result.ephemeral
    assert f"### {QUESTION}" in seen(result)
    assert "> “The first ingredient is term frequency" in seen(result)
    assert "](https://video.example.com/sample-bm25-ranking#t=78)**" in seen(result), "BM25 is named at 1:20"
    assert "▶ 1:18" in seen(result)


MANY = 9


@pytest.fixture
async def nine(library: Library) -> None:
    """Nine videos that say much around a copper lantern."""
    texts = [" ".join(f"{word}{n}" for word in ["some", "words", "about", "it"] * 40) for n in range(MANY)]
    rows = [
        {"video_id": f"v{n}", "text": f"{text} the copper lantern {text}", "start_second": 0, "title": f"Talk {n}"}
        for n, text in enumerate(texts)
    ]
    content = "\n".join(map(json.dumps, rows)).encode()
    await library.import_files(access.host_scope(), [(Source("rows.jsonl", content), Labels())])


def quotes_in(result: Any) -> list[str]:
    lines = [line for line in seen(result).splitlines() if line.startswith("> ")]
    return [line.split("“")[1].split("”")[0].replace("**", "") for line in lines]


@pytest.mark.usefixtures("nine")
async def test_the_first_quote_of_an_answer_is_long_and_all_others_are_lines(
    general: ChannelHandle, alice: MemberActor
) -> None:
    result = await alice.slash(general, "ask", question="copper lantern")
    (quote,) = quotes_in(result)
    assert 500 <= len(quote) <= 600
    lines = moments_on(result)[1:]
    assert len(lines) == 2
    assert all("copper lantern" in line.replace("**", "") and len(line) < 100 for line in lines)
    (quote,) = quotes_in(await alice.click(result.response, label="Next"))
    assert 250 <= len(quote) <= 300


@pytest.mark.usefixtures("nine")
@pytest.mark.parametrize(("private", "shown"), [(False, 3), (True, 5)])
async def test_three_moments_in_public_and_five_in_private(
    general: ChannelHandle, alice: MemberActor, private: bool, shown: int
) -> None:
    assert len(moments_on(await alice.slash(general, "ask", question="copper lantern", private=private))) == shown


@pytest.mark.usefixtures("nine")
@pytest.mark.parametrize("private", [False, True])
async def test_what_a_server_says_holds_in_public_and_in_private(
    general: ChannelHandle, alice: MemberActor, ledger: Ledger, private: bool
) -> None:
    await ledger.save_settings(alice.guild.id, ServerSettings(quotes=4))
    assert len(moments_on(await alice.slash(general, "ask", question="copper lantern", private=private))) == 4


@pytest.mark.usefixtures("nine")
async def test_pages_number_on_whoever_turns_them(general: ChannelHandle, alice: MemberActor, bob: MemberActor) -> None:
    card = await alice.slash(general, "ask", question="copper lantern")
    assert [each.split(" ")[0].strip("*") for each in moments_on(card)] == ["1", "2", "3"]
    copy = await bob.click(card.response, label="Next")
    assert copy.ephemeral
    for turned in (copy, await alice.click(card.response, label="Next")):
        assert [each.split(" ")[0].strip("*") for each in moments_on(turned)] == ["4", "5", "6"]
        assert "2 of 3" in seen(turned)
    last = await alice.click(card.response, label="Next")
    assert "3 of 3" in seen(last)
    assert "Next" not in pressable(last)
    assert [each.split(" ")[0].strip("*") for each in moments_on(last)] == ["7", "8", "9"]


@pytest.mark.usefixtures("nine")
async def test_a_moment_that_would_stand_alone_on_a_page_stands_on_the_page_before(
    general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    for gone in ("v8", "v7"):
        await library.remove(access.host_scope(), gone)
    card = await alice.slash(general, "ask", question="copper lantern")
    last = await alice.click(card.response, label="Next")
    assert ("2 of 2" in seen(last), len(moments_on(last))) == (True, 4)
    await ledger.save_settings(alice.guild.id, ServerSettings(quotes=3))
    card = await alice.slash(general, "ask", question="copper lantern")
    last = await alice.click(card.response, label="Next")
    assert ("2 of 2" in seen(last), len(moments_on(last))) == (True, 3), "what a server says is kept to"


def number_buttons(owner: Owner) -> ui.ActionRow[Any]:
    return ui.ActionRow(*(ui.Button(label=str(n), custom_id=controls.custom_id("open", owner, n)) for n in (1, 2, 3)))


@pytest.mark.usefixtures("nine")
async def test_the_menu_opens_any_moment_and_the_buttons_of_earlier_cards_do_too(
    general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await alice.slash(general, "ask", question="copper lantern")
    titles = re.findall(r"Talk \d", seen(card).split("2 · 0:")[0])
    assert len(choices_of(card)) == 2
    assert all("copper lantern" in choice for choice in choices_of(card))
    opened = [await open_passage(alice, card, number) for number in (1, 2, 3)]
    assert len({re.findall(r"Talk \d", seen(each))[0] for each in opened}) == 3
    assert titles[0] in seen(opened[0])
    assert all(each.ephemeral for each in opened)
    # As cards were until now: a numbered button for every quote.
    monkeypatch.setattr(controls, "passage_menu", lambda owner, _choices: [number_buttons(owner)])
    monkeypatch.setattr(controls, "read_on_button", lambda _owner: [])
    old = await alice.slash(general, "ask", question="copper lantern")
    assert seen(await alice.click(old.response, label="2")) == seen(opened[1])


async def test_near_misses_stand_below_a_line_of_their_own(general: ChannelHandle, alice: MemberActor) -> None:
    shown = seen(await alice.slash(general, "ask", question="zebra crossings of quantum captions"))
    assert shown.index(f"**{ONLY_SAMPLES}**") < shown.index("Nobody says: ") < shown.index("*Possibly related:*")
    assert shown.index("*Possibly related:*") < shown.index("1 · ")


async def test_a_private_answer(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "ask", question=QUESTION, private=True)
    assert result.ephemeral
    assert "Delete" not in seen(result)


async def test_nothing_found_is_a_card_with_words(general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "ask", question="zebra crossings quantum")
    assert f"**{ONLY_SAMPLES}**" in seen(result)
    assert "Nobody says: " in seen(result)
    assert not result.ephemeral


async def test_a_changed_wording_is_said(general: ChannelHandle, alice: MemberActor) -> None:
    assert "Searched for: *" in seen(await alice.slash(general, "ask", question="captoins timing"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("-bert", "at least one word"),
        ("words video:zzz", "No video is called"),
        ("words creator:zzz", "No video is by"),
    ],
)
async def test_expected_errors_speak_for_themselves_in_private(
    general: ChannelHandle, alice: MemberActor, question: str, said: str
) -> None:
    result = await alice.slash(general, "ask", question=question)
    assert said in seen(result)
    assert result.ephemeral


async def test_an_unexpected_error_is_one_calm_line_with_a_reference(
    discord: Env, general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("the inside of the machine")

    card = await alice.slash(general, "ask", question=QUESTION)
    monkeypatch.setattr(asking, "ask", fail)
    monkeypatch.setattr(asking, "open_passage", fail)
    logging.getLogger("cuepoint").propagate = True
    try:
        for result in (
            await alice.slash(general, "ask", question=QUESTION),
            await alice.click(card.response, label="Read on"),
        ):
            assert result.ephemeral
            assert "machine" not in seen(result)
            reference = seen(result).rsplit(" ", 1)[1]
            assert reference in {record.__dict__.get("reference") for record in caplog.records}
            assert "the inside of the machine" in caplog.text
    finally:
        logging.getLogger("cuepoint").propagate = False


async def test_only_the_asker_and_moderators_delete(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    card = await alice.slash(general, "ask", question=QUESTION)
    refused = await bob.click(card.response, label="Delete")
    assert "Only the one who asked, or a moderator" in seen(refused)
    assert refused.ephemeral
    await alice.click(card.response, label="Delete")
    assert answers(general, discord) == []


async def test_buttons_live_on_after_a_restart_and_end_politely(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    card = await alice.slash(general, "ask", question=QUESTION)
    await discord.restart_bot(CuepointClient(settings(), library, ledger, shard_count=1))
    assert "Earlier" in seen(await alice.click(card.response, label="Read on"))
    async with ledger._database.transaction() as connection:
        await connection.execute("DELETE FROM button_state")
    late = await alice.click(card.response, label="Read on")
    assert "These buttons have expired. Please ask again." in seen(late)
    assert late.ephemeral


async def test_a_button_of_an_earlier_version_is_answered(
    discord: Env, general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "custom_id", lambda verb, _, number=0: f"old:{verb}:{number}")
    card = await alice.slash(general, "ask", question=QUESTION)
    assert "earlier version" in seen(await alice.click(card.response, label="Delete"))


async def test_direct_messages(discord: Env) -> None:
    alice = discord.create_user("alice")
    await alice.send_dm("-bert")
    assert "at least one word" in seen(answers(alice.dm_channel, discord)[-1])
    await alice.send_dm(QUESTION)
    assert "Sample talk: BM25 ranking" in seen(answers(alice.dm_channel, discord)[-1])
    result = await alice.click(answers(alice.dm_channel, discord)[-1], label="Read on")
    assert not result.ephemeral
    assert "Share" not in seen(result)


async def test_a_mention_asks(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    await alice.send(general, f"hey {mention(discord)}, {QUESTION} <@{alice.id}> <:smile:12345>")
    (answer,) = answers(general, discord)
    assert "### " not in seen(answer), "Discord shows the question above"
    assert "Sample talk: BM25 ranking" in seen(answer)
    assert discord.backend.get_message(general.id, answer.id).ping_user_ids == []


async def test_silence(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    await alice.send(general, f"{mention(discord)} {QUESTION}")
    first = answers(general, discord)[0]
    for text in ("@everyone " + QUESTION, QUESTION, f"<@&{discord.backend.bot_user.id}> hello"):
        await alice.send(general, text)
    await alice.send(general, "thanks", reply_to=first)
    said = await alice.send(general, "nothing yet")
    await alice.edit(said, f"{mention(discord)} {QUESTION}")
    robot = discord.guild.add_member(discord.create_user("robot", bot=True))
    await robot.send(general, f"{mention(discord)} {QUESTION}")
    assert [each.id for each in answers(general, discord)] == [first.id]


async def test_no_mention_of_anybody_comes_out(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    result = await alice.slash(general, "ask", question="@everyone <@1> [x](https://evil.example) ||bm25|| `ranking`")
    assert "@everyone" not in seen(result).replace("\\@everyone", "")
    assert "](https://evil" not in seen(result)
    assert "||" not in seen(result)
    assert all(each.json.get("allowed_mentions", each.json.get("data", {}).get("allowed_mentions")) is not None
               for each in discord.http_requests if each.path.endswith("/callback") and each.json)  # fmt: skip


async def test_the_menu_of_a_message_asks_in_private(
    general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    said = await bob.send(general, 'somebody said "bm25 ranking" -and video:penguins')
    result = await alice.context_menu(general, "Find in videos", said)
    assert result.ephemeral
    assert "Sample talk: BM25 ranking" in seen(result)
    card = await alice.slash(general, "ask", question=QUESTION)
    empty = await alice.context_menu(general, "Find in videos", card.response)
    assert "no text to look for" in seen(empty)


async def test_the_cool_down(discord: Env, library: Library, ledger: Ledger) -> None:
    await discord.restart_bot(CuepointClient(settings(CUEPOINT_COOLDOWN_SECONDS="60"), library, ledger, shard_count=1))
    general = discord.create_guild().create_text_channel("general")
    alice = discord.guild.add_member(discord.create_user("alice"))
    await alice.slash(general, "ask", question=QUESTION)
    again = await alice.slash(general, "ask", question=QUESTION)
    assert "you can ask again <t:" in seen(again)
    assert again.ephemeral


async def test_lists_and_transcripts(general: ChannelHandle, alice: MemberActor) -> None:
    assert "3 videos" in seen(await alice.slash(general, "videos"))
    about = seen(await alice.slash(general, "about"))
    assert "the sample talks only" in about
    assert re.search(r"\*\*Index:\*\* read from the videos <t:\d+:R>\.", about)
    assert "How to ask" in seen(await alice.slash(general, "help"))
    first = await alice.slash(general, "transcript", video="sample-captions")
    assert first.ephemeral
    assert "[0:04](https://video.example.com/sample-captions#t=4)" in seen(first)
    later = await alice.click(first.response, label="Later")
    assert "[0:04]" not in seen(later)
    assert seen(await alice.click(later.response, label="Earlier")) == seen(first)


async def test_suggestions(general: ChannelHandle, alice: MemberActor) -> None:
    choices = await alice.autocomplete(general, "ask", "video", "discord", question="x")
    assert choices[0]["value"] == "sample-discord-apps"
    assert len(await alice.autocomplete(general, "transcript", "video", "")) == 3
