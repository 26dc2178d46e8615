"""Formats and parses moments in a recording as people write them: 12:34, 1:02:03, 90, 5 min."""

from __future__ import annotations

import re
import unicodedata

from bot.localization import gettext as _

MAX_SHOWN_LENGTH = 40
"""Characters that are repeated of what is no moment."""
# Longer numbers are not moments in a recording, and the longest do not fit into a float.
_CLOCK = re.compile(r"(?:(?:(?P<hours>\d{1,9}):)?(?P<minutes>\d{1,9}):)?(?P<seconds>\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_AND = r"[\s,]*(?:(?:and|und|et|y|e)\s+)?"
# The last number may be without a unit, as in 1h30; a number alone is read as a clock's.
_WITH_UNITS = re.compile(
    rf"""
    (?: (?P<hours>\d{{1,9}}) \s*
        (?: (?:h|hrs?|std) (?![a-z]) | hours? | stunden? | heures? | horas? | 時間 ) \.? {_AND} )?
    (?: (?P<minutes>\d{{1,9}}) \s*
        (?: $ | (?:m|mins?) (?![a-z]) | minutes? | minuten | minutos? | 分 ) \.? {_AND} )?
    (?: (?P<seconds>\d{{1,9}} (?:\.\d{{1,9}})?) \s*
        (?: $ | (?:s|secs?|sek) (?![a-z]) | seconds? | sekunden? | secondes? | segundos? | 秒 ) \.? )?
    """,
    re.ASCII | re.VERBOSE,
)


def timecode(second: float) -> str:
    """Return a moment in seconds as people write it, such as 12:34 or 1:02:03."""
    minutes, seconds = divmod(max(0, int(second)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def count_minutes(seconds: float) -> int:
    """Return a length in minutes, rounded; one at least for what is not empty."""
    return max(round(seconds / 60), 1 if seconds > 0 else 0)


def parse_timecode(text: str) -> float:
    """Read a moment in seconds from 12:34, 1:02:03 or 90, or with units as in 90s, 5 min or 1h 2m 3s.

    Units are read in every language that the bot speaks. Raises ValueError, with a sentence for people, for anything
    else, and for 60 or more of what the place before it counts, such as 1:75.
    """
    written = unicodedata.normalize("NFKC", text).casefold().strip()
    match = _CLOCK.fullmatch(written) or _WITH_UNITS.fullmatch(written)
    if match and any(match.groups()):
        hours, minutes, seconds = int(match["hours"] or 0), int(match["minutes"] or 0), float(match["seconds"] or 0)
        # The first place may hold any number: 90:00 is an hour and a half.
        leads = next(name for name in ("hours", "minutes", "seconds") if match[name])
        if (minutes < 60 or leads == "minutes") and (seconds < 60 or leads == "seconds"):
            return 3600 * hours + 60 * minutes + seconds
    sentence = _("I can’t read “{time}” as a time. Write 12:34, 1:02:03 or 90.")
    raise ValueError(sentence.format(time=text.strip()[:MAX_SHOWN_LENGTH]))
