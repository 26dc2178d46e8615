"""What moderators do to their server's own library, one change at a time. Every method takes the server's id."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import discord

from bot.discord_app.cards.admin import imports as import_cards
from bot.discord_app.cards.admin import library as library_cards
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.base import Card, notice_card, video_name
from bot.discord_app.cards.parts.command_mentions import option_name
from bot.discord_app.services.admin import attachments
from bot.discord_app.services.admin.exports import BoundedFile, Exports
from bot.discord_app.services.admin.import_counts import measure_import
from bot.discord_app.services.questions.catalogue import Catalogue, find_named
from bot.errors import ExportTooLarge, ImportCancelled, ImportFailed, LibraryBusy
from bot.localization import format_number, gettext_noop, join_words, ngettext
from bot.localization import gettext as _
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from bot.purge import purge_server
from storage import access
from storage.errors import DatabaseError, RequestError, StorageError, UnknownVideo
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ExportFormat, GlossaryEntry, ImportReport, Labels, Quota, VideoSummary

log = logging.getLogger("cuepoint.discord")
_MAX_PARALLEL_IMPORTS = 2
"""Imports under way over all servers: an import holds its files in memory."""
_CANCELLED = gettext_noop(
    "I was told to stop before this import was done: nothing of it is stored. Please import it again when I am back."
)
_FAILED = gettext_noop(
    "This import failed, and nothing of it is stored: the database cannot be written. Whoever runs this bot can read "
    "why in its log. Please import it again later."
)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True)
class ImportProgress:
    """The progress of an import, for the user who waits."""

    files: int
    done: int = 0
    total: int = 0

    def update(self, done: int, total: int) -> None:
        """Set the progress, as the library reports it: `done` of `total` videos."""
        self.done, self.total = done, total

    def card(self) -> Card:
        """Return the progress as a card."""
        return import_cards.progress_card(self.done, self.total, self.files)


class LibraryAdmin:
    """Changes and shows the libraries of servers for their moderators. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        catalogue: Catalogue,
        exports: Exports,
        quota: Quota,
        imports_a_day: int,
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._catalogue = catalogue
        self._exports = exports
        self._quota = quota
        self._imports_a_day = imports_a_day
        self._busy_servers: set[int] = set()
        self._places = asyncio.Semaphore(_MAX_PARALLEL_IMPORTS)
        self._imports: set[asyncio.Task[ImportReport]] = set()
        self._is_stopping = False

    async def list_videos(self, server_id: int) -> list[VideoSummary]:
        """Return the server's own videos by title."""
        return await self._catalogue.list_stored(access.own_scope(server_id))

    async def import_files(
        self,
        server_id: int,
        files: Sequence[discord.Attachment],
        labels: Labels,
        progress: ImportProgress,
        *,
        largest: int,
        replace_whole: bool,
    ) -> Reply:
        """Import files of at most `largest` bytes per file.

        Raises LibraryBusy and OverQuota before anything is written, and ImportCancelled or ImportFailed once nothing of
        it is stored; ImportIncomplete where something is.
        """
        with measure_import() as count, self._exclusive(server_id):
            attachments.require_acceptable(files, self._quota.text_bytes)
            await self._count_import(server_id)
            task = asyncio.create_task(self._import_files(server_id, files, labels, progress, largest, replace_whole))
            self._imports.add(task)
            task.add_done_callback(self._imports.discard)
            try:
                report = await task
            except asyncio.CancelledError:
                if not self._is_stopping:
                    raise
                await self._uncount_import(server_id)
                raise ImportCancelled(_(_CANCELLED)) from None
            except DatabaseError as error:
                log.error("an import failed, and nothing of it is stored: %s", describe_error(error))
                await self._uncount_import(server_id)
                raise ImportFailed(_(_FAILED)) from error
            count(report)
        return import_cards.report_reply(report)

    async def _import_files(
        self,
        server_id: int,
        files: Sequence[discord.Attachment],
        labels: Labels,
        progress: ImportProgress,
        largest: int,
        replace_whole: bool,
    ) -> ImportReport:
        async with self._places:
            sources, unread = await attachments.read_files(files, largest)
            pairs, notes = attachments.apply_labels(sources, labels, given=len(files))
            report = await self._library.import_files(
                access.own_scope(server_id), pairs, replace=replace_whole, progress=progress.update, quota=self._quota
            )
        report = report.with_advice(_(attachments.LINKING).format(video=option_name("video")))
        report = report.with_columns_advice(lambda _example: _(attachments.COLUMNS_ADVICE))
        report = report.with_encoding_advice(
            lambda name: _(attachments.ENCODING_ADVICE).format(option=option_name("encoding"), name=name)
        )
        return replace(report, rejections=(*unread, *report.rejections), notes=(*notes, *report.notes))

    @property
    def is_importing(self) -> bool:
        """Return whether an import is under way."""
        return bool(self._imports)

    def cancel_imports(self) -> None:
        """Cancel every import that is under way; `import_files` then raises ImportCancelled for it."""
        self._is_stopping = True
        for task in self._imports:
            task.cancel()

    @contextmanager
    def _exclusive(self, server_id: int) -> Iterator[None]:
        self._require_idle(server_id)
        self._busy_servers.add(server_id)
        try:
            yield
        finally:
            self._busy_servers.discard(server_id)

    def _require_idle(self, server_id: int) -> None:
        if server_id in self._busy_servers:
            raise LibraryBusy(_("An import into this library is still running. Please try again when it is done."))

    async def _uncount_import(self, server_id: int) -> None:
        """Take an import from the day's count. Where that fails, the user still has to learn that nothing is stored."""
        try:
            await self._ledger.cancel_import(access.library_key(server_id))
        except StorageError as error:
            log.error("could not take an import from the day's count: %s", describe_error(error))
        except Exception as error:
            metrics.count_error()
            log.error("unexpected error while taking an import from the day's count", exc_info=error)

    async def _count_import(self, server_id: int) -> None:
        most = self._imports_a_day
        if not await self._ledger.begin_import(access.library_key(server_id), most=most):
            words = ngettext(
                "This server has had its {count} import for today: nothing was imported. The count begins anew at "
                "midnight UTC.",
                "This server has had its {count} imports for today: nothing was imported. The count begins anew at "
                "midnight UTC.",
                most,
            )
            raise LibraryBusy(words.format(count=format_number(most)))

    async def undo_last(self, server_id: int) -> Card:
        """Take back the last act."""
        self._require_idle(server_id)
        return library_cards.undone_card(await self._library.undo(access.own_scope(server_id)))

    async def find_video(self, server_id: int, name: str) -> VideoSummary:
        """Return the server's own video of a name or id. Raises UnknownVideo."""
        videos = await self.list_videos(server_id)
        if not videos:
            raise UnknownVideo(_("This server has no videos of its own yet. /library import adds some."))
        return await asyncio.to_thread(find_named, name, videos, own=True)

    async def remove_video(self, server_id: int, video_id: str) -> Card:
        """Remove a video."""
        self._require_idle(server_id)
        try:
            removed = await self._library.remove(access.own_scope(server_id), video_id)
        except UnknownVideo:
            # Another moderator was faster, or the import that brought it was taken back.
            return notice_card(_("That video is no longer in this server’s library."))
        return library_cards.removed_card(removed)

    async def purge_server(self, server_id: int) -> Card:
        """Delete everything of a server permanently, for its moderators. Raises LibraryBusy during an import."""
        with self._exclusive(server_id):
            await self.delete_server(server_id)
        return notice_card(_("Everything of this server is deleted."))

    async def delete_server(self, server_id: int) -> None:
        """Delete everything of a server permanently."""
        try:
            await purge_server(self._library, self._ledger, server_id)
        finally:
            self._catalogue.clear()

    async def rename_video(self, server_id: int, name: str, title: str) -> Card:
        """Give a video another title."""
        self._require_idle(server_id)
        summary = await self.find_video(server_id, name)
        before = await self._library.rename(access.own_scope(server_id), summary.video.video_id, title)
        return library_cards.renamed_card(before, title)

    async def list_speakers(self, server_id: int, name: str) -> Reply:
        """Return who speaks in the video of a name, or in all videos, each with how much and with first words."""
        summary = await self.find_video(server_id, name) if name else None
        video_id = summary.video.video_id if summary else None
        listed = await self._library.speakers.summaries(access.own_scope(server_id), video_id)
        return library_cards.speakers_reply(listed)

    async def speaker_names(self, server_id: int, name: str) -> list[str]:
        """Return who speaks in the video of a name, or in all videos; nobody where there is no such video."""
        own = access.own_scope(server_id)
        if not name:
            return await self._library.speakers.names(own) if await self.list_videos(server_id) else []
        try:
            summary = await self.find_video(server_id, name)
            [listed] = await self._library.speakers.summaries(own, summary.video.video_id)
        except UnknownVideo:
            return []
        return [speaker.name for speaker in listed.speakers]

    async def name_speaker(self, server_id: int, video: str, speaker: str, name: str) -> Card:
        """Give a speaker of a video a name. Raises RequestError where it is not said which, or how to call them."""
        self._require_idle(server_id)
        if not (video and speaker and name):
            raise RequestError(_("To name a speaker, give all three: the video, the speaker as listed, and the name."))
        summary = await self.find_video(server_id, video)
        own = access.own_scope(server_id)
        before, chosen = await self._library.speakers.rename(own, summary.video.video_id, {speaker: name})
        return library_cards.named_card(before, chosen)

    async def export_videos(self, server_id: int, form: ExportFormat, name: str, *, limit: int, folder: Path) -> Reply:
        """Return the library, or the video of a name, as a file of at most `limit` bytes, which is made in `folder`."""
        summary = await self.find_video(server_id, name) if name else None
        video_id = summary.video.video_id if summary else None
        path = folder / "export"
        try:
            async with self._exports.admit(server_id):
                with path.open("xb") as file:
                    target = BoundedFile(file, limit)
                    await self._library.exports.write(target, access.own_scope(server_id), form, video_id)
        except ExportTooLarge:
            return Reply(library_cards.too_large_card(limit, form, one_video=summary is not None))
        base = video_id if video_id and _NAME.fullmatch(video_id) else "video" if summary else "library"
        what = f"**{video_name(summary.video)}**" if summary else _("This server’s library")
        return library_cards.export_reply(f"{base}.{form}", path, target.size, what)

    async def library_stats(self, server_id: int) -> Card:
        """Return a card with the size and the limits of the library."""
        own = access.own_scope(server_id)
        statistics, size = await self._library.statistics(own), await self._library.size(own)
        imports = await self._ledger.imports_today(access.library_key(server_id))
        return library_cards.stats_card(statistics, size, self._quota, imports, self._imports_a_day)

    async def show_glossary(self, server_id: int) -> list[GlossaryEntry]:
        """Return the glossary: what captions mis-hear."""
        return await self._library.glossary.entries(access.own_scope(server_id))

    async def add_glossary_entry(self, server_id: int, entry: GlossaryEntry) -> Card:
        """Put an entry into the glossary."""
        return notice_card(await self.note_word(server_id, entry))

    async def note_word(self, server_id: int, entry: GlossaryEntry) -> str:
        """Put an entry into the glossary, and return in words what that does."""
        own = access.own_scope(server_id)
        if not await self._library.glossary.add(own, entry):
            return _("That is in the glossary already.")
        words = _("“{said}” will now also be found by asking for “{meant}”.")
        if not await self._library.are_spoken(own, entry.said):
            words = _(
                "“{said}” will now also be found by asking for “{meant}”. Nobody says it in this server’s videos yet."
            )
        return words.format(said=entry.said, meant=entry.meant)

    async def remove_glossary_entry(self, server_id: int, said: str, meant: str | None) -> Card:
        """Remove entries of the glossary for what captions say: all of them, or only the one for `meant`."""
        removed = await self._library.glossary.remove(access.own_scope(server_id), said, meant)
        meanings = join_words([_("“{name}”").format(name=entry.meant) for entry in removed], any_of=True)
        words = _("“{said}” will no longer be found by asking for {meanings}.")
        return notice_card(words.format(said=removed[0].said, meanings=meanings))
