"""Libraries of servers below Discord: renaming, room, sizes, who is served, and the cards about them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.cards.admin import imports as import_cards
from bot.discord_app.cards.admin import library as library_cards
from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from bot.errors import SettingsError
from bot.settings import Settings
from storage import access
from storage.errors import NothingToUndo, OverQuota, RequestError, UnknownVideo
from storage.library import Library
from storage.models import (
    GlossaryEntry,
    ImportReport,
    Labels,
    LibrarySize,
    Question,
    Quota,
    Rejection,
    Source,
    Statistics,
    UndoReport,
    Video,
    VideoSummary,
)
from tests.support import asking as asking_text
from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.inputs.hostile_text import HOSTILE, anything
from tests.support.local_discord.api import limits

Rows = Callable[..., Source]
OWN = access.own_scope(111)


async def put(library: Library, *files: Source, quota: Quota | None = None, replace: bool = False) -> ImportReport:
    return await library.import_files(OWN, [(file, Labels()) for file in files], quota=quota, replace=replace)


async def test_a_renamed_video_is_found_by_its_new_title_until_that_is_undone(library: Library, rows: Rows) -> None:
    await put(library, rows(("a", 0, "words of a talk"), title="Old"))
    before = await library.rename(OWN, "a", "  A zebra\n talk ")
    assert before.title == "Old"
    assert (await library.summary(OWN, "a")).video.title == "A zebra talk"
    assert len((await asking_text.search_one_language(library, OWN, Question("zebra", "zebra"), 5)).hits) == 1, (
        "the index knows"
    )
    undone = await library.undo(OWN)
    assert undone.description == "renaming of Old"
    assert (await library.summary(OWN, "a")).video.title == "Old"
    assert (await asking_text.search_one_language(library, OWN, Question("zebra", "zebra"), 5)).hits == ()


async def test_what_cannot_be_renamed(library: Library, rows: Rows) -> None:
    with pytest.raises(UnknownVideo):
        await library.rename(OWN, "a", "x")
    await put(library, rows(("a", 0, "words"), title="Old"))
    with pytest.raises(RequestError, match="at least one character"):
        await library.rename(OWN, "a", " \x00\u200b\u202e ")
    await library.undo(OWN)
    await put(library, rows(("a", 0, "words"), title="Old"))
    await library.rename(OWN, "a", "Old")
    assert (await library.undo(OWN)).description.startswith("import"), "the same title is no act"


async def test_room_is_measured_after_merging(library: Library, rows: Rows) -> None:
    quota = Quota(segments=3, text_bytes=1000)
    await put(library, rows(("a", 0, "one"), ("a", 30, "two")), quota=quota)
    await put(library, rows(("a", 0, "one"), ("a", 30, "two"), ("a", 60, "three")), quota=quota)
    with pytest.raises(OverQuota, match=r"would hold 4 segments, and 3 are allowed: nothing was imported"):
        await put(library, rows(("a", 90, "four")), quota=quota)
    await put(library, rows(("a", 90, "four"), ("a", 120, "five")), quota=quota, replace=True)
    assert (await library.size(OWN)).segments == 2


async def test_nothing_is_half_imported_for_lack_of_room(library: Library, rows: Rows) -> None:
    with pytest.raises(OverQuota):
        await put(library, rows(("a", 0, "one")), rows(("b", 0, "two"), name="b.jsonl"), quota=Quota(1, 1000))
    assert await library.videos(OWN) == []
    with pytest.raises(NothingToUndo):
        await library.undo(OWN)
    with pytest.raises(OverQuota, match=r"0\.0 megabytes of text, and 0\.0 are allowed"):
        await put(library, rows(("a", 0, "größer")), quota=Quota(10, 7))
    await put(library, rows(("a", 0, "größer")), quota=Quota(10, 8))


async def test_a_library_over_a_lowered_quota_may_shrink_and_stay(library: Library, rows: Rows) -> None:
    three = rows(*((video, 0, "words of it") for video in "abc"))
    await put(library, three)
    await put(library, three, quota=Quota(1, 1))
    await put(library, rows(("a", 0, "words")), quota=Quota(1, 1))
    with pytest.raises(OverQuota):
        await put(library, rows(("d", 0, "words")), quota=Quota(1, 1))


async def test_sizes(library: Library, rows: Rows) -> None:
    assert await library.size(OWN) == LibrarySize("server:111")
    await put(library, rows(("a", 0, "größer"), ("b", 0, "x")))
    size = await library.size(OWN)
    assert (size.videos, size.segments, size.text_bytes, size.last_act) == (2, 2, 9, "import of rows.jsonl")
    assert [each.library for each in await library.sizes()] == ["samples", "server:111"]
    await library.undo(OWN)
    emptied = await library.size(OWN)
    assert emptied == LibrarySize("server:111")


async def test_a_revision_changes_with_the_videos_alone(library: Library, rows: Rows) -> None:
    seen = [await library.revision(OWN)]
    await put(library, rows(("a", 0, "one")))
    seen.append(await library.revision(OWN))
    await library.rename(OWN, "a", "x")
    seen.append(await library.revision(OWN))
    assert len(set(seen)) == 3
    await library.glossary.add(OWN, GlossaryEntry("ganz", "GANs"))
    assert await library.revision(OWN) == seen[-1]


def test_a_servers_own_library_is_its_alone() -> None:
    assert access.own_scope(5).libraries == ("server:5",)
    assert access.own_scope(5) == access.host_scope("5")
    assert [access.server_of(key) for key in ("server:5", "shared", "samples", "evaluation:1")] == [5, None, None, None]


@pytest.mark.parametrize(
    ("allowed", "blocked", "served"),
    [("", "", {1, 2, 3}), ("1, 2", "", {1, 2}), ("", "2,", {1, 3}), ("1,2", "2", {1})],
)
def test_who_is_served(allowed: str, blocked: str, served: set[int]) -> None:
    lists = {"CUEPOINT_ALLOWED_SERVERS": allowed, "CUEPOINT_BLOCKED_SERVERS": blocked}
    settings = Settings.from_mapping(lists)
    assert {server for server in (1, 2, 3) if settings.serves(server)} == served


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CUEPOINT_ALLOWED_SERVERS", "my server"),
        ("CUEPOINT_BLOCKED_SERVERS", "1;2"),
        ("CUEPOINT_SERVER_SEGMENTS", "-1"),
        ("CUEPOINT_SERVER_MEGABYTES", "inf"),
        ("CUEPOINT_SERVER_IMPORTS_A_DAY", "many"),
    ],
)
def test_a_limit_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_mapping({name: value})


def test_quotas_as_set() -> None:
    assert Settings.from_mapping({}).server_quota == Quota(200_000, 200_000_000)
    assert Settings.from_mapping({"CUEPOINT_SERVER_MEGABYTES": "1.5"}).server_quota.text_bytes == 1_500_000


def test_the_terminal_renames_and_lists_servers(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = typed(*words, folder=tmp_path, environment=environment_for(tmp_path))
        return done.stdout + done.stderr

    assert run("servers") == "No Discord server has a library of its own yet.\n"
    row = {"video_id": "-dash", "text": "zebras", "start_second": 0, "title": "Old"}
    (tmp_path / "t.jsonl").write_text(json.dumps(row))
    run("import", "t.jsonl", "--library", "111")
    assert "Old is now called New; `cuepoint undo` takes that back." in run(
        "rename", "-dash", "New", "--library", "111"
    )
    assert run("servers").split("\t")[:4] == ["111", "1", "1", "0.0"]
    listed = json.loads(run("servers", "--json"))
    assert (listed["server"], listed["text_bytes"], listed["last_act"]) == ("111", 6, "renaming of Old")
    assert "renaming of Old: 1 videos restored" in run("undo", "--library", "111")


async def test_reading_sizes_waits_for_nobody(library: Library, rows: Rows) -> None:
    await asyncio.gather(put(library, rows(("a", 0, "one"))), library.sizes(), library.size(OWN))


@given(st.lists(anything, max_size=40), st.lists(anything, max_size=60))
def test_reports_fit_and_leave_nothing_alive(reasons: list[str], names: list[str]) -> None:
    rejections = tuple(Rejection(name, reason, 7) for name, reason in zip(names, reasons, strict=False))
    report = ImportReport("server:1", videos_added=3, rejections=rejections, notes=tuple(reasons))
    reply = import_cards.report_reply(report)
    assert find_problems(reply.card.components()) == []
    for file in reply.card.enclosed:
        assert all(str(each) in file.content.decode("utf-8", "surrogatepass") for each in rejections)
    assert find_problems(import_cards.late_card("n" * 99, reply.public).components()) == []


@given(st.lists(st.tuples(anything, anything), max_size=60))
def test_glossaries_fit(entries: list[tuple[str, str]]) -> None:
    reply = library_cards.glossary_reply([GlossaryEntry(said, meant) for said, meant in entries])
    assert find_problems(reply.card.components()) == []


def cards_about(text: str) -> str:
    """Everything that a title, an act or a word of somebody else's stands in."""
    summary = VideoSummary(Video(text, text), "server:1", 5, 10, 99.0)
    size = LibrarySize("server:1", 1, 2, 3, text, "2026-01-01T00:00:00+00:00")
    report = ImportReport("server:1", rejections=(Rejection(text, text, 7),), notes=(text,))
    made = (
        library_cards.removal_card(summary, Owner(2**63, "k" * 16)),
        library_cards.removed_card(summary),
        library_cards.renamed_card(summary.video, text),
        library_cards.undone_card(UndoReport(text, 1, 2)),
        library_cards.stats_card(Statistics(1, 2, 3, 4, 5.0), size, Quota(1, 2), 3, 4, 86_400.0),
        import_cards.report_reply(report).card,
        import_cards.late_card(text, "done"),
        library_cards.glossary_reply([GlossaryEntry(text, text)]).card,
    )
    assert [find_problems(card.components()) for card in made] == [[]] * len(made)
    parts = [part for card in made for _, part in limits.walk(card.components())]
    return "\n".join(part["content"] for part in parts if "content" in part)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_untrusted_comes_alive(text: str) -> None:
    assert cards_about(text) == cards_about("PLACE").replace("PLACE", markdown.escape(text))
