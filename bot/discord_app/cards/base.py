"""An answer as a card. Pure: values in, components out, always within Discord's limits."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from discord import File, ui

from bot.answering.values import Answer, Elsewhere, Excerpt, Found
from bot.discord_app.cards import controls, markdown
from bot.discord_app.cards.controls import Owner
from bot.discord_app.cards.limits import MOST_TEXT
from bot.timecodes import timecode
from storage.models import Video

LONGEST_QUESTION = 300
LONGEST_NOTE = 250
LONGEST_TITLE, LONGEST_NAME = 150, 110
LONGEST_CREATOR = 60
LONGEST_QUOTE = 600
SHORTEST_QUOTE = 80
LONGEST_ALSO, MOST_ALSO = 60, 3

CLOSEST = "No clear answer in these videos. The closest they come:"
NOTHING = "Not in these videos."
NEAR = "The nearest there is, which may be about something else:"

Part = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of ours, sent along with the card that shows it as `attachment://name`."""

    name: str
    content: bytes


class Card(ui.LayoutView):
    """One message of ours. A fresh one is made for every send and every edit."""

    def __init__(self, *parts: Part, enclosed: Sequence[Enclosure] = ()) -> None:
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


def text(content: str) -> ui.TextDisplay[Any]:
    """Words in a card; whatever is not ours in them has been escaped."""
    return ui.TextDisplay(content)


def notice(words: str, *rows: Part) -> Card:
    """A few plain words, such as an error that speaks for itself."""
    return Card(text(markdown.fitted(words, 1500) or "…"), *rows)


def answer_card(
    answer: Answer, owner: Owner, *, page: int = 0, more: bool = False, remarks: Sequence[str] = ()
) -> Card:
    """An answer. `answer` holds what is shown on this page; `more` says that there is a next. `remarks` are ours."""
    shown = answer.excerpts or answer.near_misses
    heading = "\n".join([header(answer.question), *notes(answer, page), *remarked(remarks)])
    parts: list[Part] = [text(heading), *sections(shown, MOST_TEXT - len(heading) - 100)]
    rows: list[Part] = []
    if shown:
        parts.append(text("-# A number opens that passage with more around it."))
        rows += controls.numbers(owner, len(shown))
    rows += controls.row(controls.pages("page", owner, page, more=more), controls.delete(owner))
    return Card(ui.Container(*parts), *rows)


def header(question: str) -> str:
    """The question, repeated."""
    return f"### {markdown.fitted(question, LONGEST_QUESTION) or '…'}"


def notes(answer: Answer, page: int = 0) -> list[str]:
    """How the question was understood, and how sure the answer is."""
    said = []
    if answer.searched_for:
        said.append(f"Searched for: *{markdown.fitted(answer.searched_for, LONGEST_NOTE)}*")
    if answer.unsaid:
        said.append(f"-# Left out, but said by nobody: {markdown.fitted(', '.join(answer.unsaid), LONGEST_NOTE)}")
    if answer.found is Found.NOTHING:
        said.append(f"**{NOTHING}**")
    if answer.found is Found.CLOSEST:
        said.append(f"*{CLOSEST}*")
    if answer.unknown_terms:
        said.append(f"Nobody says: {markdown.fitted(', '.join(answer.unknown_terms), LONGEST_NOTE)}")
    if answer.near_misses:
        said.append(f"*{NEAR}*")
    if page:
        said.append(f"-# Page {page + 1}")
    return said


def remarked(remarks: Iterable[str]) -> list[str]:
    """What else is to be said about an answer, such as which libraries were searched; in small print."""
    return [f"-# {remark}" for remark in remarks]


def sections(excerpts: Sequence[Excerpt], budget: int) -> list[Part]:
    """One section a quote; `budget` is how many characters they may have together."""
    frames = [_frame(excerpt, number) for number, excerpt in enumerate(excerpts, 1)]
    if _room(frames, budget) < SHORTEST_QUOTE:
        frames = [_frame(replace(excerpt, also=()), number) for number, excerpt in enumerate(excerpts, 1)]
    length = min(LONGEST_QUOTE, _room(frames, budget))
    return [
        ui.Section(text(f"{head}\n{quoted(excerpt, length)}\n{foot}"), accessory=accessory(excerpt, number))
        for number, (excerpt, (head, foot)) in enumerate(zip(excerpts, frames, strict=True), 1)
    ]


def _room(frames: Sequence[tuple[str, str]], budget: int) -> int:
    """What frames leave for the words of each: with long titles and addresses it is less."""
    return (budget - sum(len(head) + len(foot) for head, foot in frames)) // max(len(frames), 1) - 16


def _frame(excerpt: Excerpt, number: int) -> tuple[str, str]:
    """The lines above and below a quote."""
    return f"**{number}. {name_of(excerpt.video, LONGEST_TITLE)}**", "\n".join([link_line(excerpt), *_also(excerpt)])


def _also(excerpt: Excerpt) -> list[str]:
    """Where else the same is said, if anywhere."""
    places = [_elsewhere(each, excerpt.video) for each in excerpt.also[:MOST_ALSO]]
    return [f"-# Also said: {', '.join(places)}"] if places else []


def _elsewhere(place: Elsewhere, here: Video) -> str:
    when = markdown.linked(timecode(place.start_second), place.link)
    return when if place.video == here else f"{markdown.fitted(place.video.heading, LONGEST_ALSO)} {when}"


def name_of(video: Video, longest: int = LONGEST_NAME) -> str:
    """What a video is called, escaped, in at most so many characters."""
    return markdown.fitted(video.heading, longest) or markdown.fitted(video.video_id, longest) or "…"


def link_line(excerpt: Excerpt) -> str:
    """When it is said, as a link to that second, and who made the video."""
    when = markdown.linked(timecode(excerpt.start_second), excerpt.link)
    creator = markdown.fitted(excerpt.video.creator, LONGEST_CREATOR)
    return f"{when} · {creator}" if creator else when


def quoted(excerpt: Excerpt, length: int) -> str:
    """The quote as a block quote on one line, matches bold, ellipses outside the quotation marks."""
    words, complete = markdown.marked(excerpt.quote, excerpt.highlights, length)
    before = "" if excerpt.starts_passage else "… "
    after = "" if excerpt.ends_passage and complete else " …"
    return f"> {before}“{words}”{after}"


def accessory(excerpt: Excerpt, number: int) -> Part:
    """The video's picture; a button to the second where there is none, or where the address is too long for a link."""
    when, label = timecode(excerpt.start_second), markdown.shortened(excerpt.video.heading, 200)
    picture = markdown.address(excerpt.video.thumbnail, markdown.LONGEST_PICTURE_ADDRESS)
    button_link = markdown.address(excerpt.link, markdown.LONGEST_BUTTON_ADDRESS)
    if picture and (not button_link or markdown.address(excerpt.link, markdown.LONGEST_ADDRESS)):
        return ui.Thumbnail(picture, description=f"Picture of the video {label}".strip())
    if button_link:
        return ui.Button(label=f"Open at {when}", url=button_link)
    return controls.nowhere_to_go(f"At {when}", number)
