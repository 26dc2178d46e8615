"""Prints every measurement: python -m benchmarks [SEGMENTS]"""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console

from benchmarks import discord_cards, ranking


def main(segments: int) -> None:
    """Measure libraries of so many segments."""
    console = Console()
    console.print(ranking.measure(segments))
    console.print(asyncio.run(discord_cards.measure(segments)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
