"""The cards of what people taught: what was asked and not found, and all of it as a file."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.discord_app.cards import base, controls, markdown
from bot.discord_app.cards.base import Card, Enclosure, notice
from bot.discord_app.cards.controls import Owner
from bot.discord_app.cards.library import Reply, counted, enclosing, sized
from storage.models import Miss

MISSES_ON_A_PAGE = 15
LONGEST_MISS = 150
QUESTIONS = "cuepoint-questions.zip"


def misses_card(misses: Sequence[Miss], owner: Owner, page: int = 0, *, recorded: bool = True) -> Card:
    """One page of the questions that a library did not answer, the most asked first; never who asked them.

    `recorded` says whether such questions are noted at all.
    """
    last = max(0, (len(misses) - 1) // MISSES_ON_A_PAGE)
    page = min(page, last)
    shown = misses[page * MISSES_ON_A_PAGE : (page + 1) * MISSES_ON_A_PAGE]
    lines = ["### Asked, and not clearly answered", *map(_line, shown)]
    if not misses:
        lines.append("Nothing is noted.")
    if not recorded:
        lines.append("Questions are not noted here at present; **/settings** with *misses* turns that on.")
    if last:
        lines.append(f"-# Page {page + 1} of {last + 1}")
    lines.append("-# **Export** gives you these and the votes as a file, for `cuepoint evaluate`.")
    rows = controls.row(controls.pages("misses", owner, page, more=page < last), controls.export_questions(owner))
    return Card(ui.Container(base.text("\n".join(lines))), *rows)


def _line(miss: Miss) -> str:
    times = "once" if miss.count == 1 else f"{miss.count:,} times"
    return f"- {markdown.fitted(miss.question, LONGEST_MISS) or '…'} · {times}, last <t:{int(miss.last_asked)}:R>"


def questions_reply(content: bytes, limit: int, questions: int, segments: int, notes: Sequence[str]) -> Reply:
    """So many questions about so many segments as a zip file, where it is within Discord's limit (bytes)."""
    if len(content) > limit:
        sizes = f"That is {sized(len(content))}, and Discord takes {sized(limit)} here."
        return Reply(notice(f"{sizes} Whoever hosts this bot can write it with cuepoint feedback."))
    words = [
        f"{counted(questions, 'question')} about {counted(segments, 'segment')} of this server's library, as people "
        "typed them and without their names. Unzipped, `cuepoint evaluate` reads it.",
        *(f"-# {note}" for note in notes),
    ]
    return Reply(enclosing("\n".join(words), Enclosure(QUESTIONS, content)))
