"""What the timeline's sentences are filled in with, in the reader's language."""

from __future__ import annotations

from alerts.wording import phrases
from alerts.wording.compose import retold
from incident.types import NAMES
from kit.languages import listed
from kit.phrasebook import Phrasebook
from mentions.sources.troubles import TROUBLES

TYPES = Phrasebook(NAMES)
STATES = Phrasebook(
    {
        "silent": ("está en silencio", "està en silenci", "est silencieuse"),
        "failing": ("no responde", "no respon", "ne répond pas"),
    }
)
DEEDS = Phrasebook(
    {
        "connected": ("se conectó", "s’ha connectat", "a été connectée"),
        "changed": ("se cambió", "s’ha canviat", "a été changée"),
        "switched on": ("se encendió", "s’ha engegat", "a été mise en marche"),
        "switched off": ("se apagó", "s’ha aturat", "a été arrêtée"),
        "given new secrets": (
            "recibió secretos nuevos",
            "ha rebut secrets nous",
            "a reçu de nouveaux secrets",
        ),
    }
)
OWNERS = Phrasebook(
    {
        "nobody is on call.": (
            "nadie está de guardia.",
            "ningú no està de guàrdia.",
            "personne n’est d’astreinte.",
        ),
        "no partner may work on this brand today.": (
            "hoy ninguna agencia puede trabajar con esta marca.",
            "avui cap agència no pot treballar amb aquesta marca.",
            "aujourd’hui, aucune agence ne peut travailler sur cette marque.",
        ),
        # told before an agency had brands of its own
        "no partner has a valid non-disclosure agreement.": (
            "ninguna agencia tiene un acuerdo de confidencialidad vigente.",
            "cap agència no té un acord de confidencialitat vigent.",
            "aucune agence n’a d’accord de confidentialité valable.",
        ),
        "who was planned for it may not be let in any more.": (
            "a quien estaba previsto ya no se le puede dejar entrar.",
            "a qui estava previst ja no se’l pot deixar entrar.",
            "la personne prévue ne peut plus être admise.",
        ),
    }
)
NOBODY = Phrasebook({"nobody": ("nadie", "ningú", "personne")})
LESSONS = Phrasebook(
    {"keep": ("mantener", "mantenir", "à garder"), "change": ("cambiar", "canviar", "à changer")}
)
DECISIONS = Phrasebook(
    {
        "accepted": ("aceptado", "acceptat", "accepté"),
        "declined": ("rechazado", "rebutjat", "refusé"),
    }
)
ROLES = Phrasebook(
    {
        "admin": ("administración", "administració", "administration"),
        "responder": ("respuesta", "resposta", "réponse"),
        "executive": ("dirección", "direcció", "direction"),
        "observer": ("observación", "observació", "observation"),
        "partner": ("agencia", "agència", "agence"),
    }
)
BOOKS = {
    "role": ROLES, "type": TYPES, "state": STATES, "what": DEEDS, "why": OWNERS, "lesson_kind": LESSONS,
    "decision": DECISIONS, "gap": TROUBLES, "owner": NOBODY,
}  # fmt: skip


WRITTEN = frozenset({
    ("alert.dismissed", "reason"), ("incident.severity_set", "reason"), ("response.returned", "reason"),
    ("case.taken_over", "reason"), ("case.decided", "decision"), ("step.returned", "reason"),
    ("step.skipped", "reason"), ("proposal.rejected", "reason"),
})  # fmt: skip
"""Facts of these names that people wrote."""


def fact(kind: str, name: str, value: object, language: str) -> str:
    """One fact of an event; what people wrote and named stays as it is."""
    if (kind, name) in WRITTEN:
        return listed(value)
    if name == "title":
        return retold(listed(value), language)
    return BOOKS[name].told(listed(value), language) if name in BOOKS else phrases.fact(name, value, language)
