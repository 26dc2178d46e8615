"""Under which names YouTube is reached."""

from __future__ import annotations

import re

YOUTUBE_SHORT_HOST = "youtu.be"
"""Its addresses are the id of a video alone."""
_HOSTS = ("youtube.com", "youtube-nocookie.com", YOUTUBE_SHORT_HOST)

_WITH_BARS = re.compile(
    r"\A(?P<folder>https?://(?:i\d?\.ytimg\.com|img\.youtube\.com)/vi(?:_webp)?/[\w-]{11}/)"
    r"(?:default|hqdefault|sddefault|0)\.(?P<kind>jpg|webp)(?:\?\S*)?\Z",
    re.IGNORECASE,
)


def is_youtube_host(host: str) -> bool:
    """Whether a host, in lower case, is YouTube's, those for phones and for music among them."""
    plain = host.removeprefix("www.")
    return plain in _HOSTS or plain.endswith(".youtube.com")


def find_thumbnail_without_bars(url: str) -> str:
    """Return the address of a video's picture without black bars, for one of YouTube's that has them; any other as it
    is.

    YouTube makes pictures of 4:3, with bars above and below where the video is wider, and of 16:9: `mqdefault`, of
    320 by 180 pixels, is the one of these that every video has.
    """
    return _WITH_BARS.sub(r"\g<folder>mqdefault.\g<kind>", url)
