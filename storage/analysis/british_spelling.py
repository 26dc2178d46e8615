"""British spellings as American ones, so that "colour" and "color" have one stem.

By rule, not by list: both spellings of a word have to come out alike, and it does no harm that a word which is spelt
one way only comes out misspelt, as long as no other word is spelt so. Doubled letters ("modelled") are the stemmer's.
"""

from __future__ import annotations

import re

# What these begin is spelt so in America, too: "supervise" has to stay beside "supervision".
_KEPT = re.compile(
    r"(un|non|re|dis|over|mis|im|com)?(promis|premis|surmis|demis|chemis|exercis|precis|concis|incis|excis|circumcis|"
    r"ris|aris|surpris|enterpris|pris|appris|sunris|paradis|merchandis|franchis|enfranchis|expertis|treatis|advertis|"
    r"mortis|basis|crisis|devour|detour|contour|velour|ecotour|scour|flour|analyses|paralyses|timbre)"
)
_RULES = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        # colour, favourite, behavioural, honourable, neighbourhood, coloured
        (
            r"(?<=[a-z]{2}[bcdgilmnprtv])our"
            r"(?=(s|ed|ing|er|ers|ful|less|able|ably|ite|ites|al|ally|hood|hoods|ist|ists|ism)?$)",
            "or",
        ),
        # organise, organised, organisation, organiser, but not noise, advise or otherwise
        (r"(?<=[a-z]{3})(?<![aouvw])is(?=(e|es|ed|er|ers|ing|able|ation|ations|ational)$)", "iz"),
        # analyse, catalysed, paralysing
        (r"(?<=[a-z]{2})lys(?=(e|ed|er|ers|ing)$)", "lyz"),
        # centre, theatre, litre
        (r"(?<=[a-z][aeint])tre(?=s?$)", "ter"),
        # fibre, calibre, sombre
        (r"(?<=[a-z][aeimo])bre(?=s?$)", "ber"),
        # catalogue, dialogue, analogue
        (r"(?<=[a-z]al)ogue(?=s?$)", "og"),
        # defence, offence, licence, pretence
        (r"(?<=^def|^off|^lic)ence(?=s?$)|(?<=^pret)ence(?=s?$)", "ense"),
    )
)
_WORDS = {
    "centred": "centered", "centring": "centering",
    "grey": "gray", "greys": "grays", "greyscale": "grayscale", "programme": "program", "programmes": "programs",
    "sceptic": "skeptic", "sceptical": "skeptical", "scepticism": "skepticism", "judgement": "judgment",
    "judgements": "judgments", "ageing": "aging", "aluminium": "aluminum", "mould": "mold", "moulds": "molds",
    "plough": "plow", "practise": "practice", "practised": "practiced", "practising": "practicing", "maths": "math",
    "artefact": "artifact", "artefacts": "artifacts", "manoeuvre": "maneuver", "manoeuvres": "maneuvers",
    "anaesthetic": "anesthetic", "anaemia": "anemia", "haemoglobin": "hemoglobin", "oestrogen": "estrogen",
    "foetus": "fetus", "paediatric": "pediatric", "orthopaedic": "orthopedic", "encyclopaedia": "encyclopedia",
    "tonne": "ton", "tonnes": "tons", "cosy": "cozy", "whisky": "whiskey", "jewellery": "jewelry",
}  # fmt: skip


def spell_american(word: str) -> str:
    """Return an English word, in lower case and without apostrophes, as it is spelt in America."""
    if word in _WORDS:
        return _WORDS[word]
    if not word.isascii() or _KEPT.match(word):
        return word
    for pattern, american in _RULES:
        spelt = pattern.sub(american, word, count=1)
        if spelt != word:
            return spelt
    return word
