"""What files beside a transcript are called that say something of its video."""

from __future__ import annotations

INFO_SUFFIX = ".info.json"
CHAPTER_SUFFIXES = (".chapters.json", ".chapters.txt", ".ffmetadata")


def is_sidecar(name: str) -> bool:
    """Return whether a file of this name says something of the video of the files beside it."""
    return name.lower().endswith((INFO_SUFFIX, *CHAPTER_SUFFIXES))


def sidecar_stem(name: str) -> str:
    """Return the name, without a suffix, that the transcripts of a file beside them begin with."""
    base = name.replace("\\", "/").rpartition("/")[2]
    suffix = next(each for each in (INFO_SUFFIX, *CHAPTER_SUFFIXES) if base.lower().endswith(each))
    return base[: -len(suffix)]
