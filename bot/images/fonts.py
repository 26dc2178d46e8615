"""Which font writes a title in a picture. The fonts come as packages: no file that a machine may lack, and the same
letters everywhere."""

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
"""By package and file; each writes plain Latin and digits too, so that a title is written in one of them."""
_READ = 300
"""Characters of a title that are looked at; a picture has room for fewer."""
_JOINER = re.compile(f"[{JOINERS}]")


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text that a font can write, signs that it lacks left out, and how that font is made at a size in pixels.

    `joined`: its letters are put together and in order by Raqm, as Arabic's must be.
    """

    text: str
    font: tuple[str, str] = _LATIN
    is_joined: bool = False

    def font_at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font, that large."""
        return _load_font(self.font, size, self.is_joined)


def plain_lettering(text: str) -> Lettering:
    """Our own words and figures."""
    return Lettering(text)


@functools.lru_cache(512)
def find_lettering(text: str) -> Lettering | None:
    """How a text is written: in one font that has all of its letters and digits. None where there is no such font, or
    the letters must be joined and nothing here does that.

    Emoji and other signs that the font lacks are left out.
    """
    characters = [each for each in unicodedata.normalize("NFC", text[:_READ]) if _is_seen(each)]
    needed = {each for each in characters if unicodedata.category(each)[0] in "LMN"}
    joined = any(map(_is_joined, needed))
    if not any(map(str.isalnum, needed)) or (joined and not features.check("raqm")):
        return None
    for font in _FONTS:
        if all(_has_glyph(font, each) for each in needed):
            left = (each for each in characters if each.isspace() or _JOINER.match(each) or _has_glyph(font, each))
            return Lettering(" ".join("".join(left).split()), font, joined)
    return None


def _is_seen(character: str) -> bool:
    """Not so: what only tells how to show its neighbours, such as the ends of an emoji and the marks of a direction.

    The joiners stay, which decide how the letters beside them are joined.
    """
    if _JOINER.match(character) or character.isspace():
        return True
    return unicodedata.category(character) != "Me" and remove_unseen(character) != ""


def _is_joined(character: str) -> bool:
    """Whether it must be put in order or together with its neighbours: letters from right to left, and marks."""
    return unicodedata.category(character)[0] == "M" or unicodedata.bidirectional(character) in ("R", "AL")


@functools.lru_cache(8192)
def _has_glyph(font: tuple[str, str], character: str) -> bool:
    """Whether a font has a character: otherwise it draws the same for it as for what is none."""
    if unicodedata.category(character)[0] == "C":
        return False
    drawn = _load_font(font, 25, False)
    return bytes(drawn.getmask(character)) != bytes(drawn.getmask("\uffff"))


@functools.lru_cache(32)
def _load_font(font: tuple[str, str], size: int, joined: bool) -> ImageFont.FreeTypeFont:
    # Plain text is laid out alike with and without Raqm on the machine.
    engine = ImageFont.Layout.RAQM if joined else ImageFont.Layout.BASIC
    return ImageFont.truetype(io.BytesIO(_read_font(font)), size, layout_engine=engine)


@functools.cache
def _read_font(font: tuple[str, str]) -> bytes:
    package, name = font
    return (files(package) / "files" / name).read_bytes()
