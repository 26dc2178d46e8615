"""Who may see which libraries. Pure, and the only maker of scopes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from storage.errors import RequestError
from storage.models import Scope

SHARED = "shared"
SAMPLES = "samples"
_SERVER = re.compile(r"(?:server:)?(?P<id>\d{1,20})")


def host(library: str = SHARED) -> Scope:
    """What whoever hosts the bot sees at the terminal: the one library they name.

    A library is named "shared", or by a Discord server's id (with or without "server:"). Raises RequestError for any
    other name.
    """
    name = library.strip().lower()
    if name == SHARED:
        return Scope((SHARED,))
    server = _SERVER.fullmatch(name)
    if server is None:
        raise RequestError(f"There is no library {library!r}: say shared, or the id of a Discord server.")
    return Scope((f"server:{server['id']}",))


def in_server(server_id: int) -> Scope:
    """What may be seen in a Discord server in which the app is installed: the server's own library, then the shared."""
    return Scope((f"server:{server_id}", SHARED))


def own(server_id: int) -> Scope:
    """A Discord server's own library alone: what its moderators look after."""
    return Scope((f"server:{server_id}",))


def server_id(library: str) -> int | None:
    """The Discord server whose own library is of this key, or None for any other library."""
    prefix, _, number = library.partition(":")
    return int(number) if prefix == "server" and number.isdecimal() else None


def elsewhere() -> Scope:
    """What may be seen anywhere else on Discord: no server's library."""
    return Scope((SHARED,))


def part(scope: Scope, libraries: Iterable[str]) -> Scope:
    """Of a scope only the libraries named, in the scope's order."""
    wanted = set(libraries)
    return Scope(tuple(key for key in scope.libraries if key in wanted))


def or_samples(scope: Scope, *, empty: bool) -> Scope:
    """The sample talks in place of a scope in which nothing has been imported."""
    return Scope((SAMPLES,)) if empty else scope


def samples() -> Scope:
    """The sample talks alone."""
    return Scope((SAMPLES,))
