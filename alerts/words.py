"""What a page says, in the four languages of the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Phrases of one language; names in braces are filled in by `alerts.compose`."""

    levels: dict[str, str]
    signals: dict[str, str]
    """What there is too much of, by signal."""
    observed: str
    observed_value: str
    expected: str
    since: str
    terms: str
    copies: str
    copies_value: str
    history: str
    history_value: str
    why: str
    quotes: str
    acknowledge: str
    open_alert: str
    footer: str


ENGLISH = Words(
    levels={"green": "GREEN", "amber": "AMBER", "red": "RED"},
    signals={"volume": "mentions", "negative": "negative mentions", "harm": "mentions of harm to people"},
    observed="Observed",
    observed_value="{observed} {what} in {minutes} min",
    expected="Usual",
    since="Since",
    terms="About",
    copies="Repeated",
    copies_value="“{text}”: {copies} copies, {accounts} accounts",
    history="Caution",
    history_value="insufficient history: {hours} h of data to compare with",
    why="Why you",
    quotes="What people write",
    acknowledge="Acknowledge: I have it",
    open_alert="See the alert and its war room",
    footer=(
        "The link above works once, for 24 hours, without a sign-in. "
        "Without an answer the next person is paged."
    ),
)

SPANISH = Words(
    levels={"green": "VERDE", "amber": "ÁMBAR", "red": "ROJO"},
    signals={
        "volume": "menciones",
        "negative": "menciones negativas",
        "harm": "menciones de daños a personas",
    },
    observed="Observado",
    observed_value="{observed} {what} en {minutes} min",
    expected="Habitual",
    since="Desde",
    terms="Sobre",
    copies="Repetido",
    copies_value="«{text}»: {copies} copias, {accounts} cuentas",
    history="Atención",
    history_value="historial insuficiente: {hours} h de datos para comparar",
    why="Por qué tú",
    quotes="Lo que escribe la gente",
    acknowledge="Confirmar: me encargo",
    open_alert="Ver la alerta y su sala de crisis",
    footer=(
        "El enlace sirve una vez, durante 24 horas, sin iniciar sesión. "
        "Sin respuesta se avisa a la siguiente persona."
    ),
)

CATALAN = Words(
    levels={"green": "VERD", "amber": "AMBRE", "red": "VERMELL"},
    signals={"volume": "mencions", "negative": "mencions negatives", "harm": "mencions de danys a persones"},
    observed="Observat",
    observed_value="{observed} {what} en {minutes} min",
    expected="Habitual",
    since="Des de",
    terms="Sobre",
    copies="Repetit",
    copies_value="«{text}»: {copies} còpies, {accounts} comptes",
    history="Atenció",
    history_value="historial insuficient: {hours} h de dades per comparar",
    why="Per què tu",
    quotes="El que escriu la gent",
    acknowledge="Confirmar: me n'ocupo",
    open_alert="Veure l'alerta i la seva sala de crisi",
    footer=(
        "L'enllaç serveix un cop, durant 24 hores, sense iniciar sessió. "
        "Sense resposta s'avisa la persona següent."
    ),
)

FRENCH = Words(
    levels={"green": "VERT", "amber": "ORANGE", "red": "ROUGE"},
    signals={
        "volume": "mentions",
        "negative": "mentions négatives",
        "harm": "mentions de dommages à des personnes",
    },
    observed="Observé",
    observed_value="{observed} {what} en {minutes} min",
    expected="Habituel",
    since="Depuis",
    terms="À propos de",
    copies="Répété",
    copies_value="« {text} » : {copies} copies, {accounts} comptes",
    history="Attention",
    history_value="historique insuffisant : {hours} h de données pour comparer",
    why="Pourquoi vous",
    quotes="Ce que les gens écrivent",
    acknowledge="Confirmer : je m'en occupe",
    open_alert="Voir l'alerte et sa cellule de crise",
    footer=(
        "Le lien sert une fois, pendant 24 heures, sans connexion. "
        "Sans réponse, la personne suivante est prévenue."
    ),
)

WORDS = {"en": ENGLISH, "es": SPANISH, "ca": CATALAN, "fr": FRENCH}


def words(language: str) -> Words:
    """The phrases of a language; English for any other."""
    return WORDS.get(language, ENGLISH)
