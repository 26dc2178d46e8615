"""Proposing the encoding of a text that is not UTF-8, by charset-normalizer and by what stands inside words.

A proposal is shown with a line as it would read, and a person decides: few bytes cannot tell Polish from French.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# In which captions are still saved, the likeliest first: of two that explain a text alike the first is proposed. Among
# all that Python knows, the detector finds encodings of the sixties in short texts.
_USUAL = (
    "cp1252", "cp1250", "cp1251", "cp932", "gb18030", "big5", "cp949", "koi8_r", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp874", "euc_jp", "iso8859_2", "mac_roman", "cp866", "iso8859_15",
)  # fmt: skip
_NAMES = {"cp932": "shift_jis", "cp949": "euc_kr"}
"""Names that people know for the same characters, and fewer: proposed where they are enough."""
# The detector says nothing, or nonsense, of less.
_MIN_SAMPLE_BYTES = 400
_MAX_SAMPLE_BYTES = 8_000
_MAX_TIE = 0.02
# Signs within words, Latin letters beside those of Greek and the scripts after it, and signs that nobody says.
_STRANGE = re.compile(
    r"(?<=[^\W\d_])(?:[^\w\s'’‘ʼ·.,…–—/*&-]|[ªº¹²³])(?=[^\W\d_])"
    r"|[A-Za-z](?=[\u0370-\u1cff])|[\u0370-\u1cff](?=[A-Za-z])|[¤¦¬¶\x80-\x9f]"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding, and how badly it fits: the lower, the better."""

    name: str
    misfit: float


def propose_encoding(content: bytes) -> str:
    """Return the encoding, by the name that Python has for it, in which the content is most likely; "" for none."""
    sample = _sample(content)
    for name in _rank_encodings(sample):
        for known in (_NAMES.get(name, name), name):
            if _can_decode(content, known):
                return known
    return ""


def _sample(content: bytes) -> bytes:
    """Return the lines that are not ASCII, which alone say something, as often as the detector needs."""
    lines: list[bytes] = []
    size = 0
    for line in content.splitlines():
        if not line.isascii():
            lines.append(line[:_MAX_SAMPLE_BYTES])
            size += len(line)
            if size >= _MAX_SAMPLE_BYTES:
                break
    sample = b"\n".join(lines) + b"\n"
    return sample * max(1, _MIN_SAMPLE_BYTES // len(sample) + 1)


def _rank_encodings(sample: bytes) -> list[str]:
    # Loaded late: nearly every file is UTF-8.
    from charset_normalizer import from_bytes

    candidates = []
    for match in from_bytes(sample, cp_isolation=list(_USUAL), enable_fallback=False):
        text = str(match)
        unusual = sum(not character.isascii() for character in text)
        misfit = 1.5 * match.chaos - match.coherence + len(_STRANGE.findall(text)) / max(unusual, 1)
        # Encodings that give the same text come as one match.
        candidates += [_Candidate(name, misfit) for name in match.could_be_from_charset if name in _USUAL]
    if not candidates:
        return []
    best = min(candidate.misfit for candidate in candidates)
    return [
        candidate.name
        for candidate in sorted(
            candidates, key=lambda candidate: (max(candidate.misfit - best, _MAX_TIE), _USUAL.index(candidate.name))
        )
    ]


def _can_decode(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
