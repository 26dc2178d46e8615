"""What the bot needs the content of messages for, which Discord sends only with an intent: to read forum posts."""

from __future__ import annotations

from bot.localization import gettext as _
from storage.models import ServerSettings

INTENT = "Message Content"
"""The name of the intent in Discord's developer portal."""
SWITCH_IN_PORTAL = (
    "switch on Message Content Intent on the page Bot of your application (https://discord.com/developers/applications)"
)


def forum_problem(settings: ServerSettings, *, reads_content: bool) -> str:
    """Return why posts in the forums that a server has chosen are not answered, and what to do; "" where they are, or
    where it has chosen none. `reads_content` is whether the bot gets the content of messages."""
    if reads_content or not settings.forums:
        return ""
    return _(
        "Forum posts can’t be read: whoever hosts me must switch on the Message Content intent and set "
        "CUEPOINT_MESSAGE_CONTENT=yes."
    )
