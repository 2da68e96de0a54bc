"""A cast: a house with four people and one brand, an agency that may be let in, and a rival agency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from alerts.alert import Alert
from incident.incident import Incident
from kit.core import Core
from kit.db import WriteSession
from kit.events import Event
from people.members import Member
from people.organisations import Brand, Organisation
from people.permissions import Viewer
from people.signin import viewer_from
from runbooks import library
from runbooks.run import Step
from tests import rows


@dataclass(frozen=True)
class Cast:
    """Ada administers, Rosa and Bruno respond, Emma reads; Pau and Pia are the agency, Rita its rival."""

    ada: Viewer
    rosa: Viewer
    bruno: Viewer
    emma: Viewer
    pau: Viewer
    pia: Viewer
    rita: Viewer
    brand_id: int
    other_brand_id: int
    agency_id: int
    rival_id: int


async def enter(core: Core, *, runbooks: bool = True) -> Cast:
    """Everybody on stage, and the library's runbooks."""
    return await rows.once(
        core, ("cast of an incident", runbooks, core.clock.now()), lambda: _enter(core, runbooks)
    )


async def _enter(core: Core, runbooks: bool) -> Cast:
    async with core.database.unit_of_work() as session:
        house = await _organisation(session, "Llevant Group", "house")
        agency = await _organisation(session, "Studio Garbí", "partner", signed=date(2025, 1, 1))
        rival = await _organisation(session, "Mistral Conseil", "partner", signed=date(2025, 1, 1))
        people = [("Ada", "admin", house), ("Rosa", "responder", house), ("Bruno", "responder", house)]
        people += [("Emma", "executive", house), ("Pau", "partner", agency), ("Pia", "partner", agency)]
        people += [("Rita", "partner", rival)]
        viewers = {name.lower(): await _member(session, name, role, of.id) for name, role, of in people}
        brands = [await _brand(session, name, house.id) for name in ("Almadía Ferries", "Brisa")]
        if runbooks:
            await library.seed(session, now=core.clock.now())
    return Cast(
        **viewers, brand_id=brands[0], other_brand_id=brands[1], agency_id=agency.id, rival_id=rival.id
    )


async def _organisation(
    session: WriteSession, name: str, kind: str, signed: date | None = None
) -> Organisation:
    row = Organisation(name=name, kind=kind, nda_signed_on=signed, declared_clients=[])
    session.add(row)
    await session.flush()
    return row


async def _member(session: WriteSession, name: str, role: str, organisation_id: int) -> Viewer:
    row = Member(
        organisation_id=organisation_id, name=name, email=f"{name}@example.org", role=role, active=True,
        job="", language="en", time_zone="UTC",
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return viewer_from(row)


async def _brand(session: WriteSession, name: str, organisation_id: int) -> int:
    row = Brand(name=name, slug=name.split()[0].lower(), organisation_id=organisation_id)
    session.add(row)
    await session.flush()
    return row.id


async def raise_alert(
    core: Core,
    brand_id: int,
    *,
    level: str = "amber",
    title: str = "Negative mentions 7 times the usual",
    evidence: Mapping[str, Any] | None = None,
    state: str = "open",
) -> int:
    """An alert as a detector leaves it behind; its id."""
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        row = Alert(
            brand_id=brand_id, monitor_id=None, signal="negative", level=level, title=title,
            evidence=dict(evidence or {}), since=now, opened_at=now, state=state,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return row.id


async def change(core: Core, table: Any, key: int, **values: Any) -> None:
    """Something outside the code under test changes a row."""
    async with core.database.unit_of_work() as session:
        await session.execute(update(table).where(table.id == key).values(**values))


async def the_incident(core: Core) -> Incident:
    """The only one there is."""
    async with core.database.read() as session:
        return (await session.execute(select(Incident))).scalar_one()


async def steps_by_key(core: Core, incident_id: int) -> dict[str, Step]:
    async with core.database.read() as session:
        query = select(Step).where(Step.incident_id == incident_id).order_by(Step.position)
        return {step.key: step for step in (await session.execute(query)).scalars()}


async def kinds(core: Core) -> list[str]:
    """What the log tells, in order, without sign-ins and the library."""
    async with core.database.read() as session:
        return list((await session.execute(select(Event.kind).order_by(Event.seq))).scalars())


def at(moment: datetime) -> str:
    return f"{moment:%H:%M}"
