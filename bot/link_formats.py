"""Reads the setting that adds hosts to the table of how links open at a second."""

from __future__ import annotations

import re

from storage.models import Evidence, LinkHost, TimeLink, is_template, normalize_host

_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+|localhost")
_FORM = "write pairs such as videos.example.edu=?t={seconds} with semicolons between them"


def parse_link_formats(value: object) -> object:
    """Return the hosts of `videos.example.edu=?t={seconds}; media.example.org=#t={clock}`; a value that is no text
    unchanged, to be checked as it is.

    A host without a template has links that cannot say a second. Raises ValueError with a sentence for people.
    """
    if not isinstance(value, str):
        return value
    hosts = [_parse_pair(pair.strip()) for pair in value.split(";") if pair.strip()]
    names = [host.name for host in hosts]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ValueError(f"{twice} is in it twice: name every host once")
    return tuple(hosts)


def _parse_pair(pair: str) -> LinkHost:
    name, equals, template = (part.strip() for part in pair.partition("="))
    if not equals or not _HOST.fullmatch(name):
        raise ValueError(f"“{pair}” does not begin with a host and an equals sign: {_FORM}")
    if template and not is_template(template):
        raise ValueError(
            f"“{template}” is no form of a link: write ?name= or #name= and then {{seconds}} (3723), "
            "{clock} (1:02:03) or {units} (1h2m3s)"
        )
    host = normalize_host(name)
    return LinkHost(host, TimeLink(template), Evidence.OWN, "CUEPOINT_LINK_FORMATS", (host,))
