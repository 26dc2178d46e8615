"""The buttons of the list of videos, and of a video's transcript."""

from __future__ import annotations

from bot.discord_app.cards.parts.controls import NO_KEY, custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.card_button import CardButton
from bot.discord_app.interactions.context import delivery_of, interaction_context
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.questions.button_state import ALL_VIDEOS, TranscriptState, VideoListState


class TurnVideos(CardButton, template=custom_id_pattern("videos")):
    """Shows another page of the list of videos."""

    async def act(self, interaction: Interaction) -> None:
        state = ALL_VIDEOS if self.key == NO_KEY else await self.load_state(interaction, VideoListState)
        asker = await self.turning_resolver(interaction)(interaction_context(interaction))
        delivery = Delivery.IN_PLACE if self.is_mine(interaction) else delivery_of(asker)
        coroutine = interaction.client.app.videos.list_videos(asker, self.number, state)
        await send_when_ready(interaction, coroutine, delivery)


class TurnTranscript(CardButton, template=custom_id_pattern("read")):
    """Shows the words before (0) or after (1) the shown part of a transcript."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, TranscriptState)
        resolve, videos = self.turning_resolver(interaction), interaction.client.app.videos
        await answer_in_turn(
            interaction,
            resolve,
            lambda asker: videos.show_moment(asker, state, step=+1 if self.number else -1),
            in_place=self.is_mine(interaction),
        )
