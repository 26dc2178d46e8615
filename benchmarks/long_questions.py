"""The questions that cost most, and what they cost over talks of English words: processor time in milliseconds as JSON.

    python benchmarks/long_questions.py SEGMENTS

Run as a file, with PYTHONPATH saying which state of the program is measured: an earlier one may not have this file yet.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.corpus import SEED, Corpus, questions, vocabulary, word, write_corpus
from bot.answering.question import parse_question
from storage.models import GlossaryEntry, Segment, StoredVideo, Video
from storage.ranking.index.build import build_index
from storage.ranking.search import Searcher
from storage.ranking.timeline import compute_curves

LENGTH = 1_990
"""Characters of a long question: Discord lets nearly as many be typed."""
ALIKE_SHARE = 5
"""How many times as many segments the talks have that are not nearly alike."""
RUNS = 3
LIMIT, STRIPS = 40, 8
_ENGLISH = (
    "the of and to a in that is was he for it with as his on be at by i this had not are but from or have an they "
    "which one you were her all she there would their we him been has when who will more no if out so said what up its "
    "about into than them can only other new some could time these two may then do first any my now such like our over "
    "man me even most made after also did many before must through back years where much your way well down should "
    "because each just those people how too little state good very make world still own see men work long get here "
    "between both life being under never day same another know while last might us great old year off come since "
    "against go came right used take three video speaks speak word talk thing"
)
COMMON = _ENGLISH.split()
"""English words, about from the commonest on. They stand in the talks for the commonest made-up ones."""


def worst_questions() -> dict[str, str]:
    """Return the questions by what the table calls them."""
    chance = random.Random(SEED)
    rare = [spelt for rank in range(2_000, 40_000, 17) if len(spelt := word(rank)) > 6]

    def phrases(length: int, top: int) -> Iterator[str]:
        return (f'"{" ".join(chance.choices(COMMON[:top], k=length))}"' for _ in range(LENGTH))

    return {
        "five words, as people ask": " ".join(questions(1)[0]),
        "two common words": "video speaks",
        'one phrase of common words: `"of the"`': '"of the"',
        'one phrase that is said seldom: `"speaks about"`': '"speaks about"',
        'one phrase, given many times: `"of video"`': _fill(['"of video"'] * LENGTH),
        "many phrases of two of the twenty commonest words": _fill(phrases(2, 20)),
        "many phrases of two common words": _fill(phrases(2, 200)),
        "many phrases of three common words": _fill(phrases(3, 200)),
        "many phrases of one common word": _fill(f'"{common}"' for common in COMMON),
        "many exclusions of two common words": _fill(
            itertools.chain(["lamp"], (f"-{each}" for each in phrases(2, 200)))
        ),
        "every common word": _fill(COMMON),
        "many rare words": _fill(rare),
        "many misspelt words": _fill(map(_slip, rare)),
        "many compounds of common words": _fill(map("".join, itertools.product(COMMON[100:130], COMMON[130:160]))),
        "many numbers": _fill(map(str, range(1, 1_000))),
        "many numbers of a name": _fill(f"gpt {number}" for number in range(300)),
        "a paragraph of the commonest words": _fill(COMMON[:60] * 20),
    }


def glossary() -> list[GlossaryEntry]:
    """Return a glossary that has 300 ways to say one word."""
    return [GlossaryEntry(f"{word(rank)} {word(rank + 1)}", "gan") for rank in range(100, 400)]


def measure(segments: int) -> dict[str, tuple[float, float]]:
    """Return the processor time of every question in milliseconds: of its search, and of its timeline, which searches
    too. The least of several runs."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="cuepoint-bench-") as folder:
        write_corpus(Path(folder), segments)
        part = build_index(_pairs(_english_talks(Corpus.of(Path(folder), segments))), "en")
    searcher = Searcher([part], "en")
    for name, text in worst_questions().items():
        found[name] = _measure_question(searcher, text)
    found["a word with 300 ways to say it in the glossary"] = _measure_question(
        Searcher([part], "en", glossary()), "gan"
    )
    alike = Searcher([build_index(_pairs(_talks_alike(segments // ALIKE_SHARE)), "en")], "en")
    name = f"six words, over {segments // ALIKE_SHARE:,} segments of nearly the same text"
    found[name] = _measure_question(alike, "how is the lamp set on the stage")
    return found


def _measure_question(searcher: Searcher, text: str) -> tuple[float, float]:
    def search() -> object:
        return searcher.search(parse_question(text), LIMIT, [None])

    def draw() -> object:
        return compute_curves(searcher, parse_question(text), [None], STRIPS)

    return _time(searcher, search), _time(searcher, draw)


def _time(searcher: Searcher, act: Callable[[], object]) -> float:
    least = float("inf")
    for _ in range(RUNS):
        for part in searcher.model.parts:
            part._runs.clear()  # what the question before left behind
        start = time.thread_time()
        act()
        least = min(least, 1000 * (time.thread_time() - start))
        if least > 1000:  # an earlier state took minutes
            break
    return least


def _english_talks(corpus: Corpus) -> Iterator[StoredVideo]:
    names = dict(zip(vocabulary().tolist(), COMMON, strict=False))
    for video, segments in corpus.videos():
        spoken = (" ".join(names.get(each, each) for each in segment.text.split()) for segment in segments)
        yield StoredVideo(video, tuple(replace(old, text=text) for old, text in zip(segments, spoken, strict=True)))


def _talks_alike(segments: int) -> Iterator[StoredVideo]:
    text = "welcome back in this lesson we speak about the hold cue and how the lamp is set on the stage number"
    for first in range(0, segments, 50):
        numbers = range(first, first + 50)
        said = tuple(Segment(30.0 * at, 30.0 * at + 30, f"{text} {number}") for at, number in enumerate(numbers))
        yield StoredVideo(Video(f"v{first:010}", f"Lesson {first}", "", "", ""), said)


def _pairs(videos: Iterable[StoredVideo]) -> Iterator[tuple[Video, tuple[Segment, ...]]]:
    return ((stored.video, stored.segments) for stored in videos)


def _fill(words: Iterable[str]) -> str:
    """Return as many of the words as a long question takes."""
    question = ""
    for each in words:
        if len(question) + 1 + len(each) > LENGTH:
            break
        question = f"{question} {each}".strip()
    return question


def _slip(spelt: str) -> str:
    """Return a word in which two neighbouring letters changed places."""
    return spelt[:2] + spelt[3] + spelt[2] + spelt[4:]


if __name__ == "__main__":
    json.dump(measure(int(sys.argv[1])), sys.stdout)
