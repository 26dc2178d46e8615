"""What is quoted: how much, around which words, from which word on, and how often the answer stands in it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import asking, verdicts
from bot.answering.answer import FULL_QUOTES, Findings, answer_findings
from bot.answering.excerpts import (
    LENGTH_RANGE,
    LINE_LENGTH,
    MIN_LENGTH_SHARE,
    QUOTE_LENGTH,
    RUN_IN_SECONDS,
    SHORT_QUOTE_LENGTH,
    QuoteLine,
    quote_densest,
    quote_line,
    quote_whole,
)
from bot.answering.matching import Match, Matcher
from bot.answering.near_duplicates import MIN_OVERLAP, SHINGLE_WORDS, Wording
from bot.answering.question import parse_question
from bot.answering.quote_scorer import QuoteScorer
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import Answer, AnswerLevel, Passage, QuoteLengths
from storage import access
from storage.analysis import analyser_for
from storage.library import Library
from storage.models import (
    CueMark,
    Labels,
    Question,
    QuestionTerm,
    SearchResult,
    Segment,
    Source,
    SpeakerTurn,
    Video,
)
from tests.support.asking import ask
from tests.support.inputs.seed_questions import TALK_WORDS, holds, read_questions, words_of
from tests.support.project import SUBRIP_ID, SUBRIP_SEED

SHARED = access.host_scope()
VIDEO = Video("dQw4w9WgXcQ", "A talk", url="https://www.youtube.com/watch?v=dQw4w9WgXcQ")
MIN_SHARE = 0.68
"""Of the questions about the seed, how many are answered within the first three quotes at least."""
FILLER = "nothing of note was said about the weather of that day by anybody who was there "


def result_for(question: Question) -> SearchResult:
    words = " ".join((question.words, *question.phrases))
    terms = tuple(
        QuestionTerm(token.word, ((token.term,),), 1.0)
        for token in analyser_for("en").tokens(words)
        if not token.is_stop_word
    )
    return SearchResult((), terms, "en", ideal_score=1.0, scope=access.sample_scope())


def matcher_for(question: str) -> Matcher:
    parsed = parse_question(question)
    return Matcher(parsed, result_for(parsed))


def found_in(question: str, *passages: Passage) -> Findings:
    matcher = matcher_for(question)
    return Findings(result_for(matcher.question), passages, matcher)


def passage(*texts: str, score: float = 1.0, video: Video = VIDEO) -> Passage:
    return Passage(video, tuple(Segment(30.0 * n, 30.0 * n + 30, text) for n, text in enumerate(texts)), score)


def told_apart(words: str, number: int) -> str:
    """A long text about `words` that no other number shares."""
    return " ".join(f"{word}{number}" for word in FILLER.split() * 8) + f" {words} " + f"and{number} so on " * 80


@given(
    st.lists(st.text(st.sampled_from("abcde .,猫機。"), max_size=900), min_size=1, max_size=3), st.integers(200, 600)
)
def test_a_quote_has_nearly_its_length_where_the_passage_has_as_much(texts: list[str], length: int) -> None:
    given_passage = passage(*(" ".join(text.split()) or "a" for text in texts))
    found = quote_densest(given_passage, matcher_for("ab 猫"), length)
    assert min(length - LENGTH_RANGE, len(given_passage.text)) <= len(found.quote) <= length


def test_a_quote_in_full_has_500_to_600_characters() -> None:
    assert (QUOTE_LENGTH - LENGTH_RANGE, QUOTE_LENGTH) == (500, 600)
    assert QuoteLengths(QUOTE_LENGTH, QUOTE_LENGTH) == FULL_QUOTES


@pytest.mark.parametrize("length", [SHORT_QUOTE_LENGTH, QUOTE_LENGTH])
def test_a_quote_reaches_as_far_to_both_sides_of_what_matched(length: int) -> None:
    found = quote_densest(
        passage(FILLER * 10 + "the copper lantern hung there " + FILLER * 10), matcher_for("copper"), length
    )
    place = found.quote.index("copper")
    assert abs(place - (len(found.quote) - place)) < 100


def test_matches_that_are_far_apart_do_not_draw_a_quote_away_from_where_most_is_said() -> None:
    dense = "a copper lantern and the copper harbour with its lantern "
    text = f"{FILLER * 4}{dense}{FILLER * 7}one lantern {FILLER * 4}"
    found = quote_densest(passage(text), matcher_for("copper lantern harbour"))
    assert dense.strip() in found.quote
    assert found.quote.index(dense) > 150


@pytest.mark.parametrize("first", ["one lantern ", "a lantern and this lantern or that lantern "])
def test_of_two_places_with_the_same_words_the_one_that_repeats_them_is_quoted(first: str) -> None:
    places = ["one lantern ", "a lantern and this lantern or that lantern "]
    text = FILLER * 8 + first + FILLER * 8 + next(place for place in places if place != first) + FILLER * 8
    found = quote_densest(passage(text), matcher_for("lantern"), 300)
    assert "a lantern and this lantern or that lantern" in found.quote


@pytest.mark.parametrize("length", [SHORT_QUOTE_LENGTH, QUOTE_LENGTH])
@pytest.mark.parametrize("place", [12, 15, 17])
def test_a_quote_begins_and_ends_with_a_sentence_where_it_can(place: int, length: int) -> None:
    sentences = [f"Sentence {n}, if you like, says what there is to say, and no more." for n in range(30)]
    sentences[place] = "The copper lantern, if you like, hangs there, in the harbour."
    found = quote_densest(passage(" ".join(sentences)), matcher_for("copper lantern"), length)
    assert found.quote.startswith(("Sentence", "The copper"))
    assert found.quote.endswith(".")


def test_where_no_stretch_has_the_usual_length_a_quote_is_shorter_and_not_longer() -> None:
    clauses = [f"{'x' * 36} {word} {'y' * 36}," for word in ("lonely", "lonely", "copper", "lonely", "lonely")]
    found = quote_densest(passage(" ".join(clauses)), matcher_for("copper"), 200)
    assert len(found.quote) == 2 * len(clauses[0]) + 1
    assert 200 - LENGTH_RANGE < len(found.quote) < MIN_LENGTH_SHARE * 200


def test_where_there_are_cues_a_quote_begins_and_ends_with_them() -> None:
    cues = [f"words of cue {n} that go on and on" for n in range(40)]
    cues[20] = "the copper lantern of the harbour"
    offsets = [0]
    for cue in cues[:-1]:
        offsets.append(offsets[-1] + len(cue) + 1)
    marks = tuple(CueMark(offset, 10.0 + 2.5 * n) for n, offset in enumerate(offsets))
    segment = Segment(10.0, 110.0, " ".join(cues), marks)
    found = quote_densest(Passage(VIDEO, (segment,), 1.0), matcher_for("copper lantern"))
    first = next(n for n, cue in enumerate(cues) if found.quote.startswith(f"{cue} "))
    assert found.quote.endswith(tuple(cues))
    assert found.start_second == 10.0 + 2.5 * first
    assert found.start_second < found.link_second == 57.5, "the words come late, at 60"
    assert found.link.endswith("&t=57s")


def cued(*cues: str, seconds: float = 3.0) -> Passage:
    """A passage of one segment with a cue every few seconds."""
    offsets = [0, *itertools.accumulate(len(cue) + 1 for cue in cues)]
    marks = tuple(CueMark(offset, seconds * n) for n, offset in enumerate(offsets[:-1]))
    return Passage(VIDEO, (Segment(0.0, seconds * len(cues), " ".join(cues), marks),), 1.0)


@given(st.integers(0, 13), st.sampled_from([0.5, 2.0, 3.0, 7.0, 12.0, 30.0]))
def test_a_link_opens_at_the_first_cue_in_the_three_seconds_before_the_words(place: int, seconds: float) -> None:
    cues = [f"nothing of note in part {n}" for n in range(14)]
    cues[place] = "copper lantern hangs here"
    found = quote_densest(cued(*cues, seconds=seconds), matcher_for("copper lantern"))
    said = place * seconds
    assert found.start_second == 0
    assert found.link_second == (0 if said <= RUN_IN_SECONDS else said - RUN_IN_SECONDS // seconds * seconds)
    assert found.link == f"{VIDEO.url}&t={int(found.link_second)}s"


def test_a_link_opens_at_the_cue_itself_where_its_own_first_words_lead_to_the_match() -> None:
    cues = ["nothing of note in this part"] * 8
    cues[5] = "nothing but one copper lantern"
    assert quote_densest(cued(*cues), matcher_for("copper lantern")).link_second == 15
    cues[5] = "copper lantern and nothing more"
    assert quote_densest(cued(*cues), matcher_for("copper lantern")).link_second == 12


CUES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["copper", "lantern", "harbour", *FILLER.split()[:6]]), min_size=1, max_size=9),
        st.sampled_from([0.3, 1.2, 2.5, 3.8, 6.0, 14.0]),
    ),
    min_size=2,
    max_size=60,
)


@given(CUES, st.sampled_from(["copper lantern harbour", "lantern", '"copper lantern"', "said copper lantern"]))
def test_the_first_bold_word_is_heard_within_five_seconds_of_its_link_and_never_before_it(
    cues: list[tuple[list[str], float]], question: str
) -> None:
    seconds = [0.0, *itertools.accumulate(round(pause, 3) for _, pause in cues)]
    segments = []
    for first in range(0, len(cues), 12):  # a segment holds a dozen of them
        some = [" ".join(words) for words, _ in cues[first : first + 12]]
        offsets = [0, *itertools.accumulate(len(cue) + 1 for cue in some)]
        marks = tuple(CueMark(offset, seconds[first + n]) for n, offset in enumerate(offsets[:-1]))
        segments.append(Segment(float(int(seconds[first])), seconds[first + len(some)], " ".join(some), marks))
    given_passage = Passage(VIDEO, tuple(segments), 1.0)
    matcher = matcher_for(question)
    excerpt = quote_densest(given_passage, matcher)
    spoken = [second for (words, _), second in zip(cues, seconds, strict=False) for _ in words]
    starts = [n for n in range(len(given_passage.text)) if given_passage.text.startswith(excerpt.quote, n)]
    place = next(n for n in starts if spoken[len(given_passage.text[:n].split())] == excerpt.start_second)
    bold = [spoken[len(given_passage.text[: place + left].split())] for left, _ in excerpt.highlights]
    if not matcher.find_highlights(given_passage.text, place, place + len(excerpt.quote)):
        assert excerpt.link_second == excerpt.start_second
        return
    assert 0 <= bold[0] - excerpt.link_second <= RUN_IN_SECONDS <= 5
    assert excerpt.link_second in spoken, "it opens at a cue"
    marked = sum(len(excerpt.quote[left:right].split()) for left, right in excerpt.highlights)
    heard = [n for n, second in enumerate(spoken) if second > excerpt.link_second]
    words = given_passage.text.split()
    first, last = (len(given_passage.text[:end].split()) for end in (place, place + len(excerpt.quote)))
    wanted = question.strip('"').split()[-3:]
    assert marked >= sum(words[n] in wanted and words[n] != "said" for n in heard if first <= n < last)


def test_what_matches_long_before_what_was_asked_for_is_quoted_and_not_marked() -> None:
    cues = ["nothing of note in this part"] * 12
    cues[2], cues[9] = "a lantern of sorts hung there", "the copper lantern of the harbour"
    found = quote_densest(cued(*cues), matcher_for("copper lantern harbour"))
    assert "a lantern of sorts" in found.quote
    assert [found.quote[start:end] for start, end in found.highlights] == ["copper lantern", "harbour"]
    whole = quote_whole(cued(*cues), matcher_for("copper lantern harbour"))
    assert [whole.quote[start:end] for start, end in whole.highlights] == ["lantern", "copper lantern", "harbour"]
    assert whole.link_second == found.link_second == 27


def test_the_wording_of_a_question_is_what_its_link_opens_at_and_is_marked_whole() -> None:
    cues = ["nothing of note in this part"] * 12
    cues[1], cues[9] = "a lantern with a lantern", "and that is the Lantern, of us all"
    found = quote_densest(cued(*cues), matcher_for("is the lantern of us"))
    assert [found.quote[start:end] for start, end in found.highlights] == ["is the Lantern, of us"]
    assert found.link_second == 27
    assert quote_densest(cued(*cues), matcher_for("the lantern")).link_second == 3, "two words are no wording"


def test_without_cues_a_link_opens_with_a_clause_and_never_after_the_words() -> None:
    clauses = [f"nothing of note is said in this part {n}, " for n in range(14)]
    clauses[12] = "and at the end of this one hangs a copper lantern, "
    text = "".join(clauses).strip()
    for length in (20.0, 120.0, 900.0):
        segment = Segment(0.0, length, text)
        found = quote_densest(Passage(VIDEO, (segment,), 1.0), matcher_for("copper lantern"))
        said = segment.second_at(text.index("copper"))
        assert said - RUN_IN_SECONDS <= found.link_second <= said
        if said - found.start_second <= RUN_IN_SECONDS:
            assert found.link_second == found.start_second


def test_a_quoted_phrase_is_what_a_link_opens_at_and_else_most_of_the_words_together() -> None:
    cues = ["nothing of note"] * 40
    cues[2], cues[20], cues[35] = "one lantern", "a lantern of copper in the harbour", "the copper lantern"
    assert quote_whole(cued(*cues), matcher_for("copper lantern harbour")).link_second == 60
    assert quote_whole(cued(*cues), matcher_for('"copper lantern" harbour')).link_second == 105
    assert quote_whole(cued(*cues), matcher_for("zebra")).link_second == 0


def test_only_the_first_quote_of_an_answer_has_the_length_of_the_first() -> None:
    passages = [passage(told_apart("the copper lantern", n), score=1 - n / 100, video=Video(f"v{n}")) for n in range(4)]
    answer = answer_findings([found_in("copper lantern", *passages)], 5, lengths=QuoteLengths(600, 300))
    sizes = [len(excerpt.quote) for excerpt in answer.excerpts]
    assert len(sizes) == 4
    assert 500 <= sizes[0] <= 600
    assert all(200 <= size <= 300 for size in sizes[1:])
    assert all("copper lantern" in excerpt.quote for excerpt in answer.excerpts)
    full = answer_findings([found_in("copper lantern", *passages)], 5)
    assert all(500 <= len(excerpt.quote) <= 600 for excerpt in full.excerpts)


def test_of_answers_in_several_languages_only_the_first_quote_has_the_length_of_the_first() -> None:
    scores = (0.9, 1.0, 0.2)
    found = [
        found_in("copper lantern", passage(told_apart("the copper lantern", n), score=score, video=Video(f"v{n}")))
        for n, score in enumerate(scores)
    ]
    # The last one is the surest by far of its level, and does not come first.
    found[2] = replace(found[2], result=replace(found[2].result, ideal_score=0.01))
    answer = answer_findings(found, 5, SurenessThresholds(0.4, 0.1), QuoteLengths(600, 300))
    assert [excerpt.video.video_id for excerpt in answer.excerpts] == ["v1", "v0", "v2"]
    assert [len(excerpt.quote) > 300 for excerpt in answer.excerpts] == [True, False, False]


def test_an_answer_that_is_less_sure_does_not_take_the_length_of_the_first() -> None:
    found = [
        found_in("copper lantern", passage(told_apart("the copper lantern", n), score=score, video=Video(f"v{n}")))
        for n, score in enumerate((0.5, 1.0))
    ]
    found[1] = replace(found[1], result=replace(found[1].result, ideal_score=100.0))
    answer = answer_findings(found, 5, SurenessThresholds(0.3, 0.001), QuoteLengths(600, 300))
    assert [(excerpt.video.video_id, len(excerpt.quote) > 300) for excerpt in answer.excerpts] == [("v0", True)]


def test_near_misses_are_quoted_briefly() -> None:
    apart = SurenessThresholds(said_is_closest=False)
    found = [found_in("copper lantern", passage(told_apart("the copper lantern", 1), score=0.01))]
    nothing = answer_findings(found, 5, apart)
    assert nothing.level is AnswerLevel.NOTHING
    assert [200 <= len(excerpt.quote) <= SHORT_QUOTE_LENGTH for excerpt in nothing.near_misses] == [True]


async def test_a_phrase_that_nobody_says_comes_with_brief_near_misses(library: Library) -> None:
    answer = await ask(library, SHARED, '"cue hold"')
    assert (answer.level, answer.excerpts, answer.unknown_terms) == (AnswerLevel.NOTHING, (), ("cue hold",))
    assert "cue" in answer.near_misses[0].quote
    assert all(len(excerpt.quote) <= SHORT_QUOTE_LENGTH for excerpt in answer.near_misses)
    assert verdicts.describe_verdict(answer) == verdicts.NOTHING


async def test_moments_of_a_timeline_keep_their_length(library: Library) -> None:
    found = await asking.timeline(library, SHARED, parse_question("hold cue"))
    assert all(len(excerpt.quote) <= asking.MOMENT_LENGTH for excerpt in found.answer.excerpts)


async def test_every_quote_is_what_is_said_from_its_second_on(library: Library, seeds: Path) -> None:
    await import_talk(library, seeds)
    segments = await library.segments_between(SHARED, SUBRIP_ID, 0, 1e9)
    for question in ("what is a convex hull?", "how is bert trained?", "why does the chick eat grain?"):
        for lengths in (FULL_QUOTES, QuoteLengths(QUOTE_LENGTH, SHORT_QUOTE_LENGTH)):
            for excerpt in (await ask(library, SHARED, question, lengths=lengths)).excerpts:
                spoken = words_at(segments, excerpt.start_second)
                assert spoken.startswith(excerpt.quote), (question, excerpt.start_second)


def words_at(segments: list[Segment], second: float) -> str:
    """What is said from a cue on that begins at a second."""
    for here, segment in enumerate(segments):
        for mark in segment.marks:
            if mark.start_second == second:
                return " ".join([segment.text[mark.offset :], *(after.text for after in segments[here + 1 : here + 4])])
    raise AssertionError(f"no cue begins at {second}")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("q", AnswerLevel.CONFIDENT), ""),
        (Answer("q", AnswerLevel.CLOSEST), verdicts.CLOSEST),
        (Answer("q", AnswerLevel.NOTHING), verdicts.NOTHING),
        (Answer("q", AnswerLevel.NOTHING, unknown_terms=("pizza",)), verdicts.NOTHING),
    ],
)
def test_how_sure_an_answer_is_has_its_words(answer: Answer, words: str) -> None:
    assert verdicts.describe_verdict(answer) == words


def test_not_in_these_videos_is_not_said_above_quotes_with_every_word() -> None:
    near = quote_densest(passage("the copper lantern"), matcher_for("copper lantern"))
    nothing = Answer("copper lantern", AnswerLevel.NOTHING, near_misses=(near,))
    assert verdicts.describe_verdict(nothing) == verdicts.UNCLEAR
    assert verdicts.describe_verdict(replace(nothing, unknown_terms=("pizza",))) == verdicts.NOTHING


async def import_talk(library: Library, seeds: Path) -> None:
    content = (seeds / SUBRIP_SEED).read_bytes()
    await library.import_files(SHARED, [(Source(SUBRIP_SEED, content), Labels(video_id=SUBRIP_ID, title="A talk"))])


async def test_the_answer_stands_in_one_of_the_first_three_quotes(library: Library, seeds: Path) -> None:
    await import_talk(library, seeds)
    talk = words_of(segment.text for segment in await library.segments_between(SHARED, SUBRIP_ID, 0, 1e9))
    assert len(talk) == TALK_WORDS
    questions = read_questions()
    assert len(questions) == 60
    first, missed = 0, []
    for question in questions:
        answering = question.answering_words(talk)
        answer = await ask(library, SHARED, question.text)
        held = [holds(excerpt.quote, answering) for excerpt in answer.excerpts[:3]]
        first += held[:1] == [True]
        if not any(held):
            missed.append(question.text)
    share = 1 - len(missed) / len(questions)
    assert share >= MIN_SHARE, (
        f"{share:.3f} in the first three, {first / len(questions):.3f} in the first; not: {missed}"
    )


def test_the_answers_to_the_questions_have_three_to_ten_words_each() -> None:
    questions = read_questions()
    assert {3 <= question.last_word - question.first_word + 1 <= 10 for question in questions} == {True}
    assert all(one.text != other.text for one, other in pairwise(sorted(questions, key=lambda each: each.text)))
    assert max(question.last_word for question in questions) < TALK_WORDS


def test_an_excerpt_says_who_speaks_from_which_of_its_words_on() -> None:
    segments = (
        Segment(0.0, 9.0, "We measured latency.", turns=(SpeakerTurn(0, "Jane Doe"),)),
        Segment(9.0, 20.0, "Of all of it? Yes.", turns=(SpeakerTurn(0, "John Roe"), SpeakerTurn(14, "Jane Doe"))),
        Segment(20.0, 30.0, "Nobody is known here."),
    )
    excerpt = quote_densest(Passage(VIDEO, segments, 1.0), matcher_for("latency"))
    assert [(turn.speaker, excerpt.quote[turn.offset :].split()[0]) for turn in excerpt.turns] == [
        ("Jane Doe", "We"),
        ("John Roe", "Of"),
        ("Jane Doe", "Yes."),
        ("", "Nobody"),
    ]
    assert Passage(VIDEO, segments, 1.0).turns_between(25, 60) == (
        SpeakerTurn(0, "John Roe"),
        SpeakerTurn(10, "Jane Doe"),
        SpeakerTurn(15, ""),
    )
    assert quote_densest(passage("Nobody says latency."), matcher_for("latency")).turns == ()


SAID = st.lists(
    st.sampled_from(["copper", "lantern", "harbour", "the", "a", "ferry", "Ferry,", "gate", "é"]), max_size=40
)


@given(SAID, SAID, SAID, st.integers(0, 40))
def test_a_text_holds_a_quote_where_it_has_most_of_its_shingles(
    before: list[str], quoted: list[str], after: list[str], cut: int
) -> None:
    def shingles(words: list[str]) -> set[tuple[str, ...]]:
        plain = words_of([" ".join(words)])
        if len(plain) < SHINGLE_WORDS:
            return {tuple(plain)}
        return {tuple(plain[place : place + SHINGLE_WORDS]) for place in range(len(plain) - SHINGLE_WORDS + 1)}

    text = [*before, *quoted[:cut], *after, *quoted[cut:]]
    overlap = len(shingles(quoted) & shingles(text))
    assert Wording(" ".join(text)).holds(Wording(" ".join(quoted))) == (overlap >= MIN_OVERLAP * len(shingles(quoted)))


MATCHES = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 3)), max_size=30)


@given(MATCHES, st.lists(st.integers(0, 900), max_size=2), st.sets(st.integers(0, 90), max_size=12))
def test_the_best_stretch_is_the_first_with_the_highest_score(
    said: list[tuple[int, int]], phrases: list[int], ends: set[int]
) -> None:
    matches = [Match(start, start + 5, term, (0.3, 0.9, 1.7, 2.5)[term]) for start, term in sorted(said)]
    sentences = frozenset(10 * end for end in ends), frozenset(10 * end for end in ends)
    scorer = QuoteScorer(matches, [(start, start + 12) for start in phrases], sentences, 300)
    stretches = [(start, start + length) for start in range(0, 700, 10) for length in range(200, 301, 20)]
    assert scorer.find_best(stretches) == max(stretches, key=lambda stretch: scorer._score(*stretch))


def line_of(text: str, question: str, length: int = LINE_LENGTH) -> QuoteLine:
    return quote_line(quote_densest(passage(text), matcher_for(question)), length)


def test_a_line_quotes_the_words_about_the_first_match() -> None:
    line = line_of(FILLER * 3 + "the copper lantern hung there " + FILLER * 3, "copper lantern")
    assert 60 <= len(line.words) <= LINE_LENGTH
    assert "the copper lantern hung there" in line.words
    assert line.words.index("copper") <= LINE_LENGTH // 4
    assert [line.words[start:end] for start, end in line.highlights] == ["copper lantern"]
    assert (line.starts_sentence, line.ends_sentence) == (False, False)


def test_a_line_begins_and_ends_with_a_sentence_where_it_can() -> None:
    text = f"{FILLER}was it. The old copper lantern hung there, in the harbour, all day. And {FILLER}"
    line = line_of(text, "copper lantern")
    assert line.words == "The old copper lantern hung there, in the harbour, all day."
    assert (line.starts_sentence, line.ends_sentence) == (True, True)


def test_a_line_is_filled_from_before_where_the_quote_ends_with_the_match() -> None:
    line = line_of(FILLER + "the copper lantern", "copper lantern")
    assert 70 <= len(line.words) <= LINE_LENGTH
    assert line.words.endswith("the copper lantern")
    assert (line.starts_sentence, line.ends_sentence) == (False, True), "nothing is said after it"


@given(
    st.lists(st.sampled_from(["copper", "lantern.", "and", "猫机。", "x" * 50, "é"]), min_size=1, max_size=60),
    st.integers(1, 120),
    st.lists(st.integers(1, 200), max_size=3, unique=True),
)
def test_a_line_is_a_piece_of_the_quote_by_one_speaker(words: list[str], length: int, changes: list[int]) -> None:
    text = " ".join(words)
    # Speakers change between words, as those of files do.
    begins = sorted({0, *(text.rfind(" ", 0, change) + 1 for change in changes if change < len(text))})
    turns = tuple(SpeakerTurn(offset, f"S{n}") for n, offset in enumerate(begins))
    given_passage = Passage(VIDEO, (Segment(0.0, 60.0, text, turns=turns),), 1.0)
    excerpt = quote_densest(given_passage, matcher_for("copper lantern"))
    line = quote_line(excerpt, length)
    assert len(line.words) <= length
    assert line.words in excerpt.quote
    assert line.words == line.words.strip()
    assert line.words or not excerpt.quote
    assert all(0 <= start < end <= len(line.words) for start, end in line.highlights)
    assert bool(line.highlights) is bool(excerpt.highlights)
