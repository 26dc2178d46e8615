"""How a question's words are understood in a scope: which terms stand for a word, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from storage.analysis import Analyser, Token, blank_stop_phrases, is_unspaced
from storage.models import Question, QuestionTerm, RepairKind
from storage.ranking.bm25 import SparseBM25
from storage.ranking.index.runs import name_run
from storage.ranking.query.corrections import Corrections
from storage.ranking.query.glossary import GlossaryMatcher, Terms
from storage.ranking.query.known_words import KnownWords
from storage.ranking.query.numbers import NumberTerms, find_numbers
from storage.ranking.query.question_words import QuestionWords
from storage.ranking.query.spelling import Correction, SpellingCorrector
from storage.ranking.query.word_forms import WordForms
from storage.ranking.weights import SHIPPED_WEIGHTS, RankingWeights

STOP_WORD_CREDIT = 0.25
"""How far it may be trusted that a question of stop words alone ("who are you?") is answered where they are said: so
little that hardly any answer to it is confident. In scripts without spaces the stop words are only a rule of thumb, and
quoted stop words were meant."""


@dataclass(frozen=True, slots=True)
class _ReadTerm:
    """A term, and the stretch of the question's words that its correction replaces."""

    term: QuestionTerm
    start: int
    end: int


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
        self, question: Question, weights: RankingWeights = SHIPPED_WEIGHTS
    ) -> tuple[tuple[QuestionTerm, ...], str | None]:
        """Return the terms to search for, and the corrected wording, or None where no word was corrected.

        Quoted phrases are never corrected, and the glossary is not applied to them. A question of stop words alone is
        searched by its stop words, and so is a phrase of stop words in any question: it must be found where it is said.
        """
        words = blank_stop_phrases(question.words, self._analyser.language)
        free = list(self._analyser.tokens(words))
        phrases = [list(self._analyser.tokens(phrase)) for phrase in question.phrases]
        quoted = [token for phrase in phrases for token in phrase]
        only_stop_words = all(token.is_stop_word for token in (*free, *quoted))
        if only_stop_words:
            free = list(self._analyser.tokens(question.words))
            meant, quoted_meant = _content_words(free) or free, quoted
        else:
            meant = _content_words(free)
            quoted_meant = [token for phrase in phrases for token in _content_words(phrase) or phrase]
        glossary_words = self._glossary_words(free)
        written = QuestionWords(question.words, free, self._analyser.language)
        numbers = find_numbers(written, self._known, free, self._analyser)
        read_terms = [
            self._add_glossary_words(
                self._read_number(numbers[token], token)
                if token in numbers
                else self._read_token(meant, position, written, weights),
                glossary_words.get(token, ()),
            )
            for position, token in enumerate(meant)
        ]
        terms = [*(read.term for read in read_terms), *(self._term_as_typed(token) for token in quoted_meant)]
        if only_stop_words and not glossary_words and not quoted and not is_unspaced(question.words):
            terms = [replace(term, credit=STOP_WORD_CREDIT) for term in terms]
        distinct = tuple(_distinct_terms(terms)) or self._as_stop_words(read_terms)
        told = [read for read in read_terms if self._is_told(read.term, written)]
        return distinct, _reword_question(question.words, told)

    def _read_token(
        self, tokens: Sequence[Token], position: int, written: QuestionWords, weights: RankingWeights
    ) -> _ReadTerm:
        token = tokens[position]
        plain = _ReadTerm(self._term_as_typed(token), token.start, token.end)
        compounds = list(self._find_compounds(tokens, position)) if weights.compounds else []
        said = bool(self._model.document_frequency(token.term))
        if said or self._known.is_name(token.term):
            # Nothing is said of it: the word is right, and it may be said in other ways.
            other_ways = [Correction((compound,), RepairKind.JOINED) for compound, _, _ in compounds]
            other_ways += [] if said else self._corrections.find(token, written, weights)
            alternatives = tuple(dict.fromkeys((*plain.term.alternatives, *self._alternatives(other_ways))))
            return replace(plain, term=replace(plain.term, alternatives=alternatives))
        if compounds:
            compound, start, end = compounds[0]
            term = self._make_term(token.word, [Correction((compound,), RepairKind.JOINED)])
            return _ReadTerm(term, start, end)
        corrections = self._corrections.find(token, written, weights)
        return replace(plain, term=self._make_term(token.word, corrections)) if corrections else plain

    def _term_as_typed(self, token: Token) -> QuestionTerm:
        own = ((token.term,),) if self._is_known(token.term) else ()
        return QuestionTerm(token.word, own, self._model.term_weight(token.term))

    def _find_compounds(self, tokens: Sequence[Token], position: int) -> Iterator[tuple[str, int, int]]:
        """Yield a word joined with the one before or after it ("word piece" where the talks say "wordpiece"), and where
        both stand in the question."""
        for left, right in ((position - 1, position), (position, position + 1)):
            if left >= 0 and right < len(tokens) and tokens[right].start - tokens[left].end == 1:
                joined = self._forms.join(tokens[left].word, tokens[right].word)
                if joined:
                    yield joined, tokens[left].start, tokens[right].end

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

    def _glossary_words(self, tokens: Sequence[Token]) -> dict[Token, list[Terms]]:
        """Return by token what the captions say for it, by the glossary; only what occurs in the scope."""
        return {
            token: [way for way in match.said if self._is_known(name_run(way))]
            for match in self._glossary.find_matches(tokens)
            for token in tokens[match.first : match.last + 1]
        }

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
        """Return a number with the ways to say it that occur in the scope: with its name, where it belongs to one."""
        ways = [way for way in number.ways if self._is_known(name_run(way))]
        if number.name:
            term = QuestionTerm(number.name, (), self._model.term_weight(token.term))
        else:
            term = self._term_as_typed(token)
        return _ReadTerm(self._with_alternatives(term, ways) if ways else term, token.start, token.end)

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
