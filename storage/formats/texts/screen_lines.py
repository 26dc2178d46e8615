"""What speech recognition prints on the screen: Whisper's `[00:00.000 --> 00:03.100]  words` and its like.

openai-whisper and whisper.cpp print so with and without hours, faster-whisper's example and WhisperX in seconds,
`[0.00s -> 3.10s] words`; speakers come as `[SPEAKER_00]:` or, from whisper.cpp, `(speaker 0)`.
"""

from __future__ import annotations

import re

from storage.analysis import base_language
from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text, quote_text
from storage.formats.texts.clock import TIME, parse_clock
from storage.formats.texts.spoken_languages import language_of
from storage.models import Cue, FileContent, Rejection
from storage.models.limits import MAX_SECOND
from storage.sentences import sentence

_ONE_TIME = rf"(?:{TIME}|\d{{1,7}}(?:\.\d{{1,6}})?s?)"
_LINE = re.compile(
    rf"\s*(?:Transcript:\s*)?\[\s*({_ONE_TIME})\s*--?>\s*({_ONE_TIME})\s*\]\s*(.*)", re.ASCII | re.DOTALL
)
_CLAIM = re.compile(r"\s*(?:Transcript:\s*)?\[\s*[\d:.,s]{1,20}\s*--?>", re.ASCII)
_SPEAKER = re.compile(r"\s*(?:\[([^\W_][^\[\]:]{0,59})\]\s*:|\((speaker \S{1,10})\))\s*(.*)", re.IGNORECASE | re.DOTALL)
_TURN_MARK = re.compile(r"\s*\[SPEAKER_TURN\]\s*")
_LANGUAGE = re.compile(r"(?:Detected language:?|auto-detected language:)\s*'?([A-Za-z]+)", re.IGNORECASE)
_LOG = re.compile(
    r"\s*(?:(?:whisper|ggml|main|system_info|output|log_mel|init|load|encode|decode)\w*\s*:|Detect(?:ed|ing) language|"
    r"\S*warn|FutureWarning|UserWarning|\s*\d{1,3}%\||Performing|>>)",
    re.IGNORECASE,
)
_RECOGNISED_WITHIN = 20_000


def is_screen_lines(document: Document) -> bool:
    """Return whether a line near the beginning has two times in square brackets with an arrow between them."""
    return any(_LINE.fullmatch(line) for line in document.text[:_RECOGNISED_WITHIN].split("\n"))


def read_screen_lines(document: Document) -> FileContent:
    """Read the transcript of one video; a line without times goes on with the one before."""
    document.require_caption_size()
    cues: list[Cue] = []
    rejections: list[Rejection] = []
    is_open = False
    for number, line in enumerate(document.lines, start=1):
        match = _LINE.fullmatch(line)
        times = [_parse_time(match[1]), _parse_time(match[2])] if match else []
        if match and None not in times:
            if len(cues) == document.limits.rows:
                raise document.too_many_cues_error(number)
            cues.append(_make_cue(times[0] or 0.0, times[1] or 0.0, match[3]))
            is_open = True
        elif match or _CLAIM.match(line):
            reason = sentence(
                "{line} has no times such as [00:00.000 --> 00:03.100]; it was left out", line=quote_text(line)
            )
            rejections.append(document.reject_row(number, reason))
            is_open = False
        elif not line.strip() or _LOG.match(line):
            is_open = False
        elif is_open:
            before = cues.pop()
            cues.append(Cue(before.start_second, before.end_second, f"{before.text} {line.strip()}", before.speaker))
    spoken = _LANGUAGE.search(document.text[:_RECOGNISED_WITHIN])
    details = VideoDetails(language=_find_language(spoken[1]) if spoken else "", is_automatic=True)
    return build_transcript(document, sort_spoken(cues), details, rejections)


def _make_cue(start_second: float, end_second: float, words: str) -> Cue:
    named = _SPEAKER.fullmatch(words)
    speaker = clean_text(named[1] or named[2]) if named else ""
    text = _TURN_MARK.sub(" ", named[3] if named else words)
    return Cue(start_second, end_second, clean_text(text), speaker)


def _parse_time(text: str) -> float | None:
    if ":" in text:
        return parse_clock(text)
    seconds = float(text.rstrip("s"))
    return round(seconds, 3) if seconds <= MAX_SECOND else None


def _find_language(name: str) -> str:
    """Return the language that Whisper says it heard: a code, or its English name."""
    return base_language(name) if len(name) <= 3 else language_of(name)
