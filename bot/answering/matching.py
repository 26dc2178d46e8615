"""Finds a question's words in texts. Texts are read as the index reads them, so that what matched is marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.analysis import Token, analyser_for
from storage.models import Question, QuestionTerm, SearchResult

MIN_WORDING_WORDS = 3
"""How many words a question has at least whose own wording, stop words and all, is looked for as a quoted phrase is: of
fewer the words that match, next to each other, say as much."""
_WORD = re.compile(r"\w+")
_BETWEEN_WORDS = r"\W+"


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of text that says a word of the question: which one, counted from 0, and how much it weighs."""

    start: int
    end: int
    term: int
    weight: float


class Matcher:
    """Finds the words of one question in texts."""

    def __init__(self, question: Question, result: SearchResult) -> None:
        self._analyser = analyser_for(result.language)
        # What was read of a text: several methods look at the same one.
        self._tokens: dict[str, list[Token]] = {}
        self._matches: dict[str, list[Match]] = {}
        self._places_of_phrases: dict[str, list[tuple[int, int]]] = {}
        self.question = question
        self.terms = result.terms
        self.speakers = result.speakers
        self._ways = _group_ways(result.terms)
        self._phrases = list(dict.fromkeys(filter(None, map(self._words_of, question.phrases))))
        self._wording = None if self._phrases else _compile_wording(question.words)
        self._excluded_terms, self._excluded_phrases = self._read_exclusions(question.exclusions)
        self._wanted = self._ways.keys() | self._excluded_terms
        has_runs = any(len(run) > 1 for ways in self._ways.values() for run, _ in ways)
        self._needs_every_token = has_runs or bool(self._phrases or self._excluded_phrases)

    def find_matches(self, text: str) -> list[Match]:
        """Return every match of the question's words in a text, by their starts."""
        if text not in self._matches:
            self._matches[text] = list(self._match_tokens(self._read_tokens(text)))
        return self._matches[text]

    def find_highlights(self, text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Return what to mark in a quote `text[start:end]`, as places within the quote.

        These are matched words and whole phrases, joined where only spaces lie between.
        """
        spans = {(match.start, match.end) for match in self.find_matches(text)}
        spans.update(self.find_phrases(text))
        inside = sorted((left - start, right - start) for left, right in spans if start <= left and right <= end)
        return tuple(_join_spans(inside, text[start:end]))

    def find_phrases(self, text: str) -> list[tuple[int, int]]:
        """Return where the quoted phrases of the question stand in a text; where it has none, its own wording."""
        if not self._phrases:
            return [match.span() for match in self._wording.finditer(text)] if self._wording else []
        if text not in self._places_of_phrases:
            tokens = self._read_tokens(text)
            runs = _Runs(token.word for token in tokens)
            self._places_of_phrases[text] = [
                (tokens[place].start, tokens[place + len(phrase) - 1].end)
                for phrase in self._phrases
                for place in runs.find(phrase)
            ]
        return self._places_of_phrases[text]

    def holds_phrases(self, texts: Iterable[str]) -> bool:
        """Return whether texts, one after the other, hold every quoted phrase of the question in full.

        Every text is read by itself, as the index reads segments: a sound mark ends where its segment does. Beside it
        the index has the pair of characters across the border of two segments.
        """
        if not self._phrases:
            return True
        runs = _Runs(self._read_words(tuple(texts)))
        return all(map(runs.holds, self._phrases))

    def excludes(self, text: str) -> bool:
        """Return whether a text holds anything that the question excludes."""
        if not self._excluded_terms and not self._excluded_phrases:
            return False
        tokens = self._read_tokens(text)
        if any(token.term in self._excluded_terms for token in tokens):
            return True
        return any(map(_Runs(token.word for token in tokens).holds, self._excluded_phrases))

    def _match_tokens(self, tokens: Sequence[Token]) -> Iterator[Match]:
        begun = [(number, ways) for number, token in enumerate(tokens) if (ways := self._ways.get(token.term))]
        for number, ways in begun:
            for run, place in ways:
                said = tokens[number : number + len(run)]
                if len(run) == 1 or tuple(token.term for token in said) == run:
                    yield Match(said[0].start, said[-1].end, place, self.terms[place].weight)

    def _read_exclusions(self, exclusions: Sequence[str]) -> tuple[frozenset[str], list[tuple[str, ...]]]:
        tokenized = [list(self._analyser.tokens(exclusion)) for exclusion in dict.fromkeys(exclusions)]
        single = frozenset(tokens[0].term for tokens in tokenized if len(tokens) == 1)
        return single, [tuple(token.word for token in tokens) for tokens in tokenized if len(tokens) > 1]

    def _read_tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text that matter to the question, read once.

        Where it has phrases or runs all of them do; else only those that match or are excluded.
        """
        if text not in self._tokens:
            every = self._needs_every_token
            self._tokens[text] = (
                list(self._analyser.tokens(text)) if every else self._analyser.find_tokens(text, self._wanted)
            )
        return self._tokens[text]

    def _read_words(self, texts: Sequence[str]) -> Iterator[str]:
        for text, following in zip(texts, [*texts[1:], ""], strict=True):
            yield from (token.word for token in self._read_tokens(text))
            if (pair := self._analyser.crossing_token(text, following)) is not None:
                yield pair.word

    def _words_of(self, phrase: str) -> tuple[str, ...]:
        return tuple(token.word for token in self._analyser.tokens(phrase))


class _Runs:
    """The words of a text, and where each of them stands: a question may have a thousand phrases to look for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(self._words):
            self._places.setdefault(word, []).append(place)

    def find(self, phrase: tuple[str, ...]) -> Iterator[int]:
        """Return the places where a phrase begins."""
        places = self._places.get(phrase[0], ())
        return (place for place in places if self._words[place : place + len(phrase)] == phrase)

    def holds(self, phrase: tuple[str, ...]) -> bool:
        """Return whether a phrase stands anywhere."""
        return any(True for _ in self.find(phrase))


def _compile_wording(words: str) -> re.Pattern[str] | None:
    """Return what finds the words of a question as they stand, None where they are too few to be a wording."""
    said = _WORD.findall(words)
    if len(said) < MIN_WORDING_WORDS:
        return None
    return re.compile(rf"\b{_BETWEEN_WORDS.join(said)}\b", re.IGNORECASE)


def _group_ways(terms: Sequence[QuestionTerm]) -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """Return by their first term the runs that say a word of the question, most of them of one term, and which word."""
    ways: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for run, place in {run: place for place, term in enumerate(terms) for run in term.alternatives}.items():
        ways.setdefault(run[0], []).append((run, place))
    return ways


def _join_spans(spans: Iterable[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start].isspace()):
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
