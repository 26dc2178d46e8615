"""Puts questions to a library again once it has changed: those that it missed, and those that people follow.

It runs beside everything else, one question at a time and only while nobody waits for an answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answer_processes.pool import AnswerPool
from bot.answering.answer import FULL_QUOTES
from bot.answering.new_answers import find_new_excerpts, least_sureness, may_be_answered
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer
from bot.discord_app.cards.admin.misses import answered_remark
from bot.discord_app.services.admission import Admission
from bot.discord_app.services.questions.button_state import load_inquiry
from bot.discord_app.services.questions.follow_ups import parse_inquiry
from bot.errors import InvalidQuestion
from bot.open_misses import CheckedMisses, check_misses
from bot.operations import metrics
from bot.operations.safe_traceback import describe_error
from storage import access
from storage.errors import StorageError, UnknownFilter
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Follow, Question, Scope, ScoreBound

log = logging.getLogger("cuepoint.follows")

REMARK_SECONDS = 5.0
"""How long the reply to an import waits at most for what it answers."""
ASKED_QUOTES = 10
"""How many excerpts are looked at for one from a new video: older videos may say it better."""
YIELDING_SECONDS, MAX_YIELDED_SECONDS = 0.05, 5.0
"""How long is waited at a time for those who ask, and in all before a question: then it has its turn as well."""
INDEX_PAUSE_SECONDS, INDEX_TRIES = 1.0, 30
"""How long and how often is waited for the index of a library into which very much was imported."""


class IndexNotCurrent(StorageError):
    """Raised where the index of a library was not up to date for so long; it is checked again later."""


@dataclass(frozen=True, slots=True)
class CheckedQuestions:
    """What a check found: how many questions of a library were open, how many of these are answered now, and for how
    many follows there is something to tell."""

    open_count: int = 0
    answered_count: int = 0
    found_follows: int = 0


@dataclass(frozen=True, slots=True)
class AskedFollows:
    """Follows of the same question, which is asked once for all of them, with what it asks."""

    question: Question
    follows: tuple[Follow, ...]

    @property
    def accepts_closest(self) -> bool:
        """Return whether an answer that is not clear will do for any of them."""
        return any(follow.accepts_closest for follow in self.follows)


class LibraryChecker:
    """Checks libraries that were changed. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        answers: AnswerPool,
        admission: Admission,
        thresholds: SurenessThresholds,
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._answers = answers
        self._admission = admission
        self._thresholds = thresholds
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[CheckedQuestions]] = set()

    async def check_changed(self) -> int:
        """Check every library that was changed since; return for how many follows there is something to tell.

        A library that cannot be checked keeps no other waiting, and is tried again at the next call.
        """
        found = 0
        for key in await self._library.changes.unchecked_libraries():
            try:
                found += (await self.check_library(key)).found_follows
            except StorageError as error:
                log.warning("what is new in %s is looked at again later: %s", key, describe_error(error))
            except Exception as error:
                metrics.count_error()
                log.error("unexpected error while looking at what is new in %s", key, exc_info=error)
        return found

    async def remark_on_import(self, key: str) -> list[str]:
        """Return what is said to a moderator after an import into a library: how many open questions it answers, if it
        answers any. They do not wait long for it."""
        checked = await self.check_soon(key, REMARK_SECONDS)
        if not checked or not checked.answered_count:
            return []
        return [answered_remark(checked.answered_count, checked.open_count)]

    async def check_soon(self, key: str, seconds: float) -> CheckedQuestions | None:
        """Check a library that was changed just now; return None where that takes longer than so many seconds, or
        fails. It goes on then, and is tried again later."""
        task = asyncio.create_task(self.check_library(key), name=f"look at what is new in {key}")
        self._tasks.add(task)
        task.add_done_callback(self._on_checked)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task.result() if done and not task.cancelled() and task.exception() is None else None

    def _on_checked(self, task: asyncio.Task[CheckedQuestions]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("could not %s, which is tried again: %s", task.get_name(), describe_error(error))

    async def close(self) -> None:
        """End what is under way; it is done again after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def check_library(self, key: str) -> CheckedQuestions:
        """Put the open questions of a library to it again, and note which follows are answered by what is new in it.

        The library is only then noted as checked: what is interrupted is done again. Raises StorageError.
        """
        async with self._lock:
            self._ledger.erasures.begin_event()
            scope = access.any_scope(key)
            unchecked = await self._library.changes.unchecked_videos(scope)
            if unchecked is None:
                return CheckedQuestions()
            misses, found = CheckedMisses(), 0
            if unchecked.video_ids:
                self._ledger.erasures.note_libraries([key])
                misses = await check_misses(self._library, self._ledger, scope, self._ask_when_quiet)
                found = await self._check_follows(scope, unchecked.video_ids)
            await self._library.changes.note_checked(scope, unchecked.revision)
            return CheckedQuestions(misses.open_count, misses.answered_count, found)

    async def _check_follows(self, scope: Scope, video_ids: frozenset[str]) -> int:
        """Note which follows some videos answer; return how many these are."""
        found = 0
        for each in (await self.find_asked(scope, video_ids))[1]:
            answer = await self._answer(scope, each.question)
            if answer is None:
                continue
            answered = await asyncio.to_thread(self._find_answered, answer, video_ids, each.follows)
            for videos, follow_ids in answered.items():
                await self._ledger.note_found(follow_ids, videos)
                found += len(follow_ids)
        return found

    def _find_answered(
        self, answer: Answer, video_ids: frozenset[str], follows: Iterable[Follow]
    ) -> dict[frozenset[str], list[int]]:
        """Return for which follows of a question its answer is news, by the videos that say it."""
        answered: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for follow in follows:
            excerpts = find_new_excerpts(
                answer, video_ids, set(follow.known), self._thresholds, accepts_closest=follow.accepts_closest
            )
            if excerpts:
                answered[frozenset(each.video.video_id for each in excerpts)].append(follow.follow_id)
        return answered

    async def find_asked(
        self, scope: Scope, video_ids: frozenset[str]
    ) -> tuple[list[AskedFollows], list[AskedFollows]]:
        """Return the questions that are followed in a scope's one library, and those of them that some videos may
        answer."""
        [key] = scope.libraries
        asked = await asyncio.to_thread(_group_by_question, await self._ledger.follows_in(key))
        return asked, await self._find_promising(scope, video_ids, asked)

    async def _find_promising(
        self, scope: Scope, video_ids: frozenset[str], asked: Sequence[AskedFollows]
    ) -> list[AskedFollows]:
        """Return those questions that some videos may answer, by a quick look at their words."""
        reads_meaning = self._library.changes.reads_meaning
        promising = []
        for accepts_closest in (False, True):
            these = [each for each in asked if each.accepts_closest is accepts_closest]
            least = least_sureness(self._thresholds, accepts_closest=accepts_closest)

            def may_answer(bound: ScoreBound, least: float = least) -> bool:
                return may_be_answered(bound, least, reads_meaning=reads_meaning)

            for _ in range(INDEX_TRIES):
                questions = [each.question for each in these]
                may = await self._library.changes.find_promising(scope, video_ids, questions, may_answer)
                if may is not None:
                    promising += [each for each, is_promising in zip(these, may, strict=True) if is_promising]
                    break
                await asyncio.sleep(INDEX_PAUSE_SECONDS)
            else:
                raise IndexNotCurrent("its index is still being brought up to date")
        return promising

    async def _answer(self, scope: Scope, question: Question) -> Answer | None:
        """Return the answer to a question; None where it cannot be asked any more."""
        try:
            return await self._ask_when_quiet(scope, question)
        except UnknownFilter:
            return None

    async def _ask_when_quiet(self, scope: Scope, question: Question) -> Answer:
        """Ask a question in the background: people who ask are answered first, and have half of the processor."""
        waited_until = time.monotonic() + MAX_YIELDED_SECONDS
        while self._admission.is_busy and time.monotonic() < waited_until:  # noqa: ASYNC110 - it begins and ends often
            await asyncio.sleep(YIELDING_SECONDS)
        started = time.monotonic()
        answer = await self._answers.ask(
            scope, question, limit=ASKED_QUOTES, thresholds=self._thresholds, lengths=FULL_QUOTES
        )
        await asyncio.sleep(time.monotonic() - started)
        return answer


def _group_by_question(follows: Iterable[Follow]) -> list[AskedFollows]:
    """Return the questions that people follow, each once; those that can be read no more are left out."""
    same: defaultdict[str, list[Follow]] = defaultdict(list)
    for follow in follows:
        same[follow.inquiry].append(follow)
    groups: dict[Question, list[Follow]] = {}
    for inquiry, those in same.items():
        try:
            groups.setdefault(parse_inquiry(load_inquiry(inquiry)), []).extend(those)
        except (InvalidQuestion, ValueError):  # one that another version wrote
            continue
    return [AskedFollows(question, tuple(those)) for question, those in groups.items()]
