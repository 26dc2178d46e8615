"""A format of JSON transcripts: how it is known, and what in it is spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from storage.formats.document import Document
from storage.formats.json_transcripts.building import read_recording
from storage.formats.json_transcripts.loading import load_json
from storage.formats.json_transcripts.phrases import Recording
from storage.formats.json_transcripts.times import SECONDS
from storage.models import FileContent
from storage.sentences import sentence

_ROOTS = ("[][].", "[].")

Shape = Mapping[str, str]
"""The paths of a file, as `describe_json` finds them, without the arrays around the outermost objects."""


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """One format. `is_series` says that a file may hold many outermost objects, of which each is a part of one
    recording; otherwise each would be a recording."""

    name: str
    has_shape: Callable[[Shape], bool]
    find_phrases: Callable[[list[Mapping[str, object]]], Recording]
    unit: float | None = SECONDS
    is_series: bool = False
    is_automatic: bool = True

    def recognises(self, document: Document) -> bool:
        """Return whether a file has the keys of this format, even when it is cut off."""
        shape = document.json_shape
        return bool(shape) and self.has_shape(strip_roots(shape))

    def read(self, document: Document) -> FileContent:
        """Read the transcript of one recording. Raises InputError for a file that cannot be read."""
        values, rejections = load_json(document, self.name)
        objects = list(outermost_objects(values))
        if not self.is_series:
            objects = [each for each in objects if self.has_shape(describe_keys(each))] or objects[:1] or [{}]
        if len(objects) > 1 and not self.is_series:
            raise document.refusal_error(
                sentence(
                    "{name} holds {count} recordings; save each as a file of its own and import those",
                    name=self.name,
                    count=len(objects),
                )
            )
        recording = self.find_phrases(objects)
        if recording.is_automatic is None:
            recording = replace(recording, is_automatic=self.is_automatic)
        return read_recording(document, recording, self.unit, rejections)


def strip_roots(shape: Shape) -> dict[str, str]:
    """Return the paths of the outermost objects, whether they stand alone, in an array or in arrays of an array."""
    stripped: dict[str, str] = {}
    for path, value in shape.items():
        for root in _ROOTS:
            path = path.removeprefix(root)
        stripped.setdefault(path, value)
    return stripped


def outermost_objects(values: Iterable[object], depth: int = 2) -> Iterator[Mapping[str, object]]:
    """Yield the objects of a file: its values, or those in its arrays, up to `depth` of them."""
    for value in values:
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list) and depth:
            yield from outermost_objects(value, depth - 1)


def describe_keys(value: Mapping[str, object]) -> dict[str, str]:
    """Return the paths of an object that was parsed, as `describe_json` returns those of a text."""
    shape: dict[str, str] = {}
    _add_keys(shape, "", value, depth=8)
    return shape


def _add_keys(shape: dict[str, str], path: str, value: object, depth: int) -> None:
    if isinstance(value, dict) and depth:
        shape.setdefault(path, "")
        for key, inner in value.items():
            _add_keys(shape, f"{path}.{key}".lstrip("."), inner, depth - 1)
    elif isinstance(value, list) and depth:
        shape.setdefault(path, "")
        for inner in value[:3]:
            _add_keys(shape, f"{path}[]", inner, depth - 1)
    elif shape.get(path) in {None, "null"} and value is not None:
        shape[path] = str(value)[:120]
