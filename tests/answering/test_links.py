"""Links open where the words are spoken: checked against the file itself, read by a small reader of this test's own."""

from __future__ import annotations

import random
import re
from pathlib import Path
from urllib.parse import urlsplit

from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support import asking as asking_text
from tests.support.project import SUBRIP_ID, SUBRIP_SEED

QUESTIONS, WORDS_A_QUESTION, SEED = 50, 7, 2026
CUE = re.compile(r"(\d+):(\d+):(\d+),(\d+) --> .*\n((?:.+\n?)*)")


def spoken_words(text: str) -> list[tuple[str, float]]:
    """Every spoken word of a SubRip file with the second at which its cue begins; marks in brackets are no words."""
    words = []
    for hours, minutes, seconds, milliseconds, said in CUE.findall(text):
        second = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(milliseconds) / 1000
        words += [(word, second) for word in re.sub(r"\[[^\]]*\]", " ", said).split()]
    return words


def places(words: list[str], quote: list[str]) -> list[int]:
    """Where a quote stands among the words."""
    starts = range(len(words) - len(quote) + 1)
    return [n for n in starts if words[n] == quote[0] and words[n : n + len(quote)] == quote]


async def test_links_are_within_two_seconds_of_the_words_they_quote(library: Library, seeds: Path) -> None:
    source = (seeds / SUBRIP_SEED).read_bytes()
    labels = Labels(video_id=SUBRIP_ID, title="AutoML", url="https://talks.example.org/automl")
    await library.import_files(access.host_scope(), [(Source(SUBRIP_SEED, source), labels)])
    spoken = spoken_words(source.decode())
    words = [word for word, _ in spoken]
    chance = random.Random(SEED)
    checked = 0
    for start in chance.sample(range(len(words) - WORDS_A_QUESTION), QUESTIONS):
        answer = await asking_text.ask(library, access.host_scope(), " ".join(words[start : start + WORDS_A_QUESTION]))
        assert answer.excerpts or answer.near_misses
        for excerpt in answer.excerpts or answer.near_misses:
            found = places(words, excerpt.quote.split())
            assert len(found) == 1, "a quote of this length stands in the file once"
            link = float(urlsplit(excerpt.link).fragment.removeprefix("t="))
            assert abs(link - spoken[found[0]][1]) <= 2
            checked += 1
    assert checked >= QUESTIONS
