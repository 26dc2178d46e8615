"""The card of a transcript: the words around a moment."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.answering.links import TABLE, link_at
from bot.discord_app.cards.moments import play_button
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_OWN_TEXT_LENGTH
from bot.discord_app.cards.parts.quotes import quote_segment
from bot.discord_app.cards.parts.video_controls import transcript_rows
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import MIN_GAP_SECONDS, SILENCE_SECONDS, LinkHosts, Segment, Video

_BESIDE_WORDS = 300
"""Characters of the notes that may stand beside the words."""


def transcript_card(
    video: Video,
    segments: Sequence[Segment],
    owner: Owner,
    *,
    earlier: bool,
    later: bool,
    asked: float | None = None,
    hosts: LinkHosts = TABLE,
) -> Card:
    """Return a card with the words around a moment, with a link before every segment; the title opens the video.

    `asked` is the second that was asked for: the segment that holds it is marked, and where none does, a note says
    which is the nearest.
    """
    name = markdown.masked_link(base.video_name(video, base.MAX_TITLE_LENGTH), video.url)
    marked = None if asked is None else _find_said(segments, asked)
    stamps = [_write_stamp(video, segment, hosts, is_marked=segment is marked) for segment in segments]
    # The addresses count towards the characters of a card; the words share what they leave.
    room = (MAX_OWN_TEXT_LENGTH - len(name) - _BESIDE_WORDS - sum(len(stamp) + 4 for stamp in stamps)) // len(segments)
    texts = [f"### {name}"]
    if asked is not None and marked is None:
        nearest = _("Nothing is stored at {time}; the nearest is {nearest}.")
        texts.append(nearest.format(time=timecode(asked), nearest=timecode(segments[0].start_second)))
    before = None
    for segment, stamp in zip(segments, stamps, strict=True):
        texts += [*_describe_gap(before, segment), f"{stamp}\n{quote_segment(segment, room)}"]
        before = segment
    if not owner.is_stored and (earlier or later):
        texts.append(_(controls.NO_BUTTONS))
    opened = asked if asked is not None and marked else segments[0].start_second
    play = play_button(opened, link_at(video.url, opened, hosts), video)
    rows = transcript_rows(owner, play, earlier=earlier, later=later)
    return Card(ui.Container(*map(base.text_display, texts), *rows))


def find_nearest(segments: Sequence[Segment], second: float) -> int:
    """Return the place of the segment in which a second lies, or the nearest to it; of two as near the later one."""
    return min(range(len(segments)), key=lambda place: (_distance(segments[place], second), -place))


def _distance(segment: Segment, second: float) -> float:
    return max(segment.start_second - second, second - segment.end_second, 0.0)


def _find_said(segments: Sequence[Segment], second: float) -> Segment | None:
    """Return the segment in which a second lies, or nearly; None where nothing is stored for it."""
    nearest = segments[find_nearest(segments, second)]
    return nearest if _distance(nearest, second) <= SILENCE_SECONDS else None


def _describe_gap(before: Segment | None, segment: Segment) -> list[str]:
    """Return the line that says between which seconds nothing is stored, or none where the words go on."""
    if before is None or segment.start_second - before.end_second < MIN_GAP_SECONDS:
        return []
    gap = _("Nothing is stored from {start} to {end}.")
    return ["-# " + gap.format(start=timecode(before.end_second), end=timecode(segment.start_second))]


def _write_stamp(video: Video, segment: Segment, hosts: LinkHosts, *, is_marked: bool) -> str:
    """Return when a segment begins, as a link where that opens there, with a sign where it is what was asked for."""
    when = base.linked_time(segment.start_second, link_at(video.url, segment.start_second, hosts), video)
    return f"▶ **{when}**" if is_marked else when
