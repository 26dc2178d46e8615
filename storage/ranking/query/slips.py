"""What a slip of the finger costs: how far a word as typed is from a word that may have been meant.

The costs were measured on the slips of question sets: letters that changed places and doubled letters are slips more
often than another letter is, and the first letter is seldom wrong.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

SLIP_COST = 1.0
"""Another letter."""
KEY_BESIDE_COST = 0.85
"""The letter of the key beside."""
VOWEL_COST = 0.75
"""Another vowel."""
SWAP_COST = 0.7
"""Two neighbours that changed places."""
DOUBLING_COST = 0.65
"""A letter doubled, or a double one typed once."""
LETTER_COST = 0.87
"""A letter missed or added."""
FIRST_LETTER_COST = 0.6
"""What is added where the first letter is concerned."""

VOWELS = frozenset("aeiouyäöüáàâãéèêëíìîïóòôõúùûаеёиоуыэюяαεηιουωάέήίόύώ")
_QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS_BY_LANGUAGE = {
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "ru": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
}
_ROW_OFFSETS = (0.0, 0.25, 0.75)
"""How far the keys of each row are to the right, in keys."""


def slip_cost(typed: str, meant: str, language: str) -> float:
    """Return the least that slips cost by which one word becomes the other; the same both ways.

    Boytsov's optimal string alignment: each letter is touched by one slip at most.
    """
    start = common_start(typed, meant)
    end = common_start(typed[start:][::-1], meant[start:][::-1])
    beside = _keys_beside(language)
    rows = [[0.0] * (len(meant) - end - start + 1) for _ in range(len(typed) - end - start + 1)]
    for left, row in enumerate(rows):
        for right in range(len(row)):
            at, to = start + left - 1, start + right - 1  # the last letters of what has been read so far
            ways = []
            if left:
                ways.append(rows[left - 1][right] + _letter_cost(typed, at))
            if right:
                ways.append(row[right - 1] + _letter_cost(meant, to))
            if left and right:
                ways.append(rows[left - 1][right - 1] + _other_letter_cost(typed, at, meant, to, beside))
            if left > 1 and right > 1 and typed[at - 1 : at + 1] == meant[to] + meant[to - 1]:
                ways.append(rows[left - 2][right - 2] + SWAP_COST + _first_cost(at - 1, to - 1))
            row[right] = min(ways, default=0.0)
    return rows[-1][-1]


def common_start(left: str, right: str) -> int:
    """Return how many letters two words begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def have_swapped(typed: str, meant: str) -> bool:
    """Return whether the words differ in that two neighbouring letters changed places."""
    at = common_start(typed, meant)
    swapped = typed[:at] + typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :]
    return typed != meant and swapped == meant


def _letter_cost(word: str, at: int) -> float:
    """Return what it costs that one of the words has a letter here which the other lacks."""
    doubled = word[at] in (word[at - 1] if at else "", word[at + 1 : at + 2])
    return (DOUBLING_COST if doubled else LETTER_COST) + _first_cost(at, at)


def _other_letter_cost(typed: str, at: int, meant: str, to: int, beside: frozenset[tuple[str, str]]) -> float:
    letter, other = typed[at], meant[to]
    if letter == other:
        return 0.0
    cost = SLIP_COST
    if (letter, other) in beside:
        cost = KEY_BESIDE_COST
    if letter in VOWELS and other in VOWELS:
        cost = VOWEL_COST
    return cost + _first_cost(at, to)


def _first_cost(at: int, to: int) -> float:
    return FIRST_LETTER_COST if not at or not to else 0.0


@functools.cache
def _keys_beside(language: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of letters whose keys touch on the keyboard that is usual for a language."""
    rows: Sequence[str] = _KEYS_BY_LANGUAGE.get(language, _QWERTY)
    keys = [
        (letter, row, place + offset)
        for row, (letters, offset) in enumerate(zip(rows, _ROW_OFFSETS, strict=True))
        for place, letter in enumerate(letters)
    ]
    return frozenset(
        (left, right)
        for (left, row, place), (right, other_row, other_place) in itertools.permutations(keys, 2)
        if abs(place - other_place) <= (1 if row == other_row else 0.75) and abs(row - other_row) <= 1
    )
