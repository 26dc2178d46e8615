"""The one road from a question to an answer, for every face."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bot.answering.answer import compose_answer, merge_answers
from bot.answering.excerpts import QUOTE_LENGTH, quote_whole
from bot.answering.matching import Matcher
from bot.answering.passages import MAX_PASSAGES_PER_VIDEO, build_passage, widen_passage
from bot.answering.question import drop_phrases, parse_question
from bot.answering.sureness import SurenessThresholds
from bot.answering.timeline import combine_strips
from bot.answering.values import Answer, AnsweredTimeline, AnswerLevel, OpenedPassage, Passage, PassageRange
from bot.errors import PassageGone
from bot.operations import metrics
from storage.errors import UnknownFilter
from storage.library import Library
from storage.models import ALL_FEATURES, Hit, Question, RankingFeature, Scope, SearchResult, Segment, Timeline

_COMPOSING = ThreadPoolExecutor(1, "composing")
"""One answer at a time: threads that only run Python hold each other up."""

Result = TypeVar("Result")

DEFAULT_QUOTES = 5
"""How many excerpts an answer shows at most."""
HITS_PER_QUOTE = 8
"""How many hits are looked at for each: neighbours, repetitions and a talkative video drop out."""
SPARE_PASSAGES = 5
"""How many passages more than excerpts are read, because some say the same."""
MAX_STRIPS = 12
"""How many videos a timeline shows at most: more make a picture that nobody can read in a chat."""
MAX_MOMENTS = 8
"""How many moments of them are numbered and quoted: what a card has room for."""
MOMENT_LENGTH = 200
"""About how many characters of each are quoted: a timeline tells where, and an answer what."""
NEAR_MISS_THRESHOLDS = SurenessThresholds(1.0, 1.0)
"""For what is shown only as a near miss, however well it matches."""
AROUND_SECONDS = 120.0
"""How far around a hit its neighbours are looked for; a segment is rarely longer than 40 seconds."""


async def ask(
    library: Library,
    scope: Scope,
    text: str,
    *,
    video: str = "",
    creator: str = "",
    limit: int = DEFAULT_QUOTES,
    cuts: SurenessThresholds | None = None,
) -> Answer:
    """Answer a question from the libraries of a scope, or from the sample talks while it is empty.

    `cuts` say how sure an answer must be, unless as shipped.

    Raises EmptyQuestion, and UnknownFilter where a filter names nothing.
    """
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        question = parse_question(text, video=video, creator=creator)
        found = await _search(library, scope, question, HITS_PER_QUOTE * limit)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        answer = merge_answers(
            [await _compose(library, part, question, each, limit, cuts) for part, each in found], limit
        )
    return await _with_near_misses(answer, library, scope, question, limit)


async def _with_near_misses(answer: Answer, library: Library, scope: Scope, question: Question, limit: int) -> Answer:
    """An answer; where its quoted phrases left nothing to show, with what comes near to their words."""
    if not question.phrases or answer.excerpts or answer.near_misses:
        return answer
    question = drop_phrases(question)
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        found = await _search(library, scope, question, HITS_PER_QUOTE * limit)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        near = [await _compose(library, part, question, each, limit, NEAR_MISS_THRESHOLDS) for part, each in found]
    return replace(answer, near_misses=merge_answers(near, limit).near_misses)


async def timeline(
    library: Library,
    scope: Scope,
    text: str,
    *,
    video: str = "",
    creator: str = "",
    cuts: SurenessThresholds | None = None,
) -> AnsweredTimeline:
    """Where in the videos of a scope a question is spoken of. Its answer and its errors are as those of `ask`."""
    question = parse_question(text, video=video, creator=creator)

    async def look(part: Scope) -> Timeline:
        return await library.timeline(part, question, MAX_STRIPS)

    with metrics.time_step(metrics.AnswerStep.SEARCH):
        found = await _for_each_language(library, scope, look)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        answers = [
            await _compose(library, part, question, each.result, MAX_MOMENTS, cuts, MOMENT_LENGTH)
            for part, each in found
        ]
    answer = await _with_near_misses(merge_answers(answers, MAX_MOMENTS), library, scope, question, MAX_MOMENTS)
    if answer.level is AnswerLevel.NOTHING:
        return AnsweredTimeline(answer)
    spoken_in = frozenset(excerpt.video.video_id for excerpt in answer.excerpts)
    return AnsweredTimeline(answer, combine_strips([each for _, each in found], spoken_in, MAX_STRIPS))


async def _compose(
    library: Library,
    scope: Scope,
    question: Question,
    findings: SearchResult,
    limit: int,
    cuts: SurenessThresholds | None,
    length: int = QUOTE_LENGTH,
) -> Answer:
    passages = await _select_passages(library, scope, question, findings, limit + SPARE_PASSAGES)
    composing = partial(compose_answer, question, findings, passages, limit, cuts, length)
    return await asyncio.get_running_loop().run_in_executor(_COMPOSING, composing)


async def search(
    library: Library,
    scope: Scope,
    text: str,
    *,
    video: str = "",
    creator: str = "",
    limit: int = 10,
    steps: frozenset[RankingFeature] = ALL_FEATURES,
) -> tuple[Hit, ...]:
    """The ranked segments themselves, nothing joined or dropped. Raises as `ask` does."""
    question = parse_question(text, video=video, creator=creator)
    found = await _search(library, scope, question, limit, steps)
    hits = (hit for _, findings in found for hit in findings.hits)
    return tuple(sorted(hits, key=lambda hit: -hit.score)[:limit])


async def open_passage(
    library: Library, scope: Scope, text: str, stretch: PassageRange, *, step: int = 0, creator: str = ""
) -> OpenedPassage:
    """A passage by itself, its matches marked for the question; `step` widens it, -1 to earlier and +1 to later.

    Raises PassageGone where it is not stored any more.
    """
    question = parse_question(text, video=stretch.video_id, creator=creator)
    try:
        found = await _search(library, scope, question, 1)
        if question.phrases and not any(findings.hits for _, findings in found):
            # It was shown as a near miss, for the words of a phrase that nobody says.
            question = drop_phrases(question)
            found = await _search(library, scope, question, 1)
    except UnknownFilter as error:
        raise PassageGone("That video is no longer here; ask again.") from error
    scope, findings = next((each for each in found if each[1].hits), found[0])
    matcher = Matcher(question, findings)
    start, end = stretch.first_second - AROUND_SECONDS, stretch.last_second + AROUND_SECONDS
    around = await library.segments_between(scope, stretch.video_id, start, end)
    segments, earlier, later = widen_passage(around, stretch, step, matcher)
    if not segments or not findings.hits:
        raise PassageGone("That passage is no longer here; ask again.")
    best = findings.hits[0]
    excerpt = await asyncio.to_thread(quote_whole, Passage(best.video, segments, best.score), matcher)
    return OpenedPassage(excerpt, earlier, later)


async def _search(
    library: Library, scope: Scope, question: Question, limit: int, steps: frozenset[RankingFeature] = ALL_FEATURES
) -> list[tuple[Scope, SearchResult]]:
    """What is found for a question. Raises UnknownFilter where a filter names nothing."""

    async def look(part: Scope) -> SearchResult:
        return await library.search(part, question, limit, steps=steps)

    return await _for_each_language(library, scope, look)


async def _for_each_language(
    library: Library, scope: Scope, look: Callable[[Scope], Awaitable[Result]]
) -> list[tuple[Scope, Result]]:
    """What each language of a scope says of a question: words are read otherwise in each.

    Raises UnknownFilter where a filter names nothing in any of them.
    """
    scope = await library.or_samples(scope)
    found, refusal = [], None
    for part in await library.by_language(scope) or [scope]:
        try:
            found.append((part, await look(part)))
        except UnknownFilter as error:
            refusal = refusal or error
    if refusal and not found:
        raise refusal
    return found


async def _select_passages(
    library: Library, scope: Scope, question: Question, findings: SearchResult, wanted: int
) -> list[Passage]:
    """The best hits with the speech around them; a hit that a better one has taken in is not shown again."""
    shelf = _PassageSelection(Matcher(question, findings), wanted if findings.one_video else MAX_PASSAGES_PER_VIDEO)
    hits = list(findings.hits)
    # A few at a time: the first that are read are nearly always enough.
    while hits and len(shelf.passages) < wanted:
        batch = [hit for hit in hits[:wanted] if shelf.wants(hit)]
        del hits[:wanted]
        for hit, around in zip(batch, await library.segments_around(scope, batch, AROUND_SECONDS), strict=True):
            if shelf.wants(hit):
                shelf.take(hit, around)
    return shelf.passages[:wanted]


class _PassageSelection:
    """The passages so far, and which segments they have taken in."""

    def __init__(self, matcher: Matcher, most_a_video: int) -> None:
        self.passages: list[Passage] = []
        self._matcher = matcher
        self._most = most_a_video
        self._segments: set[tuple[str, float]] = set()
        self._shown: Counter[str] = Counter()

    def wants(self, hit: Hit) -> bool:
        """Whether a hit is neither shown already nor one too many of its video."""
        video_id = hit.video.video_id
        return (video_id, hit.segment.start_second) not in self._segments and self._shown[video_id] < self._most

    def take(self, hit: Hit, around: list[Segment]) -> None:
        """Make a passage of a hit and the segments around it that no other passage shows.

        None is made where a quoted phrase runs on into what another passage shows, or into what may not be shown.
        """
        video_id = hit.video.video_id
        shown = {start for taken_id, start in self._segments if taken_id == video_id}
        passage = build_passage(hit, _free_segments(hit.segment.start_second, around, shown), self._matcher)
        if not self._matcher.holds_phrases(segment.text for segment in passage.segments):
            return
        self._segments.update((video_id, segment.start_second) for segment in passage.segments)
        self._shown[video_id] += 1
        self.passages.append(passage)


def _free_segments(start: float, around: list[Segment], shown: set[float]) -> list[Segment]:
    """The segments about the one that begins at `start`, as far as no other passage shows them already."""
    before = itertools.takewhile(
        lambda each: each.start_second not in shown, reversed([each for each in around if each.start_second < start])
    )
    after = itertools.takewhile(
        lambda each: each.start_second not in shown, (each for each in around if each.start_second >= start)
    )
    return [*reversed(list(before)), *after]
