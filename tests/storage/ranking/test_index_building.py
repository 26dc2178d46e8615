"""An index is built of many texts at once, and says of each what reading it by itself says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import storage.ranking.index.lexicon
import storage.ranking.index.pieces
from storage.analysis import analyser_for
from storage.indexing.index_files import _arrays
from storage.models import SILENCE_SECONDS, Segment, SpeakerTurn, Video, join_turns
from storage.ranking.index.build import IndexBuilder, build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.merge import merge_parts
from storage.ranking.index.pieces import number_pieces

PIECES = [
    *("lantern", "Lanterns,", "the", "don't", "Colour", "C++", "1,000", "½", "ﹰ", "—", "l'arte", "İstanbul'da"),
    *(
        "機械",
        "学習とは",
        "カメラ",
        "한국어는",
        "ทำไม",
        "[Music]",
        "(laughs",
        "laughs)",
        "♪",
        "f[music]",
        "\0",
        "\0a",
        "\ud800x",
    ),
]
SPACES = [" ", " ", " ", "", "\n", "\xa0", "\u3000"]
texts = st.one_of(
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(SPACES)), max_size=8).map(
        lambda pieces: "".join(piece + space for piece, space in pieces)
    ),
    st.text(max_size=12),
)
Stored = tuple[Video, list[Segment]]


@st.composite
def videos(draw: st.DrawFn) -> list[Stored]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        segments, start = [], 0.0
        for text in draw(st.lists(texts, max_size=4)):
            places = sorted(draw(st.sets(st.integers(1, max(len(text) - 1, 1)), max_size=3)))
            speakers = draw(st.lists(st.sampled_from(["", "Ana", "Bob"]), max_size=4))
            turns = join_turns([SpeakerTurn(*turn) for turn in zip([0, *places], speakers, strict=False)])
            segments.append(Segment(start, start + 30, text, turns=turns if text else ()))
            start += 30 + draw(st.sampled_from([0.0, 0.0, 9.5, 60.0]))
        made.append((Video(f"v{number}", draw(texts)), segments))
    return made


languages = st.sampled_from(["en", "de", "fr", "tr", "ja", "xx"])


def read(text: str, following: str, language: str) -> list[tuple[str, str, bool]]:
    """The terms of a text by itself, and the pair across its end."""
    analyser = analyser_for(language)
    crossing = analyser.crossing_token(text, following)
    tokens = [*analyser.tokens(text), *([crossing] if crossing else [])]
    return [(token.term, token.word, token.is_stop_word) for token in tokens]


def followed(segments: Sequence[Segment]) -> list[tuple[Segment, str]]:
    """The segments of a video, with the text that goes on without a pause."""
    after = [
        right.text if right.start_second - left.end_second <= SILENCE_SECONDS else ""
        for left, right in pairwise(segments)
    ]
    return list(zip(segments, [*after, ""], strict=False))


def words_before_turns(segment: Segment, language: str) -> list[int]:
    """How many words stand in a segment before each of its turns, who speaks being known."""
    places = [turn.offset for turn in segment.turns]
    parts = [(segment.text[a:b], segment.text[b:]) for a, b in zip([0, *places], places, strict=False)]
    return list(accumulate(len(read(*part, language)) for part in parts))


@settings(max_examples=200)
@given(videos(), languages, st.booleans(), st.booleans())
def test_an_index_says_of_every_text_what_it_says_by_itself(
    given_videos: list[Stored], language: str, by_arrow: bool, is_forgetful: bool
) -> None:
    with (
        patch.object(storage.ranking.index.pieces, "_is_arrow_used", by_arrow),
        patch.object(storage.ranking.index.lexicon, "MAX_REMEMBERED_PIECES", 2 if is_forgetful else 10**9),
    ):
        builder = IndexBuilder(language)
        for video in given_videos:
            builder.add([video])
        index = builder.build()
    spoken = [
        read(segment.text, following, language)
        for _, segments in given_videos
        for segment, following in followed(segments)
    ]
    words = index.words.words_at(index.forward)
    bounds = index.offsets.tolist()
    assert [words[a:b] for a, b in pairwise(bounds)] == [[word for _, word, _ in terms] for terms in spoken]
    assert index.lengths.tolist() == [sum(not common for *_, common in terms) for terms in spoken]
    term_of = dict(zip(index.words, index.terms.words_at(index.term_of_word), strict=True))
    titles = [read(video.title, "", language) for video, _ in given_videos]
    assert term_of == {word: term for terms in [*spoken, *titles] for term, word, _ in terms}
    assert index.words.words_at(index.title_words) == [word for terms in titles for _, word, _ in terms]
    every = [segment for _, segments in given_videos for segment in segments]
    assert list(zip(index.turns.docs.tolist(), index.turns.words.tolist(), strict=True)) == [
        (doc, count) for doc, segment in enumerate(every) for count in words_before_turns(segment, language)
    ]
    names = index.turns.names()
    assert [names[speaker] for speaker in index.turns.speakers.tolist()] == [
        turn.speaker for segment in every for turn in segment.turns
    ]


def contents(index: IndexPart) -> dict[str, tuple[np.dtype[np.generic], bytes]]:
    """All that is kept of an index, to the byte."""
    return {name: (array.dtype, array.tobytes()) for name, array in _arrays(index)}


@settings(max_examples=60)
@given(videos(), languages)
def test_videos_that_are_added_one_by_one_make_the_same_index_as_all_at_once_and_as_parts(
    given_videos: list[Stored], language: str
) -> None:
    builder = IndexBuilder(language)
    for video in given_videos:
        builder.add([video])
    index = builder.build()
    assert contents(index) == contents(merge_parts([build_index([video], language) for video in given_videos]))
    assert told(index) == told(build_index(given_videos, language))


def told(index: IndexPart) -> dict[str, object]:
    """What an index says, no matter how it numbers its words: by video their titles are read before other texts."""
    return {
        "forward": index.words.words_at(index.forward),
        "offsets": index.offsets.tolist(),
        "titles": index.words.words_at(index.title_words),
        "words": {word: index.word_count(word) for word in index.words},
        "postings": {term: [each.tolist() for each in index.postings(term)] for term in index.terms},
    }


@given(st.lists(texts))
def test_arrow_numbers_pieces_as_python_does(given_texts: list[str]) -> None:
    with patch.object(storage.ranking.index.pieces, "_is_arrow_used", True):
        by_arrow = number_pieces(given_texts)
    assert spelled_out(*by_arrow) == spelled_out(*number_pieces(given_texts))
    different = [piece for piece in by_arrow[0] if piece]
    assert different == number_pieces(given_texts)[0], "as they first occur"


def spelled_out(pieces: list[str], sequence: np.ndarray, ends: np.ndarray) -> list[list[str]]:
    every = [pieces[number] for number in sequence.tolist()]
    return [[piece for piece in every[a:b] if piece] for a, b in pairwise(ends.tolist())]
