"""How an answer is divided into pages, and how many excerpts have to be known for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bot.answering.values import Answer, Excerpt
from bot.discord_app.cards.answer import Page
from bot.discord_app.services.askers import ResolvedAsker
from bot.server_settings import PRIVATE_QUOTES, PUBLIC_QUOTES

MAX_PAGE = 9
"""The last page, counted from 0: no user needs more, and a page costs as much as all pages before it."""
EARLIER_PAGE_SIZE = 5
"""How many excerpts a page had where cards did not store that."""
_AHEAD = 3
"""How many excerpts more than the first page shows are asked for: with them it is known whether one would stand alone
on the next page, and of most answers how many pages there are."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How many excerpts a page shows. `is_fixed` says that no page may show more.

    A last excerpt never stands alone on a page, if pages can have more than one: it stands on the page before, or is
    left out where that is fixed.
    """

    size: int
    is_fixed: bool

    @classmethod
    def of(cls, asker: ResolvedAsker, size: int | None = None) -> Self:
        """Return the paging of an asker's answers: as their server says, or else fewer where others see the answer.

        `size` is that of the card whose page is turned: what follows begins where the card ended.
        """
        default = PUBLIC_QUOTES if asker.is_public else PRIVATE_QUOTES
        return cls(size or asker.quotes or default, is_fixed=asker.quotes is not None)

    def count_to_ask_for(self, index: int) -> int:
        """Return how many excerpts have to be asked for to show a page, counted from 0.

        For the first page only a few more than it shows: what a second page holds costs time. Who turns pages is
        told how many there are, so all are asked for.
        """
        return self.size * (MAX_PAGE + 1) + 1 if index else self.size + _AHEAD

    def take_page(self, whole: Answer, index: int) -> tuple[Sequence[Excerpt], Page]:
        """Return the excerpts of a page, and which page it is; none where there is no such page."""
        excerpts = whole.excerpts
        pages = min(self._count_pages(len(excerpts)), MAX_PAGE + 1)
        first, end = index * self.size, (index + 1) * self.size
        is_last = index == pages - 1
        if is_last and not self.is_fixed and len(excerpts) == end + 1:
            end += 1
        is_counted = whole.is_whole or index > 0
        page = Page(index, first + 1, pages if is_counted else None, has_next=index < pages - 1)
        return (excerpts[first:end] if index < pages else ()), page

    def _count_pages(self, count: int) -> int:
        pages = max(-(-count // self.size), 1)
        stands_alone = self.size > 1 and pages > 1 and count % self.size == 1
        return pages - stands_alone
