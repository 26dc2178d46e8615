"""Computes the usual measures of a ranking, as trec_eval does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from bot.errors import MissingPackage
from bot.evaluation.values import Judgements

DEPTH = 10
"""How many results of a question are looked at."""
_MEASURES = {"ndcg_cut.10", "recip_rank", "success.1,3", "recall.10"}


@dataclass(frozen=True, slots=True)
class Figures:
    """The means over all questions, all from 0 to 1. nDCG's gain is linear: a score of 3 is worth three of 1."""

    ndcg_10: float
    mrr_10: float
    hit_1: float
    hit_3: float
    recall_10: float


def require_package() -> None:
    """Raise MissingPackage where the measures' package is not installed: better before the work than after it."""
    _load_package()


def measure_ranking(judgements: Judgements, rankings: Mapping[str, Sequence[str]]) -> Figures:
    """Measure the rankings of questions, which are the entries found by query id, best first.

    `rankings` has the questions to average over; all have at least one relevant entry among their judgements.
    """
    package = _load_package()
    evaluated = []
    for query_id, entries in rankings.items():
        # trec_eval fails on ids it cannot encode and breaks ties by id: it gets numbers, and no two results tie.
        numbers: dict[str, str] = {}
        judged = {numbers.setdefault(entry_id, str(len(numbers))): s for entry_id, s in judgements[query_id].items()}
        run = {
            numbers.setdefault(entry_id, str(len(numbers))): float(DEPTH - place)
            for place, entry_id in enumerate(entries[:DEPTH])
        }
        evaluated.append(package.RelevanceEvaluator({"": judged}, _MEASURES).evaluate({"": run})[""])
    names = ("ndcg_cut_10", "recip_rank", "success_1", "success_3", "recall_10")
    return Figures(*(sum(result[name] for result in evaluated) / len(evaluated) for name in names))


def _load_package() -> ModuleType:
    try:
        import pytrec_eval
    except ImportError as error:
        raise MissingPackage(
            "Measuring needs the package pytrec-eval-terrier, which is not installed; "
            "add it with: python -m pip install pytrec-eval-terrier"
        ) from error
    package: ModuleType = pytrec_eval
    return package
