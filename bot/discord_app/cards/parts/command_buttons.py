"""Buttons that lead on from a card: they do what a command does, for anybody who presses, and unseen by others.

What pressing them does is in `interactions.command_buttons` and `interactions.conversation_buttons`, and for what only
those may do who manage a server in `commands.manager_buttons`.
"""

from __future__ import annotations

from discord import ButtonStyle

from bot.discord_app.cards.parts.controls import Button, Owner, Row, button_row, make_button
from bot.localization import gettext as _
from bot.localization import pgettext

LIST_VERB, HELP_VERB, PRIVACY_VERB = "list", "help", "privacy"
IMPORT_VERB, SETTINGS_VERB, EXAMPLE_VERB = "addfiles", "settings", "example"
TELL_ME_VERB, UNFOLLOW_VERB = "tellme", "unfollow"
ANYBODY = Owner(0)
"""For buttons that show everybody who presses the same."""
IN_PLACE = 1
"""The number of an `ask` button whose private answer takes the place of the card that it is on."""


def help_button(owner: Owner = ANYBODY) -> Button:
    """Return the button that shows how to ask."""
    return make_button(HELP_VERB, pgettext("button", "Help"), owner)


def videos_button(owner: Owner = ANYBODY) -> Button:
    """Return the button that lists the videos."""
    return make_button(LIST_VERB, pgettext("button", "Videos"), owner)


def privacy_button() -> Button:
    """Return the button that shows what is kept about the user who presses it."""
    return make_button(PRIVACY_VERB, pgettext("button", "Privacy"), ANYBODY)


def import_button(*, style: ButtonStyle = ButtonStyle.secondary) -> Button:
    """Return the button that opens the form for files, for everybody who may manage the server."""
    return make_button(IMPORT_VERB, pgettext("button", "Import transcripts"), ANYBODY, style=style)


def settings_button() -> Button:
    """Return the button that shows a server's settings, to everybody who may manage the server."""
    return make_button(SETTINGS_VERB, pgettext("button", "Settings"), ANYBODY)


def example_button(label: str, *, style: ButtonStyle = ButtonStyle.secondary) -> Button:
    """Return the button that asks a question which the videos there answer at that time, or the sample talks."""
    return make_button(EXAMPLE_VERB, label, ANYBODY, style=style)


def ask_button(label: str, owner: Owner) -> list[Button]:
    """Return the button that asks the question kept under the owner's key; none where that could not be stored."""
    return [make_button("ask", label, owner, style=ButtonStyle.primary)] if owner.is_stored else []


def ask_again_row(owner: Owner) -> list[Row]:
    """Return the row with the button that asks once more what was refused."""
    number = IN_PLACE if owner.private else 0
    again = make_button("ask", _("Ask again"), owner, number, style=ButtonStyle.primary)
    return button_row([again] if owner.is_stored else [])


def unfollow_button(person_id: int, follow_id: int) -> Button:
    """Return the button that ends a follow, for the person alone who follows."""
    return make_button(UNFOLLOW_VERB, pgettext("button", "Unfollow"), Owner(person_id), follow_id)


def tell_me_row(owner: Owner) -> list[Row]:
    """Return the row with the button that follows the question of an answer's card, once, for anybody who presses."""
    return button_row([make_button(TELL_ME_VERB, _("Tell me when there is an answer"), owner)])


def leading_row(owner: Owner = ANYBODY) -> list[Row]:
    """Return the row below a card that would lead nowhere otherwise."""
    return button_row([videos_button(owner), help_button(owner)])
