"""A question in another language than the videos is seen to be, and a question in theirs never is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot import asking
from bot.answering.question import parse_question
from bot.localization import set_language
from bot.verdicts import describe_answer_limits
from storage import access
from storage.analysis import is_in_other_language
from storage.library import Library
from storage.models import Labels, Source
from tests.support.project import SHARED_FOLDER

FOREIGN = (
    *(
        "wie lernt das gehirn?",
        "was ist attention",
        "erklär mir attention",
        "wer hat bert erfunden?",
        "wie groß ist die lernrate",
    ),
    *("welches modell ist besser", "kannst du mir dropout erklären", "gibt es ein video über musik"),
    *("comment le cerveau apprend-il", "qu’est-ce qu’un transformer ?", "qui a inventé bert ?", "c'est quoi bert"),
    *("est-ce que le modèle est grand", "dans quelle vidéo parle-t-il de musique"),
    *("¿qué es un transformer?", "cómo aprende el cerebro", "quién inventó bert", "hay un video sobre la memoria"),
    *("o que é um transformer?", "quem inventou o bert", "como o cérebro aprende", "qual é a melhor taxa"),
    *("トランスフォーマーとは何ですか", "BERTとは？", "что такое трансформер", "什么是注意力机制", "어텐션이 뭐예요"),
    *("come impara il cervello", "hoe leert het brein", "hur lär sig hjärnan"),
)
NAMES = (
    *("bert", "la la land", "who is la la land", "de facto standard", "El Niño", "what is das Auto", "WER vs CER"),
    *("was bert better", "son of man", "over all", "à la carte", "what does 注意 mean", "C'est la vie, who sings it"),
    *("no one pays", "sin of x", "me and him", "die hard", "man in the middle attack", "danke", "hola"),
)


@pytest.mark.parametrize("question", FOREIGN)
def test_a_question_in_another_language_is_seen_to_be(question: str) -> None:
    assert is_in_other_language(question, {"en"})


@pytest.mark.parametrize("question", NAMES)
def test_names_and_english_questions_are_not(question: str) -> None:
    assert not is_in_other_language(question, {"en"})


def test_a_question_in_the_language_of_any_of_the_videos_is_not() -> None:
    assert not is_in_other_language("wie lernt das gehirn?", {"en", "de"})
    assert is_in_other_language("how does the brain learn?", {"de"})
    assert not is_in_other_language("脳はどのように学習しますか", {"en", "ja"})


@pytest.mark.skipif(not (SHARED_FOLDER / "bench").is_dir(), reason="the question sets are not beside the project")
def test_of_a_thousand_english_questions_at_most_one_is_taken_for_another_language() -> None:
    files = sorted((SHARED_FOLDER / "bench").glob("*/queries.jsonl"))
    questions = [json.loads(line)["text"] for file in files for line in file.read_text().splitlines()]
    assert len(questions) > 5_000
    assert 1000 * sum(is_in_other_language(text, {"en"}) for text in questions) <= len(questions)


async def test_an_answer_says_in_which_language_the_videos_are(library: Library) -> None:
    rows = [{"video_id": "v", "title": "Brains", "text": "how the brain learns with das transformer", "start": 0}]
    source = Source("rows.jsonl", "\n".join(map(json.dumps, rows)).encode())
    await library.import_files(access.host_scope(), [(source, Labels(language="en"))])

    async def told(text: str) -> list[str]:
        # On a busy machine the first question of a language may also be told that it took long.
        answer = await asking.ask(library, access.host_scope(), parse_question(text))
        return describe_answer_limits(replace(answer, is_partial=False))

    assert await told("how does the brain learn") == []
    assert await told("wie lernt das gehirn") == ["These videos are in English."]
    set_language("de")
    assert await told("wie lernt das gehirn") != []
