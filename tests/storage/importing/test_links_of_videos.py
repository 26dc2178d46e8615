"""Which video a link says that a file is of, and links that are set later."""

from __future__ import annotations

import pytest

from storage import access
from storage.errors import ActNotLast, RequestError, UnknownVideo
from storage.formats.addresses import clean_link, find_link, link_id
from storage.library import Library
from storage.models import ImportReport, Labels, Source
from storage.models.limits import MAX_ID_LENGTH

SRT = b"1\n00:00:01,500 --> 00:00:04,000\nthe copper lantern hangs above the old gate\n"
OTHER = b"1\n00:00:01,000 --> 00:00:09,000\nquite other words about a bronze bell in the fog of november\n"
VIMEO = "https://vimeo.com/76979871"
SCOPE = access.host_scope()


async def imported(library: Library, name: str, content: bytes = SRT, **labels: str) -> ImportReport:
    return await library.import_files(SCOPE, [(Source(name, content), Labels(**labels))])


async def videos(library: Library) -> dict[str, tuple[str, str]]:
    return {each.video.video_id: (each.video.title, each.video.url) for each in await library.videos(SCOPE)}


@pytest.mark.parametrize(
    ("link", "video_id"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?t=9", "dQw4w9WgXcQ"),
        ("youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        (VIMEO, VIMEO),
        ("vimeo.com/76979871", VIMEO),
        ("club.example.org/talks/3?x=1", "https://club.example.org/talks/3?x=1"),
        ("www.club.example.org/", "https://www.club.example.org/"),
        (f"{VIMEO}#t=90s", VIMEO),
        ("https://club.example.org/v?id=1#part", "https://club.example.org/v?id=1#part"),
    ],
)
def test_the_id_of_a_link_is_youtubes_or_the_link(link: str, video_id: str) -> None:
    assert link_id(clean_link(link)) == video_id


@pytest.mark.parametrize("text", ["lecture two", "talk.srt", "talks/3", "1.5/2", "ftp://a.example/1", "js:x.ab/"])
def test_what_is_no_host_with_a_path_is_no_link(text: str) -> None:
    assert clean_link(text) == ""


def test_the_id_of_a_long_link_is_always_the_same_and_no_other_links() -> None:
    first, second = (link_id(f"https://club.example.org/{'x' * 300}{end}") for end in "ab")
    assert first != second
    assert first == link_id(f"https://club.example.org/{'x' * 300}a")
    assert len(first) == MAX_ID_LENGTH


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("http://www.vimeo.com/76979871/", True),
        ("https://VIMEO.com/76979871", True),
        ("https://vimeo.com/76979872", False),
        ("https://vimeo.com:8443/76979871", False),
        ("https://vimeo.com/76979871?h=1", False),
        ("https://vimeo.com/76979871#x", False),
    ],
)
def test_a_link_is_the_same_however_it_is_reached(link: str, same: bool) -> None:
    assert (find_link(clean_link(link), {"a": "", "b": VIMEO}) == "b") is same


async def test_a_file_that_is_imported_again_with_its_link_is_no_second_video(library: Library) -> None:
    await imported(library, "talk.srt")
    await imported(library, "talk.srt", url=VIMEO)
    assert await videos(library) == {"talk": ("talk", VIMEO)}
    await library.undo(SCOPE)
    assert await videos(library) == {"talk": ("talk", "")}
    await imported(library, "talk.srt", url=VIMEO, title="The lantern")
    assert await videos(library) == {"talk": ("The lantern", VIMEO)}


async def test_where_the_video_of_a_link_is_stored_a_file_is_of_that_one(library: Library) -> None:
    await imported(library, "another.srt", url=VIMEO)
    await imported(library, "talk.srt")
    await imported(library, "talk.srt", url=VIMEO)
    assert await videos(library) == {VIMEO: ("another", VIMEO), "talk": ("talk", "")}


@pytest.mark.parametrize(("content", "link"), [(OTHER, ""), (SRT, "https://vimeo.com/1")])
async def test_a_link_makes_a_video_of_its_own_of_other_words_and_where_there_is_another_link(
    library: Library, content: bytes, link: str
) -> None:
    await imported(library, "talk.srt")
    if link:
        await library.link(SCOPE, "talk", link)
    await imported(library, "talk.srt", content, url=VIMEO)
    assert await videos(library) == {"talk": ("talk", link), VIMEO: ("talk", VIMEO)}


async def test_a_file_with_a_stored_link_is_of_that_video(library: Library) -> None:
    await imported(library, "talk.srt")
    await library.link(SCOPE, "talk", VIMEO)
    report = await imported(library, "another name.srt", url=f"{VIMEO}/")
    assert not report.has_changes
    assert await videos(library) == {"talk": ("talk", VIMEO)}
    replaced = await imported(library, "another name.srt", OTHER, url=VIMEO)
    assert (replaced.videos_changed, list(await videos(library))) == (1, ["talk"])


async def test_two_files_of_one_import_with_one_link_are_one_video(library: Library) -> None:
    german = SRT.replace(b"the copper lantern hangs above the old gate", "die kupferne Laterne hängt am Tor".encode())
    files = [(Source("a.en.srt", SRT), Labels(url=VIMEO)), (Source("b.de.srt", german), Labels(url=f"{VIMEO}/"))]
    await library.import_files(SCOPE, files)
    assert set(await videos(library)) == {VIMEO, f"{VIMEO}.de"}


async def test_the_name_of_a_file_never_replaces_a_title(library: Library) -> None:
    await imported(library, "talk.srt")
    await library.rename(SCOPE, "talk", "Physics day one")
    assert not (await imported(library, "talk.srt")).has_changes
    assert not (await library.import_files(SCOPE, [(Source("talk.srt", SRT), Labels())], replace=True)).has_changes
    await imported(library, "talk.srt", title="Physics")
    assert await videos(library) == {"talk": ("Physics", "")}


async def test_a_link_goes_to_the_tracks_too_and_back(library: Library) -> None:
    await imported(library, "talk.srt", video_id="talk", title="Talk", language="en")
    await imported(library, "talk.srt", OTHER, video_id="talk", language="de")
    before = await library.link(SCOPE, "talk", "https://youtu.be/dQw4w9WgXcQ", "Physics")
    assert (before.title, before.url) == ("Talk", "")
    linked = await library.videos(SCOPE)
    assert {(each.video.url, each.video.title) for each in linked} == {("https://youtu.be/dQw4w9WgXcQ", "Physics")}
    assert {each.video.thumbnail for each in linked} == {"https://i.ytimg.com/vi/dQw4w9WgXcQ/mqdefault.jpg"}
    assert (await library.undo(SCOPE)).videos_restored == 2
    assert {each.video.url for each in await library.videos(SCOPE)} == {""}


async def test_a_link_that_cannot_be_changes_nothing(library: Library) -> None:
    await imported(library, "talk.srt")
    await imported(library, "bell.srt", OTHER, url=VIMEO)
    with pytest.raises(RequestError, match="is not a web address"):
        await library.link(SCOPE, "talk", "javascript:alert(1)")
    with pytest.raises(RequestError, match="That link belongs to “bell” already"):
        await library.link(SCOPE, "talk", VIMEO)
    with pytest.raises(UnknownVideo):
        await library.link(SCOPE, "nothing", "https://a.example/")
    assert await videos(library) == {"talk": ("talk", ""), VIMEO: ("bell", VIMEO)}


async def test_an_act_is_undone_only_while_it_is_the_last(library: Library) -> None:
    first, second = await imported(library, "talk.srt"), await imported(library, "bell.srt", OTHER)
    assert first.act is not None
    assert (await imported(library, "bell.srt", OTHER)).act is None, "nothing changed"
    with pytest.raises(ActNotLast):
        await library.undo(SCOPE, act=first.act)
    assert (await library.undo(SCOPE, act=second.act)).videos_removed == 1
    again = await imported(library, "bell.srt", OTHER)
    with pytest.raises(ActNotLast):
        await library.undo(SCOPE, act=second.act)
    assert again.act != second.act
