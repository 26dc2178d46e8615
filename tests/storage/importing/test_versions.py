"""Rows over what is stored of a video: another page, a correction, the same words at other times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import access
from storage.importing.merging import MergedVideo, merge_video
from storage.library import Library
from storage.models import Labels, Segment, Source, StoredVideo, Video
from tests.support.project import SHARED_FOLDER

SHARED = access.host_scope()
Row = tuple[float, float, str]


def stored(*rows: Row) -> StoredVideo:
    return StoredVideo(Video("v"), tuple(Segment(*row) for row in rows))


def merged(before: StoredVideo, *rows: Row) -> MergedVideo:
    return merge_video(before, Video("v"), [Segment(*row) for row in rows], whole=False)


def texts(result: MergedVideo) -> list[tuple[float, str]]:
    return [(segment.start_second, segment.text) for segment in result.stored.segments]


async def test_a_second_version_with_shifted_times_replaces_the_first(library: Library) -> None:
    folder = SHARED_FOLDER / "field"
    if not folder.is_dir():
        pytest.skip("the folder of inputs from the field (../shared/field) is not here")
    for name in ("shifted-1.csv", "shifted-2.csv"):
        report = await library.import_files(SHARED, [(Source(name, (folder / name).read_bytes()), Labels())])
    assert (report.segments_added, report.segments_replaced) == (0, 2)
    assert report.notes == ("demo-video: 2 segments replace those with the same words at a slightly other time.",)
    kept = await library.segments_between(SHARED, "demo-video", 0, 1e9)
    assert [(segment.start_second, segment.text) for segment in kept] == [
        (0.2, "hello and welcome to the talk"), (3.6, "about the weather in spring"),
    ]  # fmt: skip


async def test_both_versions_in_one_import_are_one(library: Library) -> None:
    rows = "video_id,start_second,text\nv,{},hello and welcome to the talk\nv,{},about the weather in spring\n"
    files = [(Source(f"{n}.csv", rows.format(*starts).encode()), Labels()) for n, starts in enumerate([(0, 3), (1, 4)])]
    report = await library.import_files(SHARED, files)
    assert report.segments_added == 2
    assert len(report.notes) == 1


def test_other_words_over_stored_time_are_told_and_kept() -> None:
    result = merged(stored((0, 10, "one"), (10, 20, "two")), (3, 8, "three"), (13, 18, "four"))
    assert len(result.stored.segments) == 4
    (note,) = result.notes
    assert note.startswith("v: 2 new segments begin while something else is said in what was stored before; where this")


def test_a_page_joins_another_though_the_rows_at_the_border_overlap() -> None:
    before = stored((0, 10, "one two"), (10, 21, "two three"))
    result = merged(before, (20, 30, "three four"), (30, 40, "four five"))
    assert (result.added, result.notes) == (2, ())


def test_a_word_said_again_at_the_border_of_two_pages_stays() -> None:
    result = merged(stored((0, 3, "well then"), (3, 4, "yes")), (4, 5, "yes"), (5, 9, "and so on"))
    assert texts(result) == [(0, "well then"), (3, "yes"), (4, "yes"), (5, "and so on")]


def test_one_line_said_again_among_others_is_no_other_version() -> None:
    before = stored((2, 4, "a"), (2.5, 4, "b"), (3, 4, "same words"), (4.5, 6, "c"))
    assert len(merged(before, (3.5, 5, "same words")).stored.segments) == 5


def test_a_row_of_a_shared_second_is_known_by_its_words() -> None:
    before = stored((3, 5, "first"), (3.001, 5, "second"))
    assert not merged(before, (3, 5, "second")).differs_from(before)
    assert texts(merged(before, (3, 5, "corrected"))) == [(3, "corrected"), (3.001, "second")]


@given(
    rows=st.lists(st.tuples(st.integers(0, 20).map(float), st.sampled_from("abc")), min_size=1, max_size=12),
    cut=st.integers(0, 12),
)
def test_importing_the_same_or_a_page_of_it_again_changes_nothing(rows: list[tuple[float, str]], cut: int) -> None:
    starts = sorted(dict(rows).items())
    before = stored(*((start, start + 5, text) for start, text in starts))
    for page in (before.segments, before.segments[:cut], before.segments[cut:]):
        result = merge_video(before, Video("v"), page, whole=False)
        assert not result.differs_from(before)
        assert not result.notes


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=8, unique=True), st.integers(1, 7))
def test_pages_join_in_any_order(words: list[str], cut: int) -> None:
    rows = [Segment(4.0 * n, 4.0 * n + 4, word) for n, word in enumerate(words)]
    first, second = rows[:cut], rows[cut:]
    for pages in ((first, second), (second, first)):
        kept: StoredVideo | None = None
        for page in pages:
            kept = merge_video(kept, Video("v"), page, whole=False).stored
        assert kept is not None
        assert list(kept.segments) == rows
