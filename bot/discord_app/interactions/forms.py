"""What people wrote and chose in a form. discord.py itself reads only forms that it keeps, so none after a restart."""

from __future__ import annotations

from typing import Any

from bot.discord_app.delivery.responses import Interaction


def read_fields(interaction: Interaction) -> dict[str, Any]:
    """Return what a submitted form says, by the custom_ids of its fields: a text where somebody wrote, and a list of
    texts where they chose."""
    data: Any = interaction.data
    fields = [label["component"] for label in data["components"] if "component" in label]
    return {field["custom_id"]: field.get("values", field.get("value")) for field in fields}
