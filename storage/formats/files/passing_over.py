"""Which files of a folder or an archive are no transcripts, by their names: they are counted and not opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from storage.formats.files.sidecar_names import is_sidecar
from storage.formats.reader import SUFFIXES
from storage.sentences import Listing, plural_sentence, sentence

_MARKS_OF_FOLDERS = frozenset({"__MACOSX"})
# yt-dlp writes the chat of a live stream as if it were captions, and a video's description beside them.
_NEVER = (".live_chat.json", ".live_chat.json.gz", ".description")
_MAX_NAMED = 4


def may_hold_transcript(name: str) -> bool:
    """Return whether a file found in a folder or an archive may be a transcript, or say something of one."""
    lowered = name.replace("\\", "/").lower()
    *folders, base = name.replace("\\", "/").split("/")
    is_hidden = base.startswith(".") or any(each in _MARKS_OF_FOLDERS for each in folders)
    return not is_hidden and not lowered.endswith(_NEVER) and (lowered.endswith(SUFFIXES) or is_sidecar(name))


def describe_passed_over(names: Sequence[str]) -> str:
    """Return in one sentence how many files were passed over, by what their names end with."""
    ends = Counter(_ending(name) for name in names)
    named = [f"{count:,} {end}" for end, count in ends.most_common(_MAX_NAMED)]
    more = len(names) - sum(count for _, count in ends.most_common(_MAX_NAMED))
    if more:
        named.append(sentence("{count} more", count=more))
    return plural_sentence(
        "Passed over, being no transcripts: {count} file ({listed}).",
        "Passed over, being no transcripts: {count} files ({listed}).",
        count=len(names),
        listed=Listing(tuple(named)),
    )


def _ending(name: str) -> str:
    base = name.replace("\\", "/").rpartition("/")[2]
    if base.startswith("."):
        return "hidden"
    if base.lower().endswith(_NEVER[0]):
        return _NEVER[0]
    _, dot, suffix = base.rpartition(".")
    return f".{suffix.lower()[:12]}" if dot else "without a suffix"
