"""The form that `/library import` opens, and what comes of it."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord_face.admission import require_moderator, require_served
from bot.discord_face.arrivals import is_repeated
from bot.discord_face.cards import notice
from bot.discord_face.cards_library import Reply
from bot.discord_face.librarian import Progress
from bot.discord_face.pace import Interaction, refuse
from bot.discord_face.places import librarian_of
from bot.discord_face.slow_replies import reply_slowly
from bot.discord_face.spoken import report
from bot.discord_face.uploads import MOST_FILES
from storage.models import Labels

OPEN_SECOND = 3600.0
"""How long a form may lie open."""
_TAKEN = "taken"


class ImportForm(ui.Modal):
    """Asks for the files of an import. What was typed after the command is kept here: a form lives for minutes.

    `let_in` says that its user was given the command without being allowed to manage the server.
    """

    def __init__(self, labels: Labels, *, replace_whole: bool, let_in: bool) -> None:
        super().__init__(title="Import into this server's library", timeout=OPEN_SECOND)
        self._labels = labels
        self._replace_whole = replace_whole
        self._let_in = let_in
        self._files = ui.FileUpload[Any](custom_id="files", min_values=1, max_values=MOST_FILES)
        described = "Captions (.srt, .vtt, .json3), tables (.csv, .jsonl, .parquet), a pasted page as .txt"
        self.add_item(ui.Label(text=f"Up to {MOST_FILES} files", description=described, component=self._files))

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether this form comes for the first time."""
        return not is_repeated(interaction)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Import the files, and tell of errors as commands do: the library would only log them."""
        interaction.client.in_flight.join()
        interaction.extras[_TAKEN] = True
        try:
            await self._import(interaction)
        except Exception as error:  # noqa: BLE001 - the one handler decides what is said
            await report(interaction, error)

    async def _import(self, interaction: Interaction) -> None:
        require_served(interaction)
        server_id = require_moderator(interaction, let_in=self._let_in)
        librarian, files = librarian_of(interaction), self._files.values
        progress = Progress(len(files))

        async def imported() -> Reply:
            largest = interaction.filesize_limit
            return await librarian.import_(
                server_id, files, self._labels, progress, largest=largest, replace_whole=self._replace_whole
            )

        await reply_slowly(interaction, imported, progress.card)


async def answer_forgotten(interaction: Interaction) -> None:
    """A form that lay open for too long, or while the bot was started anew: what was typed before it is gone."""
    # The form itself, if it is known, has had its turn with this very interaction by now.
    if interaction.type is discord.InteractionType.modal_submit and _TAKEN not in interaction.extras:
        await refuse(interaction, notice("I no longer know this form, and imported nothing. Please open it again."))
