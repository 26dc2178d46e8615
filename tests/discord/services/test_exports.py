"""Exports: one at a time, with a pause for each server, and in a bounded room."""

from __future__ import annotations

import asyncio
import io
import json
import time
import tracemalloc
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.discord_app.services.admin.exports import BoundedFile, Exports
from bot.errors import ExportTooLarge, LibraryBusy
from storage import access
from storage.errors import RequestError
from storage.library import Library
from storage.models import ExportFormat, Labels, Source
from tests.support.discord.discord_world import Clock

OWN = access.own_scope(7)
MEGABYTE = 1_000_000


async def test_one_export_runs_at_a_time_and_the_others_wait() -> None:
    exports, order = Exports(0.0), list[str]()

    async def export(server_id: int) -> None:
        async with exports.admit(server_id):
            order.append(f"begin {server_id}")
            await asyncio.sleep(0)
            order.append(f"end {server_id}")

    await asyncio.gather(*(export(server_id) for server_id in range(3)))
    assert order == [f"{what} {server_id}" for server_id in range(3) for what in ("begin", "end")]


async def test_a_server_has_one_export_at_a_time_and_a_pause_after_it() -> None:
    clock = Clock()
    exports = Exports(20.0, clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(exports.admit(1))
        with pytest.raises(LibraryBusy, match=r"^I am still making an export for this server\."):
            await stack.enter_async_context(exports.admit(1))
    clock.second += 5.5
    refused = r"^This server had an export just now\. Please try again <t:\d+:R>\.$"
    with pytest.raises(LibraryBusy, match=refused) as early:
        async with exports.admit(1):
            pass
    assert early.value.again_at == pytest.approx(time.time() + 14.5, abs=5)
    async with exports.admit(2):
        pass
    clock.second += 14.0
    with pytest.raises(LibraryBusy, match=refused):
        async with exports.admit(1):
            pass
    clock.second += 0.5
    async with exports.admit(1):
        pass


async def test_what_cannot_be_exported_costs_no_pause() -> None:
    exports = Exports(20.0)
    for _ in range(2):
        with pytest.raises(RequestError):
            async with exports.admit(1):
                raise RequestError("There is nothing to export: this library is empty.")


def _file(videos: int, segments: int) -> Source:
    rows = [
        {
            "video_id": f"video-{video:04}",
            "text": f"word{video} said{place} " + "and so it went on for a while " * 8,
            "start_second": place * 10,
            "end_second": place * 10 + 9,
        }
        for video in range(videos)
        for place in range(segments)
    ]
    return Source("rows.jsonl", "\n".join(map(json.dumps, rows)).encode())


@pytest.mark.parametrize("form", [ExportFormat.JSONL, ExportFormat.CSV, ExportFormat.PARQUET])
async def test_an_export_into_a_file_holds_what_one_in_memory_does(
    library: Library, tmp_path: Path, form: ExportFormat
) -> None:
    await library.import_files(OWN, [(_file(3, 5), Labels())])
    with (tmp_path / "export").open("xb") as file:
        await library.exports.write(BoundedFile(file, MEGABYTE), OWN, form)
    assert (tmp_path / "export").read_bytes() == await library.exports.make(OWN, form)


async def test_an_export_holds_no_library_in_memory(library: Library, tmp_path: Path) -> None:
    await library.import_files(OWN, [(_file(200, 100), Labels())])
    tracemalloc.start()
    try:
        with (tmp_path / "export").open("xb") as file:
            target = BoundedFile(file, 100 * MEGABYTE)
            await library.exports.write(target, OWN, ExportFormat.JSONL)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert target.size > 5 * MEGABYTE
    assert peak < target.size / 5


@pytest.mark.parametrize("form", [ExportFormat.JSONL, ExportFormat.CSV, ExportFormat.PARQUET])
async def test_an_export_ends_where_discord_takes_no_more(library: Library, form: ExportFormat) -> None:
    await library.import_files(OWN, [(_file(20, 100), Labels())])
    target = io.BytesIO()
    with pytest.raises(ExportTooLarge):
        await library.exports.write(BoundedFile(target, 1000), OWN, form)
    assert len(target.getvalue()) <= 1000


async def test_an_export_is_of_one_moment(library: Library, tmp_path: Path) -> None:
    await library.import_files(OWN, [(_file(2, 2), Labels())])
    before = await library.exports.make(OWN, ExportFormat.JSONL)

    class Changing(BoundedFile):
        """Has the library change while it is being written."""

        def write(self, data: object, /) -> int:
            if not self.size:
                asyncio.run_coroutine_threadsafe(library.remove(OWN, "video-0001"), loop).result(10)
            return super().write(data)

    loop = asyncio.get_running_loop()
    content = io.BytesIO()
    await library.exports.write(Changing(content, MEGABYTE), OWN, ExportFormat.JSONL)
    assert content.getvalue() == before
    assert len(await library.videos(OWN)) == 1
