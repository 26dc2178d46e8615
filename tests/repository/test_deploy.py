"""What is in `deploy` fits the program: commands, settings, paths, exit codes and times."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from bot.cli.session import NEEDS_SETUP, WRONG_USE
from bot.discord_app.client import DISCONNECT_TIMEOUT_SECONDS, REVERT_TIMEOUT_SECONDS
from bot.operations import http_server
from bot.settings import Settings, setting_names
from tests.support.commands import COMMANDS
from tests.support.project import PROJECT

DEPLOY = PROJECT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
SERVICE = (DEPLOY / "cuepoint.service").read_text(encoding="utf-8")
MAX_STOP_SECONDS = Settings.from_mapping({}).stop_seconds + DISCONNECT_TIMEOUT_SECONDS + REVERT_TIMEOUT_SECONDS


def instructions() -> list[tuple[str, str]]:
    """What the Containerfile says, line by line, without comments."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1].strip()) for line in text.splitlines() if line.strip()]


def said(word: str) -> list[str]:
    return [rest for first, rest in instructions() if first == word]


def of_service(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", SERVICE, re.MULTILINE)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return dict(loaded["services"]["cuepoint"], volumes_there=loaded["volumes"])


def copied() -> set[str]:
    """What the image takes from the project."""
    return {
        name for each in said("COPY") if not each.startswith("--from") for name in each.split()[:-1] if name != "./"
    }


def test_the_image_is_made_of_what_is_there_and_runs_without_rights() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    for base in said("FROM"):
        version = re.fullmatch(r"python:(3\.\d+)-slim(?: AS \w+)?", base)
        assert version, "no registry is named"
        assert SpecifierSet(project["project"]["requires-python"]).contains(version[1])
    assert all((PROJECT / name).exists() for name in copied())
    needed = {package.split(".")[0] for package in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    needed |= {"pyproject.toml", "constraints.txt", project["project"]["readme"], *project["project"]["license-files"]}
    assert copied() == needed
    names = [first for first, _ in instructions()]
    assert said("USER") == ["cuepoint"]
    assert names.index("USER") > len(names) - names[::-1].index("FROM")
    assert said("VOLUME") == ["/data"]


def test_only_what_the_image_is_made_of_is_sent_to_its_builder() -> None:
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*"
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied()


def test_the_image_is_installed_as_make_installs() -> None:
    (line,) = [each for each in said("RUN") if "pip install" in each]
    (ours,) = re.findall(r"pip install (.*) --editable '\.\[dev\]'", (PROJECT / "Makefile").read_text(encoding="utf-8"))
    ours, _, _ = ours.partition(" --constraint")
    assert line.split("pip install ")[1] == f"{ours} --no-cache-dir --constraint constraints.txt ."
    assert "pip install --constraint constraints.txt .\n" in SERVICE


def test_all_of_them_serve(compose: dict[str, Any]) -> None:
    (entry,), (command,) = said("ENTRYPOINT"), said("CMD")
    assert json.loads(entry) == ["cuepoint"]
    for words in (json.loads(command), compose["command"], shlex.split(of_service("ExecStart")[0])[1:]):
        assert words[0] == "serve"
        assert set(words[1:]) <= {option for each in COMMANDS["serve"].params for option in each.opts}


def test_every_setting_named_exists(compose: dict[str, Any]) -> None:
    text = CONTAINERFILE + SERVICE + (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\b(?:CUEPOINT_[A-Z_]+|DISCORD_[A-Z_]+)\b", text)) <= set(setting_names())
    given = {name: str(value) for name, value in compose["environment"].items()}
    assert Settings.from_mapping(given).data_dir == Path("/data")
    (env,) = said("ENV")
    assert dict(each.split("=") for each in env.split())["CUEPOINT_DATA_DIR"] == "/data"


def test_a_rewritten_database_is_copied_beside_itself_and_not_into_memory() -> None:
    # As SQLite chooses a folder, that is /tmp where nothing else can be written, which compose keeps in memory.
    (env,) = said("ENV")
    assert dict(each.split("=") for each in env.split())["SQLITE_TMPDIR"] == "/data"
    folder = f"/var/lib/{of_service('StateDirectory')[0]}"
    assert f"SQLITE_TMPDIR={folder}" in of_service("Environment")


def test_systemd_lets_the_bot_compile_and_start_processes() -> None:
    # The compiled ranking is code that is made in memory; processes that answer or index are started by the bot.
    forbidding = {"MemoryDenyWriteExecute", "NoExecPaths", "TasksMax", "LimitNPROC", "ProcSubset"}
    assert not [name for name in forbidding if of_service(name)]


def test_compose_keeps_the_data_and_gives_time_to_stop(compose: dict[str, Any]) -> None:
    assert (DEPLOY / compose["build"]["context"] / compose["build"]["dockerfile"]).resolve() == DEPLOY / "Containerfile"
    assert compose["volumes"] == ["data:/data"]
    assert "data" in compose["volumes_there"]
    assert float(compose["stop_grace_period"].removesuffix("s")) > MAX_STOP_SECONDS
    assert compose["read_only"] is compose["init"] is True
    assert compose["cap_drop"] == ["ALL"]
    host, outside, inside = compose["ports"][0].split(":")
    assert host == "127.0.0.1", "the measures are nobody else's"
    assert outside == inside == compose["environment"]["CUEPOINT_HTTP_PORT"]


def test_docker_starts_it_again_always_so_it_stays_where_that_does_not_help(compose: dict[str, Any]) -> None:
    assert compose["restart"] == "unless-stopped"
    assert compose["command"] == ["serve", "--stay"]
    operating = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    (by_hand,) = re.findall(r"`(docker run [^`]+)`", operating)
    words = by_hand.split()
    assert words[words.index("--restart") + 1] == "unless-stopped"
    assert float(words[words.index("--stop-timeout") + 1]) > MAX_STOP_SECONDS
    assert words[-3:] == ["cuepoint", "serve", "--stay"]


def test_systemd_leaves_alone_what_another_start_does_not_help() -> None:
    assert of_service("Restart") == ["on-failure"]
    assert {int(code) for code in of_service("RestartPreventExitStatus")[0].split()} == {WRONG_USE, NEEDS_SETUP}
    assert float(of_service("TimeoutStopSec")[0]) > MAX_STOP_SECONDS
    assert of_service("User") != ["root"]


def test_systemd_understands_its_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd here")
    # The program and the user are where it is installed, which is not here.
    unit = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", SERVICE, flags=re.MULTILINE)
    path = tmp_path / "cuepoint.service"
    path.write_text(re.sub(r"^User=.*", "User=root", unit, flags=re.MULTILINE))
    done = subprocess.run([program, "verify", str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


async def test_the_health_check_asks_the_bot() -> None:
    (check,) = said("HEALTHCHECK")
    words = json.loads(check[check.index("CMD") + 4 :])
    assert words[:2] == ["python", "-c"]

    async def checked(port: str) -> int:
        command = [sys.executable, *words[1:]]
        environment = {**os.environ, "CUEPOINT_HTTP_PORT": port}
        return (await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True)).returncode

    async def nothing() -> list[str]:
        return []

    async with http_server.serve_http("127.0.0.1", 0, nothing) as port:
        assert await checked(str(port)) == 0
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert await checked(str(nobody.getsockname()[1])) == 1
    assert await checked("") == 0
