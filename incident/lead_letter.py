"""The letter to whom somebody else gave the lead of an incident, in the four languages of the house."""

from __future__ import annotations

from datetime import datetime

from alerts.wording.compose import lasting
from alerts.wording.sayings import sayings
from incident.hush import is_hushed
from incident.incident import Incident
from kit.db import WriteSession
from people.letters import About, Paper, Section, write
from people.members import Member

WORDS = {
    "en": ("You lead: {headline}", "{name} gave you the lead of this incident.", "Open the war room"),
    "es": (
        "Estás al mando: {headline}",
        "{name} te ha pasado el mando de este incidente.",
        "Abrir la sala de crisis",
    ),
    "ca": (
        "Tens el comandament: {headline}",
        "{name} t’ha passat el comandament d’aquest incident.",
        "Obre la sala de crisi",
    ),
    "fr": (
        "Vous pilotez : {headline}",
        "{name} vous a confié le pilotage de cet incident.",
        "Ouvrir la cellule de crise",
    ),
}


async def given(session: WriteSession, incident: Incident, to: Member, *, by: Member, now: datetime) -> None:
    """Tell who leads from now on; of a drill nobody is told, of a confidential matter only where to look."""
    if incident.drill:
        return
    subject, line, label = WORDS.get(to.language, WORDS["en"])
    link = f"/incidents/{incident.id}"
    if await is_hushed(session, incident):
        paper = Paper(to.language, sayings(to.language).hushed, [], label, link)
    else:
        subject = subject.format(headline=lasting(incident.title, to.language))
        paper = Paper(to.language, subject, [Section("", [line.format(name=by.name)])], label, link)
    key = f"lead:{incident.id}:{now:%Y%m%d%H%M%S%f}:{to.id}"
    about = About([incident.brand_id], incident.id)
    await write(session, paper, key=key, member_id=to.id, about=about, now=now)
