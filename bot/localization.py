"""The sentences that people see, in the language of the person who reads them.

A sentence stands in the code in English, and is looked up where it is shown: `gettext("Page {page}").format(page=2)`.
The translations are the files in `locales`. The language is that of the task at work: the handler of what a person
does sets it once, and everything that is done for them speaks it. Where nobody sets it, it is English.
"""

from __future__ import annotations

import gettext as translations
import io
from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path

SOURCE_LANGUAGE = "en"
LANGUAGES = ("de", "es", "fr", "ja", "pt_BR")
"""The languages that the sentences are translated into, as gettext names them."""
CATALOGUES = Path(__file__).parent / "locales"
"""The folder that has a .po file for each language."""
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
    return load_translations(current_language()).gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a sentence for so many things. `count` is not filled in: `.format(count=...)` does that."""
    return load_translations(current_language()).ngettext(one, many, count)


def pgettext(context: str, words: str) -> str:
    """Return words that mean several things, such as a label of one word; `context` says where they stand."""
    return load_translations(current_language()).pgettext(context, words)


def gettext_noop(sentence: str) -> str:
    """Return a sentence as it is: it is looked up later, and is found for the translators here."""
    return sentence


@cache
def load_translations(language: str) -> translations.NullTranslations:
    """Return the translations into a language, read once: those of a hundred sentences take about ten milliseconds."""
    path = CATALOGUES / f"{language}.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return translations.NullTranslations()
    from babel.messages.mofile import write_mo  # English, which is most, needs neither
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as catalogue:
        write_mo(compiled, read_po(catalogue, locale=language))
    compiled.seek(0)
    return translations.GNUTranslations(compiled)


def format_number(number: int) -> str:
    """Return a whole number with its thousands parted as the language of this task does it."""
    if current_language() == SOURCE_LANGUAGE:
        return f"{number:,}"
    from babel.numbers import format_decimal

    return format_decimal(number, locale=current_language())


def join_words(words: Sequence[str], *, any_of: bool = False) -> str:
    """Return words as a list in the language of this task: a, b and c, or with `any_of` a, b or c."""
    if current_language() == SOURCE_LANGUAGE:
        last = " or " if any_of else " and "
        return last.join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    from babel.lists import format_list

    return format_list(list(words), style="or" if any_of else "standard", locale=current_language())
