"""How a question's words are understood in a scope: which terms stand for a word, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from storage.analysis import Analyser, Token, blank_stop_phrases, is_unspaced, stop_words_of
from storage.models import Question, QuestionTerm, RepairKind
from storage.ranking.bm25 import SparseBM25
from storage.ranking.budget import WorkBudget
from storage.ranking.index.runs import name_run
from storage.ranking.query.corrections import Corrections
from storage.ranking.query.glossary import GlossaryMatcher, Terms
from storage.ranking.query.known_words import KnownWords
from storage.ranking.query.numbers import NumberReader, NumberTerms
from storage.ranking.query.question_words import QuestionWords
from storage.ranking.query.spelling import Correction, SpellingCorrector
from storage.ranking.query.word_forms import WordForms
from storage.ranking.weights import RankingWeights

STOP_WORD_CREDIT = 0.25
"""How far it may be trusted that a question of stop words alone ("who are you?") is answered where they are said: so
little that hardly any answer to it is confident. In scripts without spaces the stop words are only a rule of thumb, and
quoted stop words were meant."""

MAX_WAYS = 32
"""How many ways to say a word are searched for that the glossary gives, in the order of its entries."""


@dataclass(frozen=True, slots=True)
class _ReadTerm:
    """A term, and the stretch of the question's words that its correction replaces."""

    term: QuestionTerm
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _AskedWords:
    """The words of a question: all that are free, those of them that it is about, and those of its quoted phrases.
    `only_stop_words` says that it is about nothing else, so that an answer can hardly be trusted."""

    written: QuestionWords
    free: Sequence[Token]
    meant: Sequence[Token]
    quoted: Sequence[Token]
    only_stop_words: bool = False


class QueryTerms:
    """Reads questions with the vocabulary of one scope."""

    def __init__(
        self, model: SparseBM25, speller: SpellingCorrector, analyser: Analyser, glossary: GlossaryMatcher
    ) -> None:
        self._model = model
        self._analyser = analyser
        self._glossary = glossary
        self._known = KnownWords(model.parts, analyser, glossary)
        self._forms = WordForms(speller)
        self._corrections = Corrections(speller, self._forms, self._known)

    def parse(
        self, question: Question, weights: RankingWeights, budget: WorkBudget
    ) -> tuple[tuple[QuestionTerm, ...], str | None]:
        """Return the terms to search for, and the corrected wording, or None where no word was corrected.

        When the budget has ended, the words that are left are searched as they are typed.

        Quoted phrases are never corrected, and the glossary is not applied to them. A question of stop words alone is
        searched by its stop words, and so is a phrase of stop words in any question: it must be found where it is said.
        """
        asked = self._read_words(question)
        glossary_words = self._glossary_words(asked.free, budget)
        reader = NumberReader(asked.written, self._known, asked.free, self._analyser, self._is_known)
        numbers = reader.read_all(budget)
        read_terms = [
            self._read_number(numbers[token], token)
            if token in numbers
            else self._read_token(asked.meant, position, asked.written, weights, budget)
            for position, token in enumerate(asked.meant)
        ]
        read_terms = [
            self._add_glossary_words(read, glossary_words.get(token, ()))
            for read, token in zip(read_terms, asked.meant, strict=True)
        ]
        terms = [*(read.term for read in read_terms), *(self._term_as_typed(token) for token in asked.quoted)]
        if asked.only_stop_words and not glossary_words:
            # Nobody asks about them, so it is not told either which of them nobody says.
            terms = [replace(term, credit=STOP_WORD_CREDIT) for term in terms if term.alternatives]
        distinct = tuple(_distinct_terms(terms)) or self._as_stop_words(read_terms)
        told = [read for read in read_terms if self._is_told(read.term, asked.written)]
        return distinct, _reword_question(question.words, told)

    def _read_words(self, question: Question) -> _AskedWords:
        """Read a question's words by the rules of the library's language and of the one that it is asked in."""
        typed = list(self._analyser.tokens(question.words))
        written = QuestionWords(question.words, typed, self._analyser.language)
        words = question.words
        for language in (self._analyser.language, *written.foreign_languages):
            words = blank_stop_phrases(words, language)
        others = frozenset[str]().union(*(stop_words_of(language) for language in written.foreign_languages))
        free = [
            token._replace(is_stop_word=True) if token.word in others else token
            for token in self._analyser.tokens(words)
        ]
        phrases = [list(self._analyser.tokens(phrase)) for phrase in question.phrases]
        quoted = [token for phrase in phrases for token in phrase]
        if all(token.is_stop_word for token in (*free, *quoted)):
            doubtful = not quoted and not is_unspaced(question.words)
            return _AskedWords(written, typed, _content_words(typed) or typed, quoted, doubtful)
        quoted_meant = [token for phrase in phrases for token in _content_words(phrase) or phrase]
        return _AskedWords(written, free, _content_words(free), quoted_meant)

    def _read_token(
        self,
        tokens: Sequence[Token],
        position: int,
        written: QuestionWords,
        weights: RankingWeights,
        budget: WorkBudget,
    ) -> _ReadTerm:
        token = tokens[position]
        plain = _ReadTerm(self._term_as_typed(token), token.start, token.end)
        if budget.is_spent():
            return plain
        if weights.compounds and (compound := self._read_compound(tokens, position)):
            return compound
        said = bool(self._model.document_frequency(token.term))
        if said:
            return plain
        corrections = self._corrections.find(token, written, weights)
        if self._known.is_name(token.term):
            # Nothing is told of it: the word is right, and it may be said in two.
            alternatives = tuple(dict.fromkeys((*plain.term.alternatives, *self._alternatives(corrections))))
            return replace(plain, term=replace(plain.term, alternatives=alternatives))
        return replace(plain, term=self._make_term(token.word, corrections)) if corrections else plain

    def _term_as_typed(self, token: Token) -> QuestionTerm:
        own = ((token.term,),) if self._is_known(token.term) else ()
        return QuestionTerm(token.word, own, self._model.term_weight(token.term))

    def _read_compound(self, tokens: Sequence[Token], position: int) -> _ReadTerm | None:
        """Return a word joined with the one before or after it, where the scope says the compound; None where it says
        neither. Where it also says the two one after the other ("xlnet", "xl net"), one of them by itself is not what
        was asked; where it says both, but apart, each may be."""
        for left, right in ((position - 1, position), (position, position + 1)):
            if left < 0 or right == len(tokens) or tokens[right].start - tokens[left].end != 1:
                continue
            halves = tokens[left], tokens[right]
            if joined := self._forms.join(halves[0].word, halves[1].word):
                whole, apart = (self._analyser.term_of(joined),), tuple(half.term for half in halves)
                if self._is_known(name_run(apart)):
                    return self._make_compound(halves, (whole, apart))
                if all(self._model.document_frequency(half.term) for half in halves):
                    typed = self._term_as_typed(tokens[position])
                    either = replace(typed, alternatives=(*typed.alternatives, whole))
                    return _ReadTerm(either, tokens[position].start, tokens[position].end)
                return self._make_compound(halves, (whole,), joined)
        return None

    def _make_compound(self, halves: Sequence[Token], ways: tuple[Terms, ...], told: str = "") -> _ReadTerm:
        weight = min(self._model.term_weight(name_run(way)) for way in ways)
        kind = RepairKind.JOINED if told else None
        term = QuestionTerm(" ".join(half.word for half in halves), ways, weight, told, repair_kind=kind)
        return _ReadTerm(term, halves[0].start, halves[1].end)

    def _make_term(self, word: str, corrections: Sequence[Correction]) -> QuestionTerm:
        alternatives = self._alternatives(corrections)
        weight = max((self._model.term_weight(name_run(terms)) for terms in alternatives), default=0.0)
        best = corrections[0]
        return QuestionTerm(word, alternatives, weight, " ".join(best.words), best.credit, best.kind)

    def _alternatives(self, corrections: Sequence[Correction]) -> tuple[Terms, ...]:
        """Return the terms of each correction; both halves of a word that is said in two are needed, stop words too."""
        ways = (
            tuple(
                token.term
                for token in self._analyser.tokens(" ".join(correction.words))
                if correction.kind is RepairKind.SPLIT or not token.is_stop_word
            )
            for correction in corrections
        )
        return tuple(dict.fromkeys(filter(None, ways)))

    def _is_told(self, term: QuestionTerm, written: QuestionWords) -> bool:
        """Return whether people are told what a word was searched as: not where it is the same word, spelt right."""
        if term.repair_kind is RepairKind.SPLIT:
            return not self._known.is_ordinary(term.word, written.languages)
        return bool(term.repaired_to) and term.repair_kind is not RepairKind.FAMILY

    def _as_stop_words(self, read_terms: Sequence[_ReadTerm]) -> tuple[QuestionTerm, ...]:
        """Return the terms of a question of misspelt stop words alone: it is searched by them, as if spelt right."""
        tokens = [token for read in read_terms for token in self._analyser.tokens(read.term.repaired_to)]
        said = [token for token in tokens if self._is_known(token.term)]
        return tuple(replace(self._term_as_typed(token), credit=STOP_WORD_CREDIT) for token in said)

    def _glossary_words(self, tokens: Sequence[Token], budget: WorkBudget) -> dict[Token, list[Terms]]:
        """Return by token what the captions say for it, by the glossary; only what occurs in the scope, and no more
        than MAX_WAYS."""
        words: dict[Token, list[Terms]] = {}
        for match in self._glossary.find_matches(tokens):
            said = (way for way in match.said if not budget.is_spent() and self._is_known(name_run(way)))
            ways = list(islice(said, MAX_WAYS))
            words |= dict.fromkeys(tokens[match.first : match.last + 1], ways)
        return words

    def _add_glossary_words(self, read: _ReadTerm, said: Sequence[Terms]) -> _ReadTerm:
        """Add to a word's own term what the captions say for it; its spelling then needs no correction.

        What is said in several ways is at least as common as the commonest of them, which gives its weight.
        """
        if not said:
            return read
        term = read.term
        if term.credit < 1:
            term = replace(term, alternatives=(), repaired_to="", credit=1.0, repair_kind=None)
        return replace(read, term=self._with_alternatives(term, said))

    def _read_number(self, number: NumberTerms, token: Token) -> _ReadTerm:
        """Return a number with the ways to say it: with its name, where it belongs to one."""
        term = QuestionTerm(number.word, (), self._model.term_weight(number.word), is_detail=number.is_detail)
        meant = self._with_alternatives(term, number.alternatives) if number.alternatives else term
        return _ReadTerm(meant, token.start, token.end)

    def _with_alternatives(self, term: QuestionTerm, ways: Sequence[Terms]) -> QuestionTerm:
        """Return a term with further ways to say it. It is then as common as the commonest of them."""
        alternatives = tuple(dict.fromkeys((*term.alternatives, *ways)))
        weight = min(self._model.term_weight(name_run(way)) for way in alternatives)
        return replace(term, alternatives=alternatives, weight=weight)

    def _is_known(self, term: str) -> bool:
        return bool(self._model.document_frequency(term)) or self._known.is_in_title(term)


def _content_words(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if not token.is_stop_word]


def _distinct_terms(terms: Iterable[QuestionTerm]) -> Iterable[QuestionTerm]:
    """Yield distinct terms, and none for a word corrected to a stop word ("waht")."""
    seen: set[object] = set()
    for term in terms:
        if term.repaired_to and not term.alternatives:
            continue
        key = term.alternatives or term.word
        if key not in seen:
            seen.add(key)
            yield term


def _reword_question(words: str, told: Sequence[_ReadTerm]) -> str | None:
    """Return the words with every correction in its place, or None where no correction is searched for."""
    if not any(read.term.alternatives for read in told):
        return None
    wording: list[str] = []
    end = 0
    for read in told:
        if read.start >= end:
            wording += [words[end : read.start], read.term.repaired_to]
            end = read.end
    return " ".join("".join([*wording, words[end:]]).split())
