"""What the spelling correction does to questions, counted: by hand, and on a small set."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.evaluation import evaluate
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.repairs import FrequentRepair, KindCount, SlipCount, SlippedQuestion, count_repairs
from bot.evaluation.report import Report
from bot.evaluation.typos import Slip, add_typo, make_slip
from storage.models import QuestionTerm, RepairKind
from tests.support.inputs.question_sets import QUERIES, Json, write_set

Terms = tuple[QuestionTerm, ...]


def term(word: str, *said: str, to: str = "", kind: RepairKind | None = None) -> QuestionTerm:
    """A term of a question: its word, the words that stand for it, and its repair."""
    return QuestionTerm(word, tuple((each,) for each in said), 1.0, to, 1.0, kind)


KNOWN = term("lantern", "lantern")
RESPELT = term("movement", "moment", to="moment", kind=RepairKind.RESPELT)
TWICE = term("laso", "lasso", "last", to="lasso", kind=RepairKind.RESPELT)
FAMILY = term("colors", "colours", to="colours", kind=RepairKind.FAMILY)
SPLIT = term("xlnet", "xlnet", "xl", to="xl net", kind=RepairKind.SPLIT)


def test_repairs_are_counted_by_question_by_word_and_by_kind() -> None:
    questions: list[Terms] = [(KNOWN, RESPELT), (KNOWN,), (FAMILY, TWICE, SPLIT), (RESPELT,), ()]
    count = count_repairs("as asked", questions, "en")
    assert (count.questions, count.questions_repaired) == (5, 3)
    assert (count.words, count.words_repaired) == (7, 5)
    assert count.has_word_list
    assert count.kinds == (
        KindCount(RepairKind.MARKS, 0, 0),
        KindCount(RepairKind.JOINED, 0, 0),
        KindCount(RepairKind.SPLIT, 1, 0),
        KindCount(RepairKind.FAMILY, 1, 1),
        KindCount(RepairKind.RESPELT, 3, 2),
    ), "movement, twice, and colors are in the list of English words, laso is not"
    assert count.second_guesses == 1, "a split word may be searched as it is, for titles: that is no guess"
    assert (count.said, count.unsaid) == (None, None)


def test_the_most_frequent_repairs_come_first_and_no_more_than_twenty() -> None:
    others = [term(f"w{place:02}", "x", to="x", kind=RepairKind.RESPELT) for place in range(30)]
    count = count_repairs("as asked", [(RESPELT, *others[:10]), (RESPELT, *others)], "en")
    assert count.frequent[0] == FrequentRepair("movement", "moment", RepairKind.RESPELT, 2)
    assert [repair.word for repair in count.frequent[1:11]] == [f"w{place:02}" for place in range(10)]
    assert len(count.frequent) == 20


def test_a_language_without_a_word_list_says_so() -> None:
    assert not count_repairs("as asked", [(RESPELT,)], "xx").has_word_list


SLIP = Slip("the lantren", "lantern", "lantren")


@pytest.mark.parametrize(
    ("right", "asked", "fate"),
    [
        ((KNOWN,), (term("lantren", "lantern", to="lantern", kind=RepairKind.RESPELT),), "put right"),
        ((KNOWN,), (term("lantren", "last", "lantern", to="last", kind=RepairKind.RESPELT),), "put right"),
        ((KNOWN,), (term("lantren", "lateran", to="lateran", kind=RepairKind.RESPELT),), "to another"),
        ((KNOWN,), (term("lantren"),), "left alone"),
        ((KNOWN,), (term("lantren", "lantren"),), "left alone"),
        ((KNOWN, KNOWN), (KNOWN, term("lantren", "lantren")), "left alone"),
        # It has become one term with the right word, which the question has too.
        ((KNOWN,), (KNOWN,), "put right"),
        # It was taken for a word that carries no meaning, and vanished.
        ((KNOWN,), (term("gate", "gate"),), "to another"),
    ],
)
def test_a_word_with_a_slip_is_put_right_repaired_to_another_or_left_alone(
    right: Terms, asked: Terms, fate: str
) -> None:
    count = count_repairs("with a slip", [asked], "en", [SlippedQuestion(SLIP, right, asked)])
    expected = {"put right": SlipCount(1, 0, 0), "to another": SlipCount(0, 1, 0), "left alone": SlipCount(0, 0, 1)}
    assert (count.said, count.unsaid) == (expected[fate], SlipCount(0, 0, 0))
    assert count.frequent == (), "only what is done to honest questions is listed"


def test_words_whose_right_form_nobody_says_are_counted_apart() -> None:
    unsaid = SlippedQuestion(SLIP, (term("lantern"),), (term("lantren"),))
    elsewhere = SlippedQuestion(SLIP, (RESPELT,), (term("lantren", "lateran", to="lateran", kind=RepairKind.RESPELT),))
    count = count_repairs("with a slip", [unsaid.terms, elsewhere.terms], "en", [unsaid, elsewhere])
    assert (count.said, count.unsaid) == (SlipCount(0, 0, 0), SlipCount(0, 1, 1))
    assert count.unsaid is not None
    assert count.unsaid.total == 2


def test_a_slip_tells_the_word_it_is_in() -> None:
    question = "how do I hang the copper lantern?"
    for seed in range(30):
        slip = make_slip(question, seed, "q", "en")
        assert slip is not None
        assert slip.text == question.replace(slip.right, slip.wrong) == add_typo(question, seed, "q", "en")
        assert slip.right in {"hang", "copper", "lantern"}
    assert make_slip("is it?", 1, "q", "en") is None


# On a set


async def repairs_of(folder: Path, **options: object) -> Report:
    wishes = EvaluationOptions((folder,), repairs=True, **options)  # type: ignore[arg-type]
    return (await evaluate(wishes, lambda what, done, total: None)).reports[0]


async def test_honest_questions_and_misspelt_ones_are_counted_apart(tmp_path: Path) -> None:
    queries: list[Json] = [
        {**QUERIES[0], "text": "where does the coppr lantern hang?"},
        {**QUERIES[1], "text": "which wood does a violin-maker choose?"},
        {**QUERIES[2], "text": "is it so?"},
    ]
    report = await repairs_of(write_set(tmp_path, queries=queries), typo=4)
    honest, slipped = report.repairs
    assert (honest.asked, slipped.asked) == ("as asked", "with a slip in one word (seed 4)")
    assert (honest.questions, honest.questions_repaired, honest.words_repaired) == (3, 1, 1)
    assert honest.frequent == (FrequentRepair("coppr", "copper", RepairKind.RESPELT, 1),)
    assert slipped.said is not None
    assert slipped.unsaid is not None
    assert slipped.said.total + slipped.unsaid.total == 2, "the third has no word of four letters"
    assert [len(each.rankings) for each in report.comparisons] == [1, 1], "rank-bm25 has no part in this"


async def test_there_are_no_repairs_unless_asked_for(tmp_path: Path) -> None:
    options = EvaluationOptions((write_set(tmp_path),))
    (report,) = (await evaluate(options, lambda what, done, total: None)).reports
    assert report.repairs == ()
