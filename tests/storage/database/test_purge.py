"""A library that is deleted for good, and the language that people say a library is in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage import access
from storage.errors import NothingToUndo, RequestError
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Question, Scope, Source
from tests.support import asking as asking_text

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
    with pytest.raises(RequestError, match="is no language"):
        await library.set_language(OWN, "German!")


async def test_only_libraries_that_hold_something_are_filled(library: Library, rows: Rows) -> None:
    await put(library, OWN, rows(("v", 0, "the copper lantern")))
    await library.set_language(OTHER, "de")
    assert await library.non_empty(OWN) == OWN
    assert (await library.non_empty(OTHER)).libraries == ()
