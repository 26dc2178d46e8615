"""Which of a few languages a text is in: by its script, then by its common words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

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
_ASKED_IN = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "tr")
"""Languages in Latin letters that a question is known to be in by its common words."""
_MIN_COMMON_WORDS = 2
"""Different words that are common in another language alone: one may be a name, or a word of a title."""
_QUESTION_WORDS = {
    "de": frozenset(
        {"was", "wie", "wer", "wann", "warum", "wieso", "welche", "welcher", "welches", "erklär", "erkläre"}
    ),
    "es": frozenset({"qué", "quién", "quiénes", "cuándo", "cuánto", "cómo", "cuál", "dónde", "explica"}),
    "fr": frozenset(
        {"qui", "quand", "pourquoi", "quel", "quelle", "quels", "quelles", "où", "combien", "c'est", "qu'est"}
    ),
    "it": frozenset({"chi", "cosa", "cos'è", "perché", "quando", "quale", "quali", "qual"}),
    "pt": frozenset({"quem", "quando", "qual", "quais", "onde", "como", "quanto"}),
}
_MIN_SENTENCE = 4
"""Words from which a question that begins with none of these is long enough for a sentence: "à la carte" is none."""


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


def is_in_other_language(question: str, spoken: Collection[str]) -> bool:
    """Return whether a question is clearly in none of the languages (ISO 639-1) that the videos are spoken in.

    Clearly: in other letters, or with several words that are common in another language, and with none that is common
    in one of these. A question of names alone is in no language.
    """
    # A word in capitals is an abbreviation: "WER" is a rate.
    found = [word.replace("’", "'") for word in _WORD.findall(question, concurrent=False)]
    words = [word.lower() for word in found if question.isupper() or len(word) == 1 or not word.isupper()]
    own = frozenset(words) & frozenset().union(*map(stop_words_of, spoken))
    letters = [languages for written, languages in _WRITTEN if written.search(question, concurrent=False)]
    if not words:
        return False
    if letters and not own:
        return frozenset().union(*letters).isdisjoint(spoken)
    if not spoken or not _NOT_LATIN.isdisjoint(spoken):
        return False  # English words stand in questions of every script
    return any(
        language not in spoken and _count_common(words, language, own) >= _MIN_COMMON_WORDS for language in _ASKED_IN
    )


def _count_common(words: Sequence[str], language: str, own: frozenset[str]) -> int:
    """Return how many different words are common in a language and not among `own`; 0 where one of these is not."""
    begins = words[0] in _QUESTION_WORDS.get(language, ())
    common = frozenset(words) & (stop_words_of(language) | frozenset(words[:begins]))
    if not own <= common or not common - own:
        return 0
    if begins:  # that word says as much as two that stand anywhere
        return max(len(common - own), _MIN_COMMON_WORDS)
    return len(common - own) if len(words) >= _MIN_SENTENCE else 0


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
