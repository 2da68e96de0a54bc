"""Valences of words of the project's own judging, from the lists in `own/words_XX.txt`.

A line is "valence word word …". A mark at a word's end stands for its other forms: "*" those of an adjective,
"+" the plural, "~" the common ones of a regular verb. Where a word stands twice, its first valence holds.
"""

from __future__ import annotations

from importlib.resources import files

_RULES = {
    "es": {
        "*": {"o": "o a os as", "": "= a es as"},
        "+": {"z": "z ces", "a": "a as", "e": "e es", "i": "i is", "o": "o os", "é": "é és", "": "= es"},
        "~": {
            "ar": "ar o as a amos áis an é aste ó asteis aron aba abas ábamos aban ando ado ada ados adas "
            "e es emos en aría ará arán ás"
        },
    },
    "fr": {
        "*": {
            "eux": "eux euse euses",
            "if": "if ive ifs ives",
            "el": "el elle els elles",
            "al": "al ale aux ales",
            "ien": "ien ienne iens iennes",
            "e": "e es",
            "s": "s se ses",
            "": "= e s es",
        },
        "+": {"al": "al aux", "eau": "eau eaux", "s": "s", "x": "x", "": "= s"},
        "~": {"er": "er e es ons ez ent é ée és ées ais ait aient ant a ai era eront erait"},
    },
    "ca": {
        "*": {
            "ós": "ós osa osos oses",
            "at": "at ada ats ades",
            "it": "it ida its ides",
            "ut": "ut uda uts udes",
            "iu": "iu iva ius ives",
            "í": "í ina ins ines",
            "": "= a s es",
        },
        "+": {"a": "a es", "ió": "ió ions", "ç": "ç ços", "s": "s sos", "": "= s"},
        "~": {"ar": "ar o es a em eu en ava aves àvem aven ant at ada ats ades i is in ès arà aran aria aré"},
    },
}
"""By language and mark: endings, the first that fits counting, and what takes their place ("=": nothing)."""

_SPELLING = {
    "es": ("eé", {"c": "qu", "g": "gu", "z": "c"}),
    "fr": ("ao", {"c": "ç", "g": "ge"}),
    "ca": ("eièé", {"c": "qu", "g": "gu", "ç": "c", "j": "g"}),
}
"""A verb's last letters before these vowels, so that they sound the same; in Catalan a noun's, too."""


def valences(lang: str) -> dict[str, float]:
    """Return the valence, -4 … 4, of each form in the list of `lang`; nothing where there is no list."""
    path = files("mentions.sentiment.training") / "own" / f"words_{lang}.txt"
    found: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if line and line[0] != "#":
            valence, *words = line.split()
            for word in words:
                for form in forms(word, lang):
                    found.setdefault(form, float(valence))
    return found


def forms(word: str, lang: str) -> list[str]:
    """Return the forms of a word as the lists write it: "queja+" gives queja and quejas."""
    mark = word[-1]
    rules = _RULES.get(lang, {}).get(mark)
    if rules is None:
        return [word]
    ending, others = next(rule for rule in rules.items() if word[:-1].endswith(rule[0]))
    stem = word[: -1 - len(ending)]
    changes = mark == "~" or (lang == "ca" and ending in ("", "a"))
    return [(_spelled(stem, other, lang) if changes else stem) + other.strip("=") for other in others.split()]


def _spelled(stem: str, ending: str, lang: str) -> str:
    vowels, letters = _SPELLING[lang]
    return stem[:-1] + letters.get(stem[-1], stem[-1]) if ending[0] in vowels else stem
