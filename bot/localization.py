"""The sentences that people see, in the language of the person who reads them.

A sentence stands in the code in English, and is looked up where it is shown: `gettext("Page {page}").format(page=2)`.
The translations are the files in `locales`. The language is that of the task at work: the handler of what a person
does sets it once, and everything that is done for them speaks it. Where nobody sets it, it is English.
"""

from __future__ import annotations

import gettext as translations
import io
import logging
import string
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from storage.sentences import Sentence, fill_gaps

if TYPE_CHECKING:
    from babel.messages.catalog import Message

log = logging.getLogger("cuepoint.localization")
SOURCE_LANGUAGE = "en"
LANGUAGES = ("de", "es", "fr", "ja", "pt_BR")
"""The languages that the sentences are translated into, as gettext names them."""
CATALOGUES = Path(__file__).parent / "locales"
"""The folder that has a .po file for each language."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


def choose_language(tag: str) -> str:
    """Return the language to speak to people whose own has this tag, such as es-419 or pt-BR: English for any other."""
    base = tag.replace("_", "-").split("-")[0].lower()
    return next((language for language in LANGUAGES if language.split("_")[0] == base), SOURCE_LANGUAGE)


def set_language(language: str) -> None:
    """Speak a language in this task from now on, and in the tasks that it starts."""
    _language.set(language)


def current_language() -> str:
    """Return the language of this task."""
    return _language.get()


def gettext(sentence: str) -> str:
    """Return a sentence in the language of this task."""
    # For "" a catalogue returns its header.
    return load_translations(current_language()).gettext(sentence) if sentence else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a sentence for so many things. `count` is not filled in: `.format(count=...)` does that."""
    return load_translations(current_language()).ngettext(one, many, count)


def pgettext(context: str, words: str) -> str:
    """Return words that mean several things, such as a label of one word; `context` says where they stand."""
    return load_translations(current_language()).pgettext(context, words)


def gettext_noop(sentence: str) -> str:
    """Return a sentence as it is: it is looked up later, and is found for the translators here."""
    return sentence


def translate(text: str) -> str:
    """Return what storage says, or what an error was raised with, in the language of this task.

    A text that is no `Sentence` is looked up as a whole: one that is translated already is returned as it is.
    """
    if not isinstance(text, Sentence):
        return gettext(text)
    if current_language() == SOURCE_LANGUAGE:
        return text
    template = gettext(text.one) if text.number is None else ngettext(text.one, text.many, text.number)
    return fill_gaps(template, text.values, word=_translate_part, number=format_number, listed=_join_listed)


def _translate_part(value: str) -> str:
    """Return what fills a gap: a part of the sentence is translated, a name that somebody gave is not."""
    return translate(value) if isinstance(value, Sentence) else value


def _join_listed(words: Sequence[str], joiner: str) -> str:
    return ", ".join(words) if joiner == ", " else join_words(words, any_of=joiner == " or ")


@cache
def load_translations(language: str) -> translations.NullTranslations:
    """Return the translations into a language, read once. Where its file cannot be read there are none."""
    path = CATALOGUES / f"{language}.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return translations.NullTranslations()
    try:
        return _read_translations(path, language)
    except (OSError, ValueError, SyntaxError) as error:
        log.error("%s cannot be read (%s): its readers are spoken to in English", path.name, error)
        return translations.NullTranslations()


def _read_translations(path: Path, language: str) -> translations.NullTranslations:
    from babel.messages.mofile import write_mo  # English, which is most, needs neither
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(str(error)) from error
    for message in list(catalogue):
        if message.id and not has_same_gaps(message):
            # Filled in, it would fail, or lose what it tells: such a sentence stays in English.
            log.error("%s: left out, for its gaps are not those of the sentence: %s", path.name, message.id)
            catalogue.delete(message.id, message.context)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return translations.GNUTranslations(compiled)


def has_same_gaps(message: Message) -> bool:
    """Return whether every form of a translation has the gaps of its sentence. One that is missing breaks nothing.

    A form for a single thing may leave out how many there are, as its sentence may.
    """
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    try:
        allowed = frozenset().union(*map(find_gaps, sources))
        needed = allowed - ({"count"} if len(sources) > 1 else set())
        return all(needed <= find_gaps(form) <= allowed for form in forms if form)
    except ValueError:  # a brace that does not close
        return False


def find_gaps(text: str) -> frozenset[str]:
    """Return the names of what is filled into a text. Raises ValueError where its braces cannot be read."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def load_languages() -> None:
    """Read what all languages need, which takes a second: once at the start, in a thread, no question waits for it."""
    for language in LANGUAGES:
        load_translations(language)
        _number_formatter(language)(1.0, 1)
        _list_formatter(language)(["a", "b"], "standard")
        _date_formatter(language)(2000, 1, 1)


def format_number(number: float, decimals: int = 0) -> str:
    """Return a number with its thousands parted, and with so many decimals, as the language of this task does it."""
    return _number_formatter(current_language())(number, decimals)


@cache
def _number_formatter(language: str) -> Callable[[float, int], str]:
    if language == SOURCE_LANGUAGE:
        return lambda number, decimals: f"{number:,.{decimals}f}"
    from babel.numbers import format_decimal

    patterns = {0: "#,##0"}

    def format_in_language(number: float, decimals: int) -> str:
        pattern = patterns.setdefault(decimals, f"#,##0.{'0' * decimals}")
        return format_decimal(number, format=pattern, locale=language)

    return format_in_language


def format_date(published: str) -> str:
    """Return a day, month or year as it is stored, such as 2025-06-03, as the language of this task writes it.

    What is stored otherwise is returned as it is.
    """
    try:
        return _date_formatter(current_language())(*map(int, published.split("-")))
    except (TypeError, ValueError):
        return published


@cache
def _date_formatter(language: str) -> Callable[..., str]:
    if language == SOURCE_LANGUAGE:
        return _write_english_date
    from babel.dates import format_skeleton

    def format_in_language(year: int, month: int | None = None, day: int | None = None) -> str:
        skeleton = "yMMMd" if day else "yMMM" if month else "y"
        return format_skeleton(skeleton, date(year, month or 1, day or 1), locale=language)

    return format_in_language


def _write_english_date(year: int, month: int | None = None, day: int | None = None) -> str:
    named = [_MONTHS[date(year, month, day or 1).month - 1]] if month else []
    return " ".join([*([str(day)] if day else []), *named, str(year)])


def join_words(words: Sequence[str], *, any_of: bool = False) -> str:
    """Return words as a list in the language of this task: a, b and c, or with `any_of` a, b or c."""
    return _list_formatter(current_language())(words, "or" if any_of else "standard")


@cache
def _list_formatter(language: str) -> Callable[[Sequence[str], str], str]:
    if language == SOURCE_LANGUAGE:
        return _join_in_english
    from babel.lists import format_list

    return lambda words, style: format_list(list(words), style=style, locale=language)  # type: ignore[arg-type]


def _join_in_english(words: Sequence[str], style: str) -> str:
    last = " or " if style == "or" else " and "
    return last.join(filter(None, (", ".join(words[:-1]), *words[-1:])))
