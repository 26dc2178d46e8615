"""Prints to a terminal or a pipe. What comes from captions, titles or file names is neutralised here."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from bot import verdicts
from bot.answering.links import says_time
from bot.answering.values import Answer, Excerpt, split_by_speaker
from bot.timecodes import timecode
from storage.characters import remove_unseen
from storage.models import (
    MEGABYTE,
    GlossaryEntry,
    Hit,
    ImportReport,
    LibrarySize,
    Miss,
    Segment,
    SpeakerTurn,
    Statistics,
    Video,
    VideoSpeakers,
    VideoSummary,
)

_SPACE = re.compile(r"\s")
_MATCH = "bold yellow"
_MAX_WIDTH = 1000
"""Columns that a table in a pipe may have."""
MAX_UNKNOWN_LENGTH = 40
"""Characters that are printed of a word that nobody says."""
_MAX_IMPORTED = 20
"""How many videos the report of an import names."""
MAX_WORDING_LENGTH = 300
"""Characters that are printed of the wording that was searched for: a question may have 4,000."""


def neutralize(text: str) -> str:
    """Return text without invisible characters and what a terminal would obey; white space of every kind becomes a
    space."""
    return remove_unseen(_SPACE.sub(" ", text))


class Screen:
    """Prints results to standard output and remarks to standard error. A pipe gets neither colours nor wrapping."""

    def __init__(self) -> None:
        self.out = Console(highlight=False, markup=False, emoji=False)
        self.err = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def print_line(self, text: str = "", style: str = "") -> None:
        """Print one line of result."""
        self.out.print(Text(neutralize(text), style), soft_wrap=not self.out.is_terminal)

    def print_lines(self, text: str) -> None:
        """Print several lines of result."""
        for line in text.splitlines():
            self.print_line(line)

    def print_remark(self, text: str, style: str = "") -> None:
        """Print one line beside the result, such as an error."""
        self.err.print(Text(neutralize(text), style), soft_wrap=True)

    def print_data(self, text: str) -> None:
        """Print machine-readable output, as it is."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def show_answer(self, answer: Answer, *, only_samples: bool = False) -> None:
        """Show an answer. `only_samples`: nothing is imported where it was asked."""
        if answer.searched_for:
            wording = answer.searched_for
            if len(wording) > MAX_WORDING_LENGTH:
                wording = wording[: MAX_WORDING_LENGTH - 1].rstrip() + "…"
            self.print_line(f"Searched for: {wording}", "italic")
        if answer.unmatched:
            self.print_line(f"Left out, but said by nobody: {', '.join(answer.unmatched)}", "italic")
        for sentence in verdicts.describe_answer_limits(answer):
            self.print_line(sentence, "italic")
        if verdict := verdicts.describe_verdict(answer, only_samples=only_samples):
            self.print_line(verdict, "bold")
        if answer.unknown_terms:
            self.print_line(f"Nobody says: {', '.join(map(_shorten_word, answer.unknown_terms))}", "italic")
        if moments := verdicts.introduce_moments(answer):
            self.print_line(moments, "bold")
        if answer.near_misses:
            self.print_line()
            self.print_line(verdicts.NEAR, "italic")
        self.show_excerpts(answer.excerpts or answer.near_misses)

    def show_excerpts(self, excerpts: Iterable[Excerpt], *, first: int = 1) -> None:
        """Show quotes with their places, numbered from `first` on."""
        for number, excerpt in enumerate(excerpts, first):
            video = excerpt.video
            self.print_line()
            source = ", ".join(filter(None, (video.creator, video.published)))
            self.print_line(f"{number}. {video.heading}" + (f" ({source})" if source else ""), "bold")
            self._show_indented(_mark_quote(excerpt))
            chapter = video.chapter_at(excerpt.link_second)
            where = (f"in {neutralize(chapter.title)}, " if chapter else "") + timecode(excerpt.link_second)
            self._show_place(f"   {where}", excerpt.link, video)
            for place in excerpt.other_places:
                there = f"   also said in {neutralize(place.video.heading)}, {timecode(place.link_second)}"
                self._show_place(there, place.link, place.video)

    def _show_place(self, where: str, link: str, video: Video) -> None:
        """Show where something is said, with the link. One that opens at the beginning says so."""
        plain = bool(link) and not says_time(link, video.url)
        where = f"{where}  {neutralize(link)}".rstrip() + "  (opens at the beginning)" * plain
        self.out.print(Text(where, "cyan"), soft_wrap=True)

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show ranked segments."""
        if not hits:
            self.print_line("No segment matches.")
        for number, hit in enumerate(hits, 1):
            self.print_line(
                f"{number}. {hit.score:.2f}  {hit.video.heading}  {timecode(hit.segment.start_second)}", "bold"
            )
            self._show_indented(Text(neutralize(hit.segment.text)))

    def show_segments(self, segments: Iterable[Segment]) -> None:
        """Show a stretch of transcript, with the time before every segment."""
        for segment in segments:
            self.print_line(timecode(segment.start_second), "cyan")
            self._show_turns(segment)

    def _show_turns(self, segment: Segment) -> None:
        """Show a segment, with the name of who speaks on a line of its own where it changes."""
        ends = [*(turn.offset for turn in segment.turns[1:]), len(segment.text)]
        for turn, end in zip(segment.turns or (SpeakerTurn(0, ""),), ends, strict=False):
            if turn.speaker:
                self.print_line(f"   {turn.speaker}:", "bold")
            self._show_indented(Text(neutralize(segment.text[turn.offset : end].strip())))

    def show_speakers(self, listed: Sequence[VideoSpeakers]) -> None:
        """Show who speaks in videos: how much, and first words with their times."""
        columns = "video", "speaker", "minutes", "words", "at", "first words"
        self._show_table(
            columns,
            (
                (
                    *(video.video.video_id, speaker.name, f"{speaker.seconds / 60:.1f}", speaker.words),
                    *(timecode(speaker.start_second), speaker.quote),
                )
                for video in listed
                for speaker in video.speakers
            ),
        )

    def _show_indented(self, text: Text) -> None:
        if self.out.is_terminal:
            self.out.print(Padding(text, (0, 2, 0, 3)))
        else:
            for line in text.split("\n"):
                self.out.print(Text("   ") + line, soft_wrap=True)

    def show_videos(self, summaries: Sequence[VideoSummary]) -> None:
        """Show the list of videos."""
        columns = "id", "ends at", "segments", "title", "creator"
        self._show_table(
            columns,
            (
                (
                    summary.video.video_id,
                    timecode(summary.end_second),
                    summary.segments,
                    summary.video.heading,
                    summary.video.creator,
                )
                for summary in summaries
            ),
        )

    def show_glossary(self, entries: Sequence[GlossaryEntry]) -> None:
        """Show a glossary."""
        self._show_table(("said", "meant"), ((entry.said, entry.meant) for entry in entries))

    def show_sizes(self, sizes: Sequence[tuple[int, LibrarySize]]) -> None:
        """Show the libraries of servers, by their ids."""
        columns = "server", "videos", "segments", "megabytes", "last act", "what"
        self._show_table(
            columns,
            (
                (server, size.videos, size.segments, f"{size.text_bytes / MEGABYTE:.1f}", size.acted_at, size.last_act)
                for server, size in sizes
            ),
        )

    def show_misses(self, misses: Sequence[Miss]) -> None:
        """Show questions without an answer."""
        self._show_table(("asked", "question"), ((miss.count, miss.wording or miss.question) for miss in misses))

    def _show_table(self, columns: Iterable[str], rows: Iterable[Iterable[str | int]]) -> None:
        """Show a table; in a pipe one row a line, a tab between the fields, and no heads."""
        fields = [[neutralize(str(field)) for field in row] for row in rows]
        if not self.out.is_terminal:
            self.print_data("".join("\t".join(row) + "\n" for row in fields))
            return
        table = Table(*columns, box=None, pad_edge=False)
        for row in fields:
            table.add_row(*map(Text, row))
        self.out.print(table)

    def show_statistics(self, statistics: Statistics) -> None:
        """Show the size of a library."""
        self.print_line(f"videos    {statistics.videos:,}")
        self.print_line(f"segments  {statistics.segments:,}")
        self.print_line(f"words     {statistics.words:,}")
        self.print_line(f"speech    {statistics.spoken_seconds / 3600:,.1f} hours")

    def show_report(self, report: ImportReport) -> None:
        """Show what an import did; rejections go to standard error."""
        for rejection in report.rejections:
            self.print_remark(str(rejection), "red")
        for note in report.notes:
            self.print_remark(note, "yellow")
        self._show_imported(report)
        would = "Would be: " if report.dry_run else ""
        self.print_line(
            f"{would}videos: {report.videos_added} added, {report.videos_changed} changed, "
            f"{report.videos_unchanged} unchanged; segments: {report.segments_added} added, "
            f"{report.segments_replaced} replaced, {report.segments_removed} removed, "
            f"{report.segments_unchanged} unchanged; rejected: {len(report.rejections)}."
        )
        if report.videos_unchanged and not report.has_changes:
            self.print_line("Everything in it was stored already; nothing changed.")

    def _show_imported(self, report: ImportReport) -> None:
        """Show what videos an import added or changed, with their lengths."""
        for imported in report.videos[:_MAX_IMPORTED]:
            done = "Added" if imported.is_new else "Changed"
            track = f", {imported.video.language}" if imported.video.track_of else ""
            self.print_line(f"{done}: {imported.video.heading} ({timecode(imported.end_second)}{track})")
        if len(report.videos) > _MAX_IMPORTED:
            self.print_line(f"And {len(report.videos) - _MAX_IMPORTED} more.")

    def show_table(self, table: Table) -> None:
        """Show a table; in a pipe as wide as it needs to be."""
        options = self.out.options if self.out.is_terminal else self.out.options.update_width(_MAX_WIDTH)
        width = Measurement.get(self.out, options, table).maximum
        if not self.out.is_terminal:
            self.out.width = max(self.out.width, width)  # or rich would cut at 80 columns what a pipe can take
        self.out.print(table, width=width, no_wrap=True)

    @contextmanager
    def show_progress(self, what: str) -> Iterator[Progress]:
        """Show a progress bar beside the result, on a terminal only. `what` may use rich's {task.description}."""
        columns = TextColumn(what), BarColumn(), MofNCompleteColumn()
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            yield bar


def _shorten_word(word: str) -> str:
    """Return a word that nobody says; what is longer than words are, cut."""
    return word if len(word) <= MAX_UNKNOWN_LENGTH else f"{word[: MAX_UNKNOWN_LENGTH - 1]}…"


def _mark_quote(excerpt: Excerpt) -> Text:
    """Return the quote with its matches marked, in quotation marks, with an ellipsis outside them where it begins or
    ends within a sentence.

    Where speakers are known, each has a line that begins with their name.
    """
    lines: list[Text] = []
    for part in split_by_speaker(excerpt):
        line = Text(f"{neutralize(part.speaker)}: " if part.speaker else "", "bold")
        line.append("“" if lines or excerpt.starts_sentence else "…“", "not bold")
        end = 0
        for start, stop in part.highlights:
            line.append(neutralize(part.words[end:start]), "not bold")
            line.append(neutralize(part.words[start:stop]), _MATCH)
            end = stop
        lines.append(line.append(f"{neutralize(part.words[end:])}”", "not bold"))
    return Text("\n").join(lines or [Text("“”")]) + Text("" if excerpt.ends_sentence else "…")
