"""Cards about imports: their progress, and what they did. Pure, and always within Discord's limits."""

from __future__ import annotations

from bot.discord_app.cards.admin.library import LIST_ROOM, Reply, count_left, fit_lines, join_counts, notice_reply
from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.base import Card, EnclosedFile, notice_card, text_display
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.localization import format_number, ngettext, translate
from bot.localization import gettext as _
from storage.models import ImportReport, Rejection

_MAX_LINE_LENGTH = 400


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


def report_reply(report: ImportReport) -> Reply:
    """Return what an import did, as text; rejections that do not fit are enclosed as a file."""
    head = "\n".join(["### " + _describe_outcome(report), *_count_changes(report)])
    lines = [_rejection_line(rejection) for rejection in report.rejections]
    notes = [translate(note) for note in report.notes]
    lines += [f"- {markdown.escape_to_fit(note, _MAX_LINE_LENGTH)}" for note in notes]
    shown, left = fit_lines(lines, LIST_ROOM)
    more = count_left(left) if left else ""
    if report.has_changes:
        undo = _("-# {undo} takes this import back.").format(undo=mention_command("library undo"))
        more = "\n".join(filter(None, [more, undo]))
    rejected = (f"{_describe_source(each.source, each.row)}: {translate(each.reason)}" for each in report.rejections)
    whole = "".join(f"{line}\n" for line in (*rejected, *notes))
    file = EnclosedFile("rejected.txt", whole.encode(errors="replace")) if left else None
    return Reply(notice_reply("\n".join(filter(None, [head, *shown, more])), file), public=head)


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
    return [line for line in (videos, _count_segment_changes(report), rejected) if line]


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


def _rejection_line(rejection: Rejection) -> str:
    where = _describe_source(markdown.escape_to_fit(rejection.source, 100) or "…", rejection.row)
    return f"- **{where}**: {markdown.escape_to_fit(translate(rejection.reason), _MAX_LINE_LENGTH)}"


def _describe_source(source: str, row: int | None) -> str:
    return source if row is None else _("{source}, row {row}").format(source=source, row=row)


def late_card(person: str, outcome: str) -> Card:
    """Return the public outcome of an import that took too long for a private reply."""
    name = markdown.escape_to_fit(person, 60) or "…"
    return Card(text_display(outcome + "\n" + _("-# For {person}, who asked for this import.").format(person=name)))
