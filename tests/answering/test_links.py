"""Links open where the words are spoken: checked against the file itself, read by a small reader of this test's own."""

from __future__ import annotations

import random
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.errors import EmptyQuestion
from storage import access
from storage.library import Library
from storage.models import Labels, Source
from tests.support import asking as asking_text
from tests.support.project import SHARED_FOLDER, SUBRIP_ID, SUBRIP_SEED

QUESTIONS, WORDS_A_QUESTION, SEED = 500, range(5, 9), 2026
MAX_LEAD_SECONDS, USUAL_LEAD_SECONDS, USUAL_SHARE = 8, 5, 0.95
CUE = re.compile(r"(\d+):(\d+):(\d+),(\d+) --> .*\n((?:.+\n?)*)")


def spoken_words(text: str) -> list[tuple[str, float]]:
    """Every spoken word of a SubRip file with the second at which its cue begins; marks in brackets are no words."""
    words = []
    for hours, minutes, seconds, milliseconds, said in CUE.findall(text):
        second = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(milliseconds) / 1000
        words += [(word, second) for word in re.sub(r"\[[^\]]*\]", " ", said).split()]
    return words


def places(text: str, quote: str) -> list[int]:
    """Where a quote stands in a text of words with single spaces between them: how many words stand before it."""
    return [text.count(" ", 0, found.start()) for found in re.finditer(re.escape(quote), text)]


@pytest.mark.parametrize("asked_as", ["{}", '"{}"'])
async def test_links_open_close_before_the_first_bold_word(library: Library, seeds: Path, asked_as: str) -> None:
    source = (seeds / SUBRIP_SEED).read_bytes()
    labels = Labels(video_id=SUBRIP_ID, title="AutoML", url="https://talks.example.org/automl")
    await library.import_files(access.host_scope(), [(Source(SUBRIP_SEED, source), labels)])
    spoken = spoken_words(source.decode())
    words, seconds = [word for word, _ in spoken], {int(second) for _, second in spoken}
    text = " ".join(words)
    chance = random.Random(SEED)
    leads, whole, found = [], [], 0
    for start in chance.sample(range(len(words) - max(WORDS_A_QUESTION)), QUESTIONS):
        asked = words[start : start + chance.choice(WORDS_A_QUESTION)]
        try:
            answer = await asking_text.ask(library, access.host_scope(), asked_as.format(" ".join(asked)))
        except EmptyQuestion:
            continue
        for excerpt in answer.excerpts or answer.near_misses:
            here = places(text, excerpt.quote)
            assert len(here) == 1, "a quote of this length stands in the file once"
            (first,) = here
            assert abs(excerpt.start_second - spoken[first][1]) <= 2, "the quote begins with a caption"
            link = float(urlsplit(excerpt.link).fragment.removeprefix("t="))
            assert int(excerpt.link_second) == link, "the time that is shown is the one at which the link opens"
            assert link in seconds, "a link opens at a caption"
            for left, _ in excerpt.highlights[:1]:
                leads.append(spoken[first + len(excerpt.quote[:left].split())][1] - link)
            if first <= start and start + len(asked) <= first + len(excerpt.quote.split()):
                found += 1
                whole.append(spoken[start][1] - link)
    assert found >= 0.9 * QUESTIONS, "nearly every question is answered with the words themselves"
    assert min(leads) >= 0, "no link opens after the first bold word"
    assert max(leads) <= MAX_LEAD_SECONDS
    assert sum(lead <= USUAL_LEAD_SECONDS for lead in leads) >= USUAL_SHARE * len(leads)
    assert min(whole) >= 0, "nor after the first of the words that were asked for"
    # Of the others the very same words are said twice in a quote.
    assert sum(lead <= USUAL_LEAD_SECONDS for lead in whole) >= 0.99 * len(whole)


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
    assert 54 - USUAL_LEAD_SECONDS <= excerpt.link_second <= 54
    assert excerpt.quote[excerpt.highlights[0][0] :].startswith("copper kettle began")
    assert excerpt.link == f"https://video.example.com/demo#t={int(excerpt.link_second)}"
