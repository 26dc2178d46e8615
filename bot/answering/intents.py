"""Tells what a message is: a question, small talk, or a wish for something else than an answer. Pure, and offline.

The folder `intent_patterns` has a file for each language. A line `[kind]` begins the patterns of a kind; each line below
is one: words in lower case, without apostrophes and accents, in which `(a|b|)` stands for any of several words or none,
and `{name}` for what a line `name = a|b` lists. `{name}` of [show] and `{subject}` of [list about] are what is asked for.

- [greeting], [thanks] and [remark] are said as they stand, one after another: "ok cool thanks".
- [alone] is a remark only where it is all of a message: "test".
- [opening] and [closing] may stand around anything, and are no part of it.
- [help], [identity], [list], [list about], [show] and [more] are wishes, and [request] what may stand before one.

Precision comes first: a message is a question unless all of its words are known to be something else.
"""

from __future__ import annotations

import enum
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

import regex

from bot.answering.question import Operator, find_operators
from storage.analysis import fold
from storage.characters import JOINERS, STRAY, VARIANTS

LANGUAGES = ("en", "de", "es", "fr", "ja", "pt")
"""The languages with a file, in the order in which they are looked into."""


class IntentKind(enum.Enum):
    """What a message is."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    REMARK = "remark"
    HELP = "help"
    IDENTITY = "identity"
    LIST_VIDEOS = "list"
    SHOW_VIDEO = "show"
    MORE = "more"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message is, and the words that matter of it.

    `words` are what a question searches for, without polite words at its ends; for LIST_VIDEOS the subject, or ""; for
    SHOW_VIDEO the name of the video, or "" for the one that was spoken of last ("what is this video about?"). A name or
    a subject is only what the words look like: where no video is called so, the message is best searched for.
    `language` is that of the pattern that told, "" for a question.
    """

    kind: IntentKind
    words: str = ""
    language: str = ""


_FOLDER = resources.files("bot.answering") / "intent_patterns"
_MAX_PHRASE = 10
"""Words of a phrase, at most."""
_MAX_WISH = 24
"""Words of a wish with the name of a video, at most."""
_SOCIAL = ("thanks", "greeting", "remark", "closing", "opening")
"""What is said beside questions; of several the first tells what a message is."""
_WISHES = ("help", "identity", "list", "more")
_KINDS = {
    "thanks": IntentKind.THANKS, "greeting": IntentKind.GREETING, "help": IntentKind.HELP,
    "identity": IntentKind.IDENTITY, "list": IntentKind.LIST_VIDEOS, "list about": IntentKind.LIST_VIDEOS,
    "show": IntentKind.SHOW_VIDEO, "more": IntentKind.MORE,
}  # fmt: skip

_STRAY = regex.compile(f"[{STRAY}]")
# What stands between words and says nothing: punctuation, emoji, emoticons, and what Discord writes for those.
_EMOTICON = r"(?<![\p{L}\p{N}])(?:[:;=]['’]?-?[()\[\]dDpP/\\|3oO*]+|<3+|\^_*\^|[(]:)(?![\p{L}\p{N}])"
_NOTHING = (
    rf"[\s\p{{P}}\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}\p{{Regional_Indicator}}\u20E3~^{VARIANTS}{JOINERS}"
    r"--[/@#\\%&\"]]"
)
_PIECE = regex.compile(
    rf"""
    (?P<gap> <(?:@[!&]?\d+|\#\d+|a?:\w{{1,32}}:\d+|/[^<>:]{{1,100}}:\d+|id:\w+)> | @(?:everyone|here|cuepoint)\b
           | :\w{{2,32}}: | {_EMOTICON} )
    | (?P<word> (?:(?<!\S)[/!])? [\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}]*+ (?:[-'’‘ʼ＇./&@+\#_][\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}]*+)*+
              | [👋🙏❤💖💕💙💜♥🫶] )
    | {_NOTHING}
    | (?P<sign> . )
    """,
    regex.VERBOSE | regex.VERSION1 | regex.IGNORECASE | regex.DOTALL,
)
_LAUGH = re.compile(r"a?h?(?:ha|he|hi|ah|ja){2,}h?|l+o+l+(?:ol)*|(?:ha){2,}")
_RUN = re.compile(r"(.)\1{2,}")
_LAST_RUN = re.compile(r"(.)\1$")
_STRONG = regex.compile(r"[.!?…\n。！？\p{Extended_Pictographic}]|:\w{2,32}:|[:;]-?[)(dDpP]")
_SIGN, _QUOTED = "\0", '"'


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is compared, and where it stands; an operator is `_QUOTED` or `_SIGN`, which is in no pattern."""

    folded: str
    start: int
    end: int
    name: str = ""


def recognize_intent(text: str) -> Intent:
    """Tell what a message is. Never raises, whatever the text is."""
    text = _STRAY.sub("", text, concurrent=False)
    words = _read_words(text)
    if not words:
        shown = regex.sub(r"<@[!&]?\d+>|@(?:everyone|here|cuepoint)\b|\s", "", text, concurrent=False, flags=regex.I)
        return Intent(IntentKind.REMARK if shown else IntentKind.EMPTY, language="en" if shown else "")
    if (intent := _recognize_small_talk(words)) is not None:
        return intent
    start, end = _trim(text, words)
    kept = words[start:end]
    if (intent := _recognize_wish(text, kept) or _recognize_small_talk(kept)) is not None:
        return intent
    return Intent(IntentKind.QUESTION, _cut(text, words, start, end))


def _cut(text: str, words: Sequence[_Word], start: int, end: int) -> str:
    """Return a text from one of its words to another, with the punctuation that belongs to them."""
    left = words[start].start if start else 0
    right = words[end - 1].end if end < len(words) else len(text)
    if end < len(words):
        following = text[right : words[end].start]
        right += len(following) - len(following.lstrip("?!.)]}»”\"'…"))
    return text[left:right].strip()


def _read_words(text: str) -> list[_Word]:
    """Return the words of a text, operators of the question grammar as one word each."""
    words: list[_Word] = []
    at = 0
    for operator in [*find_operators(text), None]:
        words += _plain_words(text, at, operator.start if operator else len(text))
        if operator:
            quoted = operator.kind in ("phrase", "video")
            words.append(_Word(_QUOTED if quoted else _SIGN, operator.start, operator.end, operator.value))
            at = operator.end
    return words


def _plain_words(text: str, start: int, end: int) -> Iterator[_Word]:
    before = ""
    for piece in _PIECE.finditer(text, start, end, concurrent=False):
        if piece["word"]:
            folded = _fold_word(piece["word"])
            if folded != before:  # "hi hi hi"
                yield _Word(folded, piece.start(), piece.end())
            before = folded
        elif piece["sign"]:
            yield _Word(_SIGN, piece.start(), piece.end())
            before = _SIGN


@functools.lru_cache(10_000)
def _fold_word(word: str) -> str:
    """Return a word as patterns have it: without capitals, marks, apostrophes and what is only drawn out ("heyyy")."""
    folded = _fold_letters(word)
    known = _known_words()
    if folded in known:
        return folded
    if _LAUGH.fullmatch(folded):
        return "haha"
    drawn_out = (_RUN.sub(r"\1", folded), _RUN.sub(r"\1\1", folded), _LAST_RUN.sub(r"\1", folded))
    for shorter in drawn_out[:2] if len(folded) < 4 else drawn_out:
        if shorter in known:
            return shorter
    return folded


def _fold_letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", fold(text))
    return re.sub("['’‘ʼ]", "", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def _trim(text: str, words: Sequence[_Word]) -> tuple[int, int]:
    """Return which words are left without what is polite at the ends."""
    start, end = 0, len(words)
    while True:
        before = start, end
        start = _trim_beginning(text, words, start, end)
        end = _trim_end(text, words, start, end)
        if before == (start, end):
            return before


def _trim_beginning(text: str, words: Sequence[_Word], start: int, end: int) -> int:
    for kinds in (("greeting", "thanks"), ("opening",), ("remark",)):
        length = _longest_phrase(words[start:end], kinds)
        following = start + length
        if length and following < end and _may_follow(text, words, kinds, following, end):
            return following
    return start


def _may_follow(text: str, words: Sequence[_Word], kinds: Sequence[str], place: int, end: int) -> bool:
    """Return whether a question may begin at a place, behind polite words: "hello world programs" is one whole."""
    gap = text[words[place - 1].end : words[place].start]
    rest = " ".join(word.folded for word in words[place : min(place + 3, end)])
    asks = _asks().match(rest) is not None
    if "greeting" in kinds and _STRONG.search(gap, concurrent=False):
        return True
    if gap.strip():
        return asks or (end - place >= 3 and "greeting" in kinds)
    return asks and "remark" not in kinds


def _trim_end(text: str, words: Sequence[_Word], start: int, end: int) -> int:
    for length in range(min(_MAX_PHRASE, end - start - 1), 0, -1):
        place = end - length
        phrase = " ".join(word.folded for word in words[place:end])
        gap = text[words[place - 1].end : words[place].start]
        if _language_of(phrase, "closing"):
            if gap.strip() or (words[place - 1].folded not in _CARRY_ON and place - start > 1):
                return place
        elif _STRONG.search(gap, concurrent=False) and _language_of(phrase, "thanks"):
            return place
    return end


_CARRY_ON = frozenset(
    "say says said saying to of a an the word words or and no many with for by is are was were mean means write type "
    "express give gives gave respond answer reply using use between versus vs not without in on called than about like "
    "as does do".split()
)
"""Words that go on with what follows: "how do you say thank you?"."""


def _longest_phrase(words: Sequence[_Word], kinds: Sequence[str]) -> int:
    """Return how many words from the beginning are a phrase of some kinds; 0 for none."""
    for length in range(min(_MAX_PHRASE, len(words)), 0, -1):
        phrase = " ".join(word.folded for word in words[:length])
        if any(_language_of(phrase, kind) for kind in kinds):
            return length
    return 0


def _recognize_small_talk(words: Sequence[_Word]) -> Intent | None:
    """Tell what a message is that consists of known phrases alone, of which at most one is a wish."""
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        for length in range(min(_MAX_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(word.folded for word in words[at : at + length])
            kind, language = next(_kinds_of(phrase, (*_WISHES, *_SOCIAL)), ("", ""))
            if kind:
                break
        else:
            break
        found.setdefault(kind, language)
        at += length
    if at < len(words) or sum(kind in _WISHES for kind in found) > 1:
        whole = " ".join(word.folded for word in words[: _MAX_PHRASE + 1])
        language = _language_of(whole, "alone") if len(words) <= _MAX_PHRASE else ""
        return Intent(IntentKind.REMARK, language=language) if language else None
    kind = next(kind for kind in (*_WISHES, *_SOCIAL) if kind in found)
    return Intent(_KINDS.get(kind, IntentKind.REMARK), language=found[kind])


def _recognize_wish(text: str, words: Sequence[_Word]) -> Intent | None:
    """Tell which wish a whole message is, with the video or the subject that it names."""
    if not words or len(words) > _MAX_WISH:
        return None
    asked = _longest_phrase(words, ("request",))
    for wish in (words, words[asked:]) if 0 < asked < len(words) else (words,):
        phrase = " ".join(word.folded for word in wish)
        for kind, language in _kinds_of(phrase, _WISHES):
            return Intent(_KINDS[kind], language=language)
        for kind in ("list about", "show"):
            for language in LANGUAGES:
                if (name := _find_name(text, wish, phrase, language, kind)) is not None:
                    return Intent(_KINDS[kind], name, language)
    return None


def _find_name(text: str, words: Sequence[_Word], phrase: str, language: str, kind: str) -> str | None:
    patterns = _patterns_of(language)
    for pattern, slot in patterns.with_names.get(kind, ()):
        if (match := pattern.fullmatch(phrase)) is None:
            continue
        first = phrase.count(" ", 0, match.start("name"))
        named = words[first : first + match["name"].count(" ") + 1]
        if (name := _read_name(text, named, slot, patterns)) is not None:
            return name
    return None


def _read_name(text: str, words: Sequence[_Word], slot: str, patterns: _Patterns) -> str | None:
    """Return the name of a video as it was typed, without the word for a recording around it; None where it is none."""
    named = list(words)
    determiners, recordings = patterns.names["determiner"], patterns.names["recording"]
    while named and named[0].folded in determiners:
        named.pop(0)
    bare = len(named) == len(words)
    has_recording = any(word.folded in recordings or word.folded == _QUOTED for word in named)
    if slot == "recording name" and not has_recording:
        return None
    if slot == "bare name" and (
        has_recording or not bare or len(named) > 4 or _NOT_IN_NAMES & {w.folded for w in named}
    ):
        return None
    if slot in ("recording name", "name"):
        if len(named) > 2 and named[0].folded in recordings and named[1].folded in _OF_NAMES:
            named = named[2:]
        elif named and named[-1].folded in recordings:
            named = named[:-1]
        while named and named[0].folded in determiners:
            named.pop(0)
    if any(word.folded == _QUOTED for word in named):
        return " ".join(word.name for word in named if word.name)
    return text[named[0].start : named[-1].end] if named else ("" if slot == "recording name" else None)


_OF_NAMES = frozenset("about on called named titled of regarding with by from".split())
_NOT_IN_NAMES = frozenset(
    "a an the of in on for to how what why when who it this that and or vs between does do is are".split()
)


@dataclass(frozen=True)
class _Patterns:
    """The patterns of a language: whole phrases by their kind, those with a name in them, and lists of words."""

    whole: dict[str, re.Pattern[str]]
    with_names: dict[str, list[tuple[re.Pattern[str], str]]]
    names: dict[str, frozenset[str]]
    words: frozenset[str]


def _kinds_of(phrase: str, kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    for kind in kinds:
        if language := _language_of(phrase, kind):
            yield kind, language


@functools.lru_cache(20_000)
def _language_of(phrase: str, kind: str) -> str:
    """Return the language in which words are a phrase of a kind; "" for none."""
    for language in LANGUAGES:
        pattern = _patterns_of(language).whole.get(kind)
        if pattern and pattern.fullmatch(phrase):
            return language
    return ""


_SLOT = re.compile(r"\{(recording name|bare name|name|subject)\}")
_NAMED = re.compile(r"\{(\w+)\}")


@functools.cache
def _patterns_of(language: str) -> _Patterns:
    lists: dict[str, str] = {}
    whole: dict[str, list[str]] = {}
    with_names: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    words: set[str] = set()
    kind = ""
    path = _FOLDER / f"{language}.txt"
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        line = _fold_letters(line)
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            kind = line[1:-1]
        elif " = " in line:
            name, listed = line.split(" = ")
            lists[name] = listed
        else:
            words.update(re.findall(r"[^\W_]+", line))
            slot = _SLOT.search(line)
            line = _SLOT.sub(rf"(?P<name>[^{_SIGN}]+)", line)
            line = _NAMED.sub(lambda match: f"(?:{lists[match[1]]})", line)
            if slot:
                with_names.setdefault(kind, []).append((re.compile(line), slot[1]))
            else:
                whole.setdefault(kind, []).append(line)
    words.update(word for listed in lists.values() for word in re.findall(r"[^\W_]+", listed))
    return _Patterns(
        {kind: re.compile("|".join(lines)) for kind, lines in whole.items()},
        with_names,
        {name: frozenset(listed.split("|")) for name, listed in lists.items()} | {"determiner": _DETERMINERS},
        frozenset(words),
    )


_DETERMINERS = frozenset("the a an that this your my our der die das le la les el los o".split())


@functools.cache
def _known_words() -> frozenset[str]:
    return frozenset().union(*(_patterns_of(language).words for language in LANGUAGES))


@functools.cache
def _asks() -> re.Pattern[str]:
    wh = "what|whats|wat|wats|how|hows|why|when|where|wheres|who|whos|which|whose|whom"
    command = "explain|describe|define|compare|tell me|show me|give me|please|pls|find"
    pronoun = "you|u|i|we|he|she|they|it|this|that|there|the|someone|anyone|somebody|anybody|your"
    aux = "is|are|was|were|can|could|do|does|did|should|would|will|has|have|may|might"
    return re.compile(rf"(?:{wh}|{command}|(?:{aux}) (?:{pronoun}))(?: |$)")
