"""The models in memory: loaded once, off the event loop, when they are first needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storage.analysis import base_language
from storage.meaning.encoders import CrossEncoder, SentenceEncoder
from storage.meaning.model_files import ModelFiles, find_model
from storage.models import MeaningOptions, ModelReport

Model = TypeVar("Model", SentenceEncoder, CrossEncoder)
log = logging.getLogger("cuepoint.meaning")

_LOADING = ThreadPoolExecutor(1, "loading models")


class LoadedModels:
    """The models that the host named; none where reading meaning is switched off."""

    def __init__(self, options: MeaningOptions | None) -> None:
        self.options = options
        self._encoder: SentenceEncoder | None = None
        self._cross_encoder: CrossEncoder | None = None
        self._loading = asyncio.Lock()

    async def encoder(self) -> SentenceEncoder | None:
        """Return the sentence encoder, None where there is none. Raises ModelUnusable."""
        if self._encoder is None and self.options is not None:
            async with self._loading:
                self._encoder = self._encoder or await self._load(SentenceEncoder)
        return self._encoder

    async def cross_encoder(self) -> CrossEncoder | None:
        """Return the cross-encoder, None where there is none. Raises ModelUnusable."""
        if self._cross_encoder is None and self.options is not None and self.options.cross_encoder is not None:
            async with self._loading:
                self._cross_encoder = self._cross_encoder or await self._load(CrossEncoder)
        return self._cross_encoder

    async def report(self) -> list[ModelReport]:
        """Return the models in use, the encoder first. Raises ModelUnusable."""
        models = (await self.encoder(), await self.cross_encoder())
        files = [model.files for model in models if model is not None]
        return [ModelReport(model.name, model.sha256, model.languages) for model in files]

    async def _load(self, kind: type[Model]) -> Model:
        make: Callable[[], Model] = lambda: kind(self._find(kind))  # noqa: E731
        model = await asyncio.get_running_loop().run_in_executor(_LOADING, make)
        log.info("reads meaning with %s (sha256 %s)", model.files.name, model.files.sha256)
        return model

    def _find(self, kind: type[Model]) -> ModelFiles:
        assert self.options is not None  # there is a choice for this kind
        choice = self.options.model if kind is SentenceEncoder else self.options.cross_encoder
        assert choice is not None
        return find_model(choice, self.options.languages)


def reads_language(model: SentenceEncoder | CrossEncoder | None, language: str) -> bool:
    """Return whether there is a model and it reads a language, given as a tag such as en-GB."""
    return model is not None and base_language(language) in model.files.languages
