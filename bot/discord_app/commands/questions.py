"""The commands that ask: by a question, by a picture, and in the menu of a message."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Range

from bot.answering.question import remove_operators
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.markdown import shorten
from bot.discord_app.commands.suggestions import suggest_creators, suggest_servers, suggest_speakers, suggest_videos
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.context import find_addressee, find_recipient, resolver
from bot.discord_app.interactions.turns import answer_in_turn
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.questions.button_state import Inquiry
from bot.discord_app.services.questions.sharing import TO_NOBODY, Showing
from bot.errors import EmptyQuestion
from bot.localization import gettext as _
from bot.operations.metrics import QuestionSource

MAX_MESSAGE_LENGTH = 500
"""Characters of a message that are searched for: its beginning says what it is about."""
NEWEST_FIRST = "newest first"


@app_commands.command()
@app_commands.describe(
    question='What to look for. Also understood: "exact phrase" and -without',
    video="Only in this video",
    creator="Only in this creator's videos",
    speaker="Only what this person says",
    after="Only in videos published from then on: 2025-06-03, 2025-06 or 2025",
    before="Only in videos published before: 2025-06-03, 2025-06 or 2025",
    order="Which quotes come first",
    private="Show the answer to you alone",
    server="Only in this server's own videos",
    member="Answer this person: they alone are notified",
)
@app_commands.rename(member="for")
@app_commands.autocomplete(
    video=suggest_videos, creator=suggest_creators, speaker=suggest_speakers, server=suggest_servers
)
async def ask(
    interaction: Interaction,
    question: Range[str, 1, 2000],
    video: Range[str, 1, 200] = "",
    creator: Range[str, 1, 200] = "",
    speaker: Range[str, 1, 200] = "",
    after: Range[str, 1, 40] = "",
    before: Range[str, 1, 40] = "",
    order: Literal["best first", "newest first"] = "best first",
    private: bool | None = None,
    server: Range[str, 1, 100] = "",
    member: discord.User | None = None,
) -> None:
    """Ask the videos: quotes word for word, and links to the second."""
    inquiry = Inquiry(
        question, video, creator, speaker=speaker, after=after, before=before, newest_first=order == NEWEST_FIRST
    )
    showing = Showing(find_recipient(interaction, member))
    if private is None and showing.recipient is not None and not showing.recipient.obstacle:
        private = False
    await _answer_question(interaction, inquiry, QuestionSource.SLASH, private=private, server=server, showing=showing)


async def _answer_question(
    interaction: Interaction,
    inquiry: Inquiry,
    source: QuestionSource,
    *,
    private: bool | None,
    server: str = "",
    showing: Showing = TO_NOBODY,
) -> None:
    questions = interaction.client.app.questions

    def answer(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        asked = replace(inquiry, server=asker.picked)
        return questions.answer_question(asker, asked, questions.accept(asker, asked), source, showing=showing)

    await answer_in_turn(interaction, resolver(interaction, private=private, picked=server), answer)


@app_commands.command()
@app_commands.describe(
    question="What to look for, as with /ask",
    video="Only in this video",
    private="Show the picture to you alone",
    server="Only in this server's own videos",
)
@app_commands.autocomplete(video=suggest_videos, server=suggest_servers)
async def timeline(
    interaction: Interaction,
    question: Range[str, 1, 2000],
    video: Range[str, 1, 200] = "",
    private: bool | None = None,
    server: Range[str, 1, 100] = "",
) -> None:
    """Draw where in the videos something is spoken of, with the best moments."""
    questions = interaction.client.app.questions

    def draw(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        inquiry = Inquiry(question, video, server=asker.picked)
        return questions.show_timeline(asker, inquiry, questions.accept(asker, inquiry))

    await answer_in_turn(interaction, resolver(interaction, private=private, picked=server), draw)


@app_commands.context_menu(name="Find in videos")
async def find_in_videos(interaction: Interaction, message: discord.Message) -> None:
    """Ask with the words of somebody's message. Its author meant no operators, so none are read."""
    words = remove_operators(shorten(message.content, MAX_MESSAGE_LENGTH))
    if not words.strip():
        raise EmptyQuestion(_("That message has no text to look for."))
    showing = Showing(addressee=find_addressee(interaction, message.author))
    await _answer_question(interaction, Inquiry(words), QuestionSource.MENU, private=True, showing=showing)
