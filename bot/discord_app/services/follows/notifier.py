"""Tells people what was found for what they follow: once, and at most one message a person and day.

Everything is looked at again before: whether they may see the videos, and whether these still answer. A message is
recorded before it is sent; where the bot ended in between, it is looked for before it is sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import aiohttp
import discord

from bot.answer_processes.pool import AnswerPool
from bot.answering.answer import FULL_QUOTES
from bot.answering.new_answers import find_new_excerpts
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Excerpt
from bot.discord_app.cards.follow_notice import MAX_TOLD, ToldFollow, follow_notice_card
from bot.discord_app.cards.parts.command_mentions import set_command_ids
from bot.discord_app.delivery import notices
from bot.discord_app.delivery.retries import DeliveryUnknown, is_forbidden, is_target_gone
from bot.discord_app.services.follows.checker import ASKED_QUOTES
from bot.discord_app.services.follows.notice_reach import NoticeReach
from bot.discord_app.services.memberships import Memberships
from bot.discord_app.services.questions.button_state import load_inquiry
from bot.discord_app.services.questions.follow_ups import parse_inquiry
from bot.errors import InvalidQuestion
from bot.localization import choose_language, set_language
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage import access
from storage.errors import StorageError, UnknownFilter
from storage.ledger import Ledger, ToldPlaces, recipient_of
from storage.library import Library
from storage.models import Follow, FoundFollow

log = logging.getLogger("cuepoint.follows")

NOTICE_EVERY_SECONDS = 24 * 3600.0
"""How often a person, or a channel, is told at most."""
PAUSE_SECONDS = 2.0
"""Between two messages: Discord may restrict bots that open many direct messages at once."""
MAX_AT_ONCE = 50
"""How many are told before it is looked again who is due: what is found meanwhile need not wait for thousands."""
UNREACHED_SECONDS = 3600.0
"""After how long it is looked again whether somebody may be told who could not be just now."""
GIVEN_UP_SECONDS = 2.5 * 24 * 3600.0
"""After how long what was found is given up where nobody can be told: four tries, a day apart."""
_CLOSED = 50007
"""Discord's code for direct messages that somebody does not take."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of one found follow: what stands on the card, and the places that are known by then."""

    found: FoundFollow
    card: ToldFollow
    places: tuple[tuple[str, float], ...]


class FollowNotifier:
    """Sends what is due. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        answers: AnswerPool,
        reach: NoticeReach,
        memberships: Memberships,
        thresholds: SurenessThresholds,
        command_ids: dict[str, int],
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._answers = answers
        self._reach = reach
        self._memberships = memberships
        self._thresholds = thresholds
        self._command_ids = command_ids
        self._pause_seconds = pause_seconds
        self._unreached_at: dict[str, float] = {}
        self._lock = asyncio.Lock()

    async def tell_all(self, client: discord.Client) -> int:
        """Tell those who are due, MAX_AT_ONCE at most, one after another; return how many messages were sent.

        One who cannot be told keeps no other waiting.
        """
        sent = 0
        async with self._lock:
            for recipient, found in _take_turns(await self._find_due(client))[:MAX_AT_ONCE]:
                # In a task of its own: each is told in their language, and what is deleted meanwhile is noticed.
                task = asyncio.create_task(self._tell_or_log(client, recipient, found), name="tell of what was found")
                try:
                    sent += await task
                finally:
                    task.cancel()
        return sent

    async def _find_due(self, client: discord.Client) -> dict[str, list[FoundFollow]]:
        """Return what is to be told now, by recipient; who was told less than a day ago is not due.

        Of a server that is not connected here, another process may be telling just now, which has its shard.
        """
        now, last = self._ledger.now(), await self._ledger.last_notices()
        due: defaultdict[str, list[FoundFollow]] = defaultdict(list)
        for found in await self._ledger.found_follows():
            recipient, server_id = recipient_of(found.follow), access.server_of(found.follow.library)
            if server_id is not None and client.get_guild(server_id) is None:
                continue
            has_waited = _has_passed(now, last.get(recipient, 0.0), NOTICE_EVERY_SECONDS)
            if found.batch or (
                has_waited and _has_passed(now, self._unreached_at.get(recipient, 0.0), UNREACHED_SECONDS)
            ):
                due[recipient].append(found)
        return due

    async def _tell_or_log(self, client: discord.Client, recipient: str, found: Sequence[FoundFollow]) -> bool:
        try:
            is_sent = await self._tell(client, recipient, found)
        except DeliveryUnknown as error:
            log.warning("nobody knows whether a notice arrived, which is looked for: %s", error)
        except discord.HTTPException as error:
            if not (is_forbidden(error) or is_target_gone(error)):
                self._try_later(recipient)
                log.warning("a notice could not be sent, and is tried again: %s", describe_error(error))
            else:
                await self._give_up_or_postpone(recipient, found, is_closed=error.code == _CLOSED)
        except (aiohttp.ClientError, OSError, StorageError) as error:
            self._try_later(recipient)
            log.warning("a notice could not be sent, and is tried again: %s", describe_error(error))
        except Exception as error:
            self._try_later(recipient)
            metrics.count_error()
            log.error("unexpected error while telling of what was found", exc_info=error)
        else:
            if is_sent:
                await asyncio.sleep(self._pause_seconds)
            return is_sent
        return False

    async def _tell(self, client: discord.Client, recipient: str, found: Sequence[FoundFollow]) -> bool:
        """Send a recipient the one message that is due; return whether it was sent."""
        self._ledger.erasures.begin_event()
        self._ledger.erasures.note_libraries({each.follow.library for each in found})
        first = found[0].follow
        set_language(choose_language(first.locale))
        set_command_ids(self._command_ids)
        batch = next((each.batch for each in found if each.batch), "")
        target = None
        if batch:
            # A message was begun: the bot ended then, or its connection failed.
            target = await notices.open_target(client, first.person_id, first.channel_id)
            assert client.user is not None  # it is logged in
            if target is not None and await notices.was_sent(target, batch, client.user.id):
                await self._ledger.finish_batch(batch, recipient)
                return False
        told = await self._find_told(client, found)
        if not told:
            await self._ledger.begin_batch(batch, {})
            await self._postpone_unreached(recipient, found)
            return False
        target = target or await notices.open_target(client, first.person_id, first.channel_id)
        if target is None:
            await self._give_up_or_postpone(recipient, found, is_closed=False)
            return False
        return await self._send(target, recipient, told, batch or notices.make_batch())

    async def _send(self, target: notices.Target, recipient: str, told: Sequence[_Told], batch: str) -> bool:
        follows = [each.found.follow for each in told]
        card = follow_notice_card(
            [each.card for each in told],
            follows[0].person_id,
            batch,
            server_name=self._name_server(told),
            in_channel=bool(follows[0].channel_id),
        )
        places = {each.found.follow.follow_id: ToldPlaces(each.places, each.found.video_ids) for each in told}
        if not await self._ledger.begin_batch(batch, places):
            return False
        # The last look: people end what they follow, and have data deleted, at any time, also by another program.
        ids = [follow.follow_id for follow in follows]
        is_erased = any(self._is_erased(follow) for follow in follows)
        if is_erased or not await self._ledger.is_whole(batch, ids):
            await self._ledger.begin_batch(batch, {})
            return False
        await notices.send_notice(target, card, batch)
        await self._ledger.finish_batch(batch, recipient)
        return True

    def _is_erased(self, follow: Follow) -> bool:
        return self._ledger.is_deleted(follow.person_id) or self._ledger.erasures.is_erased([follow.library])

    def _name_server(self, told: Sequence[_Told]) -> str:
        """Return the name of the server whose videos answer all that is told in a direct message, or ""."""
        servers = {access.server_of(each.found.follow.library) for each in told}
        server_id = next(iter(servers))
        if len(servers) > 1 or server_id is None or told[0].found.follow.channel_id:
            return ""
        return self._memberships.server_name(server_id)

    async def _find_told(self, client: discord.Client, found: Sequence[FoundFollow]) -> list[_Told]:
        """Return what may be told, and is still so, of the follows that were found first."""
        told: list[_Told] = []
        for each in found:
            if len(told) < MAX_TOLD and (answer := await self._look_again(client, each)) is not None:
                told.append(answer)
        return told

    async def _look_again(self, client: discord.Client, found: FoundFollow) -> _Told | None:
        """Return what is to be told of a follow; None where its person may not see it. What is answered no more is
        forgotten."""
        follow = found.follow
        scope = await self._reach.find_scope(follow, notices.parent_channel_id(client, follow.channel_id))
        if scope is None:
            return None
        excerpts: list[Excerpt] = []
        is_clear = True
        known = set(follow.known)
        try:
            inquiry = load_inquiry(follow.inquiry)
            answer = await self._answers.ask(
                scope, parse_inquiry(inquiry), limit=ASKED_QUOTES, thresholds=self._thresholds, lengths=FULL_QUOTES
            )
            # The sample talks answer in place of an empty library.
            if (await self._library.non_empty(scope)).libraries:
                find = partial(find_new_excerpts, answer, found.video_ids, known, self._thresholds)
                excerpts = find(accepts_closest=follow.accepts_closest)
                is_clear = bool(find(accepts_closest=False))
        except (InvalidQuestion, UnknownFilter, ValueError):
            excerpts = []
        if not excerpts:
            await self._ledger.forget_videos(follow.follow_id, found.video_ids)
            return None
        shown = ToldFollow(follow.follow_id, inquiry.wording, excerpts[0], follow.is_once, is_clear)
        places = tuple((each.video.video_id, start) for each in excerpts for start in each.segments)
        return _Told(found, shown, places)

    async def _postpone_unreached(self, recipient: str, found: Sequence[FoundFollow]) -> None:
        """Look again later at what may not be told now; what was found long ago is given up, and the follows go on."""
        self._try_later(recipient)
        oldest = self._ledger.now() - GIVEN_UP_SECONDS
        if given_up := [each.follow.follow_id for each in found if each.found_at <= oldest]:
            await self._ledger.forget_found(given_up)

    async def _give_up_or_postpone(self, recipient: str, found: Sequence[FoundFollow], *, is_closed: bool) -> None:
        """Try tomorrow again where Discord lets nothing be told. Follows that could not be told for days are ended, as
        nobody will be told of them; what a channel does not take is only forgotten."""
        await self._ledger.postpone_notice(recipient)
        oldest = self._ledger.now() - GIVEN_UP_SECONDS
        given_up = [each.follow.follow_id for each in found if each.found_at <= oldest]
        if given_up and is_closed:
            await self._ledger.end_follows(given_up)
            log.info("%d follows were ended, whose person takes no direct messages", len(given_up))
        elif given_up:
            await self._ledger.forget_found(given_up)

    def _try_later(self, recipient: str) -> None:
        self._unreached_at[recipient] = self._ledger.now()


def _take_turns(due: Mapping[str, list[FoundFollow]]) -> list[tuple[str, list[FoundFollow]]]:
    """Return what is to be told in the order in which it is: of every library one, then of every one the second."""
    turns: Counter[str] = Counter()
    placed = []
    for recipient, found in due.items():
        library = found[0].follow.library
        placed.append((turns[library], recipient, found))
        turns[library] += 1
    return [(recipient, found) for _, recipient, found in sorted(placed, key=itemgetter(0))]


def _has_passed(now: float, moment: float, seconds: float) -> bool:
    """Return whether so much time has passed since a moment. One that lies further ahead is of a wrong clock, which
    must keep nobody untold until then."""
    return abs(now - moment) >= seconds
