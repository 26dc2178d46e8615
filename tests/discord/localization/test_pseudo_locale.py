"""In a language that has an accent on every letter, whatever people read has them: nothing is left in English."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from bot.discord_app.commands.translator import CommandTranslator
from bot.localization import load_translations
from storage.ledger import Ledger
from storage.library import Library
from tests.support.discord import discord_world
from tests.support.discord.discord_world import Rows, World, world_of
from tests.support.discord.harness import InteractionResult, MemberActor
from tests.support.discord.scope_scenarios import ASKED, MANAGED, SRT, Player, Road
from tests.support.local_discord.api.command_limits import command_problems, scope_problems
from tests.support.pseudo_locale import pseudo_locale

LANGUAGE = "de"
_DATA = re.compile(r"</[^>]*>|\*\*/[a-z ]+\*\*|<t:\d+:\w>|<[#@]&?\d+>|\(https?://[^)]*\)|`[^`]*`|https?://\S+")
"""Commands, moments, mentions, addresses and what is to be typed."""
_WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {
    *("alpha", "beta", "foreign", "owner", "both", "one", "stranger", "general", "everyone", "cuepoint", "srt", "txt"),
    *("csv", "jsonl", "parquet", "vtt", "zip", "json", "utc", "tsv", "oder", "und", "questions"),
    *("cp", "utf", "xe", "rejected"),
    *("auto",),
    *("parquet", "ttml", "youtube", "xml", "sami", "ass", "ssa", "microdvd", "webvtt", "lines", "subrip", "sbv", "lrc"),
}
"""Names of the world's people and places, of formats, what Babel puts between words of a list, what is typed."""


@dataclass(frozen=True, slots=True)
class Reader(Player):
    """Somebody who reads the language, and finds buttons by what stands on them."""

    async def click(self, card: Any, label: str) -> Any:
        words = load_translations(LANGUAGE)
        shown = words.pgettext("button", label)
        return await Player.click(self, card, words.gettext(label) if shown == label else shown)

    async def slash(self, name: str, /, **options: Any) -> InteractionResult:
        TYPED.update(_words_of(json.dumps(options, default=str)))
        return await Player.slash(self, name, **options)

    async def typing(self, name: str, option: str, typed: str, **filled: Any) -> list[str]:
        TYPED.update(_words_of(typed))
        return await Player.typing(self, name, option, typed, **filled)

    async def menu(self, words: str, author: MemberActor | None = None) -> InteractionResult:
        TYPED.update(_words_of(words))
        return await Player.menu(self, words, author)

    async def write(self, words: str) -> Any:
        TYPED.update(_words_of(words))
        return await Player.write(self, words)


TYPED: set[str] = set()


@pytest.fixture
def translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "locales"
    folder.mkdir()
    with pseudo_locale(LANGUAGE, folder, monkeypatch):
        yield


@pytest.fixture
async def abroad(translated: None, library: Library, ledger: Ledger, rows: Rows) -> AsyncIterator[World]:
    async with world_of(library, ledger, rows, locale=LANGUAGE) as made:
        await made.use(made.alpha, "copper lantern", "gate")
        yield made


async def roads_of(world: World, road: Road) -> list[str]:
    """What people read on a road that is in no other language than English, and that they have not given."""
    player = Reader(world, world.owner, world.general)
    TYPED.clear()
    await road(player)
    given = {*NAMES, *TYPED, *stored_words(), *names_of_languages()}
    return [text for text in visible(player.told) if set(_words_of(_DATA.sub(" ", text))) - given]


def stored_words() -> set[str]:
    """The words of the world's videos, and of what is uploaded."""
    literals = re.findall(r'"[^"\n]*"', Path(discord_world.__file__).read_text())
    return {word for literal in (*literals, SRT.decode(), "noon gun evening broken") for word in _words_of(literal)}


def names_of_languages() -> set[str]:
    """The words that the language has for languages, as Babel knows them."""
    return {word for name in Locale.parse(LANGUAGE).languages.values() for word in _words_of(name)}


def _words_of(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def visible(told: Any) -> Iterator[str]:
    """Every text that is shown, in cards, forms and choices."""
    if isinstance(told, dict):
        for key, value in told.items():
            if key in ("content", "label", "placeholder", "title", "description", "name") and isinstance(value, str):
                yield value
            elif key != "files":
                yield from visible(value)
    elif isinstance(told, list | tuple):
        for each in told:
            yield from visible(each)


@pytest.mark.parametrize("road", MANAGED, ids=lambda road: road.__name__)
async def test_moderators_read_their_own_language(abroad: World, road: Road) -> None:
    assert await roads_of(abroad, road) == []


@pytest.mark.parametrize("road", ASKED, ids=lambda road: road.__name__)
async def test_members_read_their_own_language(abroad: World, road: Road) -> None:
    assert await roads_of(abroad, road) == []


async def test_commands_are_told_in_the_language_within_discords_limits(abroad: World) -> None:
    tree = abroad.bot.tree
    payloads = [await command.get_translated_payload(tree, CommandTranslator()) for command in tree.get_commands()]
    assert [problem for payload in payloads for problem in command_problems(payload)] == []
    assert scope_problems(payloads) == []
    assert {payload["name_localizations"]["de"] for payload in payloads} >= {"àşķ", "ĥéłƥ", "Ƒíñđ íñ ṽíđéóş"}


async def test_commands_are_registered_anew_when_a_translation_changes(abroad: World, tmp_path: Path) -> None:
    bot, file = abroad.bot, tmp_path / "locales" / f"{LANGUAGE}.po"
    await bot.sync_commands()
    assert not await bot.sync_commands(), "nothing changed"
    file.write_text(file.read_text().replace("ĥéłƥ", "hilfe"), encoding="utf-8")
    load_translations.cache_clear()
    assert await bot.sync_commands()
