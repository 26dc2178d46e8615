"""From the files that are given to the files that are read: archives opened, and labels from the files beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from storage.errors import InputError
from storage.formats.file_names import caption_stems, parse_file_name
from storage.formats.files.archives import Unpacker, is_gzip, is_zip
from storage.formats.files.chapter_lists import read_chapters
from storage.formats.files.info_json import VideoInfo, read_info
from storage.formats.files.passing_over import may_hold_transcript
from storage.formats.files.sidecar_names import INFO_SUFFIX, is_sidecar, sidecar_stem
from storage.models import Chapter, Labels, Limits, Rejection, Source
from storage.sentences import leave_out_file, sentence

_TABLES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".parquet")
"""Tables say themselves which videos they hold, several at a time: what lies beside them is not of them."""

GivenFile = tuple[Source, Labels]


@dataclass(slots=True)
class GatheredFiles:
    """The files to read, why some cannot be, notes, and the names of those that are no transcripts."""

    files: list[GivenFile] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def reject(self, source: str, reason: str) -> None:
        """Add why a file cannot be imported."""
        # A rejection names its file, and `reason` may name it too: "FILE: reason" or "FILE, line 3: reason".
        self.rejections.append(Rejection(source, leave_out_file(reason, source)))


def gather_files(given: Sequence[GivenFile], limits: Limits) -> GatheredFiles:
    """Open the archives among the files, and put what lies beside a transcript into its labels.

    What a person said wins over that. Nothing raises: what cannot be opened is among the rejections.
    """
    gathered = GatheredFiles()
    opened = list(_open_archives(given, limits, gathered))
    beside = _Sidecars(gathered)
    for source, labels in opened:
        if is_sidecar(source.name):
            beside.add(source)
        elif source.is_found and not may_hold_transcript(source.name):
            gathered.passed_over.append(source.name)
        else:
            gathered.files.append((source, labels))
    gathered.files = _keep_fitting_labels(gathered)
    gathered.files = [(source, beside.complete(source, labels)) for source, labels in gathered.files]
    beside.report_unused()
    return gathered


def _open_archives(given: Sequence[GivenFile], limits: Limits, gathered: GatheredFiles) -> Iterable[GivenFile]:
    unpacker = Unpacker(limits)
    for source, labels in given:
        if len(source.content) > limits.file_bytes:  # refused when it is read
            yield source, labels
            continue
        try:
            if is_gzip(source.content):
                yield unpacker.unpack_gzip(source), labels
            elif is_zip(source.content):
                for entry in unpacker.unpack_zip(source):
                    if isinstance(entry, Rejection):
                        gathered.rejections.append(entry)
                    else:
                        yield entry, labels
            else:
                yield source, labels
        except InputError as error:
            gathered.reject(source.name, str(error))


def _keep_fitting_labels(gathered: GatheredFiles) -> list[GivenFile]:
    """Return the files with their labels: of many that were found, one title cannot be that of each."""
    found = [labels for source, labels in gathered.files if source.is_found]
    if not found or len(gathered.files) < 2:
        return gathered.files
    kept = [(source, replace(each, video_id="", title="", url="", chapters=())) for source, each in gathered.files]
    if [labels for _, labels in kept] != [labels for _, labels in gathered.files]:
        gathered.notes.append(
            sentence("Video id, title, address and chapters were passed over: they can be said of a single file only.")
        )
    return kept


class _Sidecars:
    """What lies beside transcripts, by folder and by what their names begin with."""

    def __init__(self, gathered: GatheredFiles) -> None:
        self._gathered = gathered
        self._infos: dict[tuple[str, str], VideoInfo] = {}
        self._chapters: dict[tuple[str, str], tuple[Chapter, ...]] = {}
        self._unused: dict[tuple[str, str], list[Source]] = {}

    def add(self, source: Source) -> None:
        """Read a file that lies beside others."""
        place = (source.folder, sidecar_stem(source.name))
        try:
            if source.name.lower().endswith(INFO_SUFFIX):
                info = read_info(source)
                if info is not None:
                    self._infos[place] = info
            else:
                self._chapters[place] = read_chapters(source)
        except InputError as error:
            self._gathered.reject(source.name, str(error))
        else:
            self._unused.setdefault(place, []).append(source)

    def complete(self, source: Source, labels: Labels) -> Labels:
        """Return the labels of a transcript with what the files beside it say."""
        if source.name.lower().endswith(_TABLES):
            return labels
        places = [(source.folder, stem) for stem in caption_stems(source.name)]
        for place in places:
            if place in self._infos:
                labels = _apply_info(labels, self._infos[place], source.name)
                break
        chapters = next((self._chapters[place] for place in places if place in self._chapters), ())
        for place in places:
            self._unused.pop(place, None)
        return labels if labels.chapters or not chapters else replace(labels, chapters=chapters)

    def report_unused(self) -> None:
        """Reject the files beside which there is no transcript, or count them where nobody named them."""
        for source in (source for sources in self._unused.values() for source in sources):
            if source.is_found:
                self._gathered.passed_over.append(source.name)
            else:
                self._gathered.reject(
                    source.name,
                    sentence(
                        "says something of a video, and no transcript of it lies beside; import it with the captions"
                    ),
                )


def _apply_info(labels: Labels, info: VideoInfo, name: str) -> Labels:
    file_name = parse_file_name(name)
    is_automatic = info.is_automatic(file_name.tag) if file_name.tag else None
    return replace(
        labels,
        # With an address of somebody's own the id may be another; a title of theirs is one of the same video.
        video_id=labels.video_id or ("" if labels.url else info.video_id),
        title=labels.title or info.title,
        url=labels.url or info.url,
        creator=labels.creator or info.creator,
        thumbnail=labels.thumbnail or info.thumbnail,
        # The language of the captions stands in their name; the file says in which the video is spoken.
        language=labels.language or ("" if file_name.language else info.language),
        published=labels.published or info.published,
        chapters=labels.chapters or info.chapters,
        is_automatic=is_automatic if labels.is_automatic is None else labels.is_automatic,
    )
