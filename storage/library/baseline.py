"""What unmodified rank-bm25 finds in a library: the part of the library's door for what it is measured against."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from storage import access
from storage.database.repository import Repository
from storage.models import Baseline, Hit, Scope
from storage.ranking.baseline import rank_as_shipped


def _ignore_progress(done: int, total: int) -> None:
    """Ignore the progress, for callers that do not show it."""


class LibraryBaseline:
    """The baselines of what is stored. Every library has one as `baseline`."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def search(
        self,
        scope: Scope,
        texts: Sequence[str],
        peer: Baseline,
        limit: int,
        *,
        progress: Callable[[int, int], None] = _ignore_progress,
    ) -> list[tuple[Hit, ...]]:
        """Return what unmodified rank-bm25 finds for every text in the scope's one library, to be measured against.

        Always `limit` segments, if there are so many; the scores are rank-bm25's own and may be negative. The model is
        built once for all the texts. `progress` is called from another thread, with how many texts are done.
        """
        key = access.only_key(scope)
        states = await self._repository.states(scope)
        stored = await self._repository.videos(key)
        language = states[0].language if states else ""
        return await asyncio.to_thread(rank_as_shipped, stored, texts, peer, language, limit, progress)
