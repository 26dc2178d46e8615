"""Chooses the font that writes a title in a picture. The fonts come as packages, so that no machine lacks them and the
letters are the same everywhere."""

from __future__ import annotations

import functools
import io
import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files

from PIL import ImageFont, features

from storage.characters import JOINERS, remove_unseen

_LATIN = ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")
_FONTS = (
    _LATIN,  # Latin, Greek, Cyrillic, Devanagari
    ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
    ("fontpkg_heebo", "Heebo[wght].ttf"),  # Hebrew
    ("fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf"),
)
"""By package and file. All of them have plain Latin letters and digits too, so that one font writes a whole title."""
_MAX_READ_LENGTH = 300
"""Characters of a title that are read; a picture has room for fewer."""
_JOINER = re.compile(f"[{JOINERS}]")


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text that a font can write, without the signs that the font lacks, and that font by package and file.

    `is_joined`: its letters are joined and ordered by Raqm, as Arabic's must be.
    """

    text: str
    font: tuple[str, str] = _LATIN
    is_joined: bool = False

    def font_at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the font at a size in pixels."""
        return _load_font(self.font, size, self.is_joined)


def plain_lettering(text: str) -> Lettering:
    """Return how the program's own words and figures are written."""
    return Lettering(text)


@functools.lru_cache(512)
def find_lettering(text: str) -> Lettering | None:
    """Return how a text is written: in one font that has all of its letters and digits.

    None where there is no such font, or where the letters must be joined and Raqm is missing. Emoji and other signs
    that the font lacks are left out.
    """
    characters = [
        character for character in unicodedata.normalize("NFC", text[:_MAX_READ_LENGTH]) if _is_visible(character)
    ]
    needed = {character for character in characters if unicodedata.category(character)[0] in "LMN"}
    joined = any(map(_is_joined, needed))
    if not any(map(str.isalnum, needed)) or (joined and not features.check("raqm")):
        return None
    for font in _FONTS:
        if all(_has_glyph(font, character) for character in needed):
            left = (
                character
                for character in characters
                if character.isspace() or _JOINER.match(character) or _has_glyph(font, character)
            )
            return Lettering(" ".join("".join(left).split()), font, joined)
    return None


def _is_visible(character: str) -> bool:
    """Return whether a character is seen. Variation selectors, direction marks and the like only act on others; joiners
    count, since they decide how the letters beside them are joined."""
    if _JOINER.match(character) or character.isspace():
        return True
    return unicodedata.category(character) != "Me" and remove_unseen(character) != ""


def _is_joined(character: str) -> bool:
    """Return whether a character must be ordered or joined with its neighbours: right-to-left letters, and marks."""
    return unicodedata.category(character)[0] == "M" or unicodedata.bidirectional(character) in ("R", "AL")


@functools.lru_cache(8192)
def _has_glyph(font: tuple[str, str], character: str) -> bool:
    """Return whether a font has a character: it draws all that it lacks like U+FFFF, which is no character."""
    if unicodedata.category(character)[0] == "C":
        return False
    loaded = _load_font(font, 25, False)
    return bytes(loaded.getmask(character)) != bytes(loaded.getmask("\uffff"))


@functools.lru_cache(32)
def _load_font(font: tuple[str, str], size: int, joined: bool) -> ImageFont.FreeTypeFont:
    # Plain text is laid out alike with and without Raqm on the machine.
    engine = ImageFont.Layout.RAQM if joined else ImageFont.Layout.BASIC
    return ImageFont.truetype(io.BytesIO(_read_font(font)), size, layout_engine=engine)


@functools.cache
def _read_font(font: tuple[str, str]) -> bytes:
    package, name = font
    return (files(package) / "files" / name).read_bytes()
