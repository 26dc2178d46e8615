"""Trouble on command: the next answers of a route are refused, slow or never come."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .basics import Json


@dataclass
class Fault:
    """One kind of trouble for the next `times` requests whose method and path match."""

    method: str
    path: str
    times: int = 1
    status: int | None = None
    delay: float = 0.0
    drop: bool = False
    # Whether Discord did what was asked before the answer went wrong; a retry then meets its own traces.
    applied: bool = False
    retry_after: float = 0.05
    is_global: bool = False
    via: bool = True
    code: int = 0
    body: str | None = None

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in ("*", method) and fnmatchcase(path, self.path)

    def headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.status == 429:
            found["Retry-After"] = str(math.ceil(self.retry_after))
            found["X-RateLimit-Scope"] = "global" if self.is_global else "user"
            if self.is_global:
                found["X-RateLimit-Global"] = "true"
        if self.via:
            # A 429 without it comes from the bot protection in front of Discord, and clients must not retry that.
            found["Via"] = "1.1 google"
        return found

    def answer(self) -> tuple[str, str]:
        """Content type and text."""
        if self.body is not None:
            return "text/html", self.body
        if self.status == 429:
            limited: Json = {"message": "You are being rate limited.", "retry_after": self.retry_after}
            return "application/json", json.dumps(limited | {"global": self.is_global})
        if self.status in (502, 503, 504):
            return "text/html", f"<html><head><title>{self.status}</title></head></html>"
        return "application/json", json.dumps({"message": f"{self.status}: refused on command", "code": self.code})


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._planned.append(fault)
        return fault

    def clear(self) -> None:
        self._planned.clear()

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self._planned:
            if fault.matches(method, path):
                fault.times -= 1
                return fault
        return None
