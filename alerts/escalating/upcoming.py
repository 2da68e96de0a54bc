"""Who is paged next, and when, if nobody acknowledges: as the policy's copy and the rotas stand now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from alerts.escalating.targets import Known, reach
from alerts.escalating.together import readable, running
from alerts.escalation import Level, Policy, plan
from kit.db import ReadSession


@dataclass(frozen=True)
class Upcoming:
    names: tuple[str, ...]
    at: datetime


async def upcoming(session: ReadSession, alert_id: int) -> Upcoming | None:
    """The next level at which somebody can be reached; None when nobody is paged any more."""
    escalation = await running(session, alert_id)
    policy = readable(escalation) if escalation is not None else None
    if escalation is None or policy is None:
        return None
    known = Known()
    for level in _ahead(policy, escalation.step):
        found = await reach(session, level.targets, escalation.due_at, known)
        if found.targets:
            return Upcoming(tuple(target.member.name for target in found.targets), escalation.due_at)
    return None


def _ahead(policy: Policy, step: int) -> Iterator[Level]:
    """One round from the next level on, then the last one: the way that `alerts.escalating.escalate` goes."""
    for further in range(max(1, len(policy.levels))):
        level = plan(policy, step + further, reached=True)
        if level is None:
            return
        yield level
    if policy.last is not None:
        yield policy.last
