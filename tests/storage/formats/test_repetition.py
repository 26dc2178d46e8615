"""What is said twice is kept twice, what is only shown twice once; and a cue that is in two joined files is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.reader import read_file
from storage.models import Labels, Source
from tests.support.inputs.caption_generator import Shown, as_subrip, as_webvtt
from tests.support.project import SHARED_FOLDER

FIELD = SHARED_FOLDER / "field"
LINES = (
    "good morning",
    "how are you",
    "my name is Jane",
    "it is nice to meet you",
    "where do you come from",
    "goodbye",
)


def read(text: str) -> list[str]:
    reading = read_file(Source("captions", text.encode()), Labels(video_id="v"))
    return [cue.text for cue in reading.transcripts[0].cues]


def shown_twice(lines: tuple[str, ...], *lengths_ms: int) -> list[Shown]:
    """Every line twice in a row, its cues as long as `lengths_ms` say in turn."""
    cues, start = [], 0
    for number, line in enumerate(line for line in lines for _ in range(2)):
        end = start + lengths_ms[number % len(lengths_ms)]
        cues.append(Shown(start, end, (line,)))
        start = end
    return cues


def twice(lines: tuple[str, ...]) -> list[str]:
    return [line for line in lines for _ in range(2)]


@pytest.mark.parametrize("writer", [as_subrip, as_webvtt])
@pytest.mark.parametrize(
    "lengths_ms",
    [(2000,), (3000, 5000), (2500, 2000), (1500,), (1800, 1500, 1600, 1400)],
    ids=["slow", "slow, with pauses", "shorter the second time", "quick and steady", "quick and uneven"],
)
def test_lines_that_are_repeated_at_the_pace_of_speech_are_kept(writer, lengths_ms):
    assert read(writer(shown_twice(LINES, *lengths_ms))) == twice(LINES)


@given(st.lists(st.integers(2300, 6000), min_size=12, max_size=12))
def test_whatever_has_time_for_slow_speech_twice_is_kept(lengths_ms):
    assert read(as_subrip(shown_twice(LINES, *lengths_ms))) == twice(LINES)


@pytest.mark.parametrize("lengths_ms", [(700, 700), (1500, 60), (1500, 400), (600, 1800)])
def test_a_line_that_is_held_too_briefly_to_be_said_again_is_kept_once(lengths_ms):
    assert read(as_subrip(shown_twice(LINES, *lengths_ms))) == list(LINES)


def test_halves_of_a_cue_are_one_line_though_a_short_one_would_have_had_time():
    lines = ("the weights of the network are learned from data", "yes", "and that takes a long time on one machine")
    lengths_ms = (1400, 1400, 900, 900, 1300, 1300)
    assert read(as_subrip(shown_twice(lines, *lengths_ms))) == list(lines)


def test_halves_of_a_cue_are_one_line_also_where_the_speech_is_not_hurried():
    lines = ("the weights of a network", "are learned from the data", "and that takes some time")
    assert read(as_subrip(shown_twice(lines, 1400, 1400, 1700, 1700, 1500, 1500))) == list(lines)


def test_chinese_takes_longer_to_say_than_as_many_letters():
    lines = ("神经网络是一种机器学习模型", "它由许多神经元组成", "我们来看一个例子好吗")
    assert read(as_subrip(shown_twice(lines, 3000))) == twice(lines)
    assert read(as_subrip(shown_twice(lines, 1000, 990, 900, 890))) == list(lines)


def test_the_same_cue_anywhere_in_a_file_is_one():
    raw = [
        RawCue(1, 4, ("Welcome.",)),
        RawCue(58, 62, ("This cue", "spans the border.")),
        RawCue(58, 60, ("This cue", "spans the border.")),
        RawCue(63, 65, ("Then we go on.",)),
        RawCue(58, 62, ("This cue", "spans the border.", "")),
        RawCue(70, 72, ("Then we go on.",)),
    ]
    said = [(cue.start_second, cue.text) for cue in spoken_cues(raw)]
    again = (58, "This cue spans the border.")
    assert said == [(1, "Welcome."), again, again, (63, "Then we go on."), (70, "Then we go on.")]


@pytest.mark.skipif(not FIELD.is_dir(), reason="the inputs from the field are not here")
def test_the_repetitions_of_the_field_are_right() -> None:
    assert read((FIELD / "repeat-after-me.srt").read_text()) == twice(LINES[:3])
    joined = ["Welcome to the session.", "This cue spans the border.", "Then we go on."]
    assert read((FIELD / "joined-segments.vtt").read_text()) == joined
