"""What every command shares: the settings, the library, the screen, and the one handler of errors."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import typer

from bot.errors import BotError, LoginRefused, SettingsError, SetupError
from storage.errors import ModelUnusable, StorageError
from storage.system_errors import explain, is_of_the_machine

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

_OF_THE_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO)
"""What the system says where nothing more can be printed. These come without the name of a file."""
_NO_THREAD = "can't start new thread"
"""What Python says then, in an error of no type of its own."""

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

    def refuse_own_place(self, path: Path, *, for_backup: bool = False) -> None:
        """End the program where what a user wants written would be in the data folder or replace a database. A backup
        may be in the folder for them."""
        from storage.output_files import require_free_place

        with self.reporting_errors():
            settings = self.settings
            require_free_place(path, settings.data_dir, allowed=settings.backups_dir if for_backup else None)

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
            # The reader of our output has enough (`cuepoint export | head`).
            _discard_output()
            raise typer.Exit(FAILED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            self._print_failure(_explain_output_error(error) or _explain_want(error) or self._log_error(error))
            raise typer.Exit(FAILED) from error

    def _print_failure(self, message: str) -> None:
        """Print why the program ends. Where a program reads the bot's log, that is a line of it like any other."""
        if self._is_serving and not sys.stderr.isatty():
            from bot.operations import logging_setup

            token = self._settings.discord_token if self._settings else None
            with logging_setup.configured_logging("ERROR", token.get_secret_value() if token else ""):
                log.error("%s", message)
        else:
            try:
                self.screen.print_remark(message, "red")
            except (MemoryError, OSError):
                # Where standard error is closed too, the exit code alone tells.
                with suppress(OSError):
                    print(message, file=sys.stderr)

    def _log_error(self, error: Exception) -> str:
        """Write where an unexpected error came from into the log in the data folder; return what to tell of it."""
        try:
            where = f"the details are in {self._write_trace(error)}"
        except (SetupError, OSError) as failure:
            where = f"the details cannot be kept either: {failure}"
        return f"Something went wrong that should not have; {where}."

    def _write_trace(self, error: Exception) -> Path:
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


def _explain_output_error(error: Exception) -> str:
    """Return why standard output cannot be written; "" for any other error. Python must not try again at the end."""
    if isinstance(error, OSError) and error.filename is None and error.errno in _OF_THE_OUTPUT:
        _discard_output()
        return f"The output cannot be written: {explain(error)}."
    return ""


def _explain_want(error: BaseException) -> str:
    """Return that the machine has no more of something, where that caused an error; else ""."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; give the program more, or do less at once, such as fewer files."
    if isinstance(error, OSError) and is_of_the_machine(error):
        place = f"{error.filename}: " if error.filename else ""
        return f"This could not be done: {place}{explain(error)}."
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return "No more threads can be started; give the program more memory, or raise that limit (ulimit -u)."
    # A package may have made an error of its own of it.
    cause = error.__cause__ or error.__context__
    return _explain_want(cause) if cause is not None else ""


def _discard_output() -> None:
    """Let what is still to be printed disappear: Python would complain of it while ending."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wait_for_signal() -> NoReturn:
    """Do nothing until a signal comes, then end with the exit code NEEDS_SETUP."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(NEEDS_SETUP)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while True:
        time.sleep(3600)
