"""A language in which every sentence is translated into itself, with an accent on every letter and 40 % longer.

Whatever is read without accents was never looked up, and what is too long is found before a translator finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import catalogue
import pytest
from babel.messages.catalog import Catalog, Message

from bot import localization

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "àƀćđéƒğĥíĵķłḿñóƥɋřşťúṽŵẋýžÀƁĆĐÉƑĞĤÍĴĶŁḾÑÓƤɊŘŞŤÚṼŴẊÝŽ"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"\{[^}]*\}")
"""What is filled in stays as it is."""
NAMES = {"command", "option", "menu"}
PADDING = "·"


def accent(text: str) -> str:
    """A text with an accent on every letter but those in its gaps."""
    end, parts = 0, []
    for match in _KEPT.finditer(text):
        parts += [text[end : match.start()].translate(_ACCENTS), match[0]]
        end = match.end()
    return "".join([*parts, text[end:].translate(_ACCENTS)])


def pseudo_translate(text: str, context: str | None) -> str:
    """What a sentence is in the language: as long as such a sentence may be."""
    if context in NAMES:
        return accent(text)
    longer = accent(text) + PADDING * (len(text) * 2 // 5)
    most = catalogue.MAX_LENGTHS.get(context or "")
    return longer if most is None else longer[: max(most, len(text))]


def make_catalogue(sentences: Catalog, language: str) -> Catalog:
    """The sentences with their translations into the language, which goes by the name of another."""
    made = Catalog(locale=language, fuzzy=False)
    for message in sentences:
        if message.id:
            made.add(message.id, _translations(message, made.num_plurals), context=message.context)
    return made


def _translations(message: Message, forms: int) -> str | tuple[str, ...]:
    if isinstance(message.id, str):
        return pseudo_translate(message.id, message.context)
    one, many = message.id
    return tuple(pseudo_translate(one if form == 0 and forms > 1 else many, message.context) for form in range(forms))


@contextmanager
def pseudo_locale(language: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the language in place of another one."""
    made = make_catalogue(catalogue.collect_sentences(), language)
    (folder / f"{language}.po").write_text(catalogue.write_catalogue(made), encoding="utf-8")
    monkeypatch.setattr(localization, "CATALOGUES", folder)
    localization.load_translations.cache_clear()
    try:
        yield
    finally:
        monkeypatch.undo()
        localization.load_translations.cache_clear()
