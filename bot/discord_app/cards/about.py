"""The card that says what the bot is."""

from __future__ import annotations

from discord import ui

from bot import __version__
from bot.discord_app.cards.parts import base, controls
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_buttons import leading_row
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.discord_times import relative_time
from bot.discord_app.cards.parts.host_pages import NO_PAGES, HostLinks, host_pages_row
from bot.localization import format_number, ngettext
from bot.localization import gettext as _
from bot.timecodes import count_minutes
from storage.models import Statistics


def about_card(
    statistics: Statistics,
    owner: Owner,
    *,
    samples: bool,
    index_read_at: float,
    reads_meaning: bool = False,
    links: HostLinks = NO_PAGES,
) -> Card:
    """Return a card with the version, the size and age of what can be searched here, and what is kept about people.

    `reads_meaning` says that the host has switched on a model that reads meaning. `links` are the host's pages.
    """
    size = _describe_size(statistics)
    if samples:
        size = _("the sample talks only ({size})").format(size=size)
    lines = [
        f"### Cuepoint {__version__}",
        _("I answer questions from video transcripts, word for word, and write no answers of my own."),
        _("**Here I can search:** {size}.").format(size=size),
        _("**Index:** read from the videos {when}.").format(when=relative_time(index_read_at)),
    ]
    if reads_meaning:
        lines.append(
            _(
                "**Meaning:** a small language model on this machine also compares what a question means with what is "
                "said. It chooses among passages and writes nothing."
            )
        )
    lines.append(
        _(
            "**Privacy:** what you vote on, questions without an answer where a server wants them noted, and in which "
            "servers you used me are kept for a while, without your name; what you follow with your Discord id. "
            "{privacy} shows it."
        ).format(privacy=mention_command("privacy"))
    )
    return Card(
        ui.Container(base.text_display("\n".join(lines))),
        *leading_row(),
        *host_pages_row(links),
        *controls.forget_row(owner),
    )


def _describe_size(statistics: Statistics) -> str:
    minutes = count_minutes(statistics.spoken_seconds)
    hours = format_number(statistics.spoken_seconds / 3600, 1)
    parts = (
        ngettext("{count} video", "{count} videos", statistics.videos),
        ngettext("{count} segment", "{count} segments", statistics.segments),
    )
    videos, segments = (
        words.format(count=format_number(count))
        for words, count in zip(parts, (statistics.videos, statistics.segments), strict=True)
    )
    if minutes >= 60:
        return _("{videos}, {segments}, {hours} hours of speech").format(videos=videos, segments=segments, hours=hours)
    short = ngettext(
        "{videos}, {segments}, {minutes} minute of speech", "{videos}, {segments}, {minutes} minutes of speech", minutes
    )
    return short.format(videos=videos, segments=segments, minutes=format_number(minutes))
