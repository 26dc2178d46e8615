"""Completes what is asked after an answer: "and what about its cost?" is asked with the last question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.answering.question import find_operators
from storage.analysis import Token, analyser_for, blank_stop_phrases, guess_language

LANGUAGES = ("en", "de", "fr", "es", "pt")
"""The languages whose follow-ups are known."""
MAX_CONTENT_WORDS = 12
"""Content words of a completed question, at most: what was asked long ago drops out."""

_POINTING = frozenset(
    """
    one ones other another example examples detail details part parts first second third last next previous video videos
    talk lecture said say says mean means meant elaborate explain exactly thing things point reason way again
    """.split()
)
"""Words that point back, and say nothing alone: "the second one", "what does he mean"."""
_CONTINUES = re.compile(
    r"\W*(?:(?:and|but|or|so|ok|then|also)\W+)?(?:what|how) (?:about|of)\b|\W*(?:and|or|but)\b(?!\W+(?:what|how|why|when|where|who|which|is|are|was|were|do|does|did|can)\b)",
    re.I,
)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|he|she|his|her|him)\b|\b(?:that|this|those|these)\W*$|\b(?:is|does|do|did|was|why|how|about|by|with|on|of|for) (?:that|this|those|these)\b",
    re.I,
)
_DUMMY = re.compile(r"\b(?:is|was) it [a-z]+ (?:to|that)\b|\bdoes it (?:mean|take) to\b", re.I)


def complete_question(text: str, last: str) -> str | None:
    """Return what is asked by a text that needs the last question to be understood; None for a question of its own.

    What is asked are the content words of both, and the operators of both; where both have the same filter, the text's.
    """
    plain = _blank_operators(text)
    own = list(_content_words(plain))
    limit = 2 if _CONTINUES.match(plain) or (_POINTS.search(plain) and not _DUMMY.search(plain)) else 0
    if len(own) > limit or not last.strip():
        return None
    filters = {operator.kind for operator in find_operators(text)}
    words = [text.strip()] if not own else own
    words = own + [op for op in _operators(text, frozenset())]
    earlier = [word for word in _content_words(_blank_operators(last)) if word.lower() not in map(str.lower, words)]
    earlier = earlier[: MAX_CONTENT_WORDS - len(own)]
    kept = _operators(last, filters - {"phrase", "exclusion"})
    return " ".join([*own, *earlier, *_operators(text, frozenset()), *kept]) or None


def _content_words(text: str) -> Iterator[str]:
    language = guess_language(text, LANGUAGES) or "en"
    blanked = blank_stop_phrases(text, language)
    for token in analyser_for(language).tokens(blanked):
        if not _is_empty(token):
            yield text[token.start : token.end]


def _is_empty(token: Token) -> bool:
    return token.is_stop_word or token.word in _POINTING


def _blank_operators(text: str) -> str:
    for operator in find_operators(text):
        text = text[: operator.start] + " " * (operator.end - operator.start) + text[operator.end :]
    return text


def _operators(text: str, without: frozenset[str] | set[str]) -> list[str]:
    return [
        text[operator.start : operator.end]
        for operator in find_operators(text)
        if operator.kind != "address" and operator.kind not in without
    ]
