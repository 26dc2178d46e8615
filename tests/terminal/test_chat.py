"""The terminal chat as a conversation: what it says to small talk, to wishes, and to what goes on from before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.project import PASTED_SEEDS

Chat = Callable[..., list[str]]


@pytest.fixture
def chat(tmp_path: Path) -> Chat:
    """Types lines into `cuepoint chat`, and returns what is said to each."""

    def go(*lines: str) -> list[str]:
        done = typed("chat", folder=tmp_path, environment=environment_for(tmp_path), stdin="\n".join(lines) + "\n")
        assert (done.returncode, done.stderr) == (0, "")
        said = done.stdout.split("\n? ")[1:]
        assert [reply.split("\n", 1)[0] for reply in said] == list(lines)
        return [reply.split("\n", 1)[1].strip() for reply in said]

    return go


def is_answer(reply: str) -> bool:
    return "https://video.example.com/" in reply and "“" in reply


def test_small_talk_is_answered_in_a_line_or_two_and_never_searched(chat: Chat) -> None:
    greeting, thanks, remark, emoji, identity = chat("heyyy", "thx!!", "lol ok", "👍", "who are you?")
    assert greeting.splitlines() == [
        "Hi. Ask me anything about the 3 sample talks, for example: What is a caption file?",
        "/videos lists them, /help says what else you can type.",
    ]
    assert thanks == "Glad to help."
    assert remark == emoji == "Ask me anything about the videos; /help says how."
    assert identity.startswith("I am Cuepoint")
    assert len(identity.splitlines()) == 1


def test_the_example_of_a_greeting_is_answered(chat: Chat) -> None:
    greeting, *_ = chat("good morning all")
    example = greeting.splitlines()[0].split("for example: ")[1]
    (answer,) = chat(example)
    assert answer.startswith("1. Sample talk: How captions are made")


@pytest.mark.parametrize("asked", ["help", "/help", "!help", "how do I ask?", "hilfe"])
def test_help_is_understood_however_it_is_asked_for(chat: Chat, asked: str) -> None:
    (reply,) = chat(asked)
    assert '"exact phrase"' in reply
    assert reply.splitlines()[-1] == "For example: What is a caption file?"


def test_videos_are_listed_and_narrowed_to_a_subject(chat: Chat) -> None:
    everything, typed_command, narrowed, unnamed = chat(
        "what videos do you have?", "/videos", "anything on captions?", "do you have anything about saturation?"
    )
    assert len(everything.splitlines()) == 3
    assert typed_command == everything
    assert [line.split("\t")[0] for line in narrowed.splitlines()] == ["sample-captions"]
    assert unnamed.startswith("No video is called “saturation”. What is said about it:")
    assert is_answer(unnamed)


def test_a_video_is_shown_at_a_glance_and_what_is_none_is_asked(chat: Chat) -> None:
    unknown, length, again, question = chat(
        "what is this talk about?", "how long is the BM25 video?", "what is this talk about?", "summarise saturation"
    )
    assert unknown.splitlines()[0] == "Which video?"
    assert length.splitlines()[:2] == ["Sample talk: BM25 ranking, piece by piece (Cuepoint samples)", "length    7:54"]
    assert again == length
    assert is_answer(question)
    assert "Typical words" not in question


def test_a_question_loses_its_polite_words_and_its_video_is_known_after_it(chat: Chat) -> None:
    polite, plain, shown = chat("hi, what is a hold cue? thanks!", "what is a hold cue?", "how long is this video?")
    assert polite == plain
    assert is_answer(plain)
    assert shown.startswith("Sample talk: How captions are made and timed")


def test_more_shows_the_next_moments_of_the_last_answer(chat: Chat) -> None:
    early, first, second, end = chat("more", "how do captions, documents and commands work", "tell me more", "next")
    assert early == "Ask something first; “more” then shows further moments of its answer."
    assert first.startswith("1. ")
    numbers = [line.split(". ")[0] for line in (first + "\n" + second).splitlines() if ". Sample talk" in line]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert len(numbers) > 5
    places = [line for line in (first + "\n" + second).splitlines() if line.startswith("   ") and "https://" in line]
    assert len(set(places)) == len(places)
    assert end.startswith(("There is nothing more.", f"{len(numbers) + 1}. "))


def test_a_follow_up_is_asked_with_the_last_question_and_says_so(chat: Chat) -> None:
    _, followed, again, own = chat(
        "what are hold cues for? -recipes", "and rolling ones?", "why?", "and what does bm25 do with rare words?"
    )
    assert followed.splitlines()[0] == "Asked with your last question: rolling -recipes hold cues"
    assert again.splitlines()[0] == "Asked with your last question: rolling -recipes hold cues"
    assert not own.startswith("Asked with your last question")
    assert is_answer(own)


def test_small_talk_in_between_does_not_break_what_goes_on(chat: Chat) -> None:
    *_, followed = chat("what is a hold cue?", "thanks", "ok", "why?")
    assert followed.splitlines()[0] == "Asked with your last question: hold cue"


def test_without_a_last_question_a_follow_up_is_asked_as_it_stands(chat: Chat) -> None:
    (reply,) = chat("and hopfield?")
    assert not reply.startswith("Asked with")


def test_what_cannot_be_asked_is_told_and_forgotten(chat: Chat) -> None:
    refused, followed = chat("-recipes", "why?")
    assert refused.startswith("A minus only leaves out.")
    assert not followed.startswith("Asked with")


def test_ask_and_search_take_words_as_they_are(tmp_path: Path) -> None:
    environment = environment_for(tmp_path)
    for command in ("ask", "search"):
        done = typed(command, "thanks", folder=tmp_path, environment=environment, stdin="")
        assert "Glad to help" not in done.stdout
        assert "Sample talk" in done.stdout


def test_the_example_is_of_the_library(tmp_path: Path, seeds: Path) -> None:
    environment = environment_for(tmp_path)
    typed("import", *(str(seeds / name) for name in PASTED_SEEDS), folder=tmp_path, environment=environment, stdin="")
    done = typed("chat", folder=tmp_path, environment=environment, stdin="hello\n")
    assert "for example: What is back prop?" in done.stdout
