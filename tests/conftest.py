"""What several tests share: a real library in a folder of the test's own, and the real input beside the project."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.libraries import opened
from tests.support.local_discord import LocalDiscord
from tests.support.project import PASTED_SEEDS, SHARED_FOLDER, SUBRIP_ID, SUBRIP_SEED

# How long an example takes depends on what else the machine is doing; it says nothing about what is tested.
settings.register_profile("cuepoint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cuepoint")


# Bots of the tests answer in their own process, for others take a second to start: those that are started as processes
# inherit this. `test_answer_processes.py` is about the others.
os.environ["CUEPOINT_ANSWER_PROCESSES"] = "0"


@pytest.fixture(autouse=True)
def no_answer_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for bots in the process of the test."""
    monkeypatch.setattr("bot.answer_processes.capacity.MAX_PROCESSES", 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's database lies, or will."""
    return tmp_path / "data" / "cuepoint.db"


@pytest.fixture
async def library(path: Path) -> AsyncIterator[Library]:
    """An empty library (the samples aside) in a real database."""
    async with opened(path) as library:
        yield library


@pytest.fixture
async def ledger(library: Library, path: Path) -> AsyncIterator[Ledger]:
    """The ledger in the library's database."""
    ledger = await Ledger.open(path)
    yield ledger
    await ledger.close()


@pytest.fixture
async def server() -> AsyncIterator[LocalDiscord]:
    """A small Discord of our own, for a bot that runs as a process."""
    async with LocalDiscord() as local:
        yield local


@pytest.fixture
def seeds() -> Path:
    """The folder of real transcripts."""
    folder = SHARED_FOLDER / "seeds"
    if not folder.is_dir():
        pytest.skip("the folder of real transcripts (../shared/seeds) is not here")
    return folder


@pytest.fixture
async def seeded(library: Library, seeds: Path) -> Library:
    """A library with the four real transcripts in it."""
    files = [(Source(name, (seeds / name).read_bytes()), Labels()) for name in PASTED_SEEDS]
    labels = Labels(video_id=SUBRIP_ID, title="AutoML and BERT tutorial", url="https://talks.example.org/automl")
    files.append((Source(SUBRIP_SEED, (seeds / SUBRIP_SEED).read_bytes()), labels))
    await library.import_files(access.host_scope(), files)
    return library


Row = tuple[str, float, str]


@pytest.fixture
def rows() -> Callable[..., Source]:
    """Makes a data set file from (video_id, start_second, text) rows; each row lasts 30 seconds."""

    def make(*given: Row, name: str = "rows.jsonl", title: str = "") -> Source:
        import json

        lines = [
            json.dumps({"video_id": v, "text": text, "start_second": start, "end_second": start + 30, "title": title})
            for v, start, text in given
        ]
        return Source(name, "\n".join(lines).encode())

    return make
