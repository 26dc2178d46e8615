"""The buttons that do what a command does: they lead on from a card."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_buttons import EXAMPLE_VERB, IN_PLACE, PRIVACY_VERB
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.card_button import CardButton, presser_resolver, resolve_presser
from bot.discord_app.interactions.turns import answer_in_turn, note_answer
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import Inquiry, QuestionState


class ShowPersonalData(CardButton, template=custom_id_pattern(PRIVACY_VERB)):
    """Shows what is kept about the user who presses. Looking at it adds nothing to it."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        asker = await resolve_presser(interaction, 0)
        await send_when_ready(interaction, interaction.client.app.personal_data.show(asker), Delivery.PRIVATE)


class AskQuestion(CardButton, template=custom_id_pattern("ask")):
    """Asks the question that a card offers, such as one that came too soon."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, QuestionState)
        questions = interaction.client.app.questions

        def answer(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
            make_card = questions.prepare_answer(asker, state.inquiry, as_timeline=state.as_timeline)
            return note_answer(interaction, asker, make_card)

        # Nobody makes others read an answer by pressing a button on somebody else's card.
        private = state.private or not self.is_mine(interaction)
        resolve = presser_resolver(interaction, state.inquiry.server, private=private)
        await answer_in_turn(interaction, resolve, answer, in_place=self.number == IN_PLACE)


class AskExample(CardButton, template=custom_id_pattern(EXAMPLE_VERB)):
    """Asks a question that the videos here answer, or the sample talks, for the user who presses alone."""

    async def act(self, interaction: Interaction) -> None:
        app = interaction.client.app

        async def answer(asker: ResolvedAsker) -> Card:
            if not (example := await app.conversation.find_example(asker)):
                return await app.conversation.show_help(asker, manages=asker.manages)
            trying = replace(asker, is_trying_example=True)
            make_card = app.questions.prepare_answer(trying, Inquiry(example), as_timeline=False)
            return await note_answer(interaction, asker, make_card)

        await answer_in_turn(interaction, presser_resolver(interaction, 0, private=True), answer)
