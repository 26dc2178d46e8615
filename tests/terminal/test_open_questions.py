"""Open questions are asked again after an import, which closes those that it answers clearly; the terminal says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot import asking
from bot.answering.sureness import SurenessThresholds
from bot.open_misses import CheckedMisses, check_misses
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, MissOutcome, Source
from tests.support.commands import environment_for
from tests.support.forked_program import typed

SERVER = 42
SRT = "1\n00:00:01,000 --> 00:00:05,000\nthe carpenter repaired the sluice of the canal before the spring flood\n"
QUESTION = "what is a hold cue?"
ROWS = [("v", 0.0, "a hold cue keeps the finished line on the screen"), ("v", 30.0, "and the next words arrive then")]


async def test_an_import_at_the_terminal_says_what_it_answers_and_leaves_followers_to_the_bot(tmp_path: Path) -> None:
    talk, database = tmp_path / "canal.srt", tmp_path / "data" / "cuepoint.db"
    talk.write_text(SRT, encoding="utf-8")
    environment, key = environment_for(tmp_path), access.library_key(SERVER)
    library, ledger = await Library.open(database), await Ledger.open(database)
    try:
        for question in ("who repaired the sluice?", "what do glassblowers eat?", "the sluice of the canal?"):
            await ledger.record_miss(key, question, 7)
        arguments = ("import", str(talk), "--library", str(SERVER))
        done = await asyncio.to_thread(lambda: typed(*arguments, folder=tmp_path, environment=environment))
        assert "2 of 3 open questions are answered now." in done.stdout
        reviewed = await ledger.reviewed_misses(key)
        assert {each.outcome for each in reviewed} == {MissOutcome.ANSWERED}
        assert [miss.question for miss in await ledger.open_misses(key)] == ["what do glassblowers eat?"]
        assert key in await library.changes.unchecked_libraries()
        arguments = ("misses", "--library", str(SERVER))
        listed = await asyncio.to_thread(lambda: typed(*arguments, folder=tmp_path, environment=environment))
        assert listed.stdout == "1\twhat do glassblowers eat?\n"
    finally:
        await ledger.close()
        await library.close()


async def _check(library: Library, ledger: Ledger, thresholds: SurenessThresholds) -> CheckedMisses:
    await ledger.record_miss(access.SHARED, QUESTION, 7)
    ask = partial(asking.ask, library, thresholds=thresholds)
    return await check_misses(library, ledger, access.host_scope(), ask)


async def test_a_clear_answer_closes_a_question(library: Library, ledger: Ledger, rows: Callable[..., Source]) -> None:
    await library.import_files(access.host_scope(), [(rows(*ROWS), Labels())])
    assert await _check(library, ledger, SurenessThresholds()) == CheckedMisses(1, 1)
    assert await ledger.open_misses(access.SHARED) == []


async def test_an_answer_that_is_only_close_leaves_a_question_open(
    library: Library, ledger: Ledger, rows: Callable[..., Source]
) -> None:
    await library.import_files(access.host_scope(), [(rows(*ROWS), Labels())])
    assert await _check(library, ledger, SurenessThresholds(confident=1.1)) == CheckedMisses(1, 0)
    assert len(await ledger.open_misses(access.SHARED)) == 1


async def test_the_sample_talks_answer_no_question_of_an_empty_library(library: Library, ledger: Ledger) -> None:
    assert await _check(library, ledger, SurenessThresholds()) == CheckedMisses(1, 0)
