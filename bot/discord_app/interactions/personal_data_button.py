"""The button that deletes what is kept about a person."""

from __future__ import annotations

from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.card_button import CardButton
from bot.localization import format_number, ngettext


class DeletePersonalData(CardButton, template=custom_id_pattern("forget")):
    """Deletes everything that is kept about the user who presses."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        async def delete_entries() -> Card:
            count = await interaction.client.app.personal_data.delete(interaction.user.id)
            words = ngettext(
                "Deleted: {count} entry about you. Nothing else is kept.",
                "Deleted: {count} entries about you. Nothing else is kept.",
                count,
            )
            return notice_card(words.format(count=format_number(count)))

        await send_when_ready(interaction, delete_entries(), Delivery.PRIVATE)
