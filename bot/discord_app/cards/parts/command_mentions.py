"""Commands in texts, which Discord shows as links that begin the command, in the reader's own language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

from bot.localization import pgettext

NAMED_IN_SENTENCES = (
    "ask",
    "follow",
    "help",
    "library import",
    "library stats",
    "library undo",
    "privacy",
    "settings",
    "unfollow",
    "videos",
)
"""The commands that sentences name as they are typed: errors, whose texts are read at other places than cards, too."""
_NAMED = re.compile(
    rf"“[^”]*”|„[^“]*“|«[^»]*»|「[^」]*」|(?<![\w/:<\\])/(?P<name>{'|'.join(NAMED_IN_SENTENCES)})(?![\w/:-])", re.ASCII
)
"""A command that a sentence names; or what somebody else wrote, which stands in quotation marks."""
_ids: ContextVar[Mapping[str, int]] = ContextVar("command_ids", default=MappingProxyType({}))


def set_command_ids(ids: Mapping[str, int]) -> None:
    """Mention commands by these ids, by the name of the command, in this task and those that it starts."""
    _ids.set(ids)


def mention_command(name: str) -> str:
    """Return a command, such as `ask` or `library import`, as what can be pressed; in bold where its id is unknown."""
    number = _ids.get().get(name.split()[0])
    return f"**/{name}**" if number is None else f"</{name}:{number}>"


def mention_named_commands(escaped: str) -> str:
    """Return an escaped text with the commands that it names, such as /library import, as what can be pressed.

    What stands in quotation marks is left as it is. Text that closes them itself gets no more from this than a mention
    of one of these commands, which are the bot's own.
    """
    return _NAMED.sub(lambda found: mention_command(found["name"]) if found["name"] else found[0], escaped)


def option_name(name: str) -> str:
    """Return the name of an option of a command as the reader of the text sees it."""
    return pgettext("option", name)
