"""Several transcripts of one video: which is the video's own, which are tracks of it, and which is left out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from storage.analysis import guess_language
from storage.importing.batch import ImportBatch, WholeFile
from storage.importing.likeness import is_same_speech
from storage.models import StoredVideo, Video
from storage.sentences import sentence

_SHARED_DETAILS = ("title", "creator", "url", "thumbnail", "published", "chapters")


@dataclass(slots=True)
class Family:
    """The files of one import with transcripts of one video, at most one by language.

    `stored` is the video as it is stored now, None where it is new.
    """

    video_id: str
    stored: Video | None
    by_language: dict[str, WholeFile] = field(default_factory=dict)

    def own_language(self, library_language: str) -> str:
        """Return the language of the video itself; its transcripts in others are tracks."""
        if self.stored and self.stored.language:
            return self.stored.language
        return library_language if library_language in self.by_language else next(iter(self.by_language), "")


def collect_family(
    files: Sequence[WholeFile], stored: Video | None, library_language: str, batch: ImportBatch
) -> Family:
    """Return the files of one video by language, each language once; what is left out is told in the batch."""
    video_id = files[0].stored.video.video_id
    family = Family(video_id, stored)
    # Without a name for its language, a transcript is most likely in that of what is stored.
    usual = (stored.language if stored else "") or library_language
    named = {file.stored.video.language for file in files} | {library_language, stored.language if stored else ""}
    for file in files:
        language = file.stored.video.language or _guess_spoken(file.stored, named - {""}) or usual
        known = language if language in family.by_language else _find_repeated(family, file)
        if known:
            family.by_language[known] = _choose_file(family.by_language[known], file, batch)
        else:
            family.by_language[language] = file
    return family


def place_files(family: Family, library_language: str) -> list[WholeFile]:
    """Return the files of a video, those in another language than its own as tracks of it."""
    own = family.own_language(library_language)
    main = family.by_language[own].stored.video if own in family.by_language else family.stored
    return [
        file if language == own or main is None else _make_track(file, language, main)
        for language, file in sorted(family.by_language.items(), key=lambda pair: pair[0] != own)
    ]


def is_kept(before: StoredVideo | None, arriving: StoredVideo) -> bool:
    """Return whether what is stored of a video is kept, as people made it and a machine what arrives."""
    is_worse = before is not None and arriving.video.is_automatic and not before.video.is_automatic
    return is_worse and before is not None and before.segments != arriving.segments


def _find_repeated(family: Family, file: WholeFile) -> str:
    """Return the language of another file with nearly the same words, "" for none: one of both is wrongly named."""
    return next(
        (
            language
            for language, other in family.by_language.items()
            if is_same_speech(other.stored.segments, file.stored.segments)
        ),
        "",
    )


def _guess_spoken(stored: StoredVideo, among: set[str]) -> str:
    return guess_language(" ".join(segment.text for segment in stored.segments[:20]), among)


def _choose_file(first: WholeFile, second: WholeFile, batch: ImportBatch) -> WholeFile:
    """Return which of two files of a video in one language is imported: the one that people made, else the first."""
    video_id, name = first.stored.video.video_id, second.source.name
    by_machine, also = first.stored.video.is_automatic, second.stored.video.is_automatic
    if by_machine == also and not is_same_speech(first.stored.segments, second.stored.segments):
        reason = sentence(
            "{other} is the same video “{video_id}”; import one of them, or name another id.",
            other=first.source.name,
            video_id=video_id,
        )
        batch.reject(name, reason)
        return first
    chosen, other = (second, first) if by_machine and not also else (first, second)
    files = {"file": other.source.name, "other": chosen.source.name}
    if by_machine != also:
        note = sentence("{file}: left out for {other}, which people made for the same video.", **files)
    else:
        note = sentence("{file}: left out for {other}, which has the same words for the same video.", **files)
    batch.notes.append(note)
    return chosen


def _make_track(file: WholeFile, language: str, main: Video) -> WholeFile:
    video = file.stored.video
    shared = {name: getattr(main, name) for name in _SHARED_DETAILS if not getattr(video, name)}
    if file.titled_by_file:
        shared["title"] = main.title
    track = replace(video, **shared, video_id=f"{main.video_id}.{language}", language=language, track_of=main.video_id)
    return replace(file, stored=replace(file.stored, video=track))
