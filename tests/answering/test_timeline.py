"""Telling terms, timelines and their pictures: the mathematics, the door, and the drawing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot import asking
from bot.answering.timeline import MAX_STRIPS, combine_strips
from bot.answering.values import Answer, AnsweredTimeline, AnswerLevel, Excerpt
from bot.images.timeline_image import WIDTH, draw_timeline
from storage import access
from storage.errors import UnknownFilter, UnknownVideo
from storage.library import Library
from storage.models import Column, Labels, Question, SearchResult, Source, Strip, Timeline, Video, VideoSummary
from storage.ranking.index.index_part import IndexPart
from storage.ranking.key_terms import find_key_terms
from storage.ranking.search import Searcher
from storage.ranking.timeline import StrengthCurve, compute_curves
from storage.video_names import find_videos
from tests.support import asking as asking_text
from tests.support.libraries import in_server, index_of

Rows = Callable[..., Source]
SHARED = access.host_scope()
SRT = (
    b"1\n00:00:01,500 --> 00:00:04,000\nthe Copper lantern of\n\n"
    b"2\n00:00:04,000 --> 00:00:07,250\nthe harbour and the HARBOUR\n\n"
    b"3\n00:00:09,125 --> 00:00:11,000\nthe harbour is Copper\n"
)


def terms_of(video_id: str, *libraries: IndexPart, limit: int = 10) -> list[str]:
    return [each.term for each in find_key_terms(libraries, range(len(libraries)), video_id, limit)]


def test_a_term_said_often_here_and_seldom_elsewhere_is_telling() -> None:
    index = index_of(
        ["copper copper violin", "copper violin lantern lantern"], ["violin violin meadow"], ["pepper violin"]
    )
    assert terms_of("v0", index) == ["copper", "lantern"]
    assert terms_of("v0", index, limit=1) == ["copper"]


def test_a_term_that_every_video_says_tells_nothing_unless_there_is_only_one() -> None:
    assert terms_of("v0", index_of(["copper copper"], ["copper"])) == []
    assert terms_of("v0", index_of(["copper copper violin"])) == ["copper"]


def test_stop_words_letters_numbers_and_hesitation_are_left_out() -> None:
    assert terms_of("v0", index_of(["the the x x 1999 1999 k1 k1 uh uh"], ["violin"])) == ["k1"]


def test_a_video_that_says_nothing_twice_is_told_by_what_it_says_once() -> None:
    assert terms_of("v0", index_of(["copper lantern"], ["violin"])) == ["copper", "lantern"]


def test_videos_that_are_gone_count_for_nothing_and_have_no_terms() -> None:
    index = index_of(["copper copper pepper pepper"], ["copper"], ["violin"])
    assert terms_of("v0", index) == ["pepper", "copper"]
    assert terms_of("v0", index.without_videos([1])) == ["copper", "pepper"], "nobody else says copper now"
    assert terms_of("v1", index.without_videos([1])) == []


def test_several_libraries_are_one_collection() -> None:
    own, shared = index_of(["copper copper violin violin"]), index_of(["copper"], ["meadow"], first=1)
    assert terms_of("v0", own, shared) == ["violin", "copper"]


async def test_a_telling_term_is_spelt_as_spoken_and_leads_to_its_cue(library: Library, rows: Rows) -> None:
    labels = Labels(video_id="talk", title="Harbours")
    await library.import_files(SHARED, [(Source("talk.srt", SRT), labels), (rows(("other", 0, "violins")), Labels())])
    harbour, copper = await library.key_terms(SHARED, "talk", 5)
    assert (harbour.word, harbour.count, harbour.start_second) == ("harbour", 3, 4.0)
    assert (copper.word, copper.count, copper.start_second) == ("Copper", 2, 1.5)
    assert harbour.weight > copper.weight > 0
    with pytest.raises(UnknownVideo):
        await library.key_terms(SHARED, "nothing", 5)


def timeline_of(words: str, *indexes: IndexPart, limit: int = 12, **parts: object) -> tuple[StrengthCurve, ...]:
    question = Question(words, words, **parts)  # type: ignore[arg-type]
    return compute_curves(Searcher(indexes, "en"), question, [None] * len(indexes), limit)[1]


def test_strengths_peak_where_the_words_are_and_fall_off_to_the_neighbours() -> None:
    index = index_of(["x x", "y y", "copper violin", "z z", "w w", "x x"], ["meadow"])
    (curve,) = timeline_of("copper violin", index)
    before, best, after = curve.strengths[1:4]
    assert best == 1.0
    assert 0 < before < 0.7
    assert before == after
    assert curve.strengths[[0, 4, 5]].tolist() == [0, 0, 0], "nothing is said there"


def test_the_video_that_dwells_on_it_comes_first() -> None:
    index = index_of(["copper", "x", "y", "z"], ["copper", "copper", "y", "copper"])
    assert [curve.video for curve in timeline_of("copper", index)] == [1, 0]
    assert len(timeline_of("copper", index, limit=1)) == 1


def test_a_title_lifts_no_valley() -> None:
    index = index_of(["copper", "x", "y", "z"], ["violin"], titles=["Copper", ""])
    (curve,) = timeline_of("copper", index)
    assert curve.strengths[3] == 0


def test_what_is_excluded_or_gone_is_not_in_a_timeline() -> None:
    index = index_of(["copper violin", "x", "y", "copper"], ["copper"])
    first = next(each for each in timeline_of("copper", index, exclusions=("violin",)) if each.video == 0)
    assert first.strengths[0] == 0
    assert [each.video for each in timeline_of("copper", index.without_videos([1]))] == [0]
    assert timeline_of("copper", index.without_videos([0, 1])) == ()


def test_a_video_in_two_libraries_has_one_strip() -> None:
    own, shared = index_of(["copper new"]), index_of(["copper old"], ["copper other"])
    assert {(each.part, each.video) for each in timeline_of("copper", own, shared)} == {(0, 0), (1, 1)}


async def test_the_door_shows_whole_videos_and_the_best_moments_in_them(library: Library, rows: Rows) -> None:
    texts = ["saddles meadows", "copper lanterns", "violins compasses", "thunder pepper"]
    many = [(f"v{n:02}", 30.0 * place, text) for n in range(15) for place, text in enumerate(texts)]
    await library.import_files(SHARED, [(rows(*many), Labels())])
    (found,) = await library.timeline(SHARED, Question("copper", "copper"), 12)
    assert len(found.strips) == 12
    strip = found.strips[0]
    assert (strip.end_second, len(strip.columns)) == (120.0, 4)
    before, best, after, far = (column.strength for column in strip.columns)
    assert (best, far) == (1.0, 0.0)
    assert 0 < before < best > after > 0
    shown = {each.video.video_id for each in found.strips}
    assert {place.video.video_id for place in found.result.ranked} == shown
    await library.remove(SHARED, strip.video.video_id)
    (again,) = await library.timeline(SHARED, Question("copper", "copper"), 15)
    assert len(again.strips) == 14
    assert strip.video not in {each.video for each in again.strips}
    with pytest.raises(UnknownFilter):
        await library.timeline(SHARED, Question("copper", "copper", video="nothing"), 12)


async def test_moments_are_quoted_as_answers_are(library: Library) -> None:
    found = await asking_text.timeline(library, SHARED, "what is a hold cue?")
    answer = await asking_text.ask(library, SHARED, "what is a hold cue?")
    assert (found.answer.level, found.answer.question) == (AnswerLevel.CONFIDENT, answer.question)
    best = found.answer.excerpts[0]
    assert (best.video, best.score) == (answer.excerpts[0].video, answer.excerpts[0].score)
    assert best.link == f"https://video.example.com/sample-captions#t={int(best.start_second)}"
    assert len(best.quote) <= asking.MOMENT_LENGTH
    assert {each.video for each in found.answer.excerpts} <= {strip.video for strip in found.strips}
    nothing = await asking_text.timeline(library, SHARED, "zebra crossings quantum")
    assert (nothing.answer.level, nothing.strips) == (AnswerLevel.NOTHING, ())
    narrowed = await asking_text.timeline(library, SHARED, "message", video="sample-bm25-ranking")
    assert {strip.video.video_id for strip in narrowed.strips} == {"sample-bm25-ranking"}


async def test_languages_are_read_each_in_its_own_way(library: Library) -> None:
    german = b"1\n00:00:01,000 --> 00:00:04,000\ndie Laternen\n\n2\n00:00:20,000 --> 00:00:24,000\nam Hafen\n"
    english = b"1\n00:00:01,000 --> 00:00:04,000\nlaterne the harbour lanterns\n"
    await library.import_files(
        access.host_scope("7"), [(Source("a.srt", german), Labels(video_id="de", language="de"))]
    )
    await library.import_files(SHARED, [(Source("b.srt", english), Labels(video_id="en", language="en"))])
    found = await asking_text.timeline(library, in_server(7), "laterne")
    assert {strip.video.video_id for strip in found.strips} == {"de", "en"}
    assert max(column.strength for strip in found.strips for column in strip.columns) == 1.0


def test_timelines_are_put_side_by_side_by_what_they_score() -> None:
    weak = Strip(Video("weak"), 60.0, (Column(0.0, 60.0, 1.0),))
    strong = Strip(Video("strong"), 60.0, (Column(0.0, 60.0, 1.0),))
    parts = [
        Timeline((weak,), 2.0, SearchResult((), (), "en", scope=access.sample_scope())),
        Timeline((strong,), 8.0, SearchResult((), (), "de", scope=access.sample_scope())),
    ]
    first, second = combine_strips(parts, (), 12)
    assert (first, second.video.video_id, second.columns[0].strength) == (strong, "weak", 0.25)
    assert combine_strips(parts, {"weak"}, 1) == (second,), "what is quoted keeps its strip"


def drawn(*strips: Strip, moments: dict[str, list[float]] | None = None) -> Image.Image:
    excerpts = tuple(
        Excerpt(Video(video_id), "words", (), second, second + 9, "", (second,), 1.0, True, True)
        for video_id, seconds in (moments or {}).items()
        for second in seconds
    )
    timeline = AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT, excerpts), strips)
    content = draw_timeline(timeline)
    assert content == draw_timeline(timeline), "the same picture each time"
    image = Image.open(io.BytesIO(content))
    image.load()
    assert image.format == "PNG"
    assert image.width == WIDTH <= 1600
    return image.convert("RGB")


def strip_of(video_id: str = "v", title: str = "A talk", count: int = 20, at: int = 5) -> Strip:
    columns = tuple(Column(30.0 * n, 30.0 * n + 30, float(n == at)) for n in range(count))
    return Strip(Video(video_id, title), 30.0 * count, columns)


BLUE, YELLOW, WHITE = (0x56, 0xB4, 0xE9), (0xF0, 0xE4, 0x42), (0xF2, 0xF4, 0xF8)
GREY, LINE = [0x2D, 0x33, 0x3F], [0x4B, 0x53, 0x64]
"""The ground of a strip, and the marks of its axis."""


def columns_of(image: Image.Image, colour: tuple[int, int, int]) -> list[int]:
    found: list[int] = np.flatnonzero((np.asarray(image) == colour).all(axis=2).any(axis=0)).tolist()
    return found


@pytest.mark.parametrize("count", [0, 1, MAX_STRIPS])
def test_pictures_are_as_high_as_they_have_strips(count: int) -> None:
    image = drawn(*(strip_of(f"v{n}") for n in range(count)), moments={f"v{n}": [150.0] for n in range(count)})
    assert 40 <= image.height <= 40 + 200 * count
    assert bool(columns_of(image, BLUE)) is bool(columns_of(image, YELLOW)) is bool(count)


def test_a_column_stands_where_it_is_said_and_its_number_above_it() -> None:
    image = drawn(strip_of(at=10), moments={"v": [310.0]})
    blue, yellow = columns_of(image, BLUE), columns_of(image, YELLOW)
    assert blue[-1] - blue[0] < 50
    assert blue[0] - 20 <= sum(yellow) / len(yellow) <= blue[-1] + 20
    assert columns_of(drawn(strip_of(at=10)), YELLOW) == [], "no moments, no numbers"


@pytest.mark.parametrize("second", [0.0, 599.0, 9e9])
def test_moments_at_the_ends_and_on_each_other_stay_in_the_picture(second: float) -> None:
    image = drawn(strip_of(), moments={"v": [second] * asking.MAX_MOMENTS})
    yellow = columns_of(image, YELLOW)
    assert yellow[0] > 10
    assert yellow[-1] < WIDTH - 10
    assert len(yellow) > asking.MAX_MOMENTS * 30, "circles beside each other"


def test_a_part_that_is_not_stored_looks_unlike_one_that_does_not_speak_of_it() -> None:
    stored = tuple(Column(30.0 * n, 30.0 * n + 30, float(n == 19)) for n in range(10, 20))
    image = np.asarray(drawn(Strip(Video("v", "A talk"), 600.0, stored)))
    (rows,) = np.nonzero((image == BLUE).all(axis=2).any(axis=1))
    middle = int(rows.mean())
    missing, silent = image[middle, 40 : WIDTH // 2 - 20], image[middle, WIDTH // 2 + 20 : WIDTH - 80]
    assert len(np.unique(missing, axis=0)) > 1, "hatched"
    assert np.unique(silent, axis=0).tolist() in ([GREY], [GREY, LINE], [LINE, GREY]), "even, but for the marks"
    assert not (missing == GREY).all(axis=1).any(), "nowhere the ground of what is stored"


def test_a_gap_is_told_from_a_pause_and_no_gap_is_lost() -> None:
    def gaps(*stretches: tuple[float, float]) -> tuple[tuple[float, float], ...]:
        return Strip(Video("v"), 900.0, tuple(Column(*each, 0.0) for each in stretches)).stretches_without_words()

    assert gaps((0, 30), (35, 60), (80, 90)) == (), "pauses"
    assert gaps((40, 60), (95, 120)) == ((0.0, 40), (60, 95)), "the beginning counts too"
    assert gaps((0, 300), (10, 20), (290, 310), (400, 500)) == ((310, 400),), "what overlaps is no gap"
    assert gaps() == ()


def test_type_is_read_on_a_phone() -> None:
    title = np.asarray(drawn(strip_of(title="HHHH")))[20:60, :200]
    (rows,) = np.nonzero((title == WHITE).all(axis=2).any(axis=1))
    assert (rows[-1] - rows[0] + 1) * 265 / WIDTH >= 7, "pixels of a capital where the picture is 265 wide"


@settings(max_examples=30)
@given(st.text(max_size=400), st.text(min_size=1), st.floats(0, 1e6), st.floats(0, 1))
def test_whatever_a_video_is_called_and_however_long_it_is_drawn(
    title: str, video_id: str, end: float, strength: float
) -> None:
    drawn(Strip(Video(video_id, title), end, (Column(0.0, end, strength),)), moments={video_id: [end / 2]})


def test_videos_are_found_by_words_of_their_title_or_creator_in_any_order() -> None:
    titles = [("XLNet explained", "Yannic"), ("BERT explained", "Yannic"), ("Captions", "Ana")]
    videos = [VideoSummary(Video(f"id{n}", *names), "shared", 1, 1, 1.0) for n, names in enumerate(titles)]

    def found(search: str) -> list[str]:
        return [each.video.title for each in find_videos(search, videos)]

    assert found("") == [title for title, _ in titles]
    assert found("yannic xlnet") == ["XLNet explained"]
    assert found("EXPLAINED") == ["XLNet explained", "BERT explained"]
    assert found("captoins") == found("ana") == found("id2") == ["Captions"]
    assert found("xln bird") == found("zebra") == []


def test_the_sample_picture_is_what_the_samples_give(tmp_path: Path) -> None:
    from tests.pictures.draw_timeline import PICTURE, main

    main(tmp_path / "timeline.png")
    with Image.open(tmp_path / "timeline.png") as now, Image.open(PICTURE) as then:
        assert now.size == then.size
