"""What moderators do to their server's own library, one change at a time. Every method takes the server's id."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from bot.discord_app.cards.admin import library as library_cards
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.admin.purging import ServerContents
from bot.discord_app.cards.parts.base import Card, notice_card, video_name
from bot.discord_app.cards.parts.discord_times import next_midnight_utc
from bot.discord_app.services.admin.exports import BoundedFile, Exports
from bot.discord_app.services.admin.kept_files import KeptFiles
from bot.discord_app.services.admin.library_locks import LibraryLocks
from bot.discord_app.services.questions.catalogue import Catalogue, find_named
from bot.errors import ExportTooLarge
from bot.localization import gettext as _
from bot.localization import join_words
from bot.purge import purge_server
from storage import access
from storage.errors import RequestError, UnknownVideo
from storage.ledger import Ledger
from storage.library import Library
from storage.models import ExportFormat, GlossaryEntry, Quota, VideoSummary

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class LibraryAdmin:
    """Changes and shows the libraries of servers for their moderators. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        catalogue: Catalogue,
        exports: Exports,
        locks: LibraryLocks,
        kept_files: KeptFiles,
        quota: Quota,
        imports_a_day: int,
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._catalogue = catalogue
        self._exports = exports
        self._quota = quota
        self._imports_a_day = imports_a_day
        self._locks = locks
        self._kept_files = kept_files

    async def list_videos(self, server_id: int) -> list[VideoSummary]:
        """Return the server's own videos by title."""
        return await self._catalogue.list_stored(access.own_scope(server_id))

    async def undo_last(self, server_id: int) -> Card:
        """Take back the last act."""
        self._locks.require_idle(server_id)
        return library_cards.undone_card(await self._library.undo(access.own_scope(server_id)))

    async def undo_import(self, server_id: int, act: int) -> Card:
        """Take back the import of a number. Raises ActNotLast where another act came after it."""
        self._locks.require_idle(server_id)
        return library_cards.undone_card(await self._library.undo(access.own_scope(server_id), act=act))

    async def find_video(self, server_id: int, name: str) -> VideoSummary:
        """Return the server's own video of a name or id. Raises UnknownVideo."""
        videos = await self.list_videos(server_id)
        if not videos:
            raise UnknownVideo(_("This server has no videos of its own yet. /library import adds some."))
        return await asyncio.to_thread(find_named, name, videos, own=True)

    async def remove_video(self, server_id: int, video_id: str) -> Card:
        """Remove a video."""
        self._locks.require_idle(server_id)
        try:
            removed = await self._library.remove(access.own_scope(server_id), video_id)
        except UnknownVideo:
            # Another moderator was faster, or the import that brought it was taken back.
            return notice_card(_("That video is no longer in this server’s library."))
        return library_cards.removed_card(removed)

    async def purge_server(self, server_id: int) -> Card:
        """Delete everything of a server permanently, for its moderators. Raises LibraryBusy during an import."""
        with self._locks.exclusive(server_id):
            await self.delete_server(server_id)
        return notice_card(_("Everything of this server is deleted."))

    async def delete_server(self, server_id: int) -> None:
        """Delete everything of a server permanently."""
        try:
            await purge_server(self._library, self._ledger, server_id)
        finally:
            self._kept_files.drop_server(server_id)
            self._catalogue.clear()

    async def rename_video(self, server_id: int, name: str, title: str) -> Card:
        """Give a video another title."""
        self._locks.require_idle(server_id)
        summary = await self.find_video(server_id, name)
        before = await self._library.rename(access.own_scope(server_id), summary.video.video_id, title)
        return library_cards.renamed_card(before, title)

    async def link_video(self, server_id: int, video_id: str, link: str, title: str) -> Card:
        """Give a video a link and a title, those of both that are not "". Raises RequestError for what is no link."""
        self._locks.require_idle(server_id)
        own = access.own_scope(server_id)
        if not link:
            return library_cards.renamed_card(await self._library.rename(own, video_id, title), title)
        await self._library.link(own, video_id, link, title)
        return library_cards.linked_card((await self._library.summary(own, video_id)).video)

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
        self._locks.require_idle(server_id)
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

    async def find_contents(self, server_id: int) -> ServerContents:
        """Return all that is kept of a server and its library."""
        own = access.own_scope(server_id)
        size, glossary = await self._library.size(own), await self._library.glossary.entries(own)
        return ServerContents(size, bool(glossary), await self._ledger.server_records(server_id))

    async def library_stats(self, server_id: int, *, manages: bool) -> Card:
        """Return a card with the size and the limits of the library, or with what to do while it is empty.

        `manages` is whether who sees it may manage the server.
        """
        own = access.own_scope(server_id)
        statistics, size = await self._library.statistics(own), await self._library.size(own)
        if not size.videos:
            return library_cards.empty_stats_card(size, manages=manages)
        imports = await self._ledger.imports_today(access.library_key(server_id))
        counted_until = next_midnight_utc(time.time())
        return library_cards.stats_card(statistics, size, self._quota, imports, self._imports_a_day, counted_until)

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
