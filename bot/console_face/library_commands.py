"""The commands about what is stored: import, videos, transcript, export, remove, rename, undo, stats."""

from __future__ import annotations

import enum
import math
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.prompt import Prompt

from bot.console_face.asking_commands import LibraryOption
from bot.console_face.machine_output import video_json
from bot.console_face.session import FAILED, WRONG_USE, Session
from bot.timecodes import parse_timecode, timecode
from bot.titles import called
from storage import access
from storage.errors import RequestError
from storage.library import Library
from storage.models import ImportReport, Labels, Rejection, Scope, Source

TRANSCRIPT_BEFORE_SECOND, TRANSCRIPT_AFTER_SECOND = 30.0, 60.0


class ExportForm(enum.StrEnum):
    """The formats `cuepoint export` writes."""

    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    SRT = "srt"


VideoArgument = Annotated[
    str, typer.Argument(metavar="VIDEO", help="The video's id, as `cuepoint videos` lists it.", show_default=False)
]


def import_(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="SubRip, WebVTT, json3, CSV, TSV, JSON Lines, Parquet, or a pasted data set page.",
            show_default=False,
        ),
    ],
    video_id: Annotated[
        str, typer.Option("--video-id", help="The video a caption file belongs to: its id or YouTube address.")
    ] = "",
    title: Annotated[str, typer.Option("--title", help="The video's title.")] = "",
    url: Annotated[str, typer.Option("--url", help="The video's address.")] = "",
    creator: Annotated[str, typer.Option("--creator", help="Who made it.")] = "",
    language: Annotated[str, typer.Option("--language", help="The language spoken, such as en.")] = "",
    encoding: Annotated[
        str, typer.Option("--encoding", help="The text encoding, where it is not UTF-8 or UTF-16.")
    ] = "",
    library: LibraryOption = access.SHARED,
    replace_: Annotated[
        bool, typer.Option("--replace", help="Replace each video instead of merging rows into it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
) -> None:
    """Add videos from transcript files. Importing the same again changes nothing.

    How large a file may be, and how many videos an import brings, is set by CUEPOINT_FILE_MEGABYTES, CUEPOINT_FILE_ROWS
    and CUEPOINT_IMPORT_VIDEOS.
    """
    session: Session = context.obj
    labels = Labels(video_id=video_id, title=title, url=url, creator=creator, language=language, encoding=encoding)

    with session.reporting_errors():
        sources, missing = _read(files, session.settings.limits.file_bytes)

    async def run(stored: Library) -> list[ImportReport]:
        scope = access.host(library)
        first = await _import(session, stored, scope, [(source, labels) for source in sources], replace_, dry_run)
        named = _ask_for_ids(session, sources, first, labels)
        if not named:
            return [first]
        left = tuple(r for r in first.rejections if r.source not in {source.name for source, _ in named})
        second = await _import(session, stored, scope, named, replace_, dry_run)
        return [replace(first, rejections=left), second] if len(sources) > len(named) else [second]

    reports = session.run(run) if sources else [ImportReport(library)]
    reports = [_with_advice(report) for report in reports]
    reports[0] = replace(reports[0], rejections=(*missing, *reports[0].rejections))
    for report in reports:
        session.screen.report(report)
    if any(report.rejections for report in reports):
        raise typer.Exit(FAILED)


def _read(files: list[str], most_bytes: int) -> tuple[list[Source], list[Rejection]]:
    """The files that can be read, and why the others cannot; of a larger one only so much that it shows."""
    bases = Counter(Path(name).name for name in set(files))
    sources: list[Source] = []
    missing: list[Rejection] = []
    for name in files:
        path = Path(name)
        if "://" in name and not path.exists():
            # What was given is an address: reading it as a file's content says how to get its captions.
            sources.append(Source(name, name.encode()))
            continue
        try:
            with path.open("rb") as file:
                # Files of one name in several folders are told apart by how they were given.
                sources.append(Source(path.name if bases[path.name] == 1 else name, file.read(most_bytes + 1)))
        except IsADirectoryError:
            missing.append(Rejection(name, f"this is a folder; name its files, for example {path}/*.srt."))
        except OSError as error:
            missing.append(
                Rejection(name, f"the file cannot be read ({error.strerror}); check its name and permissions.")
            )
    return sources, missing


async def _import(
    session: Session, stored: Library, scope: Scope, files: list[tuple[Source, Labels]], replace_: bool, dry_run: bool
) -> ImportReport:
    with session.screen.progress("videos") as bar:
        task = bar.add_task("videos", total=None)
        return await stored.import_files(
            scope,
            files,
            replace=replace_,
            dry_run=dry_run,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _with_advice(report: ImportReport) -> ImportReport:
    """Say how a file's video is named at this terminal."""
    advised = [
        replace(rejection, reason=f"{rejection.reason} (--video-id ID --title TITLE)")
        if rejection.source in report.unnamed
        else rejection
        for rejection in report.rejections
    ]
    return replace(report, rejections=tuple(advised))


def _ask_for_ids(
    session: Session, sources: list[Source], report: ImportReport, labels: Labels
) -> list[tuple[Source, Labels]]:
    """Ask, where somebody sits at the terminal, which video each nameless caption file belongs to."""
    if not (sys.stdin.isatty() and session.screen.err.is_terminal):
        return []
    named: list[tuple[Source, Labels]] = []
    for source in sources:
        if source.name in report.unnamed:
            console = session.screen.err
            session.screen.remark(f"{source.name} does not say which video it belongs to.")
            video_id = Prompt.ask(
                "Its id or YouTube address (empty to leave it out)", console=console, default="", show_default=False
            )
            if video_id.strip():
                title = labels.title or Prompt.ask("Its title", console=console, default="", show_default=False)
                named.append((source, replace(labels, video_id=video_id.strip(), title=title.strip())))
    return named


def videos(
    context: typer.Context,
    search: Annotated[
        str, typer.Option("--search", help="Only videos called so: words of the title or creator; slips are forgiven.")
    ] = "",
    library: LibraryOption = access.SHARED,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a video.")] = False,
) -> None:
    """List the videos."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        found = called(search, await stored.videos(await stored.in_reach(access.host(library))))
        if json:
            session.screen.data("".join(f"{video_json(each)}\n" for each in found))
        elif search and not found:
            session.screen.remark(f"No video here is called {search}.")
        else:
            session.screen.videos(found)

    session.run(run)


def transcript(
    context: typer.Context,
    video: VideoArgument,
    at: Annotated[str, typer.Option("--at", help="Only the words around this moment, such as 12:34.")] = "",
    library: LibraryOption = access.SHARED,
) -> None:
    """Show what is said in a video, or around one moment of it."""
    session: Session = context.obj
    moment, start, end = 0.0, 0.0, math.inf
    if at:
        try:
            moment = parse_timecode(at)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--at") from error
        start, end = moment - TRANSCRIPT_BEFORE_SECOND, moment + TRANSCRIPT_AFTER_SECOND

    async def run(stored: Library) -> None:
        scope = await stored.in_reach(access.host(library))
        summary = await stored.summary(scope, video)
        if moment > summary.end_second:
            ends = timecode(summary.end_second)
            raise RequestError(f"Its last words end at {ends}: nothing is said at {timecode(moment)}.")
        session.screen.say(summary.video.heading, "bold")
        session.screen.segments(await stored.segments_between(scope, video, start, min(end, summary.end_second)))

    session.run(run)


def export(
    context: typer.Context,
    form: Annotated[ExportForm, typer.Option("--format", help="The file format. SubRip (srt) holds one video.")],
    output: Annotated[Path | None, typer.Option("--output", help="Where to write; standard output by default.")] = None,
    video: Annotated[str | None, typer.Option("--video", help="Only this video, by its id.")] = None,
    library: LibraryOption = access.SHARED,
) -> None:
    """Write the stored segments as data set rows, or one video as SubRip captions."""
    session: Session = context.obj
    if output is None and form.value == "parquet":
        session.screen.remark("Parquet is no text: name a file with --output.", "red")
        raise typer.Exit(WRONG_USE)

    async def run(stored: Library) -> bytes:
        return await stored.export(access.host(library), form.value, video)

    content = session.run(run)
    with session.reporting_errors():
        if output is None:
            sys.stdout.buffer.write(content)
            sys.stdout.flush()
        else:
            write_file(output, content)
            session.screen.remark(f"Wrote {output}.")


def remove(context: typer.Context, video: VideoArgument, library: LibraryOption = access.SHARED) -> None:
    """Remove a video. `cuepoint undo` brings it back."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        summary = await stored.remove(access.host(library), video)
        session.screen.say(
            f"Removed {summary.video.heading} ({summary.segments} segments); `cuepoint undo` brings it back."
        )

    session.run(run)


def rename(
    context: typer.Context,
    video: VideoArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it shall be called.", show_default=False)],
    library: LibraryOption = access.SHARED,
) -> None:
    """Give a video another title. `cuepoint undo` takes that back."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        before = await stored.rename(access.host(library), video, title)
        session.screen.say(f"{before.heading} is now called {title}; `cuepoint undo` takes that back.")

    session.run(run)


def undo(context: typer.Context, library: LibraryOption = access.SHARED) -> None:
    """Take back the last import, removal or renaming."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        done = await stored.undo(access.host(library))
        session.screen.say(
            f"Took back the {done.description}: {done.videos_restored} videos restored, {done.videos_removed} removed."
        )

    session.run(run)


def stats(context: typer.Context, library: LibraryOption = access.SHARED) -> None:
    """Say how much is stored."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        scope = await stored.in_reach(access.host(library))
        if scope == access.samples():
            session.screen.remark("Nothing is stored in this library; of the sample talks:")
        session.screen.statistics(await stored.statistics(scope))

    session.run(run)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that somebody named. Raises RequestError where it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise RequestError(f"{path} cannot be written ({error.strerror}); name another file.") from error
