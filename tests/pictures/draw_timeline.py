"""Draws the picture of a timeline in docs/discord.md, from the sample talks.

python tests/pictures/draw_timeline.py
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent)]

from bot import asking  # noqa: E402 - the project is found only now
from bot.answering.question import parse_question  # noqa: E402
from bot.discord_app.cards.moments import arrange_answer  # noqa: E402
from bot.images.timeline_image import draw_timeline  # noqa: E402
from storage import access  # noqa: E402
from storage.library import Library  # noqa: E402

QUESTION = "how long may it be?"
PICTURE = HERE / "timeline.png"


async def drawn() -> bytes:
    """The picture of the question."""
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "cuepoint.db")
        try:
            timeline = await asking.timeline(library, access.sample_scope(), parse_question(QUESTION))
            return draw_timeline(replace(timeline, answer=arrange_answer(timeline.answer)))
        finally:
            await library.close()


def main(path: Path = PICTURE) -> None:
    """Write it."""
    path.write_bytes(asyncio.run(drawn()))


if __name__ == "__main__":
    main()
