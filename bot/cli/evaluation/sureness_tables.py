"""Tables of how sure the answers are, and of what other cuts would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from bot.cli.evaluation.formatting import Titled, format_percent, new_table
from bot.cli.screen import neutralize
from bot.evaluation.refusal import KEPT_PERCENT, REFUSED_PERCENT
from bot.evaluation.sureness_table import CutEffect, SetSureness, SurenessReport


def make_sureness_tables(report: SurenessReport) -> Titled:
    """Yield the tables of sureness: at the shipped cuts, at those that refuse or keep so many, and the curve."""
    cuts = f"confident from {report.confident_cut:g}, closest from {report.closest_cut:g}"
    sets = [*report.sets, report.mean] if len(report.sets) > 1 else report.sets
    yield f"Sureness at the shipped cuts: {cuts}", _level_table(sets)
    refusing = [f"refuse {percent} %" for percent in REFUSED_PERCENT]
    keeping = [f"keep {percent} %" for percent in KEPT_PERCENT]
    effects = zip((*refusing, *keeping), (*report.at_refused, *report.at_kept), strict=True)
    yield "Other cuts: the means over the sets, and the worst set", _cut_table("to", effects)
    curve = ((f"{effect.cut:.2f}", effect) for effect in report.at_cuts if _is_worth_choosing(effect))
    title = "The curve, where it keeps half of the own questions and refuses half of the foreign ones"
    yield title, _cut_table("", curve)


def _level_table(sets: Sequence[SetSureness]) -> Table:
    table = new_table("set", "questions", "asked", "confident", "closest", "nothing", "AUC", words=2)
    for one_set in sets:
        name = neutralize(one_set.name)
        for kind, shares in (("own", one_set.own), ("own, with a slip", one_set.slipped), ("foreign", one_set.foreign)):
            if shares:
                levels = (format_percent(share) for share in (shares.confident, shares.closest, shares.nothing))
                area = "" if shares.area is None else f"{shares.area:.4f}"
                table.add_row(name, kind, f"{shares.questions:,}", *levels, area)
                name = ""
    return table


def _is_worth_choosing(effect: CutEffect) -> bool:
    return effect.own_kept >= 0.5 and effect.foreign_refused >= 0.5


def _cut_table(first: str, effects: Iterable[tuple[str, CutEffect]]) -> Table:
    """Return a table of cuts, each with its name in a column that is called `first`, or as its own name."""
    effect_columns = "own kept", "slips kept", "refused", "fewest kept", "fewest refused"
    table = new_table(*filter(None, (first, "cut")), *effect_columns)
    for name, effect in effects:
        table.add_row(
            *([name, f"{effect.cut:.4f}"] if first else [name]),
            format_percent(effect.own_kept),
            "" if effect.slipped_kept is None else format_percent(effect.slipped_kept),
            format_percent(effect.foreign_refused),
            f"{neutralize(effect.least_own_kept_in)} {format_percent(effect.least_own_kept)}",
            f"{neutralize(effect.least_foreign_refused_in)} {format_percent(effect.least_foreign_refused)}",
        )
    return table
