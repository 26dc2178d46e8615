"""What a video is called that only its file's name names: never as another video that has that name already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from storage.formats.addresses import find_link
from storage.importing.batch import WholeFile
from storage.importing.likeness import is_same_speech
from storage.models import StoredVideo, Video
from storage.models.limits import MAX_ID_LENGTH


def possible_ids(file: WholeFile) -> Iterator[str]:
    """Yield the ids that a file's name gives: the name, then with the folder before it, and the folder of that; last
    the title that a person gave it."""
    name, folders = (
        file.stored.video.video_id,
        [part for part in file.source.folder.split("/") if part not in ("", ".")],
    )
    yield name
    for count in range(1, len(folders) + 1):
        video_id = "/".join((*folders[-count:], name))
        if len(video_id) <= MAX_ID_LENGTH:
            yield video_id
    if file.given_title and len(file.given_title) <= MAX_ID_LENGTH:
        yield file.given_title


def may_be(file: WholeFile, others: Sequence[StoredVideo]) -> bool:
    """Return whether a file may be of the video of others: in another language, or with nearly the same words."""
    return all(_may_be_one(file.stored, other) for other in others)


def keep_known(file: WholeFile, stored: Video | None) -> WholeFile:
    """Return the file with what is stored of its video where it says nothing better: the title, where its own is only
    the name of the file, and the link, where its own is another spelling of that."""
    if stored is None:
        return file
    video = file.stored.video
    title = stored.title if file.titled_by_file and stored.title else video.title
    url = stored.url if video.url and find_link(video.url, {"": stored.url}) is not None else video.url
    return replace(file, stored=replace(file.stored, video=replace(video, title=title, url=url)))


def rename_file(file: WholeFile, video_id: str) -> WholeFile:
    """Return the file as one of the video of another id."""
    video = replace(file.stored.video, video_id=video_id)
    return replace(file, stored=replace(file.stored, video=video))


def _may_be_one(first: StoredVideo, second: StoredVideo) -> bool:
    languages = {first.video.language, second.video.language} - {""}
    return len(languages) > 1 or is_same_speech(first.segments, second.segments)
