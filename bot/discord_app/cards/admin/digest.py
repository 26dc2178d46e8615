"""The card of a server's weekly digest: numbers, what is new and what helped. Nobody's name is on it."""

from __future__ import annotations

from dataclasses import dataclass

from discord import ui

from bot.answering.values import Excerpt
from bot.discord_app.cards.moments import write_words
from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_buttons import import_button
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import button_row
from bot.localization import format_number, ngettext
from bot.localization import gettext as _
from storage.models import DAY_SECONDS, AddedVideos, Miss, QuestionCount, Week

MAX_MISSES, MAX_VIDEOS, MAX_MOMENTS = 5, 5, 3
"""How many of each are shown: more would cover several screens of a phone."""
MAX_QUESTION_LENGTH, MAX_TITLE_LENGTH, MAX_QUOTE_LENGTH, MAX_ADDRESS_LENGTH = 100, 60, 110, 150


@dataclass(frozen=True, slots=True)
class FoundHelpful:
    """A moment of a video, and how many people found it helpful."""

    excerpt: Excerpt
    people: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What happened in a server in a week.

    `misses` are open questions of that week that may be shown, and `open_questions` is how many there are with the
    others; None where they are not noted. `is_closed`: not everybody in the channel may see the server's videos, so
    that only numbers are in it.
    """

    week: Week
    count: QuestionCount
    videos: AddedVideos
    misses: tuple[Miss, ...] = ()
    open_questions: int | None = None
    moments: tuple[FoundHelpful, ...] = ()
    is_closed: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was asked, added or found helpful."""
        return not (self.count.asked or self.videos.count or self.moments or self.open_questions)


def digest_card(digest: Digest) -> Card:
    """Return the card of a week, for everybody in a channel.

    Where a question is open, it has a button for those who manage the server.
    """
    blocks = [_write_heading(digest), _write_videos(digest.videos), *_write_moments(digest), _write_misses(digest)]
    notes = []
    if digest.is_closed:
        words = _("Only numbers are shown: not everybody in this channel may see this server’s videos.")
        notes.append(f"-# {words}")
    if digest.open_questions:
        notes.append("-# " + _advise_managers())
    texts = [block for block in (*blocks, "\n".join(notes)) if block]
    rows = button_row([import_button()]) if digest.open_questions else []
    return Card(ui.Container(*map(base.text_display, texts)), *rows)


def _advise_managers() -> str:
    words = _("For those who manage this server: import what is missing. {misses} lists the questions.")
    return words.format(misses=mention_command("library misses"))


def _write_heading(digest: Digest) -> str:
    count = digest.count
    # Noon is on the same day for nearly everybody.
    first, last = digest.week.begins_at + DAY_SECONDS / 2, digest.week.ends_at - DAY_SECONDS / 2
    days = _("{first} to {last}").format(first=f"<t:{int(first)}:d>", last=f"<t:{int(last)}:d>")
    said = _("Nobody asked anything.")
    if count.asked:
        words = ngettext(
            "**{asked}** question was asked, **{answered}** answered clearly.",
            "**{asked}** questions were asked, **{answered}** answered clearly.",
            count.asked,
        )
        said = words.format(asked=format_number(count.asked), answered=format_number(count.answered))
    return "\n".join(["### " + _("Weekly summary"), f"-# {days}", said])


def _write_misses(digest: Digest) -> str:
    number = digest.open_questions or 0
    if not number:
        return ""
    heading = ngettext("{count} question without a clear answer", "{count} questions without a clear answer", number)
    lines = [f"**{heading.format(count=format_number(number))}**", *map(_write_miss, digest.misses[:MAX_MISSES])]
    return "\n".join([*lines, *_write_rest(number - len(digest.misses[:MAX_MISSES]), listed=bool(digest.misses))])


def _write_miss(miss: Miss) -> str:
    times = ngettext("once", "{count} times", miss.count).format(count=format_number(miss.count))
    question = markdown.escape_to_fit(miss.wording or miss.question, MAX_QUESTION_LENGTH) or "…"
    return _("- “{question}” · {times}").format(question=question, times=times)


def _write_videos(videos: AddedVideos) -> str:
    if not videos.count:
        return ""
    heading = ngettext("{count} new video", "{count} new videos", videos.count)
    lines = [f"**{heading.format(count=format_number(videos.count))}**"]
    shown = videos.latest[:MAX_VIDEOS]
    for video in shown:
        name = base.video_name(video, MAX_TITLE_LENGTH)
        lines.append(f"- {markdown.masked_link(name, video.url, MAX_ADDRESS_LENGTH)}")
    return "\n".join([*lines, *_write_rest(videos.count - len(shown), listed=bool(shown))])


def _write_rest(count: int, *, listed: bool) -> list[str]:
    """Return the line that counts what is left out of a list; none where nothing is, or nothing was listed."""
    if not count or not listed:
        return []
    return [ngettext("- and {count} more", "- and {count} more", count).format(count=format_number(count))]


def _write_moments(digest: Digest) -> list[str]:
    """Return a text for each moment: its quote ends that, and nothing after it looks quoted."""
    heading = "**" + _("Most helpful moments") + "**\n"
    texts: list[str] = []
    for moment in digest.moments[:MAX_MOMENTS]:
        excerpt = moment.excerpt
        when = base.moment_link(excerpt.link_second, excerpt.link, excerpt.video, MAX_ADDRESS_LENGTH)
        name = base.video_name(excerpt.video, MAX_TITLE_LENGTH)
        words = ngettext("{count} person found this helpful", "{count} people found this helpful", moment.people)
        people = words.format(count=format_number(moment.people))
        quote = write_words(excerpt, MAX_QUOTE_LENGTH) or "…"
        texts.append(f"{'' if texts else heading}{when} · {name}\n-# {people}\n> {quote}")
    return texts
