"""The command line as people and tools use it: the real program, in a process of its own that was forked to be there
sooner. What Python does at its start is tested with `python -m bot`."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.values import Answer, AnswerLevel
from bot.cli.screen import MAX_WORDING_LENGTH, Screen
from tests.support.commands import environment_for
from tests.support.forked_program import typed
from tests.support.project import PASTED_SEEDS, PROJECT, SUBRIP_ID, SUBRIP_SEED

Run = Callable[..., subprocess.CompletedProcess[str]]
SRT = "1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern\n\n2\n00:00:04,000 --> 00:00:07,250\nhangs in the harbour\n"
ESCAPE = "\x1b"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `cuepoint` with a data folder of the test's own."""

    def go(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        given = environment_for(tmp_path, **environment)
        return typed(*arguments, folder=tmp_path, environment=given, stdin=stdin)

    return go


@pytest.fixture
def start(tmp_path: Path) -> Run:
    """Starts `python -m bot` itself, which takes a second."""

    def go(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment_for(tmp_path, **environment),
            timeout=60,
            check=False,
        )

    return go


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "Harbour lights [dQw4w9WgXcQ].en.srt"
    path.write_text(SRT)
    return path


def test_without_a_token_the_chat_opens_says_how_to_connect_and_answers_piped_questions(start: Run) -> None:
    done = start(stdin="what is a hold cue?\n\nwhy does bm25 saturate\n")
    assert done.returncode == 0
    assert "No Discord token is set" in done.stdout
    assert "DISCORD_TOKEN" in done.stdout
    assert "sample talks" in done.stdout
    assert "? what is a hold cue?" in done.stdout
    assert re.search(r"https://video\.example\.com/sample-captions#t=\d+", done.stdout)
    assert "? why does bm25 saturate" in done.stdout
    assert ESCAPE not in done.stdout + done.stderr, "a pipe gets no colours"
    assert done.stderr == ""


def test_serve_without_a_token_is_not_to_be_tried_again(start: Run) -> None:
    done = start("serve")
    assert done.returncode == 78
    assert "DISCORD_TOKEN" in done.stderr


def test_importing_asking_and_undoing(run: Run, talk: Path) -> None:
    done = run("import", talk.name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "videos: 1 added" in done.stdout
    assert "nothing changed" in run("import", talk.name).stdout
    assert "dQw4w9WgXcQ" in run("videos").stdout
    asked = run("ask", "where", "hangs", "the", "lantern?")
    assert "1. Harbour lights" in asked.stdout
    assert "“the copper lantern hangs in the harbour”" in asked.stdout
    assert "0:01  https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1s" in asked.stdout
    assert run("remove", "dQw4w9WgXcQ").returncode == 0
    assert "1 videos restored" in run("undo").stdout
    assert run("undo").returncode == 1


def test_ask_as_json_keeps_its_form(run: Run, talk: Path) -> None:
    run("import", talk.name)
    done = run("ask", "copper lantern", "--json")
    value = json.loads(done.stdout)
    assert list(value) == [
        "question",
        "found",
        "searched_for",
        "unknown_terms",
        "is_partial",
        "excerpts",
        "near_misses",
    ]
    assert (value["question"], value["found"], value["searched_for"]) == ("copper lantern", "confident", None)
    (excerpt,) = value["excerpts"]
    assert value["near_misses"] == []
    assert list(excerpt) == [
        "video_id", "title", "quote", "highlights", "start_second", "end_second", "link_second", "link",
        "segments", "score", "speaker", "published", "chapter", "turns",
    ]  # fmt: skip
    start, end = excerpt["highlights"][0]
    assert excerpt["quote"][start:end] == "copper lantern"
    assert (excerpt["start_second"], excerpt["segments"]) == (1.5, [1.0])


def test_questions_on_standard_input_are_answered_one_object_a_line_in_order(start: Run) -> None:
    questions = ["what is a hold cue?", "", "what does k1 do", "video:nothing cue", "zzzz qqqq"]
    done = start("ask", "-", "--json", stdin="\n".join(questions) + "\n")
    values = [json.loads(line) for line in done.stdout.splitlines()]
    assert [value["question"] for value in values] == questions
    assert [value["found"] for value in values] == ["confident", "nothing", "confident", "nothing", "nothing"]
    assert "at least one word" in values[1]["error"]
    assert "No video is called “nothing”" in values[3]["error"]
    assert values[4]["unknown_terms"] == ["zzzz", "qqqq"]
    assert done.returncode == 1, "not every question could be asked"


def test_search_as_json_keeps_its_form(run: Run) -> None:
    value = json.loads(run("search", "hold cue", "--json", "--limit", "3").stdout)
    assert list(value) == ["question", "is_partial", "hits"]
    assert len(value["hits"]) == 3
    assert all(
        list(hit) == ["video_id", "start_second", "end_second", "score", "text", "turns"] for hit in value["hits"]
    )
    assert [hit["score"] for hit in value["hits"]] == sorted((hit["score"] for hit in value["hits"]), reverse=True)
    assert "hold cue" in run("search", "hold cue").stdout.lower()


def test_what_is_left_out_of_a_question_is_told(run: Run) -> None:
    question = "cue " + " ".join(f'"hold {number}"' for number in range(20))
    told = "That is too much for one question: 4 quoted phrases were left out of the search."
    for command in ("ask", "timeline"):
        done = run(command, question)
        assert told in done.stdout.replace("\n", " "), done.stdout
    assert told in run("search", question).stderr
    for command in ("ask", "timeline", "search"):
        told = [json.loads(run(command, "--json", asked).stdout)["is_partial"] for asked in (question, "hold cue")]
        assert told == [True, False]


def test_an_answer_that_is_not_there_is_an_answer(run: Run) -> None:
    done = run("ask", "best pizza dough")
    assert done.returncode == 0
    assert "I only know three sample talks." in done.stdout
    assert "pizza" in done.stdout


def test_near_misses_have_the_form_of_excerpts(run: Run, talk: Path) -> None:
    run("import", talk.name)
    (excerpt,) = json.loads(run("ask", "copper lantern", "--json").stdout)["excerpts"]
    value = json.loads(run("ask", "lantern zebra yak quokka", "--json").stdout)
    assert (value["found"], value["excerpts"]) == ("nothing", [])
    assert value["near_misses"]
    assert all(list(near) == list(excerpt) for near in value["near_misses"])


def test_a_long_wording_is_cut_at_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().show_answer(Answer("q", AnswerLevel.CONFIDENT, searched_for="words " * 600))
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("Searched for: words words")
    assert line.endswith("…")
    assert len(line) <= len("Searched for: ") + MAX_WORDING_LENGTH


def test_a_video_id_that_begins_with_a_dash_works_everywhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(SRT)
    assert run("import", "a.srt", "--video-id", "-9evrZnBorM", "--title", "Lanterns").returncode == 0
    assert "copper" in run("transcript", "-9evrZnBorM", "--at", "0:02").stdout
    assert "t=1s" in run("ask", "copper", "--video", "-9evrZnBorM").stdout
    assert json.loads(run("ask", "video:-9evrZnBorM copper", "--json").stdout)["found"] == "confident"
    assert json.loads(run("search", "--video", "-9evrZnBorM", "copper", "--json").stdout)["hits"]
    assert "copper" in run("export", "--format", "srt", "--video", "-9evrZnBorM").stdout
    assert run("remove", "-9evrZnBorM").returncode == 0


def test_exclusions_and_phrases_can_be_typed(run: Run) -> None:
    done = run("ask", '"hold cue"', "-deadline", "--json")
    value = json.loads(done.stdout)
    assert value["question"] == '"hold cue" -deadline'
    assert value["excerpts"]
    assert all("deadline" not in excerpt["quote"] for excerpt in value["excerpts"])


def test_an_exclusion_that_nobody_says_is_told_in_a_line(run: Run) -> None:
    done = run("ask", '"hold cue"', "-deadlyne", "-stutters")
    assert done.stdout.splitlines()[0] == "Left out, but said by nobody: deadlyne"
    assert "Left out" not in run("ask", '"hold cue"', "-stutters").stdout


def test_a_long_question_is_refused_and_the_next_one_answered(run: Run) -> None:
    done = run("ask", "-", "--json", stdin="x" * 5000 + "\nhold cue\n")
    refused, answered = map(json.loads, done.stdout.splitlines())
    assert refused["error"] == "Your question has 5,000 characters; ask with at most 4,000."
    assert answered["excerpts"]
    assert done.returncode == 1


def test_files_of_one_name_are_told_apart_by_their_folders(run: Run, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "talk.srt").write_text(SRT if folder == "one" else "1\n")
    (tmp_path / "other.srt").write_text("2\n")
    done = run("import", "one/talk.srt", "two/talk.srt", "one/../other.srt")
    told = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert told == ["two/talk.srt", "other.srt", "one/talk.srt"], "of the last that its name is its id"


def test_a_file_without_end_is_refused(start: Run) -> None:
    done = start("import", "/dev/zero", CUEPOINT_FILE_MEGABYTES="2")
    assert done.stderr == (
        "zero: it is larger than the 2 MB that one file may have; split it (CUEPOINT_FILE_MEGABYTES)\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.srt", b"", "empty"),
        ("picture.vtt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        ("latin.srt", SRT.replace("harbour", "café").encode("latin-1"), "UTF-8"),
        ("columns.csv", b"video_id,start_second\nv,1\n", "text"),
        ("backwards.csv", b"video_id,text,start_second,end_second\nv,hello,9,3\n", "row 2"),
        ("page.html", b"<!DOCTYPE html><html><body>hi</body></html>", "HTML"),
        ("cut.srt", SRT.encode()[: SRT.index("07,250")], "line"),
        ("cut.parquet", b"PAR1" + bytes(60), "Parquet"),
    ],
)
def test_bad_input_is_one_clear_sentence_and_stores_nothing(
    run: Run, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("import", name)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(name)
    assert sentence in line
    assert "Traceback" not in done.stderr
    assert "sample" in run("videos").stdout, "nothing was stored"


def test_captions_that_name_no_video_are_stored_under_their_own_name_with_one_line_on_linking(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "nameless.srt").write_text(SRT)
    done = run("import", "nameless.srt")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("nameless.srt: its own name is its id and title")
    assert line.endswith("`cuepoint link VIDEO ADDRESS` links one.")
    assert "Added: nameless (0:0" in done.stdout
    assert run("videos").stdout.startswith("nameless\t")
    assert "nameless has a link now" in run("link", "nameless", "https://vimeo.com/76979871").stdout
    assert "is not a web address" in run("link", "nameless", "here").stderr
    assert "Took back the linking of nameless" in run("undo").stdout


def test_several_plain_files_need_no_option_and_are_named_with_their_lengths(run: Run, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"talk{number}.srt").write_text(SRT.replace("harbour", f"harbour{number}"))
    done = run("import", "*.srt")
    assert done.returncode == 0
    added = [line for line in done.stdout.splitlines() if line.startswith("Added: ")]
    assert [line.split()[1] for line in added] == ["talk0", "talk1", "talk2"]
    assert done.stdout.splitlines()[-1].startswith("videos: 3 added")


def test_an_address_says_which_video_a_file_is_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(SRT)
    (tmp_path / "b.srt").write_text(SRT)
    address = "https://club.example.org/videos/lecture-2"
    assert "videos: 1 added" in run("import", "a.srt", "--url", address, "--title", "Lecture").stdout
    assert "nothing changed" in run("import", "b.srt", "--url", f"{address}/").stdout
    assert "nothing changed" in run("import", "b.srt", "--video-id", address).stdout
    assert run("videos").stdout.startswith(f"{address}\t")


def test_utf16_and_byte_order_marks_are_read(run: Run, tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-16", "utf-8-sig", "utf-32")):
        (tmp_path / "a.srt").write_bytes(SRT.replace("harbour", "café").encode(encoding))
        assert run("import", "a.srt", "--video-id", f"v{number}").returncode == 0
    (tmp_path / "a.srt").write_bytes(SRT.replace("harbour", "café").encode("cp1252"))
    assert run("import", "a.srt", "--video-id", "v9", "--encoding", "cp1252").returncode == 0
    assert run("export", "--format", "jsonl").stdout.count("café") == 4


def test_advice_on_an_encoding_works_to_the_letter(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_bytes(SRT.replace("harbour", "café à la plage").encode("cp1252"))
    done = run("import", "a.srt", "--video-id", "v9")
    assert done.returncode == 1
    option = done.stderr.partition("(--encoding ")[2].partition(")")[0]
    assert "café à la plage" in done.stderr
    assert run("import", "a.srt", "--video-id", "v9", "--encoding", option).returncode == 0
    assert "café à la plage" in run("export", "--format", "jsonl").stdout


def test_an_address_instead_of_a_file_says_how_to_get_its_captions(run: Run) -> None:
    done = run("import", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    assert done.returncode == 1
    assert "yt-dlp" in done.stderr


def test_missing_files_and_folders_are_named(run: Run, tmp_path: Path) -> None:
    done = run("import", "nowhere.srt", str(tmp_path))
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("nowhere.srt: the file cannot be read")
    assert "there is no transcript in it" in second


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("ask",),
        ("ask", "--jsn", "hello"),
        ("import",),
        ("transcript", "v", "--at", "noon"),
        ("transcript", "sample-captions", "--at", "9" * 400),
        ("transcript", "sample-captions", "--at", "9" * 5000),
        ("transcript", "sample-captions", "--at", "٣:٠٠"),
        ("export",),
        ("export", "--format", "docx"),
        ("export", "--format", "parquet"),
        ("search", "x", "--limit", "0"),
        ("glossary",),
        ("glossary", "add", "ganz"),
        ("glossary", "add", "-ganz", "GANs"),
        ("glossary", "forget", "ganz"),
    ],
)
def test_wrong_use_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "???"),
        ("ask", "x", "--video", "nope"),
        ("transcript", "nope"),
        ("remove", "nope"),
        ("undo",),
        ("videos", "--library", "me"),
        ("videos", "--library", "١٢٣"),
        ("transcript", "sample-captions", "--at", "99:00:00"),
        ("transcript", "sample-captions", "--at", "9" * 9),
        ("glossary", "add", "???", "GANs"),
        ("glossary", "add", "gan", "GANs"),
        ("glossary", "remove", "nope"),
        ("glossary", "list", "--library", "me"),
    ],
)
def test_a_request_that_fails_ends_with_1_and_one_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_the_columns_that_a_refusal_shows_are_what_works(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("my words,moment,video\nthe copper lantern,0:12,v\n")
    refused = run("import", "sheet.csv")
    assert refused.returncode == 1
    shown = " ".join((refused.stdout + refused.stderr).split())
    option = re.search(r"\(--columns '([^']+)'\)", shown)
    assert option is not None, shown
    assert option[1] == "text=my words,start=moment"
    assert run("import", "sheet.csv", "--columns", option[1]).returncode == 0
    assert "the copper lantern" in run("export", "--format", "vtt", "--video", "v").stdout


def test_export_writes_text_to_standard_output_and_files_on_request(run: Run, talk: Path, tmp_path: Path) -> None:
    run("import", talk.name)
    rows = run("export", "--format", "csv").stdout.splitlines()
    assert rows[0] == "video_id,text,start_second,end_second,url,title,thumbnail,language,marks"
    assert rows[1].startswith("dQw4w9WgXcQ,the copper lantern hangs in the harbour,1,7.25,")
    assert run("export", "--format", "parquet", "--output", "rows.parquet").returncode == 0
    assert "nothing changed" in run("import", "rows.parquet").stdout
    assert "00:00:01,500 --> 00:00:04,000" in run("export", "--format", "srt").stdout


def test_another_library_is_named(run: Run, talk: Path) -> None:
    run("import", talk.name, "--library", "123")
    assert "sample" in run("videos").stdout
    assert "dQw4w9WgXcQ" in run("videos", "--library", "server:123").stdout
    assert json.loads(run("ask", "copper", "--library", "123", "--json").stdout)["found"] == "confident"


def test_until_something_is_imported_the_terminal_says_so(run: Run, talk: Path) -> None:
    note = "Nothing is imported here yet; these are sample talks and their links are examples."
    for question in ("what is a hold cue?", "zebra pizza"):
        assert run("ask", question).stderr == f"{note} `cuepoint import FILE` adds your own.\n"
        assert run("ask", question, "--json").stderr == ""
    found_none = "Nothing is imported here yet, so I only know three sample talks.\nNobody says: zebra, pizza"
    assert run("ask", "zebra pizza").stdout.strip() == found_none
    assert run("videos").stderr == "Nothing is stored in this library; the sample talks:\n"
    run("import", talk.name)
    for words in (("ask", "copper"), ("ask", "zebra pizza"), ("videos",)):
        assert run(*words).stderr == ""
        assert "sample talks" not in run(*words).stdout


def test_stats_backup_and_doctor(run: Run, talk: Path, tmp_path: Path) -> None:
    assert run("stats").stderr == "Nothing is stored in this library; of the sample talks:\n"
    run("import", talk.name)
    stored = run("stats")
    assert re.search(r"videos\s+1\nsegments\s+1\nwords\s+7\n", stored.stdout)
    assert stored.stderr == ""
    assert run("backup", "copy.db").returncode == 0
    assert (tmp_path / "copy.db").exists()
    healthy = run("doctor")
    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert "ok, 1 segments stored and indexed" in healthy.stdout
    assert run("doctor", "--repair").returncode == 0


def test_doctor_finds_a_damaged_database(run: Run, tmp_path: Path) -> None:
    run("stats")
    path = tmp_path / "data" / "cuepoint.db"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 3 + 2000] = b"\xff" * 2000
    path.write_bytes(content)
    done = run("doctor")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_control_characters_in_captions_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    row = {
        "video_id": "v",
        "text": "evil \x1b[31mred\x07 copper \u202egnp.exe \u200b",
        "start_second": 0,
        "title": "T\x1b]0;x\x07",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    run("import", "a.jsonl")
    for arguments in (
        ("ask", "copper"),
        ("search", "copper"),
        ("videos",),
        ("transcript", "v"),
        ("ask", "copper", "--json"),
    ):
        output = run(*arguments).stdout
        assert "copper" in output or arguments == ("videos",)
        assert not set(output) & {ESCAPE, "\x07", "\u202e", "\u200b"}


def test_a_setting_that_cannot_be_used_is_named_and_the_token_never_shown(run: Run) -> None:
    done = run("stats", DISCORD_TOKEN="very secret token")
    assert done.returncode == 78
    assert "DISCORD_TOKEN" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    assert run("--help", DISCORD_TOKEN="very secret token").returncode == 0


def test_settings_come_from_a_file_too_and_the_environment_wins(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"CUEPOINT_DATA_DIR={tmp_path / 'elsewhere'}\n")
    run("stats")
    assert not (tmp_path / "elsewhere").exists()
    bare = {name: value for name, value in environment_for(tmp_path).items() if name != "CUEPOINT_DATA_DIR"}
    subprocess.run([sys.executable, "-m", "bot", "stats"], cwd=tmp_path, env=bare, check=True, capture_output=True)
    assert (tmp_path / "elsewhere" / "cuepoint.db").exists()


def test_an_unexpected_error_is_one_calm_line_and_a_trace_in_the_log(start: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import bot.asking\nasync def boom(a, b, text, **k): raise RuntimeError(text)\nbot.asking.ask = boom\n"
    )
    done = start("ask", "copper", PYTHONPATH=f"{broken}{os.pathsep}{PROJECT}")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "boom" not in done.stderr
    logged = (tmp_path / "data" / "cuepoint.log").read_text()
    assert ", in boom\n" in logged
    assert logged.endswith("\nRuntimeError\n")
    assert "copper" not in logged, "what was asked is nobody's business"


def test_at_a_terminal_an_import_asks_which_video_it_is(tmp_path: Path) -> None:
    (tmp_path / "talk.srt").write_text(SRT)
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", "talk.srt"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env=environment_for(tmp_path, TERM="dumb"),
    )
    os.close(theirs)
    os.write(ours, b"dQw4w9WgXcQ\nHarbour\n")
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # the child has closed its end
            break
    os.close(ours)
    assert child.wait(timeout=30) == 0
    assert "which video" in shown.decode()
    assert "videos: 1 added" in shown.decode()


async def test_the_seeds_answer_at_the_command_line(run: Run, seeds: Path) -> None:
    assert run("import", *(str(seeds / name) for name in PASTED_SEEDS)).stderr == ""
    done = run("import", str(seeds / SUBRIP_SEED), "--video-id", SUBRIP_ID, "--title", "Tutorial")
    assert done.returncode == 0
    assert re.search(r"videos\s+8\n", run("stats").stdout)
    assert json.loads(run("ask", "masked language model", "--json").stdout)["found"] == "confident"


def test_a_glossary_is_kept_listed_and_used(run: Run, talk: Path) -> None:
    run("import", talk.name)
    assert json.loads(run("ask", "lighthouse", "--json").stdout)["found"] == "nothing"
    added = run("glossary", "add", "copper lantern", "lighthouse")
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout == "copper lantern will now also be found by asking for lighthouse.\n"
    assert run("glossary", "add", "Copper  lantern", "Lighthouse").stdout == "That is in the glossary already.\n"
    assert run("glossary", "list").stdout == "copper lantern\tlighthouse\n"
    assert json.loads(run("glossary", "list", "--json").stdout) == {"said": "copper lantern", "meant": "lighthouse"}
    (excerpt,) = json.loads(run("ask", "lighthouse", "--json").stdout)["excerpts"]
    ((start, end),) = excerpt["highlights"]
    assert excerpt["quote"][start:end] == "copper lantern"
    removed = run("glossary", "remove", "copper lantern")
    assert removed.stdout == "copper lantern will no longer be found by asking for lighthouse.\n"
    assert json.loads(run("ask", "lighthouse", "--json").stdout)["found"] == "nothing"
    empty = run("glossary", "list")
    assert (empty.returncode, empty.stdout, empty.stderr) == (0, "", "The glossary is empty.\n")


def test_each_library_has_a_glossary_and_a_side_may_begin_with_a_dash(run: Run) -> None:
    added = run("glossary", "add", "--library", "123", "--", "-ganz\x1b", "GANs")
    assert (added.returncode, added.stdout) == (1, "")
    added = run("glossary", "add", "--library", "123", "--", "-ganz", "GANs")
    assert added.returncode == 0
    assert added.stderr == "Nobody says -ganz in this library yet.\n"
    assert run("glossary", "list").stdout == ""
    assert run("glossary", "list", "--library", "server:123").stdout == "-ganz\tGANs\n"
    assert run("glossary", "remove", "--library", "123", "--", "-ganz", "GANs").returncode == 0


def test_a_video_is_shown_with_its_telling_terms(run: Run) -> None:
    shown = run("video", "sample-captions").stdout
    assert "length    7:55" in shown
    assert "Typical words of this video:\n" in shown
    assert "   cue (12)  2:54  https://video.example.com/sample-captions#t=174" in shown
    assert "What comes when:\n   0:04  caption file · " in shown
    assert "   2:24  hold cue · " in shown
    value = json.loads(run("video", "sample-captions", "--json").stdout)
    assert list(value) == [
        *(
            "video_id",
            "title",
            "creator",
            "url",
            "end_second",
            "segments",
            "words",
            "published",
            "language",
            "chapters",
        ),
        "telling_terms",
    ]
    assert list(value["telling_terms"][0]) == ["word", "count", "weight", "start_second", "link"]
    done = run("video", "nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no video “nothing” here" in done.stderr


def test_a_word_without_end_is_not_repeated_whole(run: Run) -> None:
    assert f"Nobody says: {'x' * 39}…\n" in run("ask", "x" * 200).stdout


def test_videos_are_searched_by_words_of_their_title(run: Run) -> None:
    assert run("videos", "--search", "made captoins").stdout.startswith("sample-captions\t7:55\t")
    none = run("videos", "--search", "zebra")
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "No video here is called “zebra”.\n")
    lines = run("videos", "--search", "zebra", "--json").stdout + run("videos", "--json").stdout
    assert [json.loads(line)["segments"] for line in lines.splitlines()] == [17, 17, 17]


def test_a_timeline_in_words_as_a_picture_and_as_json(run: Run, tmp_path: Path) -> None:
    done = run("timeline", "what", "is", "a", "hold", "cue?", "--picture", "timeline.png")
    assert done.returncode == 0
    strip = next(line for line in done.stdout.splitlines() if "|" in line)
    assert re.fullmatch(r"   \|[ ▁▂▃▄▅▆▇█]{64}\| 7:55", strip)
    number = done.stdout.splitlines()[2]
    assert (number.strip(), strip[number.index("1")]) == ("1", "█")
    assert "   2:54  https://video.example.com/sample-captions#t=174" in done.stdout
    assert done.stderr == "Wrote timeline.png.\n"
    assert (tmp_path / "timeline.png").read_bytes().startswith(b"\x89PNG")
    value = json.loads(run("timeline", "hold cue", "--json").stdout)
    assert list(value) == ["question", "found", "searched_for", "unknown_terms", "is_partial", "strips", "moments"]
    assert max(each["strength"] for each in value["strips"][0]["segments"]) == 1.0
    assert value["moments"][0]["link"].endswith("#t=174")


def test_a_timeline_of_nothing_draws_nothing(run: Run, tmp_path: Path) -> None:
    done = run("timeline", "pizza dough", "--picture", "timeline.png")
    assert (done.returncode, done.stderr) == (0, "There is nothing to draw.\n")
    assert "Not in these videos." in done.stdout
    assert not (tmp_path / "timeline.png").exists()
    for words, code, said in (
        (("???",), 1, "at least one word"),
        (("hold cue", "--picture", "no/such/folder.png"), 1, "cannot be written"),
        (("hold cue", "--pictrue"), 2, "There is no option --pictrue"),
    ):
        refused = run("timeline", *words)
        assert refused.returncode == code
        assert said in refused.stderr


def test_a_link_that_cannot_say_the_second_says_where_it_opens(run: Run, talk: Path) -> None:
    plain = "https://podcasts.apple.com/us/podcast/a/id1?i=2"
    assert run("import", talk.name, "--url", f"{plain}&t=5").returncode == 0
    assert f"  {plain}  (opens at the beginning)\n" in run("ask", "copper lantern").stdout
    assert json.loads(run("ask", "copper lantern", "--json").stdout)["excerpts"][0]["link"] == plain
    own = {"CUEPOINT_LINK_FORMATS": "podcasts.apple.com=?at={seconds}"}
    shown = run("ask", "copper lantern", **own).stdout
    assert re.search(rf"^   0:01  {re.escape(plain)}&at=1$", shown, re.MULTILINE)
    assert json.loads(run("video", "dQw4w9WgXcQ", "--json", **own).stdout)["telling_terms"][0]["link"].startswith(
        f"{plain}&at="
    )
