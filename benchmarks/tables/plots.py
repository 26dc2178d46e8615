"""Plots how cost grows with the size of a library: latency and memory, of Cuepoint and of the peers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring.figures import EngineFigures, Run
from benchmarks.tables.bars import MB

# Okabe and Ito's colours, which everyone can distinguish; every engine has its own marker too.
STYLES = (
    ("#0072B2", "o"), ("#D55E00", "s"), ("#E69F00", "^"), ("#009E73", "v"), ("#CC79A7", "D"), ("#56B4E9", "X"),
)  # fmt: skip
WHOLE = "#000000"


def draw(run: Run, path: Path) -> None:
    """Draw both panels to a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 5.4), layout="constrained", dpi=120)
    latency, memory = figure.subplots(1, 2)
    _set_up_axes(latency, run, "one question: the median, and up to the 95th percentile", "milliseconds")
    _set_up_axes(memory, run, "memory of the index after its questions", "megabytes")
    _draw_whole_path(latency, memory, run)
    for name, style in zip(dict.fromkeys(engine.name for engine in run.engines), STYLES, strict=False):
        _draw_line(latency, run, name, style, lambda engine: 1e3 * engine.asked.median if engine.asked else None)
        _draw_band(latency, run, name, style[0])
        _draw_line(memory, run, name, style, lambda engine: engine.memory_bytes / MB if engine.memory_bytes else None)
    latency.legend(fontsize=9, frameon=False)
    memory.legend(fontsize=9, frameon=False)
    figure.savefig(path)


def _set_up_axes(axes: Any, run: Run, title: str, unit: str) -> None:
    axes.set(xscale="log", yscale="log", title=title, xlabel="segments in the library", ylabel=unit)
    axes.set_xticks(run.sizes, [f"{size:,}" for size in run.sizes])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_line(
    axes: Any, run: Run, name: str, style: tuple[str, str], of: Callable[[EngineFigures], float | None]
) -> None:
    values = [(size, of(engine)) for size in run.sizes if (engine := run.engine(name, size))]
    points = [(size, value) for size, value in values if value]
    if points:
        label = f"{name}, first stage" if name == "Cuepoint" else name
        axes.plot(*zip(*points, strict=True), color=style[0], marker=style[1], markersize=7, linewidth=1.8, label=label)


def _draw_band(axes: Any, run: Run, name: str, colour: str) -> None:
    engines = [engine for size in run.sizes if (engine := run.engine(name, size))]
    sizes, times = [engine.segments for engine in engines], [engine.asked for engine in engines if engine.asked]
    axes.fill_between(sizes, [1e3 * t.median for t in times], [1e3 * t.p95 for t in times], color=colour, alpha=0.13)


def _draw_whole_path(latency: Any, memory: Any, run: Run) -> None:
    """Draw Cuepoint's two stages, which no peer has."""
    look = {"color": WHOLE, "marker": "o", "markersize": 7, "linewidth": 1.8, "linestyle": "--"}
    sizes = [path.segments for path in run.paths]
    median, p95 = [1e3 * path.asked.median for path in run.paths], [1e3 * path.asked.p95 for path in run.paths]
    latency.plot(sizes, median, label="Cuepoint, whole path", **look)
    latency.fill_between(sizes, median, p95, color=WHOLE, alpha=0.13)
    held = [(path.segments, path.memory_bytes / MB) for path in run.paths if path.memory_bytes]
    if held:
        memory.plot(*zip(*held, strict=True), label="Cuepoint, whole path", **look)
