"""Formats answers as JSON objects: stable, since tools build on them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.answering.links import TABLE, link_at
from bot.answering.values import Answer, AnsweredTimeline, AnswerLevel, Excerpt
from storage.models import (
    GlossaryEntry,
    Hit,
    KeyTerm,
    LeftOut,
    LibrarySize,
    LinkHosts,
    Miss,
    SpeakerTurn,
    Strip,
    VideoSpeakers,
    VideoSummary,
)


def answer_json(answer: Answer) -> str:
    """Return an answer as one object, on one line. All but ASCII is escaped: it is safe to show on a terminal too."""
    return json.dumps(
        {
            "question": answer.question,
            "found": answer.level.value,
            "searched_for": answer.searched_for,
            "unknown_terms": list(answer.unknown_terms),
            "is_partial": answer.is_partial or answer.left_out != LeftOut(),
            "excerpts": [_excerpt_object(excerpt) for excerpt in answer.excerpts],
            "near_misses": [_excerpt_object(excerpt) for excerpt in answer.near_misses],
        }
    )


def hits_json(question: str, hits: Sequence[Hit], *, is_partial: bool = False) -> str:
    """Return the ranked segments for a question as one object, on one line; `is_partial` says that not all of the
    question was searched for."""
    rows = [
        {
            "video_id": hit.video.video_id,
            "start_second": hit.segment.start_second,
            "end_second": hit.segment.end_second,
            "score": hit.score,
            "text": hit.segment.text,
            "turns": _turn_pairs(hit.segment.turns),
        }
        for hit in hits
    ]
    return json.dumps({"question": question, "is_partial": is_partial, "hits": rows})


def timeline_json(timeline: AnsweredTimeline) -> str:
    """Return a timeline as one object, on one line: its answer's, with `strips`, and with `moments` for `excerpts`.

    It has no near misses.
    """
    answer = json.loads(answer_json(timeline.answer))
    moments, _ = answer.pop("excerpts"), answer.pop("near_misses")
    return json.dumps({**answer, "strips": [_strip_object(strip) for strip in timeline.strips], "moments": moments})


def video_json(summary: VideoSummary, terms: Sequence[KeyTerm] | None = None, hosts: LinkHosts = TABLE) -> str:
    """Return a video as one object, on one line; with its key terms where they are given."""
    video = summary.video
    value: dict[str, object] = {
        "video_id": video.video_id,
        "title": video.title,
        "creator": video.creator,
        "url": video.url,
        "end_second": summary.end_second,
        "segments": summary.segments,
        "words": summary.words,
        "published": video.published,
        "language": video.language,
        "chapters": [
            {
                "start_second": chapter.start_second,
                "title": chapter.title,
                "link": link_at(video.url, chapter.start_second, hosts),
            }
            for chapter in video.chapters
        ],
    }
    if terms is not None:
        value["telling_terms"] = [
            {
                "word": term.word,
                "count": term.count,
                "weight": term.weight,
                "start_second": term.start_second,
                "link": link_at(video.url, term.start_second, hosts),
            }
            for term in terms
        ]
    return json.dumps(value)


def speakers_json(listed: VideoSpeakers) -> str:
    """Return the speakers of a video as one object, on one line."""
    speakers = [
        {
            "speaker": speaker.name,
            "words": speaker.words,
            "seconds": speaker.seconds,
            "quote": speaker.quote,
            "start_second": speaker.start_second,
            "link": link_at(listed.video.url, speaker.start_second),
        }
        for speaker in listed.speakers
    ]
    return json.dumps({"video_id": listed.video.video_id, "title": listed.video.title, "speakers": speakers})


def entry_json(entry: GlossaryEntry) -> str:
    """Return an entry of a glossary as one object, on one line."""
    return json.dumps({"said": entry.said, "meant": entry.meant})


def size_json(server_id: int, size: LibrarySize) -> str:
    """Return the size of a Discord server's library as one object, on one line."""
    return json.dumps(
        {
            "server": str(server_id),
            "videos": size.videos,
            "segments": size.segments,
            "text_bytes": size.text_bytes,
            "last_act": size.last_act,
            "acted_at": size.acted_at,
        }
    )


def miss_json(miss: Miss) -> str:
    """Return a question without an answer as one object, on one line; `last_asked` is in seconds since the epoch."""
    return json.dumps({"question": miss.question, "count": miss.count, "last_asked": miss.last_asked})


def refusal_json(question: str, reason: str, *, hits: bool) -> str:
    """Return the object for a question that could not be asked: the usual form, empty, with the reason as `error`."""
    empty = json.loads(hits_json(question, ()) if hits else answer_json(Answer(question, AnswerLevel.NOTHING)))
    return json.dumps({**empty, "error": reason})


def _strip_object(strip: Strip) -> dict[str, object]:
    return {
        "video_id": strip.video.video_id,
        "title": strip.video.title,
        "end_second": strip.end_second,
        "segments": [
            {"start_second": column.start_second, "end_second": column.end_second, "strength": column.strength}
            for column in strip.columns
        ],
    }


def _excerpt_object(excerpt: Excerpt) -> dict[str, object]:
    chapter = excerpt.video.chapter_at(excerpt.link_second)
    return {
        "video_id": excerpt.video.video_id,
        "title": excerpt.video.title,
        "quote": excerpt.quote,
        "highlights": [list(span) for span in excerpt.highlights],
        "start_second": excerpt.start_second,
        "end_second": excerpt.end_second,
        "link_second": excerpt.link_second,
        "link": excerpt.link,
        "segments": list(excerpt.segments),
        "score": excerpt.score,
        "speaker": excerpt.turns[0].speaker if excerpt.turns else "",
        "published": excerpt.video.published,
        "chapter": chapter.title if chapter else "",
        "turns": _turn_pairs(excerpt.turns),
    }


def _turn_pairs(turns: Sequence[SpeakerTurn]) -> list[tuple[int, str]]:
    return [(turn.offset, turn.speaker) for turn in turns]
