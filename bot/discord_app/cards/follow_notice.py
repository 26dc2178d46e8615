"""The card that tells people of answers to what they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from discord import ui

from bot.answering.excerpts import quote_line
from bot.answering.values import Excerpt
from bot.discord_app.cards.parts import base, controls, markdown, quotes
from bot.discord_app.cards.parts.base import SURE_COLOUR, UNCLEAR_COLOUR, Card
from bot.discord_app.cards.parts.command_buttons import UNFOLLOW_VERB
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Button, Owner, make_button
from bot.localization import format_number, ngettext, pgettext
from bot.localization import gettext as _
from storage.models import SpeakerTurn

MAX_TOLD = 8
"""How many questions one message tells of at most; the others are told of the next day."""
MAX_QUESTION_LENGTH, MAX_TITLE_LENGTH, MAX_URL_LENGTH = 90, 60, 90
QUOTE_LENGTHS = {1: 300, 2: 220, 3: 220}
MIN_QUOTE_LENGTH = 100
"""How much is quoted, by how many questions are told of; for more than these there is less room."""
ROOM_FOR_MARKS = 40
"""Characters of these lengths that are left for the name of who speaks, and for the marks of matches."""
BUTTONS_PER_ROW = 5


@dataclass(frozen=True, slots=True)
class ToldFollow:
    """What somebody is told of one question that they follow: where it is answered, by the excerpt that says it best.

    `is_once` says that it ends with that, and `is_clear` that it is a clear answer.
    """

    follow_id: int
    question: str
    excerpt: Excerpt
    is_once: bool = False
    is_clear: bool = True


def follow_notice_card(
    told: Sequence[ToldFollow], person_id: int, batch: str, *, server_name: str = "", in_channel: bool = False
) -> Card:
    """Return the card with the answers to at most MAX_TOLD questions.

    The message is known by `batch`, which its buttons carry. `server_name` is that of the server whose videos answer
    all of them, "" where there are several, or none. `in_channel` says that many read it, who follow nothing.
    """
    owner = Owner(person_id, batch)
    lines = ["### " + _describe_count(told, in_channel=in_channel)]
    if name := markdown.escape_to_fit(server_name, 50):
        lines.append("-# " + _("In {server}’s videos").format(server=name))
    numbered = len(told) > 1
    length = QUOTE_LENGTHS.get(len(told), MIN_QUOTE_LENGTH)
    answers = [_describe(each, number if numbered else 0, length) for number, each in enumerate(told, 1)]
    going_on = [(number, each) for number, each in enumerate(told, 1) if not each.is_once]
    below = _("-# {unfollow} lists what you follow.") if going_on else _("-# With this it ends: I keep it no longer.")
    closing = [] if in_channel else [base.text_display(below.format(unfollow=mention_command("unfollow")))]
    container: ui.Container[ui.LayoutView] = ui.Container(
        base.text_display("\n".join(lines)),
        *map(base.text_display, answers),
        *closing,
        accent_colour=SURE_COLOUR if all(each.is_clear for each in told) else UNCLEAR_COLOUR,
    )
    stops = [_stop_button(each, owner, number if numbered else 0) for number, each in going_on]
    buttons = [*stops, *controls.delete_button(owner)]
    rows = [
        ui.ActionRow[ui.LayoutView](*buttons[first : first + BUTTONS_PER_ROW])
        for first in range(0, len(buttons), BUTTONS_PER_ROW)
    ]
    return Card(container, *rows)


def _describe_count(told: Sequence[ToldFollow], *, in_channel: bool) -> str:
    """Return what is told. Who only pressed a button to be told once knows of no following."""
    count = len(told)
    if in_channel:
        words = ngettext("A new answer", "New answers to {count} questions", count)
    elif all(each.is_once for each in told):
        words = ngettext("Your question has an answer now", "{count} of your questions have an answer now", count)
    else:
        words = ngettext("A new answer to what you follow", "New answers to {count} questions that you follow", count)
    return words.format(count=format_number(count))


def _describe(told: ToldFollow, number: int, length: int) -> str:
    excerpt = told.excerpt
    question = markdown.escape_to_fit(told.question, MAX_QUESTION_LENGTH) or "…"
    title = base.video_name(excerpt.video, MAX_TITLE_LENGTH)
    moment = base.moment_link(excerpt.link_second, excerpt.link, excerpt.video, MAX_URL_LENGTH)
    place = _("▶ {moment} · {title}").format(moment=moment, title=title)
    lines = [f"**{question}**", _quote(excerpt, length), place]
    if not told.is_clear:
        lines.append("-# " + _("Not a clear answer, but close."))
    if number:
        lines[0] = f"**{format_number(number)}.** {lines[0]}"
    return "\n".join(lines)


def _quote(excerpt: Excerpt, length: int) -> str:
    """Return the quote, or the words about what was asked for where its beginning would hold little of them."""
    first = excerpt.highlights[0][0] if excerpt.highlights else 0
    if len(excerpt.quote) > length and first > length // 2:
        line = quote_line(excerpt, length - ROOM_FOR_MARKS)
        excerpt = replace(
            excerpt,
            quote=line.words,
            highlights=line.highlights,
            turns=(SpeakerTurn(0, line.speaker),) if line.speaker else (),
            starts_sentence=line.starts_sentence,
            ends_sentence=line.ends_sentence,
        )
    return quotes.block_quote(excerpt, length)


def _stop_button(told: ToldFollow, owner: Owner, number: int) -> Button:
    label = pgettext("button", "Unfollow")
    if number:
        label = pgettext("button", "Unfollow {number}").format(number=format_number(number))
    return make_button(UNFOLLOW_VERB, label, owner, told.follow_id)
