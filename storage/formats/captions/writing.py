"""One stored video as captions: SubRip or WebVTT."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import timedelta

import srt

from storage.formats.captions.details_note import write_details
from storage.formats.captions.line_breaks import resolve_line_breaks
from storage.formats.captions.markup import escape_subrip
from storage.models import Cue, Segment, StoredVideo

_SHORTEST_SECONDS = 0.001
"""What a cue lasts at least: programs drop one without a duration, though two speakers may begin at the same moment."""


def write_subrip(video: StoredVideo) -> bytes:
    """Return a video as SubRip. Where speakers are known, each cue begins with "Name: "."""
    text: str = srt.compose(
        srt.Subtitle(None, timedelta(seconds=cue.start_second), timedelta(seconds=cue.end_second), _subrip_text(cue))
        for cue in _make_cues(video)
    )
    return text.encode()


def write_webvtt(video: StoredVideo) -> bytes:
    """Return a video as WebVTT, with its language in the header, what else is known of it in a note, and the speaker of
    each cue as its voice."""
    blocks = ["WEBVTT" + (f"\nLanguage: {video.video.language}" if video.video.language else "")]
    if note := write_details(video.video):
        blocks.append(note)
    for cue in _make_cues(video):
        voice = f"<v {html.escape(cue.speaker, quote=False)}>" if cue.speaker else ""
        times = f"{_format_timestamp(cue.start_second)} --> {_format_timestamp(cue.end_second)}"
        blocks.append(f"{times}\n{voice}{_webvtt_text(cue.text)}")
    return ("\n\n".join(blocks) + "\n").encode()


def split_cues(segment: Segment) -> Iterator[Cue]:
    """Yield the cues a segment was made from, or the segment itself where it had none; parted where speakers change."""
    seconds = {mark.offset: mark.start_second for mark in segment.marks} or {0: segment.start_second}
    offsets = sorted({*seconds, *(turn.offset for turn in segment.turns)})
    last = segment.start_second
    starts = []
    for offset in offsets:
        # A change of speakers within a cue has no time of its own.
        last = seconds.get(offset) or max(last, 0.0 if segment.marks else round(segment.estimate_second(offset), 3))
        starts.append(last)
    ends = [*starts[1:], segment.end_second]
    for offset, stop, start, end in zip(offsets, [*offsets[1:], len(segment.text)], starts, ends, strict=True):
        yield Cue(start, end, segment.text[offset:stop].strip(), segment.speaker_at(offset))


def _make_cues(video: StoredVideo) -> Iterator[Cue]:
    for segment in video.segments:
        for cue in split_cues(segment):
            end = max(cue.end_second, cue.start_second + _SHORTEST_SECONDS)
            yield Cue(cue.start_second, end, cue.text, cue.speaker)


def _subrip_text(cue: Cue) -> str:
    return escape_subrip(f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text)


def _webvtt_text(words: str) -> str:
    text = html.escape(words, quote=False)
    # What looks like a line break of ASS would be read as one.
    return text.replace("\\", "&#92;") if resolve_line_breaks(text) != text else text


def _format_timestamp(second: float) -> str:
    ms = round(second * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
