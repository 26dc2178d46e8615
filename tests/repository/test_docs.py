"""README, the pages of docs/, .env.example, the changelog and --help are true."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.main import get_command

from bot.cli.app import app
from bot.cli.session import EXIT_CODES, FAILED, NEEDS_SETUP, WRONG_USE
from bot.settings import setting_names
from tests.support.commands import COMMANDS, environment_for
from tests.support.forked_program import typed
from tests.support.project import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((PROJECT / "docs").glob("*.md"))}
"""The pages of docs/ by their file names."""
ALL = "\n".join([README, *PAGES.values()])
LINKING = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]
"""The files whose links are followed."""
MAX_README_LINES = 200


def session(page: str) -> list[tuple[str, str]]:
    """The commands of a page's terminal sessions, each with what the page says it prints."""
    shown = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
        shown += [(command, printed.rstrip()) for command, printed in zip(parts[1::2], parts[2::2], strict=True)]
    return shown


def split_pipe(command: str) -> tuple[str, list[str]]:
    """What is piped into a command by `printf '%s\\n'`, which may stand before it, and the command's words."""
    words = shlex.split(command)
    if words[:2] != ["printf", "%s\\n"]:
        return "", words
    lines, words = words[2 : words.index("|")], words[words.index("|") + 1 :]
    return "".join(f"{line}\n" for line in lines), words


def test_the_terminal_sessions_are_what_the_commands_print(tmp_path: Path) -> None:
    environment = environment_for(tmp_path)
    assert len(session(README)) >= 3
    for command, printed in session(ALL):
        piped, (program, *arguments) = split_pipe(command)
        assert program == "cuepoint"
        done = typed(*arguments, folder=tmp_path, environment=environment, stdin=piped)
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip() == printed.rstrip(), command


def test_every_command_is_in_the_docs_and_no_other() -> None:
    groups = "|".join(sorted({name.split()[0] for name in COMMANDS if " " in name}))
    command = rf"`cuepoint ((?:(?:{groups}) )?\w+)"
    assert set(re.findall(command, ALL)) == set(COMMANDS)
    table = PAGES["commands.md"].partition("| command | does |\n")[2].partition("\n\n")[0]
    assert Counter(re.findall(rf"^\| {command}", table, re.MULTILINE)) == Counter(COMMANDS.keys())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", ""), f"{name}: {parameter.name}"


def test_every_option_of_import_and_export_is_in_the_docs() -> None:
    page = PAGES["commands.md"]
    for name in ("import", "export", "ask", "search", "timeline", "video", "videos"):
        for parameter in COMMANDS[name].params:
            for option in parameter.opts:
                if option.startswith("--") and option != "--help":
                    assert f"`{option}`" in page or f"{option} " in page, option


def test_the_exit_codes_are_the_same_in_the_docs_and_the_help() -> None:
    (table,) = re.findall(r"\| code \| means \|\n(.*?)\n\n", ALL, re.DOTALL)
    told = re.findall(r"^\| (\d+) \|", table, re.MULTILINE)
    assert told == [str(code) for code in (0, FAILED, WRONG_USE, NEEDS_SETUP)]
    assert re.findall(r"\b\d+\b", EXIT_CODES) == told
    assert get_command(app).epilog == EXIT_CODES


def test_settings_are_listed_in_the_example_and_the_docs() -> None:
    example = (PROJECT / ".env.example").read_text()
    assert re.findall(r"^(\w+)=", example, re.MULTILINE) == setting_names()
    listed = r"^\| `([A-Z_]+)` \|"
    assert re.findall(listed, PAGES["settings.md"], re.MULTILINE) == setting_names()
    assert re.findall(listed, ALL, re.MULTILINE) == setting_names(), "one table, in one place"


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES


def without_blocks(page: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```$", "", page, flags=re.DOTALL | re.MULTILINE)


def links(page: str) -> list[str]:
    """Where a page's links and pictures point to, except for other sites."""
    text = re.sub(r"(`+)[^`](?:(?!\n\n).)*?\1", "", without_blocks(page), flags=re.DOTALL)
    found = re.findall(r"\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)", text)
    found += re.findall(r"^\[[^\]]+\]: +(\S+)", text, re.MULTILINE)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    made: Counter[str] = Counter()
    result = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", without_blocks(page), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        result.add(f"{slug}-{made[slug]}" if made[slug] else slug)
        made[slug] += 1
    return result


def test_links_and_anchors_are_read_as_github_reads_them() -> None:
    page = "# A `b` & c\n[x](y.md#z) `[no](no.md)` ![p](<q.png>) [s](https://s)\n"
    page += "```sh\n# no\n[no](no)\n```\n## A\n## A\n"
    assert links(page) == ["y.md#z", "q.png"]
    assert anchors(page) == {"a-b--c", "a", "a-1"}


@pytest.mark.parametrize("path", LINKING, ids=[str(path.relative_to(PROJECT)) for path in LINKING])
def test_every_link_points_to_something(path: Path) -> None:
    for link in links(path.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (path.parent / unquote(name)).resolve() if name else path
        assert target.is_relative_to(PROJECT.resolve()), link
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_every_page_is_linked_from_the_readme() -> None:
    assert PAGES
    assert {link.partition("#")[0] for link in links(README)} >= {f"docs/{name}" for name in PAGES}


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
