"""Plain texts with times and subtitles of other programs: every word once, in order, at its second, by its speaker."""

from __future__ import annotations

import io
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.reader import read_file
from storage.models import Chapter, Cue, Labels, Source, Transcript
from storage.models.limits import Limits
from tests.support.inputs.text_formats import WRITERS, Said, talks, word_document
from tests.support.project import SHARED_FOLDER

counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _count() -> Iterator[None]:
    """Tells how much was compared; shown with -s."""
    yield
    print(f"\n{counted['talks']:,} talks in {len(WRITERS)} formats, {counted['words']:,} words compared")


def read(content: str | bytes, name: str = "talk.txt", **labels: str) -> Transcript:
    """The one transcript of a file in which nothing is rejected."""
    data = content if isinstance(content, bytes) else content.encode()
    found = read_file(Source(name, data), Labels(video_id="talk", **labels))
    assert found.rejections == ()
    return found.transcripts[0]


def said(content: str | bytes) -> list[tuple[float, str, str]]:
    return [(cue.start_second, cue.speaker, cue.text) for cue in read(content).cues]


def words_of(cues: list[Cue] | tuple[Cue, ...]) -> list[str]:
    return [word for cue in cues for word in cue.text.split()]


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data())
def test_every_word_is_read_once_in_order_at_its_second_and_by_its_speaker(name, data):
    write, has_speakers = WRITERS[name]
    talk: list[Said] = data.draw(talks())
    if "document" in name:
        pytest.importorskip("docx", reason="the extra docx is not installed")
    cues = read(write(talk)).cues
    expected = " ".join(each.text for each in talk).split()
    if name == "ASS":  # braces are markup there
        expected = [word for word in expected if "{" not in word]
    assert words_of(cues) == expected
    assert [cue.start_second for cue in cues] == [each.second for each in talk]
    speakers = [each.speaker if has_speakers else "" for each in talk]
    assert [cue.speaker for cue in cues] == speakers
    assert all(cue.start_second <= cue.end_second for cue in cues)
    counted.update(talks=1, words=len(expected))


FIELD = SHARED_FOLDER / "field"


@pytest.mark.skipif(not FIELD.is_dir(), reason="the inputs from the field are not here")
def test_the_inputs_from_the_field_are_read():
    panel = read((FIELD / "show-transcript.txt").read_bytes())
    assert [cue.start_second for cue in panel.cues] == [0, 3, 3725]
    assert words_of(panel.cues) == ["hello", "and", "welcome", "to", "this", "talk", "the", "end"]
    whisper = read((FIELD / "stamped-lines.txt").read_bytes())
    assert [(cue.start_second, cue.end_second) for cue in whisper.cues] == [(0, 3.1), (3.1, 5.4)]
    assert whisper.video.is_automatic


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # Who speaks: said above, below, or in a line of the text
        ("Jane\n00:00:04\nhello\n\nBob\n00:00:09\nhi\n\nJane\n0:01:00\nbye", [(4, "Jane", "hello"), (9, "Bob", "hi")]),
        ("[Jane Doe] 10:15:32\nhello\n\n[Bob] 10:15:40\nhi\n", [(0, "Jane Doe", "hello"), (8, "Bob", "hi")]),
        ("Unknown Speaker  0:02  \nhello\n\nBob  0:08  \nhi\n", [(2, "", "hello"), (8, "Bob", "hi")]),
        (
            "00:00:00\n\nJane: hi all\nBob: yes\n\n00:05:00\n\nJane: bye\n",
            [(0, "Jane", "hi all"), (0.483, "Bob", "yes")],
        ),
        ("[00:00:04] hello: we begin\n[00:00:09] and go on\n", [(4, "", "hello: we begin"), (9, "", "and go on")]),
        # What only looks like a time in words is said
        ("0:03\n3 apples\n0:05\nand pears\n0:09\nend", [(3, "", "3 apples"), (5, "", "and pears")]),
        # Run together without line breaks; exact hours and minutes
        ("0:000 secondsone 0:022 secondstwo 1:00:001 hourthree", [(0, "", "one"), (2, "", "two"), (3600, "", "three")]),
        ("0:03 3 Sekundenund so\n1:02 1 Minute, 2 Sekundenweiter", [(3, "", "und so"), (62, "", "weiter")]),
        (
            "1:391 minuto y 39 segundoselemento\n2:032 minutos y 3 segundosvale",
            [(99, "", "elemento"), (123, "", "vale")],
        ),
        ("0:033 秒我们\n1:051 分钟 5 秒谢谢", [(3, "", "我们"), (65, "", "谢谢")]),
        # Whisper's long recordings, its speakers, its log
        ("[61:02.500 --> 61:05.000]  hi\n", [(3662.5, "", "hi")]),
        ("Detected language: English\n[00:01.000 --> 00:02.000] [SPEAKER_00]: hi\n", [(1, "SPEAKER_00", "hi")]),
        ("[00:00:01.000 --> 00:00:02.000]  hi [SPEAKER_TURN]\nwhisper_print_timings: x", [(1, "", "hi")]),
        # LRC: several times, an offset, times of words, an end
        (
            "[ti:T]\n[offset:+500]\n[00:02.00][00:10.00]la <00:02.50>la\n[00:12.00]\n",
            [(1.5, "", "la la"), (9.5, "", "la la")],
        ),
        # SubViewer
        ("[INFORMATION]\n[TITLE]x\n00:00:01.00,00:00:02.00\none[br]two\n", [(1, "", "one two")]),
    ],
)
def test_forms_of_texts(content, expected):
    assert said(content)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (r"{\k20}ka{\k30}ra", "kara"),
        (r"one\Ntwo\nthree\hfour", "one two three four"),
        (r"{\p1}m 0 0 l 1 1{\p0}word", "word"),
        ("with, commas, kept", "with, commas, kept"),
    ],
)
def test_a_line_of_dialogue_without_what_is_not_said(event, expected):
    head = "[Script Info]\n[Events]\nFormat: Layer, Start, End, Style, Name, Text\n"
    assert said(f"{head}Dialogue: 0,0:00:01.50,0:00:02.00,D,Ann,{event}\n") == [(1.5, "Ann", expected)]


def test_karaoke_layers_and_moving_signs_are_read_once():
    line = "Dialogue: {},{},{},Default,,0,0,0,{},{}\n"
    content = "[Script Info]\n[Events]\n" + "".join(
        (
            line.replace("Dialogue", "Comment").format(0, "0:00:01.00", "0:00:02.00", "karaoke", r"{\k9}la {\k9}li"),
            line.format(0, "0:00:01.00", "0:00:01.50", "fx", "la"),
            line.format(1, "0:00:01.50", "0:00:02.00", "fx", "li"),
            line.format(0, "0:00:03.00", "0:00:04.00", "", "twice on two layers"),
            line.format(1, "0:00:03.00", "0:00:04.00", "", r"{\bord2}twice on two layers"),
            *(line.format(0, f"0:00:05.{n:02}", f"0:00:05.{n + 4:02}", "", "a sign") for n in range(0, 40, 4)),
            line.format(0, "0:00:07.00", "0:00:08.00", "", "no"),
            line.format(0, "0:00:08.00", "0:00:09.00", "", "no"),
        )
    )
    assert [text for _, _, text in said(content)] == ["la li", "twice on two layers", "a sign", "no", "no"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<div begin="10s"><p begin="1s" end="2s">a</p></div>', [(11, "a")]),
        ('<div timeContainer="seq"><p dur="2s">a</p><p dur="3s">b</p></div>', [(0, "a"), (2, "b")]),
        ('<p begin="00:00:01:15">a</p>', [(1.6, "a")]),
        ('<p begin="50f">a</p><p begin="1500ms">b</p>', [(1.5, "b"), (2, "a")]),
        ('<p><span begin="1s" end="2s">a</span><span begin="3s" end="4s">b</span></p>', [(1, "a"), (3, "b")]),
        ('<p begin="1s"><span tts:ruby="base">漢字</span><span tts:ruby="text">かんじ</span></p>', [(1, "漢字")]),
        ('<p begin="1s">hola<span ttm:role="x-translation">hello</span></p>', [(1, "hola")]),
        ('<div begin="10s" end="20s"><p begin="12s" end="14s">a</p></div>', [(12, "a")]),
    ],
)
def test_the_times_of_ttml(body, expected):
    found = read(f'<tt:tt xmlns:tt="x" ttp:frameRate="25"><tt:body>{body}</tt:body></tt:tt>'.replace("tt:body", "body"))
    assert [(cue.start_second, cue.text) for cue in found.cues] == expected


def test_sami_reads_the_language_that_is_asked_for_or_the_one_with_the_most():
    content = (
        "<SAMI><HEAD><STYLE><!-- .KR {lang: ko-KR;} .EN {lang: en-US;} --></STYLE></HEAD><BODY>\n"
        "<SYNC Start=1000><P Class=KR>하나<P Class=EN>one\n<SYNC Start=2000><P Class=EN>two\n"
    )
    assert [cue.text for cue in read(content).cues] == ["one", "two"]
    korean = read(content, language="ko")
    assert ([cue.text for cue in korean.cues], korean.video.language) == (["하나"], "ko")


def test_chapters_and_who_made_a_transcript_are_taken_from_the_page():
    found = read(
        "Chapter 1: Start\n0:00\nhello all\n0:05\nmore\nChapter 2: Rest\n0:09\nbye\nEnglish (auto-generated)\n"
    )
    assert found.video.chapters == (Chapter(0, "Start"), Chapter(9, "Rest"))
    assert found.video.is_automatic
    assert words_of(found.cues) == ["hello", "all", "more", "bye"]
    spoken = read("0:000 secondshi\nKapitel 2: Rest\n0:066 secondsbye\n")
    assert spoken.video.chapters == (Chapter(6, "Rest"),)


def test_lyrics_say_their_title_and_creator():
    video = read("[ti:A talk]\n[ar:Ana]\n[00:01.00]hello\n").video
    assert (video.title, video.creator) == ("A talk", "Ana")


BAD_TIMES = {
    "stamped text": ("[00:00:01] a\n[00:75:00] b\n[00:00:09] c\n", 2),
    "screen": ("[00:01.000 --> 00:02.000] a\n[00:99.000 --> 00:02.000] b\n[00:09.000 --> 00:10.000] c\n", 2),
    "LRC": ("[ti:x]\n[00:01.00]a\n[00:75.00]b\n[00:09.00]c\n", 3),
    "SBV": ("0:00:01.000,0:00:02.000\na\n\n0:75:01.000,0:00:02.000\nb\n\n0:00:09.000,0:00:10.000\nc\n", 4),
    "ASS": (
        "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,a\nDialogue: 0,x,0:00:02.00,D,,0,0,0,,b\n"
        "Dialogue: 0,0:00:09.00,0:00:10.00,D,,0,0,0,,c\n",
        3,
    ),
    "TTML": ('<tt><body>\n<p begin="1s">a</p>\n<p begin="soon">b</p>\n<p begin="9s">c</p></body></tt>', 3),
    "YouTube's XML": (
        '<transcript><text start="1">a</text>\n<text start="-1">b</text>\n<text start="9">c</text></transcript>',
        2,
    ),
    "SAMI": ("<SAMI>\n<SYNC Start=1000><P>a\n<SYNC Start=soon><P>b\n<SYNC Start=9000><P>c\n", 3),
    "MicroDVD": ("{1}{1}25\n{25}{50}a\n{999999999}{999999999}b\n{225}{250}c\n", 3),
}


@pytest.mark.parametrize(("content", "row"), BAD_TIMES.values(), ids=BAD_TIMES)
def test_one_bad_time_names_its_line_and_the_rest_is_read(content, row):
    found = read_file(Source("talk.txt", content.encode()), Labels(video_id="talk"))
    assert [(cue.start_second, cue.text) for cue in found.transcripts[0].cues] == [(1, "a"), (9, "c")]
    assert [rejection.row for rejection in found.rejections] == [row]


PROSE = {
    "one time": "We met at 10:30 in town.\nThen we left.\n",
    "lines that begin with a time": "10:30 We met at the station.\nThe train was late, we\nwaited.\n11:45 It came.\n",
    "a schedule": "Doors open 10:00\nThe talk begins 11:00\nLunch 12:30\n",
    "times that fall": "[00:10:00] a\n[00:05:00] b\n[00:01:00] c\n[00:00:30] d\n",
    "no times": "Jane: hello there.\nBob: hi.\nJane: how are you?\n",
    "verses": "3:1 In those days\n3:2 and saying\n3:3 For this is he\n3:4 And the same\n",
    "of the day": "10:30 am We met.\n11:45 pm It came at last.\n",
}


@pytest.mark.parametrize("content", PROSE.values(), ids=PROSE)
def test_prose_is_refused_and_told_that_texts_need_times(content):
    with pytest.raises(
        InputError, match="Every text needs times, since links need them: export it with its timestamps"
    ):
        read_file(Source("talk.txt", content.encode()), Labels(video_id="talk"))


def test_much_before_the_first_time_is_named_and_left_out():
    content = "word " * 300 + "\n0:00\nhi\n0:03\nyou\n"
    found = read_file(Source("talk.txt", content.encode()), Labels(video_id="talk"))
    assert [str(rejection) for rejection in found.rejections] == [
        "talk.txt, row 1: 1 lines stand before the first time, so nobody knows when they were said; left out"
    ]


def test_a_cue_without_an_end_lasts_to_the_next_or_as_long_as_its_words():
    cues = read("0:00\nhello there\n0:05\nsome words\n10:00\nthe end of it\n").cues
    assert [cue.end_second for cue in cues] == [5, 5.725, 600.942]


def test_a_word_document_needs_its_extra(monkeypatch):
    pytest.importorskip("docx", reason="the extra docx is not installed")
    content = word_document(["Jane  0:03\nhello", "Bob  0:09\nhi"])
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(
        InputError, match=r"what reads those is not installed; install it with pip install 'cuepoint\[docx\]'"
    ):
        read(content)


def test_a_word_document_that_unpacks_to_too_much_is_refused_unopened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 3_000_000)
    with pytest.raises(InputError, match="what the Word document holds is larger than the 2 MB"):
        read_file(Source("a.docx", out.getvalue()), Labels(video_id="a"), Limits(file_bytes=8_000_000))


@pytest.mark.parametrize("name", [name for name in WRITERS if "document" not in name])
def test_more_cues_than_a_file_may_have_are_refused(name):
    talk = [Said(second, "Bob" if second % 2 else "Jane Doe", f"word{second} and more") for second in range(0, 60, 3)]
    with pytest.raises(InputError, match="there are more than the 10 cues that one file may have; split it"):
        read_file(Source("a", WRITERS[name][0](talk)), Labels(video_id="a"), Limits(rows=10))
