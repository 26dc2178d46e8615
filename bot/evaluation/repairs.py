"""Counts what the spelling correction does to the words of questions: to right ones, and to ones with a slip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation.typos import Slip
from storage.analysis import analyser_for, word_list
from storage.models import QuestionTerm, RepairKind

MAX_FREQUENT = 20
"""How many of the most frequent repairs are listed."""

Terms = Sequence[QuestionTerm]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many words were repaired in one way, and how many of these the language's general word list holds."""

    kind: RepairKind
    words: int
    listed: int


@dataclass(frozen=True, slots=True)
class FrequentRepair:
    """One repair, and how often it was made."""

    word: str
    repaired_to: str
    kind: RepairKind
    times: int


@dataclass(frozen=True, slots=True)
class SlipCount:
    """What became of words with a slip: how many were put right, repaired to another word, and left alone."""

    put_right: int
    to_another: int
    left_alone: int

    @property
    def total(self) -> int:
        """Return how many words there are in all."""
        return self.put_right + self.to_another + self.left_alone


@dataclass(frozen=True, slots=True)
class RepairCount:
    """What was repaired of questions that were asked in one way.

    `words` are the words that were searched for. `second_guesses` counts repaired words for which two spellings were
    searched. Of words with a slip `said` counts those whose right word the texts say, `unsaid` the others; both are
    None where the questions were asked as they are; only there `frequent` has the most frequent repairs.
    """

    asked: str
    questions: int
    questions_repaired: int
    words: int
    words_repaired: int
    has_word_list: bool
    kinds: tuple[KindCount, ...]
    second_guesses: int
    frequent: tuple[FrequentRepair, ...]
    said: SlipCount | None = None
    unsaid: SlipCount | None = None


@dataclass(frozen=True, slots=True)
class SlippedQuestion:
    """A slip, and the terms of its question as it was asked without it and with it."""

    slip: Slip
    right_terms: Terms
    terms: Terms


def count_repairs(
    asked: str, questions: Sequence[Terms], language: str, slipped: Sequence[SlippedQuestion] | None = None
) -> RepairCount:
    """Count the repairs of questions, given by their terms; `slipped` are those of them with a slip."""
    repaired = [term for terms in questions for term in terms if term.repair_kind]
    said, unsaid = _count_slips(slipped, language) if slipped is not None else (None, None)
    return RepairCount(
        asked,
        len(questions),
        sum(any(term.repair_kind for term in terms) for terms in questions),
        sum(map(len, questions)),
        len(repaired),
        len(word_list(language)) > 0,
        _count_kinds(repaired, language),
        sum(_has_second_guess(term) for term in repaired),
        _find_frequent(repaired) if slipped is None else (),
        said,
        unsaid,
    )


def _count_kinds(repaired: Sequence[QuestionTerm], language: str) -> tuple[KindCount, ...]:
    listed = word_list(language)
    words = {kind: [term.word for term in repaired if term.repair_kind is kind] for kind in RepairKind}
    return tuple(KindCount(kind, len(made), sum(word in listed for word in made)) for kind, made in words.items())


def _has_second_guess(term: QuestionTerm) -> bool:
    """Return whether two spellings were searched for a word. A split word may be searched as it is too, for a title."""
    return term.repair_kind is not RepairKind.SPLIT and len(term.alternatives) > 1


def _find_frequent(repaired: Iterable[QuestionTerm]) -> tuple[FrequentRepair, ...]:
    times = Counter((term.word, term.repaired_to, term.repair_kind) for term in repaired)
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0][:2]))
    return tuple(
        FrequentRepair(word, repaired_to, kind, count)
        for (word, repaired_to, kind), count in ordered[:MAX_FREQUENT]
        if kind
    )


def _count_slips(slipped: Iterable[SlippedQuestion], language: str) -> tuple[SlipCount, SlipCount]:
    """Count what became of words with a slip: of those whose right word is said, and of the others."""
    fates = Counter(_judge_slip(question, language) for question in slipped)
    said, unsaid = (SlipCount(*(fates[is_said, fate] for fate in _FATES)) for is_said in (True, False))
    return said, unsaid


_PUT_RIGHT, _TO_ANOTHER, _LEFT_ALONE = _FATES = ("put right", "to another", "left alone")


def _judge_slip(question: SlippedQuestion, language: str) -> tuple[bool, str]:
    """Return whether the right word is said, and what became of the one with the slip."""
    analyser = analyser_for(language)
    right = analyser.term_of(question.slip.right)
    is_said = any(right in term.terms for term in question.right_terms)
    typed = {token.word for token in analyser.tokens(question.slip.wrong)}
    own = [term for term in question.terms if term.word in typed]
    if own and not any(term.repair_kind for term in own):
        return is_said, _LEFT_ALONE
    # Where the question has the right word too, both have become one term, under the word that stands first.
    is_right = any(right in term.terms for term in own or question.terms)
    return is_said, _PUT_RIGHT if is_right else _TO_ANOTHER
