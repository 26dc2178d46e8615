"""An example question that the videos of a scope answer, made of their own words, for both programs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from bot import asking
from bot.answering.question import parse_question, remove_operators
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import AnswerLevel
from storage.analysis import Token, analyser_for, base_language
from storage.library import Library
from storage.models import Scope, Segment, VideoSummary

MAX_VIDEOS, TERMS_PER_VIDEO, MAX_TRIED = 4, 16, 8
"""How many videos are looked into, how many of their telling words, and how many questions are tried at most."""
MIN_PAIR_COUNT = 2
"""How often a name of two words is said at least."""
MIN_NOUN_SHARE = 0.25
"""How often a word must follow a determiner to be taken for a noun: nobody asks what "saturates" is."""
_DETERMINERS = frozenset(
    {
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "each",
        "every",
        "our",
        "your",
        "its",
        "my",
        "their",
        "of",
        "no",
    }
)
_NO_NAMES = frozenset(
    {
        "one",
        "ones",
        "two",
        "three",
        "four",
        "first",
        "second",
        "third",
        "last",
        "next",
        "right",
        "okay",
        "lot",
        "many",
        "other",
    }
)
"""Words that join many others, and name nothing with them."""
_KEPT = 64
"""Scopes whose example is remembered."""


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """A question for what a video names, and how little it tells: of two, the one that comes first is asked."""

    text: str
    blandness: tuple[bool, bool]


class ExampleQuestions:
    """Finds an example question for a scope, and remembers it until the videos there change."""

    def __init__(self, library: Library, thresholds: SurenessThresholds | None = None) -> None:
        self._library, self._thresholds = library, thresholds
        self._found: LRUCache[tuple[Scope, tuple[tuple[str, int], ...]], str] = LRUCache(_KEPT)

    async def find(self, scope: Scope) -> str:
        """Return a question that the videos of a scope answer surely, or the sample talks while it is empty; "" where
        none was found."""
        scope = await self._library.or_samples(scope)
        key = scope, await self._library.revision(scope)
        if key not in self._found:
            self._found[key] = await self._find_answered(scope)
        return self._found[key]

    async def _find_answered(self, scope: Scope) -> str:
        candidates: list[tuple[NameQuestion, str]] = []
        for summary in _spread(await self._library.videos(scope), MAX_VIDEOS):
            candidates += [(question, summary.video.video_id) for question in await self._ask_of(scope, summary)]
        candidates.sort(key=lambda candidate: candidate[0].blandness)
        for question, video_id in candidates[:MAX_TRIED]:
            parsed = parse_question(question.text)
            answer = await asking.ask(self._library, scope, parsed, limit=1, thresholds=self._thresholds)
            if answer.level is AnswerLevel.CONFIDENT and answer.excerpts[0].video.video_id == video_id:
                return question.text
        return ""

    async def _ask_of(self, scope: Scope, summary: VideoSummary) -> list[NameQuestion]:
        video = summary.video
        terms = await self._library.key_terms(scope, video.video_id, TERMS_PER_VIDEO)
        segments = await self._library.segments_between(scope, video.video_id, 0.0, summary.end_second)
        words = [term.word for term in terms]
        return await asyncio.to_thread(ask_for_names, words, segments, video.language or "en")


def _spread(summaries: Sequence[VideoSummary], count: int) -> list[VideoSummary]:
    """Return so many of the videos, from all over their list."""
    step = max(1, len(summaries) // count)
    return list(summaries[::step][:count])


def ask_for_names(words: Sequence[str], segments: Sequence[Segment], language: str) -> list[NameQuestion]:
    """Return questions for what a video names with its telling words, the least bland first: "What is a hold cue?"
    comes before "What is the loss function?", and names of one word come last.

    What is never used as a noun is left out. In other languages than English the question is the name alone.
    """
    language = base_language(language)
    analyser = analyser_for(language)
    terms = {analyser.term_of(word) for word in words}
    uses: dict[str, Counter[str]] = {}
    for segment in segments:
        _count_uses(uses, terms, list(analyser.tokens(segment.text)), segment.text)
    pairs = [name for name, before in uses.items() if " " in name and before.total() >= MIN_PAIR_COUNT]
    pairs = [name for name in pairs if all(map(_is_word_of_name, name.lower().split()))]
    pairs.sort(key=lambda name: -uses[name].total())
    questions = [_ask_what_it_is(name, uses.get(name, Counter()), language) for name in dict.fromkeys((*pairs, *words))]
    return sorted(filter(None, questions), key=lambda question: question.blandness)


def _is_word_of_name(word: str) -> bool:
    return len(word) > 1 and word not in _NO_NAMES and not any(character.isdigit() for character in word)


def _count_uses(uses: dict[str, Counter[str]], terms: Collection[str], tokens: Sequence[Token], text: str) -> None:
    """Count the words before each use of a telling word, alone or with one other, by the name as it is written."""
    for first, last in _content_runs(tokens, text):
        named = tokens[first : min(last, first + 2)]  # "a hold cue adds no words": what comes later may be a verb
        if any(token.term in terms for token in named):
            name = text[named[0].start : named[-1].end]
            uses.setdefault(name, Counter())[tokens[first - 1].word if first else ""] += 1


def _content_runs(tokens: Sequence[Token], text: str) -> Iterator[tuple[int, int]]:
    """Yield where words with a meaning follow one another with nothing but a space between them."""
    first = 0
    for place, token in enumerate(tokens):
        joined = place > first and text[tokens[place - 1].end : token.start] == " "
        if token.is_stop_word or not joined:
            if first < place:
                yield first, place
            first = place + 1 if token.is_stop_word else place
    if first < len(tokens):
        yield first, len(tokens)


def _ask_what_it_is(name: str, before: Counter[str], language: str) -> NameQuestion | None:
    """Return the question for a name, with the article that it has most often; None for what is no noun."""
    plain = " ".join(remove_operators(name).split())
    is_single = " " not in plain
    if language != "en":
        return NameQuestion(f"{plain}?", (is_single, False)) if plain else None
    share = {word: before[word] / max(before.total(), 1) for word in _DETERMINERS}
    if sum(share.values()) < MIN_NOUN_SHARE:
        return None
    if plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        return NameQuestion(f"What are {plain}?", (is_single, False))
    article = max(("a", "an", "the"), key=share.__getitem__)
    if share[article] < MIN_NOUN_SHARE:
        return NameQuestion(f"What is {plain}?", (is_single, False))
    return NameQuestion(f"What is {article} {plain}?", (is_single, article == "the"))
