"""Segments made from cues: their length, their times, and that nothing is lost."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storage.importing.segmenting import MAX_PIECE_LENGTH, MIN_SEGMENT_LENGTH, segment_cues
from storage.models import SILENCE_SECONDS, Cue, CueMark, Segment


@st.composite
def spoken(draw: st.DrawFn) -> list[Cue]:
    """Cues in order, none ending after the next has begun."""
    times = sorted(draw(st.lists(st.integers(0, 200_000), max_size=60)))
    words = st.lists(st.text("abcdef", min_size=1, max_size=12), min_size=1, max_size=40)
    cues = []
    for start, after in zip(times, [*times[1:], 300_000], strict=False):
        end = draw(st.integers(start, after))
        cues.append(Cue(start / 1000, end / 1000, " ".join(draw(words))))
    return cues


def steady(count: int, characters: int, seconds: float = 3.0) -> list[Cue]:
    return [Cue(i * seconds, (i + 1) * seconds, "x" * characters) for i in range(count)]


@given(spoken())
def test_every_word_is_in_one_segment_in_order(cues):
    assert " ".join(s.text for s in segment_cues(cues)) == " ".join(cue.text for cue in cues)


@given(spoken())
def test_no_two_segments_start_in_the_same_second(cues):
    starts = [s.start_second for s in segment_cues(cues)]
    assert starts == sorted(set(starts))
    assert all(start == math.floor(start) for start in starts)


@given(spoken())
def test_a_segment_is_cut_at_the_first_boundary_where_it_is_long_enough(cues):
    for s in segment_cues(cues):
        last = s.marks[-1]
        before = [mark for mark in s.marks[1:] if math.floor(mark.start_second) != s.start_second]
        assert all(mark.offset - 1 < MIN_SEGMENT_LENGTH for mark in before)
        assert len(s.text) - last.offset <= MAX_PIECE_LENGTH


@given(spoken())
def test_a_segment_ends_short_only_before_a_silence_or_at_the_end(cues):
    segments = segment_cues(cues)
    for s, after in pairwise(segments):
        silence = after.marks[0].start_second - s.end_second
        assert len(s.text) >= MIN_SEGMENT_LENGTH or silence > SILENCE_SECONDS - 0.001


@given(spoken())
def test_marks_give_back_the_text_and_start_of_every_cue(cues):
    cues = [cue for cue in cues if len(cue.text) <= MAX_PIECE_LENGTH]
    found = []
    for s in segment_cues(cues):
        ends = [*(mark.offset - 1 for mark in s.marks[1:]), len(s.text)]
        found += [(mark.start_second, s.text[mark.offset : end]) for mark, end in zip(s.marks, ends, strict=True)]
    assert found == [(cue.start_second, cue.text) for cue in cues]


@given(spoken())
def test_times_run_forward_within_a_segment(cues):
    for s in segment_cues(cues):
        times = [s.start_second, *(mark.start_second for mark in s.marks), s.end_second]
        assert times == sorted(times)


def test_no_cues_make_no_segments():
    assert segment_cues([]) == ()


def test_steady_speech_has_the_length_of_the_datasets_rows():
    lengths = [len(s.text) for s in segment_cues(steady(100, 41))][:-1]
    assert all(MIN_SEGMENT_LENGTH <= length <= MIN_SEGMENT_LENGTH + MAX_PIECE_LENGTH for length in lengths)


def test_a_segment_starts_at_the_whole_second_and_keeps_the_exact_one_in_its_marks():
    cues = [Cue(12.345, 14.0, "hello there"), Cue(14.25, 15.5, "you")]
    assert segment_cues(cues) == (Segment(12.0, 15.5, "hello there you", (CueMark(0, 12.345), CueMark(12, 14.25))),)


def test_a_silence_of_exactly_ten_seconds_does_not_end_a_segment():
    assert len(segment_cues([Cue(0, 1, "a"), Cue(11, 12, "b")])) == 1
    assert len(segment_cues([Cue(0, 1, "a"), Cue(11.001, 12, "b")])) == 2


def test_a_long_cue_is_split_between_words_with_times_by_their_characters():
    words = " ".join(["abcd"] * 100)
    (first, *_) = segment_cues([Cue(0, len(words), words)])
    assert first.marks == tuple(CueMark(offset, float(offset)) for offset in (0, 130, 260))
    assert first.end_second == len(first.text) + 1


def test_a_word_longer_than_a_piece_is_left_whole():
    word = "x" * (2 * MAX_PIECE_LENGTH)
    assert [s.text for s in segment_cues([Cue(0, 1, f"a {word} b")])] == [f"a {word} b"]


def test_cues_of_one_second_stay_in_one_segment_however_long():
    cues = [Cue(5 + i / 100, 5 + (i + 1) / 100, "x" * 100) for i in range(50)]
    assert len(segment_cues(cues)) == 1
