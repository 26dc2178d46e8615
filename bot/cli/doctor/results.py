"""What a check of `cuepoint doctor` finds."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Grade(enum.Enum):
    """How bad the result of a check is."""

    FINE = "ok, "
    NOTE = "note: "
    WRONG = "problem: "


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check: a word for what was checked, and what there is to say, with what to do."""

    about: str
    words: str
    grade: Grade = Grade.FINE

    def __str__(self) -> str:
        return f"{self.about:<9} {self.grade.value}{self.words}"
