"""What is kept about a user, for that user."""

from __future__ import annotations

from bot.discord_app.services.known_locales import KnownLocales
from bot.discord_app.services.memberships import Memberships
from bot.discord_app.services.questions.last_answers import LastAnswers
from storage.ledger import Ledger
from storage.models import PersonalData


class PersonalDataService:
    """Loads and deletes what is kept about users. Make one for all of Discord."""

    def __init__(
        self,
        ledger: Ledger,
        memberships: Memberships,
        last_answers: LastAnswers,
        known_locales: KnownLocales,
        retention_days: float,
    ) -> None:
        self._ledger = ledger
        self._memberships = memberships
        self._last_answers = last_answers
        self._known_locales = known_locales
        self.retention_days = retention_days

    async def load(self, user_id: int) -> PersonalData:
        """Load everything that is kept about a user."""
        return await self._ledger.personal_data(user_id)

    def server_names(self, personal_data: PersonalData) -> list[str]:
        """Return the names of the servers in which a user was seen, or their ids where the bot has left them."""
        servers = [sighting.server_id for sighting in personal_data.sightings]
        return [self._memberships.server_name(server_id) or str(server_id) for server_id in servers]

    async def delete(self, user_id: int) -> int:
        """Delete everything that is kept about a user, and return how many entries that was."""
        for memory in (self._memberships, self._last_answers, self._known_locales):
            memory.forget_person(user_id)
        return await self._ledger.delete_personal_data(user_id)
