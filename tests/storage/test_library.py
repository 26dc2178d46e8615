"""The library door on a real database: importing, scopes, finding, undoing, keeping."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.values import AnswerLevel, PassageRange
from storage import access
from storage.database.schema import SCHEMA_VERSION
from storage.errors import DatabaseError, NewerDatabase, NothingToUndo, RequestError, UnknownFilter, UnknownVideo
from storage.library import Library
from storage.models import (
    ExportFormat,
    ImportReport,
    Labels,
    Problem,
    Question,
    RankedPlace,
    Scope,
    Segment,
    Source,
    Video,
)
from tests.support import asking as asking_text
from tests.support.libraries import in_server, opened
from tests.support.project import PASTED_SEEDS, SUBRIP_ID, SUBRIP_SEED

Rows = Callable[..., Source]
SHARED = access.host_scope()
ANA, BEN = access.host_scope("111"), access.host_scope("server:222")
SRT = (
    b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern\n\n2\n00:00:04,000 --> 00:00:07,250\nhangs in the harbour\n"
)


async def put(library: Library, *files: Source, scope: Scope = SHARED, **options: bool) -> ImportReport:
    return await library.import_files(scope, [(file, Labels()) for file in files], **options)


async def everything(library: Library, scope: Scope = SHARED) -> dict[str, list[tuple[float, str]]]:
    return {
        summary.video.video_id: [
            (segment.start_second, segment.text)
            for segment in await library.segments_between(scope, summary.video.video_id, 0, 1e9)
        ]
        for summary in await library.videos(scope)
    }


async def hits(library: Library, words: str, scope: Scope = SHARED, **parts: str) -> list[tuple[str, float]]:
    findings = await asking_text.search_one_language(library, scope, Question(words, words, **parts), 10)
    return [(hit.video.video_id, hit.segment.start_second) for hit in findings.hits]


async def test_the_seeds_import_whole(seeded: Library) -> None:
    summaries = {summary.video.video_id: summary for summary in await seeded.videos(SHARED)}
    pasted = [summary for summary in summaries.values() if summary.video.video_id != SUBRIP_ID]
    assert len(pasted) == 7
    assert sum(summary.segments for summary in pasted) == 300
    assert summaries[SUBRIP_ID].words == 15_873
    beginnings = [(await seeded.segments_between(SHARED, s.video.video_id, 0, 1e9))[0].start_second for s in pasted]
    assert sum(start > 0 for start in beginnings) == 3, "three of them begin mid-talk"


async def test_importing_the_same_again_changes_nothing_and_says_so(seeded: Library, seeds: Path) -> None:
    before = await everything(seeded)
    report = await put(seeded, *(Source(name, (seeds / name).read_bytes()) for name in PASTED_SEEDS))
    assert not report.has_changes
    assert (report.videos_unchanged, report.segments_unchanged) == (7, 300)
    assert await everything(seeded) == before


async def test_pages_of_a_video_merge_by_their_start(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "first"), ("v", 30, "second"), title="Talk"))
    report = await put(library, rows(("v", 30, "second, better"), ("v", 60, "third")))
    assert (report.segments_added, report.segments_replaced, report.segments_removed) == (1, 1, 0)
    assert await everything(library) == {"v": [(0, "first"), (30, "second, better"), (60, "third")]}
    assert (await library.videos(SHARED))[0].video.title == "Talk", "what the page does not say stays"


async def test_replacing_replaces_the_whole_video_even_from_several_pages(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "old"), ("v", 900, "old end"), ("w", 0, "other")))
    report = await put(library, rows(("v", 0, "new")), rows(("v", 30, "page two")), replace=True)
    assert report.segments_removed == 1
    assert await everything(library) == {"v": [(0, "new"), (30, "page two")], "w": [(0, "other")]}


async def test_a_caption_file_replaces_the_whole_video(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "old"), ("v", 900, "old end")))
    await library.import_files(SHARED, [(Source("a.srt", SRT), Labels(video_id="v", title="Harbour"))])
    assert await everything(library) == {"v": [(1, "the copper lantern hangs in the harbour")]}


async def test_a_dry_run_reports_and_writes_nothing(library: Library, rows: Rows) -> None:
    file = rows(("v", 0, "first"))
    planned = await put(library, file, dry_run=True)
    assert planned.dry_run
    assert planned.videos_added == 1
    assert await library.videos(SHARED) == []
    done = await put(library, file)
    assert (done.videos_added, done.segments_added) == (planned.videos_added, planned.segments_added)


async def test_bad_rows_are_named_and_the_others_stored(library: Library) -> None:
    lines = [
        {"video_id": "v", "text": "good", "start_second": 0, "end_second": 9},
        {"video_id": "v", "text": "ends before it starts", "start_second": 50, "end_second": 9},
    ]
    report = await put(library, Source("bad.jsonl", "\n".join(map(json.dumps, lines)).encode()))
    assert [(rejection.source, rejection.row) for rejection in report.rejections] == [("bad.jsonl", 2)]
    assert await everything(library) == {"v": [(0, "good")]}


async def test_a_file_that_cannot_be_read_stops_no_other(library: Library, rows: Rows) -> None:
    report = await put(library, Source("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))), rows(("v", 0, "fine")))
    assert [rejection.source for rejection in report.rejections] == ["picture.png"]
    assert await everything(library) == {"v": [(0, "fine")]}


async def test_a_caption_file_that_names_no_video_has_its_own_name_and_is_reported(library: Library) -> None:
    report = await put(library, Source("talk.srt", SRT))
    assert report.unnamed == ("talk.srt",)
    assert [(each.video.video_id, each.video.title, each.video.url) for each in await library.videos(SHARED)] == [
        ("talk", "talk", "")
    ]


async def test_undo_brings_back_what_an_import_replaced(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "old"), ("gone", 0, "stays")))
    before = await everything(library)
    await library.import_files(SHARED, [(Source("a.srt", SRT), Labels(video_id="v"))])
    await put(library, rows(("gone", 0, "stays")))  # changes nothing, so it is not what undo takes back
    report = await library.undo(SHARED)
    assert (report.videos_restored, report.videos_removed) == (1, 0)
    assert await everything(library) == before
    with pytest.raises(NothingToUndo):
        await library.undo(SHARED)


async def test_undo_of_a_first_import_leaves_nothing_and_cues_come_back_exactly(library: Library, rows: Rows) -> None:
    await library.import_files(SHARED, [(Source("a.srt", SRT), Labels(video_id="v"))])
    with_cues = await library.segments_between(SHARED, "v", 0, 99)
    await put(library, rows(("v", 0, "rows")), replace=True)
    await library.undo(SHARED)
    assert await library.segments_between(SHARED, "v", 0, 99) == with_cues
    await put(library, rows(("w", 0, "x")))
    assert (await library.undo(SHARED)).videos_removed == 1


async def test_a_removed_video_can_be_brought_back(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "lantern")))
    before = await everything(library)
    await library.remove(SHARED, "v")
    assert await library.videos(SHARED) == []
    assert await hits(library, "lantern") == []
    await library.undo(SHARED)
    assert await everything(library) == before
    with pytest.raises(UnknownVideo, match="no video “nope”"):
        await library.remove(SHARED, "nope")


async def test_an_import_that_breaks_half_way_is_taken_back_whole(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(library, rows(("a", 0, "old"), ("b", 0, "old")))

    def too_long(done: int, total: int) -> None:
        if done == 1:
            raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError):
        await library.import_files(SHARED, [(rows(("a", 0, "new"), ("b", 0, "new")), Labels())], progress=too_long)
    assert await everything(library) == {"a": [(0, "old")], "b": [(0, "old")]}
    assert (await library.undo(SHARED)).videos_removed == 2
    assert await everything(library) == {}


async def test_one_servers_library_is_never_seen_from_another(library: Library, rows: Rows) -> None:
    await put(library, rows(("secret", 0, "copper lantern"), title="Ana's talk"), scope=ANA)
    await put(library, rows(("open", 0, "violin music")), scope=BEN)
    assert await hits(library, "copper", scope=BEN) == []
    assert [s.video.video_id for s in await library.videos(BEN)] == ["open"]
    assert await library.segments_between(BEN, "secret", 0, 99) == []
    with pytest.raises(UnknownFilter) as refusal:
        await asking_text.search_one_language(library, BEN, Question("x", "x", video="Ana"), 5)
    assert "Ana's" not in str(refusal.value).replace("'Ana'", "")
    typo = await asking_text.search_one_language(library, BEN, Question("copperr", "copperr"), 5)
    assert typo.searched_for is None, "not even a spelling comes from another library"


async def test_scores_are_the_same_whether_or_not_another_library_exists(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "copper lantern"), ("v", 30, "violin")), scope=ANA)
    alone = await asking_text.search_one_language(library, ANA, Question("copper", "copper"), 5)
    await put(library, rows(("w", 0, "copper copper"), ("w", 30, "copper")), scope=BEN)
    assert await asking_text.search_one_language(library, ANA, Question("copper", "copper"), 5) == alone


async def test_the_samples_are_in_reach_only_while_nothing_is_imported(library: Library, rows: Rows) -> None:
    assert await library.or_samples(SHARED) == access.sample_scope()
    assert (await asking_text.ask(library, SHARED, "what is a hold cue?")).level is AnswerLevel.CONFIDENT
    await put(library, rows(("v", 0, "copper lantern")))
    assert await library.or_samples(SHARED) == SHARED
    assert (await asking_text.ask(library, SHARED, "what is a hold cue?")).level is AnswerLevel.NOTHING
    await library.remove(SHARED, "v")
    assert await library.or_samples(SHARED) == access.sample_scope()


@pytest.mark.parametrize(
    ("name", "libraries"),
    [("shared", ("shared",)), ("Shared ", ("shared",)), ("42", ("server:42",)), ("server:42", ("server:42",))],
)
def test_the_host_names_a_library(name: str, libraries: tuple[str, ...]) -> None:
    assert access.host_scope(name).libraries == libraries


@pytest.mark.parametrize("name", ["", "mine", "samples", "server:", "-1"])
def test_a_library_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="There is no library"):
        access.host_scope(name)


async def test_filters_name_videos_by_id_address_or_title_and_creators(library: Library, rows: Rows) -> None:
    await library.import_files(
        SHARED, [(rows(("dQw4w9WgXcQ", 0, "copper"), title="Deep Learning"), Labels(creator="Ana"))]
    )
    await library.import_files(SHARED, [(rows(("b", 0, "copper"), title="Violins"), Labels(creator="Ben Bow"))])
    for video in ("dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ?t=3", "deep  LEARNING", "learn"):
        assert await hits(library, "copper", video=video) == [("dQw4w9WgXcQ", 0)]
    assert await hits(library, "copper", creator="bow") == [("b", 0)]
    with pytest.raises(UnknownFilter, match="Did you mean “Deep Learning”"):
        await hits(library, "copper", video="Dep Lerning")
    with pytest.raises(UnknownFilter, match="Did you mean “Ben Bow”"):
        await hits(library, "copper", creator="Ben Bowe")
    with pytest.raises(UnknownFilter, match="No video of “Ana”"):
        await hits(library, "copper", video="Violins", creator="Ana")


async def test_what_another_process_imports_is_found_at_once(library: Library, rows: Rows, tmp_path: Path) -> None:
    await put(library, rows(("v", 0, "copper")))
    assert await hits(library, "lantern") == []
    other = await Library.open(tmp_path / "data" / "cuepoint.db")
    await put(other, rows(("w", 0, "lantern")))
    await other.close()
    assert await hits(library, "lantern") == [("w", 0)]


async def test_a_library_behind_a_link_is_looked_at_as_it_is_now(tmp_path: Path, rows: Rows) -> None:
    link = tmp_path / "data" / "cuepoint.db"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "elsewhere.db")
    async with opened(link) as library:
        await library.import_files(SHARED, [(rows(("v", 0, "a lantern")), Labels())])
        looked_at = await Library.open_read_only(link)
        assert [each.video.video_id for each in await looked_at.videos(SHARED)] == ["v"]
        await looked_at.close()


async def test_asking_and_importing_go_on_together(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "copper")))
    imports = [put(library, rows((f"w{n}", 0, "lantern"))) for n in range(5)]
    questions = [hits(library, "copper") for _ in range(20)]
    results = await asyncio.gather(*imports, *questions)
    assert results[5:] == [[("v", 0)]] * 20
    assert len(await hits(library, "lantern")) == 5


async def test_the_event_loop_is_free_while_an_index_is_built(library: Library, rows: Rows) -> None:
    await put(
        library, rows(*((f"v{n // 60}", n % 60 * 30, f"copper lantern number {n} in the harbour") for n in range(6000)))
    )
    search = asyncio.create_task(hits(library, "copper"))
    turns = 0
    while not search.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100, "the loop turned while another thread worked"


@pytest.mark.parametrize("form", sorted(set(ExportFormat) - {ExportFormat.SRT, ExportFormat.VTT}))
async def test_rows_survive_an_export_and_an_import(library: Library, rows: Rows, form: ExportFormat) -> None:
    tricky = 'He said, "=1+1", and\tleft; naïve – 日本語'
    await put(
        library, rows(("a-b", 0, tricky), ("a-b", 12.5, "| pipes | and 'quotes'"), ("v", 0, "x"), title='T "q", |')
    )
    content = await library.exports.make(SHARED, form)
    await put(library, Source(f"again.{form}", content), scope=ANA)
    assert await everything(library, ANA) == await everything(library)
    assert [s.video for s in await library.videos(ANA)] == [s.video for s in await library.videos(SHARED)]
    assert not (await put(library, Source(f"again.{form}", content))).has_changes


async def test_subrip_keeps_the_cues(library: Library, seeds: Path) -> None:
    content = (seeds / SUBRIP_SEED).read_bytes()
    await library.import_files(SHARED, [(Source(SUBRIP_SEED, content), Labels(video_id="v"))])
    exported = await library.exports.make(SHARED, ExportFormat.SRT)
    await library.import_files(ANA, [(Source("again.srt", exported), Labels(video_id="v"))])
    original = await library.segments_between(SHARED, "v", 0, 1e9)
    again = await library.segments_between(ANA, "v", 0, 1e9)
    assert [(s.text, s.marks) for s in again] == [(s.text, s.marks) for s in original]


async def test_any_text_comes_back_from_exported_subrip(library: Library, rows: Rows) -> None:
    texts = ["00:00:09,000 --> 00:00:10,000 said", "2", "a --> b", "<b>bold</b> &lt;", "{\\an8} 1 2\n\n3"]
    await put(library, rows(*(("v", 40.0 * n, text) for n, text in enumerate(texts))))
    exported = await library.exports.make(SHARED, ExportFormat.SRT)
    await library.import_files(ANA, [(Source("again.srt", exported), Labels(video_id="v"))])
    stored, again = [await library.segments_between(scope, "v", 0, 1e9) for scope in (SHARED, ANA)]
    assert " ".join(each.text for each in again) == " ".join(each.text for each in stored)


@pytest.mark.parametrize(("form", "name"), [(ExportFormat.SRT, "SubRip"), (ExportFormat.VTT, "WebVTT")])
async def test_captions_hold_one_video(library: Library, rows: Rows, form: ExportFormat, name: str) -> None:
    with pytest.raises(RequestError, match="nothing to export"):
        await library.exports.make(SHARED, form)
    await put(library, rows(("a", 0, "x"), ("b", 0, "y")))
    with pytest.raises(RequestError, match=f"{name} holds one video and this library has 2"):
        await library.exports.make(SHARED, form)
    assert b"x" in await library.exports.make(SHARED, form, "a")
    with pytest.raises(UnknownVideo):
        await library.exports.make(SHARED, form, "zz")


async def test_a_backup_is_the_library_in_one_file(library: Library, rows: Rows, tmp_path: Path) -> None:
    await put(library, rows(("v", 0, "copper")))
    target = tmp_path / "backups" / "copy.db"
    await library.maintenance.backup(target)
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    copy = await Library.open(target)
    assert await everything(copy) == await everything(library)
    await copy.close()
    with pytest.raises(DatabaseError, match="exists already"):
        await library.maintenance.backup(target)


async def test_a_database_of_a_later_version_is_refused_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "cuepoint.db"
    await (await Library.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(NewerDatabase, match="later version of Cuepoint"):
        await Library.open(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION + 1,)
    connection.close()


async def test_a_file_that_is_no_database_is_refused_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "cuepoint.db"
    path.write_bytes(b"these are not the bytes of a database at all, " * 40)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="not a Cuepoint database"):
        await Library.open(path)
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseError, match="check the folder"):
        await Library.open(tmp_path / "file" / "cuepoint.db")


async def test_a_locked_database_is_one_sentence(library: Library, rows: Rows, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await library._database._writer.execute("PRAGMA busy_timeout = 1")
    with pytest.raises(DatabaseError, match="another program is writing"):
        await put(library, rows(("v", 0, "copper")))
    other.execute("ROLLBACK")
    other.close()
    assert (await put(library, rows(("v", 0, "copper")))).videos_added == 1


async def test_problems_are_told(library: Library, rows: Rows, tmp_path: Path) -> None:
    await put(library, rows(("v", 0, "copper")))
    assert await library.maintenance.problems() == []
    with sqlite3.connect(tmp_path / "data" / "cuepoint.db") as connection:
        connection.execute("INSERT INTO segment VALUES (999, 0, 1, 'of no video', NULL, NULL)")
    connection.close()
    assert await library.maintenance.problems() == [Problem("a row of segment refers to nothing", repairable=True)]


async def test_a_library_keeps_its_first_language_and_notes_the_others(library: Library, rows: Rows) -> None:
    await library.import_files(SHARED, [(rows(("v", 0, "Häuser am Meer")), Labels(language="de"))])
    assert await hits(library, "Haus") == [("v", 0)], "German rules: Häuser and Haus are one word"
    report = await library.import_files(SHARED, [(rows(("w", 0, "house")), Labels(language="en"))])
    assert ["“en”" in note and "“de”" in note for note in report.notes] == [True]


async def test_segments_around_a_moment(library: Library, rows: Rows) -> None:
    await put(library, rows(*(("v", 30 * n, f"part {n}") for n in range(10))))
    around: list[Segment] = await library.segments_between(SHARED, "v", 75, 120)
    assert [segment.start_second for segment in around] == [60, 90, 120], "what is being said at 75 began at 60"


async def test_places_are_read_with_the_segments_beside_them(library: Library, rows: Rows) -> None:
    starts = (0, 30, 60, 400)
    await put(library, rows(*(("v", start, f"part {start}") for start in starts), ("w", 30, "another")))

    async def read(*places: tuple[str, float]) -> list[list[float]]:
        ranked = [RankedPlace(access.SHARED, Video(video_id), start, 1.0) for video_id, start in places]
        found = await library.read_surroundings(SHARED, ranked, 120.0)
        return [[segment.start_second for segment in segments] for segments in found]

    assert await read(("v", 30), ("v", 0), ("v", 60), ("v", 400), ("w", 30)) == [
        [0, 30, 60],
        [0, 30],
        [30, 60],  # the next one begins more than two minutes later
        [400],
        [30],
    ]
    assert await read(("v", 31), ("x", 30), ("v", 400)) == [[], [], [400]], "there is nothing at the first two"


async def test_a_place_out_of_the_scope_is_not_read(library: Library, rows: Rows) -> None:
    await put(library, rows(("v", 0, "part")))
    place = RankedPlace(access.SHARED, Video("v"), 0.0, 1.0)
    with pytest.raises(ValueError, match="out of the scope"):
        await library.read_surroundings(access.own_scope(7), [place], 120.0)


async def test_answers_from_the_seeds_are_verbatim(seeded: Library) -> None:
    texts = {video: " ".join(text for _, text in segments) for video, segments in (await everything(seeded)).items()}
    for text in ("what is masked language modeling", "how do hopfield networks store patterns", "meta learning tasks"):
        answer = await asking_text.ask(seeded, SHARED, text)
        assert answer.level is AnswerLevel.CONFIDENT
        for excerpt in answer.excerpts:
            assert excerpt.quote in texts[excerpt.video.video_id]


async def test_two_processes_importing_into_the_same_videos_lose_nothing(
    library: Library, tmp_path: Path, rows: Rows
) -> None:
    other = await Library.open(tmp_path / "data" / "cuepoint.db")
    even = rows(*((f"v{n}", 60 * m, f"even {m}") for n in range(20) for m in range(5)))
    odd = rows(*((f"v{n}", 60 * m + 30, f"odd {m}") for n in range(20) for m in range(5)))
    await asyncio.gather(put(library, even), put(other, odd))
    await other.close()
    assert {video: len(segments) for video, segments in (await everything(library)).items()} == {
        f"v{n}": 10 for n in range(20)
    }
    assert (await library.statistics(SHARED)).segments == 200


async def test_undo_never_takes_back_what_another_process_imported(
    library: Library, tmp_path: Path, rows: Rows
) -> None:
    other = await Library.open(tmp_path / "data" / "cuepoint.db")
    mine, theirs = (rows(*((f"{who}{n}", 0, "text") for n in range(30))) for who in ("mine", "theirs"))
    await asyncio.gather(put(library, mine), put(other, theirs))
    await other.close()
    before = set(await everything(library))
    await library.undo(SHARED)
    removed = before - set(await everything(library))
    assert {video.rstrip("0123456789") for video in removed} in ({"mine"}, {"theirs"})


async def test_one_who_gives_up_waiting_to_write_leaves_the_writer_usable(
    library: Library, rows: Rows, tmp_path: Path
) -> None:
    blocker = sqlite3.connect(tmp_path / "data" / "cuepoint.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(put(library, rows(("v", 0, "copper"))))
    while not library._database._write_lock.locked():  # noqa: ASYNC110 - a lock has no event to wait for
        await asyncio.sleep(0)
    waiting.cancel()
    blocker.execute("ROLLBACK")
    blocker.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await put(library, rows(("v", 0, "copper")))).videos_added == 1


async def test_pages_of_one_video_in_one_import_are_counted_together(library: Library, rows: Rows) -> None:
    first, second = rows(("v", 0, "first")), rows(("v", 30, "second"))
    await put(library, first)
    report = await put(library, first, second)
    assert (report.videos_changed, report.videos_unchanged, report.segments_added) == (1, 0, 1)
    assert (await put(library, first, second, replace=True)).has_changes is False


async def test_two_caption_files_of_one_video_are_not_both_stored(library: Library) -> None:
    names = ("Talk [dQw4w9WgXcQ].en.srt", "Talk [dQw4w9WgXcQ].de.srt")
    report = await put(library, *(Source(name, SRT) for name in names))
    assert len(await library.videos(SHARED)) == 1
    assert any(note.startswith(f"{names[1]}: left out for {names[0]}") for note in report.notes)


async def test_every_word_is_in_the_captions_exported(library: Library) -> None:
    both = b"1\n00:00:01,000 --> 00:00:03,000\nfirst speaker\n\n2\n00:00:01,000 --> 00:00:03,000\nsecond speaker\n"
    await library.import_files(SHARED, [(Source("a.srt", both), Labels(video_id="v"))])
    assert b"first speaker" in (exported := await library.exports.make(SHARED, ExportFormat.SRT))
    assert b"second speaker" in exported


async def test_an_emptied_library_takes_the_language_of_its_next_import(library: Library, rows: Rows) -> None:
    await library.import_files(SHARED, [(rows(("v", 0, "houses")), Labels(language="de"))])
    await library.undo(SHARED)
    await library.import_files(SHARED, [(rows(("v", 0, "houses")), Labels(language="en"))])
    assert await hits(library, "house") == [("v", 0)]


async def test_a_quoted_phrase_stands_in_every_quote(seeded: Library) -> None:
    for phrase in ("the end", "it a training", "of the network"):
        for excerpt in (await asking_text.ask(seeded, SHARED, f'"{phrase}"')).excerpts:
            assert phrase in excerpt.quote.lower()


async def test_no_segment_is_shown_twice_in_an_answer(seeded: Library) -> None:
    for text in ("it a training", '"be"', "language model", "attention"):
        answer = await asking_text.ask(seeded, SHARED, text)
        places = [(excerpt.video.video_id, start) for excerpt in answer.excerpts for start in excerpt.segments]
        assert len(places) == len(set(places))


async def test_libraries_of_several_languages_are_each_asked_in_their_own(
    library: Library, rows: Callable[..., Source]
) -> None:
    """German folds "Häuser" and "Haus" into one term, English does not; the words of both are found and painted."""
    german = Labels(language="de")
    await library.import_files(access.host_scope("7"), [(rows(("de1", 0, "die alten Häuser am Hafen")), german)])
    await library.import_files(access.host_scope(), [(rows(("en1", 0, "the houses by the Haus am Hafen")), Labels())])
    answer = await asking_text.ask(library, in_server(7), "Haus Hafen")
    painted = {
        each.video.video_id: [each.quote[start:end] for start, end in each.highlights] for each in answer.excerpts
    }
    assert painted == {"de1": ["Häuser", "Hafen"], "en1": ["Haus", "Hafen"]}
    assert [each.score for each in answer.excerpts] == sorted((each.score for each in answer.excerpts), reverse=True)
    only = await asking_text.ask(library, in_server(7), "hafen video:en1")
    assert [each.video.video_id for each in only.excerpts] == ["en1"]
    assert {hit.video.video_id for hit in await asking_text.search(library, in_server(7), "hafen")} == {"de1", "en1"}
    with pytest.raises(UnknownFilter):
        await asking_text.ask(library, in_server(7), "hafen video:nothing")
    opened = await asking_text.open_passage(library, in_server(7), "Haus", PassageRange("de1", 0, 0))
    assert opened.paragraphs[0].quote == "die alten Häuser am Hafen"
