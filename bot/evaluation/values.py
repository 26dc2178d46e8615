"""A question set: texts, questions asked about them, and which text answers which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CORPUS, QUERIES, JUDGEMENTS = "corpus.jsonl", "queries.jsonl", "qrels.jsonl"
"""The files of a question set."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment of a corpus. `video` is "" where it belongs to none; None means that the file does not say.

    `seq` is its place in its video, `start` and `end` are its times in seconds.
    """

    entry_id: str
    text: str
    title: str = ""
    video: str = ""
    seq: float | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One question, and the video it was asked about; "" where that is not known.

    `answers` are phrases of which any answers it, none where the set does not say.
    """

    query_id: str
    text: str
    video: str = ""
    answers: tuple[str, ...] = ()


Judgements = Mapping[str, Mapping[str, int]]
"""How relevant an entry is, by query id and entry id: 0 for not at all."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Texts, questions and judgements. `notes` are sentences about what in the files was skipped."""

    entries: tuple[Entry, ...]
    queries: tuple[Query, ...]
    judgements: Judgements
    notes: tuple[str, ...] = ()
