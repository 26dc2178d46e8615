"""From a slash command to its final card: people asking the bot at once, over real sockets on this machine.

The bot runs as a process of its own against the local Discord of the tests, whose own work, the checking of every body
against Discord's API description, is measured with it. The peer in the same run is one person asking alone.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path

from rich.table import Table

from benchmarks.corpus import questions, talks
from storage import access
from storage.library import Library
from storage.models import Labels, Source

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests"))

from local_discord import BotProcess, LocalDiscord  # noqa: E402 - the tests' server is found only now

ROUNDS, PEOPLE = 20, 8


async def measure(segments: int) -> Table:
    """The table for a library of so many segments."""
    with tempfile.TemporaryDirectory() as folder:
        _, videos, words = talks(segments)
        await _store(Path(folder) / "cuepoint.db", videos)
        asked = [" ".join(question) for question in questions(words, ROUNDS * PEOPLE + 1)]
        async with LocalDiscord() as server:
            settings = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": folder, "CUEPOINT_COOLDOWN_SECONDS": "0"}
            command = [sys.executable, "-m", "bot", "serve"]
            async with BotProcess(server, command, settings, logs=Path(folder), cwd=PROJECT):
                await server.ready()
                people = [server.add_user(f"Person {n}", installed=True) for n in range(PEOPLE)]
                await _round(server, people[:1], asked[-1:])  # the first question builds the index
                alone = [t for n in range(ROUNDS) for t in await _round(server, people[:1], asked[n : n + 1])]
                together = [t for n in range(ROUNDS) for t in await _round(server, people, asked[n * PEOPLE :])]
    table = Table("people", "median", "95th percentile", title=f"command to final card, {segments:,} segments")
    for count, times in ((1, alone), (PEOPLE, together)):
        slowest = statistics.quantiles(times, n=20)[-1]
        table.add_row(str(count), f"{1000 * statistics.median(times):,.0f} ms", f"{1000 * slowest:,.0f} ms")
    return table


async def _store(path: Path, videos: list) -> None:  # type: ignore[type-arg]
    rows = (
        json.dumps({"video_id": v.video_id, "text": s.text, "start_second": s.start_second, "end_second": s.end_second})
        for v, segments in videos
        for s in segments
    )
    library = await Library.open(path)
    await library.import_files(access.host(), [(Source("talks.jsonl", "\n".join(rows).encode()), Labels())])
    await library.close()


async def _round(server: LocalDiscord, people: list, asked: list[str]) -> list[float]:  # type: ignore[type-arg]
    """Seconds from each command to its final card, everybody asking at the same moment."""

    async def one(person: object, question: str) -> float:
        interaction = await server.slash(person, "ask", {"question": question})
        await server.reply_to(interaction, timeout=60)
        assert interaction.final_after is not None
        return float(interaction.final_after)

    return list(await asyncio.gather(*(one(person, question) for person, question in zip(people, asked, strict=False))))
