"""Hostile files and questions: read or refused in a sentence, in bounded time and memory; what is shown of them harms
nobody, and quotes stay as they were said.

Each check is made a few hundred times in `make test`, and many thousand times in `make soak`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import math
import re
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.values import Answer, Excerpt
from bot.cli.json_output import answer_json
from bot.cli.screen import Screen
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import videos as video_cards
from bot.discord_app.cards.admin import imports as import_cards
from bot.discord_app.cards.parts import base, markdown
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from bot.discord_app.cards.video import video_card
from bot.errors import InvalidQuestion
from storage import access
from storage.analysis import join_texts
from storage.errors import InputError, UnknownFilter
from storage.formats.html_text import decode_text, split_voice
from storage.formats.reader import read_file
from storage.formats.text_cleaning import clean_text
from storage.importing.segmenting import segment_cues
from storage.library import Library
from storage.models import ExportFormat, Labels, Scope, Segment, Source, Transcript
from tests.support import asking as asking_text
from tests.support.inputs.hostile_inputs import ID, NAMES, ROW_KINDS, ROW_WRITERS, Line, files, lines, questions, texts
from tests.support.local_discord.api import limits
from tests.support.project import PROJECT

SLOWEST_SECOND = 5.0
"""Of the processor's time for one small input. Nearly all take a thousandth of it; a machine under load takes more."""
LATEST_SECOND = 2 * 100 * 3600.0
"""No cue begins after a hundred hours, nor lasts longer."""
OWNER = Owner(1, "key")
tried: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _count() -> Iterator[None]:
    """Tells how much was tried; shown with -s, as in `make soak`."""
    yield
    print(f"\nhostile inputs tried: {sum(tried.values()):,}")
    for what, count in sorted(tried.items()):
        print(f"  {count:>9,} {what}")


@contextlib.contextmanager
def in_time(seconds: float = SLOWEST_SECOND) -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


def unseen(text: str) -> list[str]:
    """The characters of a text that steer a terminal, or that nobody sees."""
    return [each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Cs")]


def require_sound(transcript: Transcript) -> None:
    """Every promise about what is stored."""
    video = transcript.video
    assert video.video_id == clean_text(video.video_id)
    assert 0 < len(video.video_id) <= 200
    assert not unseen(video.video_id)
    stored = transcript.segments or segment_cues(transcript.cues)
    assert stored
    starts = [each.start_second for each in stored]
    assert starts == sorted(set(starts))
    for each in stored:
        assert each.text
        assert each.text == clean_text(each.text)
        assert all(map(math.isfinite, (each.start_second, each.end_second)))
        assert 0 <= each.start_second <= each.end_second <= LATEST_SECOND
        offsets = [mark.offset for mark in each.marks]
        assert offsets == sorted(set(offsets))
        assert all(0 <= offset < len(each.text) for offset in offsets)
        json.dumps([each.text, video.title]).encode()
        (each.text + video.title + video.creator + video.url).encode()


def _any_file(file: tuple[str, bytes], name: str, encoding: str) -> None:
    kind, content = file
    refusal, told = "", []
    with in_time():
        try:
            # Tables say which video they are of; captions are told.
            reading = read_file(Source(name, content), Labels("" if kind in ROW_KINDS else ID, encoding=encoding))
        except InputError as error:
            refusal = str(error)
        else:
            told = [str(each) for each in reading.rejections]
            for transcript in reading.transcripts:
                require_sound(transcript)
    for sentence in (refusal, *told):
        assert "\n" not in sentence
        assert len(sentence) < 1_000
    tried[f"files {'refused' if refusal else 'read'}, made from {kind}"] += 1


_FILES = files(), NAMES, st.sampled_from([*[""] * 9, "utf-8", "utf-16", "cp1252", "gb18030", "rot13"])


@settings(max_examples=500)
@given(*_FILES)
def test_every_file_is_read_or_refused(file: tuple[str, bytes], name: str, encoding: str) -> None:
    _any_file(file, name, encoding)


@pytest.mark.soak
@settings(max_examples=40_000)
@given(*_FILES)
def test_thousands_of_files_are_read_or_refused(file: tuple[str, bytes], name: str, encoding: str) -> None:
    _any_file(file, name, encoding)


def _any_table(kind: str, said: list[str]) -> None:
    tried[f"tables of {kind}"] += 1
    said = [text.replace("\x00", "").encode(errors="replace").decode() for text in said]
    made = [Line("talk", text, str(7 * n), str(7 * n + 6), "", "") for n, text in enumerate(said)]
    words = [decode_text(split_voice(text)[1]) for text in said]
    if not any(words):
        return
    reading = read_file(Source("file", ROW_WRITERS[kind](made)))
    (transcript,) = reading.transcripts
    assert [each.text for each in transcript.segments] == list(filter(None, words))
    assert len(reading.rejections) == sum(not text for text in words)


_TABLES = st.sampled_from(list(ROW_WRITERS)), st.lists(texts, min_size=1, max_size=8)


@settings(max_examples=200)
@given(*_TABLES)
def test_every_text_of_a_table_is_kept_but_for_its_html(kind: str, said: list[str]) -> None:
    _any_table(kind, said)


@pytest.mark.soak
@settings(max_examples=15_000)
@given(*_TABLES)
def test_thousands_of_tables_are_kept_as_they_are(kind: str, said: list[str]) -> None:
    _any_table(kind, said)


class Reader:
    """A library and the loop it lives in, for checks that are no coroutines."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self.library: Library = self.run(Library.open(folder / "cuepoint.db"))
        self._servers = 0

    def run(self, doing: Any) -> Any:
        return self._runner.run(doing)

    def scope(self) -> Scope:
        self._servers += 1
        return access.own_scope(self._servers)

    def close(self) -> None:
        self.run(self.library.close())
        self._runner.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    opened = Reader(tmp_path_factory.mktemp("hostile"))
    yield opened
    opened.close()


_ADDRESS = r"\(https?://[^\s()<>\"]+\)"
_TITLE = r"(?:(?<=### \[)|(?<=\*\*\[)|(?<=\*\* \[)|(?<=\*\*\d · \[))(?:\*\*)?(?:[^\[\]\\\n]|\\.)+"
"""The name of a video as a link of the bot: after a mark of its own, with nothing in it that ends a link."""
# What Discord would act on, were it not for a backslash before it.
_ALIVE = re.compile(
    r"(?<!\\)(?:\\\\)*(?:@everyone|@here|<@|<#|</\w|<a?:|<t:|<id:|\|\||`|~~"
    rf"|\[(?!\d[\d:]*\]{_ADDRESS}|{_TITLE}\]{_ADDRESS}))"
)
_CODE = re.compile(r"(?<![\\`])`[^`\n]+`(?!`)")
"""Code in a question, which is shown as such: Discord acts on nothing in it."""
_INVITE = re.compile(r"discord(?:app)?\.(?:gg|com/invite)/", re.IGNORECASE)


def require_harmless(card: base.Card) -> None:
    """It fits, pings nobody, links only to the moment it names, and hides nothing."""
    components = card.components()
    assert find_problems(components) == []
    assert limits.component_problems(components, True, {file.filename for file in card.files()}) == []
    for _, part in limits.walk(components):
        for key in ("content", "label", "description"):
            assert not [each for each in unseen(str(part.get(key) or "")) if each != "\n"], (key, part)
        if content := part.get("content"):
            assert not _ALIVE.search(_CODE.sub("", content)), content
            assert not _INVITE.search(content), content


def require_verbatim(excerpt: Excerpt, segments: list[Segment]) -> None:
    """The quote stands in what was said; so does what the card shows of it, and what is marked is in it."""
    assert excerpt.quote
    assert excerpt.quote in join_texts(each.text for each in segments)
    assert all(0 <= start < end <= len(excerpt.quote) for start, end in excerpt.highlights)
    assert math.isfinite(excerpt.start_second)
    line = answer_cards.block_quote(excerpt, 10**6)
    assert "\n" not in line
    if not markdown.clean_line(excerpt.quote).strip():
        return  # nobody sees anything of it, quoted or not
    inner = line[line.index("“") + 1 : line.rindex("”")]
    plain = markdown.unescape(re.sub(r"((?<!\\)(?:\\\\)*)\*\*", r"\1", inner))
    assert "".join(plain.split()) == "".join(markdown.clean_line(excerpt.quote).split())


def require_quiet(answer: Answer) -> None:
    """Nothing in it steers a terminal."""
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        Screen().show_answer(answer)
    assert not [each for each in unseen(shown.getvalue()) if each != "\n"]
    assert answer_json(answer).isascii()
    assert answer_json(answer).isprintable()


async def imported_and_asked(library: Library, scope: Scope, source: Source, question: str) -> None:
    report = await library.import_files(scope, [(source, Labels(video_id="", title=question[:300]))])
    require_harmless(import_cards.report_reply(report).card)
    videos = await library.videos(scope)
    if not videos:
        return
    require_harmless(video_cards.videos_card(videos, OWNER, 0))
    first = videos[0].video.video_id
    parts, terms = await library.video_parts(scope, first), await library.key_terms(scope, first, 12)
    require_harmless(video_card(videos[0], parts, terms, OWNER))
    segments = await library.segments_between(scope, first, 0.0, LATEST_SECOND)
    for asked in (question, segments[0].text[:200], "copper lantern -harbour"):
        with contextlib.suppress(InvalidQuestion, UnknownFilter):
            answer = await asking_text.ask(library, scope, asked)
            require_harmless(answer_cards.answer_card(answer, OWNER, answer_cards.Page(has_next=True)))
            require_quiet(answer)
            for each in (*answer.excerpts, *answer.near_misses):
                said = await library.segments_between(scope, each.video.video_id, 0.0, LATEST_SECOND)
                require_verbatim(each, said)
            tried["answers from hostile files"] += 1
    for form in (ExportFormat.JSONL, ExportFormat.CSV, ExportFormat.PARQUET):
        (again,) = read_file(Source("again", await library.exports.make(scope, form, first))).transcripts
        assert [each.text for each in again.segments] == [each.text for each in segments]
    with contextlib.suppress(InputError):  # where nothing but sounds is said
        read_file(Source("again", await library.exports.make(scope, ExportFormat.SRT, first)), Labels(video_id="again"))


def _whole_path(reader: Reader, made: list[Line], kind: str, question: str) -> None:
    source = Source(f"{question[:40]}.{kind}", ROW_WRITERS[kind](made))
    scope = reader.scope()
    with in_time(4 * SLOWEST_SECOND):
        reader.run(imported_and_asked(reader.library, scope, source, question))
    reader.run(reader.library.purge(scope))
    tried["files imported, asked, shown and exported"] += 1


def _any_question(reader: Reader, question: str) -> None:
    tried["questions"] += 1
    refusal = ""
    with in_time(4 * SLOWEST_SECOND):
        try:
            answer: Answer = reader.run(asking_text.ask(reader.library, access.sample_scope(), question))
        except (InvalidQuestion, UnknownFilter) as error:
            refusal = str(error)
        else:
            require_harmless(answer_cards.answer_card(answer, OWNER))
            require_quiet(answer)
    assert "\n" not in refusal
    require_harmless(base.notice_card(refusal))


_PATHS = lines(), st.sampled_from(list(ROW_WRITERS)), questions


@settings(max_examples=60)
@given(*_PATHS)
def test_what_is_shown_of_a_file_harms_nobody(reader: Reader, made: list[Line], kind: str, question: str) -> None:
    _whole_path(reader, made, kind, question)


@pytest.mark.soak
@settings(max_examples=4_000)
@given(*_PATHS)
def test_what_is_shown_of_thousands_of_files_harms_nobody(
    reader: Reader, made: list[Line], kind: str, question: str
) -> None:
    _whole_path(reader, made, kind, question)


@settings(max_examples=200)
@given(questions)
def test_any_question_is_answered_or_refused_in_a_sentence(reader: Reader, question: str) -> None:
    _any_question(reader, question)


@pytest.mark.soak
@settings(max_examples=20_000)
@given(questions)
def test_thousands_of_questions_are_answered_or_refused_in_a_sentence(reader: Reader, question: str) -> None:
    _any_question(reader, question)


BIG = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import Labels, Source
TIMES, TITLES = "00:00:01,000 --> 00:00:02,000", "video_id,text,start_second\\n"
MILLION = int(sys.argv[1])
for content in (
    "x" * 50 * MILLION, "word " * 10 * MILLION, "\\n" * 50 * MILLION, " " * 50 * MILLION, "1\\n" * 20 * MILLION,
    f"1\\n{TIMES}\\n" + "x" * 5 * MILLION, f"WEBVTT\\n\\n{TIMES}\\n" + "x " * 2 * MILLION, "WEBVTT" + "x" * 5 * MILLION,
    f"1\\n{TIMES}\\n" + "x\\n" * MILLION, f"1\\n{TIMES}\\nx\\n\\n" + "7\\n\\n" * (MILLION // 2),
    "WEBVTT\\n\\n" + "NOTE x\\n\\n" * MILLION, TITLES + "a," + "b" * 5 * MILLION, TITLES + 'a,"' + "b\\n" * MILLION,
    TITLES + "," * 20 * MILLION, TITLES.replace(",", "\\t") + "\\t" * 5 * MILLION, TITLES + '"x' * MILLION,
    TITLES + "a,b,-1\\n" * (MILLION // 6), '{"video_id": "' + "[" * 5 * MILLION, '{"video_id": ' * 500_000,
    '{"video_id": 1}\\n' * (MILLION // 6), '{"events": ' + "[" * 5 * MILLION, '{"events": [' + "{}," * 5 * MILLION,
    '{"events": [' + "1," * 10 * MILLION + "1]}",
    '{"events": [{"tStartMs": 1, "segs": [' + "{}," * 3 * MILLION + "{}]}]}",
    '{"events": [{"tStartMs": 1, "segs": [' + '{"utf8": "a"},' * MILLION + '{"utf8": "a"}]}]}',
    "a | b" + " | 1 | 2" * MILLION, "a | b | 1 | 2 | https://a | " + "| " * MILLION,
    "video_id\\n" + "| - \\n" * MILLION, "a\\nb\\n1\\n2\\nhttps://a\\n" * (MILLION // 6),
    "video_id\\nstringlengths\\n" + "-\\n" * MILLION, "https://a " * MILLION,
):
    started = time.process_time()
    try:
        reading = read_file(Source("file", content.encode()), Labels(video_id="x"))
        said = f"read {sum(len(each.cues or each.segments) for each in reading.transcripts)}"
    except InputError as error:
        said = str(error)
    print(f"{time.process_time() - started:.1f}\\t{content[:30]!r}\\t{said}")
"""


@pytest.mark.parametrize("pieces", [50_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_large_hostile_files_are_answered_in_little_memory_and_time(pieces: int) -> None:
    command = [sys.executable, "-c", BIG, str(pieces)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False, timeout=280)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    for told in done.stdout.splitlines():
        taken, _, said = told.split("\t")
        assert float(taken) < 30, told
        assert said.startswith(("file", "read ")), told
        tried[f"files of {pieces:,} pieces"] += 1
