"""What the bot holds in memory after minutes of everything that people and moderators do with it.

    python -m benchmarks.long_run [--minutes 20] [--write]

The bot runs as a process of its own against the local Discord of the tests, over real sockets. In each of a few servers
people ask in every way, turn pages, open passages, list videos, and moderators import, undo, export and look at what is
there, several at a time and without a pause. What matters is whether memory goes on growing: it is compared with that
after `SETTLED_MINUTES`, when everything has been used at least once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shlex
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.answers.discord_cards import PROJECT
from benchmarks.corpus import Corpus, write_corpus
from benchmarks.measuring import machine
from benchmarks.measuring.running import say
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet, format_number
from tests.support.local_discord import BotProcess, Channel, Interaction, LocalDiscord, Permission, User

PAGE = Path(__file__).with_name("LONG_RUN.md")
SETTLED_MINUTES = 3.0
SERVERS, AT_ONCE = 4, 6
CORPUS_SEGMENTS = 20_000
MAX_ROWS = 6_000
"""How many segments one import brings at most."""
REPLY_TIMEOUT_SECONDS = 120.0
MESSAGE_TIMEOUT_SECONDS = 5.0
MB = 1_000_000


@dataclass
class Usage:
    """What was done so far, and the memory at moments, in seconds since the start and bytes."""

    actions: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[float, int]] = field(default_factory=list)

    def memory_at(self, minutes: float) -> int:
        """Return the memory at the first moment that was looked at from then on, or at the last."""
        return next((held for second, held in self.samples if second >= 60 * minutes), self.samples[-1][1])


def main(arguments: Sequence[str]) -> None:
    """Measure, print the results, and write them to the page if that is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long_run", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="how long it goes on")
    parser.add_argument("--write", action="store_true", help="keep the table in LONG_RUN.md")
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    sheet = make_sheet(measure_long_run(chosen.minutes), chosen.minutes)
    machine_lines = machine.describe_machine(shlex.join(["python", "-m", "benchmarks.long_run", *arguments]), load)
    report.show(Console(width=180), [sheet])
    if chosen.write:
        report.write(PAGE, machine_lines, [sheet])


def measure_long_run(minutes: float) -> Usage:
    """Use a bot in every way for some minutes, and return what it held meanwhile."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        return asyncio.run(_use_bot(Path(folder), minutes))


def make_sheet(usage: Usage, minutes: float) -> Sheet:
    """Return the table of memory by time."""
    marks = [mark for mark in (1.0, SETTLED_MINUTES, 5.0, 10.0, 15.0, 20.0, minutes) if mark <= minutes]
    settled = usage.memory_at(SETTLED_MINUTES)
    rows = [
        [
            f"{mark:g}",
            f"{format_number(usage.memory_at(mark) / MB)} MB",
            f"×{format_number(usage.memory_at(mark) / settled)}",
        ]
        for mark in sorted(set(marks))
    ]
    largest = max(held for _, held in usage.samples)
    done = ", ".join(f"{name} {count:,}" for name, count in usage.actions.most_common())
    note = f"At most {format_number(largest / MB)} MB, while something was done. Done: {done}."
    return Sheet(
        "Memory of a long run", ("minutes", "memory", f"of that after {SETTLED_MINUTES:g} minutes"), rows, note
    )


async def _use_bot(folder: Path, minutes: float) -> Usage:
    write_corpus(folder / "corpus", CORPUS_SEGMENTS)
    usage, texts = Usage(), list(Corpus.of(folder / "corpus", CORPUS_SEGMENTS).texts())
    settings = {
        "CUEPOINT_DATA_DIR": str(folder / "data"),
        "CUEPOINT_COOLDOWN_SECONDS": "0",
        "CUEPOINT_SERVER_IMPORTS_A_DAY": "100000",
    }
    async with LocalDiscord() as server:
        env = {"DISCORD_TOKEN": server.token, **settings}
        command = [sys.executable, "-m", "bot", "serve"]
        async with BotProcess(server, command, env, logs=folder, cwd=PROJECT) as bot:
            await server.ready()
            community = _Community(server, texts, usage)
            await community.settle()
            begun = time.monotonic()
            using = [asyncio.create_task(community.use(begun + 60 * minutes)) for _ in range(AT_ONCE)]
            while not all(task.done() for task in using):
                usage.samples.append((time.monotonic() - begun, bot.resident_bytes))
                await asyncio.sleep(1)
                # The local Discord would remember every request and its files.
                server.requests.clear()
            await asyncio.gather(*using)
            usage.samples.append((60 * minutes, bot.resident_bytes))
            say(f"log of errors: {bot.stderr.count('Traceback')} traces")
    return usage


class _Community:
    """Servers with people and a moderator each, who do everything that can be done."""

    def __init__(self, server: LocalDiscord, texts: Sequence[str], usage: Usage) -> None:
        self._server = server
        self._texts = texts
        self._usage = usage
        self._chance = random.Random(16)
        self._channels: list[Channel] = []
        self._people: list[User] = []
        self._moderator = server.add_user("Moderator", installed=True)
        self._answers: list[tuple[User, Any]] = []
        self._writing: set[User] = set()
        self._actions: dict[str, tuple[int, Callable[[], Awaitable[None]]]] = {
            "question": (30, self._ask),
            "timeline": (5, self._show_timeline),
            "direct message": (8, self._write),
            "mention": (8, self._mention),
            "button": (12, self._press),
            "videos": (4, self._list_videos),
            "import": (3, self._import_rows),
            "undo": (1, self._undo),
            "export": (4, self._export),
            "stats": (2, self._show_stats),
            "misses": (1, self._show_misses),
        }

    async def settle(self) -> None:
        """Found the servers, with something imported in each."""
        for number in range(SERVERS):
            guild = self._server.add_guild(f"Server {number}")
            role = self._server.add_role(guild, "Moderators", Permission.MANAGE_GUILD)
            self._server.add_member(guild, self._moderator, role)
            people = [self._server.add_user(f"Person {number}-{n}", installed=True) for n in range(10)]
            for person in people:
                self._server.add_member(guild, person)
            self._people += people
            self._channels.append(self._server.add_channel(guild, "general"))
            await self._server.gateway.announce_guild(guild)
            await self._import_into(self._channels[-1])

    async def use(self, until: float) -> None:
        """Do one thing after the other until a moment of the monotonic clock."""
        names = list(self._actions)
        weights = [self._actions[name][0] for name in names]
        while time.monotonic() < until:
            (name,) = self._chance.choices(names, weights)
            await self._actions[name][1]()
            self._usage.actions[name] += 1

    def _words(self) -> str:
        said = self._chance.choice(self._texts).split()
        begin = self._chance.randrange(max(1, len(said) - 6))
        return " ".join(said[begin : begin + self._chance.randrange(2, 7)])

    async def _slash(self, name: str, options: dict[str, Any] | None = None, *, managed: bool = False) -> Interaction:
        user = self._moderator if managed else self._chance.choice(self._people)
        asked = await self._server.slash(user, name, options or {}, at=self._channel_of(user))
        await self._server.reply_to(asked, timeout=REPLY_TIMEOUT_SECONDS)
        return asked

    def _channel_of(self, user: User) -> Channel:
        if user is self._moderator:
            return self._chance.choice(self._channels)
        return self._channels[self._people.index(user) // 10]

    async def _ask(self) -> None:
        asked = await self._slash("ask", {"question": self._words()})
        if asked.original is not None:
            self._answers = [*self._answers[-20:], (asked.asker, asked.original)]

    async def _show_timeline(self) -> None:
        await self._slash("timeline", {"question": self._words()})

    async def _write(self) -> None:
        await self._say(lambda person: (self._server.dm(person), self._words()))

    async def _mention(self) -> None:
        await self._say(lambda person: (self._channel_of(person), f"{self._server.bot_user.mention} {self._words()}"))

    async def _say(self, make_message: Callable[[User], tuple[Channel, str]]) -> None:
        """Have somebody write who is not waiting for an answer to a message: a second one might get none."""
        person = self._chance.choice([person for person in self._people if person not in self._writing])
        self._writing.add(person)
        try:
            said = await self._server.say(person, *make_message(person))
            # Where many write, some are told nothing.
            with contextlib.suppress(AssertionError, TimeoutError):
                await self._server.answer_to(said, timeout=MESSAGE_TIMEOUT_SECONDS)
        finally:
            self._writing.discard(person)

    async def _press(self) -> None:
        if not self._answers:
            return
        person, card = self._chance.choice(self._answers)
        label = self._chance.choice(("Read on", "Next"))
        try:
            custom_id = self._server.find_component(card, label=label)["custom_id"]
        except (AssertionError, LookupError, StopIteration):
            return
        pressed = await self._server.click(person, card, custom_id)
        await self._server.reply_to(pressed, timeout=REPLY_TIMEOUT_SECONDS)

    async def _list_videos(self) -> None:
        await self._slash("videos")

    async def _show_stats(self) -> None:
        await self._slash("library stats", managed=True)

    async def _show_misses(self) -> None:
        await self._slash("library misses", managed=True)

    async def _undo(self) -> None:
        await self._slash("library undo", managed=True)

    async def _export(self) -> None:
        form = self._chance.choice(("jsonl", "csv", "parquet"))
        await self._slash("library export", {"format": form}, managed=True)

    async def _import_rows(self) -> None:
        await self._import_into(self._chance.choice(self._channels))

    async def _import_into(self, channel: Channel) -> None:
        count = self._chance.randrange(100, MAX_ROWS)
        first = self._chance.randrange(len(self._texts) - count)
        rows = [
            {"video_id": f"v{n // 60}", "text": text, "start_second": n % 60 * 25, "end_second": n % 60 * 25 + 25}
            for n, text in enumerate(self._texts[first : first + count])
        ]
        upload = self._server.upload("rows.jsonl", "\n".join(map(json.dumps, rows)).encode())
        opened = await self._server.slash(self._moderator, "library import", {"replace": True}, at=channel)
        await self._server.modal_of(opened, timeout=REPLY_TIMEOUT_SECONDS)
        sent = await self._server.submit_modal(opened, {"files": [upload]})
        await self._server.reply_to(sent, timeout=REPLY_TIMEOUT_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
