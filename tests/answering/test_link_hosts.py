"""Links open at their second on every host of the table, once, and what is stored of an address has no time in it."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import SplitResult, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.links import link_at, says_time
from bot.errors import SetupError
from bot.settings import Settings
from storage.formats.addresses import clean_url
from storage.models import LINK_HOSTS, UNKNOWN_PAGE, LinkHosts, is_template
from tests.support.project import PROJECT

SECOND = 3723.9
PAGE = (PROJECT / "docs" / "links.md").read_text(encoding="utf-8")

# By the name of a row: addresses as people paste them, with a time of their own, and what opens at 1:02:03.
EXAMPLES = {
    "YouTube, embedded": [
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=5&end=9&rel=0",
         "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0&start=3723"),
    ],
    "YouTube Shorts": [
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube.com/shorts/dQw4w9WgXcQ?t=3723s"),
    ],
    "YouTube": [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=27s&list=PL1&index=2",
         "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&index=2&t=3723s"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ#t=1m", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3723s"),
        ("https://youtu.be/dQw4w9WgXcQ?si=a&t=5", "https://youtu.be/dQw4w9WgXcQ?si=a&t=3723s"),
        ("https://m.youtube.com/live/dQw4w9WgXcQ?%74=5", "https://m.youtube.com/live/dQw4w9WgXcQ?t=3723s"),
    ],
    "Vimeo": [
        ("https://vimeo.com/76979871/0ab1?share=copy#t=3m20s", "https://vimeo.com/76979871/0ab1?share=copy#t=3723s"),
        ("https://player.vimeo.com/video/76979871", "https://player.vimeo.com/video/76979871#t=3723s"),
    ],
    "Twitch, recordings": [
        ("https://www.twitch.tv/videos/75292411?t=1m30s", "https://www.twitch.tv/videos/75292411?t=1h2m3s"),
    ],
    "Dailymotion, embedded": [
        ("https://geo.dailymotion.com/player.html?video=x84sh87&startTime=4",
         "https://geo.dailymotion.com/player.html?video=x84sh87&startTime=3723"),
    ],
    "Dailymotion": [
        ("https://www.dailymotion.com/video/x1e2b95?start=10", "https://www.dailymotion.com/video/x1e2b95?start=3723"),
        ("https://dai.ly/x1e2b95", "https://dai.ly/x1e2b95?start=3723"),
    ],
    "Odysee": [("https://odysee.com/@Talks:1/one:2?t=9", "https://odysee.com/@Talks:1/one:2?t=3723")],
    "Internet Archive": [
        ("https://archive.org/details/dn2015-0220_vid?start=3.5", "https://archive.org/details/dn2015-0220_vid?start=3723"),
    ],
    "media.ccc.de": [
        ("https://media.ccc.de/v/36c3-10652-bahnmining#l=eng&t=60",
         "https://media.ccc.de/v/36c3-10652-bahnmining#l=eng&t=3723"),
    ],
    "SoundCloud": [("https://soundcloud.com/who/what#t=00:30", "https://soundcloud.com/who/what#t=1:02:03")],
    "Spotify, episodes": [
        ("https://open.spotify.com/intl-de/episode/7cSXcf4b?si=c39&t=12",
         "https://open.spotify.com/intl-de/episode/7cSXcf4b?si=c39&t=3723"),
    ],
    "Loom": [
        ("https://www.loom.com/share/43d05f362f734614a2e81b4694a3a523?sid=1&t=3",
         "https://www.loom.com/share/43d05f362f734614a2e81b4694a3a523?sid=1&t=3723"),
    ],
    "Google Drive": [
        ("https://drive.google.com/file/d/1aB/view?usp=sharing&t=10m44s",
         "https://drive.google.com/file/d/1aB/view?usp=sharing&t=3723"),
    ],
    "Pocket Casts": [("https://pca.st/episode/c510a66f?t=1327", "https://pca.st/episode/c510a66f?t=3723")],
    "Overcast": [("https://overcast.fm/+CdSv9LfI/1:27:57", "https://overcast.fm/+CdSv9LfI/1:02:03")],
    "bilibili": [("https://www.bilibili.com/video/BV1xx?p=2&t=4", "https://www.bilibili.com/video/BV1xx?p=2&t=3723")],
    "Niconico": [("https://www.nicovideo.jp/watch/sm9?from=80", "https://www.nicovideo.jp/watch/sm9?from=3723")],
    "media files": [
        ("https://cdn.example.org/a/Talk%201.MP3?key=t#t=10,20", "https://cdn.example.org/a/Talk%201.MP3?key=t#t=3723"),
        ("https://www.buzzsprout.com/1/2-talk.mp3", "https://www.buzzsprout.com/1/2-talk.mp3#t=3723"),
    ],
    "Panopto": [
        ("https://uni.hosted.panopto.com/Panopto/Pages/Viewer.aspx?id=6b5&start=3.5",
         "https://uni.hosted.panopto.com/Panopto/Pages/Viewer.aspx?id=6b5&start=3723"),
    ],
    "Kaltura": [
        ("https://mediaspace.uni.example/media/A+talk/1_2rc7uxir?st=9",
         "https://mediaspace.uni.example/media/A+talk/1_2rc7uxir?kalturaStartTime=3723"),
        ("https://uni.mediaspace.kaltura.com/media/t/0_abcd1234/12?kalturaStartTime=7",
         "https://uni.mediaspace.kaltura.com/media/t/0_abcd1234/12?kalturaStartTime=3723"),
    ],
    "Opencast (Paella)": [
        ("https://video.uni.example/play/6b5d?t=3", "https://video.uni.example/play/6b5d?time=1h2m3s"),
        ("https://video.uni.example/paella7/ui/watch.html?id=6b5d&time=3m30s",
         "https://video.uni.example/paella7/ui/watch.html?id=6b5d&time=1h2m3s"),
        ("https://video.uni.example/engage/theodul/ui/core.html?id=6b5d",
         "https://video.uni.example/engage/theodul/ui/core.html?id=6b5d&time=1h2m3s"),
    ],
    "PeerTube": [
        ("https://tube.example/w/ge4Vk8A4yCT8cbNQCz5LAs?start=5h10m&stop=6h",
         "https://tube.example/w/ge4Vk8A4yCT8cbNQCz5LAs?start=1h2m3s"),
        ("https://tube.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d",
         "https://tube.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d?start=1h2m3s"),
    ],
    "Invidious": [
        ("https://inv.example/watch?v=dQw4w9WgXcQ&start=3", "https://inv.example/watch?v=dQw4w9WgXcQ&t=3723"),
    ],
    "MediaCMS": [("https://media.uni.example/view?m=aB3dE5&t=9", "https://media.uni.example/view?m=aB3dE5&t=3723")],
    "Twitch, other pages": [("https://clips.twitch.tv/SuspiciousLark", "https://clips.twitch.tv/SuspiciousLark")],
    "Spotify, other pages": [("https://open.spotify.com/show/1a?si=2", "https://open.spotify.com/show/1a?si=2")],
    "Apple Podcasts": [
        ("https://podcasts.apple.com/us/podcast/a/id1?i=2", "https://podcasts.apple.com/us/podcast/a/id1?i=2"),
    ],
    "Podbean": [("https://www.podbean.com/media/share/dir-1", "https://www.podbean.com/media/share/dir-1")],
    "Acast": [("https://shows.acast.com/a/episodes/b", "https://shows.acast.com/a/episodes/b")],
    "Transistor": [("https://share.transistor.fm/s/e83b42d0", "https://share.transistor.fm/s/e83b42d0")],
    "Buzzsprout": [("https://www.buzzsprout.com/1/episodes/2-talk", "https://www.buzzsprout.com/1/episodes/2-talk")],
    "SharePoint": [
        ("https://x.sharepoint.com/_layouts/15/stream.aspx?id=a", "https://x.sharepoint.com/_layouts/15/stream.aspx?id=a"),
    ],
    "Zoom": [("https://us02web.zoom.us/rec/share/abc", "https://us02web.zoom.us/rec/share/abc")],
    "any other page": [
        ("https://video.example.com/demo?t=9&x=1", "https://video.example.com/demo?x=1#t=3723"),
        ("https://video.example.com/demo#part", "https://video.example.com/demo#part"),
    ],
}  # fmt: skip
ADDRESSES = [(name, *example) for name, examples in EXAMPLES.items() for example in examples]


def row_of(url: str) -> str:
    return LinkHosts().find(urlsplit(url)).name


def pieces(parts: SplitResult) -> Counter[str]:
    """The parameters of an address and the names of its path."""
    return Counter(
        piece
        for text, mark in ((parts.query, "&"), (parts.fragment, "&"), (parts.path, "/"))
        for piece in text.split(mark)
        if piece
    )


def times_in(url: str) -> list[str]:
    """What of an address is a time, by its host."""
    parts = urlsplit(url)
    return list((pieces(parts) - pieces(LinkHosts().find(parts).time.remove(parts))).elements())


def test_every_row_has_an_example_and_a_name_of_its_own() -> None:
    assert list(EXAMPLES) == [row.name for row in (*LINK_HOSTS, UNKNOWN_PAGE)]


@pytest.mark.parametrize(("name", "url", "link"), ADDRESSES)
def test_a_link_opens_at_the_second_in_the_way_of_its_host(name: str, url: str, link: str) -> None:
    assert row_of(url) == name
    assert link_at(url, SECOND) == link
    assert link_at(clean_url(url), SECOND) == link
    assert says_time(link, clean_url(url)) is ("3723" in link or "1:02:03" in link or "1h2m3s" in link)


@given(st.sampled_from(ADDRESSES), st.floats(-10, 1e6))
def test_what_is_stored_has_no_time_and_a_link_has_one(address: tuple[str, str, str], second: float) -> None:
    stored = clean_url(address[1])
    assert times_in(stored) == []
    link = link_at(stored, second)
    assert len(times_in(link)) == says_time(link, stored)
    assert clean_url(link) == stored
    assert link_at(link, second) == link


@given(st.text(st.sampled_from("abtshmo0123456789=&#?/.:%;+- ä機"), max_size=40), st.sampled_from(ADDRESSES))
def test_whatever_follows_an_address_a_link_to_it_can_be_taken_back(tail: str, address: tuple[str, str, str]) -> None:
    if stored := clean_url(address[1] + tail):
        assert clean_url(stored) == stored
        link = link_at(stored, 61)
        assert clean_url(link) == stored
        assert len(times_in(link)) == says_time(link, stored)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=RD1&start_radio=1&pp=t",
        "https://example.org/talk?text=t&topic=start",
        "https://example.org/viewtopic.php?t=intro",
        "https://example.org/calendar?start=2024-05",
        "https://cdn.example.org/talk.mp4?t=a1b2c3&sig=t",
        "https://example.org/talk#part",
        "https://media.ccc.de/v/a#l=deu",
    ],
)
def test_what_is_no_time_stays_in_an_address(url: str) -> None:
    assert clean_url(url) == url


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://youtube.com.evil.example/watch?x=1", "any other page"),
        ("https://evilyoutube.com/a", "any other page"),
        ("https://evilvimeo.com/1", "any other page"),
        ("https://youtube.com@evil.example/a", "any other page"),
        ("https://evil.example/youtube.com/embed/x", "any other page"),
        ("https://user:secret@www.youtube.com/watch?v=dQw4w9WgXcQ", "YouTube"),
        ("HTTPS://WWW.YOUTUBE.COM/watch?v=dQw4w9WgXcQ", "YouTube"),
        ("https://www.youtube.com.:443/watch?v=dQw4w9WgXcQ", "YouTube"),
        ("https://y\u043eutube.com/a", "any other page"),
        ("https://[2001:db8::1]:8443/videos/watch/1", "PeerTube"),
        ("https://" + "a" * 300 + ".example/x", "any other page"),
    ],
)
def test_a_host_is_taken_for_what_it_is(url: str, name: str) -> None:
    assert row_of(url) == name
    assert urlsplit(link_at(url, 5)).netloc == urlsplit(url).netloc


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "ftp://youtube.com/a", "//youtube.com/a", "https://[half", "data:,x", "https:///a"],
)
def test_nothing_but_a_web_address_becomes_a_link(url: str) -> None:
    assert link_at(url, 5) == ""


def hosts(value: str) -> LinkHosts:
    return Settings.from_mapping({"CUEPOINT_LINK_FORMATS": value}).hosts


def test_the_setting_adds_hosts_and_comes_before_the_table() -> None:
    added = hosts(
        " videos.example.edu = ?at={seconds}s ; media.example.org=#t={clock};vimeo.com=;vídeo.example=?x={units}"
    )
    assert (
        link_at("https://videos.example.edu/a?b=1&at=9", SECOND, added) == "https://videos.example.edu/a?b=1&at=3723s"
    )
    assert link_at("https://www.videos.example.edu/a", SECOND, added) == "https://www.videos.example.edu/a?at=3723s"
    assert link_at("https://media.example.org/a", 83, added) == "https://media.example.org/a#t=1:23"
    assert link_at("https://vimeo.com/1", SECOND, added) == "https://vimeo.com/1"
    assert link_at("https://xn--vdeo-vpa.example/a", 83, added) == "https://xn--vdeo-vpa.example/a?x=1m23s"
    assert link_at("https://youtu.be/a", SECOND, added) == "https://youtu.be/a?t=3723s"
    assert hosts("") == LinkHosts()


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("?t={seconds}", "does not begin with a host and an equals sign: write pairs such as "),
        ("videos.example.edu", "does not begin with a host and an equals sign"),
        ("https://videos.example.edu=?t={seconds}", "does not begin with a host"),
        ("videos.example.edu=t={seconds}", "is no form of a link: write ?name= or #name= and then {seconds}"),
        ("videos.example.edu=?t=", "is no form of a link"),
        ("videos.example.edu=?t={minutes}", "is no form of a link"),
        ("videos.example.edu=?t={seconds}&u={clock}", "is no form of a link"),
        ("a.example=?t={seconds}; A.example=#t={seconds}", "a.example is in it twice: name every host once"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_sentence(value: str, sentence: str) -> None:
    with pytest.raises(SetupError, match=r"^CUEPOINT_LINK_FORMATS cannot be used: ") as refused:
        hosts(value)
    assert sentence in str(refused.value)
    assert str(refused.value).endswith("; see .env.example.")


def test_every_template_of_a_parameter_is_one_that_the_setting_takes() -> None:
    parameters = [row.time.template for row in (*LINK_HOSTS, UNKNOWN_PAGE) if row.time.template[:1] in ("?", "#")]
    assert parameters
    assert all(map(is_template, parameters))


def test_the_page_shows_the_table() -> None:
    shown = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)[2:]
    rows = [
        (row.name, f"`{row.time.template}`" if row.time.template else "none", row.evidence.value, row.source)
        for row in (*LINK_HOSTS, UNKNOWN_PAGE)
    ]
    assert shown == rows


def test_sources_are_addresses_or_say_what_they_are() -> None:
    assert all("https://" in row.source or " " in row.source for row in LINK_HOSTS)
    assert all(unquote(row.source) == row.source for row in LINK_HOSTS)
