"""What is read and compiled once to understand the questions of a language."""

from __future__ import annotations

from storage.analysis.question_phrases import blank_stop_phrases
from storage.analysis.spoken_numbers import read_number
from storage.analysis.word_lists import word_list


def load_question_rules(language: str) -> None:
    """Load what the first question of a language would otherwise load, up to 30 ms, and much more on a slow machine."""
    word_list(language)
    blank_stop_phrases("", language)
    read_number(("one",), language)
