"""Tables as people make them: which column is which, how times are written, what a program left in the words."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.dates import read_date
from storage.errors import InputError, UnclearColumns
from storage.formats.html_text import decode_text
from storage.formats.reader import read_file
from storage.formats.rows.column_names import read_column_name
from storage.formats.rows.times import has_decimal_comma, parse_number, parse_timecode
from storage.formats.text_cleaning import clean_text
from storage.importing.segmenting import segment_cues
from storage.models import FileContent, Labels, Segment, Source, SpeakerTurn
from tests.support.project import SHARED_FOLDER

ID = "dQw4w9WgXcQ"
Spoken = list[tuple[float, float, str]]


def read(content: str | bytes, name: str = "talk.csv", **labels: str) -> FileContent:
    data = content if isinstance(content, bytes) else content.encode()
    return read_file(Source(name, data), Labels(**labels))


def spoken(content: FileContent) -> Spoken:
    assert not content.rejections
    (transcript,) = content.transcripts
    return [(each.start_second, each.end_second, each.text) for each in transcript.segments or transcript.cues]


def from_field(name: str) -> FileContent:
    path = SHARED_FOLDER / "field" / name
    if not path.is_file():
        pytest.skip("the folder of inputs from the field (../shared/field) is not here")
    return read(path.read_bytes(), name)


def test_milliseconds_are_recognised_by_the_pace_of_speech_and_said() -> None:
    content = from_field("milliseconds.tsv")
    assert spoken(content) == [(0, 3.1, "hello and welcome"), (3.1, 5.4, "to this talk"), (5.4, 7, "of ours")]
    (note,) = content.notes
    assert note.startswith(
        "its times are milliseconds, by the pace of speech (in seconds, 17 characters would last 3,1"
    )


def test_escapes_and_tags_are_decoded() -> None:
    texts = [text for _, _, text in spoken(from_field("entities.csv"))]
    assert texts == ["so we're here & it's fine", 'the next "word" is this']


def test_rows_of_one_second_are_kept_in_order() -> None:
    texts = [text for _, _, text in spoken(from_field("same-second.csv"))]
    assert texts == ["first words here", "second words here", "third words here"]


def test_semicolons_part_cells_whose_numbers_have_decimal_commas() -> None:
    assert spoken(from_field("semicolons.csv")) == [(0.24, 3.1, "hello and welcome"), (3.4, 5.4, "to this talk")]


NAMES = {
    "start_second": ["start", "begin", "start_time", "Start Time", "startTime", "timestamp", "offset", "START (s)"],
    "end_second": ["end", "end_time", "stop", "endTime", "End Second"],
    "duration": ["duration", "dur", "Duration (ms)"],
    "text": ["text", "content", "transcript", "caption", "sentence", "line", "Utterance"],
    "video_id": ["video", "video id", "Video_ID", "videoId", "episode", "id"],
    "url": ["link", "url", "video_url"],
    "creator": ["channel", "author", "creator"],
    "speaker": ["speaker", "name", "who"],
    "published": ["published", "date", "upload_date"],
    "language": ["language", "lang"],
    "title": ["title", "Video Title"],
    "chapters": ["chapters"],
    "": ["likes", "views", "", "number", "ms", "seconds"],
}  # fmt: skip


@pytest.mark.parametrize(("column", "names"), NAMES.items())
def test_a_column_goes_by_many_names(column: str, names: list[str]) -> None:
    assert {read_column_name(name).column for name in names} == {column}


def test_a_unit_in_a_name_is_the_units() -> None:
    assert [read_column_name(name).unit for name in ("start_ms", "startMs", "Start (s)", "start")] == [
        0.001, 0.001, 1, None,
    ]  # fmt: skip
    assert spoken(read("start_ms,dur_ms,text\n0,1500,hi there\n", video_id="v")) == [(0, 1.5, "hi there")]


TABLE = [
    {"video": "a", "begin": "0:00", "dur": "2.5", "content": "hello there", "channel": "Ann", "who": "Bob",
     "upload_date": "20250630", "lang": "en-GB", "Video Title": "A talk"},
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "b.csv", "c.csv", "a.jsonl", "a.json", "a.parquet"])
def test_other_names_are_understood_in_every_table(name: str) -> None:
    if name.endswith("parquet"):
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(TABLE), out)
        content = out.getvalue()
    elif "json" in name:
        content = json.dumps(TABLE if name == "a.json" else TABLE[0]).encode()
    else:
        sign = {"a.csv": ",", "a.tsv": "\t", "b.csv": ";", "c.csv": "|"}[name]
        content = "\n".join(sign.join(row) for row in (TABLE[0], TABLE[0].values())).encode()
    (transcript,) = read(content, name).transcripts
    video = transcript.video
    assert (video.video_id, video.creator, video.published, video.language, video.title) == (
        "a", "Ann", "2025-06-30", "en", "A talk",
    )  # fmt: skip
    assert transcript.segments == (Segment(0.0, 2.5, "hello there", turns=(SpeakerTurn(0, "Bob"),)),)
    assert not transcript.whole


@pytest.mark.parametrize(
    ("header", "sentence", "example"),
    [
        ("content,caption,start", "the columns content and caption could each be the text;",
         "text=content,start=start"),
        ("content,begin,start_time", "the columns begin and start_time could each be the start;",
         "text=content,start=begin"),
        ("words a,words b,words c", "the columns video_id, text and start_second are missing (found: words a, words b,",
         "text=words a,start=words b"),
        ("text,moment", "the columns video_id and start_second are missing (found: text, moment);",
         "text=text,start=moment"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_asked_and_the_answer_shown_works(header: str, sentence: str, example: str) -> None:
    content = header + "\n" + ",".join("7" * len(header.split(","))) + "\n"
    with pytest.raises(UnclearColumns) as caught:
        read(content, video_id="v")
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(f"say which column is which, as in {example}")
    assert caught.value.example == example
    assert [(start, text) for start, _, text in spoken(read(content, video_id="v", columns=example))] == [(7, "7")]


def test_no_example_is_made_of_names_that_nobody_would_type() -> None:
    long = "word " * 120
    with pytest.raises(InputError) as caught:
        read(f"video_id,text,{long},{long}!\n")
    assert str(caught.value).endswith("; name the columns video_id, text and start_second")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ("text", "“text” does not say which column is which; write it as in text=content,start=begin"),
        ("text=", "“text=” does not say which column is which"),
        ("texture=a", "“texture” is nothing that a column can hold; there are video, text, start, end,"),
        ("text=b,text=a", "two columns are said to be the text; name one"),
        ("text=c", "there is no column named “c” (found: a, b); correct the name"),
        ("text=a,start=a", "there is more than one use of a column named “a”"),
    ],
)
def test_a_bad_choice_of_columns_is_one_sentence(columns: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read("a,b\nx,1\n", video_id="v", columns=columns)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_chosen_column_wins_over_one_of_that_name() -> None:
    content = "Text,Original text,start\nübersetzt,as spoken,3\n"
    assert spoken(read(content, video_id="v", columns="text=original_text"))[0][2] == "as spoken"


def test_whispers_tsv_is_milliseconds_whose_quotation_marks_are_text() -> None:
    content = read('start\tend\ttext\n0\t3100\t"Hello," he said\n3100\t6000\tand "welcome\n', f"A talk [{ID}].tsv")
    assert spoken(content) == [(0, 3.1, '"Hello," he said'), (3.1, 6, 'and "welcome')]
    assert content.transcripts[0].video.video_id == ID
    assert content.transcripts[0].whole
    assert not content.notes


def test_a_table_of_seconds_with_whispers_header_is_seconds() -> None:
    content = read("start\tend\ttext\n0\t3\thello and welcome\n3\t6\tto this talk\n", "a.tsv", video_id="v")
    assert spoken(content) == [(0, 3, "hello and welcome"), (3, 6, "to this talk")]


def test_a_table_without_a_video_is_called_as_its_file() -> None:
    (transcript,) = read("start,text\n0,hi\n", "week 1.csv").transcripts
    assert (transcript.video.video_id, transcript.named_by_file) == ("week 1", True)


def test_an_id_that_numbers_the_rows_is_no_video() -> None:
    assert spoken(read("id,start,end,text\n0,0,3,hi\n1,3,4,ho\n", video_id="v")) == [(0, 3, "hi"), (3, 4, "ho")]


def test_an_id_that_repeats_is_the_video() -> None:
    content = read("id,start,text\na,0,hi\na,3,ho\nb,0,hu\n")
    assert [transcript.video.video_id for transcript in content.transcripts] == ["a", "b"]


def test_the_video_is_read_from_its_address() -> None:
    (transcript,) = read(f"link,start,text\nhttps://youtu.be/{ID}?t=3,0,hi\n").transcripts
    assert (transcript.video.video_id, transcript.video.url) == (ID, f"https://youtu.be/{ID}")


def test_several_titles_without_a_video_are_asked_about_and_the_answer_works() -> None:
    content = "title,start,text\nOne,0,hi\nTwo,0,ho\n"
    with pytest.raises(UnclearColumns, match=r"no column says which video .* as in video=title$"):
        read(content, video_id="v")
    assert [t.video.video_id for t in read(content, columns="video=title").transcripts] == ["One", "Two"]


def test_a_duration_that_is_the_videos_is_not_the_rows() -> None:
    rows = "".join(f"v,{start},600,a few words said here\n" for start in (0, 3, 6))
    assert [end for _, end, _ in spoken(read("video,start,duration,text\n" + rows))][:2] == [3, 6]


SLIDES = "begin,content\n0,Intro\n600,Second part\n1200,Third part\n"


def test_far_starts_of_few_words_are_refused_and_the_advice_works() -> None:
    with pytest.raises(UnclearColumns, match=r"may be milliseconds; name the column start_ms if they are, and start_s"):
        read(SLIDES, video_id="v")
    assert [start for start, _, _ in spoken(read(SLIDES, video_id="v", columns="start_ms=begin"))] == [0, 0.6, 1.2]
    assert [start for start, _, _ in spoken(read(SLIDES, video_id="v", columns="start_s=begin"))] == [0, 600, 1200]
    for name, factor in (("start_second", 1), ("start_ms", 0.001)):
        starts = [start for start, _, _ in spoken(read(SLIDES.replace("begin", name), video_id="v"))]
        assert starts == pytest.approx([0, 600 * factor, 1200 * factor])


@given(
    lengths=st.lists(st.floats(0.5, 2), min_size=10, max_size=30),
    words=st.lists(
        st.sampled_from(["a few words", "many more words than that all in a row", "and so on"]), min_size=31
    ),
)
def test_seconds_of_speech_are_never_taken_for_anything_else(lengths: list[float], words: list[str]) -> None:
    starts = [0.0]
    for length, text in zip(lengths, words, strict=False):
        starts.append(round(starts[-1] + len(text) / 13.8 * length, 2))
    rows = "".join(f"{start},{text}\n" for start, text in zip(starts, words, strict=False))
    in_seconds = read("begin,content\n" + rows, video_id="v")
    assert not in_seconds.notes
    assert spoken(in_seconds)[-1][0] == starts[-1]
    rows = "".join(f"{round(start * 1000)},{text}\n" for start, text in zip(starts, words, strict=False))
    in_milliseconds = read("begin,content\n" + rows, video_id="v")
    assert in_milliseconds.notes
    assert [start for start, _, _ in spoken(in_milliseconds)] == pytest.approx(starts)


@pytest.mark.parametrize(
    ("written", "second"),
    [
        ("1:02:03", 3723), ("1:02:03.5", 3723.5), ("1:02:03,5", 3723.5), ("62:03", 3723), ("0:12", 12), ("3.2s", 3.2),
        ("3.2 sec", 3.2), ("PT1H2M3.5S", 3723.5), ("1h2m3s", 3723), ("2 min", 120), ("1500 ms", 1.5),
        ("0:75", None), ("1:62:03", None), ("12", None), ("", None), ("s", None), ("abc", None), (12, None),
    ],
)  # fmt: skip
def test_timecodes(written: object, second: float | None) -> None:
    assert parse_timecode(written) == second


@pytest.mark.parametrize(
    ("numbers", "semicolons", "is_decimal"),
    [
        (["0,24", "3,1"], False, True), (["12,5"], False, True), (["1,086"], False, False), (["1,086"], True, True),
        (["990", "1,086"], False, False), (["1,086.5", "2,000"], True, False), (["12.5", "1,086"], True, False),
        (["1.086,5"], False, True), (["0,240", "1,086"], False, True), (["12"], True, False),
    ],
)  # fmt: skip
def test_decimal_commas_are_told_from_thousands(numbers: list[str], semicolons: bool, is_decimal: bool) -> None:
    assert has_decimal_comma(numbers, semicolons=semicolons) is is_decimal


def test_a_number_with_a_comma_is_read_as_the_table_has_it() -> None:
    assert parse_number("1,086") == 1086
    assert parse_number("1,086", decimal_comma=True) == 1.086
    assert parse_number("1.086,5", decimal_comma=True) == 1086.5


@pytest.mark.parametrize("empty", ["NaN", "None", "null", "NA", "", "nan"])
def test_an_end_may_be_empty_in_many_ways(empty: str) -> None:
    assert spoken(read(f"start,end,text\n0,{empty},hi\n0.1,3,ho\n", video_id="v"))[0] == (0, 0.1, "hi")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("a < b", "a < b"), ("vector<int>", "vector<int>"), ("x &y", "x &y"), ("AT&T;", "AT&T;"),
        ("a<b and c>d", "a<b and c>d"),
        ("the <s> token", "the <s> token"), ("<i>fine</i>", "fine"), ("&amp;amp;", "&"), ("&amp;#39;", "'"),
        ("one<br>two", "one two"), ('<font color="#fff">a</font>', "a"), ("&lt;i&gt;a&lt;/i&gt;", "a"),
        ("<00:00:01.000><c>a</c> <c.x>b</c>", "a b"), ("if a <b> c", "if a <b> c"), ("&bogus;", "&bogus;"),
    ],
)  # fmt: skip
def test_html_is_decoded_and_plain_text_stays(written: str, words: str) -> None:
    assert decode_text(written) == words


@given(st.text("ab <>&;/i", max_size=40))
def test_text_without_escapes_and_pairs_stays(text: str) -> None:
    if "</" not in text and "&" not in text:
        assert decode_text(text) == clean_text(text)


def test_a_voice_is_the_speaker() -> None:
    (transcript,) = read("video,start,text\na,0,<v Ann>hi there</v>\n").transcripts
    assert transcript.segments[0].turns == (SpeakerTurn(0, "Ann"),)
    assert transcript.segments[0].text == "hi there"


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("2025-06-30", "2025-06-30"), ("20250630", "2025-06-30"), ("2025-06-30T12:00:00Z", "2025-06-30"),
        ("2025", "2025"),
        ("2025-06", "2025-06"), ("30.6.2025", "2025-06-30"), (2025, "2025"), ("6/30/2025", ""), ("2025-13-01", ""),
        ("June", ""), (None, ""), ("202506", ""), ("2025-02-30", ""),
    ],
)  # fmt: skip
def test_a_date_is_stored_as_iso_8601(value: object, published: str) -> None:
    assert read_date(value) == published


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nvideo;start;text\nv;1;hi\n",
        "\n# made by hand\n\nvideo,start,text\nv,1,hi\n",
        '"video","start","text"\n"v","1","hi"\n',
        "| video | start | text |\n| --- | ---: | --- |\n| v | 0:01 | hi |\n",
        "A transcript\nvideo\tstart\ttext\nv\t1\thi\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_as_programs_export_them(content: str, encoding: str) -> None:
    found = read(content.encode(encoding), "table.txt")
    assert [(start, text) for start, _, text in spoken(found)] == [(1, "hi")]
    assert found.transcripts[0].video.video_id == "v"


def test_a_line_of_a_row_is_counted_from_the_top_of_the_file() -> None:
    found = read("# remark\n\nvideo,start,text\nv,1,hi\nv,x,ho\n")
    assert [rejection.row for rejection in found.rejections] == [5]
    assert found.rejections[0].reason.startswith("start is “x”; give the seconds")


def test_a_spreadsheet_is_told_to_be_saved_as_csv() -> None:
    with pytest.raises(InputError, match=r"is a spreadsheet \(Excel\); save the sheet as CSV and import that"):
        read(b"PK\x03\x04\x14\x00\x06\x00xl/workbook.xml", "a.xlsx")


def test_speakers_of_a_table_of_one_video_are_kept() -> None:
    (transcript,) = read("who,start,text\nAnn,0,hi\nBob,2,ho\n", video_id="v").transcripts
    (segment,) = segment_cues(transcript.cues)
    assert [turn.speaker for turn in segment.turns] == ["Ann", "Bob"]
