"""What pressing a button does. All of it is in the custom_id and the ledger, so a restart changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.cards import controls
from bot.discord_app.cards.base import Card, notice
from bot.discord_app.cards.controls import Owner, pressed
from bot.discord_app.delivery.deduplication import is_repeated
from bot.discord_app.delivery.error_handler import report
from bot.discord_app.delivery.responses import (
    Delivery,
    Interaction,
    deliver,
    promise,
    refuse,
    take_away,
)
from bot.discord_app.interactions.authorization import require_served
from bot.discord_app.interactions.context import asker_of, delivery_of, desk_of, whereabouts_of
from bot.discord_app.services.questions import Asker, Desk
from storage.models import Verdict

Button = ui.Button[Any]


class Pressed(ui.DynamicItem[Button], template=pressed("no_such_verb")):
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
            await self.act(interaction, desk_of(interaction))
            if self.noted:
                await desk_of(interaction).askers.note(whereabouts_of(interaction))
        except Exception as error:  # noqa: BLE001 - the one handler decides what is said
            await report(interaction, error)

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        """What this button does."""
        raise NotImplementedError

    def is_mine(self, interaction: Interaction) -> bool:
        """Whether the card belongs to whoever pressed."""
        return interaction.user.id == self.owner_id

    async def asker(self, interaction: Interaction, *, private: bool, aloud: bool = False) -> Asker:
        """Whoever presses, seeing what they may see now: what the card showed to somebody else does not count."""
        picked = await desk_of(interaction).picked(self.key)
        return await asker_of(interaction, private=private, picked=picked or "", aloud=aloud)

    async def turning(self, interaction: Interaction) -> tuple[Asker, Delivery]:
        """For buttons that change the card: a stranger gets a private copy, and the card stays as it is."""
        if not self.is_mine(interaction):
            asker = await self.asker(interaction, private=True)
            return asker, delivery_of(asker)
        message = interaction.message
        private = message is not None and message.flags.ephemeral
        # What all can see stays within what all may see.
        return await self.asker(interaction, private=private, aloud=not private), Delivery.IN_PLACE


class TurnPage(Pressed, template=pressed("page")):
    """Another page of an answer."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, desk.page(asker, self.key, self.number), delivery)


class TurnVideos(Pressed, template=pressed("videos")):
    """Another page of the list of videos."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, desk.videos_on(asker, self.key, self.number), delivery)


class OpenPassage(Pressed, template=pressed("open")):
    """A passage by itself, for whoever wants it: the answer stays where it is."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker = await self.asker(interaction, private=True)
        await deliver(interaction, desk.open(asker, self.key, self.number), delivery_of(asker))


class Earlier(Pressed, template=pressed("earlier")):
    """A passage with what is said before it."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, desk.widen(asker, self.key, -1), delivery)


class Later(Pressed, template=pressed("later")):
    """A passage with what is said after it."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, desk.widen(asker, self.key, +1), delivery)


class ReadOn(Pressed, template=pressed("read")):
    """The words before (0) or after (1) those shown of a transcript."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, desk.read_on(asker, self.key, +1 if self.number else -1), delivery)


class Share(Pressed, template=pressed("share")):
    """A private passage, for everybody in the channel."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker = await self.asker(interaction, private=False, aloud=True)
        desk.cooldown.take(asker.user_id, asker.cooldown_seconds)
        name = interaction.user.display_name
        await deliver(interaction, desk.share(asker, self.key, name), Delivery.PUBLIC)


class Helpful(Pressed, template=pressed("helpful")):
    """A vote for a passage."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        await _vote(self, interaction, desk, Verdict.HELPFUL)


class NotHelpful(Pressed, template=pressed("unhelpful")):
    """A vote against a passage."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        await _vote(self, interaction, desk, Verdict.NOT_HELPFUL)


async def _vote(button: Pressed, interaction: Interaction, desk: Desk, verdict: Verdict) -> None:
    asker = await button.asker(interaction, private=True)

    async def counted() -> Card:
        await desk.vote(asker, button.key, verdict)
        word = "helpful" if verdict is Verdict.HELPFUL else "not helpful"
        return notice(f"Thank you. Counted as {word}.", *controls.withdraw(Owner(asker.user_id, button.key)))

    await deliver(interaction, counted(), Delivery.PRIVATE)


class Withdraw(Pressed, template=pressed("withdraw")):
    """Takes a vote back."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        asker = await self.asker(interaction, private=True)

        async def withdrawn() -> Card:
            await desk.withdraw(asker, self.key)
            return notice("Your vote is taken back.")

        await deliver(interaction, withdrawn(), Delivery.IN_PLACE)


class Forget(Pressed, template=pressed("forget")):
    """Deletes all that is kept about whoever presses."""

    noted = False

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        async def forgotten() -> Card:
            count = await desk.forget(interaction.user.id)
            return notice(f"Deleted: {count} {'entry' if count == 1 else 'entries'} about you. Nothing else is kept.")

        await deliver(interaction, forgotten(), Delivery.PRIVATE)


class Delete(Pressed, template=pressed("delete")):
    """Takes a card away: for the one who asked, and for moderators."""

    async def act(self, interaction: Interaction, _desk: Desk) -> None:
        moderates = interaction.guild_id is not None and interaction.permissions.manage_messages
        if not self.is_mine(interaction) and not moderates:
            await refuse(interaction, notice("Only the one who asked, or a moderator, can delete this."))
            return
        await promise(interaction, Delivery.IN_PLACE)
        # Through the click's own token, which works hours later and where the bot is no member.
        await take_away(interaction)


BUTTONS: tuple[type[Pressed], ...] = (
    TurnPage, TurnVideos, OpenPassage, Earlier, Later, ReadOn, Share, Helpful, NotHelpful, Withdraw, Forget, Delete,
)  # fmt: skip


async def answer_unknown(interaction: Interaction, items: Iterable[type[ui.DynamicItem[Any]]]) -> None:
    """A press on a button that none of these items recognises any more, such as one of an earlier version's."""
    if interaction.type is not discord.InteractionType.component:
        return
    data: Any = interaction.data
    known = (button.__discord_ui_compiled_template__ for button in items)
    if not any(each.fullmatch(data["custom_id"]) for each in known):
        await refuse(interaction, notice("This button is from an earlier version of me. Please ask again."))
