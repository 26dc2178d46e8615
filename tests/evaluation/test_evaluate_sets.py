"""Reading question sets: what is taken, what is told, and each thing that can be wrong with a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.errors import QuestionSetError
from bot.evaluation.collection import Collection, open_collection
from bot.evaluation.question_set import read_queries, read_question_set
from bot.evaluation.values import Entry
from storage.models import Segment
from tests.support.inputs.question_sets import CORPUS, JUDGEMENTS, QUERIES, Json, write_set


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def test_a_set_is_read_as_it_stands_and_ids_are_text(tmp_path: Path) -> None:
    read = read_question_set(write_set(tmp_path / "set"))
    assert read.entries[0] == Entry(
        "lamp 0", str(CORPUS[0]["text"]), "Harbour", video="7", seq=0.0, start=0.0, end=20.0
    )
    assert read.entries[4].start is None
    assert (read.queries[0].query_id, read.queries[0].video) == ("1", "7")
    assert read.judgements["2"] == {"violin 0": 2, "violin 1": 1}
    assert read.notes == ()


def test_files_may_begin_with_a_mark_and_hold_blank_lines_and_odd_ids(tmp_path: Path) -> None:
    odd = "d\u2028 \ud800\u202e\x00 𝔸"
    folder = write_set(tmp_path, [{"_id": odd, "text": "a lantern"}], QUERIES[:1], [
        {"query-id": 1.0, "corpus-id": odd, "score": "2"}
    ])  # fmt: skip
    (folder / "queries.jsonl").write_bytes(b"\xef\xbb\xbf\n" + (folder / "queries.jsonl").read_bytes() + b"\r\n \n")
    assert read_question_set(folder).judgements == {"1": {odd: 2}}


def test_judgements_of_what_is_not_there_are_left_out_and_counted(tmp_path: Path) -> None:
    more: list[Json] = [
        {"query-id": 1, "corpus-id": "nowhere", "score": 1},
        {"query-id": "nobody", "corpus-id": "lamp 0", "score": 1},
        {"query-id": 1, "corpus-id": "lamp 0", "score": 3},
        {"query-id": 1, "corpus-id": "lamp 1", "score": -1},
    ]
    read = read_question_set(write_set(tmp_path, judgements=[*JUDGEMENTS, *more]))
    assert read.judgements["1"] == {"lamp 0": 3, "lamp 1": 0}
    unknown, contradicted = read.notes
    assert "not there, left out: 2." in unknown
    assert "contradict an earlier one" in contradicted


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("corpus", '{"_id": "x", "text": "cut', "line 2: this is no JSON object"),
        ("corpus", '["x", "text"]', "line 2: this is no JSON object"),
        ("corpus", "[" * 100_000, "line 2: this is no JSON object"),
        ("corpus", '{"text": "no id"}', "line 2: there is no _id"),
        ("corpus", '{"_id": null, "text": "no id"}', "line 2: there is no _id"),
        ("corpus", '{"_id": [1], "text": "no id"}', "line 2: _id is [1], which is no id"),
        ("corpus", '{"_id": true, "text": "no id"}', "line 2: _id is true, which is no id"),
        ("corpus", '{"_id": "lamp 0", "text": "twice"}', "line 2: the _id “lamp 0” is on line 1 too"),
        ("corpus", '{"_id": "x"}', "line 2: there is no text"),
        ("corpus", '{"_id": "x", "text": 5}', "line 2: text is 5, which is no text"),
        ("corpus", '{"_id": "x", "text": "y", "start": "soon"}', 'line 2: start is "soon", which is no number'),
        ("queries", '{"_id": "x"}', "line 2: there is no text"),
        ("queries", '{"_id": 1, "text": "again"}', "line 2: the _id “1” is on line 1 too"),
        ("qrels", '{"query-id": 1, "score": 1}', "line 2: there is no corpus-id"),
        ("qrels", '{"query-id": 1, "corpus-id": "lamp 0"}', "line 2: score is null; give a whole number"),
        ("qrels", '{"query-id": 1, "corpus-id": "lamp 0", "score": 0.5}', "line 2: score is 0.5; give a whole number"),
        ("qrels", '{"query-id": 1, "corpus-id": "lamp 0", "score": 1e9}', "give a whole number up to 1000"),
        ("qrels", '{"query-id": 1, "corpus-id": "lamp 0", "score": NaN}', "line 2: score is NaN"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_file_and_line(tmp_path: Path, name: str, line: str, sentence: str) -> None:
    folder = write_set(tmp_path, CORPUS[:1], QUERIES[:1], JUDGEMENTS[:1])
    path = folder / f"{name}.jsonl"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(QuestionSetError) as caught:
        read_question_set(folder)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["corpus", "queries", "qrels"])
def test_a_missing_file_and_other_bytes_are_named(tmp_path: Path, name: str) -> None:
    path = write_set(tmp_path) / f"{name}.jsonl"
    path.write_bytes(b'{"_id": "caf\xe9"}\n')
    with pytest.raises(QuestionSetError, match=f"{name}.jsonl, line 1: this is not UTF-8 text"):
        read_question_set(tmp_path)
    path.unlink()
    with pytest.raises(QuestionSetError, match=f"{name}.jsonl: there is no such file"):
        read_question_set(tmp_path)
    path.mkdir()
    with pytest.raises(QuestionSetError, match=f"{name}.jsonl: the file cannot be read"):
        read_question_set(tmp_path)


def test_a_missing_folder_a_file_and_empty_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"there is no such folder; name a folder with corpus\.jsonl"):
        read_question_set(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(QuestionSetError, match="this is a file; name a folder"):
        read_queries(tmp_path / "file")
    with pytest.raises(QuestionSetError, match=r"corpus.jsonl: there is not a single text"):
        read_question_set(write_set(tmp_path / "a", corpus=[{"_id": 1, "text": " "}]))
    with pytest.raises(QuestionSetError, match=r"queries.jsonl: there is not a single question"):
        read_question_set(write_set(tmp_path / "b", queries=[]))


# What becomes of the texts in the library


async def segments_of(entries: Sequence[Entry]) -> tuple[dict[str, list[str]], list[Segment]]:
    """The entries by stored video, in spoken order, and all segments."""
    async with open_collection(entries, "en", silent) as collection:
        shelf: dict[str, list[str]] = {}
        segments: list[Segment] = []
        for summary in await collection.library.videos(collection.scope):
            name = summary.video.video_id
            spoken = await collection.library.segments_between(collection.scope, name, 0.0, summary.end_second)
            shelf[name] = [collection.entry_at[name, segment.start_second] for segment in spoken]
            segments += spoken
        return shelf, segments


def entry(name: str, video: str = "v", **more: float) -> Entry:
    return Entry(name, f"text of {name}", video=video, **more)  # type: ignore[arg-type]


async def test_every_text_becomes_one_segment_as_it_stands_and_knows_its_entry(tmp_path: Path) -> None:
    read = read_question_set(write_set(tmp_path))
    shelf, segments = await segments_of(read.entries)
    assert shelf == {"7": ["lamp 0", "lamp 1"], "8": ["violin 0", "violin 1"], "9": ["bread 0", "bread 1"]}
    assert {segment.text for segment in segments} == {each["text"] for each in CORPUS}
    times = {segment.text: (segment.start_second, segment.end_second) for segment in segments}
    assert times[str(CORPUS[1]["text"])] == (20.0, 40.0)


@pytest.mark.parametrize(
    ("entries", "order"),
    [
        ([entry("b", seq=1), entry("a", seq=0), entry("c", seq=2.5)], "abc"),
        ([entry("a"), entry("b"), entry("c")], "abc"),
        ([entry("b", seq=1, start=9.0), entry("a", seq=0), entry("c", seq=2, start=1.0)], "abc"),
        ([entry("b", seq=1, start=5.0), entry("a", seq=0, start=5.0), entry("c", seq=0, start=5.0004)], "abc"),
        ([entry("b", start=7.0, end=1.0), entry("a", start=2.0, end=3.0)], "ab"),
        ([entry("b", seq=1, start=5e8), entry("a", seq=0, start=4e8)], "ab"),
        ([entry("b", seq=1, start=3.0), entry("a", seq=0, start=-1.0)], "ab"),
        ([entry(name, start=0.0, end=0.0) for name in "abcdefgh"], "abcdefgh"),
    ],
)
async def test_texts_keep_their_order_whatever_their_times(entries: list[Entry], order: str) -> None:
    shelf, segments = await segments_of(entries)
    assert shelf == {"v": list(order)}
    assert all(segment.end_second >= segment.start_second >= 0 for segment in segments)


async def test_equal_starts_are_moved_as_little_as_can_be() -> None:
    _, segments = await segments_of([entry("a", start=5.0, end=9.0), entry("b", start=5.0, end=9.0)])
    assert [(each.start_second, each.end_second) for each in segments] == [(5.0, 9.0), (5.001, 9.0)]


async def test_texts_without_a_video_are_one_each_and_names_that_look_alike_stay_apart() -> None:
    entries = [entry("v", video=""), entry("a"), entry("b", video="v \u202e"), entry("c", video="\x00"), entry("d", "")]
    shelf, _ = await segments_of(entries)
    assert shelf == {"v": ["v"], "v (2)": ["a"], "v (3)": ["b"], "video": ["c"], "d": ["d"]}


async def test_empty_and_invisible_texts_are_not_stored_and_a_corpus_of_them_is_refused() -> None:
    shelf, _ = await segments_of([entry("a"), Entry("b", " \n"), Entry("c", "\x00\x01", video="w")])
    assert shelf == {"v": ["a"]}
    with pytest.raises(QuestionSetError, match="The corpus cannot be stored: text is empty"):
        await segments_of([Entry("c", "\x00\x01")])


async def test_sound_marks_quotation_marks_and_line_ends_do_not_split_or_drop_a_text() -> None:
    texts = ["[Music]", '"quoted", {"video_id": 1}', "one\r\ntwo\u2028three", "<html>", "🎻"]
    shelf, segments = await segments_of([Entry(str(number), text) for number, text in enumerate(texts)])
    assert sorted(shelf.values()) == [[str(number)] for number in range(len(texts))]
    assert {segment.text for segment in segments} >= {"[Music]", '"quoted", {"video_id": 1}', "one two three"}


async def test_the_language_is_the_librarys(tmp_path: Path) -> None:
    async with open_collection([entry("a")], "de", silent) as collection:
        assert isinstance(collection, Collection)
        assert {each.video.language for each in await collection.library.videos(collection.scope)} == {"de"}
    with pytest.raises(QuestionSetError, match="is not a language code"):
        await segments_of_language("12")


async def segments_of_language(language: str) -> None:
    async with open_collection([entry("a")], language, silent):
        pass
