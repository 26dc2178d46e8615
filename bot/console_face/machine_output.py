"""Answers as JSON objects: stable, since tools build on them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.answering.values import Answer, Excerpt, Found
from storage.models import GlossaryEntry, Hit, Miss


def answer_json(answer: Answer) -> str:
    """One object, on one line. Beyond ASCII everything is escaped, so that it is safe to show on a terminal too."""
    return json.dumps(
        {
            "question": answer.question,
            "found": answer.found.value,
            "searched_for": answer.searched_for,
            "unknown_terms": list(answer.unknown_terms),
            "excerpts": [_excerpt(excerpt) for excerpt in answer.excerpts],
        }
    )


def hits_json(question: str, hits: Sequence[Hit]) -> str:
    """The ranked segments for a question as one object, on one line."""
    rows = [
        {
            "video_id": hit.video.video_id,
            "start_second": hit.segment.start_second,
            "end_second": hit.segment.end_second,
            "score": hit.score,
            "text": hit.segment.text,
        }
        for hit in hits
    ]
    return json.dumps({"question": question, "hits": rows})


def entry_json(entry: GlossaryEntry) -> str:
    """An entry of a glossary as one object, on one line."""
    return json.dumps({"said": entry.said, "meant": entry.meant})


def miss_json(miss: Miss) -> str:
    """A question without an answer as one object, on one line; `last_asked` is in seconds since the epoch."""
    return json.dumps({"question": miss.question, "count": miss.count, "last_asked": miss.last_asked})


def refusal_json(question: str, reason: str, *, hits: bool) -> str:
    """The object for a question that could not be asked: the usual form, empty, with the reason as `error`."""
    empty = json.loads(hits_json(question, ()) if hits else answer_json(Answer(question, Found.NOTHING)))
    return json.dumps({**empty, "error": reason})


def _excerpt(excerpt: Excerpt) -> dict[str, object]:
    return {
        "video_id": excerpt.video.video_id,
        "title": excerpt.video.title,
        "quote": excerpt.quote,
        "highlights": [list(span) for span in excerpt.highlights],
        "start_second": excerpt.start_second,
        "end_second": excerpt.end_second,
        "link": excerpt.link,
        "segments": list(excerpt.segments),
        "score": excerpt.score,
    }
