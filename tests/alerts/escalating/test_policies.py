"""Admins who change escalation policies at the same time."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete, select

from alerts.escalating.policies import create_policy
from alerts.page import EscalationPolicy
from kit.core import Core
from kit.errors import Conflict
from tests.alerts.cast import make_cast
from tests.waiting import somebody_waits


async def test_of_two_who_make_the_policy_of_all_brands_at_once_one_is_told(core: Core) -> None:
    cast, now = await make_cast(core), core.clock.now()
    async with core.database.unit_of_work() as session:
        await session.execute(delete(EscalationPolicy))

    async def make(name: str) -> None:
        async with core.database.unit_of_work() as session:
            await create_policy(session, cast.bo, name=name, brand_id=None, now=now)

    async with core.database.unit_of_work() as session:
        await create_policy(session, cast.bo, name="First", brand_id=None, now=now)
        second = asyncio.create_task(make("Second"))
        meanwhile = asyncio.create_task(somebody_waits(session))
        await asyncio.wait({second, meanwhile}, return_when=asyncio.FIRST_COMPLETED)
        meanwhile.cancel()
    with pytest.raises(Conflict, match="There is a policy for this already"):
        await second
    async with core.database.read() as asking:
        assert list(await asking.scalars(select(EscalationPolicy.name))) == ["First"]
