"""The card of an answer: its quotes with links to the second, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from discord import ui

from bot import verdicts
from bot.answering.excerpts import QUOTE_LENGTH, SHORT_QUOTE_LENGTH
from bot.answering.links import says_time
from bot.answering.values import Answer, Excerpt, OtherPlace, QuoteLengths
from bot.discord_app.cards.parts import controls, markdown
from bot.discord_app.cards.parts.base import MAX_TITLE_LENGTH, Card, Part, moment_link, text_display, video_name
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_CARD_TEXT_LENGTH, MAX_LINK_LENGTH, MAX_MEDIA_LINK_LENGTH
from bot.discord_app.cards.parts.quotes import block_quote, write_quote
from bot.timecodes import timecode
from storage.models import Video

MAX_HEADING_LENGTH = 300
MAX_NOTE_LENGTH = 250
MAX_CREATOR_LENGTH = 60
MAX_CHAPTER_LENGTH = 80
CARD_QUOTES = QuoteLengths(QUOTE_LENGTH, SHORT_QUOTE_LENGTH)
"""The first quote is to hold the answer, and the others show where else to look. Of a later page all are others."""
MAX_SHOWN_QUOTE_LENGTH = 800
"""Characters of a quote with the marks of its matches, with backslashes, and with the names of its speakers."""
MIN_SHOWN_QUOTE_LENGTH = 80
_AROUND_QUOTE = 16
"""Characters around a quote: its quotation marks, and the ends of its lines."""
MAX_OTHER_PLACE_LENGTH, MAX_OTHER_PLACES = 60, 3


def answer_card(
    answer: Answer, owner: Owner, *, page: int = 0, more: bool = False, remarks: Sequence[str] = ()
) -> Card:
    """Return an answer as a card. `answer` holds what this page shows; `more` says whether there is a next page.

    `remarks` are texts of the bot and are not escaped.
    """
    excerpts = answer.excerpts or answer.near_misses
    heading = "\n".join([question_header(answer.question), *answer_notes(answer, page), *remarks_display(remarks)])
    parts: list[Part] = [text_display(heading)]
    if answer.near_misses:
        parts += [ui.Separator(), text_display(f"*{verdicts.NEAR}*")]
    parts += excerpt_sections(excerpts, MAX_CARD_TEXT_LENGTH - len(heading) - len(controls.NO_BUTTONS) - 50)
    rows: list[Part] = []
    if excerpts:
        hint = "-# A number opens that passage with more around it." if owner.is_stored else controls.NO_BUTTONS
        parts.append(text_display(hint))
        rows += controls.number_buttons(owner, len(excerpts))
    rows += controls.button_row(controls.page_buttons("page", owner, page, more=more), controls.delete_button(owner))
    return Card(ui.Container(*parts), *rows)


def question_header(question: str) -> str:
    """Return the question as the heading of its card."""
    return f"### {markdown.escape_to_fit(question, MAX_HEADING_LENGTH) or '…'}"


def answer_notes(answer: Answer, page: int = 0) -> list[str]:
    """Return lines that say how the question was understood, and how sure the answer is."""
    notes = []
    if answer.searched_for:
        notes.append(f"Searched for: *{markdown.escape_to_fit(answer.searched_for, MAX_NOTE_LENGTH)}*")
    if answer.unmatched:
        notes.append(
            f"-# Left out, but said by nobody: {markdown.escape_to_fit(', '.join(answer.unmatched), MAX_NOTE_LENGTH)}"
        )
    notes += [f"-# {sentence}" for sentence in verdicts.describe_answer_limits(answer)]
    if verdict := verdicts.describe_verdict(answer):
        notes.append(f"**{verdict}**")
    if answer.unknown_terms:
        notes.append(f"Nobody says: {markdown.escape_to_fit(', '.join(answer.unknown_terms), MAX_NOTE_LENGTH)}")
    if moments := verdicts.introduce_moments(answer):
        notes.append(f"**{moments}**")
    if page:
        notes.append(f"-# Page {page + 1}")
    return notes


def remarks_display(remarks: Iterable[str]) -> list[str]:
    """Return remarks about an answer in small print, such as which libraries were searched."""
    return [f"-# {remark}" for remark in remarks]


def excerpt_sections(excerpts: Sequence[Excerpt], budget: int) -> list[Part]:
    """Return one section per quote; `budget` is how many characters they may have together."""
    frames = [_excerpt_frame(excerpt, number) for number, excerpt in enumerate(excerpts, 1)]
    if _quote_room(frames, budget) < MIN_SHOWN_QUOTE_LENGTH * len(frames):
        frames = [
            _excerpt_frame(replace(excerpt, other_places=()), number) for number, excerpt in enumerate(excerpts, 1)
        ]
    written = [write_quote(excerpt, MAX_SHOWN_QUOTE_LENGTH) for excerpt in excerpts]
    lengths = _share_room([quote.length for quote in written], _quote_room(frames, budget))
    quotes = map(block_quote, excerpts, lengths, written)
    return [
        ui.Section(text_display(f"{head}\n{quote}\n{foot}"), accessory=section_accessory(excerpt, number))
        for number, (excerpt, quote, (head, foot)) in enumerate(zip(excerpts, quotes, frames, strict=True), 1)
    ]


def _quote_room(frames: Sequence[tuple[str, str]], budget: int) -> int:
    """Return how many characters the frames leave for the words of all quotes: fewer with long titles and addresses."""
    return budget - sum(len(head) + len(foot) + _AROUND_QUOTE for head, foot in frames)


def _share_room(wanted: Sequence[int], room: int) -> Sequence[int]:
    """Return how many characters every quote may have: all that it has, or its share where there is not enough room.

    What does not fit is cut at the end of a quote, so that its link opens where it did in any case.
    """
    total = sum(wanted)
    return wanted if total <= room else [length * room // total for length in wanted]


def _excerpt_frame(excerpt: Excerpt, number: int) -> tuple[str, str]:
    """Return the lines above and below a quote."""
    return f"**{number}. {video_name(excerpt.video, MAX_TITLE_LENGTH)}**", "\n".join(
        [link_line(excerpt), *_other_places(excerpt)]
    )


def _other_places(excerpt: Excerpt) -> list[str]:
    """Return a line with the other places that say the same, or no line where there are none."""
    places = [_other_place(place, excerpt.video) for place in excerpt.other_places[:MAX_OTHER_PLACES]]
    return [f"-# Also said: {', '.join(places)}"] if places else []


def _other_place(place: OtherPlace, here: Video) -> str:
    when = moment_link(place.link_second, place.link, place.video)
    return (
        when if place.video == here else f"{markdown.escape_to_fit(place.video.heading, MAX_OTHER_PLACE_LENGTH)} {when}"
    )


def link_line(excerpt: Excerpt) -> str:
    """Return when a quote is spoken, as a link to that second where there can be one, with its chapter; who made the
    video, and when."""
    video = excerpt.video
    when = moment_link(excerpt.link_second, excerpt.link, video)
    chapter = video.chapter_at(excerpt.link_second)
    if chapter and (title := markdown.escape_to_fit(chapter.title, MAX_CHAPTER_LENGTH)):
        when = f"in *{title}*, {when}"
    creator = markdown.escape_to_fit(video.creator, MAX_CREATOR_LENGTH)
    return " · ".join(filter(None, (when, creator, video.published)))


def section_accessory(excerpt: Excerpt, number: int) -> Part:
    """Return the video's picture, or a button to the second.

    The button stands in where there is no picture, or where the address is too long for a link in the text.
    """
    when, label = timecode(excerpt.link_second), markdown.shorten(excerpt.video.heading, 200)
    picture = markdown.safe_url(excerpt.video.thumbnail, MAX_MEDIA_LINK_LENGTH)
    button_link = markdown.safe_url(excerpt.link, MAX_LINK_LENGTH)
    if picture and (not button_link or markdown.safe_url(excerpt.link, markdown.MAX_URL_LENGTH)):
        return ui.Thumbnail(picture, description=f"Picture of the video {label}".strip())
    if button_link:
        opens_there = says_time(excerpt.link, excerpt.video.url)
        return ui.Button(label=f"Open at {when}" if opens_there else f"Open, then go to {when}", url=button_link)
    return controls.disabled_link(f"At {when}", number)
