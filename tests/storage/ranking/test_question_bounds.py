"""One question costs little, whatever is asked: by counts of work, and by a clock that the tests hold."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import asking
from storage import access
from storage import search as library_search
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Question, Scope, Segment, Source, SpeakerTurn, Video
from storage.ranking.budget import QUESTION_SECONDS, QuestionTime, WorkBudget
from storage.ranking.index import sequences
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.merge import merge_parts
from storage.ranking.query.speakers import SpokenShares
from storage.ranking.query.terms import MAX_WAYS
from storage.ranking.rerank import Reranker
from storage.ranking.search import Searcher
from storage.ranking.timeline import SEGMENTS_AT_A_TIME, compute_curves
from storage.ranking.weights import CANDIDATES, MAX_TIED, TITLE_SEGMENTS, TITLE_VIDEOS
from tests.support.libraries import index_of

WORDS = ["the", "of", "copper", "net", "lamp"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=6)
STEPS = {"by place": 0, "in one pass": 1_000_000}
"""What reading a word is said to cost, so that words are found one way or the other."""


def spent_after(questions: int) -> WorkBudget:
    """A budget that ends when it has been looked at so many times."""
    ticks: Iterator[float] = itertools.chain([0.0] * (questions + 1), itertools.repeat(1.0))
    return WorkBudget(0.5, clock=lambda: next(ticks))


def search(searcher: Searcher, words: str = "", budget: WorkBudget | None = None, **parts: Any) -> Any:
    question = Question(words, words, **parts)
    return searcher.search(question, 10, [None] * len(searcher.model.parts), budget=budget)


# Words that follow one another


@pytest.mark.parametrize("way", STEPS)
@given(texts, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.integers(0, 9), st.data())
def test_a_phrase_is_found_where_it_is_said_by_either_way(
    way: str, video: list[str], phrase: list[str], gone: int, data: st.DataObject
) -> None:
    talk = [Segment(10.0 * place, 10.0 * place + 10, text) for place, text in enumerate(video)]
    part = build_index([(Video("a"), talk), (Video("b"), talk[:1])], "en").without_videos([1] if gone < 5 else [])
    within = np.array(data.draw(st.lists(st.booleans(), min_size=part.max_doc, max_size=part.max_doc)), np.bool_)
    spoken = [(doc, word) for doc, text in enumerate(video) for word in text.split()]
    if gone >= 5:
        spoken += [(len(video), word) for word in video[0].split()]
    expected = []
    for place in range(len(spoken) - len(phrase) + 1):
        docs, words = zip(*spoken[place : place + len(phrase)], strict=True)
        near = docs[-1] - docs[0] <= 1 and (docs[0] < len(video)) == (docs[-1] < len(video))
        if list(words) == phrase and near:
            expected.append((place, docs[0], docs[-1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "READING_COST", STEPS[way])
        patch.setattr(sequences, "WORDS_AT_A_TIME", 3)
        found = list(zip(*(column.tolist() for column in part.phrase_places(phrase)), strict=True))
        allowed = list(zip(*(column.tolist() for column in part.phrase_places(phrase, within)), strict=True))
    assert found == expected
    assert allowed == [each for each in expected if within[each[1]]]


def test_a_phrase_reads_no_more_segments_than_hold_all_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    common, rare = (
        index_of(["the of lamp " * 20] * 30),
        index_of(*(["the lamp", "of the copper"] for _ in range(400)), ["violin copper net", "copper"]),
    )
    read: list[int] = []
    words_in = IndexPart.words_in

    def count(part: IndexPart, docs: Any) -> Any:
        read.append(len(docs))
        return words_in(part, docs)

    monkeypatch.setattr(IndexPart, "words_in", count)
    assert len(rare.phrase_positions(["copper", "net"])[0]) == 1
    assert read == [1]
    assert len(common.phrase_positions(["the", "of"])[0]) == 600
    assert read == [1], "all words are compared in one pass"


# Phrases and exclusions


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], int]]:
    """The phrases that are looked for, each with the number of segments in which it may begin."""
    asked: list[tuple[tuple[str, ...], int]] = []
    phrase_places = IndexPart.phrase_places

    def note(part: IndexPart, words: Sequence[str], within: Any = None) -> Any:
        asked.append((tuple(words), part.max_doc if within is None else int(within.sum())))
        return phrase_places(part, words, within)

    monkeypatch.setattr(IndexPart, "phrase_places", note)
    return asked


def test_a_phrase_in_several_spellings_is_looked_for_once(looked_for: list[Any]) -> None:
    searcher = Searcher([index_of(["we use the copper net", "the net"])], "en")
    found = search(searcher, phrases=("copper net", "Copper, net", "COPPER-NET"), exclusions=("the lamp", "The Lamp"))
    assert [ranked.doc for ranked in found.ranked] == [0]
    assert [words for words, _ in looked_for] == [("the", "lamp"), ("copper", "net")]
    assert found.unmatched_exclusions == ("the lamp",)


def test_a_timeline_looks_for_no_phrase_more_than_a_search(looked_for: list[Any]) -> None:
    searcher = Searcher([index_of(["we use the copper net", "the net"])], "en")
    compute_curves(searcher, Question("", "net", ("copper net",), ("of the",)), [None], 8)
    assert [words for words, _ in looked_for] == [("of", "the"), ("copper", "net")]


def test_the_rarest_phrase_comes_first_and_the_others_are_looked_for_where_it_is_said(looked_for: list[Any]) -> None:
    searcher = Searcher([index_of(*(["of the lamp"] for _ in range(50)), ["of the copper net"])], "en")
    assert len(search(searcher, phrases=("of the", "copper net")).ranked) == 1
    assert looked_for == [(("copper", "net"), 51), (("of", "the"), 2)]


def test_phrases_after_one_that_leaves_nothing_are_looked_for_only_to_tell_what_nobody_says(
    looked_for: list[Any],
) -> None:
    searcher = Searcher([index_of(["of the lamp of the lamp", "copper net"])], "en")
    found = search(searcher, phrases=("of the", "net copper"))
    assert (found.ranked, found.unmatched_phrases) == ((), ("net copper",))
    assert looked_for[0][0] == ("net", "copper")
    assert len(looked_for) == 3


def test_no_more_ways_of_a_glossary_are_searched_than_are_bounded() -> None:
    entries = [GlossaryEntry(f"{left} {right}", "gan") for left, right in itertools.product("bcdefgh", "jklmnpq")]
    index = index_of([" ".join(entry.said for entry in entries)])
    (term,) = search(Searcher([index], "en", entries), "gan").terms
    assert len(term.alternatives) == MAX_WAYS < len(entries)
    assert term.alternatives[0] == ("b", "j")


# The budget


SLIPS = ["transfomer", "netwrok", "atention", "lerning"]
TALK = index_of(["transformer network attention learning", "the network", "the lamp"])


def test_a_question_within_its_budget_is_searched_whole() -> None:
    assert not search(Searcher([TALK], "en"), " ".join(SLIPS)).is_partial
    assert not search(Searcher([TALK], "en"), "network", spent_after(99)).is_partial


@pytest.mark.parametrize("looks", range(5))
def test_when_the_budget_ends_the_words_that_are_left_are_searched_as_typed(looks: int) -> None:
    found = search(Searcher([TALK], "en"), " ".join(SLIPS), spent_after(looks))
    assert [bool(term.repaired_to) for term in found.terms] == [place < looks for place in range(4)]
    assert found.is_partial == (looks < 4)
    assert bool(found.ranked) == (looks > 0), "what was read until then is searched"


@pytest.mark.parametrize("looks", range(4))
def test_when_the_budget_ends_the_numbers_that_are_left_are_searched_as_typed(looks: int) -> None:
    """Each may cost several searches for the ways to say it, by itself and with the name before it."""
    found = search(Searcher([index_of(["seven eight nine"])], "en"), "7 8 9", spent_after(looks))
    assert [bool(term.alternatives) for term in found.terms] == [place < looks for place in range(3)]
    assert found.is_partial == (looks < 3)


def test_what_one_language_leaves_of_the_time_goes_to_the_others() -> None:
    time = QuestionTime(3, 0.9)
    for taken, is_spent in ((0.1, False), (0.5, True), (0.2, False)):
        ticks = itertools.chain([0.0], itertools.repeat(taken))
        with time.begin_language(clock=ticks.__next__) as budget:
            assert budget.is_spent() is is_spent
    assert time._seconds_left == pytest.approx(0.1)


async def test_a_question_in_several_languages_has_no_more_time_than_in_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, language in enumerate(("en", "de", "fr")):
        text = b'{"video_id": "v", "text": "lantern", "start_second": 0}'
        await library.import_files(access.own_scope(number), [(Source("v.jsonl", text), Labels(language=language))])
    spent = 0.0

    class HeldTime(QuestionTime):
        def begin_language(self, **named: Any) -> Any:
            return super().begin_language(clock=lambda: spent, **named)

    def rank(*arguments: Any) -> Any:
        nonlocal spent
        budget: WorkBudget = next(each for each in arguments if isinstance(each, WorkBudget))
        while not budget.is_spent():
            spent += QUESTION_SECONDS / 1000
        return rank_segments(*arguments)

    rank_segments = library_search._rank_segments
    monkeypatch.setattr(library_search, "_rank_segments", rank)
    monkeypatch.setattr(library_search, "QuestionTime", HeldTime)
    scope = Scope(tuple(access.library_key(number) for number in range(3)))
    results = await library.rank(scope, Question("lantern", "lantern"), 5)
    assert len(results) == 3
    assert spent < 1.01 * QUESTION_SECONDS


async def test_what_comes_near_is_not_looked_for_once_the_time_is_over(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, rank = [0], Library.rank

    async def count(*arguments: Any, **named: Any) -> Any:
        counts[-1] += 1
        return await rank(*arguments, **named)

    monkeypatch.setattr(Library, "rank", count)
    question = Question("", "cue", ("cue hold",))
    assert (await asking.ask(library, access.host_scope(), question)).near_misses
    monkeypatch.setattr(QuestionTime.__init__, "__defaults__", (0.0,))
    counts.append(0)
    answer = await asking.ask(library, access.host_scope(), question)
    assert (answer.is_partial, answer.near_misses, counts) == (True, (), [2, 1])


def test_when_the_budget_ends_nothing_is_shown_that_was_not_looked_at() -> None:
    searcher = Searcher([TALK], "en")
    for looks in range(3):
        found = search(
            searcher, "the", spent_after(looks), phrases=("the network",), exclusions=("the lamp", "zebra x")
        )
        assert (found.ranked, found.is_partial, found.unmatched_exclusions) == ((), True, ())
    found = search(searcher, "", spent_after(3), phrases=("the network",), exclusions=("the lamp", "zebra x"))
    assert ([ranked.doc for ranked in found.ranked], found.is_partial) == ([1], False)


def test_when_the_budget_ends_only_the_beginning_of_a_long_video_is_drawn() -> None:
    index = index_of(["copper lamp"] * (2 * SEGMENTS_AT_A_TIME + 1))
    searcher, question = Searcher([index], "en"), Question("copper", "copper")
    whole, (curve,), _ = compute_curves(searcher, question, [None], 1, budget=spent_after(99))
    part, (cut,), _ = compute_curves(searcher, question, [None], 1, budget=spent_after(2))
    assert (whole.is_partial, part.is_partial) == (False, True)
    assert np.count_nonzero(curve.strengths) == 2 * SEGMENTS_AT_A_TIME + 1
    assert np.flatnonzero(cut.strengths).tolist() == list(range(2 * SEGMENTS_AT_A_TIME))
    assert np.array_equal(cut.strengths[: 2 * SEGMENTS_AT_A_TIME], curve.strengths[: 2 * SEGMENTS_AT_A_TIME])


def test_when_the_budget_ends_no_more_words_are_told_apart_by_who_says_them() -> None:
    turns = (SpeakerTurn(0, "Ana"), SpeakerTurn(7, "Ben"))
    part = build_index([(Video("v"), [Segment(0.0, 9.0, "copper lamp", (), turns)])], "en")
    searcher, shares = Searcher([part], "en"), [SpokenShares(part, {"Ana"})]
    for looks, expected in ((1, []), (9, [0])):
        found = searcher.search(Question("", "copper"), 9, [None], speakers=shares, budget=spent_after(looks))
        assert [ranked.doc for ranked in found.ranked] == expected
        assert found.is_partial == (not expected)


async def test_what_nobody_waits_for_any_more_ends(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    started, ended, given_up = threading.Event(), threading.Event(), threading.Event()

    def work(*arguments: Any) -> Any:
        budget: WorkBudget = next(each for each in arguments if isinstance(each, WorkBudget))
        started.set()
        while not given_up.is_set():
            if budget.is_spent():
                ended.set()
                break
        raise RuntimeError

    monkeypatch.setattr(library_search, "_rank_segments", work)
    monkeypatch.setattr(QuestionTime.__init__, "__defaults__", (1e9,))
    task = asyncio.create_task(library.search(access.host_scope(), Question("copper", "copper"), 5))
    try:
        assert await asyncio.to_thread(started.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(ended.wait, 5)
    finally:
        given_up.set()


# Those that share the last place


ALIKE = ["welcome to the copper lamp"] * 5


@pytest.fixture
def reranked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many segments are ranked again."""
    counts: list[int] = []
    score: Callable[..., Any] = Reranker.score

    def note(reranker: Reranker, candidates: Any) -> Any:
        counts.append(len(candidates))
        return score(reranker, candidates)

    monkeypatch.setattr(Reranker, "score", note)
    return counts


def test_of_texts_nearly_alike_no_more_are_ranked_again_than_are_bounded(reranked: list[int]) -> None:
    search(Searcher([index_of(*[ALIKE] * 400, titles=["lamp"] * 400)], "en"), "copper lamp")
    assert CANDIDATES + MAX_TIED <= reranked[0] <= CANDIDATES + MAX_TIED + TITLE_VIDEOS * TITLE_SEGMENTS


def test_which_of_them_depends_on_the_videos_alone() -> None:
    def found(*parts: IndexPart) -> list[tuple[str, float, float]]:
        ranking = search(Searcher(parts, "en"), "copper lamp")
        videos = [
            parts[each.part].videos.video_id_at(int(parts[each.part].video_of[each.doc])) for each in ranking.ranked
        ]
        starts = [float(parts[each.part].starts[each.doc]) for each in ranking.ranked]
        return list(zip(videos, starts, (each.score for each in ranking.ranked), strict=True))

    first, last = index_of(*[ALIKE] * 150), index_of(*[ALIKE] * 150, first=150)
    anew = found(index_of(*[ALIKE] * 300))
    assert anew == found(first, last) == found(last, first) == found(merge_parts([last, first]))
    assert [video for video, _, _ in anew] == [*["v0"] * 3, *["v1"] * 3, *["v10"] * 3, "v100"]
