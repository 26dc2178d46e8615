"""What a JSON text holds, told from its beginning, so that a file that is cut off is known for what it was."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Possessive, so that a string that never ends is given up at once.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
_MAX_TOKENS = 20_000
_MAX_DEPTH = 12
_MAX_KEY_LENGTH = 60


def describe_json(text: str) -> Mapping[str, str]:
    """Return the paths of a JSON text, each with its first value as written, "" where that is an object or an array.

    A path is made of keys: `results.items[].type` is a key of the objects in an array. A text of several values, one a
    line, has the paths of all. Empty where the text begins neither an object nor an array.
    """
    shape: dict[str, str] = {}
    if text.lstrip()[:1] not in {"{", "["}:
        return shape
    containers: list[tuple[str, str]] = []  # the brackets that are open, each with its path
    key, is_key = "", False
    for count, match in enumerate(_TOKEN.finditer(text)):
        token = match[0]
        if count == _MAX_TOKENS or len(containers) > _MAX_DEPTH:
            break
        bracket, path = containers[-1] if containers else ("", "")
        here = f"{path}[]" if bracket == "[" else f"{path}.{key}".lstrip(".") if bracket else ""
        if token in "{[":
            shape.setdefault(here, "")
            containers.append((token, here))
            is_key = token == "{"
        elif token in "}]":
            del containers[-1:]
            is_key = False
        elif token in ":,":
            is_key = token == "," and bracket == "{"
        elif is_key:
            key = token[1:_MAX_KEY_LENGTH].rstrip('"')
        elif shape.get(here) in {None, "null"}:
            shape[here] = token[: 2 * _MAX_KEY_LENGTH]
    return shape
