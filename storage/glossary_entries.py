"""Entries of a glossary: when two are the same, and which are refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from storage.analysis import Analyser, is_unspaced
from storage.errors import RequestError
from storage.models import GlossaryEntry
from storage.ranking.query.glossary import way_of

LONGEST_SIDE = 100
"""Characters that each side of an entry may have."""
MOST_ENTRIES = 1000
"""Entries that the glossary of one library may have."""

# Control, direction and zero-width characters, halves of characters (from bytes that are no text), and unassigned ones.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
# The joiners are spelling: Persian and the scripts of India are written with them.
_JOINERS = "\u200c\u200d"


def folded(side: str) -> str:
    """A side of an entry as it is compared: white space collapsed, casefolded."""
    return _collapsed(side).casefold()


def same(left: GlossaryEntry, right: GlossaryEntry) -> bool:
    """Whether two entries are one, differing at most in capitals and white space."""
    return (folded(left.said), folded(left.meant)) == (folded(right.said), folded(right.meant))


def each_once(entries: Iterable[GlossaryEntry]) -> list[GlossaryEntry]:
    """The entries in the order of the alphabet, by `said`, then `meant`; of those that are one the first given."""
    kept: dict[tuple[str, str], GlossaryEntry] = {}
    for entry in entries:
        kept.setdefault((folded(entry.said), folded(entry.meant)), entry)
    return [kept[key] for key in sorted(kept)]


def checked(entry: GlossaryEntry, analyser: Analyser) -> GlossaryEntry:
    """The entry as it is stored: as typed, but for its white space. Raises RequestError where it cannot serve."""
    said, meant = (_checked_side(side, analyser) for side in (entry.said, entry.meant))
    if _is_everywhere(said, analyser):
        raise RequestError(f"“{said}” is said all the time, so it would find everything; note more of what is said.")
    if way_of(said, analyser) == way_of(meant, analyser):
        raise RequestError(f"“{said}” and “{meant}” are already the same word: asking for one finds the other.")
    return GlossaryEntry(said, meant)


def _checked_side(side: str, analyser: Analyser) -> str:
    side = _collapsed(side)
    if len(side) > LONGEST_SIDE:
        raise RequestError(f"Each side of a glossary entry has at most {LONGEST_SIDE} characters, not {len(side)}.")
    if any(unicodedata.category(character) in _UNSEEN for character in side if character not in _JOINERS):
        raise RequestError(f"{side!a} holds a character that cannot be seen; type it anew.")
    if not any(character.isalnum() for token in analyser.tokens(side) for character in token.word):
        raise RequestError(f"{side!r} holds no word; each side of a glossary entry needs one.")
    return side


def _is_everywhere(said: str, analyser: Analyser) -> bool:
    """Whether it is a stop word by itself; in a script without spaces a character that looks like one may be a word."""
    tokens = list(analyser.tokens(said))
    return len(tokens) == 1 and tokens[0].is_stop_word and not is_unspaced(said)


def _collapsed(text: str) -> str:
    return " ".join(text.split())
