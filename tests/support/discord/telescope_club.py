"""A club of stargazers on Discord: what its people do with the bot, as a process, and the account of what they read."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.discord.running_bot import button
from tests.support.discord.transcript import Transcript
from tests.support.local_discord import (
    BotProcess,
    Channel,
    Forum,
    Guild,
    Interaction,
    Json,
    LocalDiscord,
    Message,
    User,
)
from tests.support.local_discord.state import MESSAGE_CONTENT
from tests.support.project import PROJECT


@dataclass
class Club:
    """The server of Telescope Club, to which Mira invites the bot; and what everybody does and reads there."""

    server: LocalDiscord
    folder: Path
    told: Transcript
    guild: Guild
    general: Channel
    committee: Channel
    help: Forum
    mira: User
    ahead: float = 0.0
    people: dict[str, User] = field(default_factory=dict)

    def start(self) -> BotProcess:
        """The bot, to which it is as late as it is in the club. Not forked: those keep the true time."""
        settings = {
            "DISCORD_TOKEN": self.server.token,
            "CUEPOINT_DATA_DIR": str(self.folder / "data"),
            "CUEPOINT_MESSAGE_CONTENT": "yes",
            "CUEPOINT_COOLDOWN_SECONDS": "0",
            "LOCAL_DISCORD_CLOCK_AHEAD": str(self.ahead),
        }
        return BotProcess(self.server, [sys.executable, "-m", "bot", "serve"], settings, logs=self.folder, cwd=PROJECT)

    async def pass_over(self, bot: BotProcess, seconds: float, title: str) -> None:
        """The bot is stopped, and time passes until it is started again."""
        assert await bot.terminate() == 0
        self.ahead += seconds
        self.server.clock.advance(seconds)
        self.told.chapter(title)

    async def press(self, person: User, card: Json, label: str) -> Interaction:
        self.told.press(person, f"presses [{label}]")
        return await self.server.click(person, card, button(self.server, card, label))

    async def choose(self, person: User, card: Json, custom_id: str, value: Channel) -> Json:
        self.told.press(person, f"chooses #{value.name} in a menu")
        return await self.read(await self.server.select(person, card, custom_id, [value]))

    async def command(self, person: User, name: str, at: Channel, **options: Any) -> Json:
        written = "".join(f" {key}:{value}" for key, value in options.items())
        self.told.press(person, f"uses /{name}{written}")
        return await self.read(await self.server.slash(person, name, options, at=at))

    async def open_form(self, pressed: Interaction) -> None:
        self.told.read_form(await self.server.modal_of(pressed))

    async def send_form(self, opened: Interaction, deed: str, **values: Any) -> Json:
        self.told.press(opened.asker, f"sends the form: {deed}")
        return await self.read(await self.server.submit_modal(opened, values))

    async def say(self, person: User, channel: Channel, words: str, **more: Any) -> Message:
        place = f"in #{channel.name}" if channel.guild else "in a direct message"
        deed = "replies to that" if more else "writes"
        self.told.press(person, f"{deed} {place}: {words.replace(self.server.bot_user.mention, '@Cuepoint')}")
        return await self.server.say(person, channel, words, **more)

    async def read(self, sent: Interaction) -> Json:
        """What stands in front of somebody once nothing more changes."""
        card = await self.server.reply_to(sent)
        self.told.read_card(card)
        return card

    async def read_answer(self, message: Message) -> Json:
        card = (await self.server.answer_to(message)).payload()
        self.told.read_card(card)
        return card

    def direct_messages(self, person: User) -> list[Message]:
        return self.server.messages_in(self.server.dm(person))

    def write(self) -> None:
        """What everybody did and read: into the folder of the test, and where the environment says."""
        for path in (self.folder / "transcript.txt", os.environ.get("CUEPOINT_TRANSCRIPT", "")):
            if path:
                Path(path).write_text(self.told.text, encoding="utf-8")


def telescope_club(server: LocalDiscord, folder: Path) -> Club:
    """The club, to which nobody has invited the bot so far; its data go into a folder."""
    server.world.privileged_allowed = MESSAGE_CONTENT
    mira = server.add_user("Mira")
    guild = server.add_guild("Telescope Club", installed=False, owner=mira)
    general, committee = server.add_channel(guild, "general"), server.add_channel(guild, "committee")
    guild.system_channel = general
    forum = server.add_forum(guild, "questions", "Equipment", "✅ Solved")
    club = Club(server, folder, Transcript(server), guild, general, committee, forum, mira)
    for name in ("Noor", "Theo", "Pia", "Sam", "Ines"):
        club.people[name] = server.add_user(name)
        server.add_member(guild, club.people[name])
    return club
