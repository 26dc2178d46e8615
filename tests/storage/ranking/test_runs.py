"""Runs: terms that are said one after the other are found, ranked and marked as one, and never by one of them alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.matching import Matcher
from storage import access
from storage.models import GlossaryEntry, Question, SearchResult, Segment, Video
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.merge import merge_parts
from storage.ranking.search import Ranking, Searcher
from tests.support.libraries import index_of

WORDS = ["copper", "net", "excel", "xl", "the"]
texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6)


def search(words: str, *indexes: IndexPart, glossary: tuple[GlossaryEntry, ...] = ()) -> Ranking:
    return Searcher(indexes, "en", glossary).search(Question(words, words), 10, [None] * len(indexes))


def found(ranking: Ranking) -> list[int]:
    return [ranked.doc for ranked in ranking.ranked]


def marked(words: str, text: str, *indexes: IndexPart) -> list[str]:
    question = Question(words, words)
    result = SearchResult((), search(words, *indexes).terms, "en", scope=access.sample_scope())
    return [text[start:end] for start, end in Matcher(question, result).find_highlights(text, 0, len(text))]


@given(texts, st.lists(st.sampled_from(WORDS[:4]), min_size=2, max_size=3), st.integers(0, 2))
def test_a_run_is_found_where_its_words_follow_one_another(corpus: list[str], run: list[str], gone: int) -> None:
    index = index_of(*([text] for text in corpus)).without_videos([gone] if gone < len(corpus) else [])
    live = [text.split() if place != gone else [] for place, text in enumerate(corpus)]
    counts = [sum(text[at : at + len(run)] == run for at in range(len(text))) for text in live]
    name = " ".join(run)
    docs, said = index.postings(name)
    assert dict(zip(docs.tolist(), said.tolist(), strict=True)) == {n: count for n, count in enumerate(counts) if count}
    assert index.document_frequency(name) == index.videos_with(name) == sum(count > 0 for count in counts)
    assert merge_parts([index]).document_frequency(name) == index.document_frequency(name)


def test_a_run_goes_on_in_the_next_segment_but_not_in_the_next_video() -> None:
    def documents(start: float, other: str) -> int:
        first, second = Segment(0.0, 10.0, "we use excel"), Segment(start, start + 10, "net here")
        videos = [(Video("a"), [first, second])] if other == "a" else [(Video("a"), [first]), (Video(other), [second])]
        return build_index(videos, "en").document_frequency("excel net")

    assert [documents(10.0, "a"), documents(600.0, "a"), documents(10.0, "b")] == [1, 0, 0]


def test_a_split_name_matches_as_a_pair_and_never_by_one_half() -> None:
    index = index_of(["we look at xl net today", "the image net contest", "an xl shirt", "copper"])
    ranking = search("xlnet", index)
    assert found(ranking) == [0]
    assert marked("xlnet", "image net, an xl shirt, xl net and XL nets", index) == ["xl net", "XL nets"]


def test_a_glossary_entry_of_two_words_matches_as_a_pair() -> None:
    index = index_of(["the excel net model", "a net of copper", "an excel sheet"])
    assert found(search("xlnet", index, glossary=(GlossaryEntry("excel net", "XLNet"),))) == [0]


def test_a_run_in_a_title_lifts_its_video() -> None:
    videos = [(Video("a", "Excel net explained"), [Segment(0.0, 9.0, "copper first")]),
              (Video("b", "A net for excel"), [Segment(0.0, 9.0, "copper first")])]  # fmt: skip
    index = build_index(videos, "en")
    assert index.videos_titled("excel net").tolist() == [0]
    assert index.without_videos([0]).videos_titled("excel net").tolist() == []


@pytest.mark.parametrize("question", ["GPT 3", "gpt-3", "gpt three", "what is gpt 3?", "what is GPT-3 about"])
def test_a_number_belongs_to_the_name_before_it(question: str) -> None:
    index = index_of(["today gpt 3 writes", "gpt predicts x 3 times", "3 and 3 and 3", "then gpt three came", "copper"])
    ranking = search(question, index)
    assert set(found(ranking)[:2]) == {0, 3}
    assert marked(question, "gpt predicts x 3 times, 3 of gpt 3", index) == ["gpt", "gpt 3"]


@pytest.mark.parametrize("question", ["is GPT 4 better", "is gpt four better"])
def test_a_name_and_number_that_nobody_says_together_is_told_as_one(question: str) -> None:
    ranking = search(question, index_of(["gpt predicts x 4 times, better", "copper"]))
    unknown = [term for term in ranking.terms if not term.alternatives]
    assert [(term.word.lower().replace("four", "4"), term.is_detail) for term in unknown] == [("gpt 4", True)]


def test_a_name_that_nobody_says_is_told_without_its_number_too() -> None:
    ranking = search("is GPT 4 better", index_of(["4 times better"]))
    assert [(term.word, term.is_detail) for term in ranking.terms if not term.alternatives] == [("gpt", False)]


@pytest.mark.parametrize("question", ["chapter 2", "what is in chapter two?"])
def test_a_number_belongs_to_the_word_before_it_where_the_talks_say_so(question: str) -> None:
    index = index_of(["in chapter two we go on", "take this step and 2 others", "two of the chapters", "copper"])
    assert found(search(question, index))[0] == 0
    assert marked(question, "2 parts, chapter two", index) == ["chapter two"]


def test_a_number_stands_for_itself_where_the_talks_do_not_say_it_with_the_word_before_it() -> None:
    index = index_of(["take this step and 2 others", "copper"])
    assert marked("step 2", "2 of a step", index) == ["2", "step"]
    assert [term.word for term in search("chapter 2", index).terms if not term.alternatives] == ["chapter"]


def test_a_decimal_is_one_number() -> None:
    index = index_of(["now section 3.2 begins", "a section of 3 or 2", "copper"])
    assert marked("what is in 3.2?", "3 of 2, 3.2, 2 and 3", index) == ["3.2"]


@pytest.mark.parametrize(
    "question", ["the first 50 layers", "what happened in 2015", "Hinton 2012", "WHAT ARE 50 LAYERS"]
)
def test_other_numbers_stand_for_themselves(question: str) -> None:
    terms = search(question, index_of(["50 layers happened first", "in 2015 and 2012 hinton"])).terms
    assert all(len(alternative) == 1 for term in terms for alternative in term.alternatives)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("a network of 50 layers", "fifty layers of a network"),
        ("a network of fifty layers", "50 layers of a network"),
        ("what came in 2015", "it came in twenty fifteen"),
        ("what came in 2015", "it came in two thousand and fifteen"),
        ("what came in twenty fifteen", "it came in 2015"),
        ("mask 15% of it", "we mask fifteen percent of it"),
        ("mask fifteen percent of it", "we mask 15 percent of it"),
        ("mask 15 percent of it", "we mask 15% of it"),
        ("mask fifteen percent of it", "we mask 15% of it"),
    ],
)
def test_digits_and_spoken_numbers_are_the_same(question: str, said: str) -> None:
    index = index_of(["copper", said, "violin", "fifty violins", "15 violins"])
    ranking = search(question, index)
    assert found(ranking)[0] == 1
    assert all(term.alternatives for term in ranking.terms)


def test_a_number_that_is_only_half_said_is_not_found() -> None:
    index = index_of(["twenty people came", "fifteen left", "copper"])
    assert found(search("2015", index)) == []
    assert marked("2015", "twenty people, fifteen left", index) == []


@given(texts, st.sampled_from(["xlnet", "excelnet copper", "2015 net", "gpt 3"]))
def test_what_is_found_says_the_question(corpus: list[str], words: str) -> None:
    index = index_of(corpus)
    for ranked in search(words, index).ranked:
        near = " ".join(corpus[max(0, ranked.doc - 1) : ranked.doc + 2])
        pairs = set(pairwise(near.split()))
        assert ("xl", "net") in pairs or ("excel", "net") in pairs or {"copper", "net"} & set(near.split())
