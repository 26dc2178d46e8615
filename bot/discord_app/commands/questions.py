"""The commands that ask: by a question, by a picture, and in the menu of a message."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Range

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.commands.suggestions import (
    suggest_creators,
    suggest_questions,
    suggest_servers,
    suggest_speakers,
    suggest_videos,
)
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.context import (
    find_addressee,
    find_recipient,
    interaction_context,
    resolve_asker,
    resolver,
)
from bot.discord_app.interactions.turns import answer_in_turn, note_answer
from bot.discord_app.message_reading import read_quoted
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import Inquiry
from bot.discord_app.services.questions.conversation import Said, Utterance
from bot.discord_app.services.questions.last_answers import SentAnswer
from bot.discord_app.services.questions.sharing import TO_NOBODY, Showing
from bot.errors import EmptyQuestion
from bot.localization import gettext as _
from bot.operations.metrics import QuestionSource

NEWEST_FIRST = "newest first"


@app_commands.command()
@app_commands.describe(
    question='What to look for. Also understood: "exact phrase" and -without',
    video="Only in this video",
    creator="Only in this creator’s videos",
    speaker="Only what this person says",
    after="Only in videos published from then on: 2025-06-03, 2025-06 or 2025",
    before="Only in videos published before: 2025-06-03, 2025-06 or 2025",
    order="Which quotes come first",
    private="Show the answer to you alone",
    server="Only in this server’s own videos",
    member="Answer this person: they alone are notified",
)
@app_commands.rename(member="for")
@app_commands.autocomplete(
    question=suggest_questions,
    video=suggest_videos,
    creator=suggest_creators,
    speaker=suggest_speakers,
    server=suggest_servers,
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
    last = await _find_last_answer(interaction, private=private, server=server)
    utterance = await interaction.client.app.conversation.understand(Said(inquiry, last), interaction.user.id)
    if not utterance.is_question:
        utterance = await _answer_in_conversation(interaction, utterance, private, server)
    if utterance.is_question:
        picked = server or str(utterance.picked_server or "")
        await _answer_question(
            interaction, utterance.inquiry, QuestionSource.SLASH, private=private, server=picked, showing=showing
        )


async def _find_last_answer(interaction: Interaction, *, private: bool | None, server: str) -> SentAnswer | None:
    """Return the last answer of the user in this channel, which they may follow up: in public only a public one."""
    last_answers, place = interaction.client.app.last_answers, (interaction.user.id, interaction.channel_id or 0)
    last = last_answers.find(*place, private=True)
    if last is None or not last.private:
        return last
    asker = await resolve_asker(interaction, private=private, picked=server)
    return last if asker.private else last_answers.find(*place, private=False)


async def _answer_in_conversation(
    interaction: Interaction, utterance: Utterance, private: bool | None, server: str
) -> Utterance:
    """Answer what is no question, for its asker alone; return what is meant, a question where no video is called so.

    The next passages of an answer are as private as answers are.
    """
    app = interaction.client.app
    if not utterance.has_more:
        private = True
    resolve = resolver(interaction, private=private, picked=server or utterance.picked_server)
    asker = await resolve(interaction_context(interaction))
    utterance = await app.conversation.settle(asker, utterance)
    if utterance.is_question:
        return utterance

    def make_card(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        make = partial(app.conversation.make_card, asker, utterance)
        return note_answer(interaction, asker, make) if utterance.has_more else make()

    if utterance.is_about_videos:
        await answer_in_turn(interaction, resolve, make_card)
    else:
        await send_when_ready(interaction, make_card(asker), Delivery.PRIVATE)
    return utterance


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
        question = questions.accept(asker, asked)
        make = partial(questions.answer_question, asker, asked, question, source, showing=showing)
        return note_answer(interaction, asker, make)

    await answer_in_turn(interaction, resolver(interaction, private=private, picked=server), answer)


@app_commands.command()
@app_commands.describe(
    question="What to look for, as with /ask",
    video="Only in this video",
    private="Show the picture to you alone",
    server="Only in this server’s own videos",
)
@app_commands.autocomplete(question=suggest_questions, video=suggest_videos, server=suggest_servers)
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
        return note_answer(interaction, asker, questions.prepare_answer(asker, inquiry, as_timeline=True))

    await answer_in_turn(interaction, resolver(interaction, private=private, picked=server), draw)


@app_commands.context_menu(name="Find in videos")
async def find_in_videos(interaction: Interaction, message: discord.Message) -> None:
    """Ask with the words of somebody's message. Its author meant no operators, so none are read."""
    words = read_quoted(message.content)
    if not words:
        raise EmptyQuestion(_("That message has no text to look for."))
    showing = Showing(addressee=find_addressee(interaction, message.author))
    await _answer_question(interaction, Inquiry(words), QuestionSource.MENU, private=True, showing=showing)
