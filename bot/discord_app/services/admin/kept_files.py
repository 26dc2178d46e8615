"""Files that were sent for an import and lack something: kept in memory until somebody says it, for a short time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.discord_app.cards.admin.import_forms import Need
from bot.errors import FilesGone
from bot.localization import gettext as _
from storage.models import MEGABYTE, ImportReport, Labels, Source

KEPT_SECONDS = 15 * 60.0
"""How long files are kept."""
MAX_KEPT_BYTES = 64 * MEGABYTE
"""The most that is kept of all servers together; one keeps as much as its library may hold of text."""


_NEEDS_BY_LABEL = {"language": Need.LANGUAGE, "published": Need.DATE}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file with what was said about it, what it lacks, and an answer to that which is likely, "" where none is."""

    source: Source
    labels: Labels
    need: Need
    proposal: str = ""

    @property
    def likely_labels(self) -> Labels:
        """Return what was said about the file, with the likely answer to what it lacks."""
        if self.proposal and self.need is Need.ENCODING:
            return replace(self.labels, encoding=self.proposal)
        if self.proposal and self.need is Need.COLUMNS:
            return replace(self.labels, columns=self.proposal)
        return self.labels


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """The files of an import that lack something."""

    server_id: int
    files: tuple[KeptFile, ...]
    replace_whole: bool

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return sum(len(file.source.content) for file in self.files)


class KeptFiles:
    """Keeps files, those of each server for itself. Make one for all of Discord. A restart forgets them."""

    def __init__(self, server_bytes: int, total_bytes: int = MAX_KEPT_BYTES) -> None:
        self._server_bytes = server_bytes
        self._total_bytes = total_bytes
        self._uploads: dict[str, KeptUpload] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}

    def keep(self, upload: KeptUpload) -> str:
        """Keep the files of an upload and return their key; "" where there are none, or no room for them.

        They take the place of older ones of their server where it would have too much otherwise, and never of another
        server's.
        """
        if not upload.files or upload.size > self._server_bytes:
            return ""
        own = [key for key, kept in self._uploads.items() if kept.server_id == upload.server_id]
        while own and self._size(own) + upload.size > self._server_bytes:
            self.drop(own.pop(0))
        if self._size(self._uploads) + upload.size > self._total_bytes:
            return ""
        key = secrets.token_urlsafe(12)
        self._uploads[key] = upload
        self._expiries[key] = asyncio.get_running_loop().call_later(KEPT_SECONDS, self.drop, key)
        return key

    def _size(self, keys: Sequence[str] | dict[str, KeptUpload]) -> int:
        return sum(self._uploads[key].size for key in keys)

    def find(self, server_id: int, key: str) -> KeptUpload:
        """Return the upload of a key. Raises FilesGone where it is not kept any more, or is another server's."""
        upload = self._uploads.get(key)
        if upload is None or upload.server_id != server_id:
            raise FilesGone(_("I keep files for 15 minutes only, and no longer have these. Please send them again."))
        return upload

    def drop(self, key: str) -> None:
        """Forget an upload, if it is kept."""
        self._uploads.pop(key, None)
        if expiry := self._expiries.pop(key, None):
            expiry.cancel()

    def drop_server(self, server_id: int) -> None:
        """Forget all that is kept of a server."""
        for key in [key for key, kept in self._uploads.items() if kept.server_id == server_id]:
            self.drop(key)

    def close(self) -> None:
        """Forget everything."""
        for key in list(self._uploads):
            self.drop(key)


def find_incomplete(report: ImportReport, files: Sequence[tuple[Source, Labels]]) -> tuple[KeptFile, ...]:
    """Return which of the files that were imported lack something that a person can say, by the report."""
    needs: dict[str, tuple[Need, str]] = {}
    needs.update({name: (Need.ENCODING, proposal) for name, proposal in report.misread})
    needs.update({name: (Need.COLUMNS, example) for name, example in report.unclear})
    needs.update({name: (_NEEDS_BY_LABEL.get(label, Need.VIDEO), "") for name, label in report.mislabelled})
    return tuple(KeptFile(source, labels, *needs[source.name]) for source, labels in files if source.name in needs)
