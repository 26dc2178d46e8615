"""The card of what was asked and not found."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.discord_face import cards, controls, neutral
from bot.discord_face.cards import Card
from bot.discord_face.controls import Owner
from storage.models import Miss

MISSES_ON_A_PAGE = 15
LONGEST_MISS = 150


def misses_card(misses: Sequence[Miss], owner: Owner, page: int = 0) -> Card:
    """One page of the questions that a library did not answer, the most asked first; never who asked them."""
    last = max(0, (len(misses) - 1) // MISSES_ON_A_PAGE)
    page = min(page, last)
    shown = misses[page * MISSES_ON_A_PAGE : (page + 1) * MISSES_ON_A_PAGE]
    lines = ["### Asked, and not clearly answered", *map(_line, shown)]
    if not misses:
        lines.append("Nothing: every question that was noted has found its answer.")
    if last:
        lines.append(f"-# Page {page + 1} of {last + 1}")
    rows = controls.row(controls.pages("misses", owner, page, more=page < last))
    return Card(ui.Container(cards.text("\n".join(lines))), *rows)


def _line(miss: Miss) -> str:
    times = "once" if miss.count == 1 else f"{miss.count:,} times"
    return f"- {neutral.fitted(miss.question, LONGEST_MISS) or '…'} · {times}, last <t:{int(miss.last_asked)}:R>"
