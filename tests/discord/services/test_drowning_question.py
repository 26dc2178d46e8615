"""Questions that take as long as they like, and another person's that is answered meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.discord_app.app_context import AppContext
from bot.discord_app.interactions.context import writer_resolver
from bot.discord_app.interactions.turns import open_turn
from bot.discord_app.services.askers import AskerContext
from bot.discord_app.services.questions.button_state import Inquiry
from bot.errors import QuestionUnderway
from bot.operations.metrics import QuestionSource
from bot.settings import Settings
from storage import access
from storage.access import Membership, Place
from storage.indexing.index_manager import IndexManager
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels
from tests.support.discord.discord_world import LANTERN, Rows

QUESTION = "how does bm25 rank"
DROWNING = "score of a document"


@pytest.fixture
def app(library: Library, ledger: Ledger) -> AppContext:
    settings = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"})
    return AppContext.create(settings, library, ledger, lambda _server_id: None)


async def ask(app: AppContext, person: int, text: str, *, server: int = 0) -> str:
    """What the card says that answers a person, by themselves or in a server."""
    admission, askers, questions = app.admission, app.askers, app.questions
    place, here = (Place.SERVER, Membership(server)) if server else (Place.ALONE, None)
    who, inquiry = AskerContext(person, place, here, server or None), Inquiry(text)
    async with open_turn(admission, askers, who, writer_resolver(askers)) as opened:
        question = questions.accept(opened.asker, inquiry)
        card = opened.run(questions.answer_question(opened.asker, inquiry, question, QuestionSource.DIRECT))
        return str((await card).components())


@pytest.mark.parametrize("lanes", [1, 2])
async def test_another_person_is_answered_while_one_drowns_the_bot(
    app: AppContext, monkeypatch: pytest.MonkeyPatch, lanes: int
) -> None:
    app.admission.lanes = lanes
    end, rank = asyncio.Event(), Library.rank

    async def rank_slowly(*arguments: Any, **named: Any) -> Any:
        if arguments[2].words == DROWNING:
            await end.wait()
        return await rank(*arguments, **named)

    monkeypatch.setattr(Library, "rank", rank_slowly)
    drowning = [asyncio.create_task(ask(app, person, DROWNING)) for person in range(lanes)]
    try:
        # What a person sends again and again is refused.
        await asyncio.sleep(0)
        with pytest.raises(QuestionUnderway):
            await ask(app, 0, DROWNING)
        assert "bm25" in (await ask(app, 99, QUESTION)).lower()
        assert not any(task.done() for task in drowning)
    finally:
        end.set()
        await asyncio.gather(*drowning)


async def test_while_the_library_of_a_server_is_indexed_others_are_answered(
    app: AppContext, library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after an update that builds every index again: of a large library that takes seconds to minutes.
    begun, built, open_index = asyncio.Event(), asyncio.Event(), IndexManager._open_index

    async def open_slowly(self: IndexManager, state: Any, versions: dict[str, int]) -> Any:
        if state.key == access.library_key(1):
            begun.set()
            await built.wait()
        return await open_index(self, state, versions)

    monkeypatch.setattr(IndexManager, "_open_index", open_slowly)
    await library.import_files(access.own_scope(1), [(rows(("talk", 0, LANTERN)), Labels())])
    app.admission.lanes = 1
    waiting = [asyncio.create_task(ask(app, person, LANTERN, server=1)) for person in range(9)]
    try:
        await begun.wait()
        # It is long since they asked.
        monkeypatch.setattr(app.admission, "_now", lambda: asyncio.get_running_loop().time() + 60)
        assert "bm25" in (await ask(app, 99, QUESTION, server=2)).lower()
        assert not any(task.done() for task in waiting)
    finally:
        built.set()
        answers = await asyncio.gather(*waiting)
    assert all("lantern" in answer for answer in answers)
