"""Amazon Transcribe's JSON.

{"jobName", "results": {"language_code", "transcripts", "speaker_labels": {"segments": [{"speaker_label", "items":
[{"start_time", "speaker_label"}]}]}, "items": [{"type": "pronunciation" or "punctuation", "start_time": "4.87",
"end_time", "speaker_label", "channel_label", "alternatives": [{"content"}]}], "audio_segments": [{"transcript",
"start_time", "end_time", "speaker_label"}]}}. Times are seconds in quotation marks, punctuation has none, and items had
no speaker_label of their own before 2022. Source:
https://docs.aws.amazon.com/transcribe/latest/dg/diarization-output-batch.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import Phrase, Recording, Word, first_at, list_at, value_at


def _is_amazon(shape: Shape) -> bool:
    return "results.transcripts[].transcript" in shape or (
        "results.items[].alternatives[].content" in shape and "results.items[].type" in shape
    )


def _find_phrases(objects: list[Mapping[str, object]]) -> Recording:
    results = objects[0].get("results")
    items = list_at(results, "items")
    language = value_at(results, "language_code") or value_at(first_at(results, "language_codes"), "language_code")
    if not items:
        return Recording(_segments(list_at(results, "audio_segments")), language)
    speakers = _speakers_by_start(list_at(results, "speaker_labels", "segments"))
    return Recording(_streams(items, speakers), language)


def _speakers_by_start(segments: Sequence[object]) -> dict[object, object]:
    items = [item for segment in segments for item in list_at(segment, "items")]
    return {str(value_at(item, "start_time")): value_at(item, "speaker_label") for item in items}


def _streams(items: Sequence[object], speakers: Mapping[object, object]) -> Iterator[Phrase]:
    """Yield the words of every channel, in which one speaks without the other interrupting."""
    words: dict[object, list[Word]] = {}
    channel: object = None
    for item in items:
        is_sign = value_at(item, "type") == "punctuation"
        channel = value_at(item, "channel_label") or (channel if is_sign else None)
        start = value_at(item, "start_time")
        speaker = value_at(item, "speaker_label") or speakers.get(str(start))
        content = value_at(first_at(item, "alternatives"), "content")
        word = Word(content, start, value_at(item, "end_time"), None if is_sign else speaker, is_attached=is_sign)
        words.setdefault(str(channel), []).append(word)
    for label, said in words.items():
        yield Phrase(None, speaker=None if label == "None" else label, words=said)


def _segments(segments: Sequence[object]) -> Iterator[Phrase]:
    for segment in segments:
        times = value_at(segment, "start_time"), value_at(segment, "end_time")
        yield Phrase(value_at(segment, "transcript"), *times, speaker=value_at(segment, "speaker_label"))


AMAZON = JsonFormat("Amazon Transcribe's JSON", _is_amazon, _find_phrases)
