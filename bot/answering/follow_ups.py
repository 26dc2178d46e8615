"""Completes a question that needs the last one to be understood: "and what about its cost?". Pure, without a model.

It is asked with the content words of the last question. Where it names a subject of its own ("and what about xlnet?"),
that has to be said, and the other words only decide among what says it. Precision comes first here too: a question that
has content of its own, and does not point back, is asked as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.answering.intents.phrases import LANGUAGES, begins_question, fold_word, phrases_of
from bot.answering.question import Operator, find_operators
from storage.analysis import analyser_for, blank_stop_phrases, fold, guess_language

MAX_OWN_WORDS = 2
"""Content words that a follow-up has at most: what says more is a question of its own."""
MAX_FOLLOW_UP_LENGTH = 300
"""Characters of a follow-up at most, with its filters: what is longer stands by itself, and takes long to read."""
MAX_CONTENT_WORDS = 12
"""Content words of a completed question, at most: what was asked long ago drops out."""
_WORD = re.compile(r"[^\W_]+(?:['’‘-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a follow-up asks: its text, as `parse_question` reads it, and the words of an earlier question beside which
    that is meant: "xlnet", beside "bert mask words"."""

    text: str
    context: str = ""

    @property
    def wording(self) -> str:
        """Return all that is searched for, what is asked about first."""
        return " ".join(filter(None, (self.text, self.context)))


@dataclass(frozen=True, slots=True)
class _OwnWords:
    """The content words of a follow-up. `are_subject` says that they name what is asked about now ("and xlnet?"), in
    place of saying more of what was asked about ("is it slow?")."""

    words: list[str]
    are_subject: bool = False


def complete_question(text: str, last: str, last_context: str = "") -> FollowUp | None:
    """Return what a follow-up asks, its own content words and operators first.

    `last_context` is that of the last question, which was a follow-up itself then: one that names another subject takes
    the place of that one's.

    None for a question of its own, and where the last question has nothing to add. Of filters that both have the
    text's one holds; so does a word that the last question left out and the text asks for.
    """
    own = _own_words(text, last) if len(text) <= MAX_FOLLOW_UP_LENGTH else None
    if own is None:
        return None
    operators, known = find_operators(text), {fold(word) for word in own.words}
    earlier = [word for word in _content_words(_blank_operators(last), _guess(last)) if fold(word) not in known]
    kept = _keep_operators(last, text, known, {operator.kind for operator in operators})
    if not earlier and not kept:
        return None
    earlier = earlier[: MAX_CONTENT_WORDS - len(own.words)]
    typed = [text[operator.start : operator.end] for operator in operators if operator.kind != "address"]
    if not own.are_subject:
        return FollowUp(" ".join([*own.words, *typed, *earlier, *kept]), last_context)
    before = [word for word in last_context.split() if fold(word) not in known]
    return FollowUp(" ".join([*own.words, *typed, *kept]), " ".join(before or earlier))


def _own_words(text: str, last: str) -> _OwnWords | None:
    """Return the content words of a follow-up; None for a question of its own.

    A text of few words may be in several languages: it is then taken to be in that of the last question, or in any in
    which it says nothing by itself ("warum?").
    """
    plain = _blank_operators(text)
    kinds = [operator.kind for operator in find_operators(text)]
    if not _WORD.search(plain) and not any(kind != "address" for kind in kinds):
        return None
    phrases = kinds.count("phrase")
    known = _guess(plain)
    language = known or _guess(last) or _language_going_on(plain)
    own = _content_words(plain, language)
    most_of_subject = _most_subject_words(plain, phrases, language)
    if len(own) + phrases <= most_of_subject:
        points_back = _has_any(phrases_of(language).lists, "pointing", _fold_words(plain))
        return _OwnWords(own, are_subject=bool(own) and not points_back)
    if len(own) + phrases <= _most_added_words(plain, language):
        return _OwnWords(own)
    if known or phrases:
        return None
    return _OwnWords([]) if any(_says_nothing(plain, language) for language in LANGUAGES) else None


def _language_going_on(plain: str) -> str:
    """Return the language in which a short question begins with "and"; the first one where it does so in none."""
    if not plain.rstrip().endswith("?"):
        return LANGUAGES[0]
    folded = _fold_words(plain)
    begun = (
        language for language in LANGUAGES if _has_any(phrases_of(language).lists, "going on", folded, r"\A(?=\S+ )")
    )
    return next(begun, LANGUAGES[0])


def _says_nothing(plain: str, language: str) -> bool:
    """Return whether a text has words that need the last question in a language, and no content in it."""
    again = _list_of("said again", language)
    asks = any(word in again for word in fold_word(plain).replace("?", " ").split())
    return asks and not _content_words(plain, language)


def _most_subject_words(plain: str, phrases: int, language: str) -> int:
    """Return how many content words a text without its operators may have that names another subject; 0 for one that
    names none."""
    lists = phrases_of(language).lists
    going_on = lists.get("going on", "and")
    folded = re.sub(r"\A(?:so|ok|okay|then|yes|no) ", "", _fold_words(plain))
    if _has_any(lists, "what about", folded, rf"\A(?:(?:{going_on}) )?"):
        return MAX_OWN_WORDS
    rest = re.match(rf"(?:{going_on}) (.+)", folded)
    if rest and _may_be_noun(rest[1], language):
        return MAX_OWN_WORDS
    is_short_question = plain.rstrip().endswith("?") and not phrases
    return 1 if is_short_question and _has_any(lists, "before nouns", folded, r"\A") else 0


def _most_added_words(plain: str, language: str) -> int:
    """Return how many content words a text without its operators may have that says more of the last subject."""
    lists, folded = phrases_of(language).lists, _fold_words(plain)
    if _has_any(lists, "empty it", folded):
        return 0
    return MAX_OWN_WORDS if _has_any(lists, "pointing", folded) or _points_last(folded, lists) else 0


def _fold_words(plain: str) -> str:
    return " ".join(fold_word(word) for word in _WORD.findall(plain))


def _has_any(lists: Mapping[str, str], name: str, folded: str, before: str = "") -> bool:
    """Return whether folded words have a phrase of a list, behind what `before` matches."""
    return name in lists and re.search(rf"{before}\b(?:{lists[name]})\b", folded) is not None


def _may_be_noun(words: str, language: str) -> bool:
    """Return whether words behind "and" may be a noun ("the cost", "in images"), and not a sentence ("is it true")."""
    if begins_question(words):
        return False
    first = words.split(" ", 1)[0]
    is_common = all(token.is_stop_word for token in analyser_for(language).tokens(first))
    return not is_common or first in _list_of("determiner", language) | _list_of("before nouns", language)


def _points_last(folded: str, lists: Mapping[str, str]) -> bool:
    """Return whether words end with "that" or the like, or have it where no noun follows: "does that work"."""
    pointing = lists.get("pointing last")
    if pointing is None:
        return False
    auxiliary = "is|are|was|does|do|did|can|could|why|how|about|by|with|on|of|for"
    return re.search(rf"\b(?:{pointing})\Z|\b(?:{auxiliary}) (?:{pointing})\b", folded) is not None


def _content_words(plain: str, language: str) -> list[str]:
    """Return the words of a text that carry its meaning, as they were typed, each once."""
    language = language or LANGUAGES[0]
    nothing = _list_of("said again", language) | _list_of("recording", language) | _list_of("recordings", language)
    words: dict[str, str] = {}
    for start, end in _content_places(blank_stop_phrases(plain, language), language):
        word = plain[start:end]
        if fold_word(word) not in nothing:
            words.setdefault(fold(word), word)
    return list(words.values())


def _list_of(name: str, language: str) -> frozenset[str]:
    return frozenset(phrases_of(language).lists.get(name, "").split("|"))


def _content_places(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield where words with a meaning stand; in scripts without spaces, whose terms overlap, where runs of them do."""
    start = end = 0
    for token in analyser_for(language).tokens(text):
        if token.is_stop_word:
            continue
        if token.start >= end:
            if end:
                yield start, end
            start = token.start
        end = token.end
    if end:
        yield start, end


def _guess(text: str) -> str:
    return guess_language(_blank_operators(text), LANGUAGES)


def _blank_operators(text: str) -> str:
    """Return a text without its operators and addresses; every other character keeps its place."""
    for operator in find_operators(text):
        text = text[: operator.start] + " " * (operator.end - operator.start) + text[operator.end :]
    return text


def _keep_operators(last: str, text: str, own: set[str], kinds: set[str]) -> list[str]:
    """Return the operators of the last question that go with a text of some own words and kinds of operators."""
    elsewhere = {"video"} if means_other_video(text) else set()
    dropped = (kinds | elsewhere | {"address"}) - {"phrase", "exclusion"}
    return [
        last[operator.start : operator.end]
        for operator in find_operators(last)
        if operator.kind not in dropped and not _is_asked_now(operator, text, own)
    ]


def _is_asked_now(operator: Operator, text: str, own: set[str]) -> bool:
    """Return whether a text asks for what an exclusion left out, or has an operator itself."""
    if operator.kind == "exclusion":
        return not own.isdisjoint(fold(operator.value).split())
    return operator.kind == "phrase" and any(operator.value == other.value for other in find_operators(text))


def means_same_video(text: str) -> bool:
    """Return whether a text asks about the video that was shown: "in the same video?"."""
    return _says(text, "same one")


def means_other_video(text: str) -> bool:
    """Return whether a text asks about another video than the one that was shown: "in the other talk?"."""
    return _says(text, "other one")


def _says(text: str, name: str) -> bool:
    """Return whether a text has one of the phrases of a list, in any language."""
    folded = fold_word(text)
    lists = (phrases_of(language).lists.get(name) for language in LANGUAGES)
    return any(phrases and re.search(rf"\b(?:{phrases})\b", folded) for phrases in lists)
