"""Draws README's picture of a reply: the very payload the bot sends, on the sample talks, drawn by simcord's preview.

python tests/pictures/draw_reply.py    # drawing.py says what has to be installed
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent)]

import simcord  # noqa: E402 - the project is found only now

from tests.pictures.drawing import stage  # noqa: E402

QUESTION = "why does bm25 saturate?"


async def main() -> None:
    """Ask, and draw what comes."""
    async with stage() as on:
        await on.draw(await on.alice.slash(on.channel, "ask", question=QUESTION), HERE / "reply.png", 760)


if __name__ == "__main__":
    print(f"simcord {simcord.__version__}")
    asyncio.run(main())
