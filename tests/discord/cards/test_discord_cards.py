"""Cards and the text in them: what is untrusted stays harmless, what is quoted stays verbatim, and everything fits."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import verdicts
from bot.answering.timeline import MAX_STRIPS
from bot.answering.values import (
    Answer,
    AnsweredTimeline,
    AnswerLevel,
    Excerpt,
    OpenedPassage,
    OtherPlace,
    Paragraph,
    PassageRange,
    split_by_speaker,
)
from bot.discord_app.cards import about as about_cards
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards import passages as passage_cards
from bot.discord_app.cards import timeline as timeline_cards
from bot.discord_app.cards import transcript as transcript_cards
from bot.discord_app.cards.answer import Page
from bot.discord_app.cards.help import help_card
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import CardTooLarge, check_limits, find_problems
from bot.discord_app.cards.parts.quotes import MAX_SPEAKER_PARTS, block_quote, quote_segment, write_quote
from bot.discord_app.cards.parts.video_controls import offered_pages
from bot.discord_app.cards.video import video_card
from bot.discord_app.cards.videos import videos_card
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.questions.catalogue import best_videos, choice_names, find_named, make_choices
from bot.discord_app.services.questions.sharing import say_sharer
from bot.errors import CooldownActive
from bot.settings import Settings
from storage.models import (
    Chapter,
    Column,
    KeyTerm,
    LeftOut,
    Segment,
    SpeakerTurn,
    Statistics,
    Strip,
    Video,
    VideoPart,
    VideoSummary,
    join_turns,
)
from tests.support.inputs.hostile_text import HOSTILE, anything
from tests.support.local_discord.api import limits

OWNER = Owner(2**63, "k" * 16)


@given(anything)
def test_escaping_takes_nothing_away(text: str) -> None:
    assert markdown.unescape(markdown.escape(text)) == markdown.clean_line(text)


@given(anything)
def test_cleaning_once_is_enough(text: str) -> None:
    clean = markdown.clean_line(text)
    assert markdown.clean_line(clean) == clean


# What Discord's own parser looks for, each only where no backslash stands before it.
LIVE = [
    r"(?<!\\)(?:\\\\)*<(?:@|#|:|a:|t:|/)", r"(?<!\\)(?:\\\\)*\[", r"(?<!\\)(?:\\\\)*(?:\|\||`|\*|_|~)", r"https?://",
    r"\w+://", r"^(?:[#>+-]|\d+[.)])", r"discord\.gg/", "[\u200b-\u200f\u202a-\u202e\u2066-\u2069\n\r]",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_comes_alive(text: str) -> None:
    shown = markdown.escape(text)
    for pattern in LIVE:
        assert not re.search(pattern, shown), (pattern, shown)


@given(anything, st.integers(-20, 200))
def test_fitting_and_shortening_keep_their_length(text: str, length: int) -> None:
    assert len(markdown.escape_to_fit(text, length)) <= max(length, 0)
    assert len(markdown.shorten(text, length)) <= max(length, 1)
    shown = markdown.unescape(markdown.escape_to_fit(text, length)).removesuffix("…")
    assert markdown.clean_line(text).startswith(shown)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://www.youtube.com/watch?v=a_b-c&t=5s", "https://www.youtube.com/watch?v=a_b-c&t=5s"),
        ("https://vimeo.com/1#t=5s", "https://vimeo.com/1#t=5s"),
        ("https://x.example/a(b)c", "https://x.example/a%28b%29c"),
        ("https://x.example/%28", "https://x.example/%28"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://[broken", ""),
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("https://x.example/\u202e", ""),
        ("", ""),
    ],
)
def test_addresses(url: str, safe: str) -> None:
    assert markdown.safe_url(url, 300) == safe


def excerpt(
    quote: str = "the words", title: str = "A talk", *, url: str = "https://x.example/v", thumbnail: str = "",
    highlights: tuple[tuple[int, int], ...] = (), creator: str = "", video_id: str = "id",
) -> Excerpt:  # fmt: skip
    video = Video(video_id, title, creator, url, thumbnail)
    return Excerpt(video, quote, highlights, 754.5, 800, f"{url}#t=754" if url else "", (750.0,), 1, False, False)


@st.composite
def excerpts(draw: st.DrawFn) -> Excerpt:
    quote = draw(anything.filter(bool))
    marks = sorted(draw(st.lists(st.integers(0, len(quote)), max_size=8)))
    highlights = tuple(zip(marks[::2], marks[1::2], strict=False))
    lengths = st.sampled_from([1, 270, 480, 3000])
    address = st.one_of(st.just(""), anything, lengths.map(lambda length: "https://x.example/" + "a" * length))
    shown = excerpt(
        quote, draw(anything), url=draw(address), thumbnail=draw(address), highlights=highlights,
        creator=draw(anything), video_id=draw(anything.filter(bool)),
    )  # fmt: skip
    places = st.builds(OtherPlace, st.builds(Video, anything.filter(bool), anything), st.just(754.5), address)
    chapters = st.lists(st.builds(Chapter, st.just(0.0), anything), max_size=1)
    video = replace(shown.video, chapters=tuple(draw(chapters)), published=draw(st.sampled_from(["", "2025-06-03"])))
    turns = draw(st.lists(st.builds(SpeakerTurn, st.integers(1, len(quote)), anything), max_size=30))
    turns = sorted({turn.offset: turn for turn in (*turns, SpeakerTurn(0, draw(anything)))}.values(), key=by_offset)
    return replace(shown, video=video, turns=join_turns(turns), other_places=tuple(draw(st.lists(places, max_size=4))))


def by_offset(turn: SpeakerTurn) -> int:
    return turn.offset


def test_answers_found_in_many_other_places_fit() -> None:
    address = "https://x.example/" + "a" * 270
    places = tuple(OtherPlace(Video(str(n), "_" * 200), 754.5, address) for n in range(3))
    long = replace(excerpt("_ " * 300, "_" * 200, url=address, creator="_" * 200), other_places=places)
    asked = Answer("_" * 400, AnswerLevel.CLOSEST, (long,) * 5, "_" * 400, ("_" * 400,), unmatched=("_" * 400,))
    check(answer_cards.answer_card(asked, OWNER, Page(3, 16, 10, True), remarks=["a remark of ours " * 5]))


@pytest.mark.parametrize("length", [-5, 0, 1])
def test_where_there_is_no_room_nothing_is_shown(length: int) -> None:
    assert markdown.bold_highlights("words", ((0, 5),), length) == ("", False)
    assert markdown.escape_to_fit("__", length) == "…"[: max(length, 0)]


def check(card: base.Card) -> list[dict[str, Any]]:
    components = card.components()
    assert find_problems(components) == []
    files = {file.filename for file in card.files()}
    assert limits.component_problems(components, True, files) == [], "as the local Discord sees it"
    return components


pages = st.builds(Page, st.integers(0, 9), st.integers(1, 50), st.one_of(st.none(), st.integers(1, 10)), st.booleans())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(excerpts(), max_size=10), anything, st.sampled_from(AnswerLevel), st.one_of(st.none(), anything),
    st.lists(anything, max_size=9), pages, st.booleans(), st.booleans(),
)  # fmt: skip
def test_every_answer_fits(
    shown: list[Excerpt],
    question: str,
    found: AnswerLevel,
    searched: str | None,
    unknown: list[str],
    page: Page,
    is_quoted: bool,
    is_stored: bool,
) -> None:
    nothing = found is AnswerLevel.NOTHING
    answer = Answer(
        question, found, () if nothing else tuple(shown), searched, tuple(unknown), tuple(shown) if nothing else ()
    )
    owner = replace(OWNER, is_stored=is_stored)
    card = answer_cards.answer_card(answer, owner, page, remarks=["a remark of ours " * 5], is_quoted=is_quoted)
    numbers = str(check(card))
    for number in range(page.first_number, page.first_number + len(shown)) if len(shown) > 1 and not nothing else ():
        assert f"{number} · " in numbers, "none is left out, however little room there is"


@settings(max_examples=80, deadline=None)
@given(excerpts(), st.integers(1, 14), anything, st.booleans(), st.booleans(), st.booleans())
def test_every_passage_fits(
    shown: Excerpt, count: int, question: str, private: bool, more: bool, is_away: bool
) -> None:
    owner = Owner(1, "key", private, True)
    words = shown.quote[: 1500 // count]
    highlights = tuple((left, min(right, len(words))) for left, right in shown.highlights if left < len(words))
    turns = tuple(turn for turn in shown.turns if turn.offset < len(words))
    paragraph = Paragraph(754.5, shown.link, words, highlights, turns)
    place = PassageRange("id", 0.0, 0.0)
    opened = OpenedPassage(shown, (paragraph,) * count, place, more, more, shows_hit=not is_away, is_moved=is_away)
    components = check(passage_cards.passage_card(question, opened, owner))
    for text in (part["content"] for part in components[0]["components"] if part["type"] == 10):
        for line in text.splitlines():
            assert not re.match(r"(?:#|-|\+|\d+[.)]|>)\s", line.removeprefix("### ").removeprefix("-# ")), line


@settings(max_examples=80, deadline=None)
@given(excerpts(), anything, anything)
def test_every_shared_quote_fits(shown: Excerpt, question: str, name: str) -> None:
    check(passage_cards.shared_quote_card(question, shown, Owner(1, "key"), say_sharer(name)))


@settings(max_examples=50, deadline=None)
@given(st.lists(anything.filter(bool), min_size=1, max_size=4), anything)
def test_every_transcript_and_list_fits(texts: list[str], title: str) -> None:
    segments = [Segment(30.0 * n, 30.0 * n + 30, text) for n, text in enumerate(texts)]
    video = Video("id", title, title, "https://x.example/" + "a" * 270)
    for asked in (None, 45.0, 9e6):
        check(transcript_cards.transcript_card(video, segments, OWNER, earlier=True, later=False, asked=asked))
    listed = [VideoSummary(replace(video, video_id=str(n)), "shared", 1, 1, 90.0) for n in range(25)]
    check(
        videos_card(listed, OWNER, 1, search=title, found=title, remark="<#12345678901234567890>, " * 4 + "words " * 20)
    )
    check(base.notice_card(title))


@settings(max_examples=80, deadline=None)
@given(st.lists(excerpts(), min_size=1, max_size=8), anything, st.one_of(st.none(), anything), st.lists(anything))
def test_every_timeline_fits(shown: list[Excerpt], question: str, searched: str | None, unknown: list[str]) -> None:
    answer = Answer(question, AnswerLevel.CLOSEST, tuple(shown), searched, tuple(unknown))
    strips = [Strip(Video("x"), 0, ()), *(Strip(each.video, 900.0, (Column(0.0, 30.0, 0.5),)) for each in shown)]
    card = timeline_cards.timeline_card(AnsweredTimeline(answer, tuple(strips)), b"png", OWNER)
    check(card)
    assert [file.fp.read() for _ in range(2) for file in card.files()] == [b"png"] * 2, "sent again, it is all there"


@settings(max_examples=80, deadline=None)
@given(excerpts(), st.lists(anything, max_size=12), st.booleans())
def test_every_video_fits(shown: Excerpt, words: list[str], private: bool) -> None:
    terms = [KeyTerm(word, 1.0, 2, 30.0) for word in words]
    summary = VideoSummary(shown.video, "shared", 1, 1, 90.0)
    parts = [VideoPart(61.0 * n, (word, word)) for n, word in enumerate(words)]
    check(video_card(summary, parts, terms, Owner(1, private=private)))
    check(videos_card([summary], Owner(1), 1))


def test_a_timeline_is_told_in_words_to_those_who_cannot_see_it() -> None:
    strip = Strip(Video("id", "A @talk"), 900.0, (Column(0.0, 30.0, 0.5), Column(30.0, 60.0, 1.0)))
    silent = Strip(Video("other"), 900.0, (Column(0.0, 30.0, 0.0),))
    words = timeline_cards.describe_timeline(AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT), (strip, silent)))
    assert words == (
        "Where 2 videos speak of “why?”, the most first. A @talk: most at 0:30 of 15:00. other: only its title."
    )
    late = replace(strip, columns=(Column(600.0, 630.0, 0.5), Column(700.0, 900.0, 0.1)))
    words = timeline_cards.describe_timeline(AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT), (late,)))
    assert words == "Where one video speaks of “why?”. A @talk: most at 10:00 of 15:00. No transcript of 11:10."


def test_a_timeline_of_as_many_videos_as_are_drawn_says_that_there_may_be_more() -> None:
    strips = tuple(Strip(Video(f"v{n}"), 900.0, (Column(0.0, 30.0, 1.0),)) for n in range(MAX_STRIPS))
    for count, said in ((MAX_STRIPS - 1, False), (MAX_STRIPS, True)):
        timeline = AnsweredTimeline(Answer("why?", AnswerLevel.CONFIDENT), strips[:count])
        card = str(timeline_cards.timeline_card(timeline, b"png", OWNER).components())
        assert (f"Only the {MAX_STRIPS} videos that speak of it most." in card) is said
        assert (f"Where the {MAX_STRIPS} videos that speak of “why?” most do so." in card) is said


def test_videos_of_one_title_are_told_apart_when_they_are_suggested() -> None:
    twins = [summary("Intro " * 40, name * 11) for name in "ab"]
    offered = make_choices([*twins, summary("Other", "c")])
    assert [each.name.endswith(f"… ({each.value})") for each in offered[:2]] == [True, True]
    assert max(len(each.name) for each in offered) <= 100
    assert offered[2].name == "Other"


def test_a_title_written_out_is_that_video_also_where_another_holds_it() -> None:
    videos = [summary("An Intro", "a"), summary("Intro", "b"), summary("Intro to BERT", "c")]
    assert [find_named(name, videos).video.video_id for name in ("intro ", "a", "BERT", "an")] == ["b", "a", "c", "a"]


def test_the_house_cards_fit() -> None:
    check(help_card(OWNER))
    check(help_card(OWNER, "*what* is `this`? " * 50, manages=True))
    about = about_cards.about_card(Statistics(1, 2, 3, 4, 5.0), OWNER, samples=True, index_read_at=7_300.5)
    check(about)
    assert "read from the videos <t:7301:R>." in str(about.components())
    assert "Meaning" not in str(about.components())
    reading = about_cards.about_card(
        Statistics(1, 2, 3, 4, 5.0), OWNER, samples=True, index_read_at=7_300.5, reads_meaning=True
    )
    check(reading)
    assert "**Meaning:** a small language model" in str(reading.components())
    check(videos_card([], OWNER, 0))
    check(videos_card([], OWNER, 0, search="x"))
    check(base.notice_card("Counted.", *controls.withdraw_row(OWNER)))


@given(excerpts())
def test_the_card_unescaped_is_the_quote(shown: Excerpt) -> None:
    line = block_quote(replace(shown, turns=()), 10**6)
    assert "\n" not in line
    inner = line.removeprefix("> ").removeprefix("…“").removesuffix("…").removesuffix("”")
    plain = markdown.unescape(re.sub(r"((?<!\\)(?:\\\\)*)\*\*", r"\1", inner))
    assert plain.split() == markdown.clean_line(shown.quote).split()


def test_matches_are_bold_and_ellipses_stand_outside() -> None:
    assert block_quote(excerpt("we mask *words* here", highlights=((3, 7), (8, 15))), 600) == (
        "> …“we **mask** **\\*words\\*** here”…"
    )


@given(excerpts(), st.booleans(), st.booleans(), st.integers(0, 700))
def test_no_line_of_a_quote_can_have_an_ellipsis_alone(shown: Excerpt, starts: bool, ends: bool, length: int) -> None:
    shown = replace(shown, starts_sentence=starts, ends_sentence=ends)
    quote = block_quote(shown, length)
    written = write_quote(shown, length)
    if not written.lines:
        assert quote == "> …"
        return
    before = re.match(r"> (?:\*\*.*?:\*\* )?(…?)“", quote)
    assert before
    assert (before[1] == "") is starts
    assert quote.endswith("”" if ends and written.is_complete else "”…")


def test_a_quote_has_no_ellipsis_where_it_begins_or_ends_with_a_sentence() -> None:
    shown = replace(excerpt("We mask words. So there."), starts_sentence=True, ends_sentence=True)
    assert block_quote(shown, 600) == "> “We mask words. So there.”"
    assert block_quote(replace(shown, ends_sentence=False), 600) == "> “We mask words. So there.”…"
    assert block_quote(shown, 12) == "> “We mask”…", "what was cut off goes on"


TALK = "so what is it it is a lantern of copper and it hangs here"
TURNS = (SpeakerTurn(0, "Ana_Kim"), SpeakerTurn(14, "Ben"), SpeakerTurn(40, ""))


def test_each_speaker_has_a_line_with_their_name_before_the_quotation_marks() -> None:
    shown = replace(excerpt(TALK, highlights=((8, 16), (22, 29))), turns=TURNS)
    assert block_quote(shown, 600) == (
        "> **Ana\\_Kim:** …“so what **is it**”\n> **Ben:** “**it** is a **lantern** of copper”\n> “and it hangs here”…"
    )
    assert block_quote(replace(shown, turns=(SpeakerTurn(0, "Ben"),)), 600).startswith("> **Ben:** …“so what")


def test_names_count_towards_the_length_of_a_quote() -> None:
    shown = replace(excerpt(TALK), turns=TURNS)
    for length in range(30, 120):
        quote = block_quote(shown, length)
        assert len(quote) <= length + len("> …“”…")
        assert quote.startswith("> **Ana\\_Kim:** …“so")
    cut = block_quote(
        replace(excerpt("a b " * 40), turns=tuple(SpeakerTurn(4 * n, f"S{n % 2}") for n in range(40))), 9999
    )
    assert cut.count("\n") == MAX_SPEAKER_PARTS - 1
    assert cut.endswith("”…")


@given(excerpts())
def test_who_speaks_is_told_of_every_word(shown: Excerpt) -> None:
    parts = split_by_speaker(shown)
    assert "".join("".join(part.words.split()) for part in parts) == "".join(shown.quote.split())
    assert {part.speaker for part in parts} <= ({turn.speaker for turn in shown.turns} or {""})
    lines = block_quote(shown, 10**6).split("\n")
    assert len(lines) == max(
        1, min(len([part for part in parts if markdown.clean_line(part.words)]), MAX_SPEAKER_PARTS)
    )


def test_a_segment_is_shown_with_its_speakers() -> None:
    segment = Segment(0.0, 9.0, TALK, turns=TURNS)
    assert quote_segment(segment, 600) == (
        "> **Ana\\_Kim:** so what is it\n> **Ben:** it is a lantern of copper\n> and it hangs here"
    )
    assert quote_segment(replace(segment, turns=()), 600) == f"> {TALK}"
    assert len(quote_segment(segment, 60)) <= 64


def test_a_videos_chapters_have_links_and_as_many_stand_there_as_fit() -> None:
    chapters = tuple(Chapter(60.0 * n, f"Part {n} " + "_" * 50) for n in range(200))
    video = Video("id", "A talk", url="https://x.example/v", chapters=chapters, published="2025-06-03")
    terms = [KeyTerm("word" * 20, 1.0, 1, 1.0)] * 60
    card = str(check(video_card(VideoSummary(video, "shared", 1, 1, 60.0), (), terms, OWNER)))
    assert "[1:00](https://x.example/v#t=60) Part 1" in card
    assert re.search(r"-# and 1\d\d more", card)
    few = replace(video, chapters=chapters[:2])
    assert "more" not in str(video_card(VideoSummary(few, "shared", 1, 1, 60.0), (), (), OWNER).components())


def test_a_long_quote_is_cut_between_words() -> None:
    line = block_quote(excerpt("word " * 500), 100)
    assert line.endswith("word”…")
    assert len(line) < 120


PLAIN = "https://podcasts.apple.com/us/podcast/a/id1"


def test_where_a_link_cannot_say_the_second_the_card_does() -> None:
    timed, plain = excerpt(creator="Ada"), replace(excerpt(url=PLAIN, creator="Ada"), link=PLAIN)
    late = replace(timed, link="https://x.example/v#t=790", opens_at_second=790.0)
    for shown, label, url in (
        (timed, "▶ 12:34", "https://x.example/v#t=754"),
        (late, "▶ 13:10", "https://x.example/v#t=790"),
        (plain, "Open, then go to 12:34", PLAIN),
    ):
        opened = OpenedPassage(shown, (), PassageRange("id", 0.0, 0.0), earlier=False, later=False)
        for card in (
            passage_cards.passage_card("why?", opened, OWNER),
            passage_cards.shared_quote_card("why?", shown, OWNER, "x"),
        ):
            components = str(check(card))
            assert f"'label': '{label}'" in components
            assert f"**[A talk]({url})**" in components
    assert "at 12:34" in str(passage_cards.shared_quote_card("why?", excerpt(url=""), OWNER, "x").components())
    elsewhere = replace(plain, other_places=(OtherPlace(replace(plain.video, title="Other"), 61.0, PLAIN),))
    (container,) = check(answer_cards.answer_card(Answer("why?", AnswerLevel.CONFIDENT, (elsewhere,)), OWNER))[:1]
    assert f"Also said: Other at 1:01 · [open it]({PLAIN})" in str(container)


def test_a_transcript_and_key_terms_link_seconds_only_where_links_open_there() -> None:
    segments, terms = [Segment(75.0, 90.0, "words")], [KeyTerm("cue", 3, 1.0, 75.0)]
    parts = [VideoPart(40.0, ("hold cue", "screen"))]
    for url, linked in (("https://x.example/v", True), (PLAIN, False), ("", False)):
        video = Video("v", "A talk", url=url)
        transcript = str(check(transcript_cards.transcript_card(video, segments, OWNER, earlier=False, later=False)))
        shown = str(check(video_card(VideoSummary(video, "shared", 1, 1, 90.0), parts, terms, OWNER)))
        for card in (transcript, shown):
            assert ("[1:15](" in card) is linked
            assert "1:15" in card
            assert (f"]({PLAIN})" in card) is (url == PLAIN), "the video can be opened all the same"
        assert ("[0:40](" in shown) is linked, "what comes when"
        assert ("▶ 1:15" in transcript) is linked, "a button opens it there"


def test_a_host_of_ones_own_is_linked_in_its_way_on_cards() -> None:
    video, hosts = (
        Video("v", "A talk", url="https://videos.example.edu/a"),
        Settings.from_mapping({"CUEPOINT_LINK_FORMATS": "videos.example.edu=?at={seconds}"}).hosts,
    )
    segments, terms = [Segment(75.0, 90.0, "words")], [KeyTerm("cue", 3, 1.0, 75.0)]
    card = transcript_cards.transcript_card(video, segments, OWNER, earlier=False, later=False, hosts=hosts)
    assert "[1:15](https://videos.example.edu/a?at=75)" in str(check(card))
    card = video_card(VideoSummary(video, "shared", 1, 1, 90.0), (), terms, OWNER, hosts)
    assert "[1:15](https://videos.example.edu/a?at=75)" in str(check(card))


def test_how_sure_is_said_in_words() -> None:
    def words(found: AnswerLevel, **more: Any) -> str:
        components = check(answer_cards.answer_card(Answer("why?", found, **more), OWNER))
        return str(components[0]["components"][0]["content"])

    assert words(AnswerLevel.CONFIDENT, excerpts=(excerpt(),)) == "### why?"
    closest = words(AnswerLevel.CLOSEST, excerpts=(excerpt(),), searched_for="because")
    assert closest == f"### why?\nSearched for: *because*\n**{verdicts.CLOSEST}**"
    closest = words(AnswerLevel.CLOSEST, excerpts=(excerpt(),), unknown_terms=("zebra",))
    assert closest == f"### why?\n**{verdicts.UNCLEAR}**\nNobody says: zebra\n**{verdicts.MOMENTS}**"
    nothing = words(AnswerLevel.NOTHING, unknown_terms=("zebra", "yak"), near_misses=(excerpt(),))
    assert nothing == f"### why?\n**{verdicts.NOTHING}**\nNobody says: zebra, yak"
    assert (
        words(AnswerLevel.NOTHING, unknown_terms=("zebra",)) == f"### why?\n**{verdicts.NOTHING}**\nNobody says: zebra"
    )
    bounded = words(AnswerLevel.CONFIDENT, excerpts=(excerpt(),), left_out=LeftOut(1, 24, 2), is_partial=True)
    assert bounded == (
        "### why?\n-# That is too much for one question: 1 word, 24 quoted phrases and 2 exclusions were left out of "
        "the search.\n-# This question is too long to search everything at once; these are the best I found so far. "
        "Fewer words or phrases help."
    )
    bounded = words(AnswerLevel.NOTHING, left_out=LeftOut(phrases=1), is_partial=True)
    assert bounded == (
        "### why?\n-# That is too much for one question: 1 quoted phrase was left out of the search.\n-# This question "
        f"is too long to search everything at once. Fewer words or phrases help.\n**{verdicts.NOTHING}**"
    )
    every_word_said = words(AnswerLevel.NOTHING, near_misses=(excerpt(),))
    assert every_word_said == f"### why?\n**{verdicts.UNCLEAR}**"


OPTION = {"label": "x", "value": "1"}
MENU = {"type": 3, "custom_id": "a", "placeholder": "x", "options": [OPTION]}


def test_a_menu_and_a_button_with_an_emoji_alone_are_allowed() -> None:
    bin_button = {"type": 2, "style": 2, "emoji": {"name": "x"}, "custom_id": "b"}
    check_limits([{"type": 1, "components": [MENU]}, {"type": 1, "components": [bin_button]}])


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{"type": 10, "content": " "}],
        [{"type": 10, "content": "x" * 2001}] * 2,
        [{"type": 10, "content": "x"}] * 41,
        [{"type": 1, "components": []}],
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}]}],
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a" * 101}]}],
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}] * 2}],
        [{"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": "https://x.example/" + "a" * 500}]}],
        [{"type": 9, "components": [{"type": 10, "content": "x"}]}],
        [{"type": 9, "components": [], "accessory": {"type": 11, "media": {"url": "https://x.example/"}}}],
        [{"type": 11, "media": {"url": "attachment"}, "description": ""}],
        [{"type": 12, "items": []}],
        [{"type": 12, "items": [{"media": {"url": "attachment://../x y"}}]}],
        [{"type": 12, "items": [{"media": {"url": "attachment://x.png"}, "description": "x" * 1025}]}],
        [{"type": 17, "components": []}],
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "", "custom_id": "a"}]}],
        [{"type": 1, "components": [MENU, {"type": 2, "style": 1, "label": "x", "custom_id": "b"}]}],
        [{"type": 1, "components": [MENU | {"options": []}]}],
        [{"type": 1, "components": [MENU | {"options": [OPTION | {"value": str(n)} for n in range(26)]}]}],
        [{"type": 1, "components": [MENU | {"options": [OPTION, OPTION]}]}],
        [{"type": 1, "components": [MENU | {"options": [OPTION | {"label": "x" * 101}]}]}],
        [{"type": 1, "components": [MENU | {"options": [OPTION | {"value": ""}]}]}],
        [{"type": 1, "components": [MENU | {"options": [OPTION | {"description": "x" * 101}]}]}],
        [{"type": 1, "components": [MENU | {"placeholder": "x" * 151}]}],
        [{"type": 1, "components": [MENU | {"custom_id": "x" * 101}]}],
    ],
)
def test_what_discord_would_refuse_is_refused_before(wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(CardTooLarge):
        check_limits(wrong)


def summary(title: str, video_id: str = "id", creator: str = "") -> VideoSummary:
    return VideoSummary(Video(video_id, title, creator), "shared", 1, 1, 60.0)


def test_suggestions_come_best_first_and_fit() -> None:
    videos = [summary(title, title) for title in ("All about BERT", "BERT explained", "XLNet", "Albert's talk")]
    assert [each.video.title for each in best_videos("bert", videos)] == [
        "BERT explained",
        "All about BERT",
        "Albert's talk",
    ]
    assert [each.video.title for each in best_videos("xlnt", videos)][:1] == ["XLNet"]
    assert len(best_videos("", [summary("x", str(n)) for n in range(60)])) == 25
    name, value = choice_names(summary("long " * 60, "v" * 150))
    assert len(name) <= 100
    assert 1 <= len(value) <= 100
    assert choice_names(summary("\u200b", "\u200b")) == ("untitled", "\u200b")


def test_the_cool_down() -> None:
    now = [100.0]
    cooldown = Cooldown(2.0, lambda: now[0])
    cooldown.check(1)
    cooldown.check(1)  # what is not counted costs nothing
    cooldown.count(1)
    cooldown.check(2)
    with pytest.raises(CooldownActive, match=r"^One moment, please: you can ask again <t:\d+:R>\.$") as early:
        cooldown.check(1)
    assert early.value.seconds_left == 2.0
    assert early.value.again_at == pytest.approx(time.time() + 2.0, abs=5)
    now[0] = 101.5
    with pytest.raises(CooldownActive) as late:
        cooldown.check(1)
    assert late.value.seconds_left == 0.5
    now[0] = 102.0
    cooldown.check(1)
    cooldown.count(1, 600.0)
    now[0] = 701.0
    with pytest.raises(CooldownActive):
        cooldown.check(1)
    never = Cooldown(0.0)
    never.count(1)
    never.check(1)


@given(st.integers(0, 3000), st.data())
def test_a_menu_of_pages_leads_to_any_of_them_in_a_few_choices(last: int, data: st.DataObject) -> None:
    page, wanted = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    steps = 0
    while page != wanted:
        offered = offered_pages(page, last)
        assert {0, page, last} <= set(offered) <= set(range(last + 1))
        assert len(offered) == len(set(offered)) <= 25
        page = min(offered, key=lambda offer: abs(offer - wanted))
        steps += 1
    assert steps <= (1 if last < 25 else 12)
