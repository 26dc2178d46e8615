"""Answers from several processes are those of one, and a process that dies, hangs or is left alone harms nobody."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import bot.answer_processes.child
import bot.answer_processes.pool
import storage.indexing.index_manager
import storage.indexing.library_index
from bot import asking
from bot.answer_processes import capacity
from bot.answer_processes.capacity import MAX_PROCESSES
from bot.answer_processes.child import AnswerChild, ProcessLost
from bot.answer_processes.messages import Opening
from bot.answer_processes.pool import AnswerPool
from bot.answering.answer import FULL_QUOTES
from bot.answering.question import parse_question
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnswerLevel, PassageRange
from bot.discord_app.cards.answer import quote_lengths
from bot.errors import PassageGone
from bot.operations import metrics
from bot.operations.metrics import AnswerStep
from storage import access
from storage.database.compaction import Compactor
from storage.errors import DatabaseError, IndexBehind, UnknownFilter
from storage.indexing.index_files import IndexCache
from storage.indexing.index_manager import IndexManager
from storage.indexing.index_process import _update_index_file
from storage.library import Library
from storage.models import Labels, LinkHosts, Question, Source
from tests.support import answer_requests
from tests.support.answer_requests import Act, act, make_pool
from tests.support.discord.running_bot import QUESTION, bot_process
from tests.support.inputs.seed_questions import read_questions
from tests.support.libraries import in_server, opened
from tests.support.local_discord import LocalDiscord
from tests.support.project import PROJECT

Rows = Callable[..., Source]
SHARED = access.host_scope()
USUAL = SurenessThresholds()
LANTERN = "copper lantern above the harbour gate"


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or dead and not yet taken note of by whoever is its parent now."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if b"answer_processes" in Path(f"/proc/{child}/cmdline").read_bytes()]


async def until(true: Callable[[], bool]) -> None:
    """Wait for what another process does, which tells nobody."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def started(library: Library) -> AsyncIterator[AnswerPool]:
    """One process beside this one, which is there already."""
    pool = make_pool(library, 1)
    await pool.start_child()
    yield pool
    await pool.close()


@pytest.fixture
async def pool(library: Library) -> AsyncIterator[AnswerPool]:
    async with started(library) as pool:
        yield pool


@pytest.fixture
def nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is computed in this process, and not in another, fails."""

    async def fail(*_: object, **__: object) -> None:
        raise AssertionError("computed in the process of the test")

    for name in ("ask", "timeline", "open_passage"):
        monkeypatch.setattr(asking, name, fail)


async def ask(pool: AnswerPool, text: str) -> Answer:
    return await pool.ask(SHARED, parse_question(text), limit=5, thresholds=USUAL, lengths=FULL_QUOTES)


async def test_answers_are_the_same_in_another_process(seeded: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of /ask, timelines, opened passages, filters, exclusions, phrases, slips and what is not there."""
    questions = [parse_question(each.text) for each in read_questions()]
    more = ('"hidden state" -lstm', "atention weihgts", "bert video:autoML_talk", "how to bake bread", "and the")
    questions += map(parse_question, more)
    pages = [(question, {"limit": 5 * (place % 3) + 6}) for place, question in enumerate(questions)]
    here = [
        await asking.ask(seeded, SHARED, question, **page, thresholds=USUAL, lengths=quote_lengths(5))
        for question, page in pages
    ]
    lines = [await asking.timeline(seeded, SHARED, question, thresholds=USUAL) for question in questions[::6]]
    best = [(question, answer.excerpts[0]) for question, answer in zip(questions, here, strict=True) if answer.excerpts]
    ranges = [
        (question, PassageRange(excerpt.video.video_id, excerpt.segments[0], excerpt.segments[-1]))
        for question, excerpt in best[::6]
    ]
    opened_here = [await asking.open_passage(seeded, SHARED, *each, step=1) for each in ranges]
    assert {answer.level for answer in here} == set(AnswerLevel)
    monkeypatch.setattr(Library, "rank", None)  # nothing can be computed in this process
    async with started(seeded) as pool:
        assert here == [
            await pool.ask(SHARED, question, **page, thresholds=USUAL, lengths=quote_lengths(5))
            for question, page in pages
        ]
        assert lines == [await pool.timeline(SHARED, question, thresholds=USUAL) for question in questions[::6]]
        assert opened_here == [await pool.open_passage(SHARED, *each, step=1) for each in ranges]


async def test_errors_are_raised_as_they_are(pool: AnswerPool, nothing_here: None) -> None:
    with pytest.raises(UnknownFilter, match="nowhere"):
        await ask(pool, "hold cue video:nowhere")
    with pytest.raises(PassageGone, match="ask again"):
        await pool.open_passage(SHARED, parse_question("hold cue"), PassageRange("gone", 0.0, 0.0))
    assert (await ask(pool, "what is a hold cue?")).excerpts


async def test_a_change_is_seen_by_the_next_question(
    pool: AnswerPool, library: Library, rows: Rows, nothing_here: None
) -> None:
    for number in range(3):
        source = rows(("steady", 0, f"{LANTERN} {number}"), (f"other{number}", 0, f"another thing {number}"))
        await library.import_files(SHARED, [(source, Labels())], replace=True)
        assert f"gate {number}" in (await ask(pool, LANTERN)).excerpts[0].quote
    await library.rename(SHARED, "steady", "The gate")
    assert (await ask(pool, LANTERN)).excerpts[0].video.title == "The gate"
    await library.remove(SHARED, "steady")
    assert (await ask(pool, LANTERN)).level is AnswerLevel.NOTHING
    await library.undo(SHARED)
    assert (await ask(pool, LANTERN)).excerpts


async def test_a_purged_library_is_in_no_answer(
    pool: AnswerPool, library: Library, rows: Rows, nothing_here: None
) -> None:
    own, both = access.own_scope(7), in_server(7)
    for scope, video_id, text in ((own, "own", LANTERN), (SHARED, "shared", "ferry across the harbour")):
        await library.import_files(scope, [(rows((video_id, 0, text)), Labels())])
    question = parse_question("harbour lantern ferry")

    async def videos() -> set[str]:
        answer = await pool.ask(both, question, limit=5, thresholds=USUAL, lengths=FULL_QUOTES)
        return {excerpt.video.video_id for excerpt in (*answer.excerpts, *answer.near_misses)}

    assert await videos() == {"own", "shared"}
    await library.purge(own)
    assert await videos() == {"shared"}


async def test_what_one_process_has_to_index_is_answered_there_until_it_is_kept(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.indexing.library_index, "LATER_AT_LEAST", 3)
    monkeypatch.setattr(storage.indexing.index_manager, "MIN_CACHED_SEGMENTS", 1)
    folder, question = path.parent / "index", Question("lantern", "lantern")

    async def put(library: Library, first: int, count: int) -> None:
        source = rows(*((f"v{number}", 0, f"lantern {number}") for number in range(first, first + count)))
        await library.import_files(SHARED, [(source, Labels())])

    async def caught_up(library: Library) -> None:
        while tasks := library._indexes._background:
            await asyncio.gather(*tasks.values())

    async with opened(path) as library:
        beside = await Library.open_beside(path, None, LinkHosts())
        await put(library, 0, 20)
        with pytest.raises(IndexBehind):
            await beside.search(SHARED, question, 50)
        assert not list(folder.glob("*"))
        here = await library.search(SHARED, question, 50)
        kept = {each: each.stat().st_mtime_ns for each in folder.glob("*.index")}
        assert await beside.search(SHARED, question, 50) == here
        await put(library, 20, 3)  # so few are read from the database by everybody
        assert [len(each.hits) for each in await beside.search(SHARED, question, 50)] == [23]
        await put(library, 23, 1)  # together too many
        with pytest.raises(IndexBehind):
            await beside.search(SHARED, question, 50)
        assert {each: each.stat().st_mtime_ns for each in folder.glob("*.index")} == kept
        here = await library.search(SHARED, question, 50)
        await caught_up(library)
        assert await beside.search(SHARED, question, 50) == here
        assert len(beside._indexes._ready[SHARED.libraries[0]].library_index.parts) == 1
        await beside.close()


async def test_where_the_index_is_not_kept_yet_this_process_answers(
    library: Library, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = rows(*((f"v{number}", 30 * place, f"{LANTERN} {number}") for number in range(30) for place in range(80)))
    monkeypatch.setattr(IndexManager, "_merge_index", None)  # which fails if it keeps an index anyway
    await library.import_files(SHARED, [(source, Labels())])
    monkeypatch.undo()
    computed: list[Answer] = []
    original = asking.ask

    async def counted(*arguments: object, **named: object) -> Answer:
        computed.append(await original(*arguments, **named))  # type: ignore[arg-type]
        return computed[-1]

    monkeypatch.setattr(asking, "ask", counted)
    async with started(library) as pool:
        assert (await ask(pool, LANTERN)) is computed[0]
        assert await ask(pool, LANTERN) == computed[0]
    assert len(computed) == 1, "the index is kept now, and the other process has it"


async def test_a_killed_process_is_replaced_and_its_question_answered(
    pool: AnswerPool, caplog: pytest.LogCaptureFixture
) -> None:
    (before,) = pool.pids
    assert await pool._compute(act()) == before
    assert await pool._compute(act(answer_requests.die)) == os.getpid()
    assert "ended; another is started when it is needed" in caplog.text
    assert pool.pids == []
    assert await pool._compute(act()) == os.getpid()
    await pool.start_child()
    assert await pool._compute(act()) == pool.pids[0] != before


async def test_a_process_that_dies_unasked_costs_no_question(pool: AnswerPool) -> None:
    os.kill(pool.pids[0], signal.SIGKILL)
    assert await pool._compute(act()) == os.getpid()
    assert pool.pids == []


async def test_a_hanging_process_is_given_up(
    pool: AnswerPool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.answer_processes.child, "ANSWER_SECONDS", 0.2)
    (hanging,) = pool.pids
    assert await pool._compute(act(answer_requests.stop)) == os.getpid()
    assert "did not answer within" in caplog.text
    await until(lambda: has_ended(hanging))


async def test_nobody_waits_until_a_hanging_process_is_given_up(
    pool: AnswerPool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.answer_processes.pool, "OVERDUE_SECONDS", 0.1)
    (hanging,) = pool.pids
    async with asyncio.timeout(bot.answer_processes.child.ANSWER_SECONDS / 2):
        assert await pool._compute(act(answer_requests.stop)) == os.getpid()
    assert pool.pids == [hanging], "it is given up later, and meanwhile nothing more is asked of it"
    assert await pool._compute(act()) == os.getpid()
    assert caplog.text == ""


async def test_an_error_that_nobody_expected_is_logged_there_and_the_question_answered_here(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    metrics.enable("1")
    try:
        async with started(library) as pool:
            assert await pool._compute(act(answer_requests.fail)) == os.getpid()
            assert await pool._compute(act()) in pool.pids
        assert b"cuepoint_unexpected_errors_total 1.0" in metrics.render()[1]
    finally:
        metrics.disable()
    logged = capfd.readouterr().err
    assert "unexpected error in an answering process" in logged
    assert "answer_requests.py" in logged
    assert answer_requests.WORDS not in logged


async def test_an_answer_that_cannot_be_read_is_computed_here(
    pool: AnswerPool, caplog: pytest.LogCaptureFixture
) -> None:
    assert await pool._compute(act(answer_requests.fail_unreadably)) == os.getpid()
    assert "gave an answer that cannot be read" in caplog.text
    assert pool.pids == []


async def test_a_database_named_from_the_folder_of_the_bot_is_the_same_in_another_process(
    tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(Path("data/cuepoint.db")) as library:
        await library.import_files(SHARED, [(rows(("steady", 0, LANTERN)), Labels())])
        async with started(library) as pool:
            monkeypatch.setattr(asking, "ask", None)
            assert (await ask(pool, LANTERN)).excerpts[0].quote == LANTERN


async def test_a_database_behind_a_link_is_the_same_in_another_process(
    tmp_path: Path, rows: Rows, nothing_here: None
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cuepoint.db").symlink_to(tmp_path / "elsewhere.db")
    async with opened(tmp_path / "data" / "cuepoint.db") as library, started(library) as pool:
        assert not (await ask(pool, LANTERN)).excerpts
        await library.import_files(SHARED, [(rows(("steady", 0, LANTERN)), Labels())])
        assert (await ask(pool, LANTERN)).excerpts[0].quote == LANTERN


async def test_another_process_writes_nothing(
    library: Library, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that answers nor one that makes an index: overwriting what was deleted is for the bot to do."""
    await library.import_files(SHARED, [(rows(("steady", 0, LANTERN)), Labels())])
    monkeypatch.setattr(Compactor, "start", None)
    beside = await Library.open_beside(library.path, None, LinkHosts())
    with pytest.raises(DatabaseError, match="cannot be written"):
        await beside._database.execute("UPDATE compaction SET erasures = 7", ())
    await beside.close()
    cache = IndexCache(tmp_path / "made")
    (key,) = SHARED.libraries
    assert await _update_index_file(library.path, cache, cache.part_path(key), key, "en")
    assert cache.load(key, "en") is not None


async def test_what_is_printed_comes_between_no_replies(library: Library, capfd: pytest.CaptureFixture[str]) -> None:
    async with started(library) as pool:
        assert await pool._compute(act(answer_requests.print_a_line)) in pool.pids
        assert await pool._compute(act()) in pool.pids
    assert capfd.readouterr().err == "a line that belongs to no reply\n"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
async def test_threads_of_an_answering_process_share_their_memory(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    async with started(library) as pool:
        assert await pool._compute(act(answer_requests.print_arenas)) in pool.pids
    assert capfd.readouterr().err in ("1 arenas\n", "2 arenas\n")


async def test_whoever_goes_away_leaves_the_process_in_order(pool: AnswerPool) -> None:
    (child,) = pool.pids
    leaving = asyncio.create_task(pool._compute(act(answer_requests.take_long)))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await pool._compute(act()) == os.getpid(), "the process still computes"
    await until(lambda: bool(pool._idle))
    assert await pool._compute(act()) == child


async def test_slow_questions_keep_nobody_waiting(library: Library) -> None:
    pool = make_pool(library, 2)
    for _ in range(2):
        await pool.start_child()
    slow = [asyncio.create_task(pool._compute(act(answer_requests.compute_without_end))) for _ in range(2)]
    await asyncio.sleep(0)
    async with asyncio.timeout(bot.answer_processes.child.ANSWER_SECONDS - 1):
        assert await pool._compute(act()) == os.getpid()
    assert not any(task.done() for task in slow)
    await pool.close()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_whoever_has_waited_long_has_the_next_place_here(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.answer_processes.pool, "PATIENCE_SECONDS", 0.0)
    gate = asyncio.Event()

    async def behind_the_gate(*_: object) -> int:
        await gate.wait()
        return os.getpid()

    pool = make_pool(library, 2)
    for _ in range(2):
        await pool.start_child()
    slow = [asyncio.create_task(pool._compute(act(answer_requests.compute_without_end))) for _ in range(2)]
    await asyncio.sleep(0)
    monkeypatch.setattr(Act, "compute", behind_the_gate)  # in this process alone
    others = [asyncio.create_task(pool._compute(act())) for _ in range(5)]
    await until(lambda: pool._computed_here == 2 and not any(each.is_patient for each in pool._waiting))
    gate.set()
    async with asyncio.timeout(bot.answer_processes.child.ANSWER_SECONDS - 1):
        assert await asyncio.gather(*others) == [os.getpid()] * 5
    assert not any(task.done() for task in slow)
    await pool.close()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_processes_are_started_when_questions_meet_and_end_when_there_are_none(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make_pool(library, 2)
    for _ in range(3):
        assert await pool._compute(act()) == os.getpid()
    assert pool._starting is None
    gate = asyncio.Event()

    async def behind_the_gate(*_: object) -> int:
        await gate.wait()
        return 0

    with monkeypatch.context() as patched:
        patched.setattr(Act, "compute", behind_the_gate)
        meeting = [asyncio.create_task(pool._compute(act())) for _ in range(4)]
        await asyncio.sleep(0)
        assert pool._starting is not None
    monkeypatch.setattr(bot.answer_processes.pool, "IDLE_SECONDS", 0.01)
    elsewhere = {await meeting[2], await meeting[3]}
    gate.set()
    await asyncio.gather(*meeting)
    await until(lambda: pool.pids == [] and pool._starting is None)
    assert os.getpid() not in elsewhere
    await until(lambda: all(map(has_ended, elsewhere)))
    await pool.close()


async def test_no_process_is_ever_started_where_the_host_wants_none(library: Library) -> None:
    pool = make_pool(library, 0)
    assert set(await asyncio.gather(*(pool._compute(act()) for _ in range(20)))) == {os.getpid()}
    assert pool._starting is None
    assert [make_pool(library, count).lanes for count in (0, 1, 2, 4)] == [2, 2, 2, 4]


async def test_where_none_can_be_started_all_is_answered_here(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "empty.db").touch()
    pool = AnswerPool(library, Opening(tmp_path / "empty.db", None, library.hosts, "INFO"), 2)
    await pool.start_child()
    assert "cannot answer" in caplog.text
    assert set(await asyncio.gather(*(pool._compute(act()) for _ in range(20)))) == {os.getpid()}
    assert pool._starting is None, "it is tried again only after a while"


async def test_a_process_that_cannot_be_made_says_so(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(path / "nothing"))
    with pytest.raises(ProcessLost, match="cannot be started"):
        await AnswerChild.start(Opening(path, None, LinkHosts(), "INFO"))


async def test_steps_of_answers_are_measured_wherever_they_are_computed(pool: AnswerPool, nothing_here: None) -> None:
    metrics.enable("1")
    try:
        await ask(pool, "what is a hold cue?")
        text = metrics.render()[1].decode()
        for step in (AnswerStep.SEARCH, AnswerStep.COMPOSE):
            assert f'cuepoint_step_seconds_count{{step="{step}"}} 1.0' in text
    finally:
        metrics.disable()


async def test_a_process_ends_with_the_bot_that_is_killed(library: Library) -> None:
    """Even in the middle of a computation that has no end."""
    program = (
        "import asyncio, sys; from tests.support import answer_requests as it;"
        " asyncio.run(it.wait_to_be_killed(sys.argv[1]))"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(library.path), cwd=PROJECT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert not has_ended(child)
    parent.kill()
    await parent.communicate()
    await until(lambda: has_ended(child))


@pytest.mark.parametrize("killed", [False, True])
async def test_the_bot_leaves_no_process_behind_and_none_has_its_token(
    server: LocalDiscord, tmp_path: Path, killed: bool
) -> None:
    people = [server.add_user(f"Person {number}", installed=True) for number in range(6)]
    async with bot_process(server, tmp_path, CUEPOINT_ANSWER_PROCESSES="2") as running:
        await server.ready()
        children: list[int] = []
        while len(children) < 2:
            asked = [await server.slash(person, "ask", {"question": QUESTION}) for person in people]
            for interaction in asked:
                await server.reply_to(interaction)
            children = children_of(running.pid)
        for child in children:
            environment = Path(f"/proc/{child}/environ").read_bytes()
            assert b"PATH=" in environment
            assert server.token.encode() not in environment
            assert server.token.encode() not in Path(f"/proc/{child}/cmdline").read_bytes()
        if killed:
            os.kill(running.pid, signal.SIGKILL)
        else:
            assert await running.terminate() == 0
        await until(lambda: all(map(has_ended, children)))


@pytest.mark.parametrize(
    ("cores", "gigabytes", "count"), [(1, 8, 0), (2, 0.5, 1), (2, 0.4, 0), (2, 8, 2), (4, 1.6, 3), (16, 64, 4)]
)
def test_there_are_as_many_processes_as_the_machine_has_room_for(
    monkeypatch: pytest.MonkeyPatch, cores: int, gigabytes: float, count: int
) -> None:
    monkeypatch.setattr(capacity, "MAX_PROCESSES", MAX_PROCESSES)
    monkeypatch.setattr(capacity, "count_cores", lambda: cores)
    monkeypatch.setattr(capacity, "memory_bytes", lambda: int(gigabytes * 1e9))
    assert capacity.process_count(None, reads_meaning=False) == count
    assert capacity.process_count(None, reads_meaning=True) == 0
    assert capacity.process_count(7, reads_meaning=True) == 7


def test_a_container_counts_as_the_machine_that_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_CGROUP", tmp_path)
    everything = capacity.count_cores(), capacity.memory_bytes()
    for name, limit in (("cpu.max", "max 100000\n"), ("memory.max", "max\n")):
        (tmp_path / name).write_text(limit)
    assert (capacity.count_cores(), capacity.memory_bytes()) == everything
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    (tmp_path / "memory.max").write_text("536870912\n")
    assert (capacity.count_cores(), capacity.memory_bytes()) == (1, 536_870_912)


def test_a_unit_of_systemd_counts_as_the_machine_that_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = tmp_path / "groups" / "system.slice" / "cuepoint.service"
    unit.mkdir(parents=True)
    (tmp_path / "own").write_text("1:name=systemd:/elsewhere\n0::/system.slice/cuepoint.service\n")
    monkeypatch.setattr(capacity, "_CGROUP", tmp_path / "groups")
    monkeypatch.setattr(capacity, "_OWN_GROUP", tmp_path / "own")
    (unit / "memory.max").write_text("max\n")
    (unit.parent / "memory.max").write_text("536870912\n")
    (unit / "cpu.max").write_text("100000 100000\n")
    assert (capacity.count_cores(), capacity.memory_bytes()) == (1, 536_870_912)
