"""Prints a run, and writes it into RESULTS.md, beside its plot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console

from benchmarks.tables.sheets import Sheet

PAGE = Path(__file__).parents[1] / "RESULTS.md"
PLOT = PAGE.with_name("growth.png")
_MEASURED = re.compile(r"(?<=<!-- measured -->\n).*(?=<!-- end -->)", re.DOTALL)


def show(console: Console, sheets: Iterable[Sheet]) -> None:
    """Print tables as wide as they are."""
    for sheet in sheets:
        console.print(sheet.to_table(), soft_wrap=True)
        console.print()


def write(page: Path, machine: Mapping[str, str], sheets: Iterable[Sheet]) -> None:
    """Replace the tables of a page; the text that people wrote around them stays."""
    parts = ["\n".join(f"- {name}: {what}" for name, what in machine.items())]
    parts += [sheet.to_markdown() for sheet in sheets]
    text, measured = page.read_text(encoding="utf-8"), "\n" + "\n\n".join(parts) + "\n\n"
    page.write_text(_MEASURED.sub(lambda _: measured, text), encoding="utf-8")
