"""What a person fills into a command or a form, in the shape in which Discord hands it to the bot."""

from __future__ import annotations

from typing import Any

from .api.limits import FILE_UPLOAD, LABEL, SELECTS, TEXT_DISPLAY, TEXT_INPUT, walk
from .basics import Json
from .messages import Upload
from .places import Channel, Guild, Role, User

SUBCOMMAND, SUBCOMMAND_GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10
_RADIO, _CHECKBOX_GROUP, _CHECKBOX = 21, 22, 23


class NotOfferedError(AssertionError):
    """Discord's own app would not let a person do this, so a test that does it tests nothing."""


class Resolved:
    """Collects the objects behind the ids that a payload mentions."""

    def __init__(self, bot: User, guild: Guild | None = None) -> None:
        self._bot = bot
        self._guild = guild
        self.found: Json = {}

    def of(self, value: Any) -> Any:
        kinds: dict[type, str] = {User: "users", Channel: "channels", Role: "roles", Upload: "attachments"}
        kind = next((name for kind, name in kinds.items() if isinstance(value, kind)), None)
        if kind is None:
            return value
        payload = value.payload(self._bot) if isinstance(value, Channel) else value.payload()
        self.found.setdefault(kind, {})[str(value.id)] = payload
        member = self._guild.members.get(value.id) if self._guild and isinstance(value, User) else None
        if member is not None:
            self.found.setdefault("members", {})[str(value.id)] = member.payload(with_user=False, permissions=0)
        return str(value.id)


def find_command(commands: list[Json], path: str, kind: int) -> tuple[Json, list[Json]]:
    """The stored command, and the chain of subcommands down to the one meant."""
    names = path.split() if kind == 1 else [path]
    for command in commands:
        if command["name"] == names[0] and command["type"] == kind:
            chain, level = [], command
            for name in names[1:]:
                inner = (item for item in level.get("options", ()) if item["name"] == name)
                level = next((item for item in inner if item["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)), {})
                if not level:
                    raise NotOfferedError(f"/{path}: there is no {name!r}")
                chain.append(level)
            return command, chain
    known = [command["name"] for command in commands]
    raise NotOfferedError(f"{path!r} is not registered here; registered are {known}")


def fill_options(described: list[Json], given: dict[str, Any], focused: str | None, resolved: Resolved) -> list[Json]:
    known = {option["name"]: option for option in described}
    if strange := set(given) - set(known):
        raise NotOfferedError(f"no such options: {sorted(strange)}, there are {sorted(known)}")
    if focused is None:
        missing = [name for name, option in known.items() if option.get("required") and name not in given]
        if missing:
            raise NotOfferedError(f"required options are missing: {missing}")
    filled = []
    for name, value in given.items():
        is_focused = name == focused
        if not is_focused:
            _check_value(known[name], value)
        filled.append({"name": name, "type": known[name]["type"], "value": resolved.of(value)})
        if is_focused:
            filled[-1]["focused"] = True
    if focused is not None and not known.get(focused, {}).get("autocomplete"):
        raise NotOfferedError(f"{focused!r} has no autocomplete")
    return filled


def _check_value(option: Json, value: Any) -> None:
    """What Discord's input field already refuses."""
    expected: dict[int, type | tuple[type, ...]] = {
        STRING: str, INTEGER: int, BOOLEAN: bool, 6: User, 7: Channel, 8: Role, NUMBER: (int, float), 11: Upload,
    }  # fmt: skip
    name, kind = option["name"], option["type"]
    if not isinstance(value, expected.get(kind, object)) or (isinstance(value, bool) and kind != BOOLEAN):
        raise NotOfferedError(f"option {name!r} of type {kind} cannot be {value!r}")
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise NotOfferedError(f"option {name!r} must be one of {choices}")
    size = len(value) if isinstance(value, str) else value
    low, high = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    if isinstance(size, int | float) and not isinstance(size, bool):
        least, most = option.get(low), option.get(high)
        if (least is not None and size < least) or (most is not None and size > most):
            raise NotOfferedError(f"option {name!r}: {value!r} is outside {least} to {most}")


def nested(chain: list[Json], filled: list[Json]) -> list[Json]:
    """Wraps the options of a subcommand into the levels above it."""
    for level in reversed(chain):
        filled = [{"name": level["name"], "type": level["type"], "options": filled}]
    return filled


def submitted_form(modal: Json, given: dict[str, Any], resolved: Resolved) -> list[Json]:
    """The components of a modal as they come back, with what the person entered by custom_id."""
    fields = {part["custom_id"] for _, part in walk(modal["components"]) if "custom_id" in part}
    if strange := set(given) - fields:
        raise NotOfferedError(f"the form has no fields {sorted(strange)}, it has {sorted(fields)}")
    answered = []
    for number, part in enumerate(modal["components"], start=1):
        top: Json = {"type": part["type"], "id": part.get("id") or number}
        if part["type"] == LABEL:
            top["component"] = _answered(part["component"], given, resolved, 100 + number)
        elif part["type"] != TEXT_DISPLAY:
            top["components"] = [_answered(child, given, resolved, 100 + number) for child in part["components"]]
        answered.append(top)
    return answered


def _answered(part: Json, given: dict[str, Any], resolved: Resolved, number: int) -> Json:
    kind, key = part["type"], part["custom_id"]
    body: Json = {"type": kind, "custom_id": key, "id": part.get("id") or number}
    value = given.get(key)
    if kind == TEXT_INPUT:
        body["value"] = _entered(part, part.get("value") or "" if value is None else value)
    elif kind in SELECTS or kind in (FILE_UPLOAD, _CHECKBOX_GROUP):
        values = list(value or ())
        least = part.get("min_values")
        least = 1 if least is None else least
        optional = not part.get("required", kind != _CHECKBOX_GROUP) and not values
        if not optional and not least <= len(values) <= (part.get("max_values") or max(1, len(values))):
            raise NotOfferedError(f"field {key!r} does not take {len(values)} values")
        _check_listed(part, values)
        body["values"] = [resolved.of(item) for item in values]
    elif kind == _RADIO:
        _check_listed(part, [] if value is None else [value])
        body["value"] = value
    elif kind == _CHECKBOX:
        body["value"] = bool(value)
    return body


def _entered(part: Json, text: str) -> str:
    if not text and not part.get("required", True):
        return text
    if not (part.get("min_length") or 1) <= len(text) <= (part.get("max_length") or 4000):
        raise NotOfferedError(f"field {part['custom_id']!r} does not take {len(text)} characters")
    return text


def _check_listed(part: Json, values: list[Any]) -> None:
    listed = [option["value"] for option in part.get("options") or ()]
    if listed and not set(values) <= set(listed):
        raise NotOfferedError(f"field {part['custom_id']!r} offers {listed}, not {values}")
