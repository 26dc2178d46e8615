"""Google Speech-to-Text's JSON, versions 1 and 2, as the API answers and as client libraries write it.

{"results": [{"alternatives": [{"transcript", "words": [{"word", "startTime": "1.300s", "endTime", "speakerTag": 1}]}],
"languageCode", "resultEndTime": "4.5s", "channelTag"}]}, perhaps in "response". Version 2 has startOffset, endOffset
and speakerLabel; client libraries write {"seconds": 1, "nanos": 300000000} and start_time. What is zero is left out.
Sources: https://docs.cloud.google.com/speech-to-text/docs/reference/rest/v1/speech/recognize and
https://docs.cloud.google.com/ruby/docs/reference/google-cloud-speech-v2/latest/Google-Cloud-Speech-V2-WordInfo
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from storage.formats.json_transcripts.json_format import JsonFormat, Shape
from storage.formats.json_transcripts.phrases import Phrase, Recording, Word, either, first_at, list_at

_STARTS = ("startTime", "startOffset", "start_time", "start_offset")
_ENDS = ("endTime", "endOffset", "end_time", "end_offset")
_SPEAKERS = ("speakerLabel", "speaker_label", "speakerTag", "speaker_tag")
_RESULT_ENDS = ("resultEndTime", "resultEndOffset", "result_end_time", "result_end_offset")
_ROOTS = ((), ("response",), ("transcript",))


def _is_google(shape: Shape) -> bool:
    for root in ("", "response.", "transcript."):
        told = f"{root}results[]."
        marks = (f"{told}alternatives[].words[].word", *(f"{told}{name}" for name in _RESULT_ENDS))
        if f"{told}alternatives[].transcript" in shape and any(mark in shape for mark in marks):
            return True
    return False


def _find_phrases(objects: list[Mapping[str, object]]) -> Recording:
    results = next((found for root in _ROOTS if (found := list_at(objects[0], *root, "results"))), ())
    language = next((code for each in results if (code := either(each, "languageCode", "language_code"))), None)
    return Recording(list(_result_phrases(_without_repetition(results))), language)


def _result_phrases(results: Sequence[object]) -> Iterator[Phrase]:
    reached: object = "0s"  # a result without words begins where the one before it ended
    for result in results:
        best, end = first_at(result, "alternatives"), either(result, *_RESULT_ENDS)
        # Without the times of words, their list says no more than the text.
        words = [_as_word(word) for word in list_at(best, "words")] if _has_word_times(best) else []
        channel = either(result, "channelTag", "channel_tag")
        speaker = None if channel is None or len(_channels(results)) < 2 else f"Channel {channel}"
        text = either(best, "transcript")
        if text or words:
            yield Phrase(text, None if words else reached, end, speaker=speaker, words=words)
        reached = reached if end is None else end


def _has_word_times(best: object) -> bool:
    return any(either(word, *_ENDS) is not None for word in list_at(best, "words"))


def _channels(results: Sequence[object]) -> set[str]:
    return {str(either(result, "channelTag", "channel_tag")) for result in results}


def _as_word(word: object) -> Word:
    text = either(word, "word")
    if isinstance(text, str):  # Japanese comes with its reading: 今日|キョウ
        text = text.partition("|")[0]
    tag = either(word, *_SPEAKERS)
    # Protobuf leaves out what is zero, and speakers are counted from 1.
    return Word(text, either(word, *_STARTS) or "0s", either(word, *_ENDS), None if tag == 0 else tag)


def _without_repetition(results: Sequence[object]) -> Sequence[object]:
    """Return the results without those that the last one repeats: with speakers told apart, the last result has all
    words of the recording once more, now with their speakers."""
    said = [list_at(first_at(result, "alternatives"), "words") for result in results]
    if len(results) < 2 or not said[-1]:
        return results
    before = [word for words in said[:-1] for word in words]
    again = said[-1][: len(before)]
    return results[-1:] if before and list(map(_identify, before)) == list(map(_identify, again)) else results


def _identify(word: object) -> tuple[object, str]:
    return either(word, "word"), str(either(word, *_STARTS))


GOOGLE = JsonFormat("Google Speech-to-Text's JSON", _is_google, _find_phrases)
