"""The ledger's operations on reviews of misses: which questions without an answer are still open.

A miss is open until an import answers it or a moderator dismisses it. One that was answered is open again once it is
asked again and missed; a dismissed one stays dismissed until the review is as old as the retention.
"""

from __future__ import annotations

from storage.ledger.rows import ALL_ARE_THERE, LedgerRows, Statement, normalize_question
from storage.models import Miss, MissOutcome, ReviewedMiss

_MISSES = """
    SELECT library, question, sum(count) AS asked, max(last_asked) AS latest, wording FROM miss WHERE library = ?
    GROUP BY question
"""
# Beside a maximum, SQLite takes the wording from the row that has it.
_IS_CLOSED = "(outcome = 'dismissed' OR (outcome = 'answered' AND reviewed_at >= latest))"
DELETE_STRAY_REVIEWS: Statement = (
    "DELETE FROM miss_review WHERE (library, question) NOT IN (SELECT library, question FROM miss)",
    (),
)
"""Deletes the reviews of questions that nobody's misses hold any more: their words are kept nowhere else then."""


class ReviewEntries(LedgerRows):
    """Open misses, and what became of the others."""

    async def open_misses(self, library: str) -> list[Miss]:
        """Return the open questions of a library, by its key: the most asked first, then the latest."""
        rows = await self._rows(
            f"""
            SELECT library, question, asked, latest, wording
            FROM ({_MISSES}) LEFT JOIN miss_review USING (library, question)
            WHERE outcome IS NULL OR NOT {_IS_CLOSED} ORDER BY asked DESC, latest DESC, question
            """,
            (library,),
        )
        return [Miss(*row) for row in rows]

    async def reviewed_misses(self, library: str) -> list[ReviewedMiss]:
        """Return the questions of a library that are not open, the latest reviewed first."""
        rows = await self._rows(
            f"""
            SELECT library, question, asked, latest, wording, outcome, reviewed_at
            FROM ({_MISSES}) JOIN miss_review USING (library, question)
            WHERE {_IS_CLOSED} ORDER BY reviewed_at DESC, question
            """,
            (library,),
        )
        return [ReviewedMiss(Miss(*miss), MissOutcome(outcome), moment) for *miss, outcome, moment in rows]

    async def review_miss(self, library: str, question: str, outcome: MissOutcome) -> None:
        """Close a question of a library. One that nobody's misses hold is ignored; a dismissed one stays dismissed."""
        await self._write(
            (library,),
            f"""
            INSERT INTO miss_review (library, question, outcome, reviewed_at)
            SELECT ?1, ?2, ?3, ?4
            WHERE EXISTS (SELECT 1 FROM miss WHERE (library, question) = (?1, ?2)) AND {ALL_ARE_THERE}
            ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reviewed_at = excluded.reviewed_at
                WHERE outcome != 'dismissed' OR excluded.outcome = 'dismissed'
            """,
            (library, normalize_question(question), outcome, self._now()),
        )

    async def reopen_miss(self, library: str, question: str) -> bool:
        """Have a question be open again; return whether it was not."""
        statement = "DELETE FROM miss_review WHERE (library, question) = (?, ?)"
        return bool(await self._execute(statement, (library, normalize_question(question))))
