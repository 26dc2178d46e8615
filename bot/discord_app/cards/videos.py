"""The card that lists the videos which can be asked about."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.video_controls import MenuOption, offered_pages, video_list_rows, video_value
from bot.localization import format_date, format_number, ngettext
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import Video, VideoSummary

VIDEOS_PER_PAGE = 10
"""As many as are looked through at a glance, in two lines each on a phone."""
MAX_LISTED_URL_LENGTH, MAX_SEARCH_LENGTH, MAX_LISTED_CREATOR_LENGTH = 150, 100, 40


def videos_card(
    videos: Sequence[VideoSummary],
    owner: Owner,
    page: int,
    *,
    search: str = "",
    found: str = "",
    newest_first: bool = False,
    remark: str = "",
) -> Card:
    """Return one page of the videos that can be asked about here; `search` is what was looked for among them.

    `found` is what the videos found are called in place of the search, "" where they are called as it says. `remark` is
    a text of the bot about what is not listed, "" for none.
    """
    last = max(0, (len(videos) - 1) // VIDEOS_PER_PAGE)
    page = min(page, last)
    first = page * VIDEOS_PER_PAGE
    shown = videos[first : first + VIDEOS_PER_PAGE]
    texts = [_write_heading(len(videos), search, found), *([f"-# {remark}"] if remark else [])]
    texts += [_write_entry(summary, number) for number, summary in enumerate(shown, first + 1)]
    texts += _write_footer(page, last, owner, newest_first=newest_first and len(videos) > 1)
    options = [_make_option(summary, number) for number, summary in enumerate(shown, first + 1)]
    begins = [(number, videos[number * VIDEOS_PER_PAGE]) for number in offered_pages(page, last) if videos]
    titles = {number: name_in_menu(summary.video) for number, summary in begins}
    return Card(ui.Container(*map(base.text_display, texts), *video_list_rows(owner, options, page, titles)))


def _write_heading(count: int, search: str, found: str) -> str:
    name = markdown.escape_to_fit(search, MAX_SEARCH_LENGTH) or "…"
    number = format_number(count)
    if not search:
        return "### " + ngettext("{count} video", "{count} videos", count).format(count=number)
    if not count:
        nothing = _("No video here is called “{name}”").format(name=name)
        every = _("{command} without words lists all of them.").format(command=mention_command("videos"))
        return f"### {nothing}\n{every}"
    called = markdown.escape_to_fit(found, MAX_SEARCH_LENGTH) if found else name
    heading = ngettext("{count} video called “{name}”", "{count} videos called “{name}”", count)
    nearly = "\n-# " + _("None is called “{name}”.").format(name=name) if found else ""
    return f"### {heading.format(count=number, name=called)}{nearly}"


def _write_entry(summary: VideoSummary, number: int) -> str:
    video = summary.video
    name = markdown.masked_link(f"**{base.video_name(video)}**", video.url, MAX_LISTED_URL_LENGTH)
    creator = markdown.escape_to_fit(video.creator, MAX_LISTED_CREATOR_LENGTH)
    said = " · ".join(filter(None, (creator, format_date(video.published), timecode(summary.end_second))))
    return f"**{number}.** {name} · {said}"


def _write_footer(page: int, last: int, owner: Owner, *, newest_first: bool) -> list[str]:
    """Return the small print: which page it is, and in which order."""
    notes = []
    if last:
        of = _("Page {page} of {pages}")
        notes.append(of.format(page=format_number(page + 1), pages=format_number(last + 1)))
    if newest_first:
        notes.append(_("The newest first"))
    lines = ["-# " + " · ".join(notes)] if notes else []
    return [*lines, *([] if owner.is_stored else [_(controls.NO_BUTTONS)])]


def _make_option(summary: VideoSummary, number: int) -> MenuOption:
    video = summary.video
    note = " · ".join(filter(None, (timecode(summary.end_second), markdown.clean_line(video.creator))))
    return MenuOption(video_value(video.video_id), f"{number}. {name_in_menu(video)}", note)


def name_in_menu(video: Video) -> str:
    """Return the name of a video where no Markdown is read."""
    return markdown.clean_line(video.heading) or markdown.clean_line(video.video_id) or "…"
