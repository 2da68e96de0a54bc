"""What people are told about their steps, in the four languages of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from alerts.wording.sayings import sayings
from people.letters import Paper, Section
from runbooks.run import Step

News = Literal["given", "overdue", "waiting", "returned", "asked", "answered"]
Heading = Literal["reason", "question", "answer"]


@dataclass(frozen=True)
class Words:
    """Phrases of one language; names in braces are filled in."""

    one: Mapping[News, str]
    """The subject of a letter about one step."""
    many: Mapping[News, str]
    """About several: only of what comes in numbers."""
    step: str
    headings: Mapping[Heading, str]
    """Of what people wrote."""
    open_step: str
    open_desk: str


WORDS = {
    "en": Words(
        one={
            "given": "A step for you: {title}",
            "overdue": "Your step is overdue: {title}",
            "waiting": "Waits for your decision: {title}",
            "returned": "Returned to you: {title}",
            "asked": "A question for you: {title}",
            "answered": "Your question is answered: {title}",
        },
        many={"given": "{count} steps for you", "overdue": "{count} of your steps are overdue"},
        step="{title} (deadline {due})",
        headings={"reason": "What should change", "question": "The question", "answer": "The answer"},
        open_step="Open the step",
        open_desk="Open your steps",
    ),
    "es": Words(
        one={
            "given": "Un paso para ti: {title}",
            "overdue": "Tu paso va con retraso: {title}",
            "waiting": "Espera tu decisión: {title}",
            "returned": "Te lo han devuelto: {title}",
            "asked": "Una pregunta para ti: {title}",
            "answered": "Tienes respuesta a tu pregunta: {title}",
        },
        many={"given": "{count} pasos para ti", "overdue": "{count} de tus pasos van con retraso"},
        step="{title} (plazo: {due})",
        headings={"reason": "Qué hay que cambiar", "question": "La pregunta", "answer": "La respuesta"},
        open_step="Abrir el paso",
        open_desk="Abrir tus pasos",
    ),
    "ca": Words(
        one={
            "given": "Un pas per a tu: {title}",
            "overdue": "El teu pas va amb retard: {title}",
            "waiting": "Espera la teva decisió: {title}",
            "returned": "T’ho han retornat: {title}",
            "asked": "Una pregunta per a tu: {title}",
            "answered": "Tens resposta a la teva pregunta: {title}",
        },
        many={"given": "{count} passos per a tu", "overdue": "{count} dels teus passos van amb retard"},
        step="{title} (termini: {due})",
        headings={"reason": "Què cal canviar", "question": "La pregunta", "answer": "La resposta"},
        open_step="Obre el pas",
        open_desk="Obre els teus passos",
    ),
    "fr": Words(
        one={
            "given": "Une étape pour vous : {title}",
            "overdue": "Votre étape est en retard : {title}",
            "waiting": "Attend votre décision : {title}",
            "returned": "À revoir : {title}",
            "asked": "Une question pour vous : {title}",
            "answered": "Réponse à votre question : {title}",
        },
        many={"given": "{count} étapes pour vous", "overdue": "{count} de vos étapes sont en retard"},
        step="{title} (échéance : {due})",
        headings={"reason": "Ce qu’il faut changer", "question": "La question", "answer": "La réponse"},
        open_step="Ouvrir l’étape",
        open_desk="Ouvrir vos étapes",
    ),
}


def paper(
    news: News,
    steps: Sequence[Step],
    language: str,
    zone: ZoneInfo,
    *,
    hushed: bool,
    written: Mapping[Heading, str],
) -> Paper:
    """The letter about these steps; of a confidential matter it holds the link alone."""
    said = WORDS.get(language, WORDS["en"])
    alone = len(steps) == 1
    label, link = (said.open_step, f"/steps/{steps[0].id}") if alone else (said.open_desk, "/desk")
    if hushed:
        return Paper(language, sayings(language).hushed, [], label, link)
    subject = (
        said.one[news].format(title=steps[0].title) if alone else said.many[news].format(count=len(steps))
    )
    lines = [said.step.format(title=step.title, due=_time(step.due_at, language, zone)) for step in steps]
    words = [Section(said.headings[heading], [text]) for heading, text in written.items() if text]
    return Paper(language, subject, [Section("", lines), *words], label, link)


def _time(moment: datetime, language: str, zone: ZoneInfo) -> str:
    return format_datetime(moment, "d MMM, HH:mm", tzinfo=zone, locale=language)
