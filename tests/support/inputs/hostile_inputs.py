"""Files and questions as somebody would write them who means harm, or whose tools went wrong.

A file begins as a small true one of its format, with hostile words and times in it, and is then damaged, or not.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from tests.support.project import SHARED_FOLDER

ID = "dQw4w9WgXcQ"

HOSTILE = (
    "@everyone look", "@here", "<@1> <@!2> <@&3> <#4>", "</ask:5>", "<:smile:6> <a:wave:7>", "<t:1700000000:R>",
    "[click](https://evil.example)", "[a](<https://evil.example> 'b')", "https://evil.example/x", "discord.gg/abc",
    "```py\ncode```", "`tick`", "||spoiler||", "**bold** __under__ ~~gone~~", "> quote", ">>> all", "# head",
    "-# small",
    "- item", "1. item", "<script>alert(1)</script>", "<b>bold</b> &lt;i&gt; &#64;everyone", "<img src=x onerror=y>",
    "\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "\x9b31m", "\x07\x08\x7f", "a\rb",
    "'; DROP TABLE video; --", "\" OR 1=1", "%s {0} ${x}", '"exact phrase" -word video:x creator:"two words"', "-", '"',
    "\u202eright to left\u202c", "עברית וערבית العربية", "zero\u200bwidth\u200d\u2060\ufeff", "e\u0301\u0323" * 9,
    "a" + "\u0301" * 200, "👩\u200d👩\u200d👧", "\U000e0041\U000e0042", "\u2028line\u2029para\x85", "\xa0 \u3000",
    "\ud800",
    "機械学習とは何ですか", "（拍手）[音楽]♪", "[Music]", "\\", "\\*\\_\\\\",
    "--> 00:00:01,000 --> 00:00:02,000", "7", "WEBVTT",
    "NOTE x", "| 1 | 2 |", " | ", "\t", ",", '""', "=1+1", "\x00", "word " * 200, "x" * 3_000, "{\\an8}",
    "<00:00:01.000>",
    "The top public SQL queries", "video_id", "\ufffe\uffff",
)  # fmt: skip
TIMES = (
    "-1", "1e400", "1e999999", "NaN", "nan", "inf", "-inf", "Infinity", "99999999:99:99", "00:00:01,500", "0", "-0.0",
    "1,086", "12.5", "1e3", "9" * 400, "9" * 5_000, "٣", "１２", "0x10", "360001", "", " ", "null", "true", "1_000",
    "--", "1.2.3",
)  # fmt: skip
PLAIN = ("so the copper lantern hangs", "above the harbour gate", "and the ferry leaves at noon", "no no no", "yes")

words = st.one_of(st.sampled_from(PLAIN), st.sampled_from(HOSTILE), st.text(max_size=40))
texts = st.lists(words, min_size=1, max_size=4).map(" ".join)
ids = st.one_of(
    st.just(ID), st.sampled_from(["-a", "my talk", "a\u200bb", "@everyone", "x" * 300, "https://youtu.be/" + ID]), words
)
addresses = st.sampled_from(
    [f"https://www.youtube.com/watch?v={ID}&t=9s", "https://x.example/" + "a" * 600, "javascript:alert(1)",
    "https://[x",
     "https://evil.example/)[x](y", "https://x.example/\u202e", "http://1.2.3.4/<@1>", "…", ""]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One cue or row, before it is written: what it says, and when, as a file would have it."""

    video_id: str
    text: str
    start: str
    end: str
    url: str
    title: str


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """A few lines one after the other; sometimes one of their times is absurd."""
    count = draw(st.integers(1, 12))
    video_id, url, title = draw(ids), draw(addresses), draw(words)
    made = [Line(video_id, draw(texts), str(7 * n), str(7 * n + 6), url, title) for n in range(count)]
    if draw(st.integers(0, 3)) == 0:
        place, wrong = draw(st.integers(0, count - 1)), draw(st.sampled_from(TIMES))
        made[place] = Line(draw(ids), made[place].text, wrong, draw(st.sampled_from(TIMES)), url, draw(words))
    return made


def _clock(second: str, mark: str) -> str:
    if not second.isdecimal() or len(second) > 9:
        return second
    number = int(second)
    return f"{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}{mark}000"


def _subrip(made: Sequence[Line]) -> bytes:
    return _encoded(
        "\n\n".join(f"{n}\n{_clock(a.start, ',')} --> {_clock(a.end, ',')}\n{a.text}" for n, a in enumerate(made, 1))
        + "\n"
    )


def _web_vtt(made: Sequence[Line]) -> bytes:
    cues = "\n\n".join(f"{_clock(a.start, '.')} --> {_clock(a.end, '.')} align:start\n{a.text}" for a in made)
    return _encoded(f"WEBVTT\nLanguage: en\n\n{cues}\n")


def _number(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json3(made: Sequence[Line]) -> bytes:
    events = [
        {"tStartMs": _milliseconds(a.start), "dDurationMs": 6000, "aAppend": n % 3 == 2, "segs": [{"utf8": a.text}]}
        for n, a in enumerate(made)
    ]
    return _encoded(json.dumps({"wireMagic": "pb3", "events": events}, ensure_ascii=False))


def _whisper(made: Sequence[Line]) -> bytes:
    segments = [
        {"start": _number(a.start), "end": _number(a.end), "text": f" {a.text}", "speaker": a.title, "words": [
            {"word": f" {word}", "start": _number(a.start), "end": _number(a.end)} for word in a.text.split()]}
        for a in made
    ]  # fmt: skip
    return _encoded(json.dumps({"text": "", "segments": segments, "language": "en"}))


def _json_texts(made: Sequence[Line]) -> bytes:
    texts = [{"text": a.text, "start": _number(a.start), "duration": 6, "speaker": a.title} for a in made]
    return _encoded(json.dumps(texts, ensure_ascii=False))


def _milliseconds(text: str) -> object:
    number = _number(text)
    return number * 1000 if isinstance(number, int) else number


def _fields(line: Line) -> dict[str, object]:
    return {
        "video_id": line.video_id, "text": line.text, "start_second": line.start, "end_second": line.end,
        "url": line.url, "title": line.title,
    }  # fmt: skip


def _separated(mark: str) -> Callable[[Sequence[Line]], bytes]:
    def write(made: Sequence[Line]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(_fields(made[0])), delimiter=mark)
        writer.writeheader()
        writer.writerows(map(_fields, made))
        return _encoded(text.getvalue())

    return write


def _json_lines(made: Sequence[Line]) -> bytes:
    rows = [{**_fields(a), "start_second": _number(a.start), "end_second": _number(a.end)} for a in made]
    return _encoded("\n".join(json.dumps(row, ensure_ascii=n % 2 == 0) for n, row in enumerate(rows)))


def _parquet(made: Sequence[Line]) -> bytes:
    columns = {name: [_plain(_fields(a)[name]) for a in made] for name in _fields(made[0])}
    for name in ("start_second", "end_second"):
        columns[name] = [_float(value) for value in columns[name]]
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def _float(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def _plain(value: object) -> object:
    """Arrow refuses to write half a character."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _pipes(made: Sequence[Line]) -> bytes:
    return _encoded("\n".join(f"{a.video_id} | {a.text} | {a.start} | {a.end} | {a.url} | {a.title} | |" for a in made))


def _field_lines(made: Sequence[Line]) -> bytes:
    return _encoded("\n".join("\n".join([a.video_id, a.text, a.start, a.end, a.url, a.title, ""]) for a in made))


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


WRITERS: dict[str, Callable[[Sequence[Line]], bytes]] = {
    "SubRip": _subrip, "WebVTT": _web_vtt, "json3": _json3, "Whisper": _whisper,
    "JSON texts": _json_texts, "CSV": _separated(","), "TSV": _separated("\t"),
    "JSON Lines": _json_lines, "Parquet": _parquet, "pipes": _pipes, "fields": _field_lines,
}  # fmt: skip
ROW_WRITERS = {name: WRITERS[name] for name in ("CSV", "TSV", "JSON Lines", "Parquet")}
"""Those in which each text stands for itself, whatever it is."""
ROW_KINDS = {*ROW_WRITERS, "pipes", "fields"}

NAMES = st.sampled_from(
    ["file", "a.srt", "a.vtt", "a.csv", "a.tsv", "a.jsonl", "a.json", "a.json3", "a.parquet", f"a [{ID}].en.srt",
     "\u202e\x1b[1m@everyone"]
)  # fmt: skip
_ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp1252", "gb18030", "shift_jis")
_PIECES = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\n", b"\r\n", b"\r", b"\n\n\n", b"\"", b"|", b",", b"\t", b"-->", b"{",
    b"[" * 2_000,
    b"]", b"\\", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\x1a", b"PAR1", b"WEBVTT", b"9" * 500, b"1e400", b"-1",
    b"null", b"<", b"&#0;",
)  # fmt: skip


def _seeds() -> list[bytes]:
    """Pieces of real transcripts, where they are."""
    found = sorted((SHARED_FOLDER / "seeds").glob("*.txt")) if SHARED_FOLDER.is_dir() else []
    return [_beginning(path, start) for path in found for start in (0, 20_000)]


def _beginning(path: Path, start: int) -> bytes:
    return path.read_bytes()[start : start + 6_000]


SEEDS = _seeds()


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """What the file is meant to be, and its bytes: as written, damaged, in another encoding, or two files in one."""
    kind = draw(st.sampled_from([*WRITERS, *(["a real transcript"] if SEEDS else [])]))
    content = draw(st.sampled_from(SEEDS)) if kind not in WRITERS else WRITERS[kind](draw(lines()))
    for _ in range(draw(st.integers(0, 3))):
        content = draw(st.sampled_from(_DAMAGES))(draw, content)
    return kind, content


def _cut_off(draw: st.DrawFn, content: bytes) -> bytes:
    return content[: draw(st.integers(0, len(content)))]


def _beheaded(draw: st.DrawFn, content: bytes) -> bytes:
    return content[draw(st.integers(0, len(content))) :]


def _pierced(draw: st.DrawFn, content: bytes) -> bytes:
    start = draw(st.integers(0, len(content)))
    end = min(len(content), start + draw(st.integers(0, 20)))
    return content[:start] + draw(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=8))) + content[end:]


def _in_another_encoding(draw: st.DrawFn, content: bytes) -> bytes:
    return content.decode(errors="replace").encode(draw(st.sampled_from(_ENCODINGS)), "replace")


def _half_in_another_encoding(draw: st.DrawFn, content: bytes) -> bytes:
    place = draw(st.integers(0, len(content)))
    return content[:place] + _in_another_encoding(draw, content[place:])


def _with_another_file(draw: st.DrawFn, content: bytes) -> bytes:
    return content + b"\n" + WRITERS[draw(st.sampled_from(list(WRITERS)))](draw(lines()))


def _with_a_word_for_another(draw: st.DrawFn, content: bytes) -> bytes:
    told = draw(
        st.sampled_from([b"start_second", b"video_id", b"text", b"segs", b"tStartMs", b"-->", b"00:", b" | ", b"\n"])
    )
    return content.replace(told, _encoded(draw(words)), draw(st.integers(1, 3)))


_DAMAGES = (
    _cut_off, _beheaded, _pierced, _pierced, _in_another_encoding, _half_in_another_encoding, _with_another_file,
    _with_a_word_for_another,
)  # fmt: skip

questions = st.one_of(
    st.text(max_size=4_000),
    st.lists(st.one_of(words, st.sampled_from(['"', "-", "video:", "creator:", "「", "«", " "])), max_size=60).map(
        " ".join
    ),
    st.sampled_from(HOSTILE).map(lambda word: (word + " ") * (4_000 // (len(word) + 1))),
).map(lambda text: text[:4_000])
