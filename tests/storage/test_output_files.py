"""A file that somebody names is written whole or not at all, and never where Cuepoint keeps what is stored."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import atomic_files
from storage.database.atomic_files import ABANDONED_AFTER_SECONDS, SUFFIX, part_path
from storage.errors import RequestError
from storage.output_files import require_free_place, write_output

OLD, NEW = b"old words\n", b"new words\n" * 9_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a database in it."""
    folder = tmp_path / "data"
    (folder / "index").mkdir(parents=True)
    (folder / "index" / "a.index").write_bytes(b"index")
    with closing(sqlite3.connect(folder / "cuepoint.db")) as connection:
        connection.execute("CREATE TABLE library (id)")
    return folder


def linked(way: Callable[[Path, Path], object], name: str) -> Callable[[Path, Path], Path]:
    def make(data: Path, elsewhere: Path) -> Path:
        way(elsewhere / "link", data / name)
        return elsewhere / "link"

    return make


def copied(name: str) -> Callable[[Path, Path], Path]:
    def make(data: Path, elsewhere: Path) -> Path:
        (elsewhere / "copy.db").write_bytes((data / "cuepoint.db").read_bytes())
        return elsewhere / name

    return make


def in_linked_folder(data: Path, elsewhere: Path) -> Path:
    (elsewhere / "folder").symlink_to(data)
    return elsewhere / "folder" / "new.csv"


TAKEN: dict[str, Callable[[Path, Path], Path]] = {
    "the database": lambda data, _: data / "cuepoint.db",
    "its log": lambda data, _: data / "cuepoint.db-wal",
    "a new file": lambda data, _: data / "new.csv",
    "a file of the index": lambda data, _: data / "index" / "a.index",
    "the folder itself": lambda data, _: data,
    "a way around": lambda data, elsewhere: elsewhere / ".." / data.name / "new.csv",
    "a symbolic link": linked(lambda link, to: link.symlink_to(to), "cuepoint.db"),
    "a hard link": linked(lambda link, to: link.hardlink_to(to), "cuepoint.db"),
    "a hard link to an index": linked(lambda link, to: link.hardlink_to(to), "index/a.index"),
    "a link that leads nowhere yet": linked(lambda link, to: link.symlink_to(to), "new.csv"),
    "a linked folder": in_linked_folder,
    "a database elsewhere": copied("copy.db"),
    "the log of a database elsewhere": copied("copy.db-wal"),
    "its log in capitals": copied("copy.db-WAL"),
}


@pytest.mark.parametrize("how", TAKEN)
def test_nothing_is_written_into_the_data_folder_or_over_a_database(data: Path, tmp_path: Path, how: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = TAKEN[how](data, elsewhere)
    with pytest.raises(RequestError, match=r"^[^\n]+; name another (file|folder)\.$") as told:
        require_free_place(target, data)
    assert str(target) in str(told.value)


def test_a_folder_that_ignores_capitals_is_the_data_folder_in_any_spelling(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows: two spellings, one file."""
    same = Path.samefile

    def ignoring_capitals(path: Path, other: Path) -> bool:
        return str(path).lower() == str(other).lower() or same(path, other)

    monkeypatch.setattr(Path, "samefile", ignoring_capitals)
    with pytest.raises(RequestError, match="data folder"):
        require_free_place(tmp_path / "DATA" / "Cuepoint.DB", data)


def test_a_data_folder_that_is_not_there_yet_is_kept_free(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="data folder"):
        require_free_place(tmp_path / "data" / "new.csv", tmp_path / "data")


def test_the_settings_are_not_replaced(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError, match="the file of the settings; name another"):
        require_free_place(tmp_path / ".env", data)


def test_everywhere_else_is_free(data: Path, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(OLD)
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "old.csv")
    for name in ("new.csv", "old.csv", "hard.csv", "data.csv", "database", "copy.db", "/dev/stdout", "/dev/null"):
        require_free_place(tmp_path / name, data)
    require_free_place(data / "backups" / "new.db", data, allowed=data / "backups")
    with pytest.raises(RequestError):
        require_free_place(data / "new.db", data, allowed=data / "backups")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file in which something was written before, which nobody else may read."""
    path = tmp_path / "out" / "words.csv"
    path.parent.mkdir()
    path.write_bytes(OLD)
    path.chmod(0o600)
    return path


def test_a_file_is_replaced_and_is_still_its_users_alone(target: Path) -> None:
    write_output(target, NEW)
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(target.parent.iterdir()) == [target]


def test_what_a_link_leads_to_is_replaced_and_not_the_link(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target)
    write_output(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_a_disk_without_room_leaves_the_old_file(target: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, hard))
    try:
        with pytest.raises(RequestError, match=r"words\.csv cannot be written: the disk, or a limit .*; raise it"):
            write_output(target, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), OSError(errno.ENOSPC, "no room")], ids=repr)
def test_whoever_stops_it_keeps_the_old_file(
    target: Path, monkeypatch: pytest.MonkeyPatch, stopped: BaseException
) -> None:
    def stop(_part: Path, _target: Path) -> None:
        raise stopped

    monkeypatch.setattr(atomic_files, "replace_atomically", stop)
    with pytest.raises((KeyboardInterrupt, RequestError)):
        write_output(target, NEW)
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_whoever_kills_it_keeps_the_old_file_and_the_rest_goes_with_a_later_one(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = os.fork()
    if not child:
        monkeypatch.setattr(atomic_files, "replace_atomically", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        write_output(target, NEW)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert target.read_bytes() == OLD
    [part] = target.parent.glob(f"*{SUFFIX}")
    ago = time.time() - ABANDONED_AFTER_SECONDS - 1
    os.utime(part, (ago, ago))
    write_output(target, NEW)
    assert list(target.parent.iterdir()) == [target]


def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, NEW)
    reader.join()
    assert read == [NEW]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_written_into() -> None:
    write_output(Path("/dev/null"), NEW)
    with pytest.raises(RequestError, match="/dev/full cannot be written: the disk is full; free some space"):
        write_output(Path("/dev/full"), NEW)


def test_what_is_open_under_a_number_is_added_to(target: Path) -> None:
    with target.open("ab") as file:
        write_output(Path(f"/dev/fd/{file.fileno()}"), NEW)
    assert target.read_bytes() == OLD + NEW


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no/such/folder.csv", "there is no such file or folder; check the name"),
        ("words.csv/new.csv", "a part of the path is a file and no folder; name another"),
        ("folder", "this is a folder; name a file"),
        ("n" * 256, "the name is too long for this disk; choose a shorter one"),
        ("circle", "its links lead in a circle; name another"),
    ],
)
def test_a_name_that_cannot_be_is_one_sentence(target: Path, name: str, said: str) -> None:
    (target.parent / "folder").mkdir()
    (target.parent / "circle").symlink_to(target.parent / "circle")
    with pytest.raises(RequestError, match=rf"^[^\n]+ cannot be written: {said}[^\n]*\.$"):
        write_output(target.parent / name, NEW)


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127, "n"])
def test_as_long_a_name_as_there_may_be_is_written(tmp_path: Path, name: str) -> None:
    write_output(tmp_path / name, NEW)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert len(os.fsencode(part_path(tmp_path / name).name)) <= 255
