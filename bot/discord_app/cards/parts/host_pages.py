"""Buttons that open the pages of the host of this installation."""

from __future__ import annotations

from discord import ui

from bot.discord_app.cards.parts.controls import Row, button_row
from bot.host_links import HostLinks
from bot.localization import pgettext


def host_pages_row(links: HostLinks) -> list[Row]:
    """Return the row of buttons that open the host's pages in the browser, no row where there are none."""
    labelled = (
        (pgettext("button", "Privacy policy"), links.privacy),
        (pgettext("button", "Terms"), links.terms),
        (pgettext("button", "Contact the host"), links.support),
    )
    return button_row([ui.Button(label=label, url=url) for label, url in labelled if url])
