"""Scores the stretches of a passage as quotes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from bot.answering.matching import Match
from bot.answering.quote_units import Unit

# What a match counts at the edge of a quote, as a share of what it counts in the middle, is 1 - _EDGE_LOSS: the quote
# reaches as far to both sides of the words that match as it can, and two words that are far apart do not stretch it
# between them. What is said again counts a quarter. The rest is small, and decides between stretches with much the same
# words: beginning or ending with a sentence, and length.
_EDGE_LOSS, _AGAIN, _CLEAN_START, _CLEAN_END, _LENGTH = 0.4, 0.25, 0.1, 0.08, 0.05


def iterate_stretches(units: Sequence[Unit], shortest: int, length: int) -> Iterator[Unit]:
    """Yield every stretch of whole units that has `shortest` to `length` characters; all units where they are fewer."""
    ends = [end for _, end in units]
    shortest = min(shortest, ends[-1] - units[0][0])
    for place, (start, _) in enumerate(units):
        if start + shortest > ends[-1]:
            break
        nearest = bisect_left(ends, start + shortest, place)
        farthest = bisect_right(ends, start + length, nearest)
        for end in ends[nearest:farthest]:
            yield start, end


class QuoteScorer:
    """Scores stretches of a passage as quotes. Made once per passage, which has about seventy stretches."""

    def __init__(
        self,
        matches: Sequence[Match],
        phrases: Sequence[tuple[int, int]],
        sentences: tuple[frozenset[int], frozenset[int]],
        length: int,
    ) -> None:
        self._matches, self._phrases, self._length = matches, phrases, length
        self._starts, self._ends = [match.start for match in matches], [match.end for match in matches]
        self._sentence_starts, self._sentence_ends = sentences
        self._total = sum({match.term: match.weight for match in matches}.values()) or 1.0

    def find_best(self, stretches: Sequence[Unit]) -> Unit:
        """Return the stretch with the highest score, of several the first."""
        bounds = self._bound_scores(stretches)
        highest, best = -1.0, 0
        # Most are passed over: those that could score highest are looked at first.
        for place in sorted(range(len(stretches)), key=bounds.__getitem__, reverse=True):
            if bounds[place] < highest:
                break
            score = self._score(*stretches[place])
            if score > highest or (score == highest and place < best):
                highest, best = score, place
        return stretches[best]

    def _bound_scores(self, stretches: Sequence[Unit]) -> list[float]:
        """Return for every stretch what its score does not exceed: as if no word were said again."""
        # What matches before a place: its weight, and its weight times once and twice where it stands.
        sums = [(0.0, 0.0, 0.0)]
        for match in self._matches:
            weight, moment, square = sums[-1]
            at = match.start + match.end
            sums.append((weight + match.weight, moment + match.weight * at, square + match.weight * at * at))
        before = {start: sums[bisect_left(self._starts, start)] for start, _ in stretches}
        until = {end: sums[bisect_right(self._ends, end)] for _, end in stretches}
        loss, total = _EDGE_LOSS / self._length**2, self._total
        # More than sums of the same numbers in another order can differ by.
        rest = 2 * bool(self._phrases) + _LENGTH + 1e-6
        bounds = []
        for start, end in stretches:
            middle = start + end
            (weight, moment, square), (more, further, widest) = before[start], until[end]
            weight, moment, square = more - weight, further - moment, widest - square
            worth = max(weight - loss * (square - 2 * middle * moment + middle * middle * weight), 0.0)
            clean = _CLEAN_START * (start in self._sentence_starts) + _CLEAN_END * (end in self._sentence_ends)
            bounds.append(rest + clean + (min(worth, total) + _AGAIN * max(worth - total, 0.0)) / total)
        return bounds

    def _score(self, start: int, end: int) -> float:
        """Return how good a quote a stretch is: about 1 where it holds every word of the question."""
        # A quoted phrase is what was asked for: nothing else makes up for quoting without it.
        phrase = 2 * any(start <= left and right <= end for left, right in self._phrases)
        clean = _CLEAN_START * (start in self._sentence_starts) + _CLEAN_END * (end in self._sentence_ends)
        return phrase + self._score_matches(start, end) + clean + _LENGTH * (end - start) / self._length

    def _score_matches(self, start: int, end: int) -> float:
        best: dict[int, float] = {}
        everything = 0.0
        for match in self._matches[bisect_left(self._starts, start) : bisect_right(self._ends, end)]:
            # From -1 at the edge of the longest quote to 1 at the other one.
            place = (match.start + match.end - start - end) / self._length
            worth = match.weight * (1 - _EDGE_LOSS * place * place)
            everything += worth
            if worth > best.get(match.term, 0.0):
                best[match.term] = worth
        distinct = sum(best.values())
        return (distinct + min(_AGAIN * (everything - distinct), self._total)) / self._total
