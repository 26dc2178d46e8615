"""The tag with which a forum marks a post as solved, as people call it in the languages that the bot speaks."""

from __future__ import annotations

import logging
import re

import discord

from bot.discord_app.delivery.retries import DeliveryUnknown, send_with_retries
from bot.operations.safe_traceback import describe_error

log = logging.getLogger("cuepoint.discord")
MAX_TAGS = 5
"""Tags that Discord lets a post have."""
_SOLVED = (
    *("solved", "resolved", "answered", "done"),
    *("gelöst", "geklärt", "beantwortet", "erledigt"),
    *("résolu", "résolue", "répondu", "répondue", "terminé"),
    *("resuelto", "resuelta", "solucionado", "solucionada", "respondido", "respondida", "contestado", "hecho"),
    *("resolvido", "resolvida", "respondida", "concluído", "feito"),
    *("解決済み", "解決済", "解決", "回答済み", "回答済", "完了"),
)
"""What such a tag is called, apart from signs around it, such as an emoji. Of two in a forum the first here counts."""
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def find_solved_tag(tags: list[discord.ForumTag]) -> discord.ForumTag | None:
    """Return the tag of a forum that says that a post is solved, or None where it has none."""
    named = {_AROUND.sub("", tag.name).casefold(): tag for tag in reversed(tags)}
    return next((named[name] for name in _SOLVED if name in named), None)


async def mark_solved(thread: discord.Thread) -> str:
    """Give a post the tag that says that it is solved, where its forum has one and the bot may.

    Returns the name of the tag, "" where the post has not got it.
    """
    forum, me = thread.parent, thread.guild.me
    if not isinstance(forum, discord.ForumChannel) or not me or not thread.permissions_for(me).manage_threads:
        return ""
    tag = find_solved_tag(list(forum.available_tags))
    applied = thread.applied_tags
    if tag is None or tag in applied or len(applied) >= MAX_TAGS or thread.archived or thread.locked:
        return ""
    try:
        await send_with_retries(lambda: thread.edit(applied_tags=[*applied, tag]))
    except (DeliveryUnknown, discord.HTTPException) as error:
        log.info("a post could not be marked as solved: %s", describe_error(error))
        return ""
    return tag.name
