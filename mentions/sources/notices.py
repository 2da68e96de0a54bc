"""Telling admins that a source went out or speaks again: a letter for each outage, never a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kit.db import WriteSession
from mentions.source import Source
from mentions.sources.outage import SourceOutage
from people.letters import Paper, Section, write
from people.members import Member

LINK = "/sources"


@dataclass(frozen=True)
class Words:
    """Phrases of one language."""

    silent: str
    failing: str
    speaks: str
    since: str
    reason: str
    deaf: str
    resumed: str
    link: str


WORDS = {
    "en": Words(
        "{name} is silent",
        "{name} cannot be reached",
        "{name} speaks again",
        "Since {time}.",
        "It says: {reason}",
        "What happens there is not being heard. A calm day may be no calm day until it speaks again.",
        "It was out from {time} to {end}. What was said meanwhile comes in now, as far as it can be had.",
        "See the sources",
    ),
    "es": Words(
        "{name} está en silencio",
        "No se puede contactar con {name}",
        "{name} vuelve a hablar",
        "Desde {time}.",
        "Dice: {reason}",
        "Lo que ocurre allí no se está oyendo. Hasta que vuelva, la calma puede no ser calma.",
        "Estuvo fuera de {time} a {end}. Lo que se dijo llega ahora, en lo que se pueda obtener.",
        "Ver las fuentes",
    ),
    "ca": Words(
        "{name} està en silenci",
        "No es pot contactar amb {name}",
        "{name} torna a parlar",
        "Des de {time}.",
        "Diu: {reason}",
        "El que hi passa no s’està sentint. Fins que torni, la calma pot no ser calma.",
        "Ha estat fora de {time} a {end}. El que s’hi ha dit arriba ara, tant com es pugui obtenir.",
        "Veure les fonts",
    ),
    "fr": Words(
        "{name} est silencieuse",
        "{name} est injoignable",
        "{name} parle de nouveau",
        "Depuis {time}.",
        "Elle dit : {reason}",
        "Ce qui s’y passe n’est pas entendu. Jusqu’à son retour, le calme peut ne pas en être un.",
        "Elle a manqué de {time} à {end}. Ce qui s’y est dit arrive maintenant, autant que possible.",
        "Voir les sources",
    ),
}


async def went_out(session: WriteSession, source: Source, outage: SourceOutage, now: datetime) -> None:
    """Write to every admin, once for this outage."""
    for admin in await _admins(session):
        words = _words(admin)
        subject = (words.failing if outage.state == "failing" else words.silent).format(name=source.name)
        lines = [words.since.format(time=_time(outage.began_at, admin)), words.deaf]
        if outage.reason:
            lines.insert(1, words.reason.format(reason=outage.reason))
        paper, key = _paper(admin, subject, lines), f"source-out:{outage.id}:{admin.id}"
        await write(session, paper, key=key, now=now, member_id=admin.id)


async def came_back(session: WriteSession, source: Source, outage: SourceOutage, now: datetime) -> None:
    """Write to every admin that this outage is over."""
    for admin in await _admins(session):
        words = _words(admin)
        times = {"time": _time(outage.began_at, admin), "end": _time(now, admin)}
        lines = [words.resumed.format(**times)]
        subject = words.speaks.format(name=source.name)
        paper, key = _paper(admin, subject, lines), f"source-back:{outage.id}:{admin.id}"
        await write(session, paper, key=key, now=now, member_id=admin.id)


def _paper(admin: Member, subject: str, lines: list[str]) -> Paper:
    return Paper(admin.language, subject, [Section("", lines)], _words(admin).link, LINK)


def _words(admin: Member) -> Words:
    return WORDS.get(admin.language, WORDS["en"])


async def _admins(session: WriteSession) -> list[Member]:
    query = select(Member).where(Member.role == "admin", Member.active).order_by(Member.id)
    return list(await session.scalars(query))


def _time(moment: datetime, reader: Member) -> str:
    """In the reader's zone; the date too, since an outage may be of yesterday."""
    return f"{moment.astimezone(ZoneInfo(reader.time_zone)):%Y-%m-%d %H:%M}"
