"""Characters that nobody sees: where they are dropped, where they are kept, and where they are refused."""

from __future__ import annotations

import re

import pytest

from bot.answering.question import parse_question
from bot.cli.screen import neutralize
from bot.discord_app.cards.parts.markdown import clean_line
from bot.images.fonts import find_lettering
from bot.operations.logging_setup import _LogCleaner
from storage import characters
from storage.analysis import analyser_for
from storage.characters import remove_unseen
from storage.errors import RequestError
from storage.formats.text_cleaning import clean_id
from storage.glossary_entries import check_entry
from storage.models import GlossaryEntry

RARE_SHAPE, FILLER, PRIVATE, UNASSIGNED = "\U000e0100", "\u3164", "\ue000", "\U000e0fff"
UNSEEN = ["\u200b", "\u200c", "\u00ad", "\u034f", "\u202e", "\u061c", "\ufe0f", "\u2800", "\x07", "\ud800"]
UNSEEN += [RARE_SHAPE, FILLER, PRIVATE, UNASSIGNED]


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_both_faces_show_a_title_without_it(unseen: str) -> None:
    assert neutralize(f"ta{unseen}lk") == clean_line(f"ta{unseen}lk") == "talk"


@pytest.mark.parametrize("unseen", [each for each in UNSEEN if each != "\ud800"], ids=ascii)
def test_two_ids_that_look_the_same_are_the_same(unseen: str) -> None:
    assert clean_id(f" ta{unseen}lk\t{unseen} one") == "talk one"


def test_every_named_set_is_among_what_nobody_sees() -> None:
    named = (
        "CONTROLS",
        "SURROGATES",
        "DIRECTIONS",
        "JOINERS",
        "EMPTY",
        "VARIANTS",
        "RARE_VARIANTS",
        "STRAY",
        "INVISIBLE",
    )
    every = "".join(map(chr, range(0x110000)))
    for name in named:
        found = "".join(re.findall(f"[{getattr(characters, name)}]", every))
        assert found
        assert remove_unseen(found) == "", name


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u061c", "\u2063"], ids=ascii)
def test_nothing_unseen_hides_an_operator(unseen: str) -> None:
    question = parse_question(f"mask {unseen}-{unseen}bert")
    assert (question.words, question.exclusions) == ("mask", ("bert",))


def test_a_question_keeps_the_joiners_that_its_language_spells_with() -> None:
    assert parse_question("می\u200cخواهم").words == "می\u200cخواهم"


@pytest.mark.parametrize(
    "typed",
    [
        "i ❤\ufe0f bert",
        "bert ❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3 talk",
        "می\u200cخواهم",
        f"葛{RARE_SHAPE}城",
        "അവന\u0d4d\u200d",
    ],
    ids=ascii,
)
def test_a_glossary_takes_what_people_type_unseen(typed: str) -> None:
    assert check_entry(GlossaryEntry(typed, "transformer"), analyser_for("en")).said == typed


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", FILLER, "\u2800", PRIVATE], ids=ascii)
def test_a_glossary_refuses_what_nobody_types(unseen: str) -> None:
    with pytest.raises(RequestError, match="a character that cannot be seen"):
        check_entry(GlossaryEntry(f"be{unseen}rt", "transformer"), analyser_for("en"))


@pytest.mark.parametrize(
    "side",
    ["be\u200drt", "\u200dbert", "bert\ufe0f", "a \ufe0fb", "می\u200c", "می\u200c\u200dخواهم", "❤\ufe0f\ufe0f x"],
    ids=ascii,
)
def test_a_glossary_refuses_what_is_spelling_elsewhere_where_it_is_none(side: str) -> None:
    for entry in (GlossaryEntry(side, "transformer"), GlossaryEntry("transformer", side)):
        with pytest.raises(RequestError, match="a character that cannot be seen"):
            check_entry(entry, analyser_for("fa"))


@pytest.mark.parametrize("unseen", ["\u061c", "\ufe0f", "\u034f", FILLER, RARE_SHAPE], ids=ascii)
def test_a_picture_writes_a_title_without_it(unseen: str) -> None:
    lettering = find_lettering(f"ta{unseen}lk")
    assert lettering is not None
    assert lettering.text == "talk"


@pytest.mark.parametrize("steering", ["\x1b", "\x85", "\x0b", "\u061c", "\u202e"], ids=ascii)
def test_a_log_shows_what_steers_a_terminal_as_an_escape(steering: str) -> None:
    shown = _LogCleaner("")(None, "", {"event": f"a{steering}b\tc\nd"})["event"]
    assert shown == f"a\\x{ord(steering):02x}b\tc\nd"
