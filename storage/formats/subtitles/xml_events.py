"""XML from people nobody knows, read as it comes: no tree is kept, and nothing in it can grow or reach outside.

What defusedxml refuses is refused here by the same means, handlers of expat: entities that a file defines itself, which
can multiply, and with them all that would be fetched. Its trees are not needed, and expat knows the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from storage.formats.document import Document
from storage.sentences import sentence

_MAX_DEPTH = 100
_PROLOGUE = re.compile(r"[\ufeff\s]*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE\b[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*", re.S)
_BEGINNING = 10_000


class XmlReader(Protocol):
    """What is told of an XML file, element by element. Names come without their prefix: `p` for `tt:p`."""

    def start_element(self, name: str, attributes: Mapping[str, str], line: int) -> None: ...
    def end_element(self, name: str) -> None: ...
    def add_text(self, text: str) -> None: ...


def find_root(text: str) -> str:
    """Return what the text begins with after XML's declaration, comments and document type."""
    beginning = text[:_BEGINNING]
    prologue = _PROLOGUE.match(beginning)
    return beginning[prologue.end() :] if prologue else beginning


def read_xml(document: Document, reader: XmlReader, export_hint: str) -> None:
    """Tell `reader` the elements of a file. Raises InputError, with the line, for XML that is damaged or hostile.

    `export_hint` ends the sentence about damaged XML: how to get the file again.
    """
    parser = expat.ParserCreate("utf-8")  # whatever the file says: it was decoded already
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise document.refusal_error(
                sentence(
                    "its elements lie more than {most} deep, which no captions need; export it again", most=_MAX_DEPTH
                ),
                parser.CurrentLineNumber,
            )
        reader.start_element(_local(name), _local_names(attributes), parser.CurrentLineNumber)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        reader.end_element(_local(name))

    def refuse_entity(*_: object) -> None:
        raise document.refusal_error(
            sentence(
                "it defines entities of its own, which captions do not need and Cuepoint does not read; export it again"
            ),
            parser.CurrentLineNumber,
        )

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = reader.add_text
    parser.EntityDeclHandler = refuse_entity
    try:
        # A byte order mark or a blank line before the declaration is an error to expat, and to nobody else.
        parser.Parse(document.text.lstrip("\ufeff \t\n").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        offset = document.text[: len(document.text) - len(document.text.lstrip("\ufeff \t\n"))].count("\n")
        reason = sentence(
            "the XML is cut off or damaged ({problem}); {advice}",
            problem=expat.ErrorString(error.code),
            advice=export_hint,
        )
        raise document.refusal_error(reason, error.lineno + offset) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _local_names(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes without prefixes; one without a prefix comes before its namesakes."""
    return {_local(name): value for name, value in attributes.items() if ":" in name} | {
        name: value for name, value in attributes.items() if ":" not in name
    }
