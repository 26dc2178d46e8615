"""Invisible characters, in sets named for what they do to a text.

A set is written to stand in the brackets of a regular expression. The sets differ because what may be removed differs:
a card may show less than a text has, a stored text must stay what was said, and a joiner is part of the spelling.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

CONTROLS = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
"""The control characters that are not white space: never part of a text, and obeyed by terminals."""

LINE_ENDS = r"\x0b-\x0d\x1c-\x1f\x85"
"""The control characters that are white space, except tab and line feed: some programs end a line at them."""

SURROGATES = r"\ud800-\udfff"
"""Lone surrogates: JSON can spell them, but UTF-8, and with it SQLite, cannot store them."""

DIRECTIONS = r"\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069"
"""Direction marks: a line with one can be shown in another order than it is written in."""

NON_JOINER = "\u200c"
JOINERS = NON_JOINER + "\u200d"
"""The joiners are spelling: Persian and the scripts of India are written with them, and so are some emoji."""

EMPTY = r"\u200B\u2060\uFEFF"
"""Zero-width spaces and the byte order mark: fillers of empty lines, or left behind by an editor; never spelling."""

VARIANTS = r"\u180B-\u180F\uFE00-\uFE0F"
"""Variation selectors, which choose the shape of the character before them; many emoji have one."""

RARE_VARIANTS = r"\U000E0100-\U000E01EF"
"""Variation selectors for rare shapes of Chinese characters, as in names."""

STRAY = rf"\u00AD\u034F\u2061-\u2064{EMPTY}{DIRECTIONS}"
"""What is copied along with words and is not part of them: the above, soft hyphens and invisible operators."""

INVISIBLE = STRAY + VARIANTS + JOINERS
"""What may stand inside a word that is looked up; a language decides whether its joiners count."""

UNSEEN = r"\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800"
"""All that is drawn as nothing or as a box: the above, private and unassigned characters, fillers and the empty
Braille cell. White space is in it where it counts as a control character. For patterns of `regex` alone."""


def remove_unseen(text: str) -> str:
    """Remove invisible characters, to show a text or compare names; turn its white space into spaces before."""
    return str(_unseen_pattern().sub("", text, concurrent=False))


@functools.cache
def _unseen_pattern() -> regex.Pattern[str]:
    # Loaded late: `cuepoint --version` should not wait for a package of patterns.
    import regex

    return regex.compile(f"[{UNSEEN}]")
