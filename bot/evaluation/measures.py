"""Computes the usual measures of a ranking, as trec_eval does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from math import log2

from bot.evaluation.values import Judgements
from storage.analysis import Analyser

DEPTH = 10
"""How many results of a question are looked at."""
MAX_QUOTES = 3
"""In how many quotes of an answer the answering phrase is looked for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The measures of one question, or their means over several, all from 0 to 1.

    nDCG's gain is linear: a score of 3 is worth three of 1.
    """

    ndcg_10: float
    mrr_10: float
    hit_1: float
    hit_3: float
    recall_10: float


def measure_ranking(judgements: Judgements, rankings: Mapping[str, Sequence[str]]) -> Figures:
    """Measure the rankings of questions, which are the entries found by query id, best first and none twice.

    `rankings` has the questions to average over, all with at least one relevant entry among their judgements. An entry
    without a judgement counts as not relevant.
    """
    return average_figures([measure_question(judgements[query_id], found) for query_id, found in rankings.items()])


def average_figures(figures: Sequence[Figures]) -> Figures:
    """Return the means of the figures, of which there is at least one."""
    columns = zip(*map(astuple, figures), strict=True)
    return Figures(*(sum(column) / len(figures) for column in columns))


def measure_question(judged: Mapping[str, int], entries: Sequence[str]) -> Figures:
    """Measure the ranking of one question: `entries` are those found, best first, `judged` what they are worth."""
    gains = [judged.get(entry, 0) for entry in entries[:DEPTH]]
    ideal = sorted((score for score in judged.values() if score > 0), reverse=True)
    ranks = [rank for rank, gain in enumerate(gains, 1) if gain > 0]
    first = ranks[0] if ranks else DEPTH + 1
    return Figures(
        _discounted_gain(gains) / _discounted_gain(ideal[:DEPTH]),
        1 / first if ranks else 0.0,
        float(first <= 1),
        float(first <= 3),
        len(ranks) / len(ideal),
    )


def _discounted_gain(gains: Sequence[int]) -> float:
    """Sum the gains of a ranking, worth less the further down (Järvelin and Kekäläinen 2002, in trec_eval's form)."""
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1) if gain > 0)


def find_answering_quote(quotes: Sequence[str], answers: Sequence[str], analyser: Analyser) -> int:
    """Return which quote, counted from 1, is the first to hold one of the answering phrases; 0 where none does.

    A phrase is compared word by word, as the index reads words: case and punctuation do not count. One without a word
    is in no quote.
    """
    phrases = [words for answer in answers if (words := _spell_words(answer, analyser)).strip()]
    places = (
        place
        for place, quote in enumerate(quotes, 1)
        if any(phrase in _spell_words(quote, analyser) for phrase in phrases)
    )
    return next(places, 0)


def _spell_words(text: str, analyser: Analyser) -> str:
    """Return the words of a text with a space around each of them, so that a phrase within begins and ends with one."""
    return "".join(f" {token.word}" for token in analyser.tokens(text)) + " "
