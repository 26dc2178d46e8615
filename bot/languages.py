"""The languages that a library can be set to, as they are called in English."""

from __future__ import annotations

from babel import Locale

_CODES = (
    *("ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "hi", "hu", "id", "it", "ja"),
    *("ko", "lt", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh"),
)
"""Languages whose word endings, stop words or script Cuepoint knows."""

LANGUAGES = {"auto": "What the first import says"} | {code: Locale("en").languages[code] for code in _CODES}
"""What is suggested while somebody types, by code; any other code can be typed as well."""
