"""Links open where the words are spoken: checked against the file itself, read by a small reader of this test's own."""

from __future__ import annotations

import random
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.answering.excerpts import MAX_LEAD_SECONDS
from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support import asking as asking_text
from tests.support.project import SHARED_FOLDER, SUBRIP_ID, SUBRIP_SEED

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


async def test_links_open_at_most_ten_seconds_before_the_words_that_were_asked_for(
    library: Library, seeds: Path
) -> None:
    source = (seeds / SUBRIP_SEED).read_bytes()
    labels = Labels(video_id=SUBRIP_ID, title="AutoML", url="https://talks.example.org/automl")
    await library.import_files(access.host_scope(), [(Source(SUBRIP_SEED, source), labels)])
    spoken = spoken_words(source.decode())
    words = [word for word, _ in spoken]
    chance = random.Random(SEED)
    checked, late, leads = 0, 0, []
    for start in chance.sample(range(len(words) - WORDS_A_QUESTION), QUESTIONS):
        asked = words[start : start + WORDS_A_QUESTION]
        answer = await asking_text.ask(library, access.host_scope(), " ".join(asked))
        assert answer.excerpts or answer.near_misses
        for excerpt in answer.excerpts or answer.near_misses:
            found = places(words, excerpt.quote.split())
            assert len(found) == 1, "a quote of this length stands in the file once"
            (first,) = found
            begins, ends = spoken[first][1], spoken[first + len(excerpt.quote.split()) - 1][1]
            assert abs(excerpt.start_second - begins) <= 2, "the quote begins with a caption"
            link = float(urlsplit(excerpt.link).fragment.removeprefix("t="))
            assert int(excerpt.link_second) == link, "the time that is shown is the one at which the link opens"
            assert begins - 2 <= link <= ends
            assert any(link == int(second) for _, second in spoken), "a link opens at a caption"
            checked += 1
            late += link > begins
            if first <= start and start + WORDS_A_QUESTION <= first + len(excerpt.quote.split()):
                leads.append(spoken[start][1] - link)
    assert checked >= QUESTIONS
    assert len(leads) >= 0.9 * QUESTIONS, "nearly every question is answered with the words themselves"
    assert min(leads) >= -2, "no link opens after the words"
    # Of the others the same words are said a little earlier, too.
    assert sum(lead <= MAX_LEAD_SECONDS + 1 for lead in leads) >= 0.9 * len(leads), leads
    assert late > QUESTIONS / 4


@pytest.mark.parametrize("question", ['"copper kettle began"', "copper kettle began"])
async def test_words_at_the_end_of_a_long_quote_are_what_its_link_opens_at(library: Library, question: str) -> None:
    path = SHARED_FOLDER / "field" / "late-in-the-quote.srt"
    if not path.is_file():
        pytest.skip("the folder of inputs from the field (../shared/field) is not here")
    labels = Labels(video_id="demo-video", url="https://video.example.com/demo")
    await library.import_files(access.host_scope(), [(Source(path.name, path.read_bytes()), labels)])
    answer = await asking_text.ask(library, access.host_scope(), question)
    (excerpt,) = answer.excerpts
    assert excerpt.start_second == 0
    assert 44 <= excerpt.link_second <= 54
    assert excerpt.link == f"https://video.example.com/demo#t={int(excerpt.link_second)}"
