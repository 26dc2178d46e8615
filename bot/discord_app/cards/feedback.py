"""Cards about feedback: the unanswered questions, and these with the votes as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from discord import ui

from bot.discord_app.cards.library import Reply, format_count, format_size, notice_reply
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, EnclosedFile, notice_card
from bot.discord_app.cards.parts.controls import Owner
from storage.models import Miss

MISSES_PER_PAGE = 15
MAX_MISS_LENGTH = 150
QUESTIONS = "cuepoint-questions.zip"


def misses_card(misses: Sequence[Miss], owner: Owner, page: int = 0, *, recorded: bool = True) -> Card:
    """Return one page of the questions that a library did not answer, the most asked first; never who asked them.

    `recorded` says whether such questions are noted at all.
    """
    last = max(0, (len(misses) - 1) // MISSES_PER_PAGE)
    page = min(page, last)
    shown = misses[page * MISSES_PER_PAGE : (page + 1) * MISSES_PER_PAGE]
    lines = ["### Asked, and not clearly answered", *map(_miss_line, shown)]
    if not misses:
        lines.append("Nothing is noted.")
    if not recorded:
        lines.append("Questions are not noted here at present; **/settings** with *misses* turns that on.")
    if last:
        lines.append(f"-# Page {page + 1} of {last + 1}")
    lines.append("-# **Export** gives you these and the votes as a file, for `cuepoint evaluate`.")
    rows = controls.button_row(
        controls.page_buttons("misses", owner, page, more=page < last), controls.export_questions_button(owner)
    )
    return Card(ui.Container(base.text_display("\n".join(lines))), *rows)


def _miss_line(miss: Miss) -> str:
    times = "once" if miss.count == 1 else f"{miss.count:,} times"
    question = markdown.escape_to_fit(miss.question, MAX_MISS_LENGTH) or "…"
    return f"- {question} · {times}, last <t:{int(miss.last_asked)}:R>"


def questions_too_large_reply(limit: int) -> Reply:
    """Return the notice for questions that exceed `limit` (bytes)."""
    size = f"That is more than the {format_size(limit)} that Discord takes here."
    return Reply(notice_card(f"{size} Whoever hosts this bot can write it with cuepoint feedback."))


def questions_reply(file: Path, questions: int, segments: int, notes: Sequence[str]) -> Reply:
    """Return a zip file with so many questions about so many segments."""
    words = [
        f"{format_count(questions, 'question')} about {format_count(segments, 'segment')} of this server's library, "
        "as people typed them and without their names. Unzipped, `cuepoint evaluate` reads it.",
        *(f"-# {note}" for note in notes),
    ]
    return Reply(notice_reply("\n".join(words), EnclosedFile(QUESTIONS, file)))
