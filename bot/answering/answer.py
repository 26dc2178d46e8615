"""How sure an answer is, and what it shows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

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
    # Quoting is most of the work of an answer: no more is quoted than is shown.
    excerpts = _distinct(excerpt(passage, matcher) for passage in passages)
    best = tuple(itertools.islice(excerpts, NEAR_MISSES))
    unknown = tuple(term.word for term in findings.terms if not term.alternatives)
    sure = max((each.coverage for each in best), default=0.0)
    if sure < CLOSEST:
        return Answer(question.text, Found.NOTHING, (), findings.searched_for, unknown, best, sure)
    found = Found.CONFIDENT if sure >= CONFIDENT else Found.CLOSEST
    enough = max(CLOSEST, BESIDE_BEST * sure)
    shown = (each for each in itertools.chain(best, excerpts) if each.coverage >= enough)
    quoted = tuple(itertools.islice(shown, limit))
    return Answer(question.text, found, quoted, findings.searched_for, unknown, sureness=sure)


def _distinct(excerpts: Iterable[Excerpt]) -> Iterator[Excerpt]:
    kept: list[set[str]] = []
    for candidate in excerpts:
        words = set(candidate.quote.casefold().split())
        if not any(_alike(words, other) for other in kept):
            kept.append(words)
            yield candidate


def _alike(left: set[str], right: set[str]) -> bool:
    return len(left & right) >= ALIKE * len(left | right)
