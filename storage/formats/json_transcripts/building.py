"""From the phrases of a JSON file to its transcript: what can be read is checked one by one, the rest is named."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from statistics import median

from storage.formats.addresses import youtube_id
from storage.formats.captions.rolling import sort_spoken
from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.json_transcripts.grouping import TimedWord, group_words, join_words, split_text
from storage.formats.json_transcripts.labels import language_code, speaker_label
from storage.formats.json_transcripts.phrases import Phrase, Recording, Word
from storage.formats.json_transcripts.times import MILLISECONDS, SECONDS, parse_time
from storage.formats.pace import SPOKEN_CHARACTERS_PER_SECOND, TimedText, Unit, find_unit
from storage.formats.text_cleaning import clean_text, quote_text
from storage.models import Cue, FileContent, Rejection
from storage.models.limits import MAX_SECOND, MAX_TEXT_LENGTH
from storage.sentences import sentence

_TAG = re.compile(r"</?(?:[bius]|em|strong|font|small|mark|sub|sup|span)(?:\s[^<>]*)?/?>|<br\s*/?>", re.IGNORECASE)
_ESCAPE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_SLOWEST, _LONG_PAUSE_SECONDS = 3, 10.0
"""How many times longer than usual the slowest speaker takes, and a pause after it, as for rows of a table."""

CONVERTED = sentence("its times are milliseconds, by the pace of speech; they were divided by 1000.")
_MAX_WORD_LENGTH = 12
_WORD_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class _Checked:
    """A phrase that can be read. `words` is empty where nothing says when each is spoken."""

    text: str
    start_second: float
    end_second: float | None
    speaker: str
    words: tuple[TimedWord, ...] = ()


def read_recording(
    document: Document, recording: Recording, unit: float | None, rejections: Sequence[Rejection] = ()
) -> FileContent:
    """Return the transcript of a recording whose plain times are in `unit`, None where their pace has to tell.

    Raises InputError where nothing of it can be read.
    """
    phrases = list(islice(recording.phrases, document.limits.rows + 1))
    if len(phrases) > document.limits.rows:
        raise document.too_many_cues_error()
    notes: tuple[str, ...] = ()
    if unit is None:
        unit = _find_unit(phrases)
        notes = (CONVERTED,) if unit == MILLISECONDS else ()
    checked, found = _check_phrases(document, phrases, unit)
    if found and not checked:
        raise document.refusal_error(
            sentence("nothing in it can be imported, the first because {reason}", reason=found[0].reason)
        )
    cues = sort_spoken(list(_make_cues(checked)))
    if len(cues) > document.limits.rows:
        raise document.too_many_cues_error()
    content = build_transcript(document, cues, _describe_video(recording), [*rejections, *found])
    return replace(content, notes=(*content.notes, *notes))


def _describe_video(recording: Recording) -> VideoDetails:
    title, url, video_id = (
        clean_text(fact[:MAX_TEXT_LENGTH]) if isinstance(fact, str) else ""
        for fact in (recording.title, recording.url, recording.video_id)
    )
    if found := youtube_id(video_id):
        url = f"https://www.youtube.com/watch?v={found}"
    return VideoDetails(
        title=title,
        url=url,
        language=language_code(recording.language),
        is_automatic=bool(recording.is_automatic),
    )


def _find_unit(phrases: Sequence[Phrase]) -> float:
    """Return the unit of the plain times by how long the texts take, each until its end or until the next."""
    timed: list[TimedText] = []
    for phrase in phrases:
        start = parse_time(phrase.start, SECONDS)
        if start is not None and isinstance(phrase.text, str):
            length, end = parse_time(phrase.duration, SECONDS), parse_time(phrase.end, SECONDS)
            timed.append(TimedText("", start, end if length is None else start + length, len(phrase.text)))
    timed.sort(key=lambda row: row.start)
    return MILLISECONDS if find_unit(timed, None) is Unit.MILLISECONDS else SECONDS


def _check_phrases(
    document: Document, phrases: Sequence[Phrase], unit: float
) -> tuple[list[_Checked], list[Rejection]]:
    checked: list[_Checked] = []
    rejections: list[Rejection] = []
    for number, phrase in enumerate(phrases, start=1):
        result = _check_phrase(phrase, unit)
        if isinstance(result, str):
            rejections.append(
                document.reject_row(number, sentence("segment {number} {result}", number=str(number), result=result))
            )
        elif result is not None:
            checked.append(result)
    return checked, rejections


def _check_phrase(phrase: Phrase, unit: float) -> _Checked | str | None:
    """Return what can be read of a phrase, None where it holds no words, or the sentence about what is wrong."""
    words = [word for word in phrase.words if isinstance(word.text, str) and word.text]
    text = phrase.text
    if words and (text is None or text == ""):
        text = _join_unchecked(words)
    if text is not None and not isinstance(text, str):
        return sentence("has {text} as its text; give text in quotation marks", text=quote_text(str(text)[:200]))
    text = (text or "").strip("\n")
    if not text.strip():
        return None
    if len(text) > MAX_TEXT_LENGTH and not words:
        return sentence(
            "has {count} characters, and {most} are the most; break it up", count=len(text), most=MAX_TEXT_LENGTH
        )
    start, end = _find_times(phrase, words, unit)
    if start is None:
        return sentence(
            "has no start that can be read ({value}); give the seconds from the beginning", value=_show(phrase.start)
        )
    if max(start, end or 0.0) > MAX_SECOND:
        return sentence(
            "lies over 100 hours into the recording ({value}); correct its times", value=_show(phrase.start)
        )
    speaker = speaker_label(phrase.speaker)
    timed = _time_words(words, text, unit, start, speaker)
    return _Checked(text, start, end, speaker, tuple(timed))


def _show(value: object) -> str:
    return sentence("there is none") if value is None else quote_text(str(value)[:200])


def _join_unchecked(words: Sequence[Word]) -> str:
    texts: list[str] = []
    for word in words:
        if word.is_attached and texts:
            texts[-1] += str(word.text)
        else:
            texts.append(str(word.text))
    return join_words(texts)


def _find_times(phrase: Phrase, words: Sequence[Word], unit: float) -> tuple[float | None, float | None]:
    start, end = parse_time(phrase.start, unit), parse_time(phrase.end, unit)
    if start is None:
        start = next((second for word in words if (second := parse_time(word.start, unit)) is not None), None)
    length = parse_time(phrase.duration, unit)
    if end is None and start is not None and length is not None:
        end = start + length
    if end is None:
        end = next((second for word in reversed(words) if (second := parse_time(word.end, unit)) is not None), None)
    return start, end


def _time_words(
    words: Sequence[Word], text: str, unit: float, start_second: float, speaker: str
) -> Iterator[TimedWord]:
    """Yield the words of `text` with their times; none where these are not the words of the text."""
    pieces = split_text(text, [str(word.text) for word in words]) if words else None
    latest, who = start_second, speaker
    for word, piece in zip(words, pieces or (), strict=False):
        start, end = parse_time(word.start, unit), parse_time(word.end, unit)
        # A word without times, such as a number that could not be aligned, follows on the one before it.
        start = latest if start is None or start > MAX_SECOND else start
        latest = start if end is None or not start <= end <= MAX_SECOND else end
        if not word.is_attached:
            who = speaker_label(word.speaker) or speaker
        yield TimedWord(piece, start, latest, who)


def _make_cues(checked: Sequence[_Checked]) -> Iterator[Cue]:
    checked = _with_ends(sorted(checked, key=lambda phrase: phrase.start_second))
    if _are_words(checked):
        texts = [phrase.text for phrase in checked]
        pieces = split_text(join_words(texts), texts) or texts
        yield from _cleaned(group_words(map(_as_word, checked, pieces)))
        return
    for phrase in checked:
        if phrase.words:
            yield from _cleaned(group_words(phrase.words))
        else:
            yield from _cleaned([Cue(phrase.start_second, phrase.end_second or 0.0, phrase.text, phrase.speaker)])


def _with_ends(checked: Sequence[_Checked]) -> list[_Checked]:
    """Return phrases by their start, those that have no end with that of continuous speech: where the next begins, or,
    where that is much later, as long as they take to say."""
    ended: list[_Checked] = []
    for phrase, after in zip(checked, [*checked[1:], None], strict=False):
        end = phrase.end_second
        if end is None:
            spoken_seconds = len(phrase.text) / SPOKEN_CHARACTERS_PER_SECOND
            latest = phrase.start_second + _SLOWEST * spoken_seconds + _LONG_PAUSE_SECONDS
            is_followed = after is not None and after.start_second <= latest
            end = after.start_second if after and is_followed else round(phrase.start_second + spoken_seconds, 3)
            phrase = replace(phrase, end_second=end)
        ended.append(phrase)
    return ended


def _are_words(checked: Sequence[_Checked]) -> bool:
    """Return whether the phrases are single words, as some services list them."""
    if any(phrase.words for phrase in checked):
        return False
    lengths = [len(phrase.text.strip()) for phrase in checked]
    single = sum(len(phrase.text.split()) == 1 for phrase in checked)
    return len(checked) > 1 and single >= _WORD_SHARE * len(checked) and median(lengths) <= _MAX_WORD_LENGTH


def _as_word(phrase: _Checked, piece: str) -> TimedWord:
    return TimedWord(piece, phrase.start_second, phrase.end_second or 0.0, phrase.speaker)


def _cleaned(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Yield cues without HTML, which some services write, and in the form in which text is stored."""
    for cue in cues:
        text = cue.text
        if "<" in text or "&" in text:
            text = _ESCAPE.sub(lambda escape: html.unescape(escape[0]), _TAG.sub(" ", text))
        yield Cue(cue.start_second, cue.end_second, clean_text(text), cue.speaker)
