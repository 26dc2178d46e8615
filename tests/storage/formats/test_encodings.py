"""Text that is not UTF-8: the encoding that is proposed, and that following the proposal works."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import UnknownEncoding
from storage.formats.encodings import propose_encoding
from storage.formats.reader import read_file
from storage.models import Labels, Source
from tests.support.project import SHARED_FOLDER

SPOKEN = (
    ("cp1252", "C’était l’été à la plage"), ("cp1252", "Das ist natürlich größer als die Fläche"),
    ("cp1252", "¿Qué pasó mañana? El niño está aquí"), ("cp1252", "“Smart quotes” – it’s a dash"),
    ("shift_jis", "今日は機械学習について話します"), ("shift_jis", "これはテストです"),
    ("euc_jp", "今日は機械学習について話します"), ("koi8_r", "Сегодня мы поговорим о машинном обучении"),
    ("koi8_r", "Привет, как дела?"), ("cp1251", "Сегодня мы поговорим о машинном обучении"),
    ("cp1251", "Привет, как дела?"), ("cp866", "Сегодня мы поговорим о машинном обучении"),
    ("big5", "今天我們來談談機器學習"), ("big5", "這是一個測試"), ("gb18030", "今天我们来谈谈机器学习"),
    ("gb2312", "这是一个测试"), ("euc_kr", "오늘은 기계 학습에 대해 이야기합니다"), ("euc_kr", "안녕하세요 여러분"),
    ("iso8859_2", "Dziś porozmawiamy o uczeniu maszynowym, żółć gęślą jaźń"),
    ("iso8859_2", "Příliš žluťoučký kůň úpěl ódy"),
    ("cp1250", "Dziś porozmawiamy o uczeniu maszynowym, żółć gęślą jaźń"), ("cp1250", "Příliš žluťoučký kůň úpěl ódy"),
    ("mac_roman", "C'était l'été à la plage"), ("mac_roman", "Das ist natürlich größer"),
    ("cp1254", "Bugün makine öğrenmesi hakkında konuşacağız, değil mi?"),
    ("cp1253", "Σήμερα θα μιλήσουμε για μηχανική μάθηση"), ("cp1255", "היום נדבר על למידת מכונה"),
    ("cp1256", "سنتحدث اليوم عن تعلم الآلة"), ("tis_620", "วันนี้เราจะพูดถึงการเรียนรู้ของเครื่อง"),
)  # fmt: skip


def refusal_of(content: bytes, encoding: str = "") -> UnknownEncoding:
    with pytest.raises(UnknownEncoding) as refused:
        read_file(Source("file", content), Labels(video_id="demo", encoding=encoding))
    return refused.value


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(("encoding", "text"), SPOKEN)
def test_the_encoding_that_is_proposed_reads_the_file(encoding, text, ends):
    captions = f"1\n00:00:01,000 --> 00:00:02,000\nplain words\n\n2\n00:00:03,000 --> 00:00:04,000\n{text}\n"
    content = captions.replace("\n", ends).encode(encoding)
    refused = refusal_of(content)
    assert f"in {refused.proposal} the line reads “{text}”" in str(refused)
    assert str(refused).startswith("file, line 7: byte 0x")
    (transcript,) = read_file(Source("file", content), Labels(video_id="demo", encoding=refused.proposal)).transcripts
    assert [cue.text for cue in transcript.cues] == ["plain words", text]


def test_the_file_from_the_field_is_refused_with_its_encoding_and_its_line():
    path = SHARED_FOLDER / "field" / "cp1252.srt"
    if not path.exists():
        pytest.skip("the inputs from the field are not beside this checkout")
    assert str(refusal_of(path.read_bytes())) == (
        "file, line 3: byte 0x92 is not UTF-8 text; in cp1252 the line reads “C’est l’été à la plage”; "
        "save it as UTF-8, or import it as cp1252"
    )


def test_where_no_encoding_is_likely_none_is_proposed():
    refused = refusal_of(b"1\n00:00:01,000 --> 00:00:02,000\nabc\x80\n" + bytes(range(128, 256)))
    assert refused.proposal == ""
    assert str(refused).endswith("; save the file as UTF-8, or name the encoding it is in")


def test_a_wrong_encoding_that_somebody_named_is_answered_with_the_right_one():
    content = "1\n00:00:01,000 --> 00:00:02,000\nC’était l’été à la plage\n".encode("cp1252")
    assert refusal_of(content, "ascii").proposal == "cp1252"


@given(st.binary(max_size=200))
def test_any_bytes_get_a_proposal_that_reads_them_or_none(content):
    proposal = propose_encoding(content)
    assert not proposal or content.decode(proposal) is not None
