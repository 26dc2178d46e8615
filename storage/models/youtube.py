"""Under which names YouTube is reached."""

from __future__ import annotations

YOUTUBE_SHORT_HOST = "youtu.be"
"""Its addresses are the id of a video alone."""
_HOSTS = ("youtube.com", "youtube-nocookie.com", YOUTUBE_SHORT_HOST)


def is_youtube_host(host: str) -> bool:
    """Whether a host, in lower case, is YouTube's, those for phones and for music among them."""
    plain = host.removeprefix("www.")
    return plain in _HOSTS or plain.endswith(".youtube.com")
