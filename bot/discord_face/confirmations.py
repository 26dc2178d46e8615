"""The buttons below a question whether something shall be done to a library. Whoever presses is looked at again."""

from __future__ import annotations

from bot.discord_face.admission import require_moderator, server_of
from bot.discord_face.buttons import Pressed
from bot.discord_face.cards import notice
from bot.discord_face.controls import pressed
from bot.discord_face.desk import Desk
from bot.discord_face.pace import Delivery, Interaction, deliver, sealed
from bot.discord_face.places import librarian_of
from bot.discord_face.weather import SIGN_SECOND, insist


class Remove(Pressed, template=pressed("remove")):
    """Removes the video that was asked about."""

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        librarian = librarian_of(interaction)
        removal = await librarian.removal(self.key, server_of(interaction))
        require_moderator(interaction, let_in=removal.let_in and self.is_mine(interaction))
        await deliver(interaction, librarian.remove(removal), Delivery.IN_PLACE)


class PurgeAll(Pressed, template=pressed("purge")):
    """Deletes everything of the server. Nothing is noted of that: it would be the first new thing to be kept."""

    noted = False

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        librarian = librarian_of(interaction)
        purge = await librarian.purging(self.key, server_of(interaction))
        require_moderator(interaction, let_in=purge.let_in and self.is_mine(interaction))
        await deliver(interaction, librarian.purge(purge), Delivery.IN_PLACE)


class Leave(Pressed, template=pressed("leave")):
    """Leaves everything as it is."""

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        require_moderator(interaction, let_in=self.is_mine(interaction))
        card = sealed(notice("Nothing was removed."))
        await insist(lambda: interaction.response.edit_message(view=card), SIGN_SECOND)


CONFIRMATIONS: tuple[type[Pressed], ...] = (Remove, PurgeAll, Leave)
