"""How sure an answer is, from signals that mean the same in a small library and in a large one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.answering.values import AnswerLevel
from storage.models import SearchResult

CONFIDENT, CLOSEST = 0.25, 0.18
"""The default thresholds. Measured with `cuepoint evaluate --foreign` (benchmarks/RANKING.md): at the first, nine in
ten questions about other subjects are refused and nine in ten real ones are kept; below the second hardly any are
real."""

CONFIDENT_WITH_MEANING, CLOSEST_WITH_MEANING = 1.2, 0.6
"""What these thresholds stand for where a model has read the hits: log(share) + .5 log(score / ln segments) + 6 times
the similarity. One cut serves libraries of different kinds. Measured on two of them with each other's questions, 100
and 95 in a hundred of their own are confident, 6 and 0 of the other's; below the second fall 82 and 98 of the other's,
and 0 and 3 of their own."""
SIMILARITY_WEIGHT = 6.0
READ_HITS = 5
"""The first hits, of which the nearest in meaning counts."""
MIN_SEGMENTS = 3
"""A smaller library counts as one of so many segments."""


@dataclass(frozen=True, slots=True)
class SurenessThresholds:
    """From which sureness an answer is confident, and from which it is the closest there is; below, it is nothing."""

    confident: float = CONFIDENT
    closest: float = CLOSEST

    def level(self, sureness: float) -> AnswerLevel:
        """Return the level of an answer of this sureness."""
        if sureness >= self.confident:
            return AnswerLevel.CONFIDENT
        return AnswerLevel.CLOSEST if sureness >= self.closest else AnswerLevel.NOTHING


def compute_sureness(score: float, result: SearchResult) -> float:
    """Return how sure it is that a score of this height is what was asked for, from 0 to 1.

    The score is divided by the highest that the question's words by themselves could reach, which makes it comparable
    between libraries, as a bare score is not. A score of that height gives 0.5; what comes on top of it, such as words
    said together, brings it nearer to 1. Guessed words count by how far the guess may be trusted.

    Where a model has read the hits, it counts above all how near the best of the first are in meaning.
    """
    trusted = _trust(result) * score
    if result.ideal_score <= 0 or trusted <= 0:
        return 0.0
    share = trusted / result.ideal_score
    nearest = _nearest_similarity(result)
    if nearest is None:
        return share / (1 + share)
    enough = trusted / math.log(max(MIN_SEGMENTS, result.segments_in_reach))
    return _scale_with_meaning(math.log(share) + 0.5 * math.log(enough) + SIMILARITY_WEIGHT * nearest)


def _trust(result: SearchResult) -> float:
    """Return how far the matched words are what was asked, from 0 to 1."""
    matched = [term for term in result.terms if term.alternatives]
    weight = sum(term.weight for term in matched)
    return sum(term.weight * term.credit for term in matched) / weight if weight else 0.0


def _nearest_similarity(result: SearchResult) -> float | None:
    """Return how near the nearest of the first hits is in meaning; None where no model read them."""
    similarities = [hit.similarity for hit in result.hits[:READ_HITS] if hit.similarity is not None]
    return max(similarities, default=None)


def _scale_with_meaning(value: float) -> float:
    """Return a sureness from 0 to 1 that rises with the value, and has the default thresholds where it is cut."""

    def log_odds(share: float) -> float:
        return math.log(share / (1 - share))

    slope = (log_odds(CONFIDENT) - log_odds(CLOSEST)) / (CONFIDENT_WITH_MEANING - CLOSEST_WITH_MEANING)
    return 1 / (1 + math.exp(-(log_odds(CONFIDENT) + slope * (value - CONFIDENT_WITH_MEANING))))
