"""The buttons that do what a command of those who manage a server does.

They stand on cards that everybody sees, so every press is checked: who may manage the server at that moment may go
on.
"""

from __future__ import annotations

from bot.discord_app.cards.parts.command_buttons import IMPORT_VERB, SETTINGS_VERB
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.commands.import_form import open_import_form
from bot.discord_app.commands.settings import show_settings
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.admin.permits import Intake, ModeratorPermit
from bot.discord_app.interactions.authorization import require_managed_server
from bot.discord_app.interactions.card_button import CardButton
from storage.models import Labels


class OpenImportForm(CardButton, template=custom_id_pattern(IMPORT_VERB)):
    """Opens the form for the files of an import."""

    async def act(self, interaction: Interaction) -> None:
        permit = ModeratorPermit(require_managed_server(interaction), let_in=False)
        await open_import_form(interaction, Intake(permit, Labels(), replace_whole=False))


class ShowSettings(CardButton, template=custom_id_pattern(SETTINGS_VERB)):
    """Shows the settings of the server to the one who presses."""

    async def act(self, interaction: Interaction) -> None:
        await show_settings(interaction)


MANAGER_BUTTONS: tuple[type[CardButton], ...] = (OpenImportForm, ShowSettings)
