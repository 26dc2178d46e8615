"""How figures and tables of an evaluation are written."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from bot.evaluation.measures import Figures

MEASURES = {
    "ndcg_10": "nDCG@10",
    "mrr_10": "MRR@10",
    "hit_1": "hit@1",
    "hit_3": "hit@3",
    "recall_10": "recall@10",
    "quote_answers_1": "quote answers @1",
    "quote_answers_3": "quote answers @3",
    "confident": "confident",
    "sureness": "sureness",
}
"""What the measures are called in tables, in their order there."""
FIGURES = tuple(MEASURES)[:5]
"""Those that every ranking has."""

Titled = Iterator[tuple[str, Table]]
"""Tables, each with its title."""


def new_table(*columns: str, words: int = 1) -> Table:
    """Return an empty table: so many columns for words, the others for figures."""
    table = Table(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < words else "right")
    return table


def format_figures(figures: Figures) -> Iterator[str]:
    """Return the figures of a ranking in the order of `FIGURES`."""
    return (f"{getattr(figures, name):.4f}" for name in FIGURES)


def format_part(count: int, total: int) -> str:
    """Return a count as a share of a total, in percent; a dash where the total is 0."""
    return format_percent(count / total) if total else "–"


def format_percent(share: float) -> str:
    """Return a share from 0 to 1 in percent."""
    return f"{100 * share:.1f} %"
