"""The buttons and menus of the list of videos, of a video's card, and of its transcript; and the form of a question
about one video, which two of them open."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from typing import Any

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import NO_KEY, custom_id_pattern
from bot.discord_app.cards.question_form import FORM, QUESTION, question_form
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.delivery.retries import FIRST_RESPONSE_TIMEOUT_SECONDS, send_with_retries
from bot.discord_app.interactions.card_button import (
    CardButton,
    chosen_number,
    chosen_value,
    presser_resolver,
    resolve_presser,
)
from bot.discord_app.interactions.context import delivery_of, interaction_context
from bot.discord_app.interactions.forms import read_fields
from bot.discord_app.interactions.turns import answer_in_turn, note_answer
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import (
    ALL_VIDEOS,
    EXPIRED,
    Inquiry,
    TranscriptState,
    VideoListState,
    load_state,
)
from bot.discord_app.services.questions.conversation import Said
from bot.errors import PassageGone
from bot.localization import gettext as _


class TurnVideos(CardButton, template=custom_id_pattern("videos")):
    """Shows another page of the list of videos."""

    async def act(self, interaction: Interaction) -> None:
        await self.turn_to(interaction, self.number)

    async def turn_to(self, interaction: Interaction, page: int) -> None:
        """Show a page, counted from 0."""
        state = ALL_VIDEOS if self.key == NO_KEY else await self.load_state(interaction, VideoListState)
        asker = await self.turning_resolver(interaction)(interaction_context(interaction))
        delivery = Delivery.IN_PLACE if self.is_mine(interaction) else delivery_of(asker)
        await send_when_ready(interaction, interaction.client.app.videos.list_videos(asker, page, state), delivery)


class ChoosePage(TurnVideos, template=custom_id_pattern("leaf")):
    """The menu of the pages of the list of videos."""

    async def act(self, interaction: Interaction) -> None:
        await self.turn_to(interaction, int(chosen_number(interaction)))


class ChooseVideo(CardButton, template=custom_id_pattern("watch")):
    """The menu of the videos of a page: shows the chosen one to the user who chose, and to them alone."""

    async def act(self, interaction: Interaction) -> None:
        videos, value = interaction.client.app.videos, chosen_value(interaction)
        resolve = presser_resolver(interaction, 0, private=True)
        await answer_in_turn(interaction, resolve, lambda asker: videos.show_chosen(asker, value))


class ShowVideo(CardButton, template=custom_id_pattern("video")):
    """Shows the card of the video of a transcript."""

    async def act(self, interaction: Interaction) -> None:
        state, videos = await self.load_state(interaction, TranscriptState), interaction.client.app.videos
        resolve = presser_resolver(interaction, 0, private=True)
        await answer_in_turn(interaction, resolve, lambda asker: videos.show_known(asker, state.video_id))


class ReadTranscript(CardButton, template=custom_id_pattern("script")):
    """Shows the first words of a video."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, TranscriptState)
        await _show_words(interaction, state, is_marked=False)


class ChoosePart(CardButton, template=custom_id_pattern("readat")):
    """The menu of the chapters or parts of a video: shows the words of the chosen one."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, TranscriptState)
        second = chosen_number(interaction)
        await _show_words(interaction, TranscriptState(state.video_id, second), is_marked=True)


async def _show_words(interaction: Interaction, state: TranscriptState, *, is_marked: bool) -> None:
    videos, resolve = interaction.client.app.videos, presser_resolver(interaction, 0, private=True)
    await answer_in_turn(interaction, resolve, lambda asker: videos.show_moment(asker, state, is_marked=is_marked))


class TurnTranscript(CardButton, template=custom_id_pattern("read")):
    """Shows the words before (0) or after (1) the shown part of a transcript."""

    async def act(self, interaction: Interaction) -> None:
        state = await self.load_state(interaction, TranscriptState)
        resolve, videos = self.turning_resolver(interaction), interaction.client.app.videos
        await answer_in_turn(
            interaction,
            resolve,
            lambda asker: videos.show_moment(asker, state, step=+1 if self.number else -1),
            in_place=self.is_mine(interaction),
        )


class AskAboutVideo(CardButton, template=custom_id_pattern("askabout")):
    """Opens the form of a question about a video."""

    async def act(self, interaction: Interaction) -> None:
        await _open_form(self, interaction, as_timeline=False)


class DrawAboutVideo(CardButton, template=custom_id_pattern("drawabout")):
    """Opens the form of a question whose answer is a timeline of a video."""

    async def act(self, interaction: Interaction) -> None:
        await _open_form(self, interaction, as_timeline=True)


async def _open_form(button: CardButton, interaction: Interaction, *, as_timeline: bool) -> None:
    state = await button.load_state(interaction, TranscriptState)
    asker = await resolve_presser(interaction, 0)
    title = await interaction.client.app.videos.get_title(asker, state.video_id)
    form = question_form(asker.owner(button.key), title, as_timeline=as_timeline)
    await send_with_retries(lambda: interaction.response.send_modal(form), FIRST_RESPONSE_TIMEOUT_SECONDS)


def is_question_form(interaction: Interaction) -> bool:
    """Return whether what was submitted is the form of a question."""
    return _match_form(interaction) is not None


def _match_form(interaction: Interaction) -> re.Match[str] | None:
    data: Any = interaction.data
    return custom_id_pattern(FORM).fullmatch(data["custom_id"])


async def answer_form(interaction: Interaction) -> None:
    """Answer the question of a submitted form from its video, or from all of them, unseen by others."""
    match, questions = _match_form(interaction), interaction.client.app.questions
    if match is None:
        raise PassageGone(_(EXPIRED))
    video = "" if match["key"] == NO_KEY else await _load_video(interaction, match["key"])
    text = str(read_fields(interaction).get(QUESTION) or "")
    if await _answer_small_talk(interaction, text):
        return

    def answer(asker: ResolvedAsker) -> Coroutine[Any, Any, Card]:
        inquiry = Inquiry(text, video)
        make_card = questions.prepare_answer(asker, inquiry, as_timeline=match["number"] != "0")
        return note_answer(interaction, asker, make_card)

    await answer_in_turn(interaction, presser_resolver(interaction, 0, private=True), answer)


async def _answer_small_talk(interaction: Interaction, text: str) -> bool:
    """Answer what is no question, as everywhere: it is not searched, and not noted as one without an answer."""
    conversation = interaction.client.app.conversation
    utterance = await conversation.understand(Said(Inquiry(text)), interaction.user.id)
    if utterance.is_about_videos:
        return False
    asker = await resolve_presser(interaction, 0)
    await send_when_ready(interaction, conversation.make_card(asker, utterance), Delivery.PRIVATE)
    return True


async def _load_video(interaction: Interaction, key: str) -> str:
    """Return the id of the video that a form is about. Raises PassageGone where that has expired."""
    return (await load_state(interaction.client.app.ledger, key, TranscriptState)).video_id


VIDEO_ITEMS: tuple[type[CardButton], ...] = (
    TurnVideos,
    ChoosePage,
    ChooseVideo,
    ShowVideo,
    ReadTranscript,
    ChoosePart,
    TurnTranscript,
    AskAboutVideo,
    DrawAboutVideo,
)
"""All buttons and menus of videos."""
