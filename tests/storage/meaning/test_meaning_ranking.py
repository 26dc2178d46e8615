"""What reading meaning does to a ranking, where it is on, and that it does nothing where it is off."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import asking
from bot.answering.question import parse_question
from bot.answering.sureness import SurenessThresholds
from bot.answering.values import AnswerLevel, PassageRange
from storage import access
from storage.library import Library
from storage.meaning.loaded_models import LoadedModels
from storage.meaning.reordering import (
    RANKED_BY_CROSS_ENCODER,
    RANKED_BY_MEANING,
    Candidate,
    assign_scores,
    rank_by_logits,
    rank_by_similarity,
)
from storage.meaning.vector_files import VectorFiles
from storage.models import Hit, Labels, MeaningOptions, ModelChoice, Question, Segment, Source, Video
from tests.support.commands import environment_for
from tests.support.libraries import in_server, opened
from tests.support.meaning import (
    CROSS_ENCODER,
    FILES,
    MODEL,
    OPTIONS,
    needs_cross_encoder,
    needs_weights,
    reading_letters,
)

Rows = Callable[..., Source]
HOST = access.host_scope()
KNIVES = (
    "the knife is in the drawer and the knife is for bread",
    "drag the edge of the knife over a whetstone until it cuts paper",
    "a knife of bronze was found in the grave",
    "we paint the wall of the kitchen in blue",
)
SHARPEN = Question("how do I make my knife sharp again?", "how do I make my knife sharp again")


def hit(name: str, score: float) -> Hit:
    return Hit(Video(name), Segment(0, 1, name), score)


def names(hits: Iterable[Hit | Candidate]) -> list[str]:
    return [(one.hit if isinstance(one, Candidate) else one).video.video_id for one in hits]


def texts(hits: Iterable[Hit]) -> list[str]:
    return [one.segment.text for one in hits]


async def imported(library: Library, source: Source, scope: access.Scope = HOST, language: str = "") -> None:
    report = await library.import_files(scope, [(source, Labels(language=language))])
    assert report.has_changes


# The arithmetic


def test_words_and_meaning_count_together() -> None:
    hits = [hit("a", 10), hit("b", 9), hit("c", 5)]
    vectors = np.array([[0.1, 0], [0.3, 0], [0.5, 0]], np.float32)
    ranked = rank_by_similarity(hits, vectors, np.array([1, 0], np.float32))
    assert names(ranked) == ["b", "a", "c"], "1.2, 1.1 and 1.0"
    assert [round(candidate.cosine, 3) for candidate in ranked] == [0.3, 0.1, 0.5]
    assert [one.score for one in assign_scores(ranked)] == [10, 9, 5]


def test_a_cross_encoder_orders_the_first_and_leaves_the_others() -> None:
    candidates = [Candidate(hit(name, 1), share) for name, share in (("a", 1), ("b", 0.9), ("c", 0.1))]
    assert names(rank_by_logits(candidates, [-2.0, 2.0])) == ["b", "a", "c"]
    assert names(rank_by_logits(candidates, [])) == ["a", "b", "c"]


@given(st.lists(st.tuples(st.floats(0, 99), st.floats(-1, 1)), max_size=40))
def test_any_order_has_the_same_hits_and_scores_that_fall(given_hits: list[tuple[float, float]]) -> None:
    hits = [hit(str(place), score) for place, (score, _) in enumerate(sorted(given_hits, reverse=True))]
    vectors = np.array([[cosine] for _, cosine in given_hits], np.float32).reshape(len(hits), 1)
    ordered = assign_scores(rank_by_similarity(hits, vectors, np.ones(1, np.float32)))
    assert sorted(names(ordered)) == sorted(names(hits))
    assert [one.score for one in ordered] == [one.score for one in hits]


def test_of_equals_the_first_stays_first() -> None:
    hits = [hit(name, 1) for name in "abcdefghijklmnopqrstuvwxyz"]
    assert names(rank_by_similarity(hits, np.zeros((26, 1), np.float32), np.ones(1, np.float32))) == names(hits)


# The ranking of a library


@needs_weights
async def test_the_answer_in_other_words_comes_first(path: Path, rows: Rows) -> None:
    async with opened(path) as library:
        await imported(library, rows(*(("v", 30.0 * n, text) for n, text in enumerate(KNIVES))))
        [plain] = await library.search(HOST, SHARPEN, 5)
        assert texts(plain.hits)[0] == KNIVES[0]
    library = await Library.open(path, meaning=OPTIONS)
    try:
        await library.meaning.update_vectors(HOST)
        [read] = await library.search(HOST, SHARPEN, 5)
        assert texts(read.hits)[0] == KNIVES[1]
        assert sorted(texts(read.hits)) == sorted(texts(plain.hits))
        assert [one.score for one in read.hits] == [one.score for one in plain.hits]
        assert read.terms == plain.terms
        answer = await asking.ask(library, HOST, SHARPEN, thresholds=SurenessThresholds(0, 0))
        assert answer.excerpts[0].quote in " ".join(KNIVES), "word for word"
    finally:
        await library.close()


@needs_weights
async def test_an_answer_is_the_surer_the_nearer_it_is_in_meaning(path: Path, rows: Rows) -> None:
    own = parse_question("can a whetstone give a knife its edge?")
    foreign = parse_question("what does the paper write about the grave of the blue drawer?")
    beside = [f"number {n} speaks of nothing but the weather in the mountains" for n in range(40)]
    library = await Library.open(path, meaning=OPTIONS)
    try:
        await imported(library, rows(*(("v", 30.0 * n, text) for n, text in enumerate([*KNIVES, *beside]))))
        plain = [await asking.ask(library, HOST, asked) for asked in (own, foreign)]
        await library.meaning.update_vectors(HOST)
        read = [await asking.ask(library, HOST, asked) for asked in (own, foreign)]
        assert read[0].level is AnswerLevel.CONFIDENT
        assert read[0].sureness - read[1].sureness > 2 * (plain[0].sureness - plain[1].sureness)
    finally:
        await library.close()


async def test_only_the_first_thirty_change_places(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(
            library, rows(*((f"v{n}", 0.0, "copper " + "zzz " * n + "lantern " * (n % 5)) for n in range(40)))
        )
        [plain] = await library.search(HOST, Question("q", "copper lantern"), 40)
        await library.meaning.update_vectors(HOST)
        [read] = await library.search(HOST, Question("q", "copper lantern"), 40)
        first = slice(None, RANKED_BY_MEANING)
        assert texts(read.hits)[first] != texts(plain.hits)[first]
        assert sorted(texts(read.hits)[first]) == sorted(texts(plain.hits)[first])
        assert read.hits[RANKED_BY_MEANING:] == plain.hits[RANKED_BY_MEANING:]
        assert all(one.similarity is not None for one in read.hits[first])
        [few] = await library.search(HOST, Question("q", "copper lantern"), 3)
        assert few.hits == read.hits[:3], "however few are asked for"


async def test_the_order_of_words_stays_until_all_of_the_first_have_vectors(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, "copper lantern zzz"), ("v", 30, "copper")))
        [plain] = await library.search(HOST, Question("q", "copper"), 5)
        await library.meaning.update_vectors(HOST)
        await imported(library, rows(("w", 0, "copper violin")))
        [some] = await library.search(HOST, Question("q", "copper"), 5)
        assert [one.similarity for one in (*plain.hits, *some.hits)] == [None] * 5
        await library.meaning.update_vectors(HOST)
        [read] = await library.search(HOST, Question("q", "copper"), 5)
        assert None not in [one.similarity for one in read.hits]


async def test_the_question_is_read_as_it_was_repaired_without_filters_and_exclusions(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, "copper lantern in the harbour"), ("v", 30, "copper violin")))
        await library.meaning.update_vectors(HOST)
        encoder.read.clear()
        await library.search(HOST, parse_question('the lanten in "the harbour" -violin video:v'), 5)
        assert encoder.read == ["the lanten in the harbour", "the lantern in the harbour"]
        [corrected] = await library.search(HOST, parse_question("lanten"), 5)
        [typed] = await library.search(HOST, parse_question("lantern"), 5)
        assert corrected.hits[0].similarity == typed.hits[0].similarity


async def test_a_timeline_numbers_the_moments_in_the_same_order(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, "copper copper zzz"), ("v", 300, "copper")))
        await library.meaning.update_vectors(HOST)
        [result] = await library.search(HOST, Question("q", "copper"), 5)
        [timeline] = await library.timeline(HOST, Question("q", "copper"), 3)
        assert texts(timeline.result.hits) == texts(result.hits)
        assert None not in [one.similarity for one in timeline.result.hits]


async def test_opening_a_passage_asks_no_model(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, "copper lantern")))
        await library.meaning.update_vectors(HOST)
        encoder.read.clear()
        opened_passage = await asking.open_passage(library, HOST, parse_question("copper"), PassageRange("v", 0, 0))
        assert opened_passage.paragraphs[0].quote == "copper lantern"
        assert encoder.read == []


# Whose vectors, and which languages


async def test_no_vectors_but_those_of_the_scope_are_looked_at(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = access.own_scope(1), access.own_scope(2)
    async with reading_letters(path, monkeypatch) as (library, _):
        for scope in (own, other, HOST):
            await imported(library, rows(("v", 0, "copper lantern")), scope)
            await library.meaning.update_vectors(scope)
    looked_in: list[str] = []
    load = VectorFiles.load

    def watch(files: VectorFiles, key: str, model: str | None = None) -> object:
        looked_in.append(key)
        return load(files, key, model)

    monkeypatch.setattr(VectorFiles, "load", watch)
    async with reading_letters(path, monkeypatch) as (library, _):
        [result] = await library.search(in_server(1), Question("q", "copper"), 5)
        assert None not in [one.similarity for one in result.hits]
        assert set(looked_in) <= set(in_server(1).libraries)
        assert looked_in
        VectorFiles(path.parent / "index").delete("server:2")
        [again] = await library.search(in_server(1), Question("q", "copper"), 5)
        assert again.hits == result.hits


async def test_the_vectors_of_another_library_do_not_stand_in(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = access.own_scope(1), access.own_scope(2)
    async with reading_letters(path, monkeypatch) as (library, _):
        for scope in (own, other):
            await imported(library, rows(("v", 0, "copper lantern")), scope)
        await library.meaning.update_vectors(other)
        [result] = await library.search(own, Question("q", "copper"), 5)
        assert [one.similarity for one in result.hits] == [None]


async def test_a_library_of_another_language_is_ranked_without_the_model(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = access.own_scope(1)
    async with reading_letters(path, monkeypatch) as (library, encoder):
        await imported(library, rows(("v", 0, "die Laterne aus Kupfer")), german, "de")
        await imported(library, rows(("v", 0, "Laterne is a word")), HOST)
        await library.meaning.update_vectors(german)
        await library.meaning.update_vectors(HOST)
        encoder.read.clear()
        results = await library.search(in_server(1), Question("q", "Laterne"), 5)
        read = {result.language: [one.similarity for one in result.hits] for result in results}
        assert read["de"] == [None]
        assert None not in read["en"]
        assert encoder.read == ["Laterne"]
        [coverage] = await library.meaning.coverage(german)
        assert (coverage.language, coverage.with_vector, coverage.is_read) == ("de", 0, False)


async def test_a_library_that_changes_its_language_loses_its_vectors(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(("v", 0, "copper lantern")))
        await library.meaning.update_vectors(HOST)
        await library.set_language(HOST, "fr")
        await library.meaning.update_vectors(HOST)
        assert list((path.parent / "index").glob("*.vectors")) == []
        [result] = await library.search(HOST, Question("q", "copper"), 5)
        assert [one.similarity for one in result.hits] == [None]


# The cross-encoder


class SlowCrossEncoder:
    """Likes the last hit best, and reads none before it is told to."""

    files = FILES

    def __init__(self) -> None:
        self.may_go_on, self.ended, self.asked, self.stopped = threading.Event(), threading.Event(), 0, False

    def score_until(self, question: str, texts: list[str], stop: threading.Event) -> list[float]:
        self.asked += 1
        assert len(texts) <= RANKED_BY_CROSS_ENCODER
        assert self.may_go_on.wait(60)
        self.stopped = stop.is_set()
        self.ended.set()
        return [100.0 * place for place, _ in enumerate(texts)]


@pytest.fixture
async def slow(
    path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Library, SlowCrossEncoder]]:
    """A library in which a cross-encoder that is never done in time reads the hits."""
    model = SlowCrossEncoder()

    async def load(_models: LoadedModels) -> SlowCrossEncoder:
        return model

    monkeypatch.setattr(LoadedModels, "cross_encoder", load)
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(*(("v", 30.0 * n, text) for n, text in enumerate(KNIVES))))
        await library.meaning.update_vectors(HOST)
        yield library, model
        model.may_go_on.set()


async def limit_time(library: Library, seconds: float) -> None:
    library.meaning._models.options = MeaningOptions(MODEL, cross_encoder_seconds=seconds)


async def test_a_cross_encoder_orders_the_hits_when_it_is_done_in_time(
    slow: tuple[Library, SlowCrossEncoder],
) -> None:
    library, model = slow
    await limit_time(library, 0.01)
    [without] = await library.search(HOST, Question("q", "knife"), 5)
    model.may_go_on.set()
    await asyncio.to_thread(model.ended.wait, 60)
    await limit_time(library, 60)
    await library.search(HOST, Question("q", "lantern"), 5)  # the end of the work has reached the loop after this
    [result] = await library.search(HOST, Question("q", "knife"), 5)
    assert texts(result.hits) == texts(without.hits)[::-1]
    assert [one.score for one in result.hits] == [one.score for one in without.hits]


async def test_after_its_time_the_order_stays_and_no_work_piles_up(slow: tuple[Library, SlowCrossEncoder]) -> None:
    library, model = slow
    await limit_time(library, 0.01)
    results = [await library.search(HOST, Question("q", "knife"), 5) for _ in range(4)]
    assert [one.similarity is not None for one in results[0][0].hits] == [True] * 3
    assert all(result[0].hits == results[0][0].hits for result in results)
    assert model.asked == 1, "while it is busy it is asked nothing"
    model.may_go_on.set()
    await asyncio.to_thread(model.ended.wait, 60)
    assert model.stopped, "and it is told to stop"
    await library.search(HOST, Question("q", "lantern"), 5)  # the end of the work has reached the loop after this
    await library.search(HOST, Question("q", "knife"), 5)
    assert model.asked == 2


async def test_the_event_loop_goes_on_while_a_cross_encoder_reads(slow: tuple[Library, SlowCrossEncoder]) -> None:
    library, model = slow
    await limit_time(library, 60)
    task = asyncio.create_task(library.search(HOST, Question("q", "knife"), 5))
    while not model.asked:
        await library.videos(HOST)
    assert not task.done()
    model.may_go_on.set()
    [result] = await task
    assert len(result.hits) == 3


@needs_cross_encoder
async def test_the_real_cross_encoder_reads_the_first_hits(path: Path, rows: Rows) -> None:
    choice = ModelChoice(CROSS_ENCODER, "CUEPOINT_CROSS_ENCODER")
    library = await Library.open(path, meaning=MeaningOptions(MODEL, frozenset(), choice, 60))
    try:
        await imported(library, rows(*(("v", 30.0 * n, text) for n, text in enumerate(KNIVES))))
        await library.meaning.update_vectors(HOST)
        [result] = await library.search(HOST, SHARPEN, 5)
        assert texts(result.hits)[0] == KNIVES[1]
        assert [report.name for report in await library.meaning.models()] == [MODEL.name, CROSS_ENCODER]
    finally:
        await library.close()


# Off


async def test_off_nothing_is_different(path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading_letters(path, monkeypatch) as (library, _):
        await imported(library, rows(*(("v", 30.0 * n, text) for n, text in enumerate(KNIVES))))
        [before] = await library.search(HOST, SHARPEN, 5)
        await library.meaning.update_vectors(HOST)
        [left_out] = await library.search(HOST, SHARPEN, 5, by_meaning=False)
    async with opened(path) as library:
        [off] = await library.search(HOST, SHARPEN, 5)
        assert off == before == left_out
        assert not library.meaning.is_on
        assert await library.meaning.models() == []
        await library.meaning.start_updates()
        assert library.meaning.vectors._tasks == {}


def test_off_nothing_of_the_extra_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.__main__ import main\n"
        "try: main()\n"
        "finally: print([name for name in sys.modules if name in ('onnxruntime', 'tokenizers')], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", "what is a hold cue?"],
        capture_output=True,
        text=True,
        env=environment_for(tmp_path, CUEPOINT_MEANING_MODEL=""),
        cwd=tmp_path,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"
    assert list((tmp_path / "data").rglob("*.vectors")) == []
