"""One person's question that takes as long as it likes, and another person's that is answered meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.discord_app.app_context import AppContext
from bot.discord_app.interactions.context import writer_resolver
from bot.discord_app.interactions.turns import open_turn
from bot.discord_app.services.asker_resolver import AskerContext
from bot.discord_app.services.button_state import Inquiry
from bot.errors import QuestionUnderway
from bot.operations.metrics import QuestionSource
from bot.settings import Settings
from storage.access import Place
from storage.ledger import Ledger
from storage.library import Library

QUESTION = "how does bm25 rank"
DROWNING = "score of a document"


@pytest.mark.parametrize("lanes", [1, 2])
async def test_another_person_is_answered_while_one_drowns_the_bot(
    library: Library, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, lanes: int
) -> None:
    app = AppContext.create(
        Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, lambda _server_id: None
    )
    app.admission.lanes = lanes
    end, search = asyncio.Event(), Library.search

    async def search_slowly(*arguments: Any, **named: Any) -> Any:
        if arguments[2].words == DROWNING:
            await end.wait()
        return await search(*arguments, **named)

    monkeypatch.setattr(Library, "search", search_slowly)

    async def ask(person: int, text: str) -> str:
        admission, askers, questions = app.admission, app.askers, app.questions
        who, inquiry = AskerContext(person, Place.ALONE), Inquiry(text)
        async with open_turn(admission, askers, who, writer_resolver(askers)) as opened:
            question = questions.accept(opened.asker, inquiry)
            card = opened.run(questions.answer_question(opened.asker, inquiry, question, QuestionSource.DIRECT))
            return str((await card).components())

    drowning = [asyncio.create_task(ask(person, DROWNING)) for person in range(lanes)]
    try:
        # What a person sends again and again is refused.
        await asyncio.sleep(0)
        with pytest.raises(QuestionUnderway):
            await ask(0, DROWNING)
        assert "bm25" in (await ask(99, QUESTION)).lower()
        assert not any(task.done() for task in drowning)
    finally:
        end.set()
        await asyncio.gather(*drowning)
