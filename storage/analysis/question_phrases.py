"""What people say around what they ask: "can you explain ... plz", "bert vs gpt", "in this video", "like I'm five".

These are the stop words of questions alone. Nobody who explains a loss function says "plz", and a talk that does say
"explain" is no better an answer for it; in quoted phrases, and in what is stored, they are words like all others.
Leaving them out of long questions is worth more than most ways of weighing their words (Huston and Croft, "Evaluating
verbose query processing techniques", SIGIR 2010, who call them stop structures).

The folder `stop_phrases` has a file for each language and a pattern on each line: a regular expression in which a space
stands for any spaces and an apostrophe for any apostrophe or none, `{name}` for the pattern that `name = ...` gives.
Precision comes first there. Nothing is listed that may be what somebody asks about: "video" is only left out where it
is "this video", "u" not at all (a U-Net), "show" not after "how do I".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib import resources

_FOLDER = resources.files("storage.analysis") / "stop_phrases"
_NAMED = re.compile(r"(\w+) = (.+)")

# In any language. Whoever greets a bot and then asks puts a comma or the like in between: "hello world" is no greeting.
_GREETING = (
    r"\A\s*(hey|hi|hello|yo|hallo|hola|bonjour|salut|ciao|olá|oi|привет)"
    r"(\s+(there|all|guys|everyone|folks))?\s*[,!.:]+"
)
_REQUEST = r"\A\s*((please|plz|pls)\s+)?(explain|describe|define|summari[sz]e|elaborate\s+on)(?=\s+\S)"
_DISCUSSED = r"(?<=\s)(mentioned|discussed|explained|covered|talked\s+about|spoken\s+about|described)(?=[\s?!.]*\Z)"
_ABBREVIATION = r"(?<!\w)(e\.\s?g\.?|i\.\s?e\.?|w/o?|b/c|y/n|[dz]\.\s?[bh]\.|u\.\s?a\.|p\.\s?ex\.|p\.\s?ej\.)(?!\w)"
_NUMBERING = r"\A\s*(\(?\d{1,2}[.)]|q\d{0,2}[.)])(?=\s*[^\W\d])"
_LABEL = r"(?<!\w)(q|a|question|answer|ans|tl;?\s?dr)\s*[:：]"
# Operators of other search engines, which are written in capitals there. This grammar has none of them.
_OPERATOR = r"(?<!\w)(?-i:AND|OR|NOT)(?!\w)"
_EVERYWHERE = (_GREETING, _REQUEST, _NUMBERING, _LABEL, _ABBREVIATION, _OPERATOR, _DISCUSSED)
# "What does attention mean?", but not "the geometric mean".
_MEANING = re.compile(
    r"\A(?=\W*((and|so)\s+)?what\s+(do|does|did|would)\b)(?P<rest>.*\s)means?(?=[\s?!.]*\Z)",
    re.IGNORECASE | re.DOTALL,
)


def blank_stop_phrases(text: str, language: str) -> str:
    """Return a question with its stop phrases blanked out; every other character keeps its place.

    `language` is that of the library; what English speakers say is known everywhere.
    """
    blanked = _pattern_of(language).sub(lambda match: " " * len(match.group()), text)
    if meaning := _MEANING.match(blanked):
        last = meaning.end("rest")
        blanked = blanked[:last] + " " * (meaning.end() - last) + blanked[meaning.end() :]
    return blanked


@functools.cache
def _pattern_of(language: str) -> re.Pattern[str]:
    listed = [pattern for name in dict.fromkeys(("en", language)) for pattern in _read_patterns(name)]
    return re.compile("|".join([*_EVERYWHERE, rf"\b(?=\w)({'|'.join(listed)})(?!\w)"]), re.IGNORECASE | re.DOTALL)


def _read_patterns(language: str) -> Iterator[str]:
    """Yield the patterns of a language's file; none where it has no file."""
    path = _FOLDER / f"{language}.txt"
    if not language.isalpha() or not path.is_file():
        return
    named: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for name, pattern in named.items():
                line = line.replace(f"{{{name}}}", pattern)
            if given := _NAMED.fullmatch(line):
                named[given[1]] = given[2]
            else:
                yield line.replace("'", "['’‘ʼ＇]?").replace(" ?", r"\s*").replace(" ", r"\s+")
