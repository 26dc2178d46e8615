"""The buttons of cards in forums: whether the answer to a post was it, and to ask the videos from there."""

from __future__ import annotations

import logging
from dataclasses import replace

import discord
from discord import ui

from bot.discord_app.cards import forum as forum_cards
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.cards.question_form import question_form
from bot.discord_app.delivery.responses import (
    Delivery,
    Interaction,
    defer,
    delete_response,
    send_private,
    send_when_ready,
)
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.card_button import CardButton, presser_resolver
from bot.discord_app.interactions.context import interaction_context
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.forums.solved_tags import mark_solved
from bot.discord_app.services.questions.button_state import AnswerState, PassageState
from bot.errors import BotError
from bot.operations.safe_traceback import describe_error
from storage.errors import StorageError
from storage.models import Verdict

log = logging.getLogger("cuepoint.discord")


class AcceptAnswer(CardButton, template=custom_id_pattern(forum_cards.SOLVED_VERB)):
    """Says that the answer to a post was it: counts as a vote for its first quote, and marks the post as solved."""

    async def act(self, interaction: Interaction) -> None:
        if not _may_judge(self, interaction):
            await send_private(interaction, forum_cards.not_yours_card())
            return
        await send_when_ready(interaction, self._accept(interaction), Delivery.IN_PLACE)

    async def _accept(self, interaction: Interaction) -> Card:
        await self._save_vote(interaction)
        post = await _find_post(interaction)
        tag = await mark_solved(post) if post is not None else ""
        assert interaction.message is not None  # the one with the button
        return forum_cards.close_card(ui.LayoutView.from_message(interaction.message), tag)

    async def _save_vote(self, interaction: Interaction) -> None:
        """Count a vote for the first quote, unless its video is gone by now, or too much time has passed."""
        try:
            state = await self.load_state(interaction, AnswerState)
            asker = await _resolve_publicly(interaction)
            # What others are suggested is its title.
            passage = PassageState(replace(state.inquiry, context=""), state.spots[0])
            await interaction.client.app.passages.save_vote(asker, passage, Verdict.HELPFUL)
        except (BotError, StorageError) as error:
            log.info("an accepted answer was not counted: %s", describe_error(error))


class RejectAnswer(CardButton, template=custom_id_pattern(forum_cards.UNSOLVED_VERB)):
    """Says that the answer to a post was not it: deletes it, and notes the post as one without an answer."""

    async def act(self, interaction: Interaction) -> None:
        if not _may_judge(self, interaction):
            await send_private(interaction, forum_cards.not_yours_card())
            return
        await defer(interaction, Delivery.IN_PLACE)
        # The token of this press works for an old card too.
        await delete_response(interaction)
        await self._record_miss(interaction)

    async def _record_miss(self, interaction: Interaction) -> None:
        try:
            state = await self.load_state(interaction, AnswerState)
            asker = await _resolve_publicly(interaction)
        except BotError as error:
            log.info("a rejected answer was not counted: %s", describe_error(error))
        else:
            await interaction.client.app.forums.record_miss(asker, state.inquiry)


class FindInForum(CardButton, template=custom_id_pattern(forum_cards.FIND_VERB)):
    """Opens the form of a question, whose answer only the one who asks sees."""

    async def act(self, interaction: Interaction) -> None:
        form = question_form(Owner(interaction.user.id), "")
        await send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS)


def _may_judge(button: CardButton, interaction: Interaction) -> bool:
    """Return whether a user wrote the post that was answered, or moderates the forum."""
    rights = interaction.permissions
    return button.is_mine(interaction) or rights.manage_messages or rights.manage_threads


async def _resolve_publicly(interaction: Interaction) -> ResolvedAsker:
    """Resolve the user who pressed as the post was answered: with what everyone in the forum may see."""
    return await presser_resolver(interaction, 0, private=False, aloud=True)(interaction_context(interaction))


async def _find_post(interaction: Interaction) -> discord.Thread | None:
    """Return the post with its tags as they are now: Discord says little of a channel with a press."""
    if interaction.guild is None or interaction.channel_id is None:
        return None
    if (post := interaction.guild.get_thread(interaction.channel_id)) is not None:
        return post
    try:
        found = await interaction.client.fetch_channel(interaction.channel_id)
    except discord.HTTPException as error:
        log.info("a post could not be looked at: %s", describe_error(error))
        return None
    return found if isinstance(found, discord.Thread) else None


FORUM_BUTTONS: tuple[type[CardButton], ...] = (AcceptAnswer, RejectAnswer, FindInForum)
