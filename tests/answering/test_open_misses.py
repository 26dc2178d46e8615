"""An open question is closed by a clear answer from its own library, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot import asking
from bot.answering.sureness import SurenessThresholds
from bot.open_misses import CheckedMisses, check_misses
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source

QUESTION = "what is a hold cue?"
ROWS = [("v", 0.0, "a hold cue keeps the finished line on the screen"), ("v", 30.0, "and the next words arrive then")]


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
