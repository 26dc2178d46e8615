"""Measures how long before the words that were asked for the links of an answer open, on talks with captions.

python -m benchmarks.link_leads TALK.srt [TALK.vtt ...] [--phrases 500] [--write]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shlex
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from benchmarks.measuring import machine
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet
from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import Excerpt, Passage
from bot.errors import EmptyQuestion
from storage import access
from storage.library import Library
from storage.models import Labels, Segment, Source, Video

PAGE = Path(__file__).with_name("LINKS.md")
SCOPE = access.host_scope()
PHRASE_WORDS = range(5, 9)
WAYS = {"as they stand": "{}", "in quotation marks": '"{}"'}
USUAL_SECONDS, MOST_SECONDS = 5, 8
"""How early 95 of 100 links open at most, and every one."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are said in a row, and when the caption begins that has the first of them."""

    video_id: str
    text: str
    second: float

    def is_in(self, excerpt: Excerpt) -> bool:
        """Return whether a quote has the words where they were drawn from."""
        is_here = excerpt.video.video_id == self.video_id and excerpt.start_second <= self.second <= excerpt.end_second
        return is_here and self.text in excerpt.quote


@dataclass(frozen=True, slots=True)
class Leads:
    """How many seconds after its link each quote has its first bold word, and each that holds the phrase the phrase."""

    to_bold: list[float] = field(default_factory=list)
    to_phrase: list[float] = field(default_factory=list)


def main(arguments: Sequence[str]) -> None:
    """Measure and print, and write the page if that is wanted."""
    chosen, load = _parser().parse_args(arguments), os.getloadavg()[0]
    leads = asyncio.run(measure(chosen.talks, chosen.phrases))
    told = machine.describe_machine(shlex.join(["python", "-m", "benchmarks.link_leads", *arguments]), load)
    report.show(Console(width=180), [make_sheet(leads, chosen.phrases)])
    if chosen.write:
        report.write(PAGE, told, [make_sheet(leads, chosen.phrases)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.link_leads", description=__doc__)
    parser.add_argument("talks", nargs="+", type=Path, metavar="TALK", help="a file of captions")
    parser.add_argument("--phrases", type=int, default=500, help="how many phrases are asked for")
    parser.add_argument("--write", action="store_true", help="keep the table in LINKS.md")
    return parser


async def measure(talks: Sequence[Path], count: int) -> dict[str, Leads]:
    """Ask for phrases of 5 to 8 words that are said in the talks, in every way, and return how early the links open."""
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        library = await Library.open(Path(folder) / "cuepoint.db")
        try:
            for number, talk in enumerate(talks):
                labels = Labels(video_id=f"talk-{number}", url=f"https://talks.example.org/{number}")
                await library.import_files(SCOPE, [(Source(talk.name, talk.read_bytes()), labels)])
            phrases = await _draw_phrases(library, len(talks), count)
            return {way: await _ask_for(library, phrases, form) for way, form in WAYS.items()}
        finally:
            await library.close()


async def _draw_phrases(library: Library, talks: int, count: int) -> list[Phrase]:
    chance, said = random.Random(2026), []
    for video_id in (f"talk-{number}" for number in range(talks)):
        for segment in await library.segments_between(SCOPE, video_id, 0, 1e9):
            said += [(video_id, word[0], segment.second_at(word.start())) for word in _WORD.finditer(segment.text)]
    phrases = []
    for start in chance.choices(range(len(said) - max(PHRASE_WORDS)), k=count):
        words = said[start : start + chance.choice(PHRASE_WORDS)]
        phrases.append(Phrase(words[0][0], " ".join(word for _, word, _ in words), words[0][2]))
    return phrases


async def _ask_for(library: Library, phrases: Sequence[Phrase], form: str) -> Leads:
    leads = Leads()
    for phrase in phrases:
        try:
            answer = await asking.ask(library, SCOPE, parse_question(form.format(phrase.text)))
        except EmptyQuestion:
            continue
        for excerpt in answer.excerpts or answer.near_misses:
            if excerpt.highlights:
                leads.to_bold.append(await _second_in(library, excerpt) - excerpt.link_second)
            if phrase.is_in(excerpt):
                leads.to_phrase.append(phrase.second - excerpt.link_second)
    return leads


async def _second_in(library: Library, excerpt: Excerpt) -> float:
    """Return when the caption begins that has the first bold word of a quote."""
    first, last = excerpt.segments[0], excerpt.segments[-1]
    around = await library.segments_between(SCOPE, excerpt.video.video_id, first, last)
    segments: list[Segment] = [segment for segment in around if first <= segment.start_second <= last]
    passage = Passage(Video(excerpt.video.video_id), tuple(segments), 0.0)
    for found in re.finditer(re.escape(excerpt.quote), passage.text):
        if passage.second_at(found.start()) == excerpt.start_second:
            return passage.second_at(found.start() + excerpt.highlights[0][0])
    raise ValueError(f"no quote begins at second {excerpt.start_second}")


def make_sheet(leads: dict[str, Leads], count: int) -> Sheet:
    """Return the table."""
    rows = [
        [f"{where}, asked {way}", *_describe(seconds)]
        for way, found in leads.items()
        for where, seconds in (("first bold word", found.to_bold), ("the phrase itself", found.to_phrase))
    ]
    header = ["from the link to", "quotes", "median", f"over {USUAL_SECONDS} s", f"over {MOST_SECONDS} s", "longest"]
    return Sheet(f"Links to {count:,} phrases", [*header, "link after it"], rows)


def _describe(seconds: Sequence[float]) -> list[str]:
    if not seconds:
        return ["0", *["–"] * 5]
    shares = [sum(second > limit for second in seconds) / len(seconds) for limit in (USUAL_SECONDS, MOST_SECONDS)]
    return [
        f"{len(seconds):,}",
        f"{statistics.median(seconds):.1f} s",
        *(f"{share:.1%}" for share in shares),
        f"{max(seconds):.1f} s",
        f"{sum(second < 0 for second in seconds):,}",
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
