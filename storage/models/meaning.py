"""What the host sets, and what there is to report, about the models that read meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model as the host names it: an installed package, a folder in one, or a folder written as an absolute path.

    "@sha256:" and the hash of its model.onnx may follow, for a model that Cuepoint does not know. `setting` is what the
    choice is called where it is made, for the sentences that refuse it.
    """

    name: str
    setting: str


@dataclass(frozen=True, slots=True)
class MeaningOptions:
    """Which models read meaning.

    `languages` are those that a model reads which Cuepoint does not know. `cross_encoder` reads the best hits together
    with the question, for at most `cross_encoder_seconds`; None for none.
    """

    model: ModelChoice
    languages: frozenset[str] = frozenset({"en"})
    cross_encoder: ModelChoice | None = None
    cross_encoder_seconds: float = 0.4


@dataclass(frozen=True, slots=True)
class ModelReport:
    """A model that is in use: its name, the sha256 of its model.onnx, and the languages it reads."""

    name: str
    sha256: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VectorCoverage:
    """How many of a library's segments have a vector; `is_read` says whether the model reads its language."""

    library: str
    language: str
    segments: int
    with_vector: int
    is_read: bool
