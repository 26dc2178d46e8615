"""Measures what a keystroke costs while a question is typed, and how long it holds the event loop.

python -m benchmarks.suggestions [--videos 100 1000 5000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.answers.event_loop import SLEEP_SECONDS, watch_lateness
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet, format_number
from bot.discord_app.app_context import AppContext
from bot.discord_app.services.askers import AskerContext
from bot.operations import runtime_tuning
from bot.settings import Settings
from storage import access
from storage.access import Membership, Place
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, PublicPlace, Source, Verdict, Vote

VIDEOS = 100, 1_000, 5_000
SERVER, CHANNEL, PERSON, QUESTIONS = 111, 7, 1, 300
_SPOKEN = (
    "attention transformer network learning deep model neuron language brain gradient descent lecture physics image "
    "token sentence memory energy theory matrix vector kernel entropy signal filter circuit sensor lattice quantum"
)
WORDS = _SPOKEN.split()
TYPED = ("", "w", "what is", "what is att", "attentoin", "how does attention work in the brain", "lecture 12", "qqqq")
ROUNDS = 20


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suggestions", description=__doc__)
    parser.add_argument("--videos", type=int, nargs="+", default=VIDEOS, help="how many videos the libraries have")
    chosen = parser.parse_args(arguments)
    rows = [asyncio.run(_measure(count)) for count in chosen.videos]
    header = ["videos", "first keystroke", "middle", "95 of 100 within", "longest", "longest hold of the loop"]
    note = f"Who asks is resolved each time, as for a command; {QUESTIONS} questions were found helpful there."
    report.show(Console(width=160), [Sheet("Suggestions while a question is typed", header, rows, note)])


async def _measure(videos: int) -> list[str]:
    """Return a row: the times of keystrokes in a library of so many videos."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        path = Path(folder) / "cuepoint.db"
        library, ledger = await Library.open(path), await Ledger.open(path)
        try:
            await _fill(library, ledger, videos)
            app = AppContext.create(Settings.from_mapping({}), library, ledger, lambda _server_id: None)
            first = await _type(app, "lecture")
            while not app.suggestions._terms:
                await asyncio.sleep(0.1)
                await _type(app, "")
            runtime_tuning.shorten_pauses()
            async with watch_lateness() as holds:
                times = [await _type(app, typed) for _ in range(ROUNDS) for typed in TYPED]
                # The last of it is seen too.
                await asyncio.sleep(2 * SLEEP_SECONDS)
            await app.answers.close()
        finally:
            await ledger.close()
            await library.close()
    times.sort()
    figures = first, statistics.median(times), times[len(times) * 95 // 100], times[-1], max(holds)
    return [f"{videos:,}", *(f"{format_number(figure * 1000)} ms" for figure in figures)]


async def _fill(library: Library, ledger: Ledger, videos: int) -> None:
    chance = random.Random(1)
    rows = (
        json.dumps({
            "video_id": f"v{number:06}", "title": f"Lecture {number}: {' '.join(chance.sample(WORDS, 4))}",
            "text": " ".join(chance.choices(WORDS, k=30)), "start_second": 30 * part, "end_second": 30 * part + 29,
        })
        for number in range(videos) for part in range(3)
    )  # fmt: skip
    await library.import_files(access.own_scope(SERVER), [(Source("talks.jsonl", "\n".join(rows).encode()), Labels())])
    key, place = access.library_key(SERVER), PublicPlace(SERVER, CHANNEL)
    for number in range(QUESTIONS):
        question = f"what is {' '.join(chance.sample(WORDS, 3))}?"
        await ledger.save_vote(number, Vote(key, question, f"v{number % videos:06}", 0.0, Verdict.HELPFUL, place))


async def _type(app: AppContext, typed: str) -> float:
    """Return how long the suggestions for what is typed take, in seconds."""
    who = AskerContext(PERSON, Place.SERVER, Membership(SERVER), CHANNEL, sees_channel=lambda _channel_id: True)
    began_at = time.perf_counter()
    asker = await app.askers.resolve(who, private=True)
    await app.suggestions.suggest(asker, who, typed)
    return time.perf_counter() - began_at


if __name__ == "__main__":
    main(sys.argv[1:])
