"""Words on a terminal. What comes from captions, titles or file names is neutralised here."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from bot.answering.values import Answer, Excerpt, Found
from bot.timecodes import timecode
from storage.models import (
    MEGABYTE,
    GlossaryEntry,
    Hit,
    ImportReport,
    LibrarySize,
    Miss,
    Segment,
    Statistics,
    VideoSummary,
)

_MATCH = "bold yellow"
_WIDEST = 1000
"""Columns that a table in a pipe may have."""


def neutral(text: str) -> str:
    """Text without control, direction and zero-width characters; each kind of white space becomes a space."""
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


class Screen:
    """Where results (standard output) and remarks (standard error) go. A pipe gets neither colours nor wrapping."""

    def __init__(self) -> None:
        self.out = Console(highlight=False, markup=False, emoji=False)
        self.err = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say(self, text: str = "", style: str = "") -> None:
        """One line of result."""
        self.out.print(Text(neutral(text), style), soft_wrap=not self.out.is_terminal)

    def say_lines(self, text: str) -> None:
        """Several lines of our own."""
        for line in text.splitlines():
            self.say(line)

    def remark(self, text: str, style: str = "") -> None:
        """One line beside the result, such as an error."""
        self.err.print(Text(neutral(text), style), soft_wrap=True)

    def data(self, text: str) -> None:
        """Machine-readable output, as it is."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def answer(self, answer: Answer) -> None:
        """An answer for reading."""
        if answer.searched_for:
            self.say(f"Searched for: {answer.searched_for}", "italic")
        if answer.unsaid:
            self.say(f"Left out, but said by nobody: {', '.join(answer.unsaid)}", "italic")
        if answer.found is Found.NOTHING:
            self._nothing(answer)
            return
        if answer.found is Found.CLOSEST:
            self.say("No clear answer in these videos. The closest they come:", "italic")
        if answer.unknown_terms:
            self.say(f"Nobody says: {', '.join(answer.unknown_terms)}", "italic")
        self._excerpts(answer.excerpts)

    def _nothing(self, answer: Answer) -> None:
        self.say("Not in these videos.", "bold")
        if answer.unknown_terms:
            self.say(f"Nobody says: {', '.join(answer.unknown_terms)}")
        if answer.near_misses:
            self.say("The nearest there is, which may be about something else:", "italic")
            self._excerpts(answer.near_misses)

    def _excerpts(self, excerpts: Iterable[Excerpt]) -> None:
        for number, excerpt in enumerate(excerpts, 1):
            video = excerpt.video
            self.say()
            self.say(f"{number}. {video.heading}" + (f" ({video.creator})" if video.creator else ""), "bold")
            self._indented(_quoted(excerpt))
            where = timecode(excerpt.start_second)
            self.out.print(Text(f"   {where}  {neutral(excerpt.link)}".rstrip(), "cyan"), soft_wrap=True)
            for also in excerpt.also:
                there = f"   also said in {neutral(also.video.heading)}, {timecode(also.start_second)}"
                self.out.print(Text(f"{there}  {neutral(also.link)}".rstrip(), "cyan"), soft_wrap=True)

    def hits(self, hits: Sequence[Hit]) -> None:
        """Ranked segments for reading."""
        if not hits:
            self.say("No segment matches.")
        for number, hit in enumerate(hits, 1):
            self.say(f"{number}. {hit.score:.2f}  {hit.video.heading}  {timecode(hit.segment.start_second)}", "bold")
            self._indented(Text(neutral(hit.segment.text)))

    def segments(self, segments: Iterable[Segment]) -> None:
        """A stretch of transcript, a time before each segment."""
        for segment in segments:
            self.say(timecode(segment.start_second), "cyan")
            self._indented(Text(neutral(segment.text)))

    def _indented(self, text: Text) -> None:
        if self.out.is_terminal:
            self.out.print(Padding(text, (0, 2, 0, 3)))
        else:
            self.out.print(Text("   ") + text, soft_wrap=True)

    def videos(self, summaries: Sequence[VideoSummary]) -> None:
        """The list of videos."""
        columns = "id", "ends at", "segments", "title", "creator"
        self._listed(
            columns,
            (
                (each.video.video_id, timecode(each.end_second), each.segments, each.video.heading, each.video.creator)
                for each in summaries
            ),
        )

    def glossary(self, entries: Sequence[GlossaryEntry]) -> None:
        """A glossary."""
        self._listed(("said", "meant"), ((entry.said, entry.meant) for entry in entries))

    def sizes(self, sizes: Sequence[tuple[int, LibrarySize]]) -> None:
        """The libraries of servers, by their ids."""
        columns = "server", "videos", "segments", "megabytes", "last act", "what"
        self._listed(
            columns,
            (
                (server, each.videos, each.segments, f"{each.text_bytes / MEGABYTE:.1f}", each.acted_at, each.last_act)
                for server, each in sizes
            ),
        )

    def misses(self, misses: Sequence[Miss]) -> None:
        """Questions without an answer."""
        self._listed(("asked", "question"), ((miss.count, miss.question) for miss in misses))

    def _listed(self, columns: Iterable[str], rows: Iterable[Iterable[str | int]]) -> None:
        """A table; in a pipe one row a line, a tab between the fields, and no heads."""
        fields = [[neutral(str(field)) for field in row] for row in rows]
        if not self.out.is_terminal:
            self.data("".join("\t".join(row) + "\n" for row in fields))
            return
        table = Table(*columns, box=None, pad_edge=False)
        for row in fields:
            table.add_row(*map(Text, row))
        self.out.print(table)

    def statistics(self, statistics: Statistics) -> None:
        """The size of a library."""
        self.say(f"videos    {statistics.videos:,}")
        self.say(f"segments  {statistics.segments:,}")
        self.say(f"words     {statistics.words:,}")
        self.say(f"speech    {statistics.spoken_seconds / 3600:,.1f} hours")

    def report(self, report: ImportReport) -> None:
        """What an import did; rejections go to standard error."""
        for rejection in report.rejections:
            self.remark(str(rejection), "red")
        for note in report.notes:
            self.remark(note, "yellow")
        would = "Would be: " if report.dry_run else ""
        self.say(
            f"{would}videos: {report.videos_added} added, {report.videos_changed} changed, "
            f"{report.videos_unchanged} unchanged; segments: {report.segments_added} added, "
            f"{report.segments_replaced} replaced, {report.segments_removed} removed, "
            f"{report.segments_unchanged} unchanged; rejected: {len(report.rejections)}."
        )
        if report.videos_unchanged and not report.has_changes:
            self.say("Everything in it was stored already; nothing changed.")

    def table(self, table: Table) -> None:
        """A table; in a pipe as wide as it needs to be."""
        options = self.out.options if self.out.is_terminal else self.out.options.update_width(_WIDEST)
        self.out.print(table, width=Measurement.get(self.out, options, table).maximum, no_wrap=True)

    @contextmanager
    def progress(self, what: str) -> Iterator[Progress]:
        """A progress bar beside the result, shown on a terminal only. `what` may use rich's {task.description}."""
        columns = TextColumn(what), BarColumn(), MofNCompleteColumn()
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            yield bar


def _quoted(excerpt: Excerpt) -> Text:
    """The quote with its matches marked, in quotation marks, ellipses outside them."""
    text = Text("" if excerpt.starts_passage else "… ")
    text.append("“")
    end = 0
    for start, stop in excerpt.highlights:
        text.append(neutral(excerpt.quote[end:start]))
        text.append(neutral(excerpt.quote[start:stop]), _MATCH)
        end = stop
    text.append(neutral(excerpt.quote[end:]))
    text.append("”" if excerpt.ends_passage else "” …")
    return text
