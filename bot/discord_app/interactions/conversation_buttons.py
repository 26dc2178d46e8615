"""The buttons of small cards, which lead on: to the list of videos, and to how to ask."""

from __future__ import annotations

from bot.discord_app.cards.parts.command_buttons import HELP_VERB, LIST_VERB
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.authorization import manages_server
from bot.discord_app.interactions.card_button import CardButton, resolve_presser
from bot.discord_app.services.questions.button_state import ALL_VIDEOS


class ListVideos(CardButton, template=custom_id_pattern(LIST_VERB)):
    """Lists the videos for the user who presses, and for them alone."""

    async def act(self, interaction: Interaction) -> None:
        asker = await resolve_presser(interaction, 0)
        coroutine = interaction.client.app.videos.list_videos(asker, 0, ALL_VIDEOS)
        await send_when_ready(interaction, coroutine, Delivery.PRIVATE)


class OpenHelp(CardButton, template=custom_id_pattern(HELP_VERB)):
    """Shows how to ask to the user who presses, and to them alone."""

    async def act(self, interaction: Interaction) -> None:
        asker = await resolve_presser(interaction, 0)
        coroutine = interaction.client.app.conversation.show_help(asker, manages=manages_server(interaction))
        await send_when_ready(interaction, coroutine, Delivery.PRIVATE)
