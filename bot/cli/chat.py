"""The terminal chat: one line at a time, answered as it comes."""

from __future__ import annotations

import asyncio
import sys

from bot.cli.conversation import Conversation
from bot.cli.screen import neutralize
from bot.cli.session import Session
from bot.settings import describe_misnamed
from storage import access
from storage.library import Library
from storage.models import Scope

_LEAVE = {"/quit", "/exit", "quit", "exit"}


def chat(session: Session, library: str = access.SHARED) -> None:
    """Answer questions until they end. Where they are piped in, it ends with them."""
    with session.reporting_errors(), asyncio.Runner() as runner:
        scope, settings = access.host_scope(library), session.settings
        stored = runner.run(Library.open(settings.database_path, settings.limits, settings.meaning, settings.hosts))
        try:
            runner.run(stored.meaning.models())  # a model that cannot be used is told before the first question
            runner.run(_show_welcome(session, stored, scope))
            conversation = Conversation(session, stored, scope)
            while (text := _next_question(session)) is not None:
                # The event loop runs only while a question is answered; waiting for the next one blocks nothing.
                runner.run(conversation.reply(text))
        finally:
            runner.run(stored.close())


async def _show_welcome(session: Session, stored: Library, scope: Scope) -> None:
    screen = session.screen
    for name in session.settings.misnamed:
        screen.print_remark(describe_misnamed(name), "red")
    if session.settings.discord_token is None:
        screen.print_line("No Discord token is set, so this is the terminal chat.", "bold")
        screen.print_line(
            "To connect to Discord, put DISCORD_TOKEN=... into .env and run this again (README: Connecting to Discord)."
        )
    videos = await stored.videos(await stored.or_samples(scope))
    samples = all(summary.library == access.SAMPLES for summary in videos)
    what = "sample talks (`cuepoint import FILE` adds your own)" if samples else "videos"
    screen.print_line(f"Ask about the {len(videos)} {what}. /help says how, Ctrl-D leaves.")


def _next_question(session: Session) -> str | None:
    """Return the next line that is not empty, or None after the last. A piped question is shown before its answer."""
    interactive = sys.stdin.isatty()
    while True:
        session.screen.print_line()
        try:
            text = neutralize(input("? " if interactive else "")).strip()
        except (EOFError, KeyboardInterrupt):
            return None
        if text.lower() in _LEAVE:
            return None
        if text:
            if not interactive:
                session.screen.print_line(f"? {text}", "bold")
            return text
