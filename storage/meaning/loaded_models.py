"""The models in memory: loaded once, off the event loop, when they are first needed."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storage.analysis import base_language
from storage.errors import ModelUnusable
from storage.meaning.encoders import CrossEncoder, SentenceEncoder
from storage.meaning.model_files import find_model
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
        """Return the sentence encoder, None where there is none. Raises ModelUnusable, for the cross-encoder too."""
        await self._load_all()
        return self._encoder

    async def cross_encoder(self) -> CrossEncoder | None:
        """Return the cross-encoder, None where there is none. Raises ModelUnusable."""
        await self._load_all()
        return self._cross_encoder

    async def report(self) -> list[ModelReport]:
        """Return the models in use, the encoder first. Raises ModelUnusable."""
        models = (await self.encoder(), await self.cross_encoder())
        files = [model.files for model in models if model is not None]
        return [ModelReport(model.name, model.sha256, model.languages) for model in files]

    async def _load_all(self) -> None:
        """Load what is not loaded: both models at once, so that a wrong one is not found out in the middle of work."""
        options = self.options
        if options is None or (self._encoder and (self._cross_encoder or options.cross_encoder is None)):
            return
        async with self._loading:
            self._encoder = self._encoder or await self._load(SentenceEncoder)
            if options.cross_encoder is not None:
                self._cross_encoder = self._cross_encoder or await self._load(CrossEncoder)

    async def _load(self, kind: type[Model]) -> Model:
        model = await asyncio.get_running_loop().run_in_executor(_LOADING, self._make, kind)
        log.info("reads meaning with %s (sha256 %s)", model.files.name, model.files.sha256)
        return model

    def _make(self, kind: type[Model]) -> Model:
        assert self.options is not None  # there is a choice for this kind
        choice = self.options.model if kind is SentenceEncoder else self.options.cross_encoder
        assert choice is not None
        files = find_model(choice, self.options.languages)
        try:
            return kind(files)
        except ModelUnusable as error:
            raise ModelUnusable(f"{choice.setting}: {error}") from error


def reads_language(model: SentenceEncoder | CrossEncoder | None, language: str) -> bool:
    """Return whether there is a model and it reads a language, given as a tag such as en-GB."""
    return model is not None and base_language(language) in model.files.languages
