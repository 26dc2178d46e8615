"""What is kept about a user, for that user."""

from __future__ import annotations

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.privacy import privacy_card
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.known_locales import KnownLocales
from bot.discord_app.services.memberships import Memberships
from bot.discord_app.services.questions.last_answers import LastAnswers
from bot.discord_app.services.questions.sharing import Sharing
from bot.host_links import HostLinks
from storage.ledger import Ledger
from storage.models import PersonalData


class PersonalDataService:
    """Loads and deletes what is kept about users. Make one for all of Discord."""

    def __init__(
        self,
        ledger: Ledger,
        memberships: Memberships,
        askers: AskerResolver,
        last_answers: LastAnswers,
        known_locales: KnownLocales,
        sharing: Sharing,
        retention_days: float,
        links: HostLinks,
    ) -> None:
        self._ledger = ledger
        self._memberships = memberships
        self._askers = askers
        self._last_answers = last_answers
        self._known_locales = known_locales
        self._sharing = sharing
        self.retention_days = retention_days
        self._links = links

    async def load(self, user_id: int) -> PersonalData:
        """Load everything that is kept about a user."""
        return await self._ledger.personal_data(user_id)

    async def show(self, asker: ResolvedAsker) -> Card:
        """Show what is kept about a user."""
        personal_data = await self.load(asker.user_id)
        servers = [sighting.server_id for sighting in personal_data.sightings]
        # A server that the bot has left has no name.
        names = [self._memberships.server_name(server_id) or str(server_id) for server_id in servers]
        return privacy_card(personal_data, names, asker.owner(), retention_days=self.retention_days, links=self._links)

    async def delete(self, user_id: int) -> int:
        """Delete everything that is kept about a user, and return how many entries that was."""
        for memory in (self._memberships, self._askers, self._last_answers, self._known_locales, self._sharing):
            memory.forget_person(user_id)
        return await self._ledger.delete_personal_data(user_id)
