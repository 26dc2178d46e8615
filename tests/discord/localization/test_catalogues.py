"""The translations: whole, with the gaps of their sentences, and no longer than Discord allows."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import catalogue
import discord
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.discord_app.commands.translator import CommandTranslator
from bot.discord_app.commands.tree import CuepointTree
from bot.localization import CATALOGUES, LANGUAGES, choose_language, find_gaps, has_same_gaps
from tests.support.local_discord.api.command_limits import command_problems, scope_problems

WRITTEN = [language for language in LANGUAGES if (CATALOGUES / f"{language}.po").exists()]
_NAME = re.compile(r"[-_'\w]{1,32}")
every_language = pytest.mark.parametrize("language", WRITTEN)


@pytest.fixture(scope="module")
def sentences() -> dict[tuple[str | None, Any], Message]:
    return {(each.context, each.id): each for each in catalogue.collect_sentences() if each.id}


def translations(language: str) -> Iterator[Message]:
    return (message for message in catalogue.read_catalogue(language) if message.id)


@every_language
def test_the_files_are_as_make_catalogue_writes_them(language: str) -> None:
    updated = catalogue.update_catalogue(catalogue.read_catalogue(language), catalogue.collect_sentences())
    written = (CATALOGUES / f"{language}.po").read_text(encoding="utf-8")
    assert catalogue.write_catalogue(updated) == written, "run make catalogue"


@every_language
def test_every_sentence_is_translated(language: str, sentences: dict[tuple[str | None, Any], Message]) -> None:
    found = {(each.context, each.id): each for each in translations(language)}
    assert [key for key in sentences if key not in found] == []
    assert [key for key, each in found.items() if each.fuzzy or not catalogue.is_translated(each.string)] == []


@every_language
def test_a_translation_has_the_gaps_of_its_sentence(language: str) -> None:
    assert [each.id for each in translations(language) if not has_same_gaps(each)] == []


@every_language
def test_every_number_has_its_form(language: str) -> None:
    forms = catalogue.read_catalogue(language).num_plurals
    plural = [each for each in translations(language) if not isinstance(each.id, str) and each.string]
    assert [each.id for each in plural if isinstance(each.string, str) or len(each.string) != forms] == []


@every_language
def test_no_translation_is_longer_than_discord_allows(language: str) -> None:
    def forms(message: Message) -> Iterator[str]:
        yield from [message.string] if isinstance(message.string, str) else message.string or ()

    too_long = [
        form
        for each in translations(language)
        for form in forms(each)
        if len(form) > catalogue.MAX_LENGTHS.get(each.context or "", 4000)
    ]
    assert too_long == []


@every_language
def test_names_of_commands_are_names(language: str) -> None:
    names = [each for each in translations(language) if each.context in ("command", "option") and each.string]
    for each in names:
        name = str(each.string)
        assert _NAME.fullmatch(name), name
        assert name == name.lower() == unicodedata.normalize("NFC", name), name


async def test_the_tree_of_commands_can_be_told_in_every_language() -> None:
    tree = CuepointTree(discord.Client(intents=discord.Intents.none()))
    payloads = [await command.get_translated_payload(tree, CommandTranslator()) for command in tree.get_commands()]
    assert [problem for payload in payloads for problem in command_problems(payload)] == []
    assert scope_problems(payloads) == []
    for locale in {locale.value for locale in discord.Locale}:
        assert list(_repeated_names(payloads, locale)) == [], locale


def _repeated_names(level: list[Any], locale: str) -> Iterator[str]:
    """The names that two commands of a type, options or choices beside each other have in a language."""
    names = Counter(
        (
            each.get("type") if "integration_types" in each else 0,
            (each.get("name_localizations") or {}).get(locale, each["name"]),
        )
        for each in level
    )
    yield from (name for (_, name), count in names.items() if count > 1)
    for each in level:
        for inner in ("options", "choices"):
            yield from _repeated_names(each.get(inner) or [], locale)


def test_english_itself_keeps_the_limits(sentences: dict[tuple[str | None, Any], Message]) -> None:
    lengths = {key: catalogue.MAX_LENGTHS[key[0]] for key in sentences if key[0] in catalogue.MAX_LENGTHS}
    assert [key for key, most in lengths.items() if len(str(key[1])) > most] == []


def test_gaps_have_names(sentences: dict[tuple[str | None, Any], Message]) -> None:
    for _, texts in sentences:
        for text in [texts] if isinstance(texts, str) else texts:
            assert all(re.fullmatch(r"[a-z_]+", gap) for gap in find_gaps(text)), text


def test_two_runs_write_the_same_and_keep_what_is_translated() -> None:
    first = catalogue.update_catalogue(Catalog(locale="de", fuzzy=False), catalogue.collect_sentences())
    first.get("Changed.").string = "Geändert."
    written = catalogue.write_catalogue(first)
    again = catalogue.update_catalogue(read_po(io.StringIO(written), locale="de"), catalogue.collect_sentences())
    assert catalogue.write_catalogue(again) == written
    assert 'msgid "Changed."\nmsgstr "Geändert."' in written


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de", "de"), ("fr", "fr"), ("es-ES", "es"), ("es-419", "es"), ("pt-BR", "pt_BR"), ("ja", "ja"), ("en-GB", "en"),
     ("xx", "en"), ("", "en"), ("pt_BR", "pt_BR")],
)  # fmt: skip
def test_a_locale_has_the_language_that_is_nearest(tag: str, language: str) -> None:
    assert choose_language(tag) == language


def test_every_language_has_its_file() -> None:
    assert list(LANGUAGES) == WRITTEN
