"""The weekly digest: once a week, in the channel that was chosen, with what all there may see and nobody's name."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import discord as discord_py
import pytest

from bot.discord_app.services.admin.digest import DigestService
from bot.discord_app.services.admin.digest_sender import DigestSender
from storage import access
from storage.errors import DatabaseError
from storage.ledger import Ledger
from storage.library import Library
from storage.models import DAY_SECONDS, WEEK_SECONDS, Labels, MissOutcome, PublicPlace, Source, Verdict, Vote
from tests.support.discord.discord_world import BELL, LANTERN, Clock, Rows, World, world_of
from tests.support.discord.harness import ChannelHandle, Env, MemberActor, answers, mention, pressable, restart, seen
from tests.support.pseudo_locale import accent, pseudo_locale
from tests.support.sqlite_files import query

MISSED = "Who painted the ceiling of the chapel?"


@pytest.fixture
async def ledger(library: Library, path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(path, now=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def world(library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows) as made:
        query(library.path, "UPDATE video SET added_at = 1")
        await made.env.settle()
        yield made


async def want(world: World, channel: ChannelHandle | None = None, **limits: Any) -> None:
    """Alpha wants a digest from now on."""
    await world.limit(world.alpha, digest_channel=(channel or world.general).id, **limits)


async def after_a_week(world: World, clock: Clock, seconds: float = WEEK_SECONDS) -> None:
    clock.second += seconds
    await world.bot.app.writes.finish()
    await world.bot.send_digests()
    await world.env.settle()


def digests(world: World, channel: ChannelHandle | None = None) -> list[str]:
    """The texts of the digests in a channel, without the marks of what is bold."""
    sent = [seen(each) for each in answers(channel or world.general, world.env)]
    return [text.replace("**", "") for text in sent if "Weekly summary" in text]


async def digest_of(world: World, clock: Clock) -> str:
    await after_a_week(world, clock)
    [text] = digests(world)
    return text


async def miss(world: World, question: str, *people: Any) -> None:
    for person in people:
        await world.ledger.record_miss(access.library_key(world.alpha.id), question, person.id)


async def like(
    world: World, *people: Any, library: str = "", video: str = "alpha-talk", question: str = "which lantern?"
) -> None:
    """People find a moment helpful that answered a question in public in Alpha."""
    place = PublicPlace(world.alpha.id, world.general.id)
    key = library or access.library_key(world.alpha.id)
    for person in people:
        await world.ledger.save_vote(person.id, Vote(key, question, video, 0.0, Verdict.HELPFUL, place))


async def add(world: World, clock: Clock, *titles: str) -> None:
    own = access.own_scope(world.alpha.id)
    for title in titles:
        source = Source(f"{title}.srt", b"1\n00:00:01,000 --> 00:00:09,000\nsome words about nothing much\n")
        await world.library.import_files(own, [(source, Labels())])
    query(world.library.path, f"UPDATE video SET added_at = {clock.second} WHERE added_at > 1")


# What is in it


async def test_a_digest_of_a_full_week(world: World, clock: Clock) -> None:
    await want(world)
    for _ in range(2):
        await world.one.slash(world.general, "ask", question="copper lantern")
    for person in (world.one, world.both):
        await person.slash(world.general, "ask", question=MISSED)
    await world.one.slash(world.general, "ask", question="zebra pizza")
    await add(world, clock, "first", "second")
    await like(world, world.one, world.both)
    text = await digest_of(world, clock)
    assert "5 questions were asked, 2 answered clearly." in text
    assert "2 questions without a clear answer" in text
    assert f"- “{MISSED}” · 2 times\n- and 1 more" in text
    assert "zebra" not in text, "one person alone asked it"
    assert "2 new videos\n- " in text
    assert re.search(
        r"Most helpful moments\n0:\d\d · alpha-talk\n-# 2 people found this helpful\n> “copper lantern above the gate”",
        text,
    )
    assert re.search("import what is missing. </library misses:\\d+> lists the questions.", text)
    for name in ("owner", "both", "one", "stranger", "Alpha"):
        assert not re.search(rf"\b{name}\b", text.replace("one person", "")), name


async def test_all_roads_of_a_question_count_and_nothing_else_does(world: World, clock: Clock) -> None:
    await world.one.slash(world.general, "ask", question="copper lantern")
    await world.one.slash(world.general, "timeline", question="copper lantern")
    await world.one.slash(world.general, "ask", question="copper lantern", private=True)
    await world.one.send(world.general, f"{mention(world.env)} copper lantern")
    said = await world.both.send(world.general, "copper lantern")
    await world.one.context_menu(world.general, "Find in videos", said)
    for said in ("hi", "thanks!", "lol", "what videos do you have?", "help"):
        await world.one.slash(world.general, "ask", question=said)
    await world.one.slash(world.general, "videos")
    await world.alone(world.one).slash("ask", question="copper lantern")
    await world.alone(world.one).send_dm("copper lantern")
    await world.abroad_as(world.one).slash(world.abroad, "ask", question="copper lantern")
    await world.bot.app.writes.finish()
    assert query(world.library.path, "SELECT server, asked, answered FROM question_tally") == [
        (str(world.alpha.id), 5, 5)
    ]


async def test_the_sample_talks_answer_no_question(discord: Env, general: ChannelHandle, alice: MemberActor) -> None:
    await alice.slash(general, "ask", question="what is a hold cue?")
    app = discord.bot.app
    await app.writes.finish()
    assert query(app.library.path, "SELECT asked, answered FROM question_tally") == [(1, 0)]


async def test_trying_an_example_is_no_question_of_anybody_s(world: World) -> None:
    card = await world.welcome()
    await world.one.click(card, label="Try an example")
    await world.bot.app.writes.finish()
    assert query(world.library.path, "SELECT asked FROM question_tally") == []
    assert query(world.library.path, "SELECT question FROM miss") == []


async def test_pages_and_passages_count_as_no_question(world: World) -> None:
    await world.use(world.alpha, "copper lantern", "gate")
    card = await world.one.slash(world.general, "ask", question="copper lantern")
    await world.one.click(card.response, label="Next")
    await world.one.click(card.response, label="Read on")
    await world.bot.app.writes.finish()
    assert query(world.library.path, "SELECT asked FROM question_tally") == [(1,)]


async def test_where_nothing_can_be_written_questions_are_answered(world: World) -> None:
    async def fail(*_arguments: Any, **_named: Any) -> None:
        raise DatabaseError("the disk is full")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.ledger, "count_question", fail)
        card = await world.one.slash(world.general, "ask", question="copper lantern")
    assert LANTERN in seen(card).replace("**", "")


async def test_nothing_of_another_server_is_in_it(world: World, clock: Clock) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    beta = access.library_key(world.beta.id)
    for person in (world.both, world.one):
        await world.ledger.record_miss(beta, "the secret of beta", person.id)
        vote = Vote(beta, "which bell?", "beta-talk", 0.0, Verdict.HELPFUL, PublicPlace(world.beta.id, 1))
        await world.ledger.save_vote(person.id, vote)
    # As if somebody had picked Beta in Alpha, in public.
    await like(world, world.both, library=beta, video="beta-talk", question="which bell?")
    query(world.library.path, f"UPDATE video SET added_at = {clock.second} WHERE video_id = 'beta-talk'")
    text = await digest_of(world, clock)
    assert "1 question was asked" in text
    for words in ("beta", "bell", BELL, "new video", "helpful", "without a clear answer"):
        assert words not in text, words


async def test_shared_videos_are_news_unless_the_server_leaves_them_out(world: World, clock: Clock) -> None:
    await want(world)
    query(world.library.path, f"UPDATE video SET added_at = {clock.second} WHERE video_id = 'shared-talk'")
    await like(world, world.one, library=access.SHARED, video="shared-talk", question="which ferry?")
    text = await digest_of(world, clock)
    assert "1 new video\n- [shared-talk](https://" in text
    assert "ferry across the harbour" in text
    await want(world, shared_too=False)
    query(world.library.path, f"UPDATE video SET added_at = {clock.second} WHERE video_id = 'shared-talk'")
    await after_a_week(world, clock)
    assert len(digests(world)) == 1, "the second week had nothing to tell"


@pytest.mark.parametrize("limit", ["channels", "roles"])
async def test_where_not_everybody_may_see_the_videos_there_are_only_numbers(
    world: World, clock: Clock, limit: str
) -> None:
    role = world.alpha.create_role("vip")
    elsewhere = world.alpha.create_text_channel("vip")
    await want(world, **{limit: frozenset([role.id if limit == "roles" else elsewhere.id])})
    await miss(world, MISSED, world.one, world.both)
    await add(world, clock, "the secret title")
    await like(world, world.one, world.both)
    text = await digest_of(world, clock)
    assert "1 question without a clear answer" in text
    assert "1 new video" in text
    assert "Only numbers are shown: not everybody in this channel may see this server’s videos." in text
    for words in ("ceiling", "secret", "lantern", "alpha-talk", "helpful", "“"):
        assert words not in text, words


async def test_in_the_channel_that_the_videos_are_limited_to_their_words_are_shown(world: World, clock: Clock) -> None:
    await want(world, channels=frozenset([world.general.id]))
    await miss(world, MISSED, world.one, world.both)
    text = await digest_of(world, clock)
    assert "ceiling" in text
    assert "Only numbers" not in text


async def test_managers_are_sent_to_open_questions_only_where_there_are_any(world: World, clock: Clock) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question=MISSED)
    source = Source("chapel.srt", b"1\n00:00:01,000 --> 00:00:09,000\nMasaccio painted the ceiling of the chapel\n")
    await world.library.import_files(access.own_scope(world.alpha.id), [(source, Labels())])
    await world.bot.app.checker.check_changed()
    text = await digest_of(world, clock)
    assert "1 question was asked, 0 answered clearly." in text
    assert "what is missing" not in text, "an import has answered it"
    assert "Import transcripts" not in text


async def test_where_misses_are_not_noted_nothing_is_said_of_them(world: World, clock: Clock) -> None:
    await miss(world, MISSED, world.one, world.both)
    await want(world, record_misses=False)
    await world.one.slash(world.general, "ask", question="copper lantern")
    text = await digest_of(world, clock)
    assert "without a clear answer" not in text
    assert "misses" not in text


@pytest.mark.parametrize("question", ["where does @ana live", "call 0151 234567", "see https://example.org/ana"])
async def test_a_question_that_may_name_somebody_is_only_counted(world: World, clock: Clock, question: str) -> None:
    await want(world)
    await miss(world, question, world.one, world.both)
    text = await digest_of(world, clock)
    assert "1 question without a clear answer" in text
    assert question not in text


async def test_what_was_asked_before_the_week_or_is_open_no_more_is_left_out(world: World, clock: Clock) -> None:
    await miss(world, "an old question", world.one, world.both)
    clock.second += 8 * DAY_SECONDS
    await want(world)
    await miss(world, MISSED, world.one, world.both)
    await miss(world, "a dismissed question", world.one, world.both)
    key = access.library_key(world.alpha.id)
    await world.ledger.review_miss(key, "a dismissed question", MissOutcome.DISMISSED)
    text = await digest_of(world, clock)
    assert "1 question without a clear answer" in text
    assert "old question" not in text


async def test_a_moment_that_is_stored_no_more_is_not_quoted(world: World, clock: Clock) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    await like(world, world.one, video="gone")
    await world.library.remove(access.own_scope(world.alpha.id), "alpha-talk")
    await like(world, world.both)
    assert "helpful" not in await digest_of(world, clock)


async def test_a_moment_is_quoted_where_it_answers_though_its_quote_began_earlier(
    world: World, clock: Clock, rows: Rows
) -> None:
    """A vote says in which segment the quote began that people had read."""
    talk = rows(
        ("gate", 0, "good evening everyone, tonight is about the town"),
        ("gate", 30, "the ferry has been described before"),
        ("gate", 60, "the portcullis was raised with a windlass"),
        ("gate", 90, "thank you and good night"),
    )
    await world.library.import_files(access.own_scope(world.alpha.id), [(talk, Labels())])
    await want(world)
    await like(world, world.one, video="gate", question="how was the portcullis raised?")
    text = await digest_of(world, clock)
    assert "1:00 · gate" in text
    assert "portcullis was raised" in text


async def test_titles_and_questions_cannot_ping_or_link(world: World, clock: Clock) -> None:
    await want(world)
    await miss(world, "**bold** [press](evil) ||boo||", world.one, world.both)
    await add(world, clock, "talk")
    query(world.library.path, "UPDATE video SET title = '@everyone <@1> [free](evil)' WHERE title = 'talk'")
    await after_a_week(world, clock)
    [sent] = answers(world.general, world.env)
    text = seen(sent)
    assert r"\*\*bold\*\*" in text
    assert r"\@everyone" in text
    assert not re.search(r"(?<!\\)[\[<](free|press|@)", text)
    kept = world.env.backend.get_message(world.general.id, sent.id)
    assert (list(kept.ping_user_ids), list(kept.ping_role_ids), kept.mention_everyone) == ([], [], False)


# When, where, and how often


async def test_the_first_digest_comes_a_week_after_it_was_switched_on_and_then_one_a_week(
    world: World, clock: Clock
) -> None:
    await want(world)
    for week in range(3):
        for _ in range(3):
            await world.one.slash(world.general, "ask", question="copper lantern")
            await after_a_week(world, clock, 2 * DAY_SECONDS)
            assert len(digests(world)) == week
        await after_a_week(world, clock, DAY_SECONDS)
        await after_a_week(world, clock, 0.0)
        assert len(digests(world)) == week + 1


async def test_a_week_in_which_nothing_happened_is_not_told_of(world: World, clock: Clock) -> None:
    await want(world)
    await after_a_week(world, clock)
    assert digests(world) == []
    await world.one.slash(world.general, "ask", question="copper lantern")
    await after_a_week(world, clock, DAY_SECONDS)
    assert digests(world) == [], "its week has gone by all the same"
    await after_a_week(world, clock, 6 * DAY_SECONDS)
    assert len(digests(world)) == 1


async def test_after_a_long_outage_there_is_one_digest_and_a_restart_adds_none(world: World, clock: Clock) -> None:
    await want(world)
    clock.second += 30 * DAY_SECONDS
    await world.one.slash(world.general, "ask", question="copper lantern")
    await after_a_week(world, clock, DAY_SECONDS)
    assert len(digests(world)) == 1
    await restart(world.env, world.library, world.ledger)
    await world.env.settle()
    await world.bot.send_digests()
    assert len(digests(world)) == 1


async def test_two_processes_send_one_digest(world: World, clock: Clock, path: Path) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    await world.bot.app.writes.finish()
    clock.second += WEEK_SECONDS
    app, other = world.bot.app, await Ledger.open(path, now=clock)
    try:
        second = DigestSender(
            DigestService(world.library, other, app.answers), other, app.is_served, world.bot.get_guild,
            app.in_flight, app.command_ids,
        )  # fmt: skip
        await asyncio.gather(*(sender.send_due() for sender in (app.digests, second) * 3))
    finally:
        await other.close()
    await world.env.settle()
    assert len(digests(world)) == 1


async def test_a_process_that_is_killed_while_it_sends_does_not_send_again_when_it_is_back(
    world: World, clock: Clock
) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    await world.bot.app.writes.finish()
    clock.second += WEEK_SECONDS
    [due] = await world.ledger.due_digests()
    assert await world.ledger.claim_digest(due)
    await restart(world.env, world.library, world.ledger)
    await after_a_week(world, clock, 60.0)
    assert digests(world) == []


@pytest.mark.parametrize("way", ["gone", "forum", "silent", "hidden", "refused", "of another server"])
async def test_a_channel_that_cannot_be_written_in_is_logged_and_tried_again_the_next_week(
    world: World, clock: Clock, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cuepoint.discord")
    rights = {"silent": {"send_messages": False}, "hidden": {"view_channel": False}}.get(way, {})
    channel = world.alpha.create_text_channel(
        "news", overwrites={world.alpha.default_role: discord_py.PermissionOverwrite(**rights)}
    )
    if way == "forum":
        channel = world.alpha.create_forum_channel("forum")
    if way == "of another server":
        channel = world.beta_hall
    await want(world, channel)
    await world.one.slash(world.general, "ask", question="copper lantern")
    if way == "gone":
        world.env.backend.delete_channel(channel.id)
    if way == "refused":
        world.env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013)
    await world.env.settle()
    await after_a_week(world, clock)
    sent = [] if way == "gone" else digests(world, channel)
    assert sent == []
    assert f"the weekly digest of server {world.alpha.id}" in caplog.text
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert await world.ledger.due_digests() == [], "not in five minutes again"
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    await after_a_week(world, clock)
    assert len(digests(world)) == 1


async def test_a_thread_has_the_rules_of_its_channel(world: World, clock: Clock) -> None:
    await want(world, channels=frozenset([world.general.id]))
    await miss(world, MISSED, world.one, world.both)
    await world.env.settle()
    server = world.bot.get_guild(world.alpha.id)
    assert server is not None
    channel = server.get_channel(world.general.id)
    assert isinstance(channel, discord_py.TextChannel)
    thread = await channel.create_thread(name="news", type=discord_py.ChannelType.public_thread)
    await world.env.settle()
    await world.limit(world.alpha, digest_channel=thread.id)
    await after_a_week(world, clock)
    [handle] = [each for each in world.general.threads if each.id == thread.id]
    [text] = digests(world, handle)
    assert "ceiling" in text


async def test_a_server_in_an_outage_or_not_served_keeps_its_turn(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    sender = world.bot.app.digests
    with monkeypatch.context() as patched:
        patched.setattr(sender, "_get_guild", lambda _id: None)
        await after_a_week(world, clock)
    with monkeypatch.context() as patched:
        patched.setattr(sender, "_is_served", lambda _id: False)
        await world.bot.send_digests()
    assert len(await world.ledger.due_digests()) == 1
    assert len(digests(world)) == 0
    await world.bot.send_digests()
    assert len(digests(world)) == 1


async def test_a_purge_while_it_is_gathered_leaves_nothing_to_send(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await want(world)
    await add(world, clock, "the secret title")
    gather = world.bot.app.digests._digests.gather

    async def gather_and_purge(*arguments: Any) -> Any:
        gathered = await gather(*arguments)
        await world.bot.app.library_admin.delete_server(world.alpha.id)
        return gathered

    monkeypatch.setattr(world.bot.app.digests._digests, "gather", gather_and_purge)
    await after_a_week(world, clock)
    assert digests(world) == []


@pytest.mark.parametrize("error", [DatabaseError("the disk is full"), sqlite3.OperationalError("no such table")])
@pytest.mark.parametrize("failing", ["due_digests", "settings"])
async def test_an_error_is_logged_and_ends_no_loop(
    world: World,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    failing: str,
) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")

    async def fail(*_arguments: Any) -> Any:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(world.ledger, failing, fail)
        await after_a_week(world, clock)
    assert "weekly digest" in caplog.text
    assert ("Traceback" in caplog.text) == isinstance(error, sqlite3.Error)
    assert world.bot.send_digests.is_running()
    assert digests(world) == []
    await world.bot.send_digests()
    assert len(digests(world)) == 1


async def test_one_server_that_fails_keeps_no_other_from_its_digest(
    world: World, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await want(world)
    await world.limit(world.beta, digest_channel=world.beta_hall.id)
    await world.one.slash(world.general, "ask", question="copper lantern")
    await world.both_in_beta.slash(world.beta_hall, "ask", question="bronze bell")
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=400, code=50035)
    await after_a_week(world, clock)
    assert (len(digests(world)), len(digests(world, world.beta_hall))) == (0, 1)
    assert "unexpected error in the weekly digest" in caplog.text


@pytest.fixture
def accented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German is English with accents."""
    folder = tmp_path / "locales"
    folder.mkdir()
    with pseudo_locale("de", folder, monkeypatch):
        yield


async def test_every_server_is_told_in_its_own_language(accented: None, world: World, clock: Clock) -> None:
    german = world.env.create_guild("Gamma", preferred_locale="de")
    hall = german.create_text_channel("halle")
    await world.env.settle()
    await world.limit(german, digest_channel=hall.id)
    await want(world)
    for server in (world.alpha, german):
        await world.ledger.count_question(server.id, is_answered=True)
        for person in (world.one, world.both):
            await world.ledger.record_miss(access.library_key(server.id), "zzz", person.id)
    query(world.library.path, f"UPDATE video SET added_at = {clock.second} WHERE video_id = 'shared-talk'")
    await after_a_week(world, clock)
    assert len(digests(world)) == 1, "in English"
    [sent] = answers(hall, world.env)
    shown = re.sub(r"<[^>]*>|\[shared-talk\]\(\S+\)|zzz", "", seen(sent))
    assert accent("Weekly summary") in shown
    assert re.findall(r"[A-Za-z]{2,}", shown) == []


# What can be pressed


async def test_the_button_imports_for_those_who_may_and_for_nobody_else(world: World, clock: Clock) -> None:
    await want(world)
    await miss(world, MISSED, world.one, world.both)
    await after_a_week(world, clock)
    [sent] = answers(world.general, world.env)
    assert pressable(sent) == {"Import transcripts"}
    refused = await world.one.click(sent, label="Import transcripts")
    assert refused.ephemeral
    opened = await world.owner.click(sent, label="Import transcripts")
    assert opened.modal is not None


async def test_a_week_with_clear_answers_alone_asks_managers_for_nothing(world: World, clock: Clock) -> None:
    await want(world)
    await world.one.slash(world.general, "ask", question="copper lantern")
    await after_a_week(world, clock)
    [sent] = [each for each in answers(world.general, world.env) if "Weekly" in seen(each)]
    assert pressable(sent) == set()
    assert "1 question was asked, 1 answered clearly." in seen(sent).replace("**", "")
