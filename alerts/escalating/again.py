"""An acknowledgement that nothing follows: whoever has the alert is reminded, then it rings again.

Whether anything has happened is known where incidents are (`incident.quiet`); what is done about it, here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from alerts.alert import Alert
from alerts.chain.decision import decide
from alerts.escalating.targets import Target, missed
from alerts.escalating.write import Wanted, page_all
from alerts.escalation import quiet_for
from alerts.open import about
from alerts.page import Escalation, PersonalAcknowledgement
from kit.bell import ALERTS, ring_later
from kit.db import WriteSession
from kit.events import record
from people.members import Member

ANSWER_WITHIN = timedelta(minutes=5)
"""How long a reminder waits for anything to be done."""


async def watch_over(session: WriteSession, alert_ids: Collection[int], *, now: datetime) -> None:
    """These alerts were acknowledged now: look at them again when they have been quiet for long enough.

    One that had paged everybody in vain counts as acknowledged from now on.
    """
    await session.execute(
        update(Escalation)
        .where(Escalation.alert_id.in_(alert_ids), Escalation.state == "exhausted")
        .values(state="acknowledged", trouble=None)
        .execution_options(synchronize_session=False)
    )
    query = select(Escalation).where(
        Escalation.alert_id.in_(alert_ids), Escalation.state.in_(("acknowledged", "reminding"))
    )
    for escalation in await session.scalars(query.execution_options(populate_existing=True)):
        quiet = quiet_for(escalation.policy)
        escalation.state, escalation.quiet_at = "acknowledged", now + quiet if quiet else None


async def remind(
    session: WriteSession, escalation: Escalation, alert: Alert, member_ids: Collection[int], *, now: datetime
) -> None:
    """Page those who have the alert, and leave them a little time."""
    escalation.step += 1
    escalation.state, escalation.reminded_at = "reminding", now
    escalation.quiet_at = now + ANSWER_WITHIN
    people = await session.scalars(select(Member).where(Member.id.in_(member_ids)).order_by(Member.id))
    able = [member for member in people if missed(member) is None]
    why = "You have it, and nothing has happened since"
    targets = [Target(member, why, "reminder") for member in able]
    paged = await page_all(session, [Wanted(escalation.step, alert, target) for target in targets], now)
    names = [one.target.member.name for one in paged]
    record(session, "alert.reminded", at=now, **about(alert), names=names)
    ring_later(session, ALERTS)


async def ring_again(session: WriteSession, escalation: Escalation, alert: Alert, *, now: datetime) -> None:
    """Nothing happened after the reminder either: nobody has it any more, and the levels begin anew."""
    alert.state, alert.acknowledged_at, alert.acknowledged_by = "open", None, None
    escalation.policy = {**escalation.policy, "began": escalation.step}
    escalation.state, escalation.due_at, escalation.quiet_at = "running", now, None
    await session.execute(delete(PersonalAcknowledgement).where(PersonalAcknowledgement.alert_id == alert.id))
    decide(session, "rings_again", alert_id=alert.id, at=now, step=escalation.step)
    record(session, "alert.reopened", at=now, **about(alert))
    ring_later(session, ALERTS)
