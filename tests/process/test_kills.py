"""Killed at any moment of any act, the program finds every video wholly as it was or wholly as it becomes.

`make soak` kills two hundred times, and eighty times more in the middle of a write; `make test` a few times.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.kills import data_folder, inspection, scenarios
from tests.support.kills.child_processes import End, Nursery, nursery
from tests.support.kills.inspection import State
from tests.support.kills.kill_points import Point
from tests.support.schema_history import EARLIER, LATEST

SHM_SIZE = 32_768
"""A file of SQLite's that reaches this size at once, whatever is written: no point to kill at below it."""
KILLED = ("event", "moment")
CUT_SHORT = ("byte",)
ENDED = "(ended before it came)"
DRAWS = 40
"""Moments that may be drawn until one falls into an act: it may end sooner than it did when it was measured."""


@dataclass
class Yard:
    """The prepared folders, what each act makes of them, and a tally of what was killed."""

    folder: Path
    nursery: Nursery
    grounds: dict[str, Path] = field(default_factory=dict)
    measured: dict[tuple[str, str], tuple[End, State, State]] = field(default_factory=dict)
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    fates: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def ground(self, name: str) -> Path:
        if name not in self.grounds:
            folder = self.grounds[name] = self.folder / name
            if name == "now":
                await data_folder.prepare(folder)
            else:
                data_folder.prepare_older(folder, int(name))
        return self.grounds[name]

    async def measure(self, act: str, name: str) -> tuple[End, State, State]:
        """How long an act takes, and what was there before and is after it; done once, in a copy."""
        if (act, name) not in self.measured:
            given = await self.ground(name)
            before, after = (data_folder.copy(given, self.folder / each) for each in ("old", "new"))
            end = self.nursery.run(act, after, Point("never", 0))
            assert end.signal == 0
            self.measured[act, name] = end, await inspection.state(before), await inspection.state(after)
            for folder in (before, after):
                shutil.rmtree(folder)
        return self.measured[act, name]

    async def kill(self, act: str, name: str, kind: str, drawn: random.Random, folder: Path) -> None:
        """Kill an act at a drawn point, in a folder of its own."""
        end, _, _ = await self.measure(act, name)
        points = {
            "event": lambda: drawn.randint(1, end.events),
            "moment": lambda: drawn.uniform(0, end.second),
            "byte": lambda: drawn.randint(SHM_SIZE, max(SHM_SIZE, end.largest - 1)),
        }
        for _ in range(DRAWS):
            if await self.killed_at(act, name, Point(kind, points[kind]()), folder):
                return
        pytest.fail(f"{act} always ended before it was killed")

    async def killed_at(self, act: str, name: str, point: Point, folder: Path) -> bool:
        """Whether an act was killed at a point, in a folder of its own; of one that ended before nothing is left."""
        data_folder.copy(await self.ground(name), folder)
        if self.nursery.run(act, folder, point).signal:
            self.tally[act, point.kind] += 1
            return True
        self.tally[ENDED, point.kind] += 1
        shutil.rmtree(folder)
        return False

    async def look(self, act: str, name: str, folder: Path) -> None:
        """Find everything whole after a kill, and the act done when it is begun again."""
        _, old, new = await self.measure(act, name)
        # Looked at in a copy: so it is our program that finds the log of the one that was killed.
        left = data_folder.copy(folder, folder.with_name("left"))
        inspection.sound(left)
        fate = await self._fate_of_files(act, name, left)
        shutil.rmtree(left)
        found = await inspection.state(folder)
        fates = inspection.fates(found.videos, old.videos, new.videos)
        assert {**found.rows, "vote": 0, "secret": 0} == {**new.rows, "vote": 0, "secret": 0}
        await inspection.answers_hold(folder)
        if fates:
            fate = f"all {min(fates.values())}" if len({*fates.values()}) == 1 else "some of each"
            assert act not in scenarios.AT_ONCE or fate != "some of each", fates
        if act in scenarios.UNDONE and fate != "all old":
            undone = data_folder.copy(folder, folder.with_name("undone"))
            await scenarios.undo(undone)
            assert (await inspection.state(undone)).videos == old.videos, "what was done can be taken back"
            shutil.rmtree(undone)
        if act == "purge" and fate == "all new":
            assert inspection.files_that_hold(folder, "About s1") == {data_folder.EARLIER}
        if act == "restore" and fate == "all new":
            [kept] = folder.glob("cuepoint.before-restore-*.db")
            assert (await _read(kept)).videos == old.videos, "what was there before is kept"
        await scenarios.go_on(act, folder)
        assert (await inspection.state(folder)).videos == new.videos
        self.fates[act, fate] += 1

    async def _fate_of_files(self, act: str, name: str, folder: Path) -> str:
        """What became of an act that changes no video: its file is there whole, or not at all."""
        is_new = False
        if act == "migration":
            version = inspection.version_of(folder)
            assert int(name) <= version <= LATEST
            if int(name) < version < LATEST:
                return "some of each"
            is_new = version == LATEST
        if act == "backup" and (is_new := (folder / data_folder.BACKUP).exists()):
            assert (await _read(folder / data_folder.BACKUP)).videos == (await self.measure(act, name))[1].videos
        if act in ("compaction", "index making"):
            kept = {path.name: path.read_bytes() for path in (await self.ground(name)).glob("index/*.index")}
            now = {path.name: path.read_bytes() for path in folder.glob("index/*.index")}
            is_new = kept != now
        return "all new" if is_new else "all old"

    def report(self) -> str:
        """Where the kills fell, and what was found after them."""
        kinds, found = sorted({kind for _, kind in self.tally}), ("all old", "all new", "some of each")
        lines = ["".join([f"{'killed at an ...':<28}", *(f"{each:>14}" for each in (*kinds, *found))])]
        for act in (*scenarios.ACTS, ENDED):
            counts = [*(self.tally[act, kind] for kind in kinds), *(self.fates[act, fate] for fate in found)]
            lines.append("".join([f"{act:<28}", *(f"{count:>14}" for count in counts)]))
        return "\n".join(lines)


async def _read(file: Path) -> State:
    """What a backup holds, in a folder of its own."""
    folder = file.parent / "read"
    folder.mkdir()
    shutil.copy(file, folder / data_folder.NAME)
    try:
        return await inspection.state(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    with nursery() as other, data_folder.smallest_kept():
        yield Yard(tmp_path_factory.mktemp("kills"), other)


async def kills(yard: Yard, seeds: range, kinds: tuple[str, ...], tmp_path: Path) -> None:
    for seed in seeds:
        drawn, act = random.Random(seed), list(scenarios.ACTS)[seed % len(scenarios.ACTS)]
        name = str(drawn.choice(EARLIER)) if act == "migration" else "now"
        folder = tmp_path / f"{seed}"
        await yard.kill(act, name, kinds[(seed + seed // len(scenarios.ACTS)) % len(kinds)], drawn, folder)
        try:
            await yard.look(act, name, folder)
        except BaseException as error:
            error.add_note(f"seed {seed}: {act} in {folder}")
            raise
        shutil.rmtree(folder)


async def test_killed_a_few_times(yard: Yard, tmp_path: Path) -> None:
    await kills(yard, range(2 * len(scenarios.ACTS)), (*KILLED, *CUT_SHORT), tmp_path)


@pytest.mark.soak
async def test_killed_two_hundred_times_and_cut_short_in_a_write_eighty_times(
    yard: Yard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await kills(yard, range(1000, 1200), KILLED, tmp_path)
    await kills(yard, range(2000, 2080), CUT_SHORT, tmp_path)
    with capsys.disabled():
        print(f"\n{yard.report()}")


@pytest.mark.soak
@pytest.mark.parametrize("act", sorted(scenarios.OF_FEW_EVENTS))
async def test_killed_at_every_event(yard: Yard, tmp_path: Path, act: str) -> None:
    name = str(EARLIER[0]) if act == "migration" else "now"
    end, _, _ = await yard.measure(act, name)
    for number in range(1, end.events + 1):
        folder = tmp_path / f"{number}"
        if await yard.killed_at(act, name, Point("event", number), folder):
            await yard.look(act, name, folder)
            shutil.rmtree(folder)
