"""A corpus in a library of its own, made for one evaluation and deleted after it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import QuestionSetError
from bot.evaluation.values import Entry
from storage import access
from storage.library import Library
from storage.models import MAX_SECOND, UNLIMITED, Hit, ImportReport, Labels, MeaningOptions, Scope, Source

MIN_GAP_SECONDS = 0.001
"""How far segments that begin at the same second are moved apart: a library identifies them by their start."""

EntryPlace = tuple[str, float]
"""A segment of the library: its video's id there, and its start in seconds."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A corpus in a library: the entries of its segments by place, and the names of its videos there."""

    library: Library
    scope: Scope
    entry_at: Mapping[EntryPlace, str]
    video_names: Mapping[str, str]

    def entries_of(self, hits: Iterable[Hit]) -> list[str]:
        """Return the entries of hits, in order."""
        return [self.entry_at[hit.video.video_id, hit.segment.start_second] for hit in hits]


@asynccontextmanager
async def open_collection(
    entries: Sequence[Entry],
    language: str,
    progress: Callable[[int, int], None],
    meaning: MeaningOptions | None = None,
) -> AsyncIterator[Collection]:
    """Open a library that holds the texts of a corpus, one segment per text, until the context ends.

    Entries without words are not stored. `meaning` names the models that read meaning: with them all vectors are made
    before anything is asked. Raises QuestionSetError where the library refuses all of it.
    """
    with tempfile.TemporaryDirectory(prefix="cuepoint-") as folder:
        library = await Library.open(Path(folder) / "cuepoint.db", UNLIMITED, meaning)
        try:
            names = _name_videos(entries)
            rows = [
                row
                for group in _group_by_video(entries).values()
                for row in _make_rows(group, names[_group_key(group[0])])
            ]
            content = "\n".join(json.dumps(fields) for _, fields in rows).encode()
            files = [(Source("corpus", content), Labels(language=language))]
            report = await library.import_files(access.host_scope(), files, progress=progress)
            refused = _refused_rows(report)
            await library.meaning.update_vectors(access.host_scope(), progress=progress)
            stored_rows = [row for number, row in enumerate(rows, 1) if number not in refused]
            entry_at = {(str(fields["video_id"]), float(fields["start_second"])): name for name, fields in stored_rows}
            stored_videos = {video_id for video_id, _ in entry_at}
            videos = {raw: name for (is_video, raw), name in names.items() if is_video and name in stored_videos}
            yield Collection(library, access.host_scope(), entry_at, videos)
        finally:
            await library.close()


def _refused_rows(report: ImportReport) -> set[int]:
    """Return the numbers of the rows that were not stored: those of invisible characters alone, and those too long.

    Raises QuestionSetError where no row was stored.
    """
    if not report.has_changes:
        reason = report.rejections[0].reason if report.rejections else "there is not a single text in it"
        raise QuestionSetError(f"The corpus cannot be stored: {reason}.")
    return {rejection.row for rejection in report.rejections if rejection.row is not None}


_Key = tuple[bool, str]
"""A video: True with its id; or an entry that belongs to no video and so is one by itself: False with its id."""
_Row = tuple[str, dict[str, str | float]]


def _group_key(entry: Entry) -> _Key:
    return (True, entry.video) if entry.video else (False, entry.entry_id)


def _group_by_video(entries: Iterable[Entry]) -> dict[_Key, list[Entry]]:
    groups: dict[_Key, list[Entry]] = {}
    for entry in entries:
        if entry.text.strip():
            groups.setdefault(_group_key(entry), []).append(entry)
    return groups


def _name_videos(entries: Iterable[Entry]) -> dict[_Key, str]:
    """Return the names of the videos in the library: their ids, cleaned as the library does, and numbered if taken."""
    names: dict[_Key, str] = {}
    taken: set[str] = set()
    for key in dict.fromkeys(map(_group_key, entries)):
        plain = "".join(character if character.isprintable() else " " for character in key[1])
        name = plain = " ".join(plain.split()) or "video"
        number = 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        names[key] = name
    return names


def _make_rows(entries: Sequence[Entry], video_id: str) -> Iterator[_Row]:
    """Yield the entries of one video as data set rows in spoken order, no two with the same start."""
    earliest = 0.0
    for entry, start, end in _assign_times(entries):
        start = max(start, earliest)
        earliest = round(start + MIN_GAP_SECONDS, 6)
        fields: dict[str, str | float] = {
            "video_id": video_id,
            "text": entry.text,
            "start_second": start,
            "title": entry.title,
        }
        if end is not None:
            fields["end_second"] = max(start, end)
        yield entry.entry_id, fields


def _assign_times(entries: Sequence[Entry]) -> list[tuple[Entry, float, float | None]]:
    """Return the entries in spoken order with their times in seconds.

    Where an entry has no time that a recording can have, all are timed by their place alone, one second per entry.
    """
    starts = [_as_second(entry.start) for entry in entries]
    known = [start for start in starts if start is not None]
    if len(known) == len(starts):
        paired = sorted(zip(known, entries, strict=True), key=lambda pair: (pair[0], _place_of(pair[1])))
        return [(entry, start, _end_second(entry, start)) for start, entry in paired]
    return [(entry, float(place), place + 1.0) for place, entry in enumerate(sorted(entries, key=_place_of))]


def _as_second(second: float | None) -> float | None:
    return second if second is not None and 0 <= second <= MAX_SECOND else None


def _end_second(entry: Entry, start: float) -> float | None:
    end = _as_second(entry.end)
    return end if end is not None and end >= start else None


def _place_of(entry: Entry) -> float:
    return 0.0 if entry.seq is None else entry.seq
