"""Inputs from the field, each imported and asked as people do: what is right for them is in the field's own README."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.project import SHARED_FOLDER

FIELD = SHARED_FOLDER / "field"
pytestmark = pytest.mark.skipif(not FIELD.is_dir(), reason="the inputs from the field (../shared/field) are not here")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `cuepoint` with a data folder of the test's own."""

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return typed(*arguments, folder=tmp_path, environment=environment_for(tmp_path), stdin="")

    return go


def imported(run: Run, *names: str, options: tuple[str, ...] = ("--video-id", "demo-video"), code: int = 0) -> str:
    """Import files of the field; return what is said about it on standard error and output."""
    done = run("import", *(str(FIELD / name) for name in names), *options)
    assert done.returncode == code, done.stderr
    return done.stderr + done.stdout


def rows(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("export", "--format", "jsonl").stdout.splitlines()]


def words(run: Run) -> str:
    return " ".join(row["text"] for row in rows(run))


def found(run: Run, question: str) -> dict[str, Any]:
    answer = json.loads(run("ask", question, "--json").stdout)
    assert answer["excerpts"], answer
    return dict(answer["excerpts"][0])


def times_of_words(run: Run, *sought: str) -> list[float]:
    """At which second each word is said, as the link of a quote of it tells."""
    return [found(run, f'"{word}"')["start_second"] for word in sought]


def test_brackets_within_speech_are_speech(run: Run) -> None:
    imported(run, "brackets.srt")
    said = words(run)
    for word in ("text field", "the", "Bill", "that", "it was done."):
        assert word in said
    assert int(found(run, '"text field"')["start_second"]) == 1


def test_a_link_is_close_to_the_words_that_were_asked_for(run: Run) -> None:
    imported(
        run, "late-in-the-quote.srt", options=("--video-id", "demo-video", "--url", "https://video.example.com/demo")
    )
    link = found(run, '"copper kettle began"')["link"]
    assert 44 <= int(link.rpartition("=")[2]) <= 54


def test_no_space_comes_into_a_chinese_sentence(run: Run) -> None:
    imported(run, "chinese-breaks.srt", options=("--video-id", "demo-video", "--language", "zh"))
    assert "神经元组成" in words(run)
    found(run, "神经元")
    assert "一种机器学习模型" in found(run, '"一种机器学习模型"')["quote"]


def test_the_name_of_a_speaker_is_not_among_the_words(run: Run) -> None:
    imported(run, "zoom-names.vtt")
    excerpt = found(run, '"the first thing we did was to measure"')
    assert excerpt["turns"][0] == [0, "Jane Doe"]
    assert "John Roe" in [speaker for _, speaker in excerpt["turns"]]
    assert "Jane" not in words(run)


def test_milliseconds_are_not_taken_for_seconds(run: Run) -> None:
    said = imported(run, "milliseconds.tsv", options=())
    assert "millisecond" in said
    assert [row["start_second"] for row in rows(run)] == [0, 3.1, 5.4]


def test_a_name_that_is_an_id_names_its_video(run: Run) -> None:
    imported(run, "aB3dE5fG7hI.en.vtt", options=())
    assert {row["video_id"] for row in rows(run)} == {"aB3dE5fG7hI"}


def test_a_plain_name_names_its_video(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    for number in (2, 3):
        (folder / f"week 1 - lecture {number}.srt").write_bytes((FIELD / "week 1 - lecture 2.srt").read_bytes())
    assert run("import", str(folder)).returncode == 0
    listed = [json.loads(line) for line in run("videos", "--json").stdout.splitlines()]
    assert [video["title"] for video in listed] == ["week 1 - lecture 2", "week 1 - lecture 3"]
    assert len({video["video_id"] for video in listed}) == 2


@pytest.mark.parametrize("name", ["transcript-api.json", "transcript-api-as-told.json"])
def test_what_youtube_transcript_api_gives_is_read(run: Run, name: str) -> None:
    imported(run, name)
    assert words(run) == "hello and welcome to this talk"
    assert times_of_words(run, "to this talk")[0] in (0.24, 3.4)


def test_whisper_is_read(run: Run) -> None:
    imported(run, "whisper.json")
    assert words(run) == "hello and welcome to this talk"


def test_a_pasted_transcript_panel_is_read(run: Run) -> None:
    imported(run, "show-transcript.txt")
    assert words(run) == "hello and welcome to this talk the end"
    assert found(run, '"the end"')["start_second"] == 3725


def test_lines_as_whisper_prints_them_are_read(run: Run) -> None:
    imported(run, "stamped-lines.txt")
    assert words(run) == "hello and welcome to this talk"


def test_escapes_of_html_are_decoded_in_tables(run: Run) -> None:
    imported(run, "entities.csv", options=())
    assert "so we're here & it's fine" in words(run)
    # Of such common words alone nobody can be sure what they ask for: they are found, and shown below a remark.
    answer = json.loads(run("ask", "we're", "--json").stdout)
    assert (answer["unknown_terms"], "we're here" in answer["near_misses"][0]["quote"]) == ([], True)


def test_a_shifted_second_version_is_not_stored_beside_the_first(run: Run) -> None:
    imported(run, "shifted-1.csv", options=())
    imported(run, "shifted-2.csv", options=())
    assert words(run).count("hello and welcome") == 1
    assert words(run).count("about the weather") == 1


def test_rows_of_the_same_second_are_kept_in_their_order(run: Run) -> None:
    imported(run, "same-second.csv", options=())
    assert words(run) == "first words here second words here third words here"


def test_semicolons_and_decimal_commas_are_read(run: Run) -> None:
    imported(run, "semicolons.csv", options=())
    assert [(row["start_second"], row["end_second"]) for row in rows(run)] == [(0.24, 3.1), (3.4, 5.4)]


def test_minutes_may_pass_59_where_there_are_no_hours(run: Run) -> None:
    imported(run, "minutes-over-59.vtt")
    assert times_of_words(run, "over an hour") == [3662.5]
    assert words(run) == "almost an hour over an hour"


def test_one_bad_time_costs_one_cue(run: Run) -> None:
    assert "line 6" in imported(run, "one-bad-time.srt", code=1).replace("row 6", "line 6")
    assert words(run) == "hello again"


def test_ids_without_blank_lines_are_no_words(run: Run) -> None:
    imported(run, "ids-without-blank.vtt")
    assert words(run) == "hello there again"


def test_a_reading_beside_characters_is_not_said_again(run: Run) -> None:
    imported(run, "ruby.vtt", options=("--video-id", "demo-video", "--language", "ja"))
    assert words(run) == "漢字を読む"
    found(run, '"漢字を読む"')


def test_a_break_of_ass_is_no_letter(run: Run) -> None:
    imported(run, "backslash-n.srt")
    assert words(run) == "the learning rate is high"
    found(run, '"learning rate"')


def test_what_is_said_twice_at_the_pace_of_speech_is_kept(run: Run) -> None:
    imported(run, "repeat-after-me.srt")
    for line in ("good morning", "how are you", "my name is Jane"):
        assert words(run).count(line) == 2


def test_the_cue_at_the_border_of_joined_files_is_stored_once(run: Run) -> None:
    imported(run, "joined-segments.vtt")
    assert words(run) == "Welcome to the session. This cue spans the border. Then we go on."


def test_a_block_of_region_is_silent(run: Run) -> None:
    assert "belongs to no cue" not in imported(run, "region-block.vtt")
    assert words(run) == "hello"


def test_the_refusal_of_an_encoding_leads_to_an_import(run: Run) -> None:
    said = imported(run, "cp1252.srt", code=1)
    assert "--encoding cp1252" in said
    assert "C’est l’été à la plage" in said
    imported(run, "cp1252.srt", options=("--video-id", "demo-video", "--encoding", "cp1252"))
    assert "plage" in words(run)


def test_thumbnails_are_refused(run: Run) -> None:
    assert "thumbnail" in imported(run, "thumbnails.vtt", code=1).lower()
    assert run("videos", "--json").stdout.count('"sample-') == 3, "nothing was stored"
