"""One input for each way of being broken, and the sentence that it is answered with."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import Labels, Source

ID = "dQw4w9WgXcQ"
TIMES = "00:00:01,000 --> 00:00:02,000"
HEADER = "video_id,text,start_second\n"


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"video_id": [ID], "text": ["hi"], "start_second": [1]}), out)
    return out.getvalue()


def damaged_parquet() -> bytes:
    content = parquet()
    return content[:20] + b"\xff" * (len(content) - 40) + content[-20:]


def problem(content: str | bytes, name: str = "file", **labels: str) -> str:
    """The sentence that a file is refused with, "" when it is read. Any other error is a failure."""
    source = Source(name, content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    try:
        read_file(source, Labels(**{"video_id": ID, **labels}))
    except InputError as error:
        return str(error)
    return ""


BROKEN = {
    "empty": ("", "file: the file is empty; choose a caption file"),
    "blank": (" \r\n\t\n\ufeff", "file: the file holds nothing but blank lines"),
    "png": (b"\x89PNG\r\n\x1a\n", "is a binary file (looks like a PNG image)"),
    "zip": (b"PK\x03\x04rest", "is a binary file (looks like a ZIP archive"),
    "pdf": (b"%PDF-1.7", "is a binary file (looks like a PDF document)"),
    "mp4": (b"\x00\x00\x00\x18ftypmp42", "is a binary file (looks like an MP4 video)"),
    "gzip": (gzip.compress(b"a"), "is packed with gzip; unpack it and import what is inside"),
    "NULs": (b"a\nb\x00\x00c\x00" + b"d" * 50, "file: is a binary file (line 2 holds a NUL byte)"),
    "binary": (b"\x00\x00\x00\xff\xfe\x80", "file: is a binary file (it holds NUL bytes)"),
    "HTML": ("<!DOCTYPE html><p>hi --> there</p>", "is an HTML page, which Cuepoint does not read; save the captions"),
    "ASS without dialogue": ("[Script Info]\nTitle: a", "there is not a single spoken word in it"),
    "TTML without captions": ('<?xml version="1.0"?>\n<tt xmlns="a"></tt>', "there is not a single spoken word in it"),
    "TTML without times": ("<tt><body><p>hi</p></body></tt>", "none of its captions has a time, and links need them"),
    "TTML of pictures": (
        '<tt><body><div><p begin="1s"><image/></p></div></body></tt>',
        "its captions are pictures, and hold no text",
    ),
    "YouTube XML cut off": (
        '<?xml version="1.0"?><transcript><text start="1">',
        "line 1: the XML is cut off or damaged",
    ),
    "SRV3 cut off": (
        '<?xml version="1.0"?><timedtext format="3">',
        "line 1: the XML is cut off or damaged (no element",
    ),
    "XML with entities": (
        '<!DOCTYPE tt [<!ENTITY a "b">]>\n<tt><body><p begin="1s">&a;</p></body></tt>',
        "line 1: it defines entities of its own",
    ),
    "XML too deep": ("<tt>" + "<div>" * 200, "line 1: its elements lie more than 100 deep"),
    "SAMI without words": ("<SAMI><BODY><SYNC Start=1><P>&nbsp;</BODY></SAMI>", "there is not a single spoken word"),
    "MicroDVD without a rate": ("{25}{75}hi\n", "line 1: is a MicroDVD subtitle file, which counts in frames, and it"),
    "SCC": (
        "Scenarist_SCC V1.0\n\n00:00:01:00\t9420\n",
        "is an SCC caption file, which Cuepoint does not read; convert",
    ),
    "RTF": ("{\\rtf1\\ansi hi}", "is an RTF document, which Cuepoint does not read; open it, save it as plain text"),
    "Word document, damaged": (b"PK\x03\x04word/document.xml", "the Word document is damaged or cut off"),
    "chapters": (
        "".join(f"{minute}:00 Part {minute}\n" for minute in range(9)),
        "its times have a few words each and minutes between them, as chapters have",
    ),
    "XML": ("<root/>", "is an XML file, which Cuepoint does not read"),
    "prose": ("It was a dark night, and\nthe text said so.", "is in no format that Cuepoint knows; it reads Parquet,"),
    "JSON object": ('{"kind": "playlist"}', "is JSON without texts that have a start; write what is spoken as objects"),
    "JSON array": ('[{"title": "a"}]', "is JSON without texts that have a start; write what is spoken as objects"),
    "rows in an array": ('[{"video_id": "a", "text": "b"}]', "the column start_second is missing (found: "),
    "no speech": (f"1\n{TIMES}\n[Music]\n", "there is not a single spoken word in it"),
    "cut in a timing line": (f"1\n{TIMES}\nhi\n\n2\n00:00:03,000 --> 00:0", "line 6: the file ends inside a cue"),
    "cut before an arrow": (f"1\n{TIMES}\nhi\n\n2\n00:00:0", "line 6: the file ends inside a cue, so it is cut off"),
    "cut in the first line": ("1\n00:00:0", "line 2: the file ends inside a cue, so it is cut off"),
    "cut after a number": (f"1\n{TIMES}\nhi\n\n2\n", "file, line 5: the file ends inside a cue, so it is cut off"),
    "75 seconds": (
        "1\n00:00:75,000 --> 00:01:20,000\nhi\n",
        "line 2: “00:00:75,000 --> 00:01:20,000” has more than 59",
    ),
    "200 hours": ("1\n200:00:00,000 --> 200:00:01,000\nhi\n", "lies over 100 hours into the video; correct the times"),
    "WebVTT without cues": ("WEBVTT\n\nNOTE nothing\n", "there is not a single spoken word in it"),
    "WebVTT malformed": ("WEBVTT\n\n00:01.000 --> 00:0x.000\nhi\n\nhi", "line 3: “00:01.000 --> 00:0x.000” is not"),
    "WebVTT cut off": ("WEBVTT\n\n00:01.000 --> 00:02.000", "line 3: the file ends inside a cue, so it is cut off"),
    "json3 cut off": (
        '{"wireMagic": "pb3", "events": [{"tStartMs": 0, "segs": [{"utf8": "hi',
        "are cut off or damaged",
    ),
    "json3 without times": ('{"events": [{"segs": []}]}', "are not as YouTube writes them (events.0.tStartMs: Field"),
    "json3 without words": ('{"events": [{"tStartMs": 0}]}', "there is not a single spoken word in it"),
    "CSV without a column": (
        "video_id,text,end_second\n",
        "line 1: the column start_second is missing (found: video_id,",
    ),
    "CSV with a column twice": (
        "video_id,text,Text,start_second\n",
        "line 1: there are 2 columns named text; leave one",
    ),
    "CSV without rows": (HEADER, "there is not a single row in it; export or paste it again"),
    "CSV, open quotation mark": (
        HEADER + 'a,"b,3\nc,d,4\n',
        "line 2: a quotation mark opened in this row is never closed",
    ),
    "CSV, open for long": (HEADER + 'a,"b' + "x\n" * 99_999, "line 2: a cell of this row has more than 100,000 char"),
    "CSV, quotation mark inside": (HEADER + 'a,"b"c,3\n', "line 2: the quotation marks do not fit"),
    "JSON Lines without a column": ('{"video_id": "a", "text": "b"}', "the column start_second is missing (found: "),
    "Parquet cut off": (parquet()[:-30], "the Parquet file is cut off before its end; download or export it again"),
    "Parquet damaged": (damaged_parquet(), "the Parquet file is damaged; download or export it again"),
}


@pytest.mark.parametrize(("content", "sentence"), BROKEN.values(), ids=BROKEN)
def test_broken_input_is_refused_in_one_sentence(content, sentence):
    found = problem(content)
    assert found.startswith("file")
    assert sentence in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a.srt", "a.srt: there is no timing line such as 00:01:02,500 --> 00:01:05,000"),
        ("a.csv", "a.csv, line 1: the columns video_id, text and start_second are missing (found: only words)"),
        ("A.VTT", "A.VTT: it is not WebVTT, whose first line is WEBVTT; export it again"),
        ("a.json3", "a.json3: the json3 captions are cut off or damaged"),
        ("a.txt", "a.txt: is in no format that Cuepoint knows; it reads "),
    ],
)
def test_the_suffix_of_what_nobody_recognises_chooses_the_sentence(name, sentence):
    assert problem("only words\n", name).startswith(sentence)


def test_a_long_or_wild_line_is_quoted_short_and_on_one_line():
    found = problem("1\n00:00:01,000 --> \x07\u202e" + "x" * 10_000 + "\nhi\n\nhi\n")
    assert len(found) < 250
    assert found.isprintable() or "\u202e" in found


@pytest.mark.parametrize(
    "content",
    [
        "\n" * 200_000,
        f"1\n{TIMES}\nhi\n" + "\n" * 200_000 + "1" * 200_000 + "\n",
        f"1\n{TIMES}\nhi\n\n" + "7\n\n" * 60_000,
        HEADER + "a," + "|" * 200_000,
        "a | b" + " | 1 | 2" * 40_000,
        "a | b | 1 | 2 | http://a | " + "The top public SQL queries " * 9_000 + "|",
        "a\nb\n1\n2\nhttp://a\n" + "-" * 190 + "x\n",
        "video_id\n" + "-" * 190 + "x\na | b | 1 | 2 |\n",
        '{"events": ' + "[" * 100_000,
        '{"video_id": ' + "[" * 100_000,
        '{"text": "a", "start": 1}' * 100_000 + "[",
        "<" * 200_000,
        f"WEBVTT\n\n{TIMES}\n" + "<c" * 100_000 + "{\\" * 50_000,
        "\n".join(f"{TIMES}\n" + "a\n" * 20_000 for _ in range(3)),
        f"1\n{TIMES}\n" + "[♪" * 100_000,
        f"1\n{TIMES}\n" + "[a " * 100_000,
    ],
    ids=range(16),
)  # fmt: skip
def test_input_made_to_be_slow_is_answered(content):
    assert "\n" not in problem(content)


WHOLE = (
    f"1\n{TIMES}\nhello there\n\n2\n{TIMES}\nhello <i>there</i>\nyou\n".encode(),
    b"WEBVTT\nLanguage: en\n\nNOTE a\n\n00:01.000 --> 00:02.000 align:start\n \nhello<00:00:01.500><c> you</c>\n",
    b'{"wireMagic": "pb3", "events": [{"tStartMs": 1, "dDurationMs": 2, "segs": [{"utf8": "hi"}]}]}',
    b'{"language": "en", "segments": [{"start": 1, "end": 2, "text": " hi there", "words": [{"word": " hi"}]}]}',
    b'[{"text": "hi there", "start": 1.5, "duration": 2}, {"text": "you", "start": 4, "speaker": 1}]',
    b'{"result": [{"word": "hi", "start": 1, "end": 2}], "text": "hi"}\n{"text": ""}\n',
    f'{HEADER}{ID},"hi, you",12\n{ID},hi,13\n'.encode(),
    f"{HEADER}{ID},hi,12\n".replace(",", "\t").encode(),
    json.dumps({"video_id": ID, "text": "hi", "start_second": 1}).encode(),
    parquet(),
    f"{ID} | hi | 1,086 | 1,122 | https://youtu.be/{ID}?t=1086 | A | B | |\n".encode(),
    f"{ID}\nhi\n1,086\n1,122\nhttps://youtu.be/{ID}\nA talk\n\n".encode(),
)
NAMES = st.sampled_from(
    ["", "a", "a.srt", "a.vtt", "a.csv", "a.tsv", "a.jsonl", "a.json", "a.json3", "a.parquet", f"a [{ID}].srt"]
)


@given(content=st.binary(max_size=300), name=NAMES, encoding=st.sampled_from(["", "utf-16", "cp1252"]))
@example(content=b"PAR1PAR1", name="", encoding="")
def test_any_bytes_are_read_or_refused(content, name, encoding):
    assert "\n" not in problem(content, name, video_id="", encoding=encoding)


@given(text=st.text(), name=NAMES)
def test_any_text_is_read_or_refused(text, name):
    assert "\n" not in problem(text, name)


@given(data=st.data(), whole=st.sampled_from(WHOLE), name=NAMES)
def test_any_file_with_a_piece_changed_is_read_or_refused(data, whole, name):
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    piece = data.draw(st.binary(max_size=8) | st.text("1:,.->\n{}[]\"'| ", max_size=8).map(str.encode))
    assert "\n" not in problem(whole[:start] + piece + whole[end:], name)


@pytest.mark.parametrize("whole", WHOLE)
def test_the_files_that_are_broken_above_are_read_when_whole(whole):
    reading = read_file(Source("file", whole), Labels(video_id=ID))
    assert reading.transcripts
    assert not reading.rejections
