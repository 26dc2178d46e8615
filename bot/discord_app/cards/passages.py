"""Cards for reading on: a passage by itself, and the words around a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from discord import ui

from bot.answering.links import TABLE, link_at, says_time
from bot.answering.values import OpenedPassage
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import base, controls, markdown
from bot.discord_app.cards.base import Card, Part
from bot.discord_app.cards.controls import Owner
from bot.discord_app.cards.limits import MAX_CARD_TEXT_LENGTH
from bot.discord_app.cards.quotes import block_quote, quote_segment
from bot.timecodes import timecode
from storage.models import LinkHosts, Segment, Video

MAX_PASSAGE_LENGTH = 3000
"""Characters of a passage by itself, of the 4,000 that a card may have."""


def passage_card(question: str, opened: OpenedPassage, owner: Owner, *, shared_by: str = "") -> Card:
    """Return a card with one passage, quoted in full, and the buttons that act on it."""
    # Where the transcript goes on before or after the passage, the quote gets an ellipsis there.
    excerpt = replace(opened.excerpt, starts_passage=not opened.earlier, ends_passage=not opened.later)
    head = f"**{base.video_name(excerpt.video, base.MAX_TITLE_LENGTH)}**\n{answer_cards.link_line(excerpt)}"
    parts: list[Part] = [
        base.text_display(answer_cards.question_header(question)),
        ui.Section(base.text_display(head), accessory=answer_cards.section_accessory(excerpt, 1)),
        base.text_display(block_quote(excerpt, MAX_PASSAGE_LENGTH)),
    ]
    if shared_by:
        parts.append(base.text_display(f"-# Shared by {markdown.escape_to_fit(shared_by, 100) or '…'}"))
    return Card(ui.Container(*parts), *controls.passage_rows(owner, earlier=opened.earlier, later=opened.later))


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
