"""Puts hits in the order of words and meaning together, where there is a model for their language."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from storage.errors import ModelUnusable
from storage.meaning.encoders import CrossEncoder
from storage.meaning.loaded_models import LoadedModels, reads_language
from storage.meaning.onnx_model import Numbers
from storage.meaning.reordering import (
    RANKED_BY_CROSS_ENCODER,
    RANKED_BY_MEANING,
    Candidate,
    assign_scores,
    rank_by_logits,
    rank_by_similarity,
)
from storage.meaning.vector_manager import VectorManager
from storage.models import Hit

_READING = ThreadPoolExecutor(1, "reading questions")
"""A question takes a few milliseconds; those of others wait for no more than that."""
_CROSS_READING = ThreadPoolExecutor(1, "reading hits")

log = logging.getLogger("cuepoint.meaning")


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """A question that a model is reading, in this wording, while its words are looked for."""

    wording: str
    vector: asyncio.Future[Numbers]


class MeaningRanker:
    """Reads questions, and orders their hits. Make one for a library's door."""

    def __init__(self, models: LoadedModels, vectors: VectorManager) -> None:
        self._models, self._vectors = models, vectors
        self._is_cross_reading = False

    async def start_reading(self, wording: str, language: str) -> QuestionReading | None:
        """Start reading a question in this wording; None where no model reads its language. Raises ModelUnusable."""
        encoder = await self._models.encoder()
        if encoder is None or not wording or not reads_language(encoder, language):
            return None
        work = asyncio.get_running_loop().run_in_executor(_READING, encoder.encode, wording)
        return QuestionReading(wording, work)

    async def reorder(self, reading: QuestionReading, wording: str, language: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return hits, given best first, in the order of words and meaning.

        `wording` is that of the question once it was corrected. The hits stay as they are unless the vectors of all
        that would be put in another order are made. Raises ModelUnusable.
        """
        plain = list(hits)
        if not plain:
            return plain
        vectors = await self._find_vectors(plain[:RANKED_BY_MEANING])
        if vectors is None:
            return plain
        if wording != reading.wording:
            reading = await self.start_reading(wording, language) or reading
        candidates = rank_by_similarity(plain[:RANKED_BY_MEANING], vectors, await reading.vector)
        candidates = await self._cross_read(wording, language, candidates)
        return [*assign_scores(candidates), *plain[RANKED_BY_MEANING:]]

    async def _find_vectors(self, hits: Sequence[Hit]) -> Numbers | None:
        """Return the vectors of hits, one a row; None where one is missing. Only the hit's own library is looked in."""
        rows: dict[int, Numbers] = {}
        for key in dict.fromkeys(hit.library for hit in hits):
            places = [place for place, hit in enumerate(hits) if hit.library == key]
            vectors = await self._vectors.find_vectors(key, [hits[place].segment.text for place in places])
            if vectors is None:
                return None
            rows |= zip(places, vectors, strict=True)
        return np.stack([rows[place] for place in range(len(hits))])

    async def _cross_read(self, question: str, language: str, candidates: list[Candidate]) -> list[Candidate]:
        """Return candidates in the order that the cross-encoder gives them, or as they are if it is not done in time.

        It reads for one question at a time; while it does, other questions go without it.
        """
        model = await self._models.cross_encoder()
        if model is None or self._is_cross_reading or not reads_language(model, language):
            return candidates
        texts = [candidate.hit.segment.text for candidate in candidates[:RANKED_BY_CROSS_ENCODER]]
        logits = await self._score_in_time(model, question, texts)
        return candidates if logits is None else rank_by_logits(candidates, logits)

    async def _score_in_time(self, model: CrossEncoder, question: str, texts: Sequence[str]) -> list[float] | None:
        assert self._models.options is not None  # they name the model
        stop = threading.Event()
        self._is_cross_reading = True
        score = functools.partial(model.score_until, question, texts, stop)
        work = asyncio.get_running_loop().run_in_executor(_CROSS_READING, score)
        work.add_done_callback(self._on_cross_read)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._models.options.cross_encoder_seconds)
        except (TimeoutError, ModelUnusable):
            return None
        finally:
            stop.set()  # no more than one text is read after the time is over

    def _on_cross_read(self, work: asyncio.Future[list[float]]) -> None:
        self._is_cross_reading = False
        if not work.cancelled() and (error := work.exception()):
            log.error("the cross-encoder failed", exc_info=error)
