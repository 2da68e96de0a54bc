"""Mentions that speak of harm to people: few of them matter more than many complaints.

A word list, deliberately short: words that are hardly ever said of a brand on an ordinary day. It is a
signal for the detector, not a finding about any one mention; what is said often about a brand (an insurer,
a hospital) is learned as usual for it.
"""

from __future__ import annotations

import re

from mentions.text import fold

_WORDS = (
    # English
    "derail(?:ed|ment|s)?|casualt(?:y|ies)|fatalit(?:y|ies)|injur(?:ed|ies|y)|killed|deaths|"
    "explosions?|exploded|evacuated|evacuation|ambulances?|drown(?:ed|ing)|survivors?|wounded|poison(?:ed|ing)|"
    "hospitali[sz]ed|capsized|"
    # Spanish
    "descarril(?:a|o|ado|ada|amiento)|heridos?|heridas?|muert[oa]s?|fallecid[oa]s?|victimas?|explosion|"
    "exploto|evacuad[oa]s?|evacuacion|ambulancias?|ahogad[oa]s?|supervivientes|intoxicad[oa]s?|hospitalizad[oa]s?|"
    "accidente|"
    # Catalan
    "descarrila(?:t|ment)?|ferits?|ferides?|mort[as]?|morts|victimes?|explosio|evacua(?:t|da|ts|des|cio)|"
    "ambulancies|ofega(?:t|da|ts)|supervivents|intoxicats?|hospitalitzats?|accident|"
    # French
    "deraille(?:r|ment)?|blesse(?:s|e|es)?|mort(?:s|e|es)?|deces|decedes?|victimes?|explose(?:r)?|evacue(?:s|e|es)?|"
    "noye(?:s|e|es)?|survivants?|intoxique(?:s|e|es)?|hospitalise(?:s|e|es)?"
)
_HARM = re.compile(rf"(?<![a-z])(?:{_WORDS})(?![a-z])")


def of_harm_in(title: str | None, text: str) -> bool:
    """Whether a mention tells of harm, in its title or its text."""
    return of_harm(f"{title or ''}\n{text}")


def of_harm(text: str) -> bool:
    """Whether a text has a word of harm in it, in English, Spanish, Catalan or French; accents folded."""
    return _HARM.search(fold(text)) is not None
