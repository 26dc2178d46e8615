"""Moments of videos on a card: the button that opens one, and several of them in a line each, video by video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from discord import ui

from bot.answering.excerpts import quote_line
from bot.answering.links import says_time
from bot.answering.values import Answer, Excerpt
from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.controls import Button
from bot.discord_app.cards.parts.limits import MAX_LINK_LENGTH
from bot.discord_app.cards.parts.quotes import speaker_label
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import Video

MAX_MOMENT_LENGTH, MIN_MOMENT_LENGTH = 56, 16
"""Characters of the words of a moment with their marks: a line on a wide screen, two on a phone."""
MAX_MOMENT_URL_LENGTH, MAX_MOMENT_TITLE_LENGTH = 200, 34
"""Where there is no room even for short words, times stand without their addresses."""
MAX_SHOWN_OPTION_LENGTH = 60
"""Characters of a choice in a menu: a phone shows about half of them. Discord takes 100."""


def play_button(second: float, link: str, video: Video) -> list[Button]:
    """Return the link button "▶ 13:18" that opens a video there, or none where no address can be pressed.

    Where addresses of the video's host cannot say a second, the button says where to go by hand.
    """
    url = markdown.safe_url(link, MAX_LINK_LENGTH)
    if not url:
        return []
    when = timecode(second)
    label = f"▶ {when}" if says_time(link, video.url) else _("Open, then go to {time}").format(time=when)
    return [ui.Button(label=label, url=url)]


def arrange_by_video(excerpts: Sequence[Excerpt]) -> tuple[Excerpt, ...]:
    """Return excerpts with those of one video together, each where the first of its video stood."""
    places: dict[str, int] = {}
    for excerpt in excerpts:
        places.setdefault(excerpt.video.video_id, len(places))
    return tuple(sorted(excerpts, key=lambda excerpt: places[excerpt.video.video_id]))


def arrange_answer(answer: Answer) -> Answer:
    """Return an answer with the excerpts of each video together: in that order a card and a picture number them."""
    near_misses = arrange_by_video(answer.near_misses)
    return replace(answer, excerpts=arrange_by_video(answer.excerpts), near_misses=near_misses)


def write_moments(
    excerpts: Sequence[Excerpt],
    budget: int,
    *,
    first_number: int,
    after: Video | None = None,
    length: int = MAX_MOMENT_LENGTH,
) -> str:
    """Return moments as text: a line each, with a number, a linked time and their words, matches bold, below the name
    of their video.

    The text has at most `budget` characters, as long as times and names without addresses have. `after` is the video
    of what stands before the moments.
    """
    frames: list[_Frame] = []
    for url_length in (MAX_MOMENT_URL_LENGTH, 0):
        frames = _frame_moments(excerpts, first_number, after, url_length)
        room = (budget - sum(frame.length for frame in frames)) // max(len(frames), 1)
        if room >= MIN_MOMENT_LENGTH:
            break
    words = [write_words(excerpt, min(room, length)) for excerpt in excerpts]
    return "\n".join(
        f"{frame.head}{frame.line}{f' {said}' if said else ''}" for frame, said in zip(frames, words, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around the words of a moment: the line with its video's name, or "", and the number and time."""

    head: str
    line: str

    @property
    def length(self) -> int:
        return len(self.head) + len(self.line) + len(" \n")


def _frame_moments(
    excerpts: Sequence[Excerpt], first_number: int, after: Video | None, url_length: int
) -> list[_Frame]:
    frames: list[_Frame] = []
    last = after
    for number, excerpt in enumerate(excerpts, first_number):
        video, head = excerpt.video, ""
        if not frames and after is not None and video.video_id == after.video_id:
            head = "**" + _("More in this video") + "**\n"
        elif last is None or video.video_id != last.video_id:
            head = f"**{base.video_name(video, MAX_MOMENT_TITLE_LENGTH)}**\n"
        when = base.moment_link(excerpt.link_second, excerpt.link, video, url_length)
        frames.append(_Frame(head, f"{number} · {when}"))
        last = video
    return frames


def write_words(excerpt: Excerpt, length: int) -> str:
    """Return the words about a moment's first match, quoted, with matches bold, after the name of who speaks, in at
    most `length` characters; "" where there is no room for any."""
    line = quote_line(excerpt, max(length, MIN_MOMENT_LENGTH))
    label = speaker_label(line.speaker)
    if len(label) > length // 2:
        label = ""
    before = "" if line.starts_sentence else "…"
    words, is_whole = markdown.bold_highlights(line.words, line.highlights, length - len(label) - len("…“”…"))
    return f"{label}{before}“{words}”{'' if is_whole and line.ends_sentence else '…'}" if words else ""


def list_choices(excerpts: Sequence[Excerpt], first_number: int, first_place: int) -> list[tuple[int, str]]:
    """Return the choices of the menu that opens moments, such as `2 · 4:04 · this paper XLNet wants…`: the place of
    each on its card, and its label."""
    choices = []
    for index, excerpt in enumerate(excerpts):
        line = quote_line(excerpt, MAX_SHOWN_OPTION_LENGTH)
        words = f"{line.words}{'' if line.ends_sentence else '…'}"
        label = f"{first_number + index} · {timecode(excerpt.link_second)} · {words}"
        choices.append((first_place + index, markdown.shorten(label, MAX_SHOWN_OPTION_LENGTH)))
    return choices
