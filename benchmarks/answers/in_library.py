"""Measures a library as the bot uses it: a real database, the real importer, questions from several at once."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers import event_loop
from benchmarks.answers.answers import measure_answers
from benchmarks.answers.whole_path import question_of, with_slips
from benchmarks.corpus import LANGUAGE, SEGMENTS_A_VIDEO, Corpus, questions
from benchmarks.engines.engines import TOP
from benchmarks.engines.first_stage import WARMING
from benchmarks.measuring.apart import run_apart
from benchmarks.measuring.figures import Effort, LibraryFigures, Times
from bot.operations import runtime_tuning
from storage import access
from storage.library import Library
from storage.models import UNLIMITED, Labels, Source

ASKERS = (1, 8)
VIDEOS_A_GROUP = 200
"""How many videos a Parquet file holds in one group of rows."""
SCOPE = access.host_scope()


def measure_library(corpus: Corpus, folder: Path, effort: Effort) -> LibraryFigures:
    """Import a corpus into a new library, start from it, ask it, add to it."""
    parquet, database = folder / "talks.parquet", folder / "library" / "cuepoint.db"
    write_parquet(corpus, parquet)
    import_seconds, indexed_seconds = run_apart(_measure_import, parquet, database)
    starts = [run_apart(_measure_start, database) for _ in range(effort.starts)]
    open_seconds, first_seconds = (statistics.median(step) for step in zip(*starts, strict=True))
    hits, misspelt, rates = run_apart(_measure_questions, database, effort)
    answers = measure_answers(corpus, database, effort)
    added, found = run_apart(_measure_growth, corpus.next(effort.videos), database)
    later = folder / "later.parquet"
    write_parquet(corpus.next(effort.videos).next(-(-effort.imported // SEGMENTS_A_VIDEO)), later)
    idle, busy = run_apart(_measure_event_loop, later, database, effort)
    return LibraryFigures(
        corpus.segments, import_seconds, indexed_seconds, hits, misspelt, rates, open_seconds, first_seconds,
        added, found, idle, busy, effort.imported, answers,
    )  # fmt: skip


def later_segments(effort: Effort) -> int:
    """Return how many segments more than its own a corpus must have for `measure_library`."""
    return effort.videos * SEGMENTS_A_VIDEO + effort.imported + SEGMENTS_A_VIDEO


def write_parquet(corpus: Corpus, path: Path) -> None:
    """Write videos as a file with the columns of a data set."""
    import pyarrow as pa
    import pyarrow.parquet

    schema = pa.schema(
        [(name, pa.string()) for name in ("video_id", "title", "url", "text")]
        + [(name, pa.float64()) for name in ("start_second", "end_second")]
    )
    videos = iter(corpus.videos())
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while some := list(itertools.islice(videos, VIDEOS_A_GROUP)):
            rows = [
                {"video_id": video.video_id, "title": video.title, "url": video.url}
                | {"text": segment.text, "start_second": segment.start_second, "end_second": segment.end_second}
                for video, segments in some
                for segment in segments
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema))


async def _import(library: Library, parquet: Path) -> float:
    """Return the seconds until everything in a file is stored."""
    source = Source(parquet.name, parquet.read_bytes())
    start = time.perf_counter()
    report = await library.import_files(SCOPE, [(source, Labels(language=LANGUAGE))])
    taken = time.perf_counter() - start
    assert not report.rejections, report.rejections[0]
    return taken


async def _search(library: Library, words: Sequence[str]) -> float:
    start = time.perf_counter()
    await library.search(SCOPE, question_of(words), TOP)
    return time.perf_counter() - start


def _measure_import(parquet: Path, database: Path) -> tuple[float, float]:
    async def act() -> tuple[float, float]:
        library = await Library.open(database, UNLIMITED)
        stored, indexed = await _import(library, parquet), await _search(library, questions(1)[0])
        await library.close()
        return stored, indexed

    return asyncio.run(act())


def _measure_start(database: Path) -> tuple[float, float]:
    async def act() -> tuple[float, float]:
        start = time.perf_counter()
        library = await Library.open(database, UNLIMITED)
        opened = time.perf_counter() - start
        first = await _search(library, questions(1)[0])
        await library.close()
        return opened, first

    return asyncio.run(act())


def _measure_questions(database: Path, effort: Effort) -> tuple[Times, Times, dict[int, float]]:
    async def act() -> tuple[Times, Times, dict[int, float]]:
        library = await Library.open(database, UNLIMITED)
        asked = questions(effort.questions + WARMING)
        for words in asked[-WARMING:]:
            await _search(library, words)
        asked = asked[:-WARMING]
        hits = Times(tuple([await _search(library, words) for words in asked]))
        misspelt = Times(tuple([await _search(library, words) for words in with_slips(asked)]))
        rates = {askers: await _measure_rate(library, asked, askers) for askers in ASKERS}
        await library.close()
        return hits, misspelt, rates

    return asyncio.run(act())


async def _measure_rate(library: Library, asked: Sequence[Sequence[str]], askers: int) -> float:
    """Return the questions answered a second, when every asker asks again as soon as there is an answer."""
    waiting = iter(asked)

    async def asker() -> None:
        for words in waiting:
            await _search(library, words)

    start = time.perf_counter()
    await asyncio.gather(*(asker() for _ in range(askers)))
    return len(asked) / (time.perf_counter() - start)


def _measure_growth(videos: Corpus, database: Path) -> tuple[Times, Times]:
    """Return the seconds for importing a video, and what the next question takes longer than when asked again."""

    async def act() -> tuple[Times, Times]:
        library = await Library.open(database, UNLIMITED)
        added, found = [], []
        asked = questions(videos.last - videos.first + WARMING)
        for words in asked[-WARMING:]:
            await _search(library, words)
        for video, words in zip(videos.single_videos(), asked, strict=False):
            parquet = database.parent / "one.parquet"
            write_parquet(video, parquet)
            added.append(await _import(library, parquet))
            first = await _search(library, words)
            found.append(max(0.0, first - await _search(library, words)))
        await library.close()
        return Times(tuple(added)), Times(tuple(found))

    return asyncio.run(act())


def _measure_event_loop(later: Path, database: Path, effort: Effort) -> tuple[Times, Times]:
    async def act() -> tuple[Times, Times]:
        library = await Library.open(database, UNLIMITED)
        asked = questions(effort.questions)
        await _search(library, asked[0])
        runtime_tuning.shorten_pauses()  # as the bot does when it has started
        idle = await event_loop.measure_idle()
        importing = asyncio.create_task(_import(library, later))
        busy = await event_loop.measure_busy(library, SCOPE, importing, asked)
        await library.close()
        return idle, busy

    return asyncio.run(act())
