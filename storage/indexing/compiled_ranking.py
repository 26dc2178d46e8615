"""The compiled first stage: made and tried in another process, kept on disk, and loaded in the background.

Compiling takes seconds in which Python's lock is held, and what is broken (a library that does not fit the machine, a
damaged file) can end a process. So another process compiles, compares the scores with numpy's and keeps the result;
only then is it loaded here, which takes half a second in a thread. Until then, and where it fails, numpy ranks.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.metadata
import importlib.util
import logging
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import numpy as np

from storage.database.atomic_files import delete_file, open_atomically
from storage.database.repository import Repository
from storage.indexing.gc_pause import gc_paused
from storage.models import MIN_COMPILED_SEGMENTS, CompiledRankingReport, CompiledRankingState, Segment, Video
from storage.ranking.bm25 import SparseBM25
from storage.ranking.first_stage import FindBest, TermQuery, rank_compiled, rank_with_numpy, use_compiled
from storage.ranking.index.build import build_index

PROJECT = Path(__file__).resolve().parents[2]
COMPILER = "numba"
OUTCOME = "outcome.txt"
"""The file that says why the last start could not use the loop; it is empty where it could."""
FOLLOWING_SECONDS = 1.0
"""How often a process beside the bot looks for that file."""
MAX_COMPILING_SECONDS = 300.0
"""It takes five; a process that hangs is given up after this."""
log = logging.getLogger("cuepoint.index")


class CompiledRanking:
    """The compiled loop of an installation, with the folder in which it is kept between starts."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self._repository = repository
        self._folder = folder
        self._loading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Rank with the compiled loop as soon as it is there, where its compiler is installed and enough is stored."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_in_background(), name="load the compiled ranking")

    def follow(self) -> None:
        """Rank with the loop in a process beside the bot, as soon as the bot has tried it."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_tried(), name="load the compiled ranking beside the bot")

    async def wait(self) -> None:
        """Wait until what `start` or `follow` began is done."""
        if self._loading:
            await self._loading

    async def close(self) -> None:
        """Stop what `start` or `follow` began; a loop that is loaded stays in use."""
        if self._loading:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    async def report(self) -> CompiledRankingReport:
        """Return whether the bot uses the loop, as it found at its last start."""
        if not is_installed():
            return CompiledRankingReport(CompiledRankingState.NOT_INSTALLED)
        compiler = f"{COMPILER} {importlib.metadata.version(COMPILER)}"
        if not await self._is_worth_it():
            return CompiledRankingReport(CompiledRankingState.FEW_SEGMENTS, compiler)
        try:
            problem = await asyncio.to_thread((self._folder / OUTCOME).read_text, "utf-8")
        except OSError:
            return CompiledRankingReport(CompiledRankingState.NOT_TRIED, compiler)
        state = CompiledRankingState.FAILED if problem else CompiledRankingState.USED
        return CompiledRankingReport(state, compiler, problem)

    async def _is_worth_it(self) -> bool:
        sizes = await self._repository.sizes()
        return sum(size.segments for size in sizes) >= MIN_COMPILED_SEGMENTS

    async def _load_in_background(self) -> None:
        if not await self._is_worth_it():
            return
        if not is_installed():
            log.info("questions are ranked by numpy; the extra `fast` would do it faster")
            return
        # Of another start, perhaps with another compiler.
        await asyncio.to_thread(delete_file, self._folder / OUTCOME)
        problem = await self._compile() or await asyncio.to_thread(self._load)
        with contextlib.suppress(OSError):  # nothing depends on it but what `report` says
            await asyncio.to_thread(self._write_outcome, problem)
        if problem:
            log.warning("questions are ranked by numpy, for the compiled loop cannot be used: %s", problem)
        else:
            log.info("questions are ranked by a compiled loop")

    async def _load_tried(self) -> None:
        if not is_installed() or not await self._is_worth_it():
            return  # then the bot tries nothing
        outcome = self._folder / OUTCOME
        while not await asyncio.to_thread(outcome.is_file):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(FOLLOWING_SECONDS)
        if not outcome.read_text("utf-8"):
            await asyncio.to_thread(self._load)

    def _write_outcome(self, problem: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with open_atomically(self._folder / OUTCOME) as file:
            file.write(problem.encode())

    def _load(self) -> str:
        """Load what was compiled, and return why that failed, "" where it did not."""
        try:
            with gc_paused():
                use_compiled(load_loop(self._folder))
                # What was loaded stays: looked through for cycles it would hold up every thread, 20 ms at a time.
                gc.freeze()
        except Exception as error:  # noqa: BLE001 - whatever a foreign library raises, numpy ranks
            return type(error).__name__
        return ""

    async def _compile(self) -> str:
        """Compile in another process, and return why that failed, "" where it did not."""
        problem = await self._run_compiler()
        if problem and self._folder.exists():
            # What is kept may be damaged; it is made again.
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            problem = await self._run_compiler()
        return problem

    async def _run_compiler(self) -> str:
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, str(self._folder.absolute()),
                cwd=PROJECT, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
            )  # fmt: skip
        except OSError as error:
            return str(error)
        try:
            async with asyncio.timeout(MAX_COMPILING_SECONDS):
                _, stderr = await child.communicate()
        except TimeoutError:
            return f"compiling took over {MAX_COMPILING_SECONDS:.0f} seconds"
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            lines = stderr.decode(errors="replace").strip().splitlines()
            return lines[-1] if lines else f"its process ended with {child.returncode}"
        return ""


def is_installed() -> bool:
    """Return whether the compiler of the extra `fast` is installed."""
    return importlib.util.find_spec(COMPILER) is not None


def load_loop(folder: Path) -> FindBest:
    """Load the loop kept in a folder, compiling it where it is not there. Raises whatever numba raises where it cannot.

    Holds Python's lock for seconds while compiling.
    """
    import numba

    if numba.config.DISABLE_JIT:
        raise RuntimeError("NUMBA_DISABLE_JIT is set")
    if not numba.config.CACHE_DIR:  # NUMBA_CACHE_DIR names another folder
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
    from storage.ranking import compiled_loop

    find_best: FindBest = compiled_loop.find_best
    return find_best


def is_exact(find_best: FindBest) -> bool:
    """Return whether a loop finds in some made-up texts what numpy does, to the last bit of the scores."""
    words, chance = [f"w{number}" for number in range(12)], np.random.default_rng(1)
    texts = [" ".join(chance.choice(words, chance.integers(1, 60))) for _ in range(200)]
    segments = [Segment(30.0 * number, 30.0 * number + 30, text) for number, text in enumerate(texts)]
    model = SparseBM25([build_index([(Video("v", "v"), segments)], "xx")])
    queries = [TermQuery(words[first : first + 4], 10) for first in range(len(words))]
    return all(
        np.array_equal(exact.docs, found.docs) and np.array_equal(exact.scores, found.scores)
        for query in queries
        for exact in [rank_with_numpy(model, query)]
        for found in [rank_compiled(find_best, model, query)]
    )


def _main(folder: str) -> int:
    """Do the work of the other process."""
    try:
        find_best = load_loop(Path(folder))
    except Exception as error:  # noqa: BLE001 - told in one line, whatever it is
        print(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", file=sys.stderr)
        return 1
    if not is_exact(find_best):
        print("its scores are not numpy's", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
