"""Whose a digest is stands beside it: one's own, or which department's."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from incident.digest.digest import Digest, DigestSubscription
from incident.digest.figures import BrandFigures, Figures, Told
from kit.core import Core
from people.departments import Department
from tests.web.cast import Cast

TOLD = Told(7, "Ferries late", "red", "open")
ALMADIA = BrandFigures(1, "Almadia", 90, 40.0, 9, 9, ["ferry"], [], 3, 1, 2, [TOLD], [TOLD])
FIGURES = Figures([ALMADIA], ["El Diario"])


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
                    figures=FIGURES.as_json(),
                )
            )
    async with cast.browser("jon") as jon:
        shown = re.findall(r'href="/digests/\d+">(.*?)</a>', await jon.see("/me"), re.S)
        assert ["Community" in one for one in shown] == [True, False]
        told = await jon.see("/digests/2")
        assert "Community" in told
        assert "Community" not in await jon.see("/digests/1")
        links = dict(re.findall(r'<p><a href="([^"]*)">([^<]*)</a></p>', told))
        assert set(links) == {"/incidents/7", "/alerts/7", "/inbox", "/sources"}, "where more is seen of it"
        assert "El Diario" in links["/sources"]
        assert "2 casos" in links["/inbox"]
