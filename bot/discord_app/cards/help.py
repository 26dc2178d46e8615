"""The card that says how to ask."""

from __future__ import annotations

from discord import ui

from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.base import Card, Part
from bot.discord_app.cards.parts.command_buttons import ask_button, privacy_button, videos_button
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner, button_row
from bot.localization import gettext as _

MAX_EXAMPLE_LENGTH = 100


def help_card(owner: Owner, example: str = "", *, manages: bool = False) -> Card:
    """Return the card that says how to ask.

    `example` is a question that the videos answer, kept under the owner's key, or "" where none is known. `manages`
    says that it is for somebody who manages the server: what only they need stands apart.
    """
    try_it = ask_button(_("Try the example"), owner) if example else []
    parts: list[Part] = [
        ui.Container(base.text_display(_describe_asking(example)), ui.Separator(), base.text_display(_list_commands())),
        *button_row(try_it, [videos_button(), privacy_button()]),
    ]
    if manages:
        parts.append(ui.Container(base.text_display(_list_managing())))
    return Card(*parts)


def _describe_asking(example: str) -> str:
    """Return how to ask, and what a question may hold."""
    shown = markdown.escape_to_fit(example, MAX_EXAMPLE_LENGTH)
    lines = [
        _("### How to ask"),
        _("Use {ask}, mention me, or write me a direct message.").format(ask=mention_command("ask")),
        _("You get what is said in the videos, word for word, and a link to the second."),
        *([_("For example: *{question}*").format(question=shown)] if shown else []),
        _('`"two words"` exact phrase'),
        _("`-word` leave out a word"),
        _("`video:name` only in one video"),
        _("`creator:name` only one creator"),
    ]
    return "\n".join(lines)


def _list_commands() -> str:
    """Return what else there is, a line each."""
    lines = [
        _("{videos} what you can ask about").format(videos=mention_command("videos")),
        _("{timeline} where it is spoken of").format(timeline=mention_command("timeline")),
        _("{transcript} read along").format(transcript=mention_command("transcript")),
        _("{follow} be told of an answer later").format(follow=mention_command("follow")),
        _("On a message: **Apps**, then **Find in videos**"),
    ]
    return "\n".join(lines)


def _list_managing() -> str:
    """Return what those who manage a server need."""
    lines = [
        _("**For those who manage this server**"),
        _("{command} add transcripts").format(command=mention_command("library import")),
        _("{command} unanswered questions").format(command=mention_command("library misses")),
        _("{command} channels, roles, language").format(command=mention_command("settings")),
    ]
    return "\n".join(lines)
