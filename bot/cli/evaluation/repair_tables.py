"""Tables of what the spelling correction does to the words of questions."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from bot.cli.evaluation.formatting import Titled, format_part, new_table
from bot.cli.screen import neutralize
from bot.evaluation.repairs import FrequentRepair, RepairCount, SlipCount


def make_repair_tables(count: RepairCount) -> Titled:
    """Yield the tables of what was repaired of questions that were asked in one way."""
    yield _describe_repairs(count), _repair_table(count)
    if count.said and count.unsaid:
        yield "What became of the words with a slip", _slip_table(count.said, count.unsaid)
    if count.frequent:
        yield f"The most frequent repairs of questions {count.asked}", _frequent_table(count.frequent)


def _describe_repairs(count: RepairCount) -> str:
    questions = f"{count.questions_repaired:,} of {count.questions:,} questions"
    words = f"{count.words_repaired:,} of {count.words:,} words"
    shares = format_part(count.questions_repaired, count.questions), format_part(count.words_repaired, count.words)
    return f"Repairs, questions {count.asked}: {questions} ({shares[0]}), {words} ({shares[1]})"


def _repair_table(count: RepairCount) -> Table:
    table = new_table("kind", "words", "share", "in the word list")
    kinds = [(str(kind.kind), kind.words, kind.listed) for kind in count.kinds]
    for name, words, listed in (*kinds, ("all", count.words_repaired, sum(kind.listed for kind in count.kinds))):
        share = format_part(words, count.words_repaired)
        table.add_row(name, f"{words:,}", share, f"{listed:,}" if count.has_word_list else "no list")
    share = format_part(count.second_guesses, count.words_repaired)
    table.add_row("with two guesses", f"{count.second_guesses:,}", share)
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
