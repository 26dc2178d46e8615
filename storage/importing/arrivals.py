"""Reading the files of one import: archives opened, files beside others put to use, and every video given its id."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from storage.database.repository import Repository
from storage.errors import (
    InputError,
    MissingVideoId,
    NameTaken,
    UnclearColumns,
    UnknownEncoding,
    UnknownFormat,
    UnusableLabel,
)
from storage.formats.addresses import find_link
from storage.formats.file_names import parse_own_name
from storage.formats.files.gathering import GatheredFiles, gather_files
from storage.formats.files.passing_over import describe_passed_over
from storage.formats.reader import read_file
from storage.importing.batch import ImportBatch, PendingVideo, WholeFile, make_whole_files
from storage.importing.likeness import is_same_speech
from storage.importing.merging import merge_video
from storage.importing.own_names import keep_known, may_be, possible_ids, rename_file
from storage.importing.tracks import Family, collect_family, place_files
from storage.models import FileContent, Labels, Limits, Source, StoredVideo
from storage.sentences import about_file, sentence


class ArrivalReader:
    """Reads the files of one import into one library."""

    def __init__(self, repository: Repository, key: str, limits: Limits, *, replace_whole: bool) -> None:
        self._repository = repository
        self._key = key
        self._limits = limits
        self._replaces = replace_whole
        self._stored_links: dict[str, str] | None = None

    async def read(self, files: Sequence[tuple[Source, Labels]]) -> ImportBatch:
        """Return what is in the files. A file that cannot be read is among the rejections."""
        gathered = await asyncio.to_thread(gather_files, files, self._limits)
        batch = ImportBatch(self._limits, rejections=gathered.rejections, notes=gathered.notes)
        gathered.files.reverse()
        while gathered.files:
            # Popped one by one, so that the bytes of a file are let go of once it is read.
            source, labels = gathered.files.pop()
            try:
                content, wholes = await asyncio.to_thread(_read_file, source, labels, self._limits)
                batch.add_rows(source.name, content)
                for file in wholes:
                    await self._add_whole(batch, file)
            except InputError as error:
                _refuse(batch, gathered, source, error)
        if gathered.passed_over:
            batch.notes.append(describe_passed_over(gathered.passed_over))
        return batch

    async def place(self, batch: ImportBatch, language: str) -> list[PendingVideo]:
        """Return what is to be stored of every video, in a library of a language; second languages are tracks."""
        stored = {video.video_id: video for video in await self._repository.details(self._key, list(batch.wholes))}
        placed: list[PendingVideo] = []
        for video_id in batch.arrived:
            rows = batch.rows.get(video_id)
            files = batch.wholes.pop(video_id, [])
            if not files:
                placed += [rows] if rows else []
                continue
            family = await asyncio.to_thread(collect_family, files, stored.get(video_id), language, batch)
            await self._find_relabelled(family, language)
            for file in place_files(family, language):
                before = rows.stored if rows and file.stored.video.video_id == video_id else None
                merged = merge_video(before, file.stored.video, file.stored.segments, whole=True)
                placed.append(PendingVideo(merged.stored, whole=True, source=file.source.name))
        return placed

    async def _add_whole(self, batch: ImportBatch, file: WholeFile) -> None:
        if file.is_linked:
            file = await self._find_linked(batch, file)
        if not file.named_by_file:
            if file.is_linked or file.titled_by_file:
                details = await self._repository.details(self._key, [file.stored.video.video_id])
                known = next((video for video in details if video.video_id == file.stored.video.video_id), None)
                file = keep_known(file, known)
            batch.add_whole(file)
            return
        for video_id in possible_ids(file):
            others = [other.stored for other in batch.wholes.get(video_id, ())]
            stored = await self._repository.video(self._key, video_id)
            others += [stored] if stored and not self._replaces else []
            if await asyncio.to_thread(may_be, file, others):
                batch.add_whole(rename_file(keep_known(file, stored.video if stored else None), video_id))
                return
        name = file.stored.video.video_id
        reason = sentence(
            "a video with other words is called “{name}” already; give this one a title or a link of its own",
            name=name,
        )
        raise NameTaken(about_file(file.source.name, reason))

    async def _find_linked(self, batch: ImportBatch, file: WholeFile) -> WholeFile:
        """Return the file as one of the video that has its link already, in this import or stored; else as it is."""
        video = file.stored.video
        is_stored = bool(await self._repository.details(self._key, [video.video_id]))
        links = {} if is_stored else await self._links()
        links.update({video_id: files[0].stored.video.url for video_id, files in batch.wholes.items()})
        found = await asyncio.to_thread(find_link, video.url, links)
        if found is not None:
            return rename_file(file, found)
        return file if is_stored else await self._find_unlinked(file)

    async def _find_unlinked(self, file: WholeFile) -> WholeFile:
        """Return the file as one of the stored video that has its name, the same words and no link: somebody imports it
        again with the link that they had left out. Else the file as it is."""
        own_id = parse_own_name(file.source.name).video_id
        stored = await self._repository.video(self._key, own_id) if own_id else None
        if stored is None or stored.video.url:
            return file
        is_same = await asyncio.to_thread(is_same_speech, file.stored.segments, stored.segments)
        return rename_file(file, own_id) if is_same else file

    async def _links(self) -> dict[str, str]:
        if self._stored_links is None:
            self._stored_links = await self._repository.links(self._key)
        return dict(self._stored_links)

    async def _find_relabelled(self, family: Family, library_language: str) -> None:
        """Take a file that repeats what is stored of the video itself for no track: it corrects the language."""
        own = family.own_language(library_language)
        if family.stored is None or own in family.by_language:
            return
        stored = await self._repository.video(self._key, family.video_id)
        spoken = stored.segments if stored else ()
        for language, file in family.by_language.items():
            if await asyncio.to_thread(is_same_speech, file.stored.segments, spoken):
                family.by_language[own] = family.by_language.pop(language)
                return


def _read_file(source: Source, labels: Labels, limits: Limits) -> tuple[FileContent, list[WholeFile]]:
    content = read_file(source, labels, limits)
    return content, make_whole_files(source, content)


def _refuse(batch: ImportBatch, gathered: GatheredFiles, source: Source, error: InputError) -> None:
    """Add why a file cannot be read; one that nobody named and that is no transcript at all is only counted."""
    if source.is_found and isinstance(error, UnknownFormat):
        gathered.passed_over.append(source.name)
    else:
        batch.reject(source.name, str(error))
    if isinstance(error, UnknownEncoding):
        batch.misread.append((source.name, error.proposal))
    if isinstance(error, UnclearColumns):
        batch.unclear.append((source.name, error.example))
    if isinstance(error, UnusableLabel):
        batch.mislabelled.append((source.name, error.label))
    if isinstance(error, MissingVideoId | NameTaken):
        batch.mislabelled.append((source.name, "video_id"))


def arriving_languages(batch: ImportBatch) -> list[str]:
    """Return the languages that files name, in the order of their videos."""
    videos: list[StoredVideo] = []
    for video_id in batch.arrived:
        rows = batch.rows.get(video_id)
        videos += [file.stored for file in batch.wholes.get(video_id, ())]
        videos += [rows.stored] if rows else []
    return [stored.video.language for stored in videos if stored.video.language]
