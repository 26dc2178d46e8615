"""A library that is deleted for good, and the language that people say a library is in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.purge import purge_shared
from storage import access
from storage.database.purging import find_detached
from storage.errors import DatabaseError, NothingToUndo, PurgeIncomplete, RequestError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Question, Scope, Source
from tests.support import asking as asking_text
from tests.support.libraries import opened

Rows = Callable[..., Source]
OWN, OTHER = access.host_scope("7"), access.host_scope("8")


async def put(library: Library, scope: Scope, *files: Source, language: str = "") -> None:
    await library.import_files(scope, [(file, Labels(language=language)) for file in files])


async def hits(library: Library, words: str, scope: Scope = OWN) -> list[str]:
    return [
        hit.video.video_id
        for hit in (await asking_text.search_one_language(library, scope, Question(words, words), 1000)).hits
    ]


async def test_a_purged_library_leaves_nothing_and_others_stay(library: Library, tmp_path: Path, rows: Rows) -> None:
    many = [(f"v{number}", 0.0, f"the copper lantern number {number}") for number in range(600)]
    for scope in (OWN, OTHER):
        await put(library, scope, rows(*many))
        await library.glossary.add(scope, GlossaryEntry("lanterns", "lamps"))
        assert len(await hits(library, "lantern", scope)) == 600
    folder = tmp_path / "data" / "index"
    assert len(list(folder.glob("*.index"))) == 2, "large enough to be kept on disk"
    assert await library.purge(OWN)
    assert len(list(folder.glob("*.index"))) == 1
    assert (await library.videos(OWN), await hits(library, "lantern")) == ([], [])
    assert await library.glossary.entries(OWN) == []
    with pytest.raises(NothingToUndo):
        await library.undo(OWN)
    assert len(await hits(library, "lantern", OTHER)) == 600
    assert not await library.purge(OWN), "there is nothing left to purge"


async def test_a_library_purged_and_made_again_by_another_process_is_not_answered_from_memory(
    library: Library, tmp_path: Path, rows: Rows
) -> None:
    await put(library, OWN, rows(("v", 0, "the copper lantern")))
    assert await hits(library, "lantern") == ["v"]
    other = await Library.open(tmp_path / "data" / "cuepoint.db")
    await other.purge(OWN)
    await put(other, OWN, rows(("w", 0, "a bronze bell")))
    await other.close()
    assert await hits(library, "lantern") == []
    assert await hits(library, "bell") == ["w"]


async def test_a_language_that_was_told_holds_before_and_after_the_first_import(library: Library, rows: Rows) -> None:
    await library.set_language(OWN, "de-AT")
    await put(library, OWN, rows(("v", 0, "die Häuser am Hafen")), language="en")
    assert await hits(library, "Haus") == ["v"]
    await library.set_language(OWN, "en")
    assert await hits(library, "Haus") == [], "in English the one is no form of the other"
    await library.set_language(OWN, "de")
    assert await hits(library, "Haus") == ["v"]
    with pytest.raises(RequestError, match="as a language: write it as"):
        await library.set_language(OWN, "German!")


async def test_only_libraries_that_hold_something_are_filled(library: Library, rows: Rows) -> None:
    await put(library, OWN, rows(("v", 0, "the copper lantern")))
    await library.set_language(OTHER, "de")
    assert await library.non_empty(OWN) == OWN
    assert (await library.non_empty(OTHER)).libraries == ()


async def test_where_rows_cannot_be_deleted_the_library_is_gone_all_the_same_and_that_is_told(
    path: Path, library: Library, ledger: Ledger, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: what people did with it is deleted too, and the rest at the next start."""
    await put(library, access.host_scope(), rows(("v", 0.0, "the copper lantern")))
    await ledger.record_miss("shared", "where is the lantern?", 7)

    async def fail(*_: object) -> None:
        raise DatabaseError("cuepoint.db: the disk is full. Nothing was changed.", "the disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("storage.library.maintenance.delete_detached", fail)
        with pytest.raises(PurgeIncomplete, match=r"deleted for everybody.*: the disk is full\. That is"):
            await purge_shared(library, ledger)
        async with opened(path) as again:
            assert len(await find_detached(again._database)) == 1, "it starts all the same"
    assert await library.videos(access.host_scope()) == []
    assert await ledger.misses("shared") == []
    assert len(await find_detached(library._database)) == 1
    async with opened(path) as again:
        assert await find_detached(again._database) == []
