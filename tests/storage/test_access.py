"""Who may see which library: every rule by itself, and all of them against whatever askers and settings there are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import access
from storage.access import SHARED, Absence, Asker, Membership, Place, Reach, resolve_reach
from storage.errors import RequestError
from storage.models import ServerSettings

ALPHA, BETA = 1, 2
GENERAL, TALKS = 11, 12
READER, OTHER_ROLE = 21, 22
OPEN = ServerSettings()
IN_ALPHA = Asker(Place.SERVER, Membership(ALPHA, frozenset({READER})), GENERAL)
ALONE = Asker(Place.ALONE, elsewhere=(Membership(ALPHA, frozenset({READER})), Membership(BETA)))
BROUGHT = replace(ALONE, place=Place.ELSEWHERE)


def libraries(asker: Asker, alpha: ServerSettings = OPEN, beta: ServerSettings = OPEN, *, aloud: bool = False) -> str:
    found = resolve_reach(asker, {ALPHA: alpha, BETA: beta}, aloud=aloud)
    return " ".join([*found.scope.libraries, "public" if found.public else "private"])


def test_in_a_server_its_own_library_and_the_shared_one() -> None:
    assert libraries(IN_ALPHA) == "server:1 shared public"
    assert libraries(IN_ALPHA, ServerSettings(shared_too=False)) == "server:1 public"


def test_other_servers_are_seen_in_a_server_only_when_picked_and_then_in_private() -> None:
    both = replace(IN_ALPHA, elsewhere=(Membership(BETA),))
    assert libraries(both) == "server:1 shared public"
    assert libraries(replace(both, picked=BETA)) == "server:2 private"
    assert libraries(replace(both, picked=BETA), aloud=True) == "public", "nothing of it is said aloud"
    assert libraries(replace(both, picked=ALPHA)) == "server:1 public"
    assert libraries(replace(IN_ALPHA, picked=BETA)) == "public", "they were not verified to be there"


def test_limits_to_channels_and_roles() -> None:
    talks, readers = ServerSettings(channels=frozenset({TALKS})), ServerSettings(roles=frozenset({READER}))
    assert libraries(IN_ALPHA, talks) == "shared public"
    assert libraries(replace(IN_ALPHA, channel_id=TALKS), talks) == "server:1 shared public"
    assert libraries(IN_ALPHA, readers) == "server:1 shared private", "not everybody in the channel is a reader"
    assert libraries(IN_ALPHA, readers, aloud=True) == "shared public"
    assert libraries(replace(IN_ALPHA, here=Membership(ALPHA)), readers) == "shared public"
    both = replace(talks, roles=readers.roles)
    assert libraries(IN_ALPHA, both) == "shared public", "where both are named, both must hold"
    assert libraries(replace(IN_ALPHA, channel_id=TALKS), both) == "server:1 shared private"


def test_alone_and_elsewhere_those_they_were_verified_to_be_in() -> None:
    assert libraries(ALONE) == "server:1 server:2 shared public"
    assert libraries(BROUGHT) == "server:1 server:2 shared private"
    assert libraries(BROUGHT, aloud=True) == "shared public"
    assert libraries(Asker(Place.ELSEWHERE)) == "shared public"
    assert libraries(replace(ALONE, picked=BETA)) == "server:2 public"


def test_alone_a_limited_library_is_absent_unless_the_roles_were_verified() -> None:
    readers, others = ServerSettings(roles=frozenset({READER})), ServerSettings(roles=frozenset({OTHER_ROLE}))
    assert libraries(ALONE, readers) == "server:1 server:2 shared public"
    assert libraries(ALONE, others) == "server:2 shared public"
    assert libraries(ALONE, ServerSettings(channels=frozenset({GENERAL}))) == "server:2 shared public"
    assert libraries(ALONE, replace(readers, channels=frozenset({GENERAL}))) == "server:2 shared public"


def test_a_server_whose_settings_are_not_known_shows_nothing() -> None:
    assert resolve_reach(ALONE, {}).scope.libraries == (SHARED,)


def test_why_a_library_is_absent() -> None:
    hidden = ServerSettings(channels=frozenset({TALKS}), shared_too=False)
    assert resolve_reach(IN_ALPHA, {ALPHA: hidden}).absent == {"server:1": Absence.CHANNEL, SHARED: Absence.LEFT_OUT}
    roles = ServerSettings(roles=frozenset({OTHER_ROLE}))
    assert resolve_reach(ALONE, {ALPHA: roles, BETA: OPEN}).absent == {"server:1": Absence.ROLE}
    assert resolve_reach(BROUGHT, {ALPHA: OPEN}, aloud=True).absent == {"server:1": Absence.UNHEARD}


def test_keys_name_servers_and_hosts_name_libraries() -> None:
    assert access.server_of(access.library_key(ALPHA)) == ALPHA
    assert access.server_of(SHARED) is None
    assert access.own_scope(ALPHA) == access.host_scope("1") == access.candidate_scope([ALPHA])
    with pytest.raises(RequestError, match="There is no library"):
        access.host_scope("somewhere")


ids, channels, roles = st.integers(1, 4), st.integers(11, 13), st.integers(21, 23)
memberships = st.builds(Membership, ids, st.frozensets(roles, max_size=2))
askers = st.builds(
    Asker,
    st.sampled_from(Place),
    st.none() | memberships,
    st.none() | channels,
    st.lists(memberships, max_size=4, unique_by=lambda each: each.server_id).map(tuple),
    st.none() | ids,
)
rules = st.builds(
    ServerSettings,
    shared_too=st.booleans(),
    channels=st.frozensets(channels, max_size=2),
    roles=st.frozensets(roles, max_size=2),
)
settings_of_some = st.dictionaries(ids, rules)


def allowed(asker: Asker, settings: dict[int, ServerSettings], server: int, found: Reach, *, aloud: bool) -> bool:
    """The rules, said once more and otherwise: may this server's library be in reach?"""
    if server not in settings:
        return False
    mine, inside = settings[server], asker.place is Place.SERVER
    if inside and asker.here is not None and asker.here.server_id == server:
        here = asker.here
        channel_fits = not mine.channels or asker.channel_id in mine.channels
        return channel_fits and (not mine.roles or (bool(mine.roles & here.roles) and not (found.public or aloud)))
    verified = [each.roles for each in asker.elsewhere if each.server_id == server]
    if not verified or mine.channels or (inside and asker.picked != server):
        return False
    seen_by_others = asker.place is not Place.ALONE and (found.public or aloud)
    return not seen_by_others and (not mine.roles or bool(mine.roles & verified[0]))


@given(askers, settings_of_some, st.booleans())
def test_no_scope_ever_holds_a_library_that_the_rules_keep_from_the_asker(
    asker: Asker, settings: dict[int, ServerSettings], aloud: bool
) -> None:
    found = resolve_reach(asker, settings, aloud=aloud)
    servers = [access.server_of(key) for key in found.scope.libraries if key != SHARED]
    assert all(server is not None and allowed(asker, settings, server, found, aloud=aloud) for server in servers)
    assert len(set(found.scope.libraries)) == len(found.scope.libraries)
    assert not found.absent.keys() & set(found.scope.libraries)
    if asker.picked is not None:
        assert set(found.scope.libraries) <= {access.library_key(asker.picked)}
    if SHARED in found.scope.libraries and asker.place is Place.SERVER and asker.here is not None:
        assert settings.get(asker.here.server_id, OPEN).shared_too


@given(askers, settings_of_some)
def test_what_is_said_aloud_is_part_of_what_the_asker_sees_and_may_be_public(
    asker: Asker, settings: dict[int, ServerSettings]
) -> None:
    quiet, aloud = resolve_reach(asker, settings), resolve_reach(asker, settings, aloud=True)
    assert set(aloud.scope.libraries) <= set(quiet.scope.libraries)
    assert aloud.public
    assert not quiet.public or aloud.scope == quiet.scope
