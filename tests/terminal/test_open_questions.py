"""An import at the terminal says how many open questions it answers; who follows one is told by the bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import MissOutcome
from tests.support.commands import environment_for
from tests.support.forked_program import typed

SERVER = 42
SRT = "1\n00:00:01,000 --> 00:00:05,000\nthe carpenter repaired the sluice of the canal before the spring flood\n"


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
    finally:
        await ledger.close()
        await library.close()
