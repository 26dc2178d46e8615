"""Resolves who asks, what they may see, and who sees the answer: again for every command, message and press."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.channel_mentions import mention_channels
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.services.askers import AskerContext, IsServed, Resolve, ResolvedAsker
from bot.discord_app.services.cooldown import Waits
from bot.discord_app.services.follows.follow_target import find_target
from bot.discord_app.services.memberships import Memberships
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.errors import AccessChanged, ServerNotAccessible
from bot.localization import format_number, gettext_noop, join_words, ngettext
from bot.localization import gettext as _
from storage import access
from storage.access import Absence, Membership, Place, Reach
from storage.ledger import EVERYWHERE_ELSE, Ledger
from storage.library import Library
from storage.models import PublicPlace, ServerSettings

MAX_SERVER_NAME_LENGTH = 50
MAX_SERVER_NAMES = 4

STRANGER = gettext_noop("Searching the shared videos only. Use me once in your server to search its videos here too.")
KEPT_TO_CHANNELS = gettext_noop("This server’s videos can be searched in {channels}.")
KEPT_TO_CHANNELS_IN_PRIVATE = gettext_noop("This server’s videos can be searched in {channels} with {ask}.")
KEPT_CLOSE = gettext_noop("This server’s own videos are not open to you here, so I did not search them.")
IN_PRIVATE_ONLY = gettext_noop("This server’s own videos are shown in private only. Use {ask} to search them.")
CHANGED = gettext_noop("What you may see here has changed; please ask again.")
OUT_OF_REACH = gettext_noop("I can’t search that server from here. Pick one from the list, or leave “server” empty.")
STRANGER_TOLD_EVERY_SECONDS = 24 * 3600.0
"""How often a person is told at most that only the shared videos are searched for them."""


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """What was looked up about a user outside of the place where they are.

    `met` is whether they were ever seen in a server, `members` the other servers whose videos they may see and that
    have any, `settings` those of every server concerned, `non_empty` the libraries known to hold videos, None where
    that was not looked up.
    """

    met: bool
    members: tuple[Membership, ...]
    settings: dict[int, ServerSettings]
    non_empty: frozenset[str] | None = None


class AskerResolver:
    """Resolves what a user may see."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        memberships: Memberships,
        serves: IsServed,
        writes: OptionalWrites,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writes = writes
        self._told_strangers = Waits[int](now)
        self._library = library
        self._ledger = ledger
        self._memberships = memberships
        self._serves = serves

    async def record_sighting(self, who: AskerContext) -> None:
        """Record that a user uses the bot in this server: elsewhere, Discord is asked about them in this server.

        Nothing is kept for a server that is not served.
        """
        if who.here is not None and self._serves(who.here.server_id):
            record = partial(self._ledger.record_sighting, who.user_id, who.here.server_id)
            await self._writes.attempt("noting who uses the bot where", record)

    def choose_remarks(self, asker: ResolvedAsker, *, has_found: bool) -> list[str]:
        """Return the remarks that stand below a question. A stranger is told why little is searched once a day, and
        wherever nothing was found."""
        remarks = asker.remarks
        if asker.is_stranger and not (has_found and self._told_strangers.seconds_left(asker.user_id)):
            if not self._ledger.is_deleted(asker.user_id):
                self._told_strangers.begin(asker.user_id, STRANGER_TOLD_EVERY_SECONDS)
            remarks.append(_(STRANGER))
        return remarks

    def forget_person(self, user_id: int) -> None:
        """Forget what a person was told."""
        self._told_strangers.end(user_id)

    async def resolve(
        self, who: AskerContext, *, private: bool | None = None, picked: str | int = "", aloud: bool = False
    ) -> ResolvedAsker:
        """Return the asker with what they may see now.

        `private` is their wish, None for the default of this server. `picked` is a server by id or name. With `aloud`
        everyone sees the answer, so it leaves out what not everyone may see.

        Raises ServerNotAccessible where they may not see the picked server. The error is the same whether it does not
        exist, has no library or hides it.
        """
        elsewhere = await self._find_elsewhere(who) if picked or who.here is None else await self._look_here(who)
        asker, settings = access.Asker(who.place, who.here, who.channel_id, elsewhere.members), elsewhere.settings
        if picked:
            asker = replace(asker, picked=self._find_server(str(picked), asker))
        reach = access.resolve_reach(asker, settings, aloud=aloud)
        if picked and not reach.scope.libraries:
            raise ServerNotAccessible(_(OUT_OF_REACH))
        non_empty = elsewhere.non_empty
        if non_empty is None:
            non_empty = frozenset((await self._library.non_empty(reach.scope)).libraries)
        self._ledger.erasures.note_libraries(non_empty)
        rules, alone = settings[who.server_id], who.place is Place.ALONE
        wish = rules.private_by_default if private is None else private
        hidden = not alone and (wish or not reach.public)
        return ResolvedAsker(
            who.user_id,
            reach.scope,
            private=hidden,
            shareable=not alone and reach.public,
            quotes=rules.quotes,
            cooldown_seconds=rules.cooldown_seconds,
            misses_to=_miss_library(who, asker, reach, settings),
            picked=asker.picked or 0,
            searched=self._describe_searched(who, reach, non_empty, picked=bool(picked)),
            remark=_describe_absence(who, reach, rules, aloud=aloud),
            is_stranger=who.here is None and not elsewhere.met,
            non_empty=non_empty,
            public_in=None if hidden else _public_place(who),
            manages=who.manages,
            server_id=who.server_id,
            follow_target=find_target(asker, settings, non_empty.intersection(reach.scope.libraries)),
        )

    async def prepare_indexes(self, asker: ResolvedAsker) -> bool:
        """Have the indexes of what an asker may see in memory; return whether any was missing, which may take long."""
        return await self._library.prepare_indexes(asker.scope, asker.searchable)

    async def require_unchanged(self, asker: ResolvedAsker, who: AskerContext, resolve: Resolve) -> None:
        """Look again at what an asker may see, as `resolve` did before their answer was made.

        Raises AccessChanged where they may see less by now, or where the bot has left their server.
        """
        if who.here is not None and await self._ledger.departed_at(who.here.server_id) is not None:
            raise AccessChanged(_(CHANGED))
        try:
            now = await resolve(await self._renew_roles(asker, who))
        except ServerNotAccessible as error:
            raise AccessChanged(_(CHANGED)) from error
        if now.sees_less_than(asker):
            raise AccessChanged(_(CHANGED))

    async def _renew_roles(self, asker: ResolvedAsker, who: AskerContext) -> AskerContext:
        """Have Discord asked again about roles of the asker that decide what they may see."""
        servers = [server for key in asker.scope.libraries if (server := access.server_of(key)) is not None]
        settings = await self._ledger.settings_of(servers)
        limited = [server for server in servers if settings[server].roles]
        for server in limited:
            self._memberships.forget(who.user_id, server)
        if who.here is None or who.here.server_id not in limited:
            return who
        found = await self._memberships.find_memberships(who.user_id, [who.here.server_id])
        # Of somebody who is not a member any more, no role counts.
        return replace(who, here=found[0] if found else Membership(who.here.server_id))

    async def list_servers(self, who: AskerContext) -> dict[int, str]:
        """Return the names of the servers that a user may pick, by id; the server they are in comes first."""
        elsewhere = await self._find_elsewhere(who)
        asker = access.Asker(who.place, who.here, who.channel_id, elsewhere.members)
        members = [*([who.here] if who.here else []), *elsewhere.members]
        offered = [member.server_id for member in members]
        return {
            server_id: self._memberships.server_name(server_id) or str(server_id)
            for server_id in dict.fromkeys(offered)
            if _may_pick(asker, server_id, elsewhere.settings)
        }

    async def _look_here(self, who: AskerContext) -> _Elsewhere:
        """Return that nothing elsewhere counts for a user who asks in their server, and has picked no other."""
        return _Elsewhere(met=True, members=(), settings=await self._load_settings(who, ()))

    async def _find_elsewhere(self, who: AskerContext) -> _Elsewhere:
        """Look up in which other servers a user is verified to be, and which of their libraries they may see."""
        sightings = await self._ledger.servers_seen(who.user_id)
        # Data kept of a server that is no longer served stays out of reach.
        seen = [sighting.server_id for sighting in sightings if self._serves(sighting.server_id)]
        members = await self._memberships.find_memberships(
            who.user_id, [server for server in seen if server != who.server_id]
        )
        settings = await self._load_settings(who, members)
        asker = access.Asker(who.place, who.here, who.channel_id, members)
        places = [*([who.here] if who.here else []), *members]
        # Nothing is looked up about a library that they may not see, not even whether it is empty.
        visible = [place.server_id for place in places if _may_pick(asker, place.server_id, settings)]
        shared = access.SHARED in access.resolve_reach(asker, settings).scope.libraries
        candidates = access.candidate_scope(visible, include_shared=shared)
        non_empty = frozenset((await self._library.non_empty(candidates)).libraries)
        with_videos = tuple(member for member in members if access.library_key(member.server_id) in non_empty)
        return _Elsewhere(bool(seen), with_videos, settings, non_empty)

    async def _load_settings(self, who: AskerContext, elsewhere: Collection[Membership]) -> dict[int, ServerSettings]:
        servers = {who.server_id, EVERYWHERE_ELSE, *(member.server_id for member in elsewhere)}
        return await self._ledger.settings_of(servers)

    def _find_server(self, picked: str, asker: access.Asker) -> int:
        """Return the server that an id or a name means. Raises ServerNotAccessible."""
        if picked.isascii() and picked.isdecimal():
            return int(picked[:20])
        members = [*([asker.here] if asker.here else []), *asker.elsewhere]
        for member in members:
            if self._memberships.server_name(member.server_id).casefold() == picked.strip().casefold():
                return member.server_id
        raise ServerNotAccessible(_(OUT_OF_REACH))

    def _describe_searched(self, who: AskerContext, reach: Reach, non_empty: frozenset[str], *, picked: bool) -> str:
        """Return a remark that says which libraries are searched, where that could be more than one."""
        libraries = [key for key in reach.scope.libraries if key in non_empty]
        if not picked and len(libraries) < 2:
            return ""
        own = [access.server_of(key) for key in libraries]
        names = [self._server_name(server, who) for server in own if server is not None]
        more = len(names) - MAX_SERVER_NAMES
        if more > 0:
            others = ngettext("those of {count} other server", "those of {count} other servers", more)
            names = [*names[:MAX_SERVER_NAMES], others.format(count=format_number(more))]
        if access.SHARED in libraries:
            names.append(_("the shared ones"))
        return _("Searched: {libraries}").format(libraries=join_words(names)) if names else ""

    def _server_name(self, server_id: int, who: AskerContext) -> str:
        if server_id == who.server_id:
            return _("this server’s videos")
        name = markdown.escape_to_fit(self._memberships.server_name(server_id), MAX_SERVER_NAME_LENGTH)
        return _("{server}’s videos").format(server=name or server_id)


def _may_pick(asker: access.Asker, server_id: int, settings: Mapping[int, ServerSettings]) -> bool:
    """Return whether an asker may see a server's own videos when they pick that server."""
    return bool(access.resolve_reach(replace(asker, picked=server_id), settings).scope.libraries)


def _miss_library(
    who: AskerContext, asker: access.Asker, reach: Reach, settings: Mapping[int, ServerSettings]
) -> str | None:
    """Return the library for which a question without an answer is noted, if its server wants that.

    A question asked elsewhere concerns no server, unless the asker picked that server.
    """
    own = asker.picked if asker.picked is not None else who.server_id
    if own and access.library_key(own) in reach.scope.libraries:
        return access.library_key(own) if settings[own].record_misses else None
    recorded = settings[who.server_id].record_misses and settings[EVERYWHERE_ELSE].record_misses
    return access.SHARED if recorded and access.SHARED in reach.scope.libraries else None


def _describe_absence(who: AskerContext, reach: Reach, rules: ServerSettings, *, aloud: bool) -> str:
    """Return one sentence about this server's library where it is not searched, which may surprise the asker."""
    if who.here is None:
        return ""
    why = reach.absent.get(access.library_key(who.here.server_id))
    if why is Absence.UNHEARD:
        return _(IN_PRIVATE_ONLY).format(ask=mention_command("ask"))
    if why not in (Absence.CHANNEL, Absence.ROLE):
        return ""
    # Another channel helps only those who have one of the roles too.
    helps = why is Absence.CHANNEL and (not rules.roles or rules.roles & who.here.roles)
    channels = [channel for channel in sorted(rules.channels) if helps and who.may_ask_in(channel)]
    if not channels:
        return _(KEPT_CLOSE)
    # What is limited to roles is shown in private, so asking aloud once more, in that channel, would not find it.
    words = _(KEPT_TO_CHANNELS_IN_PRIVATE) if aloud and rules.roles else _(KEPT_TO_CHANNELS)
    return words.format(channels=mention_channels(channels, any_of=True), ask=mention_command("ask"))


def _public_place(who: AskerContext) -> PublicPlace | None:
    """Return the channel of a server in which all who see it see what is asked; None elsewhere."""
    if who.here is None or who.channel_id is None or who.is_among_few:
        return None
    return PublicPlace(who.here.server_id, who.channel_id)
