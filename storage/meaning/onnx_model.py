"""One model in memory: from texts to what it computes of them, on the processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storage.errors import ModelUnusable
from storage.meaning.model_files import EXTRA, ModelFiles
from storage.meaning.tokenizing import load_tokenizer

if TYPE_CHECKING:
    from tokenizers import Encoding

Numbers = NDArray[np.float32]


class OnnxModel:
    """A model of one output. Safe to use from several threads; while it computes it does not hold Python's lock."""

    def __init__(self, files: ModelFiles, max_tokens: int) -> None:
        """Load a model; this takes up to a second. Raises ModelUnusable."""
        try:
            import onnxruntime
        except ImportError:
            raise ModelUnusable(f"{files.name} cannot be used without the package onnxruntime: {EXTRA}") from None
        self._name = files.name
        self._tokenizer = load_tokenizer(files, max_tokens)
        options = onnxruntime.SessionOptions()
        # One thread: texts are short, and the other cores are for those who ask.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(files.model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # each cause has a class of its own, in a private module
            raise ModelUnusable(f"{files.name} cannot be used: onnxruntime cannot load it: {error}") from error
        self._inputs = [given.name for given in self._session.get_inputs()]

    def run(self, text: str, pair: str | None = None) -> Numbers:
        """Return the model's first output for one text, or for two that it reads together.

        Texts are run by themselves: filling up short ones to the length of others takes longer than it saves.
        Raises ModelUnusable where the model takes other input than BERT's, or fails.
        """
        read = self._tokenizer.encode(text, pair)
        try:
            output: list[Any] = self._session.run(None, self._make_inputs(read))
        except Exception as error:  # see above
            raise ModelUnusable(f"{self._name} cannot be used: {error}") from error
        return np.asarray(output[0], np.float32)

    def _make_inputs(self, read: Encoding) -> dict[str, NDArray[np.int64]]:
        known = {"input_ids": read.ids, "attention_mask": read.attention_mask, "token_type_ids": read.type_ids}
        return {name: np.array([known[name]], np.int64) for name in self._inputs}
