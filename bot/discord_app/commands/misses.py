"""What stands on the cards of `/library misses`: every press is checked, as the command was."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from bot.discord_app.cards.admin.misses import (
    ANSWERED_VERB,
    CHOOSE_VERB,
    DISMISS_VERB,
    FORM,
    IMPORT_VERB,
    LIST_VERB,
    MEANT,
    NUMBER_DIGITS,
    REOPEN_VERB,
    SAID,
    WORD_VERB,
    word_form,
)
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import Owner, custom_id_pattern
from bot.discord_app.commands.import_form import open_import_form
from bot.discord_app.delivery.responses import Delivery, Interaction, send_private, send_when_ready
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.admin.permits import Intake, Review, load_permitted
from bot.discord_app.interactions.card_button import CardButton, chosen_value
from bot.discord_app.interactions.forms import read_fields
from bot.discord_app.services.admin.misses import MissReviews
from bot.discord_app.services.questions.button_state import EXPIRED
from bot.errors import PassageGone
from bot.localization import gettext as _
from storage.models import GlossaryEntry, Labels

MakeCard = Callable[[MissReviews, int, Owner], Coroutine[Any, Any, Card]]
"""Makes a card for the server of an id; the owner is that of the pressed card."""


class MissButton(CardButton, template=custom_id_pattern("no_such_miss")):
    """A button about the open questions of a server, for those who may read them."""

    async def load_server(self, interaction: Interaction) -> int:
        """Return the server whose questions these are. Raises NotAllowed, and PassageGone where the card is too old."""
        return (await load_permitted(interaction, Review, self.owner_id, self.key)).permit.server_id

    async def replace_card(self, interaction: Interaction, make_card: MakeCard) -> None:
        """Change the pressed card."""
        server_id = await self.load_server(interaction)
        # The same key: going on does not extend the time for which a user was let in.
        owner = Owner(self.owner_id, self.key, private=True)
        await send_when_ready(
            interaction, make_card(interaction.client.app.miss_reviews, server_id, owner), Delivery.IN_PLACE
        )


class TurnMisses(MissButton, template=custom_id_pattern(LIST_VERB)):
    """Shows a page of the open questions."""

    async def act(self, interaction: Interaction) -> None:
        await self.replace_card(
            interaction, lambda reviews, server, owner: reviews.list_open(server, owner, self.number)
        )


class ListAnswered(MissButton, template=custom_id_pattern(ANSWERED_VERB)):
    """Shows a page of the questions that are answered by now."""

    async def act(self, interaction: Interaction) -> None:
        await self.replace_card(
            interaction, lambda reviews, server, owner: reviews.list_answered(server, owner, self.number)
        )


class ChooseMiss(MissButton, template=custom_id_pattern(CHOOSE_VERB)):
    """The menu that shows one of the open questions by itself."""

    async def act(self, interaction: Interaction) -> None:
        chosen = chosen_value(interaction)
        if not (chosen.isascii() and chosen.isdecimal()):
            raise PassageGone(_(EXPIRED))
        number = int(chosen[:NUMBER_DIGITS])
        await self.replace_card(interaction, lambda reviews, server, owner: reviews.show(server, owner, number))


class DismissMiss(MissButton, template=custom_id_pattern(DISMISS_VERB, NUMBER_DIGITS)):
    """Has a question not be listed any more."""

    async def act(self, interaction: Interaction) -> None:
        await self.replace_card(interaction, lambda reviews, server, owner: reviews.dismiss(server, owner, self.number))


class ReopenMiss(MissButton, template=custom_id_pattern(REOPEN_VERB, NUMBER_DIGITS)):
    """Lists a question again that was dismissed."""

    async def act(self, interaction: Interaction) -> None:
        await self.replace_card(interaction, lambda reviews, server, owner: reviews.reopen(server, owner, self.number))


class ImportForMiss(MissButton, template=custom_id_pattern(IMPORT_VERB, NUMBER_DIGITS)):
    """Opens the form for the files of an import."""

    async def act(self, interaction: Interaction) -> None:
        review = await load_permitted(interaction, Review, self.owner_id, self.key)
        await open_import_form(interaction, Intake(review.permit, Labels(), replace_whole=False))


class AddWordForMiss(MissButton, template=custom_id_pattern(WORD_VERB, NUMBER_DIGITS)):
    """Opens the form for a glossary entry."""

    async def act(self, interaction: Interaction) -> None:
        server_id = await self.load_server(interaction)
        miss, unknown = await interaction.client.app.miss_reviews.find_words(server_id, self.number)
        form = word_form(miss, Owner(self.owner_id, self.key, private=True), unknown=unknown)
        await send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS)


_FORM = custom_id_pattern(FORM, NUMBER_DIGITS)


def is_word_form(interaction: Interaction) -> bool:
    """Return whether what was submitted is the form for a glossary entry."""
    data: Any = interaction.data
    return _FORM.fullmatch(data["custom_id"]) is not None


async def store_word(interaction: Interaction) -> None:
    """Store the glossary entry of a submitted form."""
    data: Any = interaction.data
    match = _FORM.fullmatch(data["custom_id"])
    try:
        if match is None:
            raise PassageGone
        review = await load_permitted(interaction, Review, int(match["asker"]), match["key"])
    except PassageGone:
        words = _("I no longer know this form, and stored nothing. Please open it again.")
        await send_private(interaction, notice_card(words))
        return
    written = read_fields(interaction)
    entry = GlossaryEntry(str(written.get(SAID) or ""), str(written.get(MEANT) or ""))
    owner = Owner(int(match["asker"]), match["key"], private=True)
    adding = interaction.client.app.miss_reviews.add_word(review.permit.server_id, owner, int(match["number"]), entry)
    # Discord shows the form over the card of the question, which it then changes.
    await send_when_ready(interaction, adding, Delivery.IN_PLACE if interaction.message else Delivery.PRIVATE)


MISS_ITEMS: tuple[type[CardButton], ...] = (
    TurnMisses,
    ListAnswered,
    ChooseMiss,
    DismissMiss,
    ReopenMiss,
    ImportForMiss,
    AddWordForMiss,
)
"""All buttons and menus of open questions."""
