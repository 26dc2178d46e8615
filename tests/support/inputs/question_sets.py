"""A small question set of our own, for the tests of what evaluates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

Json = Mapping[str, object]

CORPUS: tuple[Json, ...] = (
    {"_id": "lamp 0", "video": 7, "seq": 0, "start": 0, "end": 20, "title": "Harbour",
     "text": "The copper lantern hangs above the harbour gate, and the keeper lights it every evening."},
    {"_id": "lamp 1", "video": 7, "seq": 1, "start": 20, "end": 40, "title": "Harbour",
     "text": "When fog comes in from the sea the keeper rings a bronze bell as well."},
    {"_id": "violin 0", "video": 8, "seq": 0, "start": 0, "end": 30, "title": "Workshop",
     "text": "A violin maker chooses spruce for the top, because spruce is light and stiff."},
    {"_id": "violin 1", "video": 8, "seq": 1, "start": 30, "end": 60, "title": "Workshop",
     "text": "The varnish dries for weeks; maple from the mountains makes the back of the instrument."},
    {"_id": "bread 0", "video": "9", "seq": 0, "start": None, "title": None,
     "text": "Rye dough needs a sour starter, a warm kitchen and a whole night of patience."},
    {"_id": "bread 1", "video": "9", "seq": 1, "start": None, "title": None,
     "text": "The oven must be very hot when the loaves go in, then cooler while they bake."},
)  # fmt: skip
QUERIES: tuple[Json, ...] = (
    {"_id": 1, "text": "where does the copper lantern hang?", "video": 7, "split": "ours"},
    {"_id": 2, "text": "which wood does a violin maker choose?", "video": 8},
    {"_id": 3, "text": "how does rye dough rise with a sour starter?", "video": "9"},
)
JUDGEMENTS: tuple[Json, ...] = (
    {"query-id": 1, "corpus-id": "lamp 0", "score": 1},
    {"query-id": 2, "corpus-id": "violin 0", "score": 2},
    {"query-id": 2, "corpus-id": "violin 1", "score": 1},
    {"query-id": 3, "corpus-id": "bread 0", "score": 1},
)
FOREIGN: tuple[Json, ...] = (
    {"_id": "a", "text": "what does the senate debate about railway pensions"},
    {"_id": "b", "text": "how are comets photographed through telescopes"},
    {"_id": "c", "text": "why do turbines vibrate underwater"},
    {"_id": "d", "text": "who painted ceilings during plague years"},
)


def write_set(
    folder: Path,
    corpus: Iterable[Json] = CORPUS,
    queries: Iterable[Json] = QUERIES,
    judgements: Iterable[Json] = JUDGEMENTS,
) -> Path:
    """Write a question set into a folder of this name, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, objects in (("corpus", corpus), ("queries", queries), ("qrels", judgements)):
        lines = (json.dumps(each) + "\n" for each in objects)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder
