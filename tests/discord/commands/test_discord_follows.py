"""`/follow`, `/unfollow`, and the button under a card without an answer: what people are told, and what is kept."""

from __future__ import annotations

from tests.support.discord.discord_world import World
from tests.support.discord.harness import seen


async def test_x(world: World) -> None:
    card = await world.one.slash(world.general, "follow", question="Sirocco winds?")
    print(seen(card), card.ephemeral)
    print(await world.ledger.follows_of(world.one.id))
    card = await world.one.slash(world.general, "follow", question="copper lantern", closest=True)
    print(seen(card), card.ephemeral)
    print(seen(await world.one.click(card.response, label="Show the answer")))
    print(seen(await world.one.slash(world.general, "unfollow")))
    card = await world.owner.slash(world.general, "follow", question="copper lantern", channel=world.general)
    print(seen(card))
    card = await world.one.slash(world.general, "ask", question="Sirocco winds")
    print(seen(card))
    card = await world.both.click(card.response, label="Tell me when there is an answer")
    print(seen(card), card.ephemeral)
    print(seen(await world.both.click(card.response, label="Unfollow")))
    card = await world.one.slash(world.general, "unfollow")
    print(seen(await world.one.select(card.response, ["1"])))
    print(seen(await world.one.click(card.response, label="End all")))
    print(seen(await world.one.slash(world.general, "unfollow")))
    card = await world.alone(world.both).slash("follow", question="ferry")
    print(seen(card))
    card = await world.alone(world.both).slash("follow", question="ferry", server=str(world.beta.id))
    print(seen(card))
    assert 0


async def test_y(world: World) -> None:
    await world.use(world.alpha, "copper lantern", "gate")
    await world.one.slash(world.general, "ask", question="What is ELMo?")
    await world.one.slash(world.general, "ask", question="Who lit the Lampion?")
    card = await world.owner.slash(world.general, "library misses")
    print(seen(card))
    from tests.support.discord.harness import menu_of, options_of

    ch = await world.owner.select(card.response, [options_of(card, "miss")[0]], custom_id=menu_of(card, "miss"))
    print(seen(ch))
    d = await world.owner.click(ch.response, label="Dismiss")
    print(seen(d))
    print(seen(await world.owner.click(d.response, label="Undo")))
    form = await world.owner.click(ch.response, label="Add glossary entry")
    print(form.modal)
    r = await world.owner.submit_modal(form, {"said": "lantern", "meant": "lampion"})
    print(seen(r), r.ephemeral)
    print(seen(await world.owner.click(r.response, label="Back")))
    form = await world.owner.click(ch.response, label="Import transcripts")
    assert 0
