"""The table of hosts: how the addresses of each say at which second they open, and where that is known from.

docs/links.md shows the table to people; a test holds that it is the same.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from urllib.parse import SplitResult

from storage.models.time_links import TimeLink


class Evidence(enum.StrEnum):
    """What confirms a row of the table."""

    OWN = "its own documentation or source"
    OTHERS = "other programs that read or write such addresses"
    NONE = "nothing: not confirmed"


@dataclass(frozen=True, slots=True)
class LinkHost:
    """A row of the table.

    An address is the host's where it is at one of `domains` or below it (anywhere, where there are none), its path
    matches `path` from its beginning, and its query holds `query`; both are regular expressions.
    """

    name: str
    time: TimeLink
    evidence: Evidence
    source: str
    domains: tuple[str, ...] = ()
    path: str = ""
    query: str = ""

    def owns(self, host: str, parts: SplitResult) -> bool:
        """Whether an address, whose host is `host`, belongs to this row."""
        if self.domains and not any(host == domain or host.endswith(f".{domain}") for domain in self.domains):
            return False
        in_path = re.match(self.path, parts.path, re.IGNORECASE | re.ASCII) is not None
        return in_path and re.search(self.query, parts.query, re.ASCII) is not None


_OWN, _OTHERS, _NONE = Evidence
_PARSER = "https://github.com/Zod-/jsVideoUrlParser, lib/provider/{}.test.js"
_NOTHING_FOUND = "no form was found in documentation or source"
_YOUTUBE = ("youtube.com", "youtube-nocookie.com", "youtu.be")
_MEDIA_SUFFIXES = "mp4|m4v|mov|webm|mkv|ogv|ogg|oga|opus|mp3|m4a|aac|wav|flac"

UNKNOWN_PAGE = LinkHost(
    "any other page",
    TimeLink("#t={seconds}"),
    _NONE,
    "a fragment does no harm; https://www.w3.org/TR/media-frags/ has its form",
)
"""For what no row owns. A page that has a fragment of its own is left alone: what it means there is not known."""

LINK_HOSTS = (
    LinkHost(
        "YouTube, embedded",
        TimeLink("?start={seconds}", ("t", "time_continue", "end")),
        _OWN,
        "https://developers.google.com/youtube/player_parameters#start",
        _YOUTUBE,
        "/(?:embed|v)/",
    ),
    LinkHost("YouTube Shorts", TimeLink("?t={seconds}s"), _NONE, _NOTHING_FOUND, _YOUTUBE, "/shorts/"),
    LinkHost("YouTube", TimeLink("?t={seconds}s"), _OTHERS, _PARSER.format("youtube"), _YOUTUBE),
    LinkHost("Vimeo", TimeLink("#t={seconds}s"), _OTHERS, _PARSER.format("vimeo"), ("vimeo.com",)),
    LinkHost(
        "Twitch, recordings",
        TimeLink("?t={units}"),
        _OTHERS,
        "https://github.com/yt-dlp/yt-dlp, yt_dlp/extractor/twitch.py",
        ("twitch.tv",),
        r"/videos/\d|/[^/]+/v(?:ideo)?/\d",
    ),
    LinkHost(
        "Dailymotion, embedded",
        TimeLink("?startTime={seconds}", ("start",)),
        _OWN,
        "https://developers.dailymotion.com/docs/add-runtime-player-parameters-web",
        ("geo.dailymotion.com",),
    ),
    LinkHost(
        "Dailymotion",
        TimeLink("?start={seconds}"),
        _OTHERS,
        _PARSER.format("dailymotion"),
        ("dailymotion.com", "dai.ly"),
    ),
    LinkHost(
        "Odysee",
        TimeLink("?t={seconds}"),
        _OWN,
        "https://github.com/OdyseeTeam/odysee-frontend, ui/util/url.ts and ui/component/viewers/videoViewer/index.ts",
        ("odysee.com",),
    ),
    LinkHost(
        "Internet Archive",
        TimeLink("?start={seconds}"),
        _NONE,
        _NOTHING_FOUND,
        ("archive.org",),
        "/(?:details|embed)/",
    ),
    LinkHost(
        "media.ccc.de",
        TimeLink("#t={seconds}"),
        _OWN,
        "https://github.com/voc/voctoweb, app/assets/javascripts/player-deeplinks.js",
        ("media.ccc.de",),
        "/v/",
    ),
    LinkHost(
        "SoundCloud",
        TimeLink("#t={clock}"),
        _OTHERS,
        _PARSER.format("soundcloud"),
        ("soundcloud.com",),
    ),
    LinkHost(
        "Spotify, episodes",
        TimeLink("?t={seconds}"),
        _OTHERS,
        "https://podcastmovement.com/podmov/why-spotify-timestamped-podcast-sharing-matters/ tells of such links, and "
        "programs write them",
        ("open.spotify.com",),
        r"(?:/intl-[\w-]+)?(?:/embed)?/episode/",
    ),
    LinkHost(
        "Loom",
        TimeLink("?t={seconds}"),
        _OTHERS,
        "the npm package react-loom-player writes it for embedded videos",
        ("loom.com",),
        "/(?:share|embed)/",
    ),
    LinkHost(
        "Google Drive",
        TimeLink("?t={seconds}"),
        _OTHERS,
        "https://github.com/bpugh/til, google/video-timestamp-query-param.md",
        ("drive.google.com",),
        "/file/",
    ),
    LinkHost(
        "Pocket Casts",
        TimeLink("?t={seconds}"),
        _OWN,
        "https://github.com/Automattic/pocket-casts-android/issues/2405",
        ("pca.st",),
    ),
    LinkHost(
        "Overcast",
        TimeLink("/{clock}"),
        _OTHERS,
        "published links such as https://overcast.fm/+CdSv9LfI/1:27:57",
        ("overcast.fm",),
        r"/\+\w",
    ),
    LinkHost(
        "bilibili",
        TimeLink("?t={seconds}"),
        _OTHERS,
        "https://github.com/InfinityLoop1308/PipePipe/issues/2459",
        ("bilibili.com",),
        "/video/",
    ),
    LinkHost(
        "Niconico",
        TimeLink("?from={seconds}"),
        _OTHERS,
        "https://github.com/InfinityLoop1308/PipePipe/issues/2459",
        ("nicovideo.jp",),
        "/watch/",
    ),
    # A media file is one wherever it lies, also at hosts whose pages have no such links.
    LinkHost(
        "media files",
        TimeLink("#t={seconds}"),
        _OWN,
        "https://www.w3.org/TR/media-frags/#naming-time",
        path=rf".*\.(?:{_MEDIA_SUFFIXES})$",
    ),
    # What people run themselves is known by the form of its addresses, wherever it is.
    LinkHost(
        "Panopto",
        TimeLink("?start={seconds}"),
        _OTHERS,
        "https://github.com/ulsdevteam/islandora_video_streaming, theme/iframe.tpl.php",
        path=r".*/Panopto/Pages/(?:Viewer|Embed)\.aspx$",
    ),
    LinkHost(
        "Kaltura",
        TimeLink("?kalturaStartTime={seconds}", ("st", "kalturaSeekFrom", "kalturaClipTo")),
        _OWN,
        "https://github.com/kaltura/playkit-js-share, src/components/share-overlay/share-overlay.js",
        path=r".*/[01]_[0-9a-z]{8}(?:/|$)",
    ),
    LinkHost(
        "Opencast (Paella)",
        TimeLink("?time={units}", ("t",)),
        _OWN,
        "https://docs.opencast.org/r/19.x/admin/configuration/player/paella.player8/url.parameter; that /play/ keeps "
        "it: https://github.com/opencast/opencast, "
        "modules/engage-ui/src/main/java/org/opencastproject/engage/ui/PlayerRedirect.java",
        path=r"/play/[\w-]+/?$|(?=.*/(?:paella|engage)).*/(?:watch|core)\.html$",
    ),
    LinkHost(
        "PeerTube",
        TimeLink("?start={units}", ("stop",)),
        _OWN,
        "https://github.com/Chocobozzz/PeerTube, packages/core-utils/src/common/url.ts",
        path=r"/w/[\w-]+/?$|/videos/(?:watch|embed)/[\w-]+/?$",
    ),
    LinkHost(
        "Invidious",
        TimeLink("?t={seconds}", ("start", "time_continue", "end")),
        _OWN,
        "https://github.com/iv-org/invidious/issues/1283",
        path="/watch$",
        query=r"(?:^|&)v=[\w-]{11}(?:&|$)",
    ),
    LinkHost(
        "MediaCMS",
        TimeLink("?t={seconds}"),
        _OWN,
        "https://github.com/mediacms-io/mediacms, docs/user_docs.md",
        path="/view$",
        query=r"(?:^|&)m=\w",
    ),
    # Hosts whose addresses cannot say a time, as far as is known: the time is told in words.
    LinkHost("Twitch, other pages", TimeLink(""), _NONE, _NOTHING_FOUND, ("twitch.tv",)),
    LinkHost("Spotify, other pages", TimeLink(""), _NONE, _NOTHING_FOUND, ("open.spotify.com",)),
    LinkHost("Apple Podcasts", TimeLink(""), _NONE, _NOTHING_FOUND, ("podcasts.apple.com",)),
    LinkHost("Podbean", TimeLink(""), _NONE, _NOTHING_FOUND, ("podbean.com",)),
    LinkHost("Acast", TimeLink(""), _NONE, _NOTHING_FOUND, ("acast.com",)),
    LinkHost("Transistor", TimeLink(""), _NONE, _NOTHING_FOUND, ("transistor.fm",)),
    LinkHost("Buzzsprout", TimeLink(""), _NONE, _NOTHING_FOUND, ("buzzsprout.com",)),
    LinkHost("SharePoint", TimeLink(""), _NONE, _NOTHING_FOUND, ("sharepoint.com",)),
    LinkHost("Zoom", TimeLink(""), _NONE, _NOTHING_FOUND, ("zoom.us",)),
)
"""The first row that owns an address is right for it."""


@dataclass(frozen=True, slots=True)
class LinkHosts:
    """The table, with rows before it that this installation adds."""

    added: tuple[LinkHost, ...] = ()

    def find(self, parts: SplitResult) -> LinkHost:
        """Return the row for an address; UNKNOWN_PAGE where none owns it."""
        host = normalize_host(parts.hostname or "")
        return next((row for row in (*self.added, *LINK_HOSTS) if row.owns(host, parts)), UNKNOWN_PAGE)


def normalize_host(host: str) -> str:
    """Return a host as the table has it: in lower case, in its ASCII form, without a dot at its end."""
    host = host.lower().removesuffix(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:  # a part that is empty or too long: no host of the table
        return host
