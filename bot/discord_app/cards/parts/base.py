"""What all cards are made of: the card itself, text, notices, and names of videos. Pure, as every card is: values in,
components out, always within Discord's limits."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from discord import File, ui

from bot.answering.links import says_time
from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.command_mentions import mention_named_commands
from bot.discord_app.cards.parts.discord_times import relative_time
from bot.discord_app.cards.parts.limits import MAX_MEDIA_LINK_LENGTH
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import Video, find_thumbnail_without_bars

MAX_NOTICE_LENGTH = 1500
MAX_TITLE_LENGTH, MAX_NAME_LENGTH, MAX_CREATOR_LENGTH = 150, 110, 60
SURE_COLOUR, UNCLEAR_COLOUR, NOTHING_COLOUR = 0x2DAB66, 0xF0B232, 0x80848E
"""The edge of an answer's card by how sure the answer is: green, amber and grey, which differ in brightness as well."""
Part = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A file that the bot sends with the card that shows it as `attachment://name`."""

    name: str
    content: bytes | Path
    """What is in it, or the file that holds it and stays until the card is sent."""


class Card(ui.LayoutView):
    """One message of the bot. A new one is made for every send and every edit."""

    delete_after: float | None = None
    """After how many seconds it is deleted again where others see it; None for a card that stays."""
    says_nothing_imported = False
    """Whether its own words say that nothing is imported yet."""
    shows_videos = True
    """Whether it may show something of a video."""
    has_sample_note = False
    """Whether it says already that it shows sample talks."""

    def __init__(self, *parts: Part, enclosed: Sequence[EnclosedFile] = (), notified: Sequence[int] = ()) -> None:
        """`notified` are the ids of the users whom its mentions notify: nobody else, whatever stands in its texts."""
        super().__init__(timeout=None)
        self._made_components: list[dict[str, Any]] | None = None
        self.enclosed = tuple(enclosed)
        self.notified = tuple(notified)
        for part in parts:
            self.add_item(part)

    def append(self, *parts: Part) -> None:
        """Add parts below the others, before the card is sent."""
        self._made_components = None
        for part in parts:
            self.add_item(part)

    def to_components(self) -> list[dict[str, Any]]:
        """Return the components, made once for all who look at the card before it is sent."""
        if self._made_components is None:
            self._made_components = super().to_components()  # type: ignore[no-untyped-call]
        return self._made_components

    def components(self) -> list[dict[str, Any]]:
        """Return the components in the form that Discord gets."""
        return self.to_components()

    def files(self) -> list[File]:
        """Return the enclosed files for one send: a file that was read has nothing left for the next one."""
        return [
            File(file.content if isinstance(file.content, Path) else io.BytesIO(file.content), file.name)
            for file in self.enclosed
        ]


def text_display(content: str) -> ui.TextDisplay[Any]:
    """Return text as a component. Text that does not come from the bot must already be escaped."""
    return ui.TextDisplay(content)


def notice_card(words: str, *rows: Part, moment: float | None = None) -> Card:
    """Return a card with a short text, such as an error message, as `notice_text` writes it."""
    return Card(text_display(notice_text(words, moment)), *rows)


def notice_text(words: str, moment: float | None = None) -> str:
    """Return a short text escaped, but for the commands that it names, and for the one moment that it may tell.

    `moment` is in seconds since the epoch, and in the text as `relative_time` writes it.
    """
    text = mention_named_commands(markdown.escape_to_fit(words, MAX_NOTICE_LENGTH)) or "…"
    if moment is None:
        return text
    told = relative_time(moment)
    return text.replace(markdown.escape(told), told)


def moment_link(second: float, link: str, video: Video, length: int = markdown.MAX_URL_LENGTH) -> str:
    """Return a second as a link that opens there, or, where links to the video cannot, in words before a plain one."""
    if not link or says_time(link, video.url):
        return markdown.masked_link(timecode(second), link, length)
    if not markdown.safe_url(link, length):
        return timecode(second)
    return _("at {time} · {link}").format(time=timecode(second), link=markdown.masked_link(_("open it"), link, length))


def linked_time(second: float, link: str, video: Video) -> str:
    """Return a second as a link where that opens there, else plain."""
    return markdown.masked_link(timecode(second), link if says_time(link, video.url) else "")


def video_name(video: Video, length: int = MAX_NAME_LENGTH) -> str:
    """Return the name of a video, escaped, in at most `length` characters."""
    return markdown.escape_to_fit(video.heading, length) or markdown.escape_to_fit(video.video_id, length) or "…"


def video_picture(video: Video) -> ui.Thumbnail[Any] | None:
    """Return the picture of a video, or None where it has none that can be shown."""
    url = markdown.safe_url(find_thumbnail_without_bars(video.thumbnail), MAX_MEDIA_LINK_LENGTH)
    label = _("Picture of the video {title}").format(title=markdown.shorten(video.heading, 200)).strip()
    return ui.Thumbnail(url, description=label) if url else None
