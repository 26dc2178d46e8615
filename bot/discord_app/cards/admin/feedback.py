"""Cards about feedback: votes and unanswered questions as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.discord_app.cards.admin.library import Reply, format_size, notice_reply
from bot.discord_app.cards.parts.base import EnclosedFile, notice_card
from bot.localization import format_number, ngettext, translate
from bot.localization import gettext as _

QUESTIONS = "cuepoint-questions.zip"


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
