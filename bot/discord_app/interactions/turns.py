"""Answers in turn: admitted before anything is read, computed in their turn, and checked again before they are sent."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.delivery.responses import DEFER_AFTER_SECONDS, Delivery, Interaction, send_private, send_when_ready
from bot.discord_app.interactions.context import delivery_of, interaction_context
from bot.discord_app.services.admission import Admission, Turn
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import AskerContext, Resolve, ResolvedAsker
from bot.discord_app.services.questions.question_service import AskedTooSoon
from bot.errors import CooldownActive

DEFER_AT_ONCE_SECONDS = 0.2
"""Where a longer wait is expected, the answer is deferred at once: where many wait, a timer may fire too late."""
RECHECK_AFTER_SECONDS = 0.2
"""An answer that took longer is sent only after another look at what its asker may see."""
MAX_PATIENCE_SECONDS = 2.0
"""What is asked at most so long before its cooldown is over is answered then; what comes sooner is refused."""
_ROUNDING_SECONDS = 0.001
"""A timer may fire a little early: by then the cooldown is over."""

MakeCard: TypeAlias = "Callable[[ResolvedAsker], Coroutine[Any, Any, Card]]"
"""Returns the coroutine that makes a card for an asker. The call itself raises what can be refused at once."""


Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """An admitted question: who asks, resolved, and its place in the queue."""

    admission: Admission
    askers: AskerResolver
    turn: Turn
    who: AskerContext
    resolve: Resolve
    asker: ResolvedAsker

    @property
    def defer_after(self) -> float:
        """Return after how many seconds the answer is deferred."""
        return 0.0 if self.turn.expected_wait > DEFER_AT_ONCE_SECONDS else DEFER_AFTER_SECONDS

    def start(self, make_card: MakeCard, patience_seconds: float = MAX_PATIENCE_SECONDS) -> Coroutine[Any, Any, Card]:
        """Return what computes the asker's card in its turn, as `run` does.

        Where the asker's cooldown is over within `patience_seconds`, that waits for it. The call itself raises what can
        be refused at once, CooldownActive included.
        """
        try:
            return self._run_for_card(make_card(self.asker))
        except CooldownActive as early:
            if early.seconds_left > patience_seconds:
                raise
            return self._run_later(make_card, early.seconds_left)

    async def _run_later(self, make_card: MakeCard, seconds: float) -> Card:
        await self.admission.hold_back(self.turn, seconds + _ROUNDING_SECONDS)
        # Who waited is looked at again, however fast the answer is made.
        return await self._run_for_card(make_card(self.asker), began_at=-math.inf)

    async def _run_for_card(self, coroutine: Coroutine[Any, Any, Card], began_at: float | None = None) -> Card:
        return self.asker.note_samples(await self.run(coroutine, began_at))

    async def run(self, coroutine: Coroutine[Any, Any, Made], began_at: float | None = None) -> Made:
        """Return what the coroutine makes, such as a card, computed in its turn.

        `began_at` is when its asker was resolved, now by default.

        Raises TooManyAsking, and AccessChanged where by then the asker may see less, or in private only.
        """
        if began_at is None:
            began_at = time.monotonic()
        # Closed where it was never begun, since its turn did not come in time.
        with contextlib.closing(coroutine):
            # Not in a lane: while the index of one library is built, people who ask others are answered.
            if await self.askers.prepare_indexes(self.asker):
                self.admission.restart_wait(self.turn)
            async with self.admission.lane(self.turn):
                made = await coroutine
        if time.monotonic() - began_at > RECHECK_AFTER_SECONDS:
            await self.askers.require_unchanged(self.asker, self.who, self.resolve)
        return made


@contextlib.asynccontextmanager
async def open_turn(
    admission: Admission, askers: AskerResolver, who: AskerContext, resolve: Resolve
) -> AsyncIterator[OpenTurn]:
    """Admit a question until the context ends, which is when it is answered, and resolve its asker.

    Raises QuestionUnderway and TooManyAsking before anything is read, and what `resolve` raises.
    """
    with admission.enter(who.user_id, who.server_id) as turn:
        yield OpenTurn(admission, askers, turn, who, resolve, await resolve(who))


async def answer_in_turn(
    interaction: Interaction,
    resolve: Resolve,
    make_card: MakeCard,
    *,
    in_place: bool = False,
    beside: bool = False,
) -> None:
    """Answer an interaction with a card that is computed in its turn.

    `in_place` changes the card that was pressed, and `beside` sends everyone a new message beside it. A question that
    comes too soon is kept: the asker alone is told so, with a button that asks it.
    """
    app = interaction.client.app
    try:
        async with open_turn(app.admission, app.askers, interaction_context(interaction), resolve) as opened:
            delivery = Delivery.IN_PLACE if in_place else Delivery.BESIDE if beside else delivery_of(opened.asker)
            card = opened.start(make_card)
            await send_when_ready(interaction, card, delivery, defer_after=opened.defer_after)
    except AskedTooSoon as refusal:
        await send_private(interaction, await app.questions.keep_question(refusal))


def note_answer(
    interaction: Interaction, asker: ResolvedAsker, make_card: Callable[[], Awaitable[Card]]
) -> Coroutine[Any, Any, Card]:
    """Return what makes the card of an answer, and remembers it as the last one of the user in this channel."""
    last_answers, there = interaction.client.app.last_answers, interaction.channel_id or 0
    return last_answers.make_and_note(interaction.user.id, there, make_card, private=asker.private)
