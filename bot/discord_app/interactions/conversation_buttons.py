"""The button of small cards that shows how to ask."""

from __future__ import annotations

from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.card_button import CardButton, resolve_presser


class OpenHelp(CardButton, template=custom_id_pattern("help")):
    """Shows how to ask to the user who presses, and to them alone."""

    async def act(self, interaction: Interaction) -> None:
        asker = await resolve_presser(interaction, 0)
        await send_when_ready(interaction, interaction.client.app.conversation.show_help(asker), Delivery.PRIVATE)
