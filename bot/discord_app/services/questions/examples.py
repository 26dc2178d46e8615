"""An example of a question that the videos of a scope answer, for those who do not know yet what to ask."""

from __future__ import annotations

import asyncio
import re

from cachetools import LRUCache

from bot.discord_app.services.questions.catalogue import Catalogue
from bot.localization import SOURCE_LANGUAGE, current_language
from bot.localization import gettext as _
from storage.errors import StorageError
from storage.library import Library
from storage.models import KeyTerm, Scope, Video, VideoSummary
from storage.video_names import fold_name

WAIT_SECONDS = 1.0
"""How long a card waits for its example: an index may have to be read first, and the next card has it then."""
MAX_TERMS = 40
"""Among how many telling words of a video those are looked for that its title has too."""
_MAX_SCOPES, _MAX_VIDEOS, _MAX_WORDS = 256, 3, 2
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_MIN_WORD_LENGTH = 3


class ExampleQuestions:
    """Makes one example for each scope, of words that its videos say. Make one for all of Discord."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self._library = library
        self._catalogue = catalogue
        self._known: LRUCache[Scope, tuple[object, str]] = LRUCache(_MAX_SCOPES)
        self._searches: dict[Scope, asyncio.Task[str]] = {}

    async def find(self, scope: Scope) -> str:
        """Return a question that the videos of a scope answer, or "" where none is known in time."""
        task = self._searches.get(scope)
        if task is None:
            task = self._searches[scope] = asyncio.create_task(self._find_words(scope))
            task.add_done_callback(lambda _: self._searches.pop(scope, None))
        done, _late = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        return _ask_about(task.result()) if done else ""

    async def _find_words(self, scope: Scope) -> str:
        try:
            scope = await self._library.or_samples(scope)
            revision = await self._library.revision(scope)
            cached = self._known.get(scope)
            if cached is None or cached[0] != revision:
                cached = self._known[scope] = revision, await self._choose_words(scope)
            return cached[1]
        except StorageError:
            return ""

    async def _choose_words(self, scope: Scope) -> str:
        """Return words that one of the longest videos says and its title has too; else its most telling word."""
        videos = sorted(await self._catalogue.list_videos(scope), key=_count_words, reverse=True)[:_MAX_VIDEOS]
        telling = [
            (each.video, await self._library.key_terms(scope, each.video.video_id, MAX_TERMS)) for each in videos
        ]
        titled = (_title_words(video, terms) for video, terms in telling)
        single = (term.word for _, terms in telling for term in terms if len(term.word) >= _MIN_WORD_LENGTH)
        return next(filter(None, titled), None) or next(single, "")


def _count_words(summary: VideoSummary) -> int:
    return summary.words


def _title_words(video: Video, terms: tuple[KeyTerm, ...]) -> str:
    """Return the first telling words of a video that stand side by side in its title; "" where it has none."""
    telling = {fold_name(term.word) for term in terms if len(term.word) >= _MIN_WORD_LENGTH}
    words = _WORD.findall(video.title)
    for first, word in enumerate(words):
        if fold_name(word) in telling:
            following = words[first : first + _MAX_WORDS]
            return " ".join(following if fold_name(following[-1]) in telling else following[:1])
    return ""


def _ask_about(words: str) -> str:
    # In words alone where a sentence would be in another language than the videos.
    return (
        _("what is said about {words}?").format(words=words)
        if words and current_language() == SOURCE_LANGUAGE
        else words
    )
