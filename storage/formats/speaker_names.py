"""Finds who speaks where captions write the name in front of the words, and takes the name out of them.

A label counts as a name where its form leaves no doubt, where most cues of the file carry one, or where it comes back
among others that do. Where that is not so, what looks like a label stays as it is: it may have been said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from storage.formats.speaker_labels import Label, LabelForm, clean_speaker, read_label, strip_mark
from storage.models import Cue

_LABELLED_SHARE = 0.5
"""From this share of cues with a label on, a file has names by rule, and one that is met once is one too."""
_LONE_SHARE = 0.2
"""A name that is the only one of its file must stand before this share of its cues."""
_CONVERSATION_SHARE = 0.02
"""Where several names come back, they stand before this share of the cues: fewer may be headings of a talk."""
_PAIR_SHARE = 0.05
"""Where one name comes back and others are clear by their form, it stands before this share of the cues."""
_CHEVRONS = re.compile(r"(?<=\s)(?=>{2,3}(?:\s|\w))")
_MAY_HINT = re.compile("[:：[(>QA\\-–—‐]")
"""One of the characters without which there is no hint: looking for them alone is several times as fast."""
_HINT = re.compile(r"[:：\[(>]|[QA]\.|(?:\A|\n)\s*[-–—‐]")

Labels = dict[str, Label | None]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a cue by one speaker; None as speaker: who spoke before goes on."""

    words: str
    speaker: str | None


def find_speakers(cues: Sequence[Cue]) -> list[Cue]:
    """Return cues with their speakers, whose names are taken out of the words; `cues` are in order of their start.

    The lines of a cue are parted by line feeds, and stay so. A name holds until the next one, or until ">>" or a dash
    at the beginning of a line says that somebody else speaks. A cue with words of several speakers becomes several,
    that begin together. Where cues have speakers already, none is looked for.
    """
    if any(cue.speaker for cue in cues):
        return [replace(cue, speaker=clean_speaker(cue.speaker)) if cue.speaker else cue for cue in cues]
    labels = _read_labels(cues)
    names = _choose_names(labels, cues)
    if not names:
        return list(cues)
    return list(_assign_speakers(cues, labels, names))


def _assign_speakers(cues: Sequence[Cue], labels: Labels, names: Mapping[str, str]) -> Iterator[Cue]:
    speaker = ""
    for cue in cues:
        for piece in _split_pieces(cue.text, labels, names):
            speaker = speaker if piece.speaker is None else piece.speaker
            if piece.words.strip():
                yield Cue(cue.start_second, cue.end_second, piece.words, speaker)


def _split_pieces(text: str, labels: Labels, names: Mapping[str, str]) -> Iterator[_Piece]:
    """Yield the words of a cue by speaker."""
    words: list[str] = []
    speaker: str | None = None
    for line in _split_lines(text):
        label = labels.get(line)
        if label is not None and label.name.casefold() in names:
            begun, rest = names[label.name.casefold()], label.words
        elif strip_mark(line)[0]:
            begun, rest = "", line
        else:
            words.append(line)
            continue
        if words:
            yield _Piece("\n".join(words), speaker)
        words, speaker = [rest] if rest else [], begun
    yield _Piece("\n".join(words), speaker)


def _split_lines(text: str) -> list[str]:
    """Return the lines of a cue, parted also where ">>" stands between words."""
    if "\n" not in text and ">>" not in text:
        return [text.strip()]
    lines = [line.strip() for line in text.split("\n")]
    return [part.strip() for line in lines for part in _CHEVRONS.split(line) if part.strip()]


def _read_labels(cues: Sequence[Cue]) -> Labels:
    """Return by line what may be a label at its beginning, for the lines that begin so."""
    labels: Labels = {}
    for cue in cues:
        # Nearly no cue without names has any of these, and a file has up to 200,000 cues.
        if _MAY_HINT.search(cue.text) and _HINT.search(cue.text):
            for line in _split_lines(cue.text):
                if line not in labels:
                    labels[line] = read_label(line)
    return labels


def _choose_names(labels: Labels, cues: Sequence[Cue]) -> dict[str, str]:
    """Return the names that are speakers of a file: by their casefolded form, as they are mostly written."""
    if not any(labels.values()):
        return {}
    found = [label for cue in cues for line in _split_lines(cue.text) if (label := labels.get(line)) is not None]
    chosen = _choose_turns(found, len(cues)) | _choose_labels(
        [label for label in found if label.form is not LabelForm.TURN], len(cues)
    )
    spellings = Counter(label.name for label in found if _key(label) in chosen)
    return {name.casefold(): name for name, _ in reversed(spellings.most_common())}


def _choose_turns(found: Sequence[Label], cue_count: int) -> set[str]:
    """Return Q and A where questions and answers go back and forth, as in a deposition."""
    counts = Counter(_key(label) for label in found if label.form is LabelForm.TURN)
    is_conversation = min(counts["q"], counts["a"]) > 1 and counts.total() >= _LONE_SHARE * cue_count
    return {"q", "a"} if is_conversation else set()


def _choose_labels(found: Sequence[Label], cue_count: int) -> set[str]:
    counts = Counter(map(_key, found))
    sure = {_key(label) for label in found if label.form is LabelForm.SURE}
    by_form = {form: {_key(label) for label in found if label.form is form} for form in LabelForm}
    returning = {name for name, count in counts.items() if count > 1}
    if returning and len(found) >= _LABELLED_SHARE * cue_count:
        return sure | returning | by_form[LabelForm.NAME] | by_form[LabelForm.FULL_NAME]
    returning &= by_form[LabelForm.NAME] | by_form[LabelForm.FULL_NAME]
    share = _LONE_SHARE
    if len(returning | sure) > 1:
        share = _CONVERSATION_SHARE
    elif returning and len(returning | by_form[LabelForm.FULL_NAME]) > 1:
        share = _PAIR_SHARE
    if returning and sum(counts[name] for name in returning) >= share * cue_count:
        return sure | returning | by_form[LabelForm.FULL_NAME]
    return sure


def _key(label: Label) -> str:
    return label.name.casefold()
