"""Where a space belongs between texts that are spoken one after the other: lines of a cue, cues, segments.

Most scripts part words by spaces, so that the end of a line stands for one. Chinese, Japanese, Thai and their like do
not, and there a space would cut a word apart. The rule is that of CSS for lines of a source text: between two wide
characters a line break is removed, Korean apart, and anywhere else it becomes a space (CSS Text 3, section 4.1.3,
https://www.w3.org/TR/css-text-3/#line-break-transform). CSS leaves the scripts of Southeast Asia to the author; in
captions a line of them ends anywhere.

Where Latin meets Han there is a space, as both ways are written and a word is found either way; beside punctuation of
full width, which brings its own blank, there is none. Two Latin words are never joined.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import regex

from storage.characters import INVISIBLE, RARE_VARIANTS

_SPACELESS = (
    r"\p{Han}\p{Hiragana}\p{Katakana}ーｰﾞﾟ\u3099\u309a\p{Bopomofo}\p{Yi}"
    r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Javanese}\p{Balinese}"
)
# Without the apostrophe, number sign and plus of full width, which are part of a word (C++, don't).
_WIDE_MARKS = r"\u3001-\u3003\u3008-\u3011\u3014-\u301f・\ufe10-\ufe19\ufe30-\ufe4f！＂＄-＆（-＊，-／：-＠［-｀｛-･"
_WIDE_LETTERS = "０-９Ａ-Ｚａ-ｚ"
# Marks of the width of a letter, which Chinese and Japanese use as well.
_NARROW_MARKS = "“”‘’…‥—―·"
FIRST_SPACELESS = "\u0e00"
"""Thai: no script without spaces, and no punctuation of full width, comes before it in Unicode."""

_UNSEEN = INVISIBLE + RARE_VARIANTS
_FIRST_SEEN = regex.compile(rf"[^{_UNSEEN}]")
_LAST_SEEN = regex.compile(rf"[^{_UNSEEN}](?=[{_UNSEEN}]*\Z)")
_IS_WIDE_MARK = regex.compile(f"[{_WIDE_MARKS}]")
_IS_SPACELESS = regex.compile(f"[{_SPACELESS}]")
_IS_BESIDE_SPACELESS = regex.compile(f"[{_SPACELESS}{_WIDE_LETTERS}{_NARROW_MARKS}]")
_IS_HANGUL = regex.compile(r"\p{Hangul}")
_WORD = regex.compile(rf"(?=[{_SPACELESS}{_WIDE_MARKS}])\X[{_UNSEEN}]*|[^\s{_SPACELESS}{_WIDE_MARKS}]+")
# No line begins with one of these, or ends with one of those: closing marks, small kana and signs that repeat.
_NO_BEGINNING = regex.compile(r"[\p{M}\p{Pe}\p{Pf}\p{Po}ーｰ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮๆฯໆ]")
_NO_END = regex.compile(r"[\p{Ps}\p{Pi}เแโใไເແໂໃໄ]")


def join_texts(texts: Iterable[str]) -> str:
    """Join texts that are spoken one after the other, with a space between two of them where one belongs."""
    return join_with_offsets(texts)[0]


def find_offsets(texts: Iterable[str]) -> list[int]:
    """Return where every text begins in what `join_texts` makes of them."""
    return join_with_offsets(texts)[1]


def join_with_offsets(texts: Iterable[str]) -> tuple[str, list[int]]:
    """Return what `join_texts` and `find_offsets` do."""
    joined: list[str] = []
    offsets: list[int] = []
    end, before = 0, ""
    for text in texts:
        joint = find_joint(before, text)
        joined += joint, text
        offsets.append(end + len(joint))
        end, before = offsets[-1] + len(text), text
    return "".join(joined), offsets


def find_joint(left: str, right: str) -> str:
    """Return what belongs between two texts: a space, or "" where their script has none there."""
    if left[-1:] < FIRST_SPACELESS and right[:1] < FIRST_SPACELESS:
        return " " if left and right else ""
    # A few characters are enough: what is not seen there is a selector or a joiner.
    before = _LAST_SEEN.search(left[-4:], concurrent=False)
    after = _FIRST_SEEN.search(right[:4], concurrent=False)
    if not left or not right:
        return ""
    return _join_characters(before.group(), after.group()) if before and after else " "


@functools.lru_cache(50_000)
def _join_characters(left: str, right: str) -> str:
    either = (left, right)
    if any(_IS_HANGUL.match(character, concurrent=False) for character in either):
        return " "
    if any(_IS_WIDE_MARK.match(character, concurrent=False) for character in either):
        return ""
    is_spaceless = any(_IS_SPACELESS.match(character, concurrent=False) for character in either)
    return "" if is_spaceless and all(_IS_BESIDE_SPACELESS.match(one, concurrent=False) for one in either) else " "


def holds_spaceless(text: str) -> bool:
    """Return whether any of a text is in a script that has no spaces between words. Korean has them."""
    return _IS_SPACELESS.search(text, concurrent=False) is not None


def split_words(text: str) -> list[str]:
    """Return the words of a text as they are written, with their punctuation; of scripts without spaces the
    characters."""
    if text.isascii() or not (holds_spaceless(text) or _IS_WIDE_MARK.search(text, concurrent=False)):
        return text.split()
    words: list[str] = _WORD.findall(text, concurrent=False)
    return words


def drop_words(text: str, words: Iterable[str]) -> str:
    """Return what follows in a text upon the words with which it begins, as `split_words` returned them."""
    place = 0
    for word in words:
        place = text.index(word, place) + len(word)
    return text[place:].strip()


def split_text(text: str, max_length: int) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a text as places in it: `join_texts` makes it of them again.

    A piece has at most `max_length` characters, unless it is one word.
    """
    start = end = 0
    for left, right in _find_parts(text):
        if end > start and right - start > max_length:
            yield start, end
            start = left
        end = right
    if end > start:
        yield start, end


def _find_parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the least parts that a text can be divided into and joined again as it was."""
    start = end = 0
    for word in _WORD.finditer(text, concurrent=False):
        left, right = word.span()
        if end > start and _may_divide(text, end, left):
            yield start, end
            start = left
        elif end == start:
            start = left
        end = right
    if end > start:
        yield start, end


def _may_divide(text: str, end: int, start: int) -> bool:
    """Return whether a text may be divided between two words, the one that ends and the one that starts there."""
    if bool(find_joint(text[max(end - 4, 0) : end], text[start : start + 4])) != (start > end):
        return False
    is_whole = _NO_BEGINNING.match(text, start, concurrent=False) or _NO_END.match(text, end - 1, concurrent=False)
    return start > end or not is_whole
