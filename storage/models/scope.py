"""Whose videos are meant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The libraries that may be seen, by key, the asker's own server first. Only `storage.access` makes one."""

    libraries: tuple[str, ...]
