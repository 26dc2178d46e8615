"""Files that list every word and every sign by itself: Rev, Speechmatics, ElevenLabs, IBM Watson.

- Rev: {"monologues": [{"speaker": 0, "elements": [{"type": "text", "value": "Hello", "ts": 0.5, "end_ts": 1.5,
  "confidence"}, {"type": "punct", "value": " "}]}]}; what people transcribed has "speakers": [{"id", "name"}] and
  "timestamp": "00:00:01,000" instead: https://docs.rev.ai/api/asynchronous/get-started/
- Speechmatics, json-v2: {"format": "2.9", "metadata": {"transcription_config": {"language"}}, "results": [{"type":
  "word" or "punctuation", "attaches_to": "previous", "start_time", "end_time", "alternatives": [{"content", "speaker":
  "S1", "language"}]}]}: https://docs.speechmatics.com/speech-to-text/batch/output
- ElevenLabs: {"language_code": "eng", "text", "words": [{"text", "start", "end", "type": "word", "spacing" or
  "audio_event", "speaker_id": "speaker_0"}]}: https://elevenlabs.io/docs/api-reference/speech-to-text/convert
- IBM Watson: {"results": [{"alternatives": [{"transcript", "timestamps": [["hello", 0.0, 1.2]]}]}], "speaker_labels":
  [{"from", "to", "speaker": 0}]}: https://cloud.ibm.com/docs/speech-to-text?topic=speech-to-text-metadata
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import Phrase, Recording, Word, either, first_at, list_at, value_at


def _is_rev(shape: Shape) -> bool:
    return "monologues[].elements[].value" in shape


def _find_rev(objects: list[Mapping[str, object]]) -> Recording:
    names = {str(value_at(each, "id")): value_at(each, "name") for each in list_at(objects[0], "speakers")}
    monologues = list_at(objects[0], "monologues")
    by_machine = any("confidence" in each for each in _first_elements(monologues) if isinstance(each, dict))
    phrases = list(_rev_phrases(monologues, names))
    return Recording(phrases, objects[0].get("language"), is_automatic=by_machine)


def _first_elements(monologues: Sequence[object]) -> Sequence[object]:
    return [element for each in monologues[:3] for element in list_at(each, "elements")[:9]]


def _rev_phrases(monologues: Iterable[object], names: Mapping[str, object]) -> Iterator[Phrase]:
    for monologue in monologues:
        speaker = value_at(monologue, "speaker")
        words = [
            Word(
                value_at(element, "value"),
                either(element, "ts", "timestamp"),
                either(element, "end_ts", "end_timestamp"),
                is_attached=True,  # spaces are elements as well
            )
            for element in list_at(monologue, "elements")
        ]
        yield Phrase(None, speaker=names.get(str(speaker)) or speaker, words=_merge_attached(words))


def _merge_attached(words: Iterable[Word]) -> list[Word]:
    """Return words with the signs and spaces between them written onto them, as those have no times."""
    merged: list[Word] = []
    for word in words:
        if not isinstance(word.text, str):
            continue
        if merged and word.start is None:
            last = merged[-1]
            merged[-1] = Word(f"{last.text}{word.text}", last.start, last.end, last.speaker)
        else:
            merged.append(Word(word.text, word.start, word.end, word.speaker))
    return merged


def _is_speechmatics(shape: Shape) -> bool:
    return {"results[].alternatives[].content", "results[].type"} <= shape.keys()


def _find_speechmatics(objects: list[Mapping[str, object]]) -> Recording:
    results = list_at(objects[0], "results")
    language = value_at(objects[0], "metadata", "transcription_config", "language")
    predicted = value_at(objects[0], "metadata", "language_identification", "predicted_language")
    return Recording([Phrase(None, words=list(_speechmatics_words(results)))], predicted or language)


def _speechmatics_words(results: Iterable[object]) -> Iterator[Word]:
    is_attached = False
    for result in results:
        best, side = first_at(result, "alternatives"), value_at(result, "attaches_to")
        if isinstance(best, dict) and value_at(result, "type") in {"word", "punctuation", "entity"}:
            times = value_at(result, "start_time"), value_at(result, "end_time")
            is_attached = is_attached or side in {"previous", "both"}
            yield Word(best.get("content"), *times, None if is_attached else best.get("speaker"), is_attached)
            is_attached = side in {"next", "both"}


def _is_elevenlabs(shape: Shape) -> bool:
    return {"words[].text", "words[].type", "words[].start", "language_code"} <= shape.keys()


def _find_elevenlabs(objects: list[Mapping[str, object]]) -> Recording:
    words = [
        Word(
            value_at(word, "text"),
            None if value_at(word, "type") == "spacing" else value_at(word, "start"),
            value_at(word, "end"),
            value_at(word, "speaker_id"),
        )
        for word in list_at(objects[0], "words")
    ]
    return Recording([Phrase(None, words=_merge_attached(words))], objects[0].get("language_code"))


def _is_watson(shape: Shape) -> bool:
    return "results[].alternatives[].timestamps" in shape


def _find_watson(objects: list[Mapping[str, object]]) -> Recording:
    labels = list_at(objects[0], "speaker_labels")
    speakers = {str(value_at(each, "from")): value_at(each, "speaker") for each in labels}
    phrases = []
    for result in list_at(objects[0], "results"):
        best = first_at(result, "alternatives")
        timed = [word for word in list_at(best, "timestamps") if isinstance(word, list) and len(word) > 2]
        words = [Word(text, start, end, speakers.get(str(start))) for text, start, end, *_ in timed]
        phrases.append(Phrase(value_at(best, "transcript"), words=words))
    return Recording(phrases)


REV = JsonFormat("Rev's JSON", _is_rev, _find_rev)
SPEECHMATICS = JsonFormat("Speechmatics' JSON", _is_speechmatics, _find_speechmatics)
ELEVENLABS = JsonFormat("ElevenLabs' JSON", _is_elevenlabs, _find_elevenlabs)
WATSON = JsonFormat("IBM Watson's JSON", _is_watson, _find_watson)
