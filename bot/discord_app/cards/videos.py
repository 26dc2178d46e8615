"""Cards about the videos: which there are, and what one of them is about."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.answering.links import link_at
from bot.discord_app.cards import base, controls, markdown
from bot.discord_app.cards.base import Card, Part
from bot.discord_app.cards.controls import Owner
from bot.timecodes import timecode
from storage.models import KeyTerm, Video, VideoSummary

VIDEOS_ON_A_PAGE = 10
"""As many as a card has room for when each shows its cover: three components each, of forty."""
LONGEST_LISTED_ADDRESS, LONGEST_SEARCH = 150, 100
LONGEST_TERM, ROOM_FOR_TERMS = 40, 3000
"""Characters of a telling word, and of all of them with their links, of the 4,000 that a card may have."""


def videos_card(videos: Sequence[VideoSummary], owner: Owner, page: int, *, search: str = "") -> Card:
    """One page of the videos that can be asked about here; `search` is what was looked for among them."""
    last = max(0, (len(videos) - 1) // VIDEOS_ON_A_PAGE)
    page = min(page, last)
    shown = videos[page * VIDEOS_ON_A_PAGE : (page + 1) * VIDEOS_ON_A_PAGE]
    parts: list[Part] = [base.text(_heading(len(videos), search)), *map(_listed, shown)]
    if last:
        parts.append(base.text(f"-# Page {page + 1} of {last + 1}"))
    rows = controls.row(controls.pages("videos", owner, page, more=page < last), controls.delete(owner))
    return Card(ui.Container(*parts), *rows)


def _heading(count: int, search: str) -> str:
    words = f"{count:,} videos" if count != 1 else "One video"
    if not search:
        return f"### {words}"
    called = f" called “{markdown.fitted(search, LONGEST_SEARCH) or '…'}”"
    return f"### {words}{called}" if count else f"### No video here is{called}\n**/videos** without words lists all."


def _listed(summary: VideoSummary) -> Part:
    video = summary.video
    when = markdown.linked(timecode(summary.end_second), video.url, LONGEST_LISTED_ADDRESS)
    creator = markdown.fitted(video.creator, 40)
    line = " · ".join(part for part in (f"**{base.name_of(video)}**", creator, when) if part)
    cover = _cover(video)
    return ui.Section(base.text(line), accessory=cover) if cover else base.text(line)


def _cover(video: Video) -> Part | None:
    """The video's picture, where there is one to show."""
    picture = markdown.address(video.thumbnail, markdown.LONGEST_PICTURE_ADDRESS)
    label = f"Picture of the video {markdown.shortened(video.heading, 200)}".strip()
    return ui.Thumbnail(picture, description=label) if picture else None


def video_card(summary: VideoSummary, terms: Sequence[KeyTerm], owner: Owner) -> Card:
    """One video: how long it is, and the words that tell it from the others, each with where it is said."""
    video = summary.video
    creator = markdown.fitted(video.creator, base.LONGEST_CREATOR)
    lines = [
        f"### {base.name_of(video, base.LONGEST_TITLE)}",
        creator,
        f"**Length** {timecode(summary.end_second)} · **segments** {summary.segments:,} · **words** {summary.words:,}",
        markdown.linked("Open the video", video.url) if markdown.address(video.url, markdown.LONGEST_ADDRESS) else "",
    ]
    head, cover = base.text("\n".join(line for line in lines if line)), _cover(video)
    parts: list[Part] = [ui.Section(head, accessory=cover) if cover else head]
    if told := _told(video, terms):
        parts.append(base.text(f"**It says often, and others here seldom**\n{told}"))
        parts.append(base.text("-# A link opens where the word is said the most."))
    return Card(ui.Container(*parts), *controls.row(controls.delete(owner)))


def _told(video: Video, terms: Sequence[KeyTerm]) -> str:
    """As many of the words as there is room for, each with a link to its second."""
    told, room = [], ROOM_FOR_TERMS
    for term in terms:
        when = markdown.linked(timecode(term.start_second), link_at(video.url, term.start_second))
        words = f"{markdown.fitted(term.word, LONGEST_TERM) or '…'} {when}"
        room -= len(words) + 3
        if room < 0:
            break
        told.append(words)
    return " · ".join(told)
