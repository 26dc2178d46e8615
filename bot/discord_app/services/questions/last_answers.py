"""Which answer a person got last in a place, so that what they ask next can follow it up.

What an answer was about stands in the ledger already, for its buttons. Here is only where: the key of that state, as
the buttons of the answer carry it. So an answer that somebody replies to is found after a restart too.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cachetools import TTLCache

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import NO_KEY, custom_id_pattern
from bot.discord_app.cards.parts.limits import walk_components

FOLLOW_UP_SECONDS = 600.0
"""How long a question can follow up the last one of the same person in the same place."""
_MAX_REMEMBERED = 10_000
_Place = tuple[int, int, bool]
"""A person, a channel, and whether the answer was private."""
_ANY_BUTTON, _PAGE_BUTTON = custom_id_pattern(r"\w+"), custom_id_pattern("page")


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """An answer that was sent: whose it is, the ledger's key of what it shows, and its next page, counted from 0.

    `next_page` is None where there is no further one. `private` is whether its asker alone saw it.
    """

    asker_id: int
    key: str
    next_page: int | None = None
    private: bool = False


def read_sent_answer(components: Sequence[dict[str, Any]]) -> SentAnswer | None:
    """Return the answer that a card's buttons belong to, or None where nothing is stored for them."""
    buttons = [each for each in walk_components(components) if each.get("custom_id")]
    matches = [match for each in buttons if (match := _ANY_BUTTON.fullmatch(each["custom_id"]))]
    stored = next((match for match in matches if match["key"] != NO_KEY), None)
    if stored is None:
        return None
    return SentAnswer(int(stored["asker"]), stored["key"], _next_page(buttons))


def _next_page(buttons: Sequence[dict[str, Any]]) -> int | None:
    """Return the page that the button to the next page opens; None without it, and where it is disabled."""
    pages = [
        (int(match["number"]), not each.get("disabled"))
        for each in buttons
        if (match := _PAGE_BUTTON.fullmatch(each["custom_id"]))
    ]
    page, can_be_pressed = max(pages, default=(0, False))
    return page if can_be_pressed else None


class LastAnswers:
    """Remembers, in memory alone, the last answer of each person in each place. Make one for all of Discord."""

    def __init__(self, is_deleted: Callable[[int], bool], now: Callable[[], float] = time.monotonic) -> None:
        """`is_deleted` tells of a person whether their data was deleted while their question is answered."""
        self._is_deleted = is_deleted
        self._answers: TTLCache[_Place, tuple[int, SentAnswer]] = TTLCache(_MAX_REMEMBERED, FOLLOW_UP_SECONDS, now)
        self._order = itertools.count()

    async def make_and_note(
        self, user_id: int, channel_id: int, make_card: Callable[[], Awaitable[Card]], *, private: bool
    ) -> Card:
        """Return the card of an answer, and remember it as a person's last one in a channel.

        That is done before the card is sent: what they say next may be there before Discord's reply.
        """
        card = await make_card()
        place, answer = (user_id, channel_id, private), read_sent_answer(card.components())
        if answer is not None and not self._is_deleted(user_id):
            self._answers[place] = next(self._order), replace(answer, private=private)
        else:
            # What could not be stored is followed up by nothing, and the answer before it is the last one no more.
            self._answers.pop(place, None)
        return card

    def find(self, user_id: int, channel_id: int, *, private: bool) -> SentAnswer | None:
        """Return a person's last answer in a channel, within FOLLOW_UP_SECONDS.

        Where others see what is said next (`private` is false), one that its asker alone saw does not count.
        """
        kinds = (False, True) if private else (False,)
        found = [self._answers.get((user_id, channel_id, kind)) for kind in kinds]
        return max((each for each in found if each is not None), key=_by_order, default=(0, None))[1]

    def forget_person(self, user_id: int) -> None:
        """Forget all answers of a person."""
        for place in [place for place in self._answers if place[0] == user_id]:
            self._answers.pop(place, None)


def _by_order(noted: tuple[int, SentAnswer]) -> int:
    return noted[0]
