r"""The signs of ASS for line breaks, \N and \n, and for a space, \h: converters leave them in SubRip and WebVTT.

The same letters after a backslash begin words of LaTeX (\nabla) and the names of folders (C:\new), which people do show
in captions. A caption with any other backslash is taken for one of those and left as it is.
"""

from __future__ import annotations

import re

_SIGN = re.compile(r"\\([Nnh])([A-Za-z]*)")
_OTHER_BACKSLASH = re.compile(r"\\(?![Nnh])")
# "A:\NThis" is an answer and its text, no drive.
_DRIVE = re.compile(r"(?<![^\W_])[A-Za-z]:\\(?!N(?:[A-Z][a-z]|\s))")
_COMMANDS = frozenset((
    "nabla", "natural", "ne", "nearrow", "neg", "neq", "newcommand", "newline", "nexists", "ngeq", "ngtr", "ni",
    "nleq", "nless", "nmid", "noindent", "nolimits", "nonumber", "normalsize", "not", "notin", "nparallel", "nprec",
    "nsim", "nsubseteq", "nsucc", "nsupseteq", "nu", "num", "nwarrow", "hat", "hbar", "heartsuit", "hfill", "hline",
    "hom", "hookleftarrow", "hookrightarrow", "hphantom", "href", "hskip", "hslash", "hspace", "huge",
))  # fmt: skip
_QUOTES = "'\"`“”‘’«»"


def resolve_line_breaks(text: str) -> str:
    """Return the text of a cue with line feeds and spaces for the signs of ASS."""
    if "\\" not in text or _OTHER_BACKSLASH.search(text) or _DRIVE.search(text):
        return text
    return _SIGN.sub(_resolve_sign, text)


def _resolve_sign(sign: re.Match[str]) -> str:
    letter, rest = sign.groups()
    before = sign.string[max(0, sign.start() - 2) : sign.start()]
    after = sign.string[sign.end() : sign.end() + 1]
    is_command = letter != "N" and letter + rest in _COMMANDS
    # "a\ne b" is mathematics, "cane\ne gatto" is Italian.
    if is_command and (len(rest) > 1 or not (len(before) == 2 and before.isalpha())):
        return sign[0]
    if not rest and before and after and before[-1] in _QUOTES and after in _QUOTES:
        return sign[0]  # somebody speaks of the sign itself
    return (" " if letter == "h" else "\n") + rest
