"""Transcripts in JSON: every dialect gives every word once, in order, at its second, with its speaker."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import Cue, FileContent, Labels, Source
from tests.support.json_transcripts import DIALECTS, Dialect, Talk, make_talk

ID = "dQw4w9WgXcQ"
WITH_DIALECTS = pytest.mark.parametrize("name", DIALECTS)


def reading_of(content: object, name: str = "a talk.json", **labels: str) -> FileContent:
    text = content if isinstance(content, str) else json.dumps(content)
    return read_file(Source(name, text.encode("utf-8", "surrogatepass")), Labels(**{"video_id": ID} | labels))


def cues_of(content: object) -> list[tuple[float, float, str, str]]:
    reading = reading_of(content)
    assert not reading.rejections
    return [(cue.start_second, cue.end_second, cue.text, cue.speaker) for cue in reading.transcripts[0].cues]


def words_of(content: object) -> list[str]:
    return [text for _, _, text, _ in cues_of(content)]


def refusal(content: object, **labels: str) -> str:
    with pytest.raises(InputError) as refused:
        reading_of(content, **labels)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def check_words(talk: Talk, cues: tuple[Cue, ...], dialect: Dialect, name: str) -> int:
    """Hold that the cues say every word of the talk once, in order, at its second, by its speaker."""
    left = list(talk.words)
    for cue in cues:
        rest = cue.text
        while rest:
            word = left.pop(0)
            said = word.signed if dialect.has_signs else word.text
            assert rest.startswith(said), (name, cue, said)
            rest = rest[len(said) :]
            assert not rest or rest.startswith(talk.space), (name, cue, said)
            rest = rest[len(talk.space) :]
            assert cue.speaker == dialect.label(word.speaker), (name, cue, word)
            if dialect.is_timed(word):
                assert cue.start_second - 0.0015 <= word.start, (name, cue, word)
                assert word.start <= cue.end_second + 0.0015 or not dialect.tells_ends, (name, cue, word)
            assert word.start - cue.start_second <= dialect.lag or not dialect.is_timed(word), (name, cue, word)
    assert not left, (name, left)
    return len(talk.words)


@WITH_DIALECTS
@pytest.mark.parametrize("has_spaces", [True, False], ids=["spaces", "no spaces"])
def test_every_word_is_read_once_in_order_at_its_second_with_its_speaker(name: str, has_spaces: bool) -> None:
    dialect = DIALECTS[name]
    compared = 0
    for seed in range(12):
        talk = make_talk(Random(seed), has_spaces)
        reading = reading_of(dialect.write(talk))
        assert not reading.rejections
        (transcript,) = reading.transcripts
        assert transcript.whole
        assert transcript.video.is_automatic == dialect.is_automatic
        if dialect.tells_language:
            assert transcript.video.language == talk.language
        compared += check_words(talk, transcript.cues, dialect, name)
    assert compared > 1_000


@given(seed=st.integers(0, 2**32), name=st.sampled_from(list(DIALECTS)), has_spaces=st.booleans())
def test_any_talk_is_read_from_any_dialect(seed: int, name: str, has_spaces: bool) -> None:
    talk = make_talk(Random(seed), has_spaces, sentences=4)
    check_words(talk, reading_of(DIALECTS[name].write(talk)).transcripts[0].cues, DIALECTS[name], name)
