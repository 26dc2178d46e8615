"""What people show to others in a channel: once, and with a notification of one person at most."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from cachetools import TTLCache
from pydantic import TypeAdapter

from bot.discord_app.cards.parts import markdown
from bot.discord_app.delivery.retries import DeliveryUnknown
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.cooldown import Waits
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.discord_app.services.questions.button_state import (
    BUTTON_LIFETIME_SECONDS,
    AnswerState,
    Inquiry,
    PassagePlace,
    PassageState,
)
from bot.errors import AlreadyShared
from bot.localization import gettext as _
from bot.localization import gettext_noop
from storage.ledger import Ledger

PING_PAUSE_SECONDS = 600.0
"""How long a person cannot notify the same other person again: by then somebody has read what they were shown."""
MAX_NAME_LENGTH = 50
SHARED_BEFORE = gettext_noop("You have shared this here already.")
_MAX_REMEMBERED = 10_000
_Act = tuple[int, int, bytes]
"""Who shared, in which channel, and a hash of what: of the words themselves nothing is remembered."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person for whom an answer is meant. `obstacle` says why they cannot be named; "" where they can."""

    user_id: int
    name: str
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Showing:
    """To whom an answer is shown: for whom it is meant, and the name of who shares it, both unknown by default.

    `named` is the id of the person whom a card names already; `addressee` that of one to whom a private answer may be
    shown. Both are 0 for nobody.
    """

    recipient: Recipient | None = None
    sharer: str = ""
    named: int = 0
    addressee: int = 0


TO_NOBODY = Showing()


@dataclass(frozen=True, slots=True)
class Introduction:
    """The lines on a card that say for whom it is and who shares it, and the ids of those whom it notifies: one at
    most."""

    lines: tuple[str, ...] = ()
    notified: tuple[int, ...] = ()


class Sharing:
    """Remembers what was shared, and who was notified. Make one for all of Discord."""

    def __init__(self, ledger: Ledger, writes: OptionalWrites, now: Callable[[], float] = time.monotonic) -> None:
        self._ledger = ledger
        self._writes = writes
        self._pauses = Waits[tuple[int, int]](now)
        # Also where nothing can be written, and until it is: two presses may come at once.
        self._shared: TTLCache[_Act, bool] = TTLCache(_MAX_REMEMBERED, BUTTON_LIFETIME_SECONDS, now)

    @asynccontextmanager
    async def share_once(self, user_id: int, channel_id: int, state: PassageState | AnswerState) -> AsyncIterator[None]:
        """Let a person share a quote or an answer in a channel once; the context ends when it is sent.

        Raises AlreadyShared. What could not be sent may be shared again, unless nobody knows whether it arrived.
        """
        what, act = _describe_shared(state), _identify_act(user_id, channel_id, state)
        if act in self._shared:
            raise AlreadyShared(_(SHARED_BEFORE))
        self._shared[act] = True
        by = _name_actor(user_id, channel_id)
        record = partial(self._ledger.record_once, what, by=by, lifetime_seconds=BUTTON_LIFETIME_SECONDS)
        if await self._writes.attempt("noting what was shared", record) is False:
            raise AlreadyShared(_(SHARED_BEFORE))
        try:
            yield
        except DeliveryUnknown:
            raise
        except Exception:
            await self._forget(user_id, channel_id, state)
            raise

    async def withdraw(self, user_id: int, channel_id: int, state: AnswerState) -> None:
        """Let a person share again what they have shared and deleted: an answer, or one quote of it."""
        shared: list[PassageState | AnswerState] = [state]
        shared += [PassageState(state.inquiry, spot) for spot in state.spots]
        for each in shared:
            await self._forget(user_id, channel_id, each)

    def forget_person(self, user_id: int) -> None:
        """Forget what a person shared. Whom they notified is forgotten in a few minutes: it protects that person."""
        for act in [act for act in self._shared if act[0] == user_id]:
            self._shared.pop(act, None)

    async def _forget(self, user_id: int, channel_id: int, state: PassageState | AnswerState) -> None:
        self._shared.pop(_identify_act(user_id, channel_id, state), None)
        what, by = _describe_shared(state), _name_actor(user_id, channel_id)
        await self._writes.attempt("noting what was shared", partial(self._ledger.forget_once, what, by=by))

    def introduce(self, asker: ResolvedAsker, showing: Showing, *, is_answered: bool) -> Introduction:
        """Return how a card says to whom it is shown. Whom it notifies counts as notified from now on."""
        addressed = Introduction()
        if showing.recipient is not None:
            addressed = self._address(asker, showing.recipient, is_answered=is_answered)
        elif showing.named:
            addressed = Introduction((_("For {member}").format(member=_mention(showing.named)),))
        shared = (say_sharer(showing.sharer),) if showing.sharer else ()
        return Introduction((*addressed.lines, *shared), addressed.notified)

    def _address(self, asker: ResolvedAsker, recipient: Recipient, *, is_answered: bool) -> Introduction:
        """Decide whether an answer names and notifies its recipient, and say so in a line.

        Nobody is notified while the answer is private, and nobody again soon.
        """
        obstacle = recipient.obstacle or _find_obstacle(asker, recipient.name, is_answered=is_answered)
        if obstacle:
            return Introduction((obstacle,))
        member, pair = _mention(recipient.user_id), (asker.user_id, recipient.user_id)
        if self._pauses.seconds_left(pair):
            told = _("For {member}, without a notification: they have just had one from you.")
            return Introduction((told.format(member=member),))
        self._pauses.begin(pair, PING_PAUSE_SECONDS)
        return Introduction((_("For {member}").format(member=member),), (recipient.user_id,))


def say_sharer(name: str) -> str:
    """Return the line that says who shares something."""
    return _("Shared by {name}").format(name=_escape_name(name))


def _find_obstacle(asker: ResolvedAsker, name: str, *, is_answered: bool) -> str:
    """Return why nobody is notified of an answer; "" where somebody may be."""
    name = f"**{_escape_name(name)}**"
    if asker.private and not asker.shareable:
        told = _("Not everyone here may see this, so it is shown to you alone, and {name} is not told.")
    elif asker.private:
        told = _("You asked in private, so {name} is not told.")
    elif not is_answered:
        told = _("There is no answer to show, so {name} is not told.")
    else:
        return ""
    return told.format(name=name)


def _escape_name(name: str) -> str:
    return markdown.escape_to_fit(name, MAX_NAME_LENGTH) or "…"


def _mention(user_id: int) -> str:
    """Return what Discord shows as the name of a member, and what notifies them where the message says so."""
    return f"<@{user_id}>"


def _name_actor(user_id: int, channel_id: int) -> str:
    return f"{user_id} in {channel_id}"


def _identify_act(user_id: int, channel_id: int, state: PassageState | AnswerState) -> _Act:
    return user_id, channel_id, hashlib.sha256(_describe_shared(state).encode()).digest()


def _describe_shared(state: PassageState | AnswerState) -> str:
    """Return what is shared as text: wherever it is read on, and whichever page is shown, it is the same."""
    if isinstance(state, AnswerState):
        return TypeAdapter(Inquiry).dump_json(state.inquiry).decode()
    shared: TypeAdapter[tuple[Inquiry, PassagePlace]] = TypeAdapter(tuple[Inquiry, PassagePlace])
    return shared.dump_json((state.inquiry, state.spot)).decode()
