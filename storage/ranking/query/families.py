"""Forms of one word that a stemmer keeps apart: "curricula", "curriculum"."""

from __future__ import annotations

from storage.ranking.query.slips import common_start

MIN_COMMON_START = 5
"""Letters that two forms of one word begin with in common."""


# By language, groups of endings: of two forms of one word both endings stand in one group. For English the groups are
# known to keep words apart that only look like forms of one (count and county, factor and factory, universe and
# university); for the other languages one group has to do.
_ENDINGS = {
    "en": "_ s es e ed d er ers r rs est st ing ings ly/y ies ied ier iest ying ily/um a us i/on a/is es/x ces/"
    "ex ix ices/"
    "_ e ed es ing s ion ions ive ives or ors/_ e ed es ing s ation ations ative ator ators/"
    "_ e ed es ing s ize izes ized izing ization/ism isms ist ists/ic ics ical ically/"
    "_ s ed ing ance ances ence ences ant ants ent ents/_ s al ally/ity ities/_ e ed ing ment ments/_ ness/"
    "_ e ed es ing s able ible/e es ed er ers ing ure ures",
    "de": "_ e en er es em s t te ten ter tes et ung ungen lich liche lichen licher ig ige igen iger keit heit "
    "isch ische ischen ischer ismus ik iker um a us i or oren ieren iert ierung ion ionen iv ive end ende "
    "enden nis nisse bar bare",
    "es": "_ s es o a os as ar er ir ado ada ados adas ando iendo ido ida idos idas an en amos emos e ó é í aba "
    "ía ción ciones sión dor dora dores mente dad dades ismo ista istas ico ica icos icas ivo iva al ales "
    "able ible anza",
    "fr": "_ s e es é ée és ées er ent ant ants ante antes ait aient ez ons ion ions ation ations ateur ement "
    "ements eur eurs euse if ive ifs ives ique iques isme iste istes el elle els elles al ale aux ales "
    "ité ités ir it is able ance",
    "it": "_ o a i e are ere ire ato ata ati ate ando endo ito uto uta ano ono iamo ava ione ioni zione zioni "
    "tore tori trice mente ità ismo ista isti iste ico ica ici iche ivo iva ivi ive ale ali abile ibile "
    "anza enza",
    "nl": "_ s e en er ers t te ten d de den ing ingen heid heden lijk lijke ig ige isch ische isme ist isten ie "
    "ies atie aties eren eert eur eurs ief ieve aal ale elen baar bare je jes um a us i",
    "pt": "_ s es o a os as ar er ir ado ada ados adas ando endo indo ido ida am em amos e ou ei ava ia ção ções "
    "são dor dora dores mente dade dades ismo ista istas ico ica icos icas ivo iva al ais ável ível ança",
    "ru": "_ а я о е и ы у ю й ь ом ем ой ей ам ям ами ями ах ях ов ев ый ий ая яя ое ее ые ие ого его ому ему ым "
    "им ых их ую юю ть л ла ло ли ет ит ут ют ат ят ешь ишь ция ции цию ость ости ный ная ное ные ение "
    "ения",
}
_GROUPS = {
    language: [frozenset(ending.strip("_") for ending in group.split()) for group in endings.split("/")]
    for language, endings in _ENDINGS.items()
}


def are_family(left: str, right: str, language: str) -> bool:
    """Return whether two different words are spellings or forms of one."""
    if left == right:
        return False
    cuts = range(MIN_COMMON_START, common_start(left, right) + 1)
    groups = _GROUPS.get(language, ())
    return any({left[cut:], right[cut:]} <= group for cut in cuts for group in groups)
