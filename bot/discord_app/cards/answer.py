"""The card of an answer: its quotes with links to the second, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from discord import ui

from bot import verdicts
from bot.answering.excerpts import QUOTE_LENGTH, SHORT_QUOTE_LENGTH
from bot.answering.question import find_operators
from bot.answering.values import Answer, AnswerLevel, Excerpt, OtherPlace, QuoteLengths
from bot.discord_app.cards import moments
from bot.discord_app.cards.moments import MAX_MOMENT_TITLE_LENGTH, MIN_MOMENT_LENGTH
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, Part, moment_link, text_display, video_name, video_picture
from bot.discord_app.cards.parts.command_buttons import help_button, tell_me_row, videos_button
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import MAX_OWN_TEXT_LENGTH
from bot.discord_app.cards.parts.quotes import block_quote
from bot.discord_app.cards.parts.sample_note import ONLY_SAMPLES_SHOWN
from bot.localization import format_date
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import Video

MAX_HEADING_LENGTH = 300
MAX_NOTE_LENGTH = 250
MAX_UNKNOWN_LENGTH = 40
"""Characters that are repeated of a word that nobody says: what is longer is most likely no word."""
MAX_CHAPTER_LENGTH = 80
MAX_ROOMY_COUNT = 3
"""Where more moments are shown, what stands above them is kept short, for a phone to show most of the card at once."""
CROWDED_QUOTE_LENGTH, MAX_CROWDED_LENGTH = 450, 540
"""Characters of the first quote there, and of that with all that stands above it, addresses aside."""
BUTTON_ROW_LENGTH = 60
"""Characters of text that take as much height on a phone as a row of buttons, and more."""
MAX_LINKED_TITLE_LENGTH = 100
MAX_SHOWN_QUOTE_LENGTH = 800
"""Characters of a quote with the marks of its matches, with backslashes, and with the names of its speakers."""
MIN_SHOWN_QUOTE_LENGTH = 80
_AROUND_QUOTE, _BETWEEN_TEXTS = 16, 20
"""Characters around a quote: its quotation marks, and the ends of its lines."""
MAX_NEAR_MISS_LENGTH = 140
"""Characters of the words of a near miss: no quote stands above it to read."""
_MIN_MOMENT_ROOM = MAX_MOMENT_TITLE_LENGTH + MIN_MOMENT_LENGTH + 25
"""Characters that are kept free for each of the other moments: its words, its time, and the name of its video."""
MAX_OTHER_PLACE_LENGTH, MAX_OTHER_PLACES = 60, 3


def quote_lengths(count: int) -> QuoteLengths:
    """Return how long the quotes of a card with so many moments are to be.

    The first is to hold the answer, the others show where else to look. Of a later page all are others.
    """
    return QuoteLengths(QUOTE_LENGTH if count <= MAX_ROOMY_COUNT else CROWDED_QUOTE_LENGTH, SHORT_QUOTE_LENGTH)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an answer: which one, counted from 0, and the number of its first excerpt, counted from 1.

    `count` is how many pages there are, None where that is not known.
    """

    index: int = 0
    first_number: int = 1
    count: int | None = 1
    has_next: bool = False


ONLY_PAGE = Page()


def answer_card(
    answer: Answer,
    owner: Owner,
    page: Page = ONLY_PAGE,
    *,
    remarks: Sequence[str] = (),
    is_quoted: bool = False,
    notified: Sequence[int] = (),
    only_samples: bool = False,
    may_follow: bool = False,
    reserved: int = 0,
) -> Card:
    """Return an answer as a card. `answer` holds what this page shows, with the excerpts of one video together.

    `remarks` are texts of the bot and are not escaped; those `notified` are notified of them where they mention them.
    `is_quoted` says that Discord shows the question above the card, `only_samples` that nothing is imported where it
    was asked. `may_follow`: where the answer is not clear, who reads it can be told of one later. `reserved` is how
    many characters of text stand below.
    """
    lines = [] if is_quoted else [question_header(answer.question, *answer.excerpts[:1])]
    notes, shown_remarks = answer_notes(answer, only_samples=only_samples), remarks_display(remarks)
    # What is said of moments stands next to them.
    heading = "\n".join([*lines, *(shown_remarks + notes if answer.excerpts else notes + shown_remarks)])
    missing = "" if owner.is_stored else _(controls.NO_BUTTONS)
    room = MAX_OWN_TEXT_LENGTH - len(heading) - len(missing) - _BETWEEN_TEXTS - reserved
    offers_follow = may_follow and owner.is_stored and answer.level is not AnswerLevel.CONFIDENT and not page.index
    parts: list[Part] = [text_display(heading)] if heading else []
    if answer.excerpts:
        below = BUTTON_ROW_LENGTH if offers_follow else 0
        parts += _excerpt_parts(answer.excerpts, owner, page, room, len(heading), below)
    elif answer.near_misses:
        parts += [ui.Separator(), *_near_miss_parts(answer.near_misses, owner, room)]
    says_nothing_imported = only_samples and answer.level is AnswerLevel.NOTHING
    if says_nothing_imported and answer.near_misses:
        parts.append(text_display(f"-# {_(ONLY_SAMPLES_SHOWN)}"))
    if missing and (answer.excerpts or answer.near_misses):
        parts.append(text_display(missing))
    if offers_follow:
        parts += tell_me_row(owner)
    if not answer.excerpts:
        # With the key of the answer, which can be followed up although it shows nothing.
        parts += controls.button_row([videos_button(owner), help_button(owner)], controls.delete_button(owner))
    parts += controls.button_row(controls.page_buttons("page", owner, page.index, more=page.has_next, pages=page.count))
    card = Card(ui.Container(*parts, accent_colour=accent_colour(answer)), notified=notified)
    card.says_nothing_imported = says_nothing_imported
    return card


def accent_colour(answer: Answer) -> int:
    """Return the colour that says how sure an answer is. It agrees with the verdict in words: where every word of a
    question is said, that there is nothing would be too much."""
    if answer.level is AnswerLevel.CONFIDENT:
        return base.SURE_COLOUR
    is_missing = answer.level is AnswerLevel.NOTHING and (answer.unknown_terms or not answer.near_misses)
    return base.NOTHING_COLOUR if is_missing else base.UNCLEAR_COLOUR


def _excerpt_parts(
    excerpts: Sequence[Excerpt], owner: Owner, page: Page, room: int, above: int, below: int = 0
) -> list[Part]:
    """Return the first excerpt whole, with its buttons, and the others in a line each, with a menu that opens them.

    `above` is how many characters stand above them, and `below` how many take as much height as what stands below.
    """
    first, others = excerpts[0], excerpts[1:]
    number = page.first_number if others or page.index else None
    max_length = MAX_SHOWN_QUOTE_LENGTH
    if len(excerpts) > MAX_ROOMY_COUNT:
        above += len(video_name(first.video, MAX_LINKED_TITLE_LENGTH))
        max_length = max(MAX_CROWDED_LENGTH - above, SHORT_QUOTE_LENGTH) - below
    parts, length = _first_excerpt_parts(first, number, room - len(others) * _MIN_MOMENT_ROOM, max_length)
    play = moments.play_button(first.link_second, first.link, first.video)
    parts += controls.button_row(
        play, controls.read_on_button(owner), controls.share_answer_buttons(owner), controls.delete_button(owner)
    )
    if others:
        following = page.first_number + 1
        text = moments.write_moments(others, room - length, first_number=following, after=first.video)
        choices = moments.list_choices(others, following, first_place=2)
        parts += [ui.Separator(), text_display(text), *controls.passage_menu(owner, choices)]
    return parts


def quote_parts(excerpt: Excerpt, owner: Owner, room: int) -> list[Part]:
    """Return one excerpt whole with its buttons, in at most `room` characters, as the first of an answer stands."""
    return _excerpt_parts((excerpt,), owner, ONLY_PAGE, room, above=0)


def name_lines(excerpt: Excerpt) -> list[str]:
    """Return the lines above a quote: the name of its video as a link to its second, and what is known of the video."""
    return [_linked_name(excerpt, None), *_details(excerpt)]


def _near_miss_parts(near_misses: Sequence[Excerpt], owner: Owner, room: int) -> list[Part]:
    """Return near misses in a line each: they are no answer, and none of them stands out."""
    near = f"*{_(verdicts.NEAR)}*"
    text = moments.write_moments(near_misses, room - len(near), first_number=1, length=MAX_NEAR_MISS_LENGTH)
    choices = moments.list_choices(near_misses, 1, first_place=1)
    return [text_display(f"{near}\n{text}"), *controls.passage_menu(owner, choices)]


def _first_excerpt_parts(excerpt: Excerpt, number: int | None, room: int, max_length: int) -> tuple[list[Part], int]:
    """Return the excerpt that is shown whole: the name of its video as a link that opens at its second, its quote of
    at most `max_length` characters, and a picture where there is one; and how many characters these have, at most
    `room`."""
    head = "\n".join([_linked_name(excerpt, number), *_details(excerpt)])
    foot = "".join(f"\n{line}" for line in _other_places(excerpt))
    if room - len(head) - len(foot) - _AROUND_QUOTE < MIN_SHOWN_QUOTE_LENGTH:
        foot = ""
    length = min(room - len(head) - len(foot) - _AROUND_QUOTE, max_length)
    quote = block_quote(excerpt, length) + foot
    if picture := video_picture(excerpt.video):
        return [ui.Section(text_display(head), accessory=picture), text_display(quote)], len(head) + len(quote)
    return [text_display(f"{head}\n{quote}")], len(head) + len(quote) + 1


def _linked_name(excerpt: Excerpt, number: int | None) -> str:
    """Return the name of an excerpt's video as a link to its second, with its number where there is one."""
    name = markdown.masked_link(video_name(excerpt.video, MAX_LINKED_TITLE_LENGTH), excerpt.link)
    return f"**{name}**" if number is None else f"**{number} · {name}**"


def _details(excerpt: Excerpt) -> list[str]:
    """Return a line with the chapter of an excerpt, who made its video and when, or no line where nothing is known.

    The second stands there too where no button says it.
    """
    video = excerpt.video
    chapter = video.chapter_at(excerpt.link_second)
    parts = (
        "" if moments.play_button(excerpt.link_second, excerpt.link, video) else _say_second(excerpt.link_second),
        markdown.escape_to_fit(chapter.title, MAX_CHAPTER_LENGTH) if chapter else "",
        markdown.escape_to_fit(video.creator, base.MAX_CREATOR_LENGTH),
        format_date(video.published),
    )
    line = " · ".join(filter(None, parts))
    return [f"-# {line}"] if line else []


def _say_second(second: float) -> str:
    return _("at {time}").format(time=timecode(second))


def question_header(question: str, *shown: Excerpt) -> str:
    """Return the question as the heading of its card. The id of the video that an excerpt is `shown` of is left out:
    its title stands below."""
    for operator in reversed(find_operators(question)):
        if operator.kind == "video" and any(operator.value == excerpt.video.video_id for excerpt in shown):
            question = f"{question[: operator.start]}{question[operator.end :]}".strip()
    return f"### {markdown.escape_with_code(question, MAX_HEADING_LENGTH) or '…'}"


def answer_notes(answer: Answer, *, only_samples: bool = False) -> list[str]:
    """Return lines that say how the question was understood, and how sure the answer is."""
    notes = []
    if answer.searched_for:
        question = f"*{markdown.escape_to_fit(answer.searched_for, MAX_NOTE_LENGTH)}*"
        notes.append(_("Searched for: {question}").format(question=question))
    if answer.unmatched:
        words = markdown.escape_to_fit(", ".join(answer.unmatched), MAX_NOTE_LENGTH)
        notes.append("-# " + _("Left out, but said by nobody: {words}").format(words=words))
    notes += [f"-# {sentence}" for sentence in verdicts.describe_answer_limits(answer)]
    if verdict := verdicts.describe_verdict(answer, only_samples=only_samples):
        notes.append(f"**{verdict}**")
    if answer.unknown_terms:
        unknown = [markdown.shorten(term, MAX_UNKNOWN_LENGTH) for term in answer.unknown_terms]
        words = markdown.escape_to_fit(", ".join(unknown), MAX_NOTE_LENGTH)
        notes.append(_("Nobody says: {words}").format(words=words))
    if moments := verdicts.introduce_moments(answer):
        notes.append(f"**{moments}**")
    return notes


def remarks_display(remarks: Iterable[str]) -> list[str]:
    """Return remarks about an answer in small print, such as which libraries were searched."""
    return [f"-# {remark}" for remark in remarks]


def _other_places(excerpt: Excerpt) -> list[str]:
    """Return a line with the other places that say the same, or no line where there are none."""
    places = [_other_place(place, excerpt.video) for place in excerpt.other_places[:MAX_OTHER_PLACES]]
    return ["-# " + _("Also said: {places}").format(places=", ".join(places))] if places else []


def _other_place(place: OtherPlace, here: Video) -> str:
    when = moment_link(place.link_second, place.link, place.video)
    return (
        when if place.video == here else f"{markdown.escape_to_fit(place.video.heading, MAX_OTHER_PLACE_LENGTH)} {when}"
    )
