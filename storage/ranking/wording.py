"""How a question's words are understood in a scope: which terms stand for each, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from storage.analysis import Analyser, Token
from storage.models import Question, QuestionTerm
from storage.ranking.bm25 import SparseBM25
from storage.ranking.glossary import Glossary, Way
from storage.ranking.repair import Speller


@dataclass(frozen=True, slots=True)
class _Understood:
    """A term, and the stretch of the question's words that its repair replaces."""

    term: QuestionTerm
    start: int
    end: int


class Wording:
    """Reads questions with the vocabulary of one scope."""

    def __init__(self, model: SparseBM25, speller: Speller, analyser: Analyser, glossary: Glossary) -> None:
        self._model = model
        self._speller = speller
        self._analyser = analyser
        self._glossary = glossary

    def read(self, question: Question) -> tuple[tuple[QuestionTerm, ...], str | None]:
        """The terms to search for, and the repaired wording if any word had to be repaired.

        Quoted phrases are never repaired, nor is the glossary for them. A question of stop words alone is searched by
        its stop words.
        """
        free = list(self._analyser.tokens(question.words))
        quoted = [token for phrase in question.phrases for token in self._analyser.tokens(phrase)]
        if all(token.is_stop_word for token in (*free, *quoted)):
            meant, quoted_meant = free, quoted
        else:
            meant, quoted_meant = _content(free), _content(quoted)
        said = self._said(free)
        understood = [
            self._with_said(self._understand(meant, position), said.get(token, ()))
            for position, token in enumerate(meant)
        ]
        terms = [*(each.term for each in understood), *(self._as_typed(token) for token in quoted_meant)]
        return tuple(_once(terms)), _reworded(question.words, understood)

    def _understand(self, tokens: Sequence[Token], position: int) -> _Understood:
        token = tokens[position]
        plain = _Understood(self._as_typed(token), token.start, token.end)
        if self._model.frequency(token.term):
            return plain
        return self._compound(tokens, position) or self._stand_in(token) or plain

    def _as_typed(self, token: Token) -> QuestionTerm:
        own = ((token.term,),) if self._known(token.term) else ()
        return QuestionTerm(token.word, own, self._model.weight(token.term))

    def _compound(self, tokens: Sequence[Token], position: int) -> _Understood | None:
        """An unknown word joined with the word before or after it ("word piece" where the talks say "wordpiece")."""
        for left, right in ((position - 1, position), (position, position + 1)):
            if left < 0 or right >= len(tokens) or tokens[right].start - tokens[left].end != 1:
                continue
            joined = self._speller.joined(tokens[left].word, tokens[right].word)
            if joined:
                term = self._meaning(tokens[position].word, (joined,))
                return _Understood(term, tokens[left].start, tokens[right].end)
        return None

    def _stand_in(self, token: Token) -> _Understood | None:
        if self._in_title(token.term):
            # The title has the word; the captions may still say it in two ("xlnet", "xl net").
            kept: tuple[str, ...] = (token.term,)
            repair = self._speller.split(token.word)
        else:
            kept, repair = (), self._speller.repair(token.word)
        if repair is None:
            return None
        meant = self._meaning(token.word, repair.words, kept, repair.credit)
        return _Understood(meant, token.start, token.end)

    def _meaning(
        self, word: str, stand_ins: Sequence[str], kept: tuple[str, ...] = (), credit: float = 1.0
    ) -> QuestionTerm:
        tokens = [token for name in stand_ins for token in self._analyser.tokens(name)]
        said = tuple(token.term for token in tokens if not token.is_stop_word)
        weight = max((self._model.weight(term) for term in (*kept, *said)), default=0.0)
        alternatives = tuple(alternative for alternative in (kept, said) if alternative)
        return QuestionTerm(word, alternatives, weight, repaired_to=" ".join(stand_ins), credit=credit)

    def _said(self, tokens: Sequence[Token]) -> dict[Token, list[Way]]:
        """What the captions say, by the glossary, for each token that they mis-hear; as far as it is in the scope."""
        return {
            token: [way for way in stretch.said if all(self._known(term) for term in way)]
            for stretch in self._glossary.stretches(tokens)
            for token in tokens[stretch.first : stretch.last + 1]
        }

    def _with_said(self, understood: _Understood, said: Sequence[Way]) -> _Understood:
        """A word with what the captions say for it beside its own term; no need then to guess at its spelling.

        Whatever is said in several ways is at least as common as the commonest of them, which is what it weighs.
        """
        if not said:
            return understood
        term = understood.term
        if term.credit < 1:
            term = replace(term, alternatives=(), repaired_to="", credit=1.0)
        alternatives = tuple(dict.fromkeys((*term.alternatives, *said)))
        weight = min(max(self._model.weight(each) for each in way) for way in alternatives)
        return replace(understood, term=replace(term, alternatives=alternatives, weight=weight))

    def _known(self, term: str) -> bool:
        return bool(self._model.frequency(term)) or self._in_title(term)

    def _in_title(self, term: str) -> bool:
        return any(term in index.title_videos for index in self._model.libraries)


def _content(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if not token.is_stop_word]


def _once(terms: Iterable[QuestionTerm]) -> Iterable[QuestionTerm]:
    """Each term once, and none for a word repaired to a stop word ("waht")."""
    seen: set[object] = set()
    for term in terms:
        if term.repaired_to and not term.alternatives:
            continue
        key = term.alternatives or term.word
        if key not in seen:
            seen.add(key)
            yield term


def _reworded(words: str, understood: Sequence[_Understood]) -> str | None:
    """The words with every repair in its place, or None if there is none."""
    pieces: list[str] = []
    end = 0
    for each in understood:
        if each.term.repaired_to and each.start >= end:
            pieces += [words[end : each.start], each.term.repaired_to]
            end = each.end
    return " ".join("".join([*pieces, words[end:]]).split()) if pieces else None
