"""Two servers and four people: nobody is ever shown what is out of their reach, wherever they ask."""

from __future__ import annotations

import re

import discord

from bot.discord_app.client import CuepointClient
from bot.discord_app.services.asker_resolver import KEPT_CLOSE, OUT_OF_REACH, STRANGER
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels
from tests.support.discord.discord_world import QUESTION, Rows, World, found
from tests.support.discord.harness import MemberActor, answers, open_passage, seen

SHARED_TOO = "Searched: this server’s videos and the shared ones"


async def test_in_a_server_its_own_videos_and_the_shared_ones(world: World) -> None:
    for person in (world.owner, world.both, world.one):
        result = await person.slash(world.general, "ask", question=QUESTION)
        assert (found(result), result.ephemeral) == ({"alpha", "shared"}, False)
        assert SHARED_TOO in seen(result)
    assert found(await world.both_in_beta.slash(world.beta_hall, "ask", question=QUESTION)) == {"beta", "shared"}
    await world.limit(world.alpha, shared_too=False)
    result = await world.one.slash(world.general, "ask", question=QUESTION)
    assert found(result) == {"alpha"}
    assert "Searched" not in seen(result), "it could be no other"


async def test_alone_with_the_bot_the_servers_they_were_verified_to_be_in(world: World) -> None:
    await world.meet()
    for person, visible in ((world.owner, {"alpha"}), (world.both, {"alpha", "beta"}), (world.one, {"alpha"})):
        result = await world.alone(person).slash("ask", question=QUESTION)
        assert found(result) == {*visible, "shared"}
        await world.alone(person).send_dm(QUESTION)
        assert found(answers(world.alone(person).dm_channel, world.env)[-1]) == {*visible, "shared"}
        listed = seen(await world.alone(person).slash("videos"))
        assert {name for name in ("alpha", "beta", "shared") if f"{name}-talk" in listed} == {*visible, "shared"}
    result = await world.alone(world.both).slash("ask", question=QUESTION)
    assert "Searched: Beta’s videos, Alpha’s videos and the shared ones" in seen(result)


async def test_a_stranger_gets_the_shared_videos_and_is_told_why(world: World) -> None:
    await world.meet()
    result = await world.stranger.slash("ask", question=QUESTION)
    assert found(result) == {"shared"}
    assert STRANGER in seen(result)
    assert STRANGER not in seen(await world.stranger.slash("ask", question="ferry")), "once is enough"
    for _ in range(2):
        assert STRANGER in seen(await world.stranger.slash("ask", question="Sirocco winds?")), "nothing was found"
    assert STRANGER not in seen(await world.alone(world.one).slash("ask", question=QUESTION))
    assert STRANGER not in seen(await world.one.slash(world.general, "ask", question=QUESTION))


async def test_who_was_never_seen_in_a_server_is_not_taken_for_a_member(world: World) -> None:
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"shared"}
    assert not [each for each in world.env.http_requests if "/members/" in each.path], "nor is Discord asked"


async def test_who_has_left_a_server_sees_it_no_more(world: World) -> None:
    await world.meet()
    card = await world.alone(world.one).slash("ask", question=QUESTION)
    assert found(card) == {"alpha", "shared"}
    world.alpha.remove_member(world.one)
    world.bot.app.memberships.forget_server(world.alpha.id)
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"shared"}
    numbers = [await open_passage(world.alone(world.one), card, number) for number in (1, 2)]
    assert sorted(map(sorted, map(found, numbers))) == [[], ["shared"]]


async def test_elsewhere_what_draws_on_a_server_is_private_and_cannot_be_shared(world: World) -> None:
    await world.meet()
    both, stranger = world.abroad_as(world.both), world.abroad_as(world.stranger)
    result = await both.slash(world.abroad, "ask", question=QUESTION, private=False)
    assert (found(result), result.ephemeral) == ({"alpha", "beta", "shared"}, True)
    for number in (1, 2, 3):
        opened = await open_passage(both, result, number)
        assert opened.ephemeral
        assert "Share" not in seen(opened)
    public = await stranger.slash(world.abroad, "ask", question=QUESTION)
    assert (found(public), public.ephemeral) == ({"shared"}, False)
    copy = await open_passage(both, public, 1)
    assert copy.ephemeral


async def test_picking_one_server(world: World) -> None:
    await world.meet()
    choices = await world.alone(world.both).autocomplete("ask", "server", "", question="x")
    assert {each["name"]: each["value"] for each in choices} == {
        "Alpha": str(world.alpha.id), "Beta": str(world.beta.id),
    }  # fmt: skip
    assert await world.stranger.autocomplete("ask", "server", "", question="x") == []
    for name in ("beta", str(world.beta.id)):
        result = await world.alone(world.both).slash("ask", question=QUESTION, server=name)
        assert found(result) == {"beta"}
        assert "Searched: Beta’s videos" in seen(result)
    videos = await world.alone(world.both).autocomplete("ask", "video", "", question="x", server=str(world.beta.id))
    assert [each["value"] for each in videos] == ["beta-talk"]


async def test_another_server_picked_inside_of_a_server_is_private_also_behind_its_buttons(world: World) -> None:
    await world.meet()
    result = await world.both.slash(world.general, "ask", question=QUESTION, server="Beta")
    assert (found(result), result.ephemeral) == ({"beta"}, True)
    opened = await open_passage(world.both, result, 1)
    assert (found(opened), opened.ephemeral) == ({"beta"}, True)
    assert "Share" not in seen(opened)
    assert "Counted" in seen(await world.both.click(opened.response, label="Helpful"))
    (vote,) = await world.ledger.votes()
    assert vote.vote.library == access.library_key(world.beta.id)


async def test_not_yours_and_no_such_thing_are_the_same_bytes(world: World) -> None:
    await world.meet()
    await world.limit(world.beta, roles=frozenset({1}))
    one, said = world.alone(world.one), set()
    for server in ("Beta", str(world.beta.id), "Nowhere", "12345", "0", "server:1"):
        result = await one.slash("ask", question=QUESTION, server=server)
        assert result.ephemeral
        said.add(seen(result))
    assert said == {OUT_OF_REACH}
    assert seen(await world.alone(world.both).slash("ask", question=QUESTION, server="Beta")) == OUT_OF_REACH


async def test_what_is_out_of_reach_might_as_well_not_exist(world: World, library: Library) -> None:
    await world.meet()
    one = world.alone(world.one)

    async def everything() -> list[str]:
        told = []
        for options in ({"video": "beta-talk"}, {"video": "bta talk"}, {"video": "beta-talk", "question": "bell"}):
            name = "ask" if "question" in options else "transcript"
            told += [
                seen(await world.one.slash(world.general, name, **options)),
                seen(await one.slash(name, **options)),
            ]
        for question in ("bell", "bronze bells in the fog", "fogg", '"bronze bell"', "talk -lantern"):
            told.append(seen(await one.slash("ask", question=question)))
            told.append(seen(await world.stranger.slash("ask", question=question)))
        told += [str(await one.autocomplete("transcript", "video", typed)) for typed in ("", "beta", "bell")]
        return [*told, seen(await one.slash("videos")), seen(await one.slash("about"))]

    with_beta = await everything()
    await library.purge(access.own_scope(world.beta.id))
    assert await everything() == with_beta


async def test_channels(world: World) -> None:
    await world.meet()
    talks = world.alpha.create_text_channel("talks")
    await world.limit(world.alpha, channels=frozenset({talks.id}))
    thread = world.env.backend.create_thread(talks.id, name="a thread", owner_id=world.one.id, type=11)
    inside = next(each for each in talks.threads if each.id == thread.id)
    assert found(await world.one.slash(talks, "ask", question=QUESTION)) == {"alpha", "shared"}
    assert found(await world.one.slash(inside, "ask", question=QUESTION)) == {"alpha", "shared"}
    result = await world.one.slash(world.general, "ask", question=QUESTION)
    assert found(result) == {"shared"}
    assert f"This server’s videos can be searched in <#{talks.id}>." in seen(result)
    assert found(await world.alone(world.one).slash("ask", question=QUESTION)) == {"shared"}


async def test_a_channel_is_named_only_to_those_who_see_it_and_may_ask_there(world: World) -> None:
    hidden = {world.alpha.default_role: discord.PermissionOverwrite(view_channel=False)}
    secret, reader = world.alpha.create_text_channel("secret", overwrites=hidden), world.alpha.create_role("reader")
    await world.limit(world.alpha, channels=frozenset({secret.id}))

    async def told(person: MemberActor) -> str:
        return seen(await person.slash(world.general, "ask", question=QUESTION))

    assert KEPT_CLOSE in await told(world.one)
    assert f"<#{secret.id}>" in await told(world.owner)
    await world.one.send(world.general, f"<@{world.env.backend.bot_user.id}> {QUESTION}")
    assert KEPT_CLOSE in seen(answers(world.general, world.env)[-1])
    await world.limit(world.alpha, channels=frozenset({secret.id}), roles=frozenset({reader.id}))
    assert KEPT_CLOSE in await told(world.owner), "who has none of the roles is not searched for there either"


async def test_roles(world: World) -> None:
    reader = world.alpha.create_role("reader")
    member = world.alpha.add_member(world.env.create_user("reader"), roles=[reader])
    await member.slash(world.general, "help")
    await world.meet()
    await world.limit(world.alpha, roles=frozenset({reader.id}))
    result = await member.slash(world.general, "ask", question=QUESTION)
    assert (found(result), result.ephemeral) == ({"alpha", "shared"}, True), "others there may not see it"
    assert "Share" not in seen(await open_passage(member, result, 1))
    assert found(await world.alone(member).slash("ask", question=QUESTION)) == {"alpha", "shared"}
    for person in (world.one, world.owner):
        assert found(await person.slash(world.general, "ask", question=QUESTION)) == {"shared"}
        assert found(await world.alone(person).slash("ask", question=QUESTION)) == {"shared"}
    await member.send(world.general, f"<@{world.env.backend.bot_user.id}> {QUESTION}")
    told = answers(world.general, world.env)[-1]
    assert found(told) == {"shared"}, "what is written there is for all to read"
    assert "This server’s own videos are shown in private only. Use </ask:" in seen(told)


async def test_an_old_card_shows_whoever_presses_what_they_may_see_now(world: World) -> None:
    await world.meet()
    card = await world.owner.slash(world.general, "ask", question=QUESTION)
    lantern = 1 if "lantern" in seen(card).split("Read on")[0] else 2
    opened = await open_passage(world.one, card, lantern)
    assert found(opened) == {"alpha"}
    await world.limit(world.alpha, channels=frozenset({1}))
    for person in (world.one, world.owner):
        late = await open_passage(person, card, lantern)
        assert found(late) == set()
        assert "no longer here" in seen(late)
    for label in ("Later", "Helpful"):
        button = [each for each in seen(opened).splitlines() if each == label]
        if label == "Helpful" and button:
            assert "no longer here" in seen(await world.one.click(opened.response, label=label))
    assert await world.ledger.votes() == []


async def test_a_public_card_never_comes_to_show_more_than_all_may_see(
    world: World, library: Library, rows: Rows
) -> None:
    words = ("one", "two", "six", "ten", "red")
    many = [rows((f"lantern-{n}", 0, f"lantern number {n} {word}")) for n, word in enumerate(words)]
    await library.import_files(access.own_scope(world.alpha.id), [(each, Labels()) for each in many])
    reader = world.alpha.create_role("reader")
    member = world.alpha.add_member(world.env.create_user("reader"), roles=[reader])
    await world.limit(world.alpha, quotes=2)
    card = await member.slash(world.general, "ask", question="lantern")
    assert "lantern number" in seen(card).replace("**", "")
    assert re.findall(r"^\W*(\d) · ", seen(card), re.MULTILINE) == ["1", "2"]
    await world.limit(world.alpha, roles=frozenset({reader.id}))
    turned = await member.click(card.response, label="Next")
    assert "lantern number" not in seen(turned).replace("**", "")


async def test_private_by_default(world: World) -> None:
    await world.limit(world.alpha, private_by_default=True)
    assert (await world.one.slash(world.general, "ask", question=QUESTION)).ephemeral
    assert not (await world.one.slash(world.general, "ask", question=QUESTION, private=False)).ephemeral


async def test_a_cool_down_of_the_server(world: World) -> None:
    await world.limit(world.alpha, cooldown_seconds=60.0)
    await world.one.slash(world.general, "ask", question=QUESTION)
    assert "you can ask again <t:" in seen(await world.one.slash(world.general, "ask", question=QUESTION))


async def test_misses_go_to_the_library_that_was_asked(world: World) -> None:
    await world.meet()
    for _ in range(2):
        await world.one.slash(world.general, "ask", question="Sirocco winds?")
    await world.alone(world.one).slash("ask", question="what of the mistral")
    await world.alone(world.both).slash("ask", question="what of the bora", server="Beta")
    await world.one.slash(world.general, "ask", question="lantern")
    told = {key: [(each.question, each.count) for each in await world.ledger.misses(key)] for key in (
        access.library_key(world.alpha.id), access.library_key(world.beta.id), access.SHARED)}  # fmt: skip
    assert list(told.values()) == [[("sirocco winds?", 2)], [("what of the bora", 1)], [("what of the mistral", 1)]]
    await world.limit(world.alpha, record_misses=False)
    await world.one.slash(world.general, "ask", question="nothing of the kind")
    assert len(await world.ledger.misses(access.library_key(world.alpha.id))) == 1


async def test_a_timeline_keeps_to_what_its_asker_may_see_and_is_noted_as_a_question(world: World) -> None:
    await world.meet()
    here = await world.both.slash(world.general, "timeline", question=QUESTION)
    assert found(here) == {"alpha", "shared"}
    assert "Searched: this server’s videos and the shared ones" in seen(here)
    alone = world.alone(world.both)
    assert found(await alone.slash("timeline", question=QUESTION)) == {"alpha", "beta", "shared"}
    assert found(await alone.slash("timeline", question=QUESTION, server=str(world.beta.id))) == {"beta"}
    await world.limit(world.alpha, roles=frozenset({1}))
    assert found(await world.both.slash(world.general, "timeline", question=QUESTION)) == {"shared"}
    await world.limit(world.alpha, roles=frozenset(), private_by_default=True)
    assert (await world.both.slash(world.general, "timeline", question="zebras")).ephemeral
    misses = await world.ledger.misses(access.library_key(world.alpha.id))
    assert "zebras" in [each.question for each in misses]


async def test_of_a_server_that_is_not_served_nothing_is_kept_and_nothing_found(
    world: World, library: Library, ledger: Ledger
) -> None:
    await world.meet()
    unserved = Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0", "CUEPOINT_BLOCKED_SERVERS": str(world.beta.id)})
    await world.env.restart_bot(CuepointClient(unserved, library, ledger, shard_count=1))
    alone = world.alone(world.both)
    assert found(await alone.slash("ask", question=QUESTION)) == {"alpha", "shared"}
    assert found(await alone.slash("ask", question=QUESTION, server=str(world.beta.id))) == set()
    newcomer = world.beta.add_member(world.alone(world.stranger))
    for name, options in (("timeline", {"question": "zebras"}), ("ask", {"question": "zebras"}), ("privacy", {})):
        assert "does not serve this server" in seen(await newcomer.slash(world.beta_hall, name, **options))
    await newcomer.send(world.beta_hall, f"<@{world.env.bot.user.id}> zebras")
    await world.env.settle()
    assert await ledger.servers_seen(world.stranger.id) == []
    assert await ledger.misses(access.library_key(world.beta.id)) == []
    assert "zebras" not in [each.question for each in await ledger.misses(access.SHARED)]
