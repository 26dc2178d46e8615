"""Indexes that are written to files, in this process and in others."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from storage.indexing.index_files import CachedIndex, IndexCache
from storage.models import Segment, Video
from storage.ranking.index.build import build_index

KEY, OTHER = "server:1", "server:2"


def made(*words: str, language: str = "en") -> CachedIndex:
    """An index of as many videos as words, two segments each."""
    videos = [
        (
            Video(f"v{n}", f"About {word}s"),
            [Segment(0, 30, f"the copper {word} 学習"), Segment(30, 60, f"{word} again")],
        )
        for n, word in enumerate(words)
    ]
    return CachedIndex(build_index(videos, language), np.arange(len(words), dtype=np.int64) + 2**62)


MADE = made("lantern", "violin")
VERSIONS = [made("harbour", *["lantern"] * size) for size in (0, 40, 80)]


def keep_each(folder: str, times: int) -> None:
    for number in range(times):
        assert IndexCache(Path(folder)).store(KEY, VERSIONS[number % len(VERSIONS)])
