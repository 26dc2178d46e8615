"""Who may see which libraries. Pure, and the only module that creates scopes."""

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
    """Where a question is asked."""

    SERVER = enum.auto()
    """A server in which the app is installed."""
    ALONE = enum.auto()
    """A direct message with the bot: no one else is there."""
    ELSEWHERE = enum.auto()
    """A group message, or a server in which the app is not installed: a person has installed it for themselves."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's membership in a server, just confirmed by Discord, with the roles they have there."""

    server_id: int
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asks, and from where.

    `here` is the server they are in and their roles there, and `channel_id` the channel, for a thread its parent; both
    only where the place is a server with the app. `elsewhere` are the other servers they were verified to be in.
    `picked` is the one server they want to ask.
    """

    place: Place
    here: Membership | None = None
    channel_id: int | None = None
    elsewhere: tuple[Membership, ...] = ()
    picked: int | None = None


class Absence(enum.Enum):
    """The reason why a library is not in reach."""

    CHANNEL = enum.auto()
    """Its server limits it to channels, and this is not one of them."""
    ROLE = enum.auto()
    """Its server limits it to roles, and the asker has none of them."""
    LEFT_OUT = enum.auto()
    """The shared library, which this server excludes."""
    OTHER_PLACE = enum.auto()
    """The library of another server, which was not asked for in this server."""
    UNHEARD = enum.auto()
    """The answer is public, and this library is not."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an asker may see in a place. `public`: others there may see the answer too. `absent` is by library."""

    scope: Scope
    public: bool
    absent: Mapping[str, Absence]


def resolve_reach(asker: Asker, settings: Mapping[int, ServerSettings], *, aloud: bool = False) -> Reach:
    """Return the libraries an asker may see, their own server's first.

    `settings` are those of every server in which the asker is; a server missing from them shows nothing.
    With `aloud` the answer is public, and contains only what all who are there may see.
    """
    libraries: list[str] = []
    absent: dict[str, Absence] = {}
    public = True
    for member, here in _members_of(asker):
        rules = settings.get(member.server_id)
        if rules is None or asker.picked not in (None, member.server_id):
            continue
        # Others in the same channel may not see what is limited to roles.
        is_open = asker.place is Place.ALONE or (here and not rules.roles)
        reason = _find_absence(asker, member, rules, here=here) or (Absence.UNHEARD if aloud and not is_open else None)
        if reason is None:
            libraries.append(library_key(member.server_id))
            public = public and is_open
        else:
            absent[library_key(member.server_id)] = reason
    if asker.picked is None:
        if _includes_shared(asker, settings):
            libraries.append(SHARED)
        else:
            absent[SHARED] = Absence.LEFT_OUT
    return Reach(Scope(tuple(libraries)), public, absent)


def _members_of(asker: Asker) -> list[tuple[Membership, bool]]:
    """Return every server the asker is in once, and whether it is the one they ask from; that one first."""
    members: dict[int, tuple[Membership, bool]] = {}
    if asker.here is not None and asker.place is Place.SERVER:
        members[asker.here.server_id] = asker.here, True
    for member in asker.elsewhere:
        members.setdefault(member.server_id, (member, False))
    return list(members.values())


def _find_absence(asker: Asker, member: Membership, rules: ServerSettings, *, here: bool) -> Absence | None:
    """Return why a server's library is out of this asker's reach; None where it is not."""
    if not here and asker.place is Place.SERVER and asker.picked is None:
        return Absence.OTHER_PLACE
    # Outside of that server the asker is in none of its channels.
    if rules.channels and not (here and asker.channel_id in rules.channels):
        return Absence.CHANNEL
    if rules.roles and not rules.roles & member.roles:
        return Absence.ROLE
    return None


def _includes_shared(asker: Asker, settings: Mapping[int, ServerSettings]) -> bool:
    here = asker.here if asker.place is Place.SERVER else None
    return here is None or settings.get(here.server_id, ServerSettings()).shared_too


def library_key(server_id: int) -> str:
    """Return the key of a server's library."""
    return f"server:{server_id}"


def server_of(key: str) -> int | None:
    """Return the id of the server whose library a key names; None for a library that is not a server's."""
    return int(key.removeprefix("server:")) if key.startswith("server:") else None


def host_scope(library: str = SHARED) -> Scope:
    """Return what the host sees at the terminal: the one library they name.

    A library is named "shared", or by a Discord server's id (with or without "server:"). Raises RequestError for any
    other name.
    """
    name = library.strip().lower()
    if name == SHARED:
        return Scope((SHARED,))
    server = _SERVER.fullmatch(name)
    if server is None:
        raise RequestError(f"There is no library “{library[:40]}”: say shared, or the id of a Discord server.")
    return own_scope(int(server["id"]))


def own_scope(server_id: int) -> Scope:
    """Return the library of a server, for those who manage it there: its limits do not apply to them."""
    return Scope((library_key(server_id),))


def candidate_scope(server_ids: Iterable[int], *, include_shared: bool = False) -> Scope:
    """Return the libraries of some servers, and the shared one if wanted, to find out which of them are not empty."""
    return Scope((*(library_key(server_id) for server_id in server_ids), *([SHARED] if include_shared else [])))


def any_scope(key: str) -> Scope:
    """Return any one library by its key, to check whether it is sound. Its content is shown to no one."""
    return Scope((key,))


def only_key(scope: Scope) -> str:
    """Return the key of a scope's one library. Raises RequestError where it has several, or none."""
    if len(scope.libraries) != 1:
        raise RequestError("Name one library: this can be done in one at a time.")
    return scope.libraries[0]


def narrow_scope(scope: Scope, libraries: Iterable[str]) -> Scope:
    """Return only the named libraries of a scope, in the scope's order."""
    wanted = set(libraries)
    return Scope(tuple(key for key in scope.libraries if key in wanted))


def or_samples(scope: Scope, *, empty: bool) -> Scope:
    """Return the sample talks in place of a scope in which nothing has been imported."""
    return Scope((SAMPLES,)) if empty else scope


def sample_scope() -> Scope:
    """Return the sample talks alone."""
    return Scope((SAMPLES,))
