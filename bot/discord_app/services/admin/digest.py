"""The weekly digest of a server: what was asked there, what is new, and which answers helped."""

from __future__ import annotations

from bot.answer_processes.pool import AnswerPool
from bot.answering.question import parse_question
from bot.answering.values import PassageRange
from bot.discord_app.cards.admin.digest import MAX_MISSES, MAX_MOMENTS, MAX_VIDEOS, Digest, FoundHelpful
from bot.discord_app.services.questions.suggestions import may_be_personal
from bot.errors import InvalidQuestion, PassageGone
from storage import access
from storage.access import Asker, Membership, Place
from storage.ledger import Ledger
from storage.library import Library
from storage.models import AddedVideos, HelpfulMoment, Miss, Scope, ServerSettings, Week

MAX_MOMENTS_READ = 2 * MAX_MOMENTS
"""How many moments are looked up: some may not be stored any more."""
MAX_QUOTE_SECONDS = 60.0
"""How long speech goes on that an answer quotes, from the start of the segment in which the quote begins."""


class DigestService:
    """Gathers what goes into a server's digest. Make one for all of Discord.

    Words are only in it where everybody in the channel may see the server's videos, by the rules for public answers:
    anywhere else it has numbers alone. The words of a question are only in it where several people asked it: what one
    person alone asked may tell who that was.
    """

    def __init__(self, library: Library, ledger: Ledger, answers: AnswerPool) -> None:
        self._library = library
        self._ledger = ledger
        self._answers = answers

    async def gather(self, server_id: int, channel_id: int, week: Week) -> Digest:
        """Return the digest of a server for a channel; of a thread, `channel_id` is its parent's."""
        settings = await self._ledger.settings(server_id)
        scope = _resolve_scope(server_id, channel_id, settings)
        is_open = access.library_key(server_id) in scope.libraries
        every = access.candidate_scope([server_id], include_shared=settings.shared_too)
        added = await self._library.additions.between(every, week.begins_at, week.ends_at, MAX_VIDEOS)
        misses = await self._list_misses(server_id, week) if settings.record_misses else None
        return Digest(
            week,
            await self._ledger.count_questions(server_id, week),
            added if is_open else AddedVideos(added.count, ()),
            await self._choose_misses(server_id, misses or []) if is_open else (),
            None if misses is None else len(misses),
            await self._find_moments(server_id, scope, week) if is_open else (),
            is_closed=not is_open,
        )

    async def _list_misses(self, server_id: int, week: Week) -> list[Miss]:
        """Return the open questions of a server's library that were asked since a week began."""
        misses = await self._ledger.open_misses(access.library_key(server_id))
        return [miss for miss in misses if miss.last_asked >= week.begins_at]

    async def _choose_misses(self, server_id: int, misses: list[Miss]) -> tuple[Miss, ...]:
        """Return the open questions whose words may be shown: several people asked them, and they name nobody."""
        frequent = await self._ledger.frequent_misses(server_id)
        shown = (
            miss
            for miss in misses
            if miss.question in frequent and not may_be_personal(f"{miss.question} {miss.wording}")
        )
        return tuple(shown)[:MAX_MISSES]

    async def _find_moments(self, server_id: int, scope: Scope, week: Week) -> tuple[FoundHelpful, ...]:
        moments = await self._ledger.helpful_moments(server_id, scope.libraries, week, MAX_MOMENTS_READ)
        found: list[FoundHelpful] = []
        for moment in moments:
            if len(found) < MAX_MOMENTS and (quoted := await self._quote(scope, moment)) is not None:
                found.append(quoted)
        return tuple(found)

    async def _quote(self, scope: Scope, moment: HelpfulMoment) -> FoundHelpful | None:
        """Return a moment with what it says on its question, as the answer quoted it; None where it is gone."""
        own, place = access.narrow_scope(scope, [moment.library]), moment.start_second
        try:
            question = parse_question(moment.question, video=moment.video_id)
            # A vote says where its quote began; what was asked for may be said at the end of it.
            passage_range = PassageRange(moment.video_id, place, place + MAX_QUOTE_SECONDS)
            opened = await self._answers.open_passage(own, question, passage_range)
        except (InvalidQuestion, PassageGone):
            return None
        return FoundHelpful(opened.hit, moment.people)


def _resolve_scope(server_id: int, channel_id: int, settings: ServerSettings) -> Scope:
    """Return what everybody in a channel of a server may see: what an answer to all of them is made of."""
    everybody = Asker(Place.SERVER, Membership(server_id), channel_id)
    return access.resolve_reach(everybody, {server_id: settings}, aloud=True).scope
