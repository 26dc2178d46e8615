"""The files that `cuepoint import` is given: by name, in folders, and by patterns."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from storage.models import Rejection, Source
from storage.system_errors import explain_reading

_MAGIC = frozenset("*?[")
_ANY_DEPTH = "**"


@dataclass(slots=True)
class GivenFiles:
    """The files that could be read, and why others could not."""

    sources: list[Source] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def reject(self, name: str, reason: str) -> None:
        """Add why a file cannot be imported."""
        self.rejections.append(Rejection(name, reason))


def collect_files(names: Sequence[str], max_bytes: int) -> GivenFiles:
    """Return the files that are named, those in folders, and those that patterns match, in this order.

    Of too large a file `max_bytes` + 1 are read. Of a folder's files those that are no transcripts by their names come
    without their content, to be counted.
    """
    given = GivenFiles()
    bases = Counter(Path(name).name for name in set(names))
    given.seen.update(_place(Path(name)) for name in names)
    for name in names:
        path = Path(name)
        if os.path.isdir(path):  # unlike Path, it takes names that are too long
            _collect_found(given, name, path, [_ANY_DEPTH], max_bytes)
        elif os.path.exists(path) or "://" in name or not _MAGIC & set(name):
            # Files of one name in several folders are distinguished by how they were given.
            _read_named(given, name, path.name if bases[path.name] == 1 else name, max_bytes)
        else:
            root, pattern = _split_pattern(path)
            _collect_found(given, name, root, pattern, max_bytes)
    return given


def _read_named(given: GivenFiles, name: str, shown: str, max_bytes: int) -> None:
    from storage.given_files import names_beside

    path = Path(name)
    if "://" in name and not os.path.exists(path):
        # This is an address: importing it as a file's content reports how to get its captions.
        given.sources.append(Source(name, name.encode()))
        return
    _read_file(given, path, shown, max_bytes, is_found=False)
    for beside in (path.with_name(each) for each in names_beside(path.name)):
        if os.path.isfile(beside) and _place(beside) not in given.seen:
            given.seen.add(_place(beside))
            _read_file(given, beside, beside.name, max_bytes, is_found=True)


def _collect_found(given: GivenFiles, name: str, root: Path, pattern: Sequence[str], max_bytes: int) -> None:
    from storage.given_files import may_hold_transcript

    any_transcript = False
    depth = None if _ANY_DEPTH in pattern else len(pattern)
    for path in _walk(given, root, depth, frozenset()):
        if not _matches(path.relative_to(root).parts, pattern) or _place(path) in given.seen:
            continue
        given.seen.add(_place(path))
        if may_hold_transcript(path.name):
            any_transcript = True
            _read_file(given, path, path.as_posix(), max_bytes, is_found=True)
        else:
            given.sources.append(Source(path.as_posix(), b"", _folder(path), is_found=True))
    if not any_transcript:
        given.reject(name, "there is no transcript in it; name another folder, or a file.")


def _walk(given: GivenFiles, folder: Path, depth: int | None, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    """Yield the regular files below a folder by name, through links too, but never in a circle."""
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        given.reject(folder.as_posix(), f"the folder cannot be read: {explain_reading(error)}.")
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        given.reject(folder.as_posix(), "this link leads back to a folder above it; it was passed over.")
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir():
            hidden = entry.name.startswith(".") or entry.name == "__MACOSX"
            if not hidden and (depth is None or depth > 1):
                yield from _walk(given, path, None if depth is None else depth - 1, above | {here})
        elif _is_readable_kind(entry):
            yield path


def _is_readable_kind(entry: os.DirEntry[str]) -> bool:
    """Return whether this is a file, or a link that leads nowhere, which is told; at a pipe reading would wait."""
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return True


def _read_file(given: GivenFiles, path: Path, shown: str, max_bytes: int, *, is_found: bool) -> None:
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        given.reject(shown, f"the file cannot be read: {explain_reading(error)}.")
    else:
        given.sources.append(Source(shown, content, _folder(path), is_found))


def _split_pattern(path: Path) -> tuple[Path, list[str]]:
    """Return the folder that a pattern begins in, and the pattern below it."""
    parts = path.parts
    first = next(place for place, part in enumerate(parts) if _MAGIC & set(part))
    return Path(*parts[:first]), list(parts[first:])


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether a path fits a pattern, in which "**" stands for any folders, and at its end for any files."""
    if not pattern:
        return not parts
    if pattern[0] == _ANY_DEPTH:
        rest = pattern[1:]
        return not rest or any(_matches(parts[place:], rest) for place in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _place(path: Path) -> str:
    return os.path.abspath(path)


def _folder(path: Path) -> str:
    return Path(_place(path)).parent.as_posix()
