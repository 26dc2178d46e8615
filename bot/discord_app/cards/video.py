"""The card of one video: what it is, what comes when in it, and the words that are typical of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from bot.answering.links import TABLE, link_at
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, Part
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.video_controls import MenuOption, video_rows
from bot.localization import format_date, format_number, ngettext
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import KeyTerm, LinkHosts, Video, VideoPart, VideoSummary

MAX_JUMP_LENGTH, ROOM_FOR_JUMPS = 80, 1900
"""Characters of the words of one place to jump to, and of all such places with their links, of the 4,000 that a card
may have."""
MAX_TERM_LENGTH, ROOM_FOR_TERMS = 40, 1000
"""The same for a key term, and for all of them."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A place in a video to jump to: its second, and what comes there."""

    second: float
    words: str


def _list_jumps(video: Video, parts: Sequence[VideoPart]) -> list[Jump]:
    """Return the places to jump to: the creator's chapters, or where there are none, the parts of a video."""
    if video.chapters:
        return [Jump(chapter.start_second, chapter.title) for chapter in video.chapters]
    return [Jump(part.start_second, " · ".join(part.words)) for part in parts]


def video_card(
    summary: VideoSummary,
    parts: Sequence[VideoPart],
    terms: Sequence[KeyTerm],
    owner: Owner,
    hosts: LinkHosts = TABLE,
) -> Card:
    """Return the card of a video, with links to its chapters or parts, and to where its key terms are said most."""
    video = summary.video
    displayed: list[Part] = [_display_head(summary)]
    jumps = _list_jumps(video, parts)
    if jumps:
        heading = _("Chapters") if video.chapters else _("What comes when")
        displayed.append(base.text_display(f"**{heading}**\n{_write_jumps(video, jumps, hosts)}"))
    if typical := _write_terms(video, terms, hosts):
        displayed.append(base.text_display("**" + _("Typical words of this video") + f"**\n{typical}"))
    if not owner.is_stored:
        displayed.append(base.text_display(_(controls.NO_BUTTONS)))
    options = {jump.second: MenuOption(str(jump.second), f"{timecode(jump.second)} · {jump.words}") for jump in jumps}
    return Card(ui.Container(*displayed, *video_rows(owner, list(options.values()))))


def _display_head(summary: VideoSummary) -> Part:
    video = summary.video
    name = markdown.masked_link(base.video_name(video, base.MAX_TITLE_LENGTH), video.url)
    words = ngettext("{count} word", "{count} words", summary.words).format(count=format_number(summary.words))
    creator = markdown.escape_to_fit(video.creator, base.MAX_CREATOR_LENGTH)
    said = " · ".join(filter(None, (creator, format_date(video.published), timecode(summary.end_second), words)))
    head = base.text_display(f"### {name}\n{said}")
    picture = base.video_picture(video)
    return ui.Section(head, accessory=picture) if picture else head


def _write_jumps(video: Video, jumps: Sequence[Jump], hosts: LinkHosts) -> str:
    """Return as many of the places as fit, each with its second, and how many more there are."""
    listed, room = [], ROOM_FOR_JUMPS
    for place, jump in enumerate(jumps):
        words = markdown.escape_to_fit(jump.words, MAX_JUMP_LENGTH) or "…"
        line = f"{_moment(video, jump.second, hosts)} {words}"
        room -= len(line) + 1
        if room < 0:
            left = len(jumps) - place
            listed.append("-# " + ngettext("and {count} more", "and {count} more", left).format(count=left))
            break
        listed.append(line)
    return "\n".join(listed)


def _write_terms(video: Video, terms: Sequence[KeyTerm], hosts: LinkHosts) -> str:
    """Return as many of the key terms as fit, each with the second where it is said most."""
    listed, room = [], ROOM_FOR_TERMS
    for term in terms:
        word = markdown.escape_to_fit(term.word, MAX_TERM_LENGTH) or "…"
        line = f"{word} {_moment(video, term.start_second, hosts)}"
        room -= len(line) + 3
        if room < 0:
            break
        listed.append(line)
    return " · ".join(listed)


def _moment(video: Video, second: float, hosts: LinkHosts) -> str:
    """Return a moment of a video, as a link where that opens there."""
    return base.linked_time(second, link_at(video.url, second, hosts), video)
