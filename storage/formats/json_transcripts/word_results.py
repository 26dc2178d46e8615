"""Vosk and Gentle, which list words without punctuation.

- Vosk: {"result": [{"conf", "start", "end", "word"}], "text"}, one for every utterance: one a line, one after the
  other, or in an array; with alternatives in {"alternatives": [{"result", "text"}]}; {"partial"} holds nothing final:
  https://github.com/alphacep/vosk-api/blob/master/src/recognizer.cc
- Gentle: {"transcript", "words": [{"word", "case": "success" or "not-found-in-audio", "start", "end"}]}; it aligns what
  somebody wrote: https://github.com/lowerquality/gentle/blob/master/gentle/transcription.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import Phrase, Recording, first_at, list_at, name_words, value_at


def _is_vosk(shape: Shape) -> bool:
    return {"result[].word", "result[].start"} <= shape.keys() or "alternatives[].result[].word" in shape


def _find_vosk(objects: list[Mapping[str, object]]) -> Recording:
    return Recording(_vosk_phrases(objects))


def _vosk_phrases(results: Iterable[Mapping[str, object]]) -> Iterator[Phrase]:
    for result in results:
        best = first_at(result, "alternatives") or result
        if "partial" not in result:
            yield Phrase(value_at(best, "text"), words=name_words(list_at(best, "result"), "word"))


def _is_gentle(shape: Shape) -> bool:
    return {"transcript", "words[].word", "words[].case"} <= shape.keys()


def _find_gentle(objects: list[Mapping[str, object]]) -> Recording:
    words = name_words(list_at(objects[0], "words"), "word")
    return Recording([Phrase(objects[0].get("transcript"), words=words)])


VOSK = JsonFormat("Vosk's JSON", _is_vosk, _find_vosk, is_series=True)
GENTLE = JsonFormat("Gentle's JSON", _is_gentle, _find_gentle, is_automatic=False)
