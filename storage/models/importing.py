"""Files to import, and what was read from them."""

from __future__ import annotations

from dataclasses import dataclass

from storage.models.videos import Chapter, Cue, Segment, Video


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import: `name` as the user knows it, `content` as its bytes.

    `folder` is where it lies, with "/" between folders, "" where that is unknown: the files beside it have the same.
    `is_found` says that nobody named it: it was in a folder or an archive, where other things lie too.
    """

    name: str
    content: bytes
    folder: str = ""
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """What the person importing says about a file. An empty field says nothing.

    `published` is a date of ISO 8601, to the day, the month or the year. `columns` says which column of a table holds
    what, as in "text=content,start=begin". `is_automatic` says whether the transcript is a machine's, None that this is
    not known.
    """

    video_id: str = ""
    title: str = ""
    url: str = ""
    creator: str = ""
    language: str = ""
    encoding: str = ""
    published: str = ""
    chapters: tuple[Chapter, ...] = ()
    columns: str = ""
    is_automatic: bool | None = None
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A video as read from a file: with `cues` (a caption file) or `segments` (dataset rows).

    `whole` says that the file holds the entire video, so that importing replaces what is stored;
    dataset rows may be one page of a video and are merged by their start. `named_by_file` says that nothing names the
    video: its id is the name of the file. `titled_by_file`: so is its title, which a title that is stored already
    beats. `given_title` is the one that the person importing gave. `is_linked`: they gave its link, and no id.
    """

    video: Video
    cues: tuple[Cue, ...] = ()
    segments: tuple[Segment, ...] = ()
    whole: bool = False
    named_by_file: bool = False
    titled_by_file: bool = False
    given_title: str = ""
    is_linked: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something in a file that was not imported. `row` is the line or row number, counted from 1."""

    source: str
    reason: str
    row: int | None = None

    def __str__(self) -> str:
        where = self.source if self.row is None else f"{self.source}, row {self.row}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class FileContent:
    """What one file held: the transcripts that can be stored and the rows that cannot.

    `notes` are sentences about how the file was read, where that may surprise.
    """

    transcripts: tuple[Transcript, ...]
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()
