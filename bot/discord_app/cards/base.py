"""An answer as a card. Pure: values in, components out, always within Discord's limits."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from discord import File, ui

from bot.answering.values import Answer, AnswerLevel, Excerpt, OtherPlace
from bot.discord_app.cards import controls, markdown
from bot.discord_app.cards.controls import Owner
from bot.discord_app.cards.limits import MAX_LINK_LENGTH, MAX_MEDIA_LINK_LENGTH, MAX_TEXT_LENGTH
from bot.timecodes import timecode
from storage.models import Video

MAX_QUESTION_LENGTH = 300
MAX_NOTE_LENGTH = 250
MAX_TITLE_LENGTH, MAX_NAME_LENGTH = 150, 110
MAX_CREATOR_LENGTH = 60
MAX_QUOTE_LENGTH = 600
MIN_QUOTE_LENGTH = 80
MAX_OTHER_PLACE_LENGTH, MAX_OTHER_PLACES = 60, 3

CLOSEST = "No clear answer in these videos. The closest they come:"
NOTHING = "Not in these videos."
NEAR = "The nearest there is, which may be about something else:"

Part = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A file of ours, sent along with the card that shows it as `attachment://name`."""

    name: str
    content: bytes


class Card(ui.LayoutView):
    """One message of ours. A fresh one is made for every send and every edit."""

    def __init__(self, *parts: Part, enclosed: Sequence[EnclosedFile] = ()) -> None:
        super().__init__(timeout=None)
        self.enclosed = tuple(enclosed)
        for part in parts:
            self.add_item(part)

    def components(self) -> list[dict[str, Any]]:
        """As Discord gets them."""
        components: list[dict[str, Any]] = self.to_components()  # type: ignore[no-untyped-call]
        return components

    def files(self) -> list[File]:
        """What is enclosed, for one send: a file that was read has nothing left for the next."""
        return [File(io.BytesIO(each.content), each.name) for each in self.enclosed]


def text_display(content: str) -> ui.TextDisplay[Any]:
    """Words in a card; whatever is not ours in them has been escaped."""
    return ui.TextDisplay(content)


def notice_card(words: str, *rows: Part) -> Card:
    """A few plain words, such as an error that speaks for itself."""
    return Card(text_display(markdown.escape_to_fit(words, 1500) or "…"), *rows)


def answer_card(
    answer: Answer, owner: Owner, *, page: int = 0, more: bool = False, remarks: Sequence[str] = ()
) -> Card:
    """An answer. `answer` holds what is shown on this page; `more` says that there is a next. `remarks` are ours."""
    shown = answer.excerpts or answer.near_misses
    heading = "\n".join([question_header(answer.question), *answer_notes(answer, page), *remarks_display(remarks)])
    parts: list[Part] = [text_display(heading), *excerpt_sections(shown, MAX_TEXT_LENGTH - len(heading) - 100)]
    rows: list[Part] = []
    if shown:
        parts.append(text_display("-# A number opens that passage with more around it."))
        rows += controls.number_buttons(owner, len(shown))
    rows += controls.button_row(controls.page_buttons("page", owner, page, more=more), controls.delete_button(owner))
    return Card(ui.Container(*parts), *rows)


def question_header(question: str) -> str:
    """The question, repeated."""
    return f"### {markdown.escape_to_fit(question, MAX_QUESTION_LENGTH) or '…'}"


def answer_notes(answer: Answer, page: int = 0) -> list[str]:
    """How the question was understood, and how sure the answer is."""
    said = []
    if answer.searched_for:
        said.append(f"Searched for: *{markdown.escape_to_fit(answer.searched_for, MAX_NOTE_LENGTH)}*")
    if answer.unmatched:
        said.append(
            f"-# Left out, but said by nobody: {markdown.escape_to_fit(', '.join(answer.unmatched), MAX_NOTE_LENGTH)}"
        )
    if answer.level is AnswerLevel.NOTHING:
        said.append(f"**{NOTHING}**")
    if answer.level is AnswerLevel.CLOSEST:
        said.append(f"*{CLOSEST}*")
    if answer.unknown_terms:
        said.append(f"Nobody says: {markdown.escape_to_fit(', '.join(answer.unknown_terms), MAX_NOTE_LENGTH)}")
    if answer.near_misses:
        said.append(f"*{NEAR}*")
    if page:
        said.append(f"-# Page {page + 1}")
    return said


def remarks_display(remarks: Iterable[str]) -> list[str]:
    """What else is to be said about an answer, such as which libraries were searched; in small print."""
    return [f"-# {remark}" for remark in remarks]


def excerpt_sections(excerpts: Sequence[Excerpt], budget: int) -> list[Part]:
    """One section a quote; `budget` is how many characters they may have together."""
    frames = [_excerpt_frame(excerpt, number) for number, excerpt in enumerate(excerpts, 1)]
    if _quote_room(frames, budget) < MIN_QUOTE_LENGTH:
        frames = [
            _excerpt_frame(replace(excerpt, other_places=()), number) for number, excerpt in enumerate(excerpts, 1)
        ]
    length = min(MAX_QUOTE_LENGTH, _quote_room(frames, budget))
    return [
        ui.Section(
            text_display(f"{head}\n{block_quote(excerpt, length)}\n{foot}"),
            accessory=section_accessory(excerpt, number),
        )
        for number, (excerpt, (head, foot)) in enumerate(zip(excerpts, frames, strict=True), 1)
    ]


def _quote_room(frames: Sequence[tuple[str, str]], budget: int) -> int:
    """What frames leave for the words of each: with long titles and addresses it is less."""
    return (budget - sum(len(head) + len(foot) for head, foot in frames)) // max(len(frames), 1) - 16


def _excerpt_frame(excerpt: Excerpt, number: int) -> tuple[str, str]:
    """The lines above and below a quote."""
    return f"**{number}. {video_name(excerpt.video, MAX_TITLE_LENGTH)}**", "\n".join(
        [link_line(excerpt), *_other_places(excerpt)]
    )


def _other_places(excerpt: Excerpt) -> list[str]:
    """Where else the same is said, if anywhere."""
    places = [_other_place(each, excerpt.video) for each in excerpt.other_places[:MAX_OTHER_PLACES]]
    return [f"-# Also said: {', '.join(places)}"] if places else []


def _other_place(place: OtherPlace, here: Video) -> str:
    when = markdown.masked_link(timecode(place.start_second), place.link)
    return (
        when if place.video == here else f"{markdown.escape_to_fit(place.video.heading, MAX_OTHER_PLACE_LENGTH)} {when}"
    )


def video_name(video: Video, longest: int = MAX_NAME_LENGTH) -> str:
    """What a video is called, escaped, in at most so many characters."""
    return markdown.escape_to_fit(video.heading, longest) or markdown.escape_to_fit(video.video_id, longest) or "…"


def link_line(excerpt: Excerpt) -> str:
    """When it is said, as a link to that second, and who made the video."""
    when = markdown.masked_link(timecode(excerpt.start_second), excerpt.link)
    creator = markdown.escape_to_fit(excerpt.video.creator, MAX_CREATOR_LENGTH)
    return f"{when} · {creator}" if creator else when


def block_quote(excerpt: Excerpt, length: int) -> str:
    """The quote as a block quote on one line, matches bold, ellipses outside the quotation marks."""
    words, complete = markdown.bold_highlights(excerpt.quote, excerpt.highlights, length)
    before = "" if excerpt.starts_passage else "… "
    after = "" if excerpt.ends_passage and complete else " …"
    return f"> {before}“{words}”{after}"


def section_accessory(excerpt: Excerpt, number: int) -> Part:
    """The video's picture; a button to the second where there is none, or where the address is too long for a link."""
    when, label = timecode(excerpt.start_second), markdown.shorten(excerpt.video.heading, 200)
    picture = markdown.safe_url(excerpt.video.thumbnail, MAX_MEDIA_LINK_LENGTH)
    button_link = markdown.safe_url(excerpt.link, MAX_LINK_LENGTH)
    if picture and (not button_link or markdown.safe_url(excerpt.link, markdown.MAX_URL_LENGTH)):
        return ui.Thumbnail(picture, description=f"Picture of the video {label}".strip())
    if button_link:
        return ui.Button(label=f"Open at {when}", url=button_link)
    return controls.disabled_link(f"At {when}", number)
