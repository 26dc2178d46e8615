"""What a server's people taught: the questions without an answer, and votes and questions as a file.

For whoever builds a command on it: `misses` and `export` take a server's id, and do not ask who wants to know.
`managing.managed_server` does.
"""

from __future__ import annotations

import asyncio
import io
import zipfile

import discord

from bot.discord_face.askers import Asker
from bot.discord_face.buttons import Pressed
from bot.discord_face.cards import Card
from bot.discord_face.cards_learning import misses_card
from bot.discord_face.controls import pressed
from bot.discord_face.desk import Desk
from bot.discord_face.managing import managed_server
from bot.discord_face.pace import Interaction, deliver
from bot.evaluating.feedback import feedback
from bot.evaluating.writing import contents
from storage import access

FILE_NAME = "cuepoint-questions.zip"


async def misses(desk: Desk, asker: Asker, server_id: int, page: int = 0) -> Card:
    """One page of what was asked of a server's library and not found."""
    return misses_card(await desk.ledger.misses(access.key_of(server_id)), asker.owner(), page)


async def export(desk: Desk, server_id: int) -> discord.File:
    """A server's votes and unanswered questions as a question set that `cuepoint evaluate` reads, zipped.

    Raises QuestionSetError where there is nothing to write.
    """
    questions = await feedback(desk.library, desk.ledger, access.own(server_id))
    packed = await asyncio.to_thread(_packed, {name: "".join(lines) for name, lines in contents(questions).items()})
    return discord.File(io.BytesIO(packed), FILE_NAME)


def _packed(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


class TurnMisses(Pressed, template=pressed("misses")):
    """Another page of what was not found, for those who manage the server."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        server_id = managed_server(interaction)
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, misses(desk, asker, server_id, self.number), delivery)
