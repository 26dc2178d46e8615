"""All buttons on cards. Their state is in the custom_id and the ledger, so they work after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord
from discord import ui

from bot.discord_app.cards.parts.base import notice_card
from bot.discord_app.delivery.responses import Interaction, send_private
from bot.discord_app.interactions.answer_buttons import DeleteAnswer, OpenPassage, PickPassage, TurnPage
from bot.discord_app.interactions.card_button import CardButton
from bot.discord_app.interactions.command_buttons import AskExample, AskQuestion, ShowPersonalData
from bot.discord_app.interactions.conversation_buttons import ListVideos, OpenHelp
from bot.discord_app.interactions.follow_buttons import FOLLOW_ITEMS
from bot.discord_app.interactions.forum_buttons import FORUM_BUTTONS
from bot.discord_app.interactions.passage_buttons import (
    BackToQuote,
    Earlier,
    Later,
    VoteHelpful,
    VoteNotHelpful,
    WithdrawVote,
)
from bot.discord_app.interactions.personal_data_button import DeletePersonalData
from bot.discord_app.interactions.share_buttons import Share, ShareAnswer, ShowToAuthor
from bot.discord_app.interactions.video_buttons import VIDEO_ITEMS
from bot.localization import gettext as _

BUTTONS: tuple[type[CardButton], ...] = (
    TurnPage,
    OpenPassage,
    PickPassage,
    Earlier,
    Later,
    BackToQuote,
    Share,
    ShareAnswer,
    ShowToAuthor,
    VoteHelpful,
    VoteNotHelpful,
    WithdrawVote,
    ListVideos,
    OpenHelp,
    DeletePersonalData,
    DeleteAnswer,
    AskQuestion,
    AskExample,
    ShowPersonalData,
    *VIDEO_ITEMS,
    *FOLLOW_ITEMS,
    *FORUM_BUTTONS,
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
    await send_private(interaction, notice_card(_("This button is from an earlier version of me. Please ask again.")))
