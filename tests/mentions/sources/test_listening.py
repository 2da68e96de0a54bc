"""Whether what nobody says is calm, or what nobody hears."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from kit.core import Core
from mentions.monitor import Monitor
from mentions.source import Source
from mentions.sources import contact
from mentions.sources.listening import listened_to
from mentions.sources.watch import watch_sources
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_source, put


async def heard(core: Core, brand: int) -> bool:
    async with core.database.read() as session:
        return await listened_to(session, brand)


async def spoken(core: Core, clock: MovableClock, source: Source) -> None:
    await put(core, source, draft(at=clock.now()))


async def off(core: Core, clock: MovableClock, source: Source) -> None:
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).enabled = False


async def out(core: Core, clock: MovableClock, source: Source) -> None:
    clock.forward(hours=25)
    await watch_sources(core)


async def blind(core: Core, clock: MovableClock, source: Source) -> None:
    async with core.database.unit_of_work() as session:
        (await session.get_one(Monitor, 1)).enabled = False


async def asked(core: Core, clock: MovableClock, source: Source) -> None:
    async with core.database.unit_of_work() as session:
        await contact.went_well(session, source.id, clock.now())


async def nothing(core: Core, clock: MovableClock, source: Source) -> None:
    """As it was made."""


@pytest.mark.parametrize(
    ("steps", "calm"),
    [
        ([nothing], False),
        ([asked], True),
        ([spoken], True),
        ([spoken, off], False),
        ([spoken, out], False),
        ([spoken, out, spoken], False),
        ([spoken, blind], False),
    ],
    ids=lambda steps: " ".join(one.__name__ for one in steps) if isinstance(steps, list) else None,
)
async def test_calm_is_what_a_source_that_speaks_has_heard(
    core: Core, clock: MovableClock, steps: list[Callable[..., Awaitable[None]]], calm: bool
) -> None:
    brand, monitor, source = await make_all(core)
    assert monitor.id == 1
    for step in steps:
        await step(core, clock, source)
    assert await heard(core, brand.id) == calm
    if steps == [spoken, out, spoken]:
        await watch_sources(core)
        assert await heard(core, brand.id)


async def test_another_source_and_what_people_bring_do_not_count_for_one_that_is_off(
    core: Core, clock: MovableClock
) -> None:
    brand, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
        by_hand = await make_source(session, "import", kind="file", secret=None)
    await put(core, other, draft("of another brand", at=clock.now()))
    assert await heard(core, brand.id), "of this brand nothing was said yet"
    await put(core, by_hand, draft(at=clock.now()))
    assert await heard(core, brand.id)
    await put(core, source, draft(at=clock.now()))
    await off(core, clock, source)
    assert not await heard(core, brand.id)
    await put(core, other, draft(at=clock.now()))
    assert await heard(core, brand.id)
