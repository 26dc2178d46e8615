"""The engines for the first stage of a question: Cuepoint, rank-bm25 as it is shipped, and the base class of all."""

from __future__ import annotations

import importlib.metadata
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rank_bm25 import BM25Okapi

from benchmarks.corpus import LANGUAGE, Corpus
from bot import __version__
from storage.indexing.compiled_ranking import load_loop
from storage.indexing.gc_pause import gc_paused
from storage.indexing.index_files import CachedIndex, IndexCache
from storage.indexing.index_process import READ_BATCH_VIDEOS
from storage.indexing.library_index import LibraryIndex
from storage.ranking.bm25 import SparseBM25
from storage.ranking.first_stage import TermQuery, rank_first, use_compiled
from storage.ranking.index.build import IndexBuilder, build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.pieces import use_arrow

TOP = 10
LIBRARY = "shared"


class Engine(ABC):
    """Something that finds the ten best segments for the words of a question, in one thread."""

    name: ClassVar[str]
    package: ClassVar[str]
    """What has to be installed."""
    keeps: ClassVar[bool] = True
    """Whether an index is written to disk, and opened from there at the next start."""
    adds: ClassVar[bool] = True
    """Whether a video can be added; otherwise all is built again."""
    shares: ClassVar[str] = ""
    """The engine whose index this one opens, if it builds none of its own."""

    def prepare(self) -> None:  # noqa: B027 - most need nothing
        """Import and compile what is needed before anything is measured."""

    @abstractmethod
    def build(self, corpus: Corpus, folder: Path) -> None:
        """Index a corpus; an engine that keeps its index writes it to an empty folder and releases it."""

    def open(self, folder: Path) -> None:
        """Open an index that was written to a folder."""
        raise NotImplementedError

    @abstractmethod
    def top(self, terms: Sequence[str]) -> Any:
        """Return the ten best segments, in a form that costs nothing extra."""

    @abstractmethod
    def numbers(self, top: Any) -> list[int]:
        """Return the numbers of the segments that `top` returned, counted through the corpus."""

    def add(self, video: Corpus) -> None:
        """Add one video, so that the next question finds it."""
        raise NotImplementedError

    @classmethod
    def version(cls) -> str:
        """Return the installed version; "" where it is not installed."""
        return installed_version(cls.package)


class Cuepoint(Engine):
    """The first stage of the ranking: the videos go through the same steps as in a library."""

    name = package = "Cuepoint"
    turns: ClassVar[int] = 0
    """Turns of speakers in every segment; none where nobody is known."""

    def build(self, corpus: Corpus, folder: Path) -> None:
        use_arrow()  # as the process does that builds the index of a library
        builder, videos = IndexBuilder(LANGUAGE), corpus.videos(self.turns)
        with gc_paused():
            while batch := list(islice(videos, READ_BATCH_VIDEOS)):
                builder.add(batch)
            part = builder.build()
        IndexCache(folder).store(LIBRARY, _with_new_videos(LibraryIndex(LANGUAGE), part).as_cached())

    def open(self, folder: Path) -> None:
        self._library_index = LibraryIndex.from_cached(cached_index(folder))
        self.model = SparseBM25(self._library_index.parts)

    def top(self, terms: Sequence[str]) -> Any:
        first = rank_first(self.model, TermQuery(terms, TOP))
        return first.docs[np.argsort(-first.scores, kind="stable")][:TOP]

    def numbers(self, top: Any) -> list[int]:
        return list(top.tolist())

    @classmethod
    def version(cls) -> str:
        return __version__

    def add(self, video: Corpus) -> None:
        self._library_index = _with_new_videos(self._library_index, build_index(video.videos(), LANGUAGE))
        self.model = SparseBM25(self._library_index.parts)


class CuepointCompiled(Cuepoint):
    """The same index, ranked by the loop that numba compiles: the extra `fast`."""

    name, shares = "Cuepoint (numba)", Cuepoint.name

    def prepare(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            use_compiled(load_loop(Path(folder)))

    @classmethod
    def version(cls) -> str:
        both = super().version(), installed_version("numba")
        return " with numba ".join(both) if all(both) else ""


class RankBM25(Engine):
    """rank-bm25 as it is shipped. It has no file of its own, and nothing can be added."""

    name, package = "rank-bm25", "rank_bm25"
    keeps = adds = False

    def build(self, corpus: Corpus, folder: Path) -> None:
        self._model = BM25Okapi(corpus.terms())

    def top(self, terms: Sequence[str]) -> Any:
        return self._model.get_top_n(terms, range(self._model.corpus_size), n=TOP)

    def numbers(self, top: Any) -> list[int]:
        return list(top)


def _with_new_videos(library_index: LibraryIndex, part: IndexPart) -> LibraryIndex:
    return library_index.with_part(part, dict.fromkeys((video.video_id for video in part.videos), 1))


def installed_version(package: str) -> str:
    """Return the version of a package; "" where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def cached_index(folder: Path) -> CachedIndex:
    """Return the index that Cuepoint kept in a folder."""
    cached = IndexCache(folder).load(LIBRARY, LANGUAGE)
    assert cached is not None, "the index that was just kept is not usable"
    return cached
