"""The most likely troubles, each provoked: `cuepoint doctor` finds it, and docs/operating.md has the answer."""

from __future__ import annotations

import json
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.cli.doctor import machine_checks
from bot.cli.doctor.results import Grade
from bot.cli.doctor.stored_checks import OLD_BACKUP_SECONDS
from bot.cli.session import FAILED, Session
from bot.discord_status import DiscordStatus
from bot.settings import Settings
from storage.database import compaction
from storage.database import connection as storage_database
from storage.indexing import compiled_ranking
from storage.library import COMPILED_FOLDER, INDEX_FOLDER
from tests.support.local_discord import BotProcess, LocalDiscord
from tests.support.local_discord.state import MESSAGE_CONTENT
from tests.support.project import PROJECT

OPERATING = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
CHAPTER = OPERATING.partition("## When something is wrong\n")[2].partition("\n## ")[0]
ANSWERS = dict(re.findall(r"^\| “(.+)” \| (.+) \|$", CHAPTER, re.MULTILINE))

Provoke = Callable[[Path, pytest.MonkeyPatch], dict[str, str]]


def cuepoint(folder: Path, *words: str, **settings: str) -> Result:
    """The program, in this process."""
    given = {"CUEPOINT_DATA_DIR": str(folder), **settings}
    return CliRunner().invoke(app, list(words), obj=Session(lambda: Settings.from_mapping(given), None))  # type: ignore[arg-type]


def imported(folder: Path, count: int = 1) -> None:
    rows = ({"video_id": "v", "text": f"the copper lantern {n}", "start_second": 30 * n} for n in range(count))
    file = folder.with_name("rows.jsonl")
    file.write_text("\n".join(map(json.dumps, rows)))
    assert cuepoint(folder, "import", str(file)).exit_code == 0


def sql(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "cuepoint.db")
    connection.executescript(statement)
    connection.close()


def no_token(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {}


def unread_forums(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    assert cuepoint(folder, "settings", "--library", "5", "--set", "forums=7").exit_code == 0
    return {}


def open_to_others(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    folder.chmod(0o755)
    return {}


def older(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    sql(folder, "PRAGMA user_version = 3")
    return {}


def client_secret(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"DISCORD_TOKEN": "Zk3q9_client_secret_of_32_letters"}


def misnamed(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"CUEPOINT_ALLOWED_SERVER": "1"}


def all_blocked(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"CUEPOINT_ALLOWED_SERVERS": "1,2", "CUEPOINT_BLOCKED_SERVERS": "1,2,3"}


def no_folder(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    folder.write_text("a file where the folder should be")
    return {}


def full_disk(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(machine_checks, "free_bytes", lambda _path: machine_checks.MIN_FREE_BYTES - 1)
    return {}


def damaged(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder, 300)
    path = folder / "cuepoint.db"
    content = bytearray(path.read_bytes())
    # Every page but the first, which says that this is a database and what is in it.
    content[4096 * 8 :] = b"\xff" * len(content[4096 * 8 :])
    path.write_bytes(content)
    return {}


def emptied(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    (folder / "cuepoint.db").write_bytes(b"")
    return {}


def orphan(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    sql(folder, "INSERT INTO segment VALUES (999, 0, 1, 'of no video', NULL, NULL)")
    return {}


def newer(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    sql(folder, "PRAGMA user_version = 999")
    return {}


def stale_index(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder, 600)
    assert cuepoint(folder, "ask", "copper").exit_code == 0
    (file,) = [path for path in (folder / "index").iterdir() if path.stat().st_size > 1000]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    return {}


def nothing_imported(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {}


def no_model(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"CUEPOINT_MEANING_MODEL": "no_such_package"}


def never_registered(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"DISCORD_TOKEN": "a.good.token"}


def old_backup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    assert cuepoint(folder, "backup", str(folder / "backups" / "cuepoint-2026-01-01.db")).exit_code == 0
    later = time.time() + OLD_BACKUP_SECONDS + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    return {"CUEPOINT_BACKUP_AT": "03:30"}


def clock_behind(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    sql(folder, "UPDATE import SET made_at = '2999-01-01T00:00:00+00:00'")
    return {}


def future_backup(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    assert cuepoint(folder, "backup", str(folder / "backups" / "cuepoint-2999-01-01.db")).exit_code == 0
    return {"CUEPOINT_BACKUP_AT": "03:30"}


def due(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    sql(folder, "UPDATE compaction SET erasures = 1")
    monkeypatch.setattr(compaction, "MAX_QUICK_BYTES", 0)
    return {}


def free_room(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    sql(folder, "CREATE TABLE large AS SELECT zeroblob(20000000); DROP TABLE large")
    return {}


def not_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    imported(folder)
    monkeypatch.setattr(compiled_ranking, "MIN_COMPILED_SEGMENTS", 1)
    (folder / INDEX_FOLDER / COMPILED_FOLDER).mkdir(parents=True)
    (folder / INDEX_FOLDER / COMPILED_FOLDER / compiled_ranking.OUTCOME).write_text("OSError: no room")
    return {}


TROUBLES: list[tuple[str, Provoke, bool]] = [
    ("there is no token", no_token, False),
    ("does not look like a bot's token", client_secret, True),
    ("is no setting and does nothing", misnamed, True),
    ("no server is served", all_blocked, True),
    ("cannot be written", no_folder, True),
    ("left on the disk, and", full_disk, True),
    ("restore a backup", damaged, True),
    ("is empty, which no database is", emptied, True),
    ("refers to nothing", orphan, True),
    ("was written by a later version", newer, True),
    ("cannot be used; `cuepoint doctor --repair`", stale_index, True),
    ("cannot be used: no package", no_model, True),
    ("by numpy, for the loop compiled by", not_compiled, False),
    ("nothing is imported yet", nothing_imported, False),
    ("the commands were never registered", never_registered, False),
    ("the last nightly backup is", old_backup, True),
    ("there is no nightly backup", no_token, False),
    ("is open to other users", open_to_others, False),
    ("is of an earlier version", older, False),
    ("the clock is", clock_behind, True),
    ("is dated in the future", future_backup, True),
    ("may still hold traces", due, False),
    ("gives them back to the disk", free_room, False),
    ("forum posts answered, which cannot be read", unread_forums, False),
]
BELOW = {
    "cannot be had",
    "another program is writing",
    "Discord refuses DISCORD_TOKEN",
    "are on and not needed",
    "asks for an intent that is off",
    # In test_doctor_online.py:
    "Discord sends commands to",
    "Discord's App Directory wants",
    "the install link does not ask for",
    # With real weights, in test_meaning_commands.py:
    "which the model does not read",
    "have a vector; the running bot",
}


@pytest.mark.parametrize(("told", "provoke", "wrong"), TROUBLES, ids=[provoke.__name__ for _, provoke, _ in TROUBLES])
def test_it_finds(told: str, provoke: Provoke, wrong: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    settings = provoke(folder, monkeypatch)
    done = cuepoint(folder, "doctor", **settings)
    assert [line for line in done.output.splitlines() if told in line], done.output
    assert done.exit_code == (FAILED if wrong else 0), done.output
    assert "details are in" not in done.output, "this was expected"


@pytest.mark.parametrize("provoke", [due, free_room])
def test_repair_rewrites_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provoke: Provoke) -> None:
    folder = tmp_path / "data"
    provoke(folder, monkeypatch)
    before = (folder / "cuepoint.db").stat().st_size
    done = cuepoint(folder, "doctor", "--repair")
    assert "repaired  the database was rewritten" in done.output
    assert "ok, 0.0 MB of the database are unused" in done.output
    assert (before > 20_000_000) == (provoke is free_room)
    assert (folder / "cuepoint.db").stat().st_size < 1_000_000
    assert done.exit_code == 0


def test_a_repair_without_room_on_the_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    free_room(folder, monkeypatch)
    monkeypatch.setattr(compaction, "ROOM_FACTOR", 10**9)
    done = cuepoint(folder, "doctor", "--repair")
    assert "to be rewritten it needs" in done.output
    assert "Nothing was changed." in done.output
    assert done.exit_code == FAILED


def test_the_docs_answer_each_and_no_other() -> None:
    assert set(ANSWERS) == {told for told, _, _ in TROUBLES} | BELOW
    assert len(ANSWERS) >= 10


def test_where_nothing_is_wrong_nothing_is_noted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    imported(folder)
    assert cuepoint(folder, "backup", str(folder / "backups" / "cuepoint-2026-01-01.db")).exit_code == 0
    sql(folder, "INSERT INTO command_tree (place, hash) VALUES ('global', 'x')")
    done = cuepoint(folder, "doctor", DISCORD_TOKEN="a.good.token", CUEPOINT_BACKUP_AT="03:30")
    assert done.exit_code == 0
    assert {line.split()[1] for line in done.output.splitlines()} == {"ok,"}, done.output


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_it_finds_a_port_that_is_taken(tmp_path: Path, taken: int) -> None:
    assert "cannot be had" in ANSWERS
    done = cuepoint(tmp_path / "data", "doctor", CUEPOINT_HTTP_PORT=str(taken))
    assert f"problem: port {taken} on 127.0.0.1 cannot be had" in done.output
    assert done.exit_code == FAILED


def test_it_finds_a_database_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "another program is writing" in ANSWERS
    folder = tmp_path / "data"
    imported(folder)
    monkeypatch.setattr(storage_database, "BUSY_TIMEOUT_MS", 50)
    writer = sqlite3.connect(folder / "cuepoint.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    done = cuepoint(folder, "doctor")
    writer.close()
    assert "another program is writing" in done.output
    assert done.exit_code == FAILED


async def test_online_it_tells_what_discord_says(tmp_path: Path) -> None:
    assert "Discord refuses DISCORD_TOKEN" in ANSWERS
    async with LocalDiscord() as server:
        command = [sys.executable, "-W", "error::ResourceWarning", "-m", "bot", "doctor", "--online"]
        for token, code, words in (
            (server.token, 0, "Discord knows the bot as "),
            ("not.the.token", FAILED, "problem: Discord refuses DISCORD_TOKEN"),
        ):
            env = {"DISCORD_TOKEN": token, "CUEPOINT_DATA_DIR": str(tmp_path / "data")}
            async with BotProcess(server, command, env, logs=tmp_path, cwd=PROJECT) as process:
                assert await process.wait(60) == code, process.stdout
                assert words in process.stdout
                assert "the clock" not in process.stdout
                assert token not in process.stdout + process.stderr


def test_what_discord_may_say_besides() -> None:
    assert "are on and not needed" in ANSWERS
    needless = DiscordStatus("Cuepoint", ("Message Content",), 5.0)
    (known, intents) = machine_checks.check_discord(needless)
    assert known.grade is Grade.FINE
    assert "are on and not needed: Message Content" in str(intents)
    (_, missing) = machine_checks.check_discord(DiscordStatus("Cuepoint", lacks_message_content=True))
    assert "CUEPOINT_MESSAGE_CONTENT=yes asks for an intent that is off" in str(missing)
    assert missing.grade is Grade.WRONG
    for ahead, word in ((400.0, "ahead"), (-400.0, "behind")):
        (_, clock) = machine_checks.check_discord(DiscordStatus("Cuepoint", (), ahead))
        assert f"the clock is 400 seconds {word}" in str(clock)
        assert clock.grade is Grade.WRONG


async def test_online_it_tells_whether_the_message_content_intent_is_on(tmp_path: Path) -> None:
    assert "asks for an intent that is off" in ANSWERS
    async with LocalDiscord() as server:
        for setting, allowed, told in (
            (
                "yes",
                0,
                "problem: CUEPOINT_MESSAGE_CONTENT=yes asks for an intent that is off: switch on Message Content",
            ),
            ("yes", MESSAGE_CONTENT, ""),
            ("no", MESSAGE_CONTENT, "are on and not needed: Message Content"),
            ("no", 0, ""),
        ):
            server.world.privileged_allowed = allowed
            env = {"DISCORD_TOKEN": server.token, "CUEPOINT_DATA_DIR": str(tmp_path / "data")}
            env["CUEPOINT_MESSAGE_CONTENT"] = setting
            command = [sys.executable, "-m", "bot", "doctor", "--online"]
            async with BotProcess(server, command, env, logs=tmp_path, cwd=PROJECT) as process:
                await process.wait(60)
                assert told in process.stdout
                assert ("intents" in process.stdout) == bool(told)


def test_where_posts_can_be_read_nothing_is_said_of_forums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unread_forums(tmp_path / "data", monkeypatch)
    assert "forum" not in cuepoint(tmp_path / "data", "doctor", CUEPOINT_MESSAGE_CONTENT="yes").output


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_nothing_and_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert "question  ok, the samples answer" in cuepoint(folder, "doctor").output
    assert not folder.parent.exists()
    folder.parent.mkdir()
    imported(folder, 600)
    before = contents(folder)
    assert not [name for name in before if name.endswith(".index")]
    assert "stored    ok, 600 segments" in cuepoint(folder, "doctor").output
    assert contents(folder) == before
    with sqlite3.connect(folder / "cuepoint.db") as other:  # it is in use, and part of it is in the log
        other.execute("UPDATE video SET title = 'Another'")
        other.commit()
        before = {name: content for name, content in contents(folder).items() if not name.endswith("-shm")}
        assert before[str(folder / "cuepoint.db-wal")]
        assert "stored    ok, 600 segments" in cuepoint(folder, "doctor").output
        assert before.items() <= contents(folder).items()
    other.close()


@pytest.mark.parametrize(
    ("name", "mode", "grade", "mends"),
    [
        ("data", 0o750, "note", "chmod 700"),
        ("data", 0o777, "problem", "chmod 700"),
        (".env", 0o644, "note", "chmod 600"),
        (".env", 0o660, "problem", "chmod 600"),
        ("data/cuepoint.db", 0o604, "note", "chmod 600"),
        ("data/backups", 0o707, "problem", "chmod 700"),
    ],
)
def test_it_tells_who_else_may_read_or_change_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int, grade: str, mends: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder, path = tmp_path / "data", tmp_path / name
    imported(folder)
    (tmp_path / ".env").touch()
    (folder / "backups").mkdir()
    modes = {tmp_path / ".env": 0o600, folder: 0o711 if "/" in name else 0o700, folder / "cuepoint.db": 0o600}
    for place, usual in {**modes, folder / "backups": 0o700, path: mode}.items():
        place.chmod(usual)
    shown = name if name == ".env" else str(path)
    told = [line for line in cuepoint(folder, "doctor").output.splitlines() if line.startswith("access")]
    [line] = [line for line in told if f" {shown} is open" in line]
    assert f"access    {grade}: {shown} is open to other users of this machine" in line
    command = line.rpartition(": ")[2]
    assert command.startswith(mends)
    subprocess.run(shlex.split(command), check=True)
    assert f" {shown} is open" not in cuepoint(folder, "doctor").output


def test_what_nobody_can_get_at_is_nobody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    imported(tmp_path / "data")
    (tmp_path / "data" / "cuepoint.db").chmod(0o666)
    assert "access" not in cuepoint(tmp_path / "data", "doctor").output
