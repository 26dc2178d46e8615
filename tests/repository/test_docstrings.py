"""Docstrings are true where a program can tell: the errors they name exist, and no word of old is left in them."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.project import PROJECT

FILES = sorted([*(PROJECT / "bot").rglob("*.py"), *(PROJECT / "storage").rglob("*.py")])
FOREIGN = {"HTTPException", "ValidationError", "SubRip"}
"""What a docstring may name there though it is no class of ours: errors of other packages, and a format."""


def definitions(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every function and class of a file with its docstring, "" for none."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            text := ast.get_docstring(node)
        ):
            yield node, text


def test_every_error_that_a_docstring_raises_exists() -> None:
    classes = {
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    unknown = {
        f"{path.relative_to(PROJECT)}: {name}"
        for path in FILES
        for _, text in definitions(path)
        for raised in re.findall(r"\b[Rr]aises?\b([^.;]*)", text)
        for name in re.findall(r"\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b", raised)
        if name not in classes | FOREIGN and not hasattr(builtins, name)
    }
    assert unknown == set()


def bare_strings(path: Path) -> Iterator[str]:
    """Every string that stands by itself: the docstrings of modules and constants too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def test_no_docstring_speaks_the_old_dialect() -> None:
    """Help texts of commands are what people read, and may say "each"."""
    archaic = re.compile(r"\b(nought|befell|anew|whoever|whomever|shelf|librarian)\b", re.IGNORECASE)
    found = {
        f"{path.relative_to(PROJECT)}: {word}"
        for path in FILES
        for text in bare_strings(path)
        for word in archaic.findall(text)
    }
    assert found == set()
