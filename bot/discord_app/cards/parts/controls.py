"""The components of the buttons below a card. What pressing them does is in `interactions.buttons`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, SelectOption, ui

from bot.discord_app.cards.parts.limits import MAX_OPTIONS
from bot.localization import format_number, gettext_noop, pgettext
from bot.localization import gettext as _

NO_KEY = "-"
NO_BUTTONS = gettext_noop("-# Nothing can be stored just now, so buttons are missing; ask again later to get them.")
"""Stands on a card whose owner has `is_stored` False, in place of what explains its buttons."""
Button = ui.Button[Any]
Row = ui.ActionRow[Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose card it is, the ledger's key of what the card shows, and whether others see it.

    `addressee` is the id of somebody else to whom a private card may be shown, 0 for nobody.
    Where what it shows could not be stored, `is_stored` is false, and it gets no button that needs that.
    """

    asker: int
    key: str = NO_KEY
    private: bool = False
    shareable: bool = False
    is_stored: bool = True
    addressee: int = 0


def custom_id(verb: str, owner: Owner, number: int = 0) -> str:
    """Return what a button sends back when it is pressed, at most 80 characters."""
    return f"cue:{verb}:{owner.asker}:{owner.key}:{number}"


def custom_id_pattern(verb: str, digits: int = 9) -> re.Pattern[str]:
    """Return the pattern that matches the custom_id of a verb's buttons, whose numbers have so many digits at most."""
    return re.compile(rf"cue:{verb}:(?P<asker>\d{{1,20}}):(?P<key>[\w-]{{1,16}}):(?P<number>\d{{1,{digits}}})")


def make_button(verb: str, label: str, owner: Owner, number: int = 0, *, emoji: str | None = None, off: bool = False,
                style: ButtonStyle = ButtonStyle.secondary) -> Button:  # fmt: skip
    """Return the button of a verb. `off` shows it where it cannot be pressed."""
    return ui.Button(label=label, custom_id=custom_id(verb, owner, number), emoji=emoji, disabled=off, style=style)


def read_on_button(owner: Owner) -> list[Button]:
    """Return the button that opens the first passage of a card by itself."""
    style = ButtonStyle.primary
    return [make_button("open", pgettext("button", "Read on"), owner, 1, style=style)] if owner.is_stored else []


def passage_menu(owner: Owner, options: Sequence[tuple[int, str]]) -> list[Row]:
    """Return the menu that opens one of the passages of a card, each given by its place on it, counted from 1, and a
    label; no menu where there is nothing to choose from."""
    if not owner.is_stored or not options:
        return []
    choices = [SelectOption(label=label, value=str(place)) for place, label in options[:MAX_OPTIONS]]
    return [
        ui.ActionRow(ui.Select(custom_id=custom_id("pick", owner), placeholder=_("Read more of…"), options=choices))
    ]


def page_buttons(verb: str, owner: Owner, page: int, *, more: bool, pages: int | None = None) -> list[Button]:
    """Return the buttons to the previous and the next page, or none where there is only one page.

    `pages` is how many there are, where that is known: what can not be pressed between the two says "2 of 4".
    """
    if (page == 0 and not more) or not owner.is_stored:
        return []
    here = [disabled_button(say_page(page, pages), f"cue:none:{verb}:{page}")] if page or pages else []
    return [
        make_button(verb, pgettext("button", "Previous"), owner, max(page - 1, 0), off=page == 0),
        *here,
        make_button(verb, pgettext("button", "Next"), owner, page + 1, off=not more),
    ]


def say_page(page: int, pages: int | None) -> str:
    """Return which page this is, counted from 0 here and from 1 in words, and of how many where that is known."""
    if pages is None:
        return _("Page {page}").format(page=format_number(page + 1))
    return _("{page} of {pages}").format(page=format_number(page + 1), pages=format_number(pages))


def delete_button(owner: Owner) -> list[Button]:
    """Return the button that deletes a public card, or none for a private card, which disappears by itself."""
    return [] if owner.private else [make_button("delete", pgettext("button", "Delete"), owner)]


def button_row(*groups: list[Button]) -> list[Row]:
    """Return the buttons of all groups in one row, or no row where there are none."""
    buttons = [button for group in groups for button in group]
    return [ui.ActionRow(*buttons)] if buttons else []


def passage_rows(owner: Owner, *, earlier: bool, later: bool) -> list[Row]:
    """Return the rows below a passage: to read on, to vote on it, and to share or delete the card."""
    if not owner.is_stored:
        return button_row(delete_button(owner))
    move = [
        make_button("earlier", pgettext("button", "Earlier"), owner, off=not earlier),
        make_button("later", pgettext("button", "Later"), owner, off=not later),
    ]
    judge = [
        make_button("helpful", pgettext("button", "Helpful"), owner, emoji="👍"),
        make_button("unhelpful", pgettext("button", "Not helpful"), owner, emoji="👎"),
    ]
    return [*button_row(move, share_button(owner)), *button_row(judge, delete_button(owner))]


def back_button(owner: Owner, *, moved: bool) -> list[Button]:
    """Return the button that shows a passage again as it was opened, or none where it is."""
    return [make_button("back", pgettext("button", "Back to the quote"), owner)] if moved and owner.is_stored else []


def share_button(owner: Owner) -> list[Button]:
    """Return the button that shows a private quote to everyone in the channel, or none where that may not be."""
    return [make_button("share", pgettext("button", "Share"), owner)] if _is_shareable(owner) else []


def share_answer_buttons(owner: Owner) -> list[Button]:
    """Return the buttons that show a private answer to everyone in the channel, and that notify its addressee; none
    where that may not be."""
    if not _is_shareable(owner):
        return []
    buttons = [make_button("shareanswer", pgettext("button", "Share"), owner)]
    if owner.addressee:
        buttons.append(make_button("showto", pgettext("button", "Show to the author"), owner, owner.addressee))
    return buttons


def _is_shareable(owner: Owner) -> bool:
    return owner.private and owner.shareable and owner.is_stored


def withdraw_row(owner: Owner) -> list[Row]:
    """Return the row with the button that takes a vote back."""
    return button_row([make_button("withdraw", pgettext("button", "Take back my vote"), owner)])


def privacy_row(owner: Owner) -> list[Row]:
    """Return the row with the buttons that export and delete everything kept about the user who presses them."""
    delete_all = make_button("forget", pgettext("button", "Delete all of it"), owner, style=ButtonStyle.danger)
    return button_row([make_button("export", pgettext("button", "Export"), owner), delete_all])


def export_questions_button(owner: Owner) -> list[Button]:
    """Return the button that exports a server's votes and unanswered questions."""
    return [make_button("feedback", pgettext("button", "Export"), owner)]


def forget_row(owner: Owner) -> list[Row]:
    """Return the row with the button that deletes everything kept about the user who presses it."""
    return button_row([make_button("forget", pgettext("button", "Delete what you keep about me"), owner)])


def removal_row(owner: Owner) -> list[Row]:
    """Return the row below the question whether to remove a video."""
    return button_row([
        make_button("remove", pgettext("button", "Remove it"), owner, style=ButtonStyle.danger),
        make_button("leave", pgettext("button", "Leave it"), owner),
    ])  # fmt: skip


def purge_row(owner: Owner) -> list[Row]:
    """Return the row below the question whether to delete a server's library permanently."""
    return button_row([
        make_button("purge", pgettext("button", "Delete everything"), owner, style=ButtonStyle.danger),
        make_button("leave", pgettext("button", "Leave it"), owner),
    ])  # fmt: skip


def disabled_button(label: str, custom_id: str) -> Button:
    """Return what looks like a button and cannot be pressed."""
    return ui.Button(label=label, custom_id=custom_id, disabled=True, style=ButtonStyle.secondary)
