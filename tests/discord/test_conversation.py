"""Conversation on an in-process Discord: small talk, wishes and follow-ups, in direct messages, mentions and /ask."""

from __future__ import annotations

import contextvars
import threading
from typing import Any

import discord as dpy
import pytest

from bot.answering.intents import Intent, recognize_intent
from bot.answering.intents.phrases import LANGUAGES as PHRASE_LANGUAGES
from bot.answering.intents.phrases import phrases_of
from bot.discord_app.cards.parts.command_buttons import HELP_VERB, LIST_VERB
from bot.discord_app.cards.parts.sample_note import NOTHING_IMPORTED, ONLY_SAMPLES_SHOWN
from bot.discord_app.client import CuepointClient
from bot.discord_app.services.questions import conversation
from bot.localization import LANGUAGES, SOURCE_LANGUAGE, gettext, set_language
from bot.operations import metrics
from bot.settings import Settings
from storage import access
from storage.analysis import question_phrases
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.discord_world import QUESTION as WORLD_QUESTION
from tests.support.discord.discord_world import World, found
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    MemberActor,
    answers,
    discord_with,
    every_part,
    mention,
    pressable,
    seen,
)

QUESTION = "how does bm25 rank"
LEADING = {"Videos", "Help"}
GREETING = "Hi! Ask me anything about these videos.\nFor example: *"


def reactions(discord: Env, message: Any) -> list[str]:
    return [str(each.emoji) for each in discord.backend.get_message(message.channel.id, message.id).reactions]


def answer_lines(card: Any) -> list[str]:
    """The words of a card but for its buttons, and for the note about sample talks, which all cards have here."""
    left_out = {f"-# {note}" for note in sample_notes()} | pressable(card)
    return [line for line in seen(card).splitlines() if line not in left_out]


def sample_notes() -> set[str]:
    """What cards with sample talks say of them, in every language."""

    def say(language: str) -> set[str]:
        set_language(language)
        return {gettext(NOTHING_IMPORTED), gettext(ONLY_SAMPLES_SHOWN), gettext("Nothing is imported here yet.")}

    return set().union(*(contextvars.copy_context().run(say, language) for language in (SOURCE_LANGUAGE, *LANGUAGES)))


# Greetings, and mentions without words.


@pytest.mark.parametrize("words", ["", "hi", "Hello!", "hey there", "good morning 👋", "hola", "Guten Morgen"])
async def test_a_greeting_is_answered_in_two_lines_with_an_example(
    discord: Env, general: ChannelHandle, alice: MemberActor, words: str
) -> None:
    await alice.send(general, f"{words} {mention(discord)}")
    (card,) = answers(general, discord)
    assert len(answer_lines(card)) == 2
    pressed = {each["custom_id"].split(":")[1] for each in every_part(card) if each.get("custom_id")}
    assert pressed == {LIST_VERB, HELP_VERB}, "whichever language it is said in"


async def test_the_example_of_a_greeting_is_answered_surely(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    alone = discord.create_user("anna")
    await alone.send_dm("hi")
    shown = seen(answers(alone.dm_channel, discord)[-1])
    assert shown.startswith(GREETING)
    example = shown.removeprefix(GREETING).split("*")[0]
    answer = seen(await alice.slash(general, "ask", question=example))
    assert "No clear answer" not in answer
    assert "Not in these videos" not in answer


async def test_the_buttons_below_small_talk_lead_on_for_everybody_and_after_a_restart(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor, library: Library, ledger: Ledger
) -> None:
    await alice.send(general, mention(discord))
    (card,) = answers(general, discord)
    await discord.restart_bot(CuepointClient(Settings.from_mapping({}), library, ledger, shard_count=1))
    for person in (alice, bob):
        listed = await person.click(card, label="Videos")
        assert listed.ephemeral
        assert "3 videos" in seen(listed)
        helped = await person.click(card, label="Help")
        assert helped.ephemeral
        assert "ask" in seen(helped).lower()


async def test_a_bare_mention_in_reply_to_somebody_tells_how_their_message_is_looked_up(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    said = await bob.send(general, QUESTION)
    for words in ("", "can you answer this?", "why?", "please look this up"):
        await alice.send(general, f"{mention(discord)} {words}", reply_to=said)
    assert len(answers(general, discord)) == 4
    for card in answers(general, discord):
        assert answer_lines(card) == [
            "I can’t read the message that you replied to.",
            "Open its menu, **Apps**, then **Find in videos**. Or ask me in your own words.",
        ]
        assert pressable(card) == LEADING


async def test_a_bare_mention_in_reply_to_what_the_bot_may_read_asks_that(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    said = await bob.send(general, f"{mention(discord)} {QUESTION}")
    await alice.send(general, mention(discord), reply_to=said)
    _, second = answers(general, discord)
    assert "BM25 ranking" in seen(second)
    assert f"### {QUESTION}" in seen(second), "Discord shows the mention above it, and not what was asked"


async def test_a_greeting_before_a_question_and_thanks_behind_it_are_not_searched(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger
) -> None:
    await alice.send(general, f"Hi {mention(discord)}, {QUESTION}? Thanks!")
    (card,) = answers(general, discord)
    assert "### " not in seen(card), "Discord shows what was written"
    assert "Nobody says" not in seen(card)
    assert "BM25 ranking" in seen(card)
    asked = seen(await alice.slash(general, "ask", question=f"hello! {QUESTION} please"))
    assert f"### {QUESTION}\n" in asked


# Thanks, yes and no.


@pytest.mark.parametrize("words", ["thanks!", "thank you so much", "ty", "danke", "merci beaucoup", "obrigado"])
async def test_thanks_are_answered_by_a_heart_alone(
    discord: Env, general: ChannelHandle, alice: MemberActor, words: str
) -> None:
    said = await alice.send(general, f"{words} {mention(discord)}")
    assert reactions(discord, said) == ["❤️"]
    said = await alice.send_dm(words)
    assert reactions(discord, said) == ["❤️"]
    assert answers(general, discord) == answers(alice.user.dm_channel, discord) == []


async def test_where_the_bot_may_not_react_thanks_are_not_answered_in_public(discord: Env) -> None:
    guild = discord.create_guild()
    forbidden = {guild.default_role: dpy.PermissionOverwrite(add_reactions=False)}
    quiet = guild.create_text_channel("quiet", overwrites=forbidden)
    alice = guild.add_member(discord.create_user("alice"))
    before = len(discord.http_requests)
    said = await alice.send(quiet, f"thanks {mention(discord)}")
    assert reactions(discord, said) == []
    assert answers(quiet, discord) == []
    assert not [each for each in list(discord.http_requests)[before:] if "reactions" in each.path], "nothing is tried"


@pytest.mark.parametrize("words", ["ok", "yes", "no", "lol", "good bot", "nice!", "👍"])
async def test_a_remark_is_passed_over_in_a_channel_and_answered_in_one_line_elsewhere(
    discord: Env, general: ChannelHandle, alice: MemberActor, words: str
) -> None:
    said = await alice.send(general, f"{words} {mention(discord)}")
    assert (answers(general, discord), reactions(discord, said)) == ([], [])
    await alice.send_dm(words)
    (card,) = answers(alice.user.dm_channel, discord)
    asked = await alice.slash(general, "ask", question=words)
    assert asked.ephemeral
    for each in (card, asked):
        assert answer_lines(each) == ["I’m here whenever you have a question about the videos."]
        assert pressable(each) == LEADING


async def test_small_talk_by_a_command_is_answered_for_its_asker_alone(
    general: ChannelHandle, alice: MemberActor
) -> None:
    for question, said in (
        ("hi", "Hi! Ask me anything"),
        ("thanks", "You’re welcome."),
        ("who are you?", "I write nothing of my own."),
        ("help", "ask"),
        ("what videos do you have?", "3 videos"),
        ("more", "There is no answer here yet that I could go on with."),
    ):
        result = await alice.slash(general, "ask", question=question)
        assert result.ephemeral, question
        assert said in seen(result), question


# Videos.


async def test_a_wish_for_videos_is_a_list_of_those_in_scope(world: World) -> None:
    bot = f"<@{world.env.backend.bot_user.id}>"
    for words in ("what videos do you have?", "list all videos"):
        await world.one.send(world.general, f"{bot} {words}")
    for card in answers(world.general, world.env):
        assert "alpha-talk" in seen(card)
        assert "beta-talk" not in seen(card)
    await world.both_in_beta.send(world.beta_hall, f"{bot} how long is the alpha-talk video?")
    (card,) = answers(world.beta_hall, world.env)
    assert "alpha-talk" not in seen(card).removeprefix("### alpha-talk"), "its asker's own word"


async def test_videos_that_not_everybody_may_see_are_listed_in_private_alone(world: World) -> None:
    role = world.alpha.create_role("few")
    await world.limit(world.alpha, roles=frozenset({role.id}))
    world.env.backend.add_member_role(world.alpha.id, world.one.id, role.id)
    bot = f"<@{world.env.backend.bot_user.id}>"
    for words in ("what videos do you have?", "summarise the alpha-talk video", "hi", "who are you"):
        await world.one.send(world.general, f"{bot} {words}")
    for card in answers(world.general, world.env):
        assert "alpha-talk" not in seen(card).removeprefix("### alpha-talk"), "its asker's own word"
        assert "lantern" not in seen(card)
    mine = await world.one.slash(world.general, "ask", question="what videos do you have?")
    assert mine.ephemeral
    assert "alpha-talk" in seen(mine)


@pytest.mark.parametrize(
    "words",
    ["how long is the BM25 talk?", "summarize the bm25 video", "what does the BM25 ranking video say?",
     "what is the bm25 talk about"],
)  # fmt: skip
async def test_what_is_asked_of_a_video_as_a_whole_is_its_card(
    discord: Env, general: ChannelHandle, alice: MemberActor, words: str
) -> None:
    await alice.send(general, f"{mention(discord)} {words}")
    (card,) = answers(general, discord)
    assert "Sample talk: BM25 ranking, piece by piece" in seen(card)
    assert "7:" in seen(card), "how long it is"
    assert "> " not in seen(card), "nothing is quoted"


async def test_a_name_that_several_videos_have_lists_them(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} how long is the Sample talk video?")
    (card,) = answers(general, discord)
    assert "3 videos" in seen(card)


async def test_what_no_title_says_is_searched(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    for words, subject in (
        ("list all videos about term frequency", "term frequency"),
        ("summarize the saturation talk please", "saturation"),
    ):
        await alice.send(general, f"{mention(discord)} {words}")
        asked = await alice.slash(general, "ask", question=words)
        for card in (answers(general, discord)[-2], asked):
            assert f"### {subject}\n" in seen(card)
            assert "video.example.com/sample-" in seen(card)
            assert "No video here is called" not in seen(card)


async def test_the_video_that_is_meant_is_the_last_one_or_chosen_from_the_list(
    discord: Env, alice: MemberActor
) -> None:
    await alice.send_dm("how long is it?")
    assert "### 3 videos" in seen(answers(alice.user.dm_channel, discord)[-1])
    await alice.send_dm("what are rolling captions?")
    await alice.send_dm("how long is it?")
    assert "### [Sample talk: How captions are made and timed]" in seen(answers(alice.user.dm_channel, discord)[-1])


# Following up.


async def test_a_reply_with_a_ping_follows_up_the_answer(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} what is term frequency?")
    first = answers(general, discord)[-1]
    await alice.send(general, "and what about saturation?", reply_to=first)
    card = answers(general, discord)[-1]
    assert card.id != first.id
    assert "### saturation\n" in seen(card)
    assert "-# With your last question: “what is term frequency?”" in seen(card)
    await alice.send(general, "why?", reply_to=card)
    again = seen(answers(general, discord)[-1])
    assert "### saturation\n-# With your last question: “saturation”" in again, "not the one before it"
    await alice.send(general, "thanks", reply_to=card)
    await alice.send(general, "lol", reply_to=card)
    assert len(answers(general, discord)) == 3


async def test_a_reply_follows_up_after_a_restart_and_a_mention_within_ten_minutes(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger
) -> None:
    await alice.send(general, f"{mention(discord)} what is term frequency?")
    first = answers(general, discord)[-1]
    await alice.send(general, f"{mention(discord)} and why?")
    assert "With your last question: “what is term frequency?”" in seen(answers(general, discord)[-1])
    await discord.restart_bot(CuepointClient(Settings.from_mapping({}), library, ledger, shard_count=1))
    await alice.send(general, "and why?", reply_to=first)
    assert "With your last question: “what is term frequency?”" in seen(answers(general, discord)[-1])


async def test_another_person_who_replies_follows_up_the_question_before(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} what is term frequency?")
    await bob.send(general, "and saturation?", reply_to=answers(general, discord)[-1])
    card = answers(general, discord)[-1]
    assert "-# With the question before: “what is term frequency?”" in seen(card)
    assert "your last" not in seen(card)
    await bob.send(general, f"{mention(discord)} and k1?")
    card = answers(general, discord)[-1]
    assert "### k1\n" in seen(card)
    assert "-# With the question before: “what is term frequency?”" in seen(card)


async def test_another_subject_has_to_be_said(discord: Env, alice: MemberActor, ledger: Ledger) -> None:
    """The answer to the last question, once more, is none to "and what about …?"."""
    await alice.send_dm("what is a hold cue?")
    await alice.send_dm("and what about saturation?")
    card = seen(answers(alice.user.dm_channel, discord)[-1])
    assert "**saturation**" in card
    assert "hold cue**" not in card
    await alice.send_dm("and what about zebras?")
    card = answers(alice.user.dm_channel, discord)[-1]
    assert "Nobody says: zebras" in seen(card)
    assert "**Not in these videos.**" in seen(card), "somebody met in no server may have videos in theirs"
    assert [miss.question for miss in await ledger.misses(access.SHARED)] in ([], ["zebras hold cue"])


async def test_a_thread_and_direct_messages_are_followed_up_each_by_itself(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    made = discord.backend.create_thread(general.id, name="a thread", owner_id=alice.id, type=11)
    thread = next(each for each in general.threads if each.id == made.id)
    await alice.send(thread, f"{mention(discord)} what is term frequency?")
    await alice.send_dm("who said that?")
    assert "With your last" not in seen(answers(alice.user.dm_channel, discord)[-1])
    await alice.send_dm("how do captions roll?")
    await alice.send(thread, f"{mention(discord)} who said that?")
    assert "With your last question: “what is term frequency?”" in seen(answers(thread, discord)[-1])
    await alice.send_dm("who said that?")
    assert "With your last question: “how do captions roll?”" in seen(answers(alice.user.dm_channel, discord)[-1])


async def test_a_question_with_words_of_its_own_follows_up_nothing(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.send_dm("what is term frequency?")
    await alice.send_dm("how do rolling captions repeat their words?")
    card = seen(answers(alice.user.dm_channel, discord)[-1])
    assert "With your last" not in card
    assert "term frequency" not in card


async def test_what_a_button_a_form_or_a_timeline_asked_is_followed_up(discord: Env) -> None:
    alone = discord.create_user("anna")
    helped = await alone.slash("help")
    await alone.click(helped.response, label="Try the example")
    await alone.send_dm("why?")
    assert "With your last question: “What is a " in seen(answers(alone.dm_channel, discord)[-1])
    card = await alone.slash("video", video="sample-bm25-ranking")
    form = await alone.click(card.response, label="Ask")
    await alone.submit_modal(form, {"question": "saturation"})
    await alone.send_dm("why?")
    assert "With your last question: “saturation”" in seen(answers(alone.dm_channel, discord)[-1])
    await alone.slash("timeline", question="rolling captions")
    await alone.send_dm("why?")
    assert "With your last question: “rolling captions”" in seen(answers(alone.dm_channel, discord)[-1])


async def test_in_public_nothing_follows_up_what_was_asked_in_private(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.slash(general, "ask", question="what is saturation?", private=True)
    await alice.send(general, f"{mention(discord)} why?")
    public = seen(await alice.slash(general, "ask", question="and why?"))
    for shown in (seen(answers(general, discord)[-1]), public):
        assert "saturation" not in shown
    private = await alice.slash(general, "ask", question="why?", private=True)
    assert private.ephemeral
    assert "With your last question: “what is saturation?”" in seen(private)


@pytest.mark.parametrize("private", [True, False])
async def test_the_last_question_is_the_last_one_also_where_it_found_nothing(
    discord: Env, general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    async def follow_up() -> str:
        return seen(await alice.slash(general, "ask", question="and what about term frequency?", private=private))

    for question in (QUESTION, "zyzzyva quokka"):
        card = await alice.slash(general, "ask", question=question, private=private)
    assert "Nobody says: zyzzyva, quokka" in seen(card)
    assert "With your last question: “zyzzyva quokka”" in await follow_up()

    async def store_nothing(*_: Any) -> None:
        return None

    await alice.slash(general, "ask", question=QUESTION, private=private)
    monkeypatch.setattr(discord.bot.app.questions._states, "save", store_nothing)
    await alice.slash(general, "ask", question="zyzzyva quokka", private=private)
    assert "With your last question" not in await follow_up()


async def test_filters_hold_on_and_are_shown(general: ChannelHandle, alice: MemberActor) -> None:
    await alice.slash(general, "ask", question="term frequency", video="sample-bm25-ranking")
    card = seen(await alice.slash(general, "ask", question="and why?"))
    assert "-# Only in “Sample talk: BM25 ranking, piece by piece”" in card
    other = seen(await alice.slash(general, "ask", question="and in the other video?"))
    assert "Only in" not in other
    assert "With your last question" in other


async def test_the_last_question_is_asked_again_in_a_video_that_is_named(discord: Env, alice: MemberActor) -> None:
    await alice.send_dm("how are captions searched?")
    await alice.send_dm("and in the Discord apps talk?")
    card = seen(answers(alice.user.dm_channel, discord)[-1])
    assert "-# With your last question: “how are captions searched?”" in card
    assert "-# Only in “Discord apps”" in card
    await alice.send_dm("and in the bm25 video?")
    card = seen(answers(alice.user.dm_channel, discord)[-1])
    assert "-# Only in “Sample talk: BM25 ranking, piece by piece”" in card
    await alice.send_dm("and in the sourdough video?")
    assert "No video is called “sourdough”" in seen(answers(alice.user.dm_channel, discord)[-1])


async def test_the_same_video_is_the_one_that_was_shown_first(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} rolling captions")
    await alice.send(general, "and in the same video?", reply_to=answers(general, discord)[-1])
    card = answers(general, discord)[-1]
    assert "-# Only in “Sample talk: How captions are made and timed”" in seen(card)


async def test_more_shows_the_next_page_of_the_last_answer(
    discord: Env, general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    texts = [" ".join(f"{word}{n}" for word in ["some", "words", "about", "it"] * 9) for n in range(9)]
    rows = "".join(
        f'{{"video_id": "v{n}", "text": "{text} the copper lantern", "start_second": 0, "title": "Talk {n}"}}\n'
        for n, text in enumerate(texts)
    )
    await library.import_files(access.host_scope(), [(Source("rows.jsonl", rows.encode()), Labels())])
    await alice.send(general, f"{mention(discord)} copper lantern")
    shown = [_titles(answers(general, discord)[-1])]
    for words in ("more", "tell me more", "more", "more", "more"):
        await alice.send(general, words, reply_to=answers(general, discord)[-1])
        card = seen(answers(general, discord)[-1])
        if "That was all" in card:
            assert answer_lines(answers(general, discord)[-1]) == ["That was all I found for “copper lantern”."]
            break
        shown.append(_titles(answers(general, discord)[-1]))
    assert set.union(*shown) == {f"Talk {n}" for n in range(9)}
    assert sum(map(len, shown)) == 9, "no page repeats another"


def _titles(card: Any) -> set[str]:
    return {f"Talk {n}" for n in range(9) if f"Talk {n}" in seen(card)}


async def test_more_of_nothing_is_one_calm_line(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    await alice.send(general, f"{mention(discord)} tell me more")
    (card,) = answers(general, discord)
    assert answer_lines(card) == ["There is no answer here yet that I could go on with. What would you like to find?"]
    assert pressable(card) == LEADING


# Access.


async def test_a_follow_up_searches_what_its_own_asker_may_see_aloud(world: World) -> None:
    role = world.alpha.create_role("few")
    await world.one.send(world.general, f"<@{world.env.backend.bot_user.id}> {WORLD_QUESTION}")
    first = answers(world.general, world.env)[-1]
    assert "alpha" in found(first)
    await world.limit(world.alpha, roles=frozenset({role.id}))
    await world.both.send(world.general, "and why?", reply_to=first)
    assert "alpha" not in found(answers(world.general, world.env)[-1])
    await world.both.send(world.general, "more", reply_to=first)
    assert "alpha" not in found(answers(world.general, world.env)[-1])


async def test_a_picked_server_holds_for_those_who_may_see_it(world: World) -> None:
    await world.meet()
    alone = world.alone(world.both)
    await alone.slash("ask", question="lantern bell ferry", server=str(world.beta.id))
    await alone.send_dm("and why?")
    card = answers(alone.dm_channel, world.env)[-1]
    assert found(card) == {"beta"}


# What is kept.


async def test_nothing_of_it_is_a_miss_or_a_question_in_the_measures(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger
) -> None:
    metrics.enable("test")
    try:
        for words in ("hi", "thanks", "lol", "help", "who are you?", "what videos do you have?", "more", "why?",
                      "summarize the bm25 video"):  # fmt: skip
            await alice.send(general, f"{mention(discord)} {words}")
            await alice.send_dm(words)
            await alice.slash(general, "ask", question=words)
        counted = metrics.render()[1].decode()
    finally:
        metrics.disable()
    assert "cuepoint_questions_total{" not in counted
    assert 'cuepoint_small_talk_total{what="greeting"} 3.0' in counted
    for library in (access.SHARED, access.library_key(discord.guild.id)):
        assert await ledger.misses(library) == []


async def test_small_talk_starts_no_cooldown(discord: Env, library: Library, ledger: Ledger) -> None:
    settings = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "60"})
    await discord.restart_bot(CuepointClient(settings, library, ledger, shard_count=1))
    alice = discord.create_user("alice")
    for words in ("hi", "thanks", "what videos do you have?"):
        await alice.send_dm(words)
    await alice.send_dm(QUESTION)
    assert "BM25 ranking" in seen(answers(alice.dm_channel, discord)[-1])


async def test_who_has_their_data_deleted_is_forgotten(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    bot = discord.bot
    await alice.slash(general, "ask", question="what is term frequency?")
    place = alice.id, general.id
    assert bot.app.last_answers.find(*place, private=False) is not None
    assert bot.app.known_locales.find(alice.id) is not None
    card = await alice.slash(general, "privacy")
    assert "ten minutes" in seen(card)
    await alice.click(card.response, label="Delete all of it")
    assert bot.app.last_answers.find(*place, private=True) is None
    assert bot.app.known_locales.find(alice.id) is None


async def test_what_was_asked_before_data_is_deleted_is_not_remembered_after_it(
    discord: Env, general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, unknown = discord.bot.app, discord.create_user("anna")
    make_answer = app.answers.ask

    async def delete_first(*arguments: Any, **named: Any) -> Any:
        for person in (alice, unknown):
            await app.personal_data.delete(person.id)
        return await make_answer(*arguments, **named)

    monkeypatch.setattr(app.answers, "ask", delete_first)
    await alice.slash(general, "ask", question=QUESTION)
    await unknown.send_dm(QUESTION)
    assert "BM25 ranking" in seen(answers(unknown.dm_channel, discord)[-1])
    for person, channel in ((alice, general), (unknown, unknown.dm_channel)):
        assert app.last_answers.find(person.id, channel.id, private=True) is None
        assert app.askers._told_strangers.seconds_left(person.id) == 0


# Files.


async def test_a_file_is_told_where_it_can_be_added(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    file = ("talk.srt", b"1\n00:00:01,000 --> 00:00:02,000\nhello\n")
    await alice.send(general, f"{mention(discord)} please import this", attachments=[file])
    stored = discord.backend.store_attachments(alice.user.dm_channel.id, [file])
    await alice.send_dm("here is my transcript", attachments=stored)
    (line,) = answer_lines(answers(alice.user.dm_channel, discord)[-1])
    assert line.startswith("To add it, use ")
    assert "/library import" in line
    assert line.endswith(" in your server.")
    (line,) = answer_lines(answers(general, discord)[-1])
    assert line.startswith("Those who manage this server can add it: with ")
    assert "/library import" in line


async def test_a_picture_does_not_keep_a_question_from_being_answered(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    picture = ("slide.png", b"\x89PNG\r\n")
    await alice.send(general, f"{mention(discord)} {QUESTION}", attachments=[picture])
    assert "BM25 ranking" in seen(answers(general, discord)[-1])
    await alice.send(general, mention(discord), attachments=[picture])
    assert answer_lines(answers(general, discord)[-1]) == [
        "I can’t look at pictures or listen to recordings. Ask me in words."
    ]


# Languages.


async def test_a_direct_message_is_answered_in_the_language_of_its_writer(
    discord: Env, general: ChannelHandle, alice: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[str] = []
    monkeypatch.setattr("bot.discord_app.interactions.context.set_language", chosen.append)
    monkeypatch.setattr("bot.discord_app.messages.set_language", chosen.append)
    await alice.send_dm("hi")
    assert chosen == ["en"]
    await alice.send_dm("Guten Tag")
    assert chosen[-1] == "de"
    await alice.send_dm("qu'est-ce que la saturation ?")
    assert chosen[-1] == "fr", "as it is written, as long as the language of its writer is not known"
    await alice.send_dm("what is term frequency?")
    assert chosen[-1] == "en"
    discord.bot.app.known_locales.note(alice.id, "fr")
    for words in ("hi", "was ist saturation?"):
        await alice.send_dm(words)
        assert chosen[-1] == "fr"
    await alice.send(general, f"{mention(discord)} was ist saturation?")
    assert chosen[-1] == "fr"


# Hostile and careless people.


async def test_hostile_texts_are_answered_and_ping_nobody(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} what is term frequency?")
    first = answers(general, discord)[-1]
    for words in (
        "hi " * 600, "thanks " * 280, "@everyone hi", "more " * 390, "and " * 490, "a" * 1990, "\u202ehi",
        "hi\u200b\u200d",
        "summarize the " + "x" * 1900 + " video", "list videos about ||@everyone|| [x](https://evil.example)",
        "who are <@1>?", "hi <:wave:12345>", "<@&1>", "`" * 1990, "why? video:x video:y",
    ):  # fmt: skip
        for reply_to in (None, first):
            await alice.send(general, f"{mention(discord)} {words}"[:2000], reply_to=reply_to)
    for card in answers(general, discord):
        shown = seen(card)
        assert "Something went wrong" not in shown
        assert "@everyone" not in shown.replace("\\@everyone", "")
        assert "](https://evil" not in shown
        assert discord.backend.get_message(general.id, card.id).ping_user_ids == []


async def test_a_flood_of_greetings_is_answered_up_to_a_bound_and_questions_still_are(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    for _ in range(15):
        await alice.send(general, f"hi {mention(discord)}")
    assert len(answers(general, discord)) == 10
    await bob.send(general, f"hi {mention(discord)}")
    assert len(answers(general, discord)) == 11, "one who floods leaves room for others"
    carol = discord.guild.add_member(discord.create_user("carol"))
    for _ in range(10):
        await carol.send(general, f"hi {mention(discord)}")
    assert len(answers(general, discord)) == 20
    await alice.send(general, f"{mention(discord)} {QUESTION}")
    assert "BM25 ranking" in seen(answers(general, discord)[-1])


async def test_a_long_message_does_not_hold_the_event_loop_while_it_is_read(
    discord: Env, alice: MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = []

    def recognize(text: str) -> Intent:
        readers.append((len(text), threading.current_thread() is threading.main_thread()))
        return recognize_intent(text)

    monkeypatch.setattr(conversation, "recognize_intent", recognize)
    anna = discord.create_user("anna")
    for text in ("hi", "ok lol haha " * 160):
        await anna.send_dm(text)
    assert [is_on_loop for _length, is_on_loop in readers] == [True, False]


async def test_silence_towards_those_who_did_not_speak_to_the_bot(
    discord: Env, general: ChannelHandle, alice: MemberActor, bob: MemberActor
) -> None:
    await alice.send(general, f"{mention(discord)} {QUESTION}")
    assert len(answers(general, discord)) == 1
    said = await bob.send(general, "hi everybody")
    for text in ("@everyone hi", "hi", "more", f"<@&{discord.backend.bot_user.id}> hi", "thanks"):
        await alice.send(general, text)
    await alice.send(general, f"thanks {bob.mention}", reply_to=said)
    asked = await alice.slash(general, "ask", question=QUESTION)
    await alice.send(general, "and why?", reply_to=asked.response)
    assert len(answers(general, discord)) == 2
    assert all(reactions(discord, each) == [] for each in general.history())


async def test_what_tells_small_talk_and_follow_ups_is_read_before_the_first_message(
    library: Library, ledger: Ledger
) -> None:
    """Read at a first question, it would hold everybody up for a tenth of a second."""
    read = phrases_of, question_phrases._phrases_of
    for cached in read:
        cached.cache_clear()
    settings = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"})
    async with discord_with(CuepointClient(settings, library, ledger, shard_count=1)) as env:
        at_start = [cached.cache_info().misses for cached in read]
        alice = env.create_user("alice")
        for words in ("copper lantern gate", "and why?", "hallo, was ist das?", "list all videos"):
            await alice.send_dm(words)
    assert at_start[0] == len(PHRASE_LANGUAGES)
    assert at_start == [cached.cache_info().misses for cached in read]
