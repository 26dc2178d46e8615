"""`cuepoint import`."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.importing.given_files import collect_files
from bot.cli.importing.open_questions import recheck_misses
from bot.cli.library import update_vectors
from bot.cli.session import FAILED, Session
from storage import access
from storage.errors import InputError
from storage.models import ImportReport, Labels, Scope, Source
from storage.system_errors import explain_reading

if TYPE_CHECKING:
    from storage.library import Library

_LINKING = "`cuepoint link VIDEO ADDRESS` links one."


def import_files(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Captions, what speech recognition writes, texts with times, tables, or a pasted data set page "
            "(docs/importing.md lists all); a folder, a pattern such as 'talks/**/*.vtt', a ZIP archive.",
            show_default=False,
        ),
    ],
    video_id: Annotated[
        str, typer.Option("--video-id", help="The video a caption file belongs to: its id or its address.")
    ] = "",
    title: Annotated[str, typer.Option("--title", help="The video's title.")] = "",
    url: Annotated[str, typer.Option("--url", help="The video's address, which also says which video it is.")] = "",
    creator: Annotated[str, typer.Option("--creator", help="Who made it.")] = "",
    language: Annotated[str, typer.Option("--language", help="The language spoken, such as en.")] = "",
    encoding: Annotated[
        str, typer.Option("--encoding", help="The text encoding, where it is not UTF-8 or UTF-16, such as cp1252.")
    ] = "",
    columns: Annotated[
        str,
        typer.Option("--columns", help="Which column of a table is which, such as text=content,start=begin."),
    ] = "",
    library: LibraryOption = access.SHARED,
    replace_: Annotated[
        bool, typer.Option("--replace", help="Replace each video instead of merging rows into it.")
    ] = False,
    published: Annotated[
        str, typer.Option("--published", help="When it was published: 2025-06-03, 2025-06 or 2025.")
    ] = "",
    chapters: Annotated[
        Path | None,
        typer.Option(
            "--chapters", help="A file with its chapters: lines such as 0:00 Introduction, or JSON.", metavar="FILE"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
) -> None:
    """Add videos from transcript files. Importing the same again changes nothing.

    Of folders all transcripts are imported, and of what yt-dlp writes beside them (.info.json) title, channel, date and
    chapters. A file that names no video is stored under its own name.

    How large a file may be, and how many videos an import brings, is set by CUEPOINT_FILE_MEGABYTES, CUEPOINT_FILE_ROWS
    and CUEPOINT_IMPORT_VIDEOS.
    """
    from storage.given_files import read_chapters

    session: Session = context.obj
    labels = Labels(
        video_id=video_id,
        title=title,
        url=url,
        creator=creator,
        language=language,
        encoding=encoding,
        columns=columns,
        published=published,
    )
    with session.reporting_errors():
        given = collect_files(files, session.settings.limits.file_bytes)
        if chapters:
            labels = replace(labels, chapters=read_chapters(_read_chapter_file(chapters)))

    async def run(stored: Library) -> ImportReport:
        scope = access.host_scope(library)
        sources = [(source, labels) for source in given.sources]
        return await _import_files(session, stored, scope, sources, replace_, dry_run)

    report = session.run(run) if given.sources else ImportReport(library)
    report = report.with_advice(_LINKING).with_columns_advice(lambda example: f" (--columns {shlex.quote(example)})")
    report = report.with_encoding_advice(" (--encoding {})".format)
    report = replace(report, rejections=(*given.rejections, *report.rejections))
    session.screen.show_report(report)
    if report.has_changes and not dry_run:
        recheck_misses(session, access.host_scope(library))
    if given.sources and not dry_run:
        update_vectors(session, access.host_scope(library))
    if report.rejections:
        raise typer.Exit(FAILED)


def _read_chapter_file(path: Path) -> Source:
    """Return a file as it lies on disk. Raises InputError."""
    try:
        return Source(path.name, path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read: {explain_reading(error)}.") from error


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
