"""Buttons that open the pages of the host: how they treat data, on which terms, and how to reach them."""

from __future__ import annotations

from dataclasses import dataclass

from discord import ui

from bot.discord_app.cards.parts.controls import Row, button_row
from bot.localization import pgettext


@dataclass(frozen=True, slots=True)
class HostLinks:
    """The addresses of these pages; "" for one that there is not."""

    privacy: str = ""
    terms: str = ""
    support: str = ""


NO_PAGES = HostLinks()


def host_pages_row(links: HostLinks) -> list[Row]:
    """Return the row of buttons that open the host's pages in the browser, no row where there are none."""
    labelled = (
        (pgettext("button", "Privacy policy"), links.privacy),
        (pgettext("button", "Terms"), links.terms),
        (pgettext("button", "Contact the host"), links.support),
    )
    return button_row([ui.Button(label=label, url=url) for label, url in labelled if url])
