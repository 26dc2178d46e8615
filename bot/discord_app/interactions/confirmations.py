"""Questions whether something shall be done to a server's library, and the buttons below them."""

from __future__ import annotations

from bot.discord_app.cards import library as library_cards
from bot.discord_app.cards.base import Card, notice
from bot.discord_app.cards.controls import pressed
from bot.discord_app.delivery.responses import Delivery, Interaction, deliver, refuse, sealed
from bot.discord_app.delivery.retries import SIGN_SECOND, insist
from bot.discord_app.interactions.buttons import Pressed
from bot.discord_app.interactions.context import librarian_of
from bot.discord_app.interactions.permits import Permit, Purge, Removal, entrust, permitted
from bot.discord_app.services.questions import Desk
from storage import access


async def ask_removal(interaction: Interaction, permit: Permit, name: str) -> Card:
    """Show what removing a video would take away, with a button that does it."""
    found = await librarian_of(interaction).video(permit.server_id, name)
    return library_cards.removal_card(found, await entrust(interaction, Removal(permit, found.video.video_id)))


async def ask_purge(interaction: Interaction, permit: Permit) -> Card:
    """Show what deleting everything would take away, with a button that does it."""
    size = await librarian_of(interaction).library.size(access.own_scope(permit.server_id))
    return library_cards.purge_card(size, await entrust(interaction, Purge(permit)))


class Remove(Pressed, template=pressed("remove")):
    """Removes the video that was asked about."""

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        removal = await permitted(interaction, Removal, self.owner_id, self.key)
        making = librarian_of(interaction).remove(removal.permit.server_id, removal.video_id)
        await deliver(interaction, making, Delivery.IN_PLACE)


class PurgeAll(Pressed, template=pressed("purge")):
    """Deletes everything of the server. Nothing is noted of that: it would be the first new thing to be kept."""

    noted = False

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        purge = await permitted(interaction, Purge, self.owner_id, self.key)
        await deliver(interaction, librarian_of(interaction).purge(purge.permit.server_id), Delivery.IN_PLACE)


class Leave(Pressed, template=pressed("leave")):
    """Leaves everything as it is, and so needs no permit."""

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        if not self.is_mine(interaction):
            await refuse(interaction, notice("Only the one who was asked can answer this."))
            return
        card = sealed(notice("Nothing was removed."))
        await insist(lambda: interaction.response.edit_message(view=card), SIGN_SECOND)


CONFIRMATIONS: tuple[type[Pressed], ...] = (Remove, PurgeAll, Leave)
