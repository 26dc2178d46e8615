"""What is known of files before they are imported, by their names: which are looked into, and what lies beside them."""

from __future__ import annotations

from storage.formats.file_names import caption_stems
from storage.formats.files.chapter_lists import read_chapters as read_chapters
from storage.formats.files.passing_over import may_hold_transcript as may_hold_transcript
from storage.formats.files.sidecar_names import CHAPTER_SUFFIXES, INFO_SUFFIX, is_sidecar


def names_beside(name: str) -> list[str]:
    """Return the names that files with more about the video of a transcript would have."""
    if is_sidecar(name):
        return []
    return [f"{stem}{suffix}" for stem in caption_stems(name) for suffix in (INFO_SUFFIX, *CHAPTER_SUFFIXES)]
