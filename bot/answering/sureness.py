"""How sure an answer is, from signals that mean the same in a small library and in a large one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answering.values import AnswerLevel
from storage.models import SearchResult

CONFIDENT, CLOSEST = 0.25, 0.18
"""The cuts as shipped. Measured with `cuepoint evaluate --foreign` (benchmarks/RANKING.md): at the first, nine in ten
questions about other subjects are refused and nine in ten real ones are kept; below the second hardly any are real."""


@dataclass(frozen=True, slots=True)
class SurenessThresholds:
    """From which sureness an answer is confident, and from which it is the closest there is; below, it is nothing."""

    confident: float = CONFIDENT
    closest: float = CLOSEST

    def level(self, sureness: float) -> AnswerLevel:
        """The level of an answer."""
        if sureness >= self.confident:
            return AnswerLevel.CONFIDENT
        return AnswerLevel.CLOSEST if sureness >= self.closest else AnswerLevel.NOTHING


def compute_sureness(score: float, findings: SearchResult) -> float:
    """How far a score is what was asked for, from 0 to 1.

    The score is measured by the highest that the question's words by themselves could have, which carries from one
    library to another as no bare score does: as much as that is 0.5, and what comes on top of it, such as words said
    together, brings it nearer to 1. Words that were guessed count by how far the guess may be trusted.
    """
    if findings.ideal_score <= 0:
        return 0.0
    found = [term for term in findings.terms if term.alternatives]
    weight = sum(term.weight for term in found)
    trust = sum(term.weight * term.credit for term in found) / weight if weight else 0.0
    share = trust * score / findings.ideal_score
    return share / (1 + share)
