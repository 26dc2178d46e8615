"""One import: files read, laid over what is stored, and written, one transaction a video."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from storage.database.connection import Database
from storage.database.library_writer import DEFAULT_LANGUAGE, LibraryWriter
from storage.database.repository import Repository
from storage.errors import InputError, MissingVideoId
from storage.formats.reader import read_file
from storage.formats.text_cleaning import clean_text
from storage.importing import history
from storage.importing.merging import MergedVideo, merge_video
from storage.importing.quota import require_room
from storage.importing.segmenting import segment_cues
from storage.models import FileContent, ImportReport, Labels, Limits, Quota, Rejection, Scope, Source, StoredVideo
from storage.models.limits import in_brackets

ProgressCallback = Callable[[int, int], None]
"""Called with how many videos are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class PendingVideo:
    """All that the files of one import hold of a video, ready to be stored."""

    stored: StoredVideo
    whole: bool


class Importer:
    """Imports files into one library."""

    def __init__(self, database: Database, repository: Repository, scope: Scope, limits: Limits) -> None:
        self._database = database
        self._repository = repository
        self._scope = scope
        self._limits = limits
        self._key = scope.libraries[0]

    async def run(
        self,
        files: Sequence[tuple[Source, Labels]],
        *,
        replace_whole: bool,
        dry_run: bool,
        progress: ProgressCallback,
        quota: Quota | None = None,
    ) -> ImportReport:
        """Import files in order. A file that cannot be read is rejected; the others are imported.

        One that is cancelled is taken back: nothing of it stays.

        Raises OverQuota, before anything is written, where the library has no room for them.
        """
        arrivals, report = await self._read_files(files)
        if quota is not None:
            await require_room(
                self._repository, self._key, [(each.stored, each.whole or replace_whole) for each in arrivals], quota
            )
        language = await self._choose_language(arrivals)
        report = replace(report, notes=_note_other_languages(arrivals, language), dry_run=dry_run)
        act = _ImportRecord("import of " + ", ".join(clean_text(source.name) for source, _ in files), language)
        try:
            total = len(arrivals)
            for done in range(total):
                progress(done, total)
                # Let go of one by one: all at once would hold the event loop while hundreds of thousands are freed.
                arrival = arrivals.popleft()
                whole = arrival.whole or replace_whole
                before, merged = await (
                    self._preview_video(arrival, whole) if dry_run else self._store_video(arrival, whole, act)
                )
                report = _count_video(report, before, merged)
        except asyncio.CancelledError:
            # Whoever broke it off is told that nothing was imported, and so it must be.
            if act.number is not None:
                await asyncio.shield(history.revert_import(self._database, self._repository, self._key, act.number))
            raise
        progress(total, total)
        return report

    async def _preview_video(self, arrival: PendingVideo, whole: bool) -> tuple[StoredVideo | None, MergedVideo]:
        """What laying a video over what is stored of it would come to."""
        before = await self._repository.video(self._key, arrival.stored.video.video_id)
        return before, merge_video(before, arrival.stored.video, arrival.stored.segments, whole=whole)

    async def _read_files(self, files: Sequence[tuple[Source, Labels]]) -> tuple[deque[PendingVideo], ImportReport]:
        """What the files hold, video by video, and a report of what they hold that cannot be imported."""
        shelf = ImportBatch(self._limits)
        unnamed: list[str] = []
        for source, labels in files:
            try:
                await asyncio.to_thread(self._read_file, shelf, source, labels)
            except InputError as error:
                shelf.reject(source.name, str(error))
                if isinstance(error, MissingVideoId):
                    unnamed.append(source.name)
        report = ImportReport(self._key, rejections=tuple(shelf.rejections), unnamed=tuple(unnamed))
        return deque(shelf.pending.values()), report

    def _read_file(self, shelf: ImportBatch, source: Source, labels: Labels) -> None:
        shelf.add(source.name, read_file(source, labels, self._limits))

    async def _store_video(
        self, arrival: PendingVideo, whole: bool, act: _ImportRecord
    ) -> tuple[StoredVideo | None, MergedVideo]:
        """Lay one video over what is stored of it, in one transaction that no other process's write comes between."""
        video = arrival.stored.video
        async with self._database.transaction() as connection:
            before = await self._repository.video(self._key, video.video_id)
            merged = merge_video(before, video, arrival.stored.segments, whole=whole)
            if merged.differs_from(before):
                change = await LibraryWriter.begin_change(connection, self._key, act.language)
                if act.number is None or not await change.is_current(act.number):
                    act.number = await change.begin_import(act.description)
                await change.save_previous(act.number, video.video_id, before)
                await change.store_video(merged.stored)
        return before, merged

    async def _choose_language(self, arrivals: Iterable[PendingVideo]) -> str:
        """The library's language; a new library takes that of the first file that names one, unless it was told."""
        states = await self._repository.states(self._scope)
        if states and states[0].language_chosen:
            return states[0].language
        if states and states[0].has_videos:
            return states[0].language
        named = (arrival.stored.video.language for arrival in arrivals)
        return next(filter(None, named), DEFAULT_LANGUAGE)


@dataclass(slots=True)
class _ImportRecord:
    """The import as it is recorded for undo; it gets its number with the first change."""

    description: str
    language: str
    number: int | None = None


class ImportBatch:
    """Puts together what several files say of one video: pages join, a second whole file is refused."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.pending: dict[str, PendingVideo] = {}
        self.rejections: list[Rejection] = []
        self._whole_from: dict[str, str] = {}

    def reject(self, source: str, reason: str) -> None:
        # The file stands before its reason already, and in it "FILE: reason" or "FILE, line 3: reason".
        told = reason.removeprefix(f"{source}: ").removeprefix(f"{source}, ")
        self.rejections.append(Rejection(source, told))

    def add(self, source: str, reading: FileContent) -> None:
        """Raises InputError, with nothing added, for more videos than one import may bring."""
        videos = self.pending.keys() | {transcript.video.video_id for transcript in reading.transcripts}
        if len(videos) > self._limits.videos:
            raise InputError(
                f"{source}: with it the import would bring {len(videos):,} videos, and {self._limits.videos:,} are "
                f"allowed at once; import fewer at a time{in_brackets(self._limits.names.videos)}"
            )
        self.rejections += reading.rejections
        for transcript in reading.transcripts:
            video_id = transcript.video.video_id
            if transcript.whole and video_id in self._whole_from:
                first = self._whole_from[video_id]
                self.reject(source, f"{first} is the same video {video_id!r}; import one of them, or name another id.")
                continue
            if transcript.whole:
                self._whole_from[video_id] = source
            known = self.pending.get(video_id)
            segments = transcript.segments or segment_cues(transcript.cues)
            merged = merge_video(known.stored if known else None, transcript.video, segments, whole=transcript.whole)
            self.pending[video_id] = PendingVideo(merged.stored, transcript.whole or bool(known and known.whole))


def _count_video(report: ImportReport, before: StoredVideo | None, merged: MergedVideo) -> ImportReport:
    changes = merged.differs_from(before)
    return replace(
        report,
        videos_added=report.videos_added + (before is None),
        videos_changed=report.videos_changed + (changes and before is not None),
        videos_unchanged=report.videos_unchanged + (not changes),
        segments_added=report.segments_added + merged.added,
        segments_replaced=report.segments_replaced + merged.replaced,
        segments_removed=report.segments_removed + merged.removed,
        segments_unchanged=report.segments_unchanged + merged.unchanged,
    )


def _note_other_languages(arrivals: Iterable[PendingVideo], language: str) -> tuple[str, ...]:
    videos = [arrival.stored.video for arrival in arrivals]
    return tuple(
        f"{video.heading}: its language is {video.language!r}, the library's is {language!r}; "
        "it is searched by the library's rules."
        for video in videos
        if video.language and video.language != language
    )
