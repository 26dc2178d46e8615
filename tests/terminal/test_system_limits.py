"""What the machine has no more of, and what cannot be written: one right sentence each, and nothing is harmed."""

from __future__ import annotations

import os
import re
import resource
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import environment_for
from tests.support.forked_program import typed

SRT = "1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern hangs in the harbour\n"
LONG = "n" * 300
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "talk.srt").write_text(SRT)

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return typed(*arguments, folder=tmp_path, environment=environment_for(tmp_path))

    assert go("import", "talk.srt").returncode == 0
    return go


def in_a_shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command line in which $cuepoint is the program itself."""
    program = f"{shlex.quote(sys.executable)} -m bot"
    script = command.replace("$cuepoint", program)
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment_for(folder),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def stored(folder: Path) -> dict[str, bytes]:
    passed_over = (".lock", "-shm", "-wal", ".log")
    return {
        str(path): path.read_bytes()
        for path in (folder / "data").rglob("*")
        if path.is_file() and not path.name.endswith(passed_over)
    }


WRITING = {
    "export": ("export", "--format", "csv", "--output"),
    "picture": ("timeline", "copper", "--picture"),
    "backup": ("backup",),
    "feedback": ("feedback",),
    "save": ("evaluate", ".", "--save"),
}


TAKEN = ("data/cuepoint.db", "data/new", "data/../data/index/x", "data/cuepoint.db-wal", "linked")


@pytest.mark.parametrize("command", WRITING)
def test_no_command_writes_into_the_data_folder(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "linked").symlink_to(tmp_path / "data" / "cuepoint.db")
    before = stored(tmp_path)
    for target in TAKEN if command == "export" else TAKEN[:1]:
        done = run(*WRITING[command], target)
        assert done.returncode == 1
        said = rf"{target} is in the data folder, [^\n]*; name another folder\.\n"
        assert re.fullmatch(said, done.stderr), done.stderr
        assert stored(tmp_path) == before
    assert "copper lantern" in run("ask", "lantern").stdout


def test_a_backup_may_be_in_the_folder_of_backups(run: Run) -> None:
    assert run("backup", "data/backups/own.db").returncode == 0


def test_a_database_elsewhere_is_not_written_over(run: Run, tmp_path: Path) -> None:
    assert run("backup", "copy.db").returncode == 0
    before = (tmp_path / "copy.db").read_bytes()
    for command in ("export", "picture", "save"):
        done = run(*WRITING[command], "copy.db")
        assert (done.returncode, done.stderr) == (1, "copy.db is a database, or belongs to one; name another file.\n")
    assert (tmp_path / "copy.db").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", LONG), "the file cannot be read: there can be no such file, the name is too long; check it"),
        (("import", "--chapters", LONG, "talk.srt"), "there can be no such file, the name is too long; check it"),
        (("export", "--format", "csv", "--output", LONG), "the name is too long for this disk; choose"),
        (("timeline", "copper", "--picture", LONG), "cannot be written: the name is too long for this disk; choose"),
        (("backup", LONG), "the name is too long for this disk; choose a shorter one"),
        (("restore", LONG), "there is no such file; name a file that `cuepoint backup` made. Nothing was changed"),
        (("feedback", LONG), "the name is too long for this disk; choose a shorter one"),
        (("evaluate", LONG), "there can be no such folder; name a folder with"),
        (("import", "talk.srt/inside.srt"), "a part of the path is a file and no folder; name another"),
        (("export", "--format", "csv", "--output", "talk.srt/x"), "a part of the path is a file and no"),
        (("export", "--format", "csv", "--output", "."), "this is a folder; name a file"),
        (("import", "missing.srt"), "there is no such file; check its name"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_is_one_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if not line.startswith("videos:")]) == 1
    assert "went wrong" not in done.stderr


def test_a_data_folder_whose_name_is_too_long_is_one_sentence(tmp_path: Path) -> None:
    environment = {**environment_for(tmp_path), "CUEPOINT_DATA_DIR": str(tmp_path / LONG)}
    done = typed("stats", folder=tmp_path, environment=environment)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the name is too long for this disk; choose a shorter one" in done.stderr


def test_a_file_with_as_long_a_name_as_there_may_be_is_imported(run: Run, tmp_path: Path) -> None:
    (tmp_path / f"{'n' * 251}.srt").write_text(SRT)
    assert "videos: 1 added" in run("import", f"{'n' * 251}.srt").stdout


FULL = "the disk is full; free some space.\n"
CLOSED = "The output cannot be written: it is closed; leave it open, or lead it into a file.\n"
OUTPUTS = [
    ("$cuepoint videos > /dev/full", 1, f"The output cannot be written: {FULL}"),
    ("$cuepoint export --format csv > /dev/full", 1, f"The output cannot be written: {FULL}"),
    ("$cuepoint --help > /dev/full", 1, f"The output cannot be written: {FULL}"),
    ("$cuepoint videos >&-", 1, CLOSED),
    ("$cuepoint ask lantern >&-", 1, CLOSED),
    ("$cuepoint videos <&- >&- 2>&-", 1, ""),
    ("$cuepoint export --format csv --output - <&- 2>&- | wc -l", 0, ""),
    ("$cuepoint export --format csv | head -c 1 | wc -c", 0, ""),
    ("$cuepoint videos | true", 0, ""),
    ("$cuepoint export --format csv --output /dev/full", 1, f"/dev/full cannot be written: {FULL}"),
]


@pytest.mark.parametrize(("command", "code", "said"), OUTPUTS, ids=[command for command, _, _ in OUTPUTS])
def test_an_output_that_cannot_be_written_is_one_sentence_and_no_harm(
    run: Run, tmp_path: Path, command: str, code: int, said: str
) -> None:
    before = stored(tmp_path)
    done = in_a_shell(tmp_path, command)
    if code or "wc" in command:
        assert (done.returncode, done.stderr) == (code, said)
    else:  # whether anything is left to print when the reader ends is not ours to say
        assert done.stderr == said
    assert stored(tmp_path) == before
    assert "copper lantern" in run("ask", "lantern").stdout


def test_standard_output_is_written_by_any_of_its_names(run: Run, tmp_path: Path) -> None:
    expected = run("export", "--format", "csv").stdout
    for name in ("-", "/dev/stdout", "/dev/fd/1"):
        assert run("export", "--format", "csv", "--output", name).stdout == expected
    assert not (tmp_path / "-").exists()
    (tmp_path / "all.csv").write_text("kept\n")
    assert in_a_shell(tmp_path, "$cuepoint export --format csv --output /dev/stdout >> all.csv").returncode == 0
    assert (tmp_path / "all.csv").read_text() == f"kept\n{expected}"


def python(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """The program in a Python of its own, in which something is not as usual."""
    command = [sys.executable, "-c", code]
    environment = environment_for(folder)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def limited(folder: Path, limit: int, value: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program where it may have no more of something; what it needs of Python itself is loaded already."""
    loading = "import bot.cli.ask, bot.asking, bot.settings, dotenv, storage.library, storage.samples, bot.cli.screen"
    code = (
        f"import resource, sys; {loading}; from bot.__main__ import main; "
        f"resource.setrlimit({limit}, ({value},) * 2); sys.argv = ['cuepoint', *{list(arguments)!r}]; main()"
    )
    return python(folder, code)


@pytest.mark.parametrize("handles", [6, 9, 12])
def test_too_few_file_handles_are_one_sentence(run: Run, tmp_path: Path, handles: int) -> None:
    before = stored(tmp_path)
    done = limited(tmp_path, resource.RLIMIT_NOFILE, handles, "ask", "lantern")
    if done.returncode == 0:
        pytest.skip("it needs fewer here")
    assert done.returncode == 1
    assert "went wrong" not in done.stderr
    assert "this program has as many files open as it may; raise that limit (ulimit -n)" in done.stderr
    assert stored(tmp_path) == before


def test_too_little_memory_is_one_sentence(run: Run, tmp_path: Path) -> None:
    rows = "".join(f'{{"video_id": "v{n}", "text": "{"words " * 400}", "start_second": 0}}\n' for n in range(9000))
    (tmp_path / "much.jsonl").write_text(rows)
    before = run("videos").stdout
    code = (
        "import resource, sys; from bot.__main__ import main; import storage.importing.importer, storage.library;"
        "from storage.importing.importer import Importer\n"
        "async def store(*_, **__): raise MemoryError\n"
        "Importer._store_video = store\n"
        "sys.argv = ['cuepoint', 'import', 'much.jsonl']; main()"
    )
    done = python(tmp_path, code)
    assert (done.returncode, done.stderr) == (
        1,
        "There is not enough memory for this; give the program more, or do less at once, such as fewer files.\n",
    )
    assert run("videos").stdout == before


def test_a_thread_that_cannot_be_started_is_one_sentence(run: Run, tmp_path: Path) -> None:
    code = (
        "import sys, threading; from bot.__main__ import main\n"
        'def start(*_): raise RuntimeError("can\'t start new thread")\n'
        "threading.Thread.start = start; sys.argv = ['cuepoint', 'stats']; main()"
    )
    done = python(tmp_path, code)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("No more threads can be started; give the program more memory")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files that nobody else may read")
def test_a_log_that_cannot_be_kept_does_not_hide_the_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data" / "cuepoint.log").mkdir()
    code = (
        "import sys; from bot.__main__ import main; from storage.library import Library\n"
        "async def fail(*_): raise LookupError\n"
        "Library.statistics = fail; sys.argv = ['cuepoint', 'stats']; main()"
    )
    done = python(tmp_path, code)
    assert done.returncode == 1
    assert re.fullmatch(
        r"Something went wrong that should not have; the details cannot be kept either: .+\n", done.stderr
    )
