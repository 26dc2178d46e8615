"""What is stored survives everything: an export and an import, a restart, undo, a backup."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import access
from storage.formats.addresses import complete_addresses
from storage.formats.exporting import export_videos
from storage.formats.reader import read_file
from storage.formats.rows.column_names import DATA_SET_COLUMNS
from storage.formats.text_cleaning import clean_id, clean_text
from storage.importing.segmenting import segment_cues
from storage.library import Library
from storage.models import (
    Chapter,
    Cue,
    CueMark,
    ExportFormat,
    FileContent,
    Labels,
    Segment,
    Source,
    SpeakerTurn,
    StoredVideo,
    Video,
    join_turns,
)
from tests.support.libraries import opened

ROWS = (ExportFormat.JSONL, ExportFormat.CSV, ExportFormat.TSV, ExportFormat.PARQUET)
SHARED, ANA = access.host_scope(), access.host_scope("111")
SECONDS = st.integers(0, 7200) | st.floats(0, 7200).map(lambda second: round(second, 3))
HOSTILE = st.sampled_from(
    [
        "&amp;", "&lt;i&gt;", "<b>bold</b>", "<v Ann>hi", "a < b", '"', "'", ",", ";", "|", "-->", "nan", "None", "NA",
        "神经元", "日本語。", "naïve", "=1+1", "{\\an8}", "[Music]", "12:30", "WEBVTT", "video_id", "\\N", "#",
        "\u202er",
    ]
)  # fmt: skip
TEXTS = st.lists(HOSTILE | st.text(max_size=20), max_size=4).map(lambda parts: clean_text(" ".join(parts)))
WORDS = TEXTS.filter(bool)


@st.composite
def segments(draw, start: float) -> Segment:
    text = draw(WORDS)
    end = start + draw(st.integers(0, 5000) | st.floats(0, 30).map(lambda second: round(second, 3)))
    offsets = sorted({0, *draw(st.lists(st.integers(0, len(text) - 1), max_size=3))})
    marks: tuple[CueMark, ...] = ()
    if draw(st.booleans()):
        seconds = sorted(draw(st.lists(st.floats(start, end), min_size=len(offsets), max_size=len(offsets))))
        marks = tuple(CueMark(offset, second) for offset, second in zip(offsets, seconds, strict=True))
    names = draw(st.lists(TEXTS.map(lambda text: clean_text(text[:60])), min_size=len(offsets), max_size=len(offsets)))
    turns = join_turns([SpeakerTurn(offset, name) for offset, name in zip(offsets, names, strict=True)])
    return Segment(float(start), float(end), text, marks, turns if draw(st.booleans()) else ())


@st.composite
def videos(draw) -> StoredVideo:
    video_id = draw(st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True) | WORDS.map(clean_id).filter(bool))
    chapters = zip(sorted(draw(st.lists(SECONDS, max_size=3))), draw(st.lists(WORDS, max_size=3)), strict=False)
    language = draw(st.sampled_from(["", "en", "zh", "nan"]))
    is_track = bool(language) and draw(st.booleans())
    video = Video(
        f"{video_id}.{language}" if is_track else video_id,
        title=draw(TEXTS),
        creator=draw(TEXTS),
        url=draw(st.sampled_from(["", "https://example.org/talk?id=1&b=2", "https://youtu.be/dQw4w9WgXcQ"])),
        thumbnail=draw(st.sampled_from(["", "https://example.org/a.jpg"])),
        language=language,
        published=draw(st.sampled_from(["", "2025", "2025-06", "2025-06-30"])),
        chapters=tuple(Chapter(float(second), title) for second, title in chapters),
        is_automatic=draw(st.booleans()),
        track_of=video_id if is_track else "",
    )
    starts = sorted(draw(st.sets(SECONDS.map(float), min_size=1, max_size=4)))
    return StoredVideo(complete_addresses(video), tuple(draw(segments(start)) for start in starts))


def stored(content: FileContent) -> list[StoredVideo]:
    assert not content.rejections
    assert not content.notes
    return [StoredVideo(transcript.video, transcript.segments) for transcript in content.transcripts]


def again(kept: list[StoredVideo], form: ExportFormat) -> list[StoredVideo]:
    return stored(read_file(Source(f"again.{form}", export_videos(kept, form))))


@pytest.mark.parametrize("form", ROWS)
@settings(max_examples=60)
@given(kept=st.lists(videos(), min_size=1, max_size=3, unique_by=lambda stored: stored.video.video_id))
@example([StoredVideo(Video("v"), (Segment(0.0, 3100.0, "hi"), Segment(3100.0, 5400.0, "ho")))])
@example([StoredVideo(Video("v", title='A, "talk" &amp;amp;'), (Segment(3.0, 3.0, "&amp;"), Segment(3.001, 4.0, "x")))])
def test_every_video_comes_back_from_its_rows(form: ExportFormat, kept: list[StoredVideo]) -> None:
    assert again(kept, form) == kept


@pytest.mark.parametrize("form", ROWS)
def test_rows_have_only_the_old_columns_where_nothing_new_is_known(form: ExportFormat) -> None:
    plain = [StoredVideo(Video("v", title="T"), (Segment(0.0, 2.5, "it is a < b"),))]
    content = export_videos(plain, form)
    if form is ExportFormat.JSONL:
        assert content == (
            b'{"video_id": "v", "text": "it is a < b", "start_second": 0, "end_second": 2.5, "url": "", "title": "T", '
            b'"thumbnail": ""}\n'
        )
    elif form is ExportFormat.CSV:
        assert content == b"video_id,text,start_second,end_second,url,title,thumbnail\nv,it is a < b,0,2.5,,T,\n"
    assert again(plain, form) == plain


def test_the_first_seven_columns_are_the_data_sets() -> None:
    full = StoredVideo(
        Video("v", creator="Ann", is_automatic=True), (Segment(0.0, 1.0, "a", turns=(SpeakerTurn(0, "B"),)),)
    )
    header = export_videos([full], ExportFormat.CSV).decode().splitlines()[0].split(",")
    assert header == [*DATA_SET_COLUMNS, "creator", "is_automatic", "turns"]


FULL = StoredVideo(
    Video(
        "talk.de", "A <b>title</b>, \u201cquoted\u201d", "Ann", "https://example.org/talk", "https://example.org/a.jpg",
        "de", "2025-06", (Chapter(0.0, "Intro"), Chapter(61.5, "Die Frage")), True, "talk",
    ),
    (
        Segment(
            1.0, 9.5, "wir messen &amp; fragen", (CueMark(0, 1.25), CueMark(11, 4.5)),
            (SpeakerTurn(0, "Ann"), SpeakerTurn(11, "")),
        ),
        Segment(61.0, 64.0, "神经元", (), (SpeakerTurn(0, "Bob"),)),
    ),
)  # fmt: skip


async def load(library: Library, scope: access.Scope = SHARED) -> list[StoredVideo]:
    found = []
    for summary in await library.videos(scope):
        spoken = await library.segments_between(scope, summary.video.video_id, 0, 1e9)
        found.append(StoredVideo(summary.video, tuple(spoken)))
    return found


@pytest.mark.parametrize("form", ROWS)
async def test_a_video_with_all_there_is_survives_export_and_import(library: Library, form: ExportFormat) -> None:
    await library.import_files(SHARED, [(Source("a.jsonl", export_videos([FULL], ExportFormat.JSONL)), Labels())])
    assert await load(library) == [FULL]
    exported = await library.exports.make(SHARED, form)
    report = await library.import_files(ANA, [(Source(f"a.{form}", exported), Labels())])
    assert not report.rejections
    assert await load(library, ANA) == [FULL]
    assert not (await library.import_files(ANA, [(Source(f"a.{form}", exported), Labels())])).has_changes


async def test_a_video_with_all_there_is_survives_a_restart_undo_and_a_backup(path: Path, tmp_path: Path) -> None:
    source = Source("a.jsonl", export_videos([FULL], ExportFormat.JSONL))
    other = StoredVideo(replace(FULL.video, title="Another", chapters=()), (Segment(0.0, 1.0, "nichts"),))
    async with opened(path) as library:
        await library.import_files(SHARED, [(source, Labels())])
        await library.maintenance.backup(tmp_path / "copy.db")
    async with opened(path) as library:
        assert await load(library) == [FULL]
        replacing = Source("b.jsonl", export_videos([other], ExportFormat.JSONL))
        await library.import_files(SHARED, [(replacing, Labels())], replace=True)
        assert [kept.segments for kept in await load(library)] == [other.segments]
        await library.undo(SHARED)
        assert await load(library) == [FULL]
        await library.remove(SHARED, FULL.video.video_id)
        await library.undo(SHARED)
        assert await load(library) == [FULL]
    async with opened(tmp_path / "copy.db") as copy:
        assert await load(copy) == [FULL]


def cues_of(content: FileContent) -> list[tuple[float, float, str]]:
    return [(cue.start_second, cue.end_second, cue.text) for cue in content.transcripts[0].cues]


TALK = StoredVideo(
    Video("v", language="de"),
    (
        Segment(
            1.0, 7.0, "a < b --> c &amp; d <i>e</i> wir fragen", (CueMark(0, 1.5), CueMark(28, 4.0)),
            (SpeakerTurn(0, "A & <B>"),),
        ),
        Segment(30.0, 33.0, "2 noch etwas", (), (SpeakerTurn(0, "A & <B>"), SpeakerTurn(2, "Bob"))),
    ),
)  # fmt: skip


def test_webvtt_keeps_cues_and_language_and_names_the_speakers() -> None:
    content = export_videos([TALK], ExportFormat.VTT)
    read = read_file(Source("v.vtt", content), Labels(video_id="v"))
    assert not read.rejections
    assert read.transcripts[0].video.language == "de"
    assert cues_of(read) == [
        (1.5, 4.0, "a < b --> c &amp; d <i>e</i>"), (4.0, 7.0, "wir fragen"), (30.0, 30.5, "2"),
        (30.5, 33.0, "noch etwas"),
    ]  # fmt: skip
    assert content.startswith(b"WEBVTT\nLanguage: de\n\n00:00:01.500 --> 00:00:04.000\n<v A &amp; &lt;B&gt;>a &lt; b")
    assert b"<v Bob>noch etwas" in content


def test_subrip_names_the_speaker_of_every_cue() -> None:
    lines = export_videos([TALK], ExportFormat.SRT).decode().splitlines()
    assert "Bob: noch etwas" in lines
    assert sum(line.startswith(("A &amp; &lt;B&gt;: ", "A & <B>: ")) for line in lines) == 3


@pytest.mark.parametrize("form", [ExportFormat.SRT, ExportFormat.VTT])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ana Kim", "Bob", "SPEAKER_00"]),
            st.sampled_from(["so we begin", "what is it?", "note: this matters", "12:30 it was", "no: never"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_who_speaks_comes_back_from_captions(form: ExportFormat, said: list[tuple[str, str]]) -> None:
    said = [*said, *said]  # in SubRip a name is known by coming back
    cues = [Cue(3.0 * n, 3.0 * n + 2.5, words, speaker) for n, (speaker, words) in enumerate(said)]
    stored = StoredVideo(Video("v"), segment_cues(cues))
    content = read_file(Source(f"v.{form}", export_videos([stored], form)), Labels(video_id="v"))
    again = segment_cues(content.transcripts[0].cues)
    assert [(segment.text, segment.turns) for segment in again] == [(s.text, s.turns) for s in stored.segments]


@settings(max_examples=100)
@given(kept=videos())
@example(replace(FULL, video=replace(FULL.video, title="--> <b>", chapters=(Chapter(0.0, "a --> b"),))))
def test_webvtt_keeps_all_that_is_known_of_the_video(kept: StoredVideo) -> None:
    spoken = replace(kept, segments=(Segment(1.0, 4.0, "so it is"),))
    content = export_videos([spoken], ExportFormat.VTT)
    assert content.count(b"-->") == 1
    has_details = replace(kept.video, video_id="", language="") != Video("")
    name = "another name.vtt" if has_details else f"{kept.video.video_id}.vtt"
    (again,) = read_file(Source(name, content), Labels(video_id="" if has_details else kept.video.video_id)).transcripts
    assert again.video == kept.video
    assert [cue.text for cue in again.cues] == ["so it is"]


def test_what_a_person_says_of_webvtt_wins_over_its_note() -> None:
    content = export_videos([FULL], ExportFormat.VTT)
    video = read_file(Source("v.vtt", content), Labels(video_id="other", title="Another")).transcripts[0].video
    assert (video.video_id, video.title, video.track_of, video.creator) == ("other", "Another", "", "Ann")


def test_a_note_that_would_be_too_long_to_be_read_leaves_chapters_out() -> None:
    many = tuple(Chapter(float(n), "chapter " * 20) for n in range(1000))
    content = export_videos([replace(FULL, video=replace(FULL.video, chapters=many))], ExportFormat.VTT)
    assert read_file(Source("a.vtt", content)).transcripts[0].video == replace(FULL.video, chapters=())


@pytest.mark.parametrize(
    "note",
    [
        "{", "[]", "7", "null", "[" * 9000, "{}", '{"video_id": 7}', '{"video_id": "%s"}' % ("v" * 1000),
        '{"video_id": "v", "chapters": [[5, "a"], [1, "b"]]}',
        '{"video_id": "v", "track_of": "other", "title": "T"}',
    ],
)  # fmt: skip
def test_a_note_that_is_not_ours_is_passed_over(note: str) -> None:
    content = f"WEBVTT\n\nNOTE cuepoint {note}\n\n00:01.000 --> 00:02.000\nso it is\n".encode()
    read = read_file(Source("talk.vtt", content))
    assert not read.rejections
    assert read.transcripts[0].video == Video("talk", title="talk")


@given(words=st.lists(WORDS, min_size=1, max_size=4))
def test_any_words_come_back_from_webvtt(words: list[str]) -> None:
    spoken = [f"so {text} it is" for text in words]
    kept = StoredVideo(Video("v"), tuple(Segment(40.0 * n, 40.0 * n + 2, text) for n, text in enumerate(spoken)))
    read = read_file(Source("v.vtt", export_videos([kept], ExportFormat.VTT)), Labels(video_id="v"))
    assert not read.rejections
    expected = read_file(Source("v.srt", export_videos([kept], ExportFormat.SRT)), Labels(video_id="v"))
    assert cues_of(read) == cues_of(expected)


HOSTILE_ROWS = [
    ({"marks": "[[0, 1], [99, 2]]"}, "marks do not rise from 0 to less than the text’s 11 characters"),
    ({"marks": "[[5, 1]]"}, "marks do not rise from 0"),
    ({"marks": "[[0, 1], [0, 2]]"}, "marks do not rise from 0"),
    ({"marks": "[[true, 1]]"}, "marks have “True”, which is no place in the text"),
    ({"marks": "[[0, NaN]]"}, "marks have “nan”, which is no second after the one before it"),
    ({"marks": "[[0, 1], [3, 0.5]]"}, "marks have “0.5”, which is no second"),
    ({"marks": "[[0, 5000]]"}, "marks lie outside the row’s own times"),
    ({"marks": "[" * 9000}, "which is no list of pairs"),
    ({"marks": "{}"}, "marks are “{}”, which is no list of pairs"),
    ({"turns": "[[0]]"}, "turns have “[0]”, which is no pair"),
    ({"turns": '[[0, "a"], [40, "b"]]'}, "turns do not rise from 0"),
    ({"turns": "[[0, 5]]"}, "turns name “5”, which is no speaker"),
    ({"turns": '[[-1, "a"]]'}, "turns do not rise from 0"),
    ({"chapters": '[[5, "a"], [1, "b"]]'}, "chapters have “1”, which is no second"),
    ({"chapters": "[[5, 7]]"}, "which has no title"),
    ({"track_of": "other"}, "track_of is “other”, and the id of the video does not begin with it and a point"),
]


@pytest.mark.parametrize(("cells", "reason"), HOSTILE_ROWS)
def test_a_row_whose_details_cannot_be_is_rejected(cells: dict[str, str], reason: str) -> None:
    rows = [{"video_id": "v", "text": "hello there", "start_second": 0, "end_second": 3}]
    content = "\n".join(json.dumps(row) for row in [{**rows[0], **cells}, {**rows[0], "start_second": 2}])
    read = read_file(Source("a.jsonl", content.encode()))
    ((number, found),) = [(rejection.row, rejection.reason) for rejection in read.rejections]
    assert number == 1
    assert reason in found
    assert len(read.transcripts[0].segments) == 1
