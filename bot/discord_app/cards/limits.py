"""Discord's limits of a card, checked before every send: a card that breaks one is refused whole, at run time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

MOST_COMPONENTS = 40
MOST_TEXT = 4000
LONGEST_LABEL = 80
LONGEST_CUSTOM_ID = 100
LONGEST_LINK = 512
LONGEST_MEDIA_LINK = 2048
LONGEST_ALT_TEXT = 1024

MOST_PICTURES = 10

_ROW, _BUTTON, _SECTION, _TEXT, _THUMBNAIL, _GALLERY, _CONTAINER, _LINK_STYLE = 1, 2, 9, 10, 11, 12, 17, 5
_ATTACHED = re.compile(r"attachment://[\w.-]+")


class Misfit(Exception):
    """A card that Discord would refuse. It is our mistake: cards shorten what they are given."""


def require_fit(components: list[dict[str, Any]]) -> None:
    """Raise Misfit where Discord would refuse these components."""
    found = problems(components)
    if found:
        raise Misfit("; ".join(found))


def problems(components: list[dict[str, Any]]) -> list[str]:
    """Everything about these components that Discord would refuse."""
    every = list(_walk(components))
    found = [] if components else ["the card is empty"]
    if len(every) > MOST_COMPONENTS:
        found.append(f"{len(every)} components")
    text = sum(len(each["content"]) for each in every if each["type"] == _TEXT)
    if text > MOST_TEXT:
        found.append(f"{text} characters")
    ids = Counter(each["custom_id"] for each in every if each.get("custom_id"))
    found += [f"custom_id {key!r} stands {count} times" for key, count in ids.items() if count > 1]
    for each in every:
        found += _one(each)
    return found


def _walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in components:
        yield each
        yield from _walk(each.get("components", []))
        if each.get("accessory"):
            yield from _walk([each["accessory"]])


def _one(part: dict[str, Any]) -> list[str]:
    kind, inside = part["type"], part.get("components", [])
    if kind == _BUTTON:
        return _button(part)
    if kind == _TEXT and not part["content"].strip():
        return ["an empty text"]
    if kind == _SECTION and not (1 <= len(inside) <= 3 and part.get("accessory")):
        return ["a section without 1 to 3 texts and an accessory"]
    if kind == _ROW and not 1 <= len(inside) <= 5:
        return [f"a row of {len(inside)}"]
    if kind == _CONTAINER and not inside:
        return ["an empty container"]
    if kind == _GALLERY:
        return _gallery(part["items"])
    return _picture(part) if kind == _THUMBNAIL else []


def _button(part: dict[str, Any]) -> list[str]:
    found = []
    if not 1 <= len(part.get("label") or "") <= LONGEST_LABEL:
        found.append("a label that is empty or too long")
    if part["style"] == _LINK_STYLE:
        if not _is_web_address(part.get("url") or "", LONGEST_LINK):
            found.append("a link button without a usable address")
    elif not 1 <= len(part.get("custom_id") or "") <= LONGEST_CUSTOM_ID:
        found.append("a custom_id that is empty or too long")
    return found


def _gallery(items: list[dict[str, Any]]) -> list[str]:
    found = [] if 1 <= len(items) <= MOST_PICTURES else [f"a gallery of {len(items)}"]
    return found + [problem for item in items for problem in _picture(item)]


def _picture(part: dict[str, Any]) -> list[str]:
    url = part["media"]["url"]
    usable = _ATTACHED.fullmatch(url) or _is_web_address(url, LONGEST_MEDIA_LINK)
    found = [] if usable else ["a picture without a usable address"]
    if part.get("description") is not None and not 1 <= len(part["description"]) <= LONGEST_ALT_TEXT:
        found.append("an alt text that is empty or too long")
    return found


def _is_web_address(url: str, longest: int) -> bool:
    if len(url) > longest or any(character.isspace() for character in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
