"""The ranking indexes in a process beside the one that keeps them: it maps the same files, and writes none.

An index is made, merged and kept on disk by one process, however many answer from it. What that process leaves out of
the file because it is little, every process reads from the database itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from storage.database.repository import LibraryState
from storage.errors import IndexBehind
from storage.indexing.index_manager import IndexManager, ReadyIndex
from storage.indexing.index_process import apply_changes
from storage.indexing.library_index import LibraryIndex, later_limit


class IndexFollower(IndexManager):
    """Keeps indexes true to the database like an IndexManager, but leaves all that takes long to another process.

    What is asked of a library raises IndexBehind until that process has kept its index.
    """

    async def _update_index(self, state: LibraryState, ready: ReadyIndex | None) -> ReadyIndex:
        versions = await self._repository.versions(state.key)
        async for library_index in self._bases(state, ready):
            missing = await asyncio.to_thread(library_index.find_outdated, versions)
            if await self._repository.count_segments(state.key, missing) <= later_limit(library_index.size):
                updated = await apply_changes(self._repository, state.key, library_index, versions)
                if not updated.needs_merge:
                    return self._publish_index(state, updated)
        raise IndexBehind("The index of these videos is being made; ask again in a moment.")

    async def _bases(self, state: LibraryState, ready: ReadyIndex | None) -> AsyncIterator[LibraryIndex]:
        """Yield what an index can be brought up to date from: the one in use, then the one on disk."""
        if ready is not None and ready.library_index.language == state.language:
            yield ready.library_index
        yield await self._load_cached(state)
