"""A small bot which the tests of the local Discord run as a child process; it knows nothing of being tested."""

from __future__ import annotations

import io
import json
import os
import re
import time
from typing import Any

import discord
from discord import app_commands, ui

Interaction = discord.Interaction["Bot"]


class More(ui.DynamicItem[ui.Button[Any]], template=r"more:(?P<page>\d+)"):
    def __init__(self, page: int) -> None:
        self.page = page
        super().__init__(ui.Button(label=f"Page {page}", custom_id=f"more:{page}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: re.Match[str]) -> More:
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(view=card(f"page {self.page}", self.page + 1))


def card(text: str, page: int = 1) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    link: ui.Button[Any] = ui.Button(label="Watch", url="https://example.org/v?t=5")
    view.add_item(ui.Container(ui.Section(ui.TextDisplay(text), accessory=link), ui.Separator()))
    view.add_item(ui.ActionRow(More(page), ui.Button(label="Ask", custom_id="ask")))
    options = [discord.SelectOption(label=letter) for letter in "ab"]
    view.add_item(ui.ActionRow(ui.Select(custom_id="pick", options=options)))
    return view


class Form(ui.Modal, title="A form"):
    text = ui.Label[Any](text="Text", component=ui.TextInput(custom_id="text", required=False))
    file = ui.Label[Any](text="File", component=ui.FileUpload(custom_id="file", required=False))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        text, file = self.text.component, self.file.component
        assert isinstance(text, ui.TextInput)
        assert isinstance(file, ui.FileUpload)
        files = [(await item.read()).decode() for item in file.values]
        await interaction.response.send_message(f"{text.value} {files}", ephemeral=True)


class Bot(discord.Client):
    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        intents.message_content = "PRIVILEGED" in os.environ
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def setup_hook(self) -> None:
        self.add_dynamic_items(More)
        if "NO_SYNC" not in os.environ:
            await self.tree.sync()

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """The library would wait 5 s before it identifies again."""

    async def report(self, text: str) -> None:
        """Tells its owner in a direct message what it noticed, so that a test can wait for it."""
        if self.application is not None:
            await self.application.owner.send(text)

    async def on_resumed(self) -> None:
        await self.report("resumed")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.report(f"removed {guild.id}")

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        if message.content.startswith("raw "):
            await self.raw(message)
        elif message.guild is None or self.user in message.mentions:
            read = [(await item.read()).decode() for item in message.attachments]
            await message.reply(f"heard: {message.content} {read}")
        elif message.content == "":
            await self.report("a message without content")
        else:
            await self.report(f"read: {message.content}")

    async def on_thread_create(self, thread: discord.Thread) -> None:
        names = [tag.name for tag in thread.applied_tags]
        await self.report(f"{thread.type.name} {thread.name} in {thread.parent} {names}")

    async def raw(self, message: discord.Message) -> None:
        """Sends a body as it is told, which the library itself would never build."""
        method, path, body = message.content.removeprefix("raw ").split(" ", 2)
        try:
            answer = await self.http.request(discord.http.Route(method, path), json=json.loads(body))
        except discord.HTTPException as error:
            answer = {"status": error.status, "code": error.code, "text": error.text}
        await message.reply(json.dumps(answer)[:1900])

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data
        if data.get("custom_id") == "ask":
            await interaction.response.send_modal(Form())
        elif data.get("custom_id") == "pick":
            await interaction.response.defer()
            await interaction.edit_original_response(view=card("picked " + data["values"][0]))


bot = Bot()


@bot.tree.command()
async def ask(interaction: discord.Interaction, question: str, many: app_commands.Range[int, 1, 5] = 1) -> None:
    """Answers at once."""
    await interaction.response.send_message(view=card(f"{question} {many} {interaction.is_guild_integration()}"))


@ask.autocomplete("question")
async def suggest(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    count = 30 if current == "too many" else 2
    return [app_commands.Choice(name=f"{current} {number}", value=str(number)) for number in range(count)]


@bot.tree.command()
async def slow(interaction: discord.Interaction, hidden: bool = False, more: int = 1) -> None:
    """Thinks first."""
    await interaction.response.defer(ephemeral=hidden, thinking=True)
    await interaction.edit_original_response(view=card("thought"))
    for number in range(more):
        try:
            await interaction.followup.send(f"more {number}", ephemeral=True)
        except discord.HTTPException as error:
            await bot.report(f"follow-up {error.status} {error.code}")


@bot.tree.command()
async def block(interaction: discord.Interaction) -> None:
    """Keeps the loop busy past the deadline."""
    time.sleep(3.2)  # noqa: ASYNC251 - to block is the point.
    try:
        await interaction.response.send_message("late")
    except discord.NotFound as error:
        await bot.report(f"too late {error.code}")


@bot.tree.command()
async def read(interaction: discord.Interaction, file: discord.Attachment) -> None:
    """Reads a file, and sends it back in a card."""
    text = (await file.read()).decode()
    view = ui.LayoutView()
    view.add_item(ui.TextDisplay(text))
    view.add_item(ui.File("attachment://copy.txt"))
    await interaction.response.send_message(view=view, file=discord.File(io.BytesIO(text.encode()), "copy.txt"))


@bot.tree.context_menu(name="Explain")
async def explain(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"about {message.content}", ephemeral=True)


@bot.tree.command()
@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
async def twice(interaction: discord.Interaction) -> None:
    """Answers twice."""
    await interaction.response.send_message("once")
    # As after a lost answer: the library has forgotten that it answered.
    interaction.response._response_type = None
    try:
        await interaction.response.send_message("twice")
    except discord.HTTPException as error:
        await bot.report(f"double {error.status} {error.code}")


if __name__ == "__main__":
    bot.run(os.environ["TOKEN"])
