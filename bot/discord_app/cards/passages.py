"""Cards for reading on: a passage by itself in paragraphs, and a quote of it that somebody shares."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.answering.values import Excerpt, OpenedPassage, Paragraph, split_by_speaker
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import moments
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, Part
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_OWN_TEXT_LENGTH
from bot.discord_app.cards.parts.quotes import speaker_label
from bot.localization import gettext as _
from bot.timecodes import timecode

MAX_HIT_LENGTH = 160
"""Characters of the quote for which a passage was opened, where one has read on from it."""
_BETWEEN = len(" \n…")
"""Characters around the words of a paragraph, or of one speaker in it."""


def passage_card(question: str, opened: OpenedPassage, owner: Owner) -> Card:
    """Return a card with one passage in paragraphs, the second of its quote first, and the buttons that act on it."""
    hit = opened.hit
    head = "\n".join([answer_cards.question_header(question, hit), *answer_cards.name_lines(hit)])
    if not opened.shows_hit:
        head += f"\n{moments.write_words(hit, MAX_HIT_LENGTH)}"
    play = moments.play_button(hit.link_second, hit.link, hit.video)
    room = MAX_OWN_TEXT_LENGTH - len(head) - len(_(controls.NO_BUTTONS))
    parts: list[Part] = [
        base.text_display(head),
        *controls.button_row(play, controls.back_button(owner, moved=opened.is_moved)),
        *map(base.text_display, _write_paragraphs(opened, room)),
    ]
    if not owner.is_stored:
        parts.append(base.text_display(_(controls.NO_BUTTONS)))
    return Card(ui.Container(*parts), *controls.passage_rows(owner, earlier=opened.earlier, later=opened.later))


def shared_quote_card(question: str, hit: Excerpt, owner: Owner, remark: str) -> Card:
    """Return a card with the quote of an answer by itself, which somebody shares; `remark` says who does."""
    head = "\n".join([answer_cards.question_header(question, hit), *answer_cards.remarks_display([remark])])
    parts = answer_cards.quote_parts(hit, owner, MAX_OWN_TEXT_LENGTH - len(head) - len(_(controls.NO_BUTTONS)))
    return Card(ui.Container(base.text_display(head), *parts))


def _write_paragraphs(opened: OpenedPassage, room: int) -> list[str]:
    """Return the paragraphs of a passage with their times, in at most `room` characters.

    The times are links where there is room for their addresses.
    """
    times = [timecode(paragraph.start_second) for paragraph in opened.paragraphs]
    words = _write_words(opened.paragraphs, room - sum(len(time) + _BETWEEN for time in times))
    video = opened.hit.video
    linked = [base.linked_time(paragraph.start_second, paragraph.link, video) for paragraph in opened.paragraphs]
    if sum(len(time) + len(said) + _BETWEEN for time, said in zip(linked, words, strict=True)) <= room:
        times = linked
    return [f"{time}\n{said}" for time, said in zip(times, words, strict=True)]


def _write_words(paragraphs: Sequence[Paragraph], room: int) -> list[str]:
    """Return the words of paragraphs, matches bold, in at most `room` characters.

    Where escaped they have more, as only a text of special characters does, each is cut at its end by its share.
    """
    written = [_write_paragraph(paragraph, room) for paragraph in paragraphs]
    total = sum(map(len, written))
    if total <= room:
        return written
    return [
        _write_paragraph(paragraph, len(words) * room // total)
        for paragraph, words in zip(paragraphs, written, strict=True)
    ]


def _write_paragraph(paragraph: Paragraph, length: int) -> str:
    """Return a paragraph in at most `length` characters, where that is room for any; each speaker has a line."""
    lines: list[str] = []
    for part in split_by_speaker(paragraph):
        label = speaker_label(part.speaker)
        room = length - len(label) - _BETWEEN
        words, is_whole = markdown.bold_highlights(part.words, part.highlights, room)
        if words:
            lines.append(f"{label}{words}{'' if is_whole else '…'}")
            length -= len(lines[-1]) + 1
        if not is_whole:
            break
    return "\n".join(lines) or "…"
