"""The buttons below a card, as they are drawn. What pressing them does is in `buttons`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, ui

NO_KEY = "-"
BUTTONS_PER_ROW = 5
Button = ui.Button[Any]
Row = ui.ActionRow[Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose card it is, the ledger's key of what it shows, and whether others see it."""

    asker: int
    key: str = NO_KEY
    private: bool = False
    shareable: bool = False


def custom_id(verb: str, owner: Owner, number: int = 0) -> str:
    """What a button sends back when it is pressed, at most 67 characters."""
    return f"cue:{verb}:{owner.asker}:{owner.key}:{number}"


def custom_id_pattern(verb: str) -> re.Pattern[str]:
    """Recognises the buttons of a verb."""
    return re.compile(rf"cue:{verb}:(?P<asker>\d{{1,20}}):(?P<key>[\w-]{{1,16}}):(?P<number>\d{{1,9}})")


def _make_button(verb: str, label: str, owner: Owner, number: int = 0, *, emoji: str | None = None, off: bool = False,
            style: ButtonStyle = ButtonStyle.secondary) -> Button:  # fmt: skip
    return ui.Button(label=label, custom_id=custom_id(verb, owner, number), emoji=emoji, disabled=off, style=style)


def number_buttons(owner: Owner, count: int) -> list[Row]:
    """From 1 on, five in a row: each opens a passage by itself."""
    buttons = [
        _make_button("open", str(number), owner, number, style=ButtonStyle.primary) for number in range(1, count + 1)
    ]
    return [ui.ActionRow(*buttons[first : first + BUTTONS_PER_ROW]) for first in range(0, count, BUTTONS_PER_ROW)]


def page_buttons(verb: str, owner: Owner, page: int, *, more: bool) -> list[Button]:
    """Back and forth, where there is anywhere to go."""
    if page == 0 and not more:
        return []
    return [
        _make_button(verb, "Previous", owner, max(page - 1, 0), off=page == 0),
        _make_button(verb, "Next", owner, page + 1, off=not more),
    ]


def delete_button(owner: Owner) -> list[Button]:
    """Takes a public card away; a private one goes by itself."""
    return [] if owner.private else [_make_button("delete", "Delete", owner)]


def button_row(*groups: list[Button]) -> list[Row]:
    """The buttons of some groups in one row; no row where there are none."""
    buttons = [button for group in groups for button in group]
    return [ui.ActionRow(*buttons)] if buttons else []


def passage_rows(owner: Owner, *, earlier: bool, later: bool) -> list[Row]:
    """Below a passage: widening it, judging it, and what becomes of the card."""
    widen = [
        _make_button("earlier", "Earlier", owner, off=not earlier),
        _make_button("later", "Later", owner, off=not later),
    ]
    judge = [
        _make_button("helpful", "Helpful", owner, emoji="👍"),
        _make_button("unhelpful", "Not helpful", owner, emoji="👎"),
    ]
    share = [_make_button("share", "Share", owner)] if owner.private and owner.shareable else []
    return [*button_row(widen, judge), *button_row(share, delete_button(owner))]


def transcript_rows(owner: Owner, *, earlier: bool, later: bool) -> list[Row]:
    """Below a stretch of a transcript."""
    steps = [
        _make_button("read", "Earlier", owner, 0, off=not earlier),
        _make_button("read", "Later", owner, 1, off=not later),
    ]
    return button_row(steps, delete_button(owner))


def withdraw_row(owner: Owner) -> list[Row]:
    """Takes a vote back."""
    return button_row([_make_button("withdraw", "Take back my vote", owner)])


def privacy_row(owner: Owner) -> list[Row]:
    """Hands out, and deletes, everything that is kept about whoever presses."""
    delete_all = _make_button("forget", "Delete all of it", owner, style=ButtonStyle.danger)
    return button_row([_make_button("export", "Export", owner), delete_all])


def export_questions_button(owner: Owner) -> list[Button]:
    """Hands out what a server's people voted and asked in vain."""
    return [_make_button("feedback", "Export", owner)]


def forget_row(owner: Owner) -> list[Row]:
    """Deletes everything that is kept about whoever presses."""
    return button_row([_make_button("forget", "Delete what you keep about me", owner)])


def removal_row(owner: Owner) -> list[Row]:
    """Below the question whether a video shall be removed."""
    return button_row([
        _make_button("remove", "Remove it", owner, style=ButtonStyle.danger),
        _make_button("leave", "Leave it", owner),
    ])  # fmt: skip


def purge_row(owner: Owner) -> list[Row]:
    """Below the question whether a server's library shall be deleted for good."""
    return button_row([
        _make_button("purge", "Delete everything", owner, style=ButtonStyle.danger),
        _make_button("leave", "Leave it", owner),
    ])  # fmt: skip


def disabled_link(label: str, number: int) -> Button:
    """Stands where a link would, for a video without an address: a section must have something beside it."""
    return ui.Button(label=label, custom_id=f"cue:none:{number}", disabled=True, style=ButtonStyle.secondary)
