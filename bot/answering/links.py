"""Addresses that open a video at a second."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from storage.models import UNKNOWN_PAGE, LinkHosts

TABLE = LinkHosts()
"""The table of hosts as it is, without what a host of the bot adds."""


def link_at(url: str, second: float, hosts: LinkHosts = TABLE) -> str:
    """Return the address that opens a video at a second, in the way of its host.

    It is `url` itself where addresses of its host cannot say a time, and "" where `url` is none of http or https. The
    second is rounded down and never negative.
    """
    parts = _split_web(url)
    if parts is None:
        return ""
    row = hosts.find(parts)
    plain = row.time.remove(parts)
    if not row.time.template or (row is UNKNOWN_PAGE and plain.fragment):
        return url
    return row.time.add(plain, second).geturl()


def says_time(link: str, url: str) -> bool:
    """Whether a link to a video at `url` opens at its second, as far as is known, and not at the beginning."""
    return link not in ("", url)


def _split_web(url: str) -> SplitResult | None:
    """Return the parts of a web address; None where it is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and host else None
