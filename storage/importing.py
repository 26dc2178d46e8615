"""One import: files read, laid over what is stored, and written, one transaction a video."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from storage import formats
from storage.database import Database
from storage.errors import InputError, MissingVideoId
from storage.merging import Merged, merge
from storage.models import ImportReport, Labels, Rejection, Scope, Segment, Source, StoredVideo, Transcript
from storage.repository import DEFAULT_LANGUAGE, Change, Repository
from storage.segmenting import segment

Progress = Callable[[int, int], None]
"""Called with how many videos are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A transcript cut into segments, ready to be stored."""

    transcript: Transcript
    segments: tuple[Segment, ...]


@dataclass(slots=True)
class _Tally:
    """Counts for the report while an import goes on."""

    report: ImportReport
    seen: set[str] = field(default_factory=set)

    def count(self, video_id: str, before: StoredVideo | None, merged: Merged) -> None:
        changes = merged.changes(before)
        first = video_id not in self.seen
        self.seen.add(video_id)
        report = self.report
        self.report = replace(
            report,
            videos_added=report.videos_added + (before is None),
            videos_changed=report.videos_changed + (first and changes and before is not None),
            videos_unchanged=report.videos_unchanged + (first and not changes),
            segments_added=report.segments_added + merged.added,
            segments_replaced=report.segments_replaced + merged.replaced,
            segments_removed=report.segments_removed + merged.removed,
            segments_unchanged=report.segments_unchanged + merged.unchanged,
        )


class Importer:
    """Imports files into one library."""

    def __init__(self, database: Database, repository: Repository, scope: Scope) -> None:
        self._database = database
        self._repository = repository
        self._scope = scope
        self._key = scope.libraries[0]

    async def run(
        self, files: Sequence[tuple[Source, Labels]], *, replace_whole: bool, dry_run: bool, progress: Progress
    ) -> ImportReport:
        """Import files in order. A file that cannot be read is rejected; the others are imported."""
        arrivals, report = await self._read(files)
        language = await self._language(arrivals)
        tally = _Tally(replace(report, notes=_foreign(arrivals, language), dry_run=dry_run))
        written: dict[str, StoredVideo] = {}
        number: int | None = None
        for done, arrival in enumerate(arrivals):
            progress(done, len(arrivals))
            video_id = arrival.transcript.video.video_id
            # With --replace the first file of a video replaces it; later pages of the same video join the first.
            whole = arrival.transcript.whole or (replace_whole and video_id not in tally.seen)
            before = written.get(video_id) or await self._repository.video(self._key, video_id)
            merged = merge(before, arrival.transcript.video, arrival.segments, whole=whole)
            tally.count(video_id, before, merged)
            if merged.changes(before):
                written[video_id] = merged.stored
                if not dry_run:
                    number = await self._write(before, merged.stored, number, files, language)
        progress(len(arrivals), len(arrivals))
        return tally.report

    async def _read(self, files: Sequence[tuple[Source, Labels]]) -> tuple[list[_Arrival], ImportReport]:
        """What the files hold, and a report of what they hold that cannot be imported."""
        arrivals: list[_Arrival] = []
        rejections: list[Rejection] = []
        unnamed: list[str] = []
        for source, labels in files:
            try:
                read, rejected = await asyncio.to_thread(_read_file, source, labels)
            except InputError as error:
                rejections.append(Rejection(source.name, str(error).removeprefix(f"{source.name}: ")))
                if isinstance(error, MissingVideoId):
                    unnamed.append(source.name)
            else:
                arrivals += read
                rejections += rejected
        return arrivals, ImportReport(self._key, rejections=tuple(rejections), unnamed=tuple(unnamed))

    async def _write(
        self,
        before: StoredVideo | None,
        stored: StoredVideo,
        number: int | None,
        files: Sequence[tuple[Source, Labels]],
        language: str,
    ) -> int:
        async with self._database.transaction() as connection:
            change = await Change.of(connection, self._key, language)
            if number is None:
                number = await change.begin_import("import of " + ", ".join(source.name for source, _ in files))
            await change.keep_before(number, stored.video.video_id, before)
            await change.put(stored)
        return number

    async def _language(self, arrivals: Sequence[_Arrival]) -> str:
        """The library's language; a new library takes that of the first file that names one."""
        states = await self._repository.states(self._scope)
        if states:
            return states[0].language
        named = (arrival.transcript.video.language for arrival in arrivals)
        return next(filter(None, named), DEFAULT_LANGUAGE)


def _read_file(source: Source, labels: Labels) -> tuple[list[_Arrival], tuple[Rejection, ...]]:
    reading = formats.read(source, labels)
    arrivals = [
        _Arrival(transcript, transcript.segments or segment(transcript.cues)) for transcript in reading.transcripts
    ]
    return arrivals, reading.rejections


def _foreign(arrivals: Sequence[_Arrival], language: str) -> tuple[str, ...]:
    videos = [arrival.transcript.video for arrival in arrivals]
    return tuple(
        f"{video.heading}: its language is {video.language!r}, the library's is {language!r}; "
        "it is searched by the library's rules."
        for video in videos
        if video.language and video.language != language
    )
