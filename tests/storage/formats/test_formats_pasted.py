"""Text pasted from a dataset viewer, as a table between pipes and as one field a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import FileContent, Labels, Segment, Source
from tests.support.project import SHARED_FOLDER

SEEDS = SHARED_FOLDER / "seeds"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the pasted pages are not here ({SEEDS})")

IDS = ("-9evrZnBorM", "a0f07M2uj_A")
COLUMNS = ("video_id", "text", "start_second", "end_second", "url", "title", "thumbnail")
STATISTICS = ("stringlengths 11", "stringlengths 361", "int64 0", "int64 18", "stringlengths 48", "stringlengths 0", "")
TABLE_HEAD = "\n".join(
    f"{'| ' if i else ''}{column}\n{kind or 'stringlengths 0'}\n11.3k"
    for i, (column, kind) in enumerate(zip(COLUMNS, STATISTICS, strict=True))
) + "\n|\n---|---|---|---|---|---|---|\n"  # fmt: skip
LINES_HEAD = "".join(f"{column}\nstringlengths\n0\n11.3k\n" for column in COLUMNS)
FOOTER = (
    "Subsets and Splits\nNo community queries yet\n"
    "The top public SQL queries from the community will appear here once available."
)


def cells(video: int = 0, start: int = 1086, text: str = "and then you", title: str = "BERT", thumbnail: str = ""):
    url = f"https://www.youtube.com/watch?v={IDS[video]}&t={start}s"
    return [IDS[video], text, f"{start:,}", f"{start + 30:,}", url, title, thumbnail]


def as_table(rows) -> str:
    return "\n".join(" | ".join(row[:6]) + (f" | {row[6]} |" if row[6] else " | |") for row in rows)


def as_lines(rows) -> str:
    return "\n".join("\n".join(row) for row in rows)


def paste(text: str) -> FileContent:
    return read_file(Source("paste.txt", text.encode()))


def segments(reading: FileContent) -> list[Segment]:
    return [segment for transcript in reading.transcripts for segment in transcript.segments]


def reasons(reading: FileContent) -> list[tuple[int | None, str]]:
    return [(rejection.row, rejection.reason.split(";")[0]) for rejection in reading.rejections]


@st.composite
def pages(draw):
    """Rows with pipes in their words and titles, and with any start once."""
    words = st.text("ab|", min_size=1, max_size=6)
    rows = []
    for start in sorted(draw(st.sets(st.integers(0, 99_999), min_size=1, max_size=6))):
        text = " ".join(draw(st.lists(words, min_size=1, max_size=8)))
        title = draw(st.sampled_from(["BERT", "BERT | Part 2", "A|B", "10 | 20"]))
        thumbnail = draw(st.sampled_from(["", "https://i.ytimg.com/vi/-…rM/hqdefault.jpg"]))
        rows.append(cells(0, start, text, title, thumbnail))
    return rows


@pytest.mark.parametrize("write", [as_table, as_lines])
@pytest.mark.parametrize("footer", ["", "\n" + FOOTER, "\n\n" + FOOTER.partition("\n")[0]])
@given(rows=pages(), with_head=st.booleans())
def test_a_pasted_page_is_read_with_or_without_its_head_and_footer(write, footer, rows, with_head):
    head = (TABLE_HEAD if write is as_table else LINES_HEAD) if with_head else ""
    reading = paste(head + write(rows) + footer)
    assert [(s.text, f"{s.start_second:,.0f}", f"{s.end_second:,.0f}") for s in segments(reading)] == [
        tuple(row[1:4]) for row in rows
    ]
    assert reading.transcripts[0].video.title == rows[0][5]
    assert not reading.rejections


@pytest.mark.parametrize("write", [as_table, as_lines])
def test_the_page_after_it_may_follow_in_the_same_paste(write):
    head = TABLE_HEAD if write is as_table else LINES_HEAD
    pages = [[cells(0, 10), cells(0, 40)], [cells(0, 70), cells(1, 0)]]
    reading = paste("\n".join(head + write(page) + "\n" + FOOTER for page in pages))
    assert [s.start_second for s in segments(reading)] == [10, 40, 70, 0]
    assert not reading.rejections


def test_a_row_gives_its_video():
    (transcript,) = paste(as_table([cells(thumbnail="https://i.ytimg.com/vi/-…rM/hqdefault.jpg")])).transcripts
    assert (transcript.video.video_id, transcript.video.title) == (IDS[0], "BERT")
    assert transcript.video.url == f"https://www.youtube.com/watch?v={IDS[0]}"
    assert transcript.video.thumbnail == f"https://i.ytimg.com/vi/{IDS[0]}/mqdefault.jpg"
    assert not transcript.whole


@pytest.mark.parametrize("ending", [" | |", " |", "", " | | " + FOOTER.replace("\n", " "), " | " + FOOTER, FOOTER])
def test_the_last_row_of_a_table_may_lack_cells_and_have_the_footer_glued_to_it(ending):
    reading = paste(as_table([cells(0, 10)]) + "\n" + " | ".join(cells(0, 40)[:6]) + ending)
    assert [s.start_second for s in segments(reading)] == [10, 40]
    assert reading.transcripts[0].video.title == "BERT"
    assert not reading.rejections


@pytest.mark.parametrize("ending", ["", FOOTER, "\n" + FOOTER])
def test_the_last_of_the_lines_may_have_the_footer_glued_to_it(ending):
    reading = paste(as_lines([cells(0, 10), cells(0, 40)[:6]]) + ending)
    assert len(segments(reading)) == 2
    assert not reading.rejections


@pytest.mark.parametrize("left_out", [(), (5,), (6,), (5, 6)])
@pytest.mark.parametrize("empty", [True, False])
def test_title_and_thumbnail_may_be_empty_lines_or_no_lines(left_out, empty):
    rows = [cells(i % 2, 10 + 30 * i, thumbnail="https://i.ytimg.com/vi/x.jpg") for i in range(4)]
    written = [
        ["" if i in left_out else cell for i, cell in enumerate(row) if empty or i not in left_out] for row in rows
    ]
    reading = paste(as_lines(written))
    assert len(segments(reading)) == len(rows)
    assert {t.video.title for t in reading.transcripts} == {"" if 5 in left_out else "BERT"}
    assert not reading.rejections


@given(cut=st.integers(1, 200), write=st.sampled_from([as_table, as_lines]))
def test_a_paste_cut_off_anywhere_never_gives_a_wrong_row(cut, write):
    rows = [cells(0, 10), cells(0, 1234, "the last words of all"), cells(1, 4321, "never cut")]
    whole = segments(paste(write(rows)))
    reading = paste(write(rows)[:-cut])
    found = segments(reading)
    assert [(s.start_second, s.text) for s in found] == [(s.start_second, s.text) for s in whole[: len(found)]]
    assert len(found) + bool(reading.rejections) >= 1


def test_a_row_of_a_table_that_is_cut_off_is_rejected_with_its_line():
    reading = paste(as_table([cells(0, 10)]) + f"\n{IDS[0]} | and then | 1,08")
    assert reasons(reading) == [(2, "the last row is cut off")]


def test_a_row_of_lines_that_is_cut_off_is_rejected_with_its_line():
    reading = paste(as_lines([cells(0, 10, thumbnail="https://i.ytimg.com/x.jpg"), cells(1, 40)[:3]]))
    assert reasons(reading) == [(8, "the last row is cut off")]


def test_a_line_in_a_table_that_fits_nothing_is_rejected():
    reading = paste("\n".join([as_table([cells(0, 10)]), "what is this", as_table([cells(0, 40)])]))
    assert reasons(reading) == [(2, "does not look like a row (id | text | start | end | url | title | thumbnail)")]
    assert len(segments(reading)) == 2


def test_lines_between_rows_that_fit_nothing_are_rejected_together():
    row = cells(0, 10, thumbnail="https://i.ytimg.com/x.jpg")
    reading = paste(as_lines([row, ["what", "is this"], cells(0, 40)]))
    (rejected,) = reasons(reading)
    assert rejected[0] == 8
    assert len(segments(reading)) == 2


def test_a_row_of_lines_without_its_id_is_rejected_and_spoils_no_other():
    rows = [cells(0, start, thumbnail="https://i.ytimg.com/x.jpg") for start in (10, 40, 70)]
    reading = paste(as_lines([rows[0], rows[1][1:], rows[2]]))
    assert [s.start_second for s in segments(reading)] == [10, 70]
    assert [reason for _, reason in reasons(reading)] == ["the row lacks its video_id or its text"]


def test_a_row_of_lines_without_its_text_is_rejected():
    rows = [cells(0, start)[:6] for start in (10, 40, 70)]
    del rows[1][1]
    reading = paste(as_lines(rows))
    assert [s.start_second for s in segments(reading)] == [10, 70]
    assert [reason for _, reason in reasons(reading)] == ["the row lacks its video_id or its text"]


def test_the_id_of_a_row_that_is_cut_off_is_not_taken_for_a_title():
    reading = paste(as_lines([cells(0, 10)[:5], cells(0, 40)[:2]]))
    assert reading.transcripts[0].video.title == ""
    assert reasons(reading) == [(6, "the last row is cut off")]


def test_the_words_of_the_footer_inside_a_row_are_speech():
    text = "so we see The top public SQL queries"
    assert [s.text for s in segments(paste(as_table([cells(0, 10, text)])))] == [text]


def test_an_address_that_is_cut_off_is_not_kept():
    whole = as_table([cells(0, 10)])
    (transcript,) = paste(whole[: whole.index("?v=")]).transcripts
    assert transcript.video.url == f"https://www.youtube.com/watch?v={IDS[0]}"


@pytest.mark.parametrize("head", [TABLE_HEAD, LINES_HEAD])
def test_a_head_without_rows_is_refused(head):
    with pytest.raises(InputError, match="there is not a single row in it; export or paste it again"):
        paste(head)


@needs_seeds
def test_the_pasted_pages_are_read_whole():
    pages = [
        read_file(Source(path.name, path.read_bytes()))
        for path in SEEDS.glob("*.txt")
        if not path.name.startswith("003")
    ]
    assert not any(reading.rejections for reading in pages)
    assert sum(len(segments(reading)) for reading in pages) == 300
    videos = {t.video.video_id: t.video for reading in pages for t in reading.transcripts}
    assert len(videos) == 7
    assert all(video.title and video.thumbnail for video in videos.values())
    assert all(video.url == f"https://www.youtube.com/watch?v={video_id}" for video_id, video in videos.items())


@needs_seeds
def test_the_subtitle_file_is_read_to_the_last_word():
    (path,) = SEEDS.glob("003*.txt")
    reading = read_file(Source(path.name, path.read_bytes()), Labels(video_id="my talk"))
    (transcript,) = reading.transcripts
    assert len(transcript.cues) == 2244
    assert sum(len(cue.text.split()) for cue in transcript.cues) == 15_873
    assert transcript.cues[-1].text == "there okay thanks"
    assert transcript.whole
    assert not reading.rejections
