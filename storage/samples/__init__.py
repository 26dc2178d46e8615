"""Three short talks written for Cuepoint, so that questions can be asked before anything is imported."""

from __future__ import annotations

from importlib import resources

from storage.models import Labels, Source

SAMPLES: tuple[tuple[str, Labels], ...] = (
    (
        "captions.srt",
        Labels(
            video_id="sample-captions",
            title="Sample talk: How captions are made and timed",
            url="https://video.example.com/sample-captions",
            creator="Cuepoint samples",
            language="en",
        ),
    ),
    (
        "bm25.srt",
        Labels(
            video_id="sample-bm25-ranking",
            title="Sample talk: BM25 ranking, piece by piece",
            url="https://video.example.com/sample-bm25-ranking",
            creator="Cuepoint samples",
            language="en",
        ),
    ),
    (
        "discord_apps.srt",
        Labels(
            video_id="sample-discord-apps",
            title="Sample talk: How Discord apps talk to people",
            url="https://video.example.com/sample-discord-apps",
            creator="Cuepoint samples",
            language="en",
        ),
    ),
)
"""The file names of the talks in this package, with the labels to import them with."""


def sample_ids() -> set[str]:
    """Return the video ids of the talks."""
    return {labels.video_id for _, labels in SAMPLES}


def sample_sources() -> tuple[tuple[Source, Labels], ...]:
    """Return the talks as files with their labels, ready to be imported."""
    package = resources.files(__name__)
    return tuple((Source(name, package.joinpath(name).read_bytes()), labels) for name, labels in SAMPLES)
