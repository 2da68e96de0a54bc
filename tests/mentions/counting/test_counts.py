"""Counts per minute, for the detector and for people, and the list of the newest mentions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from kit.core import Core
from kit.errors import Forbidden, Invalid, NotFound
from mentions.counting.counts import brand_signal, minute_of, series
from mentions.mentions import ALL, AUTHORS_LOOK_BACK, Filter, recent
from mentions.monitor import Monitor
from tests.mentions.makers import draft, make_all, make_brand, make_monitor, minutes, put, viewer

ANGRY = "Renfe es una vergüenza, qué asco de servicio"
HAPPY = "Me encanta Renfe, gracias, un viaje maravilloso"


async def test_series_have_the_order_that_was_asked_for_and_zeros_elsewhere(core: Core) -> None:
    brand, first, source = await make_all(core)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        second = await make_monitor(session, brand, "renfe -maravilloso", at=now)
    for at, text in ((0, ANGRY), (0, HAPPY), (2, ANGRY), (3, ANGRY), (-1, ANGRY)):
        await put(core, source, draft(text, at=now + minutes(at)), arrived_at=now + minutes(at))
    start = minute_of(now)
    async with core.database.read() as session:
        found = await series(session, [second.id, first.id, 999], start, start + 3)
    assert found.volume.tolist() == [[1, 0, 1], [2, 0, 1], [0, 0, 0]]
    assert found.negative.tolist() == [[1, 0, 1], [1, 0, 1], [0, 0, 0]]
    assert found.positive.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert found.volume.dtype == np.int64


async def test_no_monitors_and_no_minutes_are_empty_arrays(core: Core) -> None:
    async with core.database.read() as session:
        assert (await series(session, [], 0, 5)).volume.shape == (0, 5)
        assert (await series(session, [1], 5, 5)).volume.shape == (1, 0)


async def test_a_mention_of_two_monitors_is_one_mention_of_the_brand(core: Core) -> None:
    brand, _, source = await make_all(core)
    now = core.clock.now().replace(second=20)
    async with core.database.unit_of_work() as session:
        await make_monitor(session, brand, "renfe OR tren", at=now)
        other = await make_brand(session, "Adif", "adif")
        await make_monitor(session, other, "renfe", at=now)
    await put(core, source, draft(ANGRY, at=now), draft(HAPPY, at=now))
    async with core.database.read() as session:
        points = await brand_signal(session, brand.id, now - minutes(2), now + timedelta(seconds=5))
    assert [(point.volume, point.negative, point.positive) for point in points] == [
        (0, 0, 0),
        (0, 0, 0),
        (2, 1, 1),
    ]
    assert points[-1].minute == now.replace(second=0)


async def test_the_newest_first_and_only_what_was_asked_for(core: Core) -> None:
    brand, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, draft("Llueve", at=now))
    for number in range(5):
        text = f"{HAPPY if number % 2 else ANGRY} {number}"
        await put(core, source, draft(text, at=now + minutes(number)), arrived_at=now + minutes(number))

    async def texts(only: Filter = ALL, **asked: Any) -> list[str]:
        async with core.database.read() as session:
            found = await recent(session, viewer(), brand.id, only, **asked)
            return [mention.text[-1] for mention in found]

    assert await texts() == ["4", "3", "2", "1", "0"]
    assert await texts(limit=2) == ["4", "3"]
    assert await texts(limit=-5) == ["4"]
    assert await texts(Filter(sentiment="positive")) == ["3", "1"]
    assert await texts(before=(now + minutes(2), 0)) == ["1", "0"]
    assert await texts(Filter(sentiment="neutral")) == []


async def test_what_is_listened_to_beside_the_brand_is_read_by_its_monitor(core: Core) -> None:
    brand, own, source = await make_all(core)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        rival = await make_monitor(session, brand, "iryo", at=now, type="competitor")
        foreign = await make_monitor(session, await make_brand(session, "Adif", "adif"), "iryo", at=now)
    await put(core, source, draft("Iryo llega", at=now), draft("Renfe llega", at=now))
    async with core.database.read() as asking:

        async def texts(monitor: Monitor | None = None) -> list[str]:
            chosen = monitor.id if monitor is not None else None
            only = Filter(monitor_id=chosen)
            return [one.text for one in await recent(asking, viewer(), brand.id, only)]

        assert await texts(rival) == ["Iryo llega"]
        assert await texts(own) == await texts() == ["Renfe llega"]
        with pytest.raises(NotFound):
            await texts(foreign)


async def test_what_one_author_said_lately_in_any_capitals(core: Core) -> None:
    brand, _, source = await make_all(core)
    now = core.clock.now()
    for number, author in enumerate(("Ànna", "àNNA", "Ann", None, "Ànna")):
        at = now - timedelta(days=13 + (number == 4))
        await put(core, source, draft(f"renfe {number}", at=at, author=author), arrived_at=at)
    async with core.database.read() as session:
        only = Filter(author="ÀNNA", since=now - AUTHORS_LOOK_BACK + minutes(1))
        found = await recent(session, viewer(), brand.id, only)
    assert sorted(mention.text[-1] for mention in found) == ["0", "1"]


async def test_a_list_goes_on_within_a_batch_that_arrived_at_once(core: Core) -> None:
    brand, _, source = await make_all(core)
    await put(core, source, *(draft(f"renfe {number}", at=core.clock.now()) for number in range(5)))
    seen: list[int] = []
    async with core.database.read() as session:
        place: tuple[datetime, int] | None = None
        while found := await recent(session, viewer(), brand.id, limit=2, before=place):
            seen += [mention.id for mention in found]
            place = found[-1].arrived_at, found[-1].id
    assert len(seen) == 5
    assert seen == sorted(set(seen), reverse=True)


async def test_at_most_a_hundred(core: Core) -> None:
    brand, _, source = await make_all(core)
    await put(core, source, *(draft(at=core.clock.now()) for _ in range(120)))
    async with core.database.read() as session:
        assert len(await recent(session, viewer(), brand.id, limit=10_000)) == 100


async def test_partners_and_wrong_questions_are_refused(core: Core) -> None:
    brand, _, _ = await make_all(core)
    async with core.database.read() as session:
        for role in ("admin", "responder", "executive"):
            assert await recent(session, viewer(role), brand.id) == []
        with pytest.raises(Forbidden):
            await recent(session, viewer("partner"), brand.id)
        with pytest.raises(NotFound):
            await recent(session, viewer(), 999)
        with pytest.raises(Invalid):
            await recent(session, viewer(), brand.id, Filter(sentiment="angry"))
