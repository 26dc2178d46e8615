"""The button that deletes what is kept about a person."""

from __future__ import annotations

from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.card_button import CardButton


class DeletePersonalData(CardButton, template=custom_id_pattern("forget")):
    """Deletes everything that is kept about the user who presses."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        async def delete_entries() -> Card:
            count = await interaction.client.app.personal_data.delete(interaction.user.id)
            entries = f"{count} {'entry' if count == 1 else 'entries'}"
            return notice_card(f"Deleted: {entries} about you. Nothing else is kept.")

        await send_when_ready(interaction, delete_entries(), Delivery.PRIVATE)
