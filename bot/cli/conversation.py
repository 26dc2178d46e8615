"""What the terminal chat says to a line: an answer, or what fits small talk and wishes. It knows the last question."""

from __future__ import annotations

from bot import asking
from bot.answering.follow_ups import complete_question
from bot.answering.intents import Intent, IntentKind, recognize_intent
from bot.answering.question import parse_question
from bot.cli.session import Session
from bot.cli.timeline import MAX_KEY_TERMS, show_video
from bot.errors import InvalidQuestion
from bot.examples import ExampleQuestions
from storage import access
from storage.errors import RequestError
from storage.library import Library
from storage.models import Question, Scope, VideoSummary
from storage.video_names import find_called

_HELP = """\
Ask as you would ask a person. Also understood:
  "exact phrase"   the words as they stand
  -word            nothing that says this word
  video:name       only in this video       creator:name   only by this creator
  speaker:name     only what this person says
  after:2025-06    only published since     before:2026    only published before
  more             further moments of the last answer; “and what about …?” goes on from the last question
  /video name      one video at a glance    /videos        what can be asked about
  /quit            leave (or Ctrl-D)"""
_LINES = {
    IntentKind.THANKS: "Glad to help.",
    IntentKind.REMARK: "Ask me anything about the videos; /help says how.",
    IntentKind.IDENTITY: (
        "I am Cuepoint: I find the moments in these videos that answer a question, and quote them word for word. "
        "I write no answers of my own."
    ),
}
_NOTHING_ASKED = "Ask something first; “more” then shows further moments of its answer."
_NO_MORE = "There is nothing more. Ask in other words; /videos lists what can be asked about."
MAX_QUOTES = 100
"""Quotes of one question that are shown at most, page by page: a page costs as much as all pages before it."""


class Conversation:
    """One person's talk with a library at the terminal."""

    def __init__(self, session: Session, library: Library, scope: Scope) -> None:
        self._screen, self._thresholds = session.screen, session.settings.thresholds
        self._library, self._scope = library, scope
        self._examples = ExampleQuestions(library, self._thresholds)
        self._last: Question | None = None
        self._last_video = ""
        self._shown = 0

    async def reply(self, text: str) -> None:
        """Say what fits a line. What cannot be asked is told."""
        try:
            await self._act_on(text, recognize_intent(text))
        except (InvalidQuestion, RequestError) as error:
            self._screen.print_line(str(error), "red")

    async def _act_on(self, text: str, intent: Intent) -> None:
        if (line := _LINES.get(intent.kind)) is not None:
            self._screen.print_line(line)
        elif intent.kind is IntentKind.QUESTION:
            await self._answer(intent.words)
        elif intent.kind is IntentKind.LIST_VIDEOS:
            await self._list_videos(intent.words)
        elif intent.kind is IntentKind.SHOW_VIDEO:
            await self._show_video(text, intent.words)
        elif intent.kind is IntentKind.MORE:
            await self._show_more()
        elif intent.kind is IntentKind.HELP:
            await self._help()
        else:
            await self._greet()

    async def _greet(self) -> None:
        example = await self._examples.find(self._scope)
        what = "sample talks" if await self._has_only_samples() else "videos here"
        like = f", for example: {example}" if example else "."
        self._screen.print_line(f"Hi. Ask me anything about the {len(await self._videos())} {what}{like}")
        self._screen.print_line("/videos lists them, /help says what else you can type.")

    async def _help(self) -> None:
        self._screen.print_lines(_HELP)
        if example := await self._examples.find(self._scope):
            self._screen.print_line(f"For example: {example}")

    async def _answer(self, text: str) -> None:
        """Answer a question, or one that goes on from the last."""
        completed = complete_question(text, self._last.text, self._last.context) if self._last else None
        question = parse_question(completed.text, context=completed.context) if completed else parse_question(text)
        if completed:
            self._screen.print_line(f"Asked with your last question: {completed.wording}", "italic")
        answer = await asking.ask(self._library, self._scope, question, thresholds=self._thresholds)
        self._screen.show_answer(answer, only_samples=await self._has_only_samples())
        shown = answer.excerpts or answer.near_misses
        self._last, self._shown = question, len(answer.excerpts)
        self._last_video = shown[0].video.video_id if shown else ""

    async def _show_more(self) -> None:
        """Show the next moments of the last answer."""
        if self._last is None:
            self._screen.print_line(_NOTHING_ASKED)
            return
        end = min(self._shown + asking.DEFAULT_QUOTES, MAX_QUOTES)
        answer = await asking.ask(self._library, self._scope, self._last, limit=end, thresholds=self._thresholds)
        following = answer.excerpts[self._shown :] if self._shown else ()
        if following:
            self._screen.show_excerpts(following, first=self._shown + 1)
            self._shown += len(following)
        else:
            self._screen.print_line(_NO_MORE)

    async def _list_videos(self, subject: str) -> None:
        """List the videos, or those that are called by a subject; where none is, show what is said about it."""
        named = find_called(subject, await self._videos())
        if named:
            self._screen.show_videos(named)
        else:
            self._screen.print_line(f"No video is called “{subject}”. What is said about it:", "italic")
            await self._answer(subject)

    async def _show_video(self, text: str, name: str) -> None:
        """Show a video, or the last that was shown or quoted first; where none is called so, answer what was typed."""
        videos = await self._videos()
        if name:
            named = find_called(name, videos)
        else:
            named = [summary for summary in videos if summary.video.video_id == self._last_video or len(videos) == 1]
        if named:
            scope, video = await self._library.or_samples(self._scope), named[0].video
            self._last_video = video.video_id
            terms = await self._library.key_terms(scope, video.video_id, MAX_KEY_TERMS)
            parts = () if video.chapters else await self._library.video_parts(scope, video.video_id)
            show_video(self._screen, named[0], parts, terms, self._library.hosts)
            if named[1:]:
                self._screen.print_line("Others are called so too:", "italic")
                self._screen.show_videos(named[1:])
        elif name:
            await self._answer(text)
        else:
            self._screen.print_line("Which video?")
            self._screen.show_videos(videos)

    async def _has_only_samples(self) -> bool:
        """Return whether nothing is imported, so that the sample talks answer."""
        return await self._library.or_samples(self._scope) == access.sample_scope()

    async def _videos(self) -> list[VideoSummary]:
        return await self._library.videos(await self._library.or_samples(self._scope))
