"""What importing large caption files costs, beside the library `srt`, which only takes such a file apart.

    python -m benchmarks.importing [--cues 200000] [--files 276] [--write]

`cuepoint import` is run as a program into an empty data folder: it reads, finds out whether captions roll, makes
segments, and writes the database. Processor time and not time on the clock: on a busy machine it varies far less.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.measuring import machine
from benchmarks.measuring.apart import child_seconds
from benchmarks.measuring.running import say
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet, format_number

PAGE = Path(__file__).with_name("IMPORTS.md")
PROJECT = PAGE.parent.parent
_WORDS = (
    "model", "data", "the", "of", "and", "learning", "rate", "gradient", "we", "see", "this", "network", "is", "a",
)  # fmt: skip
_PARSE = "import sys, srt; print(sum(1 for _ in srt.parse(open(sys.argv[1]).read())))"
_PEAK = """
import resource, runpy, sys
sys.argv[0] = "bot"
try:
    runpy.run_module("bot", run_name="__main__")
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class ImportCost:
    """What one import took: processor time in seconds, and the most memory of the process in megabytes."""

    what: str
    megabytes: float
    seconds: float
    peak_megabytes: float


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and keep what was measured if that is wanted."""
    chosen = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        found = measure(Path(folder), chosen.cues, chosen.files)
    told = machine.describe_machine(shlex.join(["python", "-m", "benchmarks.importing", *arguments]), load)
    console = Console(width=180)
    for name, what in told.items():
        console.print(f"{name}: {what}", highlight=False, soft_wrap=True)
    report.show(console, [make_sheet(found)])
    if chosen.write:
        report.write(PAGE, told, [make_sheet(found)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--cues", type=int, default=200_000, help="how many cues the large files have")
    parser.add_argument("--files", type=int, default=276, help="how many files the folder has, of 24 kB each")
    parser.add_argument("--write", action="store_true", help="keep the table in IMPORTS.md")
    return parser


def measure(folder: Path, cues: int, files: int) -> list[ImportCost]:
    """Measure srt.parse alone, then the imports of a SubRip file, a WebVTT file, rolling WebVTT and a folder."""
    rng = random.Random(15)
    folder.mkdir(parents=True, exist_ok=True)
    large = {"SubRip": folder / "large.srt", "WebVTT": folder / "large.vtt", "rolling WebVTT": folder / "rolling.vtt"}
    for number, path in enumerate(large.values()):
        path.write_text(_make_captions(rng, cues, path.suffix == ".vtt", is_rolling=number == 2), encoding="utf-8")
    several = [folder / f"Talk [aaaaaaaa{number:03}].en.{'srt' if number % 2 else 'vtt'}" for number in range(files)]
    for number, path in enumerate(several):
        path.write_text(_make_captions(rng, 300, number % 2 == 0, is_rolling=number % 4 == 0), encoding="utf-8")
    say("srt.parse")
    found = [_run(folder, f"`srt.parse` alone, {cues:,} cues", ["-c", _PARSE, str(large["SubRip"])], [large["SubRip"]])]
    for name, path in large.items():
        say(name)
        command = ["-c", _PEAK, "import", str(path), "--video-id", "demo"]
        found.append(_run(folder, f"{name}, {cues:,} cues", command, [path]))
    say("a folder")
    command = ["-c", _PEAK, "import", *map(str, several)]
    found.append(_run(folder, f"a folder of {files:,} captions", command, several))
    return found


def _make_captions(rng: random.Random, cues: int, is_webvtt: bool, is_rolling: bool) -> str:
    mark, blocks, above = "." if is_webvtt else ",", ["WEBVTT\n"] if is_webvtt else [], " "
    for number in range(1, cues + 1):
        line = " ".join(rng.choices(_WORDS, k=7))
        times = f"{_clock(1500 * number, mark)} --> {_clock(1500 * number + 1490, mark)}"
        text = f"{above}\n{line}" if is_rolling else line
        blocks.append(f"{times}\n{text}\n" if is_webvtt else f"{number}\n{times}\n{text}\n")
        above = line
    return "\n".join(blocks)


def _clock(ms: int, mark: str) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def _run(folder: Path, what: str, command: Sequence[str], files: Sequence[Path]) -> ImportCost:
    """Return what a command costs in a data folder of its own. Raises RuntimeError where it fails."""
    with tempfile.TemporaryDirectory(dir=folder) as data:
        environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
        environment |= {"CUEPOINT_DATA_DIR": data, "PYTHONPATH": str(PROJECT)}
        before = child_seconds()
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
        used = child_seconds() - before
    if done.returncode:
        raise RuntimeError(f"{what} ended with {done.returncode}: {done.stderr}")
    last = int(done.stdout.split()[-1])
    return ImportCost(
        what,
        sum(path.stat().st_size for path in files) / 1_000_000,
        used,
        last / 1000 if "import" in command else 0.0,
    )


def make_sheet(found: Sequence[ImportCost]) -> Sheet:
    """Return the table: every import beside the parsing alone."""
    alone = found[0].seconds
    return Sheet(
        "Importing captions",
        ("what", "size", "processor time", "of srt.parse alone", "most memory"),
        [
            (
                cost.what,
                f"{format_number(cost.megabytes)} MB",
                f"{format_number(cost.seconds)} s",
                f"×{format_number(cost.seconds / alone)}",
                f"{format_number(cost.peak_megabytes)} MB" if cost.peak_megabytes else "–",
            )
            for cost in found
        ],
        "The folder has files of 300 cues, a quarter of them rolling.",
    )


if __name__ == "__main__":
    main(sys.argv[1:])
