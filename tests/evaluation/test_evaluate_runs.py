"""Runs in files, and the differences between two of them."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.answering.values import AnswerLevel
from bot.errors import QuestionSetError
from bot.evaluation.measures import Figures
from bot.evaluation.runs import resampling
from bot.evaluation.runs.resampling import MeasureDifference, SetDifference, compare_runs
from bot.evaluation.runs.saved_run import (
    AskingScores,
    QuestionScore,
    SavedRun,
    SetScores,
    read_run,
    require_writable,
    write_run,
)

ASKED = "as asked"


def score(ndcg: float = 0.5, *, text: str = "why?", quoted: bool | None = None, sureness: float = 0.3) -> QuestionScore:
    figures = Figures(ndcg, 0.25, 0.0, 1.0, 0.5)
    return QuestionScore(text, figures, AnswerLevel.CONFIDENT, sureness, quoted, quoted)


def run_of(**sets: dict[str, QuestionScore]) -> SavedRun:
    return SavedRun(tuple(SetScores(name, (AskingScores(ASKED, questions),)) for name, questions in sets.items()))


def scores(values: list[float]) -> dict[str, QuestionScore]:
    return {str(place): score(value) for place, value in enumerate(values)}


def measure(difference: SetDifference, name: str = "ndcg_10") -> MeasureDifference:
    (found,) = (each for each in difference.measures if each.measure == name)
    return found


def only_set(now: SavedRun, before: SavedRun) -> SetDifference:
    (asking,) = compare_runs(now, before, "run.json").askings
    (difference,) = asking.sets
    assert asking.mean is None
    return difference


# The differences


def test_the_same_run_twice_differs_by_nothing_and_by_no_chance() -> None:
    run = run_of(a=scores([0.0, 0.5, 1.0]))
    for found in only_set(run, run).measures:
        assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)
        assert found.before == found.now


def test_the_mean_difference_is_that_of_the_questions_in_both_runs() -> None:
    before, now = run_of(a=scores([0.0, 0.5, 0.25])), run_of(a=scores([0.5, 0.25, 0.75]))
    found = measure(only_set(now, before))
    assert (found.questions, found.before, found.now) == (3, 0.25, 0.5)
    assert found.difference == 0.25
    assert found.low == -0.25, "three times the one that is worse is drawn one time in 27, and so is in the interval"
    assert found.high == 0.5
    # Of the eight ways to choose the signs of .5, -.25 and .5, four have a mean of .25 or more, up or down.
    assert found.p == pytest.approx(4 / 8, abs=0.03)


def test_an_interval_has_zero_within_for_noise_and_without_for_a_clear_gain() -> None:
    chance = random.Random(3)
    old = [chance.random() / 2 for _ in range(400)]
    noisy = [value + chance.gauss(0, 0.05) for value in old]
    better = [value + chance.gauss(0.02, 0.05) for value in old]
    before = run_of(a=scores(old))
    noise, gain = (measure(only_set(run_of(a=scores(values)), before)) for values in (noisy, better))
    assert noise.low < 0 < noise.high
    assert noise.p > 0.05
    assert 0 < gain.low < gain.difference < gain.high
    assert gain.p < 0.001
    worse = measure(only_set(before, run_of(a=scores(better))))
    assert worse.low == pytest.approx(-gain.high, abs=0.001)
    assert worse.difference == pytest.approx(-gain.difference)


def test_the_interval_is_as_wide_as_the_standard_error_says() -> None:
    chance = random.Random(5)
    old = [chance.random() / 2 for _ in range(300)]
    new = [value + chance.random() / 2 for value in old]
    found = measure(only_set(run_of(a=scores(new)), run_of(a=scores(old))))
    differences = np.array(new) - np.array(old)
    half = 1.96 * differences.std() / len(differences) ** 0.5
    assert found.high - found.difference == pytest.approx(half, rel=0.1)
    assert found.difference - found.low == pytest.approx(half, rel=0.1)


def test_the_same_two_runs_always_give_the_same_figures_and_in_small_steps_too(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    before, now = (run_of(a=scores([chance.random() for _ in range(50)])) for _ in range(2))
    first = compare_runs(now, before, "x")
    assert first == compare_runs(now, before, "x")
    monkeypatch.setattr(resampling, "MAX_DRAWN", 1000)
    stepwise = measure(only_set(now, before))
    assert stepwise.low == pytest.approx(measure(first.askings[0].sets[0]).low, abs=0.01)


def test_in_the_mean_every_set_counts_the_same_and_questions_are_drawn_within_theirs() -> None:
    before = run_of(large=scores([0.5] * 90), small=scores([0.5] * 10))
    now = run_of(large=scores([0.5] * 90), small=scores([0.7] * 10))
    (asking,) = compare_runs(now, before, "x").askings
    assert [each.name for each in asking.sets] == ["large", "small"]
    assert asking.mean is not None
    found = measure(asking.mean)
    assert found.difference == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((0.1, 0.1)), "each set's own questions are all alike"
    assert asking.mean.questions == 100


def test_only_questions_asked_in_the_same_words_in_both_runs_count_and_the_others_are_counted() -> None:
    before = run_of(a={"1": score(0.1), "2": score(0.2), "3": score(0.3, text="old words"), "gone": score(1.0)})
    now = run_of(a={"1": score(0.3), "2": score(0.2), "3": score(0.9, text="new words"), "new": score(0.0)})
    found = only_set(now, before)
    assert (found.questions, found.left_out) == (2, 4)
    assert measure(found).difference == pytest.approx(0.1)


def test_quotes_are_compared_over_the_questions_that_have_an_answering_phrase_in_both_runs() -> None:
    before = run_of(a={"1": score(quoted=False), "2": score(quoted=True), "3": score(), "4": score(quoted=True)})
    now = run_of(a={"1": score(quoted=True), "2": score(quoted=True), "3": score(quoted=True), "4": score()})
    found = only_set(now, before)
    quoted = measure(found, "quote_answers_3")
    assert (quoted.questions, quoted.before, quoted.now) == (2, 0.5, 1.0)
    assert measure(found).questions == 4
    without = only_set(run_of(a=scores([0.5])), run_of(a=scores([0.5])))
    assert "quote_answers_3" not in {each.measure for each in without.measures}


def test_the_share_of_confident_answers_and_the_sureness_are_compared_too() -> None:
    before = run_of(a={"1": score(sureness=0.2), "2": score(sureness=0.2)})
    unsure = replace(score(sureness=0.1), level=AnswerLevel.CLOSEST)
    found = only_set(run_of(a={"1": score(sureness=0.2), "2": unsure}), before)
    assert measure(found, "confident").difference == -0.5
    assert measure(found, "sureness").difference == pytest.approx(-0.05)


def test_what_only_one_run_has_is_told_and_runs_without_a_common_question_are_refused() -> None:
    both, before = run_of(a=scores([0.5]), b=scores([0.5])), run_of(a=scores([0.5]), c=scores([0.5]))
    assert compare_runs(both, before, "x").notes == (
        "Only in the earlier run, and not compared: c, questions as asked.",
        "Only in this run, and not compared: b, questions as asked.",
    )
    with pytest.raises(QuestionSetError) as caught:
        compare_runs(run_of(b=scores([0.5])), before, "old.json")
    assert str(caught.value) == (
        "old.json: that run has no question in common with this one: it is of a, c, this one of b; evaluate the same "
        "sets, or save a run of these with --save first"
    )


# The files


def test_a_run_is_read_as_it_was_written_and_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    first = run_of(a=scores([0.1, 0.9]), b={"ü \\ud800": score(1 / 3, quoted=True, text="wo?")})
    write_run(path, first)
    assert read_run(path) == first
    write_run(path, run_of(a=scores([0.2])))
    assert read_run(path) == run_of(a=scores([0.2]))
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"], "nothing else is left there"


def test_what_is_in_the_file_can_be_read_by_others(tmp_path: Path) -> None:
    write_run(tmp_path / "run.json", run_of(a={"q1": score(0.5, quoted=True)}))
    assert json.loads((tmp_path / "run.json").read_text()) == {
        "form": "cuepoint evaluation 1",
        "sets": [
            {
                "name": "a",
                "askings": [
                    {
                        "asked": "as asked",
                        "questions": {
                            "q1": {
                                "text": "why?",
                                "figures": {"ndcg_10": 0.5, "mrr_10": 0.25, "hit_1": 0, "hit_3": 1, "recall_10": 0.5},
                                "level": "confident",
                                "sureness": 0.3,
                                "quote_answers_1": True,
                                "quote_answers_3": True,
                            }
                        },
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace("evaluation 1", "evaluation 2"),
        lambda text: text.replace('"sureness":0.3', '"sureness":"high"'),
        lambda text: text.replace('"sureness":0.3', '"sureness":1.3'),
        lambda text: text.replace('"ndcg_10":0.5', '"ndcg_10":NaN'),
        lambda text: text.replace('"ndcg_10":0.5', '"ndcg_10":-1'),
        lambda text: text.replace('"confident"', '"certain"'),
        lambda text: text.replace('"text"', '"words"'),
        lambda text: "\udcff" + text,
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "run.json"
    write_run(path, run_of(a=scores([0.5])))
    text = damage(path.read_text())  # type: ignore[operator]
    assert text != path.read_text()
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(QuestionSetError) as caught:
        read_run(path)
    assert str(caught.value) == (
        f"{path}: this is no run that `cuepoint evaluate --save` of this version wrote, or it is damaged; "
        "save a new one"
    )


def test_a_file_that_cannot_be_had_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"no\.json: there is no such file; save a run with --save .*no\.json"):
        read_run(tmp_path / "no.json")
    with pytest.raises(QuestionSetError, match="the file cannot be read"):
        read_run(tmp_path)
    with pytest.raises(QuestionSetError, match="there is no folder"):
        require_writable(tmp_path / "nowhere" / "run.json")
    with pytest.raises(QuestionSetError, match="cannot be written"):
        require_writable(tmp_path)


def test_what_is_no_run_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": 1}')
    with pytest.raises(QuestionSetError, match="is there already and holds no saved run; name another file"):
        write_run(tmp_path / "corpus.jsonl", run_of(a=scores([0.5])))
    assert (tmp_path / "corpus.jsonl").read_text() == '{"_id": 1}'
    (tmp_path / "empty.json").touch()
    write_run(tmp_path / "empty.json", run_of(a=scores([0.5])))
    assert read_run(tmp_path / "empty.json").sets


def test_a_run_with_the_same_set_twice_is_refused(tmp_path: Path) -> None:
    run, path = run_of(a=scores([0.5])), tmp_path / "run.json"
    write_run(path, replace(run, sets=run.sets * 2))
    with pytest.raises(QuestionSetError, match=r"the run has the question set a twice; save a new one$"):
        read_run(path)
