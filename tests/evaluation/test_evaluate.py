"""`cuepoint evaluate`: whole runs on a small question set, and on the public ones where they are here."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.answering.values import AnswerLevel
from bot.cli.app import app
from bot.cli.session import Session
from bot.errors import QuestionSetError
from bot.evaluation.collection import open_collection
from bot.evaluation.evaluation import evaluate
from bot.evaluation.measures import measure_ranking
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.question_set import read_question_set
from bot.evaluation.report import Report
from bot.evaluation.runner import EvaluationRunner, group_by_video
from bot.evaluation.typos import add_typo
from bot.settings import Settings
from storage.library import Library
from storage.models import Baseline, ExportFormat, RankingFeature
from tests.support import asking as asking_text
from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.inputs.question_sets import CORPUS, FOREIGN, JUDGEMENTS, QUERIES, write_set
from tests.support.project import SHARED_FOLDER

Run = Callable[..., subprocess.CompletedProcess[str]]


def unseen(what: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_set(tmp_path / "set")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `cuepoint evaluate` in a process of its own."""

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return typed("evaluate", *arguments, folder=tmp_path, environment=environment_for(tmp_path))

    return go


async def evaluated(folder: Path, **wishes: object) -> Report:
    (report,) = (await evaluate(replace(EvaluationOptions((folder,)), **wishes), unseen)).reports  # type: ignore[arg-type]
    return report


# The rankings


async def test_ours_and_the_peers_are_measured_in_one_run_by_the_road_that_people_take(folder: Path) -> None:
    report = await evaluated(folder)
    (comparison,) = report.comparisons
    names = ["Cuepoint", "rank-bm25, our terms", "rank-bm25, lower().split()"]
    assert [each.ranking for each in comparison.rankings] == names
    assert (report.segments, report.videos, report.questions, report.judged) == (6, 3, 3, 3)
    read = read_question_set(folder)
    async with open_collection(read.entries, "en", lambda done, total: None) as collection:
        library, scope = collection.library, collection.scope
        for measured, peer in zip(comparison.rankings, (None, Baseline.TERMS, Baseline.SPLIT), strict=True):
            found = {}
            for query in read.queries:
                if peer is None:
                    hits = await asking_text.search(library, scope, query.text, limit=10)
                else:
                    ((hits),) = await library.baseline.search(scope, [query.text], peer, 10)
                found[query.query_id] = collection.entries_of(hits)
            assert measured.figures == measure_ranking(read.judgements, found)
        assert comparison.rankings[0].figures.hit_1 == 1


async def test_a_slip_is_the_same_for_all_rankings_and_a_table_of_its_own(folder: Path) -> None:
    report = await evaluated(folder, typo=3)
    clean, slipped = report.comparisons
    assert slipped.asked == "with a slip in one word (seed 3)"
    queries = [{**each, "text": add_typo(str(each["text"]), 3, str(each["_id"]), "en")} for each in QUERIES]
    by_hand = await evaluated(write_set(folder.parent / "damaged", queries=queries))
    assert slipped.rankings == by_hand.comparisons[0].rankings
    assert clean == (await evaluated(folder)).comparisons[0]


async def test_texts_and_questions_are_read_in_the_language_given(tmp_path: Path) -> None:
    corpus = [{"_id": "h", "text": "die alten Häuser am Hafen"}, {"_id": "x", "text": "ein kupferner Kessel"}]
    judged = [{"query-id": 1, "corpus-id": "h", "score": 1}]
    folder = write_set(tmp_path, corpus, [{"_id": 1, "text": "welches Haus"}], judged)
    hits = [(await evaluated(folder, language=tag)).comparisons[0].rankings[0].figures.hit_1 for tag in ("de", "en")]
    assert hits == [1, 0]


async def test_questions_are_parsed_as_people_type_them(tmp_path: Path) -> None:
    queries = [
        {"_id": 1, "text": '"copper lantern" -bell'},
        {"_id": 2, "text": "-spruce violin varnish"},
        {"_id": 3, "text": "???"},
        {"_id": 4, "text": "video:nowhere dough"},
    ]
    judgements = [
        {"query-id": 1, "corpus-id": "lamp 0", "score": 1},
        {"query-id": 2, "corpus-id": "violin 1", "score": 1},
        {"query-id": 3, "corpus-id": "bread 0", "score": 1},
        {"query-id": 4, "corpus-id": "bread 0", "score": 1},
    ]
    report = await evaluated(write_set(tmp_path, queries=queries, judgements=judgements))
    assert report.comparisons[0].rankings[0].figures.recall_10 == 2 / 4, "two cannot be asked, and count"
    assert any("cannot be asked" in note and note.endswith(": 2.") for note in report.notes)


async def test_what_does_not_count_is_told(tmp_path: Path) -> None:
    corpus = [*CORPUS, {"_id": "nothing", "text": ""}]
    queries = [*QUERIES, {"_id": 4, "text": "nobody judged this"}, {"_id": 5, "text": "lantern"}]
    judgements = [
        *JUDGEMENTS,
        {"query-id": 1, "corpus-id": "nothing", "score": 1},
        {"query-id": 5, "corpus-id": "lamp 0", "score": 0},
        {"query-id": 6, "corpus-id": "lamp 0", "score": 1},
    ]
    report = await evaluated(write_set(tmp_path, corpus, queries, judgements))
    assert (report.segments, report.questions) == (6, 3)
    # Of two relevant texts the first question misses the one that is not stored, the second one without its words.
    assert report.comparisons[0].rankings[0].figures.recall_10 == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)
    assert [note.rpartition(": ")[2] for note in report.notes] == ["1.", "2.", "1."]


async def test_a_set_without_a_relevant_text_is_refused(folder: Path) -> None:
    (folder / "qrels.jsonl").write_text("")
    with pytest.raises(QuestionSetError, match="no question has a text that is judged relevant"):
        await evaluated(folder)


async def test_a_limit_picks_questions_evenly_and_always_the_same(tmp_path: Path) -> None:
    queries = [{"_id": number, "text": "copper lantern" if number % 4 else "rye dough"} for number in range(40)]
    judgements = [{"query-id": number, "corpus-id": "lamp 0", "score": 1} for number in range(40)]
    report = await evaluated(write_set(tmp_path, queries=queries, judgements=judgements), limit=10)
    assert (report.questions, report.judged) == (10, 40)
    assert report.comparisons[0].rankings[0].figures.hit_1 == 0, "every fourth, from the first"
    assert (await evaluated(tmp_path, limit=1000)).questions == 40


async def test_ablation_has_a_row_for_each_step_added_and_left_out(folder: Path) -> None:
    asked: list[frozenset[RankingFeature]] = []
    original = Library.search

    async def watched(*arguments: object, **named: object) -> object:
        asked.append(named["features"])  # type: ignore[arg-type]
        return await original(*arguments, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Library, "search", watched)
        (ablation,) = (await evaluated(folder, ablate=True)).ablations
    steps = list(RankingFeature)
    assert [each.ranking for each in ablation.added] == ["plain BM25", *(f"+ {step}" for step in steps)]
    assert [each.ranking for each in ablation.without] == [f"all but {step}" for step in steps]
    added = [frozenset(steps[:count]) for count in range(len(steps) + 1)]
    without = [frozenset(steps) - {step} for step in steps]
    assert asked == [steps for steps in (frozenset(RankingFeature), *added, *without) for _ in QUERIES]


# Refusing


async def test_foreign_questions_are_counted_beside_the_sets_own(folder: Path) -> None:
    others = folder.parent / "others"
    others.mkdir()
    (others / "queries.jsonl").write_text("".join(json.dumps(each) + "\n" for each in FOREIGN))
    (refusal,) = (await evaluated(folder, foreign=(others,))).refusals
    assert str(others) in refusal.unanswerable_are
    assert (refusal.answerable.total, refusal.unanswerable.total) == (3, 4)
    assert refusal.answerable.nothing == 0
    assert refusal.unanswerable.nothing == 4
    assert refusal.curve.area == 1
    assert all(point.kept == 1 for point in refusal.curve.at_refused)


async def test_a_video_is_taken_out_for_its_questions_and_put_back(folder: Path) -> None:
    read = read_question_set(folder)
    async with open_collection(read.entries, "en", lambda done, total: None) as collection:
        library, scope = collection.library, collection.scope
        before = await library.exports.make(scope, ExportFormat.JSONL)
        groups = group_by_video(read.queries, collection.video_names)
        assert {name: [query.query_id for query in queries] for name, queries in groups.items()} == {
            "7": ["1"], "8": ["2"], "9": ["3"],
        }  # fmt: skip
        trials = await EvaluationRunner(collection, unseen).answer_without_videos(groups, "")
        assert all(trial.found is not AnswerLevel.CONFIDENT for trial in trials)
        assert await library.exports.make(scope, ExportFormat.JSONL) == before
        assert (await asking_text.ask(library, scope, "copper lantern")).level is AnswerLevel.CONFIDENT


async def test_the_report_on_removed_videos_has_the_questions_that_name_one(tmp_path: Path) -> None:
    queries = [*QUERIES[:2], {**QUERIES[2], "video": "elsewhere"}]
    report = await evaluated(write_set(tmp_path, queries=queries), removed=True)
    (refusal,) = report.refusals
    assert refusal.answerable.total == refusal.unanswerable.total == 2
    assert refusal.answerable.confident == 2
    assert refusal.unanswerable.confident == 0
    assert any("name no video" in note and note.endswith(": 1.") for note in report.notes)


async def test_where_no_video_can_be_taken_out_one_sentence_says_so(tmp_path: Path) -> None:
    queries = [{**each, "video": None} for each in QUERIES]
    nameless = await evaluated(write_set(tmp_path / "a", queries=queries), removed=True)
    assert nameless.refusals == ()
    assert nameless.notes == ("No question names a video of the corpus: there is none to take out.",)
    single = await evaluated(write_set(tmp_path / "b", CORPUS[:2], QUERIES[:1], JUDGEMENTS[:1]), removed=True)
    assert single.refusals == (), "or the sample talks would answer"
    assert "a single video" in single.notes[0]


# At the command line


def test_the_command_prints_tables_that_a_pipe_does_not_cut(run: Run, folder: Path) -> None:
    write_set(folder.parent / "others", queries=FOREIGN)
    done = run("set", "--typo", "1", "--foreign", "others", "--removed", "--ablate")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "set: 6 segments, 3 videos, 3 questions"
    heading = lines.index("Questions as asked")
    assert lines[heading + 1].split() == ["ranking", "nDCG@10", "MRR@10", "hit@1", "hit@3", "recall@10"]
    assert lines[heading + 2].split()[0] == "Cuepoint"
    assert "Questions with a slip in one word (seed 1)" in lines
    assert sum(line.startswith("all but ") for line in lines) == 2 * len(RankingFeature)
    assert "…" not in done.stdout
    assert "\x1b" not in done.stdout
    assert sum("AUC" in line for line in lines) == 2
    assert not (folder.parent / "data").exists(), "the person's own videos are left alone"


async def test_json_is_one_object_with_all_figures(run: Run, folder: Path) -> None:
    done = run("set", "--json", "--limit", "2", "--removed")
    (line,) = done.stdout.splitlines()
    report = await evaluated(folder, limit=2, removed=True)
    assert json.loads(line) == json.loads(json.dumps({**asdict(report), "folder": "set"}))


def test_what_cannot_be_evaluated_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    (folder.parent / "bad").mkdir()
    (folder.parent / "bad" / "queries.jsonl").write_text("not this\n")
    bad = Path("bad", "queries.jsonl")
    for arguments, sentence in (
        (
            ("nowhere",),
            "nowhere: there is no such folder; name a folder with corpus.jsonl, queries.jsonl and qrels.jsonl",
        ),
        (
            ("set", "--foreign", "bad"),
            f"{bad}, line 1: this is no JSON object; write one whole object on each line",
        ),
        (
            ("set", "--language", "?"),
            "The corpus cannot be stored: “?” is not a language code; give one such as en or de-CH.",
        ),
    ):
        done = CliRunner().invoke(app, ["evaluate", *arguments], obj=Session(Settings, None))  # type: ignore[arg-type]
        assert (done.exit_code, done.stdout, done.stderr) == (1, "", sentence + "\n")
    wrong = CliRunner().invoke(app, ["evaluate", "set", "--limit", "0"], obj=Session(Settings, None))  # type: ignore[arg-type]
    assert wrong.exit_code == 2


# The public sets


def bench(name: str) -> Path:
    folder = SHARED_FOLDER / "bench" / name
    if not folder.is_dir():
        pytest.skip(f"the public question sets (../shared/bench/{name}) are not here")
    return folder


async def test_spoken_tutorials_are_ranked_better_than_by_the_peers_and_foreign_questions_refused() -> None:
    report = await evaluated(bench("tutorialvqa_375"), limit=60, foreign=(bench("cranfield"),))
    ours, terms, split = (each.figures.ndcg_10 for each in report.comparisons[0].rankings)
    assert (report.segments, report.videos, report.judged) == (767, 76, 5767)
    assert ours > terms > split
    (refusal,) = report.refusals
    assert refusal.unanswerable.confident <= 0.1 * refusal.unanswerable.total
    assert refusal.answerable.confident >= 0.7 * refusal.answerable.total
    assert refusal.curve.area > 0.9


async def test_the_two_empty_abstracts_are_judged_but_not_stored() -> None:
    read = read_question_set(bench("cranfield"))
    assert len(read.entries) == 1400
    assert max(score for scores in read.judgements.values() for score in scores.values()) > 1
    empty = {entry.entry_id for entry in read.entries if not entry.text}
    some = [entry for place, entry in enumerate(read.entries) if entry.entry_id in empty or place % 20 == 0]
    async with open_collection(some, "en", lambda done, total: None) as collection:
        stored = set(collection.entry_at.values())
    assert len(empty) == 2
    assert stored == {entry.entry_id for entry in some} - empty
