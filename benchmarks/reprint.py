"""Runs the commands of RANKING.md again and prints their tables into it: python -m benchmarks.reprint"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("RANKING.md")
PROJECT = PAGE.parent.parent

BLOCK = re.compile(r"(?<=```console\n)\$ cuepoint (?P<arguments>.*)\n(?:.*\n)*?(?=```\n)")
"""A command of the page, and what it printed."""


def reprint(block: re.Match[str]) -> str:
    """Return a command with what it prints now; errors and progress go to the terminal."""
    command = [sys.executable, "-m", "bot", *shlex.split(block["arguments"])]
    print(f"$ cuepoint {block['arguments']}", file=sys.stderr)
    printed = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=PROJECT, check=True).stdout
    return f"$ cuepoint {block['arguments']}\n{printed}"


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(reprint, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
