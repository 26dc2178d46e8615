"""What the bot does by itself, again and again: it tidies up, sends digests, and looks for what is new to tell."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

import discord
from discord.ext import tasks

from bot.discord_app.app_context import AppContext
from bot.discord_app.services.admin.left_servers import purge_left_servers
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError

log = logging.getLogger("cuepoint.discord")
CHECK_EVERY_SECONDS = 15.0
"""How often it is looked whether a library was changed, and whether anybody is to be told of an answer."""


class ClientWithLoops(discord.AutoShardedClient):
    """A client with the bot's services, and the loops that call them."""

    app: AppContext
    retention_seconds: float
    _telling: asyncio.Task[None] | None = None

    def own_id(self) -> int:
        """Return the id of the application."""
        assert self.application_id is not None  # known since the login
        return self.application_id

    def start_loops(self) -> None:
        """Start all loops."""
        for loop in (self.sweep, self.check_libraries, self.tell_followers, self.send_digests):
            loop.start()

    def cancel_loops(self) -> None:
        """End all loops."""
        for loop in (self.sweep, self.check_libraries, self.tell_followers, self.send_digests):
            loop.cancel()
        if self._telling is not None:
            self._telling.cancel()

    @tasks.loop(hours=24)
    async def sweep(self) -> None:
        """Delete expired buttons, personal data past its retention, and the data of servers left long ago."""
        with _logged_errors("tidy up", "tidying up", "and will try again tomorrow"):
            await self.app.ledger.delete_expired(self.retention_seconds)
            await purge_left_servers(self, self.app.library_admin, self.app.ledger, self.own_id())
            await self.app.library.maintenance.erase_leftovers()

    @tasks.loop(minutes=5)
    async def send_digests(self) -> None:
        """Send the weekly digests that are due."""
        with _logged_errors("send weekly digests", "sending weekly digests"):
            await self.app.digests.send_due()

    @tasks.loop(seconds=CHECK_EVERY_SECONDS)
    async def check_libraries(self) -> None:
        """Put open questions to libraries that were changed, also by the terminal or an earlier run."""
        with _logged_errors("look at what is new", "looking at what is new"):
            found = await self.app.checker.check_changed()
            if found and (self._telling is None or self._telling.done()):
                # Beside this loop: telling thousands takes hours.
                self._telling = asyncio.create_task(self._tell_at_once(), name="tell of what was found")

    @tasks.loop(seconds=CHECK_EVERY_SECONDS)
    async def tell_followers(self) -> None:
        """Tell people of answers to what they follow."""
        with _logged_errors("tell of what was found", "telling of what was found"):
            await self.app.notifier.tell_all(self)

    async def _tell_at_once(self) -> None:
        await self.wait_until_ready()
        with _logged_errors("tell of what was found", "telling of what was found"):
            await self.app.notifier.tell_all(self)

    @send_digests.before_loop
    @tell_followers.before_loop
    async def _know_servers(self) -> None:
        """Wait until the servers are known: what came due while the bot was not running is then sent at once."""
        await self.wait_until_ready()


@contextlib.contextmanager
def _logged_errors(action: str, doing: str, again: str = "and will try again") -> Iterator[None]:
    """Log the errors of a loop's one turn: an error that is raised there would end the loop permanently."""
    try:
        yield
    except StorageError as error:
        log.error("could not %s, %s: %s", action, again, describe_error(error))
    except Exception as error:
        metrics.count_error()
        log.error("unexpected error while %s, %s", doing, again, exc_info=error)
