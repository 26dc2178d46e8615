"""Brings the files of translations in `bot/locales` up to date with the sentences in the code. For `make catalogue`.

Translations stay. A sentence that changed a little keeps its translation, marked as fuzzy: it is not shown until
someone has looked at it. Sentences that are gone are dropped. Two runs write the same: no dates, no line numbers.
"""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

import discord
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from bot.discord_app.commands.translator import MENU_CONTEXT, command_texts
from bot.discord_app.commands.tree import CuepointTree
from bot.localization import CATALOGUES, LANGUAGES

PROJECT = Path(__file__).resolve().parent.parent
FOLDERS = ("bot", "storage")
UNTRANSLATED = ("bot/cli", "bot/evaluation", "bot/operations")
"""What only hosts see, who read English."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "sentence": None,
    "plural_sentence": (1, 2),
}
"""The functions that take sentences: what `xgettext` calls keywords."""
COMMENT_TAG = "Translators:"
HEADER = "# The sentences of Cuepoint. How to translate them: docs/translating.md."
NOTES = {
    "command": "The name of a command: at most 32 characters, lower case, no spaces",
    "option": "The name of an option of a command: at most 32 characters, lower case, no spaces",
    "choice": "A choice of an option: at most 100 characters",
    "description": "Describes a command or an option: at most 100 characters",
    MENU_CONTEXT: "The name of a command in the menu of a message: at most 32 characters",
    "button": "A button: at most 34 characters",
    "placeholder": "Stands in a menu where nothing is chosen: at most 100 characters",
    "form title": "The title of a form: at most 45 characters",
    "field": "The name of a field of a form: at most 45 characters",
    "field description": "Below the name of a field of a form: at most 100 characters",
}
"""What translators are told of sentences, by their context."""
MAX_LENGTHS = {
    "command": 32,
    "option": 32,
    "choice": 100,
    "description": 100,
    MENU_CONTEXT: 32,
    "button": 34,
    "placeholder": 100,
    "form title": 45,
    "field": 45,
    "field description": 100,
}
"""The characters that Discord takes, or can show, by context."""


def collect_sentences() -> Catalog:
    """Return every sentence that can be translated, with nothing translated."""
    catalogue = Catalog(fuzzy=False)
    for path in _source_files():
        for _, sentence, comments, context in extract_from_file(
            "python", path, keywords=KEYWORDS, comment_tags=(COMMENT_TAG,), strip_comment_tags=True
        ):
            _add(catalogue, sentence, context, comments)
    tree = CuepointTree(discord.Client(intents=discord.Intents.none()))
    for context, text in asyncio.run(command_texts(tree)):
        _add(catalogue, text, context, [])
    return catalogue


def _source_files() -> list[Path]:
    paths = sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py"))
    skipped = tuple(f"{folder}/" for folder in UNTRANSLATED)
    return [path for path in paths if not path.relative_to(PROJECT).as_posix().startswith(skipped)]


def _add(catalogue: Catalog, sentence: str | tuple[str, ...], context: str | None, comments: list[str]) -> None:
    notes = [NOTES[context]] if context in NOTES else []
    # Babel would mark what looks like the gaps of printf, such as "100 % of".
    catalogue.add(sentence, context=context, auto_comments=[*notes, *comments], flags=()).flags.discard("python-format")


def read_catalogue(language: str) -> Catalog:
    """Return the translations into a language, as they are in its file; none where it has no file yet."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    for message in catalogue:
        # Babel takes the lines of an earlier sentence for comments, which it would keep for good.
        message.user_comments = [comment for comment in message.user_comments if not comment.startswith("|")]
    return catalogue


def update_catalogue(translated: Catalog, sentences: Catalog) -> Catalog:
    """Bring translations up to date with the sentences, and return them."""
    translated.update(sentences, update_header_comment=False, keep_user_comments=True)
    translated.obsolete.clear()
    return translated


def write_catalogue(catalogue: Catalog) -> str:
    """Return a catalogue as the text of a .po file, in the order of its sentences, without what changes by itself."""
    written = io.BytesIO()
    write_po(written, catalogue, width=120, no_location=True, omit_header=True, sort_output=True, include_previous=True)
    head = [
        HEADER,
        'msgid ""',
        'msgstr ""',
        f'"Language: {catalogue.locale_identifier}\\n"',
        f'"Plural-Forms: {catalogue.plural_forms}\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
    ]
    return "\n".join(head) + "\n\n" + written.getvalue().decode().strip() + "\n"


def main() -> int:
    """Write the file of every language, and print how much of it is translated."""
    sentences = collect_sentences()
    CATALOGUES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        catalogue = update_catalogue(read_catalogue(language), sentences)
        (CATALOGUES / f"{language}.po").write_text(write_catalogue(catalogue), encoding="utf-8")
        done = sum(1 for message in catalogue if message.id and is_translated(message.string) and not message.fuzzy)
        print(f"{language}: {done} of {len(catalogue)} sentences are translated")
    return 0


def is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Return whether every form of a translation is there."""
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
