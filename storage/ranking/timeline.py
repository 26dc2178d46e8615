"""How strongly the segments of the best videos match a question: the second stage's score of what is said there.

The ranking chooses the videos. Then all their segments are scored by their own words and, in part, their neighbours'.
The title and the video as a whole, which the ranking counts too, are the same for all its segments and would hide the
differences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from storage.models import Question, measure_presence
from storage.ranking.budget import WorkBudget
from storage.ranking.index.index_part import Floats
from storage.ranking.query.restrictions import WantedSpeakers, WantedVideos
from storage.ranking.rerank import Reranker
from storage.ranking.search import Docs, Ranking, ReadQuestion, Searcher
from storage.ranking.weights import CANDIDATES, SHIPPED_WEIGHTS

STRENGTH_WEIGHTS = replace(SHIPPED_WEIGHTS, titles=0.0, video=0.0, ngrams=0.0)
"""What is said, and nothing else; n-grams make the curve rough and do not show where to listen."""
MIN_PRESENCE = 0.35
"""A video has a strip when its best segment's score is at least this share of the best one's."""
SEGMENTS_AT_A_TIME = 500
"""Segments of a video that are scored in any case, and how many more at a time as long as the budget lasts."""


@dataclass(frozen=True, slots=True)
class StrengthCurve:
    """The strengths, from 0 to 1, of all segments of a video, which are numbered from `first` in their library."""

    part: int
    video: int
    first: int
    strengths: Floats

    @property
    def presence(self) -> float:
        """Return how strongly the video matches the question, as its strip measures it."""
        return measure_presence(self.strengths.tolist())


def compute_curves(
    searcher: Searcher,
    question: Question,
    videos: WantedVideos,
    limit: int,
    speakers: WantedSpeakers = None,
    budget: WorkBudget | None = None,
) -> tuple[Ranking, tuple[StrengthCurve, ...], float]:
    """Return the ranking of a question, the curves of its best videos, and the score that a strength of 1 stands for.

    The videos that match it most come first; what the question excludes has no strength.
    """
    budget = budget or WorkBudget()
    read = searcher.read(question, videos, speakers, budget)
    ranking = searcher.rank(read, CANDIDATES)
    reranker = Reranker(searcher.model, ranking.terms, STRENGTH_WEIGHTS)
    scored: list[StrengthCurve] = []
    for place, video in _find_best_videos(searcher, ranking, limit):
        here = searcher.model.parts[place].segments_of(video)
        scores = _score_segments(reranker, here + searcher.model.bases[place], read)
        scored.append(StrengthCurve(place, video, int(here[0]), scores))
    peak = max((float(curve.strengths.max(initial=0.0)) for curve in scored), default=0.0)
    curves = [replace(curve, strengths=curve.strengths / (peak or 1.0)) for curve in scored]
    # The sort is stable: of equals, the one that ranked better comes first.
    ranking = replace(ranking, is_partial=budget.cut_short)
    return ranking, tuple(sorted(curves, key=lambda curve: -curve.presence)), peak


def _score_segments(reranker: Reranker, docs: Docs, read: ReadQuestion) -> Floats:
    """Return the strengths of a video's segments, as far as the budget goes."""
    scores = np.zeros(len(docs))
    for first in range(0, len(docs), SEGMENTS_AT_A_TIME):
        if first and read.budget.is_spent():
            break
        batch = slice(first, first + SEGMENTS_AT_A_TIME)
        scores[batch] = read.weigh(reranker.score(docs[batch]), docs[batch])
    return scores


def _find_best_videos(searcher: Searcher, ranking: Ranking, limit: int) -> list[tuple[int, int]]:
    """Return the videos of the best segments, by library and position, best first."""
    threshold = MIN_PRESENCE * max((segment.score for segment in ranking.ranked), default=0.0)
    best = [segment for segment in ranking.ranked if segment.score >= threshold]
    return list(dict.fromkeys((segment.part, searcher.video_of(segment)) for segment in best))[:limit]
