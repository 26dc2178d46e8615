"""The note of sample talks: while nothing is imported, every card that shows them says what they are."""

from __future__ import annotations

from bot.discord_app.cards.parts.base import Card, text_display
from bot.discord_app.cards.parts.command_buttons import import_button
from bot.discord_app.cards.parts.controls import button_row
from bot.localization import gettext as _
from bot.localization import gettext_noop

NOTHING_IMPORTED = gettext_noop("Nothing is imported here yet; these are sample talks and their links are examples.")
ONLY_SAMPLES_SHOWN = gettext_noop("These are sample talks, and their links are examples.")


def add_sample_note(card: Card, *, is_empty: bool, manages: bool) -> None:
    """Add the note to a card, once; `manages` adds the button that imports, for somebody who manages the server.

    `is_empty` says that nothing is imported there. Without it nothing is said of that: it may be out of the reader's
    reach.
    """
    if card.has_sample_note:
        return
    card.has_sample_note = True
    if not card.shows_videos:
        note = _("Nothing is imported here yet.") if is_empty else ""
    else:
        note = _(NOTHING_IMPORTED if is_empty else ONLY_SAMPLES_SHOWN)
    if note and not card.says_nothing_imported:
        card.append(text_display(f"-# {note}"))
    if manages and is_empty:
        card.append(*button_row([import_button()]))
