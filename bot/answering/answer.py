"""How sure an answer is, and what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answering.excerpts import excerpt
from bot.answering.matching import Matcher
from bot.answering.values import Answer, Excerpt, Found, Passage
from storage.models import Findings, Question

CONFIDENT = 0.5
"""The share of the question's weight that the best excerpt must cover for a confident answer."""
CLOSEST = 0.6 * CONFIDENT
"""Below this share the honest answer is that the videos do not speak of it."""
BESIDE_BEST = 0.5
"""An excerpt is shown when it speaks of at least this share of what the best one speaks of."""
NEAR_MISSES = 3
ALIKE = 0.8
"""From this share of common words two quotes are the same words twice (Jaccard)."""


def compose(question: Question, findings: Findings, passages: Iterable[Passage], limit: int) -> Answer:
    """Answer a question from its passages, best first; at most `limit` excerpts, no two of them alike."""
    matcher = Matcher(question, findings)
    excerpts = _distinct([excerpt(passage, matcher) for passage in passages])
    unknown = tuple(term.word for term in findings.terms if not term.alternatives)
    sure = max((each.coverage for each in excerpts[:3]), default=0.0)
    if sure < CLOSEST:
        near = tuple(excerpts[:NEAR_MISSES])
        return Answer(question.text, Found.NOTHING, (), findings.searched_for, unknown, near)
    found = Found.CONFIDENT if sure >= CONFIDENT else Found.CLOSEST
    shown = tuple(each for each in excerpts if each.coverage >= max(CLOSEST, BESIDE_BEST * sure))[:limit]
    return Answer(question.text, found, shown, findings.searched_for, unknown)


def _distinct(excerpts: Sequence[Excerpt]) -> list[Excerpt]:
    kept: list[Excerpt] = []
    for candidate in excerpts:
        words = set(candidate.quote.casefold().split())
        if not any(_alike(words, set(other.quote.casefold().split())) for other in kept):
            kept.append(candidate)
    return kept


def _alike(left: set[str], right: set[str]) -> bool:
    return len(left & right) >= ALIKE * len(left | right)
