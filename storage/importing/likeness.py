"""Whether two transcripts are of the same speech. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.analysis import is_unspaced
from storage.models import Segment

_WORD = re.compile(r"\w+")
_RUN_WORDS = 3
_MIN_SHARED = 0.2
"""Of the runs of three words of the shorter transcript, those that the other has too. Two talks of an hour in the same
language share a few in a hundred, the captions of a person and of a machine more than a third."""


def is_same_speech(first: Sequence[Segment], second: Sequence[Segment]) -> bool:
    """Return whether two transcripts in the same language say nearly the same, however they are cut."""
    runs, others = _collect_runs(first), _collect_runs(second)
    return len(runs & others) >= max(1.0, _MIN_SHARED * min(len(runs), len(others)))


def _collect_runs(segments: Sequence[Segment]) -> frozenset[tuple[str, ...]]:
    words = [word for segment in segments for word in _split_words(segment.text)]
    return frozenset(tuple(words[place : place + _RUN_WORDS]) for place in range(max(1, len(words) - _RUN_WORDS + 1)))


def _split_words(text: str) -> Sequence[str]:
    words = _WORD.findall(text.lower())
    return [letter for word in words for letter in word] if is_unspaced(text) else words
