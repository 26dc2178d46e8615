"""Azure Speech's JSON: batch transcription, fast transcription, and results of its SDK one a line.

- batch: {"recognizedPhrases": [{"channel", "speaker": 1, "locale", "offset": "PT0.76S", "duration", "offsetInTicks",
  "durationInTicks", "nBest": [{"display", "lexical", "words": [{"word", "offsetInTicks", "durationInTicks"}],
  "displayWords": [{"displayText", "offsetInTicks"}]}]}]}; a tick is 100 nanoseconds:
  https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get
- fast: {"phrases": [{"offsetMilliseconds", "durationMilliseconds", "speaker", "locale", "text", "words"}]}:
  https://learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create
- SDK: {"Id", "RecognitionStatus": "Success", "Offset": ticks, "Duration", "DisplayText", "SpeakerId", "NBest":
  [{"Display", "Words"}]}: https://learn.microsoft.com/azure/ai-services/speech-service/get-speech-recognition-results
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import Phrase, Recording, Word, either, first_at, list_at, value_at
from storage.formats.json_transcripts.times import MILLISECONDS, TICKS, parse_time

_OFFSETS = ("offsetInTicks", "offset", "Offset")
_DURATIONS = ("durationInTicks", "duration", "Duration")


def _is_batch(shape: Shape) -> bool:
    return "recognizedPhrases" in shape


def _find_batch(objects: list[Mapping[str, object]]) -> Recording:
    phrases = list_at(objects[0], "recognizedPhrases")
    language = next((code for phrase in phrases if (code := value_at(phrase, "locale"))), objects[0].get("locale"))
    return Recording(_batch_phrases(phrases), language)


def _batch_phrases(phrases: Iterable[object]) -> Iterator[Phrase]:
    for phrase in phrases:
        best = either(phrase, "nBest", "NBest")
        text = either(first_at({"best": best}, "best"), "display", "Display", "lexical", "Lexical")
        yield Phrase(
            either(phrase, "DisplayText") if text is None else text,
            either(phrase, *_OFFSETS),
            duration=either(phrase, *_DURATIONS),
            speaker=either(phrase, "speaker", "SpeakerId"),
            words=_tick_words(first_at({"best": best}, "best")),
        )


def _tick_words(best: object) -> list[Word]:
    listed = either(best, "displayWords", "DisplayWords", "words", "Words")
    return [
        _word_for(either(word, "displayText", "DisplayText", "word", "Word"), word, TICKS, _OFFSETS, _DURATIONS)
        for word in list_at({"words": listed}, "words")
    ]


def _word_for(text: object, word: object, unit: float, starts: Iterable[str], durations: Iterable[str]) -> Word:
    """Return a word of which the duration is told, with its end, both in seconds."""
    start, length = parse_time(either(word, *starts), unit), parse_time(either(word, *durations), unit)
    end = None if start is None or length is None else f"{start + length:.6f}s"
    return Word(text, None if start is None else f"{start:.6f}s", end)


def _is_fast(shape: Shape) -> bool:
    return {"phrases[].offsetMilliseconds", "phrases[].text"} <= shape.keys()


def _find_fast(objects: list[Mapping[str, object]]) -> Recording:
    phrases = list_at(objects[0], "phrases")
    language = next((code for phrase in phrases if (code := value_at(phrase, "locale"))), None)
    return Recording(_fast_phrases(phrases), language)


def _fast_phrases(phrases: Iterable[object]) -> Iterator[Phrase]:
    names = ("offsetMilliseconds",), ("durationMilliseconds",)
    for phrase in phrases:
        words = list_at(phrase, "words")
        yield Phrase(
            value_at(phrase, "text"),
            value_at(phrase, "offsetMilliseconds"),
            duration=value_at(phrase, "durationMilliseconds"),
            speaker=value_at(phrase, "speaker"),
            words=[_word_for(value_at(word, "text"), word, MILLISECONDS, *names) for word in words],
        )


def _is_sdk(shape: Shape) -> bool:
    return {"RecognitionStatus", "Offset"} <= shape.keys()


def _find_sdk(objects: list[Mapping[str, object]]) -> Recording:
    language = next((code for each in objects if (code := value_at(each, "PrimaryLanguage", "Language"))), None)
    spoken = [each for each in objects if each.get("RecognitionStatus") in {"Success", 0}]
    return Recording(_batch_phrases(spoken), language)


AZURE_BATCH = JsonFormat("Azure's batch transcription in JSON", _is_batch, _find_batch, unit=TICKS)
AZURE_FAST = JsonFormat("Azure's fast transcription in JSON", _is_fast, _find_fast, unit=MILLISECONDS)
AZURE_SDK = JsonFormat("the JSON of Azure's Speech SDK", _is_sdk, _find_sdk, unit=TICKS, is_series=True)
