"""Discord's limits of a card, checked before every send: a card that breaks one is refused whole, at run time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

MAX_COMPONENTS = 40
MAX_TEXT_LENGTH = 4000
MAX_LABEL_LENGTH = 80
MAX_CUSTOM_ID_LENGTH = 100
MAX_LINK_LENGTH = 512
MAX_MEDIA_LINK_LENGTH = 2048
MAX_ALT_TEXT_LENGTH = 1024

MAX_PICTURES = 10

_ROW, _BUTTON, _SECTION, _TEXT, _THUMBNAIL, _GALLERY, _CONTAINER, _LINK_STYLE = 1, 2, 9, 10, 11, 12, 17, 5
_ATTACHED = re.compile(r"attachment://[\w.-]+")


class CardTooLarge(Exception):
    """A card that Discord would refuse. It is our mistake: cards shorten what they are given."""


def check_limits(components: list[dict[str, Any]]) -> None:
    """Raise Misfit where Discord would refuse these components."""
    found = find_problems(components)
    if found:
        raise CardTooLarge("; ".join(found))


def find_problems(components: list[dict[str, Any]]) -> list[str]:
    """Everything about these components that Discord would refuse."""
    every = list(_walk_components(components))
    found = [] if components else ["the card is empty"]
    if len(every) > MAX_COMPONENTS:
        found.append(f"{len(every)} components")
    text = sum(len(each["content"]) for each in every if each["type"] == _TEXT)
    if text > MAX_TEXT_LENGTH:
        found.append(f"{text} characters")
    ids = Counter(each["custom_id"] for each in every if each.get("custom_id"))
    found += [f"custom_id {key!r} stands {count} times" for key, count in ids.items() if count > 1]
    for each in every:
        found += _check_component(each)
    return found


def _walk_components(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in components:
        yield each
        yield from _walk_components(each.get("components", []))
        if each.get("accessory"):
            yield from _walk_components([each["accessory"]])


def _check_component(part: dict[str, Any]) -> list[str]:
    kind, inside = part["type"], part.get("components", [])
    if kind == _BUTTON:
        return _check_button(part)
    if kind == _TEXT and not part["content"].strip():
        return ["an empty text"]
    if kind == _SECTION and not (1 <= len(inside) <= 3 and part.get("accessory")):
        return ["a section without 1 to 3 texts and an accessory"]
    if kind == _ROW and not 1 <= len(inside) <= 5:
        return [f"a row of {len(inside)}"]
    if kind == _CONTAINER and not inside:
        return ["an empty container"]
    if kind == _GALLERY:
        return _check_gallery(part["items"])
    return _check_picture(part) if kind == _THUMBNAIL else []


def _check_button(part: dict[str, Any]) -> list[str]:
    found = []
    if not 1 <= len(part.get("label") or "") <= MAX_LABEL_LENGTH:
        found.append("a label that is empty or too long")
    if part["style"] == _LINK_STYLE:
        if not _is_web_address(part.get("url") or "", MAX_LINK_LENGTH):
            found.append("a link button without a usable address")
    elif not 1 <= len(part.get("custom_id") or "") <= MAX_CUSTOM_ID_LENGTH:
        found.append("a custom_id that is empty or too long")
    return found


def _check_gallery(items: list[dict[str, Any]]) -> list[str]:
    found = [] if 1 <= len(items) <= MAX_PICTURES else [f"a gallery of {len(items)}"]
    return found + [problem for item in items for problem in _check_picture(item)]


def _check_picture(part: dict[str, Any]) -> list[str]:
    url = part["media"]["url"]
    usable = _ATTACHED.fullmatch(url) or _is_web_address(url, MAX_MEDIA_LINK_LENGTH)
    found = [] if usable else ["a picture without a usable address"]
    if part.get("description") is not None and not 1 <= len(part["description"]) <= MAX_ALT_TEXT_LENGTH:
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
