"""Wherever a sentence is broken into lines and cues, it is stored, found and quoted as if it were not."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.excerpts import quote_densest
from bot.answering.matching import Matcher
from bot.answering.question import parse_question
from bot.answering.values import Passage
from storage import access
from storage.analysis import analyser_for, drop_words, find_joint, find_offsets, join_texts, split_text, split_words
from storage.formats.exporting import export_videos
from storage.formats.reader import read_file
from storage.importing.segmenting import MAX_PIECE_LENGTH, segment_cues
from storage.models import (
    SILENCE_SECONDS,
    Cue,
    ExportFormat,
    Labels,
    SearchResult,
    Segment,
    Source,
    SpeakerTurn,
    StoredVideo,
    Video,
)
from storage.ranking.index.build import build_index
from storage.ranking.search import Searcher
from tests.support.project import SHARED_FOLDER

FIELD = SHARED_FOLDER / "field"

UNSPACED = [
    "神经网络是一种机器学习模型，它由许多神经元组成。",
    "今日は機械学習の基礎について話します。「データ」から規則を学ぶ方法です。",
    "カメラのｶﾞｲﾄﾞを読む、そしてコーヒーを飲む。",
    "วันนี้เราจะพูดถึงการเรียนรู้ของเครื่องและข้อมูลขนาดใหญ่",
    "ພາສາລາວແມ່ນພາສາທາງການຂອງປະເທດລາວ",
    "ភាសាខ្មែរជាភាសាផ្លូវការរបស់កម្ពុជា",
    "မြန်မာဘာသာစကားသည်မြန်မာနိုင်ငံ၏ရုံးသုံးဘာသာစကားဖြစ်သည်။",
    "བོད་ཀྱི་སྐད་ཡིག་ནི་བོད་པའི་སྐད་ཡིག་ཡིན",
    "葛\U000e0100城の「本当」の話……か\u3099ぎ。",
]
MIXED = [
    "我们用Python写一个transformer模型，训练100个epoch。",
    "BERTの事前学習はmasked language modelという方法です。",
    "เราใช้Pythonในการเขียนโปรแกรมbotของเรา",
    "the quick brown fox jumps over the lazy dog",
    "오늘은 자연어 처리를 배웁니다",
]


@st.composite
def broken(draw: st.DrawFn, sentences: list[str]) -> tuple[str, list[list[str]]]:
    """A sentence, and the lines of cues that it is broken into: between characters, but within no word of Latin."""
    sentence = draw(st.sampled_from(sentences))
    parts = regex.findall(r"[\p{Ps}\p{Pi}]*+(?:[\p{Latin}\p{N}]+|\p{Hangul}+|\X)[\p{P}\s]*", sentence)
    assert "".join(parts) == sentence
    cues = [[""]]
    for part in parts:
        cut = draw(st.sampled_from(("", "", "line", "cue")))
        if cut == "cue" and cues[-1][-1]:
            cues.append([""])
        elif cut == "line" and cues[-1][-1]:
            cues[-1].append("")
        cues[-1][-1] += part
    return sentence, cues


def clock(second: int, mark: str) -> str:
    return f"00:{second // 60:02}:{second % 60:02}{mark}000"


def as_captions(cues: list[list[str]], header: str, mark: str) -> str:
    return header + "\n\n".join(
        f"{number}\n{clock(2 * number, mark)} --> {clock(2 * number + 2, mark)}\n" + "\n".join(lines)
        for number, lines in enumerate(cues, start=1)
    )


def stored(text: str, language: str = "") -> StoredVideo:
    reading = read_file(Source("talk", text.encode()), Labels(video_id="v", language=language))
    assert not reading.rejections
    transcript = reading.transcripts[0]
    return StoredVideo(transcript.video, segment_cues(transcript.cues))


def terms(text: str) -> list[str]:
    return [token.term for token in analyser_for("en").tokens(text)]


def quote(video: StoredVideo, question: str) -> str | None:
    """The best quote for a question, None where nothing is found."""
    parsed = parse_question(question)
    ranking = Searcher([build_index([(video.video, video.segments)], "en")], "en").search(parsed, 5, [None])
    if not ranking.ranked:
        return None
    matcher = Matcher(parsed, SearchResult((), ranking.terms, "en", scope=access.sample_scope()))
    return quote_densest(Passage(video.video, video.segments, 1.0), matcher).quote


FORMATS = pytest.mark.parametrize(("header", "mark"), [("", ","), ("WEBVTT\n\n", ".")], ids=["SubRip", "WebVTT"])


@FORMATS
@given(broken(UNSPACED))
def test_a_sentence_without_spaces_may_be_broken_anywhere(header, mark, example):
    sentence, cues = example
    video = stored(as_captions(cues, header, mark))
    assert join_texts(segment.text for segment in video.segments) == sentence
    assert quote(video, f'"{sentence}"') == sentence
    marks = [place.offset for segment in video.segments for place in segment.marks]
    assert marks == find_offsets("".join(lines) for lines in cues)


@FORMATS
@given(broken(MIXED))
def test_a_sentence_of_two_scripts_is_found_wherever_it_is_broken(header, mark, example):
    sentence, cues = example
    video = stored(as_captions(cues, header, mark))
    text = join_texts(segment.text for segment in video.segments)
    assert terms(text) == terms(sentence)
    assert text.replace(" ", "") == sentence.replace(" ", "")
    assert quote(video, '"' + sentence.replace('"', "") + '"') == text


@given(broken(UNSPACED))
def test_captions_that_are_written_and_read_again_say_the_same(example):
    _, cues = example
    video = stored(as_captions(cues, "", ","))
    again = stored(export_videos([video], ExportFormat.SRT).decode())
    assert again.segments == video.segments


@pytest.mark.parametrize(
    ("left", "right", "joint"),
    [
        ("神经", "元", ""),
        ("機械", "がく", ""),
        ("カメ", "ラ", ""),
        ("วัน", "นี้", ""),
        ("です。", "次", ""),
        ("他说", "“你好”", ""),
        ("他说：", "Hello", ""),
        ("with GPT", "。", ""),
        ("葛\U000e0100", "城", ""),
        ("第", "３", ""),
        ("用", "Python", " "),
        ("Python", "写", " "),
        ("第", "3", " "),
        ("大家好,", "我们", " "),
        ("hello", "there", " "),
        ("Ａ", "Ｂ", " "),
        ("C＋＋", "code", " "),
        ("자연어", "처리", " "),
        ("학습。", "다음", " "),
        ("слово", "за", " "),
        ("हिन्दी", "भाषा", " "),
        ("she said", "“yes”", " "),
        ("", "神", ""),
        ("a", "", ""),
    ],
)
def test_a_space_is_put_where_the_scripts_have_one(left: str, right: str, joint: str) -> None:
    assert find_joint(left, right) == joint


def test_words_of_spaced_scripts_are_never_joined():
    letters = [
        chr(code) for code in (*range(0x41, 0x250), *range(0x370, 0x600), *range(0x900, 0x980)) if chr(code).isalpha()
    ]
    assert {find_joint(left, right) for left in "aя한कＡ" for right in [*letters, "한", "Ａ", "１"]} == {" "}


@given(
    st.text("神经ตี่カー。「」 aB，한-\u0301\u200b", max_size=200).map(lambda text: " ".join(text.split())),
    st.integers(1, 40),
)
def test_a_text_that_is_split_is_joined_as_it_was(text, length):
    pieces = [text[start:end] for start, end in split_text(text, length)]
    assert join_texts(pieces) == text
    assert find_offsets(pieces) == [start for start, _ in split_text(text, length)]


@given(st.text("神经ตี่カー。 aB，한-\u0301", max_size=60), st.integers(0, 60))
def test_words_can_be_dropped_from_the_beginning_of_a_text(text, count):
    words = split_words(text)
    assert split_words(drop_words(text, words[:count])) == words[count:]


@pytest.mark.parametrize("cut", range(1, len(UNSPACED[0])))
def test_a_phrase_is_found_across_two_segments_wherever_they_part(cut: int) -> None:
    sentence = UNSPACED[0]
    segments = (Segment(0.0, 5.0, f"第一{sentence[:cut]}"), Segment(5.0, 9.0, sentence[cut:] + "最后"))
    searcher = Searcher([build_index([(Video("v"), segments)], "en")], "en")
    question = parse_question(f'"{sentence}"')
    ranking = searcher.search(question, 5, [None])
    assert {place.doc for place in ranking.ranked} in ({0}, {0, 1}), "a character alone carries no weight"
    assert not ranking.unmatched_phrases
    matcher = Matcher(question, SearchResult((), ranking.terms, "en", scope=access.sample_scope()))
    assert matcher.holds_phrases(segment.text for segment in segments)


def test_no_phrase_runs_across_a_silence() -> None:
    segments = (Segment(0.0, 5.0, "它由许多神经"), Segment(5.0 + 2 * SILENCE_SECONDS, 40.0, "元组成"))
    searcher = Searcher([build_index([(Video("v"), segments)], "en")], "en")
    assert searcher.search(parse_question('"神经元"'), 5, [None]).unmatched_phrases == ("神经元",)
    assert not searcher.model.document_frequency("经元")


def test_a_long_cue_without_spaces_is_split_with_estimated_times():
    text = "神经网络是一种机器学习模型，" * 40
    segments = segment_cues([Cue(0, len(text), text)])
    assert join_texts(segment.text for segment in segments) == text
    for segment in segments:
        assert segment.marks[0].start_second == segment.start_second
        ends = [*(mark.offset for mark in segment.marks[1:]), len(segment.text)]
        assert all(end - mark.offset <= MAX_PIECE_LENGTH for mark, end in zip(segment.marks, ends, strict=True))
    assert [mark.start_second - segment.start_second for segment in segments for mark in segment.marks] == [
        mark.offset for segment in segments for mark in segment.marks
    ]


def test_a_quote_across_two_segments_has_no_space_between_characters():
    segments = (Segment(0.0, 5.0, "它由许多神经"), Segment(5.0, 9.0, "元组成，这很重要。"))
    matcher = Matcher(parse_question("神经元"), SearchResult((), (), "en", scope=access.sample_scope()))
    passage = Passage(stored(as_captions([["它"]], "", ",")).video, segments, 1.0)
    found = quote_densest(passage, matcher)
    assert (found.quote, found.end_second) == ("它由许多神经元组成，这很重要。", 9.0)
    assert [passage.second_at(offset) for offset in (0, 6)] == [0.0, 5.0]


def test_speakers_begin_where_their_characters_do():
    cues = [Cue(0, 1, "它由许多神经", "甲"), Cue(1, 2, "元组成", "乙")]
    (segment,) = segment_cues(cues)
    assert [(turn.offset, turn.speaker) for turn in segment.turns] == [(0, "甲"), (6, "乙")]
    passage = Passage(Video("v"), (segment, Segment(2.0, 3.0, "很好", turns=(SpeakerTurn(0, "丙"),))), 1.0)
    assert [passage.text[turn.offset :][:2] for turn in passage.turns_between(0, 99)] == ["它由", "元组", "很好"]


def test_a_vowel_alone_in_a_cue_is_spoken():
    video = stored(as_captions([["ဘာသာစကာ"], ["း"], ["ဖြစ်သည်။"]], "", ","))
    assert [segment.text for segment in video.segments] == ["ဘာသာစကားဖြစ်သည်။"]


def test_lines_within_a_cell_are_joined_like_lines_of_a_cue():
    rows = 'video_id,text,start_second\nv,"神经\n元 and\nmore",1\n'
    segments = read_file(Source("rows.csv", rows.encode()), Labels()).transcripts[0].segments
    assert segments[0].text == "神经元 and more"


def test_chinese_captions_that_roll_give_every_character_once():
    shown = [["神经网络"], ["神经网络", "是一种"], ["是一种", "机器学习"], ["机器学习", "模型"], ["模型", "它由"]]
    assert stored(as_captions(shown, "", ",")).segments[0].text == "神经网络是一种机器学习模型它由"


def test_a_line_of_chinese_that_grows_gives_every_character_once():
    line = "神经网络是一种机器学习模型"
    shown = [[line[:end]] for end in range(2, len(line) + 1, 2)] + [[line]]
    assert stored(as_captions(shown, "", ",")).segments[0].text == line


@pytest.mark.skipif(not FIELD.is_dir(), reason="the inputs from the field are not here")
@pytest.mark.parametrize("language", ["zh", ""])
def test_the_breaks_of_the_field_are_mended(language: str) -> None:
    video = stored((FIELD / "chinese-breaks.srt").read_text(encoding="utf-8"), language)
    text = "神经网络是一种机器学习模型它由许多神经元组成"
    assert [segment.text for segment in video.segments] == [text]
    assert quote(video, "神经元") == text
    assert quote(video, '"一种机器学习模型"') == text
