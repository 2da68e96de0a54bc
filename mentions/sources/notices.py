"""Telling those who watch the sources that one went out or speaks again: a letter each, never a page.

They are the people of the departments that watch sources, or, where there are none, the admins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime

from kit.db import WriteSession
from kit.zones import zone_of
from mentions.source import Source
from mentions.sources.outage import SourceOutage
from mentions.sources.troubles import TROUBLES
from people.departments import who_watches
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
    missed: str
    lost: str
    link: str


WORDS = {
    "en": Words(
        "{name} is silent",
        "{name} does not work",
        "{name} speaks again",
        "Since {time}.",
        "What is known: {reason}",
        "What happens there is not being heard. A calm day may be no calm day until it speaks again.",
        "It was out from {time} to {end}. What was said meanwhile comes in now, as far as it can be had.",
        "{name} did not tell all",
        "What is missing is in no figure: the days concerned looked calmer than they were.",
        "See the sources",
    ),
    "es": Words(
        "{name} está en silencio",
        "{name} no funciona",
        "{name} vuelve a hablar",
        "Desde el {time}.",
        "Se sabe esto: {reason}",
        "Lo que ocurre allí no se está oyendo. Hasta que vuelva, la calma puede no ser calma.",
        "Estuvo fuera del {time} al {end}. Lo que se dijo llega ahora, en lo que se pueda obtener.",
        "{name} no lo contó todo",
        "Lo que falta no está en ninguna cifra: los días afectados parecieron más calmados.",
        "Ver las fuentes",
    ),
    "ca": Words(
        "{name} està en silenci",
        "{name} no funciona",
        "{name} torna a parlar",
        "Des del {time}.",
        "Se’n sap això: {reason}",
        "El que hi passa no s’està sentint. Fins que torni, la calma pot no ser calma.",
        "Ha estat fora del {time} al {end}. El que s’hi ha dit arriba ara, tant com es pugui obtenir.",
        "{name} no ho ha explicat tot",
        "El que falta no és a cap xifra: els dies afectats van semblar més tranquils del que van ser.",
        "Veure les fonts",
    ),
    "fr": Words(
        "{name} est silencieuse",
        "{name} ne fonctionne pas",
        "{name} parle de nouveau",
        "Depuis le {time}.",
        "On en sait ceci : {reason}",
        "Ce qui s’y passe n’est pas entendu. Jusqu’à son retour, le calme peut ne pas en être un.",
        "Elle a manqué du {time} au {end}. Ce qui s’y est dit arrive maintenant, autant que possible.",
        "{name} n’a pas tout dit",
        "Ce qui manque n’est dans aucun chiffre : les jours concernés ont paru plus calmes qu’ils n’étaient.",
        "Voir les sources",
    ),
}


async def went_out(session: WriteSession, source: Source, outage: SourceOutage, now: datetime) -> None:
    """Write to everybody who watches, once for this outage."""
    for watcher in await who_watches(session):
        words = _words(watcher)
        subject = (words.failing if outage.state == "failing" else words.silent).format(name=source.name)
        lines = [words.since.format(time=_time(outage.began_at, watcher)), words.deaf]
        if outage.reason:
            lines.insert(1, words.reason.format(reason=TROUBLES.told(outage.reason, watcher.language)))
        paper, key = _paper(watcher, subject, lines), f"source-out:{outage.id}:{watcher.id}"
        await write(session, paper, key=key, now=now, member_id=watcher.id)


async def came_back(session: WriteSession, source: Source, outage: SourceOutage, now: datetime) -> None:
    """Write to everybody who watches that this outage is over."""
    for watcher in await who_watches(session):
        words = _words(watcher)
        times = {"time": _time(outage.began_at, watcher), "end": _time(now, watcher)}
        lines = [words.resumed.format(**times)]
        subject = words.speaks.format(name=source.name)
        paper, key = _paper(watcher, subject, lines), f"source-back:{outage.id}:{watcher.id}"
        await write(session, paper, key=key, now=now, member_id=watcher.id)


async def missed(session: WriteSession, source: Source, gap: str, now: datetime) -> None:
    """Write to everybody who watches that some of what was said there is missing: once a day at most."""
    for watcher in await who_watches(session):
        words = _words(watcher)
        lines = [TROUBLES.told(gap, watcher.language), words.lost]
        paper = _paper(watcher, words.missed.format(name=source.name), lines)
        key = f"source-missed:{source.id}:{now:%Y-%m-%d}:{watcher.id}"
        await write(session, paper, key=key, now=now, member_id=watcher.id)


def _paper(watcher: Member, subject: str, lines: list[str]) -> Paper:
    return Paper(watcher.language, subject, [Section("", lines)], _words(watcher).link, LINK)


def _words(watcher: Member) -> Words:
    return WORDS.get(watcher.language, WORDS["en"])


def _time(moment: datetime, reader: Member) -> str:
    """In the reader's zone and words; the date too, since an outage may be of yesterday."""
    zone, language = zone_of(reader.time_zone), reader.language if reader.language in WORDS else "en"
    return str(format_datetime(moment, "d MMM, HH:mm", tzinfo=zone, locale=language))
