"""What storage says to people: English sentences that still know what they are made of.

A `Sentence` is its English text everywhere: in a log, at the terminal, in JSON. The bot, which alone knows the language
of the person who reads it, looks up the words and fills in the same values (`translate` in `bot/localization.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """Names or words in a sentence, put between commas; before the last one of them is `joiner`."""

    words: tuple[str, ...]
    joiner: str = ", "
    """One of ", ", " and " and " or "."""


Value = str | int | float | Listing
"""What fills a gap. A whole number gets commas between its thousands; one that must not, such as a year, is a str."""


class Sentence(str):
    """A sentence with what it is made of: `one` has the words and {gaps}; for several things, `many` has them."""

    __slots__ = ("many", "number", "one", "values")
    one: str
    many: str
    number: int | None
    values: Mapping[str, Value]

    def __new__(cls, one: str, many: str, number: int | None, values: Mapping[str, Value]) -> Sentence:
        """Make the sentence for so many things, or for None the only one there is."""
        text = fill_gaps(one if number in (None, 1) else many, values, word=str, number=_group, listed=_join)
        made = super().__new__(cls, text)
        made.one, made.many, made.number, made.values = one, many, number, values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Cross into another process whole."""
        return Sentence, (self.one, self.many, self.number, dict(self.values))

    def __str__(self) -> str:
        """Return the sentence itself: so `str` of an error that was raised with one still is one."""
        return self


def sentence(words: str, /, **values: Value) -> Sentence:
    """Return a sentence of words with {gaps}, and what fills them. The words stand here as they are, to be found."""
    return Sentence(words, "", None, values)


def quote_name(name: str) -> Sentence:
    """Return a name in the quotation marks of the reader's language."""
    return sentence("“{name}”", name=name)


def plural_sentence(one: str, many: str, /, count: int, **values: Value) -> Sentence:
    """Return a sentence about `count` things, in its form for one or for many; `{count}` is a gap like others."""
    return Sentence(one, many, count, {"count": count, **values})


def about_file(file: str, reason: str) -> Sentence:
    """Return what is said of a file, with its name before it."""
    return sentence("{file}: {reason}", file=file, reason=reason)


def about_line(file: str, line: int, reason: str) -> Sentence:
    """Return what is said of a line of a file, with its name and the number before it: digits alone, as in editors."""
    return sentence("{file}, line {line}: {reason}", file=file, line=str(line), reason=reason)


def leave_out_file(text: str, file: str) -> str:
    """Return what is said of a file, "FILE: reason" or "FILE, line 3: reason", without its name."""
    if isinstance(text, Sentence) and text.values.get("file") == file and "reason" in text.values:
        reason = text.values["reason"]
        assert isinstance(reason, str)
        return (
            sentence("line {line}: {reason}", line=text.values["line"], reason=reason)
            if "line" in text.values
            else reason
        )
    return text.removeprefix(f"{file}: ").removeprefix(f"{file}, ")


def fill_gaps(
    template: str,
    values: Mapping[str, Value],
    *,
    word: Callable[[str], str],
    number: Callable[[int], str],
    listed: Callable[[Sequence[str], str], str],
) -> str:
    """Return a text with its gaps filled: words, whole numbers and listings as these functions put them."""

    def put(value: Value) -> object:
        if isinstance(value, Listing):
            return listed([word(each) for each in value.words], value.joiner)
        if isinstance(value, str):
            return word(value)
        return number(value) if isinstance(value, int) else value

    return template.format(**{name: put(value) for name, value in values.items()})


def _group(number: int) -> str:
    return f"{number:,}"


def _join(words: Sequence[str], joiner: str) -> str:
    return joiner.join(filter(None, (", ".join(words[:-1]), *words[-1:])))
