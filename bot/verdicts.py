"""How sure an answer is, in the words that both programs use."""

from __future__ import annotations

from bot.answering.values import Answer, AnswerLevel

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
