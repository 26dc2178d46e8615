"""The card with which the bot introduces itself in a server that it was added to."""

from __future__ import annotations

from discord import ButtonStyle, ui

from bot.discord_app.cards.parts.base import Card, text_display
from bot.discord_app.cards.parts.command_buttons import example_button, help_button, import_button, settings_button
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import button_row
from bot.localization import format_number, ngettext, pgettext
from bot.localization import gettext as _


def welcome_card(*, is_empty: bool, videos: int = 0) -> Card:
    """Return the card for everybody in a server.

    `is_empty` says that nothing is imported, so that the sample talks answer. `videos` is how many of its own the
    server has kept from before, 0 where that is none or not for everybody to know.
    """
    lines = [
        "### " + _("Hi, I’m Cuepoint."),
        _("I answer questions with what is said in your videos, word for word, with a link to the second."),
        _invite_to_begin(is_empty=is_empty, videos=videos),
    ]
    first, other = ButtonStyle.primary, ButtonStyle.secondary
    if is_empty:
        sample = example_button(pgettext("button", "Try a sample"))
        buttons = [import_button(style=first), sample, settings_button(), help_button()]
    else:
        example = example_button(_("Try an example"), style=first)
        buttons = [example, import_button(style=other), settings_button(), help_button()]
    return Card(ui.Container(text_display("\n".join(lines))), *button_row(buttons))


def _invite_to_begin(*, is_empty: bool, videos: int) -> str:
    asking = _("Ask with {ask}, or mention me.").format(ask=mention_command("ask"))
    if is_empty:
        # The card stays there when transcripts were imported: what it says stays true.
        until = _("Until somebody who manages this server imports transcripts, I only know three sample talks.")
        return f"{asking}\n{until}"
    if not videos:
        return asking
    kept = ngettext(
        "This server’s {count} video is still here.", "This server’s {count} videos are still here.", videos
    )
    return f"{kept.format(count=format_number(videos))} {asking}"
