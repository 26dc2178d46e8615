"""The ledger's operations on tallies: how many questions were asked in a server on a day. No words, and nobody's id."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.access import library_key
from storage.ledger.rows import ALL_ARE_THERE, LedgerRows
from storage.models import DAY_SECONDS, QuestionCount, Week

MIN_TALLY_SECONDS = 8 * DAY_SECONDS
"""How long a day's tally is kept at least: a weekly summary that is sent a little late needs the eighth day."""


class TallyEntries(LedgerRows):
    """Questions asked and answered, by server and day (UTC)."""

    async def count_question(self, server_id: int, *, is_answered: bool) -> None:
        """Count a question that was asked in a server, and that it was answered clearly where it was."""
        await self._write(
            (library_key(server_id),),
            f"""
            INSERT INTO question_tally (server, day, asked, answered) SELECT ?, ?, 1, ? WHERE {ALL_ARE_THERE}
            ON CONFLICT DO UPDATE SET asked = asked + 1, answered = answered + excluded.answered
            """,
            (str(server_id), utc_day(self._now()), int(is_answered)),
        )

    async def count_questions(self, server_id: int, week: Week) -> QuestionCount:
        """Return how many questions were asked in a server in a week, and how many of them were answered clearly."""
        rows = await self._rows(
            """
            SELECT coalesce(sum(asked), 0), coalesce(sum(answered), 0) FROM question_tally
            WHERE server = ? AND day >= ? AND day < ?
            """,
            (str(server_id), utc_day(week.begins_at), utc_day(week.ends_at)),
        )
        return QuestionCount(*rows[0])


def utc_day(moment: float) -> str:
    """Return the day of a moment (seconds since the epoch) in UTC, in ISO 8601."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
