"""Speakers are listed and given names; the names stay when the same captions come again."""

from __future__ import annotations

import pytest

from storage import access
from storage.errors import RequestError, UnknownVideo
from storage.formats.speaker_labels import MAX_SPEAKER_LENGTH
from storage.importing.speaker_turns import clean_turns
from storage.library import Library
from storage.models import Labels, Segment, Source, SpeakerTurn

OWN = access.host_scope()
LINES = [
    "[SPEAKER_00]: Yes.",
    "[SPEAKER_01]: I think that throughput matters more in batch jobs.",
    "[SPEAKER_00]: Latency is what people feel, and that is what one has to measure.",
    "[SPEAKER_02]: The copper kettle is mine.",
]


def captions(*lines: str) -> Source:
    cues = [f"00:00:{5 * n:02}.000 --> 00:00:{5 * n + 5:02}.000\n{line}\n" for n, line in enumerate(lines)]
    return Source("talk.vtt", ("WEBVTT\n\n" + "\n".join(cues)).encode())


async def bring(library: Library, *lines: str, replace: bool = False) -> None:
    await library.import_files(OWN, [(captions(*lines), Labels(video_id="talk-1"))], replace=replace)


async def names(library: Library) -> list[str]:
    [segment] = await library.segments_between(OWN, "talk-1", 0.0, 99.0)
    return [turn.speaker for turn in segment.turns]


@pytest.fixture
async def talk(library: Library) -> Library:
    await bring(library, *LINES)
    return library


async def test_speakers_are_listed_with_words_to_know_them_by(talk: Library) -> None:
    [listed] = await talk.speakers.summaries(OWN)
    assert [(each.name, each.words, each.seconds, each.start_second) for each in listed.speakers] == [
        ("SPEAKER_00", 14, 10.0, 10.0), ("SPEAKER_01", 9, 5.0, 5.0), ("SPEAKER_02", 5, 5.0, 15.0),
    ]  # fmt: skip
    assert listed.speakers[0].quote == "Latency is what people feel, and that is what one has to measure."
    with pytest.raises(UnknownVideo):
        await talk.speakers.summaries(OWN, "talk-2")


async def test_a_label_gets_a_name_and_undo_takes_it_back(talk: Library) -> None:
    await talk.speakers.rename(OWN, "talk-1", {"speaker_00": " Ana\u202e Kim ", "SPEAKER_01": "Bob"})
    assert await names(talk) == ["Ana Kim", "Bob", "Ana Kim", "SPEAKER_02"]
    report = await talk.undo(OWN)
    assert report.description == "naming of SPEAKER_00, SPEAKER_01 in talk-1"
    assert await names(talk) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00", "SPEAKER_02"]


async def test_two_labels_may_get_one_name(talk: Library) -> None:
    await talk.speakers.rename(OWN, "talk-1", {"SPEAKER_00": "Ana", "SPEAKER_02": "Ana"})
    assert await names(talk) == ["Ana", "SPEAKER_01", "Ana"]
    await bring(talk, *LINES)
    assert await names(talk) == ["Ana", "SPEAKER_01", "Ana"]


async def test_the_same_captions_keep_the_names_that_were_given(talk: Library) -> None:
    await talk.speakers.rename(OWN, "talk-1", {"SPEAKER_00": "Ana", "SPEAKER_01": "Bob"})
    await bring(talk, *LINES)
    assert await names(talk) == ["Ana", "Bob", "Ana", "SPEAKER_02"]
    [swapped] = [[line.replace("_00", "_09").replace("_01", "_00") for line in LINES]]
    await bring(talk, *swapped)
    assert await names(talk) == ["Ana", "Bob", "Ana", "SPEAKER_02"], "who says the words is known, whatever the label"
    await bring(talk, *LINES, replace=True)
    assert await names(talk) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00", "SPEAKER_02"]


async def test_a_file_with_names_replaces_labels_and_other_words_have_its_own(talk: Library) -> None:
    await bring(talk, *[line.replace("[SPEAKER_00]", "Ana Kim").replace("[SPEAKER_01]", "Bob Lee") for line in LINES])
    assert await names(talk) == ["Ana Kim", "Bob Lee", "Ana Kim", "SPEAKER_02"]
    await bring(talk, *LINES)
    assert await names(talk) == ["Ana Kim", "Bob Lee", "Ana Kim", "SPEAKER_02"]
    await bring(talk, *[line + " More." for line in LINES])
    assert await names(talk) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00", "SPEAKER_02"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"SPEAKER_1": "Ana"}, "Nobody in talk-1 is called “SPEAKER_1”. Did you mean “SPEAKER_0"),
        ({"SPEAKER_00": "\u200b\u202e"}, "at least one character that can be seen"),
    ],
)
async def test_what_cannot_be_named_is_refused(talk: Library, given: dict[str, str], reason: str) -> None:
    with pytest.raises(RequestError, match=reason):
        await talk.speakers.rename(OWN, "talk-1", given)
    with pytest.raises(UnknownVideo):
        await talk.speakers.rename(OWN, "talk-2", {"SPEAKER_00": "Ana"})
    assert await names(talk) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00", "SPEAKER_02"]


async def test_a_video_without_speakers_is_said_to_have_none(library: Library) -> None:
    await bring(library, "one", "two")
    assert (await library.speakers.summaries(OWN, "talk-1"))[0].speakers == ()
    assert await library.speakers.summaries(OWN) == []
    with pytest.raises(RequestError, match="does not say who speaks"):
        await library.speakers.rename(OWN, "talk-1", {"SPEAKER_00": "Ana"})


def test_names_of_any_format_are_bounded_and_clean() -> None:
    turns = (SpeakerTurn(0, "x" * 10_000), SpeakerTurn(4, "A\x00n\u202ea\n"), SpeakerTurn(8, "\u200b"))
    [segment] = clean_turns([Segment(0.0, 1.0, "one two three", turns=turns)])
    assert [turn.speaker for turn in segment.turns] == ["x" * MAX_SPEAKER_LENGTH, "Ana", ""]
    untouched = [Segment(0.0, 1.0, "one")]
    assert clean_turns(untouched) is untouched
