"""Who may see which libraries. Pure, and the only maker of scopes."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.errors import RequestError
from storage.models import Scope, ServerSettings

SHARED = "shared"
SAMPLES = "samples"
_SERVER = re.compile(r"(?:server:)?(?P<id>[0-9]{1,20})")


class Place(enum.Enum):
    """Where somebody asks."""

    SERVER = enum.auto()
    """A server in which the app is installed."""
    ALONE = enum.auto()
    """A direct message with the bot: nobody else is there."""
    ELSEWHERE = enum.auto()
    """A group message, or a server that knows nothing of the app: a person brought it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody is in a server: Discord said so a moment ago, with the roles they have there."""

    server_id: int
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and from where.

    `here` is the server they are in and their roles there, and `channel_id` the channel, of a thread its parent; both
    only where the place is a server with the app. `elsewhere` are the other servers they were verified to be in.
    `picked` is the one server they want to ask.
    """

    place: Place
    here: Membership | None = None
    channel_id: int | None = None
    elsewhere: tuple[Membership, ...] = ()
    picked: int | None = None


class Absence(enum.Enum):
    """Why a library is not in reach."""

    CHANNEL = enum.auto()
    """Its server keeps it to channels, and this is none of them."""
    ROLE = enum.auto()
    """Its server keeps it to roles, and the asker has none of them."""
    LEFT_OUT = enum.auto()
    """The shared library, which this server leaves out."""
    OTHER_PLACE = enum.auto()
    """Nobody asked for it here: another server's, inside of a server."""
    UNHEARD = enum.auto()
    """The answer is for everybody to see, and this library is not."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an asker may see in a place. `public`: others there may see the answer too. `absent` is by library."""

    scope: Scope
    public: bool
    absent: Mapping[str, Absence]


def resolve_reach(asker: Asker, settings: Mapping[int, ServerSettings], *, aloud: bool = False) -> Reach:
    """The libraries an asker may see, their own server's first.

    `settings` are those of every server in which the asker is; one that is missing counts as one that shows nothing.
    With `aloud` the answer is sent for all to see, and only what they may all see is in it.
    """
    libraries: list[str] = []
    absent: dict[str, Absence] = {}
    public = True
    for member, here in _members_of(asker):
        rules = settings.get(member.server_id)
        if rules is None or asker.picked not in (None, member.server_id):
            continue
        # What is limited to roles, others in the very same channel may not see.
        heard = asker.place is Place.ALONE or (here and not rules.roles)
        why = _find_absence(asker, member, rules, here=here) or (Absence.UNHEARD if aloud and not heard else None)
        if why is None:
            libraries.append(library_key(member.server_id))
            public = public and heard
        else:
            absent[library_key(member.server_id)] = why
    if asker.picked is None:
        if _includes_shared(asker, settings):
            libraries.append(SHARED)
        else:
            absent[SHARED] = Absence.LEFT_OUT
    return Reach(Scope(tuple(libraries)), public, absent)


def _members_of(asker: Asker) -> list[tuple[Membership, bool]]:
    """Every server the asker is in once, and whether it is the one they ask from; that one first."""
    found: dict[int, tuple[Membership, bool]] = {}
    if asker.here is not None and asker.place is Place.SERVER:
        found[asker.here.server_id] = asker.here, True
    for member in asker.elsewhere:
        found.setdefault(member.server_id, (member, False))
    return list(found.values())


def _find_absence(asker: Asker, member: Membership, rules: ServerSettings, *, here: bool) -> Absence | None:
    """Why a server's library is out of this asker's reach; None where it is in it."""
    if not here and asker.place is Place.SERVER and asker.picked is None:
        return Absence.OTHER_PLACE
    # Elsewhere there is no channel of that server to be in.
    if rules.channels and not (here and asker.channel_id in rules.channels):
        return Absence.CHANNEL
    if rules.roles and not rules.roles & member.roles:
        return Absence.ROLE
    return None


def _includes_shared(asker: Asker, settings: Mapping[int, ServerSettings]) -> bool:
    here = asker.here if asker.place is Place.SERVER else None
    return here is None or settings.get(here.server_id, ServerSettings()).shared_too


def library_key(server_id: int) -> str:
    """The key of a server's library."""
    return f"server:{server_id}"


def server_of(key: str) -> int | None:
    """Whose library a key names; None for a library that is no server's."""
    return int(key.removeprefix("server:")) if key.startswith("server:") else None


def host_scope(library: str = SHARED) -> Scope:
    """What whoever hosts the bot sees at the terminal: the one library they name.

    A library is named "shared", or by a Discord server's id (with or without "server:"). Raises RequestError for any
    other name.
    """
    name = library.strip().lower()
    if name == SHARED:
        return Scope((SHARED,))
    server = _SERVER.fullmatch(name)
    if server is None:
        raise RequestError(f"There is no library {library[:40]!r}: say shared, or the id of a Discord server.")
    return own_scope(int(server["id"]))


def own_scope(server_id: int) -> Scope:
    """The library of a server, for those who look after it there: whom it is limited to does not concern them."""
    return Scope((library_key(server_id),))


def candidate_scope(server_ids: Iterable[int], *, include_shared: bool = False) -> Scope:
    """The libraries of some servers, and the shared one if wanted, to find out which of them hold anything at all."""
    return Scope((*(library_key(server_id) for server_id in server_ids), *([SHARED] if include_shared else [])))


def any_scope(key: str) -> Scope:
    """Any one library by its key, to see whether it is sound. Nobody is shown what is in it."""
    return Scope((key,))


def narrow_scope(scope: Scope, libraries: Iterable[str]) -> Scope:
    """Of a scope only the libraries named, in the scope's order."""
    wanted = set(libraries)
    return Scope(tuple(key for key in scope.libraries if key in wanted))


def or_samples(scope: Scope, *, empty: bool) -> Scope:
    """The sample talks in place of a scope in which nothing has been imported."""
    return Scope((SAMPLES,)) if empty else scope


def sample_scope() -> Scope:
    """The sample talks alone."""
    return Scope((SAMPLES,))
