"""Cards about feedback: the unanswered questions, and these with the votes as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from discord import ui

from bot.discord_app.cards.admin.library import Reply, format_size, notice_reply
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, EnclosedFile, notice_card
from bot.discord_app.cards.parts.command_mentions import mention_command, option_name
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.discord_times import relative_time
from bot.localization import format_number, ngettext, pgettext, translate
from bot.localization import gettext as _
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
    lines = ["### " + _("Asked, and not clearly answered"), *map(_miss_line, shown)]
    if not misses:
        lines.append(_("No questions are noted."))
    if not recorded:
        words = _("Questions are not noted here now. {settings} with `{option}` turns that on.")
        lines.append(words.format(settings=mention_command("settings"), option=option_name("misses")))
    if last:
        words = _("Page {page} of {pages}")
        lines.append("-# " + words.format(page=format_number(page + 1), pages=format_number(last + 1)))
    words = _("-# **{export}** gives you these and the votes as a file.")
    lines.append(words.format(export=pgettext("button", "Export")))
    rows = controls.button_row(
        controls.page_buttons("misses", owner, page, more=page < last), controls.export_questions_button(owner)
    )
    return Card(ui.Container(base.text_display("\n".join(lines))), *rows)


def _miss_line(miss: Miss) -> str:
    times = ngettext("once", "{count} times", miss.count).format(count=format_number(miss.count))
    return _("- {question} · {times}, last {when}").format(
        question=markdown.escape_to_fit(miss.question, MAX_MISS_LENGTH) or "…",
        times=times,
        when=relative_time(miss.last_asked),
    )


def questions_too_large_reply(limit: int) -> Reply:
    """Return the notice for questions that exceed `limit` (bytes)."""
    words = _("That is more than the {size} that Discord takes here. Whoever hosts this bot can get the file for you.")
    return Reply(notice_card(words.format(size=format_size(limit))))


def questions_reply(file: Path, questions: int, segments: int, notes: Sequence[str]) -> Reply:
    """Return a zip file with so many questions about so many segments."""
    words = _("{questions} about {segments} of this server’s library, as people typed them and without their names.")
    asked = ngettext("{count} question", "{count} questions", questions).format(count=format_number(questions))
    about = ngettext("{count} segment", "{count} segments", segments).format(count=format_number(segments))
    lines = [words.format(questions=asked, segments=about), *(f"-# {translate(note)}" for note in notes)]
    return Reply(notice_reply("\n".join(lines), EnclosedFile(QUESTIONS, file)))
