"""`speaker:`: only what somebody says counts and is quoted, whatever others say beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import asking
from bot.answering.question import parse_question, remove_operators
from bot.answering.values import Answer
from storage import access
from storage.errors import UnknownFilter
from storage.library import Library
from storage.models import Labels, Segment, Source, SpeakerTurn, Video, join_turns
from storage.ranking.index.build import build_index
from storage.ranking.query.speakers import SpokenShares
from storage.video_filters import filter_speakers

OWN = access.host_scope()
TALK = """\
[SPEAKER_00]: Today we talk about latency and how one can measure it.
[SPEAKER_01]: I think throughput matters more in batch jobs.
[SPEAKER_00]: Latency is what people feel, and the copper kettle boils.
[SPEAKER_01]: The copper kettle is mine.
"""


def captions(text: str, seconds: int = 5) -> bytes:
    cues = []
    for number, line in enumerate(text.splitlines()):
        start, end = number * seconds, (number + 1) * seconds
        cues.append(
            f"{number + 1}\n00:{start // 60:02}:{start % 60:02},000 --> 00:{end // 60:02}:{end % 60:02},000\n{line}\n"
        )
    return "\n".join(cues).encode()


@pytest.fixture
async def talk(library: Library) -> Library:
    await library.import_files(OWN, [(Source("talk.srt", captions(TALK)), Labels(video_id="talk-1"))])
    await library.speakers.rename(OWN, "talk-1", {"SPEAKER_00": "Ana Kim", "SPEAKER_01": "Dián Lee"})
    return library


async def ask(library: Library, text: str) -> Answer:
    return await asking.ask(library, OWN, parse_question(text))


async def test_the_quote_holds_the_words_of_that_person_alone(talk: Library) -> None:
    [excerpt] = (await ask(talk, "copper kettle speaker:dian")).excerpts
    assert excerpt.quote == "The copper kettle is mine."
    assert (excerpt.start_second, excerpt.turns) == (15.0, (SpeakerTurn(0, "Dián Lee"),))
    [excerpt] = (await ask(talk, 'copper kettle speaker:"Ana Kim"')).excerpts
    assert excerpt.quote == "Latency is what people feel, and the copper kettle boils."
    [excerpt] = (await ask(talk, "copper kettle")).excerpts
    assert [turn.speaker for turn in excerpt.turns] == ["Ana Kim", "Dián Lee", "Ana Kim", "Dián Lee"]


async def test_what_only_others_say_is_no_answer(talk: Library) -> None:
    assert (await ask(talk, "latency speaker:lee")).excerpts == ()
    assert (await ask(talk, "throughput speaker:ana")).excerpts == ()
    assert [excerpt.quote for excerpt in (await ask(talk, "throughput speaker:lee")).excerpts] == [
        "I think throughput matters more in batch jobs."
    ]


async def test_a_phrase_must_be_said_by_that_person(talk: Library) -> None:
    assert (await ask(talk, '"throughput matters" speaker:ana')).excerpts == ()
    assert (await ask(talk, '"the copper kettle boils" speaker:dian')).excerpts == ()
    assert len((await ask(talk, '"the copper kettle boils" speaker:ana')).excerpts) == 1


async def test_the_timeline_shows_where_that_person_says_it(talk: Library) -> None:
    found = await asking.timeline(talk, OWN, parse_question("throughput speaker:dian"))
    assert [excerpt.quote for excerpt in found.answer.excerpts] == ["I think throughput matters more in batch jobs."]
    assert (await asking.timeline(talk, OWN, parse_question("throughput speaker:ana"))).strips == ()


async def test_a_passage_marks_what_that_person_says(talk: Library) -> None:
    question = parse_question("copper kettle", video="talk-1", speaker="dian")
    [excerpt] = (await asking.ask(talk, OWN, question)).excerpts
    place = asking.PassageRange("talk-1", excerpt.segments[0], excerpt.segments[-1])
    paragraphs = (await asking.open_passage(talk, OWN, question, place)).paragraphs
    (marked,) = [(each, start, end) for each in paragraphs for start, end in each.highlights]
    assert marked[0].quote[marked[1] : marked[2]] == "copper kettle"
    assert marked[0].quote[marked[1] - 4 :].startswith("The copper kettle is mine")


async def test_an_unknown_speaker_is_refused_with_names_that_are_near(talk: Library) -> None:
    with pytest.raises(UnknownFilter, match=r"Nobody who speaks here is called “Anna Kim”.*“Ana Kim”"):
        await ask(talk, 'latency speaker:"Anna Kim"')
    await talk.import_files(OWN, [(Source("b.srt", captions("one two\nthree")), Labels(video_id="b"))])
    with pytest.raises(UnknownFilter, match="don’t say who speaks"):
        await ask(talk, "one video:b speaker:ana")


async def test_the_names_follow_what_is_stored(talk: Library) -> None:
    assert await talk.speakers.names(OWN) == ["Ana Kim", "Dián Lee"]
    await talk.speakers.rename(OWN, "talk-1", {"ana kim": "Ana Park"})
    assert await talk.speakers.names(OWN) == ["Ana Park", "Dián Lee"]
    await talk.undo(OWN)
    assert await talk.speakers.names(OWN) == ["Ana Kim", "Dián Lee"]
    assert await talk.speakers.names(access.own_scope(7)) == []


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("ana", {"Ana Kim", "Ana Park", "Diana"}),
        ("ANA KIM", {"Ana Kim"}),
        ("jose", {"José"}),
        ("JOSÉ", {"José"}),
        ("Speaker 1", {"Speaker 1"}),
        ("speaker", {"Speaker 1", "Speaker 10"}),
    ],
)
def test_a_name_means_all_that_hold_it_and_a_whole_one_only_itself(wanted: str, meant: set[str]) -> None:
    names = ["Ana Kim", "Ana Park", "Diana", "José", "Speaker 1", "Speaker 10"]
    assert filter_speakers(wanted, names) == meant


def test_the_operator_is_read_and_removed_like_the_others() -> None:
    assert parse_question('kettle Speaker:"Ana Kim"').speaker == "Ana Kim"
    assert parse_question("kettle speaker:ana", speaker="bob").speaker == "bob"
    assert parse_question(remove_operators("kettle speaker:ana")).speaker == ""


SAID = st.lists(
    st.tuples(st.sampled_from(["", "Ana", "Bob"]), st.sampled_from(["one two", "three", "the", "four one"]))
)


@given(st.lists(SAID.filter(bool), min_size=1, max_size=4))
def test_the_index_knows_who_says_every_word(talk: list[list[tuple[str, str]]]) -> None:
    segments, speakers = [], []
    for place, said in enumerate(talk):
        text, turns = "", []
        for speaker, words in said:
            turns.append(SpeakerTurn(len(text), speaker))
            text += words + " "
        own = join_turns(turns)
        segments.append(Segment(30.0 * place, 30.0 * place + 30, text.strip(), turns=own))
        speakers += [speaker if own else "" for speaker, words in said for _ in words.split()]
    part = build_index([(Video("v"), segments)], "en")
    docs, _, places = part.words_in(np.arange(len(segments)))
    for name in ("Ana", "Bob"):
        shares = SpokenShares(part, {name})
        assert shares.are_said(docs, places).tolist() == [speaker == name for speaker in speakers]
        assert shares.speaking.tolist() == [name in {turn.speaker for turn in each.turns} for each in segments]
