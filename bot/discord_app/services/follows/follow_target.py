"""In which library a question would be followed, and what is in the way. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.errors import CannotFollow
from bot.localization import gettext as _
from bot.localization import gettext_noop
from storage import access
from storage.access import Absence, Asker, Membership, Place
from storage.models import ServerSettings


class FollowObstacle(enum.Enum):
    """Why a question cannot be followed for somebody."""

    SWITCHED_OFF = enum.auto()
    """The server of the library lets nobody follow questions."""
    KEPT_TO_CHANNELS = enum.auto()
    """The library is limited to channels, so nothing of it is shown in direct messages."""
    OUT_OF_REACH = enum.auto()
    """The asker may not see the library, such as for want of a role."""
    SEVERAL = enum.auto()
    """Several libraries could be meant, and none was picked."""


@dataclass(frozen=True, slots=True)
class FollowTarget:
    """The one library, by its key, in which a question is followed; or what is in the way of telling its asker."""

    library: str = ""
    obstacle: FollowObstacle | None = None


NOWHERE = FollowTarget(obstacle=FollowObstacle.OUT_OF_REACH)
_WORDS = {
    FollowObstacle.SWITCHED_OFF: gettext_noop(
        "Questions about these videos can’t be followed: their server has switched that off. Whoever manages it can "
        "switch it on with /settings."
    ),
    FollowObstacle.KEPT_TO_CHANNELS: gettext_noop(
        "These videos are kept to some channels, so I can’t tell you of them in a direct message. Whoever manages the "
        "server can have /follow tell such a channel instead."
    ),
    FollowObstacle.OUT_OF_REACH: gettext_noop("These videos are not open to you, so I can’t tell you what is in them."),
    FollowObstacle.SEVERAL: gettext_noop(
        "I can follow a question in one server’s videos at a time. Use /follow here and pick one as “server”."
    ),
}


def find_target(asker: Asker, settings: Mapping[int, ServerSettings], searchable: Collection[str]) -> FollowTarget:
    """Return in which library a question of the asker is followed, who is told of it in a direct message.

    In a server that is its own library, and elsewhere the one that they picked, else the shared one, or the only one
    that is `searchable`: in reach, with something stored.
    """
    server = asker.picked or (asker.here.server_id if asker.here is not None else 0)
    if not server and (access.SHARED in searchable or not searchable):
        return FollowTarget(access.SHARED)
    if not server:
        own = [server_id for key in searchable if (server_id := access.server_of(key)) is not None]
        # Where others are, a server is meant only where it was picked.
        if asker.place is not Place.ALONE or len(own) != 1:
            return FollowTarget(obstacle=FollowObstacle.SEVERAL)
        server = own[0]
    library = access.library_key(server)
    return FollowTarget(library, _find_obstacle(asker, server, settings))


def _find_obstacle(asker: Asker, server: int, settings: Mapping[int, ServerSettings]) -> FollowObstacle | None:
    """Return why the asker cannot be told of a server's videos in a direct message; None where they can."""
    if not settings.get(server, ServerSettings()).allows_follows:
        return FollowObstacle.SWITCHED_OFF
    members = (*([asker.here] if asker.here is not None else []), *asker.elsewhere)
    library, alone = access.library_key(server), Asker(Place.ALONE, elsewhere=members, picked=server)
    reach = access.resolve_reach(alone, settings)
    if library in reach.scope.libraries:
        return None
    is_kept = reach.absent.get(library) is Absence.CHANNEL
    return FollowObstacle.KEPT_TO_CHANNELS if is_kept else FollowObstacle.OUT_OF_REACH


def require_target(target: FollowTarget) -> str:
    """Return the key of the library in which a question is followed. Raises CannotFollow."""
    if target.obstacle is not None:
        raise CannotFollow(_(_WORDS[target.obstacle]))
    return target.library


def require_public(here: Membership, channel_id: int, rules: ServerSettings) -> str:
    """Return the key of a server's library where it may be told of in one of its channels, by the id of that channel.

    Raises CannotFollow where the server has switched that off, or where not everybody in the channel may see it.
    """
    if not rules.allows_follows:
        raise CannotFollow(_(_WORDS[FollowObstacle.SWITCHED_OFF]))
    library, asker = access.library_key(here.server_id), Asker(Place.SERVER, here, channel_id)
    reach = access.resolve_reach(asker, {here.server_id: rules}, aloud=True)
    if library not in reach.scope.libraries:
        words = _(
            "Not everybody in that channel may see this server’s videos, so I can’t tell of them there. Choose a "
            "channel in which they are searched, or leave “channel” empty to be told yourself."
        )
        raise CannotFollow(words)
    return library
