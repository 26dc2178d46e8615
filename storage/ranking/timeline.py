"""How strongly the segments of the best videos match a question: the second stage's score of what is said there.

The ranking chooses the videos. Then all their segments are scored by their own words and, in part, their neighbours'.
The title and the video as a whole, which the ranking counts too, are the same for all its segments and would hide the
differences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from storage.models import Question, measure_presence
from storage.ranking.index.index_part import Floats
from storage.ranking.query.restrictions import WantedSpeakers, WantedVideos
from storage.ranking.rerank import Reranker
from storage.ranking.search import Ranking, Searcher, measure_shares
from storage.ranking.weights import CANDIDATES, SHIPPED_WEIGHTS

STRENGTH_WEIGHTS = replace(SHIPPED_WEIGHTS, titles=0.0, video=0.0, ngrams=0.0)
"""What is said, and nothing else; n-grams make the curve rough and do not show where to listen."""
MIN_PRESENCE = 0.35
"""A video has a strip when its best segment's score is at least this share of the best one's."""


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
    searcher: Searcher, question: Question, videos: WantedVideos, limit: int, speakers: WantedSpeakers = None
) -> tuple[Ranking, tuple[StrengthCurve, ...], float]:
    """Return the ranking of a question, the curves of its best videos, and the score that a strength of 1 stands for.

    The videos that match it most come first; what the question excludes has no strength.
    """
    ranking = searcher.search(question, CANDIDATES, videos, speakers=speakers)
    allowed = searcher.allowed_segments(question, videos, speakers)
    shares = measure_shares(ranking.terms, speakers)
    reranker = Reranker(searcher.model, ranking.terms, STRENGTH_WEIGHTS)
    scored: list[StrengthCurve] = []
    for place, video in _find_best_videos(searcher, ranking, limit):
        here = searcher.model.parts[place].segments_of(video)
        docs = here + searcher.model.bases[place]
        scores = reranker.score(docs)
        if allowed is not None:
            scores = scores * allowed[docs]
        if shares is not None:
            scores = scores * shares[docs]
        scored.append(StrengthCurve(place, video, int(here[0]), scores))
    peak = max((float(curve.strengths.max(initial=0.0)) for curve in scored), default=0.0)
    curves = [replace(curve, strengths=curve.strengths / (peak or 1.0)) for curve in scored]
    # The sort is stable: of equals, the one that ranked better comes first.
    return ranking, tuple(sorted(curves, key=lambda curve: -curve.presence)), peak


def _find_best_videos(searcher: Searcher, ranking: Ranking, limit: int) -> list[tuple[int, int]]:
    """Return the videos of the best segments, by library and position, best first."""
    threshold = MIN_PRESENCE * max((segment.score for segment in ranking.ranked), default=0.0)
    best = [segment for segment in ranking.ranked if segment.score >= threshold]
    return list(dict.fromkeys((segment.part, searcher.video_of(segment)) for segment in best))[:limit]
