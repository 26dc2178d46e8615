"""What every command shares: the settings, the library, the screen, and the one handler of errors."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import typer

from bot.errors import BotError, LoginRefused, SettingsError, SetupError
from storage.errors import ModelUnusable, StorageError

if TYPE_CHECKING:
    from bot.cli.screen import Screen
    from bot.discord_status import DiscordStatus
    from bot.settings import Settings
    from storage.ledger import Ledger
    from storage.library import Library

FAILED, WRONG_USE = 1, 2
NEEDS_SETUP = 78
"""EX_CONFIG of sysexits.h: starting again does not help until settings or token are changed."""
EXIT_CODES = (
    "Exit codes: 0 done, 1 the request failed, 2 wrong use, 78 do not start again before a setting is changed "
    "(one cannot be used, there is no token, or Discord refuses the token or the intents)."
)

Result = TypeVar("Result")
log = logging.getLogger("cuepoint")
log.propagate = False


class DiscordApp(Protocol):
    """The Discord app, as far as the command line uses it."""

    async def run(self, settings: Settings, library: Library, ledger: Ledger) -> None:
        """Run the bot on Discord until it is stopped."""

    async def check_status(self, settings: Settings) -> DiscordStatus:
        """Return the status of the bot on Discord. Raises CannotConnect."""

    async def sync(self, settings: Settings, library: Library, ledger: Ledger, *, server_id: int | None) -> None:
        """Register the commands with Discord, everywhere or in one server."""


class Session:
    """One run of the program. Settings are read when first needed, so that --help works even with wrong ones."""

    def __init__(self, load_settings: Callable[[], Settings], discord_app: DiscordApp) -> None:
        self._load_settings = load_settings
        self._discord_app = discord_app
        self._settings: Settings | None = None
        self._is_serving = False

    @cached_property
    def screen(self) -> Screen:
        """Where results and remarks go."""
        from bot.cli.screen import Screen

        return Screen()

    @property
    def settings(self) -> Settings:
        """Return the settings. Raises SetupError."""
        if self._settings is None:
            self._settings = self._load_settings()
        return self._settings

    def run(self, action: Callable[[Library], Awaitable[Result]]) -> Result:
        """Run an action with the library, and end the program with the right exit code if it fails."""
        with self.reporting_errors():
            return self.wait_for(self._with_library(action))

    def run_with_ledger(self, action: Callable[[Library, Ledger], Awaitable[Result]]) -> Result:
        """Run an action with the library and the ledger, as `run` does."""
        return self.run(lambda library: self._with_ledger(lambda ledger: action(library, ledger)))

    def wait_for(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something on an event loop of its own, and return its result."""
        import asyncio

        return asyncio.run(work)

    def serve(self) -> None:
        """Run the Discord bot until it is stopped."""
        from bot.operations.runtime_tuning import bound_allocator

        bound_allocator()
        self._is_serving = True
        self._require_token()
        self.run_with_ledger(lambda library, ledger: self._discord_app.run(self.settings, library, ledger))

    def check_discord(self) -> DiscordStatus:
        """Ask Discord for the status of the bot. Raises CannotConnect."""
        return self.wait_for(self._discord_app.check_status(self.settings))

    def sync(self, server_id: int | None) -> None:
        """Register the commands with Discord now."""
        self._require_token()
        self.run_with_ledger(
            lambda library, ledger: self._discord_app.sync(self.settings, library, ledger, server_id=server_id)
        )

    def _require_token(self) -> None:
        with self.reporting_errors():
            if self.settings.discord_token is None:
                raise SetupError("There is no Discord token: set DISCORD_TOKEN (README: Connecting to Discord).")

    async def _with_ledger(self, action: Callable[[Ledger], Awaitable[Result]]) -> Result:
        from storage.ledger import Ledger

        ledger = await Ledger.open(self.settings.database_path)
        try:
            return await action(ledger)
        finally:
            await ledger.close()

    async def _with_library(self, action: Callable[[Library], Awaitable[Result]]) -> Result:
        from storage.library import Library

        settings = self.settings
        library = await Library.open(settings.database_path, settings.limits, settings.meaning, settings.hosts)
        try:
            return await action(library)
        finally:
            await library.close()

    @contextmanager
    def reporting_errors(self) -> Iterator[None]:
        """Print expected errors in their own words; log the others with their trace and print one calm line."""
        try:
            yield
        except (SetupError, LoginRefused, ModelUnusable) as error:
            self._print_failure(str(error))
            raise typer.Exit(NEEDS_SETUP) from error
        except SettingsError as error:
            self._print_failure(str(error))
            raise typer.Exit(WRONG_USE) from error
        except (StorageError, BotError) as error:
            self._print_failure(str(error))
            raise typer.Exit(FAILED) from error
        except BrokenPipeError:
            # The reader of our output has enough (`cuepoint export | head`); Python must not complain while ending.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            where = self._log_error(error)
            self._print_failure(f"Something went wrong that should not have; the details are in {where}.")
            raise typer.Exit(FAILED) from error

    def _print_failure(self, message: str) -> None:
        """Print why the program ends. Where a program reads the bot's log, that is a line of it like any other."""
        if self._is_serving and not sys.stderr.isatty():
            from bot.operations import logging_setup

            token = self._settings.discord_token if self._settings else None
            with logging_setup.configured_logging("ERROR", token.get_secret_value() if token else ""):
                log.error("%s", message)
        else:
            self.screen.print_remark(message, "red")

    def _log_error(self, error: Exception) -> Path:
        """Write where an unexpected error came from into the log in the data folder."""
        from bot.operations.safe_traceback import SafeTracebackFilter

        path = self.settings.log_path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handler.addFilter(SafeTracebackFilter())
        log.addHandler(handler)
        log.error("unexpected error", exc_info=error)
        log.removeHandler(handler)
        handler.close()
        return path


def wait_for_signal() -> NoReturn:
    """Do nothing until a signal comes, then end with the exit code NEEDS_SETUP."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(NEEDS_SETUP)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while True:
        time.sleep(3600)
