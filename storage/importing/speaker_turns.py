"""The speakers of segments: made storable, given names, and kept when the same words are imported again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from storage.errors import RequestError
from storage.formats.speaker_labels import clean_speaker, is_anonymous
from storage.models import Segment, SpeakerTurn, StoredVideo, join_turns
from storage.sentences import Listing, quote_name, sentence
from storage.video_names import fold_marks, suggest_names


def clean_turns(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Return segments with speakers as they are stored, whatever a file calls them."""
    if not any(segment.turns for segment in segments):
        return segments
    return tuple(_rename(segment, clean_speaker) for segment in segments)


def keep_given_names(before: StoredVideo | None, segments: Sequence[Segment]) -> Sequence[Segment]:
    """Return imported segments with the names that their speakers have in what is stored, where these say the same
    words: a file that is imported again knows nothing of the names that were given to its labels.

    A name replaces a label such as SPEAKER_00 that was stored, and never the reverse.
    """
    if before is None or not any(segment.turns for segment in segments):
        return segments
    old = {segment.start_second: segment for segment in before.segments if segment.turns}
    found: dict[str, set[str]] = {}
    for segment in segments:
        stored = old.get(segment.start_second)
        if stored is not None and _says_the_same(stored, segment):
            for turn in segment.turns:
                found.setdefault(turn.speaker, set()).add(stored.speaker_at(turn.offset))
    names = {label: next(iter(known)) for label, known in found.items() if label and len(known) == 1}
    names = {label: name for label, name in names.items() if name and is_anonymous(label) >= is_anonymous(name)}
    return tuple(_rename(segment, lambda label: names.get(label, label)) for segment in segments)


def _says_the_same(stored: Segment, segment: Segment) -> bool:
    # Two labels that were given one name have fewer turns than before.
    offsets = {turn.offset for turn in segment.turns}
    return stored.text == segment.text and all(turn.offset in offsets for turn in stored.turns)


def name_speakers(stored: StoredVideo, names: Mapping[str, str]) -> tuple[StoredVideo, dict[str, str]]:
    """Return a video in which speakers have other names, given by their present ones, and which of its own names these
    were. Capitals and marks on letters do not count in a present name.

    Raises RequestError where a present name is nobody's, and for a new one without a character that can be seen.
    """
    own = sorted({turn.speaker for segment in stored.segments for turn in segment.turns if turn.speaker})
    chosen: dict[str, str] = {}
    for label, name in names.items():
        cleaned = clean_speaker(name)
        if not cleaned:
            raise RequestError(sentence("A name needs at least one character that can be seen."))
        chosen |= dict.fromkeys(_find_speakers(label, own, stored.video.heading), cleaned)
    segments = tuple(_rename(segment, lambda label: chosen.get(label, label)) for segment in stored.segments)
    return replace(stored, segments=segments), chosen


def _find_speakers(label: str, own: Sequence[str], heading: str) -> list[str]:
    if found := [name for name in own if name == label]:
        return found
    folded = fold_marks(label)
    if folded and (found := [name for name in own if fold_marks(name) == folded]):
        return found
    if not own:
        raise RequestError(sentence("{video} does not say who speaks in it.", video=heading))
    near = [own[place] for place in suggest_names(label, own)] or list(own)
    listed = Listing(tuple(map(quote_name, near[:3])), " or ")
    raise RequestError(
        sentence("Nobody in {video} is called “{name}”. Did you mean {names}?", video=heading, name=label, names=listed)
    )


def _rename(segment: Segment, name: Callable[[str], str]) -> Segment:
    turns = join_turns([SpeakerTurn(turn.offset, name(turn.speaker)) for turn in segment.turns])
    return segment if turns == segment.turns else replace(segment, turns=turns)
