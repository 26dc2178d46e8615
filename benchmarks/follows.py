"""Measures what it costs to find out which of many followed questions new videos may answer.

python -m benchmarks.follows [--stored SET/corpus.jsonl] [--new OTHER/corpus.jsonl] [--questions SET/queries.jsonl]

The files are of question sets as `cuepoint evaluate` reads them; without them talks and questions are made up.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks import corpus
from benchmarks.answers.event_loop import SLEEP_SECONDS, watch_lateness
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet, format_number
from bot.discord_app.app_context import AppContext
from bot.discord_app.services.questions.button_state import Inquiry, dump_inquiry
from bot.operations import runtime_tuning
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Follow, Labels, Source

FOLLOWS, NEW, STORED = 10_000, 1_000, 20_000
SERVER = 111
SCOPE = access.own_scope(SERVER)
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class FollowFigures:
    """How many segments there were and were new, how many follows, of how many different questions, how many of these
    may be answered; the processor time that this took, in seconds, and for how long the event loop was held most."""

    stored: int
    new: int
    follows: int
    questions: int
    promising: int
    processor_seconds: float
    longest_hold: float


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.follows", description=__doc__)
    parser.add_argument("--stored", type=Path, nargs="*", default=(), help="the segments that are stored already")
    parser.add_argument("--new", type=Path, help="those of which the new ones are taken")
    parser.add_argument("--questions", type=Path, nargs="*", default=(), help="what is followed")
    parser.add_argument("--follows", type=int, default=FOLLOWS, help="how many follows there are")
    parser.add_argument("--segments", type=int, default=NEW, help="how many new segments there are")
    chosen = parser.parse_args(arguments)
    if chosen.new:
        stored = [row for path in chosen.stored for row in _read_rows(path)]
        new = list(itertools.islice(_read_rows(chosen.new), chosen.segments))
        questions = [str(row["text"]) for path in chosen.questions for row in _read_lines(path)]
    else:
        stored, new, questions = make_up(STORED, chosen.segments, chosen.follows)
    figures = asyncio.run(measure(stored, new, questions, chosen.follows))
    report.show(Console(width=160), [make_sheet(figures)])


def make_sheet(figures: FollowFigures) -> Sheet:
    """Return the figures as a table."""
    header = [
        "segments",
        "new",
        "follows",
        "different questions",
        "may be answered",
        "processor",
        "longest hold of the loop",
    ]
    counts = (figures.stored, figures.new, figures.follows, figures.questions, figures.promising)
    times = [f"{figures.processor_seconds:.2f} s", f"{format_number(figures.longest_hold * 1000)} ms"]
    note = (
        "The processor time is that of the whole process, from reading the follows to the questions to ask. "
        "The hold is that of the event loop."
    )
    return Sheet("Follows against new segments", header, [[*(f"{count:,}" for count in counts), *times]], note)


def make_up(stored: int, new: int, questions: int) -> tuple[list[Row], list[Row], list[str]]:
    """Make up the segments that are stored and those that are new, and questions."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        corpus.write_corpus(Path(folder), stored + new)
        rows: list[Row] = [
            {
                "video_id": video.video_id,
                "title": video.title,
                "text": segment.text,
                "start_second": segment.start_second,
                "end_second": segment.end_second,
            }
            for video, segments in corpus.Corpus.of(Path(folder), stored + new).videos()
            for segment in segments
        ]
    return rows[new:], rows[:new], [" ".join(words) for words in corpus.questions(questions)]


async def measure(stored: Sequence[Row], new: Sequence[Row], questions: Sequence[str], follows: int) -> FollowFigures:
    """Measure so many follows of some questions against the new rows; where there are more, they are followed again."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        path = Path(folder) / "cuepoint.db"
        library, ledger = await Library.open(path), await Ledger.open(path)
        try:
            await _import(library, "stored", stored)
            await library.changes.note_checked(SCOPE, dict(await library.revision(SCOPE))[access.only_key(SCOPE)])
            await _import(library, "new", new)
            await library.prepare_indexes(SCOPE, SCOPE.libraries)
            for number, question in enumerate(itertools.islice(itertools.cycle(questions), follows)):
                follow = Follow(1 + number // 20, access.only_key(SCOPE), dump_inquiry(Inquiry(question)))
                await ledger.add_follow(follow)
            app = AppContext.create(Settings.from_mapping({}), library, ledger, lambda _server_id: None)
            runtime_tuning.shorten_pauses()
            unchecked = await library.changes.unchecked_videos(SCOPE)
            assert unchecked is not None
            async with watch_lateness() as holds:
                begun = time.process_time()
                asked, promising = await app.checker.find_asked(SCOPE, unchecked.video_ids)
                seconds = time.process_time() - begun
                # The last of it is seen too.
                await asyncio.sleep(2 * SLEEP_SECONDS)
            statistics = await library.statistics(SCOPE)
            await app.answers.close()
        finally:
            await ledger.close()
            await library.close()
    return FollowFigures(statistics.segments, len(new), follows, len(asked), len(promising), seconds, max(holds))


async def _import(library: Library, name: str, rows: Sequence[Row]) -> None:
    if rows:
        content = "\n".join(map(json.dumps, rows)).encode()
        await library.import_files(SCOPE, [(Source(f"{name}.jsonl", content), Labels())])


def _read_lines(path: Path) -> Iterable[Row]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _read_rows(path: Path) -> Iterable[Row]:
    """Yield the segments of a question set as rows to import."""
    for number, row in enumerate(_read_lines(path)):
        start = float(str(row.get("start") or 0)) or 30.0 * number
        yield {
            "video_id": str(row["video"]),
            "title": row["title"],
            "text": row["text"],
            "start_second": start,
            "end_second": float(str(row.get("end") or 0)) or start + 30.0,
        }


if __name__ == "__main__":
    main(sys.argv[1:])
