"""The buttons below a card, as they are drawn. What pressing them does is in `buttons`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, ui

NO_KEY = "-"
IN_A_ROW = 5
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


def pressed(verb: str) -> re.Pattern[str]:
    """Recognises the buttons of a verb."""
    return re.compile(rf"cue:{verb}:(?P<asker>\d{{1,20}}):(?P<key>[\w-]{{1,16}}):(?P<number>\d{{1,9}})")


def _button(verb: str, label: str, owner: Owner, number: int = 0, *, emoji: str | None = None, off: bool = False,
            style: ButtonStyle = ButtonStyle.secondary) -> Button:  # fmt: skip
    return ui.Button(label=label, custom_id=custom_id(verb, owner, number), emoji=emoji, disabled=off, style=style)


def numbers(owner: Owner, count: int) -> list[Row]:
    """From 1 on, five in a row: each opens a passage by itself."""
    buttons = [_button("open", str(number), owner, number, style=ButtonStyle.primary) for number in range(1, count + 1)]
    return [ui.ActionRow(*buttons[first : first + IN_A_ROW]) for first in range(0, count, IN_A_ROW)]


def pages(verb: str, owner: Owner, page: int, *, more: bool) -> list[Button]:
    """Back and forth, where there is anywhere to go."""
    if page == 0 and not more:
        return []
    return [
        _button(verb, "Previous", owner, max(page - 1, 0), off=page == 0),
        _button(verb, "Next", owner, page + 1, off=not more),
    ]


def delete(owner: Owner) -> list[Button]:
    """Takes a public card away; a private one goes by itself."""
    return [] if owner.private else [_button("delete", "Delete", owner)]


def row(*groups: list[Button]) -> list[Row]:
    """The buttons of some groups in one row; no row where there are none."""
    buttons = [button for group in groups for button in group]
    return [ui.ActionRow(*buttons)] if buttons else []


def passage(owner: Owner, *, earlier: bool, later: bool) -> list[Row]:
    """Below a passage: widening it, judging it, and what becomes of the card."""
    widen = [_button("earlier", "Earlier", owner, off=not earlier), _button("later", "Later", owner, off=not later)]
    judge = [_button("helpful", "Helpful", owner, emoji="👍"), _button("unhelpful", "Not helpful", owner, emoji="👎")]
    share = [_button("share", "Share", owner)] if owner.private and owner.shareable else []
    return [*row(widen, judge), *row(share, delete(owner))]


def reading(owner: Owner, *, earlier: bool, later: bool) -> list[Row]:
    """Below a stretch of a transcript."""
    steps = [
        _button("read", "Earlier", owner, 0, off=not earlier),
        _button("read", "Later", owner, 1, off=not later),
    ]
    return row(steps, delete(owner))


def withdraw(owner: Owner) -> list[Row]:
    """Takes a vote back."""
    return row([_button("withdraw", "Take back my vote", owner)])


def privacy(owner: Owner) -> list[Row]:
    """Hands out, and deletes, everything that is kept about whoever presses."""
    delete_all = _button("forget", "Delete all of it", owner, style=ButtonStyle.danger)
    return row([_button("export", "Export", owner), delete_all])


def export_questions(owner: Owner) -> list[Button]:
    """Hands out what a server's people voted and asked in vain."""
    return [_button("feedback", "Export", owner)]


def forget(owner: Owner) -> list[Row]:
    """Deletes everything that is kept about whoever presses."""
    return row([_button("forget", "Delete what you keep about me", owner)])


def removal(owner: Owner) -> list[Row]:
    """Below the question whether a video shall be removed."""
    return row([
        _button("remove", "Remove it", owner, style=ButtonStyle.danger),
        _button("leave", "Leave it", owner),
    ])  # fmt: skip


def purge(owner: Owner) -> list[Row]:
    """Below the question whether a server's library shall be deleted for good."""
    return row([
        _button("purge", "Delete everything", owner, style=ButtonStyle.danger),
        _button("leave", "Leave it", owner),
    ])  # fmt: skip


def nowhere_to_go(label: str, number: int) -> Button:
    """Stands where a link would, for a video without an address: a section must have something beside it."""
    return ui.Button(label=label, custom_id=f"cue:none:{number}", disabled=True, style=ButtonStyle.secondary)
