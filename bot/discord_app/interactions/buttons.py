"""What pressing a button does. Its state is in the custom_id and the ledger, so buttons work after a restart."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.cards import controls
from bot.discord_app.cards.base import Card, notice_card
from bot.discord_app.cards.controls import NO_KEY, Owner, custom_id_pattern
from bot.discord_app.delivery.responses import (
    Delivery,
    Interaction,
    defer,
    delete_response,
    send_private,
    send_when_ready,
)
from bot.discord_app.interactions.context import delivery_of, interaction_context, resolver
from bot.discord_app.interactions.handling import handle_interaction
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.asker_resolver import Resolve, ResolvedAsker
from bot.discord_app.services.button_state import (
    ALL_VIDEOS,
    AnswerState,
    ButtonState,
    PassageState,
    TranscriptState,
    VideoListState,
    load_state,
)
from storage.models import Verdict

Button = ui.Button[Any]


class CardButton(ui.DynamicItem[Button], template=custom_id_pattern("no_such_verb")):
    """A button recognised by its custom_id: whose card it is on, the ledger's key, and a number."""

    records_use = True
    """Whether pressing it is remembered as using the bot in this server."""

    def __init__(self, item: Button, match: re.Match[str]) -> None:
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
            return _presser_resolver(interaction, picked_server, private=True)
        message = interaction.message
        private = message is not None and message.flags.ephemeral
        # A card that everyone sees contains only what everyone may see.
        return _presser_resolver(interaction, picked_server, private=private, aloud=not private)


def _presser_resolver(interaction: Interaction, picked_server: int, *, private: bool, aloud: bool = False) -> Resolve:
    """Return what resolves the user who pressed: what the card showed to another user does not count."""
    return resolver(interaction, private=private, picked=picked_server or "", aloud=aloud)


async def _resolve_presser(interaction: Interaction, picked_server: int) -> ResolvedAsker:
    return await _presser_resolver(interaction, picked_server, private=True)(interaction_context(interaction))


class TurnPage(CardButton, template=custom_id_pattern("page")):
    """Shows another page of an answer."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, AnswerState)
        resolve, questions = self.turning_resolver(interaction, state.inquiry.server), interaction.client.app.questions
        await answer_in_turn(
            interaction,
            resolve,
            lambda asker: questions.turn_page(asker, state, self.number),
            in_place=self.is_mine(interaction),
        )


class TurnVideos(CardButton, template=custom_id_pattern("videos")):
    """Shows another page of the list of videos."""

    async def act(self, interaction: Interaction) -> None:
        state = ALL_VIDEOS if self.key == NO_KEY else await self.load_state(interaction, VideoListState)
        asker = await self.turning_resolver(interaction)(interaction_context(interaction))
        delivery = Delivery.IN_PLACE if self.is_mine(interaction) else delivery_of(asker)
        coroutine = interaction.client.app.questions.list_videos(asker, self.number, state)
        await send_when_ready(interaction, coroutine, delivery)


class OpenPassage(CardButton, template=custom_id_pattern("open")):
    """Shows a passage by itself to any user who presses: the answer stays where it is."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, AnswerState)
        resolve = _presser_resolver(interaction, state.inquiry.server, private=True)
        questions = interaction.client.app.questions
        await answer_in_turn(interaction, resolve, lambda asker: questions.open_passage(asker, state, self.number))


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
    resolve, questions = button.turning_resolver(interaction, state.inquiry.server), interaction.client.app.questions
    await answer_in_turn(
        interaction,
        resolve,
        lambda asker: questions.show_passage(asker, state, step=step),
        in_place=button.is_mine(interaction),
    )


class TurnTranscript(CardButton, template=custom_id_pattern("read")):
    """Shows the words before (0) or after (1) the shown part of a transcript."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, TranscriptState)
        resolve, questions = self.turning_resolver(interaction), interaction.client.app.questions
        await answer_in_turn(
            interaction,
            resolve,
            lambda asker: questions.show_moment(asker, state, step=+1 if self.number else -1),
            in_place=self.is_mine(interaction),
        )


class Share(CardButton, template=custom_id_pattern("share")):
    """Shows a private passage to everyone in the channel."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, PassageState)
        questions = interaction.client.app.questions

        def share(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
            questions.check_cooldown(asker)
            return questions.show_passage(asker, state, shared_by=interaction.user.display_name)

        resolve = _presser_resolver(interaction, state.inquiry.server, private=False, aloud=True)
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
    asker = await _resolve_presser(interaction, state.inquiry.server)

    async def count_vote() -> Card:
        await interaction.client.app.questions.save_vote(asker, state, verdict)
        word = "helpful" if verdict is Verdict.HELPFUL else "not helpful"
        rows = controls.withdraw_row(Owner(asker.user_id, button.key))
        return notice_card(f"Thank you. Counted as {word}.", *rows)

    await send_when_ready(interaction, count_vote(), Delivery.PRIVATE)


class WithdrawVote(CardButton, template=custom_id_pattern("withdraw")):
    """Takes a vote back."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, PassageState)
        asker = await _resolve_presser(interaction, state.inquiry.server)

        async def withdraw_vote() -> Card:
            await interaction.client.app.questions.withdraw_vote(asker, state)
            return notice_card("Your vote is taken back.")

        await send_when_ready(interaction, withdraw_vote(), Delivery.IN_PLACE)


class DeletePersonalData(CardButton, template=custom_id_pattern("forget")):
    """Deletes everything that is kept about the user who presses."""

    records_use = False

    async def act(self, interaction: Interaction) -> None:
        async def delete_entries() -> Card:
            count = await interaction.client.app.personal_data.delete(interaction.user.id)
            entries = f"{count} {'entry' if count == 1 else 'entries'}"
            return notice_card(f"Deleted: {entries} about you. Nothing else is kept.")

        await send_when_ready(interaction, delete_entries(), Delivery.PRIVATE)


class DeleteAnswer(CardButton, template=custom_id_pattern("delete")):
    """Deletes a card, for its asker and for moderators."""

    async def act(self, interaction: Interaction) -> None:
        moderates = interaction.guild_id is not None and interaction.permissions.manage_messages
        if not self.is_mine(interaction) and not moderates:
            await send_private(interaction, notice_card("Only the one who asked, or a moderator, can delete this."))
            return
        await defer(interaction, Delivery.IN_PLACE)
        # The token of this press works for an old card too, and where the bot is not a member.
        await delete_response(interaction)


BUTTONS: tuple[type[CardButton], ...] = (
    TurnPage,
    TurnVideos,
    OpenPassage,
    Earlier,
    Later,
    TurnTranscript,
    Share,
    VoteHelpful,
    VoteNotHelpful,
    WithdrawVote,
    DeletePersonalData,
    DeleteAnswer,
)


def is_unknown_button(interaction: Interaction, items: Iterable[type[ui.DynamicItem[Any]]]) -> bool:
    """Return whether a button was pressed that none of these items recognises, such as one of an earlier version."""
    if interaction.type is not discord.InteractionType.component:
        return False
    data: Any = interaction.data
    known = (button.__discord_ui_compiled_template__ for button in items)
    return not any(pattern.fullmatch(data["custom_id"]) for pattern in known)


async def report_unknown_button(interaction: Interaction) -> None:
    """Tell the user that the bot no longer knows the button, and what to do."""
    await send_private(interaction, notice_card("This button is from an earlier version of me. Please ask again."))
