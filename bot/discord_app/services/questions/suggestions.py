"""What is suggested while somebody types a question: what can be asked about the videos that they may see."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from cachetools import LRUCache

from bot.answering.question import remove_operators
from bot.discord_app.cards.parts.markdown import clean_line, shorten
from bot.discord_app.services.askers import AskerContext, ResolvedAsker
from bot.discord_app.services.questions.catalogue import MAX_CHOICE_LENGTH, Catalogue
from bot.localization import current_language
from bot.localization import gettext as _
from bot.operations.safe_traceback import describe_error
from storage.analysis import analyser_for
from storage.errors import StorageError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import HelpfulQuestion, Scope, Video, VideoSummary
from storage.video_names import fold_name, suggest_names

log = logging.getLogger("cuepoint.discord")
MAX_SUGGESTIONS = 10
"""How many are shown: more would cover a phone's screen."""
MAX_STARTING_QUESTIONS, MAX_STARTING_WORDS = 4, 3
"""How many questions of others, and how many telling words, are shown in an empty field; titles fill the rest."""
MAX_QUESTIONS = 200
"""How many questions of others are looked at."""
MAX_COMPARED = 500
"""How many choices are compared with what is typed: those that hold most of its words."""
MAX_VIDEOS_READ, TERMS_PER_VIDEO = 12, 8
"""From how many videos telling words are taken, and how many of each."""
MAX_FILTER_LENGTH = 40
"""Characters of an id that a question may be limited to."""
WAIT_SECONDS = 0.02
"""How long a keystroke waits for the list of videos, which is read again after a change."""
_MAX_SCOPES = 64
_BEFORE_WORDS = ' (-/"“«'
"""What stands before a word that begins as it is typed: "b" means "Bert", and not "feedback"."""
_PERSONAL = re.compile(r"[@＠]|://|\bwww\.|<[#:/]|\d(?:[\s().+/-]*\d){5,}")
"""Mentions and email addresses, web addresses, and numbers of six digits or more, however they are grouped."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What can be chosen: the name that is shown and the question that is asked, both within Discord's limit."""

    name: str
    question: str
    folded: str
    """What it is found by, as it is compared."""


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What the videos of a scope can be asked about. `videos` is their list as the catalogue caches it: another list
    means that it has changed."""

    videos: list[VideoSummary]
    titles: tuple[Suggestion, ...]
    ids: frozenset[str]


_NOTHING_KNOWN = _Subjects([], (), frozenset())


class SuggestionService:
    """Suggests questions. Make one for all of Discord.

    Titles are suggested at once; telling words are read from the index in the background, and are there a little later.
    Questions that people asked are suggested where they were asked and answered in public in the same server, in a
    channel that the person sees, were found helpful there, and are answered by videos that the person may see.
    """

    def __init__(self, library: Library, ledger: Ledger, catalogue: Catalogue) -> None:
        self._library = library
        self._ledger = ledger
        self._catalogue = catalogue
        self._subjects: LRUCache[tuple[Scope, str], _Subjects] = LRUCache(_MAX_SCOPES)
        self._terms: LRUCache[Scope, tuple[list[VideoSummary], list[tuple[str, Video]]]] = LRUCache(_MAX_SCOPES)
        self._listing: dict[tuple[Scope, str], asyncio.Task[_Subjects]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._keystrokes: dict[int, object] = {}

    async def withhold_question(self, server_id: int, question: str) -> None:
        """Suggest a question in a server no more: somebody who manages it does not find its answers helpful."""
        await self._ledger.withhold_question(server_id, question)

    def cancel(self) -> None:
        """Stop what is read in the background."""
        for task in (self._reading, *self._listing.values()):
            if task is not None:
                task.cancel()

    async def suggest(self, asker: ResolvedAsker, who: AskerContext, typed: str) -> list[Suggestion]:
        """Return what a person may want to ask who has typed this, what they typed first: it is theirs to send.

        Nothing is returned for what is too long for a choice, so that it stays as it is.
        """
        if len(typed) > MAX_CHOICE_LENGTH:
            return []
        subjects = await self._find_in_time(asker.scope)
        questions = await self._find_questions(asker, who, subjects.ids)
        terms = [_suggest_term(word, video) for word, video in self._known_terms(asker.scope, subjects.videos)]
        words = _meaningful_words(typed)
        if words:
            found = await self._match(asker.user_id, words, [*questions, *terms, *subjects.titles])
        else:
            found = _choose_starters(questions, terms, subjects.titles)
        if not typed.strip():
            return found
        own = Suggestion(typed, typed, "")
        return [own, *(each for each in found if each.folded != fold_name(typed))][: MAX_SUGGESTIONS + 1]

    async def _match(self, user_id: int, words: Sequence[str], suggestions: Sequence[Suggestion]) -> list[Suggestion]:
        """Return the suggestions that some words may mean, best first; none where their person has typed on by then.

        This is done for one keystroke after another: in many threads at once it would slow down answers.
        """
        keystroke = self._keystrokes[user_id] = object()
        try:
            async with self._one_at_a_time:
                if self._keystrokes.get(user_id) is not keystroke:
                    return []
                return await asyncio.to_thread(_find_matches, words, suggestions)
        finally:
            if self._keystrokes.get(user_id) is keystroke:
                del self._keystrokes[user_id]

    async def _find_in_time(self, scope: Scope) -> _Subjects:
        """Return what is known of a scope within WAIT_SECONDS: the next keystroke comes soon, and finds the rest."""
        key = scope, current_language()
        task = self._listing.get(key)
        if task is None:
            task = self._listing[key] = asyncio.create_task(self._find_subjects(scope))
            task.add_done_callback(partial(self._end_listing, key))
        done, _pending = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        return task.result() if done else self._subjects.get(key, _NOTHING_KNOWN)

    def _end_listing(self, key: tuple[Scope, str], task: asyncio.Task[_Subjects]) -> None:
        self._listing.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The next keystroke meets it too, and reports it.
            log.info("videos to suggest could not be listed: %s", describe_error(error))

    async def _find_subjects(self, scope: Scope) -> _Subjects:
        videos, key = await self._catalogue.list_videos(scope), (scope, current_language())
        cached = self._subjects.get(key)
        if cached is None or cached.videos is not videos:
            titles = await asyncio.to_thread(_suggest_titles, videos)
            ids = frozenset(summary.video.video_id for summary in videos)
            cached = self._subjects[key] = _Subjects(videos, titles, ids)
        return cached

    async def _find_questions(
        self, asker: ResolvedAsker, who: AskerContext, video_ids: frozenset[str]
    ) -> list[Suggestion]:
        """Return the questions of others that this person may see, the most helpful first."""
        if who.here is None or not asker.scope.libraries:
            return []
        rows = await self._ledger.helpful_questions(who.here.server_id, asker.scope.libraries, MAX_QUESTIONS)
        channels = {channel: who.sees_channel(channel) for channel in {row.channel_id for row in rows}}
        seen = (row for row in rows if channels[row.channel_id] and row.video_id in video_ids)
        return _suggest_questions(seen)

    def _known_terms(self, scope: Scope, videos: list[VideoSummary]) -> list[tuple[str, Video]]:
        """Return the telling words of a scope as far as they are known, each with its video, and have them read where
        they are not. Those of before a change stay until then, of videos that are still there."""
        known_of, terms = self._terms.get(scope, ([], []))
        if videos and known_of is not videos:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read_terms(scope, videos))
            here = {summary.video.video_id for summary in videos} if terms else set()
            terms = [(word, video) for word, video in terms if video.video_id in here]
        return terms

    async def _read_terms(self, scope: Scope, videos: list[VideoSummary]) -> None:
        stored_in = await self._library.or_samples(scope)
        step = max(1, len(videos) // MAX_VIDEOS_READ)
        by_video: list[list[tuple[str, Video]]] = []
        try:
            for summary in videos[::step][:MAX_VIDEOS_READ]:
                found = await self._library.key_terms(stored_in, summary.video.video_id, TERMS_PER_VIDEO)
                by_video.append([(term.word, summary.video) for term in found])
        except StorageError:  # such as a video that was removed meanwhile: the next keystroke reads again
            return
        # The best of every video first.
        ranked = [(place, word, video) for words in by_video for place, (word, video) in enumerate(words)]
        ranked.sort(key=lambda entry: entry[0])
        self._terms[scope] = videos, [(word, video) for _place, word, video in ranked]


def may_be_personal(question: str) -> bool:
    """Return whether a question may say something about a person, so that it is shown to nobody else."""
    return _PERSONAL.search(question) is not None


def _suggest_titles(videos: Sequence[VideoSummary]) -> tuple[Suggestion, ...]:
    """Return a suggestion for each video that has a title: a question for its words, in that video alone."""
    return tuple(_suggest_title(summary.video) for summary in videos if re.search(r"\w", summary.video.title))


def _suggest_title(video: Video) -> Suggestion:
    name = _fit(_("About: {title}"), video.title)
    return Suggestion(name, _ask_about(video), fold_name(video.title))


def _ask_about(video: Video) -> str:
    """Return a question that finds a video by its title, and nothing else where its id can be said in a question."""
    is_plain = re.fullmatch(r"[\w-]+", video.video_id) is not None and len(video.video_id) <= MAX_FILTER_LENGTH
    within = f" video:{video.video_id}" if is_plain else ""
    return _cut(" ".join(remove_operators(video.title).split()), MAX_CHOICE_LENGTH - len(within)) + within


def _suggest_term(word: str, video: Video) -> Suggestion:
    shown = shorten(word, MAX_CHOICE_LENGTH // 2)
    name = _fit(_("“{word}” in {title}").replace("{word}", shown), video.heading)
    return Suggestion(name, shown, fold_name(word))


def _suggest_questions(rows: Iterable[HelpfulQuestion]) -> list[Suggestion]:
    """Return a suggestion for each question, without those that may say something about a person."""
    found: dict[str, Suggestion] = {}
    for row in rows:
        text = clean_line(row.question)
        if row.question not in found and text and not may_be_personal(text):
            text = text[0].upper() + text[1:]
            cut = _cut(text, MAX_CHOICE_LENGTH)
            found[row.question] = Suggestion(shorten(text, MAX_CHOICE_LENGTH), cut, fold_name(text))
    return list(found.values())


def _fit(template: str, title: str) -> str:
    """Return a name with a title in it, which is shortened to what there is room for."""
    room = MAX_CHOICE_LENGTH - len(template.replace("{title}", ""))
    return template.replace("{title}", shorten(title, room) or "…")


def _cut(text: str, length: int) -> str:
    """Return the beginning of a text, whole words of it, without a sign that it goes on: it is asked as it is."""
    return text if len(text) <= length else shorten(text, length + 1).removesuffix("…")


def _choose_starters(
    questions: Sequence[Suggestion], terms: Sequence[Suggestion], titles: Sequence[Suggestion]
) -> list[Suggestion]:
    """Return some of each kind, for somebody who has typed nothing yet."""
    chosen = [*questions[:MAX_STARTING_QUESTIONS], *terms[:MAX_STARTING_WORDS]]
    return [*chosen, *titles[: MAX_SUGGESTIONS - len(chosen)]]


def _meaningful_words(typed: str) -> list[str]:
    """Return the words of what is typed, which may be a whole sentence, that carry a meaning."""
    tokens = analyser_for("en").tokens(typed)
    return [fold_name(typed[token.start : token.end]) for token in tokens if not token.is_stop_word]


def _find_matches(words: Sequence[str], suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Return the suggestions that some words may mean, best first: those that have words which begin so, or else those
    in which they stand anywhere, or else any that are spelt nearly so."""
    begun = [tuple(f"{before}{word}" for before in _BEFORE_WORDS) for word in words]
    near = _list_holders(begun, suggestions) or _list_holders([(word,) for word in words], suggestions)
    near = near or list(suggestions[:MAX_COMPARED])
    places = suggest_names(" ".join(words), [each.folded for each in near])
    return [near[place] for place in places]


def _list_holders(words: Sequence[tuple[str, ...]], suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Return the suggestions that hold some of the words, those first that hold most; each word is given in all the
    ways in which it may stand."""
    held = []
    for each in suggestions:
        text = f" {each.folded}"
        if count := sum(any(way in text for way in ways) for ways in words):
            held.append((count, each))
    return [each for _count, each in sorted(held, key=lambda pair: -pair[0])[:MAX_COMPARED]]
