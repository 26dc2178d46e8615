"""The buttons of an answer, and those that every card has."""

from __future__ import annotations

from dataclasses import replace

from bot.discord_app.cards.parts.base import notice_card
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, defer, delete_response, send_private
from bot.discord_app.interactions.card_button import CardButton, chosen_value, presser_resolver
from bot.discord_app.interactions.share_buttons import find_showing, withdraw_shared
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.questions.button_state import AnswerState
from bot.discord_app.services.questions.sharing import TO_NOBODY
from bot.localization import gettext as _


class TurnPage(CardButton, template=custom_id_pattern("page")):
    """Shows another page of an answer."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, AnswerState)
        resolve, questions = self.turning_resolver(interaction, state.inquiry.server), interaction.client.app.questions
        in_place = self.is_mine(interaction)
        showing = find_showing(interaction.message) if in_place else TO_NOBODY
        if in_place and state.is_shared:
            showing = replace(showing, sharer=interaction.user.display_name)
        await answer_in_turn(
            interaction,
            resolve,
            lambda asker: questions.turn_page(asker, state, self.number, in_place=in_place, showing=showing),
            in_place=in_place,
        )


class OpenPassage(CardButton, template=custom_id_pattern("open")):
    """Shows a passage by itself to any user who presses: the answer stays where it is."""

    async def act(self, interaction: Interaction) -> None:
        await _open_passage(self, interaction, self.number)


class PickPassage(CardButton, template=custom_id_pattern("pick")):
    """The menu that shows any of an answer's passages by itself."""

    async def act(self, interaction: Interaction) -> None:
        await _open_passage(self, interaction, int(chosen_value(interaction)))


async def _open_passage(button: CardButton, interaction: Interaction, number: int) -> None:
    state = await button.load_state(interaction, AnswerState)
    resolve = presser_resolver(interaction, state.inquiry.server, private=True)
    passages = interaction.client.app.passages
    await answer_in_turn(interaction, resolve, lambda asker: passages.open_passage(asker, state, number))


class DeleteAnswer(CardButton, template=custom_id_pattern("delete")):
    """Deletes a card, for its asker and for moderators."""

    async def act(self, interaction: Interaction) -> None:
        moderates = interaction.guild_id is not None and interaction.permissions.manage_messages
        if not self.is_mine(interaction) and not moderates:
            await send_private(interaction, notice_card(_("Only the one who asked, or a moderator, can delete this.")))
            return
        await defer(interaction, Delivery.IN_PLACE)
        if self.is_mine(interaction):
            await withdraw_shared(self, interaction)
        # The token of this press works for an old card too, and where the bot is not a member.
        await delete_response(interaction)
