"""An index in parts, some of whose videos are gone, is the index of what is there: every number and every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from unittest.mock import patch

import numpy as np
import pytest
import xxhash
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

import storage.indexing.library_index
import storage.ranking.index.assemble
import storage.ranking.index.deletions
import storage.ranking.index.runs
import storage.ranking.index.vocabulary
from storage.analysis import Token, analyser_for
from storage.errors import UnknownFilter
from storage.indexing.index_files import _arrays
from storage.indexing.library_index import LibraryIndex
from storage.models import SILENCE_SECONDS, Question, QuestionTerm, Segment, SpeakerTurn, StoredVideo, Video, join_turns
from storage.ranking.index.build import build_index
from storage.ranking.index.index_part import IndexPart
from storage.ranking.index.merge import merge_parts
from storage.ranking.index.ngrams import ngrams_of
from storage.ranking.index.vocabulary import build_vocabulary
from storage.ranking.search import Ranking, Searcher
from storage.search import _apply_filters
from tests.support.okapi import OkapiBM25

# "½" is read as two words, "ﹰ" and "…" as none.
WORDS = [
    *("lantern", "lanterns", "harbour", "word", "piece", "wordpiece", "back", "propagation", "backpropagation"),
    *("transformer", "transform", "the", "of", "not", "don't", "BERT's", "C++", "1,000", "½", "ﹰ", "…", "l'arte"),
    *("Häuser", "Haus", "機械学習", "学習", "とは機械", "[Music]"),
]
IDS = [f"v{number}" for number in range(6)]

text = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
pauses = st.sampled_from([0.0, 0.0, 0.0, 9.5, 60.0])


@st.composite
def stored_video(draw: st.DrawFn, video_id: str) -> StoredVideo:
    segments, start = [], 0.0
    for words in draw(st.lists(text, max_size=4)):
        begins = [0, *(place + 1 for place, letter in enumerate(words) if letter == " ")]
        chosen = draw(st.lists(st.sampled_from(["", "Ana", "Bob"]), max_size=len(begins)))
        turns = join_turns([SpeakerTurn(*turn) for turn in zip(begins, chosen, strict=False)])
        segments.append(Segment(start, start + 30, words, turns=turns))
        start += 30 + draw(pauses)
    return StoredVideo(Video(video_id, draw(text)), tuple(segments))


@dataclass
class Kept:
    """A shelf, and the videos that it should hold."""

    shelf: LibraryIndex = field(repr=False)
    videos: dict[str, StoredVideo] = field(default_factory=dict)

    def put(self, videos: Sequence[StoredVideo]) -> None:
        ids = {each.video.video_id for each in videos}
        part = build_index([(each.video, each.segments) for each in videos], self.shelf.language)
        self.shelf = self.shelf.without_videos(ids & self.shelf.places.keys()).with_part(part, dict.fromkeys(ids, 1))
        self.videos |= {each.video.video_id: each for each in videos}

    def remove(self, ids: Iterable[str]) -> None:
        there = {video_id for video_id in ids if video_id in self.videos}
        self.shelf = self.shelf.without_videos(there)
        self.videos = {video_id: each for video_id, each in self.videos.items() if video_id not in there}

    def join(self, first: int) -> None:
        if self.shelf.parts:
            self.shelf = self.shelf.merge_parts(min(first, len(self.shelf.parts) - 1))

    def anew(self) -> list[IndexPart]:
        """One index of all its videos, as if there had never been others; none where there is no part either."""
        if not self.shelf.parts:
            return []
        return [build_index([(each.video, each.segments) for each in self.videos.values()], self.shelf.language)]


@st.composite
def kept(draw: st.DrawFn, language: str) -> Kept:
    """A library after some imports, replacements and removals, tidied up now and then."""
    library = Kept(LibraryIndex(language))
    ids = st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True)
    with (
        patch.object(storage.indexing.library_index, "MAX_QUICK_MERGE_SEGMENTS", draw(st.sampled_from([0, 2_000]))),
        patch.object(storage.ranking.index.deletions, "READ_BATCH_WORDS", draw(st.sampled_from([5, 2_000_000]))),
    ):
        for act in draw(st.lists(st.sampled_from(["put", "put", "put", "remove", "join"]), min_size=1, max_size=7)):
            if act == "put":
                library.put([draw(stored_video(video_id)) for video_id in draw(ids)])
            elif act == "remove":
                library.remove(draw(ids))
            else:
                library.join(draw(st.integers(0, 3)))
    return library


libraries = st.sampled_from(["en", "de", "fr", "ja", "xx"]).flatmap(kept)
scopes = st.sampled_from(["en", "de", "ja"]).flatmap(lambda language: st.tuples(kept(language), kept(language)))

QUESTIONS = [
    Question(asked, asked)
    for asked in ("lantern harbour", "lanten", "word piece", "backpropagation", "wordpeice don't", "the of", "C++ 1000")
] + [
    Question("学習とは", "学習とは"),
    Question("", phrases=("back propagation",)),
    Question("", phrases=("the lantern", "of")),
    Question("", phrases=("機械",)),
    Question("harbour", "harbour", exclusions=("lantern",)),
    Question("harbour transfomer", "harbour transfomer", exclusions=("word piece", "c++")),
    Question("lantern häuser", "lantern häuser", video="v1"),
    Question("lantern of harbour", "lantern of harbour", speaker="ana"),
    Question("lantern", "lantern", phrases=("the lantern",), speaker="ana"),
]

Place = tuple[str, float]
Told = tuple[list[tuple[Place, float]], tuple[QuestionTerm, ...], str | None, float]


def place(index: IndexPart, doc: int) -> Place:
    return index.videos.video_id_at(int(index.video_of[doc])), float(index.starts[doc])


def answer(parts: Sequence[IndexPart], question: Question) -> Told | None:
    """All that ranking tells of a question, but for how segments are numbered; None where its filter names nothing."""
    if question.video not in {"", *(video.video_id for part in parts for video in part.live_videos().values())}:
        return None
    searcher = Searcher(parts, parts[0].language)
    try:
        filters = _apply_filters(searcher, question)
    except UnknownFilter:
        return None
    ranking = searcher.search(question, 5, filters.videos, speakers=filters.speakers)
    ranked = [(place(parts[each.part], each.doc), each.score) for each in ranking.ranked]
    return ranked, ranking.terms, ranking.searched_for, ranking.ideal_score


@settings(max_examples=80)
@given(libraries)
def test_an_index_in_parts_answers_as_one_built_anew(library: Kept) -> None:
    parts, anew = library.shelf.parts, library.anew()
    for question in QUESTIONS if parts else ():
        assert answer(parts, question) == answer(anew, question)


@settings(max_examples=40)
@given(scopes)
def test_a_scope_of_two_libraries_in_parts_answers_as_one_of_two_built_anew(scope: tuple[Kept, Kept]) -> None:
    parts = [part for library in scope for part in library.shelf.parts]
    anew = [index for library in scope for index in library.anew()]
    for question in QUESTIONS if parts else ():
        assert answer(parts, question) == answer(anew, question)


def told(parts: Sequence[IndexPart]) -> dict[str, object]:
    """What the verbs of an index say of it, added up over its parts."""
    words, terms = ({each for part in parts for each in getattr(part, name)} for name in ("words", "terms"))
    shapes = {(word[0], len(word)) for word in words if word.isalpha()}
    pairs = [(left, right) for left in words for right in words]
    _, pieces = ngrams_of(sorted(words))
    return {
        "size": [sum(getattr(part, name) for part in parts) for name in ("size", "length", "video_count")],
        "standing": {video.video_id: video for part in parts for video in part.live_videos().values()},
        "speakers": {name for part in parts for name in part.speakers()},
        "frequency": added_up(terms, lambda term: sum(part.document_frequency(term) for part in parts)),
        "videos_with": added_up(terms, lambda term: sum(part.videos_with(term) for part in parts)),
        "titled": added_up(terms, lambda term: titled(parts, term)),
        "said_in_videos": said_in_videos(parts, sorted(terms)),
        "said": added_up(words, lambda word: sum(part.word_count(word) for part in parts)),
        "words_like": added_up(shapes, lambda shape: {word for part in parts for word in part.words_like(*shape)}),
        "phrase_positions": added_up(pairs, lambda pair: sorted(each for part in parts for each in places(part, pair))),
        "pieces": added_up(pieces.tolist(), lambda piece: sum(holding(part, piece) for part in parts)),
    }


def added_up(keys: Iterable[object], count: Callable[..., object]) -> dict[object, object]:
    """What is counted for each key; where it is nothing, the key is left out: another index may not know of it."""
    return {key: counted for key in keys if (counted := count(key))}


def titled(parts: Sequence[IndexPart], term: str) -> set[str]:
    return {part.videos.video_id_at(video) for part in parts for video in part.videos_titled(term).tolist()}


def said_in_videos(parts: Sequence[IndexPart], terms: Sequence[str]) -> dict[str, dict[str, float]]:
    found = {}
    for part in parts:
        standing = part.live_videos()
        postings = list(map(part.repeated_postings, terms))
        counts = part.term_counts_in_videos(postings, np.array(list(standing), np.int64)).tolist()
        for video, said in zip(standing.values(), counts, strict=True):
            found[video.video_id] = {term: count for term, count in zip(terms, said, strict=True) if count}
    return found


def places(part: IndexPart, words: tuple[str, ...]) -> list[tuple[Place, Place]]:
    first, last = part.phrase_positions(words)
    return [(place(part, a), place(part, b)) for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def holding(part: IndexPart, piece: int) -> int:
    _, words = part.ngrams.words_with(np.array([piece], np.uint64))
    return int(part.word_counts_of(words).sum())


@settings(max_examples=40)
@given(libraries)
def test_each_verb_of_an_index_in_parts_tells_what_it_tells_of_one_built_anew(library: Kept) -> None:
    assert told(library.shelf.parts) == told(library.anew())


def stored(video_id: str, *texts: str, title: str = "") -> StoredVideo:
    segments = [Segment(30.0 * number, 30.0 * number + 30, each) for number, each in enumerate(texts)]
    return StoredVideo(Video(video_id, title), tuple(segments))


def index_of(*videos: StoredVideo, language: str = "en") -> IndexPart:
    return build_index([(each.video, each.segments) for each in videos], language)


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("lanten", "lantern"),  # a spelling
        ("hopfeld", "hopfield"),  # one that only a title has
        ("word piece", "wordpiece"),  # a compound joined
        ("backpropagation", "back propagation"),  # one taken apart; others say "back" and "propagation", but not so
    ],
)
def test_nothing_of_a_removed_video_is_suggested(asked: str, searched: str) -> None:
    leaving = stored("a", "the lantern", "a wordpiece", "of back propagation", title="Hopfield")
    index = index_of(leaving, stored("b", "back and forth", "propagation of light"))
    question = Question(asked, asked)
    assert Searcher([index], "en").search(question, 9, [None]).searched_for == searched
    for rest in (index.without_videos([0]), merge_parts([index.without_videos([0])])):
        ranking = Searcher([rest], "en").search(question, 9, [None])
        assert ranking.searched_for is None
        assert {place(rest, each.doc)[0] for each in ranking.ranked} <= {"b"}
        assert not Searcher([rest], "en").is_spoken("lantern")


def test_videos_go_one_after_the_other() -> None:
    index = index_of(*(stored(f"v{n}", f"copper number{n}") for n in range(4)))
    rest = index.without_videos([1]).without_videos([3])
    assert [video.video_id for video in rest.live_videos().values()] == ["v0", "v2"]
    assert (
        rest.document_frequency("copper"),
        rest.word_count("number1"),
        rest.word_count("number2"),
        rest.word_count("number3"),
    ) == (2, 0, 1, 0)
    assert index.document_frequency("copper") == 4, "the index itself stays as it was"


def test_texts_of_two_words_in_one_stretch_and_of_none_are_told_apart() -> None:
    index = index_of(stored("v", "½ ½ ﹰ copper", "ﹰ ½"))
    assert [index.words.word_at(number) for number in index.forward.tolist()] == [
        "1",
        "2",
        "1",
        "2",
        "copper",
        "1",
        "2",
    ]
    assert index.offsets.tolist() == [0, 5, 7]


def kept_as_it_is(video: StoredVideo) -> Kept:
    library = Kept(LibraryIndex("en"))
    library.put([video])
    return library


@settings(max_examples=40)
@given(libraries, st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join))
@example(kept_as_it_is(stored("v", "", "機械学習", "機械学習 lantern")), "lantern")
def test_scores_of_parts_under_okapis_policy_equal_rank_bm25s(library: Kept, asked: str) -> None:
    read = read_as_indexed(library)
    lengths = [sum(not token.is_stop_word for token in tokens) for tokens in read.values()]
    query = [token.term for token in analyser_for(library.shelf.language).tokens(asked)]
    if not sum(lengths):
        return  # rank-bm25 divides by their average
    theirs = BM25Okapi([[token.term for token in tokens] for tokens in read.values()])
    theirs.doc_len, theirs.avgdl = lengths, sum(lengths) / len(lengths)  # here stop words add no length
    expected = dict(zip(read, theirs.get_scores(query).tolist(), strict=True))
    assert scored(library.shelf.parts, query) == pytest.approx(expected, abs=1e-9)


def read_as_indexed(library: Kept) -> dict[Place, list[Token]]:
    """The tokens of every segment, and behind them the pair of characters that it shares with what goes on after it."""
    analyser, read = analyser_for(library.shelf.language), {}
    for video_id, video in library.videos.items():
        for segment, after in zip_longest(video.segments, video.segments[1:]):
            goes_on = after and after.start_second - segment.end_second <= SILENCE_SECONDS
            pair = analyser.crossing_token(segment.text, after.text if goes_on else "")
            read[video_id, segment.start_second] = [*analyser.tokens(segment.text), *([pair] if pair else [])]
    return read


def scored(parts: Sequence[IndexPart], query: Sequence[str]) -> dict[Place, float]:
    model = OkapiBM25(parts)
    scores = model.get_scores(query)
    docs = [(part, doc) for part in parts for doc in range(part.max_doc)]
    there = {
        place(part, doc): score
        for number, ((part, doc), score) in enumerate(zip(docs, scores.tolist(), strict=True))
        if number not in set(model.gone.tolist())
    }
    assert not scores[model.gone].any()
    return there


@pytest.mark.parametrize(
    ("times", "width"), [(255, np.uint8), (256, np.uint16), (65_535, np.uint16), (70_000, np.uint32)]
)
def test_a_word_is_counted_however_often_it_is_said(times: int, width: type) -> None:
    index = index_of(stored("v", "copper " * times, "copper violin"), stored("w", "violin"))
    assert index.posting_lists.repeats.dtype == width
    assert index.postings("copper")[1].tolist() == [times, 1]
    theirs = BM25Okapi([["copper"] * times, ["copper", "violin"], ["violin"]])
    parts = [index_of(stored("w", "violin")), index]
    for scope in ([index], [parts[0], index.without_videos([1])], [merge_parts([parts[0], index.without_videos([1])])]):
        scores = scored(scope, ["copper"])
        assert [scores["v", 0.0], scores["v", 30.0]] == pytest.approx(theirs.get_scores(["copper"])[:2], abs=1e-9)


def test_more_words_than_two_bytes_can_number() -> None:
    low, high = (stored(f"v{n}", " ".join(f"w{word}" for word in range(33_000 * n, 33_000 * (n + 1)))) for n in (0, 1))
    parts = [index_of(low, language="xx"), index_of(high, language="xx")]
    joined, anew = merge_parts(parts), index_of(low, high, language="xx")
    assert [part.forward.dtype for part in (*parts, joined, anew)] == [np.uint16, np.uint16, np.int32, np.int32]
    for index in (joined, anew):
        assert len(index.words) == 66_000
        assert places(index, ("w65998", "w65999")) == [(("v1", 0.0), ("v1", 0.0))]
        assert places(index, ("w32999", "w33000")) == [], "another video"
    less = merge_parts([joined.without_videos([0])])
    assert (less.forward.dtype, len(less.words)) == (np.uint16, 33_000)


@settings(max_examples=30)
@given(libraries, st.integers(1, 9))
def test_how_many_words_are_sorted_at_a_time_makes_no_difference(library: Kept, at_once: int) -> None:
    videos = [(each.video, each.segments) for each in library.videos.values()]
    with patch.object(storage.ranking.index.assemble, "SORT_BATCH_WORDS", at_once):
        in_stretches = build_index(videos, "en")
    assert arrays_of(in_stretches) == arrays_of(build_index(videos, "en"))


def test_joining_keeps_the_type_of_every_array() -> None:
    videos = [stored(f"v{n}", f"copper lantern {n}", title="Violin") for n in range(3)]
    joined = merge_parts([index_of(videos[0]), index_of(*videos[1:]).without_videos([1])])
    types = [{name: array.dtype for name, array in _arrays(index)} for index in (joined, index_of(*videos[:2]))]
    assert types[0] == types[1]


def arrays_of(index: IndexPart) -> dict[str, tuple[np.dtype, list[float]]]:  # type: ignore[type-arg]
    return {name: (array.dtype, array.tolist()) for name, array in _arrays(index)}


def test_words_with_the_same_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xxhash, "xxh3_64_intdigest", lambda spelt: 7)
    words = ["copper", "violin", "", "lantern"]
    vocabulary = build_vocabulary(words)
    assert [vocabulary.number_of(word) for word in words] == [0, 1, 2, 3]
    assert vocabulary.number_of("harbour") is None
    assert list(vocabulary) == words


def test_a_vocabulary_may_be_empty_and_words_may_be_anything() -> None:
    empty, odd = build_vocabulary([]), ["\ud800", "a\udfff", "𝄞𝄞", "", "Ä"]
    assert (len(empty), list(empty), empty.number_of("x"), empty.words_at(np.empty(0, np.int64))) == (0, [], None, [])
    vocabulary = build_vocabulary(odd)
    assert [vocabulary.number_of(word) for word in odd] == [0, 1, 2, 3, 4]
    assert [vocabulary.word_at(number) for number in range(5)] == odd
    assert vocabulary.words_at(np.array([4, 0, 4])) == ["Ä", "\ud800", "Ä"], "in the order asked for"


def test_a_vocabulary_forgets_looked_up_words_and_finds_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.ranking.index.vocabulary, "MAX_REMEMBERED_WORDS", 2)
    vocabulary = build_vocabulary(["a", "b", "c"])
    for _ in range(2):
        assert [vocabulary.number_of(word) for word in "abcdef"] == [0, 1, 2, None, None, None]
    assert len(vocabulary._known) <= 2


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=6), max_size=5))
def test_pieces_are_each_four_letters_of_a_word_whatever_stands_beside_it(words: list[str]) -> None:
    owner, pieces = ngrams_of(words)
    expected = [(n, start) for n, word in enumerate(words) for start in range(max(1, len(word) - 3))]
    assert owner.tolist() == [n for n, _ in expected]
    alone = [ngrams_of([words[n][start : start + 4]])[1].tolist() for n, start in expected]
    assert [[piece] for piece in pieces.tolist()] == alone


def test_pieces_of_nothing_and_of_rare_letters() -> None:
    assert [len(each) for each in ngrams_of([])] == [0, 0]
    assert ngrams_of([""])[0].tolist() == [0]
    assert len(set(ngrams_of(["𝄞", "𝄞𝄢", "𝄢𝄞", "\ud800", "abcd", "abc", "bcd"])[1].tolist())) == 7


def test_one_searcher_serves_several_threads() -> None:
    index = index_of(*(stored(f"v{n}", f"copper lantern w{n % 7}", "word piece", title="Violin") for n in range(60)))
    searcher = Searcher([index.without_videos([3]), index_of(stored("x", "wordpiece"))], "en")
    asked = [Question(words, words) for words in ("copper w1", "lanten w2", "word piece", "violins", "w5 coppr")] * 8

    def ask(question: Question) -> Ranking:
        return searcher.search(question, 9, [None, None])

    expected = list(map(ask, asked))
    with ThreadPoolExecutor(8) as threads, patch.object(storage.ranking.index.vocabulary, "MAX_REMEMBERED_WORDS", 3):
        assert list(threads.map(ask, asked)) == expected


def test_runs_are_forgotten_where_they_become_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.ranking.index.runs, "MAX_REMEMBERED_PLACES", 5)
    index = index_of(stored("v", "word piece " * 3, "back propagation " * 2), stored("w", "copper violin"))
    remembered = []
    for name in ("word piec", "back propag", "copper violin", "word piec"):
        runs = index.run_postings(name)
        remembered.append([each for each in ("word piec", "back propag") if index._runs.get(each)])
        assert runs.counts.sum() == {"word piec": 3, "back propag": 2, "copper violin": 1}[name]
    assert remembered == [["word piec"], ["word piec", "back propag"], [], ["word piec"]]
