"""Addresses that open a video at a second."""

from __future__ import annotations

import functools
from urllib.parse import SplitResult, urlsplit

from storage.models import UNKNOWN_PAGE, LinkHosts, TimeLink

TABLE = LinkHosts()
"""The table of hosts as it is, without what a host of the bot adds."""
MAX_REMEMBERED_URLS = 1_000
"""Addresses of which it is remembered how they say a second: looking through the table takes longer than the rest."""


def link_at(url: str, second: float, hosts: LinkHosts = TABLE) -> str:
    """Return the address that opens a video at a second, in the way of its host.

    It is `url` itself where addresses of its host cannot say a time, and "" where `url` is none of http or https. The
    second is rounded down and never negative.
    """
    parts, time = _find_time_link(url, hosts)
    if parts is None:
        return ""
    return time.add(parts, second).geturl() if time else url


@functools.lru_cache(MAX_REMEMBERED_URLS)
def _find_time_link(url: str, hosts: LinkHosts) -> tuple[SplitResult | None, TimeLink | None]:
    """Return an address without a time, None where it is no web address, and how it says one, None where it cannot."""
    parts = _split_web(url)
    if parts is None:
        return None, None
    row = hosts.find(parts)
    plain = row.time.remove(parts)
    is_timeless = not row.time.template or (row is UNKNOWN_PAGE and plain.fragment)
    return plain, None if is_timeless else row.time


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
