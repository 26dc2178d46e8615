"""How a question becomes an answer, for Discord and the terminal alike."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from bot.answering.answer import compose_answer, merge_answers
from bot.answering.excerpts import QUOTE_LENGTH, quote_whole
from bot.answering.matching import Matcher
from bot.answering.passage_selection import PassageSelection
from bot.answering.passages import widen_passage
from bot.answering.question import drop_phrases
from bot.answering.sureness import SurenessThresholds
from bot.answering.timeline import MAX_STRIPS, combine_strips
from bot.answering.values import Answer, AnsweredTimeline, AnswerLevel, OpenedPassage, Passage, PassageRange
from bot.errors import PassageGone
from bot.operations import metrics
from storage.errors import UnknownFilter
from storage.library import Library
from storage.models import ALL_FEATURES, Hit, Question, RankingFeature, Scope, SearchResult

_COMPOSING = ThreadPoolExecutor(1, "composing")
"""One answer at a time: threads that only run Python hold one another up."""

DEFAULT_QUOTES = 5
"""How many excerpts an answer shows at most."""
HITS_PER_QUOTE = 8
"""How many hits are read per excerpt: neighbours, repetitions and a talkative video drop out."""
SPARE_PASSAGES = 5
"""How many passages more than excerpts are read, because some say the same."""
MAX_MOMENTS = 8
"""How many moments of a timeline are numbered and quoted: what a card has room for."""
MOMENT_LENGTH = 200
"""About how many characters of a moment are quoted: a timeline shows where, and an answer what."""
NEAR_MISS_THRESHOLDS = SurenessThresholds(1.0, 1.0)
"""For what is shown only as a near miss, however well it matches."""
AROUND_SECONDS = 120.0
"""How far around a hit its neighbours are looked for; a segment is rarely longer than 40 seconds."""


async def ask(
    library: Library,
    scope: Scope,
    question: Question,
    *,
    limit: int = DEFAULT_QUOTES,
    thresholds: SurenessThresholds | None = None,
) -> Answer:
    """Answer a question from the libraries of a scope, or from the sample talks while it is empty.

    `thresholds` say how sure an answer must be; None means the defaults. Raises UnknownFilter where a filter names
    nothing.
    """
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        results = await library.search(scope, question, HITS_PER_QUOTE * limit)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        answers = [await _compose(library, question, result, limit, thresholds) for result in results]
    return await _add_near_misses(merge_answers(answers, limit), library, scope, question, limit)


async def timeline(
    library: Library, scope: Scope, question: Question, *, thresholds: SurenessThresholds | None = None
) -> AnsweredTimeline:
    """Find where in the videos of a scope a question is spoken of. Its answer and its errors are as those of `ask`."""
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        timelines = await library.timeline(scope, question, MAX_STRIPS)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        answers = [
            await _compose(library, question, ranked.result, MAX_MOMENTS, thresholds, MOMENT_LENGTH)
            for ranked in timelines
        ]
    answer = await _add_near_misses(merge_answers(answers, MAX_MOMENTS), library, scope, question, MAX_MOMENTS)
    if answer.level is AnswerLevel.NOTHING:
        return AnsweredTimeline(answer)
    spoken_in = frozenset(excerpt.video.video_id for excerpt in answer.excerpts)
    return AnsweredTimeline(answer, combine_strips(timelines, spoken_in, MAX_STRIPS))


async def search(
    library: Library,
    scope: Scope,
    question: Question,
    *,
    limit: int = 10,
    features: frozenset[RankingFeature] = ALL_FEATURES,
) -> tuple[Hit, ...]:
    """Rank the segments themselves, nothing joined or dropped. Raises as `ask` does."""
    results = await library.search(scope, question, limit, features=features)
    hits = (hit for result in results for hit in result.hits)
    return tuple(sorted(hits, key=lambda hit: -hit.score)[:limit])


async def open_passage(
    library: Library, scope: Scope, question: Question, passage_range: PassageRange, *, step: int = 0
) -> OpenedPassage:
    """Show a passage by itself, its matches marked for a question about its video alone; `step` widens it, -1 to
    earlier and +1 to later.

    Raises PassageGone where it is not stored any more.
    """
    try:
        # The order does not matter here: no model need read the hits.
        results = await library.search(scope, question, 1, by_meaning=False)
        if question.phrases and not any(result.hits for result in results):
            # It was shown as a near miss, for the words of a phrase that no one says.
            question = drop_phrases(question)
            results = await library.search(scope, question, 1, by_meaning=False)
    except UnknownFilter as error:
        raise PassageGone("That video is no longer here; ask again.") from error
    result = next((result for result in results if result.hits), results[0])
    matcher = Matcher(question, result)
    start = passage_range.first_second - AROUND_SECONDS
    end = passage_range.last_second + AROUND_SECONDS
    around = await library.segments_between(result.scope, passage_range.video_id, start, end)
    segments, earlier, later = widen_passage(around, passage_range, step, matcher)
    if not segments or not result.hits:
        raise PassageGone("That passage is no longer here; ask again.")
    best = result.hits[0]
    excerpt = await asyncio.to_thread(quote_whole, Passage(best.video, segments, best.score), matcher)
    return OpenedPassage(excerpt, earlier, later)


async def _add_near_misses(answer: Answer, library: Library, scope: Scope, question: Question, limit: int) -> Answer:
    """Add what comes near to the words of quoted phrases, where these left nothing to show."""
    if not question.phrases or answer.excerpts or answer.near_misses:
        return answer
    question = drop_phrases(question)
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        results = await library.search(scope, question, HITS_PER_QUOTE * limit)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        near = [await _compose(library, question, result, limit, NEAR_MISS_THRESHOLDS) for result in results]
    return replace(answer, near_misses=merge_answers(near, limit).near_misses)


async def _compose(
    library: Library,
    question: Question,
    result: SearchResult,
    limit: int,
    thresholds: SurenessThresholds | None,
    length: int = QUOTE_LENGTH,
) -> Answer:
    """Read the speech around the best hits, and answer from it."""
    matcher = Matcher(question, result)
    selection = PassageSelection(result, matcher, limit + SPARE_PASSAGES)
    while batch := selection.next_batch():
        selection.add_batch(batch, await library.segments_around(result.scope, batch, AROUND_SECONDS))
    compose = partial(compose_answer, result, selection.passages, matcher, limit, thresholds, length)
    return await asyncio.get_running_loop().run_in_executor(_COMPOSING, compose)
