"""Every spoken word once, in order, at the time it is first shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.reader import read_file
from storage.models import Cue, Labels, Source
from tests.support.inputs.caption_generator import (
    LINE_SHAPES,
    OPENING,
    Said,
    Shown,
    as_subrip,
    as_webvtt,
    growing,
    overlapping,
    talks,
)

ID = "dQw4w9WgXcQ"


def cues_in(text: str, name: str = "captions") -> tuple[Cue, ...]:
    reading = read_file(Source(name, text.encode()), Labels(video_id=ID))
    assert not reading.rejections
    return reading.transcripts[0].cues


def spoken(text: str) -> list[tuple[float, str]]:
    return [(cue.start_second, cue.text) for cue in cues_in(text)]


def said(talk: list[Said]) -> list[tuple[float, str]]:
    return [(line.start_second, line.text) for line in talk]


def windows(*shown: str, seconds: float = 2.0) -> list[RawCue]:
    """Cues that follow each other, their lines parted by a slash."""
    return [
        RawCue(i * seconds, (i + 1) * seconds, tuple(part.strip() for part in cue.split("/")))
        for i, cue in enumerate(shown)
    ]


def words(raw: list[RawCue]) -> str:
    return " ".join(cue.text for cue in spoken_cues(raw))


@pytest.mark.parametrize("shape", LINE_SHAPES.values(), ids=LINE_SHAPES)
@given(talk=talks(), last_hold=st.booleans())
def test_rolling_subrip_gives_each_line_once_when_first_shown(shape, talk, last_hold):
    cues = shape(talk)
    if not last_hold and cues[-1].new is None and cues[-1].start_ms > talk[-1].start_ms:
        del cues[-1]
    assert spoken(as_subrip(cues)) == said(talk)


@pytest.mark.parametrize("shape", LINE_SHAPES.values(), ids=LINE_SHAPES)
@given(talk=talks(), word_times=st.booleans(), hours=st.booleans())
def test_rolling_webvtt_gives_each_line_once_when_first_shown(shape, talk, word_times, hours):
    assert spoken(as_webvtt(shape(talk), word_times, hours)) == said(talk)


@pytest.mark.parametrize("shape", LINE_SHAPES.values(), ids=LINE_SHAPES)
@given(talk=talks(), by_ms=st.integers(1, 5000))
def test_cues_that_end_after_the_next_began_are_read_the_same(shape, talk, by_ms):
    assert spoken(as_subrip(overlapping(shape(talk), by_ms))) == said(talk)


@given(talk=talks())
def test_a_line_that_grows_gives_each_word_when_it_appears(talk):
    cues, expected = growing(talk)
    assert spoken(as_subrip(cues)) == expected


@given(talk=talks())
def test_captions_that_do_not_roll_keep_all_they_say(talk):
    shown = [Shown(line.start_ms, line.end_ms, (line.text,)) for line in talk]
    assert spoken(as_subrip(shown)) == said(talk)


@pytest.mark.parametrize("shape", LINE_SHAPES.values(), ids=LINE_SHAPES)
@given(talk=talks())
def test_a_spoken_cue_ends_before_the_next_begins(shape, talk):
    cues = cues_in(as_subrip(shape(talk)))
    assert all(cue.start_second <= cue.end_second for cue in cues)
    assert all(cue.end_second <= after.start_second for cue, after in pairwise(cues))


def test_two_equal_cues_of_an_ordinary_file_are_both_spoken():
    assert words(windows("No.", "No.")) == "No. No."


def test_an_ordinary_file_of_two_lines_keeps_a_line_that_comes_again():
    shown = windows("Who is there? / Tell me.", "Tell me. / Now.", "It is I. / Your friend.", "Come in. / Sit down.")
    assert words(shown) == "Who is there? Tell me. Tell me. Now. It is I. Your friend. Come in. Sit down."


def test_lines_that_come_again_now_and_then_do_not_make_a_file_roll():
    shown = windows("a / b", "b / c", "d / e", "f / g", "g / h", "i / j", "k / l", "m / n")
    assert words(shown) == "a b b c d e f g g h i j k l m n"


def test_one_line_that_comes_again_is_no_evidence():
    assert words(windows("No.", "No. / Go.")) == "No. No. Go."


def test_a_word_said_three_times_within_a_line_is_kept():
    assert words(windows("/ no no no", "no no no / I said", "I said / no no")) == "no no no I said no no"


def test_a_line_said_twice_in_a_row_is_kept_in_rolling_captions():
    assert words(windows("/ one", "one / two", "two / two", "two / two", "two / three")) == "one two two two three"


def test_the_last_line_is_kept_without_a_hold():
    assert words(windows("/ one more", "one more /", "one more / two more")) == "one more two more"


def test_a_line_shown_again_after_the_screen_was_empty_was_said_again():
    shown = windows("/ one more", "one more / two more", "two more / three more", "", "/ three more")
    assert words(shown) == "one more two more three more three more"


def test_after_an_empty_screen_nothing_is_held_even_where_holds_are_the_rule():
    lines = ("one", "two", "three", "four", "five")
    held = [cue for above, line in pairwise(("", *lines)) for cue in (f"{above} / {line}", f"{line} /")]
    assert words(windows(*held[:-1], "", "/ five")) == "one two three four five five"


def test_a_cue_of_a_moment_holds_what_was_said_in_any_file():
    raw = [RawCue(0, 2, ("one",)), RawCue(2, 2.01, ("one",)), RawCue(2.01, 4, ("two",)), RawCue(4, 6, ("two",))]
    assert words(raw) == "one two two"


def test_a_window_held_over_a_pause_gives_its_line_once():
    shown = [
        RawCue(0, 2, ("", "one more")),
        RawCue(2, 4, ("one more", "two more")),
        RawCue(60, 62, ("two more", "three more")),
    ]
    assert words(shown) == "one more two more three more"


def test_cues_are_put_in_order_of_their_start():
    assert words(list(reversed(windows("one", "two", "three")))) == "one two three"


def test_sound_marks_and_blank_cues_are_no_speech():
    shown = windows("[Music]", "", "♪ la la ♪", "so [Applause] hello", "(laughter)", "[Müde Musik] and", ">>")
    assert words(shown) == "la la so hello and"


@pytest.mark.parametrize("text", ["[ __ ]", "the [MASK] token", "x[i] and [1]", "(for example)", "a [2020] b"])
def test_brackets_around_what_is_spoken_are_kept(text):
    assert words(windows(text)) == text


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("（拍手）ありがとう", "ありがとう"), ("[音楽]それでは", "それでは"), ("【拍手】", ""),
        ("［音楽］ 始めます", "始めます"), ("谢谢（掌声）大家", "谢谢 大家"),
        ("(笑い)", ""), ("（笑）そう", "そう"), ("[박수] 감사합니다", "감사합니다"),
        ("（♪）", ""), ("（applause） so", "so"), ("［Music］", ""),
        ("（つまり）そう", "（つまり）そう"), ("［MASK］ token", "［MASK］ token"),
    ],
)  # fmt: skip
def test_sound_marks_in_wide_brackets_are_no_speech(shown, said):
    assert words(windows(shown, "end")) == f"{said} end".strip()


def test_a_sound_mark_that_scrolls_does_not_hide_the_line_below_it():
    shown = windows("/ [Music]", "[Music] / hello there", "hello there / [Music]", "[Music] / again")
    assert words(shown) == "hello there again"


def test_a_cue_that_ends_before_it_starts_lasts_until_the_next():
    raw = [RawCue(5, 1, ("one",)), RawCue(8, 9, ("two",)), RawCue(12, 3, ("three",))]
    assert [(cue.start_second, cue.end_second) for cue in spoken_cues(raw)] == [(5, 8), (8, 9), (12, 12)]


def test_marked_words_tell_a_hold_even_in_the_shortest_file():
    text = as_webvtt([Shown(0, 2000, (OPENING[0],), new=0), Shown(2000, 4000, (OPENING[0],))], word_times=True)
    assert spoken(text) == [(0.0, OPENING[0])]


def test_a_line_of_marked_words_is_new_though_the_screen_shows_it_already():
    shown = [Shown(i * 2000, i * 2000 + 2000, (OPENING[0],), new=0) for i in range(2)]
    assert spoken(as_webvtt(shown, word_times=True)) == [(0.0, OPENING[0]), (2.0, OPENING[0])]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.lists(st.text(max_size=5), max_size=4))))
def test_no_cues_whatever_break_the_reading(raw):
    cues = spoken_cues([RawCue(start, end, tuple(lines)) for start, end, lines in raw])
    assert [cue.start_second for cue in cues] == sorted(cue.start_second for cue in cues)
