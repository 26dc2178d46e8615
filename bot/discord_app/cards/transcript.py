"""The card of a transcript: the words around a moment."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.answering.links import TABLE, link_at, says_time
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_CARD_TEXT_LENGTH
from bot.discord_app.cards.parts.quotes import quote_segment
from bot.timecodes import timecode
from storage.models import LinkHosts, Segment, Video


def transcript_card(
    video: Video,
    segments: Sequence[Segment],
    owner: Owner,
    *,
    earlier: bool,
    later: bool,
    hosts: LinkHosts = TABLE,
) -> Card:
    """Return a card with the words around a moment, with a link before every segment.

    Where links to the video cannot say a second there is one, in the name.
    """
    name = base.video_name(video, base.MAX_TITLE_LENGTH)
    links = [_segment_link(video, segment, hosts) for segment in segments]
    if not says_time(link_at(video.url, 0.0, hosts), video.url):
        name = markdown.masked_link(name, video.url)
    # The addresses count towards the characters of a card; the words share what they leave.
    room = (MAX_CARD_TEXT_LENGTH - len(name) - 200 - sum(len(link) + 4 for link in links)) // max(len(segments), 1)
    stretches = [f"{link}\n{quote_segment(segment, room)}" for link, segment in zip(links, segments, strict=True)]
    if not owner.is_stored and (earlier or later):
        stretches.append(controls.NO_BUTTONS)
    return Card(
        ui.Container(base.text_display(f"### {name}"), *(base.text_display(stretch) for stretch in stretches)),
        *controls.transcript_rows(owner, earlier=earlier, later=later),
    )


def _segment_link(video: Video, segment: Segment, hosts: LinkHosts) -> str:
    """Return when a segment begins, as a link where that opens there."""
    link = link_at(video.url, segment.start_second, hosts)
    return markdown.masked_link(timecode(segment.start_second), link if says_time(link, video.url) else "")
