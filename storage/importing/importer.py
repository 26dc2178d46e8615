"""One import: files are read, merged with what is stored, and written in one transaction per video."""

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
from storage.importing.speaker_turns import clean_turns, keep_given_names
from storage.models import (
    FileContent,
    ImportReport,
    Labels,
    Limits,
    Quota,
    Rejection,
    Scope,
    Segment,
    Source,
    StoredVideo,
)
from storage.models.limits import in_brackets

ProgressCallback = Callable[[int, int], None]
"""Called with how many videos are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class PendingVideo:
    """All that the files of one import contain of a video, ready to be stored."""

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
        self._keeps_names = True

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

        A cancelled import is undone: nothing of it stays.

        Raises OverQuota, before anything is written, where the library has no room for the files.
        """
        self._keeps_names = not replace_whole
        arrivals, report = await self._read_files(files)
        if quota is not None:
            await require_room(
                self._repository,
                self._key,
                [(arrival.stored, arrival.whole or replace_whole) for arrival in arrivals],
                quota,
            )
        language = await self._choose_language(arrivals)
        report = replace(report, notes=_note_other_languages(arrivals, language), dry_run=dry_run)
        record = _ImportRecord("import of " + ", ".join(clean_text(source.name) for source, _ in files), language)
        try:
            total = len(arrivals)
            for number in range(total):
                progress(number, total)
                # Popped one by one: freeing hundreds of thousands of segments at once would block the event loop.
                arrival = arrivals.popleft()
                whole = arrival.whole or replace_whole
                before, merged = await (
                    self._preview_video(arrival, whole) if dry_run else self._store_video(arrival, whole, record)
                )
                report = _count_video(report, before, merged)
        except asyncio.CancelledError:
            # The user who cancelled is told that nothing was imported, so nothing may stay.
            if record.number is not None:
                await asyncio.shield(history.revert_import(self._database, self._repository, self._key, record.number))
            raise
        progress(total, total)
        return report

    async def _preview_video(self, arrival: PendingVideo, whole: bool) -> tuple[StoredVideo | None, MergedVideo]:
        """Return what is stored of a video and what merging the arrival into it would give, without writing it."""
        before = await self._repository.video(self._key, arrival.stored.video.video_id)
        return before, self._merge(before, arrival, whole)

    def _merge(self, before: StoredVideo | None, arrival: PendingVideo, whole: bool) -> MergedVideo:
        segments: Sequence[Segment] = arrival.stored.segments
        if self._keeps_names:
            segments = keep_given_names(before, segments)
        return merge_video(before, arrival.stored.video, segments, whole=whole)

    async def _read_files(self, files: Sequence[tuple[Source, Labels]]) -> tuple[deque[PendingVideo], ImportReport]:
        """Return the videos in the files, and a report of what is in them that cannot be imported."""
        batch = ImportBatch(self._limits)
        unnamed: list[str] = []
        for source, labels in files:
            try:
                await asyncio.to_thread(self._read_file, batch, source, labels)
            except InputError as error:
                batch.reject(source.name, str(error))
                if isinstance(error, MissingVideoId):
                    unnamed.append(source.name)
        report = ImportReport(self._key, rejections=tuple(batch.rejections), unnamed=tuple(unnamed))
        return deque(batch.pending.values()), report

    def _read_file(self, batch: ImportBatch, source: Source, labels: Labels) -> None:
        batch.add(source.name, read_file(source, labels, self._limits))

    async def _store_video(
        self, arrival: PendingVideo, whole: bool, record: _ImportRecord
    ) -> tuple[StoredVideo | None, MergedVideo]:
        """Merge one video with what is stored of it, in one transaction, so that no other process writes in between."""
        video = arrival.stored.video
        async with self._database.transaction() as connection:
            before = await self._repository.video(self._key, video.video_id)
            merged = self._merge(before, arrival, whole)
            if merged.differs_from(before):
                change = await LibraryWriter.begin_change(connection, self._key, record.language)
                if record.number is None or not await change.is_current(record.number):
                    record.number = await change.begin_import(record.description)
                await change.save_previous(record.number, video.video_id, before)
                await change.store_video(merged.stored)
        return before, merged

    async def _choose_language(self, arrivals: Iterable[PendingVideo]) -> str:
        """Return the library's language; a new one takes that of the first file that names one, unless one was set."""
        states = await self._repository.states(self._scope)
        if states and states[0].language_chosen:
            return states[0].language
        if states and states[0].has_videos:
            return states[0].language
        named = (arrival.stored.video.language for arrival in arrivals)
        return next(filter(None, named), DEFAULT_LANGUAGE)


@dataclass(slots=True)
class _ImportRecord:
    """The record of the import for undo; it gets its number with the first change."""

    description: str
    language: str
    number: int | None = None


class ImportBatch:
    """Combines what several files say about one video: pages are merged, a second whole file is refused."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.pending: dict[str, PendingVideo] = {}
        self.rejections: list[Rejection] = []
        self._whole_from: dict[str, str] = {}

    def reject(self, source: str, reason: str) -> None:
        # A rejection names its file, and `reason` may name it too: "FILE: reason" or "FILE, line 3: reason".
        reason = reason.removeprefix(f"{source}: ").removeprefix(f"{source}, ")
        self.rejections.append(Rejection(source, reason))

    def add(self, source: str, reading: FileContent) -> None:
        """Add what a file contains. Raises InputError, with nothing added, for more videos than one import may have."""
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
            segments = clean_turns(transcript.segments or segment_cues(transcript.cues))
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
