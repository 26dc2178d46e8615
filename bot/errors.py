"""What can go wrong above storage, in words meant for the person who asked.

BotError
+-- SettingsError     a setting that cannot be used
|   +-- SetupError    one of this installation: it does not start until that is changed
+-- InvalidQuestion   a question that cannot be searched for
|   +-- EmptyQuestion   without a word to look for
|   +-- QuestionTooLong with more characters or words than are allowed
|   +-- UnreadableDate  with a date to filter by that is none
|   +-- UnreadableTime  with a moment of a video that is none
|   +-- MomentOutside   with a moment that a video does not have
+-- PassageGone       a passage that was shown before and is not stored any more
+-- FilesGone         files that were sent for an import and are no longer kept
+-- AlreadyShared     a quote or an answer that a person has shared in that channel before
+-- ServerNotAccessible a server whose videos a user may not see there, or that does not exist
+-- CannotFollow      a question whose asker cannot be told of an answer, or that would be one too many
+-- CooldownActive    a person's next question within the cool-down
+-- QuestionUnderway  a person's next question while their last one is being answered
+-- TooManyAsking     a question that would have to wait too long for its turn
+-- AccessChanged     an answer that its asker may no longer see, or not in public
+-- NotServed         a Discord server that this installation does not serve
+-- NotAllowed        an action of a server's moderators, requested by someone else or outside of servers
+-- LibraryBusy       a library into which an import is running, or that had its imports for today
+-- ExportTooLarge    an export that is larger than what Discord takes
+-- ImportCancelled   an import that was not done because the bot is stopping
+-- ImportFailed      an import that failed for want of a database that can be written
+-- CannotConnect     Discord cannot be reached, or does not let the bot in now
|   +-- LoginRefused  Discord refuses the token or the intents: another start would be refused as well
+-- CannotListen      the port for monitoring the bot cannot be had
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
    """A question that cannot be searched for as it is."""


class EmptyQuestion(InvalidQuestion):
    """A question without a word to look for."""


class QuestionTooLong(InvalidQuestion):
    """A question with more characters, or more words, than are allowed."""


class UnreadableDate(InvalidQuestion):
    """A question with a date to filter by that cannot be read as one."""


class UnreadableTime(InvalidQuestion):
    """A moment of a video that cannot be read as one."""


class MomentOutside(InvalidQuestion):
    """A moment that is after the end of its video."""


class PassageGone(BotError):
    """A passage that was shown before and is not stored any more."""


class FilesGone(BotError):
    """Files that were sent for an import and are no longer kept."""


class AlreadyShared(BotError):
    """A quote or an answer that a person has shared in that channel before."""


class ServerNotAccessible(BotError):
    """A server that a user picked and whose videos they may not see there, or that does not exist."""


class CannotFollow(BotError):
    """A question whose asker cannot be told when it is answered, or who follows too many already."""


class CooldownActive(BotError):
    """A person's next question within the cool-down, which is over in `seconds_left`: at `again_at`."""

    def __init__(self, text: str, seconds_left: float, again_at: float | None = None) -> None:
        super().__init__(text)
        self.seconds_left = seconds_left
        self.again_at = again_at


class QuestionUnderway(BotError):
    """A person's next question while their last one is being answered."""


class TooManyAsking(BotError):
    """A question that would have to wait too long for its turn."""


class AccessChanged(BotError):
    """An answer that its asker may no longer see, or not in public, by the time it is ready."""


class NotServed(BotError):
    """A Discord server that this installation does not serve."""


class NotAllowed(BotError):
    """An action of a server's moderators, requested by someone else, or outside of servers."""


class LibraryBusy(BotError):
    """A library into which an import is running, or that had its imports for today, and may be changed `again_at`."""

    def __init__(self, text: str, again_at: float | None = None) -> None:
        super().__init__(text)
        self.again_at = again_at


class ExportTooLarge(BotError):
    """An export that is larger than what Discord takes."""


class ImportCancelled(BotError):
    """An import that was not done because the bot is stopping: nothing of it is stored."""


class ImportFailed(BotError):
    """An import that failed because the database cannot be written: nothing of it is stored."""


class CannotConnect(BotError):
    """Discord cannot be reached, or does not let the bot in now; a later start may succeed."""


class LoginRefused(CannotConnect):
    """Discord refuses the token or the intents. Every further start would be refused too, until a person acts."""


class CannotListen(BotError):
    """The port for monitoring the bot cannot be had."""


class QuestionSetError(BotError):
    """A question set that cannot be read, used or written. The text says what is wrong, where, and what to do."""
