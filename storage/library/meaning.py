"""What a library's videos mean to a model, where the host has named one: the part of the library's door for vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage import access
from storage.database.repository import Repository
from storage.meaning.loaded_models import LoadedModels
from storage.meaning.meaning_ranker import MeaningRanker
from storage.meaning.vector_manager import VectorManager
from storage.models import MeaningOptions, ModelReport, Scope, VectorCoverage


def _ignore_progress(done: int, total: int) -> None:
    """Ignore the progress, for callers that do not show it."""


class LibraryMeaning:
    """The models of an installation, and the vectors of what is stored. Every library has one as `meaning`."""

    def __init__(self, repository: Repository, folder: Path, options: MeaningOptions | None) -> None:
        self._repository = repository
        self._models = LoadedModels(options)
        self.vectors = VectorManager(repository, self._models, folder)
        self.ranker = MeaningRanker(self._models, self.vectors)

    @property
    def is_on(self) -> bool:
        """Return whether the host has named a model that reads meaning."""
        return self._models.options is not None

    async def close(self) -> None:
        """Finish the background work."""
        await self.vectors.close()

    async def start_updates(self) -> None:
        """Load the models, and from now on make the vectors of what is stored in the background, if there are models.

        Raises ModelUnusable.
        """
        if self.is_on:
            await self._models.report()
            keys = await self._repository.keys()
            await self.vectors.start_background(keys)
            for key in keys:
                await self.note_change(access.any_scope(key))

    async def update_vectors(self, scope: Scope, *, progress: Callable[[int, int], None] = _ignore_progress) -> None:
        """Make the vectors of a scope that are missing, and delete those of what is no longer stored.

        If this is cancelled, what has been made is kept. Raises ModelUnusable.
        """
        for state in await self._repository.states(scope):
            await self.vectors.update(state, progress)

    async def note_change(self, scope: Scope) -> None:
        """Have the vectors of a changed library brought up to date, in the background where that was started."""
        states = await self._repository.states(scope)
        self.vectors.note(states)
        if not self.is_on:
            # A model may have been in use earlier: what is deleted leaves no vector behind.
            for state in states:
                await self.vectors.update(state, _ignore_progress)

    async def models(self) -> list[ModelReport]:
        """Return the models that read meaning, the sentence encoder first. Raises ModelUnusable."""
        return await self._models.report()

    async def coverage(self, scope: Scope) -> list[VectorCoverage]:
        """Return how many segments of every library of a scope have a vector. Raises ModelUnusable."""
        return await self.vectors.coverage(await self._repository.states(scope))
