"""Who asks, what they may see there, and who sees the answer: made anew for every command, message and press."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from bot.discord_app.cards import markdown
from bot.discord_app.cards.controls import Owner
from bot.discord_app.services.memberships import Memberships
from bot.errors import ServerNotAccessible
from storage import access
from storage.access import Absence, Membership, Place, Reach
from storage.errors import StorageError
from storage.ledger import EVERYWHERE_ELSE, Ledger
from storage.library import Library
from storage.models import Scope, ServerSettings

log = logging.getLogger("cuepoint.discord")

IsServed = Callable[[int], bool]
"""Whether a server, by its id, is served."""
MAX_SERVER_NAME_LENGTH = 50
MAX_SERVER_NAMES = 4

STRANGER = (
    "Only the shared videos are searched: I have not met you in a server yet. Ask me once in a server that has videos "
    "of its own, and I can search those for you too."
)
KEPT_CLOSE = "This server keeps its own videos to some channels or roles; they were not searched."
IN_PRIVATE_ONLY = "This server shows its own videos in private only; ask with /ask to search them."
OUT_OF_REACH = (
    "I cannot search that server for you here. Choose one that is suggested while you type, or leave server out."
)


@dataclass(frozen=True, slots=True)
class ResolvedAsker:
    """Who asks, what they may see, and whether others see the answer. `shareable`: others are there, and may.

    `quotes` is how many an answer shows, `cooldown_seconds` the server's own, None for the host's. `misses_to` is the
    library that a question without an answer is noted for, if it is. `picked` is the server that was chosen, or 0.
    `searched` and `remark` are said below the question: which libraries those are, and why one is not among them.
    """

    user_id: int
    scope: Scope
    private: bool = False
    shareable: bool = False
    quotes: int = 5
    cooldown_seconds: float | None = None
    misses_to: str | None = None
    picked: int = 0
    searched: str = ""
    remark: str = ""

    @property
    def remarks(self) -> list[str]:
        """What is said below a question."""
        return [each for each in (self.searched, self.remark) if each]

    def owner(self, key: str = "") -> Owner:
        """As the buttons know it."""
        return Owner(self.user_id, key or "-", self.private, self.shareable)


@dataclass(frozen=True, slots=True)
class AskerContext:
    """Who is where, as Discord tells. `here` and `channel_id` (of a thread its parent) as `access.Asker` has them."""

    user_id: int
    place: Place
    here: Membership | None = None
    channel_id: int | None = None

    @property
    def server_id(self) -> int:
        """The server whose settings hold, or 0."""
        return self.here.server_id if self.here is not None else EVERYWHERE_ELSE


class AskerResolver:
    """Finds out what somebody may see."""

    def __init__(self, library: Library, ledger: Ledger, memberships: Memberships, serves: IsServed) -> None:
        self._library = library
        self._ledger = ledger
        self._memberships = memberships
        self._serves = serves

    async def record_sighting(self, who: AskerContext) -> None:
        """Remember that somebody uses the bot in this server: elsewhere it will be asked about them.

        Of a server that is not served nothing is kept.
        """
        if who.here is not None and self._serves(who.here.server_id):
            try:
                await self._ledger.record_sighting(who.user_id, who.here.server_id)
            except StorageError as error:
                # They have their answer, and are told of nothing else.
                log.error("could not note who uses the bot where: %s", error)

    async def resolve(
        self, who: AskerContext, *, private: bool | None = None, picked: str | int = "", aloud: bool = False
    ) -> ResolvedAsker:
        """The asker, seeing what they may see now.

        `private` is what they wish, None for what is usual in this server. `picked` is a server by id or name. With
        `aloud` the answer is for all to see, whatever is left out for that.

        Raises ServerOutOfReach where they may not see the server picked: whether it exists, has a library or hides it
        is all the same.
        """
        met, elsewhere = await self._find_elsewhere(who) if picked or who.here is None else (True, ())
        asker = access.Asker(who.place, who.here, who.channel_id, elsewhere)
        if picked:
            asker = replace(asker, picked=self._find_server(str(picked), asker))
        settings = await self._load_settings(who, elsewhere)
        found = access.resolve_reach(asker, settings, aloud=aloud)
        if picked and not found.scope.libraries:
            raise ServerNotAccessible(OUT_OF_REACH)
        rules, alone = settings[who.server_id], who.place is Place.ALONE
        wish = rules.private_by_default if private is None else private
        return ResolvedAsker(
            who.user_id,
            found.scope,
            private=not alone and (wish or not found.public),
            shareable=not alone and found.public,
            quotes=rules.quotes,
            cooldown_seconds=rules.cooldown_seconds,
            misses_to=_miss_library(who, asker, found, settings),
            picked=asker.picked or 0,
            searched=await self._describe_searched(who, found, picked=bool(picked)),
            remark=_describe_absence(who, found, met=met),
        )

    async def list_servers(self, who: AskerContext) -> dict[int, str]:
        """The servers that somebody may pick, by id with their names; the one they are in first."""
        _, elsewhere = await self._find_elsewhere(who)
        settings = await self._load_settings(who, elsewhere)
        asker = access.Asker(who.place, who.here, who.channel_id, elsewhere)
        members = [*([who.here] if who.here else []), *elsewhere]
        offered = [each.server_id for each in members]
        return {
            server_id: self._memberships.server_name(server_id) or str(server_id)
            for server_id in dict.fromkeys(offered)
            if _may_pick(asker, server_id, settings)
        }

    async def _find_elsewhere(self, who: AskerContext) -> tuple[bool, tuple[Membership, ...]]:
        """Whether somebody was ever met in a server, and the other servers they were verified to be in whose videos
        they may see, where there are any."""
        sightings = await self._ledger.servers_seen(who.user_id)
        # What was kept of a server before it was no longer served stays out of reach.
        seen = [sighting.server_id for sighting in sightings if self._serves(sighting.server_id)]
        members = await self._memberships.find_memberships(
            who.user_id, [server for server in seen if server != who.server_id]
        )
        settings = await self._load_settings(who, members)
        asker = access.Asker(who.place, who.here, who.channel_id, members)
        # Of a library that they may not see nothing is looked up, not even whether there is anything in it.
        visible = [each.server_id for each in members if _may_pick(asker, each.server_id, settings)]
        filled = await self._library.non_empty(access.candidate_scope(visible))
        return bool(seen), tuple(each for each in members if access.library_key(each.server_id) in filled.libraries)

    async def _load_settings(self, who: AskerContext, elsewhere: Collection[Membership]) -> dict[int, ServerSettings]:
        servers = {who.server_id, EVERYWHERE_ELSE, *(each.server_id for each in elsewhere)}
        return await self._ledger.settings_of(servers)

    def _find_server(self, picked: str, asker: access.Asker) -> int:
        """The server that is meant by an id or a name. Raises ServerOutOfReach."""
        if picked.isascii() and picked.isdecimal():
            return int(picked[:20])
        members = [*([asker.here] if asker.here else []), *asker.elsewhere]
        for member in members:
            if self._memberships.server_name(member.server_id).casefold() == picked.strip().casefold():
                return member.server_id
        raise ServerNotAccessible(OUT_OF_REACH)

    async def _describe_searched(self, who: AskerContext, found: Reach, *, picked: bool) -> str:
        """Which libraries are searched, where it could be more than one."""
        libraries = (await self._library.non_empty(found.scope)).libraries
        if not picked and len(libraries) < 2:
            return ""
        own = [access.server_of(key) for key in libraries]
        names = [self._server_name(server, who) for server in own if server is not None]
        more = len(names) - MAX_SERVER_NAMES
        if more > 0:
            names = [*names[:MAX_SERVER_NAMES], f"{more} more"]
        if access.SHARED in libraries:
            names.append("the shared ones")
        listed = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
        return f"Searched: {listed}" if listed else ""

    def _server_name(self, server_id: int, who: AskerContext) -> str:
        if server_id == who.server_id:
            return "this server's videos"
        name = markdown.escape_to_fit(self._memberships.server_name(server_id), MAX_SERVER_NAME_LENGTH)
        return f"{name or server_id}'s videos"


def _may_pick(asker: access.Asker, server_id: int, settings: Mapping[int, ServerSettings]) -> bool:
    """Whether somebody may see a server's own videos, if they ask for those."""
    return bool(access.resolve_reach(replace(asker, picked=server_id), settings).scope.libraries)


def _miss_library(
    who: AskerContext, asker: access.Asker, found: Reach, settings: Mapping[int, ServerSettings]
) -> str | None:
    """The library whose people should know what it does not answer, if they wish to.

    What somebody asks elsewhere is no server's business, unless they picked that server.
    """
    own = asker.picked if asker.picked is not None else who.server_id
    if own and access.library_key(own) in found.scope.libraries:
        return access.library_key(own) if settings[own].record_misses else None
    heard = settings[who.server_id].record_misses and settings[EVERYWHERE_ELSE].record_misses
    return access.SHARED if heard and access.SHARED in found.scope.libraries else None


def _describe_absence(who: AskerContext, found: Reach, *, met: bool) -> str:
    """One sentence on what is not searched, where that may surprise."""
    if who.here is None:
        return "" if met else STRANGER
    why = found.absent.get(access.library_key(who.here.server_id))
    if why is Absence.UNHEARD:
        return IN_PRIVATE_ONLY
    return KEPT_CLOSE if why in (Absence.CHANNEL, Absence.ROLE) else ""
