"""The buttons and menus below the cards of videos. What pressing them does is in `interactions.video_buttons`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, SelectOption, ui

from bot.discord_app.cards.parts.controls import Button, Owner, Row, button_row, custom_id, delete_button, make_button
from bot.discord_app.cards.parts.limits import MAX_OPTION_LENGTH, MAX_OPTIONS, MAX_PLACEHOLDER_LENGTH
from bot.discord_app.cards.parts.markdown import shorten
from bot.localization import format_number, pgettext
from bot.localization import gettext as _


@dataclass(frozen=True, slots=True)
class MenuOption:
    """What can be chosen of a menu. The texts are shortened where they are too long; `note` may be empty."""

    value: str
    label: str
    note: str = ""


def video_value(video_id: str) -> str:
    """Return what stands for a video in a menu: its id, or a digest of one that is too long."""
    if len(video_id) <= MAX_OPTION_LENGTH:
        return video_id
    return hashlib.sha256(video_id.encode("utf-8", "surrogatepass")).hexdigest()


def video_list_rows(owner: Owner, videos: Sequence[MenuOption], page: int, titles: Mapping[int, str]) -> list[Row]:
    """Return the rows below a list of videos: to open one of them, and to turn to another page.

    `titles` are those that the offered pages begin with, by page, the last one among them.
    """
    opening = _make_menu("watch", owner, _("Open a video…"), videos)
    last = max(titles, default=0)
    if last < 1 or not owner.is_stored:
        return [*opening, *button_row(delete_button(owner))]
    pages = [_page_option(number, title) for number, title in titles.items()]
    turning = [
        make_button("videos", pgettext("button", "Previous"), owner, max(page - 1, 0), off=page == 0),
        make_button("videos", pgettext("button", "Next"), owner, page + 1, off=page == last),
    ]
    turn_to = _make_menu("leaf", owner, _("Go to a page…"), pages)
    return [*opening, *turn_to, *button_row(turning, delete_button(owner))]


def offered_pages(page: int, last: int) -> list[int]:
    """Return the pages, counted from 0, that a menu offers: all of them, or of too many the first, the last and those
    that are 1, 2, 4, 8 and so on away, so that a few choices lead to any of them."""
    if last < MAX_OPTIONS:
        return list(range(last + 1))
    steps = [2**power for power in range((MAX_OPTIONS - 3) // 2)]
    near = {page, *(page + step for step in steps), *(page - step for step in steps)}
    return sorted({0, last, *(number for number in near if 0 <= number <= last)})


def _page_option(number: int, title: str) -> MenuOption:
    return MenuOption(str(number), _("Page {page}").format(page=format_number(number + 1)), title)


def video_rows(owner: Owner, parts: Sequence[MenuOption]) -> list[Row]:
    """Return the rows below the card of a video: a menu of its parts, to read them, and what else can be done."""
    if not owner.is_stored:
        return button_row(delete_button(owner))
    read = make_button("script", pgettext("button", "Transcript"), owner)
    buttons = button_row([read, *asking_buttons(owner)], delete_button(owner))
    return [*_make_menu("readat", owner, _("Read from…"), parts), *buttons]


def asking_buttons(owner: Owner) -> list[Button]:
    """Return the buttons that ask about one video: where it speaks of something, and what it says."""
    return [
        make_button("drawabout", pgettext("button", "Timeline"), owner),
        make_button("askabout", pgettext("button", "Ask"), owner, style=ButtonStyle.primary),
    ]


def transcript_rows(owner: Owner, play: Sequence[Button], *, earlier: bool, later: bool) -> list[Row]:
    """Return the rows below a part of a transcript; `play` is the button that opens the video there, if any."""
    if not owner.is_stored:
        return button_row(list(play), delete_button(owner))
    steps = [
        make_button("read", pgettext("button", "Earlier"), owner, 0, off=not earlier),
        make_button("read", pgettext("button", "Later"), owner, 1, off=not later),
    ]
    about = make_button("video", pgettext("button", "This video"), owner)
    return [*button_row(steps, list(play)), *button_row([about, *asking_buttons(owner)], delete_button(owner))]


def _make_menu(verb: str, owner: Owner, placeholder: str, options: Sequence[MenuOption]) -> list[Row]:
    """Return the row of a menu, or none where there is nothing to choose or its state could not be stored."""
    if not options or not owner.is_stored:
        return []
    choices = [
        SelectOption(
            label=shorten(option.label, MAX_OPTION_LENGTH) or "…",
            value=option.value,
            description=shorten(option.note, MAX_OPTION_LENGTH) or None,
        )
        for option in options[:MAX_OPTIONS]
    ]
    menu: ui.Select[Any] = ui.Select(
        custom_id=custom_id(verb, owner), placeholder=shorten(placeholder, MAX_PLACEHOLDER_LENGTH), options=choices
    )
    return [ui.ActionRow(menu)]
