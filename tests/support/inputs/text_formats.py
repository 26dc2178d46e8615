"""Talks written in every text and subtitle format that is read, with what was said: one entry of `WRITERS` a format."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from hypothesis import strategies as st

NAMES = ("Jane Doe", "Bob", "Dr. Ada Lovelace", "Speaker 1", "José Núñez")
# Words that look like times, numbers, markup or labels to a careless reader; "3 seconds" is what people say too.
TRICKS = ("at 10:30 sharp", "3 seconds", "1 minute", "a < b & c", "so: yes", "naïve", "vector", "{not}", "5 o'clock")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says from a whole second on."""

    second: int
    speaker: str
    text: str


@st.composite
def talks(draw: st.DrawFn) -> list[Said]:
    """Three to twelve things said, no two within a second, each of other words than the others."""
    gaps = draw(st.lists(st.sampled_from((1, 2, 3, 7, 40, 60, 601, 3000)), min_size=3, max_size=12))
    second = draw(st.sampled_from((0, 0, 3, 62)))
    said: list[Said] = []
    for number, gap in enumerate(gaps):
        count = draw(st.integers(2, 9))
        words = [f"word{number}x{place}" for place in range(count)]
        trick = draw(st.sampled_from((*TRICKS, "", "", "", "")))
        text = " ".join([*words[:-1], *trick.split(), words[-1]])
        said.append(Said(second, NAMES[draw(st.integers(0, len(NAMES) - 1))], text))
        second += gap
    return said


def clock(second: int) -> str:
    hours, minutes, seconds = second // 3600, second // 60 % 60, second % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def full_clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def in_words(second: int, with_zeros: bool = False) -> str:
    """The time as English pages say it."""
    fields = (("hour", second // 3600), ("minute", second // 60 % 60), ("second", second % 60))
    told = [(unit, number) for unit, number in fields if number or (with_zeros and unit != "hour")] or [("second", 0)]
    joint = " " if with_zeros else ", "
    return joint.join(f"{number} {unit}{'' if number == 1 else 's'}" for unit, number in told)


def _ends(talk: Sequence[Said]) -> list[int]:
    return [*(said.second for said in talk[1:]), talk[-1].second + 2]


def _lines(talk: Sequence[Said], line: Callable[[Said], str]) -> bytes:
    return "".join(map(line, talk)).encode()


def _ranged(talk: Sequence[Said], line: Callable[[Said, int], str], head: str = "", foot: str = "") -> bytes:
    body = "".join(line(said, end) for said, end in zip(talk, _ends(talk), strict=True))
    return (head + body + foot).encode()


def _whisper(said: Said, end: int) -> str:
    return f"[{full_clock(said.second)}.000 --> {full_clock(end)}.000]   {said.text}\n"


def _whisper_speaker(said: Said, end: int) -> str:
    return f"[{full_clock(said.second)}.000 --> {full_clock(end)}.000]  [{said.speaker}]: {said.text}\n"


def _ass(said: Said, end: int) -> str:
    times = f"{clock_of_hours(said.second)}.00,{clock_of_hours(end)}.00"
    half = said.text.partition(" ")
    words = r"{\i1}" + half[0] + r"{\i0}\N" + half[2]
    return f"Dialogue: 0,{times},Default,{said.speaker},0,0,0,,{words}\n"


def clock_of_hours(second: int) -> str:
    return f"{second // 3600}:{second // 60 % 60:02}:{second % 60:02}"


_ASS_HEAD = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,a comment\n"
    r"Dialogue: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,{\p1}m 0 0 l 100 0{\p0}" + "\n"
)


def _ttml(talk: Sequence[Said]) -> bytes:
    agents = "".join(
        f'<ttm:agent xml:id="a{n}" type="person"><ttm:name type="full">{name}</ttm:name></ttm:agent>'
        for n, name in enumerate(NAMES)
    )
    return _ranged(
        talk,
        lambda said, end: (
            f'<p begin="{said.second}s" end="{clock_of_hours_long(end)}" ttm:agent="a{NAMES.index(said.speaker)}">'
            f"<span>{escape(said.text.partition(' ')[0])}</span><br/>{escape(said.text.partition(' ')[2])}</p>\n"
        ),
        '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" '
        f'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="en"><head><metadata>{agents}</metadata></head>'
        "<body><div>",
        "</div></body></tt>",
    )


def clock_of_hours_long(second: int) -> str:
    return full_clock(second) + ".000"


def _ticks(talk: Sequence[Said]) -> bytes:
    return _ranged(
        talk,
        lambda said, end: f'<p begin="{said.second * 10_000_000}t" dur="{end - said.second}s">{escape(said.text)}</p>',
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
        'ttp:tickRate="10000000"><body><div>',
        "</div></body></tt>",
    )


def _sami(talk: Sequence[Said]) -> bytes:
    return _ranged(
        talk,
        lambda said, end: (
            f"<SYNC Start={said.second * 1000}><P Class=ENCC>{escape(said.text)}\n"
            f"<SYNC Start={end * 1000}><P Class=ENCC>&nbsp;\n"
        ),
        '<SAMI>\n<HEAD><STYLE TYPE="text/css"><!--\n.ENCC {Name: English; lang: en-US;}\n--></STYLE></HEAD>\n<BODY>\n',
        "</BODY>\n</SAMI>\n",
    )


def word_document(paragraphs: Sequence[str]) -> bytes:
    """A Word document; a line break within a paragraph is one in Word too."""
    import docx

    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _panel(talk: Sequence[Said]) -> bytes:
    chapters = {talk[1].second: "Chapter 2: The middle\n"}
    text = "".join(f"{chapters.get(s.second, '')}{clock(s.second)}{in_words(s.second)}{s.text}\n" for s in talk)
    head = "Some title\n12K views\n00:00 Intro\n\nTranscript\nSearch in video\n"
    return f"{head}{text}\nSync to video time\n\nAll\n8:53:24\nAnother video\n".encode()


def _teams_page(said: Said) -> str:
    time = in_words(said.second, with_zeros=True)
    return f"\n{said.speaker}\n{time}{clock(said.second)}\n{said.speaker} {time}\n{said.text}\n"


WRITERS: dict[str, tuple[Callable[[Sequence[Said]], bytes], bool]] = {
    # Name of the format; how a talk is written in it; whether it says who speaks.
    "Whisper's screen": (lambda talk: _ranged(talk, _whisper), False),
    "WhisperX's screen": (lambda talk: _ranged(talk, _whisper_speaker), True),
    "seconds on the screen": (
        lambda talk: _ranged(talk, lambda s, end: f"[{s.second}.00s -> {end}.00s] {s.text}\n"),
        False,
    ),
    "older panel": (lambda talk: _lines(talk, lambda s: f"{clock(s.second)}\n{s.text}\n"), False),
    "panel, times in words": (
        lambda talk: _lines(talk, lambda s: f"{clock(s.second)}\n{in_words(s.second)}\n{s.text}\n"),
        False,
    ),
    "panel, run together": (_panel, False),
    "time and words": (lambda talk: _lines(talk, lambda s: f"{clock(s.second)} {s.text}\n"), False),
    "bracket and words": (lambda talk: _lines(talk, lambda s: f"[{full_clock(s.second)}] {s.text}\n"), False),
    "round bracket": (lambda talk: _lines(talk, lambda s: f"({clock(s.second)}) {s.text}\n\n"), False),
    "bracket alone": (lambda talk: _lines(talk, lambda s: f"[{full_clock(s.second)}]\n{s.text}\n\n"), False),
    "range": (
        lambda talk: _ranged(talk, lambda s, e: f"{full_clock(s.second)} - {full_clock(e)}\n{s.text}\n\n"),
        False,
    ),
    "Otter": (lambda talk: _lines(talk, lambda s: f"{s.speaker}  {clock(s.second)}  \n{s.text}\n\n"), True),
    "Teams' text": (
        lambda talk: (
            b"Sync\nJune 15, 2026, 3:35AM\n27m 42s\n"
            + _lines(talk, lambda s: f"{s.speaker}   {clock(s.second)}\n{s.text}\n")
        ),
        True,
    ),
    "Teams' page": (lambda talk: _lines(talk, _teams_page), True),
    "Rev": (lambda talk: _lines(talk, lambda s: f"{s.speaker} ({full_clock(s.second)}):\n{s.text}\n\n"), True),
    "Rev, one line": (lambda talk: _lines(talk, lambda s: f"{s.speaker} ({clock(s.second)}): {s.text}\n"), True),
    "Trint": (lambda talk: _lines(talk, lambda s: f"{s.speaker} [{full_clock(s.second)}] {s.text}\n"), True),
    "Descript": (lambda talk: _lines(talk, lambda s: f"[{full_clock(s.second)}] {s.speaker}: {s.text}\n\n"), True),
    "time, name and words": (
        lambda talk: _lines(talk, lambda s: f"{full_clock(s.second)} {s.speaker}: {s.text}\n"),
        True,
    ),
    "HappyScribe": (
        lambda talk: _lines(talk, lambda s: f"[{full_clock(s.second)}.00] - {s.speaker}\n{s.text}\n\n"),
        True,
    ),
    "Fathom": (lambda talk: _lines(talk, lambda s: f"{clock(s.second)} - {s.speaker}\n  {s.text}\n\n"), True),
    "bold names": (lambda talk: _lines(talk, lambda s: f"**{s.speaker} ({clock(s.second)})**\n\n{s.text}\n\n"), True),
    "LRC": (
        lambda talk: (
            b"[ti:A talk]\n[ar:Ana]\n"
            + _lines(talk, lambda s: f"[{s.second // 60:02}:{s.second % 60:02}.00]{s.text}\n")
        ),
        False,
    ),
    "SBV": (
        lambda talk: _ranged(
            talk, lambda s, e: f"{clock_of_hours(s.second)}.000,{clock_of_hours(e)}.000\n{s.text}\n\n"
        ),
        False,
    ),
    "ASS": (lambda talk: _ranged(talk, _ass, _ASS_HEAD), True),
    "TTML": (_ttml, True),
    "TTML in ticks": (_ticks, False),
    "srv1": (
        lambda talk: _ranged(
            talk,
            lambda s, e: f'<text start="{s.second}" dur="{e - s.second}.0">{escape(escape(s.text))}</text>',
            '<?xml version="1.0" encoding="utf-8" ?><transcript>',
            "</transcript>",
        ),
        False,
    ),
    "srv3": (
        lambda talk: _ranged(
            talk,
            lambda s, e: (
                f'<p t="{s.second * 1000}" d="{(e - s.second) * 1000}" w="1"><s>{escape(s.text.partition(" ")[0])}</s>'
                f'<s t="80"> {escape(s.text.partition(" ")[2])}</s></p>\n'
            ),
            '<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><head><ws id="0"/></head><body><w t="0"/>',
            "</body></timedtext>",
        ),
        False,
    ),
    "SAMI": (_sami, False),
    "MicroDVD": (
        lambda talk: _ranged(
            talk, lambda s, e: f"{{{s.second * 25}}}{{{e * 25}}}{{y:i}}{s.text.replace(' ', '|', 1)}\n", "{1}{1}25\n"
        ),
        False,
    ),
    "Teams' document": (
        lambda talk: word_document(
            ["Sync", "June 15, 2026, 3:35AM", *(f"{s.speaker}   {clock(s.second)}\n{s.text}" for s in talk)]
        ),
        True,
    ),
    "Teams' older document": (
        lambda talk: word_document(
            [
                f"{s.second // 3600}:{s.second // 60 % 60}:{s.second % 60}.0 --> {e // 3600}:{e // 60 % 60}:{e % 60}.0"
                f"\n{s.speaker}\n{s.text}"
                for s, e in zip(talk, _ends(talk), strict=True)
            ]
        ),
        True,
    ),
}
