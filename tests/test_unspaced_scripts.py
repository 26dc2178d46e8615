"""Chinese, Japanese, Korean and Thai from the question to the quote."""

from __future__ import annotations

import pytest

from bot.answering.excerpts import excerpt
from bot.answering.matching import Matcher
from bot.answering.question import parse_question
from bot.answering.values import Passage
from storage.models import Findings, Segment, Video
from storage.ranking.index import build_index
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


def search(text: str) -> tuple[Ranking, Matcher]:
    question = parse_question(text)
    ranking = SEARCHER.search(question, 10, [None])
    return ranking, Matcher(question, Findings((), ranking.terms, "en", ranking.searched_for))


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
    found = excerpt(Passage(VIDEO, (SEGMENTS[ranking.ranked[0].doc],), 1.0), matcher)
    assert [found.quote[start:end] for start, end in found.highlights] == marked
    assert found.coverage == 1.0
