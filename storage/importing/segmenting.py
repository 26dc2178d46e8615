"""Joining cues into segments: stretches of continuous speech of about 360 to 490 characters.

They have the shape of the dataset's own rows, which are made from captions in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from storage.analysis import find_joint, find_offsets, join_texts, split_text
from storage.models import SILENCE_SECONDS, Cue, CueMark, Segment, SpeakerTurn, join_turns

MIN_SEGMENT_LENGTH = 360
MAX_PIECE_LENGTH = 130


def segment_cues(cues: Sequence[Cue]) -> tuple[Segment, ...]:
    """Return the segments of a video whose `cues` are in order of their start. Every word of the cues is in them once.

    A segment ends at the first cue boundary where it is long enough, or before a silence. No two segments start within
    the same second, because that second identifies them.
    """
    segments: list[Segment] = []
    open_pieces: list[Cue] = []
    length = 0
    for piece in _split_cues(cues):
        if open_pieces and _ends_before(piece, open_pieces, length):
            segments.append(_join_pieces(open_pieces))
            open_pieces, length = [], 0
        length += len(piece.text)
        if open_pieces:
            length += len(find_joint(open_pieces[-1].text, piece.text))
        open_pieces.append(piece)
    if open_pieces:
        segments.append(_join_pieces(open_pieces))
    return tuple(segments)


def _ends_before(piece: Cue, pieces: Sequence[Cue], length: int) -> bool:
    if math.floor(piece.start_second) == math.floor(pieces[0].start_second):
        return False
    return length >= MIN_SEGMENT_LENGTH or piece.start_second - pieces[-1].end_second > SILENCE_SECONDS


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


def _join_pieces(pieces: Sequence[Cue]) -> Segment:
    texts = [piece.text for piece in pieces]
    offsets = find_offsets(texts)
    marks = (CueMark(offset, round(piece.start_second, 3)) for offset, piece in zip(offsets, pieces, strict=True))
    turns = [SpeakerTurn(offset, piece.speaker) for offset, piece in zip(offsets, pieces, strict=True)]
    return Segment(
        start_second=float(math.floor(pieces[0].start_second)),
        end_second=round(pieces[-1].end_second, 3),
        text=join_texts(texts),
        marks=tuple(marks),
        turns=join_turns(turns),
    )
