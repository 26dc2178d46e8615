"""The checks of `cuepoint doctor` on what is around the library: settings, machine, and Discord."""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bot.answer_processes.capacity import process_count
from bot.cli.doctor.results import CheckResult, Grade
from bot.discord_status import DiscordStatus
from bot.message_content import SWITCH_IN_PORTAL
from bot.settings import Settings, describe_misnamed
from storage.system_errors import explain

MIN_FREE_BYTES = 200_000_000
"""Less than this is too little: a day of use, an import and a backup need room."""
MAX_CLOCK_ERROR_SECONDS = 60.0
"""A clock that is off by more makes expired buttons work and valid ones expire."""
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


def check_settings(settings: Settings) -> Iterator[CheckResult]:
    """Check what the settings alone show."""
    yield CheckResult("settings", f"data in {settings.data_dir}")
    for name in settings.misnamed:
        yield CheckResult("settings", describe_misnamed(name), Grade.WRONG)
    token = settings.discord_token
    if token is None:
        words = "there is no token: `cuepoint` opens the terminal chat; set DISCORD_TOKEN to connect to Discord"
        yield CheckResult("discord", words, Grade.NOTE)
    elif not _TOKEN.fullmatch(token.get_secret_value()):
        words = (
            "DISCORD_TOKEN does not look like a bot's token, which has three parts with dots between them: reset it on "
            "the page Bot of your application and copy that; it is neither the client secret nor the public key"
        )
        yield CheckResult("discord", words, Grade.WRONG)
    else:
        yield CheckResult("discord", "a token is set; `cuepoint doctor --online` tries it")
    if settings.allowed_servers and settings.allowed_servers <= settings.blocked_servers:
        words = "no server is served: CUEPOINT_BLOCKED_SERVERS names all that CUEPOINT_ALLOWED_SERVERS allows"
        yield CheckResult("servers", words, Grade.WRONG)
    processes = process_count(settings.answer_processes, reads_meaning=settings.meaning is not None)
    beside = f"in up to {processes} processes beside the bot's own" if processes else "in the bot's own process"
    yield CheckResult("cores", f"answers are computed {beside}")


def check_machine(settings: Settings) -> list[CheckResult]:
    """Check what the machine offers: a folder, room in it, a port."""
    folder, database = settings.data_dir, settings.database_path
    # One that is missing will be made: its parent is what has to be writable.
    there = next((each for each in (folder, *folder.absolute().parents) if os.path.exists(each)), folder)
    try:
        room = free_bytes(there)
        needed = max(MIN_FREE_BYTES, database.stat().st_size if os.path.exists(database) else 0)
        with tempfile.TemporaryFile(dir=there):
            pass
        if os.path.exists(database) and not os.access(database, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        words = f"{folder} cannot be written: {explain(error, there)}, or set CUEPOINT_DATA_DIR to another"
        return [CheckResult("folder", words, Grade.WRONG)]
    left = f"{room / 1e6:,.0f} MB left on the disk"
    if room < needed:
        words = f"only {left}, and {needed / 1e6:,.0f} should be: delete what is not needed, such as old backups"
        return [CheckResult("disk", words, Grade.WRONG), *_check_port(settings)]
    return [CheckResult("disk", left), *_check_port(settings)]


def free_bytes(folder: Path) -> int:
    """Return how many bytes are free on the disk that a folder is on."""
    return shutil.disk_usage(folder).free


def _check_port(settings: Settings) -> Iterator[CheckResult]:
    host, port = settings.http_host, settings.http_port
    if port is None:
        return
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if _is_cuepoint(host, port):
            yield CheckResult("port", f"the bot answers on {port}")
        else:
            words = f"port {port} on {host} cannot be had: {error.strerror}; set CUEPOINT_HTTP_PORT to another"
            yield CheckResult("port", words, Grade.WRONG)
    else:
        yield CheckResult("port", f"{port} is free; the bot does not run, or not with this setting")


def _is_cuepoint(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2) as answer:
            return bool(answer.read(10) == b"alive\n")
    except (OSError, ValueError):
        return False


def check_discord(status: DiscordStatus) -> Iterator[CheckResult]:
    """Check what Discord says."""
    yield CheckResult("online", f"Discord knows the bot as {status.name}")
    if status.needless_intents:
        names = ", ".join(status.needless_intents)
        words = f"these intents are on and not needed: {names}; switch them off on the page Bot of your application"
        yield CheckResult("intents", words, Grade.NOTE)
    if status.lacks_message_content:
        words = f"CUEPOINT_MESSAGE_CONTENT=yes asks for an intent that is off: {SWITCH_IN_PORTAL}"
        yield CheckResult("intents", words, Grade.WRONG)
    ahead = status.clock_ahead_seconds
    if ahead is not None and abs(ahead) > MAX_CLOCK_ERROR_SECONDS:
        words = f"the clock is {abs(ahead):,.0f} seconds {'ahead' if ahead > 0 else 'behind'}: let the machine set it"
        yield CheckResult("clock", words, Grade.WRONG)
