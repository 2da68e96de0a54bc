"""A schedule's coming weeks as people look at them: stretches, gaps, loads and quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kit.db import ReadSession
from kit.zones import zone_of
from people.members import Member
from people.on_call.duty import AHEAD, members_by_id, stretches_of
from people.on_call.plans import layers_of
from people.rota.final import Stretch, gaps, merged, shifts
from people.rota.load import Load, loads
from people.rota.quality import Quality, quality
from people.schedules import Schedule

BEHIND = timedelta(days=28)


@dataclass(frozen=True)
class Share:
    """What one person has had in the last four weeks, and will have in the next."""

    member: Member
    past: Load
    coming: Load


@dataclass(frozen=True)
class Report:
    """The next four weeks of a schedule."""

    stretches: Sequence[Stretch]
    """From now on, cut where the people change, not at each hand-over of a person to themselves."""
    gaps: Sequence[Stretch]
    shares: Sequence[Share]
    quality: Quality


async def report(session: ReadSession, schedule: Schedule, now: datetime) -> Report:
    """LookupError or ValueError when the schedule cannot be read.

    The past is what the rules of today say of it: an edited layer changes it, an ended override does not.
    """
    found = await stretches_of(session, schedule, now - BEHIND, now + AHEAD)
    coming, past = _cut(found, now, now + AHEAD), _cut(found, now - BEHIND, now)
    named = {one for stretch in found for one in (*stretch.on_call, *stretch.away)}
    for layer in await layers_of(session, schedule.id):
        named |= {int(one) for one in layer.participants}
    people = await members_by_id(session, named)
    zones = {member_id: zone_of(member.time_zone) for member_id, member in people.items()}
    next_, last = loads(shifts(coming), zones), loads(shifts(past), zones)
    shares = [Share(people[one.member_id], two, one) for one, two in zip(next_, last, strict=True)]
    return Report(
        stretches=without_turns(coming),
        gaps=gaps(coming),
        shares=sorted(shares, key=lambda one: one.member.name),
        quality=quality(coming, shifts(coming), next_, now),
    )


def without_turns(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours with the same people become one, whoever's turn it is."""
    return merged(replace(one, origin="") for one in stretches)


def _cut(stretches: Sequence[Stretch], since: datetime, until: datetime) -> list[Stretch]:
    """What lies between two instants."""
    return [
        replace(one, starts_at=max(one.starts_at, since), ends_at=min(one.ends_at, until))
        for one in stretches
        if one.starts_at < until and one.ends_at > since
    ]
