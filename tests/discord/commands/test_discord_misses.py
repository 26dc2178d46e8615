"""What is done about questions that were not answered: each is opened, answered, dismissed, by those who may."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import SelectOption, ui

from bot.discord_app.cards.admin.misses import (
    MISSES_PER_PAGE,
    answered_misses_card,
    dismissed_card,
    miss_card,
    miss_number,
    misses_card,
    word_form,
)
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner, custom_id
from bot.discord_app.cards.parts.limits import find_problems, walk_components
from storage import access
from storage.models import Labels, Miss, MissOutcome, ReviewedMiss
from tests.support.discord.discord_world import Rows, World
from tests.support.discord.harness import (
    InteractionResult,
    MemberActor,
    choices_of,
    components_of,
    options_of,
    pressable,
    restart,
    seen,
)

ACTIONS = {"Add glossary entry", "Import transcripts", "Dismiss", "Back"}


async def ask(world: World, *questions: str) -> None:
    for question in questions:
        await world.one.slash(world.general, "ask", question=question)


async def listed(world: World, person: MemberActor | None = None) -> InteractionResult:
    return await (person or world.owner).slash(world.general, "library misses")


async def opened(world: World, question: str, person: MemberActor | None = None) -> InteractionResult:
    """The card of one question, chosen from the list."""
    card = await listed(world, person)
    value = options_of(card, "miss")[choices_of(card).index(question)]
    return await (person or world.owner).select(card.response, [value])


async def open_questions(world: World) -> list[str]:
    return [each.wording for each in await world.ledger.open_misses(access.library_key(world.alpha.id))]


async def test_questions_are_shown_as_people_typed_them(world: World) -> None:
    await ask(world, "What is  ELMo?", "what is ELMO?", "Who lit the Lampion?")
    card = seen(await listed(world))
    assert "- what is ELMO? · 2 times, last <t:" in card, "as it was typed last"
    assert "- Who lit the Lampion? · once" in card
    assert "evaluate" not in card
    assert str(world.one.id) not in str(components_of(await listed(world)))


async def test_a_question_is_opened_with_what_can_be_done_about_it(world: World) -> None:
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    assert "### What is ELMo?" in seen(card)
    assert "Asked once, <t:" in seen(card)
    assert "Nobody says: elmo" in seen(card)
    assert pressable(card) == ACTIONS
    back = await world.owner.click(card.response, label="Back")
    assert "- What is ELMo? · once" in seen(back)


async def test_a_glossary_entry_is_added_for_it_and_closes_it_where_that_answers_it(world: World, rows: Rows) -> None:
    own = access.own_scope(world.alpha.id)
    talk = rows(("elmo-talk", 0, "an elm oh is a model of language"), ("elmo-talk", 30, "nothing else is said of it"))
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    await world.library.import_files(own, [(talk, Labels())])
    form = await world.owner.click(card.response, label="Add glossary entry")
    assert form.modal is not None
    said, meant = (label["component"] for label in form.modal["components"])
    assert (said.get("value"), meant["value"]) == (None, "elmo"), "filled in with what nobody says"
    told = await world.owner.submit_modal(form, {"said": "elm oh", "meant": "ELMo"})
    assert "“elm oh” will now also be found by asking for “ELMo”." in seen(told)
    assert [(each.said, each.meant) for each in await world.library.glossary.entries(own)] == [("elm oh", "ELMo")]
    assert "The question is clearly answered now" in seen(told)
    back = await world.owner.click(told.response, label="Back")
    assert "**1 of 1 open question is answered now**, <t:" in seen(back)
    answered = await world.owner.click(back.response, label="Answered now")
    assert "- What is ELMo? · answered <t:" in seen(answered)
    assert await open_questions(world) == []


async def test_an_entry_that_answers_nothing_leaves_the_question_open(world: World) -> None:
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    form = await world.owner.click(card.response, label="Add glossary entry")
    told = await world.owner.submit_modal(form, {"said": "sirocco", "meant": "mistral"})
    assert "clearly answered" not in seen(told)
    assert await open_questions(world) == ["What is ELMo?"]
    form = await world.owner.click((await opened(world, "What is ELMo?")).response, label="Add glossary entry")
    refused = await world.owner.submit_modal(form, {"said": "the", "meant": "ELMo"})
    assert "is said all the time" in seen(refused)


async def test_import_opens_the_form_for_files(world: World) -> None:
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    form = await world.owner.click(card.response, label="Import transcripts")
    srt = b"1\n00:00:01,000 --> 00:00:04,000\nELMo is a model of language\n"
    assert "1 video added" in seen(await world.owner.submit_modal(form, {"files": [("elmo.srt", srt)]}))


async def test_what_is_dismissed_is_not_listed_again_unless_that_is_undone(world: World) -> None:
    await ask(world, "What is ELMo?", "Sirocco winds?")
    card = await opened(world, "What is ELMo?")
    dismissed = await world.owner.click(card.response, label="Dismiss")
    assert "Dismissed: What is ELMo?" in seen(dismissed)
    await ask(world, "What is ELMo?")
    assert await open_questions(world) == ["Sirocco winds?"]
    shown = await world.owner.click(dismissed.response, label="Back")
    assert "ELMo" not in seen(shown)
    assert "answered now" not in seen(shown), "nobody answered it"


async def test_a_dismissal_can_be_undone(world: World) -> None:
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    dismissed = await world.owner.click(card.response, label="Dismiss")
    again = await world.owner.click(dismissed.response, label="Undo")
    assert "### What is ELMo?" in seen(again)
    assert await open_questions(world) == ["What is ELMo?"]


async def test_a_question_that_is_gone_meanwhile_is_no_error(world: World) -> None:
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    await world.ledger.delete_personal_data(world.one.id)
    for label in ("Dismiss", "Add glossary entry"):
        refused = await world.owner.click(card.response, label=label)
        assert "That question is not open any more" in seen(refused)
        assert refused.ephemeral


async def test_how_many_are_answered_by_an_import_stands_on_top(world: World) -> None:
    key = access.library_key(world.alpha.id)
    for number in range(12):
        await world.ledger.record_miss(key, f"Question {number:02}?", world.one.id)
    for number in range(3):
        await world.ledger.review_miss(key, f"Question {number:02}?", MissOutcome.ANSWERED)
    card = await listed(world)
    assert "**3 of 12 open questions are answered now**, the last <t:" in seen(card)
    assert len(choices_of(card)) == 9
    answered = await world.owner.click(card.response, label="Answered now")
    assert [f"Question {number:02}?" in seen(answered) for number in range(4)] == [True, True, True, False]


async def test_it_all_works_after_a_restart(world: World) -> None:
    await ask(world, "What is ELMo?")
    card = await opened(world, "What is ELMo?")
    await restart(world.env, world.library, world.ledger)
    assert "Dismissed" in seen(await world.owner.click(card.response, label="Dismiss"))


VERBS = ("miss", "misses", "answered", "dismiss", "reopen", "missword", "missimport")


async def forged(world: World, verb: str, holder: int, key: str, number: int, channel: Any = None) -> Any:
    """A card with a button, or the menu, as only its holder ever gets to see it."""
    found = world.bot.get_channel((channel or world.general).id)
    assert isinstance(found, discord.TextChannel)
    if verb == "miss":
        options = [SelectOption(label="Forged", value=str(number))]
        item: Any = ui.Select(custom_id=custom_id(verb, Owner(holder, key)), options=options)
    else:
        item = ui.Button(label="Forged", custom_id=custom_id(verb, Owner(holder, key), number % 10**9))
        if verb in ("dismiss", "reopen", "missword", "missimport"):
            item = ui.Button(label="Forged", custom_id=custom_id(verb, Owner(holder, key), number))
    return await found.send(view=Card(ui.ActionRow(item)))


async def press(person: MemberActor, verb: str, card: Any, number: int) -> InteractionResult:
    return await (person.select(card, [str(number)]) if verb == "miss" else person.click(card, label="Forged"))


@pytest.mark.parametrize("verb", VERBS)
async def test_every_press_is_checked(world: World, verb: str) -> None:
    await ask(world, "What is ELMo?")
    (miss,) = await world.ledger.open_misses(access.library_key(world.alpha.id))
    number = miss_number(miss)
    key = str(components_of(await listed(world))).split("cue:miss:")[1].split(":")[1]
    for holder, told in ((world.owner.id, "Only those who may manage this server"), (world.one.id, "have expired")):
        card = await forged(world, verb, holder, key, number)
        refused = await press(world.one, verb, card, number)
        assert told in seen(refused)
        assert refused.ephemeral
        assert "ELMo" not in seen(refused)
    role = world.beta.create_role("manager", permissions=discord.Permissions(manage_guild=True))
    there = world.beta.add_member(world.env.create_user("there"), roles=[role])
    card = await forged(world, verb, world.owner.id, key, number, world.beta_hall)
    assert "have expired" in seen(await press(there, verb, card, number)), "in another server it does not exist"
    assert await open_questions(world) == ["What is ELMo?"]


async def test_the_form_is_checked_when_it_is_sent(world: World) -> None:
    await ask(world, "What is ELMo?")
    role = world.alpha.create_role("manager", permissions=discord.Permissions(manage_guild=True))
    person = world.alpha.add_member(world.env.create_user("manager"), roles=[role])
    card = await opened(world, "What is ELMo?", person)
    form = await person.click(card.response, label="Add glossary entry")
    world.env.backend.guilds[world.alpha.id].members[person.id].role_ids.clear()
    refused = await person.submit_modal(form, {"said": "elm oh", "meant": "ELMo"})
    assert "Only those who may manage this server" in seen(refused)
    assert await world.library.glossary.entries(access.own_scope(world.alpha.id)) == []


HOSTILE = "@everyone **x** [y](https://example.com) <@1> \N{RIGHT-TO-LEFT OVERRIDE}" + "\u0301" * 40


def test_every_card_fits_with_hostile_questions() -> None:
    owner = Owner(10**19)
    misses = [Miss("server:1", f"{n} {HOSTILE * 20}".casefold(), n, 1e9, f"{n} {HOSTILE * 20}") for n in range(40)]
    answered = [ReviewedMiss(miss, MissOutcome.ANSWERED, 1e9) for miss in misses]
    cards = [
        misses_card(misses, owner, 1, answered=answered, recorded=False),
        misses_card([], owner, answered=answered),
        answered_misses_card(answered, owner, 1),
        answered_misses_card([], owner),
        *(miss_card(miss, owner, unknown=["word" * 40] * 9, is_answered=True) for miss in misses[:2]),
        dismissed_card(misses[0], owner),
    ]
    for card in cards:
        assert find_problems(card.components()) == []
        texts = [part["content"] for part in walk_components(card.components()) if part["type"] == 10]
        assert all("@everyone" not in text.replace("\\@everyone", "") for text in texts)
    form = word_form(misses[0], owner, unknown=["word" * 40]).to_dict()
    assert len(form["custom_id"]) <= 100
    assert form["components"][1]["component"].get("value") is None, "too long to be a side of an entry"
    several = word_form(misses[0], owner, unknown=["mended", "tower"]).to_dict()
    assert several["components"][1]["component"].get("value") is None, "nobody knows which the captions have wrong"
    assert len(misses_card(misses, owner).components()[1]["components"][0]["options"]) == MISSES_PER_PAGE
