"""How much one import may bring: what goes beyond is refused early, in a sentence that says where and what to set."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.settings import Settings, setting_names
from storage import access
from storage.errors import InputError
from storage.formats.reader import read_file
from storage.library import Library
from storage.models import Labels, Limits, Source
from tests.support.project import PROJECT

ID = "dQw4w9WgXcQ"
NAMES = Settings.from_mapping({}).limits.names
FEW = Limits(file_bytes=1_000_000, rows=3, videos=2, names=NAMES)


def cue(number: int, mark: str) -> str:
    clock = f"{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}{mark}"
    return f"{clock}000 --> {clock}900\nword {number}\n"


def subrip(count: int) -> bytes:
    return "\n".join(f"{number}\n{cue(number, ',')}" for number in range(count)).encode()


def web_vtt(count: int) -> bytes:
    return ("WEBVTT\n\n" + "\n".join(cue(number, ".") for number in range(count))).encode()


def json3(count: int) -> bytes:
    return json.dumps({"events": [{"tStartMs": n, "segs": [{"utf8": f"word {n}"}]} for n in range(count)]}).encode()


def json_texts(count: int) -> bytes:
    return json.dumps([{"text": f"word number {n}", "start": n} for n in range(count)]).encode()


def whisper(count: int) -> bytes:
    segments = [{"start": n, "end": n + 1, "text": f" word number {n}", "tokens": [n] * 20} for n in range(count)]
    return json.dumps({"text": "", "segments": segments, "language": "en"}).encode()


def json_rows(count: int) -> bytes:
    return json.dumps([{"video_id": ID, "text": "word", "start_second": n} for n in range(count)]).encode()


def separated(mark: str) -> Callable[[int], bytes]:
    return lambda count: "\n".join(
        [mark.join(["video_id", "text", "start_second"]), *(mark.join([ID, f"word {n}", str(n)]) for n in range(count))]
    ).encode()


def json_lines(count: int) -> bytes:
    return "\n".join(json.dumps({"video_id": ID, "text": "word", "start_second": n}) for n in range(count)).encode()


def table(count: int) -> pa.Table:
    return pa.table({"video_id": [ID] * count, "text": ["word"] * count, "start_second": list(range(count))})


def parquet(rows: pa.Table, **how: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out, **how)
    return out.getvalue()


def pipes(count: int) -> bytes:
    return "".join(f"{ID} | word | {n} | {n + 1} | https://youtu.be/{ID} | T | |\n" for n in range(count)).encode()


def fields(count: int) -> bytes:
    return "".join(f"{ID}\nword\n{n}\n{n + 1}\nhttps://youtu.be/{ID}\nT\n\n" for n in range(count)).encode()


FORMATS: dict[str, tuple[Callable[[int], bytes], str]] = {
    "SubRip": (subrip, "file, line 14: there are more than the 3 cues"),
    "WebVTT": (web_vtt, "file, line 12: there are more than the 3 cues"),
    "json3": (json3, "file: there are more than the 3 cues"),
    "JSON texts": (json_texts, "file: there are more than the 3 cues"),
    "Whisper": (whisper, "file: there are more than the 3 cues"),
    "JSON rows": (json_rows, "file: there are more than the 3 rows"),
    "CSV": (separated(","), "file: there are more than the 3 rows"),
    "TSV": (separated("\t"), "file: there are more than the 3 rows"),
    "JSON Lines": (json_lines, "file: there are more than the 3 rows"),
    "Parquet": (lambda count: parquet(table(count)), "file: there are more than the 3 rows"),
    "pipes": (pipes, "file: there are more than the 3 rows"),
    "fields": (fields, "file: there are more than the 3 rows"),
}


CAPTIONS = ("SubRip", "WebVTT", "json3", "JSON texts", "Whisper")


def refusal(content: bytes, allowed: Limits = FEW) -> str:
    with pytest.raises(InputError) as refused:
        read_file(Source("file", content), Labels(video_id=ID), allowed)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(("make", "sentence"), FORMATS.values(), ids=FORMATS)
def test_one_row_too_many_is_refused_and_one_less_is_read(make: Callable[[int], bytes], sentence: str) -> None:
    assert refusal(make(4)) == f"{sentence} that one file may have; split it (CUEPOINT_FILE_ROWS)"
    assert read_file(Source("file", make(3)), Labels(video_id=ID), FEW).transcripts


@pytest.mark.parametrize("form", CAPTIONS)
def test_captions_have_a_quarter_of_the_size(form: str) -> None:
    content = FORMATS[form][0](3)
    assert refusal(content, Limits(file_bytes=4 * len(content) - 4)).startswith(
        "file: it is larger than the 0 MB that one cap"
    )
    assert read_file(Source("file", content), Labels(video_id=ID), Limits(file_bytes=4 * len(content))).transcripts


@pytest.mark.parametrize(("make", "_"), FORMATS.values(), ids=FORMATS)
def test_one_byte_too_many_is_refused(make: Callable[[int], bytes], _: str) -> None:
    content = make(3)
    sentence = "file: it is larger than the 0 MB that one file may have; split it (CUEPOINT_FILE_MEGABYTES)"
    assert refusal(content, Limits(file_bytes=len(content) - 1, names=NAMES)) == sentence


def test_lines_without_end_are_refused_before_they_are_taken_apart() -> None:
    sentence = refusal(b"1\n" * 31)
    assert sentence.startswith("file: there are more than 30 lines, 10 for each of the 3 cues or rows that one file")
    assert sentence.endswith("(CUEPOINT_FILE_ROWS)")


def test_words_and_events_without_end_are_refused_before_they_are_taken_apart() -> None:
    many = {"events": [{"tStartMs": 0, "segs": [{"utf8": "a"}] * 60}]}
    assert "more than the 3 cues" in refusal(json.dumps(many).encode())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"1\n{cue(1, ',')}{'a' * 100_001}\n", "file, line 4: this line has 100,001 characters, and 100"),
        ("WEBVTT\n\n" + cue(1, ".") + "a " * 50_001, "file, line 5: this line has 100,002 characters, and 100,000"),
        (f"1\n{cue(1, ',')}" + ("a" * 999 + "\n") * 101, "file: the caption at 1 seconds has 101,006 characters, and"),
        ("video_id,text,start_second\na," + "b" * 1_000_000 + ",3", "file, line 2: this line has 1,000,004 characters"),
        ("video_id,text,start_second\na," + "b" * 140_000 + ",3", "file, line 2: a cell of this row has more than"),
        ('video_id,text,start_second\na,b,3\na,"' + ("b" * 999 + '\n",x,"') * 1_100, "file, line 3: the row that"),
        (json.dumps({"events": [{"tStartMs": 0, "segs": [{"utf8": "a" * 100_001}]}]}), "file: the caption at 0"),
        ('{"video_id": "' + "a" * 1_000_000, "file, line 1: this line has 1,000,014 characters, and 1,000,000 are the"),
    ],
)  # fmt: skip
def test_text_that_goes_on_and_on_is_refused_where_it_does(content: str, sentence: str) -> None:
    assert refusal(content.encode(), Limits()).startswith(sentence)


@pytest.mark.parametrize("column", ["video_id", "text", "title"])
def test_a_cell_that_is_too_long_costs_its_row_only(column: str) -> None:
    whole = {"video_id": ID, "text": "word", "start_second": 1}
    rows = [whole, {**whole, "start_second": 2, column: "a" * 100_001}]
    reading = read_file(Source("file", "\n".join(map(json.dumps, rows)).encode()))
    assert len(reading.transcripts[0].segments) == 1
    most = "200" if column == "video_id" else "100,000"
    (rejected,) = map(str, reading.rejections)
    assert rejected == f"file, row 2: {column} has 100,001 characters, and {most} are the most; shorten it"


def test_a_row_nested_without_end_costs_that_row_only() -> None:
    deep = '{"video_id": ' + "[" * 100_000
    rows = [json_lines(1).decode(), deep, deep + "]" * 100_000 + "}"]
    reading = read_file(Source("file", "\n".join(rows).encode()))
    assert len(reading.transcripts) == 1
    assert ["is nested too deeply" in each.reason for each in reading.rejections] == [True, True]


@pytest.mark.parametrize("label", ["title", "creator", "url", "video_id"])
def test_what_is_said_of_a_file_has_a_length_too(label: str) -> None:
    with pytest.raises(InputError, match=r"^file: .*(100,000 are the most|at most 200 characters)$"):
        read_file(Source("file", subrip(1)), Labels(**{"video_id": ID, label: "x" * 100_001}))


@pytest.mark.parametrize("how", [{}, {"use_dictionary": False, "compression": "zstd"}], ids=["dictionary", "packed"])
def test_a_parquet_file_that_unfolds_to_gigabytes_is_refused(how: dict[str, object]) -> None:
    count = 3_000
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * 90_000])
    rows = table(count).set_column(1, "text", texts if not how else texts.dictionary_decode())
    content = parquet(rows, **how)
    assert len(content) < 100_000
    assert refusal(content, Limits(names=NAMES)) == (
        "file: what it unfolds to is larger than the 200 MB that one file may have; split it (CUEPOINT_FILE_MEGABYTES)"
    )


def varint(number: int) -> bytes:
    """A whole number as Thrift's compact protocol writes it."""
    number <<= 1
    written = []
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def padded(number: int, length: int) -> bytes:
    """The same in so many bytes, which nothing forbids."""
    number <<= 1
    return bytes([number >> 7 * place & 0x7F | 0x80 for place in range(length - 1)] + [number >> 7 * (length - 1)])


def test_a_parquet_file_that_says_less_than_it_unfolds_to_is_refused_by_its_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = table(30).set_column(1, "text", pa.array([f"{n} " + "x" * 90_000 for n in range(30)]))
    content = parquet(rows, use_dictionary=False, compression="zstd", write_statistics=False)
    metadata = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(1)
    footer = len(content) - 8 - struct.unpack("<i", content[-8:-4])[0]
    told = varint(metadata.total_uncompressed_size)
    lying = content[:footer] + content[footer:].replace(told, padded(1, len(told)))
    assert pq.ParquetFile(io.BytesIO(lying)).metadata.row_group(0).column(1).total_uncompressed_size == 1
    allowed = Limits(file_bytes=1_000_000)
    assert read_file(Source("file", lying), Labels(), Limits(file_bytes=4_000_000)).transcripts, (
        "it is read where it may be"
    )
    monkeypatch.delattr(pq.ParquetFile, "iter_batches")  # nothing may be unfolded to find that out
    assert "what it unfolds to is larger than the 1 MB" in refusal(lying, allowed)


@pytest.mark.parametrize("how", [
    {"compression": packed, "data_page_version": version, "use_dictionary": shared, "row_group_size": 300}
    for packed in ("none", "snappy", "gzip", "brotli", "lz4", "zstd") for version in ("1.0", "2.0")
    for shared in (True, False)
] + [{"use_dictionary": False, "column_encoding": {"text": "DELTA_LENGTH_BYTE_ARRAY"}}])  # fmt: skip
def test_parquet_is_read_however_it_was_written(how: dict[str, object]) -> None:
    reading = read_file(Source("file", parquet(table(1_000), data_page_size=500, **how)))
    assert [len(each.segments) for each in reading.transcripts] == [1_000]


@pytest.mark.parametrize(
    "header",
    [b"\xff" * 40, b"\x1c" * 40, b"\x15\x00" + b"\x1c" * 2_000, b"\x15\x00\x1c\x00\x15\x00\x00", b"\x25\x01\x00",
     b"\x15\x00\x15\x00\x15\x00\x2c\x1c\x00\x00\x00", b"\x18\xff\xff\xff\xff\x0f", b"\x00\x00"],
)  # fmt: skip
def test_what_is_no_page_is_damage(header: bytes) -> None:
    content = parquet(table(1_000), use_dictionary=False, compression="none")
    place = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(1).data_page_offset
    damaged = content[:place] + header + content[place + len(header) :]
    assert refusal(damaged, Limits()) == "file: the Parquet file is damaged; download or export it again"


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.large_string())])
def test_parquet_is_read_whichever_kind_of_text_it_holds(kind: pa.DataType) -> None:
    creators = pa.array(["someone", None] * 5, kind)
    rows = table(10).append_column("creator", creators).append_column("title", pa.nulls(10))
    (transcript,) = read_file(Source("file", parquet(rows))).transcripts
    assert (transcript.video.creator, transcript.video.title, len(transcript.segments)) == ("someone", "", 10)


def test_parquet_whose_size_nobody_can_tell_is_refused() -> None:
    content = parquet(table(10), use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"})
    assert refusal(content, Limits()).startswith("file: the column “text” is written in a way that does not tell how")


def test_parquet_in_too_many_pieces_is_refused() -> None:
    content = parquet(table(2_000), row_group_size=1)
    assert "; export it with larger row groups" in refusal(content, Limits(file_bytes=5_000_000))


async def test_more_videos_than_one_import_may_bring_are_refused_file_by_file(tmp_path: Path) -> None:
    def page(*ids: str) -> tuple[Source, Labels]:
        lines = [json.dumps({"video_id": each, "text": f"word of {each}", "start_second": 1}) for each in ids]
        return Source("+".join(ids), "\n".join(lines).encode()), Labels()

    library = await Library.open(tmp_path / "cuepoint.db", Limits(videos=3, names=NAMES))
    report = await library.import_files(
        access.host_scope(), [page("a", "b"), page("c", "d"), page("b", "e"), page("f")]
    )
    await library.close()
    assert report.videos_added == 3
    assert [str(each) for each in report.rejections] == [
        f"{name}: with it the import would bring {count} videos, and 3 are allowed at once; import fewer at a time "
        "(CUEPOINT_IMPORT_VIDEOS)"
        for name, count in (("c+d", 4), ("f", 4))
    ]


def test_the_limits_are_settings_and_called_by_their_names() -> None:
    given = {"CUEPOINT_FILE_MEGABYTES": "1.5", "CUEPOINT_FILE_ROWS": "5000", "CUEPOINT_IMPORT_VIDEOS": "12"}
    assert Settings.from_mapping(given).limits == Limits(1_500_000, 5_000, 12)
    assert Settings.from_mapping({}).limits == Limits()
    assert {NAMES.file_bytes, NAMES.rows, NAMES.videos} == set(given) <= set(setting_names())


def test_a_limit_that_has_no_name_is_told_without() -> None:
    assert refusal(FORMATS["CSV"][0](4), Limits(rows=3)).endswith("that one file may have; split it")


IN_LITTLE_MEMORY = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import Labels, Source
with open(sys.argv[1], "rb") as file:
    content = file.read(200_000_001)
try:
    reading = read_file(Source("file", content), Labels(video_id="%s"))
    print(sum(len(each.cues or each.segments) for each in reading.transcripts))
except InputError as error:
    print(error)
"""


def in_little_memory(path: Path, most_bytes: int) -> str:
    """What becomes of a file read by a process that may use so much memory and no more."""
    command = [sys.executable, "-c", IN_LITTLE_MEMORY % ID, str(path), str(most_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_ten_million_cues_are_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.srt"
    path.write_bytes(b"1\n0:00:01 --> 0:00:2\na\n" * 10_000_000)
    assert in_little_memory(path, 2_000_000_000).startswith("file: it is larger than the 200 MB that one file may have")
    path.write_bytes(b"1\n0:00:01 --> 0:00:2\na\n" * 2_100_000)
    assert in_little_memory(path, 2_000_000_000).startswith("file: there are more than 2,000,000 lines")


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMATS)
def test_as_much_as_a_file_may_have_is_read_in_bounded_memory(form: str, tmp_path: Path) -> None:
    path = tmp_path / "many"
    content = FORMATS[form][0](Limits().rows)
    if form != "Parquet":
        # One character beyond the first plane makes each of a text take four bytes.
        words = b"many words " * (15 if form in CAPTIONS else 75)
        content = content.replace(b"word", "\U0001f600".encode(), 1).replace(b"word", words)
        assert len(content) > Limits().file_bytes * (0.2 if form in CAPTIONS else 0.8)
    path.write_bytes(content)
    assert in_little_memory(path, 2_500_000_000) == f"{Limits().rows}"
