"""Text to terms with positions: one function for indexing, questions and highlighting.

Because all three use it, highlighting marks exactly what matched. The rules, measured on spoken transcripts:
compatibility forms folded (NFKC), lower case, apostrophes and the English possessive dropped, hyphens split, Snowball
stems, stop words recognised but kept (a question made of nothing else must still be answerable). Scripts without spaces
are read by characters and pairs of characters, in libraries of any language.
"""

from __future__ import annotations

from storage.analysis.analyser import ANALYSED_BY, ASCII_BETWEEN_WORDS, Analyser, analyser_for
from storage.analysis.british_spelling import spell_american
from storage.analysis.joining import (
    FIRST_SPACELESS,
    drop_words,
    find_joint,
    find_offsets,
    holds_spaceless,
    join_texts,
    join_with_offsets,
    split_text,
    split_words,
)
from storage.analysis.language_guess import guess_language, is_in_other_language
from storage.analysis.languages import base_language, stop_words_of
from storage.analysis.question_phrases import blank_stop_phrases
from storage.analysis.question_rules import load_question_rules
from storage.analysis.sound_marks import blank_sounds, remove_sounds
from storage.analysis.spoken_numbers import read_number, spell_number, spell_percent
from storage.analysis.tokens import STOP_PREFIX, Token, fold
from storage.analysis.unspaced import is_unspaced
from storage.analysis.word_lists import LISTED_LANGUAGES, WordList, word_list

__all__ = [
    "ANALYSED_BY",
    "ASCII_BETWEEN_WORDS",
    "FIRST_SPACELESS",
    "LISTED_LANGUAGES",
    "STOP_PREFIX",
    "Analyser",
    "Token",
    "WordList",
    "analyser_for",
    "base_language",
    "blank_sounds",
    "blank_stop_phrases",
    "drop_words",
    "find_joint",
    "find_offsets",
    "fold",
    "guess_language",
    "holds_spaceless",
    "is_in_other_language",
    "is_unspaced",
    "join_texts",
    "join_with_offsets",
    "load_question_rules",
    "read_number",
    "remove_sounds",
    "spell_american",
    "spell_number",
    "spell_percent",
    "split_text",
    "split_words",
    "stop_words_of",
    "word_list",
]
