"""One import: files are read, merged with what is stored, and written in one transaction per video."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from storage.database.connection import Database, file_errors
from storage.database.library_writer import DEFAULT_LANGUAGE, LibraryWriter
from storage.database.repository import Repository
from storage.database.reserve import DiskReserve
from storage.errors import DatabaseError, ImportIncomplete, RequestError
from storage.formats.text_cleaning import clean_text
from storage.importing import history
from storage.importing.arrivals import ArrivalReader, arriving_languages
from storage.importing.batch import PendingVideo
from storage.importing.merging import MergedVideo, merge_video
from storage.importing.quota import require_room
from storage.importing.speaker_turns import keep_given_names
from storage.importing.tracks import is_kept
from storage.models import ImportedVideo, ImportReport, Labels, Limits, Quota, Scope, Source, StoredVideo
from storage.sentences import sentence

ProgressCallback = Callable[[int, int], None]
"""Called with how many videos are done, and how many there are."""
_SEGMENT_BYTES = 1000
"""More than a segment usually takes, to reserve the room that an import may need to be reverted."""


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

        An import that fails or is cancelled is reverted: nothing of it stays, and what was done before it can be undone
        as if it had not begun.

        Raises OverQuota, before anything is written, where the library has no room for the files; RequestError where
        the library is purged meanwhile; DatabaseError; and ImportIncomplete where what failed cannot be reverted.
        """
        is_stored = bool(await self._repository.states(self._scope))
        reader = ArrivalReader(self._repository, self._key, self._limits, replace_whole=replace_whole)
        batch = await reader.read(files)
        language = await self._choose_language(arriving_languages(batch))
        arrivals = deque(await reader.place(batch, language))
        if quota is not None:
            await require_room(
                self._repository,
                self._key,
                [(arrival.stored, arrival.whole or replace_whole) for arrival in arrivals],
                quota,
            )
        report = ImportReport(
            self._key,
            rejections=tuple(batch.rejections),
            notes=(*batch.notes, *_note_other_languages(arrivals, language)),
            unnamed=tuple(batch.unnamed),
            misread=tuple(batch.misread),
            unclear=tuple(batch.unclear),
            mislabelled=tuple(batch.mislabelled),
            dry_run=dry_run,
        )
        description = "import of " + ", ".join(clean_text(source.name) for source, _ in files)
        record = _ImportRecord(description, language, is_stored)
        try:
            with await self._reserve_room(arrivals, dry_run=dry_run):
                report = await self._import_arrivals(arrivals, report, record, replace_whole, progress)
        except BaseException as error:
            await asyncio.shield(self._revert(record, error))
            raise
        return report

    async def _reserve_room(
        self, arrivals: Sequence[PendingVideo], *, dry_run: bool
    ) -> contextlib.AbstractContextManager[object]:
        """Return what holds the room that reverting this import will need. Raises DatabaseError where there is none."""
        if dry_run or len(arrivals) < 2:
            return contextlib.nullcontext()  # one video is one transaction, which SQLite itself rolls back
        segments = sum(len(arrival.stored.segments) for arrival in arrivals)
        path = self._database.path
        with file_errors(path):
            return await asyncio.to_thread(DiskReserve, path.parent, segments * _SEGMENT_BYTES)

    async def _import_arrivals(
        self,
        arrivals: deque[PendingVideo],
        report: ImportReport,
        record: _ImportRecord,
        replace_whole: bool,
        progress: ProgressCallback,
    ) -> ImportReport:
        """Import videos one by one, or with `report.dry_run` only see what would change; return the report."""
        total = len(arrivals)
        for number in range(total):
            progress(number, total)
            # Popped one by one: freeing hundreds of thousands of segments at once would block the event loop.
            arrival = arrivals.popleft()
            before, merged = await (
                self._preview_video(arrival, replace_whole)
                if report.dry_run
                else self._store_video(arrival, replace_whole, record)
            )
            report = _count_video(report, before, merged)
            if before is not None and not merged.differs_from(before) and is_kept(before, arrival.stored):
                report = replace(report, notes=(*report.notes, _describe_kept(arrival)))
        await self._end(record)
        progress(total, total)
        return replace(report, act=record.number)

    async def _end(self, record: _ImportRecord) -> None:
        """Delete what the act before this one kept for undo: from now on this one is undone."""
        if record.number is not None:
            # Without room to delete it stays, and is deleted by the next act.
            with contextlib.suppress(DatabaseError):
                async with self._database.transaction(erase=True) as connection:
                    change = await LibraryWriter.begin_change(connection, self._key)
                    await change.delete_earlier_imports(record.number)

    async def _revert(self, record: _ImportRecord, error: BaseException) -> None:
        """Undo what was stored until something failed, or until somebody cancelled, who is told that nothing stays.

        Raises ImportIncomplete where that cannot be done.
        """
        if record.number is None or not await self._repository.states(self._scope):
            return  # where the library was purged meanwhile, nothing of it is left
        reverted = await history.revert_import(self._database, self._repository, self._key, record.number)
        if reverted < record.changed:
            raise _describe_incomplete(record.changed - reverted, error) from error

    async def _preview_video(
        self, arrival: PendingVideo, replace_whole: bool
    ) -> tuple[StoredVideo | None, MergedVideo]:
        """Return what is stored of a video and what merging the arrival into it would give, without writing it."""
        before = await self._repository.video(self._key, arrival.stored.video.video_id)
        return before, _merge_arrival(before, arrival, replace_whole)

    async def _store_video(
        self, arrival: PendingVideo, replace_whole: bool, record: _ImportRecord
    ) -> tuple[StoredVideo | None, MergedVideo]:
        """Merge one video with what is stored of it, in one transaction, so that no other process writes in between."""
        video = arrival.stored.video
        async with self._database.transaction() as connection:
            if record.is_stored and not await self._repository.states(self._scope):
                raise RequestError(
                    sentence("Everything of this library was deleted during this import: nothing of it is stored.")
                )
            before = await self._repository.video(self._key, video.video_id)
            merged = _merge_arrival(before, arrival, replace_whole)
            if merged.differs_from(before):
                change = await LibraryWriter.begin_change(connection, self._key, record.language)
                if record.number is None or not await change.is_current(record.number):
                    record.number = await change.begin_import(record.description, keep_last=True)
                await change.save_previous(record.number, video.video_id, before)
                await change.store_video(merged.stored)
                record.is_stored = True
        record.changed += merged.differs_from(before)
        return before, merged

    async def _choose_language(self, named: Sequence[str]) -> str:
        """Return the library's language; a new one takes that of the first file that names one, unless one was set."""
        states = await self._repository.states(self._scope)
        if states and states[0].language_chosen:
            return states[0].language
        if states and states[0].has_videos:
            return states[0].language
        return next(iter(named), DEFAULT_LANGUAGE)


@dataclass(slots=True)
class _ImportRecord:
    """The record of the import for undo; it gets its number with the first of the videos that it has `changed`."""

    description: str
    language: str
    is_stored: bool
    """Whether the library is known to exist."""
    number: int | None = None
    changed: int = 0


def _count_video(report: ImportReport, before: StoredVideo | None, merged: MergedVideo) -> ImportReport:
    changes = merged.differs_from(before)
    stored = merged.stored
    ends = max((segment.end_second for segment in stored.segments), default=0.0)
    videos = [ImportedVideo(stored.video, ends, before is None)] if changes else []
    return replace(
        report,
        videos=(*report.videos, *videos),
        videos_added=report.videos_added + (before is None),
        videos_changed=report.videos_changed + (changes and before is not None),
        videos_unchanged=report.videos_unchanged + (not changes),
        segments_added=report.segments_added + merged.added,
        segments_replaced=report.segments_replaced + merged.replaced,
        segments_removed=report.segments_removed + merged.removed,
        segments_unchanged=report.segments_unchanged + merged.unchanged,
        notes=(*report.notes, *merged.notes),
    )


def _merge_arrival(before: StoredVideo | None, arrival: PendingVideo, replace_whole: bool) -> MergedVideo:
    """Merge an arrival with what is stored of its video; captions that people made stay before a machine's, and so do
    the names that speakers were given."""
    if before is not None and not replace_whole and arrival.whole and is_kept(before, arrival.stored):
        return merge_video(before, before.video, before.segments, whole=True)
    segments = arrival.stored.segments if replace_whole else keep_given_names(before, arrival.stored.segments)
    return merge_video(before, arrival.stored.video, segments, whole=arrival.whole or replace_whole)


def _describe_incomplete(left: int, error: BaseException) -> ImportIncomplete:
    reason = error.reason if isinstance(error, DatabaseError) else ""
    return ImportIncomplete(
        sentence(
            "The import did not get to its end: {reason} {count} of its videos are stored and could not be taken back: "
            "undo does that as soon as the cause is mended, and importing the same again adds the rest.",
            reason=reason or sentence("it was ended."),
            count=left,
        )
    )


def _describe_kept(arrival: PendingVideo) -> str:
    return sentence(
        "{file}: left out, as its captions are automatic and those stored of {video} are not known to be; --replace, "
        "or the option replace, imports them all the same.",
        file=arrival.source,
        video=arrival.stored.video.heading,
    )


def _note_other_languages(arrivals: Iterable[PendingVideo], language: str) -> tuple[str, ...]:
    videos = [arrival.stored.video for arrival in arrivals]
    return tuple(
        sentence(
            "{video}: its language is “{language}”, the library’s is “{library_language}”; it is searched by the "
            "library’s rules.",
            video=video.heading,
            language=video.language,
            library_language=language,
        )
        for video in videos
        if video.language and video.language != language
    )
