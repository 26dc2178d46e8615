"""Writes THIRD_PARTY.md: what Cuepoint needs to run, and under which licences. For `make licences`."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent
LISTED = PROJECT / "THIRD_PARTY.md"
ALLOWED = frozenset(
    {"0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0"}
    | {"CNRI-Python", "ISC", "MIT", "MIT-CMU", "OFL-1.1", "PSF-2.0", "Zlib"}
)
"""Licences that ask only to be named. A package with another licence needs a decision first."""
ELSEWHERE = frozenset({"audioop-lts"})
"""What only a newer Python needs than the one that the pins are renewed with: listed and pinned by hand."""
EXTRAS = ("meaning", "docx", "fast")
"""The extras whose packages are listed too: what they bring runs in the product. Those for development do not."""
DECIDED = {"tqdm": "MPL-2.0 AND MIT"}
"""Packages of an extra that were let in with another licence. tokenizers asks for huggingface-hub, and that for tqdm:
Cuepoint loads neither and changes nothing in them, and the MPL asks for no more than the source of changed files."""
_SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache2.0": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mit, bsd": "MIT AND BSD",
    "python software foundation license": "PSF-2.0",
    "sil open font license 1.1 (ofl-1.1)": "OFL-1.1",
}
"""What packages write in place of SPDX's names."""
_HEAD = """# What Cuepoint is built on

Packages that it needs to run, with their licences as the packages state them; the texts come with the packages.
Written by `make licences`; a test keeps it true. Versions are in `constraints.txt`.

"""
_EXTRA_NAMES = ", ".join(f"`{extra}`" for extra in EXTRAS[:-1]) + f" and `{EXTRAS[-1]}`"
_EXTRA_HEAD = f"""
## With the extras {_EXTRA_NAMES}

Installed only where somebody asks for them. `tqdm` comes with `tokenizers`; Cuepoint neither loads nor changes it.

"""
_DATA = """
## Inside Cuepoint

| file | what it is | licence |
| --- | --- | --- |
| `storage/meaning/bert_uncased_vocabulary.txt.xz` | BERT's vocabulary, by the Google AI Language Team | Apache-2.0 |
"""
_COLUMNS = """| package | licence |
| --- | --- |
"""


def runtime_packages(*extras_of_ours: str) -> dict[str, importlib.metadata.Distribution]:
    """Return every package that running Cuepoint needs here, by its canonical name; with those of extras.

    Raises PackageNotFoundError where one is not installed.
    """
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, importlib.metadata.Distribution] = {}
    lines = list(project["dependencies"])
    for extra in extras_of_ours:
        lines += project["optional-dependencies"][extra]
    wanted = [(Requirement(line), "") for line in lines]
    while wanted:
        requirement, extra = wanted.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": extra})):
            continue
        found[name] = importlib.metadata.distribution(requirement.name)
        for line in found[name].requires or ():
            wanted += [(Requirement(line), extra) for extra in ("", *requirement.extras)]
    return found


def licence_of(package: importlib.metadata.Distribution) -> str:
    """Return a package's licence as an SPDX expression; what it says itself where that is unknown."""
    if expression := _metadata_values(package, "License-Expression"):
        return expression[0]
    # The older field holds a name, or the whole text, which names nothing that can be read here.
    name = [value for value in _metadata_values(package, "License") if "\n" not in value.strip()]
    classified = [
        value.rpartition(" :: ")[2]
        for value in _metadata_values(package, "Classifier")
        if value.startswith("License :: ")
    ]
    return " AND ".join(_SPDX.get(value.lower(), value) for value in name or classified) or "unknown"


def _metadata_values(package: importlib.metadata.Distribution, field: str) -> list[str]:
    return [value for value in package.metadata.get_all(field) or () if value.strip()]


def is_allowed(expression: str) -> bool:
    """Return whether every licence of an SPDX expression is allowed; of alternatives one is enough."""
    either = re.split(r"\s+OR\s+", expression.strip("()"))
    return any(set(re.split(r"\s+AND\s+", side.strip("()"))) <= ALLOWED for side in either)


def table(licences: Mapping[str, str], of_extra: Mapping[str, str]) -> str:
    """Return the whole file."""
    return _HEAD + _rows(licences) + _EXTRA_HEAD + _rows(of_extra) + _DATA


def _rows(licences: Mapping[str, str]) -> str:
    return _COLUMNS + "".join(f"| {name} | {licence} |\n" for name, licence in sorted(licences.items()))


def read_listed() -> tuple[dict[str, str], dict[str, str]]:
    """Return the licences that the file lists, by package: of what Cuepoint needs, and of what the extras add."""
    needed, _, added = LISTED.read_text(encoding="utf-8").partition(_EXTRA_HEAD)
    return _read_rows(needed), _read_rows(added.removesuffix(_DATA))


def _read_rows(text: str) -> dict[str, str]:
    rows = re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \| (.+) \|$", text, re.MULTILINE)
    return {name: licence for name, licence in rows if name != "package"}


def main() -> int:
    """Write the file, unless a licence is not allowed."""
    here = {name: licence_of(package) for name, package in runtime_packages().items()}
    licences = {name: licence for name, licence in read_listed()[0].items() if name in ELSEWHERE} | here
    of_extra = {
        name: licence_of(package) for name, package in runtime_packages(*EXTRAS).items() if name not in licences
    }
    decided = {name for name, licence in of_extra.items() if DECIDED.get(name) == licence}
    both = {**licences, **of_extra}.items()
    if unknown := {name: licence for name, licence in both if name not in decided and not is_allowed(licence)}:
        for name, licence in sorted(unknown.items()):
            print(f"{name}: {licence!r} is not among the licences that may be taken in (.ci/licences.py)")
        return 1
    LISTED.write_text(table(licences, of_extra), encoding="utf-8")
    print(f"{LISTED.name}: {len(both)} packages.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
