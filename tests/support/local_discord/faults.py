"""Trouble on command, and at random: answers of a route are refused, slow or never come."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from dataclasses import dataclass, field
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

    @property
    def kind(self) -> str:
        """In a few words, for counting."""
        what = "cut off" if self.drop else "slow" if self.status is None else str(self.status)
        when = " after it was done" if self.applied else ""
        return f"{what}{' (global)' if self.is_global else ''}{when}"

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


@dataclass
class Storm:
    """Trouble for a share of the requests on these paths, drawn at random; the same requests meet the same again."""

    seed: int
    share: float = 0.2
    paths: tuple[str, ...] = ("*/callback", "/webhooks/*", "/channels/*", "/guilds/*/members/*")
    # How long what is slow takes, at most: on the way there or back.
    slow_seconds: float = 1.0
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def draw(self, method: str, path: str) -> Fault | None:
        if not any(fnmatchcase(path, each) for each in self.paths) or self._chance.random() >= self.share:
            return None
        kind, applied = self._chance.randrange(4), self._chance.random() < 0.5
        if kind == 0:
            return Fault(method, path, drop=True, applied=applied)
        if kind == 1:
            return Fault(method, path, delay=self._chance.uniform(0.1, self.slow_seconds), applied=applied)
        if kind == 2:
            return Fault(method, path, status=429, retry_after=0.05, is_global=applied)
        return Fault(method, path, status=self._chance.choice([500, 502, 503, 504]), applied=applied)


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self.storm: Storm | None = None
        # What was done to requests, by kind.
        self.injected: Counter[str] = Counter()

    def add(self, fault: Fault) -> Fault:
        self._planned.append(fault)
        return fault

    def clear(self) -> None:
        self._planned.clear()

    def take(self, method: str, path: str) -> Fault | None:
        fault = next((each for each in self._planned if each.matches(method, path)), None)
        if fault is not None:
            fault.times -= 1
        elif self.storm is not None:
            fault = self.storm.draw(method, path)
        if fault is not None:
            self.injected[fault.kind] += 1
        return fault
