"""Cards in forums: the answer to a post with what becomes of it, and the card from which the videos are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ButtonStyle, ui

from bot.answering.values import Answer
from bot.discord_app.cards.answer import answer_card
from bot.discord_app.cards.parts import markdown
from bot.discord_app.cards.parts.base import Card, Part, notice_card, text_display
from bot.discord_app.cards.parts.command_buttons import ANYBODY, help_button, videos_button
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner, button_row, custom_id_pattern, make_button
from bot.localization import gettext as _
from bot.localization import pgettext

SOLVED_VERB, UNSOLVED_VERB, FIND_VERB = "solved", "unsolved", "find"
MAX_CLOSING_LENGTH = 200
"""Characters of what stands below the answer to a post: the question whether it was one, and later its outcome."""


def post_answer_card(answer: Answer, owner: Owner, remarks: Sequence[str]) -> Card:
    """Return the answer to a forum post, which stands right below it, with the question whether it was one.

    It has one page: the question would be gone from another one.
    """
    card = answer_card(answer, owner, remarks=remarks, is_quoted=True, reserved=MAX_CLOSING_LENGTH)
    if owner.is_stored:
        card.add_item(text_display("**" + _("Was this it?") + "**"))
        for row in button_row([
            make_button(SOLVED_VERB, pgettext("button", "Yes"), owner, style=ButtonStyle.success),
            make_button(UNSOLVED_VERB, pgettext("button", "No"), owner),
        ]):  # fmt: skip
            card.add_item(row)
    return card


def close_card(shown: ui.LayoutView, tag: str) -> Card:
    """Return the answer to a post as it is `shown`, with thanks in place of the question. `tag` is the name of the tag
    that the post was given, "" for none."""
    kept: list[ui.Item[Any]] = list(shown.children)
    asked = next((place for place, part in enumerate(kept) if _asks_whether(part)), None)
    if asked is not None:
        del kept[max(asked - 1, 0) : asked + 1]
    thanks = _("Thanks for telling me!")
    if tag:
        name = markdown.escape_to_fit(tag, 60)
        thanks = _("Thanks for telling me! I have marked this post as **{tag}**.").format(tag=name)
    return Card(*kept, text_display(f"-# {thanks}"))


def _asks_whether(part: Part) -> bool:
    pattern = custom_id_pattern(SOLVED_VERB)
    ids = [getattr(child, "custom_id", None) for child in part.children] if isinstance(part, ui.ActionRow) else []
    return any(isinstance(custom_id, str) and pattern.fullmatch(custom_id) for custom_id in ids)


def find_card() -> Card:
    """Return the card that stands in a forum, from which everybody can ask the videos."""
    lines = [
        "### " + _("Your question may be answered in a video"),
        _("Press the button and ask. I answer with what is said there, word for word, and a link to the second."),
        "-# " + _("Only you see the answer."),
    ]
    find = make_button(FIND_VERB, pgettext("button", "Find in videos"), ANYBODY, style=ButtonStyle.primary)
    return Card(ui.Container(text_display("\n".join(lines))), *button_row([find], [videos_button()], [help_button()]))


def posted_card(post: discord.Thread, *, is_pinned: bool, has_other_pin: bool) -> Card:
    """Return what a manager is told who put the card into a forum."""
    if is_pinned:
        told = _("Posted and pinned: {post}. Everyone in the forum can ask from there, and only they see the answer.")
    elif has_other_pin:
        told = _("Posted: {post}. Another post is pinned there, and a forum has room for one: unpin that to pin mine.")
    else:
        told = _("Posted: {post}. To pin it, open the post’s menu and choose **Pin Post**.")
    return _small_card(told.format(post=post.mention))


def card_exists_card(post: discord.Thread) -> Card:
    """Return what a manager is told who wants a second card in a forum."""
    told = _("There is one in this forum already: {post}. To replace it, delete that post first.")
    return _small_card(told.format(post=post.mention))


def card_underway_card() -> Card:
    """Return what a manager is told who uses the command twice within seconds."""
    return notice_card(_("One was posted there a moment ago. Look into the forum."))


def cannot_post_card(forum: discord.ForumChannel) -> Card:
    """Return what a manager is told where the bot may not create posts."""
    told = _("I may not post in {forum}. Let me **View Channel** and **Create Posts** there, then use {command} again.")
    return _small_card(told.format(forum=forum.mention, command=mention_command("library forum-card")))


def not_yours_card() -> Card:
    """Return what somebody is told who presses what the author of a post is asked."""
    return notice_card(_("Only who wrote this post, or a moderator, can answer that."))


def _small_card(text: str) -> Card:
    return Card(text_display(text))
