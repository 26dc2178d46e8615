"""What a weekly digest is made of. Moments are seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass

from storage.models.videos import Video

DAY_SECONDS = 24 * 3600.0
WEEK_SECONDS = 7 * DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Week:
    """Seven whole days in UTC, as tallies are counted by the day: `ends_at` is the midnight after the last of them."""

    ends_at: float

    @property
    def begins_at(self) -> float:
        """Return the midnight before the first day."""
        return self.ends_at - WEEK_SECONDS


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A digest of a server that is due: for the moment `at`, after the last one at `last_at`."""

    server_id: int
    last_at: float
    at: float

    @property
    def week(self) -> Week:
        """Return the week that it tells of: up to the day before."""
        return Week(self.at - self.at % DAY_SECONDS)


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many questions were asked, and how many of them were answered clearly."""

    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class HelpfulMoment:
    """A segment of a video that `people` found helpful as an answer, and a question that it answers, as the ledger
    stores it."""

    library: str
    video_id: str
    start_second: float
    question: str
    people: int


@dataclass(frozen=True, slots=True)
class AddedVideos:
    """How many videos were added in a time, and the latest of them."""

    count: int
    latest: tuple[Video, ...]
