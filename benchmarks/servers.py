"""What one process carries: questions a second, waiting and memory by the number of Discord servers it is in.

    python -m benchmarks.servers [--quick] [--write]

The bot runs as a process of its own against the local Discord of the tests, over real sockets: a GUILD_CREATE for every
server at the start, shards as Discord advises, and in each server a library of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shlex
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.answers.discord_cards import PROJECT, BotProcess, LocalDiscord
from benchmarks.corpus import LANGUAGE, SECONDS_A_SEGMENT, SEGMENTS_A_VIDEO, Corpus, write_corpus
from benchmarks.measuring import machine
from benchmarks.measuring.figures import Times, percentile
from benchmarks.measuring.running import say
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet, format_number
from storage import access
from storage.library import Library
from storage.models import Labels, Source

PAGE = Path(__file__).with_name("SERVERS.md")
COUNTS = (1, 1_000, 5_000)
BUSY = 50
"""The bot is asked in so many servers, or in all: a bot in thousands is asked in few of them at a time."""
VIDEOS, CHANNELS, ROLES = 5, 20, 10
"""Per server."""
ON_A_SHARD = 1_000
"""Servers, as Discord advises; it takes 2,500 at most, and lets a new shard in every five seconds."""
AT_ONCE = 8
FIRST_ID = 200_000_000_000
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Carried:
    """What was measured with so many servers, of which `asked_in` asked."""

    servers: int
    asked_in: int
    ready_seconds: float
    """From the start of the process until a question in the last server is answered."""
    idle_bytes: int
    busy_bytes: int
    replies: Times
    rate: float
    """Questions a second, AT_ONCE people asking without a pause."""
    cpu_seconds: float
    """What the process computed for one question."""


def main(arguments: Sequence[str]) -> None:
    """Measure, print the results, and write them to the page if that is wanted."""
    chosen = _parser().parse_args(arguments)
    counts, questions = ((1, 50), 100) if chosen.quick else (COUNTS, 1_000)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        found = list(measure_servers(Path(folder), counts, questions))
    machine_lines = machine.describe_machine(shlex.join(["python", "-m", "benchmarks.servers", *arguments]), load)
    console = Console(width=180)
    for name, what in machine_lines.items():
        console.print(f"{name}: {what}", highlight=False, soft_wrap=True)
    report.show(console, [make_sheet(found)])
    if chosen.write:
        report.write(PAGE, machine_lines, [make_sheet(found)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.servers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few servers and few questions: half a minute")
    parser.add_argument("--write", action="store_true", help="keep the table in SERVERS.md")
    return parser


def make_sheet(found: Sequence[Carried]) -> Sheet:
    """Return the table of what was measured."""
    header = (
        "servers", "asked in", "ready after", "memory", "after the questions", "questions a second", "median", "p99",
        "bot's CPU a question",
    )  # fmt: skip
    rows = [
        [
            f"{carried.servers:,}",
            f"{carried.asked_in:,}",
            f"{format_number(carried.ready_seconds)} s",
            f"{format_number(carried.idle_bytes / MB)} MB",
            f"{format_number(carried.busy_bytes / MB)} MB",
            format_number(carried.rate),
            f"{format_number(1000 * carried.replies.median)} ms",
            f"{format_number(1000 * percentile(carried.replies.seconds, 99))} ms",
            f"{format_number(1000 * carried.cpu_seconds)} ms",
        ]
        for carried in found
    ]
    note = f"{AT_ONCE} people ask at a time, {len(found[0].replies.seconds):,} questions a line."
    return Sheet("What one process carries, by servers", header, rows, note)


def measure_servers(folder: Path, counts: Sequence[int], questions: int) -> Iterator[Carried]:
    """Measure bots in so many servers, in a folder that is empty."""
    write_corpus(folder / "corpus", SEGMENTS_A_VIDEO * max(counts))
    stored = 0
    for count in counts:
        say(f"{count:,} servers: their libraries")
        asyncio.run(_store(folder, stored, count))
        stored = count
        for asked_in in sorted({min(BUSY, count), count}):
            say(f"{count:,} servers: questions in {asked_in:,} of them")
            yield asyncio.run(_measure_server_count(folder, count, asked_in, questions))


async def _store(folder: Path, first: int, last: int) -> None:
    """Store a library for every one of these servers: one of the corpus's videos, cut into several."""
    library = await Library.open(folder / "data" / "cuepoint.db")
    for place, (video, segments) in enumerate(Corpus(folder / "corpus", first, last).videos(), first):
        rows = [
            {
                "video_id": f"{video.video_id}-{at * VIDEOS // SEGMENTS_A_VIDEO}",
                "title": video.title,
                "text": segment.text,
                "start_second": at * SECONDS_A_SEGMENT,
                "end_second": (at + 1) * SECONDS_A_SEGMENT,
            }
            for at, segment in enumerate(segments)
        ]
        source = Source("talks.jsonl", "\n".join(map(json.dumps, rows)).encode())
        await library.import_files(access.own_scope(_server_id(place)), [(source, Labels(language=LANGUAGE))])
    await library.close()


async def _measure_server_count(folder: Path, count: int, asked_in: int, questions: int) -> Carried:
    settings = {"CUEPOINT_DATA_DIR": str(folder / "data"), "CUEPOINT_COOLDOWN_SECONDS": "0"}
    settings["CUEPOINT_ANSWER_PROCESSES"] = "0"  # one process is what is measured
    async with LocalDiscord() as server:
        server.gateway.shards = -(-count // ON_A_SHARD)
        crowd = _Crowd(server, list(Corpus(folder / "corpus", 0, count).texts()))
        for place in range(count):
            crowd.add_server(place)
        begun, command = time.monotonic(), [sys.executable, "-m", "bot", "serve"]
        env = {"DISCORD_TOKEN": server.token, **settings}
        async with BotProcess(server, command, env, logs=folder, cwd=PROJECT) as bot:
            await server.ready(timeout=600)
            await crowd.ask(count - 1)
            ready_seconds, idle = time.monotonic() - begun, bot.resident_bytes
            await crowd.ask_all(range(min(AT_ONCE, asked_in)))  # the first questions of all are not what is measured
            before, cpu = time.monotonic(), bot.cpu_seconds
            replies = Times(tuple(await crowd.ask_all(number % asked_in for number in range(questions))))
            rate, computed = questions / (time.monotonic() - before), bot.cpu_seconds - cpu
            return Carried(
                count, asked_in, ready_seconds, idle, bot.resident_bytes, replies, rate, computed / questions
            )


class _Crowd:
    """People in the servers, who ask what is said in the videos there."""

    def __init__(self, server: LocalDiscord, texts: Sequence[str]) -> None:
        self._server = server
        self._texts = texts
        self._halls: list[Any] = []
        # Of one person the bot answers one question at a time.
        self._people = [server.add_user(f"Person {number}") for number in range(AT_ONCE)]
        self._chance = random.Random(len(texts))

    def add_server(self, place: int) -> None:
        """Add a server of the usual size after the others."""
        guild = self._server.add_guild(f"Server {place}", guild_id=_server_id(place))
        for person in self._people:
            self._server.add_member(guild, person)
        for role in range(ROLES):
            self._server.add_role(guild, f"role-{role}")
        self._halls += [self._server.add_channel(guild, f"channel-{number}") for number in range(CHANNELS)][:1]

    async def ask(self, place: int, person: int = 0) -> float:
        """Ask in a server; return how long the answer took, in seconds."""
        said = self._texts[place * SEGMENTS_A_VIDEO + self._chance.randrange(SEGMENTS_A_VIDEO)].split()
        asked = await self._server.slash(
            self._people[person], "ask", {"question": " ".join(said[5:10])}, at=self._halls[place]
        )
        await self._server.reply_to(asked, timeout=60)
        return asked.card_times[-1]

    async def ask_all(self, places: Iterable[int]) -> list[float]:
        """Ask in all of these servers, AT_ONCE at a time; return how long the answers took, in seconds."""
        left, seconds = iter(places), []

        async def ask_on(person: int) -> None:
            for place in left:
                seconds.append(await self.ask(place, person))

        await asyncio.gather(*(ask_on(person) for person in range(AT_ONCE)))
        return seconds


def _server_id(place: int) -> int:
    """Return a server's id, which is known before the local Discord runs: the libraries are stored before that.

    Its bits from the 22nd on decide which shard the server belongs to.
    """
    return (FIRST_ID + place) << 22


if __name__ == "__main__":
    main(sys.argv[1:])
