"""The demo's departments at work on the day before: most cases are answered, some wait, a few are late."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from kit.core import Core
from kit.db import WriteSession
from mentions.triage import cases
from mentions.triage.case import WAITING, Case
from mentions.triage.opening import work_off
from people.departments import Department, DepartmentMember
from people.members import Member
from people.permissions import Viewer
from people.signin import viewer_from

LEFT_OPEN = timedelta(hours=2)
"""What came in since then nobody has looked at yet."""
ENDS = {"answered": 0.47, "closed": 0.45, "left": 0.08}
"""What becomes of a case; of those left some are late by the time somebody looks at the demo."""
HANDED_OVER = 0.04  # of those that are answered went to another department first
REPLIES = {
    "ca": ("Gràcies per escriure'ns, ja ho estem mirant.", "Ho sentim molt. Us hem escrit per privat."),
    "en": ("Thank you for telling us, we are on it.", "We are sorry. We have sent you a private message."),
    "es": ("Gracias por escribirnos, ya lo estamos mirando.", "Lo sentimos. Le hemos escrito por privado."),
    "fr": ("Merci de nous avoir écrit, nous regardons cela.", "Désolés. Nous vous avons écrit en privé."),
}
OUTCOMES = (
    "Answered with the page of the web site that says it.",
    "Voucher sent, the customer is content.",
    "Known since last week; maintenance has a date for it.",
    "Nothing to do for us: a remark among friends.",
)


@dataclass
class Desks:
    """Works off cases as they came in. One seed, one history."""

    core: Core
    rng: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311 - talk, not secrets

    async def work(self, now: datetime, until: datetime) -> None:
        """Open the cases of what has come in by `now`, and deal with them as if it were a little later."""
        async with self.core.database.unit_of_work() as session:
            while await work_off(session, now=now):
                pass
            if now > until - LEFT_OPEN:
                return
            query = select(Case).where(Case.state.in_(WAITING), Case.opened_at == now).order_by(Case.id)
            team = await _team(session)
            for case in (await session.scalars(query)).all():
                await self._deal(session, case.id, case.department_id, team, now)

    async def _deal(
        self,
        session: WriteSession,
        case_id: int,
        department: int,
        team: dict[int, list[Viewer]],
        now: datetime,
    ) -> None:
        how = self.rng.choices(list(ENDS), list(ENDS.values()))[0]
        later = now + timedelta(minutes=self.rng.uniform(4, 90))
        if how == "left" or department not in team:
            return
        who = self.rng.choice(team[department])
        if how == "closed":
            await cases.close(session, who, case_id, outcome=self.rng.choice(OUTCOMES), now=later)
            return
        await cases.claim(session, who, case_id, now=later)
        if self.rng.random() < HANDED_OVER:
            other = self.rng.choice([one for one in team if one != department])
            await cases.hand_over(
                session, who, case_id, department_id=other, note="This is rather for you.", now=later
            )
            return
        reply = self.rng.choice(REPLIES[who.language])
        await cases.answer(session, who, case_id, reply=reply, now=later + timedelta(minutes=3))


async def _team(session: WriteSession) -> dict[int, list[Viewer]]:
    """Who works where, by the department's id."""
    query = (
        select(Department.id, Member)
        .join(DepartmentMember, DepartmentMember.department_id == Department.id)
        .join(Member, Member.id == DepartmentMember.member_id)
        .order_by(Department.id, Member.id)
    )
    team: dict[int, list[Viewer]] = {}
    for number, member in (await session.execute(query)).all():
        team.setdefault(number, []).append(viewer_from(member))
    return team
