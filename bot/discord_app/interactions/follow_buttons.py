"""The buttons that follow a question, and that end it. The one who presses changes only what they follow themselves."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from bot.discord_app.cards.follows import END_ALL_VERB, END_VERB
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.command_buttons import TELL_ME_VERB, UNFOLLOW_VERB
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_private, send_when_ready
from bot.discord_app.interactions.card_button import CardButton, chosen_number, presser_resolver
from bot.discord_app.interactions.context import interaction_context
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.follows.follow_service import FollowWish
from bot.discord_app.services.follows.follow_target import require_target
from bot.discord_app.services.questions.button_state import AnswerState
from bot.discord_app.services.questions.follow_ups import parse_inquiry
from bot.localization import gettext as _


class FollowOnce(CardButton, template=custom_id_pattern(TELL_ME_VERB)):
    """Follows the question of an answer's card once, for the user who presses, with what they themselves may see."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, AnswerState)
        follows, who = interaction.client.app.follows, interaction_context(interaction)

        def keep(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
            library, locale = require_target(asker.follow_target), str(interaction.locale)
            wish = FollowWish(state.inquiry, library, locale, is_once=True)
            return follows.follow(asker, who, wish, parse_inquiry(state.inquiry))

        resolve = presser_resolver(interaction, state.inquiry.server, private=True)
        await answer_in_turn(interaction, resolve, keep)


class Unfollow(CardButton, template=custom_id_pattern(UNFOLLOW_VERB)):
    """Ends the follow whose number it has, for the user alone who follows."""

    async def act(self, interaction: Interaction) -> None:
        if not self.is_mine(interaction):
            await send_private(interaction, notice_card(_("Only the person who follows this can end it.")))
            return
        ending = interaction.client.app.follows.end_follow(interaction_context(interaction), self.number)
        await send_when_ready(interaction, ending, Delivery.PRIVATE)


class EndFollow(CardButton, template=custom_id_pattern(END_VERB)):
    """The menu that ends one of the follows that the user is shown."""

    async def act(self, interaction: Interaction) -> None:
        follows, who, chosen = (
            interaction.client.app.follows,
            interaction_context(interaction),
            chosen_number(interaction),
        )

        async def end_and_list() -> Card:
            await follows.end_follow(who, int(chosen))
            return await follows.list_follows(who, Owner(interaction.user.id, private=True))

        await send_when_ready(interaction, end_and_list(), Delivery.IN_PLACE)


class EndAllFollows(CardButton, template=custom_id_pattern(END_ALL_VERB)):
    """Ends all the follows that the user is shown where they are."""

    async def act(self, interaction: Interaction) -> None:
        ending = interaction.client.app.follows.end_all_follows(interaction_context(interaction))
        await send_when_ready(interaction, ending, Delivery.IN_PLACE)


FOLLOW_ITEMS: tuple[type[CardButton], ...] = (FollowOnce, Unfollow, EndFollow, EndAllFollows)
"""All buttons and menus of what people follow."""
