"""What people type, parsed."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import question
from bot.answering.question import MAX_EXCLUSIONS, MAX_PHRASES, MAX_WORDS, parse_question, remove_operators
from bot.errors import EmptyQuestion, InvalidQuestion, QuestionTooLong
from storage.analysis import analyser_for
from storage.models import LeftOut, Question


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("what is BERT?", Question("", "what is BERT?")),
        ("@everyone what is @here BERT?", Question("", "what is BERT?")),
        ("is everyone here at me@everyone", Question("", "is everyone here at me@everyone")),
        ('say "hello  world" again', Question("", "say again", ("hello world",))),
        ("“curly quotes” too", Question("", "too", ("curly quotes",))),
        ("„so nicht“ sagte er", Question("", "sagte er", ("so nicht",))),
        ("»so nicht« sagte er", Question("", "sagte er", ("so nicht",))),
        ("« pas ça » dit-il", Question("", "dit-il", ("pas ça",))),
        ("«il dit “non” hier» oui", Question("", "oui", ("il dit “non” hier",))),
        ("“a «b c» d” e", Question("", "e", ("a «b c» d",))),
        ("「機械学習」とは", Question("", "とは", ("機械学習",))),
        ("『「猫」と犬』の話", Question("", "の話", ("「猫」と犬",))),
        ("bert -masking", Question("", "bert", (), ("masking",))),
        ('bert -"next sentence"', Question("", "bert", (), ("next sentence",))),
        ('pre-"training" bert', Question("", "pre- bert", ("training",))),
        ("bert －masking −xlnet", Question("", "bert", (), ("masking", "xlnet"))),
        ("猫　-犬", Question("", "猫", (), ("犬",))),
        ("猫 -「黒い犬」", Question("", "猫", (), ("黒い犬",))),
        ("C++ -C#", Question("", "C++", (), ("C#",))),
        ("core -.net", Question("", "core", (), (".net",))),
        ("bert -gpt-2", Question("", "bert", (), ("gpt-2",))),
        ("bert video:xlnet", Question("", "bert", video="xlnet")),
        ("bert video：xlnet", Question("", "bert", video="xlnet")),
        ('bert VIDEO:"all you need"', Question("", "bert", video="all you need")),
        ("bert video:「注意 機構」", Question("", "bert", video="注意 機構")),
        ("bert video:“Talk (2019)”", Question("", "bert", video="Talk (2019)")),
        ("bert video:-9evrZnBorM", Question("", "bert", video="-9evrZnBorM")),
        ("bert video:https://youtu.be/dQw4w9WgXcQ", Question("", "bert", video="https://youtu.be/dQw4w9WgXcQ")),
        ("bert video:one video:two", Question("", "bert", video="two")),
        ('bert video:"  "', Question("", "bert")),
        ('a creator:"Two Words" b', Question("", "a b", creator="Two Words")),
    ],
)
def test_the_grammar_of_questions(typed: str, parsed: Question) -> None:
    found = parse_question(typed)
    assert found == Question(typed, parsed.words, parsed.phrases, parsed.exclusions, parsed.video, parsed.creator)


@pytest.mark.parametrize(
    "typed",
    [
        "state-of-the-art results", "temperature below -5", "-1 and －２", "git push --force", "lone - and -- stay",
        "a -> b", 'unbalanced "quote here', 'trailing" quote', 'empty "" phrase', 'x -"', 'x -"" y', 'x -"abc',
        "「」 x", "a » b", "video: how to edit", "bert video:", 'bert video:""', 'bert video:"unclosed title',
        "the video:", "my:video:x", "—dash –dash x", "bob@example.org", "`-x` and `code`", "<@x> <:1>", "l'arte d'un",
        "ﾊﾟｿｺﾝ", "a:b::c", "?!x",
    ],
)  # fmt: skip
def test_whatever_is_no_operator_is_a_word(typed: str) -> None:
    assert parse_question(typed) == Question(typed, typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("what does https://youtu.be/dQw4w9WgXcQ?t=4 say", "what does say"),
        ("<https://example.org/a-b> (see http://x.y) bert", "see bert"),
        ("<@123> <@!5> <@&6> <#1> what is <:party:123> <a:dance:9> attention <t:161:R> </ask:3>", "what is attention"),
        ("```py\nprint(1)\n```", "```py print 1 ```"),
        ("\ufeffbert \u200bmask\u200e", "bert mask"),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("[what is attention]", "what is attention"),
        ("(music)", "music"),
        ('nothing said "!!!" here', "nothing said here"),
        ("😀 smile ❤️", "😀 smile ❤️"),
    ],
)
def test_what_nobody_says_aloud_is_passed_over(typed: str, words: str) -> None:
    assert parse_question(typed) == Question(typed, words)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "^Ask with") for text in ("", "   ", "???", '"', '"!!!"', "-", "♪", "“”", "<@123>", "\u200b")),
        *((text, "^Ask with") for text in ("🤔", "❤️ 👩\u200d💻 🇨🇭", "- -- ---", "_", "\u0301")),
        *((text, "minus only leaves out") for text in ("-word", '-"two words"', "-bert video:x", "\u200b-\u200b猫")),
        *((text, "filter only narrows") for text in ("video:x", 'creator:"Two Words"', "video:x <@1> ?")),
        *((text, "address") for text in ("https://youtu.be/dQw4w9WgXcQ", "<http://x.y> !")),
    ],
)
def test_a_question_without_a_word_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(EmptyQuestion, match=reason) as refused:
        parse_question(text)
    assert "at least one word to look for" in str(refused.value)


def test_a_question_of_a_whole_message_is_asked_and_a_longer_one_refused_in_words() -> None:
    assert parse_question("what " * 800).words == " ".join(["what"] * 800)
    with pytest.raises(QuestionTooLong, match=r"has 4,001 characters; ask with at most 4,000\.$"):
        parse_question("x" * 4_001)
    with pytest.raises(QuestionTooLong, match=r"has 2,000 words to look for; ask with at most 1,000\.$"):
        parse_question("a " * 2_000)
    with pytest.raises(QuestionTooLong, match="1,300 words"):
        parse_question("a " * 500 + "-b " * 500 + '"c" ' * 300)


def test_phrases_and_exclusions_that_are_repeated_are_looked_for_once() -> None:
    question = parse_question('"b c" ' * 400 + '"a" -d -d -"e f" ' * 3 + "word")
    assert (question.phrases, question.exclusions) == (("b c", "a"), ("d", "e f"))
    question = parse_question('"B c" -D -"e  f" ' * 3 + '"b c" -d -"E F" word')
    assert (question.phrases, question.exclusions) == (("B c",), ("D", "e f"))


def test_more_than_the_bounds_is_left_out_and_counted() -> None:
    phrases = " ".join(f'"a{number} b" -c{number} -"d{number} e"' for number in range(MAX_PHRASES + 4))
    question = parse_question(f"word {phrases}")
    assert question.phrases == tuple(f"a{number} b" for number in range(MAX_PHRASES))
    assert question.exclusions == tuple(
        each for number in range(MAX_EXCLUSIONS // 2) for each in (f"c{number}", f"d{number} e")
    )
    assert question.left_out == LeftOut(phrases=4, exclusions=2 * (MAX_PHRASES + 4) - MAX_EXCLUSIONS)
    assert parse_question('a "b" -c').left_out == LeftOut()


def test_the_first_different_words_are_looked_for_and_repeated_ones_do_not_count() -> None:
    words = [f"w{number}" for number in range(MAX_WORDS)]
    whole = " ".join([*words, *words[:100]])
    assert (parse_question(whole).words, parse_question(whole).left_out) == (whole, LeftOut())
    question = parse_question(f"{whole} x W1 y x.")
    assert (question.words, question.left_out) == (whole, LeftOut(words=2))


def test_filters_given_apart_win_and_blank_ones_are_none() -> None:
    assert parse_question("bert video:one", video="two", creator="  ") == Question(
        "bert video:one", "bert", video="two"
    )
    assert parse_question("bert video:one", video="  ").video == "one"
    with pytest.raises(EmptyQuestion, match="filter"):
        parse_question("?", video="two")


operators = st.lists(
    st.sampled_from([*'"“”„«»「」『』-－:： \n<>@[]()♪\u200b1a猫é', "video:", "creator:", "https://", "<:a:1>"]),
    max_size=40,
).map("".join)


@given(st.one_of(st.text(), operators))
def test_nothing_anybody_types_breaks_the_parser(text: str) -> None:
    try:
        question = parse_question(text)
    except EmptyQuestion:
        return
    assert question.text == text
    looked_for = [part for part in (question.words, *question.phrases) if part]
    assert looked_for
    assert all(any(analyser_for("en").tokens(part)) for part in (*looked_for, *question.exclusions))


@given(st.one_of(st.text(), operators))
def test_words_that_meant_no_operators_hold_none(text: str) -> None:
    try:
        question = parse_question(remove_operators(text))
    except EmptyQuestion:
        return
    assert question == Question(question.text, question.words)


def test_words_that_meant_no_operators_stay() -> None:
    plain = remove_operators("note: 「猫」 --force -x “quoted” video:abc see https://youtu.be/x <:party:1>")
    assert parse_question(plain).words == "note: 猫 force x quoted video abc see"


@pytest.mark.parametrize(
    "part",
    [
        '"', '" ', '"a ', "»a", "«a", "「", "“a", "-", "- ", "-a ", "-1", ' -"', ":", "video:", 'video:" ', "<@", "<:a",
        "</a", "<t:1", "https://", "[", "[a ", "(music) ", "1,000", "a'", "。", "猫", "e\u0301", "\u0301", "\u200d",
    ],
)  # fmt: skip
def test_long_questions_are_parsed_in_linear_time(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer ones than anybody may ask, because of shorter ones nothing can be measured.
    monkeypatch.setattr(question, "MAX_QUESTION_LENGTH", 1_000_000)

    def cost(length: int) -> float:
        text = part * (length // len(part))
        started = time.thread_time()
        with contextlib.suppress(InvalidQuestion):
            parse_question(text)
        return time.thread_time() - started

    short, long = (min(cost(length) for _ in range(2)) for length in (20_000, 160_000))
    assert long < 3 * 8 * short + 0.05, "reading again from every mark costs 64 times as much, not 8 times"
