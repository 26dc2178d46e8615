"""`/privacy`: what is kept about a person, for that person: to see, to take away, to have deleted."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.controls import custom_id_pattern
from bot.discord_app.cards.settings import privacy_card
from bot.discord_app.delivery.responses import Interaction, send_when_ready
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.buttons import CardButton
from bot.discord_app.interactions.context import delivery_of, resolve_asker
from storage.models import PersonalData

FILE_NAME = "cuepoint-about-me.json"


@app_commands.command()
async def privacy(interaction: Interaction) -> None:
    """Show what I keep about you, export it, or have it deleted."""
    personal_data = interaction.client.app.personal_data
    asker = await resolve_asker(interaction, private=True)

    async def make_card() -> Card:
        found = await personal_data.load(asker.user_id)
        servers = personal_data.server_names(found)
        return privacy_card(found, servers, asker.owner(), retention_days=personal_data.retention_days)

    await send_when_ready(interaction, make_card(), delivery_of(asker))


class Export(CardButton, template=custom_id_pattern("export")):
    """All that is kept about whoever presses, as a file for them alone."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        personal_data = interaction.client.app.personal_data
        found = await personal_data.load(interaction.user.id)
        content = export_json(found, personal_data.retention_days).encode()

        async def hand_over() -> None:
            file = discord.File(io.BytesIO(content), FILE_NAME)
            await interaction.response.send_message(file=file, ephemeral=True)

        await send_with_retries(hand_over, FIRST_RESPONSE_TIMEOUT_SECONDS)


def export_json(known: PersonalData, retention_days: float) -> str:
    """All that is kept about a person, as JSON."""
    told = {
        "kept_for_days": retention_days,
        "votes": [{**asdict(each.vote), "voted_at": _format_moment(each.voted_at)} for each in known.votes],
        "questions_without_a_clear_answer": [
            {**asdict(each), "last_asked": _format_moment(each.last_asked)} for each in known.misses
        ],
        "seen_in_servers": [
            {"server": str(each.server_id), "last_seen": _format_moment(each.last_seen)} for each in known.sightings
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _format_moment(second: float) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds")
