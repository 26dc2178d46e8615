"""Measures from a slash command to its final card: people ask the bot at once, over real sockets on this machine.

The bot runs as a process of its own against the local Discord of the tests, whose own work, the checking of every body
against Discord's API description, is measured with it. The peer in the same run is one person asking alone.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks.answers.in_library import write_parquet
from benchmarks.corpus import LANGUAGE, Corpus, questions, write_corpus
from benchmarks.measuring.figures import Times
from benchmarks.tables.sheets import Sheet
from storage import access
from storage.library import Library
from storage.models import UNLIMITED, Labels, Source
from tests.support.local_discord import BotProcess, LocalDiscord

PROJECT = Path(__file__).resolve().parents[2]

ROUNDS, PEOPLE = 20, 8


async def measure(segments: int) -> Sheet:
    """Return the table for a library of so many segments."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        corpus = await store_library(Path(folder), segments)
        asked = [" ".join(question) for question in questions(ROUNDS * PEOPLE + 1)]
        async with LocalDiscord() as server:
            settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": folder, "CUEPOINT_COOLDOWN_SECONDS": "0"}
            command = [sys.executable, "-m", "bot", "serve"]
            async with BotProcess(server, command, settings, logs=Path(folder), cwd=PROJECT):
                await server.ready()
                people = [server.add_user(f"Person {n}", installed=True) for n in range(PEOPLE)]
                await _ask_at_once(server, people[:1], asked[-1:])  # the first question builds the index
                alone = [t for n in range(ROUNDS) for t in await _ask_at_once(server, people[:1], asked[n : n + 1])]
                together = [t for n in range(ROUNDS) for t in await _ask_at_once(server, people, asked[n * PEOPLE :])]
    rows = [
        [str(count), *(f"{1000 * value:,.0f} ms" for value in (times.median, times.p95))]
        for count, times in ((1, Times(tuple(alone))), (PEOPLE, Times(tuple(together))))
    ]
    return Sheet(f"Command to final card, {corpus.segments:,} segments", ("people", "median", "p95"), rows)


async def store_library(folder: Path, segments: int) -> Corpus:
    """Store a library in a folder, where the bot finds it."""
    write_corpus(folder / "corpus", segments)
    corpus, parquet = Corpus.of(folder / "corpus", segments), folder / "talks.parquet"
    write_parquet(corpus, parquet)
    library = await Library.open(folder / "cuepoint.db", UNLIMITED)
    source = Source(parquet.name, parquet.read_bytes())
    await library.import_files(access.host_scope(), [(source, Labels(language=LANGUAGE))])
    await library.close()
    return corpus


async def _ask_at_once(server: LocalDiscord, people: list, asked: list[str]) -> list[float]:  # type: ignore[type-arg]
    """Return the seconds from the commands to their final cards, with all people asking at the same moment."""

    async def ask_one(person: object, question: str) -> float:
        interaction = await server.slash(person, "ask", {"question": question})
        await server.reply_to(interaction, timeout=60)
        assert interaction.final_after is not None
        return float(interaction.final_after)

    return list(
        await asyncio.gather(*(ask_one(person, question) for person, question in zip(people, asked, strict=False)))
    )
