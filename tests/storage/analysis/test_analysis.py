"""Text to terms."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Stemmer import algorithms

from storage.analysis import ASCII_BETWEEN_WORDS, STOP_PREFIX, Analyser, Token, analyser_for, blank_sounds
from storage.analysis.languages import stemmer_for

ENGLISH = analyser_for("en")
LANGUAGES = ["en", "fr", "it", "tr", "fa", "ja", "zh", "ko", "th", "xx"]

# Whatever the rules treat in a way of its own, beside arbitrary characters.
_TRICKY = (
    "abcCsıİ ΣσÉé\u0301\u0307\u0345ﬁＢ²½1٣,.+#♯＋'’·"
    "\u0387\u02bc\u0149-_@\u00ad\u200b\u200c\u200d\u200f\u2060\ufe0f\u20e3"
    "猫機械々學\ufa19葛\U000e0100とはかが\u3099ーんガｶﾞﾟ・한글ᄒ\u1161\u11ab는ทำไ\u0e4d\u0e32ที่ລາຍຳកម្មမြန်हिंदीעב\u05b0صٌ👩\u200d💻"
)
tricky = st.text(st.one_of(st.sampled_from(_TRICKY), st.characters()), max_size=40)
no_sounds = tricky.filter(lambda text: not set(text) & set("[(♩♪♫♬"))
languages = st.sampled_from(LANGUAGES)


def terms(text: str, language: str = "en") -> list[str]:
    return [token.term for token in analyser_for(language).tokens(text) if not token.is_stop_word]


def read(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Every word as it is understood, and as it stands in the text."""
    return [(token.word, text[token.start : token.end]) for token in analyser_for(language).tokens(text)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("networks", "network"),
        ("BERT’s", "bert"),
        ("self-attention", "self attention"),
        ("ﬁne", "fine"),
        ("ＢＥＲＴ", "bert"),
        ("transformer's", "Transformers"),
        ("1,000 steps", "1000 steps"),
        ("12,345,678", "12345678"),
        ("C＃", "c♯"),
        ("İstanbul", "istanbul"),
        ("trans\u00adformer", "transformer"),
        ("trans\u200bfor\u2060mer", "transformer"),
        ("\ufefftransformer\u200e", "transformer"),
        ("trans\u200dformer", "transformer"),
    ],
)
def test_ways_of_writing_a_word_are_one_term(left: str, right: str) -> None:
    assert terms(left) == terms(right) != []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C++, C# and c; F♯", ["c++", "c#", "and", "c", "f#"]),
        ("C++17 but g++", ["c++", "17", "but", "g++"]),
        ("x86++ a#b C##", ["x86", "a", "b", "c#"]),
        (".NET and node.js", ["net", "and", "node", "js"]),
        ("GPT-4 at 3.5", ["gpt", "4", "at", "3", "5"]),
        ("1,00 or 1,0000", ["1", "00", "or", "1", "0000"]),
        ("bob@example.org", ["bob", "example", "org"]),
        ("https://youtu.be/dQw4w9WgXcQ?t=4", ["https", "youtu", "be", "dqw4w9wgxcq", "t", "4"]),
        ("rock'n'roll", ["rocknroll"]),
        ("snake_case", ["snake", "case"]),
        ("❤️ 👩\u200d💻 🇨🇭 \u0301 ok", ["ok"]),
        ("1️⃣ 2️⃣", ["1", "2"]),
        ("½", ["1", "2"]),
    ],
)
def test_what_counts_as_a_word(text: str, words: list[str]) -> None:
    assert [word for word, _ in read(text)] == words


def test_question_words_are_stop_words() -> None:
    assert terms("what is the how why which can you tell who when where do does") == ["tell"]


def test_a_contraction_does_not_hide_the_word_it_looks_like() -> None:
    assert terms("she'll use the shell") == ["use", "shell"]
    assert len({token.term for token in ENGLISH.tokens("she'll shell")}) == 2


def test_sound_marks_never_count() -> None:
    assert terms("[Music] hello [Applause] there world") == ["hello", "world"]
    assert terms("（拍手）hello [音楽]there ［Music］ world") == ["hello", "world"]


def test_stemming_follows_the_language() -> None:
    assert terms("Häuser", "de") == terms("Haus", "de")
    assert terms("слова", "ru") == terms("слово", "ru")
    assert terms("książki", "pl") == terms("książka", "pl")
    assert terms("ΛΟΓΟΣ", "el") == terms("λόγοι", "el")
    assert terms("words", "xx") == ["words"], "a language without a stemmer is matched word for word"


def test_every_language_that_snowball_knows_is_stemmed() -> None:
    every = {first + second for first in map(chr, range(97, 123)) for second in map(chr, range(97, 123))}
    stemmed = [language for language in every if stemmer_for(language)]
    # Norwegian goes by three codes; the two others are older stemmers of English and Dutch.
    assert len(stemmed) - 2 == len(set(algorithms()) - {"porter", "dutch_porter"})


@pytest.mark.parametrize("tag", ["de", "DE", "de-CH", "de_AT", " de "])
def test_a_language_is_known_by_the_first_part_of_its_tag(tag: str) -> None:
    assert analyser_for(tag) is analyser_for("de")


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "l'intelligence", [("l'", "l'"), ("intelligence", "intelligence")]),
        ("fr", "Qu’il", [("qu'", "Qu’"), ("il", "il")]),
        ("fr", "d'aujourd'hui", [("d'", "d'"), ("aujourdhui", "aujourd'hui")]),
        ("fr", "d'un", [("d'", "d'"), ("un", "un")]),
        ("it", "Dell'arte", [("dell'", "Dell'"), ("arte", "arte")]),
        ("it", "un'altra", [("un'", "un'"), ("altra", "altra")]),
        ("ca", "l'intel·ligència", [("l'", "l'"), ("intelligència", "intel·ligència")]),
        ("en", "l'oreal", [("loreal", "l'oreal")]),
        ("de", "geht's", [("geht", "geht's")]),
        ("nl", "foto's", [("foto", "foto's")]),
        ("xx", "Bert's", [("berts", "Bert's")]),
        ("tr", "İstanbul'da", [("istanbul", "İstanbul'da")]),
    ],
)
def test_apostrophes_follow_the_language(language: str, text: str, words: list[tuple[str, str]]) -> None:
    assert read(text, language) == words


def test_an_elided_word_is_a_stop_word_and_the_letter_by_itself_none() -> None:
    assert terms("c'est le langage C", "fr") == ["langag", "c"]
    assert terms("l'intelligence", "fr") == terms("intelligence", "fr")


def test_turkish_stop_words_are_read_in_their_own_encoding() -> None:
    assert terms("şey nasıl beş", "tr") == []


def test_combining_marks_stay_in_their_word() -> None:
    assert terms("हिन्दी", "xx") == ["हिन्दी"]
    assert terms("e\u0301tude", "xx") == terms("étude", "xx")


def test_persian_keeps_the_joiner_its_stemmer_needs() -> None:
    assert terms("کتاب\u200cها", "fa") == terms("کتاب", "fa")
    assert terms("می\u200cخواهم", "xx") == ["میخواهم"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("機械学習", ["機械", "械学", "学習"]),
        ("機械学習とは何ですか", ["機械", "械学", "学習"]),
        ("什么是机器学习", ["机器", "器学", "学习"]),
        ("ｶﾞｲﾄﾞ", ["ガイ", "イド"]),
        ("コーヒー", ["コー", "ーヒ", "ヒー"]),
        ("자연어 처리", ["자연", "연어", "처리"]),
        ("인공지능은", ["인공", "공지", "지능"]),
        ("การ", ["กา", "าร"]),
        ("กินน้ำ", ["กิน", "นน้ำ"]),
        ("ພາສາ", ["ພາ", "າສ", "ສາ"]),
        ("ភាសា", ["ភាសា"]),
        ("မြန်မာ", ["မြန်", "န်မ", "မာ"]),
        ("猫", ["猫"]),
        ("猫と犬", ["猫", "犬"]),
        ("葛\U000e0100城", ["葛城"]),
        ("食べる", ["食", "べる"]),
    ],
)
def test_scripts_without_spaces_are_read_by_pairs_in_any_library(language: str, text: str, pairs: list[str]) -> None:
    assert terms(text, language) == pairs


def test_words_of_other_scripts_stay_words_among_characters() -> None:
    assert read("言語C++でBERTを") == [
        ("言", "言"), ("言語", "言語"), ("語", "語"), ("c++", "C++"), ("で", "で"), ("bert", "BERT"), ("を", "を"),
    ]  # fmt: skip
    assert terms("2024年のTransformers") == ["2024", "年", "transform"]


def test_a_character_is_found_by_itself_and_pairs_point_at_both_of_theirs() -> None:
    assert read("黒ね猫") == [("黒", "黒"), ("ね", "ね"), ("猫", "猫")]
    tokens = list(ENGLISH.tokens("a 黒猫"))
    assert tokens[1:] == [Token("黒", "黒", 2, 3, True), Token("黒猫", "黒猫", 2, 4), Token("猫", "猫", 3, 4, True)]
    assert terms("猫") == ["猫"] == [tokens[3].term]


unspaced = st.lists(
    st.sampled_from([*"機械学習とはが食猫カメ자연어งน 、", "か\u3099", "ﾊﾞ", "ー", "ที่", "ทำ"]), max_size=8
)
runs = unspaced.map("".join)


@given(
    runs,
    runs.filter(lambda run: not run.startswith("ー")),
    runs.filter(lambda run: not run.startswith("ー")),
    languages,
)
def test_a_phrase_is_found_inside_a_longer_run(before: str, phrase: str, after: str, language: str) -> None:
    analyser = analyser_for(language)
    whole = [token.word for token in analyser.tokens(before + phrase + after)]
    words = [token.word for token in analyser.tokens(phrase)]
    assert any(whole[place : place + len(words)] == words for place in range(len(whole) - len(words) + 1))


@given(tricky, languages)
def test_positions_point_at_the_words_they_were_read_from(text: str, language: str) -> None:
    tokens = list(analyser_for(language).tokens(text))
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.word
        assert not any(character.isspace() for character in text[token.start : token.end])
    for left, right in pairwise(tokens):
        assert (left.start, left.end) <= (right.start, right.end)


@given(st.text(st.sampled_from("abC+#',1é\u0301\u00ad ½")), languages)
def test_only_pairs_overlap(text: str, language: str) -> None:
    spans = [(token.start, token.end) for token in analyser_for(language).tokens(text)]
    assert all(left == right or left[1] <= right[0] for left, right in pairwise(spans))


@given(tricky, languages)
def test_a_word_has_one_term_only(text: str, language: str) -> None:
    analyser = analyser_for(language)
    for token in analyser.tokens(text):
        assert analyser.term_of(token.word) == token.term
        assert token.is_stop_word or not token.term.startswith(STOP_PREFIX)


@given(no_sounds, no_sounds, languages)
def test_a_space_keeps_texts_apart(left: str, right: str, language: str) -> None:
    def said(text: str) -> list[tuple[str, str, bool]]:
        return [(t.term, t.word, t.is_stop_word) for t in analyser_for(language).tokens(text)]

    assert said(f"{left} {right}") == said(left) + said(right)


@given(no_sounds, languages)
def test_composed_and_decomposed_characters_are_the_same(text: str, language: str) -> None:
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    analyser = analyser_for(language)
    assert [t.term for t in analyser.tokens(composed)] == [t.term for t in analyser.tokens(apart)]


@given(tricky, languages)
def test_the_same_text_gives_the_same_terms(text: str, language: str) -> None:
    assert list(analyser_for(language).tokens(text)) == list(Analyser(language).tokens(text))


def test_several_threads_may_read_at_once() -> None:
    text = " ".join(f"running{n} häuser 機械学習{n} l'arte" for n in range(300))
    analyser = Analyser("de")
    with ThreadPoolExecutor(8) as pool:
        read_by_all = list(pool.map(lambda _: list(analyser.tokens(text)), range(16)))
    assert all(tokens == list(Analyser("de").tokens(text)) for tokens in read_by_all)


def test_long_garbage_is_not_kept() -> None:
    analyser = Analyser("en")
    assert len(list(analyser.tokens("x" * 100_000 + " " + "機" * 10_000))) == 1 + 2 * 10_000 - 1
    assert not analyser._known


@given(st.text(st.sampled_from("abcC19'+#,. -[(\n")))
def test_ascii_is_read_as_any_other_text(text: str) -> None:
    """It has a quicker reader of its own; a letter of another script, far from the rest, keeps a text from it."""
    quick, other = list(ENGLISH.tokens(text)), list(ENGLISH.tokens(f"{text} . ω"))
    assert [*quick, Token("ω", "ω", len(text) + 3, len(text) + 4)] == other


@given(st.one_of(tricky, st.text(st.sampled_from("abcC19'+#,. -[(♪]ω機は\n\x1f\xa0\u3000"))), languages)
def test_what_white_space_parts_is_read_as_in_the_whole(text: str, language: str) -> None:
    """Building an index reads a piece of a text once, however often it occurs; everything else reads texts whole."""
    analyser = analyser_for(language)
    whole = [(token.term, token.word, token.is_stop_word) for token in analyser.tokens(text)]
    speech = blank_sounds(text)
    parted = re.sub(f"[{re.escape(ASCII_BETWEEN_WORDS)}]| ?, ", " ", speech)
    for pieces in (speech.split(), parted.split(), parted.split(" "), [parted], [speech]):
        assert [term for piece in pieces for term in analyser.read_terms(piece)] == whole


@given(
    st.text(st.sampled_from("abdeginorstwyTHE019"), min_size=1, max_size=12), st.sampled_from(["en", "fr", "tr", "xx"])
)
def test_plain_words_are_read_as_any_other_word(word: str, language: str) -> None:
    """They have a shorter way of their own."""
    analyser = analyser_for(language)
    assert analyser._stretch_parts(word) == tuple(analyser._read_words(word))


WORDS = ["the ", "don't ", "C++ ", "1,000 ", "[Music]", "l'eau ", "col·lega ", "aux"]
PIECES = st.sampled_from([*WORDS, *"abC1é’'\"+#,-.·[] \n\u3000\u200b\u200dß機械の习ใน은"])


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["en", "fr", "tr", "fa", "zh", "xx"]), st.data())
def test_wanted_tokens_are_those_of_all_tokens(text: str, language: str, data: st.DataObject) -> None:
    analyser = analyser_for(language)
    every = list(analyser.tokens(text))
    wanted = data.draw(st.frozensets(st.sampled_from(sorted({token.term for token in every} | {"none"})), max_size=4))
    assert analyser.find_tokens(text, wanted) == [token for token in every if token.term in wanted]
