"""The commands about what is stored: videos, transcript, export, remove, rename, link, undo, stats."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.json_output import video_json
from bot.cli.session import WRONG_USE, Session
from bot.timecodes import parse_timecode, timecode
from storage import access
from storage.errors import RequestError
from storage.models import ExportFormat, Scope

if TYPE_CHECKING:
    from storage.library import Library

TRANSCRIPT_BEFORE_SECONDS, TRANSCRIPT_AFTER_SECONDS = 30.0, 60.0

VideoArgument = Annotated[
    str, typer.Argument(metavar="VIDEO", help="The video's id, as `cuepoint videos` lists it.", show_default=False)
]


def videos(
    context: typer.Context,
    search: Annotated[
        str, typer.Option("--search", help="Only videos called so: words of the title or creator; slips are forgiven.")
    ] = "",
    newest: Annotated[bool, typer.Option("--newest", help="The newest first; else by title.")] = False,
    library: LibraryOption = access.SHARED,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a video.")] = False,
) -> None:
    """List the videos."""
    from storage.video_names import find_videos

    session: Session = context.obj

    async def run(stored: Library) -> None:
        scope = await stored.or_samples(access.host_scope(library))
        summaries = find_videos(search, await stored.videos(scope))
        if newest:
            summaries.sort(key=lambda summary: summary.video.published, reverse=True)
        if json:
            session.screen.print_data("".join(f"{video_json(summary, hosts=stored.hosts)}\n" for summary in summaries))
        elif search and not summaries:
            session.screen.print_remark(f"No video here is called “{search}”.")
        else:
            if scope == access.sample_scope():
                session.screen.print_remark("Nothing is stored in this library; the sample talks:")
            session.screen.show_videos(summaries)

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
        start, end = moment - TRANSCRIPT_BEFORE_SECONDS, moment + TRANSCRIPT_AFTER_SECONDS

    async def run(stored: Library) -> None:
        scope = await stored.or_samples(access.host_scope(library))
        summary = await stored.summary(scope, video)
        if moment > summary.end_second:
            ends = timecode(summary.end_second)
            raise RequestError(f"Its last words end at {ends}: nothing is said at {timecode(moment)}.")
        session.screen.print_line(summary.video.heading, "bold")
        session.screen.show_segments(await stored.segments_between(scope, video, start, min(end, summary.end_second)))

    session.run(run)


def export(
    context: typer.Context,
    form: Annotated[
        ExportFormat, typer.Option("--format", help="The file format. SubRip (srt) and WebVTT (vtt) hold one video.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help="The file to write; - is standard output, as is nothing.")
    ] = None,
    video: Annotated[str | None, typer.Option("--video", help="Only this video, by its id.")] = None,
    library: LibraryOption = access.SHARED,
) -> None:
    """Write the stored segments as data set rows, or one video as captions.

    Rows hold all that is stored: imported into an empty library, they give the same videos.
    """
    from storage.output_files import write_output, write_to_stdout

    session: Session = context.obj
    if output == Path("-"):
        output = None
    elif output is not None:
        session.refuse_own_place(output)
    if output is None and form is ExportFormat.PARQUET:
        session.screen.print_remark("Parquet is no text: name a file with --output.", "red")
        raise typer.Exit(WRONG_USE)

    async def run(stored: Library) -> bytes:
        return await stored.exports.make(access.host_scope(library), form, video)

    content = session.run(run)
    with session.reporting_errors():
        if output is None:
            write_to_stdout(content)
        else:
            write_output(output, content)
            session.screen.print_remark(f"Wrote {output}.")


def remove(context: typer.Context, video: VideoArgument, library: LibraryOption = access.SHARED) -> None:
    """Remove a video. `cuepoint undo` brings it back."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        summary = await stored.remove(access.host_scope(library), video)
        session.screen.print_line(
            f"Removed {summary.video.heading} ({summary.segments} segments); `cuepoint undo` brings it back."
        )

    session.run(run)
    update_vectors(session, access.host_scope(library))


def rename(
    context: typer.Context,
    video: VideoArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it shall be called.", show_default=False)],
    library: LibraryOption = access.SHARED,
) -> None:
    """Give a video another title. `cuepoint undo` takes that back."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        before = await stored.rename(access.host_scope(library), video, title)
        session.screen.print_line(f"{before.heading} is now called {title}; `cuepoint undo` takes that back.")

    session.run(run)


def link(
    context: typer.Context,
    video: VideoArgument,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The link to it.", show_default=False)],
    library: LibraryOption = access.SHARED,
) -> None:
    """Give a video the link at which its quotes open. `cuepoint undo` takes that back."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        before = await stored.link(access.host_scope(library), video, address)
        session.screen.print_line(f"{before.heading} has a link now; `cuepoint undo` takes that back.")

    session.run(run)


def undo(context: typer.Context, library: LibraryOption = access.SHARED) -> None:
    """Take back the last import, removal, renaming, linking or naming of speakers."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        act = await stored.undo(access.host_scope(library))
        session.screen.print_line(
            f"Took back the {act.description}: {act.videos_restored} videos restored, {act.videos_removed} removed."
        )

    session.run(run)
    update_vectors(session, access.host_scope(library))


def stats(context: typer.Context, library: LibraryOption = access.SHARED) -> None:
    """Say how much is stored."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        scope = await stored.or_samples(access.host_scope(library))
        if scope == access.sample_scope():
            session.screen.print_remark("Nothing is stored in this library; of the sample talks:")
        session.screen.show_statistics(await stored.statistics(scope))

    session.run(run)


def update_vectors(session: Session, scope: Scope) -> None:
    """Bring the vectors of a scope up to date where the host has named a model. What is made stays if this is stopped,
    and the running bot makes the rest."""
    if session.settings.meaning is not None:
        session.run(lambda stored: update_with_progress(session, stored, scope))


async def update_with_progress(session: Session, stored: Library, scope: Scope) -> None:
    """Do so in a library that is open, with a progress bar. Raises ModelUnusable."""
    with session.screen.show_progress("segments read for their meaning") as bar:
        task = bar.add_task("segments", total=None)
        await stored.meaning.update_vectors(
            scope, progress=lambda count, total: bar.update(task, completed=count, total=total)
        )
