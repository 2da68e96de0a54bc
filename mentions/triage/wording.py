"""What people are told about cases, in the four languages of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from people.letters import Paper, Section


@dataclass(frozen=True)
class Words:
    """Phrases of one language; names in braces are filled in."""

    news: dict[str, str]
    """The subject of a letter about a case somebody raised, by what happened."""
    you_wrote: str
    due: str
    decision: str
    outcome: str
    reply: str
    by: str
    open_case: str
    late: tuple[str, str]
    """The subject of a reminder to a department: of one case, of more."""
    late_lines: tuple[str, str]
    open_inbox: str


WORDS = {
    "en": Words(
        news={
            "due": "There is a date for what you passed on (case {number}, {brand})",
            "decided": "What you passed on has been decided (case {number}, {brand})",
            "answered": "What you passed on has been answered (case {number}, {brand})",
            "handed_over": "What you passed on has gone to {department} (case {number}, {brand})",
            "closed": "What became of what you passed on (case {number}, {brand})",
        },
        you_wrote="You wrote",
        due="Until when",
        decision="Decision",
        outcome="Outcome",
        reply="Reply",
        by="{name}, {department}",
        open_case="Open the case",
        late=("{department}: 1 case is late", "{department}: {count} cases are late"),
        late_lines=(
            "It should have been answered by now. It has waited since {since}.",
            "They should have been answered by now. The oldest has waited since {since}.",
        ),
        open_inbox="Open the inbox",
    ),
    "es": Words(
        news={
            "due": "Hay fecha para lo que nos pasaste (caso {number}, {brand})",
            "decided": "Hay decisión sobre lo que nos pasaste (caso {number}, {brand})",
            "answered": "Se ha respondido a lo que nos pasaste (caso {number}, {brand})",
            "handed_over": "Lo que nos pasaste ha ido a {department} (caso {number}, {brand})",
            "closed": "En qué quedó lo que nos pasaste (caso {number}, {brand})",
        },
        you_wrote="Escribiste",
        due="Hasta cuándo",
        decision="Decisión",
        outcome="Resultado",
        reply="Respuesta",
        by="{name}, {department}",
        open_case="Abrir el caso",
        late=("{department}: 1 caso con retraso", "{department}: {count} casos con retraso"),
        late_lines=(
            "Ya debería tener respuesta. Espera desde el {since}.",
            "Ya deberían tener respuesta. El más antiguo espera desde el {since}.",
        ),
        open_inbox="Abrir la bandeja",
    ),
    "ca": Words(
        news={
            "due": "Hi ha data per al que ens vas passar (cas {number}, {brand})",
            "decided": "Hi ha decisió sobre el que ens vas passar (cas {number}, {brand})",
            "answered": "S’ha respost el que ens vas passar (cas {number}, {brand})",
            "handed_over": "El que ens vas passar ha anat a {department} (cas {number}, {brand})",
            "closed": "Com ha quedat el que ens vas passar (cas {number}, {brand})",
        },
        you_wrote="Vas escriure",
        due="Fins quan",
        decision="Decisió",
        outcome="Resultat",
        reply="Resposta",
        by="{name}, {department}",
        open_case="Obrir el cas",
        late=("{department}: 1 cas amb retard", "{department}: {count} casos amb retard"),
        late_lines=(
            "Ja hauria de tenir resposta. Espera des del {since}.",
            "Ja haurien de tenir resposta. El més antic espera des del {since}.",
        ),
        open_inbox="Obrir la safata",
    ),
    "fr": Words(
        news={
            "due": "Une date pour ce que vous avez transmis (dossier {number}, {brand})",
            "decided": "Une décision sur ce que vous avez transmis (dossier {number}, {brand})",
            "answered": "Réponse donnée à ce que vous avez transmis (dossier {number}, {brand})",
            "handed_over": "Ce que vous avez transmis est passé à {department} (dossier {number}, {brand})",
            "closed": "Ce qu’est devenu ce que vous avez transmis (dossier {number}, {brand})",
        },
        you_wrote="Vous avez écrit",
        due="Pour quand",
        decision="Décision",
        outcome="Résultat",
        reply="Réponse",
        by="{name}, {department}",
        open_case="Ouvrir le dossier",
        late=("{department} : 1 dossier en retard", "{department} : {count} dossiers en retard"),
        late_lines=(
            "Il devrait déjà avoir sa réponse. Il attend depuis le {since}.",
            "Ils devraient déjà avoir leur réponse. Le plus ancien attend depuis le {since}.",
        ),
        open_inbox="Ouvrir la boîte",
    ),
}


def words(language: str) -> Words:
    """The phrases of a language, English where we do not speak it."""
    return WORDS.get(language, WORDS["en"])


@dataclass(frozen=True)
class News:
    """What happened to a case that somebody raised."""

    kind: str
    """due, decided, answered, closed or handed_over."""
    number: int
    brand: str
    department: str
    by: str
    note: str
    decision: str
    reply: str
    outcome: str
    due: str
    """Until when it is to be dealt with, where the news say so."""


def report(news: News, language: str) -> Paper:
    """The letter to who raised the case; what is not known yet is left out."""
    said = words(language)
    parts = [
        (said.you_wrote, news.note),
        (said.decision, news.decision),
        (said.reply, news.reply),
        (said.outcome, news.outcome),
        (said.due, news.due),
    ]
    signed = said.by.format(name=news.by, department=news.department)
    return Paper(
        language=language,
        subject=said.news[news.kind].format(number=news.number, brand=news.brand, department=news.department),
        sections=[*(Section(heading, [text]) for heading, text in parts if text), Section("", [signed])],
        link_label=said.open_case,
        link=f"/cases/{news.number}",
    )


def reminder(department: str, count: int, since: str, language: str, slug: str) -> Paper:
    """The letter to a department whose cases are late; `since` is a date in its own language."""
    said, several = words(language), count > 1
    lines: Sequence[str] = [said.late_lines[several].format(since=since)]
    return Paper(
        language=language,
        subject=said.late[several].format(department=department, count=count),
        sections=[Section("", lines)],
        link_label=said.open_inbox,
        link=f"/inbox/{slug}",
    )
