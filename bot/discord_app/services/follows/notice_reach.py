"""Whether somebody may be told of what a library says: as things are now, and not as they were when they followed."""

from __future__ import annotations

from dataclasses import replace

from bot.discord_app.services.askers import IsServed
from bot.discord_app.services.memberships import Memberships
from storage import access
from storage.access import Asker, Membership, Place
from storage.ledger import Ledger
from storage.models import Follow, Scope, ServerSettings


class NoticeReach:
    """Looks up what somebody may be told. Make one for all of Discord."""

    def __init__(self, ledger: Ledger, memberships: Memberships, is_served: IsServed) -> None:
        self._ledger = ledger
        self._memberships = memberships
        self._is_served = is_served

    async def find_scope(self, follow: Follow, parent_channel_id: int) -> Scope | None:
        """Return the library of a follow where its person may be told of it; None where they may not.

        In a direct message they see what they would see there if they asked; of the shared library everybody is told.
        In a channel, a thread's `parent_channel_id`, everybody there must see it. Discord is asked whether they are
        still in its server: no clear yes is a no.
        """
        server_id = access.server_of(follow.library)
        if server_id is None:
            return access.host_scope() if follow.library == access.SHARED and not follow.channel_id else None
        if not self._is_served(server_id) or await self._ledger.departed_at(server_id) is not None:
            return None
        rules = await self._ledger.settings(server_id)
        if not rules.allows_follows:
            return None
        # Asked anew: an answer of some minutes ago may be out of date.
        self._memberships.forget(follow.person_id, server_id)
        members = await self._memberships.find_memberships(follow.person_id, [server_id])
        return find_told_scope(follow, members[0], rules, parent_channel_id) if members else None


def find_told_scope(follow: Follow, member: Membership, rules: ServerSettings, parent_channel_id: int) -> Scope | None:
    """Return the library of a follow where a member of its server may be told of it, by the rules of that server."""
    asker = Asker(Place.ALONE, elsewhere=(member,), picked=member.server_id)
    if follow.channel_id:
        # The roles of one who is told do not open it to all others there.
        here = replace(member, roles=frozenset())
        asker = Asker(Place.SERVER, here=here, channel_id=parent_channel_id)
    reach = access.resolve_reach(asker, {member.server_id: rules}, aloud=bool(follow.channel_id))
    scope = access.narrow_scope(reach.scope, [follow.library])
    return scope if scope.libraries else None
