"""What the models are used for: vectors of sentences, and how well a text answers a question."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np

from storage.errors import ModelUnusable
from storage.meaning.model_files import ModelFiles
from storage.meaning.onnx_model import Numbers, OnnxModel

MAX_TEXT_TOKENS = 256
"""Tokens of a text that are read; MiniLM learnt from texts of 128. A segment has about a hundred."""
MAX_PAIR_TOKENS = 512
"""Tokens of a question and a text together: BERT has no more places."""

Item = TypeVar("Item")


class SentenceEncoder:
    """Turns texts into vectors. The nearer two are in meaning, the nearer to 1 is the product of their vectors."""

    def __init__(self, files: ModelFiles) -> None:
        """Load the model, and try it. Raises ModelUnusable."""
        self.files, self.fingerprint = files, files.fingerprint
        self._model = OnnxModel(files, MAX_TEXT_TOKENS)
        output = self._model.run("one two")
        if output.ndim != 3 or output.shape[0] != 1:
            raise ModelUnusable(f"{files.name} cannot be used: it is no sentence encoder with a vector a token.")
        self.dimensions = output.shape[2]

    def encode(self, text: str) -> Numbers:
        """Return the vector of a text: the mean of its tokens' vectors, of length 1."""
        # A text is run by itself, so none of its tokens is padding.
        mean = self._model.run(text)[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

    def encode_until(self, texts: Iterable[str], stop: threading.Event) -> Numbers:
        """Return the vectors of the first texts, one a row: of all of them, unless `stop` is set meanwhile."""
        vectors = list(_until(stop, map(self.encode, texts)))
        return np.array(vectors, np.float32).reshape(len(vectors), self.dimensions)


class CrossEncoder:
    """Reads a question and a text together, and says how well the text answers it: a logit, the more the better."""

    def __init__(self, files: ModelFiles) -> None:
        """Load the model, and try it. Raises ModelUnusable."""
        self.files = files
        self._model = OnnxModel(files, MAX_PAIR_TOKENS)
        if self._model.run("one", "two").size != 1:
            raise ModelUnusable(f"{files.name} cannot be used: it is no cross-encoder with one score a pair.")

    def score_until(self, question: str, texts: Iterable[str], stop: threading.Event) -> list[float]:
        """Return the logits of the first texts: of all of them, unless `stop` is set meanwhile."""
        return list(_until(stop, (float(self._model.run(question, text).item()) for text in texts)))


def _until(stop: threading.Event, items: Iterator[Item]) -> Iterator[Item]:
    while not stop.is_set():
        try:
            yield next(items)
        except StopIteration:
            return
