"""On what a run was measured."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import Run


def described(run: Run, command: str, load: float) -> dict[str, str]:
    """The surroundings of a run with the versions of its engines."""
    versions = {engine.name: engine.version for engine in run.engines}
    engines = ", ".join(f"{name} {found or '(not installed)'}" for name, found in versions.items())
    return {**surroundings(command, load), "Engines": engines}


def surroundings(command: str, load: float) -> dict[str, str]:
    """Date, machine, versions and command, by what they are called; `load` is how busy it was with other things."""
    return {
        "Date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Machine": f"{processor()}, {os.cpu_count()} cores, {memory_gb():.0f} GB; {platform.system()}",
        "Python": f"{platform.python_version()}, numpy {version('numpy')}",
        "Command": f"`{command}`",
        "Load before": f"{load:.1f} (more than a little makes every time longer and less sure)",
    }


def processor() -> str:
    """The model of the processor, as Linux or Python tell it."""
    told = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", told.read_text(), re.MULTILINE) if told.exists() else None
    return model[1] if model else platform.processor() or platform.machine()


def memory_gb() -> float:
    """How much memory the machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
