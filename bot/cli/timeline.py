"""`cuepoint video` and `cuepoint timeline`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.answering.links import link_at, says_time
from bot.answering.values import AnsweredTimeline
from bot.cli.ask import CreatorOption, LibraryOption, SpeakerOption, VideoOption, refuse_unknown_options
from bot.cli.json_output import timeline_json, video_json
from bot.cli.library import VideoArgument
from bot.cli.session import Session
from bot.timecodes import timecode
from storage import access
from storage.models import KeyTerm, LinkHosts, Strip, Video, VideoPart, VideoSummary

if TYPE_CHECKING:
    from bot.cli.screen import Screen
    from storage.library import Library

MAX_KEY_TERMS = 12
"""How many words that set a video apart from others are shown."""
MAX_CELLS = 64
"""How many characters a strip is wide."""
_HEIGHTS, _NOT_STORED = " ▁▂▃▄▅▆▇█", "░"


def video(
    context: typer.Context,
    video: VideoArgument,
    library: LibraryOption = access.SHARED,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show one video: its length, what comes when in it, and the words that are typical of it."""
    session: Session = context.obj

    async def run(stored: Library) -> None:
        scope = await stored.or_samples(access.host_scope(library))
        summary = await stored.summary(scope, video)
        terms = await stored.key_terms(scope, video, MAX_KEY_TERMS)
        if json:
            session.screen.print_data(video_json(summary, terms, stored.hosts) + "\n")
            return
        parts = () if summary.video.chapters else await stored.video_parts(scope, video)
        show_video(session.screen, summary, parts, terms, stored.hosts)

    session.run(run)


def timeline(
    context: typer.Context,
    question: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION", help="What to look for, as with `cuepoint ask`.", show_default=False),
    ],
    video: VideoOption = "",
    creator: CreatorOption = "",
    speaker: SpeakerOption = "",
    library: LibraryOption = access.SHARED,
    picture: Annotated[Path | None, typer.Option("--picture", help="Draw it, too: the PNG file to write.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show where in the videos something is spoken of: a strip a video, and the best moments with links."""
    from bot import asking
    from bot.answering.question import parse_question

    session: Session = context.obj
    refuse_unknown_options(question)
    if picture is not None:
        session.refuse_own_place(picture)

    async def run(stored: Library) -> AnsweredTimeline:
        scope = access.host_scope(library)
        parsed = parse_question(" ".join(question), video=video, creator=creator, speaker=speaker)
        return await asking.timeline(stored, scope, parsed, thresholds=session.settings.thresholds)

    result = session.run(run)
    if json:
        session.screen.print_data(timeline_json(result) + "\n")
    else:
        _show_timeline(session.screen, result)
    if picture is not None:
        with session.reporting_errors():
            _write_picture(session.screen, result, picture)


def _write_picture(screen: Screen, timeline: AnsweredTimeline, path: Path) -> None:
    if not timeline.strips:
        screen.print_remark("There is nothing to draw.")
        return
    # Loading what draws takes a moment, for which no other command should wait.
    from bot.images.timeline_image import draw_timeline
    from storage.output_files import write_output

    write_output(path, draw_timeline(timeline))
    screen.print_remark(f"Wrote {path}.")


def show_video(
    screen: Screen,
    summary: VideoSummary,
    parts: tuple[VideoPart, ...],
    terms: tuple[KeyTerm, ...],
    hosts: LinkHosts,
) -> None:
    """Show one video: its length, its chapters or parts, and the words that tell it from the others."""
    video = summary.video
    screen.print_line(video.heading + (f" ({video.creator})" if video.creator else ""), "bold")
    screen.print_line(f"length    {timecode(summary.end_second)}")
    screen.print_line(f"segments  {summary.segments:,}")
    screen.print_line(f"words     {summary.words:,}")
    if video.published:
        screen.print_line(f"published {video.published}")
    if video.url:
        screen.print_line(f"address   {video.url}")
    if video.chapters:
        screen.print_line("Chapters:")
    for chapter in video.chapters:
        link = _moment_link(video, chapter.start_second, hosts)
        screen.print_line(f"   {timecode(chapter.start_second)}  {chapter.title}  {link}".rstrip())
    if parts:
        screen.print_line("What comes when:")
    for part in parts:
        link = _moment_link(video, part.start_second, hosts)
        screen.print_line(f"   {timecode(part.start_second)}  {' · '.join(part.words)}  {link}".rstrip())
    if terms:
        screen.print_line("Typical words of this video:")
    for term in terms:
        link = _moment_link(video, term.start_second, hosts)
        screen.print_line(f"   {term.word} ({term.count})  {timecode(term.start_second)}  {link}".rstrip())


def _moment_link(video: Video, second: float, hosts: LinkHosts) -> str:
    """Return the link to a moment of a video; "" where none opens there."""
    link = link_at(video.url, second, hosts)
    return link if says_time(link, video.url) else ""


def _show_timeline(screen: Screen, timeline: AnsweredTimeline) -> None:
    from bot.answering.timeline import MAX_STRIPS

    for strip in timeline.strips:
        moments = [
            (number, excerpt.link_second)
            for number, excerpt in enumerate(timeline.answer.excerpts, 1)
            if excerpt.video.video_id == strip.video.video_id
        ]
        screen.print_line(strip.video.heading, "bold")
        screen.print_line(f"   |{_strip_cells(strip)}| {timecode(strip.end_second)}", "cyan")
        if moments:
            screen.print_line(f"    {_moment_numbers(strip, moments)}")
    if len(timeline.strips) >= MAX_STRIPS:
        screen.print_remark(f"Drawn are the {MAX_STRIPS} videos that speak of it most.")
    screen.show_answer(timeline.answer)


def _strip_cells(strip: Strip) -> str:
    """Return a strip as a row of characters, as high as the strongest segments within them; shaded where nothing of
    the video is stored."""
    heights = [0] * MAX_CELLS
    for column in strip.columns:
        # Every match must be visible, however weak it is.
        height = max(round(column.strength * (len(_HEIGHTS) - 1)), int(column.strength > 0))
        for cell in range(_cell_of(strip, column.start_second), _cell_of(strip, column.end_second) + 1):
            heights[cell] = max(heights[cell], height)
    cells = [_HEIGHTS[height] for height in heights]
    for start, end in strip.stretches_without_words():
        # At both ends of a gap something is stored.
        for cell in range(_cell_of(strip, start) + bool(start), _cell_of(strip, end)):
            cells[cell] = _NOT_STORED if cells[cell] == _HEIGHTS[0] else cells[cell]
    return "".join(cells)


def _cell_of(strip: Strip, second: float) -> int:
    return min(int(MAX_CELLS * second / max(strip.end_second, 1.0)), MAX_CELLS - 1)


def _moment_numbers(strip: Strip, moments: list[tuple[int, float]]) -> str:
    """Return the numbers of the moments below their seconds; one that would stand on another moves to the right."""
    line = ""
    for number, second in sorted(moments, key=lambda moment: moment[1]):
        gap = " " if line else ""
        line = (line + gap).ljust(_cell_of(strip, second)) + str(number)
    return line
