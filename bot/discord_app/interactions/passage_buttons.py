"""The buttons of a passage that is shown by itself: to read on, and to vote on it."""

from __future__ import annotations

from dataclasses import replace

from bot.discord_app.cards.parts import controls
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.authorization import manages_server
from bot.discord_app.interactions.card_button import CardButton, resolve_presser
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.questions.button_state import PassageState
from bot.localization import gettext as _
from storage.models import Verdict


class Earlier(CardButton, template=custom_id_pattern("earlier")):
    """Shows what is said before what is shown of a passage."""

    async def act(self, interaction: Interaction) -> None:
        await _read_on(self, interaction, -1)


class Later(CardButton, template=custom_id_pattern("later")):
    """Shows what is said after what is shown of a passage."""

    async def act(self, interaction: Interaction) -> None:
        await _read_on(self, interaction, +1)


class BackToQuote(CardButton, template=custom_id_pattern("back")):
    """Shows a passage again as it was opened."""

    async def act(self, interaction: Interaction) -> None:
        await _read_on(self, interaction, 0)


async def _read_on(button: CardButton, interaction: Interaction, step: int) -> None:
    state = await button.load_state(interaction, PassageState)
    if not step:
        state = replace(state, shown=None)
    resolve, passages = button.turning_resolver(interaction, state.inquiry.server), interaction.client.app.passages
    await answer_in_turn(
        interaction,
        resolve,
        lambda asker: passages.show_passage(asker, state, step=step),
        in_place=button.is_mine(interaction),
    )


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
        helpful = verdict is Verdict.HELPFUL
        if not helpful and manages_server(interaction):
            await interaction.client.app.suggestions.withhold_question(interaction.guild_id or 0, state.inquiry.wording)
        told = _("Thank you. Counted as helpful.") if helpful else _("Thank you. Counted as not helpful.")
        return notice_card(told, *controls.withdraw_row(Owner(asker.user_id, button.key)))

    await send_when_ready(interaction, count_vote(), Delivery.PRIVATE)


class WithdrawVote(CardButton, template=custom_id_pattern("withdraw")):
    """Takes a vote back."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, PassageState)
        asker = await resolve_presser(interaction, state.inquiry.server)

        async def withdraw_vote() -> Card:
            await interaction.client.app.passages.withdraw_vote(asker, state)
            return notice_card(_("Your vote is taken back."))

        await send_when_ready(interaction, withdraw_vote(), Delivery.IN_PLACE)
