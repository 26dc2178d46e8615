"""Counts what a bot holds: its tasks, its views, and the kinds of objects of which there are most."""

from __future__ import annotations

import asyncio
import gc
import json
from collections import Counter
from pathlib import Path

MAX_SHOWN = 40


def write(path: Path) -> None:
    """Adds a line of JSON. To be called in the event loop's thread."""
    gc.collect()
    kinds = Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    views = sum(count for kind, count in kinds.items() if kind.startswith("discord.ui.view."))
    tasks = Counter(getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
    found = {"tasks": tasks, "views": views, "kinds": dict(kinds.most_common(MAX_SHOWN))}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(found) + "\n")
