"""Whether new videos answer a question that was asked before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.answering.sureness import SurenessThresholds, bound_sureness, scale_sureness
from bot.answering.values import Answer, AnswerLevel, Excerpt
from storage.models import ScoreBound


def least_sureness(thresholds: SurenessThresholds, *, accepts_closest: bool) -> float:
    """Return how sure an answer must be: confident, or with `accepts_closest` the closest there is."""
    return thresholds.closest if accepts_closest else thresholds.confident


def may_be_answered(bound: ScoreBound, least: float, *, reads_meaning: bool) -> bool:
    """Return whether segments whose scores have a bound may answer so surely.

    Where a model reads what is found, it may make sure of anything that says any of the words.
    """
    return bound.score > 0 and (reads_meaning or not bound.ideal_score or bound_sureness(bound) >= least)


def find_new_excerpts(
    answer: Answer,
    video_ids: Collection[str],
    known: Collection[tuple[str, float]],
    thresholds: SurenessThresholds,
    *,
    accepts_closest: bool,
) -> list[Excerpt]:
    """Return the excerpts from some videos that answer a question by themselves, the best first, without what is known.

    What other videos say does not make them sure: those who follow a question that was answered long ago are not told
    of everything that touches it. `known` are segments that somebody was shown, by video and start.
    """
    if answer.level is not AnswerLevel.CONFIDENT and not (accepts_closest and answer.level is AnswerLevel.CLOSEST):
        return []
    best = max((excerpt.score for excerpt in answer.excerpts), default=0.0)
    least = least_sureness(thresholds, accepts_closest=accepts_closest)
    return [
        excerpt
        for excerpt in _sort_best_first(answer.excerpts)
        if excerpt.video.video_id in video_ids
        and not any((excerpt.video.video_id, start) in known for start in excerpt.segments)
        and (excerpt.score >= best or scale_sureness(answer.sureness, excerpt.score / best) >= least)
    ]


def _sort_best_first(excerpts: Sequence[Excerpt]) -> list[Excerpt]:
    return sorted(excerpts, key=lambda excerpt: -excerpt.score)
