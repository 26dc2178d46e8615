"""Which of a few languages a text is in: by its script, then by its common words."""

from __future__ import annotations

from collections.abc import Collection

import regex

from storage.analysis.languages import stop_words_of

# What a language is written in, where that is not Latin. The letters of Japanese are those that Chinese lacks.
_SCRIPTS = {
    r"\p{Hiragana}\p{Katakana}": "ja",
    r"\p{Han}": "zh ja yue",
    r"\p{Hangul}": "ko",
    r"\p{Thai}": "th",
    r"\p{Lao}": "lo",
    r"\p{Khmer}": "km",
    r"\p{Myanmar}": "my",
    r"\p{Cyrillic}": "be bg kk ky mk mn ru sr tg uk",
    r"\p{Greek}": "el",
    r"\p{Arabic}": "ar fa ps ur",
    r"\p{Hebrew}": "he iw yi",
    r"\p{Devanagari}": "hi mr ne sa",
    r"\p{Bengali}": "bn as",
    r"\p{Tamil}": "ta",
    r"\p{Telugu}": "te",
    r"\p{Georgian}": "ka",
    r"\p{Armenian}": "hy",
}
_WRITTEN = [(regex.compile(f"[{script}]"), frozenset(languages.split())) for script, languages in _SCRIPTS.items()]
_NOT_LATIN = frozenset().union(*(languages for _, languages in _WRITTEN))
_LATIN = regex.compile(r"\p{Latin}")
_WORD = regex.compile(r"[\p{L}\p{M}'’]+")
_SAMPLE_LENGTH = 4000


def guess_language(text: str, among: Collection[str]) -> str:
    """Return which of a few languages (ISO 639-1) a text is in; "" where it may be several of them, or none."""
    sample = text[:_SAMPLE_LENGTH]
    likely = _written_alike(sample, among)
    if len(likely) < 2:
        return next(iter(likely), "")
    words = [word.replace("’", "'").lower() for word in _WORD.findall(sample, concurrent=False)]
    lists = {language: stop_words_of(language) for language in likely}
    shared = frozenset.intersection(*lists.values())
    counts = {
        language: sum(word in listed and word not in shared for word in words) for language, listed in lists.items()
    }
    most = max(counts.values())
    best = [language for language, count in counts.items() if count == most]
    return best[0] if most and len(best) == 1 else ""


def _written_alike(text: str, among: Collection[str]) -> frozenset[str]:
    """Return the languages of those named that are written in the script that most of a text is in."""
    latin = len(_LATIN.findall(text, concurrent=False))
    found = [(len(letters.findall(text, concurrent=False)), languages) for letters, languages in _WRITTEN]
    # Japanese mixes its own letters with those of Chinese: any of them say that it is not Chinese.
    if found[0][0] and found[0][0] * 10 >= found[1][0]:
        found[1] = (0, frozenset())
    most, languages = max(found, key=lambda pair: pair[0])
    if most >= latin:
        return languages & frozenset(among) if most else frozenset()
    return frozenset(among) - _NOT_LATIN
