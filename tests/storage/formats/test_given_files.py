"""What is given to an import before it is read: archives, and what lies beside a transcript."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InputError
from storage.formats.files.chapter_lists import MAX_CHAPTERS, read_chapters
from storage.formats.files.gathering import GatheredFiles, gather_files
from storage.formats.files.info_json import read_info
from storage.formats.files.passing_over import may_hold_transcript
from storage.models import Chapter, Labels, Limits, Source

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nhello there\n"
LIMITS = Limits(file_bytes=1_000_000, videos=3)
INFO = {
    "id": "dQw4w9WgXcQ",
    "title": "A talk: the real title",
    "channel": "The Channel",
    "upload_date": "20250603",
    "language": "en-US",
    "webpage_url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "thumbnail": "https://i.ytimg.com/vi/dQw4w9WgXcQ/maxres.jpg",
    "chapters": [{"start_time": 0, "end_time": 9, "title": "Intro"}, {"start_time": 9.5, "title": "More"}],
    "subtitles": {"de": []},
    "automatic_captions": {"en": [], "de": []},
}


def packed(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def gather(*sources: Source, labels: Labels | None = None, limits: Limits = LIMITS) -> GatheredFiles:
    return gather_files([(source, labels or Labels()) for source in sources], limits)


def reasons(gathered: GatheredFiles) -> str:
    return "\n".join(map(str, gathered.rejections))


def test_gzip_is_opened_and_loses_its_suffix() -> None:
    ((source, _),) = gather(Source("a.srt.gz", gzip.compress(SRT))).files
    assert (source.name, source.content) == ("a.srt", SRT)


def test_a_zip_archive_gives_its_transcripts_and_counts_the_rest() -> None:
    content = packed(
        **{"week/a.srt": SRT, "b.vtt": SRT, "__MACOSX/._a.srt": b"x", ".DS_Store": b"x", "c.mp4": b"x", "d/": b""},
        **{"chat.live_chat.json": b"{}"},
    )
    gathered = gather(Source("talks.zip", content))
    assert [source.name for source, _ in gathered.files] == ["talks.zip/week/a.srt", "talks.zip/b.vtt"]
    assert len(gathered.passed_over) == 4
    assert not gathered.rejections


def test_a_zip_bomb_is_refused_before_it_has_taken_the_room() -> None:
    assert "200 times" in reasons(
        gather(Source("bomb.zip", packed(**{"a.srt": b"0" * 30_000_000})), limits=Limits(file_bytes=100_000_000))
    )
    assert "larger than the 1 MB" in reasons(gather(Source("bomb.zip", packed(**{"a.srt": b"0" * 1_500_000}))))
    assert "larger than the 1 MB" in reasons(gather(Source("bomb.gz", gzip.compress(b"0" * 1_500_000))))


def test_all_archives_of_an_import_have_the_room_of_one_file() -> None:
    noise = random.Random(1).randbytes(600_000)
    gathered = gather(Source("a.zip", packed(**{"a.srt": noise})), Source("b.zip", packed(**{"b.srt": noise})))
    assert [source.name for source, _ in gathered.files] == ["a.zip/a.srt"]
    assert "b.zip/b.srt" in reasons(gathered) or "b.zip" in reasons(gathered)


def test_an_archive_of_very_many_files_is_refused() -> None:
    content = packed(**{f"{number}.jpg": b"" for number in range(61)})
    assert "there are 61 files in it, and 60 are allowed" in reasons(gather(Source("many.zip", content)))


def test_an_archive_inside_an_archive_is_told_and_the_rest_is_read() -> None:
    gathered = gather(Source("out.zip", packed(**{"in.zip": packed(**{"a.srt": SRT}), "b.srt": SRT})))
    assert [source.name for source, _ in gathered.files] == ["out.zip/b.srt"]
    assert "out.zip/in.zip: is an archive inside an archive" in reasons(gathered)


def test_a_locked_archive_is_told() -> None:
    content = bytearray(packed(**{"a.srt": SRT}))
    content[6] |= 1  # the flag in the entry's own header, and in the list at the end
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "a.srt: is locked with a password" in reasons(gather(Source("locked.zip", bytes(content))))


@pytest.mark.parametrize("cut", [10, 40, -5])
def test_a_damaged_archive_is_told(cut: int) -> None:
    assert "is cut off or damaged" in reasons(gather(Source("a.zip", packed(**{"a.srt": SRT * 9})[:cut])))
    assert "is cut off or damaged" in reasons(gather(Source("a.gz", gzip.compress(SRT * 9)[:cut])))


def test_a_document_of_an_office_program_is_no_archive() -> None:
    content = packed(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    ((source, _),) = gather(Source("meeting.docx", content)).files
    assert source.content == content


def test_what_lies_beside_captions_labels_them_and_what_people_say_wins() -> None:
    beside = Source("A talk [x].info.json", json.dumps(INFO).encode(), "/talks")
    captions = [Source(f"A talk [x].{tag}.vtt", SRT, "/talks") for tag in ("en", "de")]
    elsewhere = Source("A talk [x].fr.vtt", SRT, "/other")
    gathered = gather(*captions, elsewhere, beside, labels=Labels(creator="Me"))
    (_, english), (_, german), (_, french) = gathered.files
    assert (english.video_id, english.title, english.creator) == ("dQw4w9WgXcQ", "A talk: the real title", "Me")
    assert (english.published, english.thumbnail) == ("2025-06-03", INFO["thumbnail"])
    assert english.chapters == (Chapter(0.0, "Intro"), Chapter(9.5, "More"))
    assert (english.is_automatic, german.is_automatic) == (True, False)
    assert english.language == german.language == "", "the captions' own language stands in their name"
    assert french == Labels(creator="Me")
    assert not gathered.rejections


def test_a_file_with_nothing_beside_it_is_told_where_it_was_named_and_counted_where_it_was_found() -> None:
    alone = Source("a.info.json", json.dumps(INFO).encode())
    assert "no transcript of it lies beside" in reasons(gather(alone))
    assert gather(Source(alone.name, alone.content, is_found=True)).passed_over == ["a.info.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b'{"id": ' + b"9" * 10_000 + b"}x", b'{"a": ' * 100_000],
)
def test_what_is_no_information_of_a_video_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.info\.json: is (not the JSON|larger)"):
        read_info(Source("a.info.json", content))


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*INFO, "start_time"]), inner),
)


@given(st.fixed_dictionaries(dict.fromkeys(INFO, HOSTILE)))
def test_whatever_stands_in_a_field_only_what_can_be_true_is_taken(fields: dict[str, object]) -> None:
    try:
        info = read_info(Source("a.info.json", json.dumps(fields).encode()))
    except InputError:
        return
    assert info is not None
    assert all(isinstance(value, str) and len(value) <= 500 for value in (info.title, info.creator, info.video_id))
    assert not info.url or info.url.startswith("http")
    assert info.chapters == tuple(sorted(info.chapters, key=lambda chapter: chapter.start_second))


def test_a_field_of_a_million_characters_or_chapters_is_not_taken() -> None:
    many = [{"start_time": n, "title": "x" * 1200} for n in range(2000)]
    info = read_info(Source("a.info.json", json.dumps({**INFO, "title": "x" * 1_000_000, "chapters": many}).encode()))
    assert info is not None
    assert info.title == ""
    assert len(info.chapters) == MAX_CHAPTERS
    assert max(len(chapter.title) for chapter in info.chapters) == 300


def test_a_playlist_is_no_video() -> None:
    assert read_info(Source("a.info.json", json.dumps({**INFO, "_type": "playlist"}).encode())) is None


@pytest.mark.parametrize(
    "text",
    [
        "0:00 Intro\n1:02:03 - The end",
        "Chapters:\n\n(0:00) Intro\n- [01:02:03] The end\nand thanks",
        "1. 00:00:00 Intro\n2. 01:02:03 The end",
        "0:00 - 1:02:03 Intro\n1:02:03 - 1:10:00 The end",
        "Intro - 0:00\nThe end (1:02:03)",
        '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Intro"}, {"startTime": 3723, "title": "The end"},'
        ' {"startTime": 9, "title": "hidden", "toc": false}]}',
        '{"chapters": [{"start_time": 0.0, "title": "<Untitled Chapter 1>"}, {"start_time": 0, "title": "Intro"},'
        ' {"start_time": 3723, "title": "The end"}]}',
        ";FFMETADATA1\ntitle=A\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=9\ntitle=Intro\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=3723000\ntitle=The\\ end\n",
    ],
)
def test_chapters_are_read_in_every_form(text: str) -> None:
    assert read_chapters(Source("c", text.encode())) == (Chapter(0.0, "Intro"), Chapter(3723.0, "The end"))


@pytest.mark.parametrize("text", ["no times here", '{"chapters": 3}', '{"chapters": []}', ";FFMETADATA1\n", "{"])
def test_a_file_without_chapters_says_how_to_write_them(text: str) -> None:
    with pytest.raises(InputError, match="there is no chapter in it; write one a line, as in 0:00 Introduction"):
        read_chapters(Source("c", text.encode()))


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("a.vtt", True), ("talks/a.SRT", True), ("a.srt.gz", True), ("a.info.json", True), ("a.txt", True),
        ("a.mp4", False), (".a.vtt", False), ("a.vtt.part", False), ("a.live_chat.json", False),
        ("a.description", False), ("__MACOSX/a.vtt", False), (".DS_Store", False), ("a", False),
    ],
)  # fmt: skip
def test_files_of_a_folder_are_looked_into_by_their_names(name: str, may: bool) -> None:
    assert may_hold_transcript(name) is may
