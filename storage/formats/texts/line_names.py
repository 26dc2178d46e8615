"""Names at the beginning of lines, "Jane: so we measured it", in a text whose times stand before them.

A name is taken for one where it comes back, where it is one that programs give ("Speaker 1"), or where nearly every
block begins with one: a sentence's own colon does none of these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.analysis import join_texts
from storage.formats.text_cleaning import clean_text

_MAX_NAME_WORDS = 4
_MAX_HEADING_WORDS = 6
_LABEL = re.compile(
    r"[\s>*_-]*\[?([^\W_][^:：\[\]<>*!?;]{0,59}?)\]?(?:\*\*|__)?\s*[:：](?:\*\*|__)?(?!\S*//)\s*(.*)", re.DOTALL
)
_GENERIC = re.compile(
    r"(?:speaker|spk|sprecher(?:in)?|spreker|locuteur|hablante|host|guest|interviewer|interviewee|moderator|"
    r"participant|narrator|unknown speaker|Q|A)(?:[ _-]?[A-Z\d]{1,3})?\.?",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(r"[\s>*_@-]*\[?([^\W_][^:：\[\]<>*!?;/]{0,59}?)\]?[\s:：*_]*")
_SENTENCE_END = re.compile(r"(?:[^\W\d_]{4,}|\d)[.。]\Z|[,…]\Z|\d:\d")
_MOST = 0.6
_NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person says in a block; `speaker` is "" where it is unknown who."""

    speaker: str
    text: str


def find_labels(blocks: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the names that begin lines, out of the lines of each block."""
    counts: Counter[str] = Counter()
    first: list[str | None] = []
    line_count = 0
    for lines in blocks:
        line_count += len(lines)
        labels = [_read_label(line)[0] for line in lines]
        counts.update(label for label in labels if label)
        if labels:
            first.append(labels[0])
    if not counts:
        return frozenset()
    if counts.total() >= max(2, _NEARLY_ALL * line_count):
        return frozenset(counts)
    begins_most = sum(label is not None for label in first) >= max(2, _MOST * len(first))
    at_beginning = {label for label in first if label} if begins_most else set()
    return frozenset(
        label for label, count in counts.items() if count > 1 or label in at_beginning or _GENERIC.fullmatch(label)
    )


def split_turns(lines: Sequence[str], speaker: str, labels: frozenset[str]) -> list[Turn]:
    """Return the turns of a block: a line that begins with a label begins a turn."""
    said: list[tuple[str, list[str]]] = [(speaker, [])] if lines else []
    for line in lines:
        label, rest = _read_label(line)
        if label and label in labels:
            said.append((label, [rest]))
        else:
            said[-1][1].append(line)
    return [
        Turn(name, text) for name, texts in said if (text := join_texts(text for text in texts if text.strip()).strip())
    ]


def is_name(text: str) -> bool:
    """Return whether a line can be somebody's name: a few words, the first with a capital, and no sentence."""
    name = read_name(text)
    if not name or len(name.split()) > _MAX_HEADING_WORDS or _SENTENCE_END.search(name):
        return False
    return not name[0].islower() or bool(_GENERIC.fullmatch(name)) or "_" in name


def read_name(text: str) -> str:
    """Return the name in a line that holds nothing else, without what is put around it; "" for a line of words."""
    match = _NAME_ALONE.fullmatch(text.strip())
    return clean_text(match[1]).rstrip(" ,|-–—") if match else ""


def are_names(lines: Sequence[str | None], is_marked: bool = False) -> bool:
    """Return whether nearly all lines are names, which come back; `is_marked`: a sign says that they are."""
    names = [read_name(line) for line in lines if line and is_name(line)]
    if len(names) < max(1, _NEARLY_ALL * len(lines)):
        return False
    return is_marked or len(set(names)) <= len(names) / 2 or all(_GENERIC.fullmatch(name) for name in names)


def _read_label(line: str) -> tuple[str | None, str]:
    """Return the name that a line may begin with, and the words after it."""
    match = _LABEL.fullmatch(line)
    if match is None:
        return None, line
    label = clean_text(match[1])
    if len(label.split()) > _MAX_NAME_WORDS or not is_name(label):
        return None, line
    return label, match[2]
