"""What yt-dlp writes of a video beside its captions (`.info.json`). Anybody may have written it: all is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from storage.analysis import base_language
from storage.dates import read_date
from storage.errors import InputError
from storage.formats.addresses import clean_url
from storage.formats.files.chapter_lists import clean_chapters
from storage.formats.text_cleaning import clean_id, clean_text
from storage.models import MEGABYTE, Chapter, Source
from storage.models.limits import MAX_ID_LENGTH
from storage.sentences import about_file, sentence

_MAX_BYTES = 50 * MEGABYTE
"""With all comments of a video such a file has some megabytes."""
_MAX_OBJECTS = 500_000
_MAX_NAME_LENGTH = 500


class _Info(BaseModel):
    id: Any = None
    title: Any = None
    channel: Any = None
    uploader: Any = None
    upload_date: Any = None
    release_date: Any = None
    chapters: Any = None
    language: Any = None
    webpage_url: Any = None
    thumbnail: Any = None
    subtitles: Any = None
    automatic_captions: Any = None
    kind: Any = Field(alias="_type", default=None)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video from beside its captions. `subtitles` are the languages of captions that people made,
    `automatic_captions` those of YouTube's own, as the names of caption files have them."""

    video_id: str = ""
    title: str = ""
    creator: str = ""
    published: str = ""
    chapters: tuple[Chapter, ...] = ()
    language: str = ""
    url: str = ""
    thumbnail: str = ""
    subtitles: frozenset[str] = frozenset()
    automatic_captions: frozenset[str] = frozenset()

    def is_automatic(self, tag: str) -> bool | None:
        """Return whether the captions of a language are automatic, None where that is not known."""
        if tag in self.subtitles:
            return False
        return True if tag in self.automatic_captions else None


def read_info(source: Source) -> VideoInfo | None:
    """Return what a file says of a video, None where it is of a playlist or a channel. Raises InputError."""
    if len(source.content) > _MAX_BYTES or source.content.count(b"{") > _MAX_OBJECTS:
        raise InputError(
            about_file(source.name, sentence("is larger than what yt-dlp writes of a video; leave it out"))
        )
    try:
        info = _Info.model_validate_json(source.content)
    except ValidationError as error:
        raise InputError(
            about_file(source.name, sentence("is not the JSON that yt-dlp writes of a video; download it again"))
        ) from error
    if info.kind not in (None, "video"):
        return None
    video_id = clean_id(_text(info.id))
    return VideoInfo(
        video_id=video_id if len(video_id) <= MAX_ID_LENGTH and "://" not in video_id else "",
        title=_text(info.title),
        creator=_text(info.channel) or _text(info.uploader),
        published=read_date(_text(info.upload_date)) or read_date(_text(info.release_date)),
        chapters=clean_chapters(info.chapters),
        language=base_language(_text(info.language)),
        url=clean_url(_text(info.webpage_url, 4 * _MAX_NAME_LENGTH)),
        thumbnail=clean_url(_text(info.thumbnail, 4 * _MAX_NAME_LENGTH)),
        subtitles=_languages(info.subtitles),
        automatic_captions=_languages(info.automatic_captions),
    )


def _text(value: object, most: int = _MAX_NAME_LENGTH) -> str:
    """Return a text as it may be stored, "" for any other value and for one that is too long to be a name."""
    return clean_text(value) if isinstance(value, str) and len(value) <= most else ""


def _languages(captions: object) -> frozenset[str]:
    return frozenset(captions) if isinstance(captions, dict) else frozenset()
