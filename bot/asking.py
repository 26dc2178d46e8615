"""How a question becomes an answer, for Discord and the terminal alike."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.answering.answer import FULL_QUOTES, Findings, answer_findings
from bot.answering.matching import Matcher
from bot.answering.passage_selection import PassageSelection
from bot.answering.passages import note_edges
from bot.answering.question import drop_phrases
from bot.answering.reading import ReadingPlace, read_passage
from bot.answering.sureness import SurenessThresholds
from bot.answering.timeline import MAX_STRIPS, combine_strips
from bot.answering.values import (
    Answer,
    AnsweredTimeline,
    AnswerLevel,
    OpenedPassage,
    Passage,
    PassageRange,
    QuoteLengths,
    QuotePlace,
)
from bot.errors import PassageGone
from bot.operations import metrics
from storage.analysis import is_in_other_language
from storage.errors import UnknownFilter
from storage.library import Library
from storage.models import ALL_FEATURES, Hit, Question, RankingFeature, Scope, SearchResult, Segment

_COMPOSING = ThreadPoolExecutor(1, "composing")
"""One answer at a time: threads that only run Python hold one another up."""

DEFAULT_QUOTES = 5
"""How many excerpts an answer shows at most."""
HITS_PER_QUOTE = 8
"""How many hits are read per excerpt: neighbours, repetitions and a talkative video drop out."""
SPARE_PASSAGES = 5
"""How many passages more than excerpts are read, because some say the same."""
NEWEST_AMONG_HITS, NEWEST_AMONG_PASSAGES = 200, 40
"""How many hits and passages are read where the newest come first: the newest of them need not be among the best few.
The same for every page, so that the pages continue one another."""
MAX_MOMENTS = 4
"""How many moments of a timeline are numbered and quoted: what is seen at a glance, beside the picture."""
MOMENT_LENGTH = 200
"""How many characters of a moment are quoted at most: a timeline shows where, and an answer what."""
MOMENT_LENGTHS = QuoteLengths(MOMENT_LENGTH, MOMENT_LENGTH)
NEAR_MISS_THRESHOLDS = SurenessThresholds(1.0, 1.0, said_is_closest=False)
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
    lengths: QuoteLengths = FULL_QUOTES,
) -> Answer:
    """Answer a question from the libraries of a scope, or from the sample talks while it is empty.

    `thresholds` say how sure an answer must be; None means the defaults. Every quote is composed at its length: its
    link opens at its own words. Raises UnknownFilter where a filter names nothing.
    """
    hits = HITS_PER_QUOTE * limit
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        results = await library.rank(scope, question, max(hits, NEWEST_AMONG_HITS) if question.newest_first else hits)
    return await answer_from(library, scope, question, results, limit=limit, thresholds=thresholds, lengths=lengths)


async def find_results(
    library: Library,
    scope: Scope,
    question: Question,
    *,
    limit: int = HITS_PER_QUOTE * DEFAULT_QUOTES,
    features: frozenset[RankingFeature] = ALL_FEATURES,
) -> list[SearchResult]:
    """Search for a question, once for every language: up to `limit` hits each. Raises as `ask` does."""
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        return await library.search(scope, question, limit, features=features)


async def answer_from(
    library: Library,
    scope: Scope,
    question: Question,
    results: Sequence[SearchResult],
    *,
    limit: int = DEFAULT_QUOTES,
    thresholds: SurenessThresholds | None = None,
    lengths: QuoteLengths = FULL_QUOTES,
) -> Answer:
    """Answer a question from what `find_results` found for it. `ask` does both, and reads no more than it shows."""
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        answer = await _compose(library, question, results, limit, thresholds, lengths)
    answer = await _add_near_misses(answer, library, scope, question, limit, lengths)
    return _note_languages(answer, question, results)


async def timeline(
    library: Library, scope: Scope, question: Question, *, thresholds: SurenessThresholds | None = None
) -> AnsweredTimeline:
    """Find where in the videos of a scope a question is spoken of. Its answer and its errors are as those of `ask`."""
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        timelines = await library.timeline(scope, question, MAX_STRIPS)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        results = [ranked.result for ranked in timelines]
        answer = await _compose(library, question, results, MAX_MOMENTS, thresholds, MOMENT_LENGTHS)
    answer = await _add_near_misses(answer, library, scope, question, MAX_MOMENTS, MOMENT_LENGTHS)
    answer = _note_languages(answer, question, results)
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
    return merge_hits(await find_results(library, scope, question, limit=limit, features=features), limit)


def merge_hits(results: Iterable[SearchResult], limit: int) -> tuple[Hit, ...]:
    """Return the best hits of results in several languages, best first."""
    hits = (hit for result in results for hit in result.hits)
    return tuple(sorted(hits, key=lambda hit: -hit.score)[:limit])


async def open_passage(
    library: Library,
    scope: Scope,
    question: Question,
    passage_range: PassageRange,
    *,
    quoted: QuotePlace | None = None,
    shown: PassageRange | None = None,
    step: int = 0,
) -> OpenedPassage:
    """Show a passage by itself, its matches marked for a question about its video alone.

    `quoted` is what the answer quoted from it. `shown` is where somebody reads by now, None for the passage itself, and
    `step` widens that, -1 to earlier and +1 to later. Raises PassageGone where it is not stored any more.
    """
    question, result = await _rank_in_video(library, scope, question)
    around = await _read_around(library, result.scope, passage_range)
    segments = tuple(
        each for each in around if passage_range.first_second <= each.start_second <= passage_range.last_second
    )
    opened = None
    if segments and result.ranked:
        passage = note_edges(Passage(result.ranked[0].video, segments, result.ranked[0].score), around)
        if shown is not None:
            around = await _read_around(library, result.scope, shown)
        place, matcher = ReadingPlace(passage_range, quoted, shown, step), Matcher(question, result)
        opened = await asyncio.to_thread(read_passage, passage, around, matcher, place, library.hosts)
    if opened is None:
        raise PassageGone("That passage is no longer here; ask again.")
    return opened


async def _rank_in_video(library: Library, scope: Scope, question: Question) -> tuple[Question, SearchResult]:
    """Return what a question about one video finds in it, and the question itself, which is put without its phrases
    where nobody says them."""
    try:
        # The order does not matter here: no model need read the hits.
        results = await library.rank(scope, question, 1, by_meaning=False)
        if question.phrases and not any(result.ranked for result in results):
            # It was shown as a near miss, for the words of a phrase that no one says.
            question = drop_phrases(question)
            results = await library.rank(scope, question, 1, by_meaning=False)
    except UnknownFilter as error:
        raise PassageGone("That video is no longer here; ask again.") from error
    return question, next((result for result in results if result.ranked), results[0])


async def _read_around(library: Library, scope: Scope, place: PassageRange) -> list[Segment]:
    start, end = place.first_second - AROUND_SECONDS, place.last_second + AROUND_SECONDS
    return await library.segments_between(scope, place.video_id, start, end)


def _note_languages(answer: Answer, question: Question, results: Iterable[SearchResult]) -> Answer:
    """Note in which languages the videos are where the question is clearly in another one."""
    spoken = sorted({result.language for result in results if result.language})
    quoted = {excerpt.video.language for excerpt in answer.excerpts} - {""}
    asked = " ".join((question.words, *question.phrases))
    return replace(answer, spoken_in=tuple(spoken)) if is_in_other_language(asked, {*spoken, *quoted}) else answer


async def _add_near_misses(
    answer: Answer, library: Library, scope: Scope, question: Question, limit: int, lengths: QuoteLengths
) -> Answer:
    """Add what comes near to the words of quoted phrases, where these left nothing to show, and the question has time
    left."""
    if not question.phrases or answer.excerpts or answer.near_misses or answer.is_partial:
        return answer
    question = drop_phrases(question)
    with metrics.time_step(metrics.AnswerStep.SEARCH):
        results = await library.rank(scope, question, HITS_PER_QUOTE * limit)
    with metrics.time_step(metrics.AnswerStep.COMPOSE):
        near = await _compose(library, question, results, limit, NEAR_MISS_THRESHOLDS, lengths)
    return replace(answer, near_misses=near.near_misses, is_partial=answer.is_partial or near.is_partial)


async def _compose(
    library: Library,
    question: Question,
    results: Sequence[SearchResult],
    limit: int,
    thresholds: SurenessThresholds | None,
    lengths: QuoteLengths,
) -> Answer:
    """Read the speech around the best hits of every language, and answer from it."""
    findings = [await _read_passages(library, question, result, limit) for result in results]
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_COMPOSING, answer_findings, findings, limit, thresholds, lengths, library.hosts)


async def _read_passages(library: Library, question: Question, result: SearchResult, limit: int) -> Findings:
    matcher = Matcher(question, result)
    passages = limit + SPARE_PASSAGES
    if question.newest_first:
        passages = max(passages, NEWEST_AMONG_PASSAGES)
    selection = PassageSelection(result, matcher, passages)
    while batch := selection.next_batch():
        selection.add_batch(batch, await library.read_surroundings(result.scope, batch, AROUND_SECONDS))
    found = selection.passages
    is_whole = len(found) < passages and len(result.ranked) < HITS_PER_QUOTE * limit
    return Findings(result, found, matcher, is_whole)
