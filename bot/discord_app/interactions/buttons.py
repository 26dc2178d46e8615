"""What pressing a button does. All of it is in the custom_id and the ledger, so a restart changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.cards import controls
from bot.discord_app.cards.base import Card, notice_card
from bot.discord_app.cards.controls import Owner, custom_id_pattern
from bot.discord_app.delivery.deduplication import is_repeated
from bot.discord_app.delivery.error_handler import report
from bot.discord_app.delivery.responses import (
    Delivery,
    Interaction,
    defer,
    delete_response,
    send_private,
    send_when_ready,
)
from bot.discord_app.interactions.authorization import require_served
from bot.discord_app.interactions.context import delivery_of, interaction_context, question_service_of, resolve_asker
from bot.discord_app.services.questions import QuestionService, ResolvedAsker
from storage.models import Verdict

Button = ui.Button[Any]


class CardButton(ui.DynamicItem[Button], template=custom_id_pattern("no_such_verb")):
    """A button recognised by its custom_id: whose card it is on, the ledger's key, and a number."""

    noted = True
    """Whether pressing it is remembered as using the bot in this server."""

    def __init__(self, item: Button, match: re.Match[str]) -> None:
        super().__init__(item)
        self.owner_id = int(match["asker"])
        self.key = match["key"]
        self.number = int(match["number"])

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: Any, match: re.Match[str], /) -> Self:
        """Read what is in the custom_id."""
        return cls(item, match)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether this press comes for the first time."""
        return not is_repeated(interaction)

    async def callback(self, interaction: Interaction) -> None:
        """Act, and tell of errors as commands do: the library would only log them."""
        interaction.client.in_flight.join()
        try:
            require_served(interaction)
            await self.act(interaction, question_service_of(interaction))
            if self.noted:
                await question_service_of(interaction).askers.record_sighting(interaction_context(interaction))
        except Exception as error:  # noqa: BLE001 - the one handler decides what is said
            await report(interaction, error)

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        """What this button does."""
        raise NotImplementedError

    def is_mine(self, interaction: Interaction) -> bool:
        """Whether the card belongs to whoever pressed."""
        return interaction.user.id == self.owner_id

    async def resolve_asker(self, interaction: Interaction, *, private: bool, aloud: bool = False) -> ResolvedAsker:
        """Whoever presses, seeing what they may see now: what the card showed to somebody else does not count."""
        picked = await question_service_of(interaction).picked_server(self.key)
        return await resolve_asker(interaction, private=private, picked=picked or "", aloud=aloud)

    async def turn_delivery(self, interaction: Interaction) -> tuple[ResolvedAsker, Delivery]:
        """For buttons that change the card: a stranger gets a private copy, and the card stays as it is."""
        if not self.is_mine(interaction):
            asker = await self.resolve_asker(interaction, private=True)
            return asker, delivery_of(asker)
        message = interaction.message
        private = message is not None and message.flags.ephemeral
        # What all can see stays within what all may see.
        return await self.resolve_asker(interaction, private=private, aloud=not private), Delivery.IN_PLACE


class TurnPage(CardButton, template=custom_id_pattern("page")):
    """Another page of an answer."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker, delivery = await self.turn_delivery(interaction)
        await send_when_ready(interaction, desk.turn_page(asker, self.key, self.number), delivery)


class TurnVideos(CardButton, template=custom_id_pattern("videos")):
    """Another page of the list of videos."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker, delivery = await self.turn_delivery(interaction)
        await send_when_ready(interaction, desk.turn_videos(asker, self.key, self.number), delivery)


class OpenPassage(CardButton, template=custom_id_pattern("open")):
    """A passage by itself, for whoever wants it: the answer stays where it is."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker = await self.resolve_asker(interaction, private=True)
        await send_when_ready(interaction, desk.open_passage(asker, self.key, self.number), delivery_of(asker))


class Earlier(CardButton, template=custom_id_pattern("earlier")):
    """A passage with what is said before it."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker, delivery = await self.turn_delivery(interaction)
        await send_when_ready(interaction, desk.widen_passage(asker, self.key, -1), delivery)


class Later(CardButton, template=custom_id_pattern("later")):
    """A passage with what is said after it."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker, delivery = await self.turn_delivery(interaction)
        await send_when_ready(interaction, desk.widen_passage(asker, self.key, +1), delivery)


class ReadOn(CardButton, template=custom_id_pattern("read")):
    """The words before (0) or after (1) those shown of a transcript."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker, delivery = await self.turn_delivery(interaction)
        await send_when_ready(interaction, desk.read_on(asker, self.key, +1 if self.number else -1), delivery)


class Share(CardButton, template=custom_id_pattern("share")):
    """A private passage, for everybody in the channel."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker = await self.resolve_asker(interaction, private=False, aloud=True)
        desk.cooldown.check(asker.user_id, asker.cooldown_seconds)
        name = interaction.user.display_name
        await send_when_ready(interaction, desk.share_passage(asker, self.key, name), Delivery.PUBLIC)


class Helpful(CardButton, template=custom_id_pattern("helpful")):
    """A vote for a passage."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        await _record_vote(self, interaction, desk, Verdict.HELPFUL)


class NotHelpful(CardButton, template=custom_id_pattern("unhelpful")):
    """A vote against a passage."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        await _record_vote(self, interaction, desk, Verdict.NOT_HELPFUL)


async def _record_vote(button: CardButton, interaction: Interaction, desk: QuestionService, verdict: Verdict) -> None:
    asker = await button.resolve_asker(interaction, private=True)

    async def counted() -> Card:
        await desk.save_vote(asker, button.key, verdict)
        word = "helpful" if verdict is Verdict.HELPFUL else "not helpful"
        return notice_card(f"Thank you. Counted as {word}.", *controls.withdraw_row(Owner(asker.user_id, button.key)))

    await send_when_ready(interaction, counted(), Delivery.PRIVATE)


class Withdraw(CardButton, template=custom_id_pattern("withdraw")):
    """Takes a vote back."""

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        asker = await self.resolve_asker(interaction, private=True)

        async def withdrawn() -> Card:
            await desk.withdraw_vote(asker, self.key)
            return notice_card("Your vote is taken back.")

        await send_when_ready(interaction, withdrawn(), Delivery.IN_PLACE)


class Forget(CardButton, template=custom_id_pattern("forget")):
    """Deletes all that is kept about whoever presses."""

    noted = False

    async def act(self, interaction: Interaction, desk: QuestionService) -> None:
        async def forgotten() -> Card:
            count = await desk.delete_personal_data(interaction.user.id)
            return notice_card(
                f"Deleted: {count} {'entry' if count == 1 else 'entries'} about you. Nothing else is kept."
            )

        await send_when_ready(interaction, forgotten(), Delivery.PRIVATE)


class Delete(CardButton, template=custom_id_pattern("delete")):
    """Takes a card away: for the one who asked, and for moderators."""

    async def act(self, interaction: Interaction, _desk: QuestionService) -> None:
        moderates = interaction.guild_id is not None and interaction.permissions.manage_messages
        if not self.is_mine(interaction) and not moderates:
            await send_private(interaction, notice_card("Only the one who asked, or a moderator, can delete this."))
            return
        await defer(interaction, Delivery.IN_PLACE)
        # Through the click's own token, which works hours later and where the bot is no member.
        await delete_response(interaction)


BUTTONS: tuple[type[CardButton], ...] = (
    TurnPage, TurnVideos, OpenPassage, Earlier, Later, ReadOn, Share, Helpful, NotHelpful, Withdraw, Forget, Delete,
)  # fmt: skip


async def report_unknown_button(interaction: Interaction, items: Iterable[type[ui.DynamicItem[Any]]]) -> None:
    """A press on a button that none of these items recognises any more, such as one of an earlier version's."""
    if interaction.type is not discord.InteractionType.component:
        return
    data: Any = interaction.data
    known = (button.__discord_ui_compiled_template__ for button in items)
    if not any(each.fullmatch(data["custom_id"]) for each in known):
        await send_private(interaction, notice_card("This button is from an earlier version of me. Please ask again."))
