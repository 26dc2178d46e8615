"""Measures from a question to its composed answer, as the bot composes it, and what `/ask` costs the bot's process.

    python -m benchmarks.composed [--sizes 20000,200000] [--questions 300]

The answer is that of a card: the question parsed, the libraries' states read, both stages of the ranking, the passages
read from a real database, the quotes chosen and marked. One asks at a time. Processor time is that of all threads of
the process, which other work on the machine disturbs less than the time that passes.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks import report
from benchmarks.apart import run_apart
from benchmarks.corpus import questions
from benchmarks.discord_cards import PROJECT, BotProcess, LocalDiscord, store_library
from benchmarks.figures import Times
from benchmarks.first_stage import WARMING
from benchmarks.running import say
from benchmarks.sheets import Sheet, format_number
from bot import asking
from bot.answering.question import parse_question
from bot.discord_app.cards.answer import CARD_QUOTES
from bot.operations import runtime_tuning
from storage import access
from storage.library import Library

SIZES = (20_000, 200_000)
QUOTES = asking.DEFAULT_QUOTES + 1
"""As for a card, which says whether there is a next page."""


@dataclass(frozen=True, slots=True)
class ComposedFigures:
    """What answers from so many segments took, in seconds."""

    segments: int
    answers: Times
    processor: Times
    command: float
    """Processor time of the bot's process for `/ask`, from the event to the sent card; the mean."""


def measure_composed(folder: Path, segments: int, count: int) -> ComposedFigures:
    """Measure a library of so many segments, made up in a folder, with so many questions."""
    asyncio.run(store_library(folder, segments))
    answers, processor = run_apart(_measure_answers, folder / "cuepoint.db", count)
    return ComposedFigures(segments, answers, processor, asyncio.run(_measure_command(folder, count)))


def make_sheet(found: Sequence[ComposedFigures]) -> Sheet:
    """Return the table of what was measured."""
    header = ("segments", "composed: median", "p95", "processor: median", "p95", "/ask, in the bot's process")
    rows = [
        [
            f"{figures.segments:,}",
            *(
                f"{format_number(1000 * seconds)} ms"
                for times in (figures.answers, figures.processor)
                for seconds in (times.median, times.p95)
            ),
            f"{format_number(1000 * figures.command)} ms",
        ]
        for figures in found
    ]
    return Sheet("Question to composed answer", header, rows, "One asks at a time. /ask: processor time, the mean.")


def _measure_answers(database: Path, count: int) -> tuple[Times, Times]:
    async def act() -> tuple[Times, Times]:
        library = await Library.open(database)
        asked = [" ".join(words) for words in questions(count + WARMING)]
        for text in asked[-WARMING:]:
            await _answer(library, text)
        runtime_tuning.shorten_pauses()  # as the bot does when it has started
        passed, computed = [], []
        for text in asked[:-WARMING]:
            begun, before = time.perf_counter(), time.process_time()
            await _answer(library, text)
            passed.append(time.perf_counter() - begun)
            computed.append(time.process_time() - before)
        await library.close()
        return Times(tuple(passed)), Times(tuple(computed))

    return asyncio.run(act())


async def _answer(library: Library, text: str) -> None:
    question = parse_question(text)
    answer = await asking.ask(library, access.host_scope(), question, limit=QUOTES, lengths=CARD_QUOTES)
    assert answer.excerpts or answer.near_misses, text


async def _measure_command(folder: Path, count: int) -> float:
    asked = [" ".join(words) for words in questions(count + WARMING)]
    async with LocalDiscord() as server:
        settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(folder), "CUEPOINT_COOLDOWN_SECONDS": "0"}
        command = [sys.executable, "-m", "bot", "serve"]
        async with BotProcess(server, command, settings, logs=folder, cwd=PROJECT) as bot:
            await server.ready()
            person = server.add_user("Person", installed=True)

            async def ask(text: str) -> None:
                interaction = await server.slash(person, "ask", {"question": text})
                await server.reply_to(interaction, timeout=60)

            for text in asked[-WARMING:]:
                await ask(text)
            before = bot.cpu_seconds
            for text in asked[:-WARMING]:
                await ask(text)
            return float(bot.cpu_seconds - before) / count


def main(arguments: Sequence[str]) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.composed", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="how many segments, such as 20000,200000")
    parser.add_argument("--questions", type=int, default=300)
    chosen = parser.parse_args(arguments)
    found = []
    for size in map(int, chosen.sizes.split(",")):
        say(f"{size:,} segments")
        with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
            found.append(measure_composed(Path(folder), size, chosen.questions))
    report.show(Console(width=180), [make_sheet(found)])


if __name__ == "__main__":
    main(sys.argv[1:])
