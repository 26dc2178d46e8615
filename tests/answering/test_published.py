"""When videos were published: `after:` and `before:`, the newest first, and the chapter that a quote stands in."""

from __future__ import annotations

import pytest

from bot import asking
from bot.answering.question import parse_question
from bot.answering.values import AnswerLevel
from bot.errors import UnreadableDate
from storage import access
from storage.errors import UnknownFilter
from storage.library import Library
from storage.models import Chapter, Labels, Scope, Source
from tests.support import asking as asking_text

SCOPE = access.host_scope()
PUBLISHED = {"old": "2021-03-09", "month": "2024-06", "new": "2025-11-30", "undated": ""}


async def add_talk(library: Library, name: str, words: str, **labels: object) -> None:
    cues = f"1\n00:00:01,000 --> 00:00:05,000\n{words}\n\n2\n00:00:40,000 --> 00:00:45,000\nand then we went home\n"
    await library.import_files(SCOPE, [(Source(f"{name}.srt", cues.encode()), Labels(video_id=name, **labels))])  # type: ignore[arg-type]


@pytest.fixture
async def talks(library: Library) -> Library:
    for name, published in PUBLISHED.items():
        await add_talk(library, name, f"the copper lantern of the {name} harbour", published=published)
    return library


async def found(library: Library, question: str, scope: Scope = SCOPE) -> set[str]:
    answer = await asking_text.ask(library, scope, question)
    return {excerpt.video.video_id for excerpt in answer.excerpts}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", {"old", "month", "new", "undated"}),
        ("after:2024", {"month", "new"}),
        ("after:2024-06", {"month", "new"}),
        ("after:2024-06-30", {"month", "new"}),
        ("after:2024-07", {"new"}),
        ("after:2025-11-30", {"new"}),
        ("AFTER：2025-11", {"new"}),
        ("before:2024-06", {"old"}),
        ("before:2024-06-02", {"old", "month"}),
        ("before:2025-11-30", {"old", "month"}),
        ("after:2024 before:2025", {"month"}),
        ("after:2024, before:2025.", {"month"}),
    ],
)
async def test_a_question_is_narrowed_to_a_period(talks: Library, filters: str, expected: set[str]) -> None:
    assert await found(talks, f"copper lantern {filters}") == expected


async def test_dates_given_apart_win_over_those_in_the_text(talks: Library) -> None:
    question = parse_question("copper lantern after:2020", after="2025", before="")
    answer = await asking.ask(talks, SCOPE, question)
    assert [excerpt.video.video_id for excerpt in answer.excerpts] == ["new"]


async def test_a_period_without_a_video_is_told_with_the_dates_there_are(talks: Library) -> None:
    with pytest.raises(UnknownFilter, match="from 2026 on; those with a date are from 2021-03-09 to 2025-11-30"):
        await found(talks, "copper after:2026")
    with pytest.raises(UnknownFilter, match="is called “old” and was published from 2024 on"):
        await found(talks, "copper video:old after:2024")
    for name in ("old", "month", "new"):
        await talks.remove(SCOPE, name)
    with pytest.raises(UnknownFilter, match="I don’t know when any of these videos"):
        await found(talks, "copper before:2026")


@pytest.mark.parametrize("typed", ["after:2025-13", "before:2025-02-30", "after:20", "before:2025-06-03T10"])
def test_a_date_that_is_none_is_told_with_one_that_is(typed: str) -> None:
    with pytest.raises(UnreadableDate, match=r"as a date\. Write one such as (after|before):2025-06-03"):
        parse_question(f"copper {typed}")


@pytest.mark.parametrize("typed", ["the day after: tomorrow", "after:noon tea", "before :2025", "thereafter:2025"])
def test_a_colon_behind_a_word_is_no_filter(typed: str) -> None:
    question = parse_question(typed)
    assert (question.after, question.before) == ("", "")
    assert question.words == typed


async def test_the_newest_come_first_those_without_a_date_last(talks: Library) -> None:
    question = parse_question("copper lantern harbour", newest_first=True)
    answer = await asking.ask(talks, SCOPE, question)
    assert answer.level is not AnswerLevel.NOTHING
    assert [excerpt.video.video_id for excerpt in answer.excerpts] == ["new", "month", "old", "undated"]


async def test_pages_of_the_newest_continue_one_another(library: Library) -> None:
    for year in range(2005, 2025):
        # No two may be alike, or one is told as another place of the other.
        own = " ".join(f"{word}{year}" for word in ("gate", "keeper", "fog", "bell", "rope", "mast"))
        await add_talk(library, f"t{year}", f"the copper lantern of harbour {own}", published=str(year))
    question = parse_question("copper lantern harbour", newest_first=True)
    few = await asking.ask(library, SCOPE, question, limit=3)
    more = await asking.ask(library, SCOPE, question, limit=12)
    years = [excerpt.video.published for excerpt in more.excerpts]
    assert years == [str(year) for year in range(2024, 2012, -1)]
    assert few.excerpts == more.excerpts[:3]


async def test_what_hardly_answers_does_not_come_first_for_being_new(talks: Library) -> None:
    await add_talk(talks, "newest", "somebody mentions a lantern and talks of other things at length", published="2026")
    answer = await asking.ask(talks, SCOPE, parse_question("copper lantern harbour", newest_first=True))
    assert "newest" not in [excerpt.video.video_id for excerpt in answer.excerpts]


async def test_a_quote_knows_its_chapter(library: Library) -> None:
    chapters = (Chapter(0.0, "Opening"), Chapter(30.0, "The way home"))
    await add_talk(library, "walk", "the copper lantern", chapters=chapters)
    for question, title in (("copper lantern", "Opening"), ("went home", "The way home")):
        (excerpt, *_) = (await asking_text.ask(library, SCOPE, question)).excerpts
        chapter = excerpt.video.chapter_at(excerpt.start_second)
        assert chapter is not None
        assert chapter.title == title
    assert excerpt.video.chapter_at(-1) is None
