"""Who speaks in the videos of a library."""

from __future__ import annotations

from dataclasses import dataclass

from storage.models.videos import Video


@dataclass(frozen=True, slots=True)
class SpeakerSummary:
    """How much somebody says in a video, in words and seconds, and the first words by which to know them again:
    `quote`, said at `start_second`."""

    name: str
    words: int
    seconds: float
    quote: str
    start_second: float


@dataclass(frozen=True, slots=True)
class VideoSpeakers:
    """The known speakers of a video, those first who say most."""

    video: Video
    speakers: tuple[SpeakerSummary, ...]
