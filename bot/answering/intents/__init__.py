"""Tells what a message is: a question, small talk, or a wish for something else than an answer. Pure, and offline."""

from __future__ import annotations

from bot.answering.intents.recognition import Intent, IntentKind, recognize_intent

__all__ = ["Intent", "IntentKind", "recognize_intent"]
