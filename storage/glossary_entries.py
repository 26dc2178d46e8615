"""Glossary entries: when two are the same, and which are refused."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from storage.analysis import Analyser, is_unspaced
from storage.characters import JOINERS, RARE_VARIANTS, UNSEEN, VARIANTS
from storage.errors import RequestError
from storage.models import GlossaryEntry
from storage.ranking.query.glossary import run_of
from storage.sentences import sentence

MAX_SIDE_LENGTH = 100
"""Characters that either side of an entry may have."""
MAX_ENTRIES = 1000
"""Entries that the glossary of one library may have."""

_TYPED_UNSEEN = f"{JOINERS}{VARIANTS}{RARE_VARIANTS}"
"""Joiners are spelling, and variation selectors come with emoji and names: people type them without knowing."""
# Where they are neither: after nothing, after a letter of a script that has no use for them, in a row, and at the end
# of a word. A sign of a script of India takes one at the end, and so does an emoji.
_UNTYPED = regex.compile(
    f"(?![{_TYPED_UNSEEN}])[{UNSEEN}]"
    rf"|(?:^|[\s\p{{Latin}}\p{{Greek}}\p{{Cyrillic}}{JOINERS}])[{_TYPED_UNSEEN}]"
    f"|[{VARIANTS}{RARE_VARIANTS}]{{2}}"
    rf"|\p{{L}}[{JOINERS}](?:\s|$)"
)


def fold_side(side: str) -> str:
    """Return a side of an entry as it is compared: white space collapsed, casefolded."""
    return _collapse_spaces(side).casefold()


def is_same_entry(left: GlossaryEntry, right: GlossaryEntry) -> bool:
    """Return whether two entries are one, differing at most in capitals and white space."""
    return (fold_side(left.said), fold_side(left.meant)) == (fold_side(right.said), fold_side(right.meant))


def distinct_entries(entries: Iterable[GlossaryEntry]) -> list[GlossaryEntry]:
    """Return the entries in alphabetical order, by `said`, then `meant`; of entries that are the same, the first."""
    distinct: dict[tuple[str, str], GlossaryEntry] = {}
    for entry in entries:
        distinct.setdefault((fold_side(entry.said), fold_side(entry.meant)), entry)
    return [distinct[key] for key in sorted(distinct)]


def check_entry(entry: GlossaryEntry, analyser: Analyser) -> GlossaryEntry:
    """Return an entry as it is stored: as typed, but for its white space. Raises RequestError where it cannot serve."""
    said, meant = (_check_side(side, analyser) for side in (entry.said, entry.meant))
    if _is_stop_word(said, analyser):
        words = sentence(
            "“{said}” is said all the time, so it would find everything; note more of what is said.", said=said
        )
        raise RequestError(words)
    if run_of(said, analyser) == run_of(meant, analyser):
        words = sentence(
            "“{said}” and “{meant}” are already the same word: asking for one finds the other.", said=said, meant=meant
        )
        raise RequestError(words)
    return GlossaryEntry(said, meant)


def _check_side(side: str, analyser: Analyser) -> str:
    side = _collapse_spaces(side)
    if len(side) > MAX_SIDE_LENGTH:
        words = sentence(
            "Each side of a glossary entry has at most {most} characters, not {count}.",
            most=MAX_SIDE_LENGTH,
            count=len(side),
        )
        raise RequestError(words)
    if _UNTYPED.search(side, concurrent=False):
        raise RequestError(
            sentence("“{text}” holds a character that cannot be seen; type it anew.", text=ascii(side)[1:-1])
        )
    if not any(character.isalnum() for token in analyser.tokens(side) for character in token.word):
        raise RequestError(sentence("“{text}” holds no word; each side of a glossary entry needs one.", text=side))
    return side


def _is_stop_word(said: str, analyser: Analyser) -> bool:
    """Return whether a side is one stop word and nothing else. In a script without spaces that is never so: a character
    that looks like a stop word may be a word."""
    tokens = list(analyser.tokens(said))
    return len(tokens) == 1 and tokens[0].is_stop_word and not is_unspaced(said)


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())
