"""What captions mis-hear in a library's videos: the part of the library's door for glossaries."""

from __future__ import annotations

from storage import access, glossary_entries
from storage.analysis import analyser_for
from storage.database.connection import Database
from storage.database.library_writer import DEFAULT_LANGUAGE, LibraryWriter
from storage.database.repository import Repository
from storage.errors import RequestError
from storage.models import GlossaryEntry, Scope
from storage.sentences import sentence


class LibraryGlossary:
    """The glossaries of what is stored. Every library has one as `glossary`."""

    def __init__(self, database: Database, repository: Repository) -> None:
        self._database = database
        self._repository = repository

    async def add(self, scope: Scope, entry: GlossaryEntry) -> bool:
        """Add an entry to the glossary of the scope's one library; False where it is there already.

        It applies from the next question on, in every process. Raises RequestError for an entry that is not usable, and
        where the glossary is full.
        """
        key = access.only_key(scope)
        async with self._database.transaction() as connection:
            states = await self._repository.states(scope)
            language = states[0].language if states else DEFAULT_LANGUAGE
            entry = glossary_entries.check_entry(entry, analyser_for(language))
            entries = await self._repository.glossary(scope)
            if any(glossary_entries.is_same_entry(entry, other) for other in entries):
                return False
            if len(entries) >= glossary_entries.MAX_ENTRIES:
                raise RequestError(
                    sentence("The glossary is full: it holds {count} entries. Remove one first.", count=len(entries))
                )
            await (await LibraryWriter.begin_glossary_change(connection, key)).add_entry(entry)
        return True

    async def remove(self, scope: Scope, said: str, meant: str | None = None) -> list[GlossaryEntry]:
        """Remove the entries for `said` from the glossary of the scope's one library, all of them or only for `meant`.

        Returns the removed entries. Raises RequestError where there is none.
        """
        key = access.only_key(scope)
        async with self._database.transaction(erase=True) as connection:
            entries = [
                entry
                for entry in await self._repository.glossary(scope)
                if glossary_entries.is_same_entry(entry, GlossaryEntry(said, entry.meant if meant is None else meant))
            ]
            if not entries:
                if meant is None:
                    raise RequestError(sentence("“{said}” is not in the glossary.", said=said))
                raise RequestError(sentence("“{said}” for “{meant}” is not in the glossary.", said=said, meant=meant))
            change = await LibraryWriter.begin_glossary_change(connection, key)
            for entry in entries:
                await change.remove_entry(entry)
        return entries

    async def entries(self, scope: Scope) -> list[GlossaryEntry]:
        """Return every entry in the glossaries of a scope once, by what is said."""
        return glossary_entries.distinct_entries(await self._repository.glossary(scope))
