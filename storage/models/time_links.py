"""How a second is written into an address, and how a time is taken out of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote

SECONDS, CLOCK, UNITS = "{seconds}", "{clock}", "{units}"
"""The forms of a time: 3723, 1:02:03, 1h2m3s."""
_TEMPLATE = re.compile(r"[?#][A-Za-z][\w.-]*=[\w.-]*(?:\{seconds\}|\{clock\}|\{units\})[\w.-]*", re.ASCII)
_COMMON_IN_QUERY, _COMMON_IN_FRAGMENT = frozenset({"t", "start", "time_continue"}), frozenset({"t"})
# Anything that a player could take for a time, a range of times (Media Fragments) among them. `?t=intro` is none.
_TIME = re.compile(r"(?:npt:)?[\d:.hms]*(?:,[\d:.hms]*)?", re.ASCII)
_CLOCKS_AT_END = re.compile(r"(?:/\d+(?::\d\d){1,2})+/?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class TimeLink:
    """How the addresses of a host say at which second they open.

    `template` is a parameter of the query (`?t={seconds}`) or of the fragment (`#t={seconds}`), or what follows the
    path (`/{clock}`); "" where addresses cannot say it. `other_names` are parameters that say it, too.
    """

    template: str
    other_names: tuple[str, ...] = ()

    def add(self, parts: SplitResult, second: float) -> SplitResult:
        """Return an address that has no time with one. The second is rounded down and never negative."""
        written = self.template[1:]
        for form, text in _write_time(max(0, int(second))):
            written = written.replace(form, text)
        match self.template[:1]:
            case "?":
                return parts._replace(query=f"{parts.query}&{written}" if parts.query else written)
            case "#":
                return parts._replace(fragment=f"{parts.fragment}&{written}" if parts.fragment else written)
            case "/":
                return parts._replace(path=f"{parts.path.rstrip('/')}/{written}")
        return parts

    def remove(self, parts: SplitResult) -> SplitResult:
        """Return an address without this host's times, and without what says a time at most hosts."""
        path = _CLOCKS_AT_END.sub("", parts.path) if self.template[:1] == "/" else parts.path
        query = _remove_times(parts.query, self._names_in("?"), _COMMON_IN_QUERY)
        fragment = _remove_times(parts.fragment, self._names_in("#"), _COMMON_IN_FRAGMENT)
        return parts._replace(path=path, query=query, fragment=fragment)

    def _names_in(self, place: str) -> frozenset[str]:
        """Return the parameters that say this host's times in the query, "?", or in the fragment, "#"."""
        written = self.template[1:].partition("=")[0] if self.template[:1] == place else ""
        return frozenset(name.lower() for name in (written, *self.other_names) if name)


def is_template(text: str) -> bool:
    """Whether a text is a parameter of the query or of the fragment with one of the forms of a time in it."""
    return _TEMPLATE.fullmatch(text) is not None


def _write_time(second: int) -> tuple[tuple[str, str], ...]:
    """Return the forms of a time with what stands for them."""
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    units = f"{hours}h" * bool(hours) + f"{minutes}m" * bool(second >= 60) + f"{seconds}s"
    return (SECONDS, str(second)), (CLOCK, clock), (UNITS, units)


def _remove_times(parameters: str, own: frozenset[str], common: frozenset[str]) -> str:
    return "&".join(part for part in parameters.split("&") if not _is_time(part, own, common))


def _is_time(part: str, own: frozenset[str], common: frozenset[str]) -> bool:
    """Return whether a parameter says a time: by a name of its host's own, or a common name with a time."""
    name, equals, value = part.partition("=")
    name = unquote(name).lower()
    return bool(equals) and (name in own or (name in common and _TIME.fullmatch(unquote(value).lower()) is not None))
