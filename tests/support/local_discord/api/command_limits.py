"""The documented limits of commands which the API description does not express."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..basics import Json, Problem

CHAT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
_MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
_LARGEST = 8000


def scope_problems(commands: list[Json]) -> list[Problem]:
    """Of one scope (global or one server): how many of each type, and no name twice."""
    counted = Counter(command.get("type") or CHAT for command in commands)
    problems = [
        Problem((), "APPLICATION_COMMANDS_LIMIT_REACHED", f"more than {most} commands of type {kind}")
        for kind, most in _MOST.items()
        if counted[kind] > most
    ]
    names = Counter((command.get("type") or CHAT, command.get("name")) for command in commands)
    for index, command in enumerate(commands):
        if names[command.get("type") or CHAT, command.get("name")] > 1:
            path = (str(index), "name")
            problems.append(Problem(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", "command names must differ"))
    return problems


def command_problems(command: Json) -> list[Problem]:
    problems = []
    if (command.get("type") or CHAT) != CHAT:
        if command.get("description") or command.get("options"):
            problems.append(Problem((), "APPLICATION_COMMAND_INVALID", "a menu entry has no description or options"))
        problems += _length(command, "name", 32)
    else:
        problems += _named(command) + _options(command.get("options"))
    if (size := _size(command)) > _LARGEST:
        message = f"{size} characters with all options, at most {_LARGEST}"
        problems.append(Problem((), "APPLICATION_COMMAND_TOO_LARGE", message))
    return problems


def _length(part: Json, key: str, most: int) -> list[Problem]:
    if 1 <= len(part.get(key) or "") <= most:
        return []
    return [Problem((key,), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")]


def _named(part: Json) -> list[Problem]:
    problems = _length(part, "name", 32) + _length(part, "description", 100)
    names = {"name": part.get("name") or "", **(part.get("name_localizations") or {})}
    for key, name in names.items():
        if not _is_slash_name(name):
            path = ("name",) if key == "name" else ("name_localizations", key)
            problems.append(Problem(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"))
    return problems


def _is_slash_name(name: str) -> bool:
    """Letters and digits of any script with - _ ', in lower case where the script has one."""
    return 1 <= len(name) <= 32 and name == name.lower() and all(_is_name_char(char) for char in name)


def _is_name_char(char: str) -> bool:
    # Devanagari and Thai are allowed as whole blocks, with the signs that are no letters.
    return char in "-_'" or char.isalnum() or "\u0900" <= char <= "\u097f" or "\u0e00" <= char <= "\u0e7f"


def _options(options: Any) -> list[Problem]:
    options = options or []
    problems = []
    if len(options) > 25:
        problems.append(Problem(("options",), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
    names = Counter(option.get("name") for option in options)
    optional_seen = False
    for index, option in enumerate(options):
        path = ("options", str(index))
        if names[option.get("name")] > 1:
            problems.append(Problem((*path, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "names must differ"))
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            problems.append(Problem(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message))
        optional_seen |= not option.get("required")
        inner = _named(option) + _choices(option)
        if option.get("type") in (SUBCOMMAND, SUBCOMMAND_GROUP):
            inner += _options(option.get("options"))
        problems += [problem.under(*path) for problem in inner]
    return problems


def _choices(option: Json) -> list[Problem]:
    choices = option.get("choices") or []
    problems = []
    if choices and option.get("autocomplete"):
        message = "choices and autocomplete exclude each other"
        problems.append(Problem(("autocomplete",), "APPLICATION_COMMAND_INVALID", message))
    if len(choices) > 25 or len({choice.get("name") for choice in choices}) < len(choices):
        problems.append(Problem(("choices",), "BASE_TYPE_BAD_LENGTH", "at most 25 choices, with different names"))
    return problems


def _size(part: Json) -> int:
    """Names, descriptions and values of the whole tree; of a text and its translations the longest counts."""
    size = 0
    for key in ("name", "description"):
        texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
        size += max(len(text) for text in texts)
    if isinstance(part.get("value"), str):
        size += len(part["value"])
    return size + sum(_size(child) for key in ("options", "choices") for child in part.get(key) or ())
