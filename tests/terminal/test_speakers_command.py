"""`cuepoint speakers`, and what the other commands say about who speaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.forked_program import Done, Job, program

TALK = """\
1
00:00:01,000 --> 00:00:04,000
[SPEAKER_00]: The copper kettle boils quickly.

2
00:00:05,000 --> 00:00:08,000
[SPEAKER_01]: No, the copper kettle is mine.
"""


@pytest.fixture
def cuepoint(tmp_path: Path) -> Iterator[Callable[..., Done]]:
    (tmp_path / "talk.srt").write_text(TALK)
    with program() as forked:

        def run(*arguments: str) -> Done:
            return forked.run(Job(arguments, str(tmp_path)))

        assert run("import", "talk.srt", "--video-id", "talk-1").returncode == 0
        yield run


def test_speakers_are_listed_named_and_shown(cuepoint: Callable[..., Done]) -> None:
    first = "talk-1\tSPEAKER_00\t0.1\t5\t0:01\tThe copper kettle boils quickly.\n"
    assert first in cuepoint("speakers").stdout
    done = cuepoint("speakers", "talk-1", "--name", "SPEAKER_01=Ana Kim")
    assert done.stdout == "SPEAKER_01 is now called Ana Kim in talk-1; `cuepoint undo` takes that back.\n"
    listed = json.loads(cuepoint("speakers", "talk-1", "--json").stdout)
    assert [(each["speaker"], each["words"]) for each in listed["speakers"]] == [("Ana Kim", 6), ("SPEAKER_00", 5)]
    shown = cuepoint("transcript", "talk-1").stdout
    assert "   Ana Kim:\n   No, the copper kettle is mine.\n" in shown
    answer = json.loads(cuepoint("ask", "copper kettle", "--speaker", "ana", "--json").stdout)
    [excerpt] = answer["excerpts"]
    assert (excerpt["quote"], excerpt["speaker"]) == ("No, the copper kettle is mine.", "Ana Kim")
    assert excerpt["turns"] == [[0, "Ana Kim"]]
    hits = json.loads(cuepoint("search", "kettle speaker:ana", "--json").stdout)["hits"]
    assert [[speaker for _, speaker in hit["turns"]] for hit in hits] == [["SPEAKER_00", "Ana Kim"]]
    assert cuepoint("undo").stdout.startswith("Took back the naming of SPEAKER_01 in talk-1: ")


def test_what_cannot_be_named_is_told(cuepoint: Callable[..., Done]) -> None:
    assert "is not LABEL=NAME" in cuepoint("speakers", "talk-1", "--name", "Ana").stderr
    assert "say in which video" in cuepoint("speakers", "--name", "SPEAKER_00=Ana").stderr
    unknown = cuepoint("speakers", "talk-1", "--name", "SPEAKER_07=Ana")
    assert unknown.returncode == 1
    assert "Did you mean “SPEAKER_00” or “SPEAKER_01”?" in unknown.stderr
    nobody = cuepoint("ask", "kettle speaker:zoe")
    assert (nobody.returncode, nobody.stderr) == (1, "Nobody who speaks here is called “zoe”.\n")
