"""A timeline as a card: the picture, and its contents as text for those who cannot see it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from discord import MediaGalleryItem, ui

from bot.answering.timeline import MAX_STRIPS
from bot.answering.values import AnsweredTimeline
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards.moments import list_choices, write_moments
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, EnclosedFile, Part
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_ALT_TEXT_LENGTH, MAX_OWN_TEXT_LENGTH
from bot.images.fonts import find_lettering
from bot.images.timeline_image import lettered_name
from bot.localization import format_number, ngettext
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import Strip

PICTURE = "timeline.png"
MAX_STRIP_TITLE_LENGTH, MAX_DESCRIBED_TITLE_LENGTH = 30, 60
MIN_MOMENTS_LENGTH = 600
"""Characters that are kept free for the moments."""


def timeline_card(timeline: AnsweredTimeline, picture: bytes, owner: Owner, remarks: Sequence[str] = ()) -> Card:
    """Return a card that shows where in the videos a question is spoken of.

    `picture` is the timeline as PNG; `remarks` are texts of the bot and are not escaped.
    """
    answer = timeline.answer
    heading = "\n".join(
        [
            answer_cards.question_header(answer.question),
            *answer_cards.answer_notes(answer),
            *answer_cards.remarks_display(remarks),
        ]
    )
    hints = [f"-# {hint}" for hint in _explain_picture(timeline.strips)]
    hints += [] if owner.is_stored else [_(controls.NO_BUTTONS)]
    room = MAX_OWN_TEXT_LENGTH - len(heading) - sum(len(hint) + 1 for hint in hints) - 20
    unwritten = _name_unwritten(timeline.strips, room - MIN_MOMENTS_LENGTH)
    room -= sum(len(line) + 1 for line in unwritten)
    parts: list[Part] = [
        base.text_display(heading),
        ui.MediaGallery(MediaGalleryItem(f"attachment://{PICTURE}", description=describe_timeline(timeline))),
        base.text_display("\n".join([*unwritten, *hints])),
    ]
    if answer.excerpts:
        parts.append(base.text_display(write_moments(answer.excerpts, room, first_number=1)))
    rows = [
        *controls.passage_menu(owner, list_choices(answer.excerpts, 1, first_place=1)),
        *controls.button_row(controls.delete_button(owner)),
    ]
    colour = answer_cards.accent_colour(answer)
    return Card(ui.Container(*parts, *rows, accent_colour=colour), enclosed=[EnclosedFile(PICTURE, picture)])


def _explain_picture(strips: Sequence[Strip]) -> list[str]:
    """Return the sentences that say how to read the picture."""
    sentences = [_("The higher, the more is said of it there.")]
    if any(strip.stretches_without_words() for strip in strips):
        sentences.append(_("Hatched: no transcript."))
    sentences = [" ".join(sentences)]
    if len(strips) >= MAX_STRIPS:
        sentences.append(_("Only the {count} videos that speak of it most.").format(count=format_number(MAX_STRIPS)))
    return sentences


def _name_unwritten(strips: Sequence[Strip], room: int) -> list[str]:
    """Return the titles that the picture shows only as a letter, as many as fit into `room` characters."""
    lines = [
        f"-# **{lettered_name(number)}:** {markdown.escape_to_fit(strip.video.heading, MAX_STRIP_TITLE_LENGTH) or '…'}"
        for number, strip in enumerate(strips, 1)
        if find_lettering(strip.video.heading) is None
    ]
    lengths = itertools.accumulate(len(line) + 1 for line in lines)
    return [line for line, length in zip(lines, lengths, strict=True) if length <= room]


def describe_timeline(timeline: AnsweredTimeline) -> str:
    """Return what the picture shows, for screen readers: at most 1,024 characters."""
    count = len(timeline.strips)
    if count >= MAX_STRIPS:
        summary = _("Where the {count} videos that speak of “{question}” most do so.")
    else:
        summary = ngettext(
            "Where one video speaks of “{question}”.",
            "Where {count} videos speak of “{question}”, the most first.",
            count,
        )
    question = markdown.shorten(timeline.answer.question, 200)
    told = [summary.format(count=format_number(count), question=question), *map(_describe_strip, timeline.strips)]
    return markdown.shorten(" ".join(told), MAX_ALT_TEXT_LENGTH)


def _describe_strip(strip: Strip) -> str:
    """Return where a video speaks of it most, and of how much of it nothing is stored."""
    name = markdown.shorten(strip.video.heading, MAX_DESCRIBED_TITLE_LENGTH) or "…"
    best = max(strip.columns, key=lambda column: column.strength, default=None)
    if best is None or best.strength <= 0:
        return _("{title}: only its title.").format(title=name)
    told = _("{title}: most at {time} of {length}.").format(
        title=name, time=timecode(best.start_second), length=timecode(strip.end_second)
    )
    missing = sum(end - start for start, end in strip.stretches_without_words())
    if missing:
        told += " " + _("No transcript of {length}.").format(length=timecode(missing))
    return told
