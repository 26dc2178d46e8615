"""Transcripts in JSON: every dialect gives every word once, in order, at its second, with its speaker."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import Cue, FileContent, Labels, Source
from tests.support.inputs.json_transcripts import DIALECTS, Dialect, Talk, make_talk
from tests.support.project import SHARED_FOLDER

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


@pytest.mark.parametrize("name", ["whisper.json", "transcript-api.json", "transcript-api-as-told.json"])
def test_files_from_the_field_are_read(name: str) -> None:
    path = SHARED_FOLDER / "field" / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    starts = (0.0, 3.1) if name == "whisper.json" else (0.24, 3.4)
    words = [(start, text) for start, _, text, _ in cues_of(path.read_text(encoding="utf-8"))]
    assert words == list(zip(starts, ["hello and welcome", "to this talk"], strict=True))


@WITH_DIALECTS
def test_a_file_that_is_cut_off_is_called_by_its_name_and_never_read_in_part(name: str) -> None:
    written = DIALECTS[name].write(make_talk(Random(1)))
    whole = written.rstrip()
    for share in (0.6, 0.9):
        sentence = refusal(whole[: int(len(whole) * share)])
        assert "is cut off or damaged here (" in sentence
        assert sentence.endswith("; download or export it again")
        assert "JSON" in sentence


def test_one_bad_segment_is_named_and_the_rest_is_imported() -> None:
    def segment(text: object, start: object) -> dict:
        return {"text": text, "start": start, "end": None, "tokens": []}

    bad = [(None, 1), ("b", None), ("c", "soon"), ("d", -1), ("e", float("nan")), ("f", float("inf")), ("g", True),
           (7, 8), ("i", [1]), ("j", 1e6)]  # fmt: skip
    segments = [segment("first words", 0), *(segment(*each) for each in bad), segment("last words", "62,5"), "loose"]
    reading = reading_of({"language": "en", "segments": segments})
    assert [cue.text for cue in reading.transcripts[0].cues] == ["first words", "last words"]
    assert reading.transcripts[0].cues[1].start_second == 62.5
    assert [each.row for each in reading.rejections] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert str(reading.rejections[0]) == (
        "a talk.json, row 3: segment 3 has no start that can be read (there is none); "
        "give the seconds from the beginning"
    )
    assert "segment 9 has “7” as its text" in str(reading.rejections[6])
    assert "segment 11 lies over 100 hours into the recording" in str(reading.rejections[8])


def test_a_file_of_bad_segments_alone_says_what_is_wrong_with_the_first() -> None:
    sentence = refusal({"language": "en", "segments": [{"text": "a", "start": "x"}]})
    assert "nothing in it can be imported, the first because segment 1 has no start that can be read (“x”)" in sentence


def test_a_bad_line_is_named_and_the_rest_is_imported() -> None:
    reading = reading_of('{"text": "line one", "start": 1}\n{"text": \n{"text": "line two", "start": 2}\n')
    assert [cue.text for cue in reading.transcripts[0].cues] == ["line one", "line two"]
    assert [each.row for each in reading.rejections] == [2]


@pytest.mark.parametrize(
    "rows",
    [
        '{"video_id": "a", "text": "hi", "start_second": 1}\n{"video_id": "b", "text": "ho", "start_second": 2}',
        '[{"video_id": "a", "text": "hi", "start_second": 1}, {"video_id": "b", "text": "ho", "start_second": 2}]',
        '[\n  {"text": "hi", "Video_ID": "a", "start_second": "1"},\n'
        '  {"text": "ho", "Video_ID": "b", "start_second": 2}]',
    ],
    ids=["one a line", "array", "printed"],
)
def test_objects_that_name_their_video_are_rows_of_a_data_set(rows: str) -> None:
    reading = read_file(Source("rows.json", rows.encode()))
    assert [(each.video.video_id, each.segments[0].text, each.whole) for each in reading.transcripts] == [
        ("a", "hi", False), ("b", "ho", False),
    ]  # fmt: skip


def test_transcripts_by_id_are_of_several_videos() -> None:
    other = "aB3dE5fG7hI"
    reading = reading_of({ID: [{"text": "hi", "start": 1}], other: [{"text": "ho", "start": 2}]}, video_id="")
    assert [(each.video.video_id, each.cues[0].text) for each in reading.transcripts] == [(ID, "hi"), (other, "ho")]
    assert "holds 2 videos, so one video id, title or url" in refusal(
        {ID: [{"text": "hi", "start": 1}], other: [{"text": "ho", "start": 2}]}
    )
    assert "holds 2 transcripts and does not say of which videos" in refusal([[{"text": "a", "start": 1}]] * 2)


def test_a_fetched_transcript_brings_its_video_along() -> None:
    content = {"snippets": [{"text": "hi", "start": 1.0, "duration": 2.0}], "video_id": ID, "language_code": "de"}
    video = reading_of(content, video_id="").transcripts[0].video
    assert (video.video_id, video.language, video.is_automatic) == (ID, "de", False)


def test_several_recordings_of_a_recogniser_are_refused() -> None:
    one = {"language": "en", "segments": [{"text": "a", "start": 0, "end": 1}]}
    assert "holds 2 transcripts and does not say of which videos" not in refusal([one, one])
    assert "holds 2 recordings; save each as a file of its own" in refusal([one, one])


@pytest.mark.parametrize("seconds_a_line", [2, 5, 7])
@pytest.mark.parametrize("unit", [1, 1000])
def test_milliseconds_are_known_by_the_pace_of_speech(unit: int, seconds_a_line: int) -> None:
    lines = [{"text": f"these are the words of line {n}", "start": n * seconds_a_line * unit} for n in range(9)]
    assert [start for start, *_ in cues_of(lines)] == [n * seconds_a_line for n in range(9)]
    ended = [{"text": "these are words", "start": 1000 * unit, "end": 1002 * unit}]
    assert [start for start, *_ in cues_of(ended)] == [1000]


@pytest.mark.parametrize(
    "starts", [[0, 600, 1500, 2400], [0, 95, 611, 1502, 2403], [0, 55, 111, 3000], range(0, 9000, 600)]
)
def test_a_list_of_far_starts_and_few_words_stays_in_seconds(starts: Sequence[int]) -> None:
    lines = [{"text": f"part number {n}", "start": start} for n, start in enumerate(starts)]
    assert [start for start, *_ in cues_of(lines)] == list(starts)


@pytest.mark.parametrize(
    ("written", "second"),
    [
        ({"start": "1:02:03.5"}, 3723.5), ({"begin": "01:02"}, 62), ({"from": 7}, 7), ({"offset": "7"}, 7),
        ({"startTime": 7.25}, 7.25), ({"start_time": "00:00:07,250"}, 7.25), ({"timestamp": [7, 9]}, 7),
        ({"startMs": 7250}, 7.25), ({"start_ms": "7250"}, 7.25), ({"time": "7.5s"}, 7.5), ({"start": "PT1M2.5S"}, 62.5),
        ({"begin": {"seconds": "7", "nanos": 500_000_000}}, 7.5),
    ],
)  # fmt: skip
def test_times_are_read_under_the_usual_names_and_in_the_usual_spellings(written: dict, second: float) -> None:
    assert [start for start, *_ in cues_of([{"Content": "hello", **written}])] == [second]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("SPEAKER_00", "SPEAKER_00"), (0, "Speaker 0"), ("1", "Speaker 1"), ("A", "Speaker A"),
        (" Jane  Doe ", "Jane Doe"),
        ({"name": "Jane", "id": 4}, "Jane"), ({"id": 4}, "Speaker 4"), (None, ""), ("UU", ""), ("?", ""), (True, ""),
        (1.5, ""), ("unknown", ""), ("x" * 300, "x" * 100),
    ],
)  # fmt: skip
def test_speakers_are_stored_as_they_are_called(written: object, label: str) -> None:
    # Of one speaker alone the label is kept as well: it may be given a name.
    assert [speaker for *_, speaker in cues_of([{"text": "hi", "start": 1, "speaker": written}])] == [label]


def test_a_name_is_better_than_a_label() -> None:
    assert cues_of([{"text": "hi", "start": 1, "speaker": "SPEAKER_00", "speaker_name": "Jane"}])[0][3] == "Jane"


def test_escapes_and_tags_are_no_words() -> None:
    content = [{"text": "so we&#39;re <i>here</i>\n&amp; a<br>b\\u0007", "start": 1}]
    assert words_of(json.dumps(content).replace("\\\\u0007", "\\u0007")) == ["so we're here & a b"]
    assert words_of([{"text": "a < b and vector<int>", "start": 1}]) == ["a < b and vector<int>"]


def test_a_result_without_the_times_of_words_begins_where_the_last_ended() -> None:
    results = [
        {"alternatives": [{"transcript": text, "words": [{"word": text}]}], "resultEndTime": end, "languageCode": "en"}
        for text, end in (("one", "1.770s"), ("two", "9s"))
    ]
    assert cues_of({"results": results}) == [(0, 1.77, "one", ""), (1.77, 9, "two", "")]


def test_channels_are_told_apart() -> None:
    def channel(text: str, start: float) -> dict:
        return {"alternatives": [{"transcript": text, "words": [{"word": text, "start": start, "end": start + 1}]}]}

    found = cues_of({"metadata": {}, "results": {"channels": [channel("one", 0), channel("two", 5)]}})
    assert [(text, speaker) for _, _, text, speaker in found] == [("one", "Channel 0"), ("two", "Channel 1")]


def test_words_that_are_not_those_of_the_text_leave_it_whole() -> None:
    words = [{"word": "other", "start": 1, "end": 2}, {"word": "words", "start": 2, "end": 3}]
    segment = {"start": 1, "end": 3, "text": "these are the words said", "words": words}
    assert cues_of({"language": "en", "segments": [segment]}) == [(1, 3, "these are the words said", "")]


ADVICE = 'such as {"text": "so welcome", "start": 12.5}'


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "playlist"}, [], [1, 2], {}, [{"a": 1}], {"text": "all of it", "segments": []},
        {"messages": [{"content": "hi", "timestamp": "2025-01-01T10:00:00Z"}]},
        {"messages": [{"content": "hi", "timestamp": 1_700_000_000_000}]},
        {"_type": "video", "comments": [{"text": "hi", "timestamp": 17}], "extractor": "youtube"},
        {"chapters": [{"title": "Opening", "startTime": 0}]},
    ],
)  # fmt: skip
def test_other_json_is_refused_with_advice_that_works(content: object) -> None:
    sentence = refusal(content)
    assert ADVICE in sentence
    told = sentence.partition("such as ")[2].partition(", with")[0]
    assert cues_of(f"{told}\n{told.replace('12.5', '14')}") == [
        (12.5, 14, "so welcome", ""),
        (14, 14.725, "so welcome", ""),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '{"language": "en", "segments": [{"text": "a", "start": 0}, ' + "[" * 100_000,
        '[{"text": "a", "start": 1}, {"a": ' * 30_000,
        '{"text": "a", "start": 1}\n' + '{"text": ' * 200_000,
        '{"text": "a", "start": 1}\n' + "[1,\n" * 200_000,
        '[{"text": "a", "start": ' + "9" * 5_000 + "}]",
        '{"text": "' + "\\" * 200_000,
        '{"' + "a" * 200_000,
    ],
    ids=range(7),
)
def test_input_made_to_be_slow_is_refused(content: str) -> None:
    assert "\n" not in refusal(content)


def test_objects_and_values_without_end_are_refused_before_they_are_parsed() -> None:
    head = '{"language": "en", "segments": [{"start": 0, "text": "a"'
    assert "more than the 200,000 cues" in refusal(head + ', "x": [' + "{}," * 1_700_000)
    assert "more than the 200,000 cues" in refusal(head + ', "tokens": [' + "1," * 10_100_000)


def test_the_later_of_two_equal_keys_counts() -> None:
    assert words_of('[{"text": "one", "text": "two", "start": 1, "start": 2}]') == ["two"]


@given(data=st.data(), name=st.sampled_from(list(DIALECTS)), seed=st.integers(0, 9))
def test_any_file_with_a_piece_changed_is_read_or_refused(data: st.DataObject, name: str, seed: int) -> None:
    whole = DIALECTS[name].write(make_talk(Random(seed), sentences=3))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    pieces = st.sampled_from(
        ["null", "NaN", "-Infinity", "-1", "1e400", '"x"', "[]", "{}", "[[", "\n", '"\\ud800"', "true"]
    )
    changed = whole[:start] + data.draw(pieces | st.text('{}[]:,"0.\n', max_size=6)) + whole[end:]
    try:
        reading = reading_of(changed)
    except InputError as error:
        reading, sentence = None, str(error)
    assert (reading.transcripts or reading.rejections) if reading else "\n" not in sentence
