"""Questions as people type them, put to the one road that answers them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import Answer, AnsweredTimeline, OpenedPassage, PassageRange
from storage.library import Library
from storage.models import Hit, Question, Scope, SearchResult


async def ask(library: Library, scope: Scope, text: str, **options: Any) -> Answer:
    return await asking.ask(library, scope, parse_question(text), **options)


async def timeline(library: Library, scope: Scope, text: str, *, video: str = "") -> AnsweredTimeline:
    return await asking.timeline(library, scope, parse_question(text, video=video))


async def search(library: Library, scope: Scope, text: str, **options: Any) -> tuple[Hit, ...]:
    return await asking.search(library, scope, parse_question(text), **options)


async def open_passage(
    library: Library, scope: Scope, text: str, passage_range: PassageRange, *, step: int = 0
) -> OpenedPassage:
    question = parse_question(text, video=passage_range.video_id)
    return await asking.open_passage(library, scope, question, passage_range, step=step)


async def search_one_language(library: Library, scope: Scope, question: Question, limit: int) -> SearchResult:
    """What the library finds in a scope of one language; nothing of the samples, which stand in for an empty one."""
    (result,) = await library.search(scope, question, limit)
    return result if set(result.scope.libraries) <= set(scope.libraries) else replace(result, hits=())
