"""Cards about a server's own library, for its moderators. Pure, and always within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from discord import ButtonStyle, ui

from bot.discord_app.cards.parts import controls, markdown
from bot.discord_app.cards.parts.base import (
    MAX_NAME_LENGTH,
    Card,
    EnclosedFile,
    Part,
    notice_card,
    text_display,
    video_name,
)
from bot.discord_app.cards.parts.command_buttons import import_button
from bot.discord_app.cards.parts.command_mentions import mention_command, option_name
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.discord_times import relative_time
from bot.localization import format_number, gettext_noop, join_words, ngettext
from bot.localization import gettext as _
from bot.timecodes import count_minutes, timecode
from storage.models import (
    MEGABYTE,
    ExportFormat,
    GlossaryEntry,
    LibrarySize,
    Quota,
    Statistics,
    UndoReport,
    Video,
    VideoSpeakers,
    VideoSummary,
)

LIST_ROOM = 3_300
"""Characters of a list in a card; the rest of its text is the bot's own, and short."""
_ACTS = {
    "import of ": gettext_noop("import of {what}"),
    "removal of ": gettext_noop("removal of {what}"),
    "renaming of ": gettext_noop("renaming of {what}"),
    "naming of ": gettext_noop("naming of {what}"),
    "linking of ": gettext_noop("link of {what}"),
}
"""The acts in a library's history, by how their descriptions begin."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A card. `public` is the part of it that everyone in the channel may read, "" for none."""

    card: Card
    public: str = ""


def format_size(count: int) -> str:
    """Return a number of bytes as text."""
    if count >= MEGABYTE / 10:
        return _("{number} MB").format(number=format_number(count / MEGABYTE, 1))
    return _("{number} kB").format(number=format_number(max(count / 1000, 0.1), 1))


def count_videos(count: int) -> str:
    """Return a number of videos in words."""
    return ngettext("{count} video", "{count} videos", count).format(count=format_number(count))


def count_segments(count: int) -> str:
    """Return a number of segments in words."""
    return ngettext("{count} segment", "{count} segments", count).format(count=format_number(count))


def _count_words(count: int) -> str:
    return ngettext("{count} word", "{count} words", count).format(count=format_number(count))


def count_left(count: int) -> str:
    """Return the line below a list of which so many entries are in the file."""
    return ngettext("-# And {count} more, in the file.", "-# And {count} more, in the file.", count).format(
        count=format_number(count)
    )


def join_counts(*counts: tuple[int, str]) -> str:
    return join_words([words.format(count=format_number(count)) for count, words in counts if count])


def fit_lines(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    """Return the first lines that fit together into `room` characters, and how many lines are left."""
    for count, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return list(lines[:count]), len(lines) - count
    return list(lines), 0


def notice_reply(words: str, file: EnclosedFile | None, *rows: Part) -> Card:
    """Return a card with a short text, with a file where there is one, and with rows below."""
    if file is None:
        return Card(ui.Container(text_display(words)), *rows)
    return Card(ui.Container(text_display(words)), ui.File(f"attachment://{file.name}"), *rows, enclosed=[file])


def removal_card(summary: VideoSummary, owner: Owner) -> Card:
    """Return a card that shows the video to be removed and asks for confirmation."""
    undo = _("-# {undo} brings it back until something else is imported, removed or renamed.")
    lines = [
        "### " + _("Remove this video?"),
        f"**{video_name(summary.video)}**",
        f"{timecode(summary.end_second)} · {count_segments(summary.segments)} · "
        + _("id {id}").format(id=markdown.escape_to_fit(summary.video.video_id, MAX_NAME_LENGTH) or "…"),
        undo.format(undo=mention_command("library undo")),
    ]
    return Card(ui.Container(text_display("\n".join(lines))), *controls.removal_row(owner))


def removed_card(summary: VideoSummary) -> Card:
    """Return the card that says that a video was removed."""
    words = _("Removed **{video}** ({segments}). {undo} brings it back.").format(
        video=video_name(summary.video),
        segments=count_segments(summary.segments),
        undo=mention_command("library undo"),
    )
    return Card(text_display(words))


def renamed_card(before: Video, title: str) -> Card:
    """Return the card that says that a video has another title."""
    words = _("**{before}** is now called **{after}**. {undo} takes that back.").format(
        before=video_name(before),
        after=markdown.escape_to_fit(title, MAX_NAME_LENGTH),
        undo=mention_command("library undo"),
    )
    return Card(text_display(words))


def linked_card(video: Video) -> Card:
    """Return the card that says that a video has a link."""
    words = _("**{video}** has a link now: {link}. {undo} takes that back.").format(
        video=video_name(video),
        link=markdown.masked_link(_("open it"), video.url),
        undo=mention_command("library undo"),
    )
    return Card(text_display(words))


def speakers_reply(listed: Sequence[VideoSpeakers]) -> Reply:
    """Return who speaks in videos, enclosed as a file where it does not fit into the card."""
    if not any(video.speakers for video in listed):
        return Reply(notice_card(_("I don’t know who speaks: the files of these videos don’t say.")))
    lines = [line for video in listed if video.speakers for line in _speaker_lines(video)]
    shown, left = fit_lines(lines, LIST_ROOM)
    more = [count_left(left)] if left else []
    hint = _("-# To name a speaker, use {speakers} with {video}, {speaker} and {name}.").format(
        speakers=mention_command("library speakers"),
        video=f"`{option_name('video')}`",
        speaker=f"`{option_name('speaker')}`",
        name=f"`{option_name('name')}`",
    )
    file = EnclosedFile("speakers.tsv", _speakers_tsv(listed)) if left else None
    return Reply(notice_reply("\n".join(["### " + _("Who speaks"), *shown, *more, hint]), file))


def _speaker_lines(listed: VideoSpeakers) -> Iterator[str]:
    yield f"**{video_name(listed.video)}**"
    for speaker in listed.speakers:
        name = markdown.escape_to_fit(speaker.name, MAX_NAME_LENGTH) or "…"
        quote = markdown.escape_to_fit(speaker.quote, 100)
        yield _("- **{name}**: {minutes} minutes, {words}; at {time} “{quote}”").format(
            name=name,
            minutes=format_number(speaker.seconds / 60, 1),
            words=_count_words(speaker.words),
            time=timecode(speaker.start_second),
            quote=quote,
        )


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
    changes = [_("**{label}** is now **{name}**").format(label=label, name=name) for label, name in shown]
    words = _("In **{video}**: {changes}. {undo} takes that back.").format(
        video=video_name(video), changes="; ".join(changes), undo=mention_command("library undo")
    )
    return Card(text_display(words))


def undone_card(report: UndoReport) -> Card:
    """Return the card that says that the last act is taken back."""
    restored, removed = report.videos_restored, report.videos_removed
    videos = join_counts(
        (restored, ngettext("{count} video restored", "{count} videos restored", restored)),
        (removed, ngettext("{count} video removed", "{count} videos removed", removed)),
    )
    act = _describe_act(report.description)
    return Card(text_display("\n".join(filter(None, [_("Took back the {act}.").format(act=act), videos]))))


def _describe_act(description: str) -> str:
    """Return what was done to a library, as its history notes it, in the reader's language and escaped."""
    for begins, words in _ACTS.items():
        if description.startswith(begins):
            return _(words).format(what=markdown.escape_to_fit(description.removeprefix(begins), 300) or "…")
    return markdown.escape_to_fit(description, 300) or "…"


def empty_stats_card(size: LibrarySize, *, manages: bool) -> Card:
    """Return the card about a library in which nothing is stored: what to do. `manages` adds the button that does it.

    What can be undone is said too.
    """
    lines = [
        "### " + _("This server’s library"),
        _("Nothing is imported here yet."),
        _("Add captions or transcripts of your videos with {command}, and members can ask about them.").format(
            command=mention_command("library import")
        ),
        *_describe_last_act(size),
    ]
    rows = controls.button_row([import_button(style=ButtonStyle.primary)]) if manages else []
    return Card(ui.Container(text_display("\n".join(lines))), *rows)


def _describe_contents(statistics: Statistics, videos: int) -> str:
    """Return how much is stored; less than an hour in minutes."""
    minutes = count_minutes(statistics.spoken_seconds)
    stored = (
        ngettext(
            "**Stored:** {videos}, {minutes} minute of speech, {words}",
            "**Stored:** {videos}, {minutes} minutes of speech, {words}",
            minutes,
        )
        if minutes < 60
        else _("**Stored:** {videos}, {hours} hours of speech, {words}")
    )
    return stored.format(
        videos=count_videos(videos),
        minutes=format_number(minutes),
        hours=format_number(statistics.spoken_seconds / 3600, 1),
        words=_count_words(statistics.words),
    )


def stats_card(
    statistics: Statistics, size: LibrarySize, quota: Quota, imports: int, most_imports: int, counted_until: float
) -> Card:
    """Return a card with the size and the limits of a server's library, and its last act.

    `counted_until` is when the next day of imports begins, in seconds since the epoch.
    """
    contents = _describe_contents(statistics, size.videos)
    room = _("**Room:** {segments} of {most_segments} segments, {megabytes} of {most_megabytes} MB of text").format(
        segments=format_number(size.segments),
        most_segments=format_number(quota.segments),
        megabytes=format_number(size.text_bytes / MEGABYTE, 1),
        most_megabytes=format_number(quota.text_bytes / MEGABYTE),
    )
    today = _("**Imports today:** {count} of {most}; the next day begins {when}").format(
        count=format_number(imports), most=format_number(most_imports), when=relative_time(counted_until)
    )
    lines = ["### " + _("This server’s library"), contents, room, today, *_describe_last_act(size)]
    return Card(ui.Container(text_display("\n".join(lines))))


def _describe_last_act(size: LibrarySize) -> list[str]:
    """Return the line with the last act in a library, which can be undone; none where there was none."""
    if not size.last_act:
        return []
    act = _("**Last change:** {act}, {when}. {undo} takes it back.").format(
        act=_describe_act(size.last_act),
        when=relative_time(datetime.fromisoformat(size.acted_at).timestamp()),
        undo=mention_command("library undo"),
    )
    return [act]


def glossary_reply(entries: Sequence[GlossaryEntry]) -> Reply:
    """Return the glossary of a server's videos, enclosed as a file where it does not fit into the card."""
    if not entries:
        words = _("The glossary is empty. {add} notes a word that captions get wrong.")
        return Reply(Card(text_display(words.format(add=mention_command("library glossary add")))))
    lines = [
        f"- **{markdown.escape_to_fit(entry.said, 150)}** → {markdown.escape_to_fit(entry.meant, 150)}"
        for entry in entries
    ]
    shown, left = fit_lines(lines, LIST_ROOM)
    more = [count_left(left)] if left else []
    count = ngettext("{count} glossary entry", "{count} glossary entries", len(entries))
    head = "### " + count.format(count=format_number(len(entries)))
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
        *([] if one_video else [_("export a single video")]),
        *([] if form is ExportFormat.PARQUET else [_("choose Parquet")]),
        _("ask whoever hosts this bot"),
    ]
    words = _("That is more than the {size} that Discord takes here. You could {instead}.")
    return notice_card(words.format(size=format_size(limit), instead=join_words(instead, any_of=True)))
