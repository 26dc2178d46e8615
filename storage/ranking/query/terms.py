"""How a question's words are understood in a scope: which terms stand for a word, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from storage.analysis import Analyser, Token, is_unspaced
from storage.models import Question, QuestionTerm, RepairKind
from storage.ranking.bm25 import SparseBM25
from storage.ranking.query.glossary import GlossaryMatcher, Terms
from storage.ranking.query.spelling import Correction, SpellingCorrector
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
        self._speller = speller
        self._analyser = analyser
        self._glossary = glossary

    def parse(
        self, question: Question, weights: RankingWeights = SHIPPED_WEIGHTS
    ) -> tuple[tuple[QuestionTerm, ...], str | None]:
        """Return the terms to search for, and the corrected wording, or None where no word was corrected.

        Quoted phrases are never corrected, and the glossary is not applied to them. A question of stop words alone is
        searched by its stop words, and so is a phrase of stop words in any question: it must be found where it is said.
        """
        free = list(self._analyser.tokens(question.words))
        phrases = [list(self._analyser.tokens(phrase)) for phrase in question.phrases]
        quoted = [token for phrase in phrases for token in phrase]
        only_stop_words = all(token.is_stop_word for token in (*free, *quoted))
        if only_stop_words:
            meant, quoted_meant = free, quoted
        else:
            meant = _content_words(free)
            quoted_meant = [token for phrase in phrases for token in _content_words(phrase) or phrase]
        glossary_words = self._glossary_words(free)
        read_terms = [
            self._add_glossary_words(self._read_token(meant, position, weights), glossary_words.get(token, ()))
            for position, token in enumerate(meant)
        ]
        terms = [*(read.term for read in read_terms), *(self._term_as_typed(token) for token in quoted_meant)]
        if only_stop_words and not glossary_words and not quoted and not is_unspaced(question.words):
            terms = [replace(term, credit=STOP_WORD_CREDIT) for term in terms]
        return tuple(_distinct_terms(terms)), _reword_question(question.words, read_terms)

    def _read_token(self, tokens: Sequence[Token], position: int, weights: RankingWeights) -> _ReadTerm:
        token = tokens[position]
        plain = _ReadTerm(self._term_as_typed(token), token.start, token.end)
        compounds = list(self._find_compounds(tokens, position)) if weights.compounds else []
        if self._model.document_frequency(token.term):
            joined = tuple((self._analyser.term_of(compound),) for compound, _, _ in compounds)
            alternatives = tuple(dict.fromkeys((*plain.term.alternatives, *joined)))
            return replace(plain, term=replace(plain.term, alternatives=alternatives))
        if compounds:
            compound, start, end = compounds[0]
            term = self._make_term(token.word, [Correction((compound,), RepairKind.JOINED)])
            return _ReadTerm(term, start, end)
        return self._correct_token(token, weights) or plain

    def _term_as_typed(self, token: Token) -> QuestionTerm:
        own = ((token.term,),) if self._is_known(token.term) else ()
        return QuestionTerm(token.word, own, self._model.term_weight(token.term))

    def _find_compounds(self, tokens: Sequence[Token], position: int) -> Iterator[tuple[str, int, int]]:
        """Yield a word joined with the one before or after it ("word piece" where the talks say "wordpiece"), and where
        both stand in the question."""
        for left, right in ((position - 1, position), (position, position + 1)):
            if left >= 0 and right < len(tokens) and tokens[right].start - tokens[left].end == 1:
                joined = self._speller.join_compound(tokens[left].word, tokens[right].word)
                if joined:
                    yield joined, tokens[left].start, tokens[right].end

    def _correct_token(self, token: Token, weights: RankingWeights) -> _ReadTerm | None:
        titled = self._is_in_title(token.term)
        corrections: list[Correction] = []
        if weights.spelling and not titled:
            corrections = self._speller.restore_marks(token.word) or self._speller.find_spellings(token.word, 1)
        if weights.compounds and not corrections:
            # Where the title has the word, the captions may still say it in two ("xlnet", "xl net").
            corrections = self._speller.split_compound(token.word)
        if weights.spelling and not titled and not corrections:
            corrections = self._speller.find_spellings(token.word, 2)
        if not corrections:
            return None
        own: tuple[str, ...] = (token.term,) if titled else ()
        return _ReadTerm(self._make_term(token.word, corrections, own), token.start, token.end)

    def _make_term(self, word: str, corrections: Sequence[Correction], own: tuple[str, ...] = ()) -> QuestionTerm:
        replacements = [self._content_terms(" ".join(correction.words)) for correction in corrections]
        alternatives = tuple(dict.fromkeys(alternative for alternative in (own, *replacements) if alternative))
        weight = max((self._model.term_weight(term) for terms in alternatives for term in terms), default=0.0)
        repaired_to = " or ".join(" ".join(correction.words) for correction in corrections)
        return QuestionTerm(word, alternatives, weight, repaired_to, corrections[0].credit, corrections[0].kind)

    def _content_terms(self, text: str) -> tuple[str, ...]:
        return tuple(token.term for token in self._analyser.tokens(text) if not token.is_stop_word)

    def _glossary_words(self, tokens: Sequence[Token]) -> dict[Token, list[Terms]]:
        """Return by token what the captions say for it, by the glossary; only what occurs in the scope."""
        return {
            token: [way for way in match.said if all(self._is_known(term) for term in way)]
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
        alternatives = tuple(dict.fromkeys((*term.alternatives, *said)))
        weight = min(max(self._model.term_weight(part) for part in way) for way in alternatives)
        return replace(read, term=replace(term, alternatives=alternatives, weight=weight))

    def _is_known(self, term: str) -> bool:
        return bool(self._model.document_frequency(term)) or self._is_in_title(term)

    def _is_in_title(self, term: str) -> bool:
        return any(len(index.videos_titled(term)) for index in self._model.parts)


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


def _reword_question(words: str, read_terms: Sequence[_ReadTerm]) -> str | None:
    """Return the words with every correction in its place, or None where no correction is searched for."""
    if not any(read.term.repaired_to and read.term.alternatives for read in read_terms):
        return None
    wording: list[str] = []
    end = 0
    for read in read_terms:
        if read.term.repaired_to and read.start >= end:
            wording += [words[end : read.start], read.term.repaired_to]
            end = read.end
    return " ".join("".join([*wording, words[end:]]).split())
