"""The table of sureness: several sets at the shipped cuts, and what other cuts would do."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from bot.answering.sureness import SurenessThresholds
from bot.answering.values import AnswerLevel
from bot.errors import QuestionSetError
from bot.evaluation import evaluation
from bot.evaluation.evaluation import evaluate
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.refusal import KEPT_PERCENT, REFUSED_PERCENT, Trial, make_curve
from bot.evaluation.runner import EvaluationRunner
from bot.evaluation.sureness_table import CutEffect, LevelShares, SetTrials, report_sureness
from bot.evaluation.values import Query
from tests.support.inputs.question_sets import FOREIGN, QUERIES, Json, write_set

OTHER_CORPUS: tuple[Json, ...] = (
    {"_id": "a", "video": 1, "text": "The senate debates railway pensions until midnight."},
    {"_id": "b", "video": 2, "text": "Comets are photographed through large telescopes."},
)
OTHER_QUERIES = FOREIGN[:2]
OTHER_JUDGEMENTS: tuple[Json, ...] = (
    {"query-id": "a", "corpus-id": "a", "score": 1},
    {"query-id": "b", "corpus-id": "b", "score": 1},
)


def unseen(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def trials(*sureness: float) -> list[Trial]:
    return [Trial(SurenessThresholds().level(value), value) for value in sureness]


def both(folder: Path) -> tuple[Path, Path]:
    other = write_set(folder / "other", OTHER_CORPUS, OTHER_QUERIES, OTHER_JUDGEMENTS)
    return write_set(folder / "set"), other


# Counting


def test_every_set_has_its_shares_and_the_mean_counts_every_set_the_same() -> None:
    sure, closest, unsure = 0.9, SurenessThresholds().closest, 0.01
    report = report_sureness(
        [
            SetTrials("a", trials(sure, sure, closest, unsure), trials(unsure, sure)),
            SetTrials("b", trials(sure), trials(unsure), trials(closest)),
        ]
    )
    first, second = report.sets
    assert (report.confident_cut, report.closest_cut) == (SurenessThresholds().confident, closest)
    assert first.own == LevelShares(4, 0.5, 0.25, 0.25, pytest.approx((2 * 1.5 + 1 + 0.5) / 8))
    assert first.foreign == LevelShares(2, 0.5, 0.0, 0.5)
    assert first.slipped is None
    assert second.slipped == LevelShares(1, 0.0, 1.0, 0.0, 1.0)
    mean = report.mean
    assert (mean.own.questions, mean.own.confident, mean.own.nothing) == (5, 0.75, 0.125)
    assert mean.foreign == LevelShares(3, 0.25, 0.0, 0.75)
    assert mean.slipped == second.slipped, "of the sets that have any"
    assert mean.own.area == pytest.approx((4.5 / 8 + 1) / 2)


def test_a_cut_has_its_means_and_the_set_that_fares_worst() -> None:
    report = report_sureness(
        [
            SetTrials("a", trials(0.4, 0.6, 0.8, 0.9), trials(0.1, 0.2), trials(0.3, 0.7)),
            SetTrials("b", trials(0.5, 0.7), trials(0.1, 0.3, 0.55, 0.6)),
        ]
    )
    (effect,) = (each for each in report.at_cuts if each.cut == 0.5)
    assert effect == CutEffect(0.5, (3 / 4 + 1) / 2, 0.5, (1 + 2 / 4) / 2, 3 / 4, "a", 2 / 4, "b")
    assert [each.cut for each in report.at_cuts] == pytest.approx([step / 50 for step in range(1, 50)])


def test_cuts_refuse_and_keep_at_least_what_is_asked_and_no_more_than_needed() -> None:
    chance = random.Random(5)
    sets = [
        SetTrials(
            name,
            trials(*(chance.betavariate(4, 2) for _ in range(own))),
            trials(*(chance.betavariate(2, 4) for _ in range(foreign))),
        )
        for name, own, foreign in (("a", 83, 40), ("b", 17, 61), ("c", 50, 9))
    ]
    report = report_sureness(sets)

    def share(side: str, cut: float) -> float:
        shares = [sum(t.sureness >= cut for t in getattr(each, side)) / len(getattr(each, side)) for each in sets]
        return sum(shares) / len(shares)

    for percent, effect in zip(REFUSED_PERCENT, report.at_refused, strict=True):
        assert effect.foreign_refused == pytest.approx(1 - share("foreign", effect.cut))
        assert effect.foreign_refused >= percent / 100 - 1e-9
        assert 1 - share("foreign", math.nextafter(effect.cut, 0)) < percent / 100
    for percent, effect in zip(KEPT_PERCENT, report.at_kept, strict=True):
        assert effect.own_kept == pytest.approx(share("own", effect.cut))
        assert effect.own_kept >= percent / 100 - 1e-9
        assert share("own", math.nextafter(effect.cut, 1)) < percent / 100


def test_one_set_gives_the_curve_that_it_has_by_itself() -> None:
    chance = random.Random(2)
    own, foreign = (trials(*(chance.random() ** power for _ in range(60))) for power in (1, 3))
    report, curve = report_sureness([SetTrials("a", own, foreign)]), make_curve(own, foreign)
    assert [each.cut for each in report.at_refused] == [point.cut for point in curve.at_refused]
    assert [each.cut for each in report.at_kept] == [point.cut for point in curve.at_kept]
    assert report.sets[0].own.area == report.mean.own.area == curve.area


# On sets


async def test_every_set_is_asked_the_questions_of_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    original = EvaluationRunner.answer_all

    async def watched(self: EvaluationRunner, queries: list[Query], what: str) -> list[Trial]:
        asked.append([query.text for query in queries])
        return await original(self, queries, what)

    monkeypatch.setattr(EvaluationRunner, "answer_all", watched)
    found = await evaluate(EvaluationOptions(both(tmp_path), sureness=True, typo=1), unseen)
    assert asked == [[each["text"] for each in OTHER_QUERIES], [each["text"] for each in QUERIES]]
    assert found.sureness is not None
    assert [each.name for each in found.sureness.sets] == ["set", "other"]
    for each, own in zip(found.sureness.sets, (3, 2), strict=True):
        assert (each.own.questions, each.foreign.questions) == (own, 5 - own)
        assert each.own.confident == 1
        assert each.foreign.nothing == 1
        assert each.own.area == 1
        assert each.slipped is not None
        assert each.slipped.questions == own
    assert found.sureness.at_refused[-1].own_kept == 1
    assert all(report.refusals == () for report in found.reports)


async def test_foreign_sets_join_the_others_and_a_limit_picks_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = both(tmp_path)
    foreign = write_set(tmp_path / "foreign", queries=FOREIGN)
    found = await evaluate(EvaluationOptions(folders, sureness=True, foreign=(foreign,)), unseen)
    assert found.sureness is not None
    assert [each.foreign.questions for each in found.sureness.sets] == [2 + 4, 3 + 4]
    limited = await evaluate(EvaluationOptions(folders, sureness=True, foreign=(foreign,), limit=1), unseen)
    assert limited.sureness is not None
    assert [(each.own.questions, each.foreign.questions) for each in limited.sureness.sets] == [(1, 2), (1, 2)]
    monkeypatch.setattr(evaluation, "MAX_FOREIGN", 2)
    bounded = await evaluate(EvaluationOptions(folders, sureness=True, foreign=(foreign,)), unseen)
    assert bounded.sureness is not None
    assert [(each.own.questions, each.foreign.questions) for each in bounded.sureness.sets] == [(3, 4), (2, 4)]
    alone = await evaluate(EvaluationOptions(folders[:1], sureness=True, foreign=(foreign,)), unseen)
    assert alone.sureness is not None
    assert [each.foreign.questions for each in alone.sureness.sets] == [2]


async def test_a_single_set_without_foreign_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="name a second question set, or --foreign FOLDER"):
        await evaluate(EvaluationOptions((write_set(tmp_path),), sureness=True), unseen)


async def test_a_question_that_cannot_be_asked_is_answered_with_nothing(tmp_path: Path) -> None:
    queries = [QUERIES[0], {**QUERIES[1], "text": "???"}]
    folder = write_set(tmp_path / "set", queries=queries)
    other = both(tmp_path / "b")[1]
    found = await evaluate(EvaluationOptions((folder, other), sureness=True), unseen)
    assert found.sureness is not None
    assert found.sureness.sets[0].own.nothing == 0.5
    assert trials(0.0)[0].found is AnswerLevel.NOTHING
