"""Spellings and forms of one word that a stemmer keeps apart: "colour", "color"; "curricula", "curriculum"."""

from __future__ import annotations

import re

from rapidfuzz.distance import DamerauLevenshtein

from storage.ranking.query.slips import common_start

MIN_COMMON_START = 5
"""Letters that two forms of one word begin with in common."""
MAX_LENGTH = 40
"""Letters up to which a word may have a British spelling."""

MAX_BRITISH_EDITS = 2
"""Letters by which British and American spellings differ at most ("catalogue", "catalog")."""

_ENDINGS = {
    "en": "s es e ed er ers est ing ings ion ions ive ives or ors ation ations ative ator al als ally ly ness "
    "able ible ably ability ity ities y ies ied ic ics ical ism isms ist ists ize izes ized izing ance "
    "ence ant ent ure en um a us i on is x ces",
    "de": "e en er es em s t te ten ter tes et ung ungen lich liche lichen licher ig ige igen iger keit heit "
    "isch ische ischen ischer ismus ik iker um a us i or oren ieren iert ierung ion ionen iv ive end ende "
    "enden nis nisse bar bare",
    "es": "s es o a os as ar er ir ado ada ados adas ando iendo ido ida idos idas an en amos emos e ó é í aba "
    "ía ción ciones sión dor dora dores mente dad dades ismo ista istas ico ica icos icas ivo iva al ales "
    "able ible anza",
    "fr": "s e es é ée és ées er ent ant ants ante antes ait aient ez ons ion ions ation ations ateur ement "
    "ements eur eurs euse if ive ifs ives ique iques isme iste istes el elle els elles al ale aux ales "
    "ité ités ir it is able ance",
    "it": "o a i e are ere ire ato ata ati ate ando endo ito uto uta ano ono iamo ava ione ioni zione zioni "
    "tore tori trice mente ità ismo ista isti iste ico ica ici iche ivo iva ivi ive ale ali abile ibile "
    "anza enza",
    "nl": "s e en er ers t te ten d de den ing ingen heid heden lijk lijke ig ige isch ische isme ist isten ie "
    "ies atie aties eren eert eur eurs ief ieve aal ale elen baar bare je jes um a us i",
    "pt": "s es o a os as ar er ir ado ada ados adas ando endo indo ido ida am em amos e ou ei ava ia ção ções "
    "são dor dora dores mente dade dades ismo ista istas ico ica icos icas ivo iva al ais ável ível ança",
    "ru": "а я о е и ы у ю й ь ом ем ой ей ам ям ами ями ах ях ов ев ый ий ая яя ое ее ые ие ого его ому ему ым "
    "им ых их ую юю ть л ла ло ли ет ит ут ют ат ят ешь ишь ция ции цию ость ости ный ная ное ные ение "
    "ения",
}
_ENDINGS_OF = {language: frozenset(["", *endings.split()]) for language, endings in _ENDINGS.items()}

# British spellings and what Americans write, by rule. Another vowel must come before, or short words would be taken for
# others: "four" for "for", "prise" for "prize", "filled" for "filed".
_VOWEL = "[a-z]*[aeiou]"
_AMERICAN = tuple(
    (re.compile(rf"({before})(?:{british})({after})"), rf"\1{american}\2")
    for before, british, american, after in (
        (f"{_VOWEL}[a-z]*", "our", "or", "|s|ed|ings?|ful|less|abl[ey]|al|ites?|ists?|hoods?"),
        (f"{_VOWEL}[a-z]*", "is", "iz", "e|es|ed|ers?|ing|ations?|able"),
        (f"{_VOWEL}l", "ys", "yz", "e|ed|ers?|ing"),
        (f"{_VOWEL}[^aeiou]*[aeiou]", "ll", "l", "ed|ers?|ings?"),
        ("[a-z]+t|[a-z]*fib", "re", "er", "|s"),
        ("[a-z]+t", "red", "ered", ""),
        (f"{_VOWEL}f", "ence", "ense", "|s"),
        (f"{_VOWEL}[a-z]*og", "ue", "", "|s"),
    )
)


def to_american(word: str) -> str:
    """Return an English word as Americans spell it, as far as rules tell: "colours" as "colors"."""
    for british, american in _AMERICAN if len(word) <= MAX_LENGTH else ():
        if match := british.fullmatch(word):
            word = match.expand(american)
    return word


def are_family(left: str, right: str, language: str) -> bool:
    """Return whether two different words are spellings or forms of one."""
    if left == right:
        return False
    common = common_start(left, right)
    endings = _ENDINGS_OF.get(language, frozenset())
    if any(left[cut:] in endings and right[cut:] in endings for cut in range(MIN_COMMON_START, common + 1)):
        return True
    # Looked at last: most words differ in more.
    differ_little = DamerauLevenshtein.distance(left, right, score_cutoff=MAX_BRITISH_EDITS) <= MAX_BRITISH_EDITS
    return language == "en" and differ_little and to_american(left) == to_american(right)
