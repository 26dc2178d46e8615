"""What people did and read, word for word, as a text for people who were not there."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.support.local_discord import Json, LocalDiscord, Message, User
from tests.support.local_discord.api import limits

_DAY = 86400.0
_FORM_FIELDS = {4: "text", 19: "files", 22: "checkboxes"}
_RELATIVE = ((_DAY, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))


class Transcript:
    """Writes down what happens from the invitation on, each step with its time, and counts everybody's presses.

    `server` has the names behind the ids in the texts.
    """

    def __init__(self, server: LocalDiscord) -> None:
        self._server = server
        self._began = 0.0
        self._lines: list[str] = []
        self.presses: Counter[User] = Counter()

    @property
    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    @property
    def seconds(self) -> float:
        """How long ago the first step was, the days that were passed over not counted."""
        return time.monotonic() - self._began

    def begin(self, deed: str) -> None:
        """What happens first: from here the seconds are counted."""
        self._began = time.monotonic()
        self.happen(deed)

    def chapter(self, title: str) -> None:
        self._lines += ["", f"== {title} =="]

    def happen(self, deed: str) -> None:
        """Somebody does something, or something comes to pass."""
        self._lines += ["", f"{self.seconds:6.1f} s  {deed}"]

    def press(self, person: User, deed: str) -> None:
        """Somebody presses something, uses a command, writes or sends a form."""
        self.presses[person] += 1
        self.happen(f"{person.name} {deed}")

    def note(self, words: str) -> None:
        self._lines += ["", words]

    def read_card(self, card: Json) -> None:
        """What stands in front of people: in their channel, or of one of them alone."""
        message = self._server.world.messages[int(card["id"])]
        self._lines.append(f"          {self._audience(message)}")
        self._lines += [f"          │ {line}" for part in _shown(card) for line in self._names(part).splitlines()]

    def read_form(self, form: Json) -> None:
        self._lines.append(f"          The form “{form['title']}” opens")
        for label in form["components"]:
            field = label["component"]
            described = f" — {label['description']}" if label.get("description") else ""
            kind = _FORM_FIELDS.get(field["type"], "menu")
            self._lines.append(f"          │ {label['label']} ({kind}){described}")

    def _audience(self, message: Message) -> str:
        if message.ephemeral and message.asker is not None:
            return f"Only {message.asker.name} sees:"
        channel = message.channel
        if channel.guild is None:
            return f"{' and '.join(_others(channel.recipients, self._server.bot_user))} reads in a direct message:"
        kind = "In the post" if channel.is_thread else "In"
        name = f"“{channel.name}”" if channel.is_thread else f"#{channel.name}"
        return f"{kind} {name} everybody reads:"

    def _names(self, text: str) -> str:
        """A text with names in place of ids, as Discord shows it."""
        world = self._server.world
        text = re.sub(r"</([^:>]+):\d+>", r"/\1", text)
        text = re.sub(r"<#(\d+)>", lambda found: f"#{world.channels[int(found[1])].name}", text)
        text = re.sub(r"<@!?(\d+)>", lambda found: f"@{world.users[int(found[1])].name}", text)
        return re.sub(r"<t:(\d+)(?::(\w))?>", lambda found: self._time(int(found[1]), found[2] or "f"), text)

    def _time(self, moment: int, style: str) -> str:
        if style != "R":
            return datetime.fromtimestamp(moment, UTC).strftime("%d/%m/%Y" if style in "dD" else "%d/%m/%Y %H:%M")
        away = moment - self._server.clock.now()
        if abs(away) < 1.0:
            return "now"
        size, unit = next((each for each in _RELATIVE if abs(away) >= each[0]), _RELATIVE[-1])
        count = round(abs(away) / size)
        words = f"{count} {unit}{'' if count == 1 else 's'}"
        return f"in {words}" if away > 0 else f"{words} ago"


def _others(people: list[User], bot: User) -> list[str]:
    return [person.name for person in people if person is not bot]


def _shown(card: Json) -> Iterator[str]:
    """The texts of a card from top to bottom, each row of buttons on a line."""
    if card.get("content"):
        yield card["content"]
    for _, part in limits.walk(card["components"]):
        match part["type"]:
            case limits.TEXT_DISPLAY:
                yield part["content"]
            case limits.ACTION_ROW:
                yield " ".join(map(_pressable, part["components"]))
            case limits.MEDIA_GALLERY:
                yield "(a picture)"
            case limits.FILE:
                yield "(a file)"


def _pressable(part: Json) -> str:
    if part["type"] != limits.BUTTON:
        return f"[{part.get('placeholder') or 'Choose'} ▾]"
    name = " ".join(filter(None, [(part.get("emoji") or {}).get("name"), part.get("label")]))
    return f"({name})" if part.get("disabled") else f"[{name}]"
