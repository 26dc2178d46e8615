"""What can go wrong above storage, in words meant for the person who asked.

BotError
+-- SettingsError     a setting that cannot be used
|   +-- SetupError    one of this installation: it does not start until that is changed
+-- UnaskableQuestion a question that cannot be looked for
|   +-- EmptyQuestion   without a word to look for
|   +-- QuestionTooLong with more characters or words than anybody asks with
+-- PassageGone       a passage that was shown before and is stored no more
+-- ServerOutOfReach  a server whose videos somebody may not see where they are
+-- AskedTooSoon      a person's next question within the cool-down
+-- NotServed         a Discord server that this installation does not serve
+-- NotAllowed        something that moderators of a server do, wanted by somebody else
+-- LibraryBusy       a library into which an import is running, or that had its imports for today
+-- BrokenOff         an import that was not done because the bot is told to stop
+-- CannotConnect     Discord cannot be reached, or does not let the bot in now
|   +-- ShutOut       Discord refuses the token or the intents: another start would be refused as well
+-- CannotListen      the port for those who watch the bot cannot be had
+-- QuestionSetError  a question set that cannot be read, used or written
"""

from __future__ import annotations


class BotError(Exception):
    """Base of the errors the bot raises on purpose; their text may be shown to people."""


class SettingsError(BotError):
    """A setting that cannot be used. The text names it and quotes its value, unless it is secret."""


class SetupError(SettingsError):
    """A setting of this installation that cannot be used: starting again does not help."""


class InvalidQuestion(BotError):
    """A question that cannot be looked for as it is."""


class EmptyQuestion(InvalidQuestion):
    """A question without a word to look for."""


class QuestionTooLong(InvalidQuestion):
    """A question with more characters, or more words, than anybody asks with."""


class PassageGone(BotError):
    """A passage that was shown before and is stored no more."""


class ServerNotAccessible(BotError):
    """A server that somebody picked and whose videos they may not see there, or that does not exist."""


class CooldownActive(BotError):
    """A person's next question within the cool-down."""


class NotServed(BotError):
    """A Discord server that this installation does not serve."""


class NotAllowed(BotError):
    """Something that moderators of a server do, wanted by somebody else, or by nobody's server."""


class LibraryBusy(BotError):
    """A library into which an import is running, or that had its imports for today."""


class ImportCancelled(BotError):
    """An import that was not done because the bot is told to stop: nothing of it is stored."""


class CannotConnect(BotError):
    """Discord cannot be reached, or does not let the bot in now; a later start may succeed."""


class LoginRefused(CannotConnect):
    """Discord refuses the token or the intents. Every further start would be refused too, until a person acts."""


class CannotListen(BotError):
    """The port for those who watch the bot cannot be had."""


class QuestionSetError(BotError):
    """A question set that cannot be read, used or written. The text says what is wrong, where, and what to do."""
