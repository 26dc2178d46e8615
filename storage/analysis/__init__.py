"""Text to terms with positions: one function for indexing, questions and highlighting.

Because all three use it, highlighting marks exactly what matched. The rules, measured on spoken transcripts:
compatibility forms folded (NFKC), lower case, apostrophes and the English possessive dropped, hyphens split, Snowball
stems, stop words recognised but kept (a question made of nothing else must still be answerable). Scripts without spaces
are read by characters and pairs of characters, in libraries of any language.
"""

from __future__ import annotations

from storage.analysis.analyser import ANALYSED_BY, Analyser, analyser_for
from storage.analysis.languages import base_language
from storage.analysis.tokens import STOP_PREFIX, Token, fold
from storage.analysis.unspaced import is_unspaced
from storage.analysis.word_lists import WordList, word_list

__all__ = [
    "ANALYSED_BY",
    "STOP_PREFIX",
    "Analyser",
    "Token",
    "WordList",
    "analyser_for",
    "base_language",
    "fold",
    "is_unspaced",
    "word_list",
]
