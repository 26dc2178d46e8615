"""What people say around what they ask: "can you explain ... plz", "bert vs gpt", "in this video", "like I'm five".

These are the stop words of questions alone. Nobody who explains a loss function says "plz", and a talk that does say
"explain" is no better an answer for it; in quoted phrases, and in what is stored, they are words like all others.
Leaving them out of long questions is worth more than most ways of weighing their words (Huston and Croft, "Evaluating
verbose query processing techniques", SIGIR 2010, who call them stop structures).

The folder `stop_phrases` has a file for each language and a pattern on each line: a regular expression in which a space
stands for any spaces and an apostrophe for any apostrophe or none, `{name}` for the pattern that `name = ...` gives.
Patterns are in lower case, and words in capitals are not searched for them (PLS, ECC, US), unless all of the question
is in capitals. `{end}` stands for the end of the question or punctuation. A line `< pattern` is only for the beginning
of a question or after punctuation; `before ... last words` blanks those words at the end of a question that has the
other pattern before them: "what does attention *mean*", but "the geometric mean".
Precision comes first there. Nothing is listed that may be what somebody asks about: "video" is only left out where it
is "this video", "u" not at all (a U-Net), "show" not after "how do I".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

_FOLDER = resources.files("storage.analysis") / "stop_phrases"
_NAMED = re.compile(r"(\w+) = (.+)")
_PUNCTUATION = r"[,;:!?…\(\)\[\]–—。、！？\n]|\.(?!\w)"
_WORD = re.compile(r"\w+([./]\w+)*")
_GIVEN = {"end": rf"(?=\s*(?:\Z|{_PUNCTUATION}))"}
_AT_BEGINNING = r"(?:\A|(?<=[,;:!?….\(\)\[\]–—。、！？\n]))\s*"
_WORD_BEGINS = r"(?<!\w)(?<!\w-)(?=\w)"
_WORD_ENDS = r"(?!\w|-\w)"
# One phrase may only stand at the edge when another is gone: "explain dropout pls thanks".
_MAX_PASSES = 3

# In any language. Whoever greets a bot and then asks puts a comma in between, and asks in more than one word: neither
# "hello world" nor "Hello, Dolly" greets.
_GREETING = (
    r"\A\s*(hey|hi|hello|yo|hallo|hola|bonjour|salut|ciao|olá|oi|привет)"
    r"(\s+(there|all|guys|everyone|folks)(?!\w)[\s,!.:]*(?=\w)|\s*[,!.]+(?=\s+\w\S*\s+\w))"
)
# EXPLAIN PLAN and DESCRIBE table are statements of SQL, and who defines a function writes a program.
_REQUEST = (
    r"\A\s*((please|plz|pls)\s+)?(explain|describe|summari[sz]e|elaborate\s+on|define(?!\s+((a|an|the|new)\s+)?"
    r"(functions?|variables?|macros?|class(es)?|methods?|types?|constants?)\b))"
    r"(?=\s+\w)(?!\s+(plans?|tables?|analy[sz]e|quer(y|ies)|select|statements?|commands?|output|verbose)\b)"
)
_ASKS = (
    r"(how|what|what's|why|when|where|who|which|is|are|was|were|can|could|do|does|did|should|would|will|has|have"
    r"|explain|describe|define|tell|name|list|was|wie|warum|wann|wo|wer|welche[rsmn]?|erkläre?|qué|que|cómo|como"
    r"|cuándo|dónde|por|quel(le)?s?|comment|pourquoi|quand|che|cosa|come|perché|wat|hoe|waarom|что|как|почему)"
)
_NUMBERING = rf"\A\s*(\(?\d{{1,2}}[.)]|q\d{{0,2}}[.)])(?=\s*{_ASKS}(?!\w))"
_LABEL = (
    r"(?:\A|(?<=\n))[^\S\n]*(q|a|question|answer|ans|tl;?\s?dr|TL;?\s?DR)\s*[:：]"
    r"|(?<=[\s?!.])(a|ans|answer|tl;?dr|TL;?DR)\s*[:：](?=\s*\Z)"
)
_ABBREVIATION = rf"(?<![\w/])(e\.\s?g\.?|i\.\s?e\.?|w/o?|b/c(?!\s+ratio)|y/n{_GIVEN['end']})(?![\w/])"
# Operators of other search engines, which are written in capitals there. This grammar has none of them. A gate or an
# operator of a programming language is asked about: "an AND gate", "bitwise OR in C".
_OPERATOR = (
    r"(?<=[\w)\]]\s)(?<!\ban\s)(?<!\bthe\s)(?<!\bis\s)(?<!\bof\s)(?<!\bwise\s)(?<!bitwise\s)(?<!logical\s)"
    r"(AND|OR)(?=\s+[\w\(])"
    r"(?!\s+(?i:gates?|null|not|and|or|in|is|are|operat\w+|functions?|clauses?|circuits?|conditions?|logic)\b)"
)
_BEGINNINGS = tuple(re.compile(pattern) for pattern in (_GREETING, _NUMBERING, _REQUEST))
_EVERYWHERE = (_LABEL, _ABBREVIATION, _OPERATOR)


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The stop phrases of a language: those of any place, and the last words of questions with what stands before."""

    anywhere: re.Pattern[str]
    endings: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


def blank_stop_phrases(text: str, language: str) -> str:
    """Return a question with its stop phrases blanked out; every other character keeps its place.

    `language` is that of the library; what English speakers say is known everywhere.
    """
    phrases = _phrases_of(language)
    asked = text if text.islower() else _lower_words(text)
    blanked = asked
    for _ in range(_MAX_PASSES):
        before, blanked = blanked, phrases.anywhere.sub(_blank, _blank_beginning(blanked))
        if before == blanked:
            break
    for earlier, last_words in phrases.endings:
        match = last_words.search(blanked)
        # "Ich möchte mehr Wissen" ends with a noun.
        as_typed = match and (text[match.start()].islower() or text.isupper())
        if match and as_typed and earlier.search(asked, 0, match.start()):
            blanked = blanked[: match.start()] + _blank(match) + blanked[match.end() :]
    return "".join(old if new != " " else new for old, new in zip(text, blanked, strict=True))


def _lower_words(text: str) -> str:
    """Return a question in lower case, save for its words in capitals: PLS is a method, unless all is shouted."""
    if text.isupper():
        return _lower(text)
    return _WORD.sub(lambda match: match[0] if match[0].isupper() and len(match[0]) > 1 else _lower(match[0]), text)


def _lower(text: str) -> str:
    # A letter whose small form is longer would move all that follows.
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _blank_beginning(text: str) -> str:
    for pattern in _BEGINNINGS:
        text = pattern.sub(_blank, text, 1)
    return text


@functools.cache
def _phrases_of(language: str) -> _Phrases:
    lines = [line for name in dict.fromkeys(("en", language)) for line in _read_lines(name)]
    endings = [line.split(" ... ") for line in lines if " ... " in line]
    others = [line for line in lines if " ... " not in line]
    first = "|".join(_as_regex(line[2:]) for line in others if line.startswith("< "))
    anywhere = "|".join(_as_regex(line) for line in others if not line.startswith("< "))
    listed = rf"{_AT_BEGINNING}(?=\w)(?:{first}){_WORD_ENDS}|{_WORD_BEGINS}(?:{anywhere}){_WORD_ENDS}"
    return _Phrases(
        re.compile("|".join([*map(_without_groups, _EVERYWHERE), _without_groups(listed)])),
        tuple(
            (
                re.compile(rf"(?<!\w)(?:{_as_regex(before)})(?!\w)"),
                re.compile(rf"(?<=\s)(?:{_as_regex(last)})(?=[\s?!.]*\Z)"),
            )
            for before, last in endings
        ),
    )


def _as_regex(line: str) -> str:
    return line.replace("'", "['’‘ʼ＇]?").replace(" ?", r"\s*").replace(" ", r"\s+")


def _without_groups(pattern: str) -> str:
    """Return a pattern without capturing groups, which is searched for faster."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _read_lines(language: str) -> Iterator[str]:
    """Yield the patterns of a language's file, names replaced; none where it has no file."""
    path = _FOLDER / f"{language}.txt"
    if not language.isalpha() or not path.is_file():
        return
    named = dict(_GIVEN)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for name, pattern in named.items():
                line = line.replace(f"{{{name}}}", pattern)
            if given := _NAMED.fullmatch(line):
                named[given[1]] = given[2]
            else:
                yield line
