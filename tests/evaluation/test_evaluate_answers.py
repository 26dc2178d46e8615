"""Does the answering phrase stand in the quotes: reading it, finding it, and the share that the report has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import asking
from bot.answering.question import parse_question
from bot.errors import QuestionSetError
from bot.evaluation.collection import open_collection
from bot.evaluation.evaluation import evaluate
from bot.evaluation.measures import find_answering_quote
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.question_set import read_queries, read_question_set
from bot.evaluation.question_set_writer import write_question_set
from bot.evaluation.report import QuotedAnswers, Report
from storage.analysis import analyser_for
from tests.support.inputs.question_sets import CORPUS, JUDGEMENTS, QUERIES, Json, write_set

ENGLISH = analyser_for("en")


def unseen(what: str, done: int, total: int) -> None:
    """Nobody watches."""


async def evaluated(folder: Path) -> Report:
    return (await evaluate(EvaluationOptions((folder,)), unseen)).reports[0]


# Reading


def test_a_question_may_have_one_answering_phrase_or_several(tmp_path: Path) -> None:
    given_answers: tuple[object, ...] = ("harbour gate", ["spruce", "maple wood"], None, "", [], "1.5")
    queries: list[Json] = [{"_id": place, "text": "x", "answer": each} for place, each in enumerate(given_answers)]
    read = read_queries(write_set(tmp_path, queries=[*queries, {"_id": "without", "text": "x"}]))
    assert [query.answers for query in read] == [("harbour gate",), ("spruce", "maple wood"), (), (), (), ("1.5",), ()]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (5, "answer is 5; give a text, or a list of texts"),
        (True, "answer is true; give a text, or a list of texts"),
        ({"text": "a"}, 'answer is {"text": "a"}; give a text, or a list of texts'),
        (["a", 5], 'answer is ["a", 5]; give a text, or a list of texts'),
        (["a", ["b"]], 'answer is ["a", ["b"]]; give a text, or a list of texts'),
        ("…", 'answer is "\\u2026", which lacks a word; write one, or leave it out'),
        (["a", " "], 'answer is ["a", " "], which lacks a word; write one, or leave it out'),
    ],
)
def test_a_wrong_answer_is_one_sentence_with_file_and_line(tmp_path: Path, answer: object, sentence: str) -> None:
    folder = write_set(tmp_path, queries=[QUERIES[0], {"_id": 2, "text": "x", "answer": answer}])
    with pytest.raises(QuestionSetError) as caught:
        read_queries(folder)
    assert str(caught.value) == f"{folder / 'queries.jsonl'}, line 2: {sentence}"


def test_answers_are_written_as_they_are_read(tmp_path: Path) -> None:
    queries: list[Json] = [{**QUERIES[0], "answer": ["harbour gate", "ü"]}, *QUERIES[1:]]
    read = read_question_set(write_set(tmp_path / "a", queries=queries))
    write_question_set(tmp_path / "b", read)
    assert read_question_set(tmp_path / "b") == read
    lines = (tmp_path / "b" / "queries.jsonl").read_text().splitlines()
    assert ["answer" in json.loads(line) for line in lines] == [True, False, False]


# Finding


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        (["the harbour gate"], 1),
        (["The HARBOUR, gate!"], 1),
        (["Keeper bell"], 2),
        (["harbour bell"], 0),
        (["harb"], 0),
        (["arbour gate"], 0),
        (["gate the harbour"], 0),
        (["nowhere", "rings a"], 2),
        (["above the harbour gate. The keeper's bell rings"], 0),
        (["[Music]"], 0),
        ([], 0),
    ],
)
def test_a_phrase_is_found_by_its_words_in_order(answers: list[str], place: int) -> None:
    quotes = ["It hangs above the harbour-gate.", "The keeper’s bell rings a while", "the harbour gate"]
    assert find_answering_quote(quotes, answers, ENGLISH) == place


def test_a_phrase_in_a_script_without_spaces_is_found_inside_a_longer_run() -> None:
    chinese = analyser_for("zh")
    assert find_answering_quote(["别的", "今天我们学习机器学习的方法"], ["机器学习"], chinese) == 2
    assert find_answering_quote(["今天我们学习机器"], ["机器学习"], chinese) == 0


@given(st.lists(st.sampled_from(["lamp", "gate", "bell", "fog"]), min_size=1, max_size=8), st.data())
def test_every_run_of_a_quotes_words_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quote = ", ".join(words).upper()
    assert find_answering_quote(["other words", quote], [" ".join(words[start:end])], ENGLISH) == 2


# The report


async def test_the_shares_are_those_of_the_questions_with_a_phrase_as_people_get_their_answers(tmp_path: Path) -> None:
    queries: list[Json] = [
        {**QUERIES[0], "answer": "above the harbour gate"},
        {**QUERIES[1], "answer": ["nobody says so", "light and stiff"]},
        {**QUERIES[2], "answer": "a cold kitchen"},
        {"_id": 4, "text": "where does the lantern hang?"},
    ]
    judgements = [*JUDGEMENTS, {"query-id": 4, "corpus-id": "lamp 0", "score": 1}]
    folder = write_set(tmp_path, queries=queries, judgements=judgements)
    (comparison,) = (await evaluated(folder)).comparisons
    read = read_question_set(folder)
    ranks = []
    async with open_collection(read.entries, "en", lambda done, total: None) as collection:
        for query in read.queries[:3]:
            answer = await asking.ask(collection.library, collection.scope, parse_question(query.text))
            quotes = [excerpt.quote.lower() for excerpt in answer.excerpts[:3]]
            held = [any(phrase in quote for phrase in query.answers) for quote in quotes]
            ranks.append(held.index(True) + 1 if any(held) else 0)
    assert ranks.count(0) == 1, "nobody says the third"
    share = sum(rank == 1 for rank in ranks) / 3
    assert comparison.quoted == QuotedAnswers(3, share, 2 / 3)


async def test_where_nothing_is_sure_the_near_misses_are_the_quotes(tmp_path: Path) -> None:
    queries: list[Json] = [
        {"_id": 1, "text": "patience turbines vibrate underwater telescopes pensions senate", "answer": "of patience"}
    ]
    judgements = [{"query-id": 1, "corpus-id": "bread 0", "score": 1}]
    folder = write_set(tmp_path, queries=queries, judgements=judgements)
    read = read_question_set(folder)
    async with open_collection(read.entries, "en", lambda done, total: None) as collection:
        answer = await asking.ask(collection.library, collection.scope, parse_question(read.queries[0].text))
    assert answer.excerpts == ()
    assert answer.near_misses
    (comparison,) = (await evaluated(folder)).comparisons
    assert comparison.quoted == QuotedAnswers(1, 1.0, 1.0)


async def test_the_neighbours_of_a_segment_are_quoted_with_it(tmp_path: Path) -> None:
    """The answer often stands in the next segment: passages join neighbours, as for people."""
    corpus = [
        {**CORPUS[0], "text": "How does the keeper warn the ships in the fog?", "start": 0, "end": 5},
        {**CORPUS[1], "text": "He rings a bronze bell.", "start": 5, "end": 8},
        *CORPUS[2:],
    ]
    queries: list[Json] = [{"_id": 1, "text": "how are ships warned of fog", "video": 7, "answer": "a bronze bell"}]
    judgements = [{"query-id": 1, "corpus-id": "lamp 0", "score": 1}]
    (comparison,) = (await evaluated(write_set(tmp_path, corpus, queries, judgements))).comparisons
    assert comparison.quoted == QuotedAnswers(1, 1.0, 1.0)


async def test_answers_are_composed_only_where_the_set_has_phrases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed: list[str] = []
    original = asking.answer_from

    async def watched(library: object, scope: object, question: object, *rest: object) -> object:
        composed.append(question.text)  # type: ignore[attr-defined]
        return await original(library, scope, question, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(asking, "answer_from", watched)
    without = await evaluated(write_set(tmp_path / "without"))
    assert (composed, without.comparisons[0].quoted) == ([], None)
    queries: list[Json] = [{**QUERIES[0], "answer": "gate"}, *QUERIES[1:]]
    with_one = await evaluated(write_set(tmp_path / "with", queries=queries))
    assert with_one.comparisons[0].rankings == without.comparisons[0].rankings
    assert composed == [query["text"] for query in QUERIES]
