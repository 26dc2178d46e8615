"""What new videos answer of many questions: a quick look at their words loses nothing that asking finds."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot import asking
from bot.answering.new_answers import find_new_excerpts, least_sureness, may_be_answered
from bot.answering.question import parse_question
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import AnswerLevel
from bot.errors import InvalidQuestion
from storage import access
from storage.errors import UnknownFilter
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Question, Scope, ScoreBound, Source
from tests.support.inputs.seed_questions import read_questions

THRESHOLDS = SurenessThresholds()
SHARED = access.host_scope()
GLOSSARY = (GlossaryEntry("excel net", "XLNet"), GlossaryEntry("burt", "BERT"))
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
async def filled(library: Library, seeds: Path) -> Library:
    """All that the seeds hold, with a glossary."""
    files = [Source(path.name, path.read_bytes()) for path in sorted(seeds.glob("*.txt"))]
    await library.import_files(SHARED, [(file, Labels()) for file in files])
    for entry in GLOSSARY:
        await library.glossary.add(SHARED, entry)
    return library


async def _texts(library: Library, scope: Scope) -> list[str]:
    return [
        segment.text
        for summary in await library.videos(scope)
        for segment in await library.segments_between(scope, summary.video.video_id, 0, 1e9)
    ]


def _make_questions(texts: list[str], drawn: random.Random) -> list[Question]:
    """Questions as people type them: natural ones, words that are said, slips, compounds, numbers, phrases, filters."""
    typed = [question.text for question in read_questions()]
    for text in drawn.choices(texts, k=150):
        words = text.split()
        if len(words) < 8:
            continue
        start = drawn.randrange(len(words) - 5)
        said = words[start : start + drawn.randint(1, 5)]
        typed.append(" ".join(said))
        typed.append("can you explain what " + " ".join(drawn.sample(words, 3)) + " means?")
        slipped = list(max(said, key=len))
        slipped[drawn.randrange(len(slipped))] = drawn.choice(LETTERS)
        typed.append(" ".join([*said[:1], "".join(slipped)]))
        typed.append("".join(words[start : start + 2]) + " " + words[start + 3])
        typed.append(f'"{" ".join(said[:2])}" {words[start + 3]}')
    typed += [
        "xlnet",
        "what is excel net",
        "burt vs xl net",
        "gpt 2",
        "GPT-2 size",
        "twenty layers",
        "who are you",
        "the",
    ]
    typed += ["wie funktioniert attention in diesem video", "attention video:bert", "comment marche le réseau"]
    questions = []
    for each in typed:
        try:
            questions.append(parse_question(each))
        except InvalidQuestion:
            continue
    return questions + [replace(question, context="attention") for question in questions[:40]]


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_asking_answers_from_new_videos_is_never_lost_by_the_quick_look(filled: Library, seed: int) -> None:
    drawn = random.Random(seed)
    ids = sorted(summary.video.video_id for summary in await filled.videos(SHARED))
    new = set(drawn.sample(ids, max(1, len(ids) // 3)))
    questions = _make_questions(await _texts(filled, SHARED), drawn)
    answered = dropped = 0
    for accepts_closest in (False, True):
        least = least_sureness(THRESHOLDS, accepts_closest=accepts_closest)

        def may_answer(bound: ScoreBound, least: float = least) -> bool:
            return may_be_answered(bound, least, reads_meaning=False)

        promising = await filled.changes.find_promising(SHARED, new, questions, may_answer)
        assert promising is not None
        for question, is_promising in zip(questions, promising, strict=True):
            dropped += not is_promising
            if is_promising:
                continue
            answer = await asking.ask(filled, SHARED, question, limit=10, thresholds=THRESHOLDS)
            found = find_new_excerpts(answer, new, (), THRESHOLDS, accepts_closest=accepts_closest)
            assert not found, question
        answered += sum(promising)
    assert dropped > 20, "it leaves out something"
    assert answered > 100


async def test_no_segment_scores_higher_than_its_bound(filled: Library) -> None:
    drawn = random.Random(3)
    ids = sorted(summary.video.video_id for summary in await filled.videos(SHARED))
    new = set(drawn.sample(ids, max(1, len(ids) // 4)))
    for question in drawn.sample(_make_questions(await _texts(filled, SHARED), drawn), 150):
        bounds: list[ScoreBound] = []

        def keep(bound: ScoreBound, bounds: list[ScoreBound] = bounds) -> bool:
            bounds.append(bound)
            return len(bounds) in (2, 3)  # the last but one is the narrowest, the last has the least ideal score

        await filled.changes.find_promising(SHARED, new, [question], keep)
        try:
            (result,) = await filled.search(SHARED, question, 200)
        except UnknownFilter:
            continue
        scores = [hit.score for hit in result.hits if hit.video.video_id in new]
        assert max(scores, default=0.0) <= bounds[-1].score + 1e-9, question
        assert result.ideal_score >= bounds[-1].ideal_score - 1e-9, question


async def test_only_what_answers_by_itself_is_new(filled: Library) -> None:
    answer = await asking.ask(filled, SHARED, parse_question("what is self attention?"), limit=10)
    assert answer.level is AnswerLevel.CONFIDENT
    first, *_ = answer.excerpts
    videos = {first.video.video_id}

    def found(**changes: object) -> list[object]:
        values = {"video_ids": videos, "known": (), **changes}
        return list(
            find_new_excerpts(answer, thresholds=THRESHOLDS, accepts_closest=False, **values)  # type: ignore[arg-type]
        )

    assert found()[0] == first
    assert found(video_ids=()) == []
    known = {(excerpt.video.video_id, excerpt.segments[-1]) for excerpt in answer.excerpts}
    assert found(known=known) == []
    weak = replace(answer, excerpts=(replace(first, score=1.0), *(replace(e, score=20.0) for e in answer.excerpts[1:])))
    by_itself = find_new_excerpts(weak, videos, (), THRESHOLDS, accepts_closest=False)
    assert all(excerpt.score > 1.0 for excerpt in by_itself)
