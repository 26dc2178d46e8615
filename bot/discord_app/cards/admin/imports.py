"""Cards about imports: their progress, and what they did. Pure, and always within Discord's limits."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, SelectOption, ui

from bot.discord_app.cards.admin.import_forms import Need
from bot.discord_app.cards.admin.library import Reply, count_left, fit_lines, join_counts, notice_reply
from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.base import Card, EnclosedFile, notice_card, text_display, video_name
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner, Row, button_row, custom_id, make_button
from bot.discord_app.cards.parts.limits import MAX_OPTION_LENGTH, MAX_OPTIONS
from bot.localization import format_number, ngettext, pgettext, translate
from bot.localization import gettext as _
from bot.timecodes import timecode
from storage.models import ImportedVideo, ImportReport, Rejection, Video

_MAX_LINE_LENGTH = 240
_MAX_LISTED_TITLE_LENGTH = 60
"""Characters of a title in a report: two lines of a phone."""
_MAX_VIDEOS, _MAX_LINES, REJECTION_ROOM = 8, 6, 1_600
"""How many videos a report names, and how many rejections and notes, in how many characters together."""
MAX_REJECTED_LENGTH = 60_000
"""Characters of what was rejected that a button shows."""
ASK_ALL_VERB, COMPLETE_VERB, UNDO_VERB = "askall", "complete", "undoimport"
LINK_VERB, LINK_CHOICE_VERB, REJECTED_VERB, IMPORT_SENT_VERB = "setlink", "linkone", "rejected", "importsent"


def progress_card(done: int, total: int, files: int) -> Card:
    """Return a card with the progress of an import. `total` is 0 while its files are still being read."""
    if total:
        number = format_number(min(done + 1, total))
        return notice_card(_("Storing video {number} of {total} …").format(number=number, total=format_number(total)))
    words = ngettext("Reading {count} file …", "Reading {count} files …", files)
    return notice_card(words.format(count=format_number(files)))


def long_wait_card() -> Card:
    """Return the last card of a running import before Discord takes no more edits."""
    words = _(
        "This takes longer than Discord lets me update this message. When it is done, I say so in this channel if I "
        "may write here. {stats} shows it in any case."
    )
    return Card(text_display(words.format(stats=mention_command("library stats"))))


@dataclass(frozen=True, slots=True)
class ReportActions:
    """What can be done after an import. `owner` names whose report it is, and the key of the import.

    `ask` is the owner of the button that asks about its videos, `count` how many these are. `unplaced`: it is not known
    which of them a title or a link is of. `lacking` is the label of the button that completes files, "" for none.
    """

    owner: Owner
    ask: Owner | None = None
    count: int = 0
    undo: bool = False
    link: bool = False
    unplaced: bool = False
    lacking: str = ""


def report_reply(report: ImportReport, actions: ReportActions | None = None, remarks: Sequence[str] = ()) -> Reply:
    """Return what an import did, as text, with what can be done next; `remarks` are further lines, escaped.

    Without `actions`, where buttons cannot be stored, rejections that do not fit are enclosed as a file.
    """
    title, counts = "### " + _describe_outcome(report), _count_changes(report)
    lines = [_rejection_line(rejection) for rejection in report.rejections[:_MAX_LINES]]
    lines += [_note_line(note) for note in report.notes[: _MAX_LINES - len(lines)]]
    shown, left = fit_lines(lines, REJECTION_ROOM)
    left += len(report.rejections) + len(report.notes) - len(lines)
    more, file = "", None
    if left and actions is None:
        more, file = count_left(left), EnclosedFile("rejected.txt", describe_rejections(report).encode())
    elif left:
        more = _count_more(left)
    undo = _("-# {undo} takes this import back.").format(undo=mention_command("library undo"))
    texts = [
        title,
        *_list_videos(report),
        *counts,
        *shown,
        more,
        *remarks,
        _explain_link() if actions is not None and actions.link and not actions.unplaced else "",
        undo if report.has_changes and actions is None else "",
    ]
    card = notice_reply("\n".join(filter(None, texts)), file, *_action_rows(report, actions))
    # Others in the channel may not see this library: they are told figures.
    return Reply(card, public="\n".join([title, *counts]))


def _explain_link() -> str:
    words = _("-# Without the link to a video, its quotes can’t open there: **{button}**.")
    return words.format(button=pgettext("button", "Set the link"))


def describe_rejections(report: ImportReport, most: float = math.inf) -> str:
    """Return all that an import rejected and noted as the text of a file, in about `most` characters at most."""
    lines: list[str] = []
    room = most
    for line in _describe_all(report):
        room -= len(line) + 1
        if room < 0:
            lines.append("…")
            break
        lines.append(line)
    return "".join(f"{line}\n" for line in lines).encode(errors="replace").decode()


def _describe_all(report: ImportReport) -> Iterator[str]:
    """Yield lines one by one: there may be very many, which would hold the event loop."""
    for rejection in report.rejections:
        yield f"{_describe_source(rejection.source, rejection.row)}: {translate(rejection.reason)}"
    yield from map(translate, report.notes)


def rejections_card(text: str) -> Card:
    """Return the file of what an import rejected."""
    words = _("What was not imported, and why")
    return notice_reply(words, EnclosedFile("rejected.txt", text.encode()))


def _action_rows(report: ImportReport, actions: ReportActions | None) -> list[Row]:
    if actions is None:
        return []
    owner, buttons = actions.owner, []
    if actions.ask is not None:
        verb = "askabout" if actions.count == 1 else ASK_ALL_VERB
        label = pgettext("button", "Ask about it") if actions.count == 1 else pgettext("button", "Ask about them")
        buttons.append(make_button(verb, label, actions.ask, style=ButtonStyle.primary))
    if actions.lacking:
        buttons.append(make_button(COMPLETE_VERB, actions.lacking, owner, style=ButtonStyle.primary))
    if actions.link:
        is_asked = actions.unplaced and not actions.lacking
        label = pgettext("button", "Say which video") if is_asked else pgettext("button", "Set the link")
        buttons.append(make_button(LINK_VERB, label, owner))
    if report.rejections:
        buttons.append(make_button(REJECTED_VERB, pgettext("button", "See what was rejected"), owner))
    if actions.undo:
        buttons.append(make_button(UNDO_VERB, pgettext("button", "Undo"), owner))
    return button_row(buttons)


def lacking_label(needs: Collection[Need]) -> str:
    """Return what stands on the button that completes files which lack something, "" where none does."""
    if not needs:
        return ""
    labels = {
        Need.VIDEO: pgettext("button", "Say which video"),
        Need.ENCODING: pgettext("button", "Say the encoding"),
        Need.COLUMNS: pgettext("button", "Say the columns"),
    }
    [first, *others] = set(needs)
    return pgettext("button", "Say what is missing") if others or first not in labels else labels[first]


def later_act_card() -> Card:
    """Return the answer to taking back an import after which something else was done."""
    words = _("Something else was done to this library after that import, so I left it as it is. {stats} shows what.")
    return Card(text_display(words.format(stats=mention_command("library stats"))))


def message_gone_card() -> Card:
    """Return the answer where the files of a message cannot be had any more."""
    words = _("I can’t get the files of that message any more. Send them again, or use {command}.")
    return Card(text_display(words.format(command=mention_command("library import"))))


def no_file_card() -> Card:
    """Return the answer to importing a message without a file."""
    words = _("There is no file on that message. {command} takes files from your computer.")
    return Card(text_display(words.format(command=mention_command("library import"))))


def link_menu(owner: Owner, videos: Sequence[tuple[int, Video]], *, is_unplaced: bool = False) -> Card:
    """Return the menu of the videos that can get a link, each with its place in the import; with `is_unplaced`, of
    those that a title or a link may be of that was given already."""
    options = [
        SelectOption(label=markdown.shorten(video.heading, MAX_OPTION_LENGTH) or "…", value=str(place))
        for place, video in videos[:MAX_OPTIONS]
    ]
    menu: ui.Select[Any] = ui.Select(
        custom_id=custom_id(LINK_CHOICE_VERB, owner), placeholder=_("Which video?"), options=options
    )
    asked = _("Which video?") if is_unplaced else _("Which video gets the link?")
    return Card(text_display(asked), ui.ActionRow(menu))


def _list_videos(report: ImportReport) -> list[str]:
    """Return the videos that an import added or changed with their lengths, as many as fit."""
    shown = [_video_line(video) for video in report.videos[:_MAX_VIDEOS]]
    left = len(report.videos) - len(shown)
    more = ngettext("- and {count} more", "- and {count} more", left).format(count=format_number(left))
    return [*shown, *([more] if left else [])]


def _video_line(imported: ImportedVideo) -> str:
    line = f"- **{video_name(imported.video, _MAX_LISTED_TITLE_LENGTH)}** ({timecode(imported.end_second)})"
    details = [
        *([imported.video.language] if imported.video.track_of else []),
        *([] if imported.is_new else [_("changed")]),
    ]
    return " · ".join([line, *details])


def _describe_outcome(report: ImportReport) -> str:
    if report.has_changes:
        return _("Imported, but not all of it") if report.rejections else _("Imported")
    if report.videos_unchanged:
        return _("Nothing changed: this is stored already")
    return _("Nothing was imported")


def _count_changes(report: ImportReport) -> list[str]:
    added, changed, unchanged = report.videos_added, report.videos_changed, report.videos_unchanged
    videos = join_counts(
        (added, ngettext("{count} video added", "{count} videos added", added)),
        (changed, ngettext("{count} video changed", "{count} videos changed", changed)),
        (unchanged, ngettext("{count} video unchanged", "{count} videos unchanged", unchanged)),
    )
    count = len(report.rejections)
    rejected = join_counts((count, ngettext("{count} rejection:", "{count} rejections:", count)))
    changes = ", ".join(filter(None, [videos, _count_segment_changes(report)]))
    return [line for line in (f"-# {changes}" if changes else "", rejected) if line]


def _count_segment_changes(report: ImportReport) -> str:
    added, replaced, removed = report.segments_added, report.segments_replaced, report.segments_removed
    merged = ngettext("{count} segment merged in", "{count} segments merged in", added)
    new = ngettext("{count} segment added", "{count} segments added", added)
    unchanged = report.segments_unchanged
    return join_counts(
        (added, new if report.videos_added or not report.videos_changed else merged),
        (replaced, ngettext("{count} segment replaced", "{count} segments replaced", replaced)),
        (removed, ngettext("{count} segment removed", "{count} segments removed", removed)),
        (unchanged, ngettext("{count} segment unchanged", "{count} segments unchanged", unchanged)),
    )


def _note_line(note: str) -> str:
    return f"- {markdown.escape_to_fit(translate(note), _MAX_LINE_LENGTH)}"


def _count_more(count: int) -> str:
    return ngettext("-# And {count} more.", "-# And {count} more.", count).format(count=format_number(count))


def _rejection_line(rejection: Rejection) -> str:
    where = _describe_source(markdown.escape_to_fit(rejection.source, 100) or "…", rejection.row)
    return f"- **{where}**: {markdown.escape_to_fit(translate(rejection.reason), _MAX_LINE_LENGTH)}"


def _describe_source(source: str, row: int | None) -> str:
    return source if row is None else _("{source}, row {row}").format(source=source, row=row)


def late_card(person: str, outcome: str) -> Card:
    """Return the public outcome of an import that took too long for a private reply."""
    name = markdown.escape_to_fit(person, 60) or "…"
    return Card(text_display(outcome + "\n" + _("-# For {person}, who asked for this import.").format(person=name)))
