"""Replies that take their time. Nothing here waits for a clock: what is made waits for what was shown.

Not on simcord: a timer that ends while it moves its own clock on is lost now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.base import Card, EnclosedFile, notice_card, text_display
from bot.discord_app.delivery import long_replies, responses
from bot.discord_app.delivery.long_replies import send_long_reply
from bot.discord_app.delivery.responses import Delivery, send_when_ready


class Waiting:
    """An interaction that remembers what it was told, and lets others wait for that."""

    def __init__(self, created_at: datetime) -> None:
        self.created_at = created_at
        self.response = SimpleNamespace(defer=self._defer)
        self.extras: dict[object, object] = {}
        self.deferred: list[dict[str, Any]] = []
        self.told: list[str] = []
        self.enclosed: list[str] = []
        self._news = asyncio.Condition()

    async def _defer(self, **how: Any) -> None:
        self.deferred.append(how)

    async def edit_original_response(self, *, view: Card, attachments: Sequence[discord.File] = ()) -> None:
        async with self._news:
            self.enclosed += [each.filename for each in attachments]
            self.told.append(view.components()[0]["content"])
            self._news.notify_all()

    async def until_told(self, words: str) -> None:
        """Goes on once the words were told."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: words in self.told)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_replies, "EDIT_INTERVAL_SECONDS", 0.001)


async def test_each_stage_is_shown_once_and_in_order() -> None:
    waiting, stage = Waiting(discord.utils.utcnow()), 0

    async def making() -> Reply:
        nonlocal stage
        for stage in (1, 2, 3):
            await waiting.until_told(f"stage {stage}")
        return Reply(notice_card("done"))

    await send_long_reply(waiting, making, lambda: notice_card(f"stage {stage}"))  # type: ignore[arg-type]
    assert waiting.deferred == [{"thinking": True, "ephemeral": True}]
    told = [words for words in waiting.told if words != "stage 0"]
    assert told == ["stage 1", "stage 2", "stage 3", "done"]


async def test_when_discord_takes_no_more_edits_it_is_said_where_to_look() -> None:
    waiting = Waiting(discord.utils.utcnow() - timedelta(minutes=14))
    last = long_replies.long_wait_card().components()[0]["content"]
    shown = 0

    def progress() -> Card:
        nonlocal shown
        shown += 1
        return notice_card("still at it")

    async def making() -> Reply:
        await waiting.until_told(last)
        return Reply(notice_card("done"))

    await send_long_reply(waiting, making, progress)  # type: ignore[arg-type]
    assert waiting.told == [last, "done"]
    assert shown == 0


async def _card_after(event: asyncio.Event) -> Card:
    await event.wait()
    return Card(text_display("done"), enclosed=[EnclosedFile("strips.png", b"picture")])


async def test_a_card_that_takes_long_is_announced_and_then_edited_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "DEFER_AFTER_SECONDS", 0.001)
    announced = asyncio.Event()

    class Announced(Waiting):
        async def _defer(self, **how: Any) -> None:
            await super()._defer(**how)
            announced.set()

    waiting = Announced(discord.utils.utcnow())
    async with asyncio.timeout(20):
        await send_when_ready(waiting, _card_after(announced), Delivery.PRIVATE)  # type: ignore[arg-type]
    assert waiting.deferred == [{"thinking": True, "ephemeral": True}]
    assert (waiting.told, waiting.enclosed) == (["done"], ["strips.png"])
