"""`cuepoint feedback`: votes as a question set, and back through `cuepoint evaluate`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.session import Session
from bot.errors import QuestionSetError
from bot.evaluation.evaluation import evaluate
from bot.evaluation.feedback import collect_feedback
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.question_set import read_question_set
from bot.evaluation.question_set_writer import write_question_set
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source, Verdict, Vote

LANTERN, BELL = "The copper lantern hangs above the harbour gate.", "In fog the keeper rings a bronze bell."
DOUGH = "Rye dough needs a sour starter and a whole night."
Rows = Callable[..., Source]


@pytest.fixture
async def voted(library: Library, ledger: Ledger, rows: Rows) -> None:
    """A library of two videos, with votes on it and elsewhere."""
    files = [rows(("a b", 0, LANTERN), ("a b", 12.5, BELL), ("c", 0, DOUGH), title="Talks")]
    await library.import_files(access.host_scope(), [(source, Labels()) for source in files])
    for person, question, video_id, second, verdict in (
        (1, "Where hangs the lantern?", "a b", 0.0, Verdict.HELPFUL),
        (2, "where  hangs the LANTERN?", "a b", 0.0, Verdict.HELPFUL),
        (3, "where hangs the lantern?", "a b", 0.0, Verdict.NOT_HELPFUL),
        (1, "where hangs the lantern?", "a b", 12.5, Verdict.HELPFUL),
        (2, "where hangs the lantern?", "a b", 12.5, Verdict.NOT_HELPFUL),
        (1, "sour starter", "c", 0.0, Verdict.HELPFUL),
        (1, "sour starter", "c", 7.0, Verdict.HELPFUL),
        (2, "sour starter", "gone", 0.0, Verdict.NOT_HELPFUL),
    ):
        await ledger.save_vote(person, Vote("shared", question, video_id, second, verdict))
    await ledger.save_vote(1, Vote("server:5", "elsewhere", "c", 0.0, Verdict.HELPFUL))


def objects(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("voted")
async def test_votes_are_written_in_the_form_that_is_promised(library: Library, ledger: Ledger, tmp_path: Path) -> None:
    questions = await collect_feedback(library, ledger, access.host_scope())
    folder = tmp_path / "new" / "votes"
    write_question_set(folder, questions)
    assert objects(folder / "corpus.jsonl") == [
        {"_id": f"{video}@{name}", "title": "Talks", "text": text, "video": video, "seq": seq, "start": start,
         "end": start + 30}
        for video, name, text, seq, start in (
            ("a b", "0", LANTERN, 0, 0), ("a b", "12.5", BELL, 1, 12.5), ("c", "0", DOUGH, 0, 0),
        )
    ]  # fmt: skip
    assert objects(folder / "queries.jsonl") == [
        {"_id": "q1", "text": "sour starter", "video": ""},
        {"_id": "q2", "text": "where hangs the lantern?", "video": ""},
    ]
    judgements = {(each["query-id"], each["corpus-id"]): each["score"] for each in objects(folder / "qrels.jsonl")}
    assert judgements == {("q2", "a b@0"): 1, ("q2", "a b@12.5"): 0, ("q1", "c@0"): 1}, "a draw is not helpful"
    assert questions.notes == ("Votes on segments that are not stored any more, left out: 2.",)
    assert sorted(path.name for path in folder.iterdir()) == ["corpus.jsonl", "qrels.jsonl", "queries.jsonl"]


@pytest.mark.usefixtures("voted")
async def test_what_feedback_writes_evaluate_reads(library: Library, ledger: Ledger, tmp_path: Path) -> None:
    questions = await collect_feedback(library, ledger, access.host_scope())
    write_question_set(tmp_path / "votes", questions)
    read = read_question_set(tmp_path / "votes")
    assert (read.entries, read.queries, read.judgements) == (
        questions.entries, questions.queries, questions.judgements
    )  # fmt: skip
    (report,) = (await evaluate(EvaluationOptions((tmp_path / "votes",)), lambda what, done, total: None)).reports
    assert (report.segments, report.videos, report.questions, report.notes) == (3, 2, 2, ())
    assert report.comparisons[0].rankings[0].figures.hit_1 == 1


@pytest.mark.usefixtures("voted")
async def test_a_draft_that_cannot_be_finished_leaves_nothing(
    library: Library, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = await collect_feedback(library, ledger, access.host_scope())
    original = Path.write_text

    def full(path: Path, *arguments: object, **named: object) -> int:
        if path.name == "qrels.jsonl":
            raise OSError(28, "No space left on device")
        return original(path, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(QuestionSetError, match="cannot be written: the disk is full; free some space"):
        write_question_set(tmp_path / "votes", questions)
    assert list((tmp_path / "votes").iterdir()) == []


@pytest.mark.usefixtures("voted")
async def test_what_was_asked_in_vain_is_a_question_without_judgements(
    library: Library, ledger: Ledger, tmp_path: Path
) -> None:
    for question in ("Sour starter", "How is bread baked?"):
        await ledger.record_miss("shared", question, 1)
    await ledger.record_miss("server:5", "elsewhere", 1)
    questions = await collect_feedback(library, ledger, access.host_scope())
    assert [query.text for query in questions.queries] == [
        "how is bread baked?", "sour starter", "where hangs the lantern?",
    ]  # fmt: skip
    assert set(questions.judgements) == {"q2", "q3"}
    write_question_set(tmp_path / "votes", questions)
    (report,) = (await evaluate(EvaluationOptions((tmp_path / "votes",)), lambda what, done, total: None)).reports
    assert report.judged == 2
    assert "Questions without a text that is judged relevant, not counted: 1." in report.notes


async def test_without_votes_there_is_nothing_to_write(library: Library, ledger: Ledger, rows: Rows) -> None:
    with pytest.raises(QuestionSetError, match="nobody has voted yet"):
        await collect_feedback(library, ledger, access.host_scope())
    await library.import_files(access.host_scope(), [(rows(("c", 0, DOUGH)), Labels())])
    await ledger.save_vote(1, Vote("shared", "dough", "gone", 0.0, Verdict.HELPFUL))
    with pytest.raises(QuestionSetError, match="are not stored any more"):
        await collect_feedback(library, ledger, access.host_scope())


def typed(data_dir: Path, *arguments: str) -> tuple[int, str, str]:
    session = Session(lambda: Settings.from_mapping({"CUEPOINT_DATA_DIR": str(data_dir)}), None)  # type: ignore[arg-type]
    done = CliRunner().invoke(app, arguments, obj=session)
    return done.exit_code, done.stdout, done.stderr


def test_the_command_says_what_it_wrote_and_keeps_what_is_there(tmp_path: Path, rows: Rows) -> None:
    database = tmp_path / "data" / "cuepoint.db"

    async def prepare() -> None:
        library, ledger = await Library.open(database), await Ledger.open(database)
        for scope in (access.host_scope(), access.host_scope("5")):
            await library.import_files(scope, [(rows(("c", 0, DOUGH)), Labels())])
            await ledger.save_vote(1, Vote(scope.libraries[0], "dough", "c", 0.0, Verdict.HELPFUL))
        await ledger.save_vote(1, Vote("server:5", "starter", "c", 0.0, Verdict.HELPFUL))
        await ledger.save_vote(2, Vote("server:5", "starter", "c", 9.0, Verdict.HELPFUL))
        await library.close()
        await ledger.close()

    asyncio.run(prepare())
    data, votes = database.parent, tmp_path / "votes"
    assert typed(data, "feedback", str(votes)) == (
        0,
        f"Wrote 1 questions about 1 segments to {votes}.\n",
        "",
    )
    code, out, err = typed(data, "feedback", str(votes))
    assert (code, out) == (1, "")
    assert err == f"{votes} is there already and not an empty folder; name a new one\n"
    (tmp_path / "empty").mkdir()
    code, out, err = typed(data, "feedback", str(tmp_path / "empty"), "--library", "5")
    assert (code, out) == (0, f"Wrote 2 questions about 1 segments to {tmp_path / 'empty'}.\n")
    assert err == "Votes on segments that are not stored any more, left out: 1.\n"
    (tmp_path / "file").write_text("x")
    assert "not an empty folder" in typed(data, "feedback", str(tmp_path / "file"))[2]
