"""The usual measures of a ranking, as trec_eval computes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

from bot.evaluation.values import Judgements

DEPTH = 10
"""How many results of a question are looked at."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The means over all questions, each from 0 to 1. nDCG's gain is linear: a score of 3 is worth three of 1."""

    ndcg_10: float
    mrr_10: float
    hit_1: float
    hit_3: float
    recall_10: float


def measure_ranking(judgements: Judgements, found: Mapping[str, Sequence[str]]) -> Figures:
    """Measure a ranking: for each question the entries found, best first and none twice.

    `found` has the questions to average over, each with at least one relevant entry among its judgements. What nobody
    judged counts as not relevant.
    """
    results = [_measure_question(judgements[query_id], entries[:DEPTH]) for query_id, entries in found.items()]
    return Figures(*(sum(column) / len(results) for column in zip(*results, strict=True)))


def _measure_question(judged: Mapping[str, int], entries: Sequence[str]) -> tuple[float, ...]:
    """nDCG, reciprocal rank, hit within 1 and 3, and recall of one question; in the order of `Figures`."""
    gains = [judged.get(entry, 0) for entry in entries]
    ideal = sorted((score for score in judged.values() if score > 0), reverse=True)
    ranks = [rank for rank, gain in enumerate(gains, 1) if gain > 0]
    first = ranks[0] if ranks else DEPTH + 1
    return (
        _discounted_gain(gains) / _discounted_gain(ideal[:DEPTH]),
        1 / first if ranks else 0.0,
        float(first <= 1),
        float(first <= 3),
        len(ranks) / len(ideal),
    )


def _discounted_gain(gains: Sequence[int]) -> float:
    """The gains of a ranking, each worth less the further down (Järvelin and Kekäläinen 2002, trec_eval's form)."""
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1) if gain > 0)
