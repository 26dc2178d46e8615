"""Confirmations of removals from a server's library, and their buttons."""

from __future__ import annotations

from bot.discord_app.cards.admin import library as library_cards
from bot.discord_app.cards.admin import purging as purge_cards
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_private, send_when_ready, validate_card
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.admin.permits import ModeratorPermit, Purge, Removal, load_permitted, store_permit
from bot.discord_app.interactions.card_button import CardButton
from bot.localization import gettext as _


async def ask_removal(interaction: Interaction, permit: ModeratorPermit, name: str) -> Card:
    """Return a card that shows the video to be removed, with a button that removes it."""
    summary = await interaction.client.app.library_admin.find_video(permit.server_id, name)
    return library_cards.removal_card(summary, await store_permit(interaction, Removal(permit, summary.video.video_id)))


async def ask_purge(interaction: Interaction, permit: ModeratorPermit) -> Card:
    """Return a card that shows everything that would be deleted, with a button that deletes it; or that nothing is."""
    contents = await interaction.client.app.library_admin.find_contents(permit.server_id)
    if contents.is_empty:
        return purge_cards.nothing_to_purge_card()
    return purge_cards.purge_card(contents, await store_permit(interaction, Purge(permit)))


class Remove(CardButton, template=custom_id_pattern("remove")):
    """Removes the video that was asked about."""

    async def act(self, interaction: Interaction) -> None:
        removal = await load_permitted(interaction, Removal, self.owner_id, self.key)
        coroutine = interaction.client.app.library_admin.remove_video(removal.permit.server_id, removal.video_id)
        await send_when_ready(interaction, coroutine, Delivery.IN_PLACE)


class PurgeAll(CardButton, template=custom_id_pattern("purge")):
    """Deletes everything of the server. The press is not recorded: that would be the first new data to be kept."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        purge = await load_permitted(interaction, Purge, self.owner_id, self.key)
        await send_when_ready(
            interaction, interaction.client.app.library_admin.purge_server(purge.permit.server_id), Delivery.IN_PLACE
        )


class Cancel(CardButton, template=custom_id_pattern("leave")):
    """Keeps everything as it is, and so needs no permit."""

    async def act(self, interaction: Interaction) -> None:
        if not self.is_mine(interaction):
            await send_private(interaction, notice_card(_("Only the person I asked can answer this.")))
            return
        card = validate_card(notice_card(_("Nothing was removed.")))
        await send_with_retries(lambda: interaction.response.edit_message(view=card), FIRST_RESPONSE_TIMEOUT_SECONDS)


CONFIRMATIONS: tuple[type[CardButton], ...] = (Remove, PurgeAll, Cancel)
