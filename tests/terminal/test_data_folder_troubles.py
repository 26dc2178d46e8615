"""What can be wrong with the data folder: each command says so in one sentence, and harms nothing."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import access
from storage.database.schema import SCHEMA_VERSION
from storage.errors import DatabaseError
from storage.indexing.index_files import IndexCache
from storage.library import Library
from storage.models import Labels, Source
from tests.support.forked_program import Done, Job, Program, program
from tests.support.index_files import KEY, MADE

NOBODY = 65534
SRT = "1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern hangs in the harbour\n"
STAMPS = [f"00:{second // 60:02}:{second % 60:02}" for second in range(1500)]
MUCH = "".join(f"1\n{at},000 --> {at},900\n{'the copper lantern hangs there ' * 9}\n\n" for at in STAMPS)
"""Captions of which there are more than fit."""
COMMANDS = {
    "ask": ("ask", "what is a hold cue?"),
    "import": ("import", "talk.srt", "--video-id", "new"),
    "serve": ("serve",),
    "doctor": ("doctor",),
    "repair": ("doctor", "--repair"),
    "backup": ("backup", "out.db"),
    "restore": ("restore", "copy.db"),
}
OPENING = [name for name in COMMANDS if name != "restore"]
"""All of them need the database as it is; to restore is what helps where it cannot be used."""


@pytest.fixture(scope="module")
def cuepoint() -> Iterator[Program]:
    with program() as forked:
        yield forked


@pytest.fixture(scope="module")
def prepared(cuepoint: Program) -> Iterator[Path]:
    """A folder that others can look into, with a data folder in which something was imported, and a backup."""
    folder = Path(tempfile.mkdtemp(prefix="cuepoint-"))
    folder.chmod(0o755)
    (folder / "talk.srt").write_text(SRT)
    for arguments in (("import", "talk.srt", "--video-id", "old"), ("backup", "copy.db")):
        assert cuepoint.run(Job(arguments, str(folder), busy_timeout_ms=60)).returncode == 0
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(prepared: Path) -> Iterator[Path]:
    """A copy of it."""
    folder = prepared.with_name(f"{prepared.name}-copy")
    shutil.copytree(prepared, folder)
    yield folder
    shutil.rmtree(folder)


Run = Callable[..., Done]


@pytest.fixture
def run(cuepoint: Program, home: Path) -> Run:
    """Runs one of COMMANDS there, as another user or without room for files larger than so many bytes."""

    def go(name: str, *, user: int | None = None, largest: int | None = None) -> Done:
        return cuepoint.run(Job(COMMANDS[name], str(home), user, largest, busy_timeout_ms=60))

    return go


def files(folder: Path) -> dict[str, bytes]:
    """Every file that is part of what is kept; who uses it, and SQLite's shared memory, are not."""
    passed_over = (".lock", "-shm")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(passed_over)
    }


def rows(home: Path) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(home / "data" / "cuepoint.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT video_id, text FROM segment JOIN video ON video = video.id").fetchall()


def one_sentence(done: Done, said: str) -> None:
    """It failed, and said why in a single line that tells what to do."""
    assert done.returncode == 1, done
    assert re.fullmatch(r"[^\n]+[;:,] [^\n]+\n", done.stderr), done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "went wrong that should not have" not in done.stderr


def _newer(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def _folder(database: Path) -> None:
    database.unlink()
    database.mkdir()


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "newer": (_newer, "later version of Cuepoint.*update Cuepoint"),
    "torn": (lambda path: os.truncate(path, path.stat().st_size // 2), "is damaged; restore a backup"),
    "garbage": (lambda path: path.write_bytes(b"no database at all " * 999), "not a Cuepoint database; restore"),
    "empty": (lambda path: path.write_bytes(b""), "is empty, .*restore a backup"),
    "folder": (_folder, "is a folder and no database; move it away"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_database_that_cannot_be_used_is_one_sentence_and_left_as_it_is(run: Run, home: Path, how: str) -> None:
    spoil, said = SPOILT[how]
    spoil(home / "data" / "cuepoint.db")
    before = files(home)
    for name in OPENING:
        one_sentence(run(name), said)
        assert files(home) == before, name
    restored = run("restore")
    if how == "folder":
        one_sentence(restored, "is a folder; move it away")
        assert files(home) == before
    else:
        assert (restored.returncode, restored.stderr) == (0, "")
        assert ("old", "the copper lantern hangs in the harbour") in rows(home)
        [kept] = (home / "data").glob("*before-restore*")
        if how != "newer":  # it could be read, and is a single file now
            assert kept.read_bytes() == before["data/cuepoint.db"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_folder_that_may_not_be_written_is_one_sentence(run: Run, home: Path) -> None:
    before = files(home)
    for name in COMMANDS:
        one_sentence(run(name, user=NOBODY), "check the|may be written")
        assert files(home) == before, name
    assert run("ask").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_file_that_may_not_be_written_in_a_folder_that_may_is_one_sentence(run: Run, home: Path) -> None:
    for path in (home, home / "data"):
        path.chmod(0o777)
    before = files(home)
    for name in ("import", "serve"):
        one_sentence(run(name, user=NOBODY), "check the permissions")
        assert {key: files(home)[key] for key in before} == before, name


HOLD = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n{}\nprint(flush=True); input()"


@contextmanager
def held(home: Path, *statements: str) -> Iterator[None]:
    """Another program that does something in the database, and then goes on having it open."""
    code = HOLD.format("; ".join(f"c.execute({statement!r}).fetchall()" for statement in statements))
    command = [sys.executable, "-c", code, str(home / "data" / "cuepoint.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        yield
        other.communicate(b"\n")


def test_a_locked_database_is_one_sentence_to_whoever_wants_to_write_and_nothing_to_others(
    run: Run, home: Path
) -> None:
    with held(home, "BEGIN EXCLUSIVE"):
        before = files(home)
        for name in ("import", "serve", "doctor", "repair", "restore"):
            one_sentence(run(name), "try again in a moment|is in use")
            assert files(home) == before, name
        for name in ("ask", "backup"):
            done = run(name)
            assert (done.returncode, done.stderr) == (0, ""), name
    assert run("import").returncode == 0


def test_a_database_that_another_program_keeps_to_itself_is_one_sentence(run: Run, home: Path) -> None:
    with held(home, "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"):
        before = files(home)
        for name in COMMANDS:
            one_sentence(run(name), "try again in a moment|is in use")
            assert files(home) == before, name


# A full disk.


@pytest.mark.parametrize("name", ["import", "backup", "restore"])
def test_a_disk_without_room_is_one_sentence_and_nothing_is_changed(run: Run, home: Path, name: str) -> None:
    """A file that may not grow is what a full disk is to a program, but for the number of the error."""
    before, size = rows(home), (home / "data" / "cuepoint.db").stat().st_size
    names = files(home).keys()
    (home / "talk.srt").write_text(MUCH)
    one_sentence(run(name, largest=max(32_768, size // 2)), "disk.*Nothing was changed")
    assert rows(home) == before
    assert files(home).keys() == names
    assert run(name).returncode == 0


async def test_a_disk_that_fills_up_in_an_import_costs_that_import_alone(tmp_path: Path) -> None:
    library = await Library.open(tmp_path / "cuepoint.db")
    files = [(Source("a.srt", SRT.encode()), Labels(video_id="a"))]
    await library.import_files(access.host_scope(), files)
    writer = library._database._writer
    [(pages,)] = await writer.execute_fetchall("PRAGMA page_count")
    await writer.execute_fetchall(f"PRAGMA max_page_count = {pages}")
    much = Source("b.srt", MUCH.encode())
    with pytest.raises(DatabaseError, match="the disk is full; free some space"):
        await library.import_files(access.host_scope(), [(much, Labels(video_id="b"))])
    assert [each.video.video_id for each in await library.videos(access.host_scope())] == ["a"]
    assert await library.maintenance.problems() == []
    await writer.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert (await library.import_files(access.host_scope(), [(much, Labels(video_id="b"))])).videos_added == 1
    await library.close()


OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


def test_a_disk_that_is_full_is_one_sentence(home: Path) -> None:
    """A real one of 2 MB, filled to the last byte, in a namespace of its own."""
    script = (
        'mount -t tmpfs -o size=2m tmpfs "$1/data" && cp -r "$1/keep/." "$1/data" && touch "$1/mounted";'
        'cat /dev/zero > "$1/data/filler" 2> /dev/null; shift; exec "$@"'
    )
    (home / "data").rename(home / "keep")
    (home / "data").mkdir()
    if shutil.which("unshare") is None or subprocess.run([*OWN_MOUNTS, "true"], check=False).returncode:
        pytest.skip("nobody may mount anything here")
    with program(*OWN_MOUNTS, script, "sh", str(home)) as cuepoint:
        for name in ("ask", "import", "serve", "doctor", "restore"):
            done = cuepoint.run(Job(COMMANDS[name], str(home), busy_timeout_ms=60))
            if not (home / "mounted").exists():
                pytest.skip("nobody may mount anything here")
            if name == "doctor":
                doctor_says(done, "disk      problem: only 0 MB left on the disk")
            else:
                one_sentence(done, "disk is full; free some space.*Nothing was changed")


def test_an_import_for_which_a_disk_has_no_room_is_taken_back_whole(home: Path) -> None:
    """A real one of 20 MB, of which the first thousand videos would leave nothing."""
    mount = 'mount -t tmpfs -o size=20m tmpfs "$1/data" && cp -r "$1/keep/." "$1/data" && touch "$1/mounted"'
    script = f'{mount}; shift; exec "$@"'
    rows = (
        f'{{"video_id": "v{n}", "text": "{n} {"the copper lantern hangs there " * 60}", "start_second": {second}}}\n'
        for n in range(1200)
        for second in range(0, 300, 30)
    )
    (home / "many.jsonl").write_text("".join(rows))
    with mounting(home, script) as cuepoint:
        before = cuepoint.run(Job(("videos",), str(home)))
        one_sentence(cuepoint.run(Job(("import", "many.jsonl"), str(home))), "the disk is full; .* Nothing was changed")
        assert cuepoint.run(Job(("videos",), str(home))) == before
        assert cuepoint.run(Job(("undo",), str(home))).stdout.startswith("Took back the import of talk.srt: 0 videos")
        assert "stored    ok, 0 segments" in cuepoint.run(Job(("doctor",), str(home))).stdout


def test_a_disk_that_can_only_be_read_is_one_sentence(home: Path) -> None:
    script = (
        'mount -t tmpfs -o size=4m tmpfs "$1/data" && cp -r "$1/keep/." "$1/data" && mount -o remount,ro "$1/data" &&'
        'touch "$1/mounted"; shift; exec "$@"'
    )
    with mounting(home, script) as cuepoint:
        for name in ("import", "serve", "doctor", "repair", "restore"):
            done = cuepoint.run(Job(COMMANDS[name], str(home), busy_timeout_ms=60))
            if name == "doctor":
                doctor_says(done, "folder    problem: .* can only be read; name a place on another one")
            else:
                one_sentence(done, "the disk can only be read; name a place on another one")


def test_a_disk_on_which_no_more_files_fit_is_one_sentence(home: Path) -> None:
    script = (
        'mount -t tmpfs -o size=40m,nr_inodes=12 tmpfs "$1/data" && cp -r "$1/keep/." "$1/data" && touch "$1/mounted";'
        'for n in 1 2 3 4 5 6 7 8 9 10 11 12; do touch "$1/data/$n"; done 2> /dev/null; shift; exec "$@"'
    )
    with mounting(home, script) as cuepoint:
        for name in ("import", "serve", "doctor", "repair"):
            done = cuepoint.run(Job(COMMANDS[name], str(home), busy_timeout_ms=60))
            if name == "doctor":
                doctor_says(done, "folder    problem: .* no more files fit on the disk, though it has room")
            else:
                one_sentence(done, "no more files fit on the disk, though it has room; delete files")


def doctor_says(done: Done, wrong: str) -> None:
    """It names what is wrong, and finds everything else as it should be."""
    assert (done.returncode, done.stderr) == (1, "Something is wrong; see above.\n"), done
    assert re.search(f"^{wrong}", done.stdout, re.MULTILINE), done.stdout
    assert "stored    ok, 1 segments stored and indexed" in done.stdout
    assert "question  ok, the samples answer" in done.stdout


@contextmanager
def mounting(home: Path, script: str) -> Iterator[Program]:
    """The program where the data folder lies on a disk that a script mounts, in a namespace of its own."""
    (home / "data").rename(home / "keep")
    (home / "data").mkdir()
    if shutil.which("unshare") is None or subprocess.run([*OWN_MOUNTS, "true"], check=False).returncode:
        pytest.skip("nobody may mount anything here")
    with program(*OWN_MOUNTS, script, "sh", str(home)) as cuepoint:
        cuepoint.run(Job(("--version",), str(home)))
        if not (home / "mounted").exists():
            pytest.skip("nobody may mount anything here")
        yield cuepoint


def test_an_index_that_has_no_room_costs_nothing_but_the_next_start(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = files(home)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        kept = IndexCache(home / "data" / "index").store(KEY, MADE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert kept is False
    assert files(home) == before
    assert "cannot be kept" in caplog.text


def test_a_new_database_is_readable_like_any_file_of_its_user(home: Path) -> None:
    """Its half-written form has a name of its own, but no rights of its own."""
    other = home / "other"
    other.write_text("")
    made = home / "data" / "cuepoint.db"
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_new_data_folder_is_its_users_alone(home: Path) -> None:
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
