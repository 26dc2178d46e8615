"""`cuepoint evaluate` on several sets, with a saved run: whole runs, and what the command prints."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.session import Session
from bot.errors import QuestionSetError
from bot.evaluation.evaluation import Evaluation, evaluate
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.question_set import read_question_set
from bot.evaluation.refusal import KEPT_PERCENT, REFUSED_PERCENT
from bot.evaluation.runs.saved_run import read_run
from bot.evaluation.typos import add_typo
from bot.settings import Settings
from storage.library import Library
from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.inputs.question_sets import CORPUS, FOREIGN, JUDGEMENTS, QUERIES, Json, write_set
from tests.support.project import PROJECT

Run = Callable[..., subprocess.CompletedProcess[str]]
MAX_COLUMNS = 100

OTHER_CORPUS: tuple[Json, ...] = (
    {"_id": "a", "video": 1, "text": "The senate debates railway pensions until midnight."},
    {"_id": "b", "video": 2, "text": "Comets are photographed through large telescopes."},
)
OTHER_JUDGEMENTS: tuple[Json, ...] = (
    {"query-id": "a", "corpus-id": "a", "score": 1},
    {"query-id": "b", "corpus-id": "a", "score": 1},
)


def unseen(what: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    answered = [{**QUERIES[0], "answer": "the harbour gate"}, {**QUERIES[1], "answer": "nobody says so"}, QUERIES[2]]
    other = write_set(tmp_path / "other", OTHER_CORPUS, FOREIGN[:2], OTHER_JUDGEMENTS)
    return write_set(tmp_path / "set", queries=answered), other


@pytest.fixture
def run(tmp_path: Path, folders: tuple[Path, Path]) -> Run:
    """Runs `cuepoint evaluate` in a process of its own, in the folder where the sets are."""

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return typed("evaluate", *arguments, folder=tmp_path, environment=environment_for(tmp_path))

    return go


async def evaluated(*folders: Path, **wishes: object) -> Evaluation:
    return await evaluate(replace(EvaluationOptions(folders), **wishes), unseen)  # type: ignore[arg-type]


# Several sets


async def test_several_sets_are_evaluated_as_each_by_itself_and_the_mean_counts_them_the_same(
    folders: tuple[Path, Path],
) -> None:
    found = await evaluated(*folders, typo=1)
    for report, folder in zip(found.reports, folders, strict=True):
        assert (report,) == (await evaluated(folder, typo=1)).reports
    assert [mean.asked for mean in found.mean] == ["as asked", "with a slip in one word (seed 1)"]
    for place, mean in enumerate(found.mean):
        sets = [report.comparisons[place].rankings for report in found.reports]
        for own, *others in zip(mean.rankings, *sets, strict=True):
            assert {own.ranking} == {other.ranking for other in others}
            for name in ("ndcg_10", "mrr_10", "hit_1", "hit_3", "recall_10"):
                values = [getattr(other.figures, name) for other in others]
                assert getattr(own.figures, name) == pytest.approx(sum(values) / 2)
    assert found.mean[0].rankings[0].figures.hit_1 == pytest.approx((1 + 1 / 2) / 2)
    assert found.mean[0].quoted == found.reports[0].comparisons[0].quoted, "the other has no phrases"
    assert (await evaluated(folders[0])).mean == ()


async def test_the_bar_says_which_set_it_is_at(folders: tuple[Path, Path]) -> None:
    told: list[str] = []
    await evaluate(EvaluationOptions(folders), lambda what, done, total: told.append(what))
    assert {what.split(": ")[0] for what in told} == {"set", "other"}
    told.clear()
    await evaluate(EvaluationOptions(folders[:1]), lambda what, done, total: told.append(what))
    assert "storing" in told


async def test_every_question_is_searched_for_once_whatever_is_measured(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    original = Library.search

    async def watched(self: Library, scope: object, question: object, *rest: object, **named: object) -> object:
        searched.append(question.text)  # type: ignore[attr-defined]
        return await original(self, scope, question, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Library, "search", watched)
    await evaluated(*folders, typo=1, repairs=True, sureness=True, save=tmp_path / "run.json")
    texts = [str(each["text"]) for each in QUERIES], [str(each["text"]) for each in FOREIGN[:2]]
    slipped = [
        [add_typo(query.text, 1, query.query_id, "en") for query in read_question_set(folder).queries]
        for folder in folders
    ]
    assert searched == [*texts[0], *slipped[0], *texts[1], *texts[1], *slipped[1], *texts[0]]


async def test_sets_of_one_name_are_told_apart_and_none_is_named_twice(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    again = write_set(tmp_path / "elsewhere" / "set")
    path = tmp_path / "run.json"
    await evaluated(folders[0], again, save=path)
    assert [each.name for each in read_run(path).sets] == [str(folders[0].resolve()), str(again.resolve())]
    with pytest.raises(QuestionSetError, match="is named 2 times; name every question set once"):
        await evaluated(folders[0], tmp_path / "elsewhere" / ".." / "set")


# Saving and comparing


async def test_what_is_saved_is_how_each_question_fared(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    found = await evaluated(*folders, typo=1, save=path)
    saved = read_run(path)
    assert [each.name for each in saved.sets] == ["set", "other"]
    for kept, report in zip(saved.sets, found.reports, strict=True):
        assert [asking.asked for asking in kept.askings] == [each.asked for each in report.comparisons]
        for asking, comparison in zip(kept.askings, report.comparisons, strict=True):
            values = list(asking.questions.values())
            for name in ("ndcg_10", "mrr_10", "hit_1", "hit_3", "recall_10"):
                mean = sum(getattr(score.figures, name) for score in values) / len(values)
                assert mean == pytest.approx(getattr(comparison.rankings[0].figures, name))
    questions = saved.sets[0].askings[0].questions
    assert [score.text for score in questions.values()] == [each["text"] for each in QUERIES]
    assert [score.quote_answers_3 for score in questions.values()] == [True, False, None]
    assert all(score.sureness > 0 for score in questions.values())


async def test_a_run_against_itself_differs_by_nothing_and_a_change_of_the_texts_shows(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    await evaluated(*folders, save=path)
    same = (await evaluated(*folders, against=path)).difference
    assert same is not None
    (asking,) = same.askings
    assert asking.mean is not None
    assert {measure.difference for each in (*asking.sets, asking.mean) for measure in each.measures} == {0}
    write_set(folders[0], [each for each in CORPUS if each["_id"] != "lamp 0"], judgements=JUDGEMENTS[1:])
    write_set(folders[1], OTHER_CORPUS, FOREIGN[:2], [{**OTHER_JUDGEMENTS[0], "corpus-id": "b"}, OTHER_JUDGEMENTS[1]])
    changed = (await evaluated(*folders, against=path)).difference
    assert changed is not None
    first, second = changed.askings[0].sets
    assert (first.questions, first.left_out) == (2, 1), "the first question has lost its relevant text"
    by_name = {measure.measure: measure for measure in second.measures}
    assert by_name["hit_1"].difference == -0.5
    assert [len(report.comparisons[0].rankings) for report in (await evaluated(*folders, against=path)).reports] == [
        1, 1,
    ], "beside an earlier run, rank-bm25 is left out"  # fmt: skip


async def test_odd_ids_and_texts_can_be_saved(tmp_path: Path) -> None:
    odd = "\ud800\u202e\x00"
    queries = [{"_id": odd, "text": f"copper lantern {odd}"}]
    folder = write_set(tmp_path / "set", queries=queries, judgements=[{**JUDGEMENTS[0], "query-id": odd}])
    await evaluated(folder, save=tmp_path / "run.json")
    difference = (await evaluated(folder, against=tmp_path / "run.json")).difference
    assert difference is not None
    assert difference.askings[0].sets[0].questions == 1


async def test_wrong_files_are_refused_before_anything_is_asked(folders: tuple[Path, Path], tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "notes.txt").write_text("mine")
    for wishes, sentence in (
        ({"against": tmp_path / "nowhere.json"}, "there is no such file; save a run with --save"),
        ({"against": tmp_path / "notes.txt"}, "or it is damaged"),
        ({"save": tmp_path / "notes.txt"}, "holds no saved run"),
        ({"save": tmp_path / "nowhere" / "run.json"}, "there is no folder"),
    ):
        options = replace(EvaluationOptions(folders), **wishes)
        with pytest.raises(QuestionSetError, match=sentence):
            await evaluate(options, lambda what, done, total: told.append(what))
    assert told == []
    assert (tmp_path / "notes.txt").read_text() == "mine"


# At the command line


def test_the_command_prints_the_tables_of_all_sets_within_a_hundred_columns(run: Run) -> None:
    assert run("set", "other", "--typo", "1", "--save", "run.json").returncode == 0
    done = run("set", "other", "--typo", "1", "--sureness", "--repairs", "--against", "run.json")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "set: 6 segments, 3 videos, 3 questions"
    assert "other: 2 segments, 2 videos, 2 questions" in lines
    assert "…" not in done.stdout
    assert max(map(len, lines)) <= MAX_COLUMNS

    def table(title: str) -> list[list[str]]:
        """The rows below a title, cut into fields at two spaces or more."""
        (start,) = (place for place, line in enumerate(lines) if line.startswith(title))
        rows = lines[start + 1 : lines.index("", start) if "" in lines[start:] else None]
        return [[field.strip() for field in row.split("  ") if field.strip()] for row in rows]

    means = table("All sets, questions as asked")
    assert [row[0] for row in means] == ["set", "set", "other", "mean"]
    assert means[0][-1] == "quote answers @3"
    levels = table("Sureness at the shipped cuts: confident from ")
    assert [row[:3] for row in levels[1:4]] == [
        ["set", "own", "3"], ["own, with a slip", "3", levels[2][2]], ["foreign", "2", "0.0 %"],
    ]  # fmt: skip
    assert levels[7][:2] == ["mean", "own"]
    cuts = table("Other cuts: the means over the sets, and the worst set")
    assert [row[0] for row in cuts[1:]] == [
        *(f"refuse {percent} %" for percent in REFUSED_PERCENT), *(f"keep {percent} %" for percent in KEPT_PERCENT),
    ]  # fmt: skip
    differences = table("Against run.json, questions as asked: 5 in both runs, 0 left out")
    assert [row[0] for row in differences if len(row) == 8] == ["set", "set", "other", "mean"]
    assert differences[1][1:] == ["nDCG@10", "3", *[differences[1][3]] * 2, "+0.0000", "+0.0000 to +0.0000", "1.0000"]
    assert {row[0] for row in differences[2:8]} >= {"quote answers @1", "quote answers @3"}


def test_the_tables_of_one_set_show_quotes_and_repairs(run: Run, tmp_path: Path) -> None:
    write_set(tmp_path / "typed", queries=[{**QUERIES[0], "text": "coppr lantern", "answer": "harbour gate"}])
    done = run("typed", "--repairs", "--typo", "2")
    lines = done.stdout.splitlines()
    start = lines.index("The answering phrase stands in the quotes, questions as asked")
    assert lines[start + 1].split("  ") == ["questions with a phrase", "quote answers @1", "quote answers @3"]
    assert lines[start + 2].split() == ["1", "1.0000", "1.0000"]
    start = lines.index("Repairs, questions as asked")
    assert [
        [field.strip() for field in line.split("  ") if field.strip()] for line in lines[start + 1 : start + 10]
    ] == [
        ["repaired", "share", "in the word list"],
        ["of 1 questions", "1", "100.0 %"],
        ["of 2 words", "1", "50.0 %", "0"],
        ["other marks", "0", "0.0 %", "0"],
        ["joined", "0", "0.0 %", "0"],
        ["split", "0", "0.0 %", "0"],
        ["family", "0", "0.0 %", "0"],
        ["respelt", "1", "100.0 %", "0"],
        ["with two guesses", "0", "0.0 %"],
    ]
    start = lines.index("The most frequent repairs of questions as asked")
    assert [line.split() for line in lines[start + 1 : start + 3]] == [
        ["word", "repaired", "to", "kind", "times"],
        ["coppr", "copper", "respelt", "1"],
    ]
    start = lines.index("What became of the words with a slip")
    assert lines[start + 2].startswith("the right one is said")
    assert not any(line.startswith("All sets") for line in lines)


def test_the_curve_has_no_rows_that_say_nothing(run: Run) -> None:
    lines = run("set", "--foreign", "other").stdout.splitlines()
    rows = lines[lines.index("The whole curve") + 2 :]
    assert rows
    assert not any({"0.0 %", "100.0 %"} == {field.strip() for field in row.split("  ")[1:] if field} for row in rows)


def test_json_of_several_sets_is_one_object_with_the_means(run: Run) -> None:
    one = json.loads(run("set", "--json").stdout)
    (line,) = run("set", "other", "--json", "--sureness", "--save", "run.json").stdout.splitlines()
    found = json.loads(line)
    assert list(found) == ["sets", "mean", "sureness"]
    assert [each["folder"] for each in found["sets"]] == ["set", "other"]
    assert set(found["sets"][0]) == set(one), "each set has the fields that one by itself has"
    assert found["mean"][0]["asked"] == "as asked"
    assert found["mean"][0]["quoted"] == {"questions": 2, "quote_answers_1": 0.5, "quote_answers_3": 0.5}
    assert found["sureness"]["mean"]["own"]["questions"] == 5
    against = json.loads(run("set", "--json", "--against", "run.json").stdout)
    assert set(against) == {*one, "difference"}
    (asking,) = against["difference"]["askings"]
    assert asking["mean"] is None
    assert asking["sets"][0]["measures"][0]["measure"] == "ndcg_10"


def test_what_cannot_be_compared_is_one_sentence(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folders[0].parent)
    Path("bad.json").write_text("{")
    for arguments, sentence in (
        (("set", "--against", "nowhere.json"), "nowhere.json: there is no such file; save a run with --save nowhere"),
        (("set", "--against", "bad.json"), "bad.json: this is no run that `cuepoint evaluate --save` of this version"),
        (("set", "--sureness"), "--sureness needs questions that the texts cannot answer: name a second question set"),
        (("set", "set"), f"{folders[0].resolve()} is named 2 times; name every question set once"),
    ):
        done = CliRunner().invoke(app, ["evaluate", *arguments], obj=Session(Settings, None))  # type: ignore[arg-type]
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(sentence)
        assert done.stderr.count("\n") == 1


def test_an_interrupt_ends_it_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    queries = [{"_id": place, "text": f"where does the copper lantern hang {place}?"} for place in range(20_000)]
    judgements = [{**JUDGEMENTS[0], "query-id": place} for place in range(20_000)]
    write_set(tmp_path / "long", queries=queries, judgements=judgements)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    terminal, inside = os.openpty()
    command = [sys.executable, "-m", "bot", "evaluate", str(tmp_path / "long"), "--save", str(tmp_path / "run.json")]
    environment = {**environment_for(tmp_path), "TMPDIR": str(temporary), "TERM": "xterm", "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=inside, cwd=tmp_path) as process:
        os.close(inside)
        shown = b""
        while b"asking" not in shown:  # the bar says what is being done
            shown += os.read(terminal, 1000)
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # the end of a terminal
            while chunk := os.read(terminal, 1000):
                shown += chunk
        assert process.stdout is not None
        assert process.stdout.read() == b""
    os.close(terminal)
    assert process.returncode == 130
    assert b"Traceback" not in shown
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "run.json").exists()
