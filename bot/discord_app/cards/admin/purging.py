"""Cards about deleting everything of a server: what there is to delete, or that there is nothing."""

from __future__ import annotations

from dataclasses import dataclass

from discord import ui

from bot.discord_app.cards.admin.library import count_segments, count_videos
from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.base import Card, notice_card, text_display
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner
from bot.localization import gettext as _
from storage.models import LibrarySize, ServerRecords


@dataclass(frozen=True, slots=True)
class ServerContents:
    """All that a purge would delete of a server."""

    size: LibrarySize
    has_glossary: bool
    records: ServerRecords

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to delete."""
        return not (self.size.videos or self.size.last_act or self.has_glossary or self.records != ServerRecords())


def nothing_to_purge_card() -> Card:
    """Return the card for a server of which nothing is kept."""
    return notice_card(_("There is nothing of this server to delete."))


def purge_card(contents: ServerContents, owner: Owner) -> Card:
    """Return a card that shows what would be deleted permanently and asks for confirmation."""
    lines = ["### " + _("Delete everything of this server?"), *_list_contents(contents)]
    if contents.size.videos:
        warning = _("-# {undo} does not bring it back. {export} gives you the videos as a file first.")
        lines.append(warning.format(undo=mention_command("library undo"), export=mention_command("library export")))
    else:
        lines.append(_("-# {undo} does not bring it back.").format(undo=mention_command("library undo")))
    return Card(ui.Container(text_display("\n".join(lines))), *controls.purge_row(owner))


def _list_contents(contents: ServerContents) -> list[str]:
    """Return the lines that say what there is to delete."""
    size, records = contents.size, contents.records
    videos = _("{videos} with {segments}").format(
        videos=count_videos(size.videos), segments=count_segments(size.segments)
    )
    kinds = (
        (bool(size.videos), videos),
        (
            bool(size.last_act and not size.videos),
            _("what {undo} would bring back").format(undo=mention_command("library undo")),
        ),
        (contents.has_glossary, _("the glossary")),
        (records.settings, _("the settings")),
        (records.votes, _("the votes")),
        (records.misses, _("the unanswered questions")),
        (records.follows, _("the questions that people follow")),
        (records.tallies, _("how many questions were asked")),
        (records.sightings, _("who used me here")),
    )
    return [f"- {words}" for is_there, words in kinds if is_there]
