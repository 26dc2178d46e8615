"""Sentences in the language of the task at work, and what happens where a translation cannot be used."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import localization
from bot.localization import (
    format_number,
    gettext,
    join_words,
    load_languages,
    load_translations,
    ngettext,
    set_language,
    translate,
)
from storage.errors import RequestError
from storage.sentences import Listing, about_file, leave_out_file, plural_sentence, sentence

HEAD = """msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(localization, "CATALOGUES", tmp_path)
    load_translations.cache_clear()
    yield tmp_path
    set_language("en")
    load_translations.cache_clear()


def german(folder: Path, *entries: tuple[str, ...]) -> None:
    """A German catalogue of pairs, or of triples: one, many, and the two forms."""
    parts = [
        f'msgid "{entry[0]}"\nmsgstr "{entry[1]}"\n'
        if len(entry) == 2
        else f'msgid "{entry[0]}"\nmsgid_plural "{entry[1]}"\nmsgstr[0] "{entry[2]}"\nmsgstr[1] "{entry[3]}"\n'
        for entry in entries
    ]
    (folder / "de.po").write_text(HEAD + "\n".join(parts), encoding="utf-8")
    set_language("de")


def test_what_is_not_translated_is_english(folder: Path) -> None:
    german(folder, ("Changed.", "Geändert."), ("Next", ""))
    assert (gettext("Changed."), gettext("Next"), gettext("Never heard"), gettext("")) == (
        *("Geändert.", "Next", "Never heard"),
        "",
    )


def test_a_file_that_cannot_be_read_is_one_line_and_english(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    for broken in ('msgid "Changed.\nmsgstr', "\x00\xff", HEAD.replace("n != 1", "__import__('os')")):
        load_translations.cache_clear()
        caplog.clear()
        (folder / "de.po").write_text(broken, encoding="latin-1")
        set_language("de")
        with caplog.at_level(logging.ERROR):
            assert gettext("Changed.") == gettext("Changed.") == "Changed."
        assert len(caplog.messages) <= 1
    assert ngettext("one", "many", 2) == "many"


def test_a_translation_with_other_gaps_is_left_out(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    german(
        folder,
        ("Page {page}", "Seite {seite}"),
        ("By {who}", "Von {who"),
        ("{count} video", "{count} videos", "ein Video", "{count} Videos"),
    )
    assert gettext("Page {page}").format(page=2) == "Page 2"
    assert gettext("By {who}").format(who="Ana") == "By Ana"
    assert ngettext("{count} video", "{count} videos", 1).format(count=1) == "ein Video"
    assert len(caplog.messages) == 2


def test_numbers_and_lists_are_written_as_the_language_does() -> None:
    assert (format_number(12345), format_number(1234.56, 1)) == ("12,345", "1,234.6")
    assert (join_words(["a", "b", "c"]), join_words(["a", "b"], any_of=True), join_words(["a"])) == (
        *("a, b and c", "a or b"),
        "a",
    )
    load_languages()
    set_language("de")
    assert (format_number(12345), format_number(1234.56, 1)) == ("12.345", "1.234,6")
    assert (join_words(["a", "b", "c"]), join_words(["a", "b"], any_of=True)) == ("a, b und c", "a oder b")
    set_language("ja")
    assert join_words(["a", "b", "c"]) == "a、b、c"
    assert join_words([]) == ""


# What storage says


def test_a_sentence_is_its_english_text(folder: Path) -> None:
    made = sentence("No video is called “{name}”.", name="{x} %s")
    assert made == "No video is called “{x} %s”."
    assert json.loads(json.dumps({"error": made})) == {"error": made}
    assert translate(made) == made


def test_a_sentence_crosses_into_another_process_within_its_error(folder: Path) -> None:
    german(folder, ("There are {count}.", "Es sind {count}."))
    error = pickle.loads(pickle.dumps(RequestError(sentence("There are {count}.", count=1234))))
    assert str(error) == "There are 1,234."
    assert translate(str(error)) == "Es sind 1.234."


def test_parts_of_a_sentence_are_translated_and_names_are_not(folder: Path) -> None:
    german(
        folder,
        ("{file}: {reason}", "{file}: {reason}"),
        ("{file}, line {line}: {reason}", "{file}, Zeile {line}: {reason}"),
        ("line {line}: {reason}", "Zeile {line}: {reason}"),
        ("is empty", "ist leer"),
        ("Did you mean {names}?", "Meintest du {names}?"),
        ("{count} file", "{count} files", "{count} Datei", "{count} Dateien"),
    )
    reason = sentence("is empty")
    assert translate(about_file("is empty", reason)) == "is empty: ist leer"
    in_line = sentence("{file}, line {line}: {reason}", file="a.csv", line="1234", reason=reason)
    assert translate(leave_out_file(in_line, "a.csv")) == "Zeile 1234: ist leer"
    assert leave_out_file(in_line, "a.csv") == "line 1234: is empty"
    assert leave_out_file(about_file("a.csv", reason), "a.csv") is reason
    assert leave_out_file("a.csv: is odd", "a.csv") == "is odd"
    assert translate(sentence("Did you mean {names}?", names=Listing(("a", "b"), " or "))) == "Meintest du a oder b?"
    counted = plural_sentence("{count} file", "{count} files", count=1)
    assert (str(counted), translate(counted)) == ("1 file", "1 Datei")
    assert translate(plural_sentence("{count} file", "{count} files", count=2000)) == "2.000 Dateien"
