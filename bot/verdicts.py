"""How sure an answer is, and what bounds it, in the words that both programs use."""

from __future__ import annotations

from bot.answering.values import Answer, AnswerLevel
from storage.models import LeftOut

UNCLEAR = "No clear answer."
MOMENTS = "Closest moments:"
CLOSEST = f"{UNCLEAR} {MOMENTS}"
NOTHING = "Not in these videos."
NEAR = "Possibly related:"
"""Stands before near misses, apart from the verdict: they are no answer."""


def describe_verdict(answer: Answer) -> str:
    """Return how sure an answer is; "" where it is confident.

    NOTHING stands by itself, or with the words that nobody says. It is not said of a question whose words are all said:
    the near misses would contradict it.
    """
    if answer.level is AnswerLevel.CONFIDENT:
        return ""
    if answer.level is AnswerLevel.CLOSEST:
        return UNCLEAR if answer.unknown_terms else CLOSEST
    return UNCLEAR if answer.near_misses and not answer.unknown_terms else NOTHING


def introduce_moments(answer: Answer) -> str:
    """Return what stands between the words that nobody says and the closest moments; "" where nothing does."""
    return MOMENTS if answer.level is AnswerLevel.CLOSEST and answer.unknown_terms else ""


def describe_limits(left: LeftOut, *, is_partial: bool, has_found: bool) -> list[str]:
    """Return a sentence for each bound that a question met: what of it was left out, and that the search ended early.

    `has_found` says whether anything is shown for it.
    """
    counts = (left.words, "word"), (left.phrases, "quoted phrase"), (left.exclusions, "exclusion")
    parts = [f"{count:,} {name}{'s' * (count > 1)}" for count, name in counts if count]
    told = []
    if parts:
        listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        were = "was" if sum(count for count, _ in counts) == 1 else "were"
        told.append(f"That is too much for one question: {listed} {were} left out of the search.")
    if is_partial:
        found = "; these are the best I found so far" if has_found else ""
        told.append(f"This question is too long to search everything at once{found}. Fewer words or phrases help.")
    return told


def describe_answer_limits(answer: Answer) -> list[str]:
    """Return the same for an answer."""
    has_found = bool(answer.excerpts or answer.near_misses)
    return describe_limits(answer.left_out, is_partial=answer.is_partial, has_found=has_found)
