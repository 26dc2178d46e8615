"""Text pasted from a dataset viewer, one row per line with its cells between pipes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.formats.document import Document
from storage.formats.rows.footers import is_header, strip_footer
from storage.formats.rows.rows import assemble_transcripts
from storage.formats.rows.table_rules import Row
from storage.models import FileContent, Rejection
from storage.models.limits import MAX_ID_LENGTH
from storage.sentences import sentence

_CUT_OFF = sentence("the last row is cut off; paste it whole")
_NO_ROW = sentence("does not look like a row (id | text | start | end | url | title | thumbnail); paste the row whole")

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# Two numeric cells between pipes identify a row: its text and its title may contain pipes of their own.
# A lookahead, so that the second number of one pair may be the first of the next.
_TIMES = re.compile(rf" \| (?=(?P<start>{_NUMBER}) \|(?: (?P<end>{_NUMBER}))? (?P<close>\|)(?: |$))", re.ASCII)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_URL_AHEAD = re.compile(r" ?https?://", re.IGNORECASE)
_PIPE = re.compile(r" ?\|(?: |$)")


def is_pipe_table(document: Document) -> bool:
    """Return whether a line of the text is a row, or the text begins with the header of such a table."""
    return any(_read_row(number, line) for number, line in enumerate(document.lines, start=1) if "|" in line) or (
        document.first_line == "video_id" and any(line.startswith("| ") for line in document.lines)
    )


def read_pipe_table(document: Document) -> FileContent:
    """Read the rows; a line that is neither row, header nor footer is rejected."""
    return assemble_transcripts(document, _read_rows(document))


def _read_rows(document: Document) -> Iterator[Row | Rejection]:
    in_head = True  # until the first row, and again from the first column of another page's header on
    last = max((n for n, line in enumerate(document.lines, start=1) if strip_footer(line).strip()), default=0)
    for number, whole in enumerate(document.lines, start=1):
        line = strip_footer(whole).strip()
        in_head = in_head or line == "video_id"
        if not line or (in_head and is_header(line)):
            continue
        in_head = False
        yield _read_row(number, line) or document.reject_row(
            number, _CUT_OFF if number == last and " | " in line else _NO_ROW
        )


def _read_row(number: int, line: str) -> Row | None:
    """Return the row that `line` contains, None when it contains none."""
    video_id, pipe, _ = line.partition(" | ")
    if not pipe or len(video_id) > MAX_ID_LENGTH:
        return None
    times = _find_times(line, len(video_id))
    if times is None:
        return None
    url, title, thumbnail = _read_description(line[times.end("close") :])
    return Row(
        number,
        {
            "video_id": video_id.removeprefix("| "),
            "text": line[len(video_id) + len(pipe) : times.start()],
            "start_second": times["start"],
            "end_second": times["end"],
            "url": url,
            "title": title,
            "thumbnail": thumbnail,
        },
    )


def _find_times(line: str, after: int) -> re.Match[str] | None:
    """Return the pair of times: the first that an address follows, otherwise the last pair after the row's text."""
    best = None
    for pair in _TIMES.finditer(line, after + 1):
        if _URL_AHEAD.match(line, pair.end("close")):
            return pair
        best = pair
    return best


def _read_description(rest: str) -> tuple[str, str, str]:
    """Split what follows the times into url, title and thumbnail; the last row may lack some of them."""
    rest = rest.strip()
    first = _PIPE.search(rest)
    if first is None:
        return "", "", ""  # an address without a pipe after it may be cut off
    url, rest = rest[: first.start()], rest[first.end() :]
    if rest.endswith("|"):
        rest = rest[:-1].rstrip(" ")
    title, pipe, thumbnail = rest.rpartition("|")
    if pipe and (not thumbnail.strip() or _URL.fullmatch(thumbnail.strip())):
        return url, title.strip(), thumbnail.strip()
    return (url, "", rest) if _URL.fullmatch(rest) else (url, rest.strip(), "")
