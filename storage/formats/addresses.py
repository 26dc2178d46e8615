"""Web addresses: cleaning them, reading YouTube's id from them, and adding those that a file leaves out."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs, urlsplit, urlunsplit

from storage.characters import CONTROLS, STRAY, SURROGATES
from storage.models import YOUTUBE_SHORT_HOST, LinkHosts, Video, is_youtube_host
from storage.models.limits import MAX_ID_LENGTH
from storage.sentences import sentence

_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_FOLDERS = frozenset({"shorts", "live", "embed", "v"})
_LINK_HOSTS = LinkHosts()
# A dataset viewer shortens long addresses in the middle; the rest does not work as a link.
_ELLIPSES = ("…", "...")
_NOT_IN_A_URL = re.compile(rf"[\s{CONTROLS}{SURROGATES}{STRAY}<>\"\\^`{{|}}]")
# An address as people copy or type it, without its https://: a host, and a path. A name such as "talk.srt" is none.
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}/", re.IGNORECASE)
_BARE_YOUTUBE = re.compile(r"(?:(?:www|m|music)\.)?(?:youtube\.com|youtu\.be)/", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def clean_url(text: str) -> str:
    """Return an http(s) address without its start time, or "" when `text` is not one or was shortened.

    How a host's addresses say a time is in the table of `LinkHosts`; what an installation adds to it is not known here.
    """
    parts = _split_url(text.strip())
    return "" if parts is None else urlunsplit(_LINK_HOSTS.find(parts).time.remove(parts))


def clean_link(text: str) -> str:
    """Return what a person gives as the link to a video as `clean_url` does; before a host and a path, https:// may be
    missing."""
    text = text.strip()
    return clean_url(f"https://{text}" if _BARE_ADDRESS.match(text) else text)


def link_id(link: str) -> str:
    """Return the id of a video of which only the link is known, as `clean_link` returns it: YouTube's, or the link.

    The same link has the same id every time. Of one that is too long for an id, the end is a digest of it.
    """
    video_id = youtube_id(link) or link
    if len(video_id) <= MAX_ID_LENGTH:
        return video_id
    digest = hashlib.sha256(video_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{video_id[: MAX_ID_LENGTH - len(digest) - 1]}#{digest}"


def find_link(link: str, links: Mapping[str, str]) -> str | None:
    """Return the id of the video that has a clean link, of the links by id; None where none has.

    Two links are the same that lead to one video of YouTube's, or to the same place.
    """
    place = _linked_place(link)
    return next((video_id for video_id, other in links.items() if _linked_place(other) == place), None)


def _linked_place(link: str) -> tuple[str, ...]:
    """Return what tells a link from others: neither how it is reached (http, https, www.) nor a slash at its end."""
    known = youtube_id(link)
    parts = _split_url(link)
    if known or parts is None:
        return (known or link,)
    host = (parts.hostname or "").removeprefix("www.")
    return host, str(parts.port or ""), parts.path.rstrip("/"), parts.query, parts.fragment


def youtube_id(text: str) -> str | None:
    """Return the id in `text`, a YouTube video's id or any of its addresses; None when it is neither."""
    text = text.strip()
    if _YOUTUBE_ID.fullmatch(text):
        return text
    parts = _split_url(f"https://{text}" if _BARE_YOUTUBE.match(text) else text)
    if parts is None:
        return None
    video_id = _extract_id(parts)
    return video_id if _YOUTUBE_ID.fullmatch(video_id) else None


def complete_addresses(video: Video) -> Video:
    """Return `video` with a clean url and thumbnail: YouTube's own where one is missing and the id is YouTube's."""
    url, thumbnail = clean_url(video.url), video.thumbnail.strip()
    if _split_url(thumbnail) is None:
        thumbnail = ""
    if _YOUTUBE_ID.fullmatch(video.video_id):
        url = url or f"https://www.youtube.com/watch?v={video.video_id}"
        thumbnail = thumbnail or _thumbnail_of(video.video_id)
    return replace(video, url=url, thumbnail=thumbnail)


def find_thumbnail(link: str) -> str:
    """Return the address of the picture of a link to a video of YouTube's, "" for any other."""
    video_id = youtube_id(link)
    return _thumbnail_of(video_id) if video_id else ""


def _thumbnail_of(video_id: str) -> str:
    return f"https://i.ytimg.com/vi/{video_id}/mqdefault.jpg"


def address_hint(text: str) -> str | None:
    """Return how to get the captions when `text` is nothing but web addresses, None when it is anything else."""
    addresses = text[:10_000].split()
    if not addresses or not all(_ADDRESS.fullmatch(a) or _BARE_YOUTUBE.match(a) for a in addresses):
        return None
    first = addresses[0]
    return sentence(
        "{address} is a web address, not a caption file; download its captions first, for example with yt-dlp "
        "--write-auto-subs --sub-format vtt --skip-download {quoted}",
        address=first,
        quoted=shlex.quote(first),
    )


def _split_url(text: str) -> SplitResult | None:
    """Return the parts of an http(s) address; None when `text` is not one."""
    if _NOT_IN_A_URL.search(text) or any(ellipsis in text for ellipsis in _ELLIPSES):
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:  # brackets that are not an IPv6 address, or a port that is not a number
        return None
    # A name or a password before the host is nobody else's business, or passes a host off as another one.
    has_login = "@" in parts.netloc
    is_web = parts.scheme in {"http", "https"} and not has_login and any(c.isalnum() for c in host or "")
    return parts if is_web else None


def _extract_id(parts: SplitResult) -> str:
    host, folders = parts.hostname or "", parts.path.strip("/").split("/")
    if not is_youtube_host(host):
        return ""
    if host.endswith(YOUTUBE_SHORT_HOST):
        return folders[0]
    if len(folders) > 1 and folders[0] in _YOUTUBE_FOLDERS:
        return folders[1]
    return parse_qs(parts.query).get("v", [""])[0]
