"""Deepgram's JSON.

{"metadata", "results": {"channels": [{"detected_language", "alternatives": [{"transcript", "words": [{"word",
"punctuated_word", "start", "end", "speaker": 0}], "paragraphs": {"paragraphs": [{"speaker", "sentences": [{"text",
"start", "end"}]}]}}]}], "utterances": [{"start", "end", "transcript", "speaker", "words"}]}}, in seconds. Sources:
https://developers.deepgram.com/docs/utterances and https://developers.deepgram.com/docs/paragraphs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import (
    Phrase,
    Recording,
    first_at,
    list_at,
    name_words,
    value_at,
)


def _is_deepgram(shape: Shape) -> bool:
    return "results.channels[].alternatives" in shape or "results.utterances[].transcript" in shape


def _find_phrases(objects: list[Mapping[str, object]]) -> Recording:
    channels = list_at(objects[0], "results", "channels")
    language = next((code for each in channels if (code := value_at(each, "detected_language"))), None)
    language = language or value_at(objects[0], "metadata", "language")
    phrases = list(_channel_phrases(channels)) or list(_utterances(list_at(objects[0], "results", "utterances")))
    return Recording(phrases, language)


def _channel_phrases(channels: Sequence[object]) -> Iterator[Phrase]:
    """Yield what is said in every channel, with the words if they are told, otherwise by sentences."""
    for number, channel in enumerate(channels):
        speaker = f"Channel {number}" if len(channels) > 1 else None
        best = first_at(channel, "alternatives")
        words = name_words(list_at(best, "words"), "punctuated_word,word")
        if words:
            yield Phrase(value_at(best, "transcript"), speaker=speaker, words=words)
            continue
        for paragraph in list_at(best, "paragraphs", "paragraphs"):
            who = value_at(paragraph, "speaker")
            for sentence in list_at(paragraph, "sentences"):
                times = value_at(sentence, "start"), value_at(sentence, "end")
                yield Phrase(value_at(sentence, "text"), *times, speaker=speaker if who is None else who)


def _utterances(utterances: Sequence[object]) -> Iterator[Phrase]:
    for utterance in utterances:
        yield Phrase(
            value_at(utterance, "transcript"),
            value_at(utterance, "start"),
            value_at(utterance, "end"),
            speaker=value_at(utterance, "speaker"),
            words=name_words(list_at(utterance, "words"), "punctuated_word,word"),
        )


DEEPGRAM = JsonFormat("Deepgram's JSON", _is_deepgram, _find_phrases)
