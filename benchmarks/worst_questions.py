"""Measures the questions that cost most, beside an earlier revision: processor time, whatever else the machine does.

python -m benchmarks.worst_questions [--segments 160000] [--before REVISION]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.measuring.running import say
from benchmarks.start import PROJECT, checked_out
from benchmarks.tables import report
from benchmarks.tables.sheets import NOTHING, Sheet, format_number

SEGMENTS = 160_000
PROGRAM = Path(__file__).with_name("long_questions.py")
Costs = dict[str, tuple[float, float]]
"""By question the milliseconds of its search and of its timeline."""


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worst_questions", description=__doc__)
    parser.add_argument("--segments", type=int, default=SEGMENTS, help="how many segments are searched")
    parser.add_argument("--before", metavar="REVISION", help="measure this revision of the repository beside it")
    chosen = parser.parse_args(arguments)
    report.show(Console(width=180), [measure(chosen.segments, chosen.before)])


def measure(segments: int = SEGMENTS, before: str | None = None) -> Sheet:
    """Measure this state of the program and, if one is named, an earlier revision, and return the table."""
    with (
        tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder,
        checked_out(Path(folder) / "before", before) as tree,
    ):
        earlier = _run(tree, segments) if tree else None
        return make_sheet(segments, _run(PROJECT, segments), earlier, before)


def _run(tree: Path, segments: int) -> Costs:
    say(f"the worst questions in {tree}")
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(segments)], cwd=tree, env=environment, stdout=subprocess.PIPE, check=True
    )
    return {name: (search, timeline) for name, (search, timeline) in json.loads(done.stdout).items()}


def make_sheet(segments: int, now: Costs, earlier: Costs | None, before: str | None) -> Sheet:
    """Return the table."""
    header = ["question of at most 2,000 characters", "search", "timeline"]
    if earlier is not None:
        header += [f"search before ({before})", "timeline before"]
    rows = [
        [name, *map(_ms, costs), *(map(_ms, earlier.get(name, ())) if earlier is not None else ())]
        for name, costs in now.items()
    ]
    rows.append(["the worst of them", *(_ms(max(costs)) for costs in zip(*now.values(), strict=True))])
    if earlier is not None:
        rows[-1] += [_ms(max(costs)) for costs in zip(*earlier.values(), strict=True)]
    note = "Processor time of the thread that searches; a timeline searches too."
    return Sheet(f"The questions that cost most, {segments:,} segments", header, rows, note)


def _ms(milliseconds: float) -> str:
    return f"{format_number(milliseconds)} ms" if milliseconds else NOTHING


if __name__ == "__main__":
    main(sys.argv[1:])
