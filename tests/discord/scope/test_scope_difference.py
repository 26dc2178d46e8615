"""Whether another server has a library or none makes no difference: not to a reply, and not to a bit of a score."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from discord import AppCommandType
from discord.app_commands import Command

from bot.answering.question import parse_question
from bot.discord_app.client import ITEMS
from storage import access
from storage.errors import UnknownFilter
from storage.ledger import Ledger
from storage.library import Library
from storage.models import GlossaryEntry, Labels, Source
from tests.support import asking as asking_text
from tests.support.discord.discord_world import Clock, Rows, World, world_of
from tests.support.discord.harness import interactions
from tests.support.discord.scope_scenarios import ASKED, MANAGED, Player, plain
from tests.support.libraries import in_server

ALPHA, BETA = 111, 222
QUESTIONS = (
    "copper lantern", "coppr lanten", "lantern at noon", "bronze bell", "gate", '"lantern of gate"', "lantern -copper",
    "coppper lanternn bronz ferry", "lamplight", "sirocco", "ferri", "lantern video:gate-03", "creator:gate lantern",
)  # fmt: skip


async def rival(library: Library, rows: Rows, server_id: int) -> None:
    """A library with Alpha's words, video ids and titles, and with words that Alpha's are misspellings of."""
    words = (
        "lantern",
        "lanten",
        "coppr",
        "gate",
        "noon",
        "bronze bell",
        "ferri across the harbour",
        "lamplight sirocco",
    )
    files = [rows((f"gate-{n:02}", 40 * n, f"the {word} of copper, {word}"), title=f"gate talk {n:02}")
             for n, word in enumerate(words)]  # fmt: skip
    await library.import_files(access.own_scope(server_id), [(file, Labels()) for file in files])
    await library.glossary.add(access.own_scope(server_id), GlossaryEntry("gate", "lantern"))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Library, Ledger]]:
    path = folder / "cuepoint.db"
    library, ledger = await Library.open(path), await Ledger.open(path, now=Clock())
    try:
        yield library, ledger
    finally:
        await ledger.close()
        await library.close()


async def everything_told(folder: Path, rows: Rows, *, beta: bool) -> dict[str, list[str]]:
    """What the owner, a member of Alpha alone and a stranger are told on every road, by who they are and where."""
    async with opened(folder) as (library, ledger), world_of(library, ledger, rows, beta=beta) as world:
        await world.use(world.alpha, "copper lantern", "gate")
        if beta:
            await world.use(world.beta, "bronze bell", "belfry")
            await rival(library, rows, world.beta.id)
        await world.meet()
        told = {}
        for name, player in players(world).items():
            for road in ASKED if name != "owner, managing" else MANAGED:
                before = len(player.told)
                await road(player)
                told[f"{name}: {road.__name__}"] = player.told[before:]
        keys: dict[str, str] = {}
        return {name: [plain(each, keys) for each in entries] for name, entries in told.items()}


def players(world: World) -> dict[str, Player]:
    one, stranger, owner = world.one, world.stranger, world.owner
    return {
        "stranger": Player(world, stranger),
        "stranger abroad": Player(world, world.abroad_as(stranger), world.abroad),
        "one": Player(world, one, world.general),
        "one alone": Player(world, world.alone(one)),
        "one abroad": Player(world, world.abroad_as(one), world.abroad),
        "owner": Player(world, owner, world.general),
        "owner alone": Player(world, world.alone(owner)),
        "owner, managing": Player(world, owner, world.general),
    }


async def test_every_reply_is_the_same_with_and_without_the_other_library(tmp_path: Path, rows: Rows) -> None:
    without = await everything_told(tmp_path / "without", rows, beta=False)
    with_beta = await everything_told(tmp_path / "with", rows, beta=True)
    assert with_beta.keys() == without.keys()
    for road, told in without.items():
        assert with_beta[road] == told, road
    said = str(without)
    for shown in ("Next", "Share", "Take back", "Who may search", "Did you mean", "gate-03", "qrels.jsonl", "PNG",
                  "Which copper lantern", "Which copper lantern crosses", "About: gate talk"):  # fmt: skip
        assert shown in said, "the roads lead somewhere"


async def test_no_command_no_option_and_no_button_is_left_out(rows: Rows, tmp_path: Path) -> None:
    """Whoever adds one adds it to the roads: only what is walked there is known to keep to its scope."""
    async with opened(tmp_path) as (library, ledger), world_of(library, ledger, rows) as world:
        await world.use(world.alpha, "copper lantern", "gate")
        await world.meet()
        everybody = players(world)
        for name, roads in (("one", ASKED), ("one alone", ASKED), ("owner, managing", MANAGED)):
            for road in roads:
                await road(everybody[name])
        done = interactions(world.env)
        commands = [each for each in world.bot.tree.walk_commands() if isinstance(each, Command)]
        menus = world.bot.tree.get_commands(type=AppCommandType.message)
        assert {each.qualified_name for each in (*commands, *menus)} == done.commands
        typed = {(each.qualified_name, option.name) for each in commands for option in each.parameters
                 if option.autocomplete}  # fmt: skip
        assert typed == done.typed
        unpressed = [item.__name__ for item in ITEMS
                     if not any(map(item.__discord_ui_compiled_template__.fullmatch, done.pressed))]  # fmt: skip
        assert unpressed == []


async def test_no_score_differs_by_a_bit(tmp_path: Path, rows: Rows) -> None:
    """The same questions asked of one library beside another that grows, and before there is any other."""
    async with opened(tmp_path) as (library, _):
        await library.import_files(access.own_scope(ALPHA), [(each, Labels()) for each in talks(rows)])
        await library.import_files(access.host_scope(), [(rows(("ferry", 0, "ferry across the harbour")), Labels())])
        await library.glossary.add(access.own_scope(ALPHA), GlossaryEntry("lampion", "lantern"))
        alone = [await figures(library, each) for each in QUESTIONS]
        await rival(library, rows, BETA)
        assert [await figures(library, each) for each in QUESTIONS] == alone
    async with opened(tmp_path) as (library, _):
        assert [await figures(library, each) for each in QUESTIONS] == alone, "nor after a restart"
        both = await asking_text.search_one_language(
            library, access.candidate_scope([ALPHA, BETA]), parse_question(QUESTIONS[0]), 20
        )
        assert [each.score.hex() for each in both.hits] != alone[0][0], "where both are in scope, it does"
    assert {None, "copper lantern"} < {each[2] for each in alone if len(each) > 2}, "some were repaired"


def talks(rows: Rows) -> list[Source]:
    return [
        rows(
            (f"gate-{n:02}", 0, f"the copper lantern of gate {n} at noon " + "and so it went on " * n),
            (f"gate-{n:02}", 30, f"nobody lit the lantern before noon, the gate {n} was shut"),
            title=f"gate talk {n:02}",
        )
        for n in range(8)
    ]


async def figures(library: Library, text: str) -> list[Any]:
    """All that a question finds in Alpha. A float is written so that it can be read back to the last bit."""
    scope = in_server(ALPHA)
    try:
        findings = await asking_text.search_one_language(library, scope, parse_question(text), 20)
        hits = await asking_text.search(library, scope, text, limit=20)
        answer = await asking_text.ask(library, scope, text)
        drawn = await asking_text.timeline(library, scope, text)
        telling = await library.key_terms(scope, "gate-03", 10)
    except UnknownFilter as error:
        return [str(error)]
    scores = [[each.score.hex() for each in found] for found in (findings.hits, hits)]
    return [*scores, findings.searched_for, repr(findings), repr(answer), repr(drawn), repr(telling)]
