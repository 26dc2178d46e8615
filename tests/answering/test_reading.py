"""Reading on from a passage: no word is skipped, what is read fits a card, and the quote is found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import asking
from bot.answering.question import parse_question
from bot.answering.reading import MAX_READING_LENGTH, PARAGRAPH_LENGTH, split_pieces
from bot.answering.values import Excerpt, OpenedPassage, PassageRange
from bot.errors import PassageGone
from storage import access
from storage.library import Library
from storage.models import CueMark, Labels, Segment, Source
from tests.support import asking as asking_text
from tests.support.discord.discord_world import Rows
from tests.support.project import SUBRIP_SEED

SHARED = access.host_scope()
QUESTION = "copper lantern"


def numbered(first: int, count: int) -> str:
    """So many words, each of which stands once in a talk."""
    return " ".join(f"w{number}" for number in range(first, first + count))


def talk(lengths: Sequence[int], hit: int) -> list[str]:
    """Texts of so many words, of which one says what is asked for in its middle."""
    texts, first = [], 0
    for place, length in enumerate(lengths):
        words = numbered(first, length).split()
        texts.append(" ".join(words[: length // 2] + ["copper", "lantern"] * (place == hit) + words[length // 2 :]))
        first += length
    return texts


async def stored(library: Library, rows: Rows, texts: Sequence[str]) -> Excerpt:
    """Imports texts as the segments of a talk, and asks."""
    told = rows(*(("talk", 30 * place, text) for place, text in enumerate(texts)))
    await library.import_files(SHARED, [(told, Labels())])
    return (await asking_text.ask(library, SHARED, QUESTION)).excerpts[0]


def range_of(excerpt: Excerpt) -> PassageRange:
    return PassageRange(excerpt.video.video_id, excerpt.segments[0], excerpt.segments[-1])


async def opened(
    library: Library, excerpt: Excerpt, shown: PassageRange | None = None, step: int = 0, question: str = QUESTION
) -> OpenedPassage:
    asked = parse_question(question, video=excerpt.video.video_id)
    place = excerpt.place
    return await asking.open_passage(library, SHARED, asked, range_of(excerpt), quoted=place, shown=shown, step=step)


def words_in(reading: OpenedPassage) -> list[str]:
    return " ".join(paragraph.quote for paragraph in reading.paragraphs).split()


def bold_in(reading: OpenedPassage) -> list[str]:
    return [each.quote[start:end] for each in reading.paragraphs for start, end in each.highlights]


@pytest.mark.parametrize(("length", "segments"), [(3, 9), (12, 9), (70, 9), (90, 9), (400, 5), (1200, 3)])
async def test_one_reads_a_talk_from_end_to_end_and_no_word_is_skipped(
    library: Library, rows: Rows, length: int, segments: int
) -> None:
    texts = talk([length] * segments, segments // 2)
    excerpt = await stored(library, rows, texts)
    whole = " ".join(texts).split()
    reading = await opened(library, excerpt)
    assert bold_in(reading) == ["copper lantern"]
    assert (reading.shows_hit, reading.is_moved) == (True, False)
    read, presses = words_in(reading), 0
    for step in (1, -1):
        while reading.later if step > 0 else reading.earlier:
            before, presses = words_in(reading), presses + 1
            reading = await opened(library, excerpt, reading.range, step)
            shown = words_in(reading)
            assert sum(map(len, (each.quote for each in reading.paragraphs))) <= MAX_READING_LENGTH
            place = whole.index(shown[0])
            assert shown == whole[place : place + len(shown)], "nothing in between is left out"
            assert (before[-1] in shown or whole.index(before[-1]) == place - 1) if step > 0 else before[0] in shown
            read += shown
            assert reading.shows_hit == (bold_in(reading) == ["copper lantern"])
            assert (reading.hit.quote, reading.hit.link) == (excerpt.quote, excerpt.link)
    assert set(read) == set(whole)
    assert presses <= 3 * len(" ".join(whole)) // 400 + 2, "a press shows half a minute more at least"


@pytest.mark.parametrize("words_before", [0, 40, 900, 4000])
async def test_what_does_not_fit_is_cut_around_the_quote(library: Library, rows: Rows, words_before: int) -> None:
    said = f"{numbered(0, words_before)} copper lantern {numbered(words_before, 3000)}".strip()
    excerpt = await stored(library, rows, [said])
    reading = await opened(library, excerpt)
    assert bold_in(reading) == ["copper lantern"]
    assert sum(len(each.quote) for each in reading.paragraphs) <= MAX_READING_LENGTH
    place = words_in(reading).index("copper")
    assert place == words_before or 50 < place < len(words_in(reading)) - 50, "in the middle, where there is a before"
    back = await opened(library, excerpt, (await opened(library, excerpt, reading.range, 1)).range, 1)
    assert back.is_moved
    assert await opened(library, excerpt) == reading, "and there is a way back"


def stamp(second: int) -> str:
    return f"00:{second // 60:02}:{second % 60:02},000"


async def test_a_passage_is_read_in_paragraphs_that_begin_at_their_seconds(library: Library) -> None:
    said = [f"the copper lantern number {n} hangs above the gate and burns all night long." for n in range(40)]
    cues = "".join(f"{n + 1}\n{stamp(n * 5)} --> {stamp(n * 5 + 5)}\n{text}\n\n" for n, text in enumerate(said))
    labels = Labels(video_id="dQw4w9WgXcQ")
    await library.import_files(SHARED, [(Source("talk.srt", cues.encode()), labels)])
    answer = await asking_text.ask(library, SHARED, "lantern number 17")
    excerpt = next(each for each in answer.excerpts if "number 17 " in each.quote)
    reading = await opened(library, excerpt, question="lantern number 17")
    assert len(reading.paragraphs) > 2
    for paragraph in reading.paragraphs:
        first = int(paragraph.quote.split("number ")[1].split()[0])
        assert paragraph.quote.startswith(f"the copper lantern number {first} ")
        assert paragraph.start_second == first * 5
        assert paragraph.link == f"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t={first * 5}s"
        assert len(paragraph.quote) <= 2 * PARAGRAPH_LENGTH


async def test_the_quote_of_an_answer_is_quoted_again_with_its_second(library: Library, seeds: Path) -> None:
    """Over a real talk: every quote of many answers, at every length that cards have."""
    content = (seeds / SUBRIP_SEED).read_bytes()
    await library.import_files(SHARED, [(Source("talk.srt", content), Labels(video_id="talk"))])
    checked = 0
    for text in ("what is attention", "key ring and door analogy", "which drug cured the lab rat?", '"deep sets"'):
        question = parse_question(text)
        for lengths in (asking.FULL_QUOTES, asking.MOMENT_LENGTHS):
            answer = await asking.ask(library, SHARED, question, lengths=lengths)
            for excerpt in answer.excerpts:
                hit = (await opened(library, excerpt, question=text)).hit
                assert (hit.quote, hit.highlights, hit.link, hit.link_second) == (
                    excerpt.quote, excerpt.highlights, excerpt.link, excerpt.link_second,
                )  # fmt: skip
                checked += 1
    assert checked > 10


async def test_where_other_words_stand_there_by_now_these_are_quoted(library: Library, rows: Rows) -> None:
    excerpt = await stored(library, rows, talk([60] * 3, 1))
    changed = talk([61, 62, 63], 0)
    told = rows(*(("talk", 30 * place, text) for place, text in enumerate(changed)))
    await library.import_files(SHARED, [(told, Labels())], replace=True)
    hit = (await opened(library, excerpt)).hit
    assert hit.quote != excerpt.quote
    assert hit.quote in " ".join(changed)
    assert "copper lantern" in hit.quote


async def test_what_was_read_and_is_stored_no_more_is_said_to_be_gone(library: Library, rows: Rows) -> None:
    excerpt = await stored(library, rows, talk([60] * 3, 1))
    with pytest.raises(PassageGone, match="no longer here"):
        await opened(library, excerpt, PassageRange("talk", 900.0, 930.0), 1)


async def test_a_place_that_an_earlier_version_stored_is_opened_too(library: Library, rows: Rows) -> None:
    excerpt = await stored(library, rows, talk([60] * 9, 4))
    asked = parse_question(QUESTION, video="talk")
    reading = await asking.open_passage(library, SHARED, asked, PassageRange("talk", 30.0, 240.0))
    assert reading.shows_hit
    assert bold_in(reading) == ["copper lantern"]
    assert reading.hit.link_second == excerpt.link_second


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "some", "words.", "Yes!", "characters", "はい。", "x" * 95]), min_size=1, max_size=300
    ),
    st.booleans(),
)
def test_pieces_hold_every_word_of_a_segment_once(words: list[str], has_cues: bool) -> None:
    text = " ".join(words)
    starts = [place for place in range(len(text)) if place == 0 or text[place - 1] == " "]
    marks = tuple(CueMark(start, float(place)) for place, start in enumerate(starts[::5])) if has_cues else ()
    segment = replace(Segment(0.0, 60.0, text), marks=marks)
    pieces = split_pieces(segment)
    assert "".join(text[start:end] for start, end in pieces).replace(" ", "") == text.replace(" ", "")
    assert max(end - start for start, end in pieces) <= 2.5 * PARAGRAPH_LENGTH
