"""What every button on a card has: whose card it is, what it shows, and who presses it."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.context import interaction_context, resolver
from bot.discord_app.interactions.handling import handle_interaction
from bot.discord_app.services.askers import Resolve, ResolvedAsker
from bot.discord_app.services.questions.button_state import EXPIRED, ButtonState, load_state
from bot.errors import PassageGone
from bot.localization import gettext as _

Control = ui.Button[Any] | ui.Select[Any]


class CardButton(ui.DynamicItem[Control], template=custom_id_pattern("no_such_verb")):
    """A button, or a menu, recognised by its custom_id: whose card it is on, the ledger's key, and a number."""

    records_use = True
    """Whether pressing it is remembered as using the bot in this server."""

    def __init__(self, item: Control, match: re.Match[str]) -> None:
        super().__init__(item)
        self.owner_id = int(match["asker"])
        self.key = match["key"]
        self.number = int(match["number"])

    @classmethod
    async def from_custom_id(cls, _interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Read what is in the custom_id."""
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button is for, and record that the user uses the bot in this server."""
        await handle_interaction(interaction, partial(self._act_and_record, interaction))

    async def _act_and_record(self, interaction: Interaction) -> None:
        await self.act(interaction)
        if self.records_use:
            await interaction.client.app.askers.record_sighting(interaction_context(interaction))

    async def act(self, interaction: Interaction) -> None:
        """Do what this button is for."""
        raise NotImplementedError

    def is_mine(self, interaction: Interaction) -> bool:
        """Return whether the card belongs to the user who pressed."""
        return interaction.user.id == self.owner_id

    async def load_state(self, interaction: Interaction, kind: type[ButtonState]) -> ButtonState:
        """Load what the card shows. Raises PassageGone where it has expired."""
        return await load_state(interaction.client.app.ledger, self.key, kind)

    def turning_resolver(self, interaction: Interaction, picked_server: int = 0) -> Resolve:
        """Return what resolves the user who pressed a button that changes its card.

        Another user than its owner gets a private copy, and the card stays as it is.
        """
        if not self.is_mine(interaction):
            return presser_resolver(interaction, picked_server, private=True)
        message = interaction.message
        private = message is not None and message.flags.ephemeral
        # A card that everyone sees contains only what everyone may see.
        return presser_resolver(interaction, picked_server, private=private, aloud=not private)


def presser_resolver(interaction: Interaction, picked_server: int, *, private: bool, aloud: bool = False) -> Resolve:
    """Return what resolves the user who pressed: what the card showed to another user does not count."""
    return resolver(interaction, private=private, picked=picked_server or "", aloud=aloud)


async def resolve_presser(interaction: Interaction, picked_server: int) -> ResolvedAsker:
    return await presser_resolver(interaction, picked_server, private=True)(interaction_context(interaction))


def chosen_value(interaction: Interaction) -> str:
    """Return what was chosen from a menu. Raises PassageGone for a press that chooses nothing."""
    data: Any = interaction.data
    values: list[str] = data.get("values", [])
    if not values:
        raise PassageGone(_(EXPIRED))
    return values[0]


def chosen_number(interaction: Interaction) -> float:
    """Return the number that was chosen in a menu. Raises PassageGone where none was, as in a forged press."""
    try:
        number = float(chosen_value(interaction))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise PassageGone(_(EXPIRED))
    return number
