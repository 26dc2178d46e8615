"""Files that list who says what from when to when: AssemblyAI, Gladia, Azure's fast transcription, podcasts.

Sources:
- AssemblyAI: {"id", "language_code", "audio_url", "text", "words": [{"text", "start", "end", "confidence", "speaker"}],
  "utterances": [{"start", "end", "text", "speaker": "A", "words"}]}, times in milliseconds; its endpoints for sentences
  and paragraphs write {"sentences": [...]} and {"paragraphs": [...]}, "id", "confidence" and "audio_duration" beside
  them: https://www.assemblyai.com/docs/api-reference/transcripts/get
- Gladia: {"result": {"transcription": {"languages": ["en"], "utterances": [{"text", "start", "end", "speaker": 0,
  "words": [{"word", "start", "end"}]}]}}}, seconds: https://docs.gladia.io/api-reference/v2/pre-recorded/get
- Podcasting 2.0: {"version": "1.0.0", "segments": [{"speaker", "startTime", "endTime", "body"}]}, seconds; people write
  it: https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import (
    Phrase,
    Recording,
    first_at,
    list_at,
    name_words,
    value_at,
)
from storage.formats.json_transcripts.times import MILLISECONDS

_ASSEMBLYAI_LISTS = ("utterances", "sentences", "paragraphs")
_ASSEMBLYAI_MARKS = ("audio_url", "audio_duration", "acoustic_model", "language_model", "speech_model", "webhook_url")
_GLADIA_ROOTS = (("result", "transcription"), ("transcription",), ("payload", "transcription"))


def _is_assemblyai(shape: Shape) -> bool:
    is_timed = any(f"{name}[].text" in shape for name in (*_ASSEMBLYAI_LISTS, "words"))
    return is_timed and any(mark in shape for mark in _ASSEMBLYAI_MARKS)


def _find_assemblyai(objects: list[Mapping[str, object]]) -> Recording:
    found = objects[0]
    language = found.get("language_code")
    for name in _ASSEMBLYAI_LISTS:  # those with speakers first; all hold every word
        if listed := list_at(found, name):
            return Recording(_utterance_phrases(listed), language)
    words = name_words(list_at(found, "words"), "text")
    return Recording([Phrase(found.get("text"), words=words)], language)


def _utterance_phrases(utterances: Iterable[object]) -> Iterator[Phrase]:
    for utterance in utterances:
        yield Phrase(
            value_at(utterance, "text"),
            value_at(utterance, "start"),
            value_at(utterance, "end"),
            speaker=value_at(utterance, "speaker"),
            words=name_words(list_at(utterance, "words"), "text,word"),
        )


def _is_gladia(shape: Shape) -> bool:
    return any(f"{'.'.join(root)}.utterances[].text" in shape for root in _GLADIA_ROOTS)


def _find_gladia(objects: list[Mapping[str, object]]) -> Recording:
    root = next(root for root in (*_GLADIA_ROOTS, ()) if list_at(objects[0], *root, "utterances") or not root)
    language = first_at(objects[0], *root, "languages")
    return Recording(_utterance_phrases(list_at(objects[0], *root, "utterances")), language)


def _is_podcast(shape: Shape) -> bool:
    return {"segments[].body", "segments[].startTime"} <= shape.keys()


def _find_podcast(objects: list[Mapping[str, object]]) -> Recording:
    return Recording(_podcast_phrases(list_at(objects[0], "segments")), objects[0].get("language"))


def _podcast_phrases(segments: Iterable[object]) -> Iterator[Phrase]:
    for segment in segments:
        yield Phrase(
            value_at(segment, "body"),
            value_at(segment, "startTime"),
            value_at(segment, "endTime"),
            speaker=value_at(segment, "speaker"),
        )


ASSEMBLYAI = JsonFormat("AssemblyAI's JSON", _is_assemblyai, _find_assemblyai, unit=MILLISECONDS)
GLADIA = JsonFormat("Gladia's JSON", _is_gladia, _find_gladia)
PODCAST = JsonFormat("a podcast's transcript in JSON", _is_podcast, _find_podcast, is_automatic=False)
