"""`/library misses`: what was asked in vain, page by page, and the votes and questions as a file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from bot.discord_app.commands import feedback
from bot.evaluation.evaluation import evaluate
from bot.evaluation.options import EvaluationOptions
from bot.evaluation.question_set import read_question_set
from storage import access
from tests.support.discord.discord_world import LANTERN, World
from tests.support.discord.harness import InteractionResult, MemberActor, attached, components_of, seen


async def miss(world: World, count: int) -> None:
    """So many questions that Alpha's library did not answer, one of them asked twice."""
    for number in range(count):
        await world.ledger.record_miss(access.library_key(world.alpha.id), f"question {number:02}", world.one.id)
    await world.ledger.record_miss(access.library_key(world.alpha.id), "Question 07", world.both.id)


async def test_misses_are_paged_by_pressing_and_name_nobody(world: World) -> None:
    await miss(world, 40)
    first = await world.owner.slash(world.general, "library misses")
    assert first.ephemeral
    pages, cards = [seen(first)], [str(components_of(first))]
    assert pages[0].index("Question 07 · 2 times") < pages[0].index("question 39 · once")
    turned = first
    for _ in range(2):
        turned = await world.owner.click(turned.response, label="Next")
        pages.append(seen(turned))
        cards.append(str(components_of(turned)))
    assert [f"Page {number} of 3" in page for number, page in enumerate(pages, 1)] == [True] * 3
    shown = [
        line.split(" ·")[0] for page in pages for line in page.lower().splitlines() if line.startswith("- question")
    ]
    assert sorted(shown) == [f"- question {number:02}" for number in range(40)], "each question once"
    assert seen(await world.owner.click(turned.response, label="Previous")) == pages[1]
    for person in (world.one, world.both):
        assert str(person.id) not in "".join(cards)


async def vote(world: World, person: MemberActor, channel: Any, question: str) -> None:
    card = await person.slash(channel, "ask", question=question)
    opened = await person.click(card.response, label="Read on")
    await person.click(opened.response, label="Helpful")


def unzipped(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


async def exported(world: World, card: InteractionResult, folder: Path) -> Path:
    """What the button gives, unzipped."""
    given = await world.owner.click(card.response, label="Export")
    assert given.ephemeral
    name, content = attached(given, world.env)
    assert name.endswith(".zip")
    return unzipped(content, folder)


async def test_votes_and_misses_come_as_a_file_that_evaluate_reads(world: World, tmp_path: Path) -> None:
    await vote(world, world.one, world.general, "copper lantern")
    await vote(world, world.both_in_beta, world.beta_hall, "bronze bell")
    await world.one.slash(world.general, "ask", question="Sirocco winds?")
    await world.both_in_beta.slash(world.beta_hall, "ask", question="Mistral winds?")
    folder = await exported(world, await world.owner.slash(world.general, "library misses"), tmp_path / "votes")
    questions = read_question_set(folder)
    assert [(each.video, each.text) for each in questions.entries] == [("alpha-talk", LANTERN)]
    assert [each.text for each in questions.queries] == ["copper lantern", "sirocco winds?"]
    assert questions.judgements == {"q1": {"alpha-talk@0": 1}}
    (report,) = (await evaluate(EvaluationOptions((folder,)), lambda what, done, total: None)).reports
    assert (report.segments, report.questions) == (1, 1)
    everything = b"".join(path.read_bytes() for path in folder.iterdir()).decode()
    for person in (world.one, world.both, world.owner):
        for told in (str(person.id), world.ledger._person_key(person.id)):
            assert told not in everything
    for word in ("beta", "bell", "mistral", "shared-talk"):
        assert word not in everything.lower()


async def test_what_is_too_large_for_discord_is_told(world: World, tmp_path: Path) -> None:
    await miss(world, 1)
    reply = await feedback.export_feedback(
        world.library, world.ledger, world.bot.app.exports, world.alpha.id, limit=10, folder=tmp_path
    )
    assert not reply.card.enclosed
    assert "Whoever hosts this bot can get the file" in str(reply.card.components())


async def test_an_export_of_nothing_says_so(world: World) -> None:
    card = await world.owner.slash(world.general, "library misses")
    assert "No questions are noted." in seen(card)
    assert "not noted here" not in seen(card)
    refused = await world.owner.click(card.response, label="Export")
    assert "There is nothing to write of this library: nobody has voted yet" in seen(refused)
    assert refused.ephemeral


async def test_a_server_that_notes_no_questions_is_told_so(world: World) -> None:
    await world.limit(world.alpha, record_misses=False)
    assert "Questions are not noted here now" in seen(await world.owner.slash(world.general, "library misses"))
