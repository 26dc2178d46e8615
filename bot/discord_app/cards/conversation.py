"""Small cards of a conversation: what is said to a greeting or to thanks, and where there is nothing to look for."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ButtonStyle

from bot.discord_app.cards.admin.imports import IMPORT_SENT_VERB
from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.base import Card, text_display
from bot.discord_app.cards.parts.command_buttons import leading_row
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner, button_row, make_button
from bot.localization import gettext as _
from bot.localization import pgettext

MAX_SHOWN_LENGTH = 200
"""Characters of a question or a filter that a line mentions."""


def greeting_card(example: str) -> Card:
    """Return the answer to a greeting. `example` is a question that the videos answer, or "" where none is known."""
    return _small_card(_("Hi! Ask me anything about these videos."), _example_line(example))


def unread_message_card() -> Card:
    """Return the answer to a mention that points to somebody's message, which the bot may not read."""
    return _small_card(
        _("I can’t read the message that you replied to."),
        _("Open its menu, **Apps**, then **Find in videos**. Or ask me in your own words."),
    )


def identity_card(example: str) -> Card:
    """Return the answer to who or what the bot is."""
    return _small_card(
        _("I’m **Cuepoint**. I answer with what is said in the videos, word for word, and a link to the second."),
        _("I write nothing of my own."),
        _example_line(example),
    )


def thanks_card() -> Card:
    """Return the answer to thanks."""
    return _small_card(_("You’re welcome."))


def remark_card() -> Card:
    """Return the answer to a remark that asks nothing, such as ok, yes or lol."""
    return _small_card(_("I’m here whenever you have a question about the videos."))


def nothing_to_continue_card() -> Card:
    """Return the answer to "more" where there was no answer before."""
    return _small_card(_("There is no answer here yet that I could go on with. What would you like to find?"))


def no_more_card(question: str) -> Card:
    """Return the answer to "more" where every passage was shown."""
    return _small_card(_("That was all I found for “{question}”.").format(question=_shown(question)))


def sent_file_card() -> Card:
    """Return the answer to a file that may be a transcript, in direct messages."""
    return _small_card(_("To add it, use {command} in your server.").format(command=mention_command("library import")))


def sent_files_here_card(names: Sequence[str], owner: Owner | None) -> Card:
    """Return the answer to files that may be transcripts, in a server; `owner` is that of the button that imports them,
    None for people who may not, or where it could not be stored."""
    if owner is None:
        words = _("Those who manage this server can add it: with {command}, or in its menu, **Apps**.")
        return _small_card(words.format(command=mention_command("library import")))
    one, several = (
        _("Shall I add **{name}** to this server’s library?"),
        _("Shall I add these files to this server’s library?"),
    )
    words = one.format(name=_shown(names[0])) if len(names) == 1 else several
    button = make_button(IMPORT_SENT_VERB, pgettext("button", "Import"), owner, style=ButtonStyle.primary)
    return Card(text_display(words), *button_row([button]))


def sent_media_card() -> Card:
    """Return the answer to pictures and recordings without words."""
    return _small_card(_("I can’t look at pictures or listen to recordings. Ask me in words."))


def follow_up_remarks(question: str, *, is_own: bool, video: str, creator: str, speaker: str, after: str,
                      before: str) -> list[str]:  # fmt: skip
    """Return lines that say which question another one follows up, and which of its filters still hold.

    `is_own` is whether the same person asked it. A filter that is "" does not hold.
    """
    last = _("With your last question: “{question}”") if is_own else _("With the question before: “{question}”")
    filters = [
        (_("Only in “{name}”"), video),
        (_("Only by {name}"), creator),
        (_("Only what {name} says"), speaker),
        (_("Only published since {name}"), after),
        (_("Only published before {name}"), before),
    ]
    held = [line.format(name=_shown(name)) for line, name in filters if name]
    return [last.format(question=_shown(question)), *held]


def _small_card(*lines: str) -> Card:
    """Return a card of a few lines, with the buttons that lead on."""
    return Card(text_display("\n".join(filter(None, lines))), *leading_row())


def _example_line(example: str) -> str:
    return _("For example: *{question}*").format(question=_shown(example)) if example else ""


def _shown(text: str) -> str:
    return markdown.escape_to_fit(text, MAX_SHOWN_LENGTH) or "…"
