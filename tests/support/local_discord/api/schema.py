"""Checks a request body against Discord's own API description.

A general validator does not fit: the description closes almost no object to unknown keys, and its unions are told
apart by `type`, where "matches none of eleven branches" would hide the one line that is wrong.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.project import SHARED_FOLDER

from ..basics import Json, Problem

DESCRIPTION = SHARED_FOLDER / "discord" / "openapi.json"

# Keys which discord.py 2.7.1 sends by itself, which the description lacks, and which Discord is known to take.
_TOLERATED: dict[str, frozenset[str]] = {
    "IncomingWebhookUpdateRequestPartial": frozenset({"tts"}),
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": frozenset({"tts"}),
    "MessageEditRequestPartial": frozenset({"tts"}),
    "BaseCreateMessageCreateRequest": frozenset({"tts"}),
    "CreateForumThreadRequest": frozenset({"type"}),
    "ApplicationCommandUpdateRequest": frozenset({"nsfw"}),
    "ApplicationCommandCreateRequest": frozenset({"nsfw"}),
    "ApplicationCommandPatchRequestPartial": frozenset({"nsfw"}),
    "RichEmbed": frozenset({"flags"}),
    "ComponentEmojiForRequest": frozenset({"animated"}),
    "MessageAttachmentRequest": frozenset({"proxy_url", "size", "url", "spoiler", "height", "width", "content_type"}),
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
_INT32 = 2**31
# What the walk below understands; a test compares it with what the description uses, so that nothing is passed over.
HANDLED_KEYWORDS = frozenset(
    {"$ref", "type", "oneOf", "anyOf", "allOf", "enum", "const", "format", "pattern", "minLength", "maxLength"}
    | {"minimum", "maximum", "items", "minItems", "maxItems", "uniqueItems"}
    | {"properties", "required", "additionalProperties", "minProperties", "maxProperties"}
)
_REMARKS = frozenset({"title", "description", "x-discord-union", "contentEncoding"})


class Schema:
    def __init__(self, document: Json) -> None:
        self._schemas: Json = document["components"]["schemas"]
        self._bodies = _bodies(document)

    @classmethod
    def load(cls, path: Path = DESCRIPTION) -> Schema | None:
        return cls(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def check(self, method: str, template: str, body: Any) -> list[Problem]:
        schema = self._bodies.get((method, _unnamed(template)))
        return [] if schema is None else self._walk(schema, body, ())

    def keywords(self) -> set[str]:
        """Every keyword in the bodies which this project could send, remarks left out."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting: list[Json] = list(self._bodies.values())
        while waiting:
            schema = waiting.pop()
            found |= set(schema)
            if "$ref" in schema and schema["$ref"] not in seen:
                seen.add(schema["$ref"])
                waiting.append(self._resolve(schema)[0])
            waiting += [part for union in ("oneOf", "anyOf", "allOf") for part in schema.get(union, ())]
            waiting += schema.get("properties", {}).values()
            waiting += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
        return found - _REMARKS

    def _resolve(self, schema: Json) -> tuple[Json, str]:
        name = ""
        while "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = self._schemas[name]
        return schema, name

    def _walk(self, schema: Json, value: Any, path: tuple[str, ...]) -> list[Problem]:
        schema, name = self._resolve(schema)
        value = _lenient(schema, value)
        if wrong := _wrong_type(schema, value):
            return [Problem(path, "BASE_TYPE_BAD_TYPE", wrong)]
        problems: list[Problem] = []
        for union in ("oneOf", "anyOf"):
            if union in schema:
                problems += self._choose(schema[union], value, path)
        for part in schema.get("allOf", ()):
            problems += self._walk(part, value, path)
        problems += [Problem(path, code, message) for code, message in _scalar(schema, value)]
        if isinstance(value, list):
            problems += self._array(schema, value, path)
        elif isinstance(value, dict) and ("properties" in schema or "additionalProperties" in schema):
            problems += self._object(schema, name, value, path)
        return problems

    def _choose(self, branches: list[Json], value: Any, path: tuple[str, ...]) -> list[Problem]:
        resolved = [(branch, self._resolve(branch)[0]) for branch in branches]
        if isinstance(value, dict) and any(_type_values(found) for _, found in resolved):
            fitting = [branch for branch, found in resolved if value.get("type") in _type_values(found)]
            if not fitting:
                allowed = sorted({kind for _, found in resolved for kind in _type_values(found)})
                message = f"{value.get('type')!r} is not one of the types allowed here: {allowed}"
                return [Problem((*path, "type"), "UNION_TYPE_CHOICES", message)]
        else:
            fitting = [
                branch for branch, found in resolved if not _wrong_type(found, _lenient(found, value))
            ] or branches
        return min((self._walk(branch, value, path) for branch in fitting), key=len)

    def _array(self, schema: Json, value: list[Any], path: tuple[str, ...]) -> list[Problem]:
        problems = []
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not least <= len(value) <= most:
            problems.append(Problem(path, "BASE_TYPE_BAD_LENGTH", f"{len(value)} items, not {least} to {most}"))
        if schema.get("uniqueItems") and len({json.dumps(item, sort_keys=True) for item in value}) < len(value):
            problems.append(Problem(path, "SET_TYPE_ALREADY_CONTAINS_VALUE", "the items must differ"))
        for index, item in enumerate(value):
            problems += self._walk(schema.get("items", {}), item, (*path, str(index)))
        return problems

    def _object(self, schema: Json, name: str, value: Json, path: tuple[str, ...]) -> list[Problem]:
        known: Json = schema.get("properties", {})
        rest = schema.get("additionalProperties")
        problems = [
            Problem((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
            for key in schema.get("required", ())
            if key not in value
        ]
        if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
            problems.append(Problem(path, "BASE_TYPE_BAD_LENGTH", f"{len(value)} keys"))
        for key, item in value.items():
            if key in known:
                problems += self._walk(known[key], item, (*path, key))
            elif isinstance(rest, dict):
                problems += self._walk(rest, item, (*path, key))
            elif key not in _TOLERATED.get(name, frozenset()):
                problems.append(Problem((*path, key), "UNKNOWN_KEY", f"{name or 'this object'} has no such key"))
        return problems


def _unnamed(template: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", template)


def _bodies(document: Json) -> dict[tuple[str, str], Json]:
    found = {}
    for template, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                found[method.upper(), _unnamed(template)] = content["application/json"]["schema"]
    return found


def _type_values(schema: Json) -> list[int]:
    kind = schema.get("properties", {}).get("type", {})
    return list(kind.get("enum", ()))


def _lenient(schema: Json, value: Any) -> Any:
    """Discord takes a number for an id, digits for a number and 24.0 for 24; a check must blame nobody wrongly."""
    if type(value) is int and schema.get("format") in ("snowflake", "nonce"):
        return str(value)
    kinds = schema.get("type", ())
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return int(value)
    if isinstance(value, str) and "string" not in kinds and "integer" in kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value


def _wrong_type(schema: Json, value: Any) -> str:
    kinds = schema.get("type")
    if kinds is None:
        return ""
    names = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, bool):
        return "" if "boolean" in names else f"a boolean where {names} is expected"
    if any(isinstance(value, _TYPES[name]) for name in names):
        return ""
    return f"{type(value).__name__} where {names} is expected"


def _scalar(schema: Json, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    problems = []
    if schema.get("enum") and value not in schema["enum"]:
        problems.append(("BASE_TYPE_CHOICES", f"must be one of {schema['enum']}"))
    if "const" in schema and value != schema["const"]:
        problems.append(("BASE_TYPE_CHOICES", f"must be {schema['const']!r}"))
    if isinstance(value, str):
        problems += _text(schema, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least, most = schema.get("minimum", value), schema.get("maximum", value)
        fits = schema.get("format") != "int32" or -_INT32 <= value < _INT32
        if not least <= value <= most or not fits:
            problems.append(("NUMBER_TYPE_RANGE", f"{value} is out of range"))
    return problems


def _text(schema: Json, value: str) -> list[tuple[str, str]]:
    problems = []
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(value))
    if not least <= len(value) <= most:
        problems.append(("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length, is {len(value)}."))
    if "pattern" in schema and not re.search(schema["pattern"], value):
        problems.append(("STRING_TYPE_REGEX", f"does not match {schema['pattern']}"))
    if schema.get("format") == "uri" and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S", value):
        problems.append(("URL_TYPE_INVALID_URL", "Not a well formed URL."))
    if schema.get("format") == "date-time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            problems.append(("DATE_TIME_TYPE_PARSE", "Could not parse as a date."))
    return problems
