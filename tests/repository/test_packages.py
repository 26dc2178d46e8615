"""What `make wheel` builds can be installed, and is whole: the program in the wheel, its pages in the source."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from bot import __version__
from storage.meaning.tokenizing import BUILT_IN_VOCABULARY
from storage.samples import SAMPLES
from tests.support.project import PROJECT

LEFT_ALONE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "support", "test_*")
"""What no package is made of: environments, caches, tests, and what building leaves in a tree."""
LOADED = """
import sys
from bot.__main__ import main
try:
    main()
finally:
    for name, module in sys.modules.items():
        if name.split(".")[0] in ("bot", "storage"):
            print("loaded:", module.__file__, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a source distribution, and of a wheel that was built from that."""
    folder = tmp_path_factory.mktemp("built")
    # A copy: building writes beside the sources, where other tests of the same moment look around.
    source = shutil.copytree(PROJECT, folder / "source", ignore=LEFT_ALONE)
    shutil.copy(PROJECT / ".env.example", source)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(source)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=alone(), check=False)
    assert not done.returncode, done.stdout + done.stderr
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment outside of the tree into which the wheel was installed.

    What Cuepoint needs is not installed again, which would take a network and a minute: a .pth file lets the
    environment see the packages of the one that runs the tests. It adds their folder behind the environment's own, and
    no .pth file in that folder is read: what leads from there into the tree (an editable installation) has no effect.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "packages_of_the_tests.pth").write_text("\n".join(site.getsitepackages()))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], env=alone(), check=True)
    return folder / "bin"


def alone(**settings: str) -> dict[str, str]:
    """The environment without what would lead into the tree, and without settings of the bot's."""
    dropped = ("PYTHONPATH", "DISCORD_TOKEN")
    return {**{name: value for name, value in os.environ.items() if name not in dropped}, **settings}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Something of the installed program, from a folder in which there is nothing."""
    environment = alone(CUEPOINT_DATA_DIR=str(folder / "data"))
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder, env=environment, check=True)


def test_the_installed_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(tmp_path, str(installed / "cuepoint"), "--version").stdout == f"cuepoint {__version__}\n"


def test_the_installed_command_answers_from_the_samples(installed: Path, tmp_path: Path) -> None:
    done = run(tmp_path, str(installed / "cuepoint"), "ask", "what is a hold cue?", "--json")
    answer = json.loads(done.stdout)
    assert answer["found"] == "confident"
    assert answer["excerpts"][0]["video_id"] == "sample-captions"


def test_the_installed_program_loads_nothing_from_the_tree(installed: Path, tmp_path: Path) -> None:
    done = run(tmp_path, str(installed / "python"), "-c", LOADED, "ask", "what is a hold cue?")
    lines = done.stderr.splitlines()
    files = [Path(line.removeprefix("loaded: ")) for line in lines if line.startswith("loaded: ")]
    assert len(files) > 50
    assert [file for file in files if not file.is_relative_to(installed.parent)] == []


def test_the_wheel_holds_every_module_and_all_data(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    modules = [path for package in ("bot", "storage") for path in (PROJECT / package).rglob("*.py")]
    data = [PROJECT / "storage" / "samples" / name for name, _ in SAMPLES]
    data += [
        *(PROJECT / "storage" / "analysis" / "stop_phrases").iterdir(),
        PROJECT / "storage" / "analysis" / "sounds.txt",
        *(PROJECT / "bot" / "answering" / "intents" / "patterns").iterdir(),
        *(PROJECT / "bot" / "locales").iterdir(),
    ]
    data += [BUILT_IN_VOCABULARY, BUILT_IN_VOCABULARY.with_name("BERT_NOTICE.txt")]
    assert held == {path.relative_to(PROJECT).as_posix() for path in [*modules, *data]}


def test_the_source_holds_its_pages_and_all_they_show_and_link_to(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        held = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    pages = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")]
    assert {path.relative_to(PROJECT).as_posix() for path in pages} <= held
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
            linked = Path(os.path.normpath(page.parent / target)).relative_to(PROJECT).as_posix()
            assert linked in held, f"{page.name} links to {target}"
