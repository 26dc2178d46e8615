"""Addresses, file names and encodings: what is read beside the words themselves."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.dates import read_date
from storage.errors import InputError, MissingVideoId
from storage.formats.addresses import address_hint, clean_url, complete_addresses, youtube_id
from storage.formats.file_names import FileName, parse_file_name, parse_own_name
from storage.formats.reader import read_file
from storage.formats.text_cleaning import clean_id
from storage.models import Labels, Source, Video

ID = "dQw4w9WgXcQ"
CAPTIONS = "1\n00:00:01,000 --> 00:00:02,000\nhéllo there\n"


def video_in(name: str, labels: Labels | None = None, text: str = CAPTIONS) -> Video:
    return read_file(Source(name, text.encode()), labels or Labels()).transcripts[0].video


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://www.youtube.com/watch?v={ID}&t=27s", f"https://www.youtube.com/watch?v={ID}"),
        (f"https://www.youtube.com/watch?t=27&v={ID}&list=a", f"https://www.youtube.com/watch?v={ID}&list=a"),
        (f"https://youtu.be/{ID}?t=27", f"https://youtu.be/{ID}"),
        (f"https://www.youtube.com/embed/{ID}?start=27", f"https://www.youtube.com/embed/{ID}"),
        (f"https://www.youtube.com/watch?v={ID}&time_continue=9", f"https://www.youtube.com/watch?v={ID}"),
        ("https://vimeo.com/76979871#t=30s", "https://vimeo.com/76979871"),
        ("https://example.org/talk#part", "https://example.org/talk#part"),
        ("https://example.org/talk?text=t", "https://example.org/talk?text=t"),
    ],
)
def test_a_url_loses_its_time_and_nothing_else(url, expected):
    assert clean_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "talk", "ftp://example.org/a", "https://", "https:///a", "javascript:alert(1)", "https://[half",
        "https://example.org:port/", "https://www.youtube.com/wat…", "https://example.org/a...b", "https://a b.org",
        "https://club:secret@example.org/talk", "https://youtube.com@example.org/", "https://example.org/\u202egpj.exe",
        "https://exa\u200bmple.org/talk",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_dropped(url):
    assert clean_url(url) == ""


@given(st.text())
def test_a_clean_url_stays_as_it_is(text):
    assert clean_url(clean_url(text)) == clean_url(text)


@pytest.mark.parametrize(
    "text",
    [
        ID, f" {ID} ", f"https://www.youtube.com/watch?v={ID}", f"http://m.youtube.com/watch?app=x&v={ID}&t=9s",
        f"https://youtu.be/{ID}?si=abc", f"https://www.youtube.com/shorts/{ID}", f"https://youtube.com/live/{ID}?a=b",
        f"https://www.youtube-nocookie.com/embed/{ID}", f"youtu.be/{ID}", f"www.youtube.com/watch?v={ID}",
        f"https://music.youtube.com/watch?v={ID}",
    ],
)  # fmt: skip
def test_the_id_is_read_from_every_kind_of_youtube_address(text):
    assert youtube_id(text) == ID


@pytest.mark.parametrize(
    "text",
    ["", "talk", "https://vimeo.com/76979871", "https://www.youtube.com/", "https://youtu.be/short",
     f"https://example.org/watch?v={ID}", f"https://www.youtube.com/watch?v={ID}x"],
)  # fmt: skip
def test_what_is_no_youtube_video_has_no_id(text):
    assert youtube_id(text) is None


def test_a_youtube_id_completes_the_url_and_the_thumbnail():
    video = complete_addresses(Video("-9evrZnBorM", thumbnail="https://i.ytimg.com/vi/-…rM/hqdefault.jpg"))
    assert video.url == "https://www.youtube.com/watch?v=-9evrZnBorM"
    assert video.thumbnail == "https://i.ytimg.com/vi/-9evrZnBorM/mqdefault.jpg"


def test_a_video_of_ones_own_is_given_neither():
    video = Video("talk 7", url="https://example.org/…", thumbnail="cover.jpg")
    assert complete_addresses(video) == Video("talk 7")


def test_a_valid_url_and_thumbnail_are_kept():
    video = Video(ID, url="https://example.org/talk", thumbnail="https://example.org/talk.jpg")
    assert complete_addresses(video) == video


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"Attention Is All You Need [{ID}].en.vtt", FileName("Attention Is All You Need", ID, "en")),
        (f"Attention [{ID}].en-US.srt", FileName("Attention", ID, "en")),
        (f"Attention [{ID}].en-orig.json3", FileName("Attention", ID, "en")),
        (f"Attention [{ID}].zh-Hans.vtt", FileName("Attention", ID, "zh")),
        (f"Attention [{ID}].srt", FileName("Attention", ID)),
        (f"/tmp/talks/Attention [{ID}].srt.txt", FileName("Attention", ID)),
        (f"C:\\talks\\Attention [{ID}].srt", FileName("Attention", ID)),
        ("BERT [Part 1] [-9evrZnBorM].de.vtt", FileName("BERT [Part 1]", "-9evrZnBorM", "de")),
        (f"Attention Is All You Need-{ID}.en.vtt", FileName("Attention Is All You Need", ID, "en")),
        ("BERT--9evrZnBorM.srt", FileName("BERT", "-9evrZnBorM")),
        ("A talk [76979871].en.vtt", FileName("A talk", "76979871", "en")),
        ("Was ist das\uff1f Teil 1\u29f82 \uff5c KI [dQw4w9WgXcQ].vtt", FileName("Was ist das? Teil 1/2 | KI", ID)),
    ],
)
def test_names_written_by_download_tools_give_title_id_and_language(name, expected):
    assert parse_file_name(name) == expected


@pytest.mark.parametrize(
    "name",
    ["talk.srt", "talk [HD].srt", "talk [1080p].vtt", "talk [2019-01-15].vtt", "talk-information.srt", "talk.hd.srt"],
)
def test_other_names_give_nothing(name):
    assert parse_file_name(name) == FileName()


def test_a_language_is_read_from_a_name_without_an_id():
    assert parse_file_name("talk.de.srt") == FileName(language="de")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{ID}.en.vtt", FileName("", ID, "en")),
        ("aB3dE5fG7hI.vtt", FileName("", "aB3dE5fG7hI")),
        (f"20250603 - A talk [{ID}].en-orig.vtt", FileName("A talk", ID, "en", "2025-06-03")),
        (f"2025-06-03 A talk [{ID}].srt", FileName("A talk", ID, "", "2025-06-03")),
        (f"The Channel - 20250603 - A talk [{ID}].srt", FileName("A talk", ID, "", "2025-06-03", "The Channel")),
        (f"001 - A talk [{ID}].srt", FileName("A talk", ID)),
        (f"20259903 - A talk [{ID}].srt", FileName("20259903 - A talk", ID)),
        (f"A talk-{ID}.en-en.vtt", FileName("A talk", ID, "en")),
    ],
)
def test_ids_alone_dates_channels_and_places_in_playlists_are_read(name, expected):
    assert parse_file_name(name) == expected


@pytest.mark.parametrize(
    "name",
    ["information.srt", "interview_1.srt", "Lecture-002.vtt", "CS101_lec05.vtt", "20250603_01.srt", "week1_part2.srt"],
)
def test_eleven_letters_that_people_write_are_no_id(name):
    assert parse_file_name(name).video_id == ""
    assert video_in(name).url == "", "what only looks like an id is not linked"


@pytest.mark.parametrize(
    ("name", "automatic"),
    [("a.en-orig.vtt", True), ("a.en-en.vtt", True), ("a.en.vtt", False), ("a.en-US.vtt", False), ("a.vtt", False)],
)
def test_tags_that_only_automatic_captions_have_are_known(name, automatic):
    assert parse_file_name(name).is_automatic is automatic
    assert parse_file_name(f"A talk [{ID}]{name[1:]}").is_automatic is automatic


def test_captions_that_name_no_video_have_the_name_of_their_file():
    video = video_in("talks/2025-06-03 week 1.en.srt")
    assert (video.video_id, video.title, video.language) == ("2025-06-03 week 1", "week 1", "en")
    assert video.published == "2025-06-03"


def test_captions_without_a_name_that_can_be_seen_ask_for_one():
    with pytest.raises(MissingVideoId, match=r"\.srt: it does not say which video it belongs to; give the video’s"):
        video_in("\u200b.srt")


@given(st.text(min_size=1, max_size=30), st.sampled_from(["", ".en", ".de-DE", ".en-orig"]))
def test_any_name_gives_an_id_that_stays_when_the_id_is_a_name_again(stem, tag):
    own = parse_own_name(f"{stem}{tag}.srt")
    assert own == parse_own_name(f"a folder/{stem.rpartition('/')[2].rpartition(chr(92))[2]}{tag}.srt")
    assert own.video_id == clean_id(own.video_id)
    assert bool(own.title) == bool(own.video_id)


@given(
    st.text(st.characters(whitelist_categories=["L", "Nd", "Zs", "Pd"]), min_size=1, max_size=40),
    st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True),
    st.sampled_from(["", "en", "en-US", "zh-Hans", "en-orig"]),
)
def test_whatever_the_title_an_id_in_brackets_and_a_language_are_found(title, video_id, tag):
    name = parse_file_name(f"{title} [{video_id}]{'.' if tag else ''}{tag}.vtt")
    assert (name.video_id, name.language, name.tag) == (video_id, tag[:2], tag)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025-06-03", "2025-06-03"), ("20250603", "2025-06-03"), ("2025-06", "2025-06"), ("2025", "2025"),
        ("2025-06-03T10:00:00Z", "2025-06-03"), ("2025-6-3", "2025-06-03"), ("2025-13", ""), ("20250631", ""),
        ("202506", ""), ("yesterday", ""), ("", ""), ("0000", ""), ("9" * 5000, ""), ("٢٠٢٥", ""),
    ],
)  # fmt: skip
def test_dates_are_read_to_what_they_say(text, date):
    assert read_date(text) == date


def test_a_date_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"“soon” is not a date; give one such as 2025-06-03, 2025-06 or 2025"):
        video_in("talk.srt", Labels(published="soon"))
    assert video_in("talk.srt", Labels(published="20250603")).published == "2025-06-03"


def test_labels_win_over_the_name():
    labels = Labels(
        video_id="my talk", title="Mine", url="https://example.org/talk?t=3", creator="Me", language="de-CH"
    )
    assert video_in(f"Attention [{ID}].en.srt", labels) == Video(
        "my talk", "Mine", "Me", "https://example.org/talk", language="de"
    )


def test_the_label_of_an_id_may_be_an_address():
    assert video_in("talk.srt", Labels(video_id=f"https://youtu.be/{ID}?t=4")).video_id == ID


def test_the_label_of_a_url_names_the_video_too():
    assert video_in("talk.srt", Labels(url=f"https://youtu.be/{ID}?t=4")).video_id == ID


def test_the_header_of_webvtt_gives_the_language():
    text = "WEBVTT\nKind: captions\nLanguage: fr-CA\n\n00:01.000 --> 00:02.000\nbonjour\n"
    assert video_in(f"A [{ID}].vtt", text=text).language == "fr"


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (Labels(video_id="ftp://example.com/1"), "is not a web address"),
        (Labels(url="nowhere"), "is not a web address"),
        (Labels(language="English!"), "is not a language code"),
    ],
)
def test_a_label_that_cannot_be_is_refused(labels, sentence):
    with pytest.raises(InputError, match=sentence):
        video_in(f"A [{ID}].vtt", labels)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-le", b""),
        ("utf-16-be", codecs.BOM_UTF16_BE), ("utf-16-be", b""), ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)  # fmt: skip
def test_unicode_in_any_form_and_with_any_line_ends_is_read(encoding, mark, ends):
    content = mark + CAPTIONS.replace("\n", ends).encode(encoding)
    reading = read_file(Source(f"A [{ID}].srt", content))
    assert [cue.text for cue in reading.transcripts[0].cues] == ["héllo there"]


def test_a_named_encoding_is_used():
    reading = read_file(Source(f"A [{ID}].srt", CAPTIONS.encode("cp1252")), Labels(encoding="cp1252"))
    assert reading.transcripts[0].cues[0].text == "héllo there"


@pytest.mark.parametrize("encoding", ["martian", "zlib", "a\x00b", "idna"])
def test_an_encoding_that_is_none_is_refused(encoding):
    with pytest.raises(InputError, match=r"is not (an encoding|IDNA text)"):
        read_file(Source("talk.srt", CAPTIONS.encode() * 20), Labels(encoding=encoding))


def test_text_that_is_not_utf8_is_refused_with_its_byte_and_line():
    with pytest.raises(InputError, match=r"talk\.srt, line 3: byte 0xE9 is not UTF-8 text; in cp1252 the line reads"):
        read_file(Source("talk.srt", CAPTIONS.encode("latin-1")))


@pytest.mark.parametrize("text", [f"https://www.youtube.com/watch?v={ID}", f"youtu.be/{ID}\n", "https://vimeo.com/1"])
def test_an_address_instead_of_a_file_says_how_to_get_captions(text):
    hint = address_hint(text)
    assert hint is not None
    assert text.strip() in hint
    assert "yt-dlp --write-auto-subs --sub-format vtt --skip-download" in hint
    with pytest.raises(InputError, match="is a web address, not a caption file"):
        read_file(Source("link.txt", text.encode()))


@pytest.mark.parametrize("text", ["", "captions.srt", "see https://example.org", "https://example.org is good"])
def test_what_is_no_address_gives_no_hint(text):
    assert address_hint(text) is None


def test_an_address_cannot_smuggle_a_command_into_the_hint():
    assert "'https://example.org/$(id)'" in str(address_hint("https://example.org/$(id)"))
