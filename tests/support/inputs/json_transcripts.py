"""Talks made up word by word, and each written in every dialect of JSON as its program writes it.

The shapes are those of the sources named in `storage/formats/json_transcripts`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of a talk, the sign after it, when it is said in milliseconds, and in which sentence by whom."""

    text: str
    sign: str
    start_ms: int
    end_ms: int
    sentence: int
    speaker: int

    @property
    def signed(self) -> str:
        return self.text + self.sign

    @property
    def start(self) -> float:
        return self.start_ms / 1000

    @property
    def end(self) -> float:
        return self.end_ms / 1000


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk in a language with spaces between words, or, as Japanese, without."""

    words: tuple[SpokenWord, ...]
    has_spaces: bool = True

    @property
    def language(self) -> str:
        return "en" if self.has_spaces else "ja"

    @property
    def space(self) -> str:
        return " " if self.has_spaces else ""

    def sentences(self) -> list[list[SpokenWord]]:
        return [list(words) for _, words in groupby(self.words, key=lambda word: word.sentence)]

    def turns(self) -> list[list[SpokenWord]]:
        return [list(words) for _, words in groupby(self.words, key=lambda word: word.speaker)]

    def written(self, words: Sequence[SpokenWord], signs: bool = True) -> str:
        return self.space.join(word.signed if signs else word.text for word in words)


LATIN = ("so", "the", "harbour", "we", "don't", "naïve", "C++", "3.5", "self-made", "lantern", "Ångström", "x²", "a")
EASTERN = ("学習", "率", "は", "とても", "大切", "です", "モデル", "を", "訓練", "する", "と", "深層")


def make_talk(random: Random, has_spaces: bool = True, speakers: int = 3, sentences: int = 12) -> Talk:
    """Return a talk: sentences of a few words, with pauses, said in turns. No two of its words are the same in Latin
    script, so that none can be lost or be told twice unnoticed."""
    words: list[SpokenWord] = []
    now, speaker = random.randrange(0, 4_000, 10), 0
    for sentence in range(sentences):
        count = random.randint(1, 22)
        for place in range(count):
            end = now + random.randrange(80, 700, 10)
            is_last = place == count - 1
            stop, comma = (".", ",") if has_spaces else ("。", "、")
            sign = stop if is_last else comma if random.random() < 0.1 else ""
            text = f"{random.choice(LATIN)}{len(words)}" if has_spaces else random.choice(EASTERN)
            words.append(SpokenWord(text, sign, now, end, sentence, speaker))
            now = end + random.randrange(0, 200, 10)
        now += random.choice((0, 10, 400, 3_000, 20_000))
        speaker = random.randrange(speakers) if random.random() < 0.5 else speaker
    return Talk(tuple(words), has_spaces)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one program writes a talk. `label` is how it is stored who speaks; `lag` is how many seconds after the
    beginning of its cue a word may be said: unbounded where the file does not tell the times of words."""

    write: Callable[[Talk], str]
    label: Callable[[int], str] = lambda speaker: ""
    has_signs: bool = True
    lag: float = 6.0
    is_automatic: bool = True
    tells_language: bool = True
    tells_ends: bool = True
    is_timed: Callable[[SpokenWord], bool] = lambda word: True


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ends(words: Sequence[SpokenWord]) -> dict[str, float]:
    return {"start": words[0].start, "end": words[-1].end}


def _whisper_words(talk: Talk, words: Sequence[SpokenWord]) -> list[dict]:
    return [{"word": talk.space + w.signed, "start": w.start, "end": w.end, "probability": 0.9} for w in words]


def _whisper_segments(talk: Talk, with_words: bool) -> list[dict]:
    return [
        {"id": n, "seek": 0, **_ends(words), "text": talk.space + talk.written(words), "tokens": [50364, 291, 50414],
         "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.5, "no_speech_prob": 0.01,
         **({"words": _whisper_words(talk, words)} if with_words else {})}
        for n, words in enumerate(talk.sentences())
    ]  # fmt: skip


def _whisper(talk: Talk) -> str:
    text = talk.space + talk.written(talk.words)
    return _dump({"text": text, "segments": _whisper_segments(talk, True), "language": talk.language})


def _whisper_plain(talk: Talk) -> str:
    return _dump({"text": "", "segments": _whisper_segments(talk, False), "language": talk.language})


def _whisper_api(talk: Talk) -> str:
    words = [{"word": w.text, "start": w.start, "end": w.end} for w in talk.words]
    name = "english" if talk.has_spaces else "japanese"
    return _dump({"task": "transcribe", "language": name, "duration": talk.words[-1].end,
                  "text": talk.written(talk.words), "words": words})  # fmt: skip


def _is_aligned(word: SpokenWord) -> bool:
    """Return whether the times of a word were found, as those of numbers are not."""
    return not word.text.startswith(("3.5", "x²")) and word.text != "率"


def _whisperx(talk: Talk) -> str:
    def word(w: SpokenWord) -> dict:
        # A number cannot be aligned, and then has no times.
        times = {} if not _is_aligned(w) else {"start": w.start, "end": w.end, "score": 0.8}
        return {"word": w.signed, **times, "speaker": f"SPEAKER_{w.speaker:02}"}

    segments = [
        {**_ends(words), "text": talk.space + talk.written(words), "speaker": f"SPEAKER_{words[0].speaker:02}",
         "words": [word(w) for w in words]}
        for words in talk.sentences()
    ]  # fmt: skip
    return _dump({"segments": segments, "word_segments": [word(w) for w in talk.words], "language": talk.language})


def _faster_whisper(talk: Talk) -> str:
    return _dump(_whisper_segments(talk, True))


def _faster_whisper_lines(talk: Talk) -> str:
    return "\n".join(map(_dump, _whisper_segments(talk, False))) + "\n"


def _clock(ms: int, mark: str = ",") -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def _whisper_cpp(talk: Talk, full: bool = False) -> str:
    def times(start: int, end: int) -> dict:
        return {"timestamps": {"from": _clock(start), "to": _clock(end)}, "offsets": {"from": start, "to": end}}

    def tokens(words: Sequence[SpokenWord]) -> Iterator[dict]:
        yield {"text": "[_BEG_]", **times(words[0].start_ms, words[0].start_ms), "id": 50363, "p": 0.9}
        for w in words:
            for piece in (talk.space + w.text[:2], w.text[2:], w.sign):
                if piece:
                    yield {"text": piece, **times(w.start_ms, w.end_ms), "id": 7, "p": 0.5, "t_dtw": -1}

    segments = [
        {**times(words[0].start_ms, words[-1].end_ms), "text": talk.space + talk.written(words),
         **({"tokens": list(tokens(words))} if full else {})}
        for words in talk.sentences()
    ]  # fmt: skip
    head = {"systeminfo": "AVX = 1", "model": {"type": "base", "audio": {"ctx": 1500}}, "params": {"language": "auto"}}
    return json.dumps({**head, "result": {"language": talk.language}, "transcription": segments}, indent="\t")


def _chunks(talk: Talk) -> str:
    chunks = [{"text": talk.space + talk.written(s), "timestamp": [s[0].start, s[-1].end]} for s in talk.sentences()]
    return _dump({"text": talk.written(talk.words), "chunks": chunks})


def _transcript_api(talk: Talk) -> list[dict]:
    return [
        {"text": talk.written(words).replace("'", "&#39;"), "start": words[0].start,
         "duration": (words[-1].end_ms - words[0].start_ms) / 1000}
        for words in talk.sentences()
    ]  # fmt: skip


def _fetched_transcript(talk: Talk) -> str:
    return _dump({"snippets": _transcript_api(talk), "video_id": "dQw4w9WgXcQ", "language": "English (auto-generated)",
                  "language_code": talk.language, "is_generated": True})  # fmt: skip


def _own_objects(talk: Talk) -> str:
    return _dump({"title": "A talk", "data": {"lines": [
        {"content": talk.written(words), "startTime": _clock(words[0].start_ms, "."), "speaker_name": "ABC"[w.speaker]}
        for words in talk.sentences() for w in words[:1]
    ]}})  # fmt: skip


def _own_milliseconds(talk: Talk) -> str:
    return _dump([
        {"begin": words[0].start_ms, "end": words[-1].end_ms, "sentence": talk.written(words)}
        for words in talk.sentences()
    ])  # fmt: skip


def _podcast(talk: Talk) -> str:
    segments = [
        {"speaker": f"Host {w.speaker}", "startTime": w.start, "endTime": w.end, "body": w.signed} for w in talk.words
    ]
    return _dump({"version": "1.0.0", "segments": segments})


def _assemblyai(talk: Talk, key: str) -> str:
    def words(spoken: Sequence[SpokenWord]) -> list[dict]:
        return [{"text": w.signed, "start": w.start_ms, "end": w.end_ms, "confidence": 0.9, "speaker": "ABC"[w.speaker]}
                for w in spoken]  # fmt: skip

    parts = talk.turns() if key == "utterances" else talk.sentences()
    listed = [
        {"text": talk.written(part), "start": part[0].start_ms, "end": part[-1].end_ms, "confidence": 0.9,
         "speaker": "ABC"[part[0].speaker], "words": words(part)}
        for part in parts
    ]  # fmt: skip
    more = {key: listed} if key != "words" else {}
    return _dump({"id": "5551722", "language_model": "default", "audio_url": "https://x.example/a.mp3",
                  "status": "completed", "language_code": f"{talk.language}_us", "text": talk.written(talk.words),
                  "words": words(talk.words), "utterances": None, **more})  # fmt: skip


def _gladia(talk: Talk) -> str:
    utterances = [
        {**_ends(words), "confidence": 0.9, "channel": 0, "language": talk.language, "text": talk.written(words),
         "words": [{"word": talk.space + w.signed, "start": w.start, "end": w.end, "confidence": 1} for w in words],
         "speaker": words[0].speaker}
        for words in talk.sentences()
    ]  # fmt: skip
    transcription = {
        "full_transcript": talk.written(talk.words),
        "languages": [talk.language],
        "utterances": utterances,
    }
    return _dump({"id": "x", "status": "done", "result": {"metadata": {}, "transcription": transcription}})


def _deepgram(talk: Talk) -> str:
    words = [{"word": w.text.lower(), "start": w.start, "end": w.end, "confidence": 0.99, "speaker": w.speaker,
              "punctuated_word": w.signed} for w in talk.words]  # fmt: skip
    channel = {"alternatives": [{"transcript": talk.written(talk.words), "confidence": 1, "words": words}],
               "detected_language": talk.language}  # fmt: skip
    return _dump({"metadata": {"channels": 1}, "results": {"channels": [channel]}})


def _deepgram_sentences(talk: Talk) -> str:
    paragraphs = [
        {"sentences": [{"text": talk.written(words), **_ends(words)}], "speaker": words[0].speaker, "num_words": 3}
        for words in talk.sentences()
    ]
    best = {"transcript": talk.written(talk.words), "paragraphs": {"transcript": "", "paragraphs": paragraphs}}
    return _dump({"metadata": {}, "results": {"channels": [{"alternatives": [best]}]}})


def _amazon(talk: Talk, own_labels: bool) -> str:
    items: list[dict] = []
    for w in talk.words:
        label = {"speaker_label": f"spk_{w.speaker}"}
        times = {"start_time": f"{w.start:.3f}", "end_time": f"{w.end:.3f}"}
        items.append({"id": len(items), "type": "pronunciation", **times, **(label if own_labels else {}),
                      "alternatives": [{"confidence": "0.99", "content": w.text}]})  # fmt: skip
        if w.sign:
            items.append({"id": len(items), "type": "punctuation", **(label if own_labels else {}),
                          "alternatives": [{"confidence": "0.0", "content": w.sign}]})  # fmt: skip
    segments = [
        {"start_time": f"{turn[0].start:.3f}", "end_time": f"{turn[-1].end:.3f}", "speaker_label": f"spk_{w.speaker}",
         "items": [{"start_time": f"{w.start:.3f}", "end_time": f"{w.end:.3f}", "speaker_label": f"spk_{w.speaker}"}
                   for w in turn]}
        for turn in talk.turns() for w in turn[:1]
    ]  # fmt: skip
    results = {"language_code": f"{talk.language}-US", "transcripts": [{"transcript": talk.written(talk.words)}],
               "speaker_labels": {"speakers": 3, "segments": segments}, "items": items}  # fmt: skip
    return _dump({"jobName": "a", "accountId": "1", "status": "COMPLETED", "results": results})


def _google(talk: Talk, repeats: bool) -> str:
    def word(w: SpokenWord, tagged: bool) -> dict:
        # What is zero is left out.
        start = {"startTime": f"{w.start:.3f}s"} if w.start_ms else {}
        return {
            **start,
            "endTime": f"{w.end:.3f}s",
            "word": w.signed,
            **({"speakerTag": w.speaker + 1} if tagged else {}),
        }

    results = [
        {"alternatives": [{"transcript": talk.written(words), "words": [word(w, not repeats) for w in words]}],
         "resultEndTime": f"{words[-1].end:.3f}s", "languageCode": f"{talk.language}-us"}
        for words in talk.sentences()
    ]  # fmt: skip
    if repeats:
        results.append({"alternatives": [{"words": [word(w, True) for w in talk.words]}]})
    return _dump({"name": "1", "done": True, "response": {"results": results}})


def _google_library(talk: Talk) -> str:
    def offset(ms: int) -> dict:
        return {key: value for key, value in (("seconds", str(ms // 1000)), ("nanos", ms % 1000 * 1_000_000)) if value}

    results = [
        {"alternatives": [{"transcript": talk.written(words), "words": [
            {"word": w.signed, "start_offset": offset(w.start_ms), "end_offset": offset(w.end_ms),
             "speaker_label": str(w.speaker + 1)} for w in words]}], "language_code": talk.language}
        for words in talk.sentences()
    ]  # fmt: skip
    return _dump({"results": results})


def _ticks(w: SpokenWord, key: str) -> dict:
    return {key: w.signed, "offset": f"PT{w.start}S", "duration": "PT0.1S", "offsetInTicks": w.start_ms * 10_000.0,
            "durationInTicks": (w.end_ms - w.start_ms) * 10_000.0}  # fmt: skip


def _azure_batch(talk: Talk) -> str:
    phrases = [
        {"recognitionStatus": "Success", "channel": 0, "speaker": words[0].speaker + 1, "locale": f"{talk.language}-US",
         "offset": f"PT{words[0].start}S", "duration": "PT1S", "offsetInTicks": words[0].start_ms * 10_000.0,
         "durationInTicks": (words[-1].end_ms - words[0].start_ms) * 10_000.0,
         "nBest": [{"confidence": 0.9, "lexical": "x", "itn": "x", "display": talk.written(words),
                    "displayWords": [_ticks(w, "displayText") for w in words]}]}
        for words in talk.sentences()
    ]  # fmt: skip
    combined = [{"channel": 0, "display": talk.written(talk.words)}]
    return _dump({"source": "a", "combinedRecognizedPhrases": combined, "recognizedPhrases": phrases})


def _azure_fast(talk: Talk) -> str:
    def times(start: int, end: int) -> dict:
        return {"offsetMilliseconds": start, "durationMilliseconds": end - start}

    phrases = [
        {"speaker": words[0].speaker, **times(words[0].start_ms, words[-1].end_ms), "text": talk.written(words),
         "words": [{"text": w.text, **times(w.start_ms, w.end_ms)} for w in words], "locale": f"{talk.language}-US"}
        for words in talk.sentences()
    ]  # fmt: skip
    return _dump(
        {"durationMilliseconds": 9, "combinedPhrases": [{"text": talk.written(talk.words)}], "phrases": phrases}
    )


def _azure_sdk(talk: Talk) -> str:
    return "\n".join(
        _dump({"Id": "a", "RecognitionStatus": "Success", "Offset": words[0].start_ms * 10_000,
               "Duration": (words[-1].end_ms - words[0].start_ms) * 10_000, "Channel": 0,
               "DisplayText": talk.written(words), "SpeakerId": f"Guest-{words[0].speaker + 1}"})
        for words in talk.sentences()
    )  # fmt: skip


def _vosk(talk: Talk, separator: str, indent: int | None) -> str:
    results = [
        {"result": [{"conf": 1.0, "end": w.end, "start": w.start, "word": w.text} for w in words],
         "text": talk.written(words, signs=False)}
        for words in talk.sentences()
    ]  # fmt: skip
    return separator.join(json.dumps(each, indent=indent) for each in [{"text": ""}, *results])


def _rev(talk: Talk, by_people: bool) -> str:
    monologues = []
    for turn in talk.turns():
        elements: list[dict] = []
        for w in turn:
            if elements and talk.has_spaces:
                elements.append({"type": "punct", "value": " "})
            times = {"timestamp": _clock(w.start_ms), "end_timestamp": _clock(w.end_ms)}
            machine = {"ts": w.start, "end_ts": w.end, "confidence": 0.9}
            elements.append({"type": "text", "value": w.text, **(times if by_people else machine)})
            elements += [{"type": "punct", "value": w.sign}] if w.sign else []
        monologues.append({"speaker": turn[0].speaker, "elements": elements})
    names = {"speakers": [{"id": n, "name": f"Dr {'XYZ'[n]}"} for n in range(3)]} if by_people else {}
    return _dump({**names, "monologues": monologues})


def _speechmatics(talk: Talk) -> str:
    results: list[dict] = []
    for w in talk.words:
        speaker = f"S{w.speaker + 1}"
        results.append({"type": "word", "start_time": w.start, "end_time": w.end,
                        "alternatives": [{"content": w.text, "confidence": 1.0, "speaker": speaker}]})  # fmt: skip
        if w.sign:
            results.append({"type": "punctuation", "start_time": w.end, "end_time": w.end, "attaches_to": "previous",
                            "alternatives": [{"content": w.sign, "speaker": speaker}]})  # fmt: skip
    config = {"language": talk.language, "diarization": "speaker"}
    return _dump({"format": "2.9", "job": {}, "metadata": {"transcription_config": config}, "results": results})


def _elevenlabs(talk: Talk) -> str:
    words: list[dict] = []
    for w in talk.words:
        speaker = {"speaker_id": f"speaker_{w.speaker}"}
        if words and talk.has_spaces:
            words.append({"text": " ", "start": w.start, "end": w.start, "type": "spacing", **speaker})
        words.append({"text": w.signed, "start": w.start, "end": w.end, "type": "word", "logprob": 0.0, **speaker})
    code = "eng" if talk.has_spaces else "jpn"
    return _dump({"language_code": code, "language_probability": 1, "text": talk.written(talk.words), "words": words})


def _watson(talk: Talk) -> str:
    results = [
        {"final": True, "alternatives": [{"transcript": talk.written(words, signs=False) + " ",
                                          "timestamps": [[w.text, w.start, w.end] for w in words]}]}
        for words in talk.sentences()
    ]  # fmt: skip
    labels = [{"from": w.start, "to": w.end, "speaker": w.speaker, "confidence": 0.5} for w in talk.words]
    return _dump({"result_index": 0, "results": results, "speaker_labels": labels})


def _gentle(talk: Talk) -> str:
    words = [
        {"case": "not-found-in-audio", "word": w.text} if not _is_aligned(w) and n else
        {"case": "success", "alignedWord": "x", "word": w.text, "start": w.start, "end": w.end, "startOffset": 0}
        for n, w in enumerate(talk.words)
    ]  # fmt: skip
    return _dump({"transcript": talk.written(talk.words), "words": words})


def _letter(speaker: int) -> str:
    return f"Speaker {'ABC'[speaker]}"


def _number(speaker: int) -> str:
    return f"Speaker {speaker}"


def _next_number(speaker: int) -> str:
    return f"Speaker {speaker + 1}"


_UNBOUNDED = 1e9
DIALECTS: dict[str, Dialect] = {
    "Whisper with words": Dialect(_whisper),
    "Whisper": Dialect(_whisper_plain, lag=_UNBOUNDED),
    "OpenAI's API, words only": Dialect(_whisper_api),
    "WhisperX": Dialect(_whisperx, lambda n: f"SPEAKER_{n:02}", is_timed=_is_aligned),
    "faster-whisper, a list": Dialect(_faster_whisper, tells_language=False),
    "faster-whisper, a segment a line": Dialect(_faster_whisper_lines, lag=_UNBOUNDED, tells_language=False),
    "whisper.cpp": Dialect(_whisper_cpp, lag=_UNBOUNDED),
    "whisper.cpp, full": Dialect(lambda talk: _whisper_cpp(talk, full=True)),
    "Hugging Face": Dialect(_chunks, lag=_UNBOUNDED, tells_language=False),
    "youtube-transcript-api": Dialect(
        lambda talk: _dump(_transcript_api(talk)), lag=_UNBOUNDED, is_automatic=False, tells_language=False
    ),
    "youtube-transcript-api, one a line": Dialect(
        lambda talk: "\n".join(map(_dump, _transcript_api(talk))),
        lag=_UNBOUNDED,
        is_automatic=False,
        tells_language=False,
    ),
    "youtube-transcript-api, several": Dialect(
        lambda talk: _dump([_transcript_api(talk)]), lag=_UNBOUNDED, is_automatic=False, tells_language=False
    ),
    "youtube-transcript-api, by id": Dialect(
        lambda talk: _dump({"dQw4w9WgXcQ": _transcript_api(talk)}),
        lag=_UNBOUNDED,
        is_automatic=False,
        tells_language=False,
    ),
    "youtube-transcript-api, as fetched": Dialect(_fetched_transcript, lag=_UNBOUNDED),
    "own objects with clock times": Dialect(
        _own_objects,
        lambda n: f"Speaker {'ABC'[n]}",
        lag=_UNBOUNDED,
        is_automatic=False,
        tells_language=False,
        tells_ends=False,
    ),
    "own objects in milliseconds": Dialect(_own_milliseconds, lag=_UNBOUNDED, is_automatic=False, tells_language=False),
    "podcast": Dialect(_podcast, lambda n: f"Host {n}", is_automatic=False, tells_language=False),
    "AssemblyAI, utterances": Dialect(lambda talk: _assemblyai(talk, "utterances"), _letter),
    "AssemblyAI, sentences": Dialect(lambda talk: _assemblyai(talk, "sentences"), _letter),
    "AssemblyAI, paragraphs": Dialect(lambda talk: _assemblyai(talk, "paragraphs"), _letter),
    "AssemblyAI, words": Dialect(lambda talk: _assemblyai(talk, "words"), _letter),
    "Gladia": Dialect(_gladia, _number),
    "Deepgram": Dialect(_deepgram, _number),
    "Deepgram, paragraphs": Dialect(_deepgram_sentences, _number, lag=_UNBOUNDED, tells_language=False),
    "Amazon": Dialect(lambda talk: _amazon(talk, True), lambda n: f"spk_{n}"),
    "Amazon, before 2022": Dialect(lambda talk: _amazon(talk, False), lambda n: f"spk_{n}"),
    "Google": Dialect(lambda talk: _google(talk, False), _next_number),
    "Google, with words repeated": Dialect(lambda talk: _google(talk, True), _next_number),
    "Google's library": Dialect(_google_library, _next_number),
    "Azure, batch": Dialect(_azure_batch, _next_number),
    "Azure, fast": Dialect(_azure_fast, _number),
    "Azure, SDK": Dialect(_azure_sdk, lambda n: f"Guest-{n + 1}", lag=_UNBOUNDED, tells_language=False),
    "Vosk, one a line": Dialect(lambda talk: _vosk(talk, "\n", None), has_signs=False, tells_language=False),
    "Vosk, one after the other": Dialect(lambda talk: _vosk(talk, "\n", 2), has_signs=False, tells_language=False),
    "Vosk, a list": Dialect(lambda talk: f"[{_vosk(talk, ',', None)}]", has_signs=False, tells_language=False),
    "Rev.ai": Dialect(lambda talk: _rev(talk, False), _number, tells_language=False),
    "Rev": Dialect(lambda talk: _rev(talk, True), lambda n: f"Dr {'XYZ'[n]}", is_automatic=False, tells_language=False),
    "Speechmatics": Dialect(_speechmatics, lambda n: f"S{n + 1}"),
    "ElevenLabs": Dialect(_elevenlabs, lambda n: f"speaker_{n}"),
    "IBM Watson": Dialect(_watson, _number, has_signs=False, tells_language=False),
    "Gentle": Dialect(_gentle, is_automatic=False, tells_language=False, is_timed=_is_aligned),
}
