"""SubRip, WebVTT and YouTube's json3: words, times, and what stands between the words."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.formats.captions.markup import escape_subrip
from storage.formats.reader import NAMES, READABLE, read_file
from storage.models import Cue, FileContent, Source

NAME = "A talk [dQw4w9WgXcQ].en"


def reading_of(text: str, name: str = NAME) -> FileContent:
    return read_file(Source(name, text.encode()))


def cues_of(text: str) -> list[tuple[float, float, str]]:
    reading = reading_of(text)
    assert not reading.rejections
    return [(cue.start_second, cue.end_second, cue.text) for cue in reading.transcripts[0].cues]


def words_of(text: str) -> list[str]:
    return [text for _, _, text in cues_of(text)]


def subrip(*texts: str) -> str:
    return "\n".join(f"{i}\n00:00:{i:02},000 --> 00:00:{i:02},900\n{text}\n" for i, text in enumerate(texts, 1))


def webvtt(*texts: str) -> str:
    return "WEBVTT\n\n" + "\n".join(f"00:{i:02}.000 --> 00:{i:02}.900\n{text}\n" for i, text in enumerate(texts, 1))


def json3(*events: dict) -> str:
    return json.dumps({"wireMagic": "pb3", "pens": [{}], "events": [{"tStartMs": 0, "id": 1}, *events]})


def event(start_ms: int, *pieces: str, **more) -> dict:
    return {"tStartMs": start_ms, "dDurationMs": 2000, "segs": [{"utf8": piece} for piece in pieces], **more}


def test_every_format_is_named_for_people():
    assert len(NAMES) == len(set(NAMES))
    assert {"SubRip", "WebVTT", "CSV", "TSV", "JSON Lines", "Parquet"} < set(NAMES)
    assert all(name in READABLE.words for name in NAMES)


def test_a_caption_file_holds_the_whole_video():
    (transcript,) = reading_of(subrip("hello", "you")).transcripts
    assert transcript.whole
    assert transcript.cues == (Cue(1, 1.9, "hello"), Cue(2, 2.9, "you"))
    assert (transcript.video.video_id, transcript.video.title, transcript.video.language) == (
        "dQw4w9WgXcQ", "A talk", "en",
    )  # fmt: skip


@given(st.lists(st.text("abc -'é,?\u00a0", max_size=30), min_size=1, max_size=9))
def test_any_words_in_subrip_and_webvtt_come_back(texts):
    texts = ["opening", *texts]
    expected = [" ".join(text.split()) for text in texts if any(c.isalnum() for c in text)]
    assert words_of(subrip(*texts)) == expected
    assert words_of(webvtt(*texts)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "00:00:01,500 --> 00:00:02,750", "0:00:01.5 --> 0:00:02.75", "00:01.500 --> 00:02.750",
        "00:00:01,500-->00:00:02,750", "00:00:01,500  -->  00:00:02,750  X1:10 X2:20 Y1:30 Y2:40",
        "00:00:01:500 --> 00:00:02:750", "\t00:00:01,500000 --> 00:00:02,750000",
    ],
)  # fmt: skip
def test_times_are_read_in_the_spellings_that_are_in_use(line):
    assert cues_of(f"1\n{line}\nhello\n") == [(1.5, 2.75, "hello")]
    assert cues_of(f"WEBVTT\n\nid\n{line}\nhello\n") == [(1.5, 2.75, "hello")]


def test_subrip_is_read_without_blank_lines_or_numbers():
    assert words_of("1\n00:00:01,0 --> 00:00:02,0\na 1\n2\n00:00:02,0 --> 00:00:03,0\nb\n") == ["a 1", "b"]
    assert words_of("00:00:01,0 --> 00:00:02,0\na\n\n00:00:02,0 --> 00:00:03,0\nb") == ["a", "b"]
    assert words_of("1\n\n00:00:01,0 --> 00:00:02,0\na\n\n2\n\n00:00:02,0 --> 00:00:03,0\nb") == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["a\n\nb", "12:30:45\n\n12:30:45", "go --> there", "7", "a\n\n7 of 9\nb", "\n\na", "1:2 is a score"]
)
def test_lines_within_a_cue_that_look_like_something_else_are_text(text):
    expected = ["first", " ".join(text.split()), "last"]
    assert words_of(subrip("first", text, "last")) == expected
    assert words_of(webvtt("first", text, "last")) == expected


def test_subrip_tags_and_styles_are_left_out_and_code_is_not():
    line = '{\\an8}<i>vector<int></i> <font color="#fff">&amp; a < b</font><br>&#39;x&#39; &lt;y&gt; {curly} AT&T'
    assert words_of(subrip(line)) == ["vector<int> & a < b 'x' <y> {curly} AT&T"]


def test_invisible_characters_are_no_part_of_words():
    assert words_of(subrip("a\u200bb\ufeff \u2060", "\u200b")) == ["ab"]


def test_webvtt_tags_and_escapes_are_resolved():
    line = "<v Ann>hello<00:00:01.200><c.yellow> &lt;b&gt;</c> {curly}</v> &amp;lt; <ruby>a<rt>b</rt></ruby>&nbsp;c"
    assert words_of(webvtt(line)) == ["hello <b> {curly}", "&lt; a c"]


def test_webvtt_comments_styles_ids_and_settings_are_no_text():
    text = (
        "WEBVTT - A title\nKind: captions\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { }\n\n"
        "REGION\nid:a\n\nNOTE 00:01 --> a comment\nof two lines\n\n"
        "1\n00:01.000 --> 00:02.000 align:start line:0%\nhi\n\n"
        "NOTE\n\nintro-2\n01:00:02.000 --> 01:00:03.000\nthere\n00:04.000 --> 00:05.000\nyou\n"
    )
    assert cues_of(text) == [(1, 2, "hi"), (4, 5, "you"), (3602, 3603, "there")]


def test_webvtt_whose_blank_lines_lost_their_space_keeps_its_words():
    first, second = (
        "00:01.000 --> 00:02.000\n\nhello there all",
        "00:02.000 --> 00:03.000\nhello there all\nyou\n\nand I",
    )
    assert words_of(f"WEBVTT\n\n{first}\n\n{second}\n") == ["hello there all", "you and I"]


def test_a_line_that_belongs_to_no_cue_is_rejected_with_its_number():
    reading = reading_of("my captions\n\n" + subrip("hello"))
    assert [(r.row, r.reason) for r in reading.rejections] == [(1, "“my captions” belongs to no cue and was left out")]
    reading = reading_of("WEBVTT\n\nmy captions\n\n00:01.000 --> 00:02.000\nhi\n")
    assert [r.row for r in reading.rejections] == [3]


def test_two_lines_spoken_at_once_are_one_cue():
    assert words_of(subrip("- Who is it?\n- Me.")) == ["- Who is it? - Me."]


def test_json3_gives_each_event_once_with_its_own_time():
    text = json3(
        event(80, "hello", " there", wWinId=1),
        event(1500, "\n", wWinId=1, aAppend=1),
        event(1510, "you", "\nall", wWinId=1),
        event(9000, "[Music]"),
        event(9500, "you", "\nall"),
    )
    assert cues_of(text) == [(0.08, 1.51, "hello there"), (1.51, 3.51, "you all"), (9.5, 11.5, "you all")]


def test_json3_joins_a_word_that_is_appended_in_pieces():
    text = json3(
        event(0, "trans", wWinId=1), event(300, "former", wWinId=1, aAppend=1), event(600, " net", wWinId=1, aAppend=1)
    )
    assert words_of(text) == ["transformer", "net"]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["no", "no no", "yes"])), min_size=1, max_size=9))
def test_json3_keeps_all_that_is_repeated(said):
    said = sorted(said, key=lambda pair: pair[0])
    assert words_of(json3(*(event(start, text) for start, text in said))) == [text for _, text in said]


@pytest.mark.parametrize("suffix", [".srt", ".vtt", ".json3", ".txt", ""])
@pytest.mark.parametrize("text", [subrip("hello"), webvtt("hello"), json3(event(0, "hello"))])
def test_the_content_decides_whatever_the_suffix_says(text, suffix):
    assert [cue.text for cue in reading_of(text, NAME + suffix).transcripts[0].cues] == ["hello"]


def test_json3_that_appends_forever_is_read_in_linear_time():
    def cost(count: int) -> float:
        text = json3(event(0, "a"), *(event(n, "a", aAppend=1) for n in range(count)))
        started = time.thread_time()
        assert [len(word) for word in words_of(text)] == [count + 1]
        return time.thread_time() - started

    short, long = (min(cost(count) for _ in range(2)) for count in (3_000, 48_000))
    assert long < 4 * 16 * short + 0.05, "copying what is there for each piece costs 256 times as much, not 16 times"


@pytest.mark.parametrize(
    "words",
    ["--> up", "00:00:01,000 --> 00:00:02,000", "7", "12:30", "<i>so</i>", "{\\an8}up", "&amp; &lt;", "a<00:00:01.5>b"],
)
def test_words_that_subrip_reads_as_its_own_signs_are_spelled_so_that_they_come_back(words):
    assert words_of(subrip("before", escape_subrip(words), "after")) == ["before", words, "after"]


def test_words_that_subrip_leaves_alone_are_spelled_as_they_are():
    words = "a < b & c > {d} vector<int> x"
    assert escape_subrip(words) == words
