"""Names in front of the words of captions: which are speakers, and which were said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import access
from storage.formats.captions.rolling import RawCue, spoken_cues
from storage.formats.speaker_labels import MAX_SPEAKER_LENGTH, clean_speaker, read_label
from storage.formats.speaker_names import find_speakers
from storage.library import Library
from storage.models import Cue, Labels, Question, Source
from tests.support.project import SHARED_FOLDER, SUBRIP_SEED

ZOOM = SHARED_FOLDER / "field" / "zoom-names.vtt"
TALK = ["and so on we go"] * 30


def said(*texts: str) -> list[tuple[str, str]]:
    cues = find_speakers([Cue(float(n), n + 1.0, text) for n, text in enumerate(texts)])
    return [(cue.speaker, " ".join(cue.text.split())) for cue in cues]


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        # Zoom: before every cue.
        (
            ["Jane Doe: So the first thing", "Jane Doe: was to measure", "John Roe: of the system."],
            [("Jane Doe", "So the first thing"), ("Jane Doe", "was to measure"), ("John Roe", "of the system.")],
        ),
        # WhisperX, with and without a colon; the name holds until the next one.
        (
            ["[SPEAKER_00]: Hello there.", "How are you?", "[SPEAKER_01] Fine."],
            [("SPEAKER_00", "Hello there."), ("SPEAKER_00", "How are you?"), ("SPEAKER_01", "Fine.")],
        ),
        (["SPEAKER_00: one", "SPEAKER_01: two"], [("SPEAKER_00", "one"), ("SPEAKER_01", "two")]),
        # Otter and Descript: only where the speaker changes.
        (
            ["Jane: one", "two", "Bob: three", "four", "Jane: five", "Bob: six"],
            [("Jane", "one"), ("Jane", "two"), ("Bob", "three"), ("Bob", "four"), ("Jane", "five"), ("Bob", "six")],
        ),
        (
            ["Speaker 1: one", "two", "Speaker 2: three"],
            [("Speaker 1", "one"), ("Speaker 1", "two"), ("Speaker 2", "three")],
        ),
        (["Unknown Speaker: one"], [("Unknown Speaker", "one")]),
        # Rev.
        (
            ["- [Jane] Hello.", "- [Bob] Yes.", "- [Jane] Well."],
            [("Jane", "Hello."), ("Bob", "Yes."), ("Jane", "Well.")],
        ),
        # Teams, as text; names with a comma, an aside, and particles.
        (
            ["Doe, Jane: one", "Doe, Jane: two", "Ludwig van Beethoven: three"],
            [("Doe, Jane", "one"), ("Doe, Jane", "two"), ("Ludwig van Beethoven", "three")],
        ),
        (
            ["Jane Doe (she/her): one", "Jane Doe (she/her): two"],
            [("Jane Doe (she/her)", "one"), ("Jane Doe (she/her)", "two")],
        ),
        # Depositions.
        (
            [
                "Q.  Where were you?",
                "A.  At home.",
                "Q.  When?",
                "A.  At noon.",
                "MR. SMITH: Objection.",
                "THE WITNESS: Yes.",
            ],
            [
                ("Q", "Where were you?"),
                ("A", "At home."),
                ("Q", "When?"),
                ("A", "At noon."),
                ("MR. SMITH", "Objection."),
                ("THE WITNESS", "Yes."),
            ],
        ),
        (["BY MR. SMITH: Go on.", "THE COURT: Overruled."], [("MR. SMITH", "Go on."), ("THE COURT", "Overruled.")]),
        # Broadcasts: ">>" alone says that somebody else speaks, also between words.
        (
            [">> JOHN: hello", "and so >> well no", ">> JOHN: yes"],
            [("JOHN", "hello"), ("JOHN", "and so"), ("", ">> well no"), ("JOHN", "yes")],
        ),
        # Two speakers in one cue, unknown or named; a label on a line of its own.
        (["[SPEAKER_00]: yes", "- Hello\n- Hi"], [("SPEAKER_00", "yes"), ("", "- Hello"), ("", "- Hi")]),
        (["- Jane: a\n- Bob: b", "- Jane: c"], [("Jane", "a"), ("Bob", "b"), ("Jane", "c")]),
        (
            ["JANE:\nHello", "and on", "BOB: no", "JANE: yes"],
            [("JANE", "Hello"), ("JANE", "and on"), ("BOB", "no"), ("JANE", "yes")],
        ),
        # Scripts without capitals, the wide colon, and French spacing.
        (["张三：你好", "李四：再见", "张三：好"], [("张三", "你好"), ("李四", "再见"), ("张三", "好")]),
        (["Jean Dupont : oui", "Jean Dupont : non"], [("Jean Dupont", "oui"), ("Jean Dupont", "non")]),
        # The name is written in one way, that which is met most.
        (["Jane Doe: a", "JANE DOE: b", "Jane Doe: c"], [("Jane Doe", "a"), ("Jane Doe", "b"), ("Jane Doe", "c")]),
    ],
)
def test_names_before_the_words_are_speakers(shown: list[str], spoken: list[tuple[str, str]]) -> None:
    assert said(*shown) == spoken


@pytest.mark.parametrize(
    "shown",
    [
        ["Remember this: always measure.", "Remember this: never guess."],
        ["Note: one", "Note: two", "Example: three", "Example: four"],
        ["So the question is: why?", "So the question is: how?"],
        ["Step 1: mix", "Step 2: stir", "Step 2: again"],
        ["at 10:30 we met", "10:30: we met", "10:30: we left"],
        ["http://example.com", "https://example.com/a: b"],
        ["Q: what is it", *TALK], ["A. first of all", "B. then", *TALK],
        ["Jane Doe: hello", *TALK], ["Python: a language", "Python: again", *TALK],
        ["- Hello\n- Hi", ">> and now the news"],
        ["[MASK] token", "[MASK] again", "[text field] is", "(for example) this", "[Music] so", "[Music] and"],
        ["f(x): one", "x: two", "He said: no", "the thing is: yes"],
        ["A Very Long Name Indeed Here: one", "A Very Long Name Indeed Here: two"],
        ["Frage: warum", "Frage: wie", "Antwort: darum", "Antwort: so"],
        ["San Francisco: the city", "one", "two", "three"],
    ],
)  # fmt: skip
def test_what_may_have_been_said_stays(shown: list[str]) -> None:
    assert said(*shown) == [("", " ".join(text.split())) for text in shown]


def test_real_captions_without_names_are_left_as_they_are() -> None:
    path = SHARED_FOLDER / "seeds" / SUBRIP_SEED
    if not path.exists():
        pytest.skip(f"{path} is not here: it is an input beside the project")
    lines = [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    cues = [Cue(float(n), n + 1.0, line) for n, line in enumerate(lines)]
    assert any(":" in cue.text for cue in cues)
    assert find_speakers(cues) == cues


def test_names_go_after_what_scrolls_is_removed() -> None:
    raw = [
        RawCue(0, 2, ("", ">> JANE: hello there")),
        RawCue(2, 4, (">> JANE: hello there", "my friends")),
        RawCue(4, 6, ("my friends", ">> BOB: and now")),
        RawCue(6, 8, (">> BOB: and now", "the news")),
    ]
    assert [(cue.speaker, cue.text) for cue in spoken_cues(raw)] == [
        ("JANE", "hello there"), ("JANE", "my friends"), ("BOB", "and now"), ("BOB", "the news"),
    ]  # fmt: skip


def test_speakers_that_a_file_gives_itself_are_kept_and_bounded() -> None:
    hostile = "Ja\x00ne\u202e **Doe**\n" + "x" * 10_000
    cues = [Cue(0.0, 1.0, "Bob: hi", "Jane"), Cue(1.0, 2.0, "Bob: ho", hostile), Cue(2.0, 3.0, "Bob: he")]
    first, second, third = find_speakers(cues)
    assert (first.speaker, first.text, third.speaker, third.text) == ("Jane", "Bob: hi", "", "Bob: he")
    assert second.speaker.startswith("Jane **Doe** xxx")
    assert len(second.speaker) == MAX_SPEAKER_LENGTH
    assert clean_speaker("\u200b") == ""


@given(st.text(max_size=300))
def test_any_line_is_read_without_a_fault(line: str) -> None:
    label = read_label(line)
    if label is not None:
        assert line.endswith(label.words)
        assert 1 <= len(label.name) <= MAX_SPEAKER_LENGTH


LINES = st.tuples(
    st.sampled_from(["", ">> ", "- ", "Jane: ", "JOHN ROE: ", ">> BOB: ", "[SPEAKER_01]: ", "(Jane) ", "Q. ", "A. "]),
    st.integers(1, 3),
)


@given(st.lists(st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=12))
def test_every_spoken_word_is_kept_once_and_in_order(cues: list[list[tuple[str, int]]]) -> None:
    number, texts, words = 0, [], []
    for lines in cues:
        shown = []
        for label, count in lines:
            spoken = [f"word{number + place}" for place in range(count)]
            number += count
            words += spoken
            shown.append(label + " ".join(spoken))
        texts.append("\n".join(shown))
    kept = [word for _, text in said(*texts) for word in text.split() if word.startswith("word")]
    assert kept == words


async def test_the_names_of_a_zoom_recording_are_beside_its_words(library: Library) -> None:
    if not ZOOM.exists():
        pytest.skip(f"{ZOOM} is not here: it is an input beside the project")
    own = access.host_scope()
    await library.import_files(own, [(Source(ZOOM.name, ZOOM.read_bytes()), Labels(video_id="demo-video"))])
    [segment] = await library.segments_between(own, "demo-video", 0.0, 60.0)
    assert segment.text == "So the first thing we did was to measure the latency of the whole system."
    assert [(segment.text[turn.offset :].split()[0], turn.speaker) for turn in segment.turns] == [
        ("So", "Jane Doe"), ("of", "John Roe"),
    ]  # fmt: skip
    phrase = "the first thing we did was to measure"
    [result] = await library.search(own, Question(phrase, phrases=(phrase,)), 5)
    assert [hit.segment for hit in result.hits] == [segment]
