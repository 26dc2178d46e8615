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


def language_names() -> dict[str, str]:
    """Return what is suggested while somebody types, by code; any other code can be typed as well."""
    return {"auto": _("As the first import says")} | {code: name_language(code) for code in _CODES}


def name_language(code: str) -> str:
    """Return what a language is called in the language of this task; its code where it has no name."""
    return _names(current_language()).get(code, code)


@cache
def _names(language: str) -> dict[str, str]:
    from babel import Locale  # the terminal starts without it

    return dict(Locale.parse(language).languages)
