"""Channels in a sentence, as mentions that Discord shows with their names."""

from __future__ import annotations

from collections.abc import Sequence

from bot.localization import format_number, join_words, ngettext

MAX_NAMED_CHANNELS = 3
"""More are counted: a sentence is read on a phone."""


def mention_channels(channel_ids: Sequence[int], *, any_of: bool = False) -> str:
    """Return the first channels by their mentions, and how many others there are: a, b and c, or with `any_of` a, b or
    c."""
    words = [f"<#{channel_id}>" for channel_id in channel_ids[:MAX_NAMED_CHANNELS]]
    more = len(channel_ids) - len(words)
    if more:
        others = ngettext("{count} other channel", "{count} other channels", more)
        words.append(others.format(count=format_number(more)))
    return join_words(words, any_of=any_of)
