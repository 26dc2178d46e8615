"""A timeline as a card: the picture, and the same in words for those who cannot see it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from discord import MediaGalleryItem, ui

from bot.answering.values import AnsweredTimeline, Excerpt
from bot.asking import STRIPS
from bot.discord_app.cards import base, controls, markdown
from bot.discord_app.cards.base import Card, Enclosure, Part
from bot.discord_app.cards.controls import Owner
from bot.discord_app.cards.limits import LONGEST_ALT_TEXT, MOST_TEXT
from bot.images.fonts import lettering
from bot.images.timeline_image import numbered
from bot.timecodes import timecode
from storage.models import Strip

PICTURE = "timeline.png"
LONGEST_MOMENT_TITLE, LONGEST_MOMENT_ADDRESS, LONGEST_STRIP_TITLE = 60, 200, 30
SHORTEST_MOMENT_QUOTE, LONGEST_MOMENT_QUOTE = 20, 240
"""Eight moments share the 4,000 characters of a card with the question; an address counts among them."""
_AROUND_QUOTE = 16
"""Characters beside a quote's own: its marks, and the ends of its lines."""


def timeline_card(timeline: AnsweredTimeline, picture: bytes, owner: Owner, remarks: Sequence[str] = ()) -> Card:
    """Where in the videos a question is spoken of. `picture` is the timeline as PNG; `remarks` are ours."""
    answer = timeline.answer
    heading = "\n".join([base.header(answer.question), *base.notes(answer), *base.remarked(remarks)])
    shown = MediaGalleryItem(f"attachment://{PICTURE}", description=in_words(timeline))
    hint = "-# The higher, the more is said of it just then. A number opens that passage with more around it."
    if len(timeline.strips) >= STRIPS:
        hint = f"-# Drawn are the {STRIPS} videos that speak of it most.\n{hint}"
    frames = [_frame(excerpt, number) for number, excerpt in enumerate(answer.excerpts, 1)]
    room = MOST_TEXT - len(heading) - len(hint) - 20 - sum(len(frame) + _AROUND_QUOTE for frame in frames)
    unwritten = _unwritten(timeline.strips, room - SHORTEST_MOMENT_QUOTE * len(frames))
    parts: list[Part] = [
        base.text(heading),
        ui.MediaGallery(shown),
        *_moments(answer.excerpts, frames, room - sum(len(line) + 1 for line in unwritten)),
        base.text("\n".join([*unwritten, hint])),
    ]
    rows = [*controls.numbers(owner, len(answer.excerpts)), *controls.row(controls.delete(owner))]
    return Card(ui.Container(*parts), *rows, enclosed=[Enclosure(PICTURE, picture)])


def _unwritten(strips: Sequence[Strip], room: int) -> list[str]:
    """The titles that the picture has only a number for, as many as have room (in characters)."""
    lines = [
        f"-# **{numbered(number)}:** {markdown.fitted(strip.video.heading, LONGEST_STRIP_TITLE) or '…'}"
        for number, strip in enumerate(strips, 1)
        if lettering(strip.video.heading) is None
    ]
    lengths = itertools.accumulate(len(line) + 1 for line in lines)
    return [line for line, length in zip(lines, lengths, strict=True) if length <= room]


def in_words(timeline: AnsweredTimeline) -> str:
    """What the picture shows, for those who have it read to them: at most 1,024 characters."""
    count = len(timeline.strips)
    videos = "one video speaks" if count == 1 else f"{count} videos speak"
    title = markdown.shortened(timeline.answer.question, 200)
    strips = "; ".join(map(_strip_in_words, timeline.strips))
    drawn = f"Where {videos} of “{title}”, the most first"
    if count >= STRIPS:
        drawn = f"Where the {count} videos that speak of “{title}” most do so"
    return markdown.shortened(f"{drawn}. {strips}.", LONGEST_ALT_TEXT)


def _strip_in_words(strip: Strip) -> str:
    name = markdown.shortened(strip.video.heading, 60) or "untitled"
    best = max(strip.columns, key=lambda column: column.strength, default=None)
    if best is None or best.strength <= 0:
        return f"{name}: only its title"
    return f"{name}: most at {timecode(best.start_second)} of {timecode(strip.end_second)}"


def _moments(excerpts: Sequence[Excerpt], frames: Sequence[str], room: int) -> list[Part]:
    """The numbered moments: title and link, and a short quote; `room` is how many characters the quotes have."""
    length = room // max(len(frames), 1)
    length = max(SHORTEST_MOMENT_QUOTE, min(LONGEST_MOMENT_QUOTE, length))
    return [
        base.text(f"{frame}\n{base.quoted(excerpt, length)}") for frame, excerpt in zip(frames, excerpts, strict=True)
    ]


def _frame(excerpt: Excerpt, number: int) -> str:
    when = markdown.linked(timecode(excerpt.start_second), excerpt.link, LONGEST_MOMENT_ADDRESS)
    name = markdown.fitted(excerpt.video.heading, LONGEST_MOMENT_TITLE) or "…"
    return f"**{number}. {name}** · {when}"
