"""Any JSON with a list of objects that have a text and a start, by whatever usual names.

So write youtube-transcript-api ([{"text", "start", "duration"}], and {"snippets": [...], "video_id", "language_code",
"is_generated"} for one transcript, [[...], [...]] for several, {"ID": [...]} by video in older versions;
https://github.com/jdepoix/youtube-transcript-api/blob/master/youtube_transcript_api/formatters.py), and the many
scripts that people write themselves.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.formats.addresses import youtube_id
from storage.formats.document import Document
from storage.formats.json_transcripts.building import read_recording
from storage.formats.json_transcripts.json_format import Shape, strip_roots
from storage.formats.json_transcripts.loading import load_json
from storage.formats.json_transcripts.phrases import Phrase, Recording, either, name_words
from storage.formats.json_transcripts.times import MILLISECONDS, parse_time
from storage.models import FileContent
from storage.models.limits import MAX_SECOND
from storage.sentences import about_file, sentence

NAME = sentence("JSON of texts with a start")

# As `_plain` spells them: lower case, without "_" and "-". The best first.
_TEXTS = ("text", "content", "body", "transcript", "sentence", "caption", "subtitle", "line", "utterance", "word",
          "transcription", "value", "display")  # fmt: skip
_STARTS = ("start", "starttime", "startsecond", "startseconds", "startinseconds", "startsec", "begin", "begintime",
           "from", "timebegin", "offset", "timestamp", "time", "ts")  # fmt: skip
_STARTS_MS = ("startms", "starttimems", "startmillis", "startmilliseconds", "offsetms", "offsetmilliseconds",
              "beginoffsetmillis", "tstartms", "timestampms", "beginms")  # fmt: skip
_ENDS = ("end", "endtime", "endsecond", "endseconds", "endinseconds", "endsec", "to", "timeend", "stop", "finish",
         "endts")  # fmt: skip
_ENDS_MS = ("endms", "endtimems", "endmillis", "endmilliseconds", "endoffsetmillis")
_DURATIONS = ("duration", "dur", "durationseconds", "length")
_DURATIONS_MS = ("durationms", "durationmillis", "durationmilliseconds", "ddurationms")
_SPEAKERS = ("speakername", "speaker", "speakerlabel", "speakerid", "speakertag", "participant", "participantrole")
_VIDEOS = ("videoid", "video")
_LANGUAGES = ("language_code", "languageCode", "language", "lang", "locale")
_OF_OTHER_KINDS = ("_type", "extractor", "webpage_url", "formats")
"""Keys of what yt-dlp writes about a video, in which comments have texts and times as well."""
_MAX_DEPTH = 4
_MAX_PLAIN_TIME = MAX_SECOND * 1000
"""A larger number is a date."""


@dataclass(frozen=True, slots=True)
class _Names:
    """The keys of an object for every part of a phrase, the best first."""

    texts: tuple[str, ...]
    starts: tuple[str, ...]
    starts_ms: tuple[str, ...]
    ends: tuple[str, ...]
    ends_ms: tuple[str, ...]
    durations: tuple[str, ...]
    durations_ms: tuple[str, ...]
    speakers: tuple[str, ...]


def is_any_objects(document: Document) -> bool:
    """Return whether a file has a list of objects with a text and a start, or such an object on every line.

    Where somebody names the columns it is a table.
    """
    shape = document.json_shape
    if not shape or document.labels.columns or any(key in strip_roots(shape) for key in _OF_OTHER_KINDS):
        return False
    return any(_is_timed(keys) for keys in _objects_in(shape))


def names_video(keys: Mapping[str, object]) -> bool:
    """Return whether an object says itself which video it belongs to, so that it is a row of a data set."""
    return any(_plain(key) in _VIDEOS for key in keys)


def _objects_in(shape: Shape) -> Iterator[dict[str, str]]:
    """Yield the keys of the objects in every array of a file, and of its outermost objects."""
    by_parent: dict[str, dict[str, str]] = {}
    for path, value in shape.items():
        parent, _, key = path.rpartition(".")
        if parent == "" or parent.endswith("[]"):
            # A time may be an array of two, or an object of seconds and their fractions.
            by_parent.setdefault(parent, {})[key] = value or shape.get(f"{path}[]") or shape.get(f"{path}.seconds", "")
    yield from by_parent.values()


def _is_timed(keys: Mapping[str, object]) -> bool:
    """Return whether an object has a text and, under a usual name, a time, and is no row of a data set."""
    plain = {_plain(key): value for key, value in keys.items()}
    has_text = any(name in plain for name in _TEXTS)
    return (
        has_text
        and not names_video(keys)
        and any(_is_time(plain[name]) for name in (*_STARTS, *_STARTS_MS) if name in plain)
    )


def _is_time(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and _is_time(value[0])
    time = parse_time(value.strip('"') if isinstance(value, str) else value, 1.0)
    return time is not None and time <= _MAX_PLAIN_TIME


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "").replace(" ", "")


def read_any_objects(document: Document) -> FileContent:
    """Read the transcript of one recording, or of several that are named by YouTube ids.

    Raises InputError for a file that cannot be read, and for several recordings of which nobody says which is which.
    """
    values, rejections = load_json(document, NAME)
    recordings = list(_find_recordings(values))
    if len(recordings) == 1:
        return read_recording(document, recordings[0], None, rejections)
    if not recordings:
        raise document.refusal_error(about_file(NAME, sentence("there is not a single one in it; export it again")))
    if any(youtube_id(str(recording.video_id)) is None for recording in recordings):
        raise document.refusal_error(
            sentence(
                "holds {count} transcripts and does not say of which videos; save each as a file of its own",
                count=len(recordings),
            )
        )
    labels = document.labels
    if labels.video_id or labels.title or labels.url:
        raise document.refusal_error(
            sentence(
                "holds {count} videos, so one video id, title or url cannot be given for all of them; leave it out",
                count=len(recordings),
            )
        )
    contents = [
        read_recording(
            replace(document, labels=replace(labels, video_id=str(recording.video_id))),
            recording,
            None,
        )
        for recording in recordings
    ]
    transcripts = tuple(transcript for content in contents for transcript in content.transcripts)
    return FileContent(
        transcripts,
        tuple(each for content in contents for each in content.rejections),
        notes=tuple(dict.fromkeys(note for content in contents for note in content.notes)),
    )


def _find_recordings(values: Sequence[object]) -> Iterator[Recording]:
    """Yield the recordings: objects in one list, or one a line, belong to one."""
    loose = [value for value in values if isinstance(value, dict) and _is_timed(value)]
    if loose:
        yield Recording(_as_phrase(each) for each in values if isinstance(each, dict))
        return
    for value in values:
        yield from _recordings_in(value, {}, _MAX_DEPTH)


def _recordings_in(value: object, facts: Mapping[str, object], depth: int) -> Iterator[Recording]:
    if isinstance(value, list):
        if any(isinstance(each, dict) and _is_timed(each) for each in value[:9]):
            yield _make_recording(value, facts)
        elif depth:
            for each in value:
                yield from _recordings_in(each, facts, depth - 1)
    elif isinstance(value, dict) and depth:
        facts = {**facts, **{key: inner for key, inner in value.items() if isinstance(inner, str | bool)}}
        found = [list(_recordings_in(inner, _name(facts, key), depth - 1)) for key, inner in value.items()]
        many = [recordings for recordings in found if recordings]
        # Lists beside each other tell the same: sentences and their words. Those by id are of several videos.
        by_id = all(youtube_id(key) for key in value)
        yield from (each for recordings in (many if by_id else many[:1]) for each in recordings)


def _name(facts: Mapping[str, object], key: str) -> Mapping[str, object]:
    return {**facts, "video_id": key} if youtube_id(key) else facts


def _make_recording(objects: Iterable[object], facts: Mapping[str, object]) -> Recording:
    generated = facts.get("is_generated")
    return Recording(
        map(_as_phrase, objects),
        either(facts, *_LANGUAGES),
        either(facts, "video_id", "videoId"),
        either(facts, "title", "video_title"),
        either(facts, "url", "video_url"),
        is_automatic=generated is True,
    )


def _as_phrase(value: object) -> Phrase:
    if not isinstance(value, dict):
        return Phrase(value if isinstance(value, str) else None)
    names = _find_names(tuple(value))
    start, end = _time_at(value, names.starts, names.starts_ms), _time_at(value, names.ends, names.ends_ms)
    if isinstance(start, list):  # "timestamp": [0.0, 3.1]
        start, end = [*start, None][0], [*start, None, None][1]
    words = value.get("words")
    return Phrase(
        either(value, *names.texts),
        start,
        end,
        _time_at(value, names.durations, names.durations_ms),
        either(value, *names.speakers),
        name_words(words, "word,text") if isinstance(words, list) else (),
    )


@functools.lru_cache(256)
def _find_names(keys: tuple[str, ...]) -> _Names:
    """Return which of an object's keys are what. Nearly all objects of a file have the same keys."""
    plain: dict[str, str] = {}
    for key in keys:
        plain.setdefault(_plain(key), key)
    roles = (_TEXTS, _STARTS, _STARTS_MS, _ENDS, _ENDS_MS, _DURATIONS, _DURATIONS_MS, _SPEAKERS)
    return _Names(*(tuple(plain[name] for name in role if name in plain) for role in roles))


def _time_at(value: Mapping[str, object], names: Sequence[str], names_ms: Sequence[str]) -> object:
    """Return a time as written, one in milliseconds as the seconds that it is."""
    second = parse_time(either(value, *names_ms), MILLISECONDS) if names_ms else None
    return either(value, *names) if second is None else f"{second:.6f}s"
