"""What can go wrong in storage, in words meant for the person who asked.

StorageError
+-- InputError              a file that cannot be imported
|   +-- MissingVideoId      a caption file that does not say which video it belongs to, and has no name
|   +-- UnknownEncoding     a text in another encoding than the one it was read in
|   +-- UnclearColumns      a table of which it is not clear which column holds what
|   +-- NameTaken           a file that has only its name, by which another video is called already
|   +-- UnusableLabel       something said about a file that cannot be so, such as a link that is none
|   +-- UnknownFormat       a file in no format that is read
+-- RequestError            a request that names what does not exist
|   +-- UnknownVideo
|   +-- UnknownFilter       video:, creator: or speaker: that matches nothing
|   +-- NothingToUndo
|   +-- ActNotLast          an act that is to be undone, after which something else was done
|   +-- OverQuota           an import for which a library has no room
+-- IndexBehind             an index that another process is still making
+-- ImportIncomplete        an import that failed, and of which some videos stay stored
+-- PurgeIncomplete         a library that is out of everybody's reach, and of which some rows are still to be deleted
+-- ModelUnusable           a model that the settings name, or what it needs, is missing or another than expected
+-- DatabaseError           the database cannot be opened, read or written
    +-- NewerDatabase       written by a later version of Cuepoint
    +-- OlderDatabase       written by an earlier one, where nothing may be changed
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of every error that storage raises on purpose; its text may be shown to people."""


class InputError(StorageError):
    """A file that cannot be imported. The text says what is wrong, where, and what to do."""


class MissingVideoId(InputError):
    """A caption file whose video is named neither by its file name nor by the person, and whose name is invisible."""


class UnknownFormat(InputError):
    """A file in no format that is read: it may be no transcript at all."""


class UnknownEncoding(InputError):
    """A text in another encoding than the one it was read in; `proposal` is the likely one, "" where none is."""

    def __init__(self, text: str, proposal: str) -> None:
        super().__init__(text)
        self.proposal = proposal


class UnclearColumns(InputError):
    """A table of which it is not clear which column holds what. `example` is an answer that makes it readable, in the
    form of `Labels.columns`."""

    example: str = ""


class NameTaken(InputError):
    """A file that nothing names but its own name, by which a video with other words is called already."""


class UnusableLabel(InputError):
    """Something that a person says about a file which cannot be so. `label` is its name in `Labels`."""

    def __init__(self, text: str, label: str) -> None:
        super().__init__(text)
        self.label = label


class RequestError(StorageError):
    """A request that names something that does not exist in the scope."""


class UnknownVideo(RequestError):
    """No video of that id in the scope."""


class UnknownFilter(RequestError):
    """A `video:`, `creator:` or `speaker:` filter that matches nothing in the scope."""


class NothingToUndo(RequestError):
    """The library has no import left to undo."""


class ActNotLast(RequestError):
    """The act that was to be undone is not the last one any more: nothing was undone."""


class OverQuota(RequestError):
    """An import for which its library has no room. The text gives the figures; nothing was imported."""


class IndexBehind(StorageError):
    """An index that this process only reads, and that another has not brought up to date yet."""


class ImportIncomplete(StorageError):
    """An import that failed and could not be reverted whole. The text says why, how many videos are stored, and how to
    undo that; it names no file of the host's."""


class PurgeIncomplete(StorageError):
    """A purge that took a library out of everybody's reach, and then could not delete all of it. The text says why, and
    when that is done; it names no file of the host's."""


class ModelUnusable(StorageError):
    """A model that the host named cannot be used. The text says which setting, why, and what to do."""


class DatabaseError(StorageError):
    """The database cannot be opened, read or written; the cause is kept.

    `reason` is what is wrong and what to do, without the host's path and without what became of the request; "" where
    there is only the text.
    """

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason


class NewerDatabase(DatabaseError):
    """The database was written by a later version of Cuepoint."""


class OlderDatabase(DatabaseError):
    """The database was written by an earlier version of Cuepoint, and is not to be brought up to date."""
