"""The documented limits of messages, cards and modals which the API description does not express.

The most important limits it does express are repeated here, so that a checkout without the description still has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from ..basics import Json, Problem

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 6, 1 << 7, 1 << 12
VOICE_MESSAGE, COMPONENTS_V2 = 1 << 13, 1 << 15
CREATE_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | VOICE_MESSAGE | COMPONENTS_V2
EDIT_FLAGS = SUPPRESS_EMBEDS | COMPONENTS_V2

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT_DISPLAY = 1, 2, 3, 4, 9, 10
THUMBNAIL, MEDIA_GALLERY, FILE, CONTAINER, LABEL, FILE_UPLOAD = 11, 12, 13, 17, 18, 19
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK, PREMIUM = 5, 6

Found = tuple[tuple[str, ...], Json]


def walk(components: Any, path: tuple[str, ...] = ("components",)) -> Iterator[Found]:
    """Every component with its place, outer ones first: children, accessories and what a label holds."""
    for index, component in enumerate(components or ()):
        if isinstance(component, dict):
            yield from _walk_one(component, (*path, str(index)))


def _walk_one(component: Json, path: tuple[str, ...]) -> Iterator[Found]:
    yield path, component
    yield from walk(component.get("components"), (*path, "components"))
    for key in ("accessory", "component"):
        if isinstance(component.get(key), dict):
            yield from _walk_one(component[key], (*path, key))


def message_problems(body: Json, before: Json | None, allowed_flags: int, files: set[str]) -> list[Problem]:
    """`before` is what the message holds when this is an edit; `files` the names that `attachment://` may mean."""
    flags = int(body.get("flags") or 0)
    problems = _flag_problems(body, before, flags, allowed_flags)
    after = {**(before or {}), **body}
    is_card = bool((flags | int((before or {}).get("flags", 0))) & COMPONENTS_V2)
    if is_card:
        problems += [
            Problem((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", f"'{key}' cannot stand with a card")
            for key in ("content", "embeds", "poll", "sticker_ids")
            if after.get(key)
        ]
    content = body.get("content")
    if isinstance(content, str) and len(content) > 2000:
        problems.append(Problem(("content",), "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length."))
    problems += _embed_problems(body.get("embeds"))
    problems += _mention_problems(body.get("allowed_mentions"))
    return problems + component_problems(body.get("components"), is_card, files)


def _flag_problems(body: Json, before: Json | None, flags: int, allowed: int) -> list[Problem]:
    problems = []
    if flags & ~allowed:
        problems.append(Problem(("flags",), "MESSAGE_FLAGS_NOT_ALLOWED", f"the flags {flags & ~allowed} cannot be set"))
    if before and int(before["flags"]) & COMPONENTS_V2 and body.get("flags") is not None and not flags & COMPONENTS_V2:
        problems.append(Problem(("flags",), "COMPONENTS_V2_CANNOT_BE_REMOVED", "IS_COMPONENTS_V2 cannot be removed"))
    return problems


def _embed_problems(embeds: Any) -> list[Problem]:
    total, problems = 0, []
    for index, embed in enumerate(embeds or ()):
        texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
        texts.append((embed.get("author") or {}).get("name"))
        texts += [text for item in embed.get("fields") or () for text in (item.get("name"), item.get("value"))]
        total += sum(len(text) for text in texts if text)
        if not any(texts) and not any(embed.get(key) for key in ("image", "thumbnail", "video")):
            problems.append(Problem(("embeds", str(index)), "BASE_TYPE_REQUIRED", "the embed is empty"))
    if total > 6000:
        problems.append(Problem(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"))
    return problems


def _mention_problems(mentions: Any) -> list[Problem]:
    mentions = mentions or {}
    return [
        Problem(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"parse and list of {kind} exclude")
        for kind in ("users", "roles")
        if kind in (mentions.get("parse") or ()) and mentions.get(kind)
    ]


def component_problems(components: Any, is_card: bool, files: set[str]) -> list[Problem]:
    everything = list(walk(components))
    problems = []
    if is_card:
        if len(everything) > 40:
            message = f"{len(everything)} components counted with nesting, at most 40"
            problems.append(Problem(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message))
        size = sum(len(part.get("content") or "") for _, part in everything if part.get("type") == TEXT_DISPLAY)
        if size > 4000:
            message = f"{size} characters over all texts, at most 4000"
            problems.append(Problem(("components",), "COMPONENT_MAX_TOTAL_TEXT_EXCEEDED", message))
    else:
        problems += _plain_row_problems(components)
    for path, part in everything:
        problems += [problem.under(*path) for problem in _one(part, files)]
    return problems + _duplicates(everything)


def _plain_row_problems(components: Any) -> list[Problem]:
    problems = [
        Problem(("components", str(index), "type"), "UNION_TYPE_CHOICES", "without IS_COMPONENTS_V2 only rows stand")
        for index, part in enumerate(components or ())
        if part.get("type") != ACTION_ROW
    ]
    if len(components or ()) > 5:
        problems.append(Problem(("components",), "BASE_TYPE_BAD_LENGTH", "at most 5 rows"))
    return problems


def _duplicates(everything: list[Found]) -> list[Problem]:
    problems = []
    for key in ("custom_id", "id"):
        seen: Counter[Any] = Counter()
        for path, part in everything:
            value = part.get(key)
            seen[value] += 1
            if value and seen[value] > 1:
                message = f"Component {key} cannot be duplicated"
                problems.append(Problem((*path, key), f"COMPONENT_{key.upper()}_DUPLICATED", message))
    return problems


def _one(part: Json, files: set[str]) -> list[Problem]:
    kind = part.get("type")
    problems = []
    if "custom_id" in part and not 1 <= len(part["custom_id"] or "") <= 100:
        problems.append(Problem(("custom_id",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
    if kind == BUTTON:
        problems += _button(part)
    elif kind in SELECTS:
        problems += _select(part)
    elif kind == ACTION_ROW:
        problems += _row(part)
    elif kind == SECTION:
        problems += _section(part)
    elif kind == TEXT_DISPLAY and not (part.get("content") or "").strip():
        problems.append(Problem(("content",), "BASE_TYPE_REQUIRED", "the text is empty"))
    elif kind in (THUMBNAIL, MEDIA_GALLERY, FILE):
        problems += _media(part, files)
    elif kind == CONTAINER and not part.get("components"):
        problems.append(Problem(("components",), "BASE_TYPE_BAD_LENGTH", "the container is empty"))
    return problems


def _button(part: Json) -> list[Problem]:
    problems = []
    style, label = part.get("style"), part.get("label")
    if style != PREMIUM and not label and not part.get("emoji"):
        problems.append(Problem((), "BUTTON_COMPONENT_LABEL_OR_EMOJI", "a button needs a label or an emoji"))
    if label and len(label) > 80:
        problems.append(Problem(("label",), "BASE_TYPE_MAX_LENGTH", "Must be 80 or fewer in length."))
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(style or 0, "custom_id")
    for key in ("url", "sku_id", "custom_id"):
        if bool(part.get(key)) != (key == needed):
            word = "needs" if key == needed else "cannot have"
            problems.append(Problem((key,), "BUTTON_COMPONENT_INVALID", f"a button of style {style} {word} {key}"))
    if style == LINK and part.get("url") and not is_web_address(part["url"], 512):
        problems.append(Problem(("url",), "URL_TYPE_INVALID_URL", "Not a well formed URL."))
    return problems


def is_web_address(url: str, longest: int = 2048) -> bool:
    if len(url) > longest or any(char.isspace() for char in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _select(part: Json) -> list[Problem]:
    options = part.get("options") or []
    problems = []
    if part.get("type") == STRING_SELECT and not 1 <= len(options) <= 25:
        problems.append(Problem(("options",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length."))
    if len({option.get("value") for option in options}) < len(options):
        problems.append(Problem(("options",), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "the values must differ"))
    least, most = part.get("min_values"), part.get("max_values")
    least, most = 1 if least is None else least, 1 if most is None else most
    if least > most or (options and most > len(options)):
        problems.append(Problem(("max_values",), "SELECT_COMPONENT_MAX_VALUES", "does not fit the number of options"))
    if sum(bool(option.get("default")) for option in options) > most:
        problems.append(Problem(("options",), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "more defaults than may be chosen"))
    return problems


def _row(part: Json) -> list[Problem]:
    kinds = [child.get("type") for child in part.get("components") or ()]
    single = any(kind in SELECTS or kind == TEXT_INPUT for kind in kinds)
    if kinds and len(kinds) <= (1 if single else 5):
        return []
    return [Problem(("components",), "BASE_TYPE_BAD_LENGTH", "a row holds 1 to 5 buttons or one select")]


def _section(part: Json) -> list[Problem]:
    problems = []
    if not 1 <= len(part.get("components") or ()) <= 3:
        problems.append(Problem(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 3 in length."))
    if not part.get("accessory"):
        problems.append(Problem(("accessory",), "BASE_TYPE_REQUIRED", "This field is required"))
    return problems


def media_of(part: Json) -> list[tuple[tuple[str, ...], Json]]:
    """The media objects of a thumbnail, gallery or file component, which hold the `url`."""
    if part.get("type") == MEDIA_GALLERY:
        items = part.get("items") or ()
        return [(("items", str(index), "media"), item.get("media") or {}) for index, item in enumerate(items)]
    key = {THUMBNAIL: "media", FILE: "file"}.get(part.get("type") or 0)
    return [((key,), part.get(key) or {})] if key else []


def _media(part: Json, files: set[str]) -> list[Problem]:
    problems = []
    for path, media in media_of(part):
        url = str(media.get("url") or "")
        named = url.removeprefix("attachment://") if url.startswith("attachment://") else None
        if named is not None:
            if named not in files:
                message = f"there is no attachment {named!r}"
                problems.append(Problem((*path, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message))
        elif part.get("type") == FILE or not is_web_address(url):
            problems.append(Problem((*path, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL."))
    return problems


def modal_problems(data: Json) -> list[Problem]:
    problems = []
    if len(data.get("components") or ()) > 5:
        problems.append(Problem(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."))
    if not 1 <= len(data.get("title") or "") <= 45:
        problems.append(Problem(("title",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 45 in length."))
    everything = list(walk(data.get("components")))
    for path, part in everything:
        problems += [problem.under(*path) for problem in _one(part, set()) + _field(part, path)]
    return problems + _duplicates(everything)


def _field(part: Json, path: tuple[str, ...]) -> list[Problem]:
    """A label's texts, and a file upload's place and numbers."""
    problems = []
    if part.get("type") == LABEL:
        sizes = {"label": (1, 45), "description": (0, 100)}
        problems += [
            Problem((key,), "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            for key, (least, most) in sizes.items()
            if not least <= len(part.get(key) or "") <= most
        ]
    if part.get("type") == FILE_UPLOAD:
        least, most = part.get("min_values"), part.get("max_values")
        if not 0 <= (1 if least is None else least) <= (1 if most is None else most) <= 10:
            problems.append(Problem(("max_values",), "NUMBER_TYPE_MAX", "0 to 10 files, at least one at most"))
        if path[-1] != "component":
            problems.append(Problem((), "UNION_TYPE_CHOICES", "a file upload stands in a label"))
    return problems


def choice_problems(choices: Any) -> list[Problem]:
    problems = []
    if len(choices or ()) > 25:
        problems.append(Problem(("choices",), "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length."))
    for index, choice in enumerate(choices or ()):
        for key in ("name", "value"):
            value = choice.get(key)
            if isinstance(value, str) and not 1 <= len(value) <= 100:
                path = ("choices", str(index), key)
                problems.append(Problem(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
    return problems
