"""What the names of caption files say, as yt-dlp and the older youtube-dl write them, or people themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from storage.analysis import base_language
from storage.dates import read_date
from storage.formats.text_cleaning import clean_id, clean_text
from storage.models.limits import MAX_ID_LENGTH

# yt-dlp writes these for characters that file systems forbid.
_LOOKALIKES = str.maketrans(
    {
        "\uff1a": ":", "\uff1f": "?", "\uff5c": "|", "\uff0f": "/", "\uff3c": "\\", "\uff02": '"',
        "\uff0a": "*", "\uff1c": "<", "\uff1e": ">", "\u29f8": "/", "\u29f9": "\\",
    }
)  # fmt: skip
_SUFFIXES = re.compile(
    r"(?:\.(?:srt|vtt|json3|json|txt|sbv|ttml|dfxp|xml|ass|ssa|smi|sami|sub|lrc|csv|tsv|tab|jsonl|ndjson|parquet|srv[123]"
    r"|docx|gz))+\Z",
    re.IGNORECASE,
)
_LANGUAGE = r"(?:\.(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*))?"
_BRACKETED = re.compile(rf"(?P<title>.*?)\s*\[(?P<id>[A-Za-z0-9_-]+)\]{_LANGUAGE}")
_DASHED = re.compile(rf"(?P<title>.+)-(?P<id>[A-Za-z0-9_-]{{11}}){_LANGUAGE}")
_ALONE = re.compile(rf"(?P<title>)(?P<id>[A-Za-z0-9_-]{{11}}){_LANGUAGE}")
_TAGGED = re.compile(rf"(?P<title>.+?){_LANGUAGE}")
# "20250603 - ", "2025-06-03 ", "Channel - 20250603 - ", and "001 - ", the place in a playlist.
_DATE = r"(?P<date>(?:19|20)\d\d(?:-\d\d-\d\d|\d{4}))"
_DATED = re.compile(rf"{_DATE}(?:\s+-\s+|[\s_]+|-)(?P<rest>\S.*)", re.DOTALL)
_CREATOR_DATED = re.compile(rf"(?P<creator>\S.*?)\s+-\s+{_DATE}\s+-\s+(?P<rest>\S.*)", re.DOTALL)
_NUMBERED = re.compile(r"\d{1,4} - (?P<rest>\S.*)", re.DOTALL)
# After a dash, eleven letters that read as words, or as a date, are part of the title.
_WORDS = re.compile(r"[A-Z]?[a-z]+(?:[-_][A-Z]?[a-z]+)*|[A-Z]+(?:[-_][A-Z]+)*|[0-9-]+[-_]?[a-z]*")
_BRACKETED_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# A name that is nothing but eleven characters is an id where it looks drawn by lot: both cases, and few of its
# characters in runs that read as words or numbers, as in "CS101_lec05" and "MyTalkPart2".
_RUNS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}|\d{2,}")
_MAX_IN_RUNS = 7
_YOUTUBE_LENGTH = 11
# The length of ids of other sites, or of the importer's own: shorter words in brackets are "[HD]" and "[1080p]".
_MIN_OTHER_ID_LENGTH, _MAX_OTHER_ID_LENGTH = 6, 64
# ISO 639-1. Without an id in the name, a suffix must be one of these: "talk.en.srt", but not "talk.hd.srt".
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu iw ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_LANGUAGES = frozenset(_ISO_639_1.split())


@dataclass(frozen=True, slots=True)
class FileName:
    """The details in a file name. A field is empty where the name does not give it.

    `tag` is the language as it stands in the name: "en-orig", where `language` is "en".
    """

    title: str = ""
    video_id: str = ""
    language: str = ""
    published: str = ""
    creator: str = ""
    tag: str = field(default="", compare=False)

    @property
    def is_automatic(self) -> bool:
        """Return whether the tag is one that only automatic captions of YouTube have: "en-orig", or "en-en"."""
        base, _, rest = self.tag.lower().partition("-")
        return bool(base) and rest in ("orig", base)


@dataclass(frozen=True, slots=True)
class OwnName:
    """What a file is called where nothing says which video it is of: its name as id and as title."""

    video_id: str
    title: str
    published: str = ""


def parse_file_name(name: str) -> FileName:
    """Return what the name of a caption file says about its video."""
    stem = _stem_of(name)
    bracketed = _BRACKETED.fullmatch(stem)
    if bracketed and _is_id(bracketed["id"]):
        return _parse_match(bracketed)
    dashed = _DASHED.fullmatch(stem)
    if dashed and not _WORDS.fullmatch(dashed["id"]):
        return _parse_match(dashed)
    alone = _ALONE.fullmatch(stem)
    if alone and _is_drawn(alone["id"]):
        return _parse_match(alone)
    _, tag = _split_tag(stem)
    return FileName(language=base_language(tag), tag=tag)


def parse_own_name(name: str) -> OwnName:
    """Return what to call the video of a file that nothing names; the id is "" where the name has nothing to see."""
    stem, _ = _split_tag(_stem_of(name))
    video_id = clean_id(stem)[:MAX_ID_LENGTH].strip()
    dated = _DATED.fullmatch(stem)
    published = read_date(dated["date"]) if dated else ""
    title = clean_text((dated["rest"] if dated and published else stem).translate(_LOOKALIKES))
    return OwnName(video_id, title if clean_id(title) else video_id, published)


def caption_stems(name: str) -> list[str]:
    """Return the names, without a suffix, that the files beside a caption file may have: the longest first."""
    stem = name.replace("\\", "/").rpartition("/")[2]
    stems = []
    while "." in stem.strip("."):
        stem = stem.rpartition(".")[0]
        stems.append(stem)
    return stems


def _stem_of(name: str) -> str:
    return _SUFFIXES.sub("", name.replace("\\", "/").rpartition("/")[2])


def _split_tag(stem: str) -> tuple[str, str]:
    """Return a stem without its language, and the language as it stands there, "" for none."""
    match = _TAGGED.fullmatch(stem)
    if match and match["language"] and base_language(match["language"]) in _LANGUAGES:
        return match["title"], match["language"]
    return stem, ""


def _parse_match(match: re.Match[str]) -> FileName:
    tag, title, creator, published = match["language"] or "", match["title"], "", ""
    dated = _CREATOR_DATED.fullmatch(title) or _DATED.fullmatch(title)
    if dated and read_date(dated["date"]):
        published, title = read_date(dated["date"]), dated["rest"]
        creator = clean_text(dated.groupdict().get("creator", "").translate(_LOOKALIKES))
    elif numbered := _NUMBERED.fullmatch(title):
        title = numbered["rest"]
    elif read_date(title.strip(" -_")):
        published, title = read_date(title.strip(" -_")), ""
    title = clean_text(title.translate(_LOOKALIKES))
    return FileName(title, match["id"], base_language(tag), published, creator, tag)


def _is_id(text: str) -> bool:
    """Return whether a word in brackets is an id: YouTube's by its length, another site's by its digits."""
    if len(text) == _YOUTUBE_LENGTH:
        return True
    fits = _MIN_OTHER_ID_LENGTH <= len(text) <= _MAX_OTHER_ID_LENGTH and not _BRACKETED_DATE.fullmatch(text)
    return fits and any(c.isdigit() for c in text)


def _is_drawn(text: str) -> bool:
    """Return whether eleven characters by themselves are an id of YouTube's, and no word."""
    in_runs = sum(len(run) for run in _RUNS.findall(text))
    return any(c.islower() for c in text) and any(c.isupper() for c in text) and in_runs <= _MAX_IN_RUNS
