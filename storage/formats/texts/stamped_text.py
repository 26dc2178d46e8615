"""Texts with a time before, or beside a name above, what is said: of Otter, Descript, Rev, Trint, Teams, Zoom, and of
YouTube's older "Show transcript" panel.

There are as many forms as programs; so the lines decide. Those with a time in the shape that most of them have begin
blocks; a text is of this kind where such times rise from the first line to the last and are not the few that any prose
may have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from storage.formats.captions.transcript import VideoDetails, build_transcript
from storage.formats.document import Document
from storage.formats.text_cleaning import quote_text
from storage.formats.texts.block_names import remove_next_names, take_names
from storage.formats.texts.blocks import Block, make_cues
from storage.formats.texts.line_names import are_names, find_labels
from storage.formats.texts.page_lines import find_chapter, is_automatic_note, is_page_note
from storage.formats.texts.spoken_durations import is_spoken_time
from storage.formats.texts.stamps import Shape, Stamp, read_named_stamp, read_stamp, read_stamp_in_words
from storage.models import Chapter, FileContent, Rejection
from storage.sentences import sentence

_RISING_SHARE = 0.8
_OFTEN = 1 / 3
_BESIDE_SHARE = 0.25
_FEW = 4
_MANY = 8
_SLOWEST_PACE = 1.0
"""Characters a second. Nobody who is transcribed speaks so slowly for long; headings with times seem to."""

_MAX_SAMPLE_LINES = 5_000
_MAX_HEADER_WORDS = 250


@dataclass(frozen=True, slots=True)
class _StampedLine:
    place: int
    stamp: Stamp


def is_stamped_text(document: Document) -> bool:
    """Return whether the lines have times as a transcript has them."""
    lines = document.text[: _MAX_SAMPLE_LINES * 200].split("\n")[:_MAX_SAMPLE_LINES]
    return has_times(lines)


def has_times(lines: Sequence[str]) -> bool:
    """Return whether enough of the lines carry times, one later than the other."""
    stamped = _find_stamped(lines)
    seconds = [line.stamp.second for line in stamped if line.stamp.second is not None]
    if not seconds:
        return False
    spoken = [place for place, line in enumerate(lines) if line.strip()]
    if len(seconds) == 1:
        only = stamped[0]
        return len(stamped) == 1 and only.place == spoken[0] and seconds[0] == 0 and only.stamp.shape != Shape.INLINE
    if sum(a <= b for a, b in pairwise(seconds)) < _RISING_SHARE * (len(seconds) - 1):
        return False
    spoken_since = sum(place >= stamped[0].place for place in spoken)
    return _is_strong(stamped, lines) or _is_frequent(stamped, lines, spoken_since)


def read_stamped_text(document: Document) -> FileContent:
    """Read the transcript of one video."""
    document.require_caption_size()
    return read_stamped_lines(document, document.lines)


def read_stamped_lines(document: Document, lines: Sequence[str]) -> FileContent:
    """Read the transcript in the lines of a text, or of a document that was made one."""
    stamped = _find_stamped(lines)
    rejections = _reject_header(document, lines, stamped[0].place)
    blocks, bad = _make_blocks(document, lines, stamped)
    _remove_spoken_times(blocks)
    blocks, chapters, is_automatic = _remove_page_lines(blocks)
    if blocks and stamped[0].place and (title := find_chapter(lines[stamped[0].place - 1])):
        chapters = (Chapter(blocks[0].second, title), *chapters)
    _refuse_headings(document, blocks, stamped)
    if stamped[0].stamp.shape is Shape.IN_WORDS:
        remove_next_names(blocks)
    take_names(blocks, lines)
    _count_from_first(blocks, stamped)
    labels = find_labels([block.lines for block in blocks])
    details = VideoDetails(chapters=chapters, is_automatic=is_automatic)
    return build_transcript(document, make_cues(document, blocks, labels), details, [*rejections, *bad])


def _find_stamped(lines: Sequence[str]) -> list[_StampedLine]:
    """Return the lines whose time has the shape that the times of this text have."""
    leading: list[_StampedLine] = []
    named: list[_StampedLine] = []
    in_words: list[_StampedLine] = []
    for place, line in enumerate(lines):
        line = line.replace("\xa0", " ")
        for read, found in ((read_stamp, leading), (read_named_stamp, named), (read_stamp_in_words, in_words)):
            stamp = read(line)
            if stamp is not None:
                found.append(_StampedLine(place, stamp))
                break
    if len(in_words) > max(1, len(leading), len(named)):
        return in_words
    if len(named) >= max(1, len(leading)):
        return named
    counts = Counter(line.stamp.shape for line in leading)
    main = max(counts, key=lambda shape: counts[shape], default=Shape.ALONE)
    kept = {main} | {shape for shape in _COMPANIONS[main] if counts[shape] >= _BESIDE_SHARE * counts[main]}
    if main is Shape.INLINE:
        kept.add(Shape.ALONE)
    return [line for line in leading if line.stamp.shape in kept]


_COMPANIONS = {
    Shape.ALONE: (Shape.INLINE,),
    Shape.INLINE: (Shape.ALONE,),
    Shape.BRACKETED: (),
    Shape.NAMED: (),
    Shape.IN_WORDS: (),
}


def _is_strong(stamped: Sequence[_StampedLine], lines: Sequence[str]) -> bool:
    """Return whether the shape is one that prose does not have."""
    shapes = Counter(line.stamp.shape for line in stamped)
    if shapes[Shape.IN_WORDS]:
        return True
    if shapes[Shape.NAMED]:
        apart = sum(line.place == 0 or not lines[line.place - 1].strip() for line in stamped)
        set_off = sum(line.stamp.is_set_off or line.stamp.is_of_day for line in stamped)
        return max(apart, set_off) >= _RISING_SHARE * len(stamped) and _has_words_below(stamped, lines)
    if shapes[Shape.INLINE] == len(stamped) and all(line.stamp.is_set_off for line in stamped):
        return are_names([line.stamp.words for line in stamped], is_marked=True) and _has_words_below(stamped, lines)
    return shapes[Shape.INLINE] <= shapes[Shape.BRACKETED] + shapes[Shape.ALONE]


def _has_words_below(stamped: Sequence[_StampedLine], lines: Sequence[str]) -> bool:
    """Return whether nearly every time has words, beside it or on a line below; a schedule has none."""
    ends = [*(line.place for line in stamped[1:]), len(lines)]
    with_words = sum(
        bool(line.stamp.words and line.stamp.shape is Shape.NAMED) or any(map(str.strip, lines[line.place + 1 : end]))
        for line, end in zip(stamped, ends, strict=True)
    )
    return with_words >= _RISING_SHARE * len(stamped)


def _is_frequent(stamped: Sequence[_StampedLine], lines: Sequence[str], spoken_lines: int) -> bool:
    """Return whether so many of the lines have a time that they are no chance."""
    share = len(stamped) / spoken_lines
    if stamped[0].stamp.shape is Shape.NAMED:
        return share >= _BESIDE_SHARE and _has_words_below(stamped, lines)
    if len(stamped) == 2:
        return share == 1 or (share >= 0.5 and stamped[0].stamp.second == 0)
    return share >= (0.6 if len(stamped) < _FEW else _OFTEN)


def _reject_header(document: Document, lines: Sequence[str], first: int) -> list[Rejection]:
    """Return the rejection of what stands before the first time, where that is more than a title."""
    after = next((place + 1 for place in range(1, first) if lines[place].rstrip() == "---"), 0)
    begin = after if lines[0].rstrip() == "---" else 0  # what Markdown files say of themselves
    header = [place for place in range(begin, first) if lines[place].strip()]
    if sum(len(lines[place].split()) for place in header) <= _MAX_HEADER_WORDS:
        return []
    reason = sentence(
        "{count} lines stand before the first time, so nobody knows when they were said; left out", count=len(header)
    )
    return [document.reject_row(header[0] + 1, reason)]


def _make_blocks(
    document: Document, lines: Sequence[str], stamped: Sequence[_StampedLine]
) -> tuple[list[Block], list[Rejection]]:
    blocks: list[Block] = []
    bad: list[Rejection] = []
    for line, after in zip(stamped, [*stamped[1:], None], strict=False):
        stamp, row = line.stamp, line.place + 1
        if stamp.second is None:
            reason = sentence(
                "{time} is no time such as 0:03 or 1:02:05; correct it, its words were left out",
                time=quote_text(stamp.time),
            )
            bad.append(document.reject_row(row, reason))
            continue
        following = lines[row : after.place if after else len(lines)]
        said = [text.strip() for text in following if text.strip()]
        words = [stamp.words] if stamp.words else []
        blocks.append(Block(stamp.second, row, stamp.name, stamp.end_second, words + said))
    return blocks, bad


def _remove_spoken_times(blocks: list[Block]) -> None:
    """Remove the times in words that a page puts below its times, where nearly every block has one. In one block alone
    they are what somebody says."""
    has_time = [bool(block.lines) and is_spoken_time(block.lines[0], block.second) for block in blocks]
    if sum(has_time) >= max(2, _RISING_SHARE * len(blocks)):
        for block, is_told in zip(blocks, has_time, strict=True):
            del block.lines[: int(is_told)]


def _remove_page_lines(blocks: list[Block]) -> tuple[list[Block], tuple[Chapter, ...], bool]:
    """Return the blocks without what a page writes around them, the chapters it names, and whether it says that a
    machine heard the words."""
    chapters: list[Chapter] = []
    is_automatic = False
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        while after and block.lines and (title := find_chapter(block.lines[-1])):
            chapters.append(Chapter(after.second, title))
            block.lines.pop()
            break
        if after is None:
            while block.lines and is_page_note(block.lines[-1]):
                is_automatic = is_automatic or is_automatic_note(block.lines.pop())
    return [block for block in blocks if block.lines], tuple(chapters), is_automatic


def _refuse_headings(document: Document, blocks: Sequence[Block], stamped: Sequence[_StampedLine]) -> None:
    """Raise InputError for a list of chapters, or a schedule: times with a few words each and long between."""
    if len(blocks) < _MANY or any(line.stamp.shape is not Shape.INLINE for line in stamped):
        return
    paces = [sum(map(len, block.lines)) / max(after.second - block.second, 1) for block, after in pairwise(blocks)]
    if sorted(paces)[len(paces) * 9 // 10] < _SLOWEST_PACE:
        raise document.refusal_error(
            sentence(
                "its times have a few words each and minutes between them, as chapters have; choose a transcript, "
                "with what was said"
            )
        )


def _count_from_first(blocks: list[Block], stamped: Sequence[_StampedLine]) -> None:
    """Make the times of day that Zoom writes seconds of a recording: the first is its beginning."""
    if not blocks or not all(line.stamp.is_of_day for line in stamped):
        return
    first = blocks[0].second
    if first >= 3600:
        for place, block in enumerate(blocks):
            blocks[place] = replace(block, second=max(0.0, block.second - first))
