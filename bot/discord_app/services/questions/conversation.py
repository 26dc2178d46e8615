"""The service of conversation: what somebody means who writes as people write to people, and the card for it.

A question is searched, completed where it follows up the last one. All else is small talk, or asks for a card that
there is: it is never noted as a question, nor as one without an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from bot.answering.intents import Intent, IntentKind, recognize_intent
from bot.discord_app.cards import conversation as cards
from bot.discord_app.cards.help import help_card
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.services.askers import ResolvedAsker
from bot.discord_app.services.questions.button_state import (
    AnswerState,
    Inquiry,
    PassageState,
    VideoListState,
    load_state,
)
from bot.discord_app.services.questions.catalogue import Catalogue
from bot.discord_app.services.questions.follow_ups import (
    complete_inquiry,
    is_without_subject,
    may_follow_up,
    points_to_message,
)
from bot.discord_app.services.questions.last_answers import SentAnswer
from bot.discord_app.services.questions.question_service import QuestionService
from bot.discord_app.services.questions.timely_examples import TimelyExamples
from bot.discord_app.services.questions.video_service import VideoService
from bot.errors import PassageGone
from bot.operations import metrics
from storage.ledger import Ledger
from storage.video_names import find_called


class SentFile(enum.Enum):
    """What kind of file a message brings."""

    MEDIA = "media"
    """Pictures and recordings alone."""
    OTHER = "file"
    """One that may be a transcript."""


class Unreadable(enum.Enum):
    """What somebody points to that the bot may not read."""

    MESSAGE = enum.auto()


UtteranceKind = IntentKind | SentFile | Unreadable
MAX_READ_AT_ONCE = 500
"""Characters of a message whose intent is told at once; what is longer is read in a thread."""
_GOING_ON = (IntentKind.SHOW_VIDEO, IntentKind.MORE)
_OF_VIDEOS = (IntentKind.QUESTION, IntentKind.LIST_VIDEOS, IntentKind.SHOW_VIDEO, IntentKind.MORE)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, with its filters, and what they sent along.

    `quoted` is what somebody else's message says that it replies to: "" where the bot may not read that, which is
    usual, None where there is no such message. `last` is the answer that it replies to, or else the last one of its
    writer there.
    """

    inquiry: Inquiry
    last: SentAnswer | None = None
    quoted: str | None = None
    file: SentFile | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody means.

    `inquiry` is what is searched where it is a question, `subject` what a list or a video is asked for by. `last` is
    the answer before, and `shown` what that showed, None where there is none. `language` is the one that small talk is
    told by, "" for none. `is_verbatim` is whether what is searched stands in what was written.
    """

    kind: UtteranceKind
    inquiry: Inquiry
    subject: str = ""
    last: SentAnswer | None = None
    shown: AnswerState | None = None
    language: str = ""
    is_verbatim: bool = False

    @property
    def is_question(self) -> bool:
        """Return whether it is to be searched."""
        return self.kind is IntentKind.QUESTION

    @property
    def is_about_videos(self) -> bool:
        """Return whether its answer is made of videos, in turn; all else is answered with a few words."""
        return self.kind in _OF_VIDEOS

    @property
    def has_more(self) -> bool:
        """Return whether it goes on with an answer that has further passages."""
        return self.kind is IntentKind.MORE and self.last is not None and self.last.next_page is not None

    @property
    def picked_server(self) -> int:
        """Return the server that was picked for what it goes on with, 0 for none."""
        return self.shown.inquiry.server if self.kind is IntentKind.MORE and self.shown else self.inquiry.server


class ConversationService:
    """Understands what people write, and makes the cards for all that is no question. Make one for all of Discord."""

    def __init__(
        self,
        ledger: Ledger,
        catalogue: Catalogue,
        questions: QuestionService,
        videos: VideoService,
        examples: TimelyExamples,
    ) -> None:
        self._ledger = ledger
        self._catalogue = catalogue
        self._questions = questions
        self._videos = videos
        self._examples = examples

    async def understand(self, said: Said, user_id: int) -> Utterance:
        """Return what a user means by what they wrote. Where filters are given beside the text, it is a question."""
        inquiry = said.inquiry
        if said.file is SentFile.OTHER or (said.file and not inquiry.text):
            return Utterance(said.file, inquiry)
        intent = await _recognize(inquiry.text)
        asks = intent.kind in (IntentKind.QUESTION, IntentKind.EMPTY)
        if said.quoted is not None and asks and points_to_message(inquiry.text):
            quoted = replace(inquiry, text=said.quoted)
            return Utterance(IntentKind.QUESTION if said.quoted else Unreadable.MESSAGE, quoted)
        if intent.kind is not IntentKind.QUESTION and inquiry == Inquiry(inquiry.text):
            shown = await self._load_answer(said.last) if intent.kind in _GOING_ON else None
            return Utterance(intent.kind, inquiry, intent.words, said.last, shown, intent.language)
        if intent.kind is IntentKind.QUESTION:
            inquiry = replace(inquiry, text=" ".join(intent.words.split()))
        return await self._complete(inquiry, said, user_id)

    async def _complete(self, inquiry: Inquiry, said: Said, user_id: int) -> Utterance:
        """Return a question, completed with the last one where it needs that; else that there is nothing to go on."""
        # Most questions stand by themselves, and for those nothing is read.
        shown = await self._load_answer(said.last) if may_follow_up(inquiry.text) else None
        if shown is None and is_without_subject(inquiry.text):
            return Utterance(IntentKind.MORE, inquiry)
        if said.last is not None and shown is not None:
            inquiry = complete_inquiry(inquiry, shown, is_own=said.last.asker_id == user_id)
        return Utterance(IntentKind.QUESTION, inquiry, is_verbatim=inquiry.last is None)

    async def _load_answer(self, sent: SentAnswer | None) -> AnswerState | None:
        """Return what an answer showed, or None where its buttons have expired, or it was none."""
        if sent is None:
            return None
        with contextlib.suppress(PassageGone):
            return await load_state(self._ledger, sent.key, AnswerState)
        with contextlib.suppress(PassageGone):
            passage = await load_state(self._ledger, sent.key, PassageState)
            return AnswerState(passage.inquiry, (passage.spot,))
        return None

    async def settle(self, asker: ResolvedAsker, utterance: Utterance) -> Utterance:
        """Return what is meant among the videos that an asker may see.

        A video or a list that no title fits is searched as a question; a video that several titles fit is a list, and
        so is one that is not named where none was spoken of.
        """
        if utterance.kind not in (IntentKind.LIST_VIDEOS, IntentKind.SHOW_VIDEO):
            return utterance
        is_list = utterance.kind is IntentKind.LIST_VIDEOS
        if not utterance.subject and not is_list:
            first = utterance.shown.spots[0].stretch.video_id if utterance.shown and utterance.shown.spots else ""
            # Which of them is meant is for its writer to say.
            return replace(utterance, subject=first, kind=utterance.kind if first else IntentKind.LIST_VIDEOS)
        videos = await self._catalogue.list_videos(asker.scope)
        found = await asyncio.to_thread(find_called, utterance.subject, videos)
        if not is_list and len(found) == 1:
            return replace(utterance, subject=found[0].video.video_id)
        if found:
            return replace(utterance, kind=IntentKind.LIST_VIDEOS)
        asked = replace(utterance.inquiry, text=utterance.subject or utterance.inquiry.text)
        return replace(utterance, kind=IntentKind.QUESTION, inquiry=asked)

    def make_card(self, asker: ResolvedAsker, utterance: Utterance) -> Coroutine[Any, Any, Card]:
        """Return what makes the card for a settled utterance that is no question."""
        metrics.count_small_talk(utterance.kind.value)
        match utterance.kind:
            case IntentKind.LIST_VIDEOS:
                return self._videos.list_videos(asker, 0, VideoListState(utterance.subject))
            case IntentKind.SHOW_VIDEO:
                return self._videos.show_video(asker, utterance.subject)
            case IntentKind.MORE:
                return self._show_more(asker, utterance)
            case IntentKind.HELP:
                return self.show_help(asker)
            case _:
                return self._make_small_card(asker, utterance.kind)

    async def show_help(self, asker: ResolvedAsker, *, manages: bool = False) -> Card:
        """Show how to ask; `manages` says that it is for somebody who manages the server, and for them alone."""
        example = await self._examples.find(asker.scope)
        owner = await self._questions.offer_question(asker, example) if example else asker.owner()
        return asker.note_samples(help_card(owner, example, manages=manages))

    async def find_example(self, asker: ResolvedAsker) -> str:
        """Return a question that the videos which an asker sees answer, or "" where none is known in time."""
        return await self._examples.find(asker.scope)

    async def _show_more(self, asker: ResolvedAsker, utterance: Utterance) -> Card:
        """Show the page after the last one of an answer."""
        shown, last = utterance.shown, utterance.last
        if shown is None or last is None:
            return cards.nothing_to_continue_card()
        with contextlib.suppress(PassageGone):
            if last.next_page is not None:
                return await self._questions.turn_page(asker, shown, last.next_page, in_place=False)
        return cards.no_more_card(shown.inquiry.text)

    async def _make_small_card(self, asker: ResolvedAsker, kind: UtteranceKind) -> Card:
        return asker.note_samples(await self._choose_small_card(asker, kind))

    async def _choose_small_card(self, asker: ResolvedAsker, kind: UtteranceKind) -> Card:
        match kind:
            case IntentKind.THANKS:
                return cards.thanks_card()
            case IntentKind.REMARK:
                return cards.remark_card()
            case SentFile.MEDIA:
                return cards.sent_media_card()
            case Unreadable.MESSAGE:
                return cards.unread_message_card()
            case IntentKind.IDENTITY:
                return cards.identity_card(await self._examples.find(asker.scope))
            case _:
                return cards.greeting_card(await self._examples.find(asker.scope))


async def _recognize(text: str) -> Intent:
    """Tell what a message is, without holding the event loop for long."""
    return recognize_intent(text) if len(text) <= MAX_READ_AT_ONCE else await asyncio.to_thread(recognize_intent, text)


def load_phrases() -> None:
    """Read what tells small talk and follow-ups from questions: once, in a tenth of a second."""
    recognize_intent("hello")
    may_follow_up("copper lantern")
