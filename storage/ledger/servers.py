"""The ledger's operations on servers: how they have set up the bot, and whether the bot is still in them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from storage.access import library_key
from storage.ledger.follows import RECIPIENT
from storage.ledger.rows import LedgerRows, Statement
from storage.models import ServerRecords, ServerSettings

EVERYWHERE_ELSE = 0
"""Used as a server's id for the settings that apply in direct messages and wherever no server's do."""


class ServerEntries(LedgerRows):
    """Settings by server, arrivals and departures."""

    async def settings(self, server_id: int) -> ServerSettings:
        """Return how a server has set up the bot, with defaults for the rest. 0 means everywhere outside of servers."""
        return (await self.settings_of([server_id]))[server_id]

    async def settings_of(self, server_ids: Collection[int]) -> dict[int, ServerSettings]:
        """Return the settings of several servers at once."""
        wanted = json.dumps([str(server_id) for server_id in server_ids])
        rows = await self._rows(
            "SELECT id, settings FROM server WHERE id IN (SELECT value FROM json_each(?))", (wanted,)
        )
        stored = {int(server): _parse_settings(json.loads(settings)) for server, settings in rows}
        return {server_id: stored.get(server_id, ServerSettings()) for server_id in server_ids}

    async def count_servers_with_forums(self) -> int:
        """Return how many servers have chosen forums in which new posts are to be answered."""
        rows = await self._rows(
            "SELECT count(*) FROM server WHERE json_array_length(settings, '$.forums') > 0 AND left_at IS NULL", ()
        )
        return int(rows[0][0])

    async def save_settings(self, server_id: int, settings: ServerSettings) -> None:
        """Store how a server has set up the bot, replacing what was stored before.

        From when a channel for weekly digests is chosen until none is, their weeks are counted from that moment.
        """
        await self._execute(
            """
            INSERT INTO server (id, settings, digest_at) VALUES (?1, ?2, iif(?3, ?4, NULL))
            ON CONFLICT DO UPDATE SET settings = excluded.settings, digest_at = iif(?3, coalesce(digest_at, ?4), NULL)
            """,
            (str(server_id), _settings_json(settings), settings.digest_channel is not None, self._now()),
        )

    async def is_known(self, server_id: int) -> bool:
        """Return whether anything is stored about a server itself, such as its settings or that the bot is in it."""
        return bool(await self._rows("SELECT 1 FROM server WHERE id = ?", (str(server_id),)))

    async def record_departure(self, server_id: int, application_id: int | None = None) -> None:
        """Record that the bot was removed from a server. The first time counts, until it returns."""
        await self._execute(
            """
            INSERT INTO server (id, application, left_at) VALUES (?1, coalesce(?2, ''), ?3)
            ON CONFLICT DO UPDATE SET left_at = coalesce(left_at, ?3), application = coalesce(?2, application)
            """,
            (str(server_id), _as_text(application_id), self._now()),
        )

    async def record_presence(self, server_id: int, application_id: int | None = None) -> None:
        """Record that the bot is in a server, whether it had left it or not."""
        parameters = str(server_id), _as_text(application_id)
        # Recorded for every server at every start, and nearly always known already.
        known = await self._rows(
            "SELECT 1 FROM server WHERE id = ?1 AND left_at IS NULL AND application = coalesce(?2, application)",
            parameters,
        )
        if not known:
            await self._execute(
                """
                INSERT INTO server (id, application) VALUES (?1, coalesce(?2, ''))
                ON CONFLICT DO UPDATE SET left_at = NULL, application = coalesce(?2, application)
                """,
                parameters,
            )

    async def record_present_servers(
        self,
        application_id: int,
        server_ids: Collection[int],
        *,
        passed_over: Collection[int] = (),
        stored: Collection[int] = (),
    ) -> list[int]:
        """Record all the servers that an application is in. It has left those that it was in before and is not in now.

        It has also left those that have a library `stored` and that no application was ever seen in: an earlier version
        did not record where it was. Servers that another application was last seen in are left as they are. Of those
        in `passed_over`, which are not served, nothing new is stored. Returns those that this call records as left.
        """
        now = self._now()
        unknown = json.dumps([str(server_id) for server_id in stored if server_id not in server_ids])
        now_in = json.dumps([str(server_id) for server_id in server_ids])
        served = json.dumps([str(server_id) for server_id in server_ids if server_id not in passed_over])
        await self._execute_all(
            [
                (
                    """
                    UPDATE server SET left_at = ?3 WHERE application = ?1 AND left_at IS NULL
                        AND id NOT IN (SELECT value FROM json_each(?2))
                    """,
                    (str(application_id), now_in, now),
                ),
                (
                    """
                    INSERT INTO server (id, application, left_at) SELECT value, ?1, ?3 FROM json_each(?2) WHERE true
                    ON CONFLICT DO UPDATE SET left_at = excluded.left_at, application = excluded.application
                        WHERE application = '' AND left_at IS NULL
                    """,
                    (str(application_id), unknown, now),
                ),
                (
                    """
                    INSERT INTO server (id, application) SELECT value, ?1 FROM json_each(?2) WHERE true
                    ON CONFLICT DO UPDATE SET left_at = NULL, application = excluded.application
                    """,
                    (str(application_id), served),
                ),
            ]
        )
        left = await self._rows(
            "SELECT id FROM server WHERE application = ? AND left_at = ? ORDER BY id", (str(application_id), now)
        )
        return [int(server) for (server,) in left]

    async def departed_servers(self, before: float, application_id: int | None = None) -> list[int]:
        """Return the servers that were left before a moment (seconds since the epoch), the longest gone first.

        With `application_id` only those that this application left.
        """
        rows = await self._rows(
            "SELECT id FROM server WHERE left_at < ?1 AND (?2 IS NULL OR application = ?2) ORDER BY left_at, id",
            (before, _as_text(application_id)),
        )
        return [int(server) for (server,) in rows]

    async def departed_at(self, server_id: int) -> float | None:
        """Return when the bot was removed from a server (seconds since the epoch); None while it is in it."""
        rows = await self._rows("SELECT left_at FROM server WHERE id = ?", (str(server_id),))
        return rows[0][0] if rows else None

    async def claim_welcome(self, server_id: int, application_id: int, *, every_seconds: float) -> bool:
        """Record that a server is welcomed; return False where it was within `every_seconds`, and record nothing.

        Of several calls at once, also in other processes, one gets True.
        """
        now = self._now()
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """
                INSERT INTO server (id, application, welcomed_at) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET welcomed_at = ?3 WHERE welcomed_at IS NULL OR welcomed_at <= ?4 RETURNING 1
                """,
                (str(server_id), str(application_id), now, now - every_seconds),
            )
            return await cursor.fetchone() is not None

    async def server_records(self, server_id: int) -> ServerRecords:
        """Return of what kinds anything is kept that `purge_server` deletes, buttons aside."""
        [kept] = await self._rows(
            """
            SELECT
                EXISTS (SELECT 1 FROM server WHERE id = ?1 AND settings != '{}'),
                EXISTS (SELECT 1 FROM vote WHERE library = ?2 OR server = ?1),
                EXISTS (SELECT 1 FROM miss WHERE library = ?2),
                EXISTS (SELECT 1 FROM follow WHERE library = ?2),
                EXISTS (SELECT 1 FROM sighting WHERE server = ?1),
                EXISTS (SELECT 1 FROM question_tally WHERE server = ?1)
            """,
            (str(server_id), library_key(server_id)),
        )
        return ServerRecords(*map(bool, kept))

    async def purge_server(self, server_id: int) -> int:
        """Delete all that is kept of a server's use: settings, feedback, misses, follows, sightings, tallies, buttons.

        Returns how many rows were deleted. `Library.purge` deletes its videos. A server that the bot is still in stays
        known as such. How many imports it had today stays too: a purge makes no room for more of them.
        """
        server = str(server_id)
        self.erasures.record(library_key(server_id))
        return await self._erase(
            [
                *_delete_feedback_statements(library_key(server_id)),
                # Votes on shared videos are their people's own; that they were given in this server is not kept.
                ("UPDATE vote SET server = '', channel = '' WHERE server = ? AND server != ''", (server,)),
                ("DELETE FROM sighting WHERE server = ?", (server,)),
                ("DELETE FROM question_tally WHERE server = ?", (server,)),
                ("DELETE FROM command_tree WHERE place = ?", (server,)),
                ("DELETE FROM server WHERE id = ? AND (left_at IS NOT NULL OR application = '')", (server,)),
                (
                    "UPDATE server SET settings = '{}', digest_at = NULL WHERE id = ? AND settings != '{}'",
                    (server,),
                ),
            ],
            (*_FEEDBACK_TABLES, "sighting", "question_tally", "server"),
        )

    async def purge_feedback(self, library: str) -> int:
        """Delete the votes and misses of a library, by its key, and the buttons that may draw on it.

        Returns how many rows were deleted.
        """
        self.erasures.record(library)
        return await self._erase(_delete_feedback_statements(library), _FEEDBACK_TABLES)


_FEEDBACK_TABLES = ("vote", "miss", "miss_review", "follow", "last_notice", "button_state")


def _delete_feedback_statements(library: str) -> list[Statement]:
    return [
        ("DELETE FROM vote WHERE library = ?", (library,)),
        ("DELETE FROM miss WHERE library = ?", (library,)),
        ("DELETE FROM miss_review WHERE library = ?", (library,)),
        ("DELETE FROM follow WHERE library = ?", (library,)),
        # When they were told is kept for as long as they follow something.
        (f"DELETE FROM last_notice WHERE recipient NOT IN (SELECT {RECIPIENT} FROM follow)", ()),
        # Where an earlier version did not record what a button draws on, it may be this library.
        (
            "DELETE FROM button_state WHERE libraries IS NULL OR ? IN (SELECT value FROM json_each(libraries))",
            (library,),
        ),
    ]


def _as_text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _settings_json(settings: ServerSettings) -> str:
    """Return what differs from the defaults, as JSON: so a default changed by a later version applies to them too."""
    defaults, values = asdict(ServerSettings()), asdict(settings)
    changed = {name: value for name, value in values.items() if value != defaults[name]}
    return json.dumps(changed, default=sorted, sort_keys=True)


def _parse_settings(stored: Mapping[str, Any]) -> ServerSettings:
    """Read stored settings. Unknown ones, stored by a later version, are ignored."""
    known = {name: stored[name] for name in asdict(ServerSettings()) if name in stored}
    known |= {name: frozenset(known[name]) for name in ("channels", "roles", "forums") if name in known}
    return ServerSettings(**known)
