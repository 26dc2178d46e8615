"""The talks of the benchmarks are what they are said to be, and a run measures all that it promises."""

from __future__ import annotations

import dataclasses
import random
import shlex
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks import corpus, follows, importing, link_leads, reprint, servers, start
from benchmarks.answers import ways
from benchmarks.answers.whole_path import with_slips
from benchmarks.engines.engines import Cuepoint, RankBM25
from benchmarks.engines.first_stage import measure_engine
from benchmarks.measuring import machine
from benchmarks.measuring.figures import Effort, Run, Times, percentile
from benchmarks.measuring.running import measure
from benchmarks.tables import report
from benchmarks.tables.answer_sheets import answer_sheets, ways_sheet
from benchmarks.tables.bars import LARGE, Bar, bars
from benchmarks.tables.sheets import NOTHING, sheets
from storage.analysis import analyser_for
from tests.support.commands import COMMANDS

TINY = Effort(questions=12, seconds=1.0, starts=1, videos=2, imported=120, arriving_seconds=0.1)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return measure(tmp_path_factory.mktemp("bench"), [600], TINY, [Cuepoint.name, RankBM25.name])


def test_the_talks_are_the_same_for_every_run_and_a_small_corpus_begins_a_large_one(tmp_path: Path) -> None:
    for name, segments in (("one", 120), ("two", 120), ("large", 600)):
        corpus.write_corpus(tmp_path / name, segments)
    one, two, large = (corpus.Corpus.of(tmp_path / name, 120) for name in ("one", "two", "large"))
    videos = list(one.videos())
    assert videos == list(two.videos()) == list(large.videos())
    assert [len(segments) for _, segments in videos] == [60, 60]
    assert [text for _, text in large.next(1).numbered_texts()] != list(islice(one.texts(), 60))
    assert corpus.questions(5) == corpus.questions(5)


def test_speakers_take_turns_in_every_segment(tmp_path: Path) -> None:
    corpus.write_corpus(tmp_path, 60)
    ((_, segments),) = corpus.Corpus.of(tmp_path, 60).videos(3)
    for segment in segments:
        places = [turn.offset for turn in segment.turns]
        assert [segment.text[place - 1 : place] for place in places] == ["", " ", " "]
        assert np.diff([*places, len(segment.text)]).min() > len(segment.text) / 4


def test_words_are_as_common_as_in_speech(tmp_path: Path) -> None:
    corpus.write_corpus(tmp_path, 3_000)
    spoken = np.fromfile(tmp_path / "words", np.uint16)
    counts = np.bincount(spoken, minlength=corpus.VOCABULARY)
    assert 60 < len(spoken) / 3_000 < 80
    for rank in (1, 10):  # ten times the rank, a tenth as common
        assert 7 < counts[rank - 1] / counts[10 * rank - 1] < 14


def test_every_engine_reads_the_same_words() -> None:
    words = corpus.vocabulary().tolist()
    assert len(set(words)) == corpus.VOCABULARY
    tokens = list(analyser_for(corpus.LANGUAGE).tokens(" ".join(words)))
    assert [token.term for token in tokens] == words
    assert not any(token.is_stop_word for token in tokens)


def test_questions_leave_out_the_commonest_words() -> None:
    asked = corpus.questions(400)
    common = {corpus.word(rank) for rank in range(corpus.STOP_WORDS)}
    assert not any(common & {*words} for words in asked)
    assert {len(words) for words in asked} == set(range(corpus.MIN_ASKED, corpus.MAX_ASKED + 1))
    assert all(len(set(words)) == len(words) for words in asked)
    slipped = with_slips(asked)
    assert all(sum(map(str.__ne__, *pair)) <= 1 for pair in zip(asked, slipped, strict=True))


def test_a_run_measures_everything(run: Run) -> None:
    assert run.sizes == [600]
    ours, shipped = run.engine(Cuepoint.name, 600), run.engine(RankBM25.name, 600)
    assert ours is not None
    assert shipped is not None
    assert ours.asked is not None
    assert shipped.asked is not None
    assert len(ours.asked.seconds) == len(shipped.asked.seconds) == TINY.questions
    assert ours.agrees_with(shipped) > 0.9
    assert all(getattr(ours, field.name) for field in dataclasses.fields(ours) if field.name != "trouble")
    (path,), (library,) = run.paths, run.libraries
    assert min(path.postings) > 0
    assert path.memory_bytes
    assert {built.name for built in run.builds} >= {"Cuepoint", "Cuepoint, with speakers"}
    for figures in (path, library, *run.builds):
        assert all(getattr(figures, field.name) for field in dataclasses.fields(figures))


def test_a_run_is_printed_and_kept_whole(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "RESULTS.md"
    page.write_text(report.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    every = list(sheets(run))
    for _ in range(2):  # the second takes the place of the first
        report.write(page, {"Date": "today"}, every)
    kept = page.read_text(encoding="utf-8")
    before, after = (text.partition("<!-- measured -->")[0] for text in (report.PAGE.read_text("utf-8"), kept))
    assert before == after
    assert [kept.count(f"### {sheet.title}") for sheet in every] == [1] * len(every)
    for sheet in every:
        assert {len(row) for row in sheet.rows} == {len(sheet.header)}
        assert sheet.to_table().row_count == len(sheet.rows)
    assert NOTHING not in "".join(map("".join, every[-2].rows)), "the library has all its figures"


def test_composed_answers_are_measured_beside_rank_bm25_and_from_several_at_once(run: Run) -> None:
    (library,) = run.libraries
    composed, together = answer_sheets(run)
    assert [row[1] for row in composed.rows] == ["Cuepoint", "rank-bm25"]
    for costs in (library.answers.alone, library.answers.rank_bm25):
        assert 0 < costs.processor_seconds < 1
        assert costs.times.p95 < 10
    assert library.answers.crowds[0].processes == 0
    for crowds in library.answers.crowds:
        assert list(crowds.crowds) == [1, 8, 32]
        assert {len(times.seconds) for _, times in crowds.crowds.values()} == {TINY.questions}
        assert crowds.knee > 0
    for sheet in (composed, together):
        assert {len(row) for row in sheet.rows} == {len(sheet.header)}


async def test_every_way_to_ask_is_measured() -> None:
    figures = await ways.measure(600, 3)
    assert list(figures.ways) == [
        "terminal (`chat`)", "`/ask`", "mention", "direct message", "`/timeline`", "page turned", "passage opened"
    ]  # fmt: skip
    assert [row[0] for row in ways_sheet(figures).rows] == list(figures.ways)
    # The terminal's are differences of two runs, which for so few questions are chance.
    assert all(0 < costs.times.median < 30 for way, costs in figures.ways.items() if way != ways.TERMINAL)


def test_servers_are_measured_and_kept(tmp_path: Path) -> None:
    found = list(servers.measure_servers(tmp_path, [1, 3], 6))
    assert [(each.servers, each.asked_in, len(each.replies.seconds)) for each in found] == [(1, 1, 6), (3, 3, 6)]
    for each in found:
        assert all(getattr(each, field.name) for field in dataclasses.fields(each))
    page = tmp_path / "SERVERS.md"
    page.write_text(servers.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    report.write(page, machine.describe_machine("command", 0.0), [servers.make_sheet(found)])
    assert "| 3 | 3 |" in page.read_text(encoding="utf-8")


def test_imports_are_measured_beside_parsing_alone_and_kept(tmp_path: Path) -> None:
    found = importing.measure(tmp_path / "measured", cues=60, files=4)
    assert [cost.what for cost in found][1:] == [
        "SubRip, 60 cues", "WebVTT, 60 cues", "rolling WebVTT, 60 cues", "a folder of 4 captions",
    ]  # fmt: skip
    assert all(cost.seconds > 0 and cost.peak_megabytes > 0 for cost in found[1:])
    page = tmp_path / "IMPORTS.md"
    page.write_text(importing.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    report.write(page, machine.describe_machine("command", 0.0), [importing.make_sheet(found)])
    assert "| a folder of 4 captions |" in page.read_text(encoding="utf-8")


def test_a_start_is_measured_and_kept(tmp_path: Path) -> None:
    commands = {"version": ("-m", "bot", "--version"), "mistyped": ("-m", "bot", "aks")}
    found = start.measure(tmp_path / "measured", 1, commands=commands)
    assert all(0.01 < cost.seconds < 10 for cost in found)
    page = tmp_path / "START.md"
    page.write_text(start.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    report.write(page, machine.describe_machine("command", 0.0), [start.make_sheet(found, 1, None)])
    beside = [dataclasses.replace(cost, seconds_before=4 * cost.seconds) for cost in found]
    assert page.read_text(encoding="utf-8").count("| version |") == 1
    assert start.make_sheet(beside, 1, "v0").rows[0][-1] == "25%"
    with pytest.raises(RuntimeError, match="ended with 0"):
        start.measure(tmp_path / "wrong", 1, commands={"wrong": ("-c", "'aks'", "aks")})


def test_what_was_not_measured_is_neither_passed_nor_failed(run: Run) -> None:
    assert {bar.passed for bar in bars(run)} == {None}
    grown = dataclasses.replace(run, paths=(dataclasses.replace(run.paths[0], segments=LARGE),))
    assert {bar.what for bar in bars(grown) if bar.passed is not None} == {
        "whole path at 200 k, 95th percentile",
        "index memory at 200 k",
        "cold start of the index at 200 k",
    }


def test_bars_have_two_sides() -> None:
    assert Bar("", 6, "ms", 5.9).passed
    assert Bar("", 6, "ms", 6.0).passed is False
    assert Bar("", 150, "times", 150.0, at_least=True).passed
    assert Bar("", 150, "times", 149.0, at_least=True).passed is False


def test_an_engine_that_is_not_installed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RankBM25, "package", "no-such-package")
    corpus.write_corpus(tmp_path, 60)
    figures = measure_engine(RankBM25.name, corpus.Corpus.of(tmp_path, 60), tmp_path, TINY)
    assert (figures.trouble, figures.asked) == ("not installed", None)


def test_every_command_of_the_ranking_page_can_be_run_again() -> None:
    page = reprint.PAGE.read_text(encoding="utf-8")
    commands = [shlex.split(block["arguments"]) for block in reprint.BLOCK.finditer(page)]
    assert len(commands) == page.count("```console\n") > 4
    for name, *arguments in commands:
        assert name == "evaluate"
        COMMANDS[name].make_context(name, arguments, obj=None)
    again = reprint.BLOCK.sub(lambda block: f"$ cuepoint {block['arguments']}\nprinted\n", page)
    assert again.count("```console\n$ cuepoint evaluate ") == again.count("\nprinted\n```\n") == len(commands)


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 95) == 4.0
    assert Times((1.0, 2.0, 30.0)).slower_than(Times((2.0, 1.0))) == 1.0


async def test_links_are_measured_from_the_caption_with_the_first_bold_word(tmp_path: Path) -> None:
    chance, talk = random.Random(1), tmp_path / "talk.srt"
    words = [f"{'bcdfghklmn'[n % 10]}a{'bcdfghklmn'[n // 10]}o" for n in range(100)]
    cues = (f"{n}\n00:{n // 15:02}:{n % 15 * 4:02},000 --> 00:{n // 15:02}:{n % 15 * 4 + 3:02},900" for n in range(150))
    talk.write_text("\n\n".join(f"{cue}\n{' '.join(chance.choices(words, k=6))}" for cue in cues), encoding="utf-8")
    leads = await link_leads.measure([talk], 30)
    assert leads.keys() == link_leads.WAYS.keys()
    for found in leads.values():
        assert len(found.to_bold) >= len(found.to_phrase) >= 25
        assert all(0 <= lead <= link_leads.USUAL_SECONDS for lead in found.to_bold)
    rows = link_leads.make_sheet(leads, 30).rows
    assert len(rows) == 4
    assert [row[4] for row in rows] == ["0.0%"] * 4
    assert link_leads.make_sheet({"in a way": link_leads.Leads([1.0, 6.0, -2.0])}, 3).rows == [
        ["first bold word, asked in a way", "3", "1.0 s", "33.3%", "0.0%", "6.0 s", "1"],
        ["the phrase itself, asked in a way", "0", "–", "–", "–", "–", "–"],
    ]


async def test_follows_are_compared_with_new_segments() -> None:
    stored, new, questions = follows.make_up(600, 120, 30)
    figures = await follows.measure(stored, new, questions, 40)
    assert (figures.stored, figures.new, figures.follows, figures.questions) == (720, 120, 40, 30)
    assert 0 < figures.promising <= 30
    assert figures.processor_seconds > 0
    (row,) = follows.make_sheet(figures).rows
    assert len(row) == len(follows.make_sheet(figures).header)
