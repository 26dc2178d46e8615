"""Asks pip-audit whether anything that is pinned is known to be vulnerable. For `make audit`.

By itself pip-audit says that all is well where its source knows none of the packages, as behind most mirrors.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--requirement", str(PROJECT / "constraints.txt")),
    *("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"),
)
FOUND, NOT_ASKED = 1, 3
UNREACHABLE = "Nothing was audited: no source of known vulnerabilities can be reached from this network."


def verdict(printed: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print, given what pip-audit printed."""
    try:
        packages = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return NOT_ASKED, [UNREACHABLE]
    asked = [entry for entry in packages if "skip_reason" not in entry]
    if not asked:
        return NOT_ASKED, [UNREACHABLE]
    lines = [
        f"{entry['name']} {entry['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'none yet'}"
        for entry in asked
        for flaw in entry["vulns"]
    ]
    skipped = sorted(entry["name"] for entry in packages if "skip_reason" in entry)
    if skipped:
        lines.append(f"Not audited, unknown to the source: {', '.join(skipped)}.")
        return FOUND, lines
    return (FOUND, lines) if lines else (0, [f"{len(asked)} packages audited, nothing is known against them."])


def main() -> int:
    """Run pip-audit, and print the verdict."""
    result = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    code, lines = verdict(result.stdout)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
