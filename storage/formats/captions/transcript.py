"""Building the transcript of a video from the cues of a caption file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.errors import MissingVideoId
from storage.formats.addresses import clean_url, complete_addresses, link_id, youtube_id
from storage.formats.document import Document
from storage.formats.file_names import OwnName, parse_file_name, parse_own_name
from storage.models import Chapter, Cue, FileContent, Rejection, Transcript, Video
from storage.models.limits import MAX_TEXT_LENGTH
from storage.sentences import sentence


@dataclass(frozen=True, slots=True)
class VideoDetails:
    """What a file says about its video. A field is empty where the file does not say it."""

    title: str = ""
    creator: str = ""
    url: str = ""
    language: str = ""
    published: str = ""
    chapters: tuple[Chapter, ...] = ()
    is_automatic: bool = False
    video_id: str = ""
    thumbnail: str = ""
    track_of: str = ""


_NO_DETAILS = VideoDetails()
_NO_NAME = OwnName("", "")


def build_transcript(
    document: Document,
    cues: Sequence[Cue],
    details: VideoDetails = _NO_DETAILS,
    rejections: Sequence[Rejection] = (),
) -> FileContent:
    """Return the one video of a caption file. `details` are what its content says; the labels override them.

    Where nothing says which video it is, it has the file's own name. Raises InputError when no word is spoken, and
    MissingVideoId where the file has no name that can be seen either.
    """
    for cue in cues:
        if len(cue.text) > MAX_TEXT_LENGTH:
            raise document.too_long_error(
                sentence("the caption at {start_second} seconds", start_second=format(cue.start_second, ".12g")),
                len(cue.text),
                MAX_TEXT_LENGTH,
            )
    if not cues:
        raise document.refusal_error(sentence("there is not a single spoken word in it; choose captions of speech"))
    labels, file_name = document.labels, parse_file_name(document.name)
    said = labels.video_id or youtube_id(labels.url)
    video_id = said or details.video_id or file_name.video_id or youtube_id(details.url) or link_id(labels.url)
    own_name = parse_own_name(document.name) if labels.url or not video_id else _NO_NAME
    if not video_id and not own_name.video_id:
        raise document.refusal_error(
            sentence(
                "it does not say which video it belongs to; give the video’s id or YouTube address, or name the "
                "file as yt-dlp does: Title [id].en.vtt"
            ),
            kind=MissingVideoId,
        )
    is_automatic = details.is_automatic or file_name.is_automatic
    title = labels.title or details.title or file_name.title
    own_title = "" if title or file_name.video_id else own_name.title
    video = Video(
        video_id=video_id or own_name.video_id,
        title=title or own_title,
        creator=labels.creator or details.creator or file_name.creator,
        url=labels.url or details.url,
        thumbnail=labels.thumbnail or details.thumbnail,
        language=labels.language or details.language or file_name.language,
        published=labels.published or details.published or file_name.published or own_name.published,
        chapters=labels.chapters or details.chapters,
        is_automatic=is_automatic if labels.is_automatic is None else labels.is_automatic,
        track_of=details.track_of if video_id == details.video_id else "",
    )
    # A file's own name may have eleven characters by chance: it is no address of YouTube's.
    video = complete_addresses(video) if video_id else replace(video, url=clean_url(video.url))
    transcript = Transcript(
        video,
        cues=tuple(cues),
        whole=True,
        named_by_file=not video_id,
        titled_by_file=bool(own_title),
        given_title=labels.title,
        is_linked=bool(labels.url) and not labels.video_id,
    )
    return FileContent((transcript,), tuple(rejections))
