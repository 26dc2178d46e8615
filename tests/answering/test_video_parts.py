"""The parts of a video and the words that tell them: the mathematics, and through the door."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import access
from storage.analysis import word_list
from storage.errors import UnknownVideo
from storage.library import Library
from storage.models import Labels, Segment, Source, VideoPart
from storage.ranking.video_parts import MAX_PARTS, MAX_WORDS, MIN_PART_SECONDS, find_video_parts
from tests.support.libraries import index_of

Rows = Callable[..., Source]
SHARED = access.host_scope()


def parts_of(*texts: str, starts: Sequence[float] = (), others: Sequence[Sequence[str]] = ()) -> tuple[VideoPart, ...]:
    """The parts of a video that says each text for `MIN_PART_SECONDS`, beside videos of other texts."""
    begins = starts or [MIN_PART_SECONDS * n for n in range(len(texts))]
    segments = [Segment(start, start + MIN_PART_SECONDS, text) for start, text in zip(begins, texts, strict=True)]
    return find_video_parts(segments, [index_of(list(texts), *map(list, others))], "en")


def words_of(*texts: str, others: Sequence[Sequence[str]] = ()) -> list[tuple[str, ...]]:
    return [part.words for part in parts_of(*texts, others=others)]


def test_a_part_is_told_by_what_it_says_often_and_the_others_seldom() -> None:
    harbour = "lantern x copper x lantern x harbour x copper x lantern x violin"
    assert words_of(harbour, "violin x meadow x violin x meadow x violin x harbour") == [
        ("lantern", "copper"),
        ("meadow", "violin"),
    ]


def test_what_other_videos_say_too_tells_less() -> None:
    texts = "copper x lantern x copper x lantern", "violin x violin"
    assert words_of(*texts, others=[["copper"], ["copper"], ["copper"]])[0] == ("lantern", "copper")
    assert words_of(*texts, others=[["lantern"], ["lantern"], ["lantern"]])[0] == ("copper", "lantern")


def test_ordinary_words_tell_less_than_rare_ones() -> None:
    assert words_of("thing x thing x thing x quark x quark", "violin x violin")[0][0] == "quark"


def test_two_words_that_stand_together_are_told_as_one() -> None:
    text = "the error signal of it, an error signal and one signal more"
    assert words_of(text, "violin meadow")[0][0] == "error signal"
    assert words_of("of the signal and the error, the error in a signal", "violin")[0] != ("error signal",)


def test_stop_words_and_what_is_said_once_are_left_out() -> None:
    assert words_of("the the copper x and copper x misheard", "violin x violin uh uh") == [("copper",), ("violin",)]
    assert words_of("copper", "violin meadow")[0] == ("copper",), "where nothing is said twice, once is enough"


def test_a_word_is_spelt_as_it_is_spoken_most() -> None:
    assert words_of("PewDiePie x PewDiePie x pewdiepie", "violin x violin")[0] == ("PewDiePie",)


def test_a_short_video_has_no_parts_and_a_long_one_not_too_many() -> None:
    assert parts_of("copper x copper") == ()
    assert find_video_parts([], [index_of(["copper"])], "en") == ()
    assert len(parts_of(*(f"word{n} x word{n}" for n in range(40)))) == MAX_PARTS


def test_parts_are_of_what_is_stored_and_begin_where_it_goes_on() -> None:
    starts = [0.0, 3600.0, 3720.0]
    assert [part.start_second for part in parts_of("a1 x a1", "b1 x b1", "c1 x c1", starts=starts)] == starts
    crumb = [Segment(60.0, 70.0, "crumb x crumb"), Segment(900.0, 1010.0, "copper x copper")]
    violin = [Segment(1010.0, 1130.0, "violin x violin")]
    found = find_video_parts([*crumb, *violin], [index_of(["copper violin crumb"])], "en")
    assert [part.start_second for part in found] == [900.0, 1010.0], "not at the crumb"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400), st.text(max_size=60)), max_size=30))
def test_whatever_is_said_there_are_few_parts_in_order(said: list[tuple[float, float, str]]) -> None:
    segments, second = [], 0.0
    for gap, length, text in said:
        segments.append(Segment(second + gap, second + gap + length, text))
        second += gap + length
    found = find_video_parts(segments, [index_of([text for _, _, text in said] or ["x"])], "en")
    begins = [part.start_second for part in found]
    assert len(found) <= MAX_PARTS
    assert begins == sorted(begins)
    assert set(begins) <= {segment.start_second for segment in segments}
    assert all(1 <= len(part.words) <= MAX_WORDS for part in found)


async def test_the_door_tells_the_parts_of_the_samples_and_of_no_video_out_of_scope(
    library: Library, rows: Rows
) -> None:
    parts = await library.video_parts(access.sample_scope(), "sample-captions")
    assert [part.start_second for part in parts] == pytest.approx([4.0, 144.0, 257.0, 371.0], abs=1.0)
    assert "hold cue" in parts[1].words
    await library.import_files(access.host_scope("7"), [(rows(("secret", 0, "copper")), Labels())])
    with pytest.raises(UnknownVideo):
        await library.video_parts(SHARED, "secret")


def test_the_word_lists_say_how_common_a_word_is() -> None:
    english = word_list("en")
    assert english.count_of("The") > english.count_of("thing") > english.count_of("neuron") > 0
    assert english.count_of("zebraquark") == english.count_of("") == english.count_of("\udc80") == 0
    assert english.count_of("a") > 0 < english.count_of("zulu"), "the first and the last"
    assert word_list("xx").count_of("the") == 0
