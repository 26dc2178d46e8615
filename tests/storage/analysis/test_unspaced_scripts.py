"""Chinese, Japanese, Korean and Thai from the question to the quote."""

from __future__ import annotations

import pytest
import regex

from bot.answering.excerpts import LENGTH_RANGE, QUOTE_LENGTH, quote_densest
from bot.answering.matching import Matcher
from bot.answering.question import parse_question
from bot.answering.quote_units import split_units
from bot.answering.values import Passage
from storage import access
from storage.analysis import analyser_for
from storage.models import QuestionTerm, SearchResult, Segment, Video
from storage.ranking.index.build import build_index
from storage.ranking.search import Ranking, Searcher

SAID = [
    "今日は機械学習の基礎について話します。機械学習とは、データから規則を学ぶ方法です。",
    "次に黒猫の写真を分類してみましょう。猫は可愛いですね。",
    "人工智能的历史很长。机器学习是它的一个分支。",
    "오늘은 자연어 처리를 배웁니다. 인공지능이란 무엇일까요?",
    "วันนี้เราจะพูดถึงการเรียนรู้ของเครื่องและข้อมูลขนาดใหญ่",
    "今天我们讨论足球和天气。",
]
VIDEO = Video("v", "混ざった talk")
SEGMENTS = [Segment(60.0 * place, 60.0 * place + 30, text) for place, text in enumerate(SAID)]
SEARCHER = Searcher([build_index([(VIDEO, SEGMENTS)], "en")], "en")


def matcher_for(text: str) -> Matcher:
    """What a search would say where every word of a question is known and of the same weight."""
    question = parse_question(text)
    tokens = [token for token in analyser_for("en").tokens(question.words) if not token.is_stop_word]
    terms = tuple(QuestionTerm(token.word, ((token.term,),), 1.0) for token in tokens)
    return Matcher(question, SearchResult((), terms, "en", scope=access.sample_scope()))


def passage(*texts: str) -> Passage:
    return Passage(VIDEO, tuple(Segment(30.0 * n, 30.0 * n + 30, text) for n, text in enumerate(texts)), 1.0)


def search(text: str) -> tuple[Ranking, Matcher]:
    question = parse_question(text)
    ranking = SEARCHER.search(question, 10, [None])
    return ranking, Matcher(
        question, SearchResult((), ranking.terms, "en", ranking.searched_for, scope=access.sample_scope())
    )


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("機械学習とは何ですか", [0]),
        ("猫", [1]),
        ("什么是机器学习？", [2]),
        ("인공지능은 무엇인가요", [3]),
        ("การเรียนรู้ของเครื่องคืออะไร", [4]),
        ('"学習とは"', [0]),
        ('"器学"', [2]),
        ('"学器"', []),
        ("学習 -規則", []),
        ("猫 -黒", []),
        ("足球", [5]),
        ("恐竜", []),
    ],
)
def test_questions_find_what_is_said(question: str, found: list[int]) -> None:
    ranking, _ = search(question)
    assert [each.doc for each in ranking.ranked][: max(1, len(found))] == found


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("機械学習", ["機械学習", "機械学習"]),
        ("猫", ["猫", "猫"]),
        ('"データから"', ["データから"]),
        ("자연어", ["자연어"]),
        ("ข้อมูล", ["ข้อมูล"]),
    ],
)
def test_what_matched_is_marked_whole(question: str, marked: list[str]) -> None:
    ranking, matcher = search(question)
    found = quote_densest(Passage(VIDEO, (SEGMENTS[ranking.ranked[0].doc],), 1.0), matcher)
    assert [found.quote[start:end] for start, end in found.highlights] == marked


UNSPACED = [
    "次に黒猫の写真を分類してみましょう。" * 60,
    "今日は機械学習と" * 90,
    "การเรียนรู้ของเครื่องและข้อมูลขนาดใหญ่" * 30,
    "x" * 5_000,
    "👩\u200d👩\u200d👧" * 400,
    "e\u0301" * 2_000,
    "機械学習はTransformerという" * 70,
    "a" + "\u0301" * 5_000,
    "a" + "." * 5_000,
    "。" * 5_000,
]


@pytest.mark.parametrize("text", UNSPACED, ids=range(len(UNSPACED)))
@pytest.mark.parametrize("question", ["猫", "学習 transformer", "ข้อมูล", "x", "copper"])
def test_text_without_spaces_is_quoted_at_the_usual_length(text: str, question: str) -> None:
    found = quote_densest(passage(text, text), matcher_for(question))
    assert QUOTE_LENGTH - LENGTH_RANGE <= len(found.quote) <= QUOTE_LENGTH
    assert found.quote in f"{text} {text}"


@pytest.mark.parametrize("text", UNSPACED[:7], ids=range(7))
def test_no_character_and_no_latin_word_is_cut(text: str) -> None:
    whole = regex.findall(r"Transformer|\X", text)
    # Cut at every length, so that every place to cut is tried.
    for length in range(160, 230):
        found = quote_densest(passage(text), matcher_for("機械 猫 ข้อมูล"), length)
        assert set(regex.findall(r"Transformer|\X", found.quote)) <= set(whole)
        assert not regex.match(r"\p{M}|[。、」]", found.quote)


@pytest.mark.parametrize(
    ("before", "after"),
    [("そうです。", "機械"), ("「本当？」", "機械"), ("はい、", "機械"), ("Ja! ", "Die"), ("क्या। ", "यह")],
)
def test_clauses_end_where_their_script_ends_them(before: str, after: str) -> None:
    text = before + after * 4
    (first, last), (second, _) = split_units((Segment(0, 9, text),))
    assert text[first:last] == before.strip()
    assert second == len(before)


def test_a_quote_of_japanese_begins_with_a_sentence_where_it_can() -> None:
    text = "それはそれとして続けます。" * 40 + "銅のランタンが港に掛かっています。" + "まだまだ続きます。" * 60
    found = quote_densest(passage(text), matcher_for("ランタン 港"))
    assert text[: text.index(found.quote)].endswith("。")
    assert found.quote.endswith("。")
    assert "銅のランタンが港に掛かっています。" in found.quote
