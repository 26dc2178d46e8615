"""What may be a speaker's name at the beginning of a line of captions, seen by that line alone.

Programs write names in a handful of ways: "Jane Doe: words" (Zoom, Otter, Descript), "[SPEAKER_00]: words" (WhisperX),
"- [Jane] words" (Rev), ">> JANE: words" (broadcasts), "Q. words" and "THE WITNESS: words" (depositions). A sentence may
begin in much the same way ("Note: ..."), so `speaker_names` decides by the whole file which of these are names.
"""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass

from storage.characters import remove_unseen
from storage.formats.text_cleaning import clean_text

MAX_SPEAKER_LENGTH = 100
"""Characters of a speaker's name: what a choice of Discord holds. A longer one is cut."""
MAX_NAME_WORDS = 4


class LabelForm(enum.Enum):
    """How clearly a label is one, by its form alone."""

    SURE = enum.auto()  # SPEAKER_00, Speaker 1, THE WITNESS, or a name behind ">>" or in brackets with a colon
    NAME = enum.auto()  # one word with a capital, or of a script without capitals
    FULL_NAME = enum.auto()  # several words, or all in capitals
    WEAK = enum.auto()  # small letters, "Doe, Jane", or brackets without a colon
    TURN = enum.auto()  # Q. or A.


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the beginning of a line: the name, its form, and the words behind it."""

    name: str
    form: LabelForm
    words: str


def _split_list(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A long dash goes on with a sentence as often as it begins one, unless a space follows it.
_MARK = re.compile(r"(?P<chevron>>{2,3})\s*|(?:[-‐](?=[^\W\d_]|[\[(])|[-–—‐]\s+(?=\S))")
_BRACKETED = re.compile(r"(?:\[(?P<square>[^\[\]]{1,60})\]|\((?P<round>[^()]{1,60})\))(?P<colon>\s?[:：])?(?=\s|\Z)\s*")
_COLON = re.compile(r"(?P<name>[^\W_][^:：\n]{0,79}?)\s?(?::(?=\s|\Z)|：)\s*")
_TURN = re.compile(r"(?P<name>[QA])[.:]\s+(?=\S)")
_NUMBERED = re.compile(
    r"(?:SPEAKER|SPK|Speaker|speaker)[ _-]?(?:\d{1,4}|[A-Z])"
    r"|(?:Unknown|Unidentified|UNKNOWN|UNIDENTIFIED) (?:Speaker|SPEAKER|Male|Female|Man|Woman)(?: \d{1,3})?"
    r"|(?:Sprecher(?:in)?|Locuteur|Hablante|Orador|Falante|Parlante|Spreker|Talare|Говорящий|Спикер) ?\d{1,4}"
    r"|(?:说话人|發言人|发言人|說話者|講者|讲者|話者|スピーカー|화자|참석자|발표자) ?\d{1,4}"
)
_COURT = re.compile(
    r"(?:BY )?(?:THE (?:WITNESS|COURT|REPORTER|VIDEOGRAPHER|INTERPRETER|CLERK|DEPONENT|BAILIFF|DEFENDANT|JURY)"
    r"|(?:MR|MS|MRS|DR|JUDGE|JUSTICE)\.? [A-Z][A-Z'’.-]*(?: [A-Z][A-Z'’.-]*)?)"
)
_ASIDE = re.compile(r"\s*\([^()]{1,40}\)\Z")
_PARTICLES = _split_list("de da do dos das del della di van von der den ter la le el al bin ibn ben y e und of")
_TITLES = _split_list("dr mr ms mrs prof sir rev")
# No name has one of these. Beside the words that join sentences they are what captions and slides head a line with.
_NO_NAMES = _split_list(
    """
    a an the and or but so if then than because though while as at by for from in into on onto out over to up with
    about after again also before besides finally first firstly second secondly third thirdly fourth last lastly next
    now once soon still today tomorrow yesterday here there this that these those it its he him his she her they them
    their we us our you your i my me one two three who whom whose what when where which why how is are was were be been
    am do does did done has have had can could will would shall should may might must let lets say says said means
    meaning namely remember imagine think consider suppose recall notice look listen see saw watch read try ask asked
    asks tell told get go not no yes ok okay well right sure hey hi hello thanks please sorry all any both each every
    some most many more much other others another such only own same too very just even ever never always
    note notes nb ps example examples exercise question questions answer answers step steps tip tips trick hint
    definition theorem proof lemma corollary axiom proposition equation formula algorithm result results problem
    problems solution solutions conclusion summary overview recap introduction intro outline outro background agenda
    topic topics title subtitle subtitles captions caption chapter part section lesson lecture week day module unit
    figure fig table slide page line item number source sources reference references credit credits translation
    translator transcript transcription editor warning caution danger attention important update edit correction
    disclaimer spoiler fact facts myth truth reality moral point points thing things issue issues idea ideas goal goals
    task tasks option options rule rules law principle method methods type level phase stage round game score case cases
    time date place location address email mail phone website web link links url http https price cost total subtotal
    input output error errors bug fix todo version pro pros con cons advantage advantages disadvantage disadvantages
    reason reasons cause effect key keys quote definitions objective objectives observation remark remarks claim
    conjecture assumption hypothesis experiment data code file name names language subject re fwd
    music applause laughter laughs laughing chuckles cheering cheers coughs sighs gasps claps clapping silence inaudible
    crosstalk noise beep bleep song singing unclear indistinct foreign background text cls sep mask pad unk
    also remarque exemple question réponse étape définition théorème preuve résumé attention conclusion problème
    beispiel frage antwort hinweis achtung schritt satz beweis fazit problem lösung wichtig aufgabe kapitel teil
    nota ejemplo pregunta respuesta paso definición teorema problema solución conclusión atención importante
    esempio domanda risposta soluzione attenzione exemplo pergunta resposta passo solução atenção
    пример вопрос ответ внимание важно
    例如 比如 注意 问题 答案 注 例 問題 答え 結論 结论 总结 예 주의 문제
    """
)


@functools.lru_cache(1024)
def clean_speaker(name: str) -> str:
    """Return a speaker's name as it is stored: one line of bounded length, without what nobody sees."""
    short = clean_text(name[: 20 * MAX_SPEAKER_LENGTH])
    return clean_text(remove_unseen(short))[:MAX_SPEAKER_LENGTH].rstrip()


def is_anonymous(name: str) -> bool:
    """Return whether a name is only a label that a program gives, such as SPEAKER_00."""
    return bool(_NUMBERED.fullmatch(name)) or name in ("Q", "A")


def strip_mark(line: str) -> tuple[str, str]:
    """Return what marks a change of speakers at the beginning of a line (">", "-", or "" for nothing), and the rest."""
    mark = _MARK.match(line)
    if mark is None:
        return "", line
    return ">" if mark["chevron"] else "-", line[mark.end() :]


def read_label(line: str) -> Label | None:
    """Return what may be a label at the beginning of a line; None where nothing there can be one."""
    mark, rest = strip_mark(line)
    return _read_bracketed(rest, marked=bool(mark)) or _read_colon(rest, marked=mark == ">") or _read_turn(rest)


def _read_bracketed(line: str, *, marked: bool) -> Label | None:
    match = _BRACKETED.match(line)
    if match is None:
        return None
    name = clean_speaker(match["square"] or match["round"] or "")
    form = _form_of(name)
    if form is None or (form is LabelForm.WEAK and not match["colon"]):
        return None
    if form in (LabelForm.NAME, LabelForm.FULL_NAME):
        # In brackets without a colon there mostly stands a sound.
        form = LabelForm.SURE if match["colon"] else LabelForm.NAME if marked else LabelForm.WEAK
    return Label(name, form, line[match.end() :])


def _read_turn(line: str) -> Label | None:
    match = _TURN.match(line)
    return Label(match["name"], LabelForm.TURN, line[match.end() :]) if match else None


def _read_colon(line: str, *, marked: bool) -> Label | None:
    match = _COLON.match(line)
    if match is None:
        return None
    name = clean_speaker(match["name"])
    form = _form_of(name)
    if form is None:
        return None
    if marked and form is not LabelForm.WEAK:
        form = LabelForm.SURE
    return Label(name.removeprefix("BY "), form, line[match.end() :])


@functools.lru_cache(1024)
def _form_of(name: str) -> LabelForm | None:
    """Return how clearly a text is a speaker's name; None where it cannot be one."""
    if _NUMBERED.fullmatch(name) or _COURT.fullmatch(name):
        return LabelForm.SURE
    plain = _ASIDE.sub("", name)
    words = plain.replace(", ", " ", 1).split()
    if not 1 <= len(words) <= MAX_NAME_WORDS or not all(_may_be_in_name(words, place) for place in range(len(words))):
        return None
    if ", " in plain or not all(_is_capital(word) or word in _PARTICLES for word in words):
        return LabelForm.WEAK
    is_full = len(words) > 1 or (plain.isupper() and len(plain) > 2)
    return LabelForm.FULL_NAME if is_full else LabelForm.NAME


def _may_be_in_name(words: list[str], place: int) -> bool:
    word = words[place]
    if word.isdecimal():
        return place == len(words) - 1 and place > 0 and len(word) < 4  # "Student 2"
    if word in _PARTICLES:
        return 0 < place < len(words) - 1
    bare = word.rstrip(".").casefold()
    letters = sum(character.isalpha() for character in word)
    is_spelt = letters >= 1 and all(character.isalnum() or character in ".'’-_·・" for character in word)
    # A full stop ends a sentence, unless it is an initial or a title.
    is_abbreviated = not word.endswith(".") or letters <= 1 or bare in _TITLES | {"jr", "sr", "st"} or "." in word[:-1]
    return is_spelt and is_abbreviated and bare not in _NO_NAMES


def _is_capital(word: str) -> bool:
    return not word[0].islower()
