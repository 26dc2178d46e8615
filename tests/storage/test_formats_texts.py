"""Plain texts with times and subtitles of other programs: every word once, in order, at its second, by its speaker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storage.formats.reader import read_file
from storage.models import Cue, Labels, Source, Transcript, Video
from tests.support.text_formats import WRITERS, Said, talks

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _count() -> Iterator[None]:
    """Tells how much was compared; shown with -s."""
    yield
    print(f"\n{counted['talks']:,} talks in {len(WRITERS)} formats, {counted['words']:,} words compared")


def read(content: str | bytes, name: str = "talk.txt", **labels: str) -> Transcript:
    """The one transcript of a file in which nothing is rejected."""
    data = content if isinstance(content, bytes) else content.encode()
    found = read_file(Source(name, data), Labels(video_id="talk", **labels))
    assert found.rejections == ()
    return found.transcripts[0]


def said(content: str | bytes) -> list[tuple[float, str, str]]:
    return [(cue.start_second, cue.speaker, cue.text) for cue in read(content).cues]


def words_of(cues: list[Cue] | tuple[Cue, ...]) -> list[str]:
    return [word for cue in cues for word in cue.text.split()]


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data())
def test_every_word_is_read_once_in_order_at_its_second_and_by_its_speaker(name, data):
    write, has_speakers = WRITERS[name]
    talk: list[Said] = data.draw(talks())
    if "document" in name:
        pytest.importorskip("docx", reason="the extra docx is not installed")
    cues = read(write(talk)).cues
    expected = " ".join(each.text for each in talk).split()
    if name == "ASS":  # braces are markup there
        expected = [word for word in expected if "{" not in word]
    assert words_of(cues) == expected
    assert [cue.start_second for cue in cues] == [each.second for each in talk]
    speakers = [each.speaker if has_speakers else "" for each in talk]
    assert [cue.speaker for cue in cues] == speakers
    assert all(cue.start_second <= cue.end_second for cue in cues)
    counted.update(talks=1, words=len(expected))
