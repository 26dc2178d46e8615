"""Cards about the questions that a server's library did not answer, for its moderators; never who asked them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from discord import ButtonStyle, SelectOption, ui

from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import mention_command, option_name
from bot.discord_app.cards.parts.controls import Button, Owner, Row, custom_id, make_button
from bot.discord_app.cards.parts.discord_times import relative_time
from bot.discord_app.cards.parts.limits import (
    MAX_FIELD_DESCRIPTION_LENGTH,
    MAX_FIELD_LABEL_LENGTH,
    MAX_FORM_TITLE_LENGTH,
    MAX_OPTION_LENGTH,
)
from bot.localization import format_number, ngettext, pgettext
from bot.localization import gettext as _
from storage.models import Miss, ReviewedMiss

LIST_VERB, ANSWERED_VERB, CHOOSE_VERB = "misses", "answered", "miss"
WORD_VERB, IMPORT_VERB, DISMISS_VERB, REOPEN_VERB = "missword", "missimport", "dismiss", "reopen"
FORM, SAID, MEANT = "misswords", "said", "meant"
"""What the custom_id of the form for a glossary entry begins with, and the custom_ids of its fields."""
NUMBER_DIGITS = 18
_NUMBERS = int("9" * NUMBER_DIGITS)
MISSES_PER_PAGE = 15
MAX_MISS_LENGTH, MAX_SHOWN_LENGTH, MAX_WORDS_LENGTH = 150, 600, 200
MAX_WORD_LENGTH = 100


def miss_number(miss: Miss) -> int:
    """Return a number for a question, by which buttons find it again: no list of them stays as it is."""
    digest = hashlib.sha256(miss.question.encode(errors="replace")).digest()
    return int.from_bytes(digest[:8], "big") % _NUMBERS


def misses_card(
    misses: Sequence[Miss],
    owner: Owner,
    page: int = 0,
    *,
    answered: Sequence[ReviewedMiss] = (),
    recorded: bool = True,
) -> Card:
    """Return one page of the open questions of a library, the most asked first, with a menu that opens one.

    `answered` are those that were open and that imports have answered since, the latest first. `recorded` says whether
    such questions are noted at all.
    """
    page, last = _find_page(len(misses), page)
    shown = misses[page * MISSES_PER_PAGE : (page + 1) * MISSES_PER_PAGE]
    lines = ["### " + _("Asked, and not clearly answered")]
    if answered:
        lines.append(_count_answered(answered, len(misses)))
    lines += map(_miss_line, shown)
    if not misses:
        lines.append(_("No questions are noted.") if not answered else _("No question is open."))
    if not recorded:
        words = _("Questions are not noted here now. {settings} with `{option}` turns that on.")
        lines.append(words.format(settings=mention_command("settings"), option=option_name("misses")))
    lines += _say_page(page, last)
    words = _("-# **{export}** gives you these and the votes as a file.")
    lines.append(words.format(export=pgettext("button", "Export")))
    see = [make_button(ANSWERED_VERB, pgettext("button", "Answered now"), owner)] if answered else []
    rows = controls.button_row(
        controls.page_buttons(LIST_VERB, owner, page, more=page < last), see, controls.export_questions_button(owner)
    )
    return Card(ui.Container(base.text_display("\n".join(lines))), *_menu_row(shown, owner), *rows)


def answered_misses_card(answered: Sequence[ReviewedMiss], owner: Owner, page: int = 0) -> Card:
    """Return one page of the questions that imports have answered, the latest first."""
    page, last = _find_page(len(answered), page)
    shown = answered[page * MISSES_PER_PAGE : (page + 1) * MISSES_PER_PAGE]
    lines = ["### " + _("Answered now"), *map(_answered_line, shown), *_say_page(page, last)]
    if not answered:
        lines.append(_("No question is listed here any more."))
    rows = controls.button_row(
        controls.page_buttons(ANSWERED_VERB, owner, page, more=page < last), [_list_button(owner)]
    )
    return Card(ui.Container(base.text_display("\n".join(lines))), *rows)


def miss_card(miss: Miss, owner: Owner, *, unknown: Sequence[str] = (), is_answered: bool = False) -> Card:
    """Return one open question with what can be done about it.

    `unknown` are words of it that nobody says in the library. `is_answered` says that there is a clear answer by now.
    """
    lines = [f"### {_show(miss, MAX_SHOWN_LENGTH)}", _describe_asking(miss)]
    if unknown:
        words = markdown.escape_to_fit(", ".join(unknown), MAX_WORDS_LENGTH)
        lines.append(_("Nobody says: {words}").format(words=words))
    if is_answered:
        lines.append(_("**It is clearly answered by now.**"))
    lines.append(
        _("-# Do captions get a word of it wrong? Add a glossary entry. Does another video answer it? Import it.")
    )
    number = miss_number(miss)
    buttons = [
        make_button(WORD_VERB, pgettext("button", "Add glossary entry"), owner, number, style=ButtonStyle.primary),
        make_button(IMPORT_VERB, pgettext("button", "Import transcripts"), owner, number),
        make_button(DISMISS_VERB, pgettext("button", "Dismiss"), owner, number),
        _list_button(owner),
    ]
    return Card(ui.Container(base.text_display("\n".join(lines))), *controls.button_row(buttons))


def dismissed_card(miss: Miss, owner: Owner) -> Card:
    """Return the card that says that a question is no longer listed, with a button that lists it again."""
    words = _("Dismissed: {question}\n-# It is not listed any more, even if it is asked again.")
    take_back = make_button(REOPEN_VERB, pgettext("button", "Undo"), owner, miss_number(miss))
    return Card(
        ui.Container(base.text_display(words.format(question=_show(miss, MAX_MISS_LENGTH)))),
        *controls.button_row([take_back, _list_button(owner)]),
    )


def word_added_card(words: str, owner: Owner, *, is_answered: bool) -> Card:
    """Return the card that says what a glossary entry does, and whether it answers the question it was added for."""
    lines = [markdown.escape(words)]
    if is_answered:
        lines.append(_("**The question is clearly answered now**, and not open any more."))
    return Card(ui.Container(base.text_display("\n".join(lines))), *controls.button_row([_list_button(owner)]))


def word_form(miss: Miss, owner: Owner, *, unknown: Sequence[str] = ()) -> ui.Modal:
    """Return the form for a glossary entry, filled in with the word of a question that nobody says, where it is one: of
    several nobody knows which the captions have wrong."""
    form = ui.Modal(
        title=markdown.shorten(_("Add a glossary entry"), MAX_FORM_TITLE_LENGTH),
        custom_id=custom_id(FORM, owner, miss_number(miss)),
    )
    meant = unknown[0] if len(unknown) == 1 else ""
    form.add_item(_field(SAID, _("What the captions say"), _("Such as: ganz")))
    form.add_item(
        _field(MEANT, _("What it should be"), _("Such as: GANs"), meant if len(meant) <= MAX_WORD_LENGTH else "")
    )
    # Stopped, so that discord.py does not keep it: it would handle the form only until the next restart.
    form.stop()
    return form


def _field(field_id: str, label: str, described: str, filled: str = "") -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=field_id, min_length=1, max_length=MAX_WORD_LENGTH, default=filled or None
    )
    return ui.Label(
        text=markdown.shorten(label, MAX_FIELD_LABEL_LENGTH),
        description=markdown.shorten(described, MAX_FIELD_DESCRIPTION_LENGTH),
        component=field,
    )


def _menu_row(misses: Sequence[Miss], owner: Owner) -> list[Row]:
    if not misses:
        return []
    options = [
        SelectOption(label=markdown.shorten(_wording(miss), MAX_OPTION_LENGTH) or "…", value=str(miss_number(miss)))
        for miss in misses
    ]
    placeholder = pgettext("placeholder", "Choose a question…")
    return [ui.ActionRow(ui.Select(custom_id=custom_id(CHOOSE_VERB, owner), placeholder=placeholder, options=options))]


def _list_button(owner: Owner) -> Button:
    return make_button(LIST_VERB, pgettext("button", "Back"), owner)


def _find_page(count: int, page: int) -> tuple[int, int]:
    """Return a page that there is, counted from 0, and the last one."""
    last = max(0, (count - 1) // MISSES_PER_PAGE)
    return min(page, last), last


def _say_page(page: int, last: int) -> list[str]:
    if not last:
        return []
    words = _("Page {page} of {pages}")
    return ["-# " + words.format(page=format_number(page + 1), pages=format_number(last + 1))]


def _count_answered(answered: Sequence[ReviewedMiss], still_open: int) -> str:
    """Return how many of the open questions are answered by now, and when the last of them was."""
    count, every = len(answered), len(answered) + still_open
    words = ngettext(
        "**{answered} of {count} open question is answered now**, {when}.",
        "**{answered} of {count} open questions are answered now**, the last {when}.",
        every,
    )
    when = relative_time(answered[0].reviewed_at)
    return words.format(answered=format_number(count), count=format_number(every), when=when)


def answered_remark(answered: int, open_before: int) -> str:
    """Return the line below an import that answered some of the questions that were open before."""
    words = ngettext(
        "{answered} of {count} open question is answered now: {misses}",
        "{answered} of {count} open questions are answered now: {misses}",
        open_before,
    )
    return words.format(
        answered=format_number(answered), count=format_number(open_before), misses=mention_command("library misses")
    )


def _miss_line(miss: Miss) -> str:
    words = ngettext("- {question} · once, {when}", "- {question} · {count} times, last {when}", miss.count)
    return words.format(
        question=_show(miss, MAX_MISS_LENGTH),
        count=format_number(miss.count),
        when=relative_time(miss.last_asked),
    )


def _answered_line(reviewed: ReviewedMiss) -> str:
    when = relative_time(reviewed.reviewed_at)
    return _("- {question} · answered {when}").format(question=_show(reviewed.miss, MAX_MISS_LENGTH), when=when)


def _describe_asking(miss: Miss) -> str:
    words = ngettext("Asked once, {when}.", "Asked {count} times, last {when}.", miss.count)
    return words.format(count=format_number(miss.count), when=relative_time(miss.last_asked))


def _show(miss: Miss, length: int) -> str:
    return markdown.escape_to_fit(_wording(miss), length) or "…"


def _wording(miss: Miss) -> str:
    return miss.wording or miss.question
