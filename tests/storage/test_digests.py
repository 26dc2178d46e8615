"""What a weekly digest is made of, on a real database: tallies, when it is due, helpful moments, and what was added."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import access
from storage.ledger import Ledger
from storage.ledger.digests import MAX_LATE_SECONDS
from storage.library import Library
from storage.models import (
    DAY_SECONDS,
    WEEK_SECONDS,
    DueDigest,
    Labels,
    PublicPlace,
    QuestionCount,
    ServerSettings,
    Source,
    Verdict,
    Vote,
    Week,
)
from tests.support.clock import Clock
from tests.support.sqlite_files import query

ANA, BEN, CEM = 812345678901234567, 923456789012345678, 34567890123456789
HOME, AWAY, HALL = 111, 222, 333
WANTED = ServerSettings(digest_channel=HALL)
MONDAY_AT_TEN = datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()
THIS_WEEK = Week(MONDAY_AT_TEN + 14 * 3600.0)
"""The week that ends with that Monday."""
HELPFUL = Vote("server:111", "what is bert?", "dQw4w9WgXcQ", 61.5, Verdict.HELPFUL, PublicPlace(HOME, HALL))


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY_AT_TEN)


@pytest.fixture
async def ledger(library: Library, path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(path, now=clock)
    yield opened
    await opened.close()


async def test_questions_are_counted_by_server_and_the_days_of_a_week(ledger: Ledger, clock: Clock) -> None:
    for days, server, is_answered in (
        (-7, HOME, True),
        (-6, HOME, True),
        (0, HOME, False),
        (0, HOME, True),
        (0, AWAY, True),
        (1, HOME, True),
    ):
        clock.second = MONDAY_AT_TEN + days * DAY_SECONDS
        await ledger.count_question(server, is_answered=is_answered)
    assert await ledger.count_questions(HOME, THIS_WEEK) == QuestionCount(3, 2)
    assert await ledger.count_questions(AWAY, THIS_WEEK) == QuestionCount(1, 1)
    assert await ledger.count_questions(444, THIS_WEEK) == QuestionCount(0, 0)


async def test_a_tally_holds_a_server_a_day_and_two_numbers(ledger: Ledger, path: Path) -> None:
    await ledger.count_question(HOME, is_answered=True)
    assert query(path, "SELECT * FROM question_tally") == [("111", "2026-11-23", 1, 1)]


async def test_a_purge_deletes_the_tallies_of_a_server_and_no_others(ledger: Ledger) -> None:
    for server in (HOME, AWAY):
        await ledger.count_question(server, is_answered=True)
    await ledger.purge_server(HOME)
    assert await ledger.count_questions(HOME, THIS_WEEK) == QuestionCount(0, 0)
    assert await ledger.count_questions(AWAY, THIS_WEEK) == QuestionCount(1, 1)


async def test_a_question_that_was_asked_before_a_purge_is_not_counted_after_it(ledger: Ledger) -> None:
    ledger.erasures.begin_event()
    await ledger.purge_server(HOME)
    await ledger.count_question(HOME, is_answered=True)
    assert await ledger.count_questions(HOME, THIS_WEEK) == QuestionCount(0, 0)


@pytest.mark.parametrize(("retention_days", "kept_days"), [(30, 30), (1, 8)])
async def test_tallies_are_deleted_with_the_retention_but_for_the_last_week(
    ledger: Ledger, clock: Clock, retention_days: int, kept_days: int
) -> None:
    await ledger.count_question(HOME, is_answered=True)
    clock.second += kept_days * DAY_SECONDS
    await ledger.delete_expired(retention_days * DAY_SECONDS)
    assert await ledger.count_questions(HOME, THIS_WEEK) == QuestionCount(1, 1)
    clock.second += DAY_SECONDS
    assert await ledger.delete_expired(retention_days * DAY_SECONDS) == 1
    assert await ledger.count_questions(HOME, THIS_WEEK) == QuestionCount(0, 0)


async def test_the_first_digest_is_due_a_week_after_its_channel_was_chosen(ledger: Ledger, clock: Clock) -> None:
    await ledger.save_settings(AWAY, ServerSettings())
    await ledger.save_settings(HOME, WANTED)
    assert (await ledger.next_digest_at(HOME), await ledger.next_digest_at(AWAY)) == (
        MONDAY_AT_TEN + WEEK_SECONDS,
        None,
    )
    clock.second += WEEK_SECONDS - 1
    assert await ledger.due_digests() == []
    clock.second += 1
    assert await ledger.due_digests() == [DueDigest(HOME, MONDAY_AT_TEN, MONDAY_AT_TEN + WEEK_SECONDS)]


async def test_a_digest_tells_of_the_seven_whole_days_before_it(ledger: Ledger, clock: Clock) -> None:
    await ledger.save_settings(HOME, WANTED)
    clock.second += WEEK_SECONDS + 60
    [due] = await ledger.due_digests()
    days = [datetime.fromtimestamp(moment, UTC).isoformat() for moment in (due.week.begins_at, due.week.ends_at)]
    assert days == ["2026-11-23T00:00:00+00:00", "2026-11-30T00:00:00+00:00"]


async def test_a_clock_that_was_wrong_begins_the_weeks_again(ledger: Ledger, clock: Clock) -> None:
    clock.second += 400 * DAY_SECONDS
    await ledger.save_settings(HOME, WANTED)
    clock.second = MONDAY_AT_TEN
    assert await ledger.due_digests() == []
    clock.second += WEEK_SECONDS
    assert [due.server_id for due in await ledger.due_digests()] == [HOME]


async def test_another_channel_leaves_the_hour_and_no_channel_ends_it(ledger: Ledger, clock: Clock) -> None:
    await ledger.save_settings(HOME, WANTED)
    clock.second += 3 * DAY_SECONDS
    await ledger.save_settings(HOME, replace(WANTED, digest_channel=AWAY, quotes=2))
    assert await ledger.next_digest_at(HOME) == MONDAY_AT_TEN + WEEK_SECONDS
    await ledger.save_settings(HOME, ServerSettings())
    assert await ledger.next_digest_at(HOME) is None
    clock.second += 30 * DAY_SECONDS
    await ledger.save_settings(HOME, WANTED)
    assert await ledger.due_digests() == [], "a week from now, and not at once for the time when nobody wanted it"
    assert await ledger.next_digest_at(HOME) == clock.second + WEEK_SECONDS


async def test_a_purge_ends_digests_and_a_server_that_was_left_gets_none(ledger: Ledger, clock: Clock) -> None:
    for server in (HOME, AWAY):
        await ledger.record_presence(server, 999)
        await ledger.save_settings(server, WANTED)
    clock.second += WEEK_SECONDS
    await ledger.record_departure(AWAY, 999)
    [due] = await ledger.due_digests()
    assert due.server_id == HOME
    await ledger.purge_server(HOME)
    assert (await ledger.due_digests(), await ledger.next_digest_at(HOME)) == ([], None)
    assert not await ledger.claim_digest(due), "also for one that was being gathered meanwhile"


async def test_of_two_processes_one_sends_a_digest(ledger: Ledger, path: Path, clock: Clock) -> None:
    await ledger.save_settings(HOME, WANTED)
    clock.second += WEEK_SECONDS
    other = await Ledger.open(path, now=clock)
    try:
        dues = [(each, due) for each in (ledger, other) for due in await each.due_digests()]
        assert len(dues) == 2
        claims = await asyncio.gather(*(each.claim_digest(due) for each, due in dues * 5))
        assert sorted(claims) == [False] * 9 + [True]
        assert await other.due_digests() == []
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("late", "weeks_late", "then"),
    [
        (0.0, 0, "at its hour"),
        (MAX_LATE_SECONDS, 0, "at its hour"),
        (MAX_LATE_SECONDS + 1, 0, "from then on"),
        (5 * DAY_SECONDS, 9, "from then on"),
        (60.0, 9, "at its hour"),
    ],
)
async def test_after_an_outage_there_is_one_digest_and_the_next_a_week_later(
    ledger: Ledger, clock: Clock, late: float, weeks_late: int, then: str
) -> None:
    await ledger.save_settings(HOME, WANTED)
    slot = clock.second + (weeks_late + 1) * WEEK_SECONDS
    clock.second = slot + late
    [due] = await ledger.due_digests()
    assert due.at == (slot if then == "at its hour" else clock.second)
    assert await ledger.claim_digest(due)
    assert await ledger.due_digests() == []
    assert await ledger.next_digest_at(HOME) == due.at + WEEK_SECONDS > clock.second


async def test_moments_are_those_that_more_people_found_helpful_than_not_in_a_week(
    ledger: Ledger, clock: Clock
) -> None:
    liked, disputed = replace(HELPFUL, video_id="liked"), replace(HELPFUL, video_id="disputed")
    for person in (ANA, BEN):
        await ledger.save_vote(person, liked)
    clock.second += 1
    await ledger.save_vote(CEM, replace(liked, question="bert", verdict=Verdict.NOT_HELPFUL))
    await ledger.save_vote(ANA, disputed)
    await ledger.save_vote(BEN, replace(disputed, verdict=Verdict.NOT_HELPFUL))
    await ledger.save_vote(ANA, HELPFUL)
    clock.second += WEEK_SECONDS
    await ledger.save_vote(ANA, replace(HELPFUL, video_id="later"))
    found = await ledger.helpful_moments(HOME, ["server:111"], THIS_WEEK, 9)
    assert [(each.video_id, each.people, each.question) for each in found] == [
        ("liked", 2, "what is bert?"),
        ("dQw4w9WgXcQ", 1, "what is bert?"),
    ]


@pytest.mark.parametrize(
    "vote",
    [
        replace(HELPFUL, public_in=None),
        replace(HELPFUL, public_in=PublicPlace(AWAY, HALL)),
        replace(HELPFUL, library="server:222"),
        replace(HELPFUL, library="samples"),
        replace(HELPFUL, verdict=Verdict.NOT_HELPFUL),
    ],
    ids=["private", "another server", "another library", "samples", "not helpful"],
)
async def test_no_other_vote_makes_a_helpful_moment(ledger: Ledger, vote: Vote) -> None:
    await ledger.save_vote(ANA, vote)
    assert await ledger.helpful_moments(HOME, ["server:111", "shared"], THIS_WEEK, 9) == []


async def test_questions_of_several_people_are_known_without_who_they_are(ledger: Ledger) -> None:
    for person, question in ((ANA, "What is ELMo?"), (BEN, "what is  elmo?"), (ANA, "bread"), (ANA, "bread")):
        await ledger.record_miss("server:111", question, person)
    await ledger.record_miss("server:222", "bread", BEN)
    assert await ledger.frequent_misses(HOME) == {"what is elmo?"}


async def add(library: Library, scope: access.Scope, *video_ids: str, text: str = "a copper lantern") -> None:
    rows = [{"video_id": each, "text": text, "start_second": 0, "end_second": 30, "title": each} for each in video_ids]
    await library.import_files(scope, [(Source("rows.jsonl", "\n".join(map(json.dumps, rows)).encode()), Labels())])


async def test_the_videos_that_were_added_in_a_time_are_counted_and_the_latest_named(
    library: Library, path: Path
) -> None:
    own, shared = access.own_scope(HOME), access.host_scope()
    await add(library, own, "old", "first", "second", "third")
    await add(library, shared, "shared", "second")
    await add(library, access.own_scope(AWAY), "elsewhere")
    for number, video_id in enumerate(("old", "first", "second", "third", "shared")):
        query(path, f"UPDATE video SET added_at = {100 * number} WHERE video_id = '{video_id}'")
    scope = access.candidate_scope([HOME], include_shared=True)
    added = await library.additions.between(scope, 100.0, 1000.0, 2)
    assert (added.count, [each.video_id for each in added.latest]) == (4, ["shared", "third"])
    own_only = await library.additions.between(own, 100.0, 300.0, 9)
    assert (own_only.count, [each.video_id for each in own_only.latest]) == (2, ["second", "first"])
    assert (await library.additions.between(own, 5000.0, 6000.0, 9)).count == 0


async def test_a_video_that_is_replaced_is_not_new_again(library: Library, path: Path) -> None:
    own = access.own_scope(HOME)
    await add(library, own, "talk")
    query(path, "UPDATE video SET added_at = 100")
    await add(library, own, "talk", text="a bronze bell")
    assert (await library.additions.between(own, 200.0, 1e12, 9)).count == 0
