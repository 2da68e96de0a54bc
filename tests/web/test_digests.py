"""Whose a digest is stands beside it: one's own, or which department's."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from incident.digest.digest import Digest, DigestSubscription
from incident.digest.figures import Figures
from kit.core import Core
from people.departments import Department
from tests.web.cast import Cast


async def test_my_own_digest_and_my_departments_are_told_apart(core: Core) -> None:
    cast, now = await Cast.assemble(core), core.clock.now()
    mine = {"member_id": (await cast.member("jon")).id}
    async with core.database.unit_of_work() as session:
        place = await session.scalar(select(Department.id).where(Department.slug == "community"))
        for whose in (mine, {"department_id": place}):
            row = DigestSubscription(cadence="daily", hour=7, due_at=now, covered_until=now, **whose)
            session.add(row)
            await session.flush()
            session.add(
                Digest(
                    subscription_id=row.id,
                    period="2026-03-09",
                    cadence="daily",
                    since=now - timedelta(days=1),
                    until=now,
                    made_at=now,
                    figures=Figures((), ()).as_json(),
                )
            )
    async with cast.browser("jon") as jon:
        shown = re.findall(r'href="/digests/\d+">(.*?)</a>', await jon.see("/me"), re.S)
        assert ["Community" in one for one in shown] == [True, False]
        assert "Community" in await jon.see("/digests/2")
        assert "Community" not in await jon.see("/digests/1")
