"""Composes an answer: which excerpts it shows, and how sure it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.answering.excerpts import QUOTE_LENGTH, SHORT_QUOTE_LENGTH, quote_densest
from bot.answering.links import TABLE
from bot.answering.matching import Matcher
from bot.answering.near_duplicates import Wording
from bot.answering.sureness import SurenessThresholds, compute_sureness, says_every_word
from bot.answering.values import Answer, AnswerLevel, Excerpt, OtherPlace, Passage, QuoteLengths
from storage.analysis import fold, is_unspaced
from storage.models import LinkHosts, SearchResult

BESIDE_BEST = 0.4
"""An excerpt is shown when its score is at least this share of the best one's."""
NEWEST_BESIDE_BEST = 0.6
"""The same where the newest come first: the order no longer says which answers best, so all must answer well."""
NEAR_MISSES = 3
_RANK = {level: rank for rank, level in enumerate((AnswerLevel.NOTHING, AnswerLevel.CLOSEST, AnswerLevel.CONFIDENT))}
Quotable = TypeVar("Quotable", Passage, Excerpt)
FULL_QUOTES = QuoteLengths(QUOTE_LENGTH, QUOTE_LENGTH)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a question found in one language: the result of the search, and its passages, best first.

    `is_whole` says that all that was found is in its passages: more of them could not have been selected.
    """

    result: SearchResult
    passages: Sequence[Passage]
    matcher: Matcher
    is_whole: bool = False


def answer_findings(
    findings: Sequence[Findings],
    limit: int,
    thresholds: SurenessThresholds | None = None,
    lengths: QuoteLengths = FULL_QUOTES,
    hosts: LinkHosts = TABLE,
) -> Answer:
    """Answer a question from what it found, language by language. The quote that comes first has its own length.

    `hosts` say how links are written.
    """
    thresholds = thresholds or SurenessThresholds()
    leader = _find_leader(findings, thresholds)
    following = QuoteLengths(lengths.others, lengths.others)
    answers = [
        compose_answer(
            found.result,
            found.passages,
            found.matcher,
            limit,
            thresholds,
            lengths if found is leader else following,
            hosts,
        )
        for found in findings
    ]
    merged = merge_answers(answers, limit, newest_first=leader.matcher.question.newest_first)
    return replace(merged, is_whole=all(map(_shows_all, findings, answers)) and len(merged.excerpts) < limit)


def _shows_all(found: Findings, answer: Answer) -> bool:
    """Return whether no more of what was found in a language is worth showing: the next best passage was not, or there
    was none."""
    worst = min((passage.score for passage in found.passages), default=0.0)
    return found.is_whole or worst < BESIDE_BEST * _best_score(found.passages) or answer.level is AnswerLevel.NOTHING


def _find_leader(findings: Sequence[Findings], thresholds: SurenessThresholds) -> Findings:
    """Return the findings whose best passage is quoted first when their answers are merged."""
    sureness = [_rate(found.result, found.passages, thresholds) for found in findings]
    surest = max(range(len(findings)), key=lambda place: (_RANK[sureness[place][0]], sureness[place][1]))
    # As in merging, only answers as sure as the surest are shown, and of equal scores the surest's comes first.
    shown = [surest, *(place for place in range(len(findings)) if sureness[place][0] is sureness[surest][0])]
    return findings[max(shown, key=lambda place: _best_score(findings[place].passages))]


def _rate(
    result: SearchResult, passages: Sequence[Passage], thresholds: SurenessThresholds
) -> tuple[AnswerLevel, float]:
    sureness = compute_sureness(_best_score(passages), result)
    level = thresholds.level(sureness, says_every_word(result)) if passages else AnswerLevel.NOTHING
    return level, sureness


def _best_score(passages: Sequence[Passage]) -> float:
    return max((passage.score for passage in passages), default=0.0)


def compose_answer(
    result: SearchResult,
    passages: Sequence[Passage],
    matcher: Matcher,
    limit: int,
    thresholds: SurenessThresholds | None = None,
    lengths: QuoteLengths = FULL_QUOTES,
    hosts: LinkHosts = TABLE,
) -> Answer:
    """Answer a question from its passages, which come best first.

    The answer has at most `limit` excerpts, no two of them alike. Near misses are quoted briefly, whatever `lengths`
    are: they are read to see what they are about. `matcher` is the question's.
    """
    thresholds = thresholds or SurenessThresholds()
    words = (term.word for term in result.terms if not term.alternatives)
    unknown = tuple(dict.fromkeys((*words, *result.unmatched_phrases)))
    level, sureness = _rate(result, passages, thresholds)
    nothing = level is AnswerLevel.NOTHING
    share = NEWEST_BESIDE_BEST if matcher.question.newest_first else BESIDE_BEST
    max_excerpts, min_score = (NEAR_MISSES, 0.0) if nothing else (limit, share * _best_score(passages))
    if nothing:
        near = min(lengths.others, SHORT_QUOTE_LENGTH)
        lengths = QuoteLengths(near, near)
    worth_showing = [passage for passage in passages if passage.score >= min_score]
    if matcher.question.newest_first and not nothing:
        worth_showing = _sort_newest_first(worth_showing)
    excerpts = tuple(_distinct_excerpts(worth_showing, matcher, max_excerpts, lengths, hosts))
    return Answer(
        matcher.question.text,
        level,
        () if nothing else excerpts,
        result.searched_for,
        unknown,
        excerpts if nothing else (),
        sureness,
        result.unmatched_exclusions,
        left_out=matcher.question.left_out,
        is_partial=result.is_partial,
    )


def merge_answers(answers: Sequence[Answer], limit: int, *, newest_first: bool = False) -> Answer:
    """Merge the answers to a question in several languages, as sure as the surest of them; excerpts by score, or by
    when their videos were published."""
    merged = _merge_excerpts(answers, limit, newest_first)
    return replace(merged, unknown_terms=tuple(dict.fromkeys(_restore_typed(merged.unknown_terms, merged.question))))


def _merge_excerpts(answers: Sequence[Answer], limit: int, newest_first: bool) -> Answer:
    surest = max(answers, key=lambda answer: (_RANK[answer.level], answer.sureness))
    others = [answer for answer in answers if answer is not surest]
    if not others:
        return surest
    worth_showing = [surest, *(answer for answer in others if answer.level is surest.level)]
    excerpts = sorted((excerpt for answer in worth_showing for excerpt in answer.excerpts), key=_sort_key)
    excerpts = _sort_newest_first(excerpts) if newest_first else excerpts
    near_misses = sorted((excerpt for answer in worth_showing for excerpt in answer.near_misses), key=_sort_key)
    return replace(
        surest,
        excerpts=tuple(excerpts[:limit]),
        near_misses=tuple(near_misses[:NEAR_MISSES]),
        unknown_terms=tuple(
            word for word in surest.unknown_terms if all(word in answer.unknown_terms for answer in others)
        ),
        unmatched=tuple(word for word in surest.unmatched if all(word in answer.unmatched for answer in others)),
        is_partial=any(answer.is_partial for answer in answers),
    )


def _restore_typed(words: Iterable[str], question: str) -> Iterator[str]:
    """Yield the words that no video says, as the question has them.

    In scripts without spaces the words are overlapping pairs of characters: a run of them is yielded as one word.
    """
    typed, run = fold(question), ""
    for word in words:
        longer = run + word[_overlap_length(run, word) :]
        if run and (len(longer) == len(run) + len(word) or longer not in typed):
            yield run
            longer = word
        run = longer
    if run:
        yield run


def _overlap_length(run: str, word: str) -> int:
    """Return how many characters at the end of a run a pair of characters repeats."""
    if not is_unspaced(word):
        return 0
    return next((size for size in range(len(word) - 1, 0, -1) if run.endswith(word[:size])), 0)


def _sort_key(excerpt: Excerpt) -> float:
    return -excerpt.score


def _sort_newest_first(found: Iterable[Quotable]) -> list[Quotable]:
    """Return passages or excerpts by when their videos were published, the newest first, those without a date last."""
    return sorted(found, key=lambda each: each.video.published, reverse=True)


def _distinct_excerpts(
    passages: Iterable[Passage], matcher: Matcher, limit: int, lengths: QuoteLengths, hosts: LinkHosts
) -> Iterator[Excerpt]:
    """Yield the first excerpts that say something new, with the other places that say the same."""
    distinct: list[tuple[Excerpt, Wording]] = []
    elsewhere: dict[int, list[OtherPlace]] = {}
    for passage in passages:
        said = Wording(passage.text if distinct else "")
        same = next((place for place, (_, quote) in enumerate(distinct) if said.holds(quote)), None)
        if same is None and len(distinct) == limit:
            continue
        # Quoting is most of the work of an answer: no more is quoted than is shown.
        candidate = quote_densest(passage, matcher, lengths.others if distinct else lengths.first, hosts)
        if same is None:
            distinct.append((candidate, Wording(candidate.quote)))
        else:
            elsewhere.setdefault(same, []).append(OtherPlace(candidate.video, candidate.link_second, candidate.link))
    for place, (excerpt, _) in enumerate(itertools.islice(distinct, limit)):
        yield replace(excerpt, other_places=tuple(elsewhere[place])) if place in elsewhere else excerpt
