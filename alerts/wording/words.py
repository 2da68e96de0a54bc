"""What a page says, in the four languages of the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Phrases of one language; names in braces are filled in by `alerts.wording.compose`."""

    signals: dict[str, str]
    """What there is too much of, by signal."""
    many: str
    """Of the volume, where no figure says how much."""
    observed: str
    observed_value: str
    now: str
    """In a page that goes out later than the claim: what has been counted by then."""
    at: str
    """A figure and the time of which it is."""
    expected: str
    hardly_any: str
    different: str
    """Of what counts once for each account."""
    share: str
    share_value: str
    since: str
    terms: str
    copies: str
    copies_value: str
    history: str
    history_value: str
    why: str
    voices: str
    severity: str
    points: dict[str, str]
    """What made it grave, by contribution (`alerts.detection.severity`)."""
    quotes: str
    acknowledge: str
    escalate: str
    dismiss: str
    open_alert: str
    footer: str


ENGLISH = Words(
    signals={
        "volume": "mentions",
        "independent": "independent accounts",
        "reach": "large audiences",
        "negative": "negative mentions",
        "positive": "praise",
        "harm": "mentions of harm to people",
        "notable": "a voice that weighs",
        "terms": "new words",
        "story": "a story that spreads fast",
    },
    many="far more mentions than usual",
    observed="Observed",
    observed_value="{observed} {what} in {minutes}",
    now="Now",
    at="{value}, at {time}",
    expected="Usual",
    hardly_any="hardly any",
    different="{what} by different accounts",
    share="Share of all",
    share_value="{share}\xa0%; usual: {usual}\xa0%",
    since="Since",
    terms="About",
    copies="Repeated",
    copies_value="{text}: {copies} {copies:copy|copies}, {accounts} {accounts:account|accounts}",
    history="Caution",
    history_value="insufficient history: {length} of data to compare with",
    why="Why you",
    voices="Who",
    severity="Severity",
    points={
        "size": "{value} accounts",
        "speed": "×{value} the usual",
        "negative_share": "{percent} % negative",
        "reach": "large audiences",
        "tier_1": "voices that weigh: {value}",
        "harm": "accounts that speak of harm: {value}",
    },
    quotes="What people write",
    acknowledge="Acknowledge: I have it",
    escalate="Wake the next person",
    dismiss="Not a crisis …",
    open_alert="See the alert and its war room",
    footer=(
        "The link above works once, for 24 hours, without a sign-in. "
        "Without an answer the next person is paged."
    ),
)

SPANISH = Words(
    signals={
        "volume": "menciones",
        "independent": "cuentas independientes",
        "reach": "grandes audiencias",
        "negative": "menciones negativas",
        "positive": "elogios",
        "harm": "menciones de daños a personas",
        "notable": "una voz de peso",
        "terms": "palabras nuevas",
        "story": "una historia que se difunde deprisa",
    },
    many="muchas más menciones de lo habitual",
    observed="Observado",
    observed_value="{observed} {what} en {minutes}",
    now="Ahora",
    at="{value}, a las {time}",
    expected="Habitual",
    hardly_any="casi nada",
    different="{what} de cuentas distintas",
    share="Parte del total",
    share_value="{share}\xa0%; habitual: {usual}\xa0%",
    since="Desde",
    terms="Sobre",
    copies="Repetido",
    copies_value="{text}: {copies} {copies:copia|copias}, {accounts} {accounts:cuenta|cuentas}",
    history="Atención",
    history_value="historial insuficiente: {length} de datos para comparar",
    why="Por qué tú",
    voices="Quién",
    severity="Gravedad",
    points={
        "size": "{value} cuentas",
        "speed": "×{value} lo habitual",
        "negative_share": "{percent} % negativas",
        "reach": "grandes audiencias",
        "tier_1": "voces de peso: {value}",
        "harm": "cuentas que hablan de daños: {value}",
    },
    quotes="Lo que escribe la gente",
    acknowledge="Me hago cargo",
    escalate="Avisar a la siguiente persona",
    dismiss="No es una crisis …",
    open_alert="Ver la alerta y su sala de crisis",
    footer=(
        "El enlace sirve una vez, durante 24 horas, sin iniciar sesión. "
        "Sin respuesta se avisa a la siguiente persona."
    ),
)

CATALAN = Words(
    signals={
        "volume": "mencions",
        "independent": "comptes independents",
        "reach": "grans audiències",
        "negative": "mencions negatives",
        "positive": "elogis",
        "harm": "mencions de danys a persones",
        "notable": "una veu de pes",
        "terms": "paraules noves",
        "story": "una història que es difon de pressa",
    },
    many="moltes més mencions de les habituals",
    observed="Observat",
    observed_value="{observed} {what} en {minutes}",
    now="Ara",
    at="{value}, a les {time}",
    expected="Habitual",
    hardly_any="gairebé res",
    different="{what} de comptes diferents",
    share="Part del total",
    share_value="{share}\xa0%; habitual: {usual}\xa0%",
    since="Des de",
    terms="Sobre",
    copies="Repetit",
    copies_value="{text}: {copies} {copies:còpia|còpies}, {accounts} {accounts:compte|comptes}",
    history="Atenció",
    history_value="historial insuficient: {length} de dades per comparar",
    why="Per què tu",
    voices="Qui",
    severity="Gravetat",
    points={
        "size": "{value} comptes",
        "speed": "×{value} l'habitual",
        "negative_share": "{percent} % negatives",
        "reach": "grans audiències",
        "tier_1": "veus de pes: {value}",
        "harm": "comptes que parlen de danys: {value}",
    },
    quotes="El que escriu la gent",
    acknowledge="Me'n faig càrrec",
    escalate="Avisar la persona següent",
    dismiss="No és una crisi …",
    open_alert="Veure l'alerta i la seva sala de crisi",
    footer=(
        "L'enllaç serveix un cop, durant 24 hores, sense iniciar sessió. "
        "Sense resposta s'avisa la persona següent."
    ),
)

FRENCH = Words(
    signals={
        "volume": "mentions",
        "independent": "comptes indépendants",
        "reach": "grandes audiences",
        "negative": "mentions négatives",
        "positive": "éloges",
        "harm": "mentions de dommages à des personnes",
        "notable": "une voix qui pèse",
        "terms": "mots nouveaux",
        "story": "une histoire qui se propage vite",
    },
    many="bien plus de mentions que d’habitude",
    observed="Observé",
    observed_value="{observed} {what} en {minutes}",
    now="Maintenant",
    at="{value}, à {time}",
    expected="Habituel",
    hardly_any="presque rien",
    different="{what} de comptes différents",
    share="Part du total",
    share_value="{share}\xa0%\xa0; habituelle\xa0: {usual}\xa0%",
    since="Depuis",
    terms="À propos de",
    copies="Répété",
    copies_value="{text} : {copies} {copies:copie|copies}, {accounts} {accounts:compte|comptes}",
    history="Attention",
    history_value="historique insuffisant : {length} de données pour comparer",
    why="Pourquoi vous",
    voices="Qui",
    severity="Gravité",
    points={
        "size": "{value} comptes",
        "speed": "×{value} l'habitude",
        "negative_share": "{percent} % de négatives",
        "reach": "grandes audiences",
        "tier_1": "voix qui pèsent : {value}",
        "harm": "comptes qui parlent de dommages : {value}",
    },
    quotes="Ce que les gens écrivent",
    acknowledge="Je m'en charge",
    escalate="Prévenir la personne suivante",
    dismiss="Pas une crise …",
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
