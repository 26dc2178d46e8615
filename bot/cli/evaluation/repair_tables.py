"""Tables of what the spelling correction does to the words of questions."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from bot.cli.evaluation.formatting import Titled, format_part, new_table
from bot.cli.screen import neutralize
from bot.evaluation.repairs import FrequentRepair, RepairCount, SlipCount


def make_repair_tables(count: RepairCount) -> Titled:
    """Yield the tables of what was repaired of questions that were asked in one way."""
    yield f"Repairs, questions {count.asked}", _repair_table(count)
    if count.said and count.unsaid:
        yield "What became of the words with a slip", _slip_table(count.said, count.unsaid)
    if count.frequent:
        yield f"The most frequent repairs of questions {count.asked}", _frequent_table(count.frequent)


def _repair_table(count: RepairCount) -> Table:
    table = new_table("repaired", "", "share", "in the word list")

    def add_row(name: str, words: int, total: int, listed: int) -> None:
        part = format_part(words, total)
        table.add_row(name, f"{words:,}", part, f"{listed:,}" if count.has_word_list else "no list")

    questions, repaired = count.questions_repaired, count.words_repaired
    table.add_row(f"of {count.questions:,} questions", f"{questions:,}", format_part(questions, count.questions))
    add_row(f"of {count.words:,} words", repaired, count.words, sum(kind.listed for kind in count.kinds))
    for kind in count.kinds:
        add_row(f"  {kind.kind}", kind.words, repaired, kind.listed)
    table.add_row("  with two guesses", f"{count.second_guesses:,}", format_part(count.second_guesses, repaired))
    return table


def _slip_table(said: SlipCount, unsaid: SlipCount) -> Table:
    table = new_table("words with a slip", "all", "put right", "to another word", "left alone")
    for name, count in (("the right one is said", said), ("the right one is not said", unsaid)):
        fates = count.put_right, count.to_another, count.left_alone
        shares = (f"{fate:,} ({format_part(fate, count.total)})" for fate in fates)
        table.add_row(name, f"{count.total:,}", *shares)
    return table


def _frequent_table(frequent: Sequence[FrequentRepair]) -> Table:
    table = new_table("word", "repaired to", "kind", "times", words=3)
    for repair in frequent:
        table.add_row(neutralize(repair.word), neutralize(repair.repaired_to), str(repair.kind), f"{repair.times:,}")
    return table
