"""Cards about the questions that people follow, for those who follow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, SelectOption, ui

from bot.answering.values import AnswerLevel
from bot.discord_app.cards.admin.library import LIST_ROOM, fit_lines
from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_buttons import ask_button, unfollow_button
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner, Row, button_row, custom_id, make_button
from bot.discord_app.cards.parts.discord_times import relative_time
from bot.discord_app.cards.parts.limits import MAX_OPTION_LENGTH, MAX_OPTIONS
from bot.localization import format_number, ngettext, pgettext
from bot.localization import gettext as _

END_VERB, END_ALL_VERB = "endfollow", "endfollows"
MAX_QUESTION_LENGTH, MAX_LISTED_LENGTH, MAX_NAME_LENGTH = 200, 80, 40


@dataclass(frozen=True, slots=True)
class FollowedQuestion:
    """A question that somebody follows, as they are told of it.

    `filters` are what it is limited to. The videos that are to answer it are the shared ones, those of the server in
    which this is said (`is_here`), or those of another server by its name. It is told in the channel of `channel_id`, 0
    for a direct message. The rest is as in `storage.models.Follow`.
    """

    follow_id: int
    question: str
    filters: tuple[str, ...] = ()
    is_shared: bool = False
    is_here: bool = False
    server_name: str = ""
    channel_id: int = 0
    accepts_closest: bool = False
    is_once: bool = False
    made_at: float = 0.0


def followed_card(
    followed: FollowedQuestion, owner: Owner, *, answered: AnswerLevel | None, is_alone: bool, kept_days: float
) -> Card:
    """Return the card that says that a question is followed: what will happen, what is kept for it, and how it ends.

    `answered` is how sure an answer is that there is already, which the button shows that has the owner's key;
    `is_alone` that this is said in direct messages. `kept_days` is how long it is kept with nothing to tell.
    """
    lines = ["### " + _("Following: {question}").format(question=_show_question(followed, MAX_QUESTION_LENGTH))]
    if answered is AnswerLevel.CONFIDENT:
        lines.append(_("**It is answered already.** I tell you when an import brings more."))
    elif answered is not None:
        lines.append(_("**There is a close answer already.** I tell you when an import brings more."))
    lines.append(_promise(followed).format(videos=_name_videos(followed), channel=f"<#{followed.channel_id}>"))
    kept = _(
        "-# For this I keep your Discord id with the question, here alone: {privacy} shows it. {unfollow} ends it, and "
        "so do {days} days without news."
    )
    days = format_number(kept_days, 0 if kept_days == int(kept_days) else 1)
    lines.append(kept.format(privacy=mention_command("privacy"), unfollow=mention_command("unfollow"), days=days))
    if not (followed.channel_id or is_alone):
        lines.append(_("-# Keep direct messages from this server open, or I can’t reach you."))
    show = ask_button(_("Show the answer"), owner) if answered is not None else []
    row = button_row(show, [unfollow_button(owner.asker, followed.follow_id)])
    card = Card(ui.Container(base.text_display("\n".join(lines))), *row)
    card.shows_videos = False
    return card


def _promise(followed: FollowedQuestion) -> str:
    """Return what will happen, as a text with a place for the videos."""
    if followed.channel_id:
        return (
            _("Once an import into {videos} brings an answer, even one that is only close, I post it in {channel}, at "
              "most once a day. Everybody there can read the question.")
            if followed.accepts_closest
            else _("Once an import into {videos} brings a clear answer, I post it in {channel}, at most once a day. "
                   "Everybody there can read the question.")
        )  # fmt: skip
    if followed.is_once:
        return _(
            "Once an import into {videos} brings a clear answer, I send it to you in a direct message. Then it ends."
        )
    if followed.accepts_closest:
        return _(
            "When an import into {videos} brings an answer, even one that is only close, I send it to you in a direct "
            "message: at most one a day."
        )
    return _(
        "When an import into {videos} brings a clear answer, I send it to you in a direct message: at most one a day."
    )


def answered_card(question: str, owner: Owner) -> Card:
    """Return the card that says that a question has got a clear answer by now, with a button that shows it."""
    words = _("There is an answer by now: {question}")
    shown = _italic(question, MAX_QUESTION_LENGTH)
    return Card(
        ui.Container(base.text_display(words.format(question=shown))),
        *button_row(ask_button(_("Show the answer"), owner)),
    )


def ended_card(question: str) -> Card:
    """Return the card that says that a question is no longer followed."""
    words = _("You no longer follow {question}").format(question=_italic(question, MAX_QUESTION_LENGTH))
    return Card(ui.Container(base.text_display(words)))


def follows_card(followed: Sequence[FollowedQuestion], owner: Owner, *, elsewhere: int = 0) -> Card:
    """Return what somebody follows, with a menu that ends one of them and a button that ends all of these.

    `elsewhere` is how many more they follow that are not shown here.
    """
    if not followed:
        lines = ["### " + _("You follow no question here")]
        how = _("{follow} keeps a question, and I tell you when an import answers it.")
        lines.append(how.format(follow=mention_command("follow")))
    else:
        shown, left = fit_lines(list(map(_list_line, followed)), LIST_ROOM)
        lines = ["### " + _("What you follow"), *shown]
        if left:
            more = ngettext("-# And {count} more, in the menu.", "-# And {count} more, in the menu.", left)
            lines.append(more.format(count=format_number(left)))
    if elsewhere:
        others = ngettext(
            "-# And {count} elsewhere: {unfollow} in a direct message to me lists all.",
            "-# And {count} elsewhere: {unfollow} in a direct message to me lists all.",
            elsewhere,
        )
        lines.append(others.format(count=format_number(elsewhere), unfollow=mention_command("unfollow")))
    return Card(ui.Container(base.text_display("\n".join(lines))), *(_ending_rows(followed, owner) if followed else []))


def _list_line(followed: FollowedQuestion) -> str:
    parts = [_name_videos(followed)]
    if followed.channel_id:
        parts.append(_("told in {channel}").format(channel=f"<#{followed.channel_id}>"))
    if followed.accepts_closest:
        parts.append(_("close answers too"))
    if followed.is_once:
        parts.append(_("told once"))
    parts.append(_("since {when}").format(when=relative_time(followed.made_at)))
    return f"- {' · '.join([_show_question(followed, MAX_LISTED_LENGTH), *parts])}"


def _ending_rows(followed: Sequence[FollowedQuestion], owner: Owner) -> list[Row]:
    options = [
        SelectOption(label=markdown.shorten(each.question, MAX_OPTION_LENGTH) or "…", value=str(each.follow_id))
        for each in followed[:MAX_OPTIONS]
    ]
    menu: ui.Select[Any] = ui.Select(
        custom_id=custom_id(END_VERB, owner), placeholder=pgettext("placeholder", "End one…"), options=options
    )
    end_all = make_button(END_ALL_VERB, pgettext("button", "End all"), owner, style=ButtonStyle.danger)
    return [ui.ActionRow(menu), *button_row([end_all] if len(followed) > 1 else [])]


def _show_question(followed: FollowedQuestion, length: int) -> str:
    """Return a question as it is shown, with what it is limited to."""
    limits = markdown.escape_to_fit(", ".join(followed.filters), MAX_LISTED_LENGTH)
    return _italic(followed.question, length) + (f" ({limits})" if limits else "")


def _italic(question: str, length: int) -> str:
    return f"*{markdown.escape_to_fit(question, length) or '…'}*"


def _name_videos(followed: FollowedQuestion) -> str:
    if followed.is_shared:
        return _("the shared videos")
    if followed.is_here:
        return _("this server’s videos")
    name = markdown.escape_to_fit(followed.server_name, MAX_NAME_LENGTH)
    return _("{server}’s videos").format(server=name) if name else _("another server’s videos")
