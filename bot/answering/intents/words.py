"""The words of a message as they are compared with phrases, and where they stand in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from bot.answering.intents.phrases import fold_word, known_spellings, known_words, listed
from bot.answering.question import find_operators
from storage.characters import JOINERS, VARIANTS

QUOTED, SIGN = '"', "\0"
"""Stand for a phrase in quotation marks and the filter `video:`, and for all else that is no word: other operators,
and signs that mean something. No phrase has them, so that what the asker wrote on purpose is a question."""

_EMOTICON = r"(?<![\p{L}\p{N}])(?:[:;=]['’]?-?[()\[\]dDpP/\\|3oO*]+|<3+|\^_*\^|[(]:)(?![\p{L}\p{N}])"
_SPOKEN_EMOJI = "👋🙏❤💖💕💙💜♥🫶"
_MENTION = r"<(?:@[!&]?\d+|\#\d+|/[^<>:]{1,100}:\d+|id:\w+)>|@(?:everyone|here|cuepoint)\b"
_DRAWN = rf"<a?:\w{{1,32}}:\d+>|:\w{{2,32}}:|{_EMOTICON}"
_EMOJI = rf"[\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}\p{{Regional_Indicator}}\u20E3{VARIANTS}{JOINERS}]"
_JOINED = r"[-'’‘ʼ＇./&@+\#_]"
_LETTERS = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*+"
_PIECE = regex.compile(
    rf"""
    {_MENTION} | {_DRAWN}
    | (?P<word> (?:(?<!\S)[/!])? {_LETTERS} (?:{_JOINED}{_LETTERS})*+ | [{_SPOKEN_EMOJI}] )
    | {_EMOJI} | [\s~] | (?![/@\#\\%&"*_])\p{{P}} | [*_]+
    | (?P<sign> . )
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.DOTALL,
)
_UNSAID = regex.compile(rf"\A(?:{_MENTION}|\s)++|(?<!\s)(?:{_MENTION}|\s)++\Z", regex.IGNORECASE)
_SHOWN = regex.compile(rf"{_DRAWN}|{_EMOJI}|[.?!…]")
_BREAK = regex.compile(rf"{_DRAWN}|{_EMOJI}|[.!?…\n。！？]")

_LAUGH = re.compile(r"a?h?(?:ha|he|hi|ah|ja){2,}h?|lo+lo+l|rs(?:rs)+|k{3,}|(?:ha){2,}")
_RUN = re.compile(r"(.)\1{2,}")
_LAST_RUN = re.compile(r"([aeiouy])\1$|(?<=...)(.)\2$")
"""A doubled last letter that may be drawn out ("hii", "yess"): a GMM is no gm."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands: `text[start:end]`. `value` is what an operator is about."""

    folded: str
    start: int
    end: int
    value: str = ""


def read_words(text: str) -> list[Word]:
    """Return the words of a text. Punctuation, emoji and mentions are none; a word said several times in a row is one,
    and so is an operator of the question grammar."""
    words: list[Word] = []
    at = 0
    for operator in find_operators(text):
        words += _plain_words(text, at, operator.start)
        named = operator.kind in ("phrase", "video")
        words.append(Word(QUOTED if named else SIGN, operator.start, operator.end, operator.value))
        at = operator.end
    words += _plain_words(text, at, len(text))
    return words


def write_phrase(words: Sequence[Word]) -> str:
    """Return words as the phrase that they make, in the form in which patterns have it."""
    return " ".join(word.folded for word in words)


def is_blank(text: str) -> bool:
    """Return whether a text has nothing in it but white space and mentions."""
    return not strip_mentions(text)


def strip_mentions(text: str) -> str:
    """Return a text without the white space and the mentions at its ends."""
    return str(_UNSAID.sub("", text, concurrent=False))


def is_expression(text: str) -> bool:
    """Return whether a text without words says something all the same, with emoji or an ellipsis."""
    return _SHOWN.search(text, concurrent=False) is not None


def parts_sentences(gap: str) -> bool:
    """Return whether what stands between two words parts sentences; a comma does not."""
    return _BREAK.search(gap, concurrent=False) is not None


def _plain_words(text: str, start: int, end: int) -> Iterator[Word]:
    before = ""
    for piece in _PIECE.finditer(text, start, end, concurrent=False):
        if piece["word"]:
            for word, begin in _part_recording(piece["word"], piece.start()):
                folded = _fold_spoken(word)
                if folded != before:
                    yield Word(folded, begin, begin + len(word))
                before = folded
        elif piece["sign"]:
            yield Word(SIGN, piece.start(), piece.end())
            before = ""


def _part_recording(word: str, start: int) -> list[tuple[str, int]]:
    """Return a word and where it stands; in two where its end says that it names a recording ("BERT-Video")."""
    name, hyphen, ending = word.rpartition("-")
    if not hyphen or fold_word(ending) not in listed("recording"):
        return [(word, start)]
    return [(name, start), (ending, start + len(name) + 1)]


@functools.lru_cache(10_000)
def _fold_spoken(word: str) -> str:
    """Return a word as phrases have it; of one that is drawn out ("heyyy", "thaanks") the word that is meant."""
    folded = fold_word(word)
    folded, known = known_spellings().get(folded, folded), known_words()
    if folded in known:
        return folded
    if _LAUGH.fullmatch(folded):
        return "haha"
    meant = (_RUN.sub(r"\1\1", folded), _RUN.sub(r"\1", folded), _LAST_RUN.sub(r"\1\2", folded))
    return next((shorter for shorter in meant if shorter in known), folded)
