"""Discord's limits of a card, checked before every send, since Discord refuses a card that breaks one as a whole; and
those of a form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

MAX_COMPONENTS = 40
MAX_CARD_TEXT_LENGTH = 4000
MAX_SAMPLE_NOTE_LENGTH = 200
"""Characters that cards leave free for the note that they show sample talks, in every language."""
MAX_OWN_TEXT_LENGTH = MAX_CARD_TEXT_LENGTH - MAX_SAMPLE_NOTE_LENGTH
"""Characters of a card without that note."""
MAX_LABEL_LENGTH = 80
MAX_CUSTOM_ID_LENGTH = 100
MAX_LINK_LENGTH = 512
MAX_MEDIA_LINK_LENGTH = 2048
MAX_ALT_TEXT_LENGTH = 1024
MAX_OPTIONS, MAX_OPTION_LENGTH, MAX_PLACEHOLDER_LENGTH = 25, 100, 150
"""How many options a menu has, how long each of their labels, descriptions and values may be, and what stands on a
menu before one is chosen."""
MAX_FORM_TITLE_LENGTH, MAX_FIELD_LABEL_LENGTH, MAX_FIELD_DESCRIPTION_LENGTH = 45, 45, 100
MAX_PICTURES = 10

_ROW, _BUTTON, _SELECT, _SECTION, _TEXT, _THUMBNAIL, _GALLERY, _CONTAINER, _LINK_STYLE = 1, 2, 3, 9, 10, 11, 12, 17, 5
_ATTACHED = re.compile(r"attachment://[\w.-]+")


class CardTooLarge(Exception):
    """A card that Discord would refuse. That is a defect of the bot: cards must shorten their contents."""


def check_limits(components: list[dict[str, Any]]) -> None:
    """Raise CardTooLarge where Discord would refuse these components."""
    problems = find_problems(components)
    if problems:
        raise CardTooLarge("; ".join(problems))


def find_problems(components: list[dict[str, Any]]) -> list[str]:
    """Return everything about these components that Discord would refuse."""
    parts = list(walk_components(components))
    problems = [] if components else ["the card is empty"]
    if len(parts) > MAX_COMPONENTS:
        problems.append(f"{len(parts)} components")
    text_length = sum(len(part["content"]) for part in parts if part["type"] == _TEXT)
    if text_length > MAX_CARD_TEXT_LENGTH:
        problems.append(f"{text_length} characters")
    ids = Counter(part["custom_id"] for part in parts if part.get("custom_id"))
    problems += [f"custom_id {key!r} stands {count} times" for key, count in ids.items() if count > 1]
    for part in parts:
        problems += _check_component(part)
    return problems


def walk_components(components: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield components and all that is in them."""
    for component in components:
        yield component
        yield from walk_components(component.get("components") or ())
        if component.get("accessory"):
            yield from walk_components([component["accessory"]])


def _check_component(part: dict[str, Any]) -> list[str]:
    kind, inside = part["type"], part.get("components", [])
    if kind == _BUTTON:
        return _check_button(part)
    if kind == _SELECT:
        return _check_select(part)
    if kind == _TEXT and not part["content"].strip():
        return ["an empty text"]
    if kind == _SECTION and not (1 <= len(inside) <= 3 and part.get("accessory")):
        return ["a section without 1 to 3 texts and an accessory"]
    if kind == _ROW:
        return _check_row(inside)
    if kind == _CONTAINER and not inside:
        return ["an empty container"]
    if kind == _GALLERY:
        return _check_gallery(part["items"])
    return _check_picture(part) if kind == _THUMBNAIL else []


def _check_row(inside: list[dict[str, Any]]) -> list[str]:
    has_menu = any(part["type"] != _BUTTON for part in inside)
    return [] if 1 <= len(inside) <= (1 if has_menu else 5) else [f"a row of {len(inside)}"]


def _check_button(part: dict[str, Any]) -> list[str]:
    problems = []
    label = part.get("label") or ""
    if len(label) > MAX_LABEL_LENGTH or not (label or part.get("emoji")):
        problems.append("a label that is empty or too long")
    if part["style"] == _LINK_STYLE:
        if not _is_web_address(part.get("url") or "", MAX_LINK_LENGTH):
            problems.append("a link button without a usable address")
        return problems
    return problems + _check_custom_id(part)


def _check_custom_id(part: dict[str, Any]) -> list[str]:
    is_usable = 1 <= len(part.get("custom_id") or "") <= MAX_CUSTOM_ID_LENGTH
    return [] if is_usable else ["a custom_id that is empty or too long"]


def _check_select(part: dict[str, Any]) -> list[str]:
    problems, options = _check_custom_id(part), part.get("options") or []
    if not 1 <= len(options) <= MAX_OPTIONS:
        problems.append(f"a menu of {len(options)}")
    if len(part.get("placeholder") or "") > MAX_PLACEHOLDER_LENGTH:
        problems.append("a placeholder that is too long")
    if len({option["value"] for option in options}) < len(options):
        problems.append("two options of one value")
    for option in options:
        described = option.get("description")
        texts = [option["label"], option["value"], *([] if described is None else [described])]
        if not all(1 <= len(text) <= MAX_OPTION_LENGTH for text in texts):
            problems.append("an option that is empty or too long")
    return problems


def _check_gallery(items: list[dict[str, Any]]) -> list[str]:
    problems = [] if 1 <= len(items) <= MAX_PICTURES else [f"a gallery of {len(items)}"]
    return problems + [problem for item in items for problem in _check_picture(item)]


def _check_picture(part: dict[str, Any]) -> list[str]:
    url = part["media"]["url"]
    usable = _ATTACHED.fullmatch(url) or _is_web_address(url, MAX_MEDIA_LINK_LENGTH)
    problems = [] if usable else ["a picture without a usable address"]
    if part.get("description") is not None and not 1 <= len(part["description"]) <= MAX_ALT_TEXT_LENGTH:
        problems.append("an alt text that is empty or too long")
    return problems


def _is_web_address(url: str, length: int) -> bool:
    if len(url) > length or url.split() != [url]:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
