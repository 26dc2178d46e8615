"""The bot ranks by a compiled loop where it can, says so, and by numpy where it cannot."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage import access
from storage.indexing import compiled_ranking
from storage.indexing.compiled_ranking import CompiledRanking, is_exact, load_loop
from storage.library import COMPILED_FOLDER, INDEX_FOLDER, Library
from storage.models import MIN_COMPILED_SEGMENTS, CompiledRankingState, Question
from storage.ranking import first_stage
from storage.ranking.first_stage import use_compiled
from tests.support.libraries import opened

SAMPLE = Question("hold cue", "hold cue")


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with opened(tmp_path / "data" / "cuepoint.db") as library:
        yield library


@pytest.fixture(autouse=True)
def _numpy_afterwards() -> Iterator[None]:
    yield
    use_compiled(None)


@pytest.fixture
def _any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_ranking, "MIN_COMPILED_SEGMENTS", 1)


@pytest.fixture
def folder(library: Library, tmp_path: Path) -> Path:
    return tmp_path / "data" / INDEX_FOLDER / COMPILED_FOLDER


async def start(library: Library) -> CompiledRankingState:
    """Start the ranking as the bot does, and return what `doctor` would say."""
    library.compiled_ranking.start()
    await library.compiled_ranking.wait()
    return (await library.compiled_ranking.report()).state


@pytest.mark.usefixtures("_any_size")
async def test_the_loop_is_compiled_kept_and_used_and_a_damaged_one_is_made_again(
    library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = await library.search(access.sample_scope(), SAMPLE, 10)
    assert (await library.compiled_ranking.report()).state is CompiledRankingState.NOT_TRIED
    assert await start(library) is CompiledRankingState.USED
    assert first_stage._Compiled.find_best
    assert caplog.messages == ["questions are ranked by a compiled loop"]
    assert await library.search(access.sample_scope(), SAMPLE, 10) == before

    kept = {path: path.read_bytes() for path in folder.rglob("*.nbc")}
    assert kept
    other = CompiledRanking(library._repository, folder)
    assert await other._compile() == ""
    assert {path: path.read_bytes() for path in folder.rglob("*.nbc")} == kept, "what is kept is not compiled again"
    for path, content in kept.items():
        path.write_bytes(content[: len(content) // 2])
    assert await other._compile() == ""
    again = {path: path.stat().st_size for path in folder.rglob("*.nbc")}
    assert again.keys() == kept.keys()
    assert all(size > 0.9 * len(kept[path]) for path, size in again.items()), "a damaged one is whole again"


@pytest.mark.usefixtures("_any_size")
async def test_a_process_beside_the_bot_follows_what_the_bot_tried(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    assert pytestconfig.cache
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(pytestconfig.cache.mkdir("compiled-ranking")))
    monkeypatch.setattr(compiled_ranking, "FOLLOWING_SECONDS", 0.0)

    async def follow() -> bool:
        beside = CompiledRanking(library._repository, folder)
        beside.follow()
        await beside.wait()
        return first_stage._Compiled.find_best is not None

    early = asyncio.create_task(follow())
    await asyncio.sleep(0)
    assert not early.done()
    assert await start(library) is CompiledRankingState.USED
    assert await early
    use_compiled(None)
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert await start_again(library, folder) is CompiledRankingState.FAILED
    assert not await follow(), "what the bot could not use is not tried"


async def start_again(library: Library, folder: Path) -> CompiledRankingState:
    ranking = CompiledRanking(library._repository, folder)
    ranking.start()
    await ranking.wait()
    return (await ranking.report()).state


async def test_several_processes_compile_at_once(library: Library, folder: Path) -> None:
    rankings = [CompiledRanking(library._repository, folder) for _ in range(2)]
    assert await asyncio.gather(*(ranking._run_compiler() for ranking in rankings)) == ["", ""]


@pytest.mark.usefixtures("_any_size")
async def test_where_the_loop_cannot_be_kept_numpy_ranks_and_one_line_says_so(
    library: Library, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    assert await start(library) is not CompiledRankingState.USED
    assert first_stage._Compiled.find_best is None
    [line] = caplog.messages
    assert line.startswith("questions are ranked by numpy, for the compiled loop cannot be used: ")
    assert "\n" not in line


@pytest.mark.usefixtures("_any_size")
async def test_a_compiler_that_does_not_compile_is_not_used(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert await start(library) is CompiledRankingState.FAILED
    assert "NUMBA_DISABLE_JIT" in (await library.compiled_ranking.report()).problem
    assert first_stage._Compiled.find_best is None


@pytest.mark.usefixtures("_any_size")
async def test_without_the_extra_numpy_ranks(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert await start(library) is CompiledRankingState.NOT_INSTALLED
    await follow_to_the_end(library, tmp_path / "nothing")
    assert caplog.messages == ["questions are ranked by numpy; the extra `fast` would do it faster"]


async def test_a_small_library_is_not_worth_it(library: Library, folder: Path) -> None:
    assert sum(size.segments for size in await library.sizes()) < MIN_COMPILED_SEGMENTS
    assert await start(library) is CompiledRankingState.FEW_SEGMENTS
    assert not folder.exists()
    await follow_to_the_end(library, folder)


async def follow_to_the_end(library: Library, folder: Path) -> None:
    """A process beside the bot does not go on looking for what the bot does not try."""
    beside = CompiledRanking(library._repository, folder)
    beside.follow()
    async with asyncio.timeout(30):
        await beside.wait()


def test_a_loop_with_other_scores_is_refused(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.cache
    find_best = load_loop(pytestconfig.cache.mkdir("compiled-ranking"))
    assert is_exact(find_best)

    def find_nearly_best(*given: object) -> object:
        docs, scores = find_best(*given)
        scores[-1:] *= 1 + 2**-52
        return docs, scores

    assert not is_exact(find_nearly_best)  # type: ignore[arg-type]
