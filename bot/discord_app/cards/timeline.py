"""A timeline as a card: the picture, and its contents as text for those who cannot see it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from discord import MediaGalleryItem, ui

from bot.answering.timeline import MAX_STRIPS
from bot.answering.values import AnsweredTimeline, Excerpt
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, EnclosedFile, Part
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_ALT_TEXT_LENGTH, MAX_CARD_TEXT_LENGTH
from bot.discord_app.cards.parts.quotes import block_quote
from bot.images.fonts import find_lettering
from bot.images.timeline_image import numbered_name
from bot.timecodes import timecode
from storage.models import Strip

PICTURE = "timeline.png"
MAX_MOMENT_TITLE_LENGTH, MAX_MOMENT_URL_LENGTH, MAX_STRIP_TITLE_LENGTH = 60, 200, 30
MIN_MOMENT_QUOTE_LENGTH, MAX_MOMENT_QUOTE_LENGTH = 20, 240
"""Eight moments share the 4,000 characters of a card with the question; addresses count too."""
_AROUND_QUOTE = 16
"""Characters around a quote: its quotation marks, and the ends of its lines."""


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
    gallery_item = MediaGalleryItem(f"attachment://{PICTURE}", description=describe_timeline(timeline))
    hint = "-# The higher, the more is said of it just then."
    hint += " A number opens that passage with more around it." if owner.is_stored else f"\n{controls.NO_BUTTONS}"
    if len(timeline.strips) >= MAX_STRIPS:
        hint = f"-# Drawn are the {MAX_STRIPS} videos that speak of it most.\n{hint}"
    frames = [_moment_frame(excerpt, number) for number, excerpt in enumerate(answer.excerpts, 1)]
    room = MAX_CARD_TEXT_LENGTH - len(heading) - len(hint) - 20 - sum(len(frame) + _AROUND_QUOTE for frame in frames)
    unwritten = _describe_unwritten(timeline.strips, room - MIN_MOMENT_QUOTE_LENGTH * len(frames))
    parts: list[Part] = [
        base.text_display(heading),
        ui.MediaGallery(gallery_item),
        *_moments_display(answer.excerpts, frames, room - sum(len(line) + 1 for line in unwritten)),
        base.text_display("\n".join([*unwritten, hint])),
    ]
    rows = [*controls.number_buttons(owner, len(answer.excerpts)), *controls.button_row(controls.delete_button(owner))]
    return Card(ui.Container(*parts), *rows, enclosed=[EnclosedFile(PICTURE, picture)])


def _describe_unwritten(strips: Sequence[Strip], room: int) -> list[str]:
    """Return the titles that the picture shows only as a number, as many as fit into `room` characters."""
    lines = [
        f"-# **{numbered_name(number)}:** {markdown.escape_to_fit(strip.video.heading, MAX_STRIP_TITLE_LENGTH) or '…'}"
        for number, strip in enumerate(strips, 1)
        if find_lettering(strip.video.heading) is None
    ]
    lengths = itertools.accumulate(len(line) + 1 for line in lines)
    return [line for line, length in zip(lines, lengths, strict=True) if length <= room]


def describe_timeline(timeline: AnsweredTimeline) -> str:
    """Return what the picture shows, for screen readers: at most 1,024 characters."""
    count = len(timeline.strips)
    videos = "one video speaks" if count == 1 else f"{count} videos speak"
    title = markdown.shorten(timeline.answer.question, 200)
    strips = "; ".join(map(_describe_strip, timeline.strips))
    summary = f"Where {videos} of “{title}”, the most first"
    if count >= MAX_STRIPS:
        summary = f"Where the {count} videos that speak of “{title}” most do so"
    return markdown.shorten(f"{summary}. {strips}.", MAX_ALT_TEXT_LENGTH)


def _describe_strip(strip: Strip) -> str:
    name = markdown.shorten(strip.video.heading, 60) or "untitled"
    best = max(strip.columns, key=lambda column: column.strength, default=None)
    if best is None or best.strength <= 0:
        return f"{name}: only its title"
    return f"{name}: most at {timecode(best.start_second)} of {timecode(strip.end_second)}"


def _moments_display(excerpts: Sequence[Excerpt], frames: Sequence[str], room: int) -> list[Part]:
    """Return the numbered moments with title, link and a short quote; the quotes share `room` characters."""
    length = room // max(len(frames), 1)
    length = max(MIN_MOMENT_QUOTE_LENGTH, min(MAX_MOMENT_QUOTE_LENGTH, length))
    return [
        base.text_display(f"{frame}\n{block_quote(excerpt, length)}")
        for frame, excerpt in zip(frames, excerpts, strict=True)
    ]


def _moment_frame(excerpt: Excerpt, number: int) -> str:
    when = base.moment_link(excerpt.link_second, excerpt.link, excerpt.video, MAX_MOMENT_URL_LENGTH)
    name = markdown.escape_to_fit(excerpt.video.heading, MAX_MOMENT_TITLE_LENGTH) or "…"
    return f"**{number}. {name}** · {when}"
