"""Measures Cuepoint's index against its peers: python -m benchmarks [--quick] [--sizes 20000,200000] [--write]"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.answers import discord_cards, ways
from benchmarks.measuring import machine
from benchmarks.measuring.figures import QUICK, Effort
from benchmarks.measuring.running import measure, say
from benchmarks.tables import plots, report
from benchmarks.tables.answer_sheets import answer_sheets, ways_sheet
from benchmarks.tables.sheets import sheets

SIZES = (20_000, 200_000, 2_000_000)


def main(arguments: Sequence[str]) -> None:
    """Measure, print the results, and write them to the page if that is wanted."""
    chosen = _parser().parse_args(arguments)
    sizes = chosen.sizes or (SIZES[:1] if chosen.quick else SIZES)
    begun, load = time.monotonic(), os.getloadavg()[0]
    effort = QUICK if chosen.quick else Effort()
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        run = measure(Path(folder), sizes, effort)
    say("every way to ask")
    ask_in_ways = asyncio.run(ways.measure(min(sizes), effort.asked_in_ways))
    run = replace(run, ways=ask_in_ways)
    say("commands to cards")
    every = [*sheets(run), *answer_sheets(run), ways_sheet(ask_in_ways), asyncio.run(discord_cards.measure(min(sizes)))]
    machine_lines = machine.describe_run(run, shlex.join(["python", "-m", "benchmarks", *arguments]), load)
    console = Console()
    if not console.is_terminal:
        console = Console(width=180)
    for name, what in machine_lines.items():
        console.print(f"{name}: {what}", highlight=False, soft_wrap=True)
    report.show(console, every)
    console.print(f"{(time.monotonic() - begun) / 60:.1f} minutes")
    if chosen.write:
        report.write(report.PAGE, machine_lines, every)
        plots.draw(run, report.PLOT)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest size and fewer questions: three minutes")
    parser.add_argument("--sizes", type=_sizes, help="how many segments, such as 20000,200000")
    parser.add_argument("--write", action="store_true", help="keep the tables in RESULTS.md and the plot beside it")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(size) for size in text.split(",")}))


if __name__ == "__main__":
    main(sys.argv[1:])
