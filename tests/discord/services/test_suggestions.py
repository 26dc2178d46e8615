"""What is suggested while somebody types a question: of what they may see, and never what was asked in private."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Any

import discord as discord_py
import pytest

from bot.discord_app.services.askers import AskerContext
from bot.discord_app.services.questions import suggestions
from bot.discord_app.services.questions.suggestions import MAX_SUGGESTIONS
from storage import access
from storage.access import Membership, Place
from storage.library import Library
from storage.models import HelpfulQuestion, Labels, PublicPlace, Verdict, Vote
from tests.support.discord.discord_world import Rows, World
from tests.support.discord.harness import ChannelHandle, Env, InteractionResult, MemberActor, UserHandle, seen

ASKED = "Where is the lantern?"


async def typed(person: MemberActor | UserHandle, channel: ChannelHandle | None, words: str = "") -> list[str]:
    """The names that are shown to somebody who types a question."""
    place = [channel] if channel else []
    choices = await person.autocomplete(*place, "ask", "question", words)
    assert len(choices) <= 25
    assert all(1 <= len(each["name"]) <= 100 and 1 <= len(each["value"]) <= 100 for each in choices)
    return [each["name"] for each in choices]


async def vote(person: MemberActor | UserHandle, card: InteractionResult, label: str = "Helpful") -> None:
    """Read on, and vote."""
    opened = await person.click(card.response, label="Read on")
    assert f"Counted as {label.lower()}" in seen(await person.click(opened.response, label=label))


async def ask_and_vote(world: World, person: MemberActor, question: str = ASKED, label: str = "Helpful",
                       channel: ChannelHandle | None = None, **options: object) -> None:  # fmt: skip
    await vote(person, await person.slash(channel or world.general, "ask", question=question, **options), label)


@pytest.fixture
async def met(world: World) -> World:
    await world.meet()
    return world


async def test_the_empty_field_has_titles_telling_words_and_what_others_found_helpful(met: World) -> None:
    await ask_and_vote(met, met.one)
    assert await typed(met.both, met.general), "the words are read in the background"
    await met.env.settle()
    starters = await typed(met.both, met.general)
    assert starters[0] == ASKED
    assert {"About: alpha-talk", "About: shared-talk"} < set(starters)
    assert any(re.fullmatch("“(copper|lantern|gate)” in alpha-talk", each) for each in starters)
    assert len(starters) <= MAX_SUGGESTIONS


async def test_what_is_typed_comes_first_and_may_be_a_sentence(met: World) -> None:
    assert await typed(met.one, met.general, "what do they say about the alpha") == [
        "what do they say about the alpha", "About: alpha-talk",
    ]  # fmt: skip
    assert await typed(met.one, met.general, "alhpa talk") == ["alhpa talk", "About: alpha-talk"]
    assert await typed(met.one, met.general, "zzz") == ["zzz"]
    assert "About: alpha-talk" in await typed(met.one, met.general, "what is the"), "as in an empty field"
    assert await typed(met.one, met.general, "x" * 101) == [], "what is too long for a choice stays as it is"


async def test_who_types_fast_is_suggested_to_once_and_keeps_nobody_waiting_longer(
    met: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, may_go_on = met.bot.app, threading.Event()
    find_matches, matched = suggestions._find_matches, []

    def find_slowly(words: list[str], every: list[suggestions.Suggestion]) -> list[suggestions.Suggestion]:
        matched.append(" ".join(words))
        assert may_go_on.wait(10)
        return find_matches(words, every)

    monkeypatch.setattr(suggestions, "_find_matches", find_slowly)

    arrived, match = asyncio.Semaphore(0), app.suggestions._match

    async def match_and_tell(*arguments: Any) -> list[suggestions.Suggestion]:
        arrived.release()
        return await match(*arguments)

    monkeypatch.setattr(app.suggestions, "_match", match_and_tell)

    async def type_words(person: int, words: str) -> list[str]:
        who = AskerContext(person, Place.SERVER, Membership(met.alpha.id), met.general.id)
        asker = await app.askers.resolve(who, private=True)
        return [each.name for each in await app.suggestions.suggest(asker, who, words)]

    typed = [(1, "alp"), (1, "alph"), (1, "alpha"), (2, "shared"), (1, "alpha talk")]
    tasks = []
    for person, words in typed:
        tasks.append(asyncio.create_task(type_words(person, words)))
        await arrived.acquire()
    may_go_on.set()
    found = await asyncio.gather(*tasks)
    assert matched == ["alp", "shared", "alpha talk"]
    assert found[1:3] == [["alph"], ["alpha"]], "what is typed can be sent all the same"
    assert found[-1] == ["alpha talk", "About: alpha-talk"]
    assert app.suggestions._keystrokes == {}


async def test_a_letter_means_the_words_that_begin_with_it(met: World, library: Library, rows: Rows) -> None:
    own = access.own_scope(met.alpha.id)
    for number, title in enumerate(("Zebras at noon", "A maze", "The (zoo) tour")):
        await library.import_files(own, [(rows((f"z-{number}", 0, "words")), Labels(title=title))])
    assert set(await typed(met.one, met.general, "z")) == {"z", "About: Zebras at noon", "About: The (zoo) tour"}
    assert await typed(met.one, met.general, "aze") == ["aze", "About: A maze"], "where none begins so, any that has it"


async def test_a_title_that_is_chosen_finds_its_video_alone(met: World, library: Library, rows: Rows) -> None:
    own = access.own_scope(met.alpha.id)
    for number in range(12):
        words = f'Lecture {number}: "the -video: of" {"a long title " * 9}'
        files = [(rows((f"l-{number}", 0, f"this lecture is number {number} and no other")), Labels(title=words))]
        await library.import_files(own, files)
    for choice in await met.one.autocomplete(met.general, "ask", "question", "lecture 7"):
        if choice["name"].startswith("About: Lecture 7"):
            answer = await met.one.slash(met.general, "ask", question=choice["value"])
    assert "number 7" in seen(answer).replace("**", "")
    assert "number 1" not in seen(answer).replace("**", "")


async def test_only_what_was_asked_and_answered_in_public_is_suggested(met: World) -> None:
    await ask_and_vote(met, met.one, private=True)
    alone = met.alone(met.one)
    await vote(alone, await alone.slash("ask", question="Where is a gate?"))
    assert not {ASKED, "Where is a gate?"} & set(await typed(met.both, met.general))
    await ask_and_vote(met, met.both)
    assert ASKED in await typed(met.both, met.general)
    await ask_and_vote(met, met.both, private=True)
    assert ASKED in await typed(met.both, met.general), "it was asked in public all the same"


async def test_a_question_that_as_many_found_unhelpful_is_not_suggested(met: World) -> None:
    await ask_and_vote(met, met.one)
    await ask_and_vote(met, met.both, label="Not helpful")
    assert ASKED not in await typed(met.one, met.general)


async def test_a_moderator_takes_a_question_away_by_not_finding_it_helpful(met: World) -> None:
    for person in (met.one, met.both):
        await ask_and_vote(met, person)
    assert ASKED in await typed(met.one, met.general)
    await ask_and_vote(met, met.owner, label="Not helpful")
    assert ASKED not in await typed(met.one, met.general)


async def test_votes_that_are_deleted_take_their_question_away(met: World) -> None:
    await ask_and_vote(met, met.one)
    await met.one.click((await met.one.slash(met.general, "privacy")).response, label="Delete all of it")
    assert ASKED not in await typed(met.both, met.general)


async def test_another_server_learns_nothing_of_it(met: World) -> None:
    await ask_and_vote(met, met.one, question="ferry harbour")
    assert "Ferry harbour" in await typed(met.one, met.general)
    assert "Ferry harbour" not in await typed(met.both_in_beta, met.beta_hall)
    assert "Ferry harbour" not in await typed(met.alone(met.one), None)
    assert "Ferry harbour" not in await typed(met.abroad_as(met.one), met.abroad)
    await met.library.purge(access.own_scope(met.alpha.id))
    await met.ledger.purge_server(met.alpha.id)
    assert "Ferry harbour" not in await typed(met.one, met.general)
    [cast] = (await met.ledger.personal_data(met.one.id)).votes
    assert cast.vote.public_in is None, "that it was given in a server that is purged is not kept"


async def test_what_was_asked_in_a_channel_stays_among_those_who_see_it(met: World) -> None:
    hidden = {met.alpha.default_role: discord_py.PermissionOverwrite(view_channel=False)}
    secret = met.alpha.create_text_channel("secret", overwrites=hidden)
    await ask_and_vote(met, met.owner, question="ferry", channel=secret)
    assert "Ferry" in await typed(met.owner, met.general)
    assert "Ferry" not in await typed(met.one, met.general)
    thread = met.env.backend.create_thread(met.general.id, name="few", owner_id=met.owner.id, type=12)
    inside = next(each for each in met.general.threads if each.id == thread.id)
    await ask_and_vote(met, met.owner, question="harbour", channel=inside)
    assert "Harbour" not in await typed(met.owner, met.general)


async def test_rules_for_channels_and_roles_hold_while_typing(met: World) -> None:
    reader = met.alpha.create_role("reader")
    member = met.alpha.add_member(met.env.create_user("reader"), roles=[reader])
    await ask_and_vote(met, met.one)
    for limit in ({"roles": frozenset({reader.id})}, {"roles": frozenset(), "channels": frozenset({1})}):
        await met.limit(met.alpha, **limit)
        assert {ASKED, "About: alpha-talk"}.isdisjoint(await typed(met.one, met.general))
        assert {ASKED, "About: alpha-talk"} <= set(await typed(member, met.general)) or "channels" in limit
    await met.limit(met.alpha, channels=frozenset())
    await met.library.remove(access.own_scope(met.alpha.id), "alpha-talk")
    assert ASKED not in await typed(met.one, met.general), "nothing answers it any more"


@pytest.mark.parametrize(
    "question",
    [
        "what does @ana say of lanterns",
        "lantern <@123456789012345678>",
        "lantern ana@example.org",
        "lantern 0171 2345678",
        "lantern https://example.org/me",
        "lantern 123456",
    ],
)
async def test_what_may_say_something_about_a_person_is_not_suggested(met: World, question: str) -> None:
    place = PublicPlace(met.alpha.id, met.general.id)
    key = access.library_key(met.alpha.id)
    await met.ledger.save_vote(1, Vote(key, question, "alpha-talk", 0.0, Verdict.HELPFUL, place))
    await met.ledger.save_vote(1, Vote(key, "lantern 2026", "alpha-talk", 0.0, Verdict.HELPFUL, place))
    assert [each for each in await typed(met.one, met.general) if each.startswith(("Lantern", "What"))] == [
        "Lantern 2026"
    ]


async def test_a_long_question_is_cut_between_words_and_asked_as_it_is_shown(met: World) -> None:
    place, key = PublicPlace(met.alpha.id, met.general.id), access.library_key(met.alpha.id)
    await met.ledger.save_vote(1, Vote(key, "lantern " * 40, "alpha-talk", 0.0, Verdict.HELPFUL, place))
    (choice, *_) = await met.one.autocomplete(met.general, "ask", "question", "")
    assert choice["name"].endswith("lantern…")
    assert choice["value"] == choice["name"].removesuffix("…") or choice["value"].endswith("lantern")


async def test_who_answered_before_where_it_was_public_counts_as_private(met: World) -> None:
    key = access.library_key(met.alpha.id)
    await met.ledger.save_vote(1, Vote(key, "lantern", "alpha-talk", 0.0, Verdict.HELPFUL))
    assert await met.ledger.helpful_questions(met.alpha.id, [key], 9) == []
    place = PublicPlace(met.alpha.id, met.general.id)
    await met.ledger.save_vote(1, Vote(key, "lantern", "alpha-talk", 0.0, Verdict.HELPFUL, place))
    assert await met.ledger.helpful_questions(met.alpha.id, [key], 9) == [
        HelpfulQuestion("lantern", met.general.id, key, "alpha-talk")
    ]
    assert await met.ledger.helpful_questions(met.beta.id, [key], 9) == []
    assert await met.ledger.helpful_questions(met.alpha.id, [access.SHARED], 9) == []


async def test_sample_talks_are_suggested_where_nothing_is_imported(
    discord: Env, general: ChannelHandle, alice: MemberActor
) -> None:
    assert any(each.startswith("About: Sample talk") for each in await typed(alice, general))
