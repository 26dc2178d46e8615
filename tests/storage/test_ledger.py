"""The ledger door on a real database: button state, feedback without people, and the commands that were synced."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from storage import access
from storage.database.schema import MIGRATIONS, SCHEMA_VERSION
from storage.errors import DatabaseError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import CastVote, Miss, PersonalData, ServerSettings, Sighting, Verdict, Vote, VoteCount
from tests.support.clock import Clock
from tests.support.project import PROJECT
from tests.support.sqlite_files import query

ANA, BEN = 812345678901234567, 923456789012345678
HELPFUL = Vote("shared", "what is bert?", "dQw4w9WgXcQ", 61.5, Verdict.HELPFUL)
NOT_HELPFUL = replace(HELPFUL, verdict=Verdict.NOT_HELPFUL)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Opener = Callable[[Path], Awaitable[Ledger]]


@pytest.fixture
async def opening(clock: Clock) -> AsyncIterator[Opener]:
    """Opens ledgers by the test's clock and closes them whatever becomes of the test: an open one keeps a thread."""
    async with contextlib.AsyncExitStack() as opened:

        async def opener(path: Path) -> Ledger:
            ledger = await Ledger.open(path, now=clock)
            opened.push_async_callback(ledger.close)
            return ledger

        yield opener


@pytest.fixture
async def ledger(path: Path, opening: Opener) -> Ledger:
    return await opening(path)


async def test_a_kept_state_comes_back_by_a_key_that_fits_a_button(ledger: Ledger) -> None:
    payload = "a question of many words – 日本語 " * 40
    key = await ledger.save_state(payload, lifetime_seconds=60)
    assert await ledger.load_state(key) == payload
    # Twenty keys: a single one may happen to do without the characters that a url gives a meaning.
    keys = [key, *[await ledger.save_state(f"payload {n}", lifetime_seconds=60) for n in range(19)]]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,16}", each) for each in keys)
    assert await ledger.load_state("unknown") is None


async def test_the_same_payload_has_the_same_key_and_another_has_another(ledger: Ledger, path: Path) -> None:
    keys = [await ledger.save_state(payload, lifetime_seconds=60) for payload in ("one", "one", "two")]
    assert keys[0] == keys[1] != keys[2]
    assert query(path, "SELECT count(*) FROM button_state") == [(2,)]


async def test_a_state_expires_by_the_given_clock(ledger: Ledger, clock: Clock) -> None:
    key = await ledger.save_state("payload", lifetime_seconds=60)
    clock.second += 59.5
    assert await ledger.load_state(key) == "payload"
    clock.second += 0.5
    assert await ledger.load_state(key) is None


async def test_keeping_a_state_again_prolongs_it_and_never_shortens_it(ledger: Ledger, clock: Clock) -> None:
    key = await ledger.save_state("payload", lifetime_seconds=60)
    clock.second += 50
    await ledger.save_state("payload", lifetime_seconds=60)
    await ledger.save_state("payload", lifetime_seconds=5)
    clock.second += 50
    assert await ledger.load_state(key) == "payload"


async def test_an_expired_state_can_be_kept_anew(ledger: Ledger, clock: Clock) -> None:
    key = await ledger.save_state("payload", lifetime_seconds=60)
    clock.second += 60
    assert await ledger.save_state("payload", lifetime_seconds=60) == key
    assert await ledger.load_state(key) == "payload"


async def test_a_sweep_deletes_what_has_expired_and_nothing_else(ledger: Ledger, clock: Clock, path: Path) -> None:
    for payload, lifetime in (("one", 10), ("two", 20), ("three", 30)):
        await ledger.save_state(payload, lifetime_seconds=lifetime)
    await ledger.save_vote(ANA, HELPFUL)
    clock.second += 20
    assert await ledger.delete_expired(60) == 2
    assert query(path, "SELECT payload FROM button_state") == [("three",)]
    assert await ledger.delete_expired(60) == 0
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)]


async def test_a_state_that_is_bound_comes_back_for_nothing_else_and_keeps_no_name(ledger: Ledger, path: Path) -> None:
    keys = [await ledger.save_state("payload", lifetime_seconds=60, bound_to=bound) for bound in ("", "ana", "ben")]
    assert len(set(keys)) == 3
    assert [await ledger.load_state(key, bound_to="ana") for key in keys] == [None, "payload", None]
    assert [await ledger.load_state(key) for key in keys] == ["payload", None, None]
    assert not any("ana" in str(row) for row in query(path, "SELECT payload, libraries FROM button_state"))


async def test_a_state_is_known_at_once_while_another_process_writes(ledger: Ledger, path: Path) -> None:
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    key = ledger.state_key("payload", bound_to="ana")
    keeping = asyncio.create_task(ledger.save_state("payload", lifetime_seconds=60, bound_to="ana"))
    await asyncio.sleep(0)  # it begins; it cannot end
    assert await ledger.load_state(key, bound_to="ana") == "payload"
    assert await ledger.load_state(key, bound_to="ben") is None
    assert query(path, "SELECT count(*) FROM button_state") == [(0,)]
    writer.execute("COMMIT")
    writer.close()
    assert await keeping == key
    assert query(path, "SELECT key FROM button_state") == [(key,)]
    assert await ledger.load_state(key, bound_to="ana") == "payload"


async def test_a_purge_deletes_the_states_that_may_draw_on_it_and_leaves_others(ledger: Ledger, path: Path) -> None:
    drawn_on = [("server:111",), ("shared", "server:111"), ("server:1112",), ("shared",), ()]
    keys = [await ledger.save_state("same", lifetime_seconds=60, libraries=libraries) for libraries in drawn_on]
    assert len(set(keys)) == 5, "the same shown of other libraries is another state"
    query(path, "INSERT INTO button_state (key, payload, expired_at) VALUES ('earlier', 'same', 1e12)")
    assert await ledger.load_state("earlier") == "same"
    assert await ledger.purge_server(HOME) == 3
    assert [await ledger.load_state(key) for key in keys] == [None, None, "same", "same", "same"]
    assert await ledger.load_state("earlier") is None, "what it draws on is not known"
    await ledger.purge_feedback("shared")
    assert [await ledger.load_state(key) for key in keys[2:]] == ["same", None, "same"]


async def test_a_tally_of_imports_outlives_a_purge_and_the_next_day_is_swept(ledger: Ledger, clock: Clock) -> None:
    assert [await ledger.begin_import("server:111", most=2) for _ in range(3)] == [1, 2, 0]
    await ledger.purge_server(HOME)
    assert await ledger.begin_import("server:111", most=2) == 0
    assert await ledger.delete_expired(DAY) == 0
    clock.second += DAY
    assert await ledger.delete_expired(DAY) == 1


async def test_a_key_tells_nothing_of_the_person_whose_id_was_kept(ledger: Ledger, path: Path) -> None:
    key = await ledger.save_state(str(ANA), lifetime_seconds=60)
    await ledger.save_vote(ANA, HELPFUL)
    [(voter,)] = query(path, "SELECT voter FROM vote")
    assert not str(voter).startswith(base64.urlsafe_b64decode(key).hex())


async def test_what_was_kept_survives_a_reopen(path: Path, clock: Clock, opening: Opener) -> None:
    first = await Ledger.open(path, now=clock)
    key = await first.save_state("payload", lifetime_seconds=60)
    await first.save_vote(ANA, HELPFUL)
    await first.save_commands("global", "abc", {"ask": 7})
    await first.close()
    second = await opening(path)
    assert await second.load_state(key) == "payload"
    assert await second.command_hash("global") == "abc"
    assert await second.delete_personal_data(ANA) == 1, "the person is recognised again"


async def test_without_a_clock_given_the_system_tells_the_time(path: Path) -> None:
    ledger = await Ledger.open(path)
    alive = await ledger.save_state("alive", lifetime_seconds=3600)
    dead = await ledger.save_state("dead", lifetime_seconds=-1)
    assert (await ledger.load_state(alive), await ledger.load_state(dead)) == ("alive", None)
    await ledger.close()


async def test_a_person_has_one_vote_and_the_later_wins(ledger: Ledger) -> None:
    await ledger.save_vote(ANA, HELPFUL)
    await ledger.save_vote(ANA, HELPFUL)
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)]
    await ledger.save_vote(ANA, NOT_HELPFUL)
    assert await ledger.votes() == [VoteCount(NOT_HELPFUL, 1)]


async def test_two_people_have_two_votes(ledger: Ledger) -> None:
    await ledger.save_vote(ANA, HELPFUL)
    await ledger.save_vote(BEN, HELPFUL)
    assert await ledger.votes() == [VoteCount(HELPFUL, 2)]
    await ledger.save_vote(BEN, NOT_HELPFUL)
    assert await ledger.votes() == [VoteCount(HELPFUL, 1), VoteCount(NOT_HELPFUL, 1)]


@pytest.mark.parametrize(
    "other",
    [
        replace(HELPFUL, library="server:1"),
        replace(HELPFUL, question="what is elmo?"),
        replace(HELPFUL, video_id="-Qw4w9WgXcQ"),
        replace(HELPFUL, start_second=61.25),
    ],
)
async def test_another_question_or_segment_is_another_vote(ledger: Ledger, other: Vote) -> None:
    await ledger.save_vote(ANA, HELPFUL)
    await ledger.save_vote(ANA, other)
    assert {each.vote for each in await ledger.votes()} == {HELPFUL, other}
    await ledger.withdraw_vote(ANA, other)
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)]


async def test_a_question_typed_otherwise_is_the_same_question_and_stays_readable(ledger: Ledger) -> None:
    await ledger.save_vote(ANA, replace(HELPFUL, question="What is  die STRASSE?"))
    await ledger.save_vote(ANA, replace(NOT_HELPFUL, question=" what is\ndie Straße? "))
    assert await ledger.votes() == [VoteCount(replace(NOT_HELPFUL, question="what is die strasse?"), 1)]
    await ledger.withdraw_vote(ANA, replace(HELPFUL, question="WHAT is die straße?"))
    assert await ledger.votes() == []


async def test_a_vote_is_withdrawn_whichever_verdict_it_was_and_only_ones_own(ledger: Ledger) -> None:
    await ledger.save_vote(ANA, HELPFUL)
    await ledger.save_vote(BEN, HELPFUL)
    await ledger.withdraw_vote(ANA, NOT_HELPFUL)
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)]
    await ledger.withdraw_vote(ANA, HELPFUL)
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)], "there was nothing left to take back"


async def test_a_forgotten_person_leaves_no_vote_and_others_keep_theirs(ledger: Ledger) -> None:
    await ledger.save_vote(ANA, HELPFUL)
    await ledger.save_vote(ANA, replace(HELPFUL, question="another"))
    await ledger.save_vote(BEN, HELPFUL)
    assert await ledger.delete_personal_data(ANA) == 2
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)]
    assert await ledger.delete_personal_data(ANA) == 0


async def test_the_file_holds_no_user_id_in_any_form_that_can_be_looked_up(ledger: Ledger, path: Path) -> None:
    await ledger.save_vote(ANA, HELPFUL)
    await ledger.save_vote(BEN, NOT_HELPFUL)
    await ledger.withdraw_vote(BEN, HELPFUL)
    assert query(path, "PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0, "everything is in the one file now"
    content = path.read_bytes()
    assert HELPFUL.question.encode() in content, "these are the bytes that hold the vote"
    for user_id in (ANA, BEN):
        digits = str(user_id).encode()
        assert digits not in content
        assert user_id.to_bytes(8, "big") not in content, "as SQLite writes an INTEGER"
        assert hashlib.sha256(digits).hexdigest()[:32].encode() not in content, "a hash that anybody can make"


async def test_a_person_is_known_by_another_name_in_each_installation(tmp_path: Path) -> None:
    names = set()
    for place in ("here", "there"):
        ledger = await Ledger.open(tmp_path / place)
        await ledger.save_vote(ANA, HELPFUL)
        await ledger.close()
        [(voter,)] = query(tmp_path / place, "SELECT voter FROM vote")
        assert re.fullmatch(r"[0-9a-f]{32}", str(voter))
        names.add(voter)
    assert len(names) == 2


async def test_two_ledgers_opened_at_once_share_one_secret(path: Path, opening: Opener) -> None:
    first, second = await asyncio.gather(opening(path), opening(path))
    await first.save_vote(ANA, HELPFUL)
    await second.save_vote(ANA, NOT_HELPFUL)
    assert await first.votes() == [VoteCount(NOT_HELPFUL, 1)]
    key = await first.save_state("payload", lifetime_seconds=60)
    assert await second.save_state("payload", lifetime_seconds=60) == key
    assert query(path, "SELECT count(*), min(length(value)) FROM secret") == [(1, 32)]


OPEN_AND_KEEP = """
import asyncio, pathlib, sys
from storage.ledger import Ledger

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    ledger = await Ledger.open(pathlib.Path(sys.argv[1]))
    print(await ledger.save_state("payload", lifetime_seconds=60), flush=True)
    await ledger.close()

asyncio.run(main())
"""


async def test_two_processes_that_meet_a_new_database_share_one_secret(path: Path) -> None:
    command = [sys.executable, "-c", OPEN_AND_KEEP, str(path)]
    pipe = asyncio.subprocess.PIPE
    both = [await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdin=pipe, stdout=pipe) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in both))
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]


async def test_the_hash_of_commands_is_kept_for_each_place(ledger: Ledger) -> None:
    assert await ledger.command_hash("global") is None
    await ledger.save_commands("global", "one", {})
    await ledger.save_commands("111", "server's", {})
    await ledger.save_commands("global", "two", {})
    assert (await ledger.command_hash("global"), await ledger.command_hash("111")) == ("two", "server's")


def make_version_1(path: Path) -> None:
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in [statement for migration in MIGRATIONS[:1] for statement in migration]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute("INSERT INTO library VALUES (1, 'shared', 'en', 7)")
    connection.execute("INSERT INTO video VALUES (1, 1, 'v', 'Harbour', 'Ana', '', '', 'en')")
    connection.execute("INSERT INTO segment VALUES (1, 1.5, 9.0, 'the copper lantern', '[[0, 1.5]]')")
    connection.execute("INSERT INTO import VALUES (1, 1, 'a.srt', '2024-01-01T00:00:00+00:00')")
    connection.execute("INSERT INTO replaced VALUES (1, 'v', NULL)")
    connection.close()


async def test_a_database_of_version_1_keeps_its_data(path: Path, opening: Opener) -> None:
    make_version_1(path)
    tables = ("import", "replaced")
    kept = [
        "SELECT id, key, language, revision FROM library",
        "SELECT id, library_id, video_id, title, creator, url, thumbnail, language FROM video",
        "SELECT video, start_second, end_second, text, marks FROM segment",
        *(f"SELECT * FROM {table}" for table in tables),
    ]
    before = [query(path, rows) for rows in kept]
    ledger = await opening(path)
    await ledger.save_vote(ANA, HELPFUL)
    assert await ledger.votes() == [VoteCount(HELPFUL, 1)]
    assert query(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert [query(path, rows) for rows in kept] == before
    library = await Library.open(path)
    assert [summary.video.title for summary in await library.videos(access.host_scope())] == ["Harbour"]
    await library.close()


async def test_votes_outlive_the_replacing_of_their_video(ledger: Ledger, library: Library, path: Path) -> None:
    [sample, *_] = await library.videos(access.sample_scope())
    vote = Vote(sample.library, "what is a cue?", sample.video.video_id, 0.0, Verdict.HELPFUL)
    await ledger.save_vote(ANA, vote)
    await library.remove(access.sample_scope(), sample.video.video_id)
    await library.undo(access.sample_scope())
    assert await ledger.votes() == [VoteCount(vote, 1)]


async def test_a_ledger_that_cannot_be_read_or_written_is_one_sentence(ledger: Ledger, path: Path) -> None:
    query(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"no database at all " * 4096)
    for doing in (ledger.load_state("key"), ledger.save_state("payload", lifetime_seconds=60)):
        with pytest.raises(DatabaseError, match="restore a backup with `cuepoint restore FILE`"):
            await doing


async def test_a_ledger_that_cannot_open_leaves_nothing_open(path: Path) -> None:
    await (await Ledger.open(path)).close()
    query(path, "DROP TABLE secret")
    with pytest.raises(sqlite3.OperationalError, match="no such table: secret"):
        await Ledger.open(path)
    with sqlite3.connect(path, timeout=0) as connection:
        # Leaving WAL mode takes a file that nobody else has open.
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    connection.close()


async def test_imports_are_counted_by_library_and_day(path: Path, opening: Opener, clock: Clock) -> None:
    ledger = await opening(path)
    assert [await ledger.begin_import("server:1", most=2) for _ in range(3)] == [1, 2, 0]
    assert await ledger.begin_import("server:2", most=2) == 1
    assert await ledger.begin_import("server:3", most=0) == 0
    counts = [await ledger.imports_today(f"server:{n}") for n in (1, 2, 3)]
    assert counts == [2, 1, 0]
    clock.second += 24 * 3600
    assert await ledger.imports_today("server:1") == 0
    assert await ledger.begin_import("server:1", most=2) == 1
    await ledger.delete_expired(30 * DAY)
    assert query(path, "SELECT library, imports FROM import_tally") == [("server:1", 1)], "other days are forgotten"


async def test_two_processes_do_not_count_past_the_limit(path: Path, opening: Opener) -> None:
    one, other = await opening(path), await opening(path)
    begun = await asyncio.gather(*(each.begin_import("server:1", most=3) for each in (one, other) * 4))
    assert sorted(begun) == [0, 0, 0, 0, 0, 1, 2, 3]


HOME, AWAY, APP, OTHER_APP = 111, 222, 900, 901
DAY = 24 * 3600.0


async def test_settings_are_as_shipped_until_a_server_says_otherwise(ledger: Ledger, path: Path) -> None:
    assert await ledger.settings(HOME) == ServerSettings()
    told = ServerSettings("de", 3, True, False, frozenset({5, 6}), frozenset({7}), 30.0, False)
    await ledger.save_settings(HOME, told)
    assert await ledger.settings(HOME) == told
    assert await ledger.settings_of([HOME, AWAY]) == {HOME: told, AWAY: ServerSettings()}
    await ledger.save_settings(HOME, ServerSettings(quotes=2))
    assert query(path, "SELECT settings FROM server") == [('{"quotes": 2}',)], "what is shipped is not written down"


async def test_what_a_later_version_settled_is_passed_over(ledger: Ledger, path: Path) -> None:
    await ledger.save_settings(HOME, ServerSettings(quotes=2))
    query(path, """UPDATE server SET settings = '{"quotes": 4, "colour": "red"}'""")
    assert await ledger.settings(HOME) == ServerSettings(quotes=4)


async def test_a_person_is_seen_in_servers_the_latest_first(ledger: Ledger, clock: Clock) -> None:
    for server in range(1, 31):
        clock.second += 1
        await ledger.record_sighting(ANA, server)
    await ledger.record_sighting(BEN, 999)
    seen = [sighting.server_id for sighting in await ledger.servers_seen(ANA)]
    assert seen == list(range(30, 5, -1)), "25 at most"
    clock.second += 2 * 3600
    await ledger.record_sighting(ANA, 1)
    assert (await ledger.servers_seen(ANA, 1)) == [Sighting(1, clock.second)]


async def test_a_sighting_is_written_once_an_hour(ledger: Ledger, clock: Clock) -> None:
    await ledger.record_sighting(ANA, HOME)
    first = clock.second
    clock.second += 3599
    await ledger.record_sighting(ANA, HOME)
    assert await ledger.servers_seen(ANA) == [Sighting(HOME, first)]
    clock.second += 1
    await ledger.record_sighting(ANA, HOME)
    assert await ledger.servers_seen(ANA) == [Sighting(HOME, clock.second)]


async def test_a_server_that_was_left_is_told_from_the_first_removal_on_until_the_return(
    ledger: Ledger, clock: Clock
) -> None:
    await ledger.record_sighting(ANA, HOME)
    await ledger.record_presence(HOME, APP)
    await ledger.record_departure(HOME, APP)
    removed = clock.second
    clock.second += 5
    await ledger.record_departure(HOME, APP)
    assert await ledger.departed_at(HOME) == removed
    assert await ledger.servers_seen(ANA) == []
    assert (await ledger.departed_servers(removed), await ledger.departed_servers(removed + 1)) == ([], [HOME])
    assert await ledger.departed_servers(clock.second, OTHER_APP) == []
    assert await ledger.departed_servers(clock.second, APP) == [HOME]
    await ledger.record_presence(HOME, APP)
    assert await ledger.departed_at(HOME) is None
    assert [each.server_id for each in await ledger.servers_seen(ANA)] == [HOME]


async def test_absence_from_a_complete_list_is_leaving_for_the_same_application_only(
    ledger: Ledger, clock: Clock
) -> None:
    await ledger.save_settings(333, ServerSettings(quotes=2))
    await ledger.record_present_servers(APP, [HOME, AWAY])
    await ledger.record_present_servers(OTHER_APP, [444])
    await ledger.record_present_servers(APP, [AWAY])
    assert await ledger.departed_servers(clock.second + 1) == [HOME], "not 444, nor 333 which nobody has seen"
    await ledger.record_present_servers(APP, [HOME, AWAY])
    assert await ledger.departed_servers(clock.second + 1) == []


async def test_a_purged_server_leaves_nothing_and_others_keep_theirs(ledger: Ledger, path: Path, clock: Clock) -> None:
    for server in (HOME, AWAY):
        await ledger.record_presence(server, APP)
        await ledger.save_settings(server, ServerSettings(quotes=2))
        await ledger.save_vote(ANA, replace(HELPFUL, library=f"server:{server}"))
        await ledger.record_miss(f"server:{server}", "where is it?", ANA)
        await ledger.record_sighting(ANA, server)
        await ledger.save_commands(str(server), "abc", {})
    await ledger.record_departure(HOME, APP)
    assert await ledger.purge_server(HOME) == 5
    assert await ledger.settings(HOME) == ServerSettings()
    assert [each.vote.library for each in await ledger.votes()] == ["server:222"]
    assert (await ledger.misses("server:111"), len(await ledger.misses("server:222"))) == ([], 1)
    assert [each.server_id for each in await ledger.servers_seen(ANA)] == [AWAY]
    for table, column in (("server", "id"), ("sighting", "server"), ("command_tree", "place")):
        assert query(path, f"SELECT {column} FROM {table}") == [("222",)]
    await ledger.purge_server(AWAY)
    await ledger.record_present_servers(APP, [])
    assert await ledger.departed_servers(clock.second + 1) == [AWAY], (
        "purged while the bot is in it, it is known to leave"
    )


async def test_misses_are_grouped_counted_and_without_names(ledger: Ledger, clock: Clock) -> None:
    for person, question in ((ANA, "What is ELMo?"), (ANA, "what is  elmo?"), (BEN, "what is elmo?"), (BEN, "bread")):
        clock.second += 1
        await ledger.record_miss("server:111", question, person)
    await ledger.record_miss("shared", "elsewhere", ANA)
    assert await ledger.misses("server:111") == [
        Miss("server:111", "what is elmo?", 3, clock.second - 1, "what is elmo?"),
        Miss("server:111", "bread", 1, clock.second, "bread"),
    ]


async def test_a_person_is_shown_what_is_known_and_all_of_it_can_be_forgotten(
    ledger: Ledger, clock: Clock, path: Path
) -> None:
    assert await ledger.personal_data(ANA) == PersonalData()
    for person in (ANA, BEN):
        await ledger.save_vote(person, HELPFUL)
        await ledger.record_miss("shared", "Bread?", person)
        await ledger.record_sighting(person, HOME)
    known = await ledger.personal_data(ANA)
    now = clock.second
    miss = Miss("shared", "bread?", 1, now, "Bread?")
    assert known == PersonalData((CastVote(HELPFUL, now),), (miss,), (Sighting(HOME, now),))
    assert await ledger.delete_personal_data(ANA) == len(known) == 3
    assert await ledger.personal_data(ANA) == PersonalData()
    assert len(await ledger.personal_data(BEN)) == 3
    for table in ("vote", "miss", "sighting"):
        assert query(path, f"SELECT count(*) FROM {table}") == [(1,)]


async def test_a_sweep_deletes_what_is_older_than_the_retention(ledger: Ledger, clock: Clock) -> None:
    async def use(number: int) -> None:
        await ledger.save_vote(ANA, replace(HELPFUL, question=f"question {number}"))
        await ledger.record_miss("shared", f"question {number}", ANA)
        await ledger.record_sighting(ANA, number)

    await use(1)
    clock.second += 20 * DAY
    await use(2)
    clock.second += 10 * DAY
    assert await ledger.delete_expired(30 * DAY) == 3
    known = await ledger.personal_data(ANA)
    assert [each.vote.question for each in known.votes] == ["question 2"]
    assert [each.question for each in known.misses] == ["question 2"]
    assert [each.server_id for each in known.sightings] == [2]


async def test_what_is_purged_is_overwritten_in_the_file(ledger: Ledger, path: Path) -> None:
    await ledger.record_miss("server:111", "the unmistakable lantern", ANA)
    query(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"unmistakable lantern" in path.read_bytes()
    await ledger.purge_server(HOME)
    query(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"unmistakable lantern" not in path.read_bytes()


async def test_votes_of_an_earlier_version_are_kept_as_if_given_now(path: Path, opening: Opener) -> None:
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in [statement for migration in MIGRATIONS[:5] for statement in migration]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 5")
    connection.execute("INSERT INTO vote VALUES ('someone', 'shared', 'q', 'v', 1.0, 'helpful')")
    connection.close()
    ledger = await opening(path)
    await ledger.delete_expired(30 * DAY)
    assert [each.vote.question for each in await ledger.votes()] == ["q"]
