"""The languages that a library can be set to, as they are called in the language of the reader."""

from __future__ import annotations

from functools import cache

from bot.localization import current_language
from bot.localization import gettext as _

_CODES = (
    *("ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "hi", "hu", "id", "it", "ja"),
    *("ko", "lt", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh"),
)
"""Languages whose word endings, stop words or script Cuepoint knows."""

_MOST_SPOKEN = (
    *("ar", "cs", "de", "el", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv"),
    *("th", "tr", "uk", "vi", "zh", "hu"),
)
"""Those of them that a menu offers, which takes 25 options: one is for the language of the first import. The last one
makes room for the present language where that is not among them."""


def language_names() -> dict[str, str]:
    """Return what is suggested while somebody types, by code; any other code can be typed as well."""
    return {"auto": _("As the first import says")} | {code: name_language(code) for code in _CODES}


def menu_languages(present: str) -> list[str]:
    """Return the codes of the languages that a menu offers, by their names; the present one is always among them.

    "" stands for no language, and is not in the list.
    """
    codes = list(_MOST_SPOKEN)
    if present and present not in codes:
        codes = [*codes[:-1], present]
    return sorted(codes, key=lambda code: name_language(code).casefold())


def find_language(text: str) -> str:
    """Return the code of the language that is called so in the language of this task; where none is, the text."""
    wanted = text.strip().casefold()
    return next((code for code, name in _names(current_language()).items() if name.casefold() == wanted), text.strip())


def name_language(code: str) -> str:
    """Return what a language is called in the language of this task; its code where it has no name."""
    return _names(current_language()).get(code, code)


@cache
def _names(language: str) -> dict[str, str]:
    from babel import Locale  # the terminal starts without it

    return dict(Locale.parse(language).languages)
