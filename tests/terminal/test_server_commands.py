"""`cuepoint settings`, `cuepoint misses` and `cuepoint purge`, as a program of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, ServerSettings, Source, Verdict, Vote
from tests.support.commands import environment_for
from tests.support.forked_program import typed

Rows = Callable[..., Source]
ANA = 812345678901234567


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def go(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return typed(*arguments, folder=tmp_path, environment=environment_for(tmp_path), stdin=stdin)

    return go


Run = Callable[..., subprocess.CompletedProcess[str]]


def with_stored(folder: Path, action: Callable[[Library, Ledger], Awaitable[object]]) -> None:
    async def go() -> None:
        path = folder / "data" / "cuepoint.db"
        library, ledger = await Library.open(path), await Ledger.open(path)
        try:
            await action(library, ledger)
        finally:
            await library.close()
            await ledger.close()

    asyncio.run(go())


def test_settings_of_a_server_are_shown_in_full_and_changed(run: Run, tmp_path: Path) -> None:
    shown = run("settings", "--library", "5")
    assert shown.returncode == 0
    assert [line.split()[0] for line in shown.stdout.splitlines()] == [
        "channels", "roles", "private", "quotes", "cooldown", "shared", "language", "misses", "follows", "forums",
        "digest",
    ]  # fmt: skip
    done = run("settings", "--library", "5", "--set", "quotes=3", "--set", "roles=7,8", "--set", "language=de")
    assert (done.returncode, done.stderr) == (0, "")
    assert "roles     7, 8" in done.stdout

    async def look(_: Library, ledger: Ledger) -> None:
        assert await ledger.settings(5) == ServerSettings("de", 3, roles=frozenset({7, 8}))

    with_stored(tmp_path, look)


def test_outside_of_servers_fewer_settings_have_a_meaning(run: Run, tmp_path: Path) -> None:
    done = run("settings", "--set", "misses=no")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["private", "quotes", "cooldown", "misses"]
    refused = run("settings", "--set", "channels=1")
    assert (refused.returncode, refused.stderr) == (2, "channels belongs to a server: name it with --library.\n")


@pytest.mark.parametrize(
    ("assignment", "said"),
    [("quotes", "write it as NAME=VALUE"), ("quotes=9", "Say a number from 1 to 5"), ("hue=red", "no setting “hue”")],
)
def test_a_setting_that_cannot_be_used_is_refused_and_nothing_kept(
    run: Run, tmp_path: Path, assignment: str, said: str
) -> None:
    refused = run("settings", "--library", "5", "--set", "private=yes", "--set", assignment)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "private   public" in run("settings", "--library", "5").stdout


def test_a_reset_shows_what_it_changes_and_asks_and_the_language_goes_with_it(
    run: Run, tmp_path: Path, rows: Rows
) -> None:
    async def fill(library: Library, _: Ledger) -> None:
        await library.import_files(access.own_scope(5), [(rows(("v", 0, "the copper lantern")), Labels())])

    with_stored(tmp_path, fill)
    values = ("language=de", "quotes=3", "follows=no", "forums=7", "digest=8", "cooldown=120")
    done = run("settings", "--library", "5", *(part for value in values for part in ("--set", value)))
    assert done.returncode == 0
    for line in ("follows   not allowed", "forums    7", "digest    8", "cooldown  2 minutes"):
        assert line in done.stdout
    refused = run("settings", "--library", "5", "--reset", stdin="n\n")
    assert refused.returncode == 2
    assert "quotes    at most 3 -> 3 in public, 5 in private" in refused.stdout
    assert "roles" not in refused.stdout, "which it would not change"
    assert "quotes    at most 3" in run("settings", "--library", "5").stdout
    done = run("settings", "--library", "5", "--reset", "--set", "quotes=2", stdin="y\n")
    assert (done.returncode, "quotes    at most 2" in done.stdout) == (0, True)

    async def look(_: Library, ledger: Ledger) -> None:
        assert await ledger.settings(5) == ServerSettings(quotes=2)

    with_stored(tmp_path, look)
    assert run("settings", "--library", "5", "--reset", "--yes").returncode == 0


def test_misses_are_listed_by_how_often_they_were_asked(run: Run, tmp_path: Path) -> None:
    async def ask(_: Library, ledger: Ledger) -> None:
        for question in ("Bread?", "where is it", "where IS it"):
            await ledger.record_miss("server:5", question, ANA)

    with_stored(tmp_path, ask)
    assert run("misses", "--library", "5").stdout == "2\twhere IS it\n1\tBread?\n"
    lines = [json.loads(line) for line in run("misses", "--library", "5", "--json").stdout.splitlines()]
    assert [(line["question"], line["count"]) for line in lines] == [("where is it", 2), ("bread?", 1)]
    assert "No question is open" in run("misses").stderr


def test_a_purge_asks_first_and_then_leaves_nothing(run: Run, tmp_path: Path, rows: Rows) -> None:
    async def use(library: Library, ledger: Ledger) -> None:
        for name in ("shared", "5", "6"):
            scope = access.host_scope(name)
            await library.import_files(scope, [(rows(("v", 0, "the copper lantern")), Labels())])
            await ledger.save_vote(ANA, Vote(scope.libraries[0], "lantern", "v", 0.0, Verdict.HELPFUL))
            await ledger.record_miss(scope.libraries[0], "bell", ANA)
        await ledger.save_settings(5, ServerSettings(quotes=2))
        await ledger.record_sighting(ANA, 5)

    async def counts(library: Library, ledger: Ledger) -> None:
        for name in ("shared", "5", "6"):
            scope = access.host_scope(name)
            found.append(len(await library.videos(scope)) + len(await ledger.misses(scope.libraries[0])))
        found.append(len(await ledger.personal_data(ANA)))

    with_stored(tmp_path, use)
    assert run("purge", "--library", "5", stdin="n\n").returncode == 2
    found: list[int] = []
    with_stored(tmp_path, counts)
    assert found == [2, 2, 2, 7]
    done = run("purge", "--library", "5", stdin="y\n")
    assert (done.returncode, "Deleted 1 video of 5" in done.stdout) == (0, True)
    found.clear()
    with_stored(tmp_path, counts)
    assert found == [2, 0, 2, 4]
    assert run("purge", "--library", "shared", "--yes").returncode == 0
    found.clear()
    with_stored(tmp_path, counts)
    assert found == [0, 0, 2, 2]
    assert run("purge").returncode == 2, "which library must be said"
