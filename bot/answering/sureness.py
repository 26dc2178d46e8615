"""How sure an answer is, from signals that mean the same in a small library and in a large one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answering.values import AnswerLevel
from storage.models import SearchResult

CONFIDENT, CLOSEST = 0.25, 0.18
"""The default thresholds. Measured with `cuepoint evaluate --foreign` (benchmarks/RANKING.md): at the first, nine in
ten questions about other subjects are refused and nine in ten real ones are kept; below the second hardly any are
real."""


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
    """
    if result.ideal_score <= 0:
        return 0.0
    matched = [term for term in result.terms if term.alternatives]
    weight = sum(term.weight for term in matched)
    trust = sum(term.weight * term.credit for term in matched) / weight if weight else 0.0
    share = trust * score / result.ideal_score
    return share / (1 + share)
