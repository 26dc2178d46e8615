"""How high cards are on a phone, measured on simcord's preview of Discord, and that all of them can be drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.models import Labels, Source
from tests.pictures.draw_cards import SCENES
from tests.pictures.drawing import missing, read_seeds, stage
from tests.support.discord.harness import moments_on, pressable, seen

PHONE = 390
MAX_ANSWER_HEIGHT = 1100
"""Pixels of a public answer of five moments on a phone, the line with its author included."""


async def test_every_scene_shows_a_card() -> None:
    """The pictures themselves are drawn by hand: what is shown on them is held by the tests of each card."""
    async with stage(*read_seeds()) as on:
        for scene in SCENES.values():
            assert seen(await scene(on))


def talks() -> list[tuple[Source, Labels]]:
    """Eight talks with titles, pictures and links, that all say much of the same."""
    words = [" ".join(f"{word}{n}" for word in ["something", "of", "what", "is", "said"] * 12) for n in range(8)]
    rows = [
        {
            "video_id": f"talk-{n:07}", "title": f"A talk of some length on how networks learn, part {n}",
            "url": f"https://www.youtube.com/watch?v=talk-{n:06}", "start_second": 600 * n, "end_second": 600 * n + 60,
            "thumbnail": f"https://i.ytimg.com/vi/talk-{n:06}/hqdefault.jpg",
            "text": f"{words[n]} the copper lantern that hangs above the gate {words[n]}", "creator": "Somebody",
        }
        for n in range(8)
    ]  # fmt: skip
    return [(Source("talks.jsonl", "\n".join(map(json.dumps, rows)).encode()), Labels())]


@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize(
    ("question", "real", "surest"),
    [
        ("what is the copper lantern that hangs above the gate?", False, "0.345"),
        ("what is it about the coppr lanteern that hangs above the gate?", False, "1"),
        ("pre-training", True, "0.345"),
    ],
    ids=["sure", "repaired and not clear", "real"],
)
async def test_a_public_answer_of_five_moments_fits_a_phone(
    tmp_path: Path, question: str, real: bool, surest: str
) -> None:
    """The heights of this card and of all others are printed by tests/pictures/draw_cards.py."""
    files = read_seeds() if real else talks()
    if not files:
        pytest.skip("the folder of real transcripts (../shared/seeds) is not here")
    async with stage(*files, CUEPOINT_CONFIDENT_FROM=surest, CUEPOINT_CLOSEST_FROM="0.1") as on:
        await on.alice.slash(on.channel, "settings", quotes=5)
        shown = await on.alice.slash(on.channel, "ask", question=question)
        assert len(moments_on(shown)) == 5
        assert real or "Next" in pressable(shown)
        assert ("No clear answer" in seen(shown), "Searched for" in seen(shown)) == (surest == "1", surest == "1")
        assert await on.draw(shown, tmp_path / "answer.png", PHONE) <= MAX_ANSWER_HEIGHT
