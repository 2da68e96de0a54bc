"""The crisis types, and which of them an alert's evidence speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kit.languages import Table

MAX_EXAMPLES = 50
MAX_LENGTH = 1_000  # characters of one example that are read


@dataclass(frozen=True)
class CrisisType:
    """`hints`: words per language that speak for this type; `*` at the end stands for any ending."""

    key: str
    name: str
    hints: Mapping[str, str]


CRISIS_TYPES: dict[str, CrisisType] = {
    kind.key: kind
    for kind in (  # gravest first: of equally likely types the graver one is taken
        CrisisType(
            "accident",
            "Accident with injuries",
            {
                "en": "accident* crash crashed derail* casualt* injur* dead death* killed victim* survivor*"
                " collision* collided explo* wreck* sank capsiz* ambulance* evacuat*",
                "es": "accident* descarril* herid* muert* fallecid* victima* siniestr* choque* choco"
                " colision* explo* naufrag* hundi* ambulancia* evacua* tragedia*",
                "ca": "accident* descarril* ferit* ferid* mort morts morta victime* sinistre* xoc xocs xocat"
                " col·lisio* collisio* explo* naufrag* enfonsa* ambulanci* evacua* tragedia*",
                "fr": "accident* derail* blesse* mort morts morte deces victime* collision* explo* naufrag*"
                " coule ambulance* evacu* catastrophe* tragedie*",
            },
        ),
        CrisisType(
            "product_defect",
            "Product defect or contamination",
            {
                "en": "recall* contaminat* poison* sick vomit* allerg* mould mold mouldy glass defect* batch*"
                " tainted bacteria* salmonella* listeria* symptom* unsafe",
                "es": "contamina* intoxica* vomit* alerg* moho cristal* defect* lote* bacteria* salmonel*"
                " listeri* sintoma* nauseas «retirada del producto» «mal estado»",
                "ca": "contamina* intoxica* vomit* al·lerg* allerg* floridura vidre* defect* lot bacteri*"
                " salmonel* listeri* simptom* nausees «en mal estat»",
                "fr": "rappel* contamin* intoxi* vomi* allergi* moisi* verre defectu* defaut* lot bacteri*"
                " salmonel* listeri* symptom* nausee*",
            },
        ),
        CrisisType(
            "service_outage",
            "Service outage or technical failure",
            {
                "en": "down outage* offline crashing error* unavailable «not working» «doesn't work»"
                " «does not work» «can't log in» «cannot book» «can't book» login timeout server* engine*"
                " «broke down» «broken down» «out of service» adrift",
                "es": "caido caida caidos error* servidor* «no funciona*» «no va» «no carga*»"
                " «fuera de servicio» «no puedo entrar» «no puedo comprar» averia* motor motores"
                " «a la deriva»",
                "ca": "caigut caiguda error* servidor* «no funciona*» «no va» «no carrega*» «fora de servei»"
                " «no puc entrar» «no puc comprar» avaria* motor motors «a la deriva»",
                "fr": "panne* bug* erreur* serveur* indisponible* «hors service» «ne marche pas»"
                " «ne fonctionne pas» «marche plus» «fonctionne plus» «impossible de se connecter»"
                " moteur moteurs «a la derive»",
            },
        ),
        CrisisType(
            "complaint_wave",
            "Wave of complaints",
            {
                "en": "delay* late cancel* refund* waiting queue* complain* rude stranded overbook* luggage"
                " «customer service» shame unacceptable",
                "es": "retras* cancela* reembols* devoluc* esper* cola colas quej* reclam* tirados verguenza"
                " maleta* «atencion al cliente» overbooking",
                "ca": "retard* endarreri* cancel* reembors* devoluci* esper* cua cues queix* reclam* tirats"
                " vergonya malet* «atencio al client»",
                "fr": "retard* annul* rembours* attend* attente* file queue* plaint* plaign* honte"
                " bagage* valise* «service client» inadmissible*",
            },
        ),
    )
}
NAMES: Table = {
    "Accident with injuries": ("Accidente con heridos", "Accident amb ferits", "Accident avec des blessés"),
    "Product defect or contamination": (
        "Defecto o contaminación de un producto",
        "Defecte o contaminació d’un producte",
        "Défaut ou contamination d’un produit",
    ),
    "Service outage or technical failure": (
        "Interrupción del servicio o fallo técnico",
        "Interrupció del servei o fallada tècnica",
        "Interruption de service ou panne technique",
    ),
    "Wave of complaints": ("Oleada de quejas", "Onada de queixes", "Vague de plaintes"),
}
DEFAULT = "complaint_wave"


def fold(text: str) -> str:
    """Lower case, without accents: `Descarriló` and `descarrilo` are one word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _pattern(kind: CrisisType) -> re.Pattern[str]:
    """One expression for all hints of a type; «…» holds a phrase."""
    hints = {
        fold(phrase or word)
        for words in kind.hints.values()
        for phrase, word in re.findall(r"«([^»]+)»|(\S+)", words)
    }
    stems = (re.escape(hint.rstrip("*")) + (r"\w*" if hint.endswith("*") else "") for hint in sorted(hints))
    return re.compile(rf"\b(?:{'|'.join(stems)})\b")


PATTERNS = {key: _pattern(kind) for key, kind in CRISIS_TYPES.items()}


def classify(evidence: Mapping[str, Any], title: str = "") -> str:
    """The key of the type that most of the evidence's terms, examples and title speak of.

    Each text counts once for a type, however often it repeats itself. Without any hint: complaint_wave.
    """
    texts = [fold(text[:MAX_LENGTH]) for text in _texts(evidence, title)]
    votes = {key: sum(bool(pattern.search(text)) for text in texts) for key, pattern in PATTERNS.items()}
    best = max(votes, key=lambda key: votes[key])
    return best if votes[best] else DEFAULT


def _texts(evidence: Mapping[str, Any], title: str) -> Iterator[str]:
    """What is written in the evidence, which other tools send too: parts may be missing or malformed."""
    yield title
    drivers = evidence.get("drivers")
    for part in (evidence, drivers if isinstance(drivers, Mapping) else {}):
        for name, field in (("terms", "term"), ("examples", "text")):
            items = part.get(name)
            for item in items[:MAX_EXAMPLES] if isinstance(items, list) else ():
                text = item.get(field) if isinstance(item, Mapping) else item
                if isinstance(text, str):
                    yield text
