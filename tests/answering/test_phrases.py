"""Quoted phrases and exclusions, from the question to the quotes: what is promised of each holds beside the other."""

from __future__ import annotations

import random
from collections.abc import Callable

from bot.answering.question import parse_question
from bot.answering.values import Answer, AnswerLevel, Excerpt, Paragraph, PassageRange
from storage import access
from storage.analysis import analyser_for
from storage.library import Library
from storage.models import Labels, Question, Source
from tests.support import asking as asking_text

Rows = Callable[..., Source]
SHARED = access.host_scope()
COMMON = ["the", "of", "is", "it", "that", "you", "we", "so", "and", "in", "what", "to", "this", "be", "have", "very"]
RARE = ["copper", "lantern", "harbour", "violin", "meadow", "thunder", "pepper", "saddle", "marble", "compass"]


async def ask(library: Library, rows: Rows, question: str, *texts: str) -> Answer:
    """The answer to a question from a video with these texts, half a minute each."""
    told = rows(*(("v", 30 * place, text) for place, text in enumerate(texts)))
    await library.import_files(SHARED, [(told, Labels())])
    return await asking_text.ask(library, SHARED, question)


async def test_a_phrase_that_runs_on_into_what_is_excluded_is_not_found_in_part(library: Library, rows: Rows) -> None:
    answer = await ask(library, rows, '"copper lantern" -violin', "we saw the copper", "lantern by the violin")
    assert (answer.level, answer.excerpts, answer.unknown_terms) == (AnswerLevel.NOTHING, (), ()), "it is said, though"
    assert all("violin" not in each.quote for each in answer.near_misses)


async def test_two_phrases_may_each_run_on_into_another_segment(library: Library, rows: Rows) -> None:
    texts = ("a meadow with thunder", "storms and a copper", "lantern in the harbour")
    answer = await ask(library, rows, '"thunder storms" "copper lantern"', *texts)
    assert [each.segments for each in answer.excerpts] == [(0.0, 30.0, 60.0)]


async def test_no_quote_is_shown_whose_phrase_another_passage_has_taken(library: Library, rows: Rows) -> None:
    """The second segment goes to the passage before it; what is left of the phrase after it is no answer."""
    long = "violin meadow thunder " * 10 + "copper"
    texts = ("copper lantern, copper lantern", long, "lantern or copper, a lantern")
    answer = await ask(library, rows, '"copper lantern"', *texts)
    assert [each.segments for each in answer.excerpts] == [(0.0, 30.0)]


async def test_a_phrase_of_common_words_is_found_beside_words_said_elsewhere(library: Library, rows: Rows) -> None:
    answer = await ask(library, rows, '"what you have" violin', "so what you have is a saddle", "x", "y", "a violin")
    assert [each.segments[0] for each in answer.excerpts or answer.near_misses] == [0.0]


async def test_a_phrase_that_nobody_says_is_told_with_what_comes_near(library: Library, rows: Rows) -> None:
    question = '"copper saddle" -meadow'
    answer = await ask(library, rows, question, "a copper lantern", "the saddle", "a meadow of copper")
    assert (answer.level, answer.excerpts, answer.unknown_terms) == (AnswerLevel.NOTHING, (), ("copper saddle",))
    assert [each.quote for each in answer.near_misses] == ["a copper lantern the saddle"]
    near = answer.near_misses[0]
    stretch = PassageRange(near.video.video_id, near.segments[0], near.segments[-1])
    opened = await asking_text.open_passage(library, SHARED, question, stretch)
    (paragraph,) = opened.paragraphs
    assert (paragraph.quote, paragraph.highlights) == (near.quote, near.highlights)


async def test_whatever_is_asked_phrases_and_exclusions_hold(library: Library, rows: Rows) -> None:
    """Two hundred questions made of what is said, often across two segments, and of words to leave out."""
    chance = random.Random(5)
    said = [" ".join(chance.choices(COMMON * 2 + RARE, k=30)) for _ in range(60)]
    told = rows(*((f"v{place // 20}", 30 * (place % 20), text) for place, text in enumerate(said)))
    await library.import_files(SHARED, [(told, Labels())])
    shown = 0
    for _ in range(200):
        first = chance.randrange(59)
        words = f"{said[first]} {said[first + 1]}".split()
        place = chance.randrange(20, 40)
        phrase = " ".join(words[place : place + chance.randint(2, 3)])
        left_out = " ".join(f"-{word}" for word in chance.sample(RARE, chance.randint(0, 2)))
        question = f'"{phrase}" {chance.choice(RARE)} {left_out}'
        answer = await asking_text.ask(library, SHARED, question)
        for each in answer.excerpts or answer.near_misses:
            shown += 1
            assert phrase in each.quote or each in answer.near_misses, question
            _holds_nothing_excluded(each, parse_question(question))
            stretch = PassageRange(each.video.video_id, each.segments[0], each.segments[-1])
            for step in (0, -1, 1):
                opened = await asking_text.open_passage(library, SHARED, question, stretch, step=step)
                for paragraph in opened.paragraphs:
                    _holds_nothing_excluded(paragraph, parse_question(question))
    assert shown > 100


def _holds_nothing_excluded(excerpt: Excerpt | Paragraph, question: Question) -> None:
    excluded = {token.term for each in question.exclusions for token in analyser_for("en").tokens(each)}
    assert excluded.isdisjoint(token.term for token in analyser_for("en").tokens(excerpt.quote)), question.text


async def test_a_phrase_is_found_though_a_sound_mark_closes_a_segment_later(library: Library, rows: Rows) -> None:
    answer = await ask(library, rows, '"copper lantern"', "we saw [the copper", "lantern in] the harbour")
    assert [each.segments for each in answer.excerpts] == [(0.0, 30.0)]


async def test_a_timeline_of_a_phrase_that_nobody_says_comes_near_too(library: Library, rows: Rows) -> None:
    answer = await ask(library, rows, '"copper saddle"', "a copper lantern", "the saddle")
    timeline = await asking_text.timeline(library, SHARED, '"copper saddle"')
    assert answer.near_misses
    assert [each.quote for each in timeline.answer.near_misses] == [each.quote for each in answer.near_misses]
