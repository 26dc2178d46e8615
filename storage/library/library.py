"""The operations on videos. They take a scope, and none works without one. Those of a kind are in parts beside this."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from storage import access
from storage.analysis import base_language
from storage.database.backups import restore
from storage.database.connection import Database
from storage.database.library_writer import LibraryWriter
from storage.database.repository import Repository
from storage.errors import DatabaseError, RequestError, UnknownVideo
from storage.importing import history
from storage.indexing.compiled_ranking import CompiledRanking
from storage.indexing.gc_pause import gc_paused
from storage.indexing.index_follower import IndexFollower
from storage.indexing.index_manager import IndexManager
from storage.library.additions import LibraryAdditions
from storage.library.baseline import LibraryBaseline
from storage.library.changes import LibraryChanges
from storage.library.exports import LibraryExports
from storage.library.glossary import LibraryGlossary
from storage.library.maintenance import LibraryMaintenance
from storage.library.meaning import LibraryMeaning
from storage.library.speakers import LibrarySpeakers
from storage.models import (
    ALL_FEATURES,
    ImportReport,
    KeyTerm,
    Labels,
    LibrarySize,
    Limits,
    LinkHosts,
    MeaningOptions,
    OpenIndexes,
    Question,
    Quota,
    RankedPlace,
    RankingFeature,
    Scope,
    SearchResult,
    Segment,
    Source,
    Statistics,
    Timeline,
    UndoReport,
    Video,
    VideoPart,
    VideoSummary,
)
from storage.samples import sample_ids, sample_sources
from storage.search import LibrarySearch
from storage.sentences import sentence
from storage.video_names import natural_order

if TYPE_CHECKING:
    from storage.importing.importer import Importer, ProgressCallback

log = logging.getLogger("cuepoint.library")

INDEX_FOLDER = "index"
"""The folder beside the database for what can be rebuilt from it."""
COMPILED_FOLDER = "compiled"
"""The folder in it for what the compiler of the extra `fast` makes."""

_USUAL_LIMITS = Limits()
_USUAL_HOSTS = LinkHosts()


def _ignore_progress(done: int, total: int) -> None:
    """Ignore the progress, for callers that do not show it."""


class Library:
    """The stored videos, and the search in them. `hosts` say how the addresses of videos open at a second."""

    def __init__(
        self,
        database: Database,
        limits: Limits = _USUAL_LIMITS,
        meaning: MeaningOptions | None = None,
        hosts: LinkHosts = _USUAL_HOSTS,
        *,
        indexes: Callable[[Repository, Path, Path], IndexManager] = IndexManager,
    ) -> None:
        self._database = database
        self._limits = limits
        self.hosts = hosts
        self._repository = Repository(database)
        folder = database.path.parent / INDEX_FOLDER
        self._indexes = indexes(self._repository, database.path, folder)
        self.compiled_ranking = CompiledRanking(self._repository, folder / COMPILED_FOLDER)
        self.meaning = LibraryMeaning(self._repository, folder, meaning)
        self._search = LibrarySearch(self._repository, self._indexes, self.meaning.vectors, self.meaning.ranker)
        self.speakers = LibrarySpeakers(database, self._repository, self._search, self._indexes.erase_deleted)
        self.additions = LibraryAdditions(database)
        self.baseline = LibraryBaseline(self._repository)
        self.changes = LibraryChanges(database, self._repository, self._indexes, reads_meaning=meaning is not None)
        self.glossary = LibraryGlossary(database, self._repository)
        self.exports = LibraryExports(database.path, self._repository, self.summary)
        self.maintenance = LibraryMaintenance(
            database, self._repository, self._indexes, self.meaning.vectors, self.restore_samples
        )

    @classmethod
    async def open(
        cls,
        path: Path,
        limits: Limits = _USUAL_LIMITS,
        meaning: MeaningOptions | None = None,
        hosts: LinkHosts = _USUAL_HOSTS,
    ) -> Library:
        """Open the database at `path`, creating it (with the sample talks) where there is none.

        `limits` are how much may be imported at once. `meaning` names the models that read meaning, None for none; they
        are loaded when they are first needed. `hosts` are the hosts whose links can say a second.

        Raises DatabaseError, or NewerDatabase where a later version of Cuepoint wrote it.
        """
        library = cls(await Database.open(path), limits, meaning, hosts)
        try:
            try:
                await library.maintenance.finish_purges()
            except DatabaseError as error:  # as on a full disk, on which questions can be answered
                log.warning(
                    "purged libraries are not all overwritten, which is tried again at the next start: %s", error
                )
            await library.restore_samples()
        except BaseException:
            await library.close()
            raise
        return library

    @classmethod
    async def open_beside(cls, path: Path, meaning: MeaningOptions | None, hosts: LinkHosts) -> Library:
        """Open the database of a library that is open in another process, to answer from it here as well.

        Nothing is written. The indexes are that process's: they are only read here, and while one is not up to date on
        disk, whatever needs it raises IndexBehind. Raises as `open_read_only` does.
        """
        return cls(
            await Database.open_beside(path),
            meaning=meaning,
            hosts=hosts,
            indexes=partial(IndexFollower, keeps_files=False),
        )

    @property
    def path(self) -> Path:
        """Return the path of the database."""
        return self._database.path

    @classmethod
    async def open_read_only(
        cls, path: Path, meaning: MeaningOptions | None = None, hosts: LinkHosts = _USUAL_HOSTS
    ) -> Library:
        """Open the database at `path` as it is, to look at it: nothing is created, brought up to date or written.

        Raises as `open` does, and OlderDatabase.
        """
        database = await Database.open_read_only(path)
        return cls(database, meaning=meaning, hosts=hosts, indexes=partial(IndexManager, keeps_files=False))

    @staticmethod
    async def restore(path: Path, backup: Path) -> Path | None:
        """Replace the database at `path`, which no one may have open, with a backup.

        Returns the file in which the previous database is kept; None where there was none. Raises DatabaseError, or
        NewerDatabase, where that cannot be done: then nothing has changed.
        """
        return await restore(path, backup)

    async def close(self) -> None:
        """Finish the background work, and close the database."""
        await self.compiled_ranking.close()
        await self.meaning.close()
        await self._indexes.close()
        await self._database.close()

    async def restore_samples(self) -> None:
        """Import the sample talks into their own library if any is missing: an earlier import may have been killed."""
        if not sample_ids() <= (await self._repository.versions(access.SAMPLES)).keys():
            await self.import_files(access.sample_scope(), sample_sources())

    async def or_samples(self, scope: Scope) -> Scope:
        """Return the scope itself, or the sample talks while nothing has been imported into its libraries.

        A scope without libraries stays empty: it has no sample talks either.
        """
        if not scope.libraries:
            return scope
        return access.or_samples(scope, empty=not await self._repository.has_videos(scope))

    async def import_files(
        self,
        scope: Scope,
        files: Sequence[tuple[Source, Labels]],
        *,
        replace: bool = False,
        dry_run: bool = False,
        progress: ProgressCallback = _ignore_progress,
        quota: Quota | None = None,
    ) -> ImportReport:
        """Import files into the scope's one library. What cannot be imported is in the report's rejections.

        Raises OverQuota, with nothing imported, where the library would become larger than `quota` allows.
        """
        access.only_key(scope)
        make_importer = await asyncio.to_thread(_load_importer)
        importer = make_importer(self._database, self._repository, scope, self._limits)
        with gc_paused():
            report = await importer.run(files, replace_whole=replace, dry_run=dry_run, progress=progress, quota=quota)
        await self._note_change(scope, erases=bool(report.videos_changed) and not dry_run)
        return report

    async def remove(self, scope: Scope, video_id: str) -> VideoSummary:
        """Remove a video from the scope's one library; undo restores it. Raises UnknownVideo."""
        key = access.only_key(scope)
        summary = await self.summary(scope, video_id)
        await history.remove_video(self._database, self._repository, key, video_id)
        await self._note_change(scope)
        return summary

    async def rename(self, scope: Scope, video_id: str, title: str) -> Video:
        """Give a video of the scope's one library another title; undo reverts it. Returns the video as it was.

        Raises UnknownVideo, and RequestError for a title without a visible character.
        """
        before = await history.rename_video(self._database, self._repository, access.only_key(scope), video_id, title)
        await self._note_change(scope)
        return before

    async def link(self, scope: Scope, video_id: str, link: str, title: str = "") -> Video:
        """Give a video of the scope's one library a link, and another title unless that is ""; undo reverts both.
        Returns the video as it was.

        Raises UnknownVideo, and RequestError for what is no web address, or leads to another video of the library.
        """
        key = access.only_key(scope)
        before = await history.link_video(self._database, self._repository, key, video_id, link, title)
        await self._note_change(scope)
        return before

    async def undo(self, scope: Scope, *, act: int | None = None) -> UndoReport:
        """Undo the last import into (or removal from, or renaming or linking in) the scope's one library.

        Raises NothingToUndo, and ActNotLast where the last act is not the one of the number `act`.
        """
        report = await history.undo_last(self._database, self._repository, access.only_key(scope), act)
        await self._note_change(scope)
        return report

    async def purge(self, scope: Scope) -> bool:
        """Permanently delete the scope's one library: videos, import history, glossary, index. False if there is none.

        It is gone at once, for everybody; then its rows are overwritten a few at a time, so that nobody who writes has
        to wait, and their room is given back. Only a backup can restore it.

        Raises PurgeIncomplete where the disk does not let rows be overwritten.
        """
        return await self.maintenance.purge(access.only_key(scope))

    async def _note_change(self, scope: Scope, *, erases: bool = True) -> None:
        """Have what is made of the videos of a scope follow a change, which may have deleted some of their words."""
        if erases:
            await self._indexes.erase_deleted(scope)
        await self.meaning.note_change(scope)

    async def set_language(self, scope: Scope, language: str) -> None:
        """Set the language of the scope's one library (a tag such as "de"); "" leaves it to the first import.

        Its index is rebuilt. Raises RequestError for what is not a language tag.
        """
        key, tag = access.only_key(scope), base_language(language)
        if language and not tag:
            raise RequestError(
                sentence("I can’t read “{language}” as a language: write it as en, de or pt.", language=language[:40])
            )
        async with self._database.transaction() as connection:
            await LibraryWriter.set_language(connection, key, tag)
        await self._note_change(scope)

    async def non_empty(self, scope: Scope) -> Scope:
        """Return only the libraries of a scope in which anything is stored."""
        return access.narrow_scope(scope, await self._repository.non_empty(scope))

    async def are_spoken(self, scope: Scope, words: str) -> bool:
        """Return whether all of the words are spoken somewhere in a scope, in any form, stop words aside."""
        searcher, _ = await self._indexes.get_searcher(scope)
        return searcher.is_spoken(words)

    async def videos(self, scope: Scope) -> list[VideoSummary]:
        """Return every video of a scope once, by title; where two libraries have one, the earlier library's."""
        return await asyncio.to_thread(_list_once, await self._repository.summaries(scope))

    async def summary(self, scope: Scope, video_id: str) -> VideoSummary:
        """Return one video of a scope with its size. Raises UnknownVideo."""
        for summary in await self._repository.summaries(scope, video_id):
            return summary
        raise UnknownVideo(
            sentence("There is no video “{video}” here; `videos` lists those there are.", video=video_id)
        )

    async def segments_between(self, scope: Scope, video_id: str, start: float, end: float) -> list[Segment]:
        """Return the segments of a video that are spoken within a stretch of it, in seconds."""
        for key in scope.libraries:
            segments = await self._repository.segments_between(key, video_id, start, end)
            if segments:
                return segments
        return []

    async def read_surroundings(
        self, scope: Scope, places: Sequence[RankedPlace], seconds: float
    ) -> list[list[Segment]]:
        """Return, for every place in a scope, its segment between the ones before and after it, as far as these begin
        within so many seconds of it; no segment where it is stored no more."""
        if not {place.library for place in places} <= set(scope.libraries):
            raise ValueError("a place is out of the scope")
        return await self._repository.surroundings(
            [(place.library, place.video.video_id, place.start_second) for place in places], seconds
        )

    async def statistics(self, scope: Scope) -> Statistics:
        """Return the size of a scope."""
        return await self._repository.statistics(scope)

    async def size(self, scope: Scope) -> LibrarySize:
        """Return how much space the scope's one library takes, and what was last done to it."""
        key = access.only_key(scope)
        return (await self._repository.sizes([key]) or [LibrarySize(key)])[0]

    async def libraries(self) -> list[str]:
        """Return the keys of all libraries, for the host."""
        return await self._repository.keys()

    async def sizes(self) -> list[LibrarySize]:
        """Return how much space every library takes, for the host: figures only, no words."""
        return await self._repository.sizes()

    async def revision(self, scope: Scope) -> tuple[tuple[str, int], ...]:
        """Return a value that changes whenever the videos of a scope change, in any process."""
        return tuple((state.key, state.revision) for state in await self._repository.states(scope))

    async def index_age_seconds(self, scope: Scope) -> float:
        """Return how long ago the ranking index of a scope was built, in seconds.

        It is older than the videos only while very many have changed at once and are being read in the background.
        """
        return await self._indexes.index_age_seconds(scope)

    async def prepare_indexes(self, scope: Scope, keys: Collection[str]) -> bool:
        """Have the indexes in memory that a question to a scope needs, so that ranking waits for none of them.

        `keys` are the libraries of the scope in which anything is stored. Returns whether any index was missing.
        """
        return await self._indexes.prepare(scope, keys)

    def open_indexes(self) -> OpenIndexes:
        """Return the ranking indexes that are kept open, as they are now: none is brought up to date for this."""
        return self._indexes.open_indexes()

    async def search(
        self,
        scope: Scope,
        question: Question,
        limit: int,
        *,
        features: frozenset[RankingFeature] = ALL_FEATURES,
        by_meaning: bool = True,
    ) -> list[SearchResult]:
        """Rank the segments of a scope, or of the sample talks while it is empty: one result for every language.

        `by_meaning` False leaves the models out, where there are any. Raises UnknownFilter where a filter names nothing
        in any of them, and ModelUnusable.
        """
        return await self._search.search(scope, question, limit, features, by_meaning=by_meaning)

    async def rank(
        self, scope: Scope, question: Question, limit: int, *, by_meaning: bool = True
    ) -> list[SearchResult]:
        """Do as `search`, but say of the hits only where they stand: most of an answer's are never read."""
        return await self._search.rank(scope, question, limit, ALL_FEATURES, by_meaning=by_meaning)

    async def timeline(self, scope: Scope, question: Question, limit_videos: int) -> list[Timeline]:
        """Score how strongly every segment of the best videos of a scope is about a question, by language as `search`.

        A timeline has at most `limit_videos` videos. Raises as `search` does.
        """
        return await self._search.timeline(scope, question, limit_videos)

    async def key_terms(self, scope: Scope, video_id: str, limit: int) -> tuple[KeyTerm, ...]:
        """Return the words that distinguish a video from others of a scope, the best first. Raises UnknownVideo."""
        summary = await self.summary(scope, video_id)
        return await self._search.key_terms(scope, summary.library, video_id, limit)

    async def video_parts(self, scope: Scope, video_id: str) -> tuple[VideoPart, ...]:
        """Return the parts of a video of a scope, a few minutes each, with the words that tell them from the rest of
        it. A short video has none. Raises UnknownVideo."""
        summary = await self.summary(scope, video_id)
        return await self._search.video_parts(scope, summary.library, video_id)


def _list_once(summaries: Sequence[VideoSummary]) -> list[VideoSummary]:
    """Return every video once, the first of each id, by title."""
    first: dict[str, VideoSummary] = {}
    for summary in summaries:
        first.setdefault(summary.video.video_id, summary)
    return sorted(first.values(), key=lambda s: (natural_order(s.video.heading), s.video.video_id))


def _load_importer() -> type[Importer]:
    """What reads files. Loading it takes as long as many answers, and is no matter of those who only ask."""
    from storage.importing.importer import Importer

    return Importer
