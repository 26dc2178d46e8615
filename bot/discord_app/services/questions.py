"""The service for questions: from what a user asked, or which button they pressed, to the card that answers."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from bot.answer_processes.pool import AnswerPool
from bot.answering.question import parse_question
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnswerLevel
from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import passages as passage_cards
from bot.discord_app.cards import timeline as timeline_cards
from bot.discord_app.cards import videos as video_cards
from bot.discord_app.cards.base import Card
from bot.discord_app.cards.controls import NO_KEY
from bot.discord_app.services.asker_resolver import ResolvedAsker
from bot.discord_app.services.button_state import (
    ALL_VIDEOS,
    EXPIRED,
    AnswerState,
    Inquiry,
    PassagePlace,
    PassageState,
    SavedState,
    TranscriptState,
    VideoListState,
    answer_state,
    save_state,
)
from bot.discord_app.services.catalogue import Catalogue
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.errors import PassageGone
from bot.images.timeline_image import draw_timeline
from bot.operations import metrics
from bot.operations.metrics import QuestionSource
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Question, Verdict, Vote
from storage.video_names import find_videos

MAX_PAGE = 9
"""The last page, counted from 0: no user needs more, and a page costs as much as all pages before it."""
MAX_KEY_TERMS = 12
"""How many key terms of a video are shown."""
_DRAWING = ThreadPoolExecutor(1, "drawing")
"""One picture at a time, outside of the event loop: several threads that run Python code only slow one another down."""
SEGMENTS_PER_CARD = 4
"""How many segments of a transcript are shown at once."""


class QuestionService:
    """Answers questions with cards. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        answers: AnswerPool,
        ledger: Ledger,
        catalogue: Catalogue,
        cooldown: Cooldown,
        thresholds: SurenessThresholds,
        writes: OptionalWrites,
    ) -> None:
        self._writes = writes
        self._library = library
        self._answers = answers
        self._ledger = ledger
        self._catalogue = catalogue
        self._cooldown = cooldown
        self._thresholds = thresholds

    def accept(self, asker: ResolvedAsker, inquiry: Inquiry) -> Question:
        """Parse a question, and refuse what can be refused at once, before others see that something was asked.

        Raises InvalidQuestion and CooldownActive.
        """
        question = _parse(inquiry)
        self.check_cooldown(asker)
        return question

    def check_cooldown(self, asker: ResolvedAsker) -> None:
        """Raise CooldownActive where the last question of a user was too short a time ago.

        This one counts once it is computed: one that is refused because many are asking costs nothing.
        """
        self._cooldown.check(asker.user_id)

    def _count_question(self, asker: ResolvedAsker) -> None:
        self._cooldown.count(asker.user_id, asker.cooldown_seconds)

    async def answer_question(
        self, asker: ResolvedAsker, inquiry: Inquiry, question: Question, source: QuestionSource
    ) -> Card:
        """Answer an accepted question. A question without a clear answer is noted for the library's moderators."""
        self._count_question(asker)
        with metrics.count_question(source) as count:
            answer, card = await self._answer_page(asker, inquiry, question, 0)
            count(answer.level.value)
        await self._record_miss(asker, inquiry, answer)
        return card

    async def _record_miss(self, asker: ResolvedAsker, inquiry: Inquiry, answer: Answer) -> None:
        if asker.misses_to and answer.level is not AnswerLevel.CONFIDENT:
            record = partial(self._ledger.record_miss, asker.misses_to, inquiry.text, asker.user_id)
            await self._writes.attempt("noting a question without a clear answer", record)

    async def _save_state(self, asker: ResolvedAsker, state: SavedState) -> str | None:
        """Store what a card shows, for its buttons; return the key, or None where that cannot be written now."""
        return await self._writes.attempt(
            "storing what buttons need", partial(save_state, self._ledger, state, asker.scope)
        )

    async def _answer_page(
        self, asker: ResolvedAsker, inquiry: Inquiry, question: Question, page: int
    ) -> tuple[Answer, Card]:
        first, end = page * asker.quotes, (page + 1) * asker.quotes
        # One more than the page shows, to know whether there is a next page.
        whole = await self._answers.ask(
            asker.scope,
            question,
            limit=end + 1,
            thresholds=self._thresholds,
            lengths=answer_cards.CARD_QUOTES,
        )
        answer = replace(whole, excerpts=whole.excerpts[first:end], near_misses=whole.near_misses[: asker.quotes])
        if page and not answer.excerpts:
            raise PassageGone("There are no more passages for this question; ask again.")
        key = await self._save_state(asker, answer_state(inquiry, answer))
        more = len(whole.excerpts) > end and page < MAX_PAGE
        return answer, answer_cards.answer_card(answer, asker.owner(key), page=page, more=more, remarks=asker.remarks)

    async def show_timeline(self, asker: ResolvedAsker, inquiry: Inquiry, question: Question) -> Card:
        """Show where in the videos an accepted question is spoken of, as a picture and as text. Misses are noted."""
        self._count_question(asker)
        with metrics.count_question(QuestionSource.SLASH) as count:
            timeline = await self._answers.timeline(asker.scope, question, thresholds=self._thresholds)
            count(timeline.answer.level.value)
        key = await self._save_state(asker, answer_state(inquiry, timeline.answer))
        await self._record_miss(asker, inquiry, timeline.answer)
        if not timeline.strips:
            return answer_cards.answer_card(timeline.answer, asker.owner(key), remarks=asker.remarks)
        picture = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw_timeline, timeline)
        return timeline_cards.timeline_card(timeline, picture, asker.owner(key), asker.remarks)

    async def turn_page(self, asker: ResolvedAsker, state: AnswerState, page: int) -> Card:
        """Show another page of an answer."""
        return (await self._answer_page(asker, state.inquiry, _parse(state.inquiry), min(page, MAX_PAGE)))[1]

    async def open_passage(self, asker: ResolvedAsker, state: AnswerState, number: int) -> Card:
        """Show the passage behind one of an answer's numbers, counted from 1."""
        if not 1 <= number <= len(state.spots):
            raise PassageGone(EXPIRED)
        return await self.show_passage(asker, PassageState(state.inquiry, state.spots[number - 1]))

    async def show_passage(
        self, asker: ResolvedAsker, state: PassageState, *, step: int = 0, shared_by: str = ""
    ) -> Card:
        """Show a passage; `step` widens it, -1 to what is said before it and +1 to what is said after it.

        `shared_by` is the name of the user who shares it with everyone in the channel, which counts as a question.
        """
        if shared_by:
            self._count_question(asker)
        inquiry, spot = state.inquiry, state.spot
        question = parse_question(
            inquiry.text, video=spot.stretch.video_id, creator=inquiry.creator, speaker=inquiry.speaker
        )
        opened = await self._answers.open_passage(asker.scope, question, spot.stretch, step=step)
        opened_state = PassageState(inquiry, PassagePlace(opened.range, spot.second))
        key = await self._save_state(asker, opened_state)
        return passage_cards.passage_card(inquiry.text, opened, asker.owner(key), shared_by=shared_by)

    async def save_vote(self, asker: ResolvedAsker, state: PassageState, verdict: Verdict) -> None:
        """Store a user's verdict on a passage."""
        await self._ledger.save_vote(asker.user_id, await self._make_vote(asker, state, verdict))

    async def withdraw_vote(self, asker: ResolvedAsker, state: PassageState) -> None:
        """Take back a user's verdict on a passage, helpful or not."""
        await self._ledger.withdraw_vote(asker.user_id, await self._make_vote(asker, state, Verdict.HELPFUL))

    async def _make_vote(self, asker: ResolvedAsker, state: PassageState, verdict: Verdict) -> Vote:
        video_id = state.spot.stretch.video_id
        library = (await self._catalogue.get_video(asker.scope, video_id)).library
        return Vote(library, state.inquiry.text, video_id, state.spot.second, verdict)

    async def list_videos(self, asker: ResolvedAsker, page: int, state: VideoListState) -> Card:
        """List one page of the videos that can be asked about, narrowed and ordered as `state` says."""
        videos = await asyncio.to_thread(find_videos, state.search, await self._catalogue.list_videos(asker.scope))
        if state.newest_first:
            videos.sort(key=lambda summary: summary.video.published, reverse=True)
        key = await self._save_state(asker, state) if state != ALL_VIDEOS else NO_KEY
        return video_cards.videos_card(
            videos, asker.owner(key), page, search=state.search, newest_first=state.newest_first
        )

    async def show_video(self, asker: ResolvedAsker, name: str) -> Card:
        """Show one video: its size and its key terms."""
        summary = await self._catalogue.find_video(asker.scope, name)
        scope = await self._library.or_samples(asker.scope)
        terms = await self._library.key_terms(scope, summary.video.video_id, MAX_KEY_TERMS)
        return video_cards.video_card(summary, terms, asker.owner(), self._library.hosts)

    async def show_transcript(self, asker: ResolvedAsker, name: str, moment: float) -> Card:
        """Show the words around a moment (in seconds) of the video of a name or id."""
        summary = await self._catalogue.find_video(asker.scope, name)
        return await self.show_moment(asker, TranscriptState(summary.video.video_id, moment))

    async def show_moment(self, asker: ResolvedAsker, state: TranscriptState, *, step: int = 0) -> Card:
        """Show the words around a moment of a video, or those before them (`step` -1) or after them (+1)."""
        summary = await self._catalogue.get_video(asker.scope, state.video_id)
        scope = await self._library.or_samples(asker.scope)
        segments = await self._library.segments_between(scope, state.video_id, 0.0, summary.end_second)
        if not segments:
            raise PassageGone("That video is no longer here.")
        here = bisect_right([segment.start_second for segment in segments], state.moment) - 1
        first = max(0, min(max(here, 0) + step * SEGMENTS_PER_CARD, len(segments) - 1))
        end = first + SEGMENTS_PER_CARD
        key = await self._save_state(asker, TranscriptState(state.video_id, segments[first].start_second))
        return passage_cards.transcript_card(
            summary.video,
            segments[first:end],
            asker.owner(key),
            earlier=first > 0,
            later=end < len(segments),
            hosts=self._library.hosts,
        )

    async def show_about(self, asker: ResolvedAsker) -> Card:
        """Show what the bot is, and what can be searched here."""
        scope = await self._library.or_samples(asker.scope)
        statistics = await self._library.statistics(scope)
        age = await self._library.index_age_seconds(scope)
        return about_cards.about_card(
            statistics,
            asker.owner(),
            samples=scope == access.sample_scope(),
            index_age_seconds=age,
            reads_meaning=self._library.meaning.is_on,
        )


def _parse(inquiry: Inquiry) -> Question:
    return parse_question(
        inquiry.text,
        video=inquiry.video,
        creator=inquiry.creator,
        speaker=inquiry.speaker,
        after=inquiry.after,
        before=inquiry.before,
        newest_first=inquiry.newest_first,
    )
