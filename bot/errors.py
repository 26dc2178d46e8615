"""What can go wrong above storage, in words meant for the person who asked.

BotError
+-- SettingsError     a setting that cannot be used
+-- EmptyQuestion     a question without a word to look for
"""

from __future__ import annotations


class BotError(Exception):
    """Base of the errors the bot raises on purpose; their text may be shown to people."""


class SettingsError(BotError):
    """A setting that cannot be used. The text names it and quotes its value, unless it is secret."""


class EmptyQuestion(BotError):
    """A question without a word to look for."""
