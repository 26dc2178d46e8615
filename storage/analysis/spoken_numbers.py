"""Numbers as they are written and as they are spoken: 50 is fifty, 2015 is twenty fifteen or two thousand fifteen.

English is read and written out up to a million. Of other languages the small numbers and the round ones are known,
which are one word each and the ones that talks say most.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

Words = tuple[str, ...]
"""The words of a number, in the order they are spoken."""

_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_PRONOUN = 1
"""Hardly any "one" that is said is a number, in English as in many languages, so "1" and "one" are left apart."""
_MAX_DIGITS = 6
"""Digits up to which a number is written out."""
_MAX_READ = 2_100
"""The largest number that is read from any words; larger ones only where they are round."""

# 0 to 20, then 30 to 90 by tens, 100 and 1000.
_VALUES = (*range(21), *range(30, 100, 10), 100, 1000)
_ONE_WORD = {
    "de": """
        null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn
        sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig
        hundert tausend
    """,
    "es": """
        cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
        diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa
        cien mil
    """,
    "fr": """
        zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
        dix-sept dix-huit dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts
        quatre-vingt-dix cent mille
    """,
    "it": """
        zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici
        sedici diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta
        novanta cento mille
    """,
    "nl": """
        nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien
        zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd
        duizend
    """,
    "pt": """
        zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis
        dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem mil
    """,
}
_PERCENT = {
    "de": "prozent", "en": "percent", "es": "por ciento", "fr": "pour cent", "it": "per cento", "nl": "procent",
    "pt": "por cento",
}  # fmt: skip


def spell_number(digits: str, language: str) -> tuple[Words, ...]:
    """Return every way in which a whole number is spoken, the usual one first; none where it is not known."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS or digits != str(int(digits)):
        return ()
    number = int(digits)
    if number == _PRONOUN:
        return ()
    if language == "en":
        return tuple(dict.fromkeys(_spell_english(number)))
    words = _one_word_numbers(language).get(number)
    return (words,) if words else ()


def spell_percent(language: str) -> Words:
    """Return the words for %, none where they are not known."""
    return tuple(_PERCENT.get(language, "").split())


def read_number(words: Sequence[str], language: str) -> tuple[int, str]:
    """Read the longest number that words begin with: return how many of them it has, and its digits; (0, "") for none.

    `words` are in lower case; "two hundred and fifty" has four, and "twenty fifteen" is 2015.
    """
    known, longest = _read_numbers(language), _longest_numbers(language)
    for length in range(min(longest.get(words[0], 0) if words else 0, len(words)), 0, -1):
        if (number := known.get(tuple(words[:length]))) is not None:
            return length, str(number)
    return 0, ""


@functools.cache
def _read_numbers(language: str) -> Mapping[Words, int]:
    """Return what words stand for; of those that stand for two numbers the one that is meant more often."""
    if language != "en":
        return {words: number for number, words in _one_word_numbers(language).items()}
    round_numbers = (*range(2_200, 10_000, 100), *range(3_000, 101_000, 1_000), *range(200_000, 1_000_000, 100_000))
    known: dict[Words, int] = {}
    for number in (0, *range(_PRONOUN + 1, _MAX_READ + 1), *round_numbers):
        for words in _spell_english(number):
            known.setdefault(words, number)
    return known


@functools.cache
def _longest_numbers(language: str) -> Mapping[str, int]:
    """Return by its first word how many words a number has at most."""
    longest: dict[str, int] = {}
    for words in _read_numbers(language):
        longest[words[0]] = max(len(words), longest.get(words[0], 0))
    return longest


@functools.cache
def _one_word_numbers(language: str) -> Mapping[int, Words]:
    words = _ONE_WORD.get(language, "").split()
    spelt = zip(_VALUES, words, strict=False)
    return {number: tuple(word.split("-")) for number, word in spelt if number != _PRONOUN}


def _spell_english(number: int) -> Iterator[Words]:
    """Yield the ways to say a number: as it counts, with "and", and as years and the names of models are read."""
    yield _count_english(number, ())
    if number > 100 and number % 100:
        yield _count_english(number, ("and",))
    high, low = divmod(number, 100)
    if 0 < high < 100 and low >= 10:  # 1984, 2015, 175
        yield (*_count_english(high, ()), *_count_english(low, ()))
    elif 0 < high < 100 and high % 10 and low:  # 1905, 101, but not 2005
        yield (*_count_english(high, ()), "oh", _SMALL[low])
    elif 10 < high < 100 and high % 10:  # 1900
        yield (*_count_english(high, ()), "hundred")


def _count_english(number: int, link: Words) -> Words:
    """Return a number as it counts; `link` goes before its last two digits ("two hundred and five")."""
    if number < 20:
        return (_SMALL[number],)
    if number < 100:
        return (_TENS[number // 10], *((_SMALL[number % 10],) if number % 10 else ()))
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, size)
    join = link if 0 < rest < 100 else ()
    return (*_count_english(many, ()), name, *join, *(_count_english(rest, link) if rest else ()))
