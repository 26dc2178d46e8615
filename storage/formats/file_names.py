"""What the names of caption files say, as yt-dlp and the older youtube-dl write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.analysis import base_language
from storage.formats.text_cleaning import clean_text

# yt-dlp writes these for characters that file systems forbid.
_LOOKALIKES = str.maketrans(
    {
        "\uff1a": ":", "\uff1f": "?", "\uff5c": "|", "\uff0f": "/", "\uff3c": "\\", "\uff02": '"',
        "\uff0a": "*", "\uff1c": "<", "\uff1e": ">", "\u29f8": "/", "\u29f9": "\\",
    }
)  # fmt: skip
_SUFFIXES = re.compile(r"(?:\.(?:srt|vtt|json3|json|txt|csv|tsv|tab|jsonl|ndjson|parquet))+\Z", re.IGNORECASE)
_LANGUAGE = r"(?:\.(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*))?"
_BRACKETED = re.compile(rf"(?P<title>.*?)\s*\[(?P<id>[A-Za-z0-9_-]+)\]{_LANGUAGE}")
_DASHED = re.compile(rf"(?P<title>.+)-(?P<id>[A-Za-z0-9_-]{{11}}){_LANGUAGE}")
_LANGUAGE_ONLY = re.compile(rf".+?{_LANGUAGE}")
# After a dash, eleven letters that read as words, or as a date, are part of the title.
_WORDS = re.compile(r"[A-Z]?[a-z]+(?:[-_][A-Z]?[a-z]+)*|[A-Z]+(?:[-_][A-Z]+)*|[0-9-]+[-_]?[a-z]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_YOUTUBE_LENGTH = 11
# The length of ids of other sites, or of the importer's own: shorter words in brackets are "[HD]" and "[1080p]".
_MIN_OTHER_ID_LENGTH, _MAX_OTHER_ID_LENGTH = 6, 64
# ISO 639-1. Without an id in the name, a suffix must be one of these: "talk.en.srt", but not "talk.hd.srt".
_LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu iw ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)


@dataclass(frozen=True, slots=True)
class FileName:
    """The details in a file name. A field is empty where the name does not give it."""

    title: str = ""
    video_id: str = ""
    language: str = ""


def parse_file_name(name: str) -> FileName:
    """Return what the name of a caption file says about its video."""
    stem = _SUFFIXES.sub("", name.replace("\\", "/").rpartition("/")[2])
    bracketed = _BRACKETED.fullmatch(stem)
    if bracketed and _is_id(bracketed["id"]):
        return _parse_match(bracketed)
    dashed = _DASHED.fullmatch(stem)
    if dashed and not _WORDS.fullmatch(dashed["id"]):
        return _parse_match(dashed)
    language_match = _LANGUAGE_ONLY.fullmatch(stem)
    language = base_language(language_match["language"] or "") if language_match else ""
    return FileName(language=language if language in _LANGUAGES.split() else "")


def _parse_match(match: re.Match[str]) -> FileName:
    title = clean_text(match["title"].translate(_LOOKALIKES))
    return FileName(title, match["id"], base_language(match["language"] or ""))


def _is_id(text: str) -> bool:
    """Return whether a word in brackets is an id: YouTube's by its length, another site's by its digits."""
    if len(text) == _YOUTUBE_LENGTH:
        return True
    fits = _MIN_OTHER_ID_LENGTH <= len(text) <= _MAX_OTHER_ID_LENGTH and not _DATE.fullmatch(text)
    return fits and any(c.isdigit() for c in text)
