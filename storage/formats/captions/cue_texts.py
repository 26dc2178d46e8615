"""What is said in the cues of SubRip and WebVTT, and files of cues in which nothing is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from storage.formats.captions.cue_lines import CueLines
from storage.formats.captions.markup import MarkupRule, clean_cue, has_markup, has_word_times
from storage.formats.captions.rolling import RawCue
from storage.formats.document import Document
from storage.formats.text_cleaning import clean_text
from storage.sentences import sentence

_PICTURE = re.compile(
    r"\S+\.(?:avif|bmp|gif|jpe?g|png|webp)(?:[?#]\S*)?|\S.*#xywh=(?:pixel:|percent:)?[\d.]+(?:,[\d.]+){3}",
    re.IGNORECASE,
)


def make_raw_cues(cues: Iterable[CueLines], remove_tags: MarkupRule) -> Iterator[RawCue]:
    """Yield the cues without markup; one in which several people speak as several with the same times."""
    for start_ms, end_ms, texts in cues:
        text = texts[0] if len(texts) == 1 else "\n".join(texts)
        if not has_markup(text):  # as in nearly every cue
            lines = tuple(texts) if text.isprintable() else tuple(map(clean_text, texts))
            yield RawCue(start_ms / 1000, end_ms / 1000, lines)
            continue
        is_timed = has_word_times(text)
        for part, (speaker, lines) in enumerate(clean_cue(text, remove_tags)):
            yield RawCue(start_ms / 1000, end_ms / 1000, lines, is_timed, speaker, part)


def refuse_pictures(document: Document, cues: Sequence[CueLines]) -> None:
    """Raise InputError where every cue is the address of a picture, as for the bar in which people seek."""
    texts = [cue.texts for cue in cues if cue.texts]
    if texts and all(len(lines) == 1 and _PICTURE.fullmatch(lines[0].strip()) for lines in texts):
        raise document.refusal_error(
            sentence(
                "its cues name pictures for a player’s seek bar (thumbnails), and nobody speaks in them; choose "
                "the captions of the video"
            )
        )
