"""What people say around what they ask is left out of a question, and nothing else is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analysis import blank_stop_phrases
from storage.analysis.languages import _STOP_LISTS
from storage.analysis.question_phrases import _FOLDER, _phrases_of


def left(text: str, language: str = "en") -> str:
    """What is left of a question, punctuation aside."""
    return " ".join(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", blank_stop_phrases(text, language)))


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("bert vs gpt", "bert gpt"),
        ("bert v/s gpt", "bert gpt"),
        ("BERT OR gpt", "BERT gpt"),
        ("bert AND gpt", "bert gpt"),
        ("can you explain the loss function plz", "the loss function"),
        ("q: what is dropout? a:", "what is dropout"),
        ("3) what is dropout?", "what is dropout"),
        ("is bert better than xlnet y/n", "is bert better than xlnet"),
        ("optimisers, e.g. adam, sgd etc.", "optimisers adam sgd"),
        ("training w/ momentum w/o decay", "training momentum decay"),
        ("Could you please tell me more about how dropout works in this video, like I'm five?", "dropout works"),
        ("explain dropout", "dropout"),
        ("ELI5 transformers thx", "transformers"),
        ("does the speaker mention GANs", "GANs"),
        ("in which video do they talk about adam", "adam"),
        ("what does attention mean?", "what does attention"),
        ("where is dropout discussed?", "where is dropout"),
        ("I’d like to know what a tensor is", "a tensor is"),
        ("hey, what is attention? thanks in advance!", "what is attention"),
    ],
)
def test_the_way_of_asking_is_left_out(question: str, content: str) -> None:
    assert left(question) == content


@pytest.mark.parametrize(
    "question",
    [
        "what is a u-net", "hello world", "how do i show rulers", "how can you show hidden layers",
        "the geometric mean", "what is a q value", "does it remember long sequences", "thanks to attention",
        "how is a video encoded", "NOT gate", "a hundred questions", "the answer to life", "explain",
        "who can help", "wanted: a talk",
    ],
)  # fmt: skip
def test_what_may_be_asked_about_is_left_alone(question: str) -> None:
    assert left(question) == " ".join(re.findall(r"[\w-]+", question))


@pytest.mark.parametrize(
    ("language", "question", "content"),
    [
        ("de", "Kannst du mir bitte erklären, was Dropout ist, usw.", "was Dropout ist"),
        ("de", "bert vs gpt plz", "bert gpt"),
        ("fr", "Peux-tu m'expliquer le dropout svp", "le dropout"),
        ("es", "puedes explicarme el dropout porfa", "el dropout"),
        ("pt", "você pode me explicar o dropout pfv", "o dropout"),
        ("it", "puoi spiegarmi il dropout per favore", "il dropout"),
        ("nl", "kun je mij dropout uitleggen aub", "dropout uitleggen"),
        ("pl", "czy możesz mi wyjaśnić dropout itd", "dropout"),
        ("ru", "можешь мне объяснить внимание пожалуйста", "внимание"),
        ("sv", "kan du förklara dropout tack", "dropout"),
        ("tr", "dropout bu videoda lütfen", "dropout"),
        ("xx", "bert vs gpt", "bert gpt"),
        ("", "bert vs gpt", "bert gpt"),
    ],
)
def test_other_languages_have_their_own(language: str, question: str, content: str) -> None:
    assert left(question, language) == content


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("optimisers, for example, adam", "optimisers adam"),
        ("what is a loss, for instance?", "what is a loss"),
        ("for example how is adam used", "how is adam used"),
        ("what is cross entropy in the lecture", "what is cross entropy"),
        ("In the talk, what is dropout?", "what is dropout"),
        ("in these videos is adam explained", "is adam"),
        ("at which timestamp does he open blender", "does he open blender"),
        ("what does she say about adam", "what adam"),
        ("can you tell me about adam", "adam"),
        ("quote me something about adam", "adam"),
        ("find me anything about adam", "adam"),
        ("quote marks in sql", "quote marks in sql"),
        ("could you show me how adam works", "adam works"),
        ("can someone help me with adam", "with adam"),
        ("I want to know what adam is", "adam is"),
        ("i don't understand adam", "adam"),
        ("I'm interested in adam", "adam"),
        ("i'm interested in on-policy learning", "on-policy learning"),
        ("thanks! how does adam work", "how does adam work"),
        ("how does adam work please", "how does adam work"),
        ("please, how does adam work", "how does adam work"),
        ("please how does adam work, thank you", "how does adam work"),
        ("how does adam work please thanks", "how does adam work"),
        ("describe the adam optimiser", "the adam optimiser"),
        ("is adam explained?", "is adam"),
        ("in which part is adam talked about", "in which part is adam"),
        ("hi everyone what is adam", "what is adam"),
        ("Hello! What is adam?", "What is adam"),
        ("1. how does adam work", "how does adam work"),
        ("q3) what is adam", "what is adam"),
        ("question: what is adam", "what is adam"),
        ("is adam fast, yes or no?", "is adam fast"),
        ("is adam fast yes or no", "is adam fast"),
        ("True or false: adam is fast", "adam is fast"),
        ("quick question: what is adam", "what is adam"),
        ("simple question what is adam", "what is adam"),
        ("how many layers", "layers"),
        ("and how much memory", "and memory"),
        ("idk abt adam bcoz it is new bcz cuz", "adam it is new"),
        ("WHAT IS ADAM PLZ", "WHAT IS ADAM"),
        ("adam vs. sgd", "adam sgd"),
        ("adam versus sgd", "adam sgd"),
        ("more details about adam", "adam"),
        ("what is adam in simple terms", "what is adam"),
        ("what does adam mean", "what does adam"),
        ("what does lol mean", "what does lol"),
        ("where is adam explained please?", "where is adam"),
        ("Hey, PLS is what", "PLS is what"),
        ("what is adam, pls explain", "what is adam"),
        ("pls help what is adam", "what is adam"),
        ("TL;DR: adam", "adam"),
        ("where in the lecture is adam discussed", "where is adam"),
        ("I.e. adam", "adam"),
    ],
)  # fmt: skip
def test_each_kind_of_stop_phrase_is_left_out(question: str, content: str) -> None:
    assert left(question) == content


@pytest.mark.parametrize(
    "question",
    [
        # Compounds with an example, an instance, a recording.
        "what is instance segmentation", "models for instance segmentation", "for instance segmentation",
        "for example based learning", "where to sit in the lecture hall", "heat from the video card",
        "current in these series resistors", "in the video card", "sum of this series", "in which second half",
        "the video and audio tracks in the video track", "extract audio from the video",
        # Abbreviations and operators in capitals, or in another use.
        "what is PLS", "what is IMO shipping", "ASAP rocky", "VS code", "vs code", "open vs code",
        "files in /etc/hosts", "x OR NULL", "two AND GATES",
        "use of ETC", "lol means what", "what is pls regression", "NOT gate", "NOT NULL", "an AND gate",
        "what is OR NULL", "bitwise OR in c", "B/C ratio", "what does y/n mean here",
        # Verbs that may be what is asked about.
        "how can plants help soil", "can dogs talk", "how do parrots talk", "do they speak spanish",
        "can you speak spanish", "can a chart show totals", "can you show rulers", "I want to learn spanish",
        "i need to see a doctor", "I can't get wifi", "I'd like to hear jazz", "how do you remember names",
        "how to show US states", "how to say please", "how do i say thank you", "a thank you letter",
        "how to write a thank you", "thanks giving dinner", "how to please", "can you help a choking dog",
        "does it discuss", "how do i mention someone", "how do you know if an egg is bad",
        # Statements of SQL, programs, and what is explained in another sense.
        "explain plan in postgres", "explain plan", "describe table", "define a function in c", "explain",
        "variance explained", "what is variance explained", "which roads are covered", "is anxiety described",
        # Greetings, numbers, labels and choices that belong to a name.
        "Hello, Dolly", "hello kitty", "hello, world", "3) alpha decay", "1. fc koeln", "12. symphony",
        "vitamin a: uses",
        "what is true or false", "is true or false logic used", "the yes or no button", "a simple question bank",
        "what is a stupid question", "the geometric mean", "too much salt", "cuzco",
    ],
)  # fmt: skip
def test_content_that_looks_like_a_stop_phrase_stays(question: str) -> None:
    assert blank_stop_phrases(question, "en") == question


@pytest.mark.parametrize(
    ("language", "question", "content"),
    [
        ("de", "Ich möchte mehr über Dropout wissen", "Ich möchte mehr über Dropout"),
        ("de", "ich möchte gerne verstehen was Dropout ist", "was Dropout ist"),
        ("de", "Können Sie mir Dropout erklären?", "Dropout"),
        ("de", "wo wird Dropout erklärt?", "wo wird Dropout"),
        ("de", "wie viele Schichten", "Schichten"),
        ("de", "wieviel Speicher", "Speicher"),
        ("de", "Optimierer, z. B. Adam, d.h. u.a. SGD", "Optimierer Adam SGD"),
        ("de", "was ist Dropout in diesem Video?", "was ist Dropout"),
        ("fr", "par exemple, le dropout, p.ex. ici", "le dropout ici"),
        ("fr", "dans cette vidéo que fait adam", "que fait adam"),
        ("fr", "adam, sgd, etc", "adam sgd"),
        ("fr", "Qu’est-ce que c'est que le dropout", "le dropout"),
        ("fr", "c'est quoi le dropout", "le dropout"),
        ("es", "¿puedes decirme qué es adam en este video?", "qué es adam"),
        ("es", "quiero saber qué es adam, p. ej. ahora", "qué es adam ahora"),
        ("pt", "neste vídeo como funciona adam", "como funciona adam"),
        ("pt", "o que é adam na aula?", "o que é adam"),
        ("it", "può spiegarmi adam, ecc.", "adam"),
        ("it", "cos'è adam in questo video", "cos'è adam"),
        ("nl", "wat is adam in deze video aub", "wat is adam"),
        ("pl", "co to jest adam w tym filmie", "co to jest adam"),
        ("ru", "что такое адам в этом видео и т.д.", "что такое адам"),
        ("sv", "vad är adam i den här videon", "vad är adam"),
        ("tr", "adam nedir vb.", "adam nedir"),
    ],
)
def test_each_kind_is_left_out_in_its_language(language: str, question: str, content: str) -> None:
    assert left(question, language) == content


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "was ist maschinelles Lernen?"), ("de", "was ist implizites Wissen"), ("de", "Gedichte verstehen"),
        ("de", "ich möchte mehr Wissen"), ("de", "ich will Gitarre lernen"), ("de", "von dem Video Schnitt"),
        ("de", "in diesem Kurs Buch"), ("de", "ZB und VB"), ("de", "was macht USW"), ("de", "vb net"),
        ("de", "wie kann jemand zeigen dass"), ("en", "z.b. d.h. u.a. p.ex."),
        ("fr", "logiciel cad"), ("fr", "CAD"), ("fr", "dans la vidéo surveillance"), ("fr", "je veux apprendre"),
        ("fr", "tu peux aider un ami"), ("es", "quiero aprender inglés"), ("es", "puedes ayudar a un amigo"),
        ("es", "en la clase media"), ("es", "los dinos"), ("es", "fotos del video"), ("es", "cómo decir por favor"),
        ("pt", "tb e vc"), ("pt", "obg pq"), ("pt", "aula de TBM"), ("pt", "no curso superior"),
        ("pt", "o que pode causar febre"), ("it", "perf linux"), ("it", "curve ECC"), ("it", "cosa può causare febbre"),
        ("it", "nel video gioco"), ("it", "voglio imparare"), ("nl", "in de college zaal"), ("nl", "kan iemand helpen"),
        ("pl", "np complete"), ("pl", "NP"), ("pl", "w tym filmie animowanym"), ("ru", "в этом видео монтаже"),
        ("ru", "можешь показать"), ("sv", "i videon kortet"), ("sv", "hur kan du visa"), ("tr", "vb net"),
        ("tr", "VB"),
    ],
)  # fmt: skip
def test_content_in_other_languages_stays(language: str, question: str) -> None:
    assert blank_stop_phrases(question, language) == question


def test_every_file_is_of_a_language_with_stop_words_and_can_be_read() -> None:
    names = [path.name.removesuffix(".txt") for path in _FOLDER.iterdir()]
    assert set(names) <= set(_STOP_LISTS)
    for name in names:
        assert _phrases_of(name).anywhere.sub("", "") == ""
        assert not _phrases_of(name).anywhere.fullmatch(""), "a pattern that matches nothing at all"


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "ru", "ja", ""]))
def test_every_character_that_stays_keeps_its_place(text: str, language: str) -> None:
    blanked = blank_stop_phrases(text, language)
    assert len(blanked) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, blanked, strict=True))
