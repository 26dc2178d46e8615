"""What starting the program costs: processor time of single commands, beside an earlier revision in the same run.

    python -m benchmarks.start [--before REVISION] [--runs 20] [--write]

Processor time and not time on the clock: on a busy machine it varies far less. The revision before is checked out
beside this one and runs with the same packages, the two of them in turn.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.measuring import machine
from benchmarks.measuring.apart import child_seconds
from benchmarks.measuring.running import say
from benchmarks.tables import report
from benchmarks.tables.sheets import Sheet, format_number

PAGE = Path(__file__).with_name("START.md")
PROJECT = PAGE.parent.parent
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "nothing, but for Python itself": ("-c", "pass"),
    "`cuepoint --version`": ("-m", "bot", "--version"),
    "`cuepoint --help`": ("-m", "bot", "--help"),
    "`cuepoint ask --help`": ("-m", "bot", "ask", "--help"),
    "`cuepoint aks`, mistyped": ("-m", "bot", "aks"),
    "`cuepoint ask`, of the sample talks": ("-m", "bot", "ask", "what is a hold cue?"),
}
"""What is run, as arguments of Python, by what the table calls it."""
FAILING = ("aks",)
"""Ends of commands that end with an error."""


@dataclass(frozen=True, slots=True)
class StartCost:
    """The median processor time of a command in seconds, and what it was before, if that was measured."""

    command: str
    seconds: float
    seconds_before: float | None = None


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and keep what was measured if that is wanted."""
    chosen = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        found = measure(Path(folder), chosen.runs, chosen.before)
    told = machine.describe_machine(shlex.join(["python", "-m", "benchmarks.start", *arguments]), load)
    console = Console(width=180)
    for name, what in told.items():
        console.print(f"{name}: {what}", highlight=False, soft_wrap=True)
    report.show(console, [make_sheet(found, chosen.runs, chosen.before)])
    if chosen.write:
        report.write(PAGE, told, [make_sheet(found, chosen.runs, chosen.before)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--before", metavar="REVISION", help="measure this revision of the repository beside it")
    parser.add_argument("--runs", type=int, default=20, help="how often every command is run")
    parser.add_argument("--write", action="store_true", help="keep the table in START.md")
    return parser


def measure(
    folder: Path, runs: int, before: str | None = None, commands: Mapping[str, Sequence[str]] = COMMANDS
) -> list[StartCost]:
    """Measure commands in a folder that is empty, so often each; `before` is a revision to be measured beside them."""
    with checked_out(folder / "before", before) as earlier:
        trees = [PROJECT] if earlier is None else [PROJECT, earlier]
        costs = []
        for name, command in commands.items():
            say(name)
            for tree in trees:  # what is compiled, or stored, by the first run of all is not what is measured
                _run(tree, folder, command)
            seconds = [[_run(tree, folder, command) for tree in trees] for _ in range(runs)]
            costs.append(StartCost(name, *map(statistics.median, zip(*seconds, strict=True))))
        return costs


@contextlib.contextmanager
def checked_out(folder: Path, revision: str | None) -> Iterator[Path | None]:
    """A revision of the repository in a folder of its own; None for no revision."""
    if revision is None:
        yield None
        return
    git = ["git", "-C", str(PROJECT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), revision], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _run(tree: Path, folder: Path, command: Sequence[str]) -> float:
    """The processor time of a command in one state of the program, in seconds."""
    data = folder / "data" / tree.name
    environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
    environment |= {"CUEPOINT_DATA_DIR": str(data), "PYTHONPATH": str(tree)}
    before = child_seconds()
    done = subprocess.run([sys.executable, *command], cwd=tree, env=environment, capture_output=True, check=False)
    used = child_seconds() - before
    if bool(done.returncode) != (command[-1] in FAILING):
        raise RuntimeError(f"{shlex.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
    return used


def make_sheet(found: Sequence[StartCost], runs: int, before: str | None) -> Sheet:
    """The table."""
    note = f"Median of {runs} runs, user and system time together."
    if before is None:
        rows = [[cost.command, _ms(cost.seconds)] for cost in found]
        return Sheet("Processor time of a start", ("command", "now"), rows, note)
    header = "command", f"before ({before})", "now", "now, as part of before"
    rows = [
        [cost.command, _ms(cost.seconds_before), _ms(cost.seconds), f"{cost.seconds / cost.seconds_before:.0%}"]
        for cost in found
        if cost.seconds_before
    ]
    return Sheet("Processor time of a start", header, rows, note)


def _ms(seconds: float) -> str:
    return f"{format_number(1000 * seconds)} ms"


if __name__ == "__main__":
    main(sys.argv[1:])
