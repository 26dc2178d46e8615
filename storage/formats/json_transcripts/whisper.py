"""What Whisper writes: openai-whisper, its API, WhisperX, faster-whisper, whisper.cpp and Hugging Face's pipeline.

Sources:
- openai-whisper: {"text", "segments": [{"id", "seek", "start", "end", "text", "tokens", ..., "words": [{"word",
  "start", "end", "probability"}]}], "language"}; https://github.com/openai/whisper/blob/main/whisper/transcribe.py.
  OpenAI's API writes the same as `verbose_json`, with "language" as an English name and "words" beside "segments":
  https://platform.openai.com/docs/api-reference/audio/verbose-json-object
- WhisperX: {"segments": [{"start", "end", "text", "speaker": "SPEAKER_00", "words": [{"word", "start", "end", "score",
  "speaker"}]}], "word_segments": [...], "language"}; a word that was not aligned has neither start nor end:
  https://github.com/m-bain/whisperX/blob/main/whisperx/schema.py
- faster-whisper: the same segments as a list, or one on every line, as people dump them:
  https://github.com/SYSTRAN/faster-whisper/blob/master/faster_whisper/transcribe.py
- whisper.cpp: {"result": {"language"}, "transcription": [{"timestamps": {"from": "00:00:00,000", "to"}, "offsets":
  {"from": 0, "to": 2000}, "text", "speaker", "tokens": [{"text", "offsets", ...}]}]}, offsets in milliseconds:
  https://github.com/ggml-org/whisper.cpp/blob/master/examples/cli/cli.cpp, output_json
- Hugging Face's pipeline: {"text", "chunks": [{"text", "timestamp": [0.0, 3.1]}]}:
  https://huggingface.co/docs/transformers/main_classes/pipelines
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import (
    Phrase,
    Recording,
    Word,
    either,
    list_at,
    name_words,
    value_at,
)
from storage.formats.json_transcripts.times import MILLISECONDS

_SPECIAL_TOKEN = re.compile(r"\[_.*\]|<\|.*\|>")
_SEGMENT_MARKS = ("seek", "tokens", "avg_logprob", "no_speech_prob", "words[].probability", "words[].score")
_FILE_MARKS = ("language", "word_segments", *(f"segments[].{mark}" for mark in _SEGMENT_MARKS))


def _has_segments(shape: Shape) -> bool:
    has_segments = {"segments[].text", "segments[].start"} <= shape.keys() and any(
        mark in shape for mark in _FILE_MARKS
    )
    return has_segments or {"text", "words[].word", "words[].start", "language", "duration"} <= shape.keys()


def _find_segments(objects: list[Mapping[str, object]]) -> Recording:
    found = objects[0]
    segments = [each if isinstance(each, dict) else {} for each in list_at(found, "segments")]
    if segments:
        return Recording(map(_as_phrase, segments), found.get("language"))
    # The API tells the times of words beside the segments; without segments they are all there is.
    words = name_words(list_at(found, "words"), "word,text")
    return Recording([Phrase(found.get("text"), words=words)], found.get("language"))


def _has_loose_segments(shape: Shape) -> bool:
    return {"text", "start"} <= shape.keys() and any(mark in shape for mark in _SEGMENT_MARKS)


def _find_loose_segments(objects: list[Mapping[str, object]]) -> Recording:
    return Recording(map(_as_phrase, objects))


def _as_phrase(segment: Mapping[str, object]) -> Phrase:
    return Phrase(
        segment.get("text"),
        segment.get("start"),
        segment.get("end"),
        speaker=segment.get("speaker"),
        words=name_words(list_at(segment, "words"), "word,text"),
    )


def _has_offsets(shape: Shape) -> bool:
    return any(f"transcription[].{times}.from" in shape for times in ("offsets", "timestamps"))


def _find_transcription(objects: list[Mapping[str, object]]) -> Recording:
    found = objects[0]
    language = value_at(found, "result", "language") or value_at(found, "params", "language")
    return Recording(_whisper_cpp_phrases(list_at(found, "transcription")), language)


def _whisper_cpp_phrases(segments: Iterable[object]) -> Iterator[Phrase]:
    for segment in segments:
        start = either(segment, "offsets", "timestamps")
        yield Phrase(
            value_at(segment, "text"),
            value_at(start, "from"),
            value_at(start, "to"),
            speaker=value_at(segment, "speaker"),
            words=_join_tokens(list_at(segment, "tokens")),
        )


def _join_tokens(tokens: Iterable[object]) -> list[Word]:
    """Return the tokens of whisper.cpp as words. A token is a word or a part of one; one that begins a word begins with
    a space, and what is in brackets is no speech."""
    words: list[Word] = []
    for token in tokens:
        text, times = value_at(token, "text"), value_at(token, "offsets")
        if isinstance(text, str) and not _SPECIAL_TOKEN.fullmatch(text):
            words.append(Word(text, value_at(times, "from"), value_at(times, "to")))
    return words


def _has_chunks(shape: Shape) -> bool:
    return {"chunks[].text", "chunks[].timestamp"} <= shape.keys()


def _find_chunks(objects: list[Mapping[str, object]]) -> Recording:
    return Recording(_chunk_phrases(list_at(objects[0], "chunks")), objects[0].get("language"))


def _chunk_phrases(chunks: Iterable[object]) -> Iterator[Phrase]:
    for chunk in chunks:
        times = [*list_at(chunk, "timestamp"), None, None]
        yield Phrase(value_at(chunk, "text"), times[0], times[1], speaker=value_at(chunk, "speaker"))


WHISPER = JsonFormat("Whisper's JSON", _has_segments, _find_segments)
FASTER_WHISPER = JsonFormat("faster-whisper's JSON", _has_loose_segments, _find_loose_segments, is_series=True)
WHISPER_CPP = JsonFormat("whisper.cpp's JSON", _has_offsets, _find_transcription, unit=MILLISECONDS)
CHUNKS = JsonFormat("the JSON of Hugging Face's pipeline", _has_chunks, _find_chunks)
