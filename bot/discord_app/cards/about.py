"""Cards about the bot itself: how to ask, and what it is."""

from __future__ import annotations

from discord import ui

from bot import __version__
from bot.discord_app.cards.library import format_count
from bot.discord_app.cards.parts import base, controls
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner
from storage.models import Statistics

_HELP = """\
### How to ask
Write **/ask** and your question, write to me in a direct message, or mention me in a server.
To look for what a message says, open its menu: **Apps**, then **Find in videos**; only you see what comes.
### What a question may hold
`"exact phrase"` the words as they stand
`-word` nothing that says this word
`video:name` only in that video, `creator:name` only by that creator
`speaker:name` only what that person says
`after:2025-06` `before:2026` only what was published then
### And besides
**/timeline** draws where in the videos something is spoken of, and says it in words.
**/videos** lists what can be asked about, **/video** shows one of them and the words that tell it from the others.
**/transcript** shows the words around a moment, **/about** says what I am, **/privacy** shows what I keep about you.
In a direct message I also search the servers in which you have used me; **/ask server:** picks one.
Those who manage a server set me up there with **/settings**. **/library** is for them too: it imports transcripts into
the server's own library, shows how much room they take, and takes back what was done last.
I quote what is said in the videos and link to the second. I write no answers of my own."""

_PRIVACY = (
    "I keep your question for as long as the buttons below its answer work, without your name. "
    "Votes with their questions, questions without an answer where a server wants them noted, and in which servers you "
    "used me are kept for a while, under a pseudonym that only this installation can make. /privacy shows it to you."
)


def help_card() -> Card:
    """Return the card that says how to ask."""
    return Card(ui.Container(base.text_display(_HELP)))


_MEANING = (
    "**Meaning:** a small language model on this machine also compares what a question means with what is said. It "
    "chooses among passages and writes nothing.\n"
)


def about_card(
    statistics: Statistics, owner: Owner, *, samples: bool, index_age_seconds: float, reads_meaning: bool = False
) -> Card:
    """Return a card with the version, the size and age of what can be searched here, and what is kept about people.

    `reads_meaning` says that the host has switched on a model that reads meaning.
    """
    hours = f"{statistics.spoken_seconds / 3600:,.1f}"
    videos, segments = format_count(statistics.videos, "video"), format_count(statistics.segments, "segment")
    size = f"{videos}, {segments}, {hours} hours of speech"
    if samples:
        size = f"the sample talks only ({size}); nothing has been imported yet"
    words = (
        f"### Cuepoint {__version__}\nI answer questions from video transcripts with word-for-word quotes and links "
        f"to the second.\n**Here I can search:** {size}.\n"
        f"**Index:** read from the videos {_format_age(index_age_seconds)}.\n"
        f"{_MEANING if reads_meaning else ''}"
        f"**Privacy:** {_PRIVACY}"
    )
    return Card(ui.Container(base.text_display(words)), *controls.forget_row(owner))


def _format_age(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return "less than a minute ago"
