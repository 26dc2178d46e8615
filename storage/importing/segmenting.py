"""Joining cues into segments: stretches of continuous speech of about 360 to 490 characters.

They have the shape of the dataset's own rows, which are made from captions in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from storage.analysis import find_joint, split_text
from storage.models import SILENCE_SECONDS, Cue, CueMark, Segment, SpeakerTurn, join_turns

MIN_SEGMENT_LENGTH = 360
MAX_PIECE_LENGTH = 130


def segment_cues(cues: Sequence[Cue]) -> tuple[Segment, ...]:
    """Return the segments of a video whose `cues` are in order of their start. Every word of the cues is in them once.

    A segment ends at the first cue boundary where it is long enough, or before a silence. No two segments start within
    the same second, because that second identifies them.
    """
    segments: list[Segment] = []
    pieces: list[Cue] = []
    joints: list[str] = []  # what stands before each piece
    length = first_second = 0
    silent_from = math.inf
    for piece in _split_cues(cues):
        start = piece.start_second
        is_whole = length >= MIN_SEGMENT_LENGTH or start > silent_from
        if is_whole and pieces and math.floor(start) != first_second:
            segments.append(_join_pieces(pieces, joints))
            pieces, joints, length = [], [], 0
        if pieces:
            joints.append(find_joint(pieces[-1].text, piece.text))
        else:
            joints.append("")
            first_second = math.floor(start)
        length += len(joints[-1]) + len(piece.text)
        pieces.append(piece)
        silent_from = piece.end_second + SILENCE_SECONDS
    if pieces:
        segments.append(_join_pieces(pieces, joints))
    return tuple(segments)


def _split_cues(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield the cues, the long ones split, as if every character took the same time: between words, or between the
    characters of a script without spaces."""
    for cue in cues:
        if len(cue.text) <= MAX_PIECE_LENGTH:
            yield cue
            continue
        per_character = (cue.end_second - cue.start_second) / len(cue.text)
        pieces = list(split_text(cue.text, MAX_PIECE_LENGTH))
        for (start, end), (following, _) in pairwise([*pieces, (len(cue.text), 0)]):
            yield replace(
                cue,
                start_second=round(cue.start_second + start * per_character, 3),
                end_second=round(cue.start_second + following * per_character, 3),
                text=cue.text[start:end],
            )


def _join_pieces(pieces: Sequence[Cue], joints: Sequence[str]) -> Segment:
    """Return a segment of pieces, each with what stands before it."""
    texts: list[str] = []
    marks: list[CueMark] = []
    turns: list[SpeakerTurn] = []
    offset = 0
    for joint, piece in zip(joints, pieces, strict=True):
        offset += len(joint)
        marks.append(CueMark(offset, round(piece.start_second, 3)))
        if not turns or turns[-1].speaker != piece.speaker:
            turns.append(SpeakerTurn(offset, piece.speaker))
        texts += joint, piece.text
        offset += len(piece.text)
    return Segment(
        start_second=float(math.floor(pieces[0].start_second)),
        end_second=round(pieces[-1].end_second, 3),
        text="".join(texts),
        marks=tuple(marks),
        turns=join_turns(turns),
    )
