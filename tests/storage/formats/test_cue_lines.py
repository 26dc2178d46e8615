"""SubRip and WebVTT as the field has them: ids, times, asides, tags and line breaks; what is not read is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.captions.cue_times import UnreadableTimes, find_usual_times, parse_times
from storage.formats.captions.line_breaks import resolve_line_breaks
from storage.formats.reader import read_file
from storage.models import Cue, FileContent, Labels, Source
from tests.support.project import SHARED_FOLDER

FIELD = SHARED_FOLDER / "field"
T = ("00:00:01,000 --> 00:00:02,000", "00:00:03,000 --> 00:00:04,000", "00:00:05,000 --> 00:00:06,000")
CUT = "the file ends inside a cue, so it is cut off"


def reading_of(content: str | bytes, name: str = "file") -> FileContent:
    return read_file(Source(name, content.encode() if isinstance(content, str) else content), Labels(video_id="demo"))


def cues_of(content: str | bytes) -> list[tuple[float, float, str]]:
    reading = reading_of(content)
    assert not reading.rejections
    return [(cue.start_second, cue.end_second, cue.text) for cue in reading.transcripts[0].cues]


def texts_of(content: str | bytes) -> list[str]:
    return [text for _, _, text in cues_of(content)]


def told_of(content: str | bytes) -> tuple[list[str], list[tuple[int | None, str]]]:
    """The texts that are read, and the lines that are not with what is said of them."""
    reading = reading_of(content)
    return [cue.text for cue in reading.transcripts[0].cues], [(each.row, each.reason) for each in reading.rejections]


def refusal_of(content: str | bytes) -> str:
    with pytest.raises(InputError) as refused:
        reading_of(content)
    return str(refused.value)


def field(name: str) -> bytes:
    path: Path = FIELD / name
    if not path.exists():
        pytest.skip("the inputs from the field are not beside this checkout")
    return path.read_bytes()


# Ids


def test_ids_without_blank_lines_are_not_spoken():
    assert texts_of(field("ids-without-blank.vtt")) == ["hello", "there", "again"]
    rest = f"1\n{T[0]}\nhello\n2\n{T[1]}\n7\n3\n{T[2]}\nagain\n"
    assert texts_of(f"WEBVTT\n\n{rest}") == ["hello", "7", "again"]
    assert texts_of(rest) == ["hello", "7", "again"]


def test_a_number_that_is_said_last_is_kept_where_cues_have_no_numbers():
    assert texts_of(f"WEBVTT\n\n{T[0]}\nwe counted to\n3\n{T[1]}\nand went\n") == ["we counted to 3", "and went"]


@pytest.mark.parametrize("ids", [("1", "2", "3"), ("intro", "the middle", "e3fd-12")])
@pytest.mark.parametrize("gap", ["\n", " \n", "\t\n", "\n\n"])
@pytest.mark.parametrize("head", ["WEBVTT\n", "WEBVTT\n\n", ""])
def test_ids_below_any_blank_line_are_not_spoken(ids, gap, head):
    texts = ("hello there", "you", "all")
    cues = "".join(f"{id}\n{times}\n{text}\n{gap}" for id, times, text in zip(ids, T, texts, strict=True))
    assert texts_of(f"{head}{gap if head else ''}{cues}") == list(texts)


def test_text_below_a_line_of_spaces_is_spoken_where_empty_lines_part_the_cues():
    text = f"WEBVTT\n\n{T[0]}\n \nhello there\n\n{T[1]}\nto all\n \nand you\n{T[2]}\nhere\n"
    assert texts_of(text) == ["hello there", "to all and you", "here"]


# Times


def test_one_time_that_cannot_be_read_costs_its_cue_alone():
    texts, told = told_of(field("one-bad-time.srt"))
    assert texts == ["hello", "again"]
    assert [row for row, _ in told] == [6]
    assert told[0][1].startswith("“00:00:03,00 --> 00:00:04,0:” is not a timing line such as")


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("00:00:03,000 --> 00:xx", "is not a timing line such as 00:01:02,500 --> 00:01:05,000; its cue was left out"),
        ("00:00:75,000 --> 00:01:20,000", "has more than 59 minutes or seconds; its cue was left out"),
        ("01:75:00,000 --> 01:76:00,000", "has more than 59 minutes or seconds; its cue was left out"),
        ("200:00:00,000 --> 200:00:01,000", "lies over 100 hours into the video; its cue was left out"),
        ("00:00:03,000 - 00:00:04,000", "is not a timing line such as 00:01:02,500 --> 00:01:05,000; its cue was"),
        ("x --> y", "is not a timing line such as 00:01:02,500 --> 00:01:05,000; its cue was left out"),
    ],
)
def test_every_kind_of_wrong_time_names_its_line_and_the_rest_is_read(head, line, problem):
    texts, told = told_of(f"{head}1\n{T[0]}\nhello\n\n2\n{line}\nthere\n\n3\n{T[2]}\nagain\n")
    assert texts == ["hello", "again"]
    assert [(row, reason[: len(repr(line)) + 1 + len(problem)]) for row, reason in told] == [
        (6 + head.count("\n"), f"“{line}” {problem}")
    ]


def test_a_file_without_a_time_that_can_be_read_is_refused():
    found = refusal_of("1\n00:00:75,000 --> 00:01:20,000\nhi\n\n2\n00:00:76,000 --> 00:01:20,000\nhi\n")
    assert found.startswith(
        "file, line 2: “00:00:75,000 --> 00:01:20,000” has more than 59 minutes or seconds; correct"
    )


def test_minutes_may_pass_59_where_there_are_no_hours():
    assert cues_of(field("minutes-over-59.vtt")) == [
        (3598, 3602, "almost an hour"),
        (3662.5, 3665, "over an hour"),
    ]


def test_sixty_seconds_that_were_rounded_up_are_a_minute():
    assert cues_of("WEBVTT\n\n00:00:58.000 --> 00:00:60.000\nhi\n") == [(58, 60, "hi")]
    assert told_of(f"1\n00:00:58.000 --> 00:00:60.500\nhi\n\n2\n{T[1]}\nyou\n")[1][0][0] == 2


def usual_times(line: str) -> tuple[int, int] | None:
    """The times in a line, where it is written as usual; the same wherever it stands in a text."""
    below = dict(find_usual_times(f"hi\n\n{line}\nho\n"))
    assert below.keys() <= {2}
    return below.get(2)


@given(st.integers(0, 99 * 3_600_000), st.integers(0, 3_599_999), st.sampled_from(",."))
def test_the_usual_spelling_is_read_as_any_other(start, length, mark):
    def clock(ms: int) -> str:
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"

    line = f"{clock(start)} --> {clock(start + length)}"
    assert usual_times(line) == parse_times(line) == (start, start + length)
    assert parse_times(line.replace(" --> ", "-->")) == (start, start + length)


@given(st.text("0123456789:.,-> ", max_size=40))
def test_what_is_read_quickly_is_read_alike(line):
    usual = usual_times(line)
    try:
        slow = parse_times(line)
    except UnreadableTimes:
        slow = None
    assert usual in (None, slow)


# The end of a file


@pytest.mark.parametrize("end", ["\n", "\n\n", "\n \n", "\n\n\n"])
@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_a_last_cue_without_words_is_no_cut(head, end):
    assert texts_of(f"{head}1\n{T[0]}\nhello\n\n2\n{T[1]}{end}") == ["hello"]


@pytest.mark.parametrize("end", [T[1], "00:00:03,000 --> 00:0", "00:00:03", f"{T[1]}\nthere\n\n3\n"])
def test_a_file_that_is_cut_is_still_told(end):
    assert CUT in refusal_of(f"1\n{T[0]}\nhello\n\n2\n{end}")


# What is no cue


@pytest.mark.parametrize(
    ("name", "place"),
    # Within a file a "note" in small letters may be spoken.
    [*((name, place) for name in ("region", "REGION", "style", "STYLE", "NOTE") for place in (0, 1)), ("note", 0)],
)
def test_asides_in_small_letters_too_are_silent(name, place):
    body = {"region": "id:fred\nwidth:40%", "style": "::cue(b) { color: red }", "note": "a remark"}[name.lower()]
    blocks = [f"1\n{T[0]}\nhello\n", f"2\n{T[1]}\nthere\n"]
    blocks.insert(place, f"{name}\n{body}\n")
    assert texts_of("WEBVTT\n\n" + "\n".join(blocks)) == ["hello", "there"]


def test_a_region_as_somebody_wrote_it_is_silent():
    assert texts_of(field("region-block.vtt")) == ["hello"]


def test_note_and_style_that_are_said_are_kept():
    text = f"WEBVTT\n\n{T[0]}\nnote that this holds\n\nregion by region\n\n{T[1]}\nstyle matters\n"
    assert texts_of(text) == ["note that this holds region by region", "style matters"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_header_of_a_joined_file_is_no_speech(mark):
    joined = field("joined-segments.vtt").decode()
    assert set(texts_of(joined)) == {"Welcome to the session.", "This cue spans the border.", "Then we go on."}
    second = f"{mark}WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1,LOCAL:0\n\n{T[1]}\nthere\n\nX-TIMESTAMP-MAP=LOCAL:0\n\n"
    assert texts_of(f"WEBVTT\n\n{T[0]}\nhello\n\n{second}{T[2]}\nagain\n") == ["hello", "there", "again"]


def test_pictures_for_a_seek_bar_are_refused():
    assert "pictures for a player’s seek bar" in refusal_of(field("thumbnails.vtt"))
    assert "nobody speaks" in refusal_of(f"1\n{T[0]}\nhttps://a.example/p.png?x=1\n\n2\n{T[1]}\n2.JPG\n")
    assert "nobody speaks" in refusal_of(f"WEBVTT\n\n{T[0]}\nmy talk.webp#xywh=0,0,160,90\n")
    assert texts_of(f"1\n{T[0]}\nlogo.png\n\n2\n{T[1]}\nis what we open\n") == ["logo.png", "is what we open"]


# Markup


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('hello <font color=\n"red">there</font> you', "hello there you"),
        ("<i>two\nlines</i>", "two lines"),
        ("<b>bold</b\n> words", "bold words"),
        ("a < b\nand c > d", "a < b and c > d"),
        ("vector<int>\nmap<a,\nb>", "vector<int> map<a, b>"),
    ],
)
def test_tags_over_two_lines_are_left_out_of_subrip(words, said):
    assert texts_of(f"1\n{T[0]}\n{words}\n") == [said]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<c.yellow\n.bg>hello</c> you", "hello you"),
        ("<i>two\nlines</i>", "two lines"),
        ("a < b\nand c > d", "a < b and c > d"),
    ],
)
def test_tags_over_two_lines_are_left_out_of_webvtt(words, said):
    assert texts_of(f"WEBVTT\n\n{T[0]}\n{words}\n") == [said]


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<ruby>漢字<rt>かんじ</rt></ruby>を読む", "漢字を読む"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</ruby>", "漢字"),
        ("<ruby>漢<rt>かん<rp>)</rp></ruby>字", "漢字"),
        ("a <rt>word that nobody closed", "a word that nobody closed"),
    ],
)
def test_readings_above_characters_are_not_spoken_again(head, words, said):
    assert texts_of(f"{head}{T[0]}\n{words}\n") == [said]


def test_ruby_from_the_field_is_read_without_its_reading():
    assert texts_of(field("ruby.vtt")) == ["漢字を読む"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("learning\\Nrate", "learning\nrate"), ("learning\\nrate", "learning\nrate"), ("a\\hb", "a b"),
        ("one \\N two", "one \n two"), ("Answer A:\\NThis one", "Answer A:\nThis one"),
        ("cane\\ne gatto", "cane\ne gatto"), ("so\\nearly", "so\nearly"),
        ("\\nabla f", "\\nabla f"), ("x \\neq y", "x \\neq y"), ("a\\ne b", "a\\ne b"), ("\\nu = 3", "\\nu = 3"),
        ("\\alpha\\not\\in \\N", "\\alpha\\not\\in \\N"), ("\\hat x", "\\hat x"),
        ("C:\\new", "C:\\new"), ("in C:\\Program Files\\new", "in C:\\Program Files\\new"), ("d:\\n", "d:\\n"),
        ("\\\\server\\new", "\\\\server\\new"), ("we print '\\n' here", "we print '\\n' here"),
        ("src\\main\\new.py", "src\\main\\new.py"), ("plain", "plain"),
    ],
)  # fmt: skip
def test_signs_of_ass_are_line_breaks_and_latex_and_paths_are_not(line, said):
    assert resolve_line_breaks(line) == said


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_line_breaks_of_ass_part_words(head):
    assert texts_of(f"{head}{T[0]}\nthe learning\\Nrate\\his high\n") == ["the learning rate is high"]


def test_line_breaks_from_the_field_part_words():
    assert texts_of(field("backslash-n.srt")) == ["the learning rate is high"]


# Voices


def voices_of(text: str) -> list[Cue]:
    return list(reading_of(text).transcripts[0].cues)


def test_a_voice_is_the_speaker_and_no_word():
    text = (
        f"WEBVTT\n\n{T[0]}\n<v Jane Doe>hello <i>there</i>\n\n{T[1]}\n<v.loud.first Bob &amp; Ann>you</v>\n\n"
        f"{T[2]}\nnobody is named\n"
    )
    assert voices_of(text) == [
        Cue(1, 2, "hello there", "Jane Doe"), Cue(3, 4, "you", "Bob & Ann"), Cue(5, 6, "nobody is named"),
    ]  # fmt: skip


def test_several_voices_of_a_cue_are_several_cues_in_order():
    text = f"WEBVTT\n\n{T[0]}\nfirst <v Ann>Who is it?</v> then\n<v\nBob>Me.\n<v>and one\n"
    said = [(cue.speaker, cue.text) for cue in voices_of(text)]
    assert said == [("", "first"), ("Ann", "Who is it?"), ("", "then"), ("Bob", "Me."), ("", "and one")]
    assert {cue.start_second for cue in voices_of(text)} == {1.0}


@example(["well", "<v Ann>", "well", "\n", "well", "<v Ann>", "well"])
@given(st.lists(st.sampled_from(["<v Ann>", "</v>", "<v.a\nBob>", "well", "no ", "\n", "<v>", "<i>", "</i>", "<v"])))
def test_no_word_is_lost_between_voices(pieces):
    text = "".join(pieces)
    words = [cue.text for cue in voices_of(f"WEBVTT\n\n{T[0]}\n{text}\n\n{T[1]}\nend\n")]
    expected = re.sub(r"</?(?:[A-Za-z][^<>\n]*(?:\n[^<>\n]*)?)?>", "", re.sub(r"\n{2,}", "\n", text))
    assert "".join("".join(words).split()) == "".join((expected + "end").split())
