"""Completes a question that follows up another: with its words, with its filters, and with the videos it was shown."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answering.follow_ups import (
    MAX_FOLLOW_UP_LENGTH,
    FollowUp,
    complete_question,
    means_other_video,
    means_same_video,
)
from bot.answering.question import find_operators, parse_question
from bot.answering.values import Answer
from bot.discord_app.cards import conversation as cards
from bot.discord_app.services.questions.button_state import AnswerState, Inquiry, LastQuestion
from storage.analysis import analyser_for
from storage.models import Question

MAX_BARE_WORDS = 4
_POINTING = frozenset({"one", "said", "say", "says", "other", "another"})
"""Words that point back. Others, such as "mean", may be a subject."""
_PROBE = "qzxprobe"
"""A question of one word that nobody writes: what has none of its own is completed to this alone."""
_PROBES = (_PROBE, "was ist die qzxprobe", "qu'est-ce que la qzxprobe", "qué es la qzxprobe", "o que é a qzxprobe")
"""The same in every language whose follow-ups are known: a text of few words is read in that of the last question."""
_ABOUT_MESSAGE = re.compile(
    r"\b(?:answers?|help|know|look(?: up)?|check|find|search|question|message)\b", re.IGNORECASE
)
_VIDEO = r"(?:video|talk|one|lecture|episode|film|clip|recording)s?\b"
_NAMED_VIDEO = re.compile(
    r"(?:(?:and|but|or|ok|so|what about|how about),? )*(?:in|from) (?:the|that) "
    rf"(?P<name>[^?!.]{{2,60}}?) {_VIDEO}[?!. ]*",
    re.IGNORECASE,
)


def complete_inquiry(inquiry: Inquiry, last: AnswerState, *, is_own: bool) -> Inquiry:
    """Return an inquiry completed with the last question, where it has too few words of its own; else as it is.

    Filters of the last question hold on, but for those that the inquiry itself has. Who asks about the same video
    means the one that was shown first, and about the other one the only other one that was shown. `is_own` is whether
    the same person asked both.
    """
    before, question = last.inquiry, parse_inquiry(last.inquiry)
    named, asked_before = _find_named_video(inquiry.text), _write_without_filters(question)
    completed = complete_question(inquiry.text, asked_before, before.context)
    if named:
        completed = FollowUp(asked_before, before.context)
    if completed is None:
        return inquiry
    own = {operator.kind for operator in find_operators(inquiry.text)}

    def carry(name: str, given: str, last_one: str) -> str:
        return given or ("" if name in own else last_one)

    return Inquiry(
        completed.text,
        carry("video", inquiry.video or named, _carry_video(inquiry.text, question.video, last)),
        carry("creator", inquiry.creator, question.creator),
        inquiry.server or before.server,
        carry("speaker", inquiry.speaker, question.speaker),
        carry("after", inquiry.after, question.after),
        carry("before", inquiry.before, question.before),
        inquiry.newest_first or before.newest_first,
        last=_find_last(before, completed, is_own=is_own),
        context=completed.context,
    )


def _find_last(before: Inquiry, completed: FollowUp, *, is_own: bool) -> LastQuestion:
    """Return the question that one follows up: the last, or the one before it where it has words of its own that are
    meant beside the words of that, as the last had."""
    has_words = completed.text != before.text
    if has_words and before.last is not None and before.context and completed.context:
        return replace(before.last, is_own=before.last.is_own and is_own)
    return LastQuestion(before.wording if has_words else before.text, is_own)


def _write_without_filters(question: Question) -> str:
    """Return the text of a question without its filters."""
    phrases = [f'"{words}"' for words in question.phrases]
    return " ".join([question.words, *phrases, *(f'-"{words}"' for words in question.exclusions)])


def _find_named_video(text: str) -> str:
    """Return the name of the video in which the last question is asked again ("and in the BERT video?"), or ""."""
    match = _NAMED_VIDEO.fullmatch(text.strip())
    return "" if match is None or means_other_video(text) or means_same_video(text) else match["name"]


def may_follow_up(text: str) -> bool:
    """Return whether a text is completed with the last question, whatever that was."""
    if len(text) > MAX_FOLLOW_UP_LENGTH:
        return False
    return bool(_find_named_video(text)) or any(complete_question(text, probe) is not None for probe in _PROBES)


def points_to_message(text: str) -> bool:
    """Return whether a text in reply to somebody's message says nothing but that the message is meant: "why?", or "can
    you answer this?"."""
    rest = _ABOUT_MESSAGE.sub(" ", text).strip()
    return not rest or complete_question(rest, _PROBE) == FollowUp(_PROBE)


def is_without_subject(text: str) -> bool:
    """Return whether a text only makes sense after something else: "why?", "who said that?". A few words, none of which
    could be looked for: "to be or not to be" may be somebody's quote."""
    tokens = list(analyser_for("en").tokens(text)) if len(text) <= MAX_FOLLOW_UP_LENGTH else []
    if not 0 < len(tokens) <= MAX_BARE_WORDS or find_operators(text):
        return False
    return any(token.is_stop_word for token in tokens) and all(
        token.is_stop_word or token.word in _POINTING for token in tokens
    )


def parse_inquiry(inquiry: Inquiry) -> Question:
    """Parse an inquiry. Raises InvalidQuestion."""
    return parse_question(
        inquiry.text,
        video=inquiry.video,
        creator=inquiry.creator,
        speaker=inquiry.speaker,
        after=inquiry.after,
        before=inquiry.before,
        newest_first=inquiry.newest_first,
        context=inquiry.context,
    )


def describe_follow_up(inquiry: Inquiry, answer: Answer) -> list[str]:
    """Return lines that say what an inquiry follows up, and which filters hold; none where it follows up nothing."""
    if inquiry.last is None:
        return []
    named = [excerpt.video.heading for excerpt in (*answer.excerpts, *answer.near_misses)]
    # The filter may be an id, which tells people nothing.
    video = named[0] if inquiry.video and named else inquiry.video
    return cards.follow_up_remarks(
        inquiry.last.text,
        is_own=inquiry.last.is_own,
        video=video,
        creator=inquiry.creator,
        speaker=inquiry.speaker,
        after=inquiry.after,
        before=inquiry.before,
    )


def _carry_video(text: str, filtered: str, last: AnswerState) -> str:
    """Return the video filter of a follow-up that has none itself; "" for all videos."""
    shown = list(dict.fromkeys(spot.stretch.video_id for spot in last.spots))
    if means_other_video(text):
        return shown[1] if len(shown) == 2 else ""
    if means_same_video(text) and not filtered:
        return shown[0] if shown else ""
    return filtered
