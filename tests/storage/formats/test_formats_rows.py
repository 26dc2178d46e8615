"""Dataset rows from CSV, TSV, JSON Lines and Parquet: what is read, merged, completed and rejected."""

from __future__ import annotations

import csv
import io
import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.pace import SPOKEN_CHARACTERS_PER_SECOND
from storage.formats.reader import read_file
from storage.models import FileContent, Labels, Segment, Source, Video

HEADER = ["video_id", "text", "start_second", "end_second", "url", "title", "thumbnail"]
ID = "dQw4w9WgXcQ"
URL = f"https://www.youtube.com/watch?v={ID}"
THUMBNAIL = f"https://i.ytimg.com/vi/{ID}/mqdefault.jpg"


def row(**cells) -> dict:
    return {
        "video_id": ID, "text": "hello there", "start_second": 0, "end_second": 9, "url": f"{URL}&t=0s",
        "title": "A talk", "thumbnail": THUMBNAIL,
    } | cells  # fmt: skip


def as_separated(rows, delimiter=",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_tsv(rows) -> bytes:
    return as_separated(rows, "\t")


def as_json_lines(rows) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def as_parquet(rows) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


WRITERS = {"talks.csv": as_separated, "talks.tsv": as_tsv, "talks.jsonl": as_json_lines, "talks.parquet": as_parquet}
every_format = pytest.mark.parametrize("name", WRITERS)


def reading_of(rows, name="talks.csv", labels=None) -> FileContent:
    return read_file(Source(name, WRITERS[name](rows)), labels or Labels())


def reasons(reading: FileContent) -> list[tuple[int | None, str]]:
    return [(rejection.row, rejection.reason) for rejection in reading.rejections]


def plain(alphabet="abc ,;|\"'\t\n{}é", **sizes):
    return st.text(alphabet, **sizes).map(lambda text: " ".join(text.split()))


@st.composite
def datasets(draw) -> list[dict]:
    """Rows as a dataset has them: each second of a video once."""
    rows = []
    for number in range(draw(st.integers(1, 3))):
        title = draw(plain(max_size=20))
        for start in sorted(draw(st.sets(st.integers(0, 5000) | st.floats(0, 5000), min_size=1, max_size=5))):
            text = draw(plain(min_size=1, max_size=60).filter(bool))
            cells = {"text": text, "start_second": float(start), "end_second": start + draw(st.integers(0, 60)) / 2}
            rows.append(row(video_id=f"video {number}", title=title, url="", thumbnail="", **cells))
    return rows


@every_format
@given(rows=datasets())
def test_what_is_written_is_read_again(name, rows):
    reading = reading_of(rows, name)
    found = [
        (t.video.video_id, t.video.title, s.text, s.start_second, s.end_second)
        for t in reading.transcripts
        for s in t.segments
    ]
    assert found == [tuple(r[c] for c in ("video_id", "title", "text", "start_second", "end_second")) for r in rows]
    assert not reading.rejections
    assert not any(t.whole or t.cues for t in reading.transcripts)


@every_format
def test_a_row_gives_a_segment_and_its_video(name):
    (transcript,) = reading_of([row()], name).transcripts
    assert transcript.video == Video(ID, "A talk", url=URL, thumbnail=THUMBNAIL)
    assert transcript.segments == (Segment(0.0, 9.0, "hello there"),)


@pytest.mark.parametrize("name", ["talks.csv", "talks.tsv", "talks.jsonl"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_table_may_begin_with_a_byte_order_mark(name, encoding):
    content = WRITERS[name]([row()]).decode().encode(encoding)
    assert read_file(Source(name, content)) == reading_of([row()], name)


@every_format
def test_only_three_columns_are_needed(name):
    (transcript,) = reading_of([{"video_id": ID, "text": "hi", "start_second": 4}], name).transcripts
    assert transcript.video == Video(ID, url=URL, thumbnail=THUMBNAIL)
    assert transcript.segments[0].start_second == 4


@every_format
def test_column_names_are_read_in_any_case_and_others_ignored(name):
    cells = {" Video_ID ": ID, "TEXT": "hi", "Start_Second": 4, "creator": "Ann", "likes": 7}
    (transcript,) = reading_of([cells], name).transcripts
    assert (transcript.video.creator, transcript.segments[0].text) == ("Ann", "hi")


@every_format
def test_a_missing_column_is_named_with_those_that_are_there(name):
    with pytest.raises(InputError, match=r"the column start_second is missing \(found: video_id, text, end_second\)"):
        reading_of([{"video_id": ID, "text": "hi", "end_second": 4}], name)


@every_format
def test_a_missing_end_is_the_next_start_or_the_time_it_takes_to_say(name):
    rows = [row(start_second=s, end_second=None) for s in (30, 10)]
    (transcript,) = reading_of([*rows, row(start_second=20, end_second=25)], name).transcripts
    said = round(len("hello there") / SPOKEN_CHARACTERS_PER_SECOND, 3)
    assert [s.end_second for s in transcript.segments] == [20, 25, 30 + said]


@every_format
def test_the_same_row_twice_is_one(name):
    reading = reading_of([row(), row(), row(title="Other")], name)
    assert [len(t.segments) for t in reading.transcripts] == [1]
    assert not reading.rejections


def test_rows_of_the_same_second_are_kept_in_the_order_of_the_file():
    reading = reading_of([row(start_second=12, text=text, end_second=20) for text in ("b", "a", "b", "c")])
    assert [(s.start_second, s.text) for s in reading.transcripts[0].segments] == [
        (12, "b"), (12.001, "a"), (12.002, "c"),
    ]  # fmt: skip
    assert not reading.rejections


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"video_id": " "}, "video_id is empty; fill it in or leave the row out"),
        ({"text": "\t"}, "text is empty; fill it in or leave the row out"),
        ({"start_second": ""}, "start_second is empty; give the seconds"),
        ({"start_second": "0:72"}, "start_second is “0:72”; give the seconds"),
        ({"start_second": "-1"}, "start_second is “-1”; give the seconds"),
        ({"start_second": "nan"}, "start_second is “nan”; give the seconds"),
        ({"start_second": "1e999"}, "start_second is “1e999”; give the seconds"),
        ({"start_second": "1_000"}, "start_second is “1_000”; give the seconds"),
        ({"end_second": "late"}, "end_second is “late”; give the seconds"),
        ({"start_second": "12", "end_second": "11"}, "ends at 11, before it starts at 12; correct the two times"),
        ({"start_second": "1086000", "end_second": ""}, "lies over 100 hours into the video; times are in seconds"),
        ({"end_second": "360000.5"}, "lies over 100 hours into the video; times are in seconds"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_with_its_line(cells, reason):
    reading = reading_of([row(start_second=100, end_second=101), row(**cells)])
    ((line, found),) = reasons(reading)
    assert line == 3
    assert found.startswith(reason)
    assert len(reading.transcripts) == 1


@pytest.mark.parametrize("value", [True, [1], {"a": 1}, math.inf, -1, 10**400, None])
def test_a_start_of_another_kind_is_rejected(value):
    ((line, reason),) = reasons(reading_of([row(start_second=value)], "talks.jsonl"))
    assert line == 1
    assert reason.startswith("start_second is")


def test_text_of_another_kind_is_rejected():
    reading = reading_of([row(text=5), row(video_id=["a"])], "talks.jsonl")
    assert [reason.split(";")[0] for _, reason in reasons(reading)] == [
        "text is “5”, which is no text", "video_id is “['a']”, which is no text",
    ]  # fmt: skip


@pytest.mark.parametrize(("written", "second"), [("1,086", 1086), ("12.5", 12.5), (" 7 ", 7), ("1,234,567", None)])
def test_numbers_are_read_as_people_write_them(written, second):
    segments = [s for t in reading_of([row(start_second=written, end_second="")]).transcripts for s in t.segments]
    assert [s.start_second for s in segments] == ([] if second is None else [second])


def test_text_is_put_on_one_line_and_otherwise_left_alone():
    text = "  a\tb\r\nc\u2028d\u00a0e\u0000\u0007 {\\an8} &amp <i>[Music] \u202er "
    (transcript,) = reading_of([row(text=text)], "talks.jsonl").transcripts
    assert transcript.segments[0].text == "a b c d e {\\an8} &amp <i>[Music] \u202er"


def test_half_a_character_is_replaced_so_that_it_can_be_stored():
    (transcript,) = reading_of([row(text="a\ud800b")], "talks.jsonl").transcripts
    assert transcript.segments[0].text == "a\ufffdb"


def test_a_video_id_has_no_marks_of_direction():
    (transcript,) = reading_of([row(video_id="\u202eta\u2066lk\u200f")]).transcripts
    assert transcript.video.video_id == "talk"


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\x07", "\x9b", "\ufe0f", "\U000e0041"]
)
def test_a_video_id_has_nothing_in_it_that_nobody_sees(unseen):
    (transcript,) = reading_of([row(video_id=f"ta{unseen}lk"), row(start_second=9, video_id="talk")]).transcripts
    assert (transcript.video.video_id, len(transcript.segments)) == ("talk", 2)


def test_an_id_of_nothing_that_is_seen_is_none():
    (rejected,) = reading_of([row(video_id="\u200b\u2060")]).rejections
    assert rejected.reason == "video_id is empty; fill it in or leave the row out"


def test_what_one_row_lacks_another_says():
    rows = [row(title="", url=URL[:30] + "…", thumbnail="…"), row(start_second=9, url="https://example.org/talk?t=9")]
    (transcript,) = reading_of(rows).transcripts
    assert transcript.video == Video(ID, "A talk", url="https://example.org/talk", thumbnail=THUMBNAIL)


def test_labels_apply_to_a_single_video():
    labels = Labels(title="Mine", url="https://example.org/a?t=4", creator="Ann", language="en")
    (transcript,) = reading_of([row()], labels=labels).transcripts
    assert transcript.video == Video(ID, "Mine", "Ann", "https://example.org/a", THUMBNAIL, "en")


@pytest.mark.parametrize("labels", [Labels(title="a"), Labels(url=URL), Labels(video_id=ID)])
def test_a_label_of_one_video_is_refused_for_several(labels):
    with pytest.raises(InputError, match=r"holds 2 videos, so one .* cannot be given for all of them"):
        reading_of([row(), row(video_id="other")], labels=labels)


def test_creator_and_language_apply_to_all_videos():
    reading = reading_of([row(), row(video_id="other")], labels=Labels(creator="Ann", language="en"))
    assert {(t.video.creator, t.video.language) for t in reading.transcripts} == {("Ann", "en")}


def test_an_id_that_the_rows_contradict_is_refused():
    with pytest.raises(InputError, match="its rows say that the video is"):
        reading_of([row()], labels=Labels(video_id="other"))


def test_a_broken_line_of_json_is_rejected_and_the_others_read():
    content = as_json_lines([row(), row(start_second=1), row(start_second=2)]).splitlines()
    content[1] = content[1][:40]
    reading = read_file(Source("talks.jsonl", b"\n".join(content)))
    ((line, reason),) = reasons(reading)
    assert line == 2
    assert reason.endswith("is not a complete JSON object; write one whole object on each line")
    assert len(reading.transcripts[0].segments) == 2


def test_the_line_of_a_row_is_counted_with_line_breaks_inside_cells():
    reading = reading_of([row(text="one\ntwo\nthree"), row(start_second="x")])
    assert [line for line, _ in reasons(reading)] == [5]


@pytest.mark.parametrize("cells", [3, 8])
def test_a_row_of_csv_with_other_cells_than_the_header_is_rejected(cells):
    content = as_separated([row()]) + ",".join(["x"] * cells).encode()
    reading = read_file(Source("talks.csv", content))
    ((line, reason),) = reasons(reading)
    assert line == 3
    assert reason.startswith(f"has {cells} cells where the header has 7; complete the row")


def test_empty_cells_behind_a_row_do_no_harm():
    assert not read_file(Source("talks.csv", as_separated([row()]).rstrip() + b",,\r\n\r\n")).rejections


def test_the_rows_of_several_row_groups_are_counted_on():
    out = io.BytesIO()
    rows = [row(start_second=i, end_second=i + 1) for i in range(5)]
    rows[4]["text"] = ""
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=2)
    reading = read_file(Source("talks", out.getvalue()))
    assert [line for line, _ in reasons(reading)] == [5]


def test_parquet_text_may_be_a_dictionary_and_numbers_any_kind():
    table = pa.table(
        {
            "video_id": pa.array([ID, ID]).dictionary_encode(),
            "text": pa.array(["a", "b"], pa.large_string()),
            "start_second": pa.array(["1.5", "2.5"]).cast(pa.decimal128(5, 1)),
            "end_second": pa.array([math.nan, 3.0], pa.float32()),
            "title": pa.nulls(2),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    (transcript,) = read_file(Source("talks.parquet", out.getvalue())).transcripts
    assert transcript.segments == (Segment(1.5, 2.5, "a"), Segment(2.5, 3.0, "b"))


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"start_second": True}, "the column start_second holds bool, not numbers"),
        ({"text": 12}, "the column text holds int64, not text"),
        ({"text": b"a"}, "the column text holds binary, not text"),
        ({"title": {"en": "a"}}, "the column title holds struct<en: string>, not text"),
        ({"text": None}, "the column text holds null, not text"),
    ],
)
def test_parquet_columns_of_a_wrong_type_are_refused(cells, problem):
    with pytest.raises(InputError, match=problem):
        reading_of([row(**cells)], "talks.parquet")
