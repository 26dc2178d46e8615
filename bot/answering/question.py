"""What people type, parsed. One grammar for every face.

    words  "exact phrase"  -word  -"phrase"  video:name  creator:"two words"

Whatever is not an operator is a word; nothing anybody types is an error, except saying nothing at all.
"""

from __future__ import annotations

import re

from bot.errors import EmptyQuestion
from storage.models import Question

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"'})
_OPERATOR = re.compile(
    r"""
    (?<!\S)(?P<name>video|creator):(?:"(?P<value>[^"]+)"|(?P<bare>[^\s"]+))
    | (?P<minus>(?<!\S)-)?"(?P<phrase>[^"]+)"
    | (?<!\S)-(?P<word>(?=\S*[^\W\d_])[^\s\-"][^\s"]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def parse_question(text: str, *, video: str = "", creator: str = "") -> Question:
    """Parse a question. `video` and `creator` are filters given apart from it, which win over those in the text.

    Raises EmptyQuestion where there is no word to look for.
    """
    filters = {"video": "", "creator": ""}
    phrases: list[str] = []
    exclusions: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["name"]:
            filters[match["name"].lower()] = match["value"] or match["bare"]
        elif match["word"]:
            exclusions.append(match["word"])
        elif _has_word(match["phrase"]):
            (exclusions if match["minus"] else phrases).append(" ".join(match["phrase"].split()))
        return " "

    words = " ".join(_OPERATOR.sub(take, text.translate(_QUOTES)).split())
    if not _has_word(words) and not phrases:
        raise EmptyQuestion("Ask with at least one word to look for, for example: what is a transformer?")
    return Question(
        text, words, tuple(phrases), tuple(exclusions), video or filters["video"], creator or filters["creator"]
    )


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
