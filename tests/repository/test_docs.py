"""README, .env.example, the changelog and --help are true."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from bot.console_face.app import app
from bot.console_face.session import EXIT_CODES, FAILED, NEEDS_SETUP, WRONG_USE
from bot.settings import setting_names
from tests.support.commands import COMMANDS, environment_for
from tests.support.forked_program import typed
from tests.support.project import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def session() -> list[tuple[str, str]]:
    """The commands of README's terminal session, each with what README says it prints."""
    (block,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return [(command, printed.rstrip()) for command, printed in zip(parts[1::2], parts[2::2], strict=True)]


def test_the_terminal_session_is_what_the_commands_print(tmp_path: Path) -> None:
    environment = environment_for(tmp_path)
    shown = session()
    assert len(shown) >= 3
    for command, printed in shown:
        program, *arguments = shlex.split(command)
        assert program == "cuepoint"
        done = typed(*arguments, folder=tmp_path, environment=environment)
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip() == printed.rstrip(), command


def test_every_command_is_in_the_readme_and_no_other() -> None:
    groups = "|".join(sorted({name.split()[0] for name in COMMANDS if " " in name}))
    told = set(re.findall(rf"`cuepoint ((?:(?:{groups}) )?\w+)", README))
    assert told == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", ""), f"{name}: {parameter.name}"


def test_every_option_of_import_and_export_is_in_the_readme() -> None:
    for name in ("import", "export", "ask", "search", "timeline", "video", "videos"):
        for parameter in COMMANDS[name].params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}`" in README or f"{option} " in README, option


def test_the_exit_codes_are_the_same_in_the_readme_and_the_help() -> None:
    (table,) = re.findall(r"\| code \| means \|\n(.*?)\n\n", README, re.DOTALL)
    told = re.findall(r"^\| (\d+) \|", table, re.MULTILINE)
    assert told == [str(code) for code in (0, FAILED, WRONG_USE, NEEDS_SETUP)]
    assert re.findall(r"\b\d+\b", EXIT_CODES) == told
    assert get_command(app).epilog == EXIT_CODES


def test_settings_are_listed_in_the_example_and_the_readme() -> None:
    example = (PROJECT / ".env.example").read_text()
    assert re.findall(r"^(\w+)=", example, re.MULTILINE) == setting_names()
    assert re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE) == setting_names()


def test_the_two_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    for target in ("run", "test", "check", "soak", "bench"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_nothing_in_the_repository_names_a_registry_host_or_a_download() -> None:
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True).stdout.splitlines()
    for name in listed:
        path = PROJECT / name
        if path.is_file() and path.suffix in (".txt", ".toml", ".md", ".py", "") and "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert "pypi." not in text, name
            assert "pythonhosted" not in text, name


def test_pins_are_names_and_versions_only() -> None:
    for line in (PROJECT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.]+", line), line
