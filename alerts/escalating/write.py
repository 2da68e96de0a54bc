"""Writing the pages of one level: one for each contact that each person's rules name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.contacts.choosing import Choice, choices
from alerts.contacts.contact import Contact
from alerts.contacts.rules import Planned
from alerts.escalating.targets import Target
from alerts.page import Page, PersonalAcknowledgement
from kit.bell import enqueue_later
from kit.db import WriteSession
from people.members import Member

LAST_RESORT = "Nobody could be paged: every way is tried"
"""How the reason of such a page begins."""


@dataclass(frozen=True)
class Wanted:
    """Somebody to page about an alert, at this step of its escalation."""

    step: int
    alert: Alert
    target: Target


async def page_all(session: WriteSession, wanted: Sequence[Wanted], now: datetime) -> list[Wanted]:
    """A page for each contact that each person's rules name; those for whom anything new was written.

    Not to somebody who has acknowledged already, where it takes everybody, except as a reminder; not twice
    into quiet hours.
    """
    known = await _known(session, wanted, now)
    written = [one for one in wanted if list(_written(session, one, known, now))]
    if written:
        enqueue_later(session, "deliver")
    return written


async def page_everywhere(
    session: WriteSession, step: int, alert: Alert, people: Sequence[Member], now: datetime
) -> int:
    """A page by each contact that works, whatever anybody's rules say; how many are new at this step."""
    found = await choices(session, {one.id for one in people}, now)
    known = set(await session.scalars(select(Page.key).where(Page.alert_id == alert.id, Page.step == step)))
    pages = []
    for member in people:
        target = Target(member, LAST_RESORT, "last_resort")
        for contact in found[member.id].working.values():
            page = _page(alert, step, target, contact, Planned(contact.id, now, held=False), now)
            if page.key not in known and not (contact.own and "@" not in member.email):
                about: dict[str, Any] = {"member_id": member.id, "person": member.name}
                decide(
                    session, "paged_last_resort", alert_id=alert.id, at=now, step=step,
                    channel=contact.channel, **about,
                )  # fmt: skip
                pages.append(page)
    session.add_all(pages)
    await session.flush()
    return len(pages)


@dataclass(frozen=True)
class _Known:
    """What the pages of several people need, looked up together."""

    choices: Mapping[int, Choice]
    """By member."""
    acknowledged: Collection[tuple[int, int]]
    """Alert and member."""
    held: Collection[tuple[int, int]]
    """Alert and contact, where a page waits for the end of quiet hours already."""


async def _known(session: WriteSession, wanted: Sequence[Wanted], now: datetime) -> _Known:
    alerts = {one.alert.id for one in wanted}
    part, held = PersonalAcknowledgement, (Page.state == "due", Page.held_until > now)
    acknowledged = await session.execute(
        select(part.alert_id, part.member_id).where(part.alert_id.in_(alerts))
    )
    waiting = await session.execute(
        select(Page.alert_id, Page.contact_id).where(Page.alert_id.in_(alerts), *held)
    )
    return _Known(
        await choices(session, {one.target.member.id for one in wanted}, now),
        {(row.alert_id, row.member_id) for row in acknowledged},
        {(row.alert_id, row.contact_id) for row in waiting if row.contact_id is not None},
    )


def _written(session: WriteSession, wanted: Wanted, known: _Known, now: datetime) -> Iterator[Page]:
    """The pages of one person, each with the decision that led to it."""
    alert, target = wanted.alert, wanted.target
    member = target.member
    about: dict[str, Any] = {"alert_id": alert.id, "member_id": member.id, "at": now, "step": wanted.step}
    if (alert.id, member.id) in known.acknowledged and target.rule != "reminder":
        decide(session, "has_it", **about, person=member.name)
        return
    decide(session, f"paged_{target.rule}", **about, person=member.name, name=target.name)
    for contact, planned in known.choices[member.id].planned(member, alert.level, now):
        if planned.held and (alert.id, contact.id) in known.held:
            decide(session, "held_already", **about, person=member.name, channel=contact.channel)
            continue
        kind = "page_held" if planned.held else "page_due"
        due, channel = planned.due.isoformat(), contact.channel
        decide(session, kind, **about, person=member.name, channel=channel, time=due)
        page = _page(alert, wanted.step, target, contact, planned, now)
        session.add(page)
        yield page


def _page(
    alert: Alert, step: int, target: Target, contact: Contact, planned_one: Planned, now: datetime
) -> Page:
    return Page(
        alert_id=alert.id,
        member_id=target.member.id,
        contact_id=contact.id,
        channel=contact.channel,
        step=step,
        reason=target.reason,
        # With the time of the claim: a database that was made anew counts its alerts from 1 again.
        key=f"{alert.id}.{alert.opened_at:%Y%m%d%H%M%S}.{target.member.id}.{contact.id}.{step}",
        state="due",
        due_at=planned_one.due,
        held_until=planned_one.due if planned_one.held else None,
        attempts=0,
        created_at=now,
    )
