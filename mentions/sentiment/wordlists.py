"""Function words that change what other words say, by language.

Negators turn the words after them, boosters and dampers scale the next one, turns ("but") weigh what follows
above what went before; after C. Hutto, E. Gilbert, "VADER" (2014), section 3.2, for four languages.
"""

from __future__ import annotations

NEGATORS = {
    "en": "not no never none nobody nothing neither nor without cannot cant can't dont don't doesnt doesn't "
    "didnt didn't isnt isn't arent aren't wasnt wasn't werent weren't wont won't wouldnt wouldn't couldnt "
    "couldn't shouldnt shouldn't hasnt hasn't havent haven't hadnt hadn't aint ain't hardly barely "
    "rarely scarcely",
    "es": "no ni nunca jamás jamas tampoco nada nadie ningún ningun ninguna ninguno sin apenas",
    "fr": "ne n' plus aucun aucune sans ni guère guere personne point contre",
    "ca": "no ni mai tampoc gens res ningú ningu cap sense",
}
LATE_NEGATORS = {"fr": "pas jamais rien"}
"""Negators that also turn the word before them: "je recommande pas", as is said and typed, has no "ne"."""
BOOSTERS = {
    "en": "very really so extremely absolutely totally incredibly super too completely fucking damn utterly",
    "es": "muy mucho mucha muchísimo tan super súper demasiado totalmente realmente bien más tremendamente",
    "fr": "très tres trop si tellement vraiment super extrêmement totalement complètement hyper bien",
    "ca": "molt molta moltíssim tan super súper massa totalment realment ben més extremadament",
}
DAMPERS = {
    "en": "slightly somewhat almost partly kinda little barely fairly",
    "es": "poco algo casi ligeramente medio apenas",
    "fr": "peu presque plutôt légèrement assez",
    "ca": "poc gairebé quasi lleugerament força",
}
TURNS = {
    "en": "but however although though yet",
    "es": "pero aunque sino",
    "fr": "mais cependant pourtant toutefois",
    "ca": "però pero tanmateix sinó",
}

PLAIN, NEGATOR, STOP, BOOSTER, DAMPER, TURN, EXCLAIM, QUESTION, LINK, STYLED, LATE = range(11)
KINDS = 11


def kinds(lang: str) -> dict[str, int]:
    """Return the kind of each function word of `lang`; of two kinds it keeps the stronger, negation first."""
    found: dict[str, int] = {}
    ranked = (TURN, TURNS), (DAMPER, DAMPERS), (BOOSTER, BOOSTERS), (NEGATOR, NEGATORS), (LATE, LATE_NEGATORS)
    for kind, lists in ranked:
        found.update(dict.fromkeys(lists.get(lang, "").split(), kind))
    return found
