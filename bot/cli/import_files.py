"""`cuepoint import`."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.library import update_vectors
from bot.cli.session import FAILED, Session
from storage import access
from storage.models import ImportReport, Labels, Rejection, Scope, Source

if TYPE_CHECKING:
    from storage.library import Library


def import_files(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="SubRip, WebVTT, json3, JSON of Whisper and other speech recognition, CSV, TSV, JSON Lines, "
            "Parquet, or a pasted data set page.",
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
        sources, missing = _read_files(files, session.settings.limits.file_bytes)

    async def run(stored: Library) -> list[ImportReport]:
        scope = access.host_scope(library)
        first = await _import_files(session, stored, scope, [(source, labels) for source in sources], replace_, dry_run)
        named = _ask_for_ids(session, sources, first, labels)
        if not named:
            return [first]
        left = tuple(
            rejection for rejection in first.rejections if rejection.source not in {source.name for source, _ in named}
        )
        second = await _import_files(session, stored, scope, named, replace_, dry_run)
        return [replace(first, rejections=left), second] if len(sources) > len(named) else [second]

    reports = session.run(run) if sources else [ImportReport(library)]
    reports = [report.with_advice(" (--video-id ID --title TITLE)") for report in reports]
    reports[0] = replace(reports[0], rejections=(*missing, *reports[0].rejections))
    for report in reports:
        session.screen.show_report(report)
    if sources and not dry_run:
        update_vectors(session, access.host_scope(library))
    if any(report.rejections for report in reports):
        raise typer.Exit(FAILED)


def _read_files(files: list[str], max_bytes: int) -> tuple[list[Source], list[Rejection]]:
    """Return the files that can be read, and why the others cannot; of too large a file only `max_bytes` + 1."""
    bases = Counter(Path(name).name for name in set(files))
    sources: list[Source] = []
    missing: list[Rejection] = []
    for name in files:
        path = Path(name)
        if "://" in name and not path.exists():
            # This is an address: importing it as a file's content reports how to get its captions.
            sources.append(Source(name, name.encode()))
            continue
        try:
            with path.open("rb") as file:
                # Files of one name in several folders are distinguished by how they were given.
                sources.append(Source(path.name if bases[path.name] == 1 else name, file.read(max_bytes + 1)))
        except IsADirectoryError:
            missing.append(Rejection(name, f"this is a folder; name its files, for example {path}/*.srt."))
        except OSError as error:
            missing.append(
                Rejection(name, f"the file cannot be read ({error.strerror}); check its name and permissions.")
            )
    return sources, missing


async def _import_files(
    session: Session, stored: Library, scope: Scope, files: list[tuple[Source, Labels]], replace_: bool, dry_run: bool
) -> ImportReport:
    with session.screen.show_progress("videos") as bar:
        task = bar.add_task("videos", total=None)
        return await stored.import_files(
            scope,
            files,
            replace=replace_,
            dry_run=dry_run,
            progress=lambda count, total: bar.update(task, completed=count, total=total),
        )


def _ask_for_ids(
    session: Session, sources: list[Source], report: ImportReport, labels: Labels
) -> list[tuple[Source, Labels]]:
    """Ask, where the input is a terminal, to which videos the nameless caption files belong."""
    if not (sys.stdin.isatty() and session.screen.err.is_terminal):
        return []
    from rich.prompt import Prompt

    named: list[tuple[Source, Labels]] = []
    for source in sources:
        if source.name in report.unnamed:
            console = session.screen.err
            session.screen.print_remark(f"{source.name} does not say which video it belongs to.")
            video_id = Prompt.ask(
                "Its id or YouTube address (empty to leave it out)", console=console, default="", show_default=False
            )
            if video_id.strip():
                title = labels.title or Prompt.ask("Its title", console=console, default="", show_default=False)
                named.append((source, replace(labels, video_id=video_id.strip(), title=title.strip())))
    return named
