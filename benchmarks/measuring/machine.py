"""Describes the machine on which a run was measured."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measuring.figures import Run


def describe_run(run: Run, command: str, load: float) -> dict[str, str]:
    """Return the machine and the command of a run, with the versions of its engines."""
    versions = {engine.name: engine.version for engine in run.engines}
    engines = ", ".join(f"{name} {found or '(not installed)'}" for name, found in versions.items())
    return {**describe_machine(command, load), "Engines": engines}


def describe_machine(command: str, load: float) -> dict[str, str]:
    """Return date, machine, versions and command by name; `load` is how busy the machine was with other things."""
    return {
        "Date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Machine": f"{processor()}, {os.cpu_count()} cores, {memory_gb():.0f} GB; {platform.system()}",
        "Python": f"{platform.python_version()}, numpy {version('numpy')}",
        "Command": f"`{command}`",
        "Load before": f"{load:.1f} (more than a little makes every time longer and less sure)",
    }


def processor() -> str:
    """Return the model of the processor, as Linux or Python report it."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    return model[1] if model else platform.processor() or platform.machine()


def memory_gb() -> float:
    """Return how much memory the machine has, in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
