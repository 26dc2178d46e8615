"""The usual measures of a ranking, as trec_eval computes them."""

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
    """The means over all questions, each from 0 to 1. nDCG's gain is linear: a score of 3 is worth three of 1."""

    ndcg_10: float
    mrr_10: float
    hit_1: float
    hit_3: float
    recall_10: float


def require() -> None:
    """Raises MissingPackage where the measures' package is not installed: better before the work than after it."""
    _package()


def measure_ranking(judgements: Judgements, found: Mapping[str, Sequence[str]]) -> Figures:
    """Measure a ranking: for each question the entries found, best first.

    `found` has the questions to average over, each with at least one relevant entry among its judgements.
    """
    package = _package()
    results = []
    for query_id, entries in found.items():
        # trec_eval falls over ids it cannot spell and breaks ties by them: it gets numbers, and no two results tie.
        numbers: dict[str, str] = {}
        judged = {numbers.setdefault(each, str(len(numbers))): s for each, s in judgements[query_id].items()}
        run = {
            numbers.setdefault(each, str(len(numbers))): float(DEPTH - place)
            for place, each in enumerate(entries[:DEPTH])
        }
        results.append(package.RelevanceEvaluator({"": judged}, _MEASURES).evaluate({"": run})[""])
    names = ("ndcg_cut_10", "recip_rank", "success_1", "success_3", "recall_10")
    return Figures(*(sum(result[name] for result in results) / len(results) for name in names))


def _package() -> ModuleType:
    try:
        import pytrec_eval
    except ImportError as error:
        raise MissingPackage(
            "Measuring needs the package pytrec-eval-terrier, which is not installed; "
            "add it with: python -m pip install pytrec-eval-terrier"
        ) from error
    package: ModuleType = pytrec_eval
    return package
