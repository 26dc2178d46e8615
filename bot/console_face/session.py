"""What every command shares: the settings, the library, the screen, and the one handler of errors."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import typer

from bot.console_face.screen import Screen
from bot.errors import BotError, SettingsError
from bot.settings import Settings
from storage.errors import StorageError
from storage.library import Library

FAILED, WRONG_USE = 1, 2

Result = TypeVar("Result")
log = logging.getLogger("cuepoint")
log.propagate = False


class Session:
    """One run of the program. Settings are read when first needed, so that --help works whatever they are."""

    def __init__(self, load_settings: Callable[[], Settings]) -> None:
        self._load_settings = load_settings
        self._settings: Settings | None = None
        self.screen = Screen()

    @property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError."""
        if self._settings is None:
            self._settings = self._load_settings()
        return self._settings

    def run(self, action: Callable[[Library], Awaitable[Result]]) -> Result:
        """Do something with the library, and end the program with the right code if it fails."""
        with self.reporting_errors():
            return asyncio.run(self._with_library(action))

    async def _with_library(self, action: Callable[[Library], Awaitable[Result]]) -> Result:
        library = await Library.open(self.settings.database_path)
        try:
            return await action(library)
        finally:
            await library.close()

    @contextmanager
    def reporting_errors(self) -> Iterator[None]:
        """Say expected errors in their own words; log the rest with their trace and say one calm line."""
        try:
            yield
        except SettingsError as error:
            self.screen.remark(str(error), "red")
            raise typer.Exit(WRONG_USE) from error
        except (StorageError, BotError) as error:
            self.screen.remark(str(error), "red")
            raise typer.Exit(FAILED) from error
        except BrokenPipeError:
            # Whoever read our output has enough (`cuepoint export | head`); Python must not complain while ending.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            where = self._log(error)
            self.screen.remark(f"Something went wrong that should not have; the details are in {where}.", "red")
            raise typer.Exit(FAILED) from error

    def _log(self, error: Exception) -> Path:
        """Write an unexpected error with its trace into the log in the data folder."""
        path = self.settings.log_path
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.error("unexpected error", exc_info=error)
        log.removeHandler(handler)
        handler.close()
        return path
