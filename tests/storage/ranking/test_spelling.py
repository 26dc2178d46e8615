"""Repairs of questions: words that are spelt right are left alone, and slips are undone by what they cost."""

from __future__ import annotations

import itertools
import string
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.analysis import stop_words_of, word_list
from storage.models import GlossaryEntry, Question, RepairKind, Segment, Video
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.query.families import are_family
from storage.ranking.query.slips import have_swapped, slip_cost
from storage.ranking.query.spelling import Correction, SpellingCorrector
from storage.ranking.query.terms import STOP_WORD_CREDIT
from storage.ranking.search import Ranking, Searcher

WORDS = [
    "transformer", "network", "learning", "supervised", "length", "attention", "moment", "player", "steven", "five",
    "fine", "mail", "coda", "old", "clue", "cute", "past", "port", "lots", "both", "boat", "days", "wide", "wise",
    "violin", "lantern",
]  # fmt: skip


def index_of(*texts: str, title: str = "", creator: str = "", language: str = "en") -> IndexPart:
    segments = [Segment(30.0 * number, 30.0 * number + 30, text) for number, text in enumerate(texts)]
    return build_index([(Video("v", title, creator=creator), segments)], language)


SAID = index_of(" ".join(WORDS))


def ask(words: str, *indexes: IndexPart, glossary: Sequence[GlossaryEntry] = (), language: str = "en") -> Ranking:
    searcher = Searcher(indexes, language, glossary)
    return searcher.search(Question(words, words), 10, [None] * len(indexes))


def repairs(words: str, *indexes: IndexPart, language: str = "en") -> dict[str, tuple[str, RepairKind | None]]:
    terms = ask(words, *indexes, language=language).terms
    return {term.word: (term.repaired_to, term.repair_kind) for term in terms if term.repaired_to}


# Words that are spelt right.


@pytest.mark.parametrize(
    "words",
    [
        "can a neuron fire",
        "a hold cue",
        "when can I post it",
        "got lost",
        "good bot",
        "movement prayer stephen",
        "Fire!",
        "curricula",
        "neurons",
    ],
)
def test_a_word_that_is_ordinary_in_the_language_is_never_respelt(words: str) -> None:
    assert repairs(words, SAID) == {}
    assert ask(words, SAID).searched_for is None


@settings(max_examples=200)
@given(st.sampled_from(WORDS), st.integers(0, 10), st.sampled_from(["", *string.ascii_lowercase]), st.booleans())
def test_whatever_is_typed_a_listed_word_is_not_respelt_and_what_is_meant_is_said(
    word: str, place: int, letter: str, replaces: bool
) -> None:
    place %= len(word)
    typed = word[:place] + letter + word[place + replaces :]
    for term in ask(typed, SAID).terms:
        if term.repair_kind is RepairKind.RESPELT:
            assert term.word not in word_list("en")
            assert all(SAID.word_count(said) for said in term.repaired_to.split())
            assert 0 <= term.credit < 1


def test_british_spellings_of_listed_words_are_right_too() -> None:
    index = index_of("a colonel and colors", "organist")
    assert "colours" not in word_list("en")
    assert repairs("colours", index) == {}, "the same word, said"
    assert repairs("organise", index) == {}


def test_each_language_has_its_own_words() -> None:
    german = index_of("die bilder und der wagen", language="de")
    assert repairs("wagon", german, language="de") == {}, "listed there"
    assert repairs("bildre", german, language="de") == {"bildre": ("bilder", RepairKind.RESPELT)}
    assert repairs("violn", index_of("violin", language="sv"), language="sv") == {
        "violn": ("violin", RepairKind.RESPELT)
    }, "a language without a list"


def test_words_of_the_language_that_a_question_is_asked_in_are_left_alone() -> None:
    assert repairs("wie lernt das gehirn?", SAID) == {}
    assert repairs("wie", SAID) == {}
    english = index_of("days of our lives")
    assert repairs("was lernt das gehirn", english) == {}
    assert repairs("how many das", english) == {"das": ("days", RepairKind.RESPELT)}, "an English question"


# What may still be done with them.


def test_ordinary_words_are_taken_apart_only_into_words_said_together_twice() -> None:
    assert "leftmost" in word_list("en")
    once, twice = index_of("the left most one"), index_of("the left most one", "left most")
    assert repairs("leftmost", once) == {}
    assert repairs("leftmost", twice) == {"leftmost": ("left most", RepairKind.SPLIT)}
    assert repairs("reedit", index_of("we re edit", "and re edit")) == {}, "a half is too short"
    assert repairs("typetool", index_of("the type tool")) == {"typetool": ("type tool", RepairKind.SPLIT)}


def test_ordinary_words_may_be_joined_and_may_have_other_marks() -> None:
    assert repairs("art board", index_of("the artboard")) == {"art board": ("artboard", RepairKind.JOINED)}
    assert repairs("resume", index_of("a résumé")) == {"resume": ("résumé", RepairKind.MARKS)}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("curricula", "curriculum"),
        ("matrices", "matrix"),
        ("phenomena", "phenomenon"),
        ("exposer", "exposure"),
        ("grey", None),
        ("movement", None),
        ("regulate", None),
        ("properly", None),
    ],
)
def test_other_forms_of_a_word_are_found_with_full_trust_and_nothing_is_told(typed: str, said: str | None) -> None:
    index = index_of("curriculum matrix phenomenon exposure great moment regular property")
    ranking = ask(typed, index)
    assert ranking.searched_for is None
    if said is None:
        assert [term.alternatives for term in ranking.terms] == [()]
    else:
        (term,) = ranking.terms
        assert (term.repaired_to, term.repair_kind, term.credit) == (said, RepairKind.FAMILY, 1.0)
        assert ranking.ranked


@pytest.mark.parametrize(
    "pair",
    ["county count", "treaty treat", "factory factor", "directory director", "communist community", "commune community",
     "universe university", "graphing graphics", "statement states"],
)  # fmt: skip
def test_words_that_only_look_like_forms_of_one_are_no_family(pair: str) -> None:
    left, right = pair.split()
    assert not are_family(left, right, "en")
    assert not are_family(right, left, "en")


def test_a_family_has_a_common_start_of_five_letters() -> None:
    assert not are_family("move", "moves", "en")
    assert not are_family("statement", "states", "en")
    assert are_family("créatif", "création", "fr")
    assert are_family("chanter", "chantait", "fr")
    assert not are_family("chanter", "chantait", "xx")
    assert not are_family("lantern", "lantern", "en")


def test_a_word_of_a_thousand_letters_takes_no_time() -> None:
    assert repairs("our" * 1000 + " " + "a" * 1000, SAID) == {}


# Slips.


@pytest.mark.parametrize(
    ("typed", "meant", "cost"),
    [
        ("lenght", "length", 0.7),
        ("vilin", "violin", 0.87),
        ("vioolin", "violin", 0.65),
        ("comon", "common", 0.65),
        ("vielin", "violin", 0.75),
        ("vioxin", "violin", 1.0),
        ("viokin", "violin", 0.85),
        ("iolin", "violin", 1.47),
        ("biolin", "violin", 1.45),
        ("ivolin", "violin", 1.3),
        ("vvolin", "violin", 1.0),
        ("violin", "violin", 0.0),
        ("netwrkos", "networks", 1.74),
        ("dissaturated", "desaturated", 1.4),
    ],
)
def test_slips_cost_by_their_kind(typed: str, meant: str, cost: float) -> None:
    assert slip_cost(typed, meant, "en") == pytest.approx(cost)
    assert slip_cost(meant, typed, "en") == pytest.approx(cost)


def test_keys_lie_side_by_side_by_the_languages_keyboard() -> None:
    assert slip_cost("satz", "satt", "de") == pytest.approx(0.85)
    assert slip_cost("satz", "satt", "en") == pytest.approx(1.0)
    assert slip_cost("mazin", "matin", "fr") == pytest.approx(1.0)
    assert slip_cost("окна", "окга", "ru") == pytest.approx(0.85)


@given(st.text("abcdef", max_size=7), st.text("abcdef", max_size=7), st.sampled_from(["en", "de", "fr"]))
def test_costs_are_the_same_both_ways_and_nothing_only_for_the_same_word(left: str, right: str, language: str) -> None:
    assert slip_cost(left, right, language) == pytest.approx(slip_cost(right, left, language))
    assert (slip_cost(left, right, language) == 0) == (left == right)
    assert have_swapped(left, right) == have_swapped(right, left)


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("transfomer", "transformer"),
        ("netwrok", "network"),
        ("semi supervized learing", "semi supervised learning"),
        ("lenght", "length"),
        ("attenion", "attention"),
        ("ransformer", "transformer"),
        ("rtansformer", "transformer"),
        ("WHAT IS A TRANSFOMER", "WHAT IS A transformer"),
        ("What Is A Transfomer", "What Is A transformer"),
        ("Transfomer networks", "transformer networks"),
        ("Really? Transfomer networks", "Really? transformer networks"),
    ],
)
def test_slips_are_undone(typed: str, searched: str) -> None:
    assert ask(typed, SAID).searched_for == searched
    assert ask(typed, SAID).ranked


def test_the_likeliest_guess_is_told_alone_and_the_next_is_searched_only_where_it_is_nearly_as_likely() -> None:
    near = index_of("selection", "section")
    (term,) = ask("selction", near).terms
    assert (term.repaired_to, term.alternatives) == ("selection", (("select",), ("section",)))
    assert ask("selction", near).searched_for == "selection"
    far = index_of(*["selection"] * 9, "section")
    assert ask("selction", far).terms[0].alternatives == (("select",),)


def test_what_is_said_more_often_is_likelier() -> None:
    assert repairs("lantrn", index_of("lantern", "lantrin"))["lantrn"][0] == "lantern"
    often = index_of("lantern", *["lantrin"] * 30)
    assert repairs("lantrn", often)["lantrn"][0] == "lantrin"


def test_another_letter_in_a_short_word_must_make_a_word_that_is_often_said() -> None:
    assert repairs("kuda", index_of("the koda")) == {}
    assert repairs("kuda", index_of(*["the koda"] * 3)) == {"kuda": ("koda", RepairKind.RESPELT)}
    assert repairs("vido", index_of("the video")) == {"vido": ("video", RepairKind.RESPELT)}


# Names.


@pytest.mark.parametrize(
    "words", ["LSTM", "what is MAML", "LoRA models", "who is Karp", "GPTS", "MAML AND LSTM", "WHAT IS MAML"]
)
def test_names_and_acronyms_are_not_respelt(words: str) -> None:
    index = index_of("the lst file", *["mail", "care", "lora", "kart", "get"] * 12)
    assert repairs(words, index) == {}


def test_names_are_respelt_where_two_letters_changed_places() -> None:
    index = index_of("hopfield schmidhuber")
    assert repairs("what did Hopfeild say", index) == {"hopfeild": ("hopfield", RepairKind.RESPELT)}
    assert repairs("what did Hopfeld say", index) == {}
    assert repairs("what did hopfeld say", index) == {"hopfeld": ("hopfield", RepairKind.RESPELT)}
    assert repairs("what did HopfeilD say", index) == {"hopfeild": ("hopfield", RepairKind.RESPELT)}


def test_acronyms_are_found_where_the_captions_took_them_apart() -> None:
    index = index_of("the LS TM cell", "lst")
    for typed in ("LSTM", "lstm", "what is an LSTM"):
        assert repairs(typed, index) == {"lstm": ("ls tm", RepairKind.SPLIT)}


def test_german_nouns_are_no_names() -> None:
    german = index_of("die backpropagation", language="de")
    repaired = {"backpropogation": ("backpropagation", RepairKind.RESPELT)}
    assert repairs("was ist Backpropogation", german, language="de") == repaired


def test_words_with_digits_are_never_respelt() -> None:
    assert repairs("gpt2 mp3 covid19", index_of("gpt mp covid gpt3 mp4 covid18")) == {}


# Names that the scope knows.


def test_words_of_titles_creators_and_the_glossary_are_known() -> None:
    said = "transformers and violins"
    for index in (index_of(said, title="Transfomers"), index_of(said, creator="Ana Transfomers")):
        assert repairs("transfomers", index) == {}
        assert ask("transfomers", index).searched_for is None
    for entry in (GlossaryEntry("transfomers", "lantern"), GlossaryEntry("lantern", "Transfomers")):
        assert ask("transfomers", index_of(said), glossary=[entry]).searched_for is None
    assert ask("transfomers", index_of(said)).searched_for == "transformers"


def test_creators_of_removed_videos_are_not_known() -> None:
    videos = [
        (Video("a", creator="Transfomers"), [Segment(0, 9, "x")]),
        (Video("b"), [Segment(0, 9, "the transformers")]),
        (Video("c", creator="Ana"), [Segment(0, 9, "y")]),
    ]
    index = build_index(videos, "en")
    assert index.creators() == {"Transfomers", "", "Ana"}
    assert ask("transfomers", index).searched_for is None
    assert index.without_videos([0]).creators() == {"", "Ana"}
    assert ask("transfomers", index.without_videos([0])).searched_for == "transformers"


def test_a_name_that_is_said_in_two_words_is_found_and_nothing_is_told() -> None:
    index = index_of("the xl net model", title="XLNet explained")
    ranking = ask("xlnet", index)
    (term,) = ranking.terms
    assert (term.alternatives, term.repaired_to) == ((("xlnet",), ("xl", "net")), "")
    assert ranking.searched_for is None
    assert ranking.ranked


def test_both_halves_of_a_word_are_needed_though_one_is_a_stop_word() -> None:
    (term,) = ask("zoomout", index_of("zoom out")).terms
    assert term.alternatives == (("zoom", "_out"),)


def test_a_listed_word_is_taken_apart_without_a_word() -> None:
    index = index_of("hello to every one of you", "to every one", "the xl net")
    ranking = ask("hello there everyone", index)
    assert {term.word: term.alternatives for term in ranking.terms}["everyone"] == (("everi", "one"),)
    assert ranking.searched_for is None
    assert ask("xlnet everyone", index).searched_for == "xl net everyone"


# Function words.


@pytest.mark.parametrize(
    "typed",
    [
        "teh",
        "waht",
        "wiht",
        "becuase",
        "thier",
        "whcih",
        "hte",
        "hwat",
        "becouse",
        "wich",
        "wht",
        "wath",
        "whay",
        "tje",
        "thr",
        "fo",
    ],
)
def test_a_misspelt_function_word_vanishes(typed: str) -> None:
    near = index_of("a violin, a hat on its way, wat")
    for index in (index_of("a violin"), near, index_of("a violin, because with the which what their of")):
        ranking = ask(f"{typed} violin", index)
        assert [term.word for term in ranking.terms] == ["violin"]
        assert ranking.searched_for is None


@pytest.mark.parametrize(
    "name", ["ot", "aws", "ehr", "sso", "iff", "herz", "todo", "EHR", "xor", "si", "amd", "FO", "TJE"]
)
def test_what_may_be_a_name_does_not_vanish(name: str) -> None:
    ranking = ask(f"{name} violin", index_of("a violin by her, not as it was too"))
    assert [term.word for term in ranking.terms] == [name.lower(), "violin"]


def test_a_content_word_that_is_nearer_does_not_vanish() -> None:
    assert repairs("thre", index_of("three", "there")) == {"thre": ("three", RepairKind.RESPELT)}


def test_function_words_are_spelt_right_beside_other_repairs() -> None:
    assert ask("waht is teh transfomer", SAID).searched_for == "what is the transformer"


def test_a_question_of_misspelt_function_words_alone_is_searched_by_them() -> None:
    ranking = ask("teh", index_of("the violin"))
    assert [(term.alternatives, term.credit) for term in ranking.terms] == [((("_the",),), STOP_WORD_CREDIT)]
    assert ranking.ranked
    assert ask("teh", SAID).terms == ()


def test_a_word_that_a_question_repeats_is_corrected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []
    find = SpellingCorrector.find_spellings

    def note(speller: SpellingCorrector, word: str) -> list[Correction]:
        sought.append(word)
        return find(speller, word)

    monkeypatch.setattr(SpellingCorrector, "find_spellings", note)
    ranking = ask("transfomer netwrok " * 50, SAID)
    assert ranking.searched_for == " ".join(["transformer network"] * 50)
    assert sought == ["transfomer", "netwrok"]
    # As what may be a name it is another word, and the next question is read anew.
    assert [term.alternatives for term in ask("Is netwrok Netwrok", SAID).terms] == [(("network",),)]
    assert ask("the vilin Vilin", SAID).searched_for == "the violin Vilin"


# The index.


@pytest.mark.parametrize("language", ["en", "ru", "xx"])
def test_words_are_found_by_their_beginning_and_length(language: str) -> None:
    words = ["lantern", "lanterns", "lan", "lar", "violin", "лампа", "лама", "été", "étude", "l4n", "étu"]
    index = index_of(" ".join(words), language=language)
    for start, (shortest, longest) in itertools.product(
        ["l", "la", "lan", "lantern", "ла", "é", "ét", "z"], [(1, 9), (3, 3), (4, 7)]
    ):
        expected = {word for word in words if word.startswith(start) and shortest <= len(word) <= longest}
        assert set(index.words_beginning(start, shortest, longest)) == {word for word in expected if word.isalpha()}
    assert index.first_letters() == {"l", "v", "л", "é"}


def test_stop_words_are_read_once() -> None:
    assert stop_words_of("en") is stop_words_of("en")
