"""Ranking: rank-bm25's formula without its traps, titles, repair, and a total order."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from storage.analysis import analyser_for
from storage.models import ALL_FEATURES, Question, RankingFeature, RepairKind, Segment, Video
from storage.ranking.bm25 import SparseBM25
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.query.terms import STOP_WORD_CREDIT
from storage.ranking.search import Ranking, Searcher
from storage.ranking.weights import K1_AGAIN, TITLE_VIDEOS
from tests.support.libraries import index_of
from tests.support.okapi import OkapiBM25

WORDS = ["lantern", "harbour", "violin", "meadow", "copper", "thunder", "pepper", "saddle", "marble", "compass"]
texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=12)


def ask(words: str, *indexes: IndexPart, limit: int = 10, **parts: object) -> Ranking:
    question = Question(words, words, **parts)  # type: ignore[arg-type]
    return Searcher(indexes, "en").search(question, limit, [None] * len(indexes))


def found(ranking: Ranking, *indexes: IndexPart) -> list[tuple[str, float]]:
    return [
        (
            indexes[r.part].videos[indexes[r.part].video_of[r.doc]].video_id,
            float(indexes[r.part].starts[r.doc]),
        )
        for r in ranking.ranked
    ]


@given(texts, st.lists(st.sampled_from(WORDS), max_size=5))
def test_scores_under_okapis_policy_equal_rank_bm25s(corpus: list[str], query: list[str]) -> None:
    def analysed(text: str) -> list[str]:
        return [token.term for token in analyser_for("en").tokens(text)]

    ours = OkapiBM25([index_of(corpus)]).get_scores(analysed(" ".join(query)))
    theirs = BM25Okapi([analysed(text) for text in corpus]).get_scores(analysed(" ".join(query)))
    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-9)


@given(texts, st.integers(1, 3), st.sampled_from(WORDS))
def test_several_libraries_score_as_one_corpus(corpus: list[str], parts: int, word: str) -> None:
    size = math.ceil(len(corpus) / parts)
    split = [index_of(corpus[start : start + size]) for start in range(0, len(corpus), size)]
    term = analyser_for("en").term_of(word)
    together = SparseBM25([index_of(corpus)]).get_scores([term])
    assert SparseBM25(split).get_scores([term]).tolist() == together.tolist()


def test_a_library_changes_no_score_of_another() -> None:
    mine, theirs = index_of(["copper lantern", "violin"]), index_of(["copper copper", "lantern"])
    alone = ask("copper lantern", mine)
    ask("copper lantern", mine, theirs)
    assert ask("copper lantern", mine) == alone


@given(texts, st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join))
def test_scores_are_finite_never_negative_and_only_for_matches(corpus: list[str], words: str) -> None:
    index = index_of(corpus)
    ranking = ask(words, index)
    assert all(math.isfinite(r.score) and r.score > 0 for r in ranking.ranked)
    for ranked in ranking.ranked:
        near = corpus[max(0, ranked.doc - 1) : ranked.doc + 2]
        assert set(words.split()) & set(" ".join(near).split())


def test_rank_bm25s_traps_do_not_reach_us() -> None:
    assert ask("copper", index_of()).ranked == ()
    assert ask("copper").ranked == ()
    assert ask("copper", index_of([""])).ranked == ()
    two = index_of(["copper lantern"], ["violin meadow"])
    assert found(ask("copper", two), two) == [("v0", 0.0)], "as shipped, a match among two scores zero"
    every = index_of(["copper a"], ["copper b"], ["copper c"])
    assert len(ask("copper", every).ranked) == 3, "as shipped, a word in every segment scores below zero"


def test_equal_scores_are_ordered_by_video_then_start() -> None:
    same = index_of(["copper", "x", "copper"], ["copper", "y", "copper"])
    assert found(ask("copper", same), same) == [("v0", 0.0), ("v0", 60.0), ("v1", 0.0), ("v1", 60.0)]


def test_the_same_corpus_in_another_order_gives_the_same_answer() -> None:
    entries = [(Video(f"v{n}"), [Segment(0.0, 9.0, f"copper {word}")]) for n, word in enumerate(WORDS)]
    shuffled = random.Random(7).sample(entries, len(entries))
    left, right = build_index(entries, "en"), build_index(shuffled, "en")
    assert found(ask("copper violin", left), left) == found(ask("copper violin", right), right)


def test_a_title_finds_the_video_whose_captions_say_the_name_otherwise() -> None:
    index = index_of(["the xl net model permutes"], ["a violin model"], titles=["XLNet explained", "Violins"])
    ranking = ask("xlnet", index)
    assert found(ranking, index)[0] == ("v0", 0.0)
    assert ranking.searched_for is None, "the name is right"


def test_a_title_alone_is_enough_to_find_a_video() -> None:
    index = index_of(["we permute the words"], ["a violin"], titles=["Hopfield", "Violins"])
    assert found(ask("hopfield", index), index) == [("v0", 0.0)]


def test_of_too_many_videos_whose_title_fits_the_same_are_searched_however_they_are_numbered() -> None:
    def titles_found(*numbers: Sequence[int]) -> list[tuple[str, float]]:
        indexes = [build_index([titled(number) for number in some], "en") for some in numbers]
        return found(ask("copper", *indexes, limit=2 * TITLE_VIDEOS), *indexes)

    def titled(number: int) -> tuple[Video, list[Segment]]:
        return Video(f"v{number:02}", "Copper"), [Segment(0.0, 30.0, "a violin")]

    every = range(TITLE_VIDEOS + 10)
    expected = [(f"v{number:02}", 0.0) for number in every[:TITLE_VIDEOS]]
    assert titles_found(every) == titles_found(every[::-1]) == titles_found(every[::2], every[1::2]) == expected


def test_neighbouring_words_count_a_little() -> None:
    index = index_of(["copper", "x", "violin"], ["copper", "violin", "meadow"])
    assert found(ask("copper violin", index), index)[0][0] == "v1"


def test_of_equal_segments_the_one_whose_title_says_the_word_comes_first() -> None:
    index = index_of(["copper lantern"], ["copper lantern"], titles=["Violins", "Copper"])
    assert found(ask("copper", index), index) == [("v1", 0.0), ("v0", 0.0)]


def test_equal_scores_of_two_libraries_are_ordered_by_video_too() -> None:
    own, shared = index_of(["copper lantern"], first=5), index_of(["copper lantern"])
    assert found(ask("copper", own, shared), own, shared) == [("v0", 0.0), ("v5", 0.0)]


@pytest.mark.parametrize(
    ("typed", "searched", "kind"),
    [
        ("transfomer", "transformer", RepairKind.RESPELT),
        ("trasnformer", "transformer", RepairKind.RESPELT),
        ("tranfromers model", "transformers model", RepairKind.RESPELT),
        ("word piece", "wordpiece", RepairKind.JOINED),
        ("backpropagation", "back propagation", RepairKind.SPLIT),
        ("decor", "décor", RepairKind.MARKS),
        ("model", None, None),
    ],
)
def test_unknown_words_are_tried_as_their_closest_spelling_or_compound(
    typed: str, searched: str | None, kind: RepairKind | None
) -> None:
    index = index_of(["transformer transformers model transfer", "wordpiece", "back propagation of errors", "a décor"])
    ranking = ask(typed, index)
    assert ranking.searched_for == searched
    assert ranking.terms[0].repair_kind is kind
    assert ranking.ranked


def test_a_guess_at_a_short_word_is_trusted_less_than_one_at_a_long_word_or_a_slip() -> None:
    index = index_of(["the transformer is cool and bert is a model"])
    credits = {typed: ask(typed, index).terms[0].credit for typed in ("beryt", "modle", "transfomer", "cool")}
    assert credits["beryt"] < 0.5 < credits["modle"] <= credits["transfomer"] < credits["cool"] == 1.0


def test_known_words_short_words_and_numbers_are_left_alone() -> None:
    index = index_of(["transfer learning with cans in 2019", "transform"])
    for typed in ("transfer", "gan", "2018"):
        assert ask(typed, index).searched_for is None


def test_a_word_close_to_nothing_stays_unknown_and_weighs_the_most() -> None:
    index = index_of(["copper violin", "copper lantern"])
    term, known = ask("zeitgeist copper", index).terms
    assert (term.word, term.alternatives) == ("zeitgeist", ())
    assert term.weight > known.weight


def test_a_question_of_stop_words_alone_is_searched_by_them() -> None:
    index = index_of(["to be or not to be that is the question"], ["copper violin"])
    assert found(ask("to be or not", index), index) == [("v0", 0.0)]


def test_a_question_of_stop_words_alone_is_trusted_little() -> None:
    index = index_of(["who are you and what is this all about"], ["copper violin"])
    assert {term.credit for term in ask("who are you", index).terms} == {STOP_WORD_CREDIT}
    assert {term.credit for term in ask("", index, phrases=("who are you",)).terms} == {1.0}, "quoted, it was meant"
    assert {term.credit for term in ask("who are you violin", index).terms} == {1.0}


def test_a_phrase_must_stand_as_it_is_also_across_segments() -> None:
    index = index_of(["neural networks learn", "a network neural", "the neural"], ["the neural", "network learns"])
    ranking = ask("", index, phrases=("neural network",))
    assert set(found(ranking, index)) == {("v1", 0.0), ("v1", 30.0)}


def test_a_phrase_is_never_repaired() -> None:
    index = index_of(["the transformer model"])
    assert ask("", index, phrases=("transfomer model",)).ranked == ()


def test_excluded_words_and_phrases_are_in_no_hit() -> None:
    index = index_of(["copper violins", "x", "copper meadow"], ["copper", "y", "violin music copper"])
    assert set(found(ask("copper", index, exclusions=("violin",)), index)) == {("v0", 60.0), ("v1", 0.0)}
    kept = found(ask("copper", index, exclusions=("violin music",)), index)
    assert ("v1", 60.0) not in kept
    assert ("v0", 0.0) in kept


def test_exclusions_that_nobody_says_are_told() -> None:
    index = index_of(["copper violins", "x", "copper meadow"])
    asked = ask("copper", index, exclusions=("violn", "violins", "meadow copper", "copper meadow", "violn"))
    assert asked.unmatched_exclusions == ("violn", "meadow copper")


def test_phrases_that_nobody_says_are_told() -> None:
    index = index_of(["copper violins", "x", "copper meadow"])
    asked = ask("", index, phrases=("copper lantern", "violins", "lantern", "meadow copper", "copper meadow"))
    assert asked.unmatched_phrases == ("copper lantern", "meadow copper"), "single words are told as such"


def test_a_video_in_two_libraries_counts_once_the_first_wins() -> None:
    own, shared = index_of(["copper new"]), index_of(["copper old"], ["copper other"])
    assert {(r.part, r.doc) for r in ask("copper", own, shared).ranked} == {(0, 0), (1, 1)}


def test_only_the_videos_asked_for_are_ranked() -> None:
    index = index_of(["copper"], ["copper"], ["copper"])
    searcher = Searcher([index], "en")
    ranking = searcher.search(Question("copper", "copper"), 10, [frozenset({1})])
    assert found(ranking, index) == [("v1", 0.0)]


@settings(max_examples=30)
@given(texts)
def test_more_hits_continue_the_shorter_list(corpus: list[str]) -> None:
    index = index_of(corpus)
    assert ask("copper violin", index, limit=2).ranked == ask("copper violin", index, limit=9).ranked[:2]


def without(*steps: RankingFeature) -> frozenset[RankingFeature]:
    return ALL_FEATURES - set(steps)


def order(words: str, index: IndexPart, steps: frozenset[RankingFeature]) -> list[str]:
    ranking = Searcher([index], "en").search(Question(words, words), 10, [None], steps)
    return [video_id for video_id, _ in found(ranking, index)]


FAR = "saddle marble compass meadow thunder pepper harbour " * 2


@pytest.mark.parametrize(
    ("step", "words", "index"),
    [
        (
            RankingFeature.NEIGHBOURS,
            "copper violin",
            index_of(["copper x", "meadow"], ["copper x", "violin"], ["violin"]),
        ),
        (RankingFeature.PROXIMITY, "copper violin", index_of([f"copper {FAR} violin"], [f"{FAR} copper violin"])),
        (RankingFeature.TITLES, "copper", index_of(["copper x"], ["copper x"], titles=["Meadows", "Copper"])),
        (RankingFeature.VIDEO, "copper", index_of(["copper x", "y", "z", "y"], ["copper x", "y", "z", "copper"])),
        (RankingFeature.NGRAMS, "saturated copper", index_of(["copper thunder"], ["copper desaturate"], ["saturated"])),
    ],
    ids=lambda each: each.value if isinstance(each, RankingFeature) else None,
)
def test_each_step_of_the_second_stage_prefers_the_better_segment(
    step: RankingFeature, words: str, index: IndexPart
) -> None:
    """Beside the step in question only plain BM25 is at work, so that no other step decides."""

    def better(*steps: RankingFeature) -> bool:
        ranking = Searcher([index], "en").search(Question(words, words), 10, [None], frozenset(steps))
        places = found(ranking, index)
        return places.index(("v1", 0.0)) < places.index(("v0", 0.0))

    assert better(step)
    assert not better()


def test_pairs_count_by_their_nearness_and_order() -> None:
    texts = ["copper violin x y z", "copper x violin y z", "copper x y z violin", "violin copper x y z"]
    index = index_of(*[[text] for text in texts])
    assert order("copper violin", index, ALL_FEATURES) == ["v0", "v1", "v2", "v3"]


def test_without_repair_and_compounds_words_are_taken_as_typed() -> None:
    index = index_of(["transformer model", "wordpiece tokens"])
    assert order("transfomer", index, without(RankingFeature.SPELLING)) == []
    assert order("word piece", index, without(RankingFeature.COMPOUNDS, RankingFeature.SPELLING)) == []


def test_of_two_spellings_about_equally_likely_both_are_tried_and_one_is_told() -> None:
    index = index_of(["the selection tool"], ["the section tool"], ["one more section"])
    ranking = ask("selction", index)
    assert ranking.searched_for == "section", "the one said more often"
    assert {video for video, _ in found(ranking, index)} == {"v0", "v1", "v2"}


def test_of_spellings_equally_near_the_one_whose_letters_changed_places_is_meant() -> None:
    index = index_of(["what we want, we want, we want"])
    ranking = ask("waht lantern", index)
    assert [term.word for term in ranking.terms] == ["lantern"], "a common word is not looked for"
    assert ranking.searched_for is None, "so nothing is said of it"
    assert ask("waht we watn", index).searched_for == "what we want"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("evenement", "événement"),
        ("Événement", "evenement"),
        ("generalites", "généralités"),
        ("Schrodinger", "Schrödinger"),
        ("τεχνη", "τέχνη"),
        ("зеленый", "зелёный"),
    ],
)
def test_a_word_typed_without_its_marks_is_the_same_word(typed: str, said: str) -> None:
    index = index_of([f"about {said} and more"], ["lantern"])
    (term,) = ask(typed, index).terms
    assert (term.repaired_to, term.credit) == (said.lower(), 1.0)
    assert found(ask(typed, index), index) == [("v0", 0.0)]


def test_a_word_that_is_said_is_not_taken_for_one_with_marks() -> None:
    index = index_of(["the resume of a talk", "a résumé"])
    assert ask("resume", index).searched_for is None


def test_a_short_word_may_have_lost_a_letter_but_is_not_guessed_at_otherwise() -> None:
    index = index_of(["open the tool and cut"])
    assert ask("tol", index).searched_for == "tool"
    assert ask("cup", index).searched_for is None
    assert ask("tol", index).terms[0].credit == 0.0, "nobody is sure on the strength of that"


def test_known_words_are_searched_as_their_compound_too_without_a_word_about_it() -> None:
    index = index_of(["wordpiece tokens"], ["a word for the piece"], ["violin"])
    ranking = ask("word piece", index)
    assert {video for video, _ in found(ranking, index)} == {"v0", "v1"}
    assert ranking.searched_for is None


@given(texts, st.integers(1, 3))
def test_several_libraries_are_ranked_again_as_one_corpus(corpus: list[str], parts: int) -> None:
    """Pieces of words, whole videos and pairs too: statistics are the scope's, not a library's."""
    videos = [[text] for text in corpus]
    size = math.ceil(len(corpus) / parts)
    split = [index_of(*videos[n : n + size], first=n) for n in range(0, len(videos), size)]
    together, apart = index_of(*videos), ask("copper violin lantern", *split, limit=50)
    expected = ask("copper violin lantern", together, limit=50)
    scores = dict(zip(found(expected, together), [r.score for r in expected.ranked], strict=True))
    assert dict(zip(found(apart, *split), [r.score for r in apart.ranked], strict=True)) == pytest.approx(scores)


def test_what_is_known_of_a_question_tells_its_highest_score() -> None:
    index = index_of(["copper violin " * 40, "meadow"])
    ranking = ask("copper violin", index)
    assert ranking.ideal_score == pytest.approx((K1_AGAIN + 1) * sum(term.weight for term in ranking.terms))
    plain = Searcher([index], "en").search(Question("", "copper violin"), 10, [None], frozenset())
    assert 0.9 * ranking.ideal_score < plain.ranked[0].score < ranking.ideal_score


def test_context_decides_among_what_says_the_question() -> None:
    index = index_of(
        ["copper lantern violin violin violin"], ["thunder alone"], ["thunder and a copper lantern"], ["pepper lantern"]
    )
    assert found(ask("thunder", index), index)[0] == ("v1", 0.0)
    with_context = ask("thunder", index, context="copper lantern violin")
    assert [video for video, _ in found(with_context, index)] == ["v2", "v1"], (
        "none is shown that says only the context"
    )
    assert with_context.ideal_score == ask("thunder", index).ideal_score
    unsaid = ask("zebra", index, context="copper lantern")
    assert unsaid.ranked == ()
    assert [term.word for term in unsaid.terms if not term.alternatives] == ["zebra"]


def test_of_several_words_all_are_asked_for_where_one_says_all_and_a_title_counts() -> None:
    index = index_of(["thunder pepper"], ["thunder copper"], ["pepper copper"])
    found_of = found(ask("thunder pepper", index, context="copper"), index)
    assert [video for video, _ in found_of] == ["v0"]
    apart = index_of(["thunder copper"], ["pepper copper"], ["copper"])
    assert {video for video, _ in found(ask("thunder pepper", apart, context="copper"), apart)} == {"v0", "v1"}
    assert found(ask("thunder pepper", apart, context="zebra"), apart) == found(ask("thunder pepper", apart), apart)
