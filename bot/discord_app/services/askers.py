"""Who asks: as Discord says who is where, and with what they may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.sample_note import add_sample_note
from bot.discord_app.services.follows.follow_target import NOWHERE, FollowTarget
from storage.access import Membership, Place
from storage.ledger import EVERYWHERE_ELSE
from storage.models import PublicPlace, Scope

IsServed = Callable[[int], bool]
"""Returns whether a server, by its id, is served."""
Resolve = Callable[["AskerContext"], Awaitable["ResolvedAsker"]]
"""Resolves an asker, in one way for one question: before it is answered, and again before the answer is sent."""


@dataclass(frozen=True, slots=True)
class ResolvedAsker:
    """Who asks, what they may see, and whether others see the answer. `shareable`: others are there, and may see it.

    `quotes` is how many an answer shows, None where the server has not said so; `cooldown_seconds` is the server's own,
    None for the host's. `misses_to` is the library for which a question without an answer is noted, or None. `picked`
    is the server that was chosen, or 0. `searched` and `remark` stand below the question: which libraries are searched,
    and why one is not among them. `is_stranger`: they were never seen in a server, so only the shared videos are
    searched. `non_empty` are the keys of the libraries in which anything is stored. `public_in` is where everybody sees
    the answer, None where nobody else does, or outside of servers. `manages` is whether they manage the server that
    they are in. `server_id` is the server that they are in, or 0. `follow_target` is where their question is followed.
    `is_trying_example`: they ask an example of the bot's, which is no question of theirs, and is not noted.
    """

    user_id: int
    scope: Scope
    private: bool = False
    shareable: bool = False
    quotes: int | None = None
    cooldown_seconds: float | None = None
    misses_to: str | None = None
    picked: int = 0
    searched: str = ""
    remark: str = ""
    is_stranger: bool = False
    non_empty: frozenset[str] = frozenset()
    public_in: PublicPlace | None = None
    manages: bool = False
    server_id: int = EVERYWHERE_ELSE
    follow_target: FollowTarget = NOWHERE
    is_trying_example: bool = False

    def sees_less_than(self, earlier: ResolvedAsker) -> bool:
        """Return whether the asker may see less than before, or only in private what others could see before."""
        return not self.searchable.issuperset(earlier.searchable) or (self.private and not earlier.private)

    @property
    def searchable(self) -> frozenset[str]:
        """Return the keys of the libraries that are searched and in which anything is stored."""
        return self.non_empty.intersection(self.scope.libraries)

    @property
    def sees_samples(self) -> bool:
        """Return whether they see the sample talks, in place of libraries in which nothing is stored."""
        return bool(self.scope.libraries) and not self.searchable

    @property
    def knows_nothing_imported(self) -> bool:
        """Return whether they may be told that nothing is imported: a library out of their reach may hold something."""
        return self.sees_samples and not (self.remark or self.is_stranger)

    def note_samples(self, card: Card) -> Card:
        """Return a card for them, with a note where it shows sample talks."""
        if self.sees_samples:
            add_sample_note(card, is_empty=self.knows_nothing_imported, manages=self.manages)
        return card

    @property
    def is_public(self) -> bool:
        """Return whether others see the answer."""
        return self.shareable and not self.private

    @property
    def may_follow(self) -> bool:
        """Return whether a question asked here can be followed."""
        return self.follow_target.obstacle is None

    @property
    def remarks(self) -> list[str]:
        """Return the remarks below a question."""
        return [text for text in (self.searched, self.remark) if text]

    def owner(self, key: str | None = "") -> Owner:
        """Return the asker as the owner of a card's buttons; `key` is the ledger's key of what the card shows, None
        where that could not be stored."""
        return Owner(self.user_id, key or "-", self.private, self.shareable, is_stored=key is not None)


def _sees_none(_channel_id: int) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class AskerContext:
    """Who is where, according to Discord. `here` and `channel_id` (a thread's parent) are those of `access.Asker`.

    `sees_channel` tells by its id whether they see a channel of that server, and `may_ask_in` whether they can ask the
    bot something in it as well. `is_among_few`: they are in a thread to which people are invited.
    `manages`: they may manage that server.
    """

    user_id: int
    place: Place
    here: Membership | None = None
    channel_id: int | None = None
    sees_channel: Callable[[int], bool] = field(default=_sees_none, compare=False, repr=False)
    may_ask_in: Callable[[int], bool] = field(default=_sees_none, compare=False, repr=False)
    is_among_few: bool = False
    manages: bool = False

    @property
    def server_id(self) -> int:
        """Return the server whose settings apply, or 0."""
        return self.here.server_id if self.here is not None else EVERYWHERE_ELSE
