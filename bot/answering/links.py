"""Addresses that open a video at a second."""

from __future__ import annotations

from urllib.parse import urlsplit

from storage.models import is_youtube_host


def link_at(url: str, second: float) -> str:
    """The address that opens a video at a second: `t=` for YouTube, `#t=` for Vimeo and other media; "" without url.

    `url` carries no time of its own (importing removes it). The second is rounded down and never negative.
    """
    if not url:
        return ""
    time = max(0, int(second))
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_youtube_host(host):
        return parts._replace(query=f"{parts.query}&t={time}s" if parts.query else f"t={time}s").geturl()
    return parts._replace(fragment=f"t={time}s" if host.endswith("vimeo.com") else f"t={time}").geturl()
