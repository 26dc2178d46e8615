"""The libraries that somebody may see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The libraries that may be seen, by key, the asker's own server first. Only `storage.access` creates scopes."""

    libraries: tuple[str, ...]
