"""Measures a question until its answer is composed: alone, from several at once, and how many a second can be taken."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from benchmarks.corpus import SECONDS_A_SEGMENT, SEED, SEGMENTS_A_VIDEO, Corpus, questions
from benchmarks.engines.first_stage import WARMING
from benchmarks.measuring.apart import run_apart
from benchmarks.measuring.figures import AnswerFigures, Costs, CrowdFigures, Effort, Times
from bot import asking
from bot.answer_processes.capacity import process_count
from bot.answer_processes.messages import Opening
from bot.answer_processes.pool import AnswerPool
from bot.answering.answer import FULL_QUOTES
from bot.answering.question import parse_question
from bot.answering.sureness import SurenessThresholds
from bot.operations import runtime_tuning
from storage import access
from storage.library import Library
from storage.models import UNLIMITED, Hit, Question, Video

SCOPE = access.host_scope()
ASKERS = (1, 8, 32)
MAX_P95_SECONDS = 1.0
"""Where the slowest twentieth of the answers take longer, too much is asked."""
SHARES = (0.25, 0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.6)
"""The rates that are tried, as shares of what eight who ask without a pause are answered."""
FEWEST_ARRIVALS = 20
HITS = asking.HITS_PER_QUOTE * asking.DEFAULT_QUOTES


def measure_answers(corpus: Corpus, database: Path, effort: Effort) -> AnswerFigures:
    """Measure the library of a corpus: with rank-bm25 in it, too, and with processes beside the one that asks."""
    processes = process_count(None, reads_meaning=False)
    return AnswerFigures(
        run_apart(_measure_alone, database, effort),
        run_apart(_measure_rank_bm25, corpus, database, effort),
        tuple(run_apart(_measure_crowds, database, count, effort) for count in sorted({0, processes})),
    )


def _measure_alone(database: Path, effort: Effort) -> Costs:
    async def act() -> Costs:
        seconds = []
        async with _open(database) as library:
            asked = [parse_question(" ".join(words)) for words in questions(effort.questions + WARMING)]
            for question in asked[-WARMING:]:
                await asking.ask(library, SCOPE, question)
            runtime_tuning.shorten_pauses()  # as the bot does when it has started
            computed = time.process_time()
            for question in asked[:-WARMING]:
                begun = time.perf_counter()
                await asking.ask(library, SCOPE, question)
                seconds.append(time.perf_counter() - begun)
            return Costs(Times(tuple(seconds)), (time.process_time() - computed) / len(seconds))

    return asyncio.run(act())


def _measure_rank_bm25(corpus: Corpus, database: Path, effort: Effort) -> Costs:
    """Measure the same road with the ranking of rank-bm25 in it, over as many questions as the time allows.

    The texts of its hits are read from the database without being timed.
    """

    async def act() -> Costs:
        model = BM25Okapi(corpus.terms())
        seconds, computed, begun = [], 0.0, time.monotonic()
        async with _open(database) as library:
            for words in questions(effort.questions):
                question = parse_question(" ".join(words))
                (result,) = await library.search(SCOPE, question, HITS)
                ranking = _Stopwatch()
                scores = model.get_scores(words)
                best = np.argsort(-scores)[:HITS].tolist()
                ranking.stop()
                hits = tuple([await _read_hit(library, place, float(scores[place])) for place in best])
                composing = _Stopwatch()
                await asking.answer_from(library, SCOPE, question, [replace(result, hits=hits)])
                composing.stop()
                seconds.append(ranking.seconds + composing.seconds)
                computed += ranking.processor_seconds + composing.processor_seconds
                if time.monotonic() - begun > effort.seconds and len(seconds) >= effort.fewest:
                    break
        return Costs(Times(tuple(seconds)), computed / len(seconds))

    return asyncio.run(act())


class _Stopwatch:
    """Measures time and the processor's time, from when it is made."""

    def __init__(self) -> None:
        self.seconds, self.processor_seconds = -time.perf_counter(), -time.process_time()

    def stop(self) -> None:
        self.seconds += time.perf_counter()
        self.processor_seconds += time.process_time()


async def _read_hit(library: Library, place: int, score: float) -> Hit:
    """Return a segment of the corpus by its number."""
    number, segment = divmod(place, SEGMENTS_A_VIDEO)
    video, start = Video(f"v{number:010}", ""), segment * SECONDS_A_SEGMENT
    around = await library.segments_between(SCOPE, video.video_id, start, start)
    return Hit(video, next(each for each in around if each.start_second == start), score)


def _measure_crowds(database: Path, processes: int, effort: Effort) -> CrowdFigures:
    async def act() -> CrowdFigures:
        asked = [parse_question(" ".join(words)) for words in questions(effort.questions)]
        async with _open(database) as library:
            pool = AnswerPool(library, Opening(library.path, None, library.hosts, "WARNING"), processes)
            for _ in range(processes):
                await pool.start_child()
            await _ask_without_pause(pool, asked[: 8 * (processes + 1)], 2 * (processes + 1))
            runtime_tuning.shorten_pauses()  # as the bot does when it has started
            crowds = {askers: await _ask_without_pause(pool, asked, askers) for askers in ASKERS}
            knee = await _find_knee(pool, asked, crowds[8][0], effort)
            await pool.close()
        return CrowdFigures(processes, crowds, knee)

    return asyncio.run(act())


async def _ask_without_pause(pool: AnswerPool, asked: Sequence[Question], askers: int) -> tuple[float, Times]:
    """Return the answers a second, and how long each took, where everybody asks again as soon as there is an answer."""
    waiting, seconds = iter(asked), []

    async def person() -> None:
        for question in waiting:
            seconds.append(await _time_answer(pool, question))

    begun = time.perf_counter()
    await asyncio.gather(*(person() for _ in range(askers)))
    return len(asked) / (time.perf_counter() - begun), Times(tuple(seconds))


async def _find_knee(pool: AnswerPool, asked: Sequence[Question], base: float, effort: Effort) -> float:
    """Return the highest rate, of rising ones, at which the slowest twentieth of the answers come within a second."""
    highest = 0.0
    for rate in (share * base for share in SHARES):
        times = await _ask_at_rate(pool, asked, rate, effort.arriving_seconds)
        if times.p95 >= MAX_P95_SECONDS:
            break
        highest = rate
    return highest


async def _ask_at_rate(pool: AnswerPool, asked: Sequence[Question], rate: float, seconds: float) -> Times:
    """Have questions come by chance, so many a second, whether the earlier ones are answered or not."""
    chance, loop, answers = random.Random(SEED), asyncio.get_running_loop(), []
    arrives_at = loop.time()
    for number in range(max(FEWEST_ARRIVALS, int(rate * seconds))):
        arrives_at += chance.expovariate(rate)
        await asyncio.sleep(arrives_at - loop.time())
        answers.append(asyncio.create_task(_time_answer(pool, asked[number % len(asked)])))
    return Times(tuple(await asyncio.gather(*answers)))


async def _time_answer(pool: AnswerPool, question: Question) -> float:
    begun = time.perf_counter()
    await pool.ask(SCOPE, question, limit=asking.DEFAULT_QUOTES, thresholds=SurenessThresholds(), lengths=FULL_QUOTES)
    return time.perf_counter() - begun


@asynccontextmanager
async def _open(database: Path) -> AsyncIterator[Library]:
    library = await Library.open(database, UNLIMITED)
    yield library
    await library.close()
