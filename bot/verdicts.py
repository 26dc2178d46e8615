"""How sure an answer is, and what bounds it, in the words that both programs use."""

from __future__ import annotations

from bot.answering.values import Answer, AnswerLevel
from bot.languages import name_language
from bot.localization import format_number, gettext_noop, join_words, ngettext
from bot.localization import gettext as _
from storage.models import LeftOut

UNCLEAR = gettext_noop("No clear answer.")
MOMENTS = gettext_noop("Closest moments:")
CLOSEST = gettext_noop("No clear answer. Closest moments:")
NOTHING = gettext_noop("Not in these videos.")
ONLY_SAMPLES = gettext_noop("Nothing is imported here yet, so I only know three sample talks.")
"""Stands in place of NOTHING where only the sample talks were searched."""
NEAR = gettext_noop("Possibly related:")
"""Stands before near misses, apart from the verdict: they are no answer."""


def describe_verdict(answer: Answer, *, only_samples: bool = False) -> str:
    """Return how sure an answer is; "" where it is confident. `only_samples`: nothing is imported where it was asked.

    NOTHING stands by itself, or with the words that nobody says. It is not said of a question whose words are all said:
    the near misses would contradict it.
    """
    if answer.level is AnswerLevel.CONFIDENT:
        return ""
    if answer.level is AnswerLevel.CLOSEST:
        return _(UNCLEAR) if answer.unknown_terms else _(CLOSEST)
    if only_samples:
        return _(ONLY_SAMPLES)
    return _(UNCLEAR) if answer.near_misses and not answer.unknown_terms else _(NOTHING)


def introduce_moments(answer: Answer) -> str:
    """Return what stands between the words that nobody says and the closest moments; "" where nothing does."""
    return _(MOMENTS) if answer.level is AnswerLevel.CLOSEST and answer.unknown_terms else ""


def describe_limits(left: LeftOut, *, is_partial: bool, has_found: bool) -> list[str]:
    """Return a sentence for each bound that a question met: what of it was left out, and that the search ended early.

    `has_found` says whether anything is shown for it.
    """
    counts = (
        (left.words, ngettext("{count} word", "{count} words", left.words)),
        (left.phrases, ngettext("{count} quoted phrase", "{count} quoted phrases", left.phrases)),
        (left.exclusions, ngettext("{count} exclusion", "{count} exclusions", left.exclusions)),
    )
    parts = [words.format(count=format_number(count)) for count, words in counts if count]
    told = []
    if parts:
        words = ngettext(
            "That is too much for one question: {parts} was left out of the search.",
            "That is too much for one question: {parts} were left out of the search.",
            sum(count for count, _words in counts),
        )
        told.append(words.format(parts=join_words(parts)))
    if is_partial and has_found:
        told.append(
            _(
                "This question is too long to search everything at once; these are the best I found so far. Fewer "
                "words or phrases help."
            )
        )
    elif is_partial:
        told.append(_("This question is too long to search everything at once. Fewer words or phrases help."))
    return told


def describe_answer_limits(answer: Answer) -> list[str]:
    """Return the same for an answer, and in which languages the videos are where the question is in another one."""
    has_found = bool(answer.excerpts or answer.near_misses)
    told = describe_limits(answer.left_out, is_partial=answer.is_partial, has_found=has_found)
    if answer.spoken_in:
        languages = join_words([name_language(code) for code in answer.spoken_in])
        told.append(_("These videos are in {languages}.").format(languages=languages))
    return told
