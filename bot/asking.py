"""The one road from a question to an answer, for every face."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.answering.answer import compose
from bot.answering.matching import Matcher
from bot.answering.passages import PASSAGES_PER_VIDEO, join
from bot.answering.question import parse_question
from bot.answering.values import Answer, Passage
from storage.library import Library
from storage.models import Findings, Hit, Question, Scope

QUOTES = 5
"""How many excerpts an answer shows at most."""
HITS_READ = 40
"""How many hits are looked at for them: neighbours, repetitions and a talkative video drop out."""
PASSAGES_READ = 8
AROUND_SECOND = 120.0
"""How far around a hit its neighbours are looked for; a segment is rarely longer than 40 seconds."""


async def ask(
    library: Library, scope: Scope, text: str, *, video: str = "", creator: str = "", limit: int = QUOTES
) -> Answer:
    """Answer a question from the libraries of a scope, or from the sample talks while it is empty.

    Raises EmptyQuestion, and UnknownFilter where a filter names nothing.
    """
    question = parse_question(text, video=video, creator=creator)
    scope = await library.in_reach(scope)
    findings = await library.search(scope, question, HITS_READ)
    passages = await _passages(library, scope, question, findings)
    return await asyncio.to_thread(compose, question, findings, passages, limit)


async def search(
    library: Library, scope: Scope, text: str, *, video: str = "", creator: str = "", limit: int = 10
) -> tuple[Hit, ...]:
    """The ranked segments themselves, nothing joined or dropped. Raises as `ask` does."""
    question = parse_question(text, video=video, creator=creator)
    return (await library.search(await library.in_reach(scope), question, limit)).hits


async def _passages(library: Library, scope: Scope, question: Question, findings: Findings) -> list[Passage]:
    """The best hits with the speech around them; a hit that a better one has taken in is not shown again."""
    matcher = Matcher(question, findings)
    most = PASSAGES_READ if findings.one_video else PASSAGES_PER_VIDEO
    taken: set[tuple[str, float]] = set()
    shown: Counter[str] = Counter()
    passages: list[Passage] = []
    for hit in findings.hits:
        video_id, start = hit.video.video_id, hit.segment.start_second
        if (video_id, start) in taken or shown[video_id] >= most:
            continue
        end = hit.segment.end_second + AROUND_SECOND
        passage = join(hit, await library.segments_between(scope, video_id, start - AROUND_SECOND, end), matcher)
        taken.update((video_id, segment.start_second) for segment in passage.segments)
        shown[video_id] += 1
        passages.append(passage)
        if len(passages) == PASSAGES_READ:
            break
    return passages
