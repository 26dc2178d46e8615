"""What is new in a library: the part of the library's door for videos that were added."""

from __future__ import annotations

import json

from storage.database.connection import Database
from storage.database.stored_values import VIDEO_COLUMNS, VIDEO_WIDTH, make_video
from storage.models import AddedVideos, Scope


class LibraryAdditions:
    """The videos that were added in a time. Every library has one as `additions`."""

    def __init__(self, database: Database) -> None:
        self._rows = database.fetch_rows

    async def between(self, scope: Scope, start: float, end: float, limit: int) -> AddedVideos:
        """Return how many videos were added to a scope from a moment up to another (seconds since the epoch), and the
        latest, at most `limit`.

        A video that was replaced is as old as before, and one in two libraries counts once. A transcript in another
        language is no video of its own.
        """
        rows = await self._rows(
            f"""
            SELECT {VIDEO_COLUMNS}, max(added_at) AS latest, count(*) OVER ()
            FROM video JOIN library ON library.id = library_id
            WHERE key IN (SELECT value FROM json_each(?1)) AND track_of = '' AND added_at >= ?2 AND added_at < ?3
            GROUP BY video_id ORDER BY latest DESC, title, video_id LIMIT ?4
            """,
            (json.dumps(scope.libraries), start, end, limit),
        )
        return AddedVideos(rows[0][-1] if rows else 0, tuple(make_video(row[:VIDEO_WIDTH]) for row in rows))
