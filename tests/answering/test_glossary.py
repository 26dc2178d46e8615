"""A glossary: what captions mis-hear is found by asking for what is meant, and nothing else changes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.values import Answer, AnswerLevel
from storage import access
from storage.analysis import analyser_for
from storage.database.schema import MIGRATIONS, SCHEMA_VERSION
from storage.errors import RequestError
from storage.glossary_entries import MAX_ENTRIES, MAX_SIDE_LENGTH
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Question, QuestionTerm, Scope, Segment, Source, Video
from storage.ranking.index.build import IndexBuilder, build_index
from storage.ranking.query.glossary import GlossaryMatcher
from storage.ranking.search import Searcher
from tests.support import asking as asking_text
from tests.support.libraries import in_server

Rows = Callable[..., Source]
SHARED, ANA, BEN = access.host_scope(), access.host_scope("111"), access.host_scope("222")
GANZ = GlossaryEntry("ganz", "GANs")
TALK = (
    ("v", 0, "today ganz learn to draw faces from noise"),
    ("v", 60, "the excel net model permutes the words of a sentence"),
    ("v", 120, "a violin is made of maple and spruce"),
    ("w", 0, "the copper lantern hangs in the harbour"),
)


@pytest.fixture
async def talks(library: Library, rows: Rows) -> Library:
    """A library in which the captions say ganz and excel net."""
    await put(library, rows(*TALK))
    return library


@pytest.fixture
async def other(talks: Library, tmp_path: Path) -> AsyncIterator[Library]:
    """The same library as another process has it."""
    opened = await Library.open(tmp_path / "data" / "cuepoint.db")
    yield opened
    await opened.close()


async def put(library: Library, file: Source, scope: Scope = SHARED, language: str = "") -> None:
    await library.import_files(scope, [(file, Labels(language=language))])


async def hits(library: Library, words: str, scope: Scope = SHARED) -> list[tuple[str, float]]:
    findings = await asking_text.search_one_language(library, scope, Question(words, words), 10)
    return [(hit.video.video_id, hit.segment.start_second) for hit in findings.hits]


def marked(answer: Answer) -> list[str]:
    return [excerpt.quote[start:end] for excerpt in answer.excerpts for start, end in excerpt.highlights]


def terms_of(words: str, *texts: str, glossary: tuple[GlossaryEntry, ...] = (), title: str = "") -> list[QuestionTerm]:
    segments = [Segment(60.0 * n, 60.0 * n + 30, text) for n, text in enumerate(texts)]
    searcher = Searcher([build_index([(Video("v", title), segments)], "en")], "en", glossary)
    return list(searcher.search(Question(words, words), 10, [None]).terms)


# What it is for.


async def test_what_is_meant_finds_what_the_captions_say_and_marks_it(talks: Library) -> None:
    before = await asking_text.ask(talks, SHARED, "what are GANs?")
    assert (before.level, before.searched_for) == (AnswerLevel.NOTHING, None), "a name is not guessed at"
    assert await talks.glossary.add(SHARED, GANZ)
    answer = await asking_text.ask(talks, SHARED, "what are GANs?")
    assert (answer.level, answer.unknown_terms, answer.searched_for) == (AnswerLevel.CONFIDENT, (), None)
    assert answer.excerpts[0].quote == "today ganz learn to draw faces from noise", "the quote stays as it was said"
    assert marked(answer) == ["ganz"]


async def test_taking_an_entry_out_restores_the_old_answer(talks: Library) -> None:
    before = await asking_text.ask(talks, SHARED, "what are GANs?")
    await talks.glossary.add(SHARED, GANZ)
    assert await asking_text.ask(talks, SHARED, "what are GANs?") != before
    assert await talks.glossary.remove(SHARED, "GANZ") == [GANZ]
    assert await asking_text.ask(talks, SHARED, "what are GANs?") == before


@pytest.mark.parametrize("typed", ["GAN", "gans", "the GAN's loss", "“GANs”?", "GANs,"])
async def test_inflected_and_cased_forms_meet(talks: Library, typed: str) -> None:
    await talks.glossary.add(SHARED, GANZ)
    assert ("v", 0) in await hits(talks, typed)


async def test_either_side_may_be_several_words(talks: Library) -> None:
    await talks.glossary.add(SHARED, GlossaryEntry("excel net", "XLNet"))
    await talks.glossary.add(SHARED, GlossaryEntry("violin", "state of the art"))
    answer = await asking_text.ask(talks, SHARED, "what is XLNet")
    assert (answer.level, marked(answer)) == (AnswerLevel.CONFIDENT, ["excel net"])
    answer = await asking_text.ask(talks, SHARED, "the state of the art")
    assert (answer.level, answer.unknown_terms, marked(answer)) == (AnswerLevel.CONFIDENT, (), ["violin"])
    assert await hits(talks, "art of the state") == [], "other words than those of the entry"


async def test_several_entries_for_one_meaning_all_hold(talks: Library) -> None:
    await talks.glossary.add(SHARED, GANZ)
    await talks.glossary.add(SHARED, GlossaryEntry("copper lantern", "GANs"))
    assert set(await hits(talks, "GANs")) == {("v", 0), ("w", 0)}


async def test_phrases_and_exclusions_are_taken_as_they_are_typed(talks: Library) -> None:
    await talks.glossary.add(SHARED, GANZ)
    assert (await asking_text.ask(talks, SHARED, '"GANs"')).level is AnswerLevel.NOTHING
    kept = await asking_text.ask(talks, SHARED, "faces -GANs")
    assert [excerpt.segments for excerpt in kept.excerpts] == [(0.0,)]


# How it is read.


def test_the_longest_stretch_counts_and_none_is_read_twice() -> None:
    analyser = analyser_for("en")
    pairs = [("ganz", "GAN"), ("see gangs", "conditional GANs"), ("ganz", "GANs"), ("air", "conditional")]
    entries = [GlossaryEntry(said, meant) for said, meant in pairs]
    tokens = list(analyser.tokens("is a conditional GAN a GAN?"))
    found = [(each.first, each.last, each.said) for each in GlossaryMatcher(entries, analyser).find_matches(tokens)]
    assert found == [(2, 3, (("see", "gang"),)), (5, 5, (("ganz",),))]


def test_stop_words_are_looked_for_only_where_there_is_nothing_else() -> None:
    analyser = analyser_for("en")
    entries = [GlossaryEntry("the ganz", "GANs"), GlossaryEntry("our", "R")]
    tokens = list(analyser.tokens("GANs in R"))
    assert [each.said for each in GlossaryMatcher(entries, analyser).find_matches(tokens)] == [
        (("ganz",),),
        (("_our",),),
    ]


def test_a_word_keeps_its_own_term_and_weighs_as_its_commonest_way_of_being_said() -> None:
    texts = ("GANs learn", "GANs draw", "the ganz paint", "violin", "copper")
    (plain,) = terms_of("GANs", *texts)
    (term,) = terms_of("GANs", *texts, glossary=(GANZ,))
    assert term.alternatives == (("gan",), ("ganz",))
    assert term.weight == plain.weight


def test_an_entry_that_nobody_says_adds_nothing_but_its_words_are_known() -> None:
    texts = ("the violin is loud", "excel")
    assert [term.repaired_to for term in terms_of("violn", *texts)] == ["violin"]
    for entry in (GlossaryEntry("ganz", "violn"), GlossaryEntry("excel lantern", "violn"), GlossaryEntry("violn", "a")):
        (term,) = terms_of("violn", *texts, glossary=(entry,))
        assert (term.alternatives, term.repaired_to) == ((), "")


def test_no_spelling_is_guessed_where_the_glossary_knows_and_a_compound_stays() -> None:
    entry = GlossaryEntry("trance formers", "transformerz")
    (term,) = terms_of("transformerz", "the transformers", "trance formers", glossary=(entry,))
    assert (term.alternatives, term.repaired_to, term.credit) == ((("tranc", "former"),), "", 1.0)
    entry = GlossaryEntry("excel net", "XLNet")
    (term,) = terms_of("xlnet", "xl net permutes", "an excel net", glossary=(entry,), title="XLNet")
    assert term.alternatives == (("xlnet",), ("xl", "net"), ("excel", "net"))
    assert term.repaired_to == "", "the name is right"


# Where it holds.


async def test_a_glossary_holds_in_its_own_library_only(library: Library, rows: Rows) -> None:
    for scope in (SHARED, ANA, BEN):
        await put(library, rows(*TALK), scope)
    await library.glossary.add(ANA, GANZ)
    for scope in (SHARED, BEN, in_server(222), SHARED):
        assert await library.glossary.entries(scope) == []
        assert (await asking_text.ask(library, scope, "GANs")).level is AnswerLevel.NOTHING
    assert (await asking_text.ask(library, in_server(111), "GANs")).level is AnswerLevel.CONFIDENT


async def test_every_glossary_of_a_scope_is_read_and_listed_once(talks: Library) -> None:
    await talks.glossary.add(SHARED, GANZ)
    await talks.glossary.add(SHARED, GlossaryEntry("excel net", "XLNet"))
    await talks.glossary.add(ANA, GlossaryEntry("Ganz", "GANS"))
    await talks.glossary.add(ANA, GlossaryEntry("gangs", "GANs"))
    both = [("excel net", "XLNet"), ("gangs", "GANs"), ("Ganz", "GANS")]
    assert [(entry.said, entry.meant) for entry in await talks.glossary.entries(in_server(111))] == both
    assert ("v", 0) in await hits(talks, "GANs", in_server(111))


async def test_one_library_is_changed_at_a_time(library: Library) -> None:
    for change in (
        library.glossary.add(in_server(1), GANZ),
        library.glossary.remove(in_server(1), "ganz"),
    ):
        with pytest.raises(RequestError, match="Name one library"):
            await change


async def test_an_empty_library_with_a_glossary_is_still_empty(library: Library, rows: Rows) -> None:
    await library.glossary.add(SHARED, GANZ)
    assert await library.or_samples(SHARED) == access.sample_scope()
    assert (await asking_text.ask(library, SHARED, "what is a hold cue?")).level is AnswerLevel.CONFIDENT
    await put(library, rows(("v", 0, "die Häuser am Meer und ganz viele mehr")), language="de")
    assert await hits(library, "Haus") == [("v", 0)], "its first import still settles its language"
    await library.glossary.add(ANA, GlossaryEntry("gangs", "GANs"))
    assert await hits(library, "Häuser", in_server(111)) == [("v", 0)], "nor does it settle another's"
    assert await hits(library, "GANs", in_server(111)) == [("v", 0)]


# How it is kept.


async def test_entries_are_kept_as_typed_and_compared_without_capitals_and_spaces(talks: Library) -> None:
    assert await talks.glossary.add(SHARED, GlossaryEntry("  excel\t net", "XLNet "))
    assert not await talks.glossary.add(SHARED, GlossaryEntry("Excel Net", "xlnet"))
    assert await talks.glossary.add(SHARED, GlossaryEntry("Excel Net", "XLNet Large"))
    small, large = GlossaryEntry("excel net", "XLNet"), GlossaryEntry("Excel Net", "XLNet Large")
    assert await talks.glossary.entries(SHARED) == [small, large]
    assert await talks.glossary.remove(SHARED, "EXCEL NET", "xlnet  large") == [large]
    assert await talks.glossary.entries(SHARED) == [small]


async def test_what_is_said_leaves_with_all_it_is_meant_for(talks: Library) -> None:
    entries = [GANZ, GlossaryEntry("Ganz", "gains"), GlossaryEntry("gangs", "GANs")]
    for entry in entries:
        await talks.glossary.add(SHARED, entry)
    assert len(await talks.glossary.remove(SHARED, "ganz")) == 2
    assert await talks.glossary.entries(SHARED) == entries[2:]
    with pytest.raises(RequestError, match=r"^“ganz” is not in the glossary\.$"):
        await talks.glossary.remove(SHARED, "ganz")
    with pytest.raises(RequestError, match=r"^“gangs” for “gongs” is not in the glossary\.$"):
        await talks.glossary.remove(SHARED, "gangs", "gongs")
    with pytest.raises(RequestError, match="is not in the glossary"):
        await talks.glossary.remove(BEN, "gangs")


@pytest.mark.parametrize(
    ("said", "meant", "sentence"),
    [
        ("", "GANs", "“” holds no word"),
        ("ganz", " ?! ", "“?!” holds no word"),
        ("[Music]", "GANs", "holds no word"),
        ("\u0301", "GANs", "holds no word"),
        ("x" * 101, "GANs", "at most 100 characters, not 101"),
        ("gan", "GANs", "“gan” and “GANs” are already the same word"),
        ("the GAN", "GANs", "already the same word"),
        ("The", "GANs", "“The” is said all the time"),
        ("ga\x00nz", "GANs", r"“ga\\x00nz” holds a character that cannot be seen"),
        ("ganz", "GA\u202eNs", r"“GA\\u202eNs” holds a character that cannot be seen"),
        ("ga\udcffnz", "GANs", r"“ga\\udcffnz” holds a character that cannot be seen"),
    ],
)
async def test_an_entry_that_cannot_serve_is_refused(library: Library, said: str, meant: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence.replace("?", r"\?")):
        await library.glossary.add(SHARED, GlossaryEntry(said, meant))
    assert await library.glossary.entries(SHARED) == []


async def test_letters_of_every_script_and_the_longest_sides_are_welcome(library: Library) -> None:
    sides = ("می\u200cخواهم", "日本", "नेटवर्क", "x" * MAX_SIDE_LENGTH, "-9")
    for side in sides:
        assert await library.glossary.add(SHARED, GlossaryEntry(side, "GANs"))
    assert {entry.said for entry in await library.glossary.entries(SHARED)} == set(sides)


async def test_a_full_glossary_says_so(library: Library, tmp_path: Path) -> None:
    await library.glossary.add(SHARED, GANZ)
    with sqlite3.connect(tmp_path / "data" / "cuepoint.db") as connection:
        (number,) = connection.execute("SELECT id FROM library WHERE key = 'shared'").fetchone()
        more = [(number, f"w{n}", "GANs") for n in range(MAX_ENTRIES - 1)]
        connection.executemany("INSERT INTO glossary VALUES (?, ?, ?)", more)
    connection.close()
    assert not await library.glossary.add(SHARED, GANZ), "one that is there already needs no room"
    with pytest.raises(RequestError, match="it holds 1,000 entries"):
        await library.glossary.add(SHARED, GlossaryEntry("excel net", "XLNet"))
    assert await library.glossary.add(ANA, GANZ), "each library has room of its own"


async def test_a_glossary_outlives_imports_their_undoing_and_the_last_video(talks: Library, rows: Rows) -> None:
    await talks.glossary.add(SHARED, GANZ)
    await put(talks, rows(("x", 0, "more ganz")))
    await talks.undo(SHARED)
    for video in ("v", "w"):
        await talks.remove(SHARED, video)
    assert await talks.glossary.entries(SHARED) == [GANZ]


async def test_a_glossary_is_in_the_backup(talks: Library, tmp_path: Path) -> None:
    await talks.glossary.add(SHARED, GANZ)
    await talks.maintenance.backup(tmp_path / "copy.db")
    copy = await Library.open(tmp_path / "copy.db")
    held, found = await copy.glossary.entries(SHARED), await hits(copy, "GANs")
    await copy.close()
    assert (held, found) == ([GANZ], [("v", 0)])


# How it is noticed.


async def test_a_change_by_another_process_holds_at_the_next_question_and_rebuilds_no_index(
    talks: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await hits(talks, "XLNet") == []
    built: list[str] = []
    monkeypatch.setattr(IndexBuilder, "add", lambda *_given: built.append("index"))
    await other.glossary.add(SHARED, GlossaryEntry("excel net", "XLNet"))
    assert await hits(talks, "XLNet") == [("v", 60)]
    await other.glossary.remove(SHARED, "excel net")
    assert await hits(talks, "XLNet") == []
    assert built == []
    assert len(talks._indexes._searchers) == 1, "what ranked with an earlier glossary is not kept"


async def test_two_who_add_the_same_entry_at_once_add_it_once(talks: Library, other: Library) -> None:
    added = await asyncio.gather(*(each.glossary.add(SHARED, GANZ) for each in (talks, other) * 5))
    assert sum(added) == 1
    assert await talks.glossary.entries(SHARED) == [GANZ]


async def test_whether_anybody_says_it(talks: Library) -> None:
    assert await talks.are_spoken(SHARED, "Ganz")
    assert await talks.are_spoken(SHARED, "the excel nets")
    assert not await talks.are_spoken(SHARED, "excel gangs")
    assert not await talks.are_spoken(BEN, "ganz")


async def test_a_database_of_version_2_keeps_its_data_and_gets_a_glossary(tmp_path: Path) -> None:
    path = tmp_path / "cuepoint.db"
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in [statement for migration in MIGRATIONS[:2] for statement in migration]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 2")
    connection.execute("INSERT INTO library VALUES (1, 'shared', 'en', 7)")
    connection.execute("INSERT INTO video VALUES (1, 1, 'v', 'Faces', 'Ana', '', '', 'en')")
    connection.execute("INSERT INTO segment VALUES (1, 1.5, 9.0, 'the ganz draw faces', '[[0, 1.5]]')")
    connection.execute("INSERT INTO vote VALUES ('voter', 'shared', 'gans', 'v', 1.5, 'helpful')")
    connection.close()
    library = await Library.open(path)
    title = (await library.videos(SHARED))[0].video.title
    added, found = await library.glossary.add(SHARED, GANZ), await hits(library, "GANs")
    await library.close()
    assert (title, added, found) == ("Faces", True, [("v", 1.5)])
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    kept = "SELECT key, language, revision, glossary_revision FROM library WHERE key = 'shared'"
    assert connection.execute(kept).fetchall() == [("shared", "en", 7, 1)]
    assert connection.execute("SELECT voter, video_id FROM vote").fetchall() == [("voter", "v")]
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("DELETE FROM library")
    assert connection.execute("SELECT count(*) FROM glossary").fetchone() == (0,), "a glossary goes with its library"
    connection.close()


# Whatever is added.

known = st.sampled_from(["ganz", "excel", "net", "violin", "faces", "the", "of", "copper", "GANs", "XLNet", "violni"])
phrases = st.lists(known, min_size=1, max_size=3).map(" ".join)
sides = phrases | st.text(max_size=20)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sides, sides, phrases)
async def test_adding_and_removing_an_entry_leaves_every_answer_as_it_was(
    talks: Library, said: str, meant: str, asked: str
) -> None:
    before = await asking_text.ask(talks, SHARED, asked)
    try:
        assert await talks.glossary.add(SHARED, GlossaryEntry(said, meant))
    except RequestError:
        return
    answer = await asking_text.ask(talks, SHARED, asked)
    spoken = {text for _, _, text in TALK}
    assert all(any(excerpt.quote in text for text in spoken) for excerpt in answer.excerpts), "a quote is verbatim"
    assert set(answer.unknown_terms) <= {*before.unknown_terms, *asked.lower().split()}
    assert len(await talks.glossary.remove(SHARED, said)) == 1
    assert await asking_text.ask(talks, SHARED, asked) == before
