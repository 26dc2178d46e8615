"""What is kept about a person, for that person."""

from __future__ import annotations

from bot.discord_app.services.memberships import Memberships
from storage.ledger import Ledger
from storage.models import PersonalData


class PersonalDataService:
    """Shows and deletes what is kept about people. Make one for all of Discord."""

    def __init__(self, ledger: Ledger, memberships: Memberships, retention_days: float) -> None:
        self._ledger = ledger
        self._memberships = memberships
        self.retention_days = retention_days

    async def load(self, user_id: int) -> PersonalData:
        """Load all that is kept about a person."""
        return await self._ledger.personal_data(user_id)

    def server_names(self, personal_data: PersonalData) -> list[str]:
        """Return the names of the servers in which a person was seen, or their ids where the bot has left them."""
        servers = [sighting.server_id for sighting in personal_data.sightings]
        return [self._memberships.server_name(server_id) or str(server_id) for server_id in servers]

    async def delete(self, user_id: int) -> int:
        """Delete all that is kept about a person. Returns how many entries those were."""
        self._memberships.forget_person(user_id)
        return await self._ledger.delete_personal_data(user_id)
