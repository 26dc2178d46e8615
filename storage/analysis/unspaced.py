"""Scripts without spaces between words, read by characters and pairs of characters: no dictionary is at hand.

A run of one script gives its characters and its overlapping pairs in turn (機 機械 械 械学 学). So a stretch of a run
gives the same terms in the same order wherever it stands: a phrase is found inside a longer run, and so is a single
character. Where there are pairs they carry the meaning: their characters count as stop words, which serve phrases and
whoever asks for one of them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from itertools import pairwise

import regex

from storage.analysis.tokens import STOP_PREFIX, Part, fold
from storage.characters import INVISIBLE

_SCRIPTS = (
    r"\p{Han}",
    r"\p{Katakana}ーｰﾞﾟ",
    r"\p{Hiragana}ー",
    r"\p{Hangul}",  # Korean has spaces, but writes its endings onto the words
    r"\p{Thai}",
    r"\p{Lao}",
    r"\p{Khmer}",
    r"\p{Myanmar}",
)
_ANY = regex.compile(f"[{''.join(_SCRIPTS)}]")
# Japanese writes words and endings in different scripts: where the script changes there is hardly ever a word.
_RUNS = "|".join(f"[{script}][{script}{INVISIBLE}\\p{{M}}]*" for script in _SCRIPTS)
_RUN = regex.compile(f"({_RUNS})|[^{''.join(_SCRIPTS)}]+")
_CHARACTER = regex.compile(r"\X")
# Those that always are a character each, with nothing to fold: nearly all of Chinese, Japanese and Korean.
_SIMPLE = regex.compile("[々〇ぁ-ゖァ-ヺー\u3400-\u4dbf\u4e00-\u9fff가-힣]+")
_HIRAGANA = regex.compile(r"\p{Hiragana}\p{M}*")

# What questions are put together with. Pairs with one of these characters are stop words ...
_FUNCTION_CHARACTERS = frozenset("的是什么麼怎哪谁誰吗嗎呢这這们們何")
# ... and so is each pair, or single character, of these.
_FUNCTION_WORDS = """
とはなんですか はどうですか はどうすればよいですか どうやって どうして のはなぜ のでしょうか たのですか るのですか
はありますか のですか ますか しました ません えてください について という ような これは それは この その どんな
だれ どこ いつ するには している から まで
请解释一下 介绍一下 请问
무엇인가요 무엇입니까 무엇인지 인가요 입니다 습니까 합니까 있습니다 어떻게 하나요 했나요 있나요 되나요 하려면
해야 하는 알려주세요 알려줘 대해서 에서 으로 에게 이란 왜 것 등 및
คืออะไร อย่างไร ยังไง ทำไม เป็น ของ และ ที่ ใน ได้ ไหม ครับ ค่ะ
"""
# A word of several Korean syllables that ends in one of these most likely ends before it.
_KOREAN_PARTICLES = frozenset("은는이가을를의에도로와과란")


def is_unspaced(text: str) -> bool:
    """Whether any of a text is in a script without spaces."""
    return _ANY.search(text, concurrent=False) is not None


def split_runs(text: str) -> list[tuple[str, int, bool]]:
    """Take a text apart where the script changes: each run, where it starts, and whether it is without spaces."""
    return [(run.group(), run.start(), run.lastindex is not None) for run in _RUN.finditer(text, concurrent=False)]


def split_run(run: str) -> Iterator[Part]:
    """What a run of one script without spaces consists of."""
    units = _read_characters(run)
    inner = len(units) > 1
    for (word, start, end), (following, _, far) in pairwise([*units, ("", 0, 0)]):
        term, common = _read_word(word)
        yield term, word, start, end, inner or common
        if following:
            pair = word + following
            term, common = _read_word(pair)
            ending = far == units[-1][2] and start > 0 and following in _KOREAN_PARTICLES
            yield term, pair, start, far, common or ending


def _read_characters(run: str) -> list[tuple[str, int, int]]:
    """The characters of a run as its reader sees them, marks and all, folded; and where each stands."""
    if _SIMPLE.fullmatch(run, concurrent=False):
        return [(character, place, place + 1) for place, character in enumerate(run)]
    units = _CHARACTER.finditer(run, concurrent=False)
    return [(word, unit.start(), unit.end()) for unit in units if (word := _folded(unit.group()))]


_folded = functools.lru_cache(20_000)(fold)
_FUNCTION_PAIRS = {
    "".join(unit[0] for unit in units[place : place + 2])
    for word in _FUNCTION_WORDS.split()
    for units in [_read_characters(word)]
    for place in range(max(1, len(units) - 1))
}


@functools.lru_cache(100_000)
def _read_word(word: str) -> tuple[str, bool]:
    """The term of a character or a pair, and whether it is a stop word wherever it stands."""
    functional = word in _FUNCTION_PAIRS or not _FUNCTION_CHARACTERS.isdisjoint(word)
    common = functional or _HIRAGANA.fullmatch(word, concurrent=False)
    return (STOP_PREFIX + word, True) if common else (word, False)
