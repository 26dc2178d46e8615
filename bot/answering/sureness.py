"""How sure an answer is, from signals that mean the same in a small library and in a large one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.answering.values import AnswerLevel
from storage.models import ScoreBound, SearchResult

CONFIDENT, CLOSEST = 0.345, 0.255
"""The default thresholds. Measured with `cuepoint evaluate --sureness` (benchmarks/RANKING.md): at the first, nine in
ten questions that the videos answer are kept and nine in ten about something else are not; below the second hardly any
are real. They belong to the weights of the ranking: measure them again whenever a weight changes."""
MIN_REACH = 3
"""The fewest segments in reach that are reckoned with: in a library of one, no word is rare."""
RARE = 2
"""In how many segments a word is said that a score is measured by. With one, the first video of a small library, where
every word of its subject comes back, would never give a confident answer; in a large one it makes no difference."""

CONFIDENT_WITH_MEANING, CLOSEST_WITH_MEANING = 1.26, 0.66
"""What these thresholds stand for where a model has read the hits, on the scale of `_weigh_with_meaning`. One cut
serves libraries of different kinds (measured: at the first, nine in ten of a library's own questions are kept and
nineteen in twenty of others are not)."""
SIMILARITY_WEIGHT = 6.0
"""What the nearest similarity counts there."""
READ_HITS = 5
"""The first hits, of which the nearest in meaning counts."""


@dataclass(frozen=True, slots=True)
class SurenessThresholds:
    """From which sureness an answer is confident, and from which it is the closest there is; below, it is nothing.

    `said_is_closest` says that an answer is never nothing where every word of the question is said.
    """

    confident: float = CONFIDENT
    closest: float = CLOSEST
    said_is_closest: bool = True

    def level(self, sureness: float, says_all: bool = False) -> AnswerLevel:
        """Return the level of an answer of this sureness; `says_all` says that every word of the question is said."""
        if sureness >= self.confident:
            return AnswerLevel.CONFIDENT
        close = sureness >= self.closest or (says_all and self.said_is_closest)
        return AnswerLevel.CLOSEST if close else AnswerLevel.NOTHING


def says_every_word(result: SearchResult) -> bool:
    """Return whether all that a question asks about is said in the videos, as it was typed or in another form of the
    same word. A spelling that was only guessed does not count, nor do the words of a question of stop words alone; the
    number of a name need not be said where the name is."""
    said = all((term.alternatives and term.credit == 1) or term.is_detail for term in result.terms)
    return said and bool(result.terms) and not result.unmatched_phrases


def compute_sureness(score: float, result: SearchResult) -> float:
    """Return how sure it is that a score of this height is what was asked for, from 0 to 1.

    Two things make sure: that the question is covered, and that it is covered by enough. The first is the share of the
    highest score that the question's words by themselves could reach. The second is the score itself, measured by what
    a rare word weighs among the segments in reach: "how are videos" is covered wholly and says nothing. Guessed words
    count by how far the guess may be trusted. Where a model has read the hits, it counts above all how near the best of
    the first are in meaning.
    """
    trusted = _trust(result) * score
    if result.ideal_score <= 0 or trusted <= 0:
        return 0.0
    share = trusted / result.ideal_score
    enough = trusted / _weight_of_rare_word(max(result.segments_in_reach, MIN_REACH))
    nearest = _nearest_similarity(result)
    if nearest is not None:
        return _weigh_with_meaning(share, enough, nearest)
    evidence = share * math.sqrt(enough)
    return evidence / (1 + evidence)


def scale_sureness(sureness: float, share: float) -> float:
    """Return how sure an answer is by a passage whose score is a share of the best one's, by which it is so sure."""
    # Of the score, the evidence has the share whole and the square root once more.
    evidence = sureness / (1 - sureness) * share**1.5 if sureness < 1 else math.inf
    return evidence / (1 + evidence) if evidence < math.inf else 1.0


def bound_sureness(bound: ScoreBound) -> float:
    """Return how sure an answer can be at most by segments whose scores have a bound, where no model reads them."""
    enough = bound.score / _weight_of_rare_word(max(bound.segments, MIN_REACH))
    evidence = bound.score / bound.ideal_score * math.sqrt(enough)
    return evidence / (1 + evidence)


def _trust(result: SearchResult) -> float:
    """Return how far the matched words are what was asked, from 0 to 1."""
    matched = [term for term in result.terms if term.alternatives]
    weight = sum(term.weight for term in matched)
    return sum(term.weight * term.credit for term in matched) / weight if weight else 0.0


def _weight_of_rare_word(segments: int) -> float:
    """Return the inverse document frequency, as the ranking has it, of a word that `RARE` segments say."""
    return math.log(1 + (segments - RARE + 0.5) / (RARE + 0.5))


def _nearest_similarity(result: SearchResult) -> float | None:
    """Return how near the nearest of the first hits is in meaning; None where no model read them."""
    similarities = [place.similarity for place in result.ranked[:READ_HITS] if place.similarity is not None]
    return max(similarities, default=None)


def _weigh_with_meaning(share: float, enough: float, nearest: float) -> float:
    """Return a sureness from 0 to 1 that rises with the evidence of words and meaning, and has the default thresholds
    where the evidence is cut."""

    def log_odds(sureness: float) -> float:
        return math.log(sureness / (1 - sureness))

    evidence = math.log(share) + 0.5 * math.log(enough) + SIMILARITY_WEIGHT * nearest
    slope = (log_odds(CONFIDENT) - log_odds(CLOSEST)) / (CONFIDENT_WITH_MEANING - CLOSEST_WITH_MEANING)
    return 1 / (1 + math.exp(-(log_odds(CONFIDENT) + slope * (evidence - CONFIDENT_WITH_MEANING))))
