"""Which videos a name means: wherever one is typed, it is the same one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.services.questions.catalogue import best_videos, find_named
from storage.errors import UnknownFilter, UnknownVideo
from storage.models import Question, Video, VideoSummary
from storage.video_filters import filter_videos
from storage.video_names import find_called, find_videos, find_wording, natural_order

VIDEOS = [
    Video("dQw4w9WgXcQ", "An Introduction to XLNet", "Yannic Kilcher"),
    Video("bert-1", "BERT explained", "Yannic Kilcher"),
    Video("bert-2", "All about BERT", "Ana Bow"),
    Video("intro", "Introduction", "Ana Bow"),
    Video("deep-1", "Deep Learning, lecture 1", "Ana Bow"),
    Video("deep-2", "Lecture 2: Deep Learning", "Ana Bow"),
    Video("xlnet-untitled"),
    Video("cjk", "機械学習 入門", "Ben"),
    Video("cover", "Cover\u200b to\u00ad cover ❤\ufe0f", "Ben"),
]
SUMMARIES = [VideoSummary(each, "shared", 1, 1, 60.0) for each in VIDEOS]


def first_of_filter(name: str, videos: Sequence[VideoSummary]) -> str:
    """The best of the videos that `video:` lets through, or that it suggests; "" for none."""
    by_position = {place: each.video for place, each in enumerate(videos)}
    try:
        (chosen,) = filter_videos(Question(name, "x", (), (), name, ""), [lambda: by_position])
    except UnknownFilter as unknown:
        return str(unknown).partition("Did you mean “")[2].partition("”")[0]
    assert chosen
    return next(each.video.heading for each in find_videos(name, videos) if VIDEOS.index(each.video) in chosen)


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("dQw4w9WgXcQ", "An Introduction to XLNet"),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "An Introduction to XLNet"),
        ("intro", "Introduction"),
        ("Introduction", "Introduction"),
        ("  deep   LEARNING ", "Deep Learning, lecture 1"),
        ("lecture", "Lecture 2: Deep Learning"),
        ("bert", "BERT explained"),
        ("about bert", "All about BERT"),
        ("xlnet", "xlnet-untitled"),
        ("Dep Lerning", "Deep Learning, lecture 1"),
        ("learning deep", "Deep Learning, lecture 1"),
        ("kilcher xlnet", "An Introduction to XLNet"),
        ("yannic", "An Introduction to XLNet"),
        ("introdution", "An Introduction to XLNet"),
        ("機械", "機械学習 入門"),
        ("cover to cover", "Cover\u200b to\u00ad cover ❤\ufe0f"),
        ("zebra", ""),
        ("brt", ""),
    ],
)
def test_search_suggestions_and_filter_agree_on_the_first_video(name: str, heading: str) -> None:
    searched = [each.video.heading for each in find_videos(name, SUMMARIES)]
    suggested = [each.video.heading for each in best_videos(name, SUMMARIES)]
    assert searched == suggested
    assert "".join(searched[:1]) == first_of_filter(name, SUMMARIES) == heading


@pytest.mark.parametrize("name", ["intro", "https://youtu.be/dQw4w9WgXcQ", "about bert", "deep-2", "lecture", "機械"])
def test_the_video_that_a_command_takes_is_the_first_that_was_suggested(name: str) -> None:
    assert find_named(name, SUMMARIES) == best_videos(name, SUMMARIES)[0]


def test_a_command_takes_no_video_for_a_slip_but_suggests_it() -> None:
    with pytest.raises(UnknownVideo, match="Did you mean “Deep Learning, lecture 1”"):
        find_named("Dep Lerning", SUMMARIES)


def test_a_name_is_not_taken_for_a_longer_word_that_holds_it() -> None:
    assert find_videos("maintenance", [VideoSummary(Video("a", "AI"), "shared", 1, 1, 1.0)]) == []


def test_a_name_that_is_said_as_it_stands_means_no_other_that_is_spelt_nearly_so() -> None:
    videos = [VideoSummary(Video(title, title), "shared", 1, 1, 1.0) for title in ("Pre-training", "The brain")]
    assert [each.video.heading for each in find_videos("brain", videos)] == ["The brain"]
    assert [each.video.heading for each in find_videos("brian", videos)][:1] == ["The brain"]


def test_nothing_typed_means_every_video_and_names_none() -> None:
    assert find_videos(" ", SUMMARIES) == SUMMARIES
    with pytest.raises(UnknownVideo):
        find_named(" ", SUMMARIES)


def test_a_number_must_be_in_the_name() -> None:
    lectures = [VideoSummary(Video(f"v{n}", f"Lecture {n}"), "shared", 1, 1, 60.0) for n in range(1, 101)]
    assert [summary.video.heading for summary in find_videos("lecture 12", lectures)] == ["Lecture 12"]


def test_the_very_title_comes_before_one_that_differs_in_what_nobody_sees() -> None:
    twins = [
        VideoSummary(Video(video_id, title), "shared", 1, 1, 60.0)
        for video_id, title in (("a", "x\u200cy"), ("b", "xy"))
    ]
    assert find_videos("XY", twins)[0].video.video_id == "b"
    assert find_videos("x\u200cy", twins)[0].video.video_id == "a"


@pytest.mark.parametrize("field", ["video", "creator"])
@pytest.mark.parametrize("unseen", ["\u200b", "\u2800", "\u00ad", "\ue000"])
def test_a_filter_of_what_nobody_sees_names_nothing(field: str, unseen: str) -> None:
    with pytest.raises(UnknownFilter) as refusal:
        filter_videos(Question("x", "x", **{field: unseen}), [lambda: dict(enumerate(VIDEOS))])
    assert "Did you mean" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("brain", ["brain"]),  # not "training", which has "rain" in it
        ("BERT", ["bert-1", "bert-2"]),
        ("Introduction", ["intro"]),
        ("xlnet introduction", ["dQw4w9WgXcQ"]),
        ("deap learning", []),  # may be either of two
        ("hopfeild", ["hopfield"]),
        ("pizza", []),
    ],
)
def test_a_name_in_a_sentence_means_what_is_called_so(name: str, ids: list[str]) -> None:
    more = [
        Video("brain", "Backpropagation and the brain"),
        Video("training", "Pre-training of deep transformers"),
        Video("hopfield", "Hopfield networks"),
    ]
    videos = [*SUMMARIES, *(VideoSummary(each, "shared", 1, 1, 60.0) for each in more)]
    assert [each.video.video_id for each in find_called(name, videos)] == ids
    assert find_called("", videos) == videos


def test_numbers_in_names_are_ordered_as_numbers() -> None:
    names = ["Talk 10", "talk 2", "Talk", "Talk 2: more", "Episode 3", "Épisode 2", "Talk 007", "Zed", "", "10", "9"]
    wanted = ["", "9", "10", "Épisode 2", "Episode 3", "Talk", "talk 2", "Talk 2: more", "Talk 007", "Talk 10", "Zed"]
    assert sorted(names, key=natural_order) == wanted


@given(st.lists(st.integers(0, 10**30)), st.text(alphabet="ab- ", max_size=5))
def test_names_that_differ_in_a_number_have_its_order(numbers: list[int], words: str) -> None:
    names = [f"{words}{number}{words}" for number in numbers]
    assert sorted(names, key=natural_order) == [f"{words}{number}{words}" for number in sorted(numbers)]


@given(st.text(), st.text())
def test_every_name_has_a_place_in_the_order(first: str, second: str) -> None:
    assert sorted([first, second], key=natural_order) == sorted([second, first], key=natural_order) or (
        natural_order(first) == natural_order(second)
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("bakcpropagation", "backpropagation"),
        ("Brain", "brain"),
        ("propagation", "propagation"),
        ("bakcpropagation BRIAN", "backpropagation brain"),
        ("yanic", "yannic"),
        ("a0f07M2uj_A", "a0f07M2uj_A"),
        ("https://youtu.be/a0f07M2uj_A", "https://youtu.be/a0f07M2uj_A"),
    ],
)
def test_a_search_is_worded_as_the_video_that_it_found(search: str, found: str) -> None:
    video = Video("a0f07M2uj_A", "Backpropagation and the brain", "Yannic")
    assert find_wording(search, video) == found
