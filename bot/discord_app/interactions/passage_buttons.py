"""The buttons of a passage that is shown by itself: to read on, to share it, and to vote on it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.authorization import manages_server
from bot.discord_app.interactions.card_button import CardButton, presser_resolver, resolve_presser
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.questions.button_state import PassageState
from storage.models import Verdict


class Earlier(CardButton, template=custom_id_pattern("earlier")):
    """Widens a passage by what is said before it."""

    async def act(self, interaction: Interaction) -> None:
        await _widen(self, interaction, -1)


class Later(CardButton, template=custom_id_pattern("later")):
    """Widens a passage by what is said after it."""

    async def act(self, interaction: Interaction) -> None:
        await _widen(self, interaction, +1)


async def _widen(button: CardButton, interaction: Interaction, step: int) -> None:
    state = await button.load_state(interaction, PassageState)
    resolve, passages = button.turning_resolver(interaction, state.inquiry.server), interaction.client.app.passages
    await answer_in_turn(
        interaction,
        resolve,
        lambda asker: passages.show_passage(asker, state, step=step),
        in_place=button.is_mine(interaction),
    )


class Share(CardButton, template=custom_id_pattern("share")):
    """Shows a private passage to everyone in the channel."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, PassageState)
        passages = interaction.client.app.passages

        def share(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
            passages.check_cooldown(asker)
            return passages.show_passage(asker, state, shared_by=interaction.user.display_name)

        resolve = presser_resolver(interaction, state.inquiry.server, private=False, aloud=True)
        await answer_in_turn(interaction, resolve, share)


class VoteHelpful(CardButton, template=custom_id_pattern("helpful")):
    """Votes for a passage."""

    async def act(self, interaction: Interaction) -> None:
        await _record_vote(self, interaction, Verdict.HELPFUL)


class VoteNotHelpful(CardButton, template=custom_id_pattern("unhelpful")):
    """Votes against a passage."""

    async def act(self, interaction: Interaction) -> None:
        await _record_vote(self, interaction, Verdict.NOT_HELPFUL)


async def _record_vote(button: CardButton, interaction: Interaction, verdict: Verdict) -> None:
    state = await button.load_state(interaction, PassageState)
    asker = await resolve_presser(interaction, state.inquiry.server)

    async def count_vote() -> Card:
        await interaction.client.app.passages.save_vote(asker, state, verdict)
        if verdict is Verdict.NOT_HELPFUL and manages_server(interaction):
            await interaction.client.app.suggestions.withhold_question(interaction.guild_id or 0, state.inquiry.text)
        word = "helpful" if verdict is Verdict.HELPFUL else "not helpful"
        rows = controls.withdraw_row(Owner(asker.user_id, button.key))
        return notice_card(f"Thank you. Counted as {word}.", *rows)

    await send_when_ready(interaction, count_vote(), Delivery.PRIVATE)


class WithdrawVote(CardButton, template=custom_id_pattern("withdraw")):
    """Takes a vote back."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, PassageState)
        asker = await resolve_presser(interaction, state.inquiry.server)

        async def withdraw_vote() -> Card:
            await interaction.client.app.passages.withdraw_vote(asker, state)
            return notice_card("Your vote is taken back.")

        await send_when_ready(interaction, withdraw_vote(), Delivery.IN_PLACE)
