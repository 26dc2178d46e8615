"""Cards about the videos: the list of them, and what a single one is about."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.answering.links import TABLE, link_at, says_time
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, Part
from bot.discord_app.cards.parts.controls import Owner
from bot.timecodes import timecode
from storage.models import KeyTerm, LinkHosts, Video, VideoSummary

VIDEOS_PER_PAGE = 10
"""As many as fit into a card when every video shows its cover: three components per video, of forty."""
MAX_LISTED_URL_LENGTH, MAX_SEARCH_LENGTH = 150, 100
_MOST_SAID = "the word is said the most"
MAX_TERM_LENGTH, ROOM_FOR_TERMS = 40, 3000
"""Characters of a key term, and of all of them with their links, of the 4,000 that a card may have."""
MAX_CHAPTER_LENGTH, ROOM_FOR_CHAPTERS = 80, 1700
"""The same for chapters, which the key terms leave room for."""


def videos_card(
    videos: Sequence[VideoSummary], owner: Owner, page: int, *, search: str = "", newest_first: bool = False
) -> Card:
    """Return one page of the videos that can be asked about here; `search` is what was looked for among them."""
    last = max(0, (len(videos) - 1) // VIDEOS_PER_PAGE)
    page = min(page, last)
    shown = videos[page * VIDEOS_PER_PAGE : (page + 1) * VIDEOS_PER_PAGE]
    parts: list[Part] = [base.text_display(_list_heading(len(videos), search, newest_first)), *map(_list_entry, shown)]
    if last:
        hint = "" if owner.is_stored else f"\n{controls.NO_BUTTONS}"
        parts.append(base.text_display(f"-# Page {page + 1} of {last + 1}{hint}"))
    rows = controls.button_row(
        controls.page_buttons("videos", owner, page, more=page < last), controls.delete_button(owner)
    )
    return Card(ui.Container(*parts), *rows)


def _list_heading(count: int, search: str, newest_first: bool) -> str:
    words = f"{count:,} videos" if count != 1 else "One video"
    order = "\n-# The newest first" if newest_first and count > 1 else ""
    if not search:
        return f"### {words}{order}"
    called = f" called “{markdown.escape_to_fit(search, MAX_SEARCH_LENGTH) or '…'}”"
    return (
        f"### {words}{called}{order}"
        if count
        else f"### No video here is{called}\n**/videos** without words lists all."
    )


def _list_entry(summary: VideoSummary) -> Part:
    video = summary.video
    when = markdown.masked_link(timecode(summary.end_second), video.url, MAX_LISTED_URL_LENGTH)
    creator = markdown.escape_to_fit(video.creator, 40)
    line = " · ".join(part for part in (f"**{base.video_name(video)}**", creator, video.published, when) if part)
    cover = _cover_of(video)
    return ui.Section(base.text_display(line), accessory=cover) if cover else base.text_display(line)


def _cover_of(video: Video) -> Part | None:
    """Return the video's picture, or None where there is none to show."""
    return base.video_picture(video)


def video_card(summary: VideoSummary, terms: Sequence[KeyTerm], owner: Owner, hosts: LinkHosts = TABLE) -> Card:
    """Return a card with the length of one video and its key terms, with where they are said."""
    video = summary.video
    creator = markdown.escape_to_fit(video.creator, answer_cards.MAX_CREATOR_LENGTH)
    lines = [
        f"### {base.video_name(video, base.MAX_TITLE_LENGTH)}",
        " · ".join(filter(None, (creator, video.published))),
        f"**Length** {timecode(summary.end_second)} · **segments** {summary.segments:,} · **words** {summary.words:,}",
        markdown.masked_link("Open the video", video.url)
        if markdown.safe_url(video.url, markdown.MAX_URL_LENGTH)
        else "",
    ]
    head, cover = base.text_display("\n".join(line for line in lines if line)), _cover_of(video)
    parts: list[Part] = [ui.Section(head, accessory=cover) if cover else head]
    chapters = _describe_chapters(video, hosts)
    if chapters:
        parts.append(base.text_display(f"**Chapters**\n{chapters}"))
    if listed := _describe_terms(video, terms, hosts, ROOM_FOR_TERMS - len(chapters)):
        parts.append(base.text_display(f"**It says often, and others here seldom**\n{listed}"))
        opens_there = says_time(link_at(video.url, 0.0, hosts), video.url)
        parts.append(base.text_display(f"-# {'A link opens' if opens_there else 'The time is'} where {_MOST_SAID}."))
    return Card(ui.Container(*parts), *controls.button_row(controls.delete_button(owner)))


def _describe_chapters(video: Video, hosts: LinkHosts) -> str:
    """Return as many of the chapters as fit, each with its second, and how many more there are."""
    listed, room = [], ROOM_FOR_CHAPTERS
    for place, chapter in enumerate(video.chapters):
        when = _moment(video, chapter.start_second, hosts)
        line = f"{when} {markdown.escape_to_fit(chapter.title, MAX_CHAPTER_LENGTH) or '…'}"
        room -= len(line) + 1
        if room < 0:
            listed.append(f"-# and {len(video.chapters) - place} more")
            break
        listed.append(line)
    return "\n".join(listed)


def _describe_terms(video: Video, terms: Sequence[KeyTerm], hosts: LinkHosts, room: int) -> str:
    """Return as many of the key terms as fit in `room` characters, each with its second, a link where that opens
    there."""
    listed = []
    for term in terms:
        words = (
            f"{markdown.escape_to_fit(term.word, MAX_TERM_LENGTH) or '…'} {_moment(video, term.start_second, hosts)}"
        )
        room -= len(words) + 3
        if room < 0:
            break
        listed.append(words)
    return " · ".join(listed)


def _moment(video: Video, second: float, hosts: LinkHosts) -> str:
    """Return a moment of a video, as a link where that opens there."""
    link = link_at(video.url, second, hosts)
    return markdown.masked_link(timecode(second), link if says_time(link, video.url) else "")
