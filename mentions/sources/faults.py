"""Why a line of a file, or an item of a batch, is no mention, in the languages of the house."""

from __future__ import annotations

from kit import not_json
from kit.phrasebook import Phrasebook
from mentions.drafts.draft import FIELDS
from mentions.sources.webhook import label
from mentions.sources.wording import WORDS

FAULTS = Phrasebook(
    {
        **{name: WORDS[label(name)] for name in FIELDS},
        **{label(name): WORDS[label(name)] for name in FIELDS},
        # of one field
        "{field} must not be empty.": (
            "{field}: no puede estar vacío.",
            "{field}: no pot ser buit.",
            "{field} : ne peut être vide.",
        ),
        "{field} has {count} characters; the limit is {limit}.": (
            "{field}: tiene {count} caracteres; el límite es {limit}.",
            "{field}: té {count} caràcters; el límit és {limit}.",
            "{field} : compte {count} caractères ; la limite est de {limit}.",
        ),
        "{field} is no time such as 2026-03-01T08:00:00Z: {value}.": (
            "{field}: no es una hora como 2026-03-01T08:00:00Z: {value}.",
            "{field}: no és cap hora com ara 2026-03-01T08:00:00Z: {value}.",
            "{field} : n’est pas une heure telle que 2026-03-01T08:00:00Z : {value}.",
        ),
        "{field} has no UTC offset: write 2026-03-01T08:00:00Z, or state the time zone.": (
            "{field}: no dice su diferencia con UTC: escribe 2026-03-01T08:00:00Z o indica la zona horaria.",
            "{field}: no diu la diferència amb UTC: escriu 2026-03-01T08:00:00Z o indica la zona horària.",
            "{field} : sans décalage UTC : écrivez 2026-03-01T08:00:00Z ou indiquez le fuseau horaire.",
        ),
        "{field} is not a time that can be read.": (
            "{field}: no es una hora que se pueda leer.",
            "{field}: no és cap hora que es pugui llegir.",
            "{field} : n’est pas une heure lisible.",
        ),
        "{field} is outside the calendar.": (
            "{field}: queda fuera del calendario.",
            "{field}: queda fora del calendari.",
            "{field} : est hors du calendrier.",
        ),
        "{field} must be ISO 8601 text or Unix seconds.": (
            "{field}: debe ser texto ISO 8601 o segundos Unix.",
            "{field}: ha de ser text ISO 8601 o segons Unix.",
            "{field} : doit être un texte ISO 8601 ou des secondes Unix.",
        ),
        "{field} must be text or a whole number.": (
            "{field}: debe ser texto o un número entero.",
            "{field}: ha de ser text o un nombre enter.",
            "{field} : doit être un texte ou un nombre entier.",
        ),
        "{field} must be text.": (
            "{field}: debe ser texto.",
            "{field}: ha de ser text.",
            "{field} : doit être un texte.",
        ),
        "{field} is longer than {count} characters.": (
            "{field}: tiene más de {count} caracteres.",
            "{field}: té més de {count} caràcters.",
            "{field} : dépasse {count} caractères.",
        ),
        "{field} holds a character that cannot be stored.": (
            "{field}: contiene un carácter que no se puede guardar.",
            "{field}: conté un caràcter que no es pot desar.",
            "{field} : contient un caractère qui ne peut être enregistré.",
        ),
        "{field} must be a whole number from 0 to {limit}.": (
            "{field}: debe ser un número entero de 0 a {limit}.",
            "{field}: ha de ser un nombre enter de 0 a {limit}.",
            "{field} : doit être un nombre entier de 0 à {limit}.",
        ),
        "{field} must be one of {known}.": (
            "{field}: debe ser uno de estos: {known}.",
            "{field}: ha de ser un d’aquests: {known}.",
            "{field} : doit être l’un de ceux-ci : {known}.",
        ),
        "{field} must be true or false.": (
            "{field}: debe ser true o false.",
            "{field}: ha de ser true o false.",
            "{field} : doit être true ou false.",
        ),
        "{field} must start with http:// or https://.": (
            "{field}: debe empezar por http:// o https://.",
            "{field}: ha de començar per http:// o https://.",
            "{field} : doit commencer par http:// ou https://.",
        ),
        "its time is in the future; is the time zone right?": (
            "Su hora está en el futuro; ¿es correcta la zona horaria?",
            "La seva hora és en el futur; és correcta la zona horària?",
            "Son heure est dans le futur ; le fuseau horaire est-il le bon ?",
        ),
        # of the whole
        "A mention must be an object with named fields.": (
            "Una mención debe ser un objeto con campos con nombre.",
            "Una menció ha de ser un objecte amb camps amb nom.",
            "Une mention doit être un objet aux champs nommés.",
        ),
        "A document must be an object with named fields.": (
            "Un documento debe ser un objeto con campos con nombre.",
            "Un document ha de ser un objecte amb camps amb nom.",
            "Un document doit être un objet aux champs nommés.",
        ),
        "A deletion must name the id of what was deleted.": (
            "Un borrado debe nombrar el id de lo borrado.",
            "Un esborrament ha d’anomenar l’id del que s’ha esborrat.",
            "Une suppression doit nommer l’id de ce qui a été supprimé.",
        ),
        "This is nested too deep to be read.": (
            "Está anidado a demasiada profundidad para leerse.",
            "Està niat massa endins per llegir-se.",
            "C’est imbriqué trop profondément pour être lu.",
        ),
        "has {count} cells where the header has {columns}": (
            "Tiene {count} celdas y el encabezado, {columns}",
            "Té {count} cel·les i la capçalera, {columns}",
            "A {count} cellules et l’en-tête, {columns}",
        ),
        "is not UTF-8": ("No es UTF-8", "No és UTF-8", "N’est pas en UTF-8"),
        "is not CSV: {error}": ("No es CSV: {error}", "No és CSV: {error}", "N’est pas du CSV : {error}"),
        "is not a JSON object": (
            "No es un objeto JSON",
            "No és cap objecte JSON",
            "N’est pas un objet JSON",
        ),
        "is not JSON: {error}": ("No es JSON: {error}", "No és JSON: {error}", "N’est pas du JSON : {error}"),
        # in which way
        **not_json.WORDS,
        "a cell has more than {limit} characters": (
            "una celda tiene más de {limit} caracteres",
            "una cel·la té més de {limit} caràcters",
            "une cellule dépasse {limit} caractères",
        ),
        "its cells cannot be told apart": (
            "no se distinguen sus celdas",
            "no se’n distingeixen les cel·les",
            "ses cellules ne se distinguent pas",
        ),
    }
)
"""Stored in English."""
