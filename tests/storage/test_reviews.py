"""Which questions without an answer are still open, and what becomes of the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.ledger import Ledger
from storage.models import Miss, MissOutcome, ReviewedMiss
from tests.support.clock import Clock
from tests.support.sqlite_files import query

ANA, BEN = 812345678901234567, 923456789012345678
DAY = 86_400.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ledger(tmp_path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(tmp_path / "data.sqlite", now=clock)
    yield ledger
    await ledger.close()


async def _open_questions(ledger: Ledger) -> list[str]:
    return [miss.question for miss in await ledger.open_misses("shared")]


async def test_the_open_questions_come_most_asked_first_and_those_of_other_libraries_are_not_among_them(
    ledger: Ledger,
) -> None:
    await ledger.record_miss("shared", "Who is Ada?", ANA)
    for person in (ANA, BEN):
        await ledger.record_miss("shared", "what is  BERT?", person)
    await ledger.record_miss("server:1", "elsewhere?", ANA)
    assert await _open_questions(ledger) == ["what is bert?", "who is ada?"]


async def test_a_question_that_was_answered_is_open_again_once_it_is_missed_again(ledger: Ledger, clock: Clock) -> None:
    await ledger.record_miss("shared", "What is BERT?", ANA)
    asked_at = clock.second
    clock.second += 60
    await ledger.review_miss("shared", "What is  BERT?", MissOutcome.ANSWERED)
    assert await _open_questions(ledger) == []
    miss = Miss("shared", "what is bert?", 1, asked_at, "What is BERT?")
    assert await ledger.reviewed_misses("shared") == [ReviewedMiss(miss, MissOutcome.ANSWERED, clock.second)]
    clock.second += 60
    await ledger.record_miss("shared", "What is BERT?", BEN)
    assert await _open_questions(ledger) == ["what is bert?"]
    assert await ledger.reviewed_misses("shared") == []


async def test_a_dismissed_question_stays_dismissed_until_the_retention_ends(ledger: Ledger, clock: Clock) -> None:
    await ledger.record_miss("shared", "What is BERT?", ANA)
    await ledger.review_miss("shared", "What is BERT?", MissOutcome.DISMISSED)
    clock.second += 60
    await ledger.record_miss("shared", "What is BERT?", ANA)
    await ledger.review_miss("shared", "What is BERT?", MissOutcome.ANSWERED)
    assert await _open_questions(ledger) == []
    assert [each.outcome for each in await ledger.reviewed_misses("shared")] == [MissOutcome.DISMISSED]
    clock.second += 29 * DAY
    await ledger.record_miss("shared", "What is BERT?", ANA)
    clock.second += 2 * DAY
    await ledger.delete_expired(30 * DAY)
    assert await _open_questions(ledger) == ["what is bert?"]


async def test_a_dismissal_can_be_taken_back(ledger: Ledger) -> None:
    await ledger.record_miss("shared", "What is BERT?", ANA)
    await ledger.review_miss("shared", "What is BERT?", MissOutcome.DISMISSED)
    assert await ledger.reopen_miss("shared", "What is BERT?")
    assert not await ledger.reopen_miss("shared", "What is BERT?")
    assert await _open_questions(ledger) == ["what is bert?"]


async def test_what_nobody_missed_is_not_reviewed(ledger: Ledger, tmp_path: Path) -> None:
    await ledger.review_miss("shared", "What is BERT?", MissOutcome.ANSWERED)
    assert query(tmp_path / "data.sqlite", "SELECT count(*) FROM miss_review") == [(0,)]


async def test_no_review_keeps_the_words_of_somebody_whose_data_was_deleted(ledger: Ledger, tmp_path: Path) -> None:
    for person, question in ((ANA, "a secret?"), (BEN, "a secret?"), (ANA, "hers alone?")):
        await ledger.record_miss("shared", question, person)
        await ledger.review_miss("shared", question, MissOutcome.ANSWERED)
    assert await ledger.delete_personal_data(ANA) == 2
    assert query(tmp_path / "data.sqlite", "SELECT question FROM miss_review") == [("a secret?",)]
    await ledger.delete_personal_data(BEN)
    assert query(tmp_path / "data.sqlite", "SELECT question FROM miss_review") == []


@pytest.mark.parametrize("library", ["server:7", "shared"])
async def test_a_purge_leaves_no_review(ledger: Ledger, tmp_path: Path, library: str) -> None:
    await ledger.record_miss(library, "What is BERT?", ANA)
    await ledger.review_miss(library, "What is BERT?", MissOutcome.DISMISSED)
    await (ledger.purge_server(7) if library == "server:7" else ledger.purge_feedback(library))
    assert query(tmp_path / "data.sqlite", "SELECT count(*) FROM miss_review") == [(0,)]
