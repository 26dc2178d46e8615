"""`cuepoint import` of folders and patterns, on real folders, and of single files from the field."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.importing.given_files import collect_files
from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.project import SHARED_FOLDER

Run = Callable[..., subprocess.CompletedProcess[str]]
ID = "dQw4w9WgXcQ"


def srt(text: str) -> str:
    return f"1\n00:00:01,000 --> 00:00:04,000\n{text}\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `cuepoint` with a data folder of the test's own."""

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return typed(*arguments, folder=tmp_path, environment=environment_for(tmp_path))

    return go


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """A folder as yt-dlp leaves it."""
    folder = tmp_path / "talks"
    (folder / "week 2").mkdir(parents=True)
    (folder / f"A talk [{ID}].en.srt").write_text(srt("the copper lantern"))
    (folder / f"A talk [{ID}].mp4").write_bytes(b"\x00" * 2000)
    (folder / f"A talk [{ID}].live_chat.json").write_text("{}")
    (folder / f"A talk [{ID}].description").write_text("about it")
    info = {"id": ID, "title": "A talk, really", "channel": "Ana", "upload_date": "20250603", "subtitles": {"en": []}}
    (folder / f"A talk [{ID}].info.json").write_text(json.dumps(info))
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "README.txt").write_text("These are talks.")
    (folder / "lecture.srt").write_text(srt("bread in the north"))
    (folder / "week 2" / "lecture.srt").write_text(srt("something else again"))
    return folder


def videos(run: Run) -> dict[str, tuple[str, str]]:
    rows = map(json.loads, run("videos", "--json").stdout.splitlines())
    return {row["video_id"]: (row["title"], row["creator"]) for row in rows}


def test_a_folder_is_one_import_and_what_is_no_transcript_is_counted_in_one_line(run: Run, talks: Path) -> None:
    done = run("import", "talks")
    assert done.returncode == 0, done.stderr
    assert "videos: 3 added" in done.stdout
    (passed,) = [line for line in done.stderr.splitlines() if "Passed over" in line]
    assert "5 files" in passed
    assert ".mp4" in passed
    assert "hidden" in passed
    assert videos(run) == {
        ID: ("A talk, really", "Ana"),
        "lecture": ("lecture", ""),
        "week 2/lecture": ("lecture", ""),
    }
    assert "nothing changed" in run("import", "talks").stdout
    assert "nothing changed" in run("import", "talks/week 2", "talks/lecture.srt").stdout
    run("undo")
    assert ID not in videos(run)


def test_a_pattern_takes_what_it_matches_and_a_named_file_what_lies_beside_it(run: Run, talks: Path) -> None:
    assert "videos: 2 added" in run("import", "talks/**/lecture.*").stdout
    done = run("import", f"talks/A talk [{ID}].en.srt", "--published", "2024-05")
    assert done.returncode == 0, done.stderr
    assert videos(run)[ID] == ("A talk, really", "Ana")
    assert run("import", "talks/*.xyz").returncode == 1


def test_a_named_file_that_is_no_transcript_is_still_an_error(run: Run, talks: Path) -> None:
    done = run("import", "talks/README.txt", f"talks/A talk [{ID}].mp4")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2


def test_links_in_a_circle_and_links_to_nothing_are_told_and_pipes_are_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.srt").write_text(srt("hello there"))
    (folder / "inner" / "up").symlink_to(folder)
    (folder / "gone.srt").symlink_to(folder / "nowhere.srt")
    os.mkfifo(folder / "pipe.srt")
    given = collect_files([str(folder)], 1000)
    assert [Path(source.name).name for source in given.sources] == ["a.srt"]
    told = "\n".join(map(str, given.rejections))
    assert "leads back to a folder above it" in told
    assert "gone.srt: the file cannot be read" in told


def test_a_file_of_a_folder_is_read_no_further_than_one_byte_too_many(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("x" * 5000)
    (tmp_path / "b.mp4").write_text("x" * 5000)
    given = collect_files([str(tmp_path)], 1000)
    assert [len(source.content) for source in given.sources] == [1001, 0]


def test_chapters_of_a_file_are_stored(run: Run, talks: Path, tmp_path: Path) -> None:
    (tmp_path / "chapters.txt").write_text("0:00 Opening\n0:02 The bell")
    assert run("import", "talks/lecture.srt", "--chapters", "chapters.txt", "--published", "20250603").returncode == 0
    wrong = run("import", "talks/lecture.srt", "--chapters", "talks/README.txt")
    assert (wrong.returncode, "write one a line, as in 0:00" in wrong.stderr) == (1, True)
    assert "is not a date" in run("import", "talks/lecture.srt", "--published", "soon").stderr


def test_an_archive_is_imported_like_a_folder(run: Run, talks: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "talks.zip", "w") as archive:
        for path in sorted(talks.rglob("*")):
            archive.write(path, path.relative_to(talks))
    done = run("import", "talks.zip")
    assert done.returncode == 0, done.stderr
    assert videos(run)[ID] == ("A talk, really", "Ana")
    assert "week 2/lecture" in videos(run)


@pytest.mark.parametrize(
    ("name", "video_id"),
    [("aB3dE5fG7hI.en.vtt", "aB3dE5fG7hI"), ("week 1 - lecture 2.srt", "week 1 - lecture 2")],
)
def test_files_from_the_field_are_named_by_their_names(run: Run, name: str, video_id: str) -> None:
    path = SHARED_FOLDER / "field" / name
    if not path.exists():
        pytest.skip("the folder of inputs from the field (../shared/field) is not here")
    done = run("import", str(path))
    assert done.returncode == 0, done.stderr
    assert list(videos(run)) == [video_id]
