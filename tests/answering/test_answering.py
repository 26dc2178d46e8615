"""From hits to an answer: parsing, passages, excerpts, seconds, links, and how sure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answer import BESIDE_BEST, compose_answer, merge_answers
from bot.answering.excerpts import QUOTE_LENGTH, quote_densest
from bot.answering.links import link_at
from bot.answering.matching import Matcher
from bot.answering.passages import build_passage, note_edges
from bot.answering.question import parse_question
from bot.answering.sureness import (
    CLOSEST,
    CLOSEST_WITH_MEANING,
    CONFIDENT,
    CONFIDENT_WITH_MEANING,
    SurenessThresholds,
    compute_sureness,
)
from bot.answering.values import AnswerLevel, OtherPlace, Passage
from bot.errors import EmptyQuestion
from bot.timecodes import timecode
from storage import access
from storage.analysis import analyser_for
from storage.models import CueMark, Hit, Question, QuestionTerm, RankedPlace, SearchResult, Segment, Video

VIDEO = Video("dQw4w9WgXcQ", "A talk", url="https://www.youtube.com/watch?v=dQw4w9WgXcQ")

RARE_OF_THREE = math.log(1 + 1.5 / 2.5)
"""What a word weighs that two of three segments say: three are the fewest that count."""


def matcher_for(question: str, unknown: str = "") -> Matcher:
    parsed = parse_question(question)
    return Matcher(parsed, findings_for(parsed, unknown))


def findings_for(question: Question, unknown: str = "") -> SearchResult:
    """What a search would say of a question's words, each of the same weight."""
    words = " ".join((question.words, *question.phrases))
    terms = [
        QuestionTerm(token.word, () if token.word in unknown.split() else ((token.term,),), 1.0)
        for token in analyser_for("en").tokens(words)
        if not token.is_stop_word
    ]
    return SearchResult((), tuple(terms), "en", ideal_score=1.0, scope=access.sample_scope())


def passage(*texts: str, video: Video = VIDEO, score: float = 1.0) -> Passage:
    segments = tuple(Segment(30.0 * n, 30.0 * n + 30, text) for n, text in enumerate(texts))
    return Passage(video, segments, score)


texts = (
    st.text(st.sampled_from("abcdefg.,! éße\u0301猫機械。、」👩\u200d"), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(st.lists(texts, min_size=1, max_size=3), st.text("abcdefg 猫機械", min_size=1))
def test_a_quote_is_a_verbatim_substring_and_highlights_point_into_it(parts: list[str], words: str) -> None:
    try:
        matcher = matcher_for(words)
    except EmptyQuestion:
        return
    given_passage = passage(*parts)
    found = quote_densest(given_passage, matcher)
    assert found.quote
    assert found.quote in given_passage.text
    assert found.quote == found.quote.strip()
    assert found.starts_sentence or not given_passage.text.startswith(found.quote)
    assert 0 <= found.start_second <= found.end_second <= given_passage.segments[-1].end_second
    last = 0
    for start, end in found.highlights:
        assert last <= start < end <= len(found.quote)
        last = end


@given(st.integers(0, 60), st.integers(1, 30))
def test_words_are_never_cut(place: int, size: int) -> None:
    words = [f"{'x' * size}{n}" for n in range(80)]
    words[place] = "needle"
    found = quote_densest(passage(" ".join(words)), matcher_for("needle"))
    assert set(found.quote.split()) <= set(words)
    assert "needle" in found.quote


def test_the_excerpt_is_the_densest_stretch() -> None:
    filler = "nothing of note is said in this long stretch of talk about the weather. " * 6
    text = f"a lantern early. {filler}The copper lantern hangs in the harbour. {filler}a harbour late."
    found = quote_densest(passage(text), matcher_for("copper lantern harbour"))
    assert "The copper lantern hangs in the harbour." in found.quote
    assert len(found.quote) <= QUOTE_LENGTH
    marked = [found.quote[start:end] for start, end in found.highlights]
    assert marked[:2] == ["copper lantern", "harbour"]


def test_an_excerpt_begins_with_a_sentence_where_it_can() -> None:
    text = (
        "so that was that and more. " * 12
        + "The copper lantern hangs here for all to see. "
        + "and on and on it goes. " * 12
    )
    found = quote_densest(passage(text), matcher_for("copper lantern"))
    before = text[: text.index(found.quote)].rstrip()
    assert before.endswith(".")


def marked(*cues: tuple[float, str]) -> Segment:
    text, marks = "", []
    for start, words in cues:
        text += " " * bool(text)
        marks.append(CueMark(len(text), start))
        text += words
    return Segment(float(int(cues[0][0])), cues[-1][0] + 3, text, tuple(marks))


def test_with_cues_the_start_is_exact_to_the_cue() -> None:
    cues = [(10.5 + 3 * n, f"filler words number {n} go on for a while here") for n in range(12)]
    cues[9] = (37.5, "the copper lantern hangs in the harbour today")
    segment = marked(*cues)
    found = quote_densest(Passage(VIDEO, (segment,), 1.0), matcher_for("copper lantern"))
    begins = next(start for start, words in cues if found.quote.startswith(words))
    assert found.start_second == begins
    assert (found.link_second, found.link) == (37.5, f"{VIDEO.url}&t=37s"), "the words come late"


def test_without_cues_the_start_is_estimated_a_second_early_and_never_before_its_segment() -> None:
    words = ["word"] * 200
    words[150] = "needle"
    segment = Segment(100.0, 200.0, " ".join(words))
    found = quote_densest(Passage(VIDEO, (segment,), 1.0), matcher_for("needle"))
    before = segment.text.index("needle") - found.quote.index("needle")
    assert before > 0
    assert found.start_second == pytest.approx(100 + 100 * before / len(segment.text) - 1, abs=0.001)
    first = quote_densest(Passage(VIDEO, (Segment(0.0, 9.0, "needle first"),), 1.0), matcher_for("needle"))
    assert first.start_second == 0.0


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc&t=83s"),
        ("https://youtu.be/abc", "https://youtu.be/abc?t=83s"),
        ("https://www.youtube.com/watch?v=abc&list=x", "https://www.youtube.com/watch?v=abc&list=x&t=83s"),
        ("https://vimeo.com/123", "https://vimeo.com/123#t=83s"),
        ("https://cdn.example.org/talk.mp4", "https://cdn.example.org/talk.mp4#t=83"),
        ("https://podcasts.apple.com/us/podcast/a/id1?i=2", "https://podcasts.apple.com/us/podcast/a/id1?i=2"),
        ("", ""),
    ],
)
def test_links_open_at_the_second(url: str, link: str) -> None:
    assert link_at(url, 83.9) == link


def test_a_link_is_never_negative() -> None:
    assert link_at("https://youtu.be/abc", -3) == "https://youtu.be/abc?t=0s"


def joined(*segments: Segment, hit: int, question: str = "x") -> tuple[float, ...]:
    found = build_passage(Hit(VIDEO, segments[hit], 1.0), segments, matcher_for(question))
    return tuple(segment.start_second for segment in found.segments)


def test_a_hit_is_joined_with_its_neighbours_but_not_across_a_silence() -> None:
    a, b, c, d = Segment(0, 30, "a"), Segment(30, 60, "b"), Segment(69, 90, "c"), Segment(101, 120, "d")
    assert joined(a, b, c, d, hit=1) == (0, 30, 69)
    assert joined(a, b, c, d, hit=2) == (30, 69)
    assert joined(a, b, c, d, hit=3) == (101,)


def test_a_passage_knows_whether_a_sentence_runs_into_it_and_speech_goes_on_after_it() -> None:
    texts = "and so.", "it was", "and then", "it was over"
    a, b, c, d = around = [Segment(30.0 * n, 30.0 * n + 30, text) for n, text in enumerate(texts)]
    e = Segment(140.0, 150.0, "much later")

    def edges(*segments: Segment) -> tuple[bool, bool]:
        found = note_edges(Passage(VIDEO, segments, 1.0), [*around, e])
        quote = quote_densest(found, matcher_for("it was"))
        assert (quote.starts_sentence, quote.ends_sentence) == (not found.continues_sentence, not found.goes_on)
        return found.continues_sentence, found.goes_on

    assert edges(b, c) == (False, True), "a sentence ends before it"
    assert edges(c, d) == (True, False), "a silence follows, and ends the speech"
    assert edges(b, c, d) == (False, False)
    assert note_edges(Passage(VIDEO, (a,), 1.0), [a]) == Passage(VIDEO, (a,), 1.0)
    assert quote_densest(note_edges(Passage(VIDEO, (a,), 1.0), [a, b]), matcher_for("so")).ends_sentence


def test_nothing_excluded_is_joined_in() -> None:
    a, b, c = Segment(0, 30, "a violin here"), Segment(30, 60, "copper music"), Segment(60, 90, "box opens")
    assert joined(a, b, c, hit=1, question="copper -violin") == (30, 60)
    assert joined(a, b, c, hit=1, question='copper -"music box"') == (30,)


def answer_to(
    question: str, *passages: Passage, unknown: str = "", limit: int = 5, cuts: SurenessThresholds | None = None
):  # type: ignore[no-untyped-def]
    parsed = parse_question(question)
    result = findings_for(parsed, unknown)
    return compose_answer(result, passages, Matcher(parsed, result), limit, cuts)


def test_how_sure_depends_on_the_share_of_the_best_possible_score_and_on_the_score() -> None:
    cuts = SurenessThresholds(confident=0.5, closest=0.25)
    even = RARE_OF_THREE ** (1 / 3)
    for score, found in (
        (1.001 * even, AnswerLevel.CONFIDENT),
        (0.99 * even, AnswerLevel.CLOSEST),
        (0.49 * even, AnswerLevel.CLOSEST),
        (0.48 * even, AnswerLevel.NOTHING),
    ):
        answer = answer_to("copper lantern zebra", passage("copper", score=score), cuts=cuts, unknown="zebra")
        evidence = score * math.sqrt(score / RARE_OF_THREE)
        assert (answer.level, answer.sureness) == (found, pytest.approx(evidence / (evidence + 1)))


def test_covered_wholly_by_words_that_say_little_is_not_sure() -> None:
    """The share of the best possible score is the same; in a large library the score of a common word is low."""

    def sure(score: float, ideal: float, segments: int) -> float:
        term = QuestionTerm("copper", (("copper",),), ideal)
        result = SearchResult(
            (), (term,), "en", ideal_score=ideal, segments_in_reach=segments, scope=access.sample_scope()
        )
        return compute_sureness(score, result)

    assert sure(6.0, 10.0, 1000) > 1.5 * sure(0.6, 1.0, 1000)
    assert sure(6.0, 10.0, 1000) > sure(6.0, 10.0, 1_000_000), "there is more that could have said it"


def test_nothing_found_names_the_unknown_words_and_the_nearest_there_is() -> None:
    said = passage("copper and lantern and violin", score=0.01)
    nothing = answer_to("copper meadow thunder pepper saddle", said, unknown="pepper saddle")
    assert nothing.level is AnswerLevel.NOTHING
    assert nothing.excerpts == ()
    assert nothing.unknown_terms == ("pepper", "saddle")
    assert [near.quote for near in nothing.near_misses] == [said.text]


def test_what_nobody_says_in_a_script_without_spaces_is_told_as_it_was_typed() -> None:
    def told(question: str, *unknown: str) -> tuple[str, ...]:
        """The unknown words of an answer from so many languages, each of which knows other words."""
        return merge_answers([answer_to(question, unknown=each) for each in unknown], 5).unknown_terms

    assert told("反向传播 zebra 机器", "反向 向传 传播 zebra 机器") == ("反向传播", "zebra", "机器")
    assert told("反向传播", "传播") == ("传播",)
    assert told("abba bab", "abba bab") == ("abba", "bab")
    assert told("学习 习惯", "学习 习惯") == ("学习", "习惯"), "typed apart"
    assert told("反向传播", "反向 向传 传播", "向传 传播") == ("向传播",), "what neither language knows"


def test_no_passage_at_all_is_nothing_found() -> None:
    assert answer_to("copper").level is AnswerLevel.NOTHING
    assert answer_to("copper", cuts=SurenessThresholds(0.0, 0.0)).level is AnswerLevel.NOTHING


def test_a_guess_counts_by_how_far_it_can_be_trusted() -> None:
    typed = QuestionTerm("copper", (("copper",),), 1.0)
    guessed = QuestionTerm("lantrn", (("lantern",),), 3.0, repaired_to="lantern", credit=0.5)
    unknown = QuestionTerm("zebra", (), 9.0)

    def share(*terms: QuestionTerm) -> float:
        """How much of the highest score is trusted, of eight tenths."""
        sure = compute_sureness(0.8, SearchResult((), terms, "en", ideal_score=1.0, scope=access.sample_scope()))
        return sure / (1 - sure)

    whole = 0.8 * math.sqrt(0.8 / RARE_OF_THREE)
    assert share(typed) == share(typed, unknown) == pytest.approx(whole), "what is unknown lowers the score itself"
    assert share(guessed) == pytest.approx(whole * 0.5**1.5)
    assert share(typed, guessed) == pytest.approx(whole * ((1 + 3 * 0.5) / 4) ** 1.5)
    assert compute_sureness(0.0, SearchResult((), (typed,), "en", ideal_score=1.0, scope=access.sample_scope())) == 0.0
    assert compute_sureness(1.0, SearchResult((), (), "en", scope=access.sample_scope())) == 0.0


def read_result(*similarities: float, segments: int = 100, ideal: float = 10.0) -> SearchResult:
    """What a search finds that a model has read: hits of these similarities."""
    ranked = tuple(RankedPlace("shared", VIDEO, 0.0, 10.0, similarity) for similarity in similarities)
    terms = (QuestionTerm("copper", (("copper",),), 1.0),)
    return SearchResult(
        (), terms, "en", ideal_score=ideal, segments_in_reach=segments, ranked=ranked, scope=access.sample_scope()
    )


def test_what_a_model_has_read_is_cut_at_one_height_for_every_library() -> None:
    confident, closest = (CONFIDENT_WITH_MEANING, CONFIDENT), (CLOSEST_WITH_MEANING, CLOSEST)
    for segments, (cut, threshold) in ((3, confident), (10**6, confident), (50, closest)):
        enough = 5.0 / math.log(1 + (segments - 1.5) / 2.5)
        similarity = (cut - math.log(0.5) - 0.5 * math.log(enough)) / 6
        sure = compute_sureness(5.0, read_result(similarity, segments=segments))
        assert sure == pytest.approx(threshold)


@given(st.floats(0.001, 99), st.floats(-1, 1), st.floats(0, 1), st.integers(0, 10**7))
def test_nearer_in_meaning_is_surer_and_never_certain(
    score: float, similarity: float, more: float, segments: int
) -> None:
    sure = compute_sureness(score, read_result(similarity, segments=segments))
    surer = compute_sureness(score, read_result(similarity + more, segments=segments))
    assert 0 < sure <= surer < 1


def test_the_nearest_of_the_first_five_counts() -> None:
    assert compute_sureness(5.0, read_result(0.1, 0.2, 0.1, 0.1, 0.4, 0.9)) == compute_sureness(5.0, read_result(0.4))
    assert compute_sureness(0.0, read_result(0.9)) == 0.0


def test_the_same_words_twice_are_shown_once_and_say_where_else() -> None:
    words = "and so the copper lantern in the harbour was lit again by the keeper every night of that long winter"
    other, third = Video("other", "The same talk", url="https://youtu.be/abcdefghijk"), Video("third", "Another")
    again = passage(f"welcome back {words} until they came home", video=other, score=0.9)
    different = passage("a copper lantern for the kitchen, and how to polish it", video=third, score=0.8)
    shown = answer_to("copper lantern", passage(words), again, different)
    assert [each.video for each in shown.excerpts] == [VIDEO, third]
    assert shown.excerpts[0].other_places == (OtherPlace(other, 4.373, "https://youtu.be/abcdefghijk?t=4s"),)
    assert shown.excerpts[1].other_places == ()


def test_the_same_words_are_told_also_when_the_list_is_full() -> None:
    again = passage("copper lantern in the harbour", video=Video("other"))
    shown = answer_to("copper lantern", passage("copper lantern in the harbour"), again, limit=1)
    assert [each.video.video_id for each in shown.excerpts[0].other_places] == ["other"]


def test_hangers_on_are_not_shown() -> None:
    best = passage("copper lantern violin harbour")
    just = passage("a copper meadow", video=Video("b"), score=BESIDE_BEST)
    less = passage("a harbour", video=Video("c"), score=BESIDE_BEST - 0.01)
    shown = answer_to("copper lantern violin harbour", best, just, less)
    assert [each.quote for each in shown.excerpts] == [best.text, just.text]


@pytest.mark.parametrize(
    ("second", "text"), [(0, "0:00"), (59.9, "0:59"), (754, "12:34"), (3723, "1:02:03"), (-4, "0:00")]
)
def test_moments_are_written_as_people_do(second: float, text: str) -> None:
    assert timecode(second) == text
