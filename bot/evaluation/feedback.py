"""Makes a question set of what people voted, and of what they asked without an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.errors import QuestionSetError
from bot.evaluation.values import Entry, Query, QuestionSet
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Scope, Verdict, VoteCount


async def collect_feedback(library: Library, ledger: Ledger, scope: Scope) -> QuestionSet:
    """Return the votes on the segments of the scope's one library, with all its segments, as a question set.

    A segment answers a question if more people found it helpful than not. Questions that found no clear answer are in
    it too, without judgements. Raises QuestionSetError where there is neither.
    """
    (key,) = scope.libraries
    votes = await ledger.votes(key)
    entries = await _make_entries(library, scope)
    stored_ids = {entry.entry_id for entry in entries}
    usable = [counted for counted in votes if _voted_entry_id(counted) in stored_ids]
    missed_questions = {miss.question for miss in await ledger.misses(key)}
    if not usable and not missed_questions:
        why = "the segments that people voted on are not stored any more" if votes else "nobody has voted yet"
        raise QuestionSetError(f"There is nothing to write of this library: {why}, and no question is noted.")
    asked = sorted({counted.vote.question for counted in usable} | missed_questions)
    queries = {text: f"q{number}" for number, text in enumerate(asked, 1)}
    gone = sum(counted.count for counted in votes) - sum(counted.count for counted in usable)
    notes = (f"Votes on segments that are not stored any more, left out: {gone:,}.",) if gone else ()
    return QuestionSet(
        entries, tuple(Query(name, text) for text, name in queries.items()), _make_judgements(usable, queries), notes
    )


async def _make_entries(library: Library, scope: Scope) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for summary in await library.videos(scope):
        video = summary.video
        segments = await library.segments_between(scope, video.video_id, 0.0, summary.end_second)
        entries += [
            Entry(
                _make_entry_id(video.video_id, segment.start_second),
                segment.text,
                video.title,
                video.video_id,
                float(place),
                segment.start_second,
                segment.end_second,
            )
            for place, segment in enumerate(segments)
        ]
    return tuple(entries)


def _make_entry_id(video_id: str, start_second: float) -> str:
    return f"{video_id}@{int(start_second) if start_second.is_integer() else start_second}"


def _voted_entry_id(counted: VoteCount) -> str:
    return _make_entry_id(counted.vote.video_id, counted.vote.start_second)


def _make_judgements(votes: Iterable[VoteCount], queries: dict[str, str]) -> dict[str, dict[str, int]]:
    """Return by question 1 for a segment that more people found helpful than not, else 0."""
    balances: Counter[tuple[str, str]] = Counter()
    for counted in votes:
        subject = queries[counted.vote.question], _voted_entry_id(counted)
        balances[subject] += counted.count if counted.vote.verdict is Verdict.HELPFUL else -counted.count
    judgements: dict[str, dict[str, int]] = {}
    for (query_id, entry_id), votes_ahead in balances.items():
        judgements.setdefault(query_id, {})[entry_id] = int(votes_ahead > 0)
    return judgements
