"""Example questions, made of what the videos themselves say."""

from __future__ import annotations

from collections.abc import Callable

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.examples import ExampleQuestions, ask_for_names
from storage import access
from storage.library import Library
from storage.models import Labels, Segment, Source
from tests.support.libraries import in_server


def texts(*spoken: str) -> list[Segment]:
    return [Segment(30.0 * place, 30.0 * place + 30, text) for place, text in enumerate(spoken)]


async def is_surely_answered(library: Library, example: str) -> bool:
    answer = await asking.ask(library, access.host_scope(), parse_question(example))
    return answer.level is AnswerLevel.CONFIDENT


def test_names_are_asked_for_as_they_are_used() -> None:
    said = texts(
        "I call that a hold cue. A hold cue adds no words, and the loss function of it is simple.",
        "It saturates here, it saturates there. The loss function again, and word vectors, these word vectors.",
        "here the cue is late",
    )
    asked = [question.text for question in ask_for_names(["cue", "saturates", "loss", "vectors"], said, "en")]
    assert asked == ["What is a hold cue?", "What are word vectors?", "What is the loss function?", "What is the cue?"]


def test_in_another_language_the_name_alone_is_asked() -> None:
    said = texts("das neuronale Netz lernt", "neuronale Netze sind Graphen", "ein neuronale Netz")
    assert ask_for_names(["Netz"], said, "de")[0].text == "neuronale Netz?"


def test_an_operator_in_a_name_is_none_in_the_question() -> None:
    said = texts('the "video:" filter', "a video: filter, a video: filter")
    for question in ask_for_names(["video", "filter"], said, "en"):
        assert parse_question(question.text).video == ""


async def test_the_example_of_the_samples_is_surely_answered(library: Library) -> None:
    assert await is_surely_answered(library, await ExampleQuestions(library).find(access.host_scope()))


async def test_the_example_of_real_talks_is_surely_answered(seeded: Library) -> None:
    assert await is_surely_answered(seeded, await ExampleQuestions(seeded).find(access.host_scope()))


async def test_an_example_is_of_the_scope_and_of_what_is_stored_now(
    library: Library, rows: Callable[..., Source]
) -> None:
    examples = ExampleQuestions(library)
    before = await examples.find(in_server(1))
    lantern = [("a", 30.0 * place, "the copper lantern hangs here, and this is a copper lantern") for place in range(4)]
    await library.import_files(access.own_scope(1), [(rows(*lantern), Labels())])
    assert await examples.find(in_server(1)) == "What is a copper lantern?"
    assert await examples.find(in_server(2)) == before


async def test_where_nothing_may_be_seen_there_is_no_example(library: Library) -> None:
    nobody = access.narrow_scope(access.host_scope(), [])
    assert await ExampleQuestions(library).find(nobody) == ""
