"""A brand, its rota and its people: Ada is on call, Bo follows, Cleo is the executive, Pia the partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import TextClause, select, text

from alerts.alert import Alert
from alerts.open import open_alert
from alerts.page import Escalation, EscalationPolicy, Page
from kit.core import Core
from kit.db import Row, WriteSession
from kit.events import after
from mentions.counting.counts import minute_of
from mentions.monitor import MinuteCount, Monitor
from people.members import Member
from people.organisations import Brand, Organisation
from people.permissions import Viewer
from people.schedules import Schedule, ScheduleLayer
from people.signin import viewer_from
from tests import rows
from tests.mailbox import Mailbox

EVIDENCE: dict[str, Any] = {
    "observed": 44.0,
    "expected": 6.03,
    "ratio": 7.3,
    "score": 31.2,
    "window_minutes": 12,
    "history_minutes": 20160,
    "insufficient_history": False,
    "reason": "44 negative mentions in 12 min where 6.0 are usual (7.3 times).",
    "drivers": {
        "terms": [{"term": "strike", "count": 21, "score": 9.1}],
        "authors": [],
        "examples": [
            {
                "text": "Stuck in Palma since noon <b>again</b>\r\nBcc: all@example.org",
                "sentiment": "negative",
            },
            {"text": "No answer from anybody", "sentiment": "negative"},
            {"text": "A third one", "sentiment": "negative"},
        ],
    },
}


T = TypeVar("T", bound=Row)


@dataclass(frozen=True)
class Cast:
    """The ids of everybody and everything."""

    ada: Viewer
    bo: Viewer
    cleo: Viewer
    pia: Viewer
    brand_id: int
    monitor_id: int
    schedule_id: int
    policy_id: int


async def make_cast(core: Core, *, waits: tuple[float, ...] = (5, 5), repeats: int = 1) -> Cast:
    """The house with one policy for all brands: first who is on call, then Bo."""
    what = "cast of an alert", waits, repeats, core.clock.now()
    return await rows.once(core, what, lambda: _made(core, waits, repeats))


async def _made(core: Core, waits: tuple[float, ...], repeats: int) -> Cast:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        house = await _add(session, Organisation(name="Almadía", kind="house"))
        agency = await _add(
            session, Organisation(name="Agency", kind="partner", nda_signed_on=date(2026, 1, 1))
        )
        ada = await _member(session, house.id, "Ada", "responder", time_zone="Europe/Madrid")
        bo = await _member(session, house.id, "Bo", "admin")
        cleo = await _member(session, house.id, "Cleo", "executive")
        pia = await _member(session, agency.id, "Pia", "partner")
        brand = await _add(session, Brand(name="Almadía Ferries", slug="almadia", organisation_id=house.id))
        monitor = await _add(
            session,
            Monitor(brand_id=brand.id, name="ferries", query="almadia", created_at=now),
        )
        schedule = await _add(
            session,
            Schedule(name="Nights", time_zone="Europe/Madrid"),
        )
        session.add(
            ScheduleLayer(
                schedule_id=schedule.id,
                position=0,
                name="Nights",
                handover="08:00",
                starts_on=date(2026, 1, 5),
                every=1,
                unit="weeks",
                participants=[ada.id],
            )
        )
        targets = [{"schedule": schedule.id}, {"member": bo.id}]
        levels = [
            {"targets": [target], "wait_minutes": wait} for target, wait in zip(targets, waits, strict=True)
        ]
        policy = await _add(session, EscalationPolicy(name="All", levels=levels, repeats=repeats))
        return Cast(
            ada=viewer_from(ada),
            bo=viewer_from(bo),
            cleo=viewer_from(cleo),
            pia=viewer_from(pia),
            brand_id=brand.id,
            monitor_id=monitor.id,
            schedule_id=schedule.id,
            policy_id=policy.id,
        )


async def make_calm_cast(core: Core) -> Cast:
    """A day and a half of calm is stored: three mentions a minute, one of them negative."""
    now = minute_of(core.clock.now())

    async def made() -> Cast:
        cast = await make_cast(core)
        await counted(core, cast.monitor_id, dict.fromkeys(range(now - 36 * 60, now), (3, 1)))
        return cast

    return await rows.once(core, ("cast of an alert in calm", core.clock.now()), made)


async def an_alert(core: Core, cast: Cast, **changes: Any) -> int:
    """An alert that was opened now; returns its id."""
    now = core.clock.now()
    values: dict[str, Any] = {
        "brand_id": cast.brand_id,
        "monitor_id": cast.monitor_id,
        "signal": "negative",
        "level": "amber",
        "title": "Almadía Ferries: ×7.3 negative mentions",
        "evidence": EVIDENCE,
        "since": now - timedelta(minutes=12),
        **changes,
    }
    async with core.database.unit_of_work() as session:
        return (await open_alert(session, now=now, **values)).id


async def counted(core: Core, monitor_id: int, counts: dict[int, tuple[int, int]], **more: int) -> None:
    """Store (volume, negative) by minute, in place of what was there: each by an account in its own words.

    `more`: other figures of each of these minutes.
    """
    volumes, negatives = [count[0] for count in counts.values()], [count[1] for count in counts.values()]
    columns: dict[str, list[int]] = {
        "minute": list(counts),
        "volume": volumes,
        "negative": negatives,
        "voices": volumes,
        "independent": volumes,
        "independent_negative": negatives,
    }
    same = {"monitor_id": monitor_id, **more}
    columns = {name: column for name, column in columns.items() if name not in same}
    async with core.database.unit_of_work() as session:
        await session.execute(_put(tuple(columns), tuple(same)), columns | same)


@cache
def _put(columns: Sequence[str], same: Sequence[str]) -> TextClause:
    """As text, for tests store counts by the thousand: an expression of it costs more than the storing."""
    given = [*columns, *same]
    rest = [column.name for column in MinuteCount.__table__.columns if column.name not in given]
    unnested = ", ".join(f"CAST(:{name} AS bigint[])" for name in columns)
    figures = ", ".join([*(f"CAST(:{name} AS bigint)" for name in same), *("0" for _ in rest)])
    new = ", ".join(f"{name} = excluded.{name}" for name in given)
    return text(
        f"INSERT INTO minute_count ({', '.join([*given, *rest])})"
        f" SELECT counted.*, {figures} FROM unnest({unnested}) AS counted"
        f" ON CONFLICT (monitor_id, minute) DO UPDATE SET {new}"
    )


async def pages(core: Core, alert_id: int) -> list[Page]:
    async with core.database.read() as session:
        query = select(Page).where(Page.alert_id == alert_id).order_by(Page.id)
        return list(await session.scalars(query))


async def escalation(core: Core, alert_id: int) -> Escalation:
    async with core.database.read() as session:
        return (await session.scalars(select(Escalation).where(Escalation.alert_id == alert_id))).one()


async def alerts(core: Core) -> list[Alert]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Alert).order_by(Alert.id)))


async def kinds(core: Core) -> list[str]:
    """The kinds of all events so far, in order."""
    async with core.database.read() as session:
        return [event.kind for event in await after(session, 0)]


async def change(core: Core, table: type[Any], key: int, **values: Any) -> None:
    """Set columns of one row, as an administrator would."""
    async with core.database.unit_of_work() as session:
        row = await session.get_one(table, key)
        for name, value in values.items():
            setattr(row, name, value)


def with_mail(core: Core, mailbox: Mailbox | None) -> Core:
    """The same core with mail going to that server, or nowhere."""
    return replace(core, settings=replace(core.settings, smtp_url=mailbox.url if mailbox else None))


async def _member(session: WriteSession, organisation_id: int, name: str, role: str, **rest: Any) -> Member:
    email = f"{name.lower()}@almadia.test"
    return await _add(
        session, Member(organisation_id=organisation_id, name=name, email=email, role=role, **rest)
    )


async def _add(session: WriteSession, row: T) -> T:
    session.add(row)
    await session.flush()
    return row
