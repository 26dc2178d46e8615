"""The parts of an evaluation that only count: measures, refusal, damage."""

from __future__ import annotations

import random
from math import log2

import pytest

from bot.answering.values import AnswerLevel
from bot.evaluation.measures import measure_ranking
from bot.evaluation.refusal import (
    KEPT_PERCENT,
    REFUSED_PERCENT,
    SHOWN_THRESHOLDS,
    CurvePoint,
    Trial,
    count_answers,
    make_curve,
)
from bot.evaluation.typos import add_typo

# Measures


def test_the_gain_is_linear_and_the_ideal_has_every_judged_entry() -> None:
    judgements = {"q": {"a": 3, "b": 1, "c": 2, "never found": 1, "wrong": 0}}
    figures = measure_ranking(judgements, {"q": ["wrong", "b", "a"]})
    found = 0 / log2(2) + 1 / log2(3) + 3 / log2(4)
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert figures.ndcg_10 == pytest.approx(found / ideal)
    assert figures.mrr_10 == 1 / 2
    assert (figures.hit_1, figures.hit_3) == (0, 1)
    assert figures.recall_10 == 2 / 4


def test_figures_are_means_over_the_questions_and_a_question_without_hits_is_one() -> None:
    judgements = {"first": {"a": 1}, "second": {"b": 1}, "third": {"c": 1}}
    figures = measure_ranking(judgements, {"first": ["a"], "second": ["x", "y", "z", "b"], "third": []})
    assert figures.ndcg_10 == pytest.approx((1 + 1 / log2(5) + 0) / 3)
    assert figures.mrr_10 == pytest.approx((1 + 1 / 4 + 0) / 3)
    assert figures.hit_1 == figures.hit_3 == pytest.approx(1 / 3)
    assert figures.recall_10 == pytest.approx(2 / 3)


def test_nothing_beyond_the_tenth_result_counts() -> None:
    found = [f"other {number}" for number in range(10)] + ["a"]
    figures = measure_ranking({"q": {"a": 1}}, {"q": found})
    assert (figures.ndcg_10, figures.mrr_10, figures.recall_10) == (0, 0, 0)


def test_the_order_of_results_counts_and_not_their_names() -> None:
    names = ["z", "a", "m", "\ud800", "with space", "ü", ""]
    for place, name in enumerate(names):
        assert measure_ranking({"q": {name: 1}}, {"q": names}).mrr_10 == 1 / (place + 1)


@pytest.mark.parametrize(
    ("relevant", "ranks", "figures"),
    [
        (474, [6, 7], (0.1518, 0.1667, 0.0, 0.0042)),
        (77, [1, 2, 4, 5, 6, 8, 9], (0.7530, 1.0, 1.0, 0.0909)),
        (10, [], (0.0, 0.0, 0.0, 0.0)),
    ],
    ids=["topic 301", "topic 302", "topic 303"],
)
def test_the_figures_are_those_that_trec_eval_publishes_for_its_test_data(
    relevant: int, ranks: list[int], figures: tuple[float, ...]
) -> None:
    """From usnistgov/trec_eval test/qrels.test, results.test and out.test.aq: how many documents are relevant, at which
    of the first ten ranks one stands, and ndcg_cut_10, recip_rank, success_1 and recall_10."""
    judged = {f"relevant {number}": 1 for number in range(relevant)}
    found = [f"relevant {rank}" if rank in ranks else f"other {rank}" for rank in range(1, 11)]
    measured = measure_ranking({"q": judged}, {"q": found})
    ours = measured.ndcg_10, measured.mrr_10, measured.hit_1, measured.recall_10
    assert ours == pytest.approx(figures, abs=0.00005)


MANY = "abcdefghijklm"


@pytest.mark.parametrize(
    ("judged", "found", "figures"),
    [
        ({"a": 3, "b": 1, "c": 2, "d": 1, "x": 0}, "xba", (0.41038323601565363, 1 / 2, 0, 1, 1 / 2)),
        (dict.fromkeys(MANY, 1), MANY, (1, 1, 1, 1, 10 / 13)),
        ({each: score for score, each in enumerate(MANY)}, MANY, (0.39611281714292246, 1 / 2, 0, 1, 9 / 12)),
        ({"a": 1000, "b": 1}, "?b!a", (0.4310355346832863, 1 / 2, 0, 1, 1)),
        ({"a": 0, "b": 2, "c": 2}, "axybzwvc", (0.45749452618986164, 1 / 4, 0, 0, 1)),
        ({"a": 5}, "", (0, 0, 0, 0, 0)),
        ({"z": 1}, MANY[:9] + "z", (0.2890648263178879, 1 / 10, 0, 0, 1)),
    ],
)
def test_grades_and_unjudged_entries_count_as_in_trec_eval(
    judged: dict[str, int], found: str, figures: tuple[float, ...]
) -> None:
    """The figures are those of pytrec-eval-terrier 0.5.11 (trec_eval's own code) for the same input."""
    measured = measure_ranking({"q": judged}, {"q": list(found)})
    ours = measured.ndcg_10, measured.mrr_10, measured.hit_1, measured.hit_3, measured.recall_10
    assert ours == pytest.approx(figures)


# Refusal


def trials(*sureness: float) -> list[Trial]:
    return [Trial(AnswerLevel.CONFIDENT if each >= 0.5 else AnswerLevel.NOTHING, each) for each in sureness]


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    real, foreign = [0.9, 0.6, 0.5, 0.2], [0.1, 0.2, 0.6]
    pairs = [(1.0 if a > b else 0.5 if a == b else 0.0) for a in real for b in foreign]
    assert make_curve(trials(*real), trials(*foreign)).area == pytest.approx(sum(pairs) / len(pairs))


def test_cuts_refuse_and_keep_at_least_what_is_asked_and_no_more_than_needed() -> None:
    chance = random.Random(5)
    real = [round(chance.betavariate(4, 2), 2) for _ in range(173)]
    foreign = [round(chance.betavariate(2, 4), 2) for _ in range(91)]
    found = make_curve(trials(*real), trials(*foreign))

    def refused(cut: float) -> float:
        return sum(each < cut for each in foreign) / len(foreign)

    def kept(cut: float) -> float:
        return sum(each >= cut for each in real) / len(real)

    for point in (*found.at_refused, *found.at_kept, *found.at_cuts):
        assert (point.refused, point.kept) == pytest.approx((refused(point.cut), kept(point.cut)))
    for percent, point in zip(REFUSED_PERCENT, found.at_refused, strict=True):
        assert point.refused >= percent / 100 > refused(point.cut - 0.005)
    for percent, point in zip(KEPT_PERCENT, found.at_kept, strict=True):
        assert point.kept >= percent / 100 > kept(point.cut + 0.005)
    assert [point.cut for point in found.at_cuts] == list(SHOWN_THRESHOLDS)


def test_sets_that_do_not_overlap_are_told_apart_wholly() -> None:
    found = make_curve(trials(0.8, 0.9), trials(0.1, 0.2))
    assert found.area == 1
    assert all(point.refused == point.kept == 1 for point in (*found.at_refused[-1:], *found.at_kept[-1:]))
    assert found.at_cuts[9] == CurvePoint(0.5, 1, 1)


def test_answers_are_counted_at_the_shipped_cuts() -> None:
    counted = count_answers([*trials(0.9, 0.7, 0.1), Trial(AnswerLevel.CLOSEST, 0.4)])
    assert (counted.confident, counted.closest, counted.nothing, counted.total) == (2, 1, 1, 4)


# Damage

QUESTION = "how do I hang the copper lantern's chain over gate 12b?"


@pytest.mark.parametrize("seed", range(40))
def test_a_slip_damages_exactly_one_word_of_letters_and_never_its_first(seed: int) -> None:
    result = add_typo(QUESTION, seed, "q", "en")
    words, slipped = QUESTION.split(), result.split()
    changed = [(before, after) for before, after in zip(words, slipped, strict=True) if before != after]
    ((before, after),) = changed
    assert before in {"hang", "copper", "chain", "gate"}, "no stop word, no number, no contraction"
    assert before[0] == after[0]
    assert abs(len(before) - len(after)) <= 1


def test_every_kind_of_slip_happens() -> None:
    slips = {add_typo("lantern", seed, "q", "en") for seed in range(200)}
    assert {len(slip) for slip in slips} == {6, 7, 8}
    assert any(sorted(slip) == sorted("lantern") for slip in slips), "two letters swapped"
    assert any(len(slip) == 7 and sorted(slip) != sorted("lantern") for slip in slips), "a letter replaced"
    assert "lantern" not in slips


def test_the_same_seed_and_question_give_the_same_slip_and_others_give_others() -> None:
    first = add_typo(QUESTION, 3, "q", "en")
    assert first == add_typo(QUESTION, 3, "q", "en")
    assert len({add_typo(QUESTION, 3, f"q{number}", "en") for number in range(20)}) > 5
    assert len({add_typo(QUESTION, seed, "q", "en") for seed in range(20)}) > 5


def test_a_stop_word_is_damaged_only_where_there_is_no_other_and_short_words_never() -> None:
    assert add_typo("what is that", 1, "q", "en").split()[1] == "is"
    assert add_typo("what is that", 1, "q", "en") != "what is that"
    assert add_typo("is it so? a b c 1234", 1, "q", "en") == "is it so? a b c 1234"
    assert add_typo("", 1, "q", "en") == ""


def test_other_scripts_get_letters_of_their_own() -> None:
    word = "фонарь"
    for seed in range(30):
        assert set(add_typo(word, seed, "q", "ru")) <= set(word)
