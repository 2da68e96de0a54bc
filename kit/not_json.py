"""Why a text is no JSON, in words that help whoever wrote it; the parser's own are for programmers. Pure."""

from __future__ import annotations

from json import JSONDecodeError

from kit.languages import Table

_WORDS = {
    "Expecting value": "a value should begin",
    "Expecting property name": "a name in double quotes should begin",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Extra data": "something follows its end",
    "Unterminated string": "a text begins that is never closed",
    "Invalid control character": "a line break or another control character stands in a text",
    "Invalid \\escape": "a backslash stands before a sign that needs none",
    "Invalid \\u": "four hexadecimal digits are missing behind \\u",
    "Illegal trailing comma": "a comma stands before a closing bracket",
    "Unexpected UTF-8 BOM": "a byte order mark (BOM) stands in the way",
}
"""By how the parser's words begin."""


def why(error: ValueError | RecursionError) -> str:
    """What is wrong, and where: what `json.loads` raised, told in English as WORDS has it."""
    if isinstance(error, RecursionError):
        return "it is nested too deep to be read"
    if not isinstance(error, JSONDecodeError):
        return "it has a number that is too long, NaN or Infinity"
    if not error.doc.strip():
        return "it is empty"
    what = next((words for begins, words in _WORDS.items() if error.msg.startswith(begins)), "it breaks off")
    line = f"line {error.lineno}, " if "\n" in error.doc.strip() else ""
    return f"{what} at {line}character {error.colno}"


WORDS: Table = {
    "{what} at character {at}": (
        "{what} en el carácter {at}",
        "{what} al caràcter {at}",
        "{what} au caractère {at}",
    ),
    "{what} at line {line}, character {at}": (
        "{what} en la línea {line}, carácter {at}",
        "{what} a la línia {line}, caràcter {at}",
        "{what} à la ligne {line}, caractère {at}",
    ),
    "it is empty": ("está vacío", "és buit", "il est vide"),
    "it breaks off": ("se interrumpe", "s’interromp", "il s’interrompt"),
    "it is nested too deep to be read": (
        "está anidado a demasiada profundidad para leerse",
        "està niat massa endins per llegir-se",
        "il est imbriqué trop profondément pour être lu",
    ),
    "it has a number that is too long, NaN or Infinity": (
        "tiene un número demasiado largo, NaN o Infinity",
        "té un nombre massa llarg, NaN o Infinity",
        "il a un nombre trop long, NaN ou Infinity",
    ),
    "a value should begin": (
        "debería empezar un valor",
        "hauria de començar un valor",
        "il manque une valeur",
    ),
    "a name in double quotes should begin": (
        "debería empezar un nombre entre comillas dobles",
        "hauria de començar un nom entre cometes dobles",
        "il manque un nom entre guillemets doubles",
    ),
    "a comma or a closing bracket is missing": (
        "falta una coma o un corchete de cierre",
        "falta una coma o un claudàtor de tancament",
        "il manque une virgule ou un crochet fermant",
    ),
    "a colon is missing": ("faltan dos puntos", "falten dos punts", "il manque un deux-points"),
    "something follows its end": (
        "sigue algo después del final",
        "segueix alguna cosa després del final",
        "quelque chose suit la fin",
    ),
    "a text begins that is never closed": (
        "empieza un texto que no se cierra",
        "comença un text que no es tanca",
        "commence un texte qui n’est pas fermé",
    ),
    "a line break or another control character stands in a text": (
        "hay un salto de línea u otro carácter de control en un texto",
        "hi ha un salt de línia o un altre caràcter de control en un text",
        "un saut de ligne ou un autre caractère de contrôle est dans un texte",
    ),
    "a backslash stands before a sign that needs none": (
        "hay una barra invertida ante un signo que no la necesita",
        "hi ha una barra inversa davant d’un signe que no la necessita",
        "une barre oblique inverse précède un signe qui n’en veut pas",
    ),
    "four hexadecimal digits are missing behind \\u": (
        "faltan cuatro cifras hexadecimales después de \\u",
        "falten quatre xifres hexadecimals després de \\u",
        "il manque quatre chiffres hexadécimaux après \\u",
    ),
    "a comma stands before a closing bracket": (
        "hay una coma ante un corchete de cierre",
        "hi ha una coma davant d’un claudàtor de tancament",
        "une virgule précède un crochet fermant",
    ),
    "a byte order mark (BOM) stands in the way": (
        "hay una marca de orden de bytes (BOM)",
        "hi ha una marca d’ordre de bytes (BOM)",
        "une marque d’ordre des octets (BOM) est là",
    ),
}
"""The same in the other languages, for phrase books."""
