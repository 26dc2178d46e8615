"""The buttons that show to everyone in a channel what only one person sees: a quote, or a whole answer."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Coroutine, Iterator
from typing import Any

import aiohttp
import discord
from discord import ui

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.delivery.retries import DeliveryUnknown, send_with_retries
from bot.discord_app.interactions.card_button import CardButton, presser_resolver
from bot.discord_app.interactions.turns import MakeCard, answer_in_turn
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import AnswerState, PassageState
from bot.discord_app.services.questions.sharing import Recipient, Showing
from bot.errors import PassageGone
from bot.localization import pgettext

_SHARES = re.compile(r"cue:(?:share|shareanswer|showto):.*")
_SHOW_TO = custom_id_pattern("showto", 20)
_MENTION = re.compile(r"^-# .*?<@(\d{1,20})>", re.MULTILINE)
"""In a remark only the bot itself mentions somebody: what others wrote is escaped there, and in code it is not."""


class Share(CardButton, template=custom_id_pattern("share")):
    """Shows everyone in the channel the quote for which a private passage was opened."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, PassageState)
        passages = interaction.client.app.passages

        def share(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
            passages.check_cooldown(asker)
            return passages.share_quote(asker, state, interaction.user.display_name)

        await _share_once(interaction, state, share)


class ShareAnswer(CardButton, template=custom_id_pattern("shareanswer")):
    """Shows everyone in the channel a private answer, as it is where everyone sees it."""

    async def act(self, interaction: Interaction) -> None:
        await _share_answer(self, interaction, None)


class ShowToAuthor(CardButton, template=_SHOW_TO):
    """Does the same, and notifies the author of the message that was asked about, whose id is the number."""

    async def act(self, interaction: Interaction) -> None:
        await _share_answer(self, interaction, Recipient(self.number, ""))


async def _share_answer(button: CardButton, interaction: Interaction, recipient: Recipient | None) -> None:
    state = await button.load_state(interaction, AnswerState)
    questions = interaction.client.app.questions

    def share(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        questions.check_cooldown(asker)
        return questions.share_answer(asker, state, Showing(recipient, sharer=interaction.user.display_name))

    await _share_once(interaction, state, share)


async def _share_once(interaction: Interaction, state: PassageState | AnswerState, make_card: MakeCard) -> None:
    """Show a card to everyone, once, and let it be seen on the private card that it is shared."""
    resolve = presser_resolver(interaction, state.inquiry.server, private=False, aloud=True)
    async with interaction.client.app.sharing.share_once(interaction.user.id, interaction.channel_id or 0, state):
        await answer_in_turn(interaction, resolve, make_card, beside=True)
    await _disable_share_buttons(interaction)


async def _disable_share_buttons(interaction: Interaction) -> None:
    """Disable what shares on the private card; where Discord does not allow that, pressing it again says so."""
    if interaction.message is None:
        return
    view = ui.LayoutView.from_message(interaction.message, timeout=None)
    view.stop()
    for button in view.walk_children():
        if isinstance(button, ui.Button) and _SHARES.fullmatch(button.custom_id or ""):
            button.disabled = True
            if button.custom_id == interaction.custom_id:
                button.label = pgettext("button", "Shared")
    with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError, DeliveryUnknown):
        await send_with_retries(lambda: interaction.edit_original_response(view=view))


async def withdraw_shared(button: CardButton, interaction: Interaction) -> None:
    """Let a person share again what they shared with the card whose button they pressed, which deletes it."""
    with contextlib.suppress(PassageGone):
        state = await button.load_state(interaction, AnswerState)
        if state.is_shared:
            await interaction.client.app.sharing.withdraw(interaction.user.id, interaction.channel_id or 0, state)


def find_showing(message: discord.Message | None) -> Showing:
    """Return to whom a card is shown that somebody turns a page of: whom it names, or may be shown to."""
    parts = list(_walk(message.components)) if message is not None else []
    texts = (part.content for part in parts if isinstance(part, discord.TextDisplay))
    named = next((match for text in texts if (match := _MENTION.search(text))), None)
    ids = (part.custom_id or "" for part in parts if isinstance(part, discord.Button))
    addressee = next((match for custom_id in ids if (match := _SHOW_TO.fullmatch(custom_id))), None)
    return Showing(
        named=int(named[1]) if named else 0,
        addressee=int(addressee["number"]) if addressee else 0,
    )


def _walk(components: Any) -> Iterator[discord.Component]:
    for component in components:
        yield component
        yield from _walk(getattr(component, "children", ()))
