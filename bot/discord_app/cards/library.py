"""Cards about a server's own library, for its moderators. Pure, and always within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from discord import ui

from bot.discord_app.cards.parts import controls, markdown
from bot.discord_app.cards.parts.base import MAX_NAME_LENGTH, Card, EnclosedFile, notice_card, text_display, video_name
from bot.discord_app.cards.parts.controls import Owner
from bot.timecodes import timecode
from storage.models import (
    MEGABYTE,
    ExportFormat,
    GlossaryEntry,
    ImportReport,
    LibrarySize,
    Quota,
    Rejection,
    Statistics,
    UndoReport,
    Video,
    VideoSpeakers,
    VideoSummary,
)

_ROOM = 3_300
"""Characters of a list in a card; the rest of its text is the bot's own, and short."""
_MAX_LINE_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Reply:
    """A card. `public` is the part of it that everyone in the channel may read, "" for none."""

    card: Card
    public: str = ""


def format_count(count: int, one: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def format_size(count: int) -> str:
    """Return a number of bytes as text."""
    return f"{count / MEGABYTE:,.1f} MB" if count >= MEGABYTE / 10 else f"{max(count / 1000, 0.1):,.1f} kB"


def progress_card(done: int, total: int, files: int) -> Card:
    """Return a card with the progress of an import. `total` is 0 while its files are still being read."""
    return notice_card(f"Storing video {min(done + 1, total):,} of {total:,} …" if total else
                  f"Reading {format_count(files, 'file')} …")  # fmt: skip


def long_wait_card() -> Card:
    """Return the last card of a running import before Discord takes no more edits."""
    return notice_card(
        "This goes on for longer than Discord lets me change this message. When it is done I say so in this channel, "
        "if I may write here; /library stats shows it in any case."
    )


def report_reply(report: ImportReport) -> Reply:
    """Return what an import did, as text; rejections that do not fit are enclosed as a file."""
    head = "\n".join(["### " + _describe_outcome(report), *_count_changes(report)])
    lines = [_rejection_line(rejection) for rejection in report.rejections]
    lines += [f"- {markdown.escape_to_fit(note, _MAX_LINE_LENGTH)}" for note in report.notes]
    shown, left = _fit_lines(lines, _ROOM)
    more = f"-# And {left:,} more, in the file." if left else ""
    if report.has_changes:
        more = "\n".join(filter(None, [more, "-# **/library undo** takes this import back."]))
    whole = "".join(f"{line}\n" for line in (*report.rejections, *report.notes))
    file = EnclosedFile("rejected.txt", whole.encode(errors="replace")) if left else None
    return Reply(notice_reply("\n".join(filter(None, [head, *shown, more])), file), public=head)


def _describe_outcome(report: ImportReport) -> str:
    if report.has_changes:
        return "Imported, but not all of it" if report.rejections else "Imported"
    if report.videos_unchanged:
        return "Nothing changed: this is stored already"
    return "Nothing was imported"


def _count_changes(report: ImportReport) -> list[str]:
    videos = _join_list(
        (report.videos_added, "added"), (report.videos_changed, "changed"), (report.videos_unchanged, "unchanged")
    )
    segments = _join_list(
        (report.segments_added, "added" if report.videos_added or not report.videos_changed else "merged in"),
        (report.segments_replaced, "replaced"),
        (report.segments_removed, "removed"),
        (report.segments_unchanged, "unchanged"),
    )
    rejected = f"**Rejected:** {len(report.rejections):,}" if report.rejections else ""
    return [line for line in (videos and f"**Videos:** {videos}", segments and f"**Segments:** {segments}", rejected)
            if line]  # fmt: skip


def _join_list(*figures: tuple[int, str]) -> str:
    return ", ".join(f"{count:,} {word}" for count, word in figures if count)


def _rejection_line(rejection: Rejection) -> str:
    where = markdown.escape_to_fit(rejection.source, 100) + (
        "" if rejection.row is None else f", row {rejection.row:,}"
    )
    return f"- **{where or '…'}**: {markdown.escape_to_fit(rejection.reason, _MAX_LINE_LENGTH)}"


def _fit_lines(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    """Return the first lines that fit together into `room` characters, and how many lines are left."""
    for count, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return list(lines[:count]), len(lines) - count
    return list(lines), 0


def notice_reply(words: str, file: EnclosedFile | None) -> Card:
    """Return a card with a short text, and with a file where there is one."""
    if file is None:
        return Card(ui.Container(text_display(words)))
    return Card(ui.Container(text_display(words)), ui.File(f"attachment://{file.name}"), enclosed=[file])


def late_card(person: str, outcome: str) -> Card:
    """Return the public outcome of an import that took too long for a private reply."""
    return Card(
        text_display(f"{outcome}\n-# For {markdown.escape_to_fit(person, 60) or '…'}, who asked for this import.")
    )


def removal_card(summary: VideoSummary, owner: Owner) -> Card:
    """Return a card that shows the video to be removed and asks for confirmation."""
    words = (
        f"### Remove this video?\n**{video_name(summary.video)}**\n"
        f"{format_count(summary.segments, 'segment')}, {timecode(summary.end_second)} long, "
        f"with the id {markdown.escape_to_fit(summary.video.video_id, MAX_NAME_LENGTH) or '…'}\n"
        "-# **/library undo** brings it back for as long as nothing else was imported, removed or renamed."
    )
    return Card(ui.Container(text_display(words)), *controls.removal_row(owner))


def removed_card(summary: VideoSummary) -> Card:
    """Return the card that says that a video was removed."""
    return Card(text_display(f"Removed **{video_name(summary.video)}** ({format_count(summary.segments, 'segment')}). "
                     "**/library undo** brings it back."))  # fmt: skip


def purge_card(size: LibrarySize, owner: Owner) -> Card:
    """Return a card that shows what would be deleted permanently and asks for confirmation."""
    words = (
        "### Delete everything of this server?\n"
        f"{format_count(size.videos, 'video')} with {format_count(size.segments, 'segment')}, the glossary, "
        "the settings, the votes, the unanswered questions, and who used me here.\n"
        "-# **/library undo** does not bring it back; **/library export** gives you the videos as a file before."
    )
    return Card(ui.Container(text_display(words)), *controls.purge_row(owner))


def renamed_card(before: Video, title: str) -> Card:
    """Return the card that says that a video has another title."""
    name = markdown.escape_to_fit(title, MAX_NAME_LENGTH)
    words = f"**{video_name(before)}** is now called **{name}**. **/library undo** takes that back."
    return Card(text_display(words))


def speakers_reply(listed: Sequence[VideoSpeakers]) -> Reply:
    """Return who speaks in videos, enclosed as a file where it does not fit into the card."""
    if not any(video.speakers for video in listed):
        return Reply(notice_card("It is not known who speaks: the files of these videos do not say it."))
    lines = [line for video in listed if video.speakers for line in _speaker_lines(video)]
    shown, left = _fit_lines(lines, _ROOM)
    more = [f"-# And {left:,} more lines, in the file."] if left else []
    hint = "-# **/library speakers** with `video`, `speaker` and `name` gives a speaker a name."
    file = EnclosedFile("speakers.tsv", _speakers_tsv(listed)) if left else None
    return Reply(notice_reply("\n".join(["### Who speaks", *shown, *more, hint]), file))


def _speaker_lines(listed: VideoSpeakers) -> Iterator[str]:
    yield f"**{video_name(listed.video)}**"
    for speaker in listed.speakers:
        name = markdown.escape_to_fit(speaker.name, MAX_NAME_LENGTH) or "…"
        quote = markdown.escape_to_fit(speaker.quote, 100)
        much = f"{speaker.seconds / 60:,.1f} minutes, {format_count(speaker.words, 'word')}"
        yield f"- **{name}**: {much}; at {timecode(speaker.start_second)} “{quote}”"


def _speakers_tsv(listed: Iterable[VideoSpeakers]) -> bytes:
    rows = (
        (video.video.video_id, speaker.name, f"{speaker.seconds:.0f}", str(speaker.words), speaker.quote)
        for video in listed
        for speaker in video.speakers
    )
    return "".join("\t".join(row) + "\n" for row in rows).encode(errors="replace")


def named_card(video: Video, names: Mapping[str, str]) -> Card:
    """Return the card that says that speakers of a video have other names."""
    shown = [[markdown.escape_to_fit(name, MAX_NAME_LENGTH) for name in pair] for pair in list(names.items())[:5]]
    changes = "; ".join(f"**{label}** is now **{name}**" for label, name in shown)
    return Card(text_display(f"In **{video_name(video)}**: {changes}. **/library undo** takes that back."))


def undone_card(report: UndoReport) -> Card:
    """Return the card that says that the last act is taken back."""
    videos = _join_list((report.videos_restored, "restored"), (report.videos_removed, "removed"))
    return Card(
        text_display(f"Took back the {markdown.escape_to_fit(report.description, 200)}. Videos: {videos or 'none'}.")
    )


def stats_card(statistics: Statistics, size: LibrarySize, quota: Quota, imports: int, most_imports: int) -> Card:
    """Return a card with the size and the limits of a server's library, and its last act."""
    megabytes = f"{size.text_bytes / MEGABYTE:,.1f} of {quota.text_bytes / MEGABYTE:,.0f} megabytes of text"
    lines = [
        "### This server's library",
        f"**Videos:** {size.videos:,}, with {statistics.spoken_seconds / 3600:,.1f} hours of speech and "
        f"{format_count(statistics.words, 'word')}",
        f"**Room:** {size.segments:,} of {quota.segments:,} segments, {megabytes}",
        f"**Imports today (UTC):** {imports:,} of {most_imports:,}",
    ]
    if size.last_act:
        when = size.acted_at.replace("T", " ").removesuffix("+00:00")
        lines.append(
            f"**Last act:** {markdown.escape_to_fit(size.last_act, 300)}, {when} UTC; **/library undo** takes it back"
        )
    return Card(ui.Container(text_display("\n".join(lines))))


def glossary_reply(entries: Sequence[GlossaryEntry]) -> Reply:
    """Return the glossary of a server's videos, enclosed as a file where it does not fit into the card."""
    if not entries:
        return Reply(notice_card("The glossary is empty; /library glossary add notes what captions mis-hear."))
    lines = [
        f"- **{markdown.escape_to_fit(entry.said, 150)}** is {markdown.escape_to_fit(entry.meant, 150)}"
        for entry in entries
    ]
    shown, left = _fit_lines(lines, _ROOM)
    more = [f"-# And {left:,} more, in the file."] if left else []
    head = "### One entry" if len(entries) == 1 else f"### {len(entries):,} entries"
    file = EnclosedFile("glossary.tsv", _glossary_tsv(entries)) if left else None
    return Reply(notice_reply("\n".join([head, *shown, *more]), file))


def _glossary_tsv(entries: Iterable[GlossaryEntry]) -> bytes:
    return "".join(f"{entry.said}\t{entry.meant}\n" for entry in entries).encode(errors="replace")


def export_reply(name: str, file: Path, size: int, what: str) -> Reply:
    """Return a library, or a video of it, as a file of so many bytes."""
    return Reply(notice_reply(f"{what}, {format_size(size)}", EnclosedFile(name, file)))


def too_large_card(limit: int, form: ExportFormat, *, one_video: bool) -> Card:
    """Return the notice for an export that is too large for Discord, with what can be done instead."""
    instead = [
        *([] if one_video else ["export a single video"]),
        *([] if form is ExportFormat.PARQUET else ["choose Parquet"]),
        "ask whoever hosts this bot",
    ]
    listed = " or ".join(filter(None, [", ".join(instead[:-1]), instead[-1]]))
    return notice_card(f"That is more than the {format_size(limit)} that Discord takes here: {listed}.")
