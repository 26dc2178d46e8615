"""Several transcripts of one video: people's before a machine's, and a second language as a track of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage import access
from storage.analysis import guess_language
from storage.library import Library
from storage.models import ImportReport, Labels, Question, Source
from tests.support import asking as asking_text

SHARED = access.host_scope()
ID = "dQw4w9WgXcQ"
ENGLISH = "the copper lantern hangs in the harbour and nobody knows who has lit it tonight"
GERMAN = "die Laterne aus Kupfer hängt im Hafen und niemand weiß wer sie heute angezündet hat"
OTHER = "today we speak of something else which is the history of bread in the north of Italy"


def vtt(text: str, *, automatic: bool = False) -> bytes:
    words = text.split()
    spoken = " ".join(f"<00:00:0{n % 9 + 1}.000><c>{w}</c>" for n, w in enumerate(words)) if automatic else text
    return f"WEBVTT\n\n00:00:01.000 --> 00:00:20.000\n{spoken}\n".encode()


def file(tag: str, text: str, *, automatic: bool = False, name: str = f"A talk [{ID}]", folder: str = "") -> Source:
    return Source(f"{name}{'.' if tag else ''}{tag}.vtt", vtt(text, automatic=automatic), folder)


async def put(
    library: Library, *files: Source, replace: bool = False, labels: Labels | None = None, dry_run: bool = False
) -> ImportReport:
    given = [(each, labels or Labels()) for each in files]
    return await library.import_files(SHARED, given, replace=replace, dry_run=dry_run)


async def stored(library: Library) -> dict[str, tuple[str, str]]:
    """The language and the first word of every video."""
    found = {}
    for summary in await library.videos(SHARED):
        segments = await library.segments_between(SHARED, summary.video.video_id, 0, 99)
        found[summary.video.video_id] = (summary.video.language, segments[0].text.split()[0])
    return found


async def answering(library: Library, words: str, video: str = "") -> list[str]:
    found = await asking_text.search_one_language(library, SHARED, Question(words, words, video=video), 10)
    return [hit.video.video_id for hit in found.hits]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_captions_that_people_made_win_over_automatic_ones_in_one_import(
    library: Library, order: tuple[int, int]
) -> None:
    files = [file("en-orig", ENGLISH + " um", automatic=True), file("en", ENGLISH)]
    report = await put(library, *(files[place] for place in order))
    assert not report.rejections
    assert any("en-orig.vtt: left out" in note and "people made" in note for note in report.notes)
    (summary,) = await library.videos(SHARED)
    assert not summary.video.is_automatic


async def test_captions_that_people_made_replace_automatic_ones_and_never_the_reverse(library: Library) -> None:
    automatic, made = file("en", ENGLISH.upper(), automatic=True), file("en", ENGLISH)
    await put(library, automatic)
    assert (await library.videos(SHARED))[0].video.is_automatic
    await put(library, made)
    assert await stored(library) == {ID: ("en", "the")}
    report = await put(library, automatic)
    assert await stored(library) == {ID: ("en", "the")}
    assert not report.rejections
    assert (report.videos_unchanged, report.videos_changed) == (1, 0)
    assert "--replace" in " ".join(report.notes)
    await put(library, automatic, replace=True)
    assert await stored(library) == {ID: ("en", "THE")}


async def test_a_second_language_is_a_track_of_its_own(library: Library) -> None:
    await put(library, file("en", ENGLISH), labels=Labels(creator="Ana"))
    await put(library, file("de", GERMAN))
    assert await stored(library) == {ID: ("en", "the"), f"{ID}.de": ("de", "die")}
    track = (await library.summary(SHARED, f"{ID}.de")).video
    assert (track.track_of, track.title, track.creator, track.heading) == (ID, "A talk", "Ana", "A talk (de)")
    assert track.url == f"https://www.youtube.com/watch?v={ID}"
    for each in (file("en", ENGLISH), file("de", GERMAN)):
        report = await put(library, each)
        assert not report.has_changes


async def test_of_two_languages_in_one_import_the_librarys_is_the_video(library: Library) -> None:
    await library.set_language(SHARED, "de")
    await put(library, file("en", ENGLISH), file("de", GERMAN))
    assert await stored(library) == {ID: ("de", "die"), f"{ID}.en": ("en", "the")}
    assert not (await put(library, file("de", GERMAN), file("en", ENGLISH))).has_changes


async def test_the_track_in_the_questions_language_answers(library: Library) -> None:
    await put(library, file("en", ENGLISH), file("de", GERMAN), file("", OTHER, name="bread"))
    assert await answering(library, "who has lit the lantern in the harbour") == [ID]
    assert await answering(library, "wer hat die Laterne im Hafen angezündet") == [f"{ID}.de"]
    assert await answering(library, "Laterne") == [], "where the language is unclear, the video itself is asked"
    assert await answering(library, "Laterne", video=f"{ID}.de") == [f"{ID}.de"]
    assert await answering(library, "wer hat die Laterne angezündet", video=ID) == [f"{ID}.de"]
    assert await answering(library, "the lantern", video=ID) == [ID]
    assert await answering(library, "history of bread") == ["bread"]


async def test_removing_and_renaming_a_video_are_of_its_tracks_too_and_are_undone_as_one(library: Library) -> None:
    await put(library, file("en", ENGLISH), file("de", GERMAN))
    before = await stored(library)
    await library.rename(SHARED, ID, "Lanterns")
    assert {summary.video.title for summary in await library.videos(SHARED)} == {"Lanterns"}
    await library.undo(SHARED)
    assert {summary.video.title for summary in await library.videos(SHARED)} == {"A talk"}
    await library.remove(SHARED, ID)
    assert await stored(library) == {}
    await library.undo(SHARED)
    assert await stored(library) == before
    await library.remove(SHARED, f"{ID}.de")
    assert list(await stored(library)) == [ID]


async def test_naming_another_language_for_the_same_words_makes_no_track(library: Library) -> None:
    await put(library, file("fr", ENGLISH))
    await put(library, file("en", ENGLISH))
    assert await stored(library) == {ID: ("en", "the")}


async def test_the_same_captions_in_two_formats_are_taken_once_with_a_word(library: Library) -> None:
    srt = Source(f"A talk [{ID}].en.srt", f"1\n00:00:01,000 --> 00:00:20,000\n{ENGLISH}\n".encode())
    report = await put(library, file("en", ENGLISH), srt)
    assert not report.rejections
    assert any(".srt: left out for" in note and "same words" in note for note in report.notes)


async def test_two_talks_under_one_id_are_refused(library: Library) -> None:
    report = await put(library, file("en", ENGLISH), file("en", OTHER, name=f"Part two [{ID}]"))
    assert "is the same video" in str(report.rejections[0])
    assert await stored(library) == {ID: ("en", "the")}


async def test_files_of_one_name_in_two_folders_are_two_videos_in_any_order(library: Library) -> None:
    first, second = (
        file("", text, name="lecture 1", folder=f"/talks/{folder}") for text, folder in ((ENGLISH, "a"), (OTHER, "b"))
    )
    await put(library, first)
    await put(library, second)
    assert set(await stored(library)) == {"lecture 1", "b/lecture 1"}
    assert not (await put(library, second, first)).has_changes
    assert {summary.video.title for summary in await library.videos(SHARED)} == {"lecture 1"}
    report = await put(library, replace(second, folder="", content=vtt("words " + OTHER[::-1])))
    assert "a video with other words is called “lecture 1” already" in str(report.rejections[0])


async def test_a_corrected_file_of_the_same_name_replaces_its_video(library: Library) -> None:
    await put(library, file("", ENGLISH, name="lecture 1"))
    await put(library, file("", ENGLISH.replace("copper", "silver"), name="lecture 1"))
    assert list(await stored(library)) == ["lecture 1"]


async def test_a_dry_run_counts_tracks_and_writes_nothing(library: Library) -> None:
    files = (file("en", ENGLISH), file("de", GERMAN))
    report = await put(library, *files, dry_run=True)
    assert report.videos_added == 2
    assert await stored(library) == {}


@pytest.mark.parametrize(
    ("text", "among", "language"),
    [
        ("what is the weather", ("en", "de"), "en"),
        ("wie ist das Wetter", ("en", "de"), "de"),
        ("Laterne", ("en", "de"), ""),
        ("что такое обучение", ("en", "ru"), "ru"),
        ("学習とは何ですか", ("ja", "zh", "en"), "ja"),
        ("什么是学习", ("zh", "en"), "zh"),
        ("BM25", ("en", "ja"), "en"),
        ("BM25", ("zh", "ja"), ""),
        ("", ("en", "de"), ""),
        ("anything", (), ""),
    ],
)
def test_the_language_of_a_question_is_guessed_by_its_script_and_its_common_words(
    text: str, among: tuple[str, ...], language: str
) -> None:
    assert guess_language(text, among) == language
