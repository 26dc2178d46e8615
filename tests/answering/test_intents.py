"""Small talk, wishes and questions, told from one another."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.intents import Intent, IntentKind, recognize_intent
from bot.answering.intents.phrases import LANGUAGES, MAX_PHRASE_WORDS, phrases_of
from bot.answering.question import find_operators
from storage.analysis import analyser_for
from tests.support.inputs.hostile_text import HOSTILE
from tests.support.project import PROJECT, SHARED_FOLDER

MIN_RIGHT = 0.95
MAX_TAKEN = 1 / 1000


def utterances() -> list[tuple[str, str, str]]:
    """Intent, words and text of what people type."""
    path = PROJECT / "tests" / "support" / "inputs" / "utterances.tsv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(kind, text if words == "=" else words, text) for kind, words, text in (line.split("\t") for line in lines)]


def is_right(kind: str, words: str, text: str) -> bool:
    intent = recognize_intent(text)
    return (intent.kind.value, intent.words) == (kind, words)


@pytest.mark.parametrize("half", [0, 1], ids=["written for", "held out"])
def test_utterances_are_told_apart(half: int) -> None:
    listed = utterances()[half::2]
    assert len(utterances()) >= 300
    wrong = [(utterance, recognize_intent(utterance[2])) for utterance in listed if not is_right(*utterance)]
    assert len(wrong) <= (1 - MIN_RIGHT) * len(listed), wrong


@pytest.mark.parametrize("name", ["cranfield", "tutorialvqa_375"])
def test_hardly_any_question_of_a_bench_is_taken_for_something_else(name: str) -> None:
    path = SHARED_FOLDER / "bench" / name / "queries.jsonl"
    if not path.is_file():
        pytest.skip("the benches (../shared/bench) are not here")
    asked = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    intents = [recognize_intent(text) for text in asked]
    taken = [text for text, intent in zip(asked, intents, strict=True) if intent.kind is not IntentKind.QUESTION]
    assert len(taken) <= MAX_TAKEN * len(asked), taken
    analyser = analyser_for("en")
    polite = {analyser.term_of(word) for word in ("please", "help", "wow", "thanks")}
    for text, intent in zip(asked, intents, strict=True):
        if intent.kind is IntentKind.QUESTION:
            lost = {token.term for token in analyser.tokens(text)} - {t.term for t in analyser.tokens(intent.words)}
            assert lost <= polite, text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('"hi"', '"hi"'),
        ("“thanks”, thanks!", "“thanks”"),
        ("hi, -bert attention please", "-bert attention"),
        ("-hi", "-hi"),
        ("thanks video:bert", "thanks video:bert"),
        ("hello, what is “hello world”? thanks", "what is “hello world”?"),
        ("what is bert video:thanks", "what is bert video:thanks"),
        ("hi. speaker:ana latency", "speaker:ana latency"),
        ("thanks for what after:2025", "thanks for what after:2025"),
    ],
)
def test_what_the_asker_wrote_on_purpose_is_never_touched(typed: str, words: str) -> None:
    assert recognize_intent(typed) == Intent(IntentKind.QUESTION, words)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Hello, Dolly", "Hello, Dolly"),
        ("no, low and high", "no, low and high"),
        ("hi all, what is BERT and who made it?", "what is BERT and who made it?"),
        ("hey quick question what is bert", "what is bert"),
        ("ok thanks 🙏 so, what is dropout? lol", "what is dropout?"),
        ("<@12> hi bot! What is BERT? <@12>", "What is BERT?"),
        ("/ask what is bert", "what is bert"),
        ("how do you say thank you", "how do you say thank you"),
        ("what is a word for please", "what is a word for please"),
    ],
)
def test_questions_lose_polite_words_at_their_ends_alone(typed: str, words: str) -> None:
    assert recognize_intent(typed) == Intent(IntentKind.QUESTION, words)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ('How long is "Attention is all you need"?', "Attention is all you need"),
        ("what is the talk called “BERT & co” about", "BERT & co"),
        ("can you please summarise the talk on Hopfield networks for me?", "Hopfield networks"),
        ("summarise video:xlnet", "xlnet"),
        ("what's this video about", ""),
        ("wie lange dauert das BERT Video?", "BERT"),
        ("résume la vidéo BERT", "BERT"),
    ],
)
def test_videos_are_named_as_they_were_typed(typed: str, name: str) -> None:
    intent = recognize_intent(typed)
    assert (intent.kind, intent.words) == (IntentKind.SHOW_VIDEO, name)


def test_nothing_but_a_mention_is_empty_and_only_emoji_are_a_remark() -> None:
    assert recognize_intent(" <@!123> ").kind is IntentKind.EMPTY
    assert recognize_intent("").kind is IntentKind.EMPTY
    for typed in ("😂", "<:pepe:12345678>", ":joy:", "…", "?", ":)"):
        assert recognize_intent(typed).kind is IntentKind.REMARK
    assert recognize_intent("----").kind is IntentKind.QUESTION
    assert recognize_intent("https://youtu.be/x").kind is IntentKind.QUESTION


def test_the_language_is_that_of_the_phrase() -> None:
    said = {
        "hi": "en",
        "Guten Tag": "de",
        "muchas gracias": "es",
        "aide-moi": "fr",
        "ありがとう": "ja",
        "obrigado": "pt",
    }
    assert {typed: recognize_intent(typed).language for typed in said} == said


@pytest.mark.parametrize("typed", ["heyyyyy", "HELLO", "hi hi hi hi", "ＨＩ", "h\u200bi", "hiii!!!", "*hi*", "«hi"])
def test_how_a_word_is_written_does_not_matter(typed: str) -> None:
    assert recognize_intent(typed).kind is IntentKind.GREETING


@pytest.mark.parametrize(
    "typed", ["gmm", "U-Net", "hi-hat", "no-op", "yes/no", "thanks.txt", "c++", "np-hard", "lolcode"]
)
def test_words_that_look_like_small_talk_are_asked(typed: str) -> None:
    assert recognize_intent(typed) == Intent(IntentKind.QUESTION, typed)


POLITE_BEFORE = ("", "hi, ", "Hello! ", "hey there, ", "ok thanks. ", "good morning all\n", "quick question: ")
POLITE_AFTER = ("", " thanks!", " please", "? thx", " 🙏", " lol", "! Thank you so much")


@given(
    st.sampled_from(POLITE_BEFORE),
    st.lists(st.sampled_from(["bert", "attention", "yes", "more", "help", "hi", "test", "next", "ok"]), min_size=1),
    st.sampled_from(POLITE_AFTER),
)
def test_a_question_keeps_what_it_is_about(before: str, words: list[str], after: str) -> None:
    text = f"{before}what is {' '.join(words)} in transformers{after}"
    intent = recognize_intent(text)
    assert intent.kind is IntentKind.QUESTION
    assert f"what is {' '.join(words)} in transformers" in intent.words


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from([*HOSTILE, "hi", "thanks,", "what", "is", "bert?"])).map(" ".join),
    )
)
def test_any_text_has_an_intent_and_a_question_is_one_by_its_own_words(text: str) -> None:
    intent = recognize_intent(text)
    if intent.kind is IntentKind.QUESTION:
        assert recognize_intent(intent.words) == intent
        assert len(find_operators(intent.words)) == len(find_operators(text))


@pytest.mark.parametrize(
    "unit", ["hi ", "hi hello ", "what is ", "how long is ", "h", "ha", "a.b.", "(", ":", "- ", "“"]
)
def test_long_messages_are_read_at_once(unit: str) -> None:
    """A pattern that goes back over what it has read would not come to an end here."""
    intent = recognize_intent(unit * 20_000)
    assert intent.kind in (IntentKind.QUESTION, IntentKind.GREETING, IntentKind.REMARK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phrases_of_a_language_can_be_read(language: str) -> None:
    phrases = phrases_of(language)
    assert {"greeting", "thanks", "help"} <= phrases.whole.keys()
    social = {"greeting", "thanks", "remark", "alone", "closing", "opening"}
    assert phrases.whole.keys() <= social | {"help", "identity", "list", "more", "request"}
    assert phrases.with_names.keys() <= {"list about", "show"}
    assert MAX_PHRASE_WORDS >= 10


@pytest.mark.parametrize(
    "typed",
    [
        "who made the video codec",
        "how long is the context window of the bert video",
        "summarise the difference between bert and gpt",
        "link to the slides",
        "show me how attention works",
        "what does the BERT video say about masking?",
        "which video explains dropout",
    ],
)
def test_what_is_asked_of_a_video_is_a_question(typed: str) -> None:
    assert recognize_intent(typed) == Intent(IntentKind.QUESTION, typed)


@pytest.mark.parametrize(
    ("typed", "kind", "words"),
    [
        ("how long is it?", IntentKind.SHOW_VIDEO, ""),
        ("summarise that", IntentKind.SHOW_VIDEO, ""),
        ("send me the bert video", IntentKind.SHOW_VIDEO, "bert"),
        ("transcript of the bert talk", IntentKind.SHOW_VIDEO, "bert"),
        ("wie lang ist das Hopfield-Video?", IntentKind.SHOW_VIDEO, "Hopfield"),
        ("how long is the meta-learning talk?", IntentKind.SHOW_VIDEO, "meta-learning"),
        ("worum geht es im BERT-Vortrag?", IntentKind.SHOW_VIDEO, "BERT"),
        ("what is a pre-talk?", IntentKind.QUESTION, "what is a pre-talk?"),
        ("show me another one", IntentKind.MORE, ""),
        ("no that's not what I meant", IntentKind.REMARK, ""),
        ("what time is it?", IntentKind.REMARK, ""),
        ("do you speak german?", IntentKind.IDENTITY, ""),
        ("was gibt es für videos?", IntentKind.LIST_VIDEOS, ""),
        ("summarise it and bert", IntentKind.QUESTION, "summarise it and bert"),
        ("that's not what backpropagation does", IntentKind.QUESTION, "that's not what backpropagation does"),
        ("what time is it in the simulation?", IntentKind.QUESTION, "what time is it in the simulation?"),
    ],
)
def test_further_wishes_and_remarks_are_told_from_questions(typed: str, kind: IntentKind, words: str) -> None:
    intent = recognize_intent(typed)
    assert (intent.kind, intent.words) == (kind, words)
