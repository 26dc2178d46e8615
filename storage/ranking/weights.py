"""Every weight of the ranking in one place, with the reason for its value.

The values were chosen on `cuepoint evaluate` over talks of several kinds; all of them lie on a plateau, so that a
library of another kind is served as well. `benchmarks/RANKING.md` keeps the tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from storage.models import ALL_FEATURES, RankingFeature

K1 = 1.5
"""How soon a repeated word counts for less (rank-bm25's default; measured: a plateau)."""
B = 0.75
"""How much more often a long segment must say a word (rank-bm25's default; measured: a plateau)."""

K1_AGAIN = 1.2
"""The same as `K1` in the second stage, where several fields are added up before they saturate."""
LENGTH_AGAIN = 0.4
"""The same as `B` in the second stage, where the neighbours are counted too and the segment's own length matters less
(measured together with `K1_AGAIN` and `LONG_SEGMENT`: no set of questions loses)."""
LONG_SEGMENT = 40.0
"""Words that are no stop words in a segment, on the average of a scope, above which neighbours count less. Where the
segments are long, an answer is seldom spread over several (measured: segments that Cuepoint cuts have 32 to 38)."""

CANDIDATES = 200
"""How many segments the first stage passes on to be ranked again (measured: more change nothing)."""
MAX_TIED = 400
"""How many segments more than that are ranked again where they share the last place (on question sets at most 15 do, of
made-up talks 106; where texts are nearly alike, thousands)."""
TITLE_VIDEOS = 20
"""How many videos with a matching title add candidates, those with the rarest title words first."""
TITLE_SEGMENTS = 10
"""How many segments of such a video are candidates."""

PAIR_WINDOW = 8
"""How many words two question words may lie apart and still count as said together (measured: 4 to 16 are alike)."""


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """What the parts of the second stage count. A weight of 0 leaves a part out."""

    spelling: bool = True
    """Whether words that the scope does not know are tried as their closest spellings."""
    compounds: bool = True
    """Whether words are tried joined and taken apart ("word piece", "wordpiece")."""
    neighbours: float = 0.35
    """What a word in the segment before or after counts beside one in the segment: speech spreads an answer over
    several (measured: the largest gain of all, a plateau from 0.25 to 0.4)."""
    pairs: float = 0.8
    """What two question words said together count, as a term of their own (measured: a plateau from 0.5 to 1)."""
    pairs_nearby: float = 0.4
    """What such a pair counts in the segment before or after (measured: a plateau from 0.25 to 0.5)."""
    titles: float = 0.5
    """What a word in the title counts beside one in the segment (BM25F: a field of its own, saturating with the rest;
    appended to the text it would be counted in every segment, and hurts)."""
    video: float = 0.35
    """What the BM25 score of the whole video adds: a talk about the subject beats a passing mention (measured: a
    plateau from 0.2 to 0.5)."""
    ngrams: float = 0.08
    """What n-grams of four letters add: "saturated" finds "desaturate" (measured: a plateau from 0.03 to 0.15)."""


SHIPPED_WEIGHTS = RankingWeights()


def weights_for(steps: frozenset[RankingFeature]) -> RankingWeights:
    """Return the weights as shipped, without the features that are not named."""
    left_out: dict[str, float | bool] = {}
    for step in ALL_FEATURES - steps:
        left_out |= _WITHOUT[step]
    return replace(SHIPPED_WEIGHTS, **left_out)  # type: ignore[arg-type]


_WITHOUT: dict[RankingFeature, dict[str, float | bool]] = {
    RankingFeature.SPELLING: {"spelling": False},
    RankingFeature.COMPOUNDS: {"compounds": False},
    RankingFeature.NEIGHBOURS: {"neighbours": 0.0, "pairs_nearby": 0.0},
    RankingFeature.PROXIMITY: {"pairs": 0.0},
    RankingFeature.TITLES: {"titles": 0.0},
    RankingFeature.VIDEO: {"video": 0.0},
    RankingFeature.NGRAMS: {"ngrams": 0.0},
}
