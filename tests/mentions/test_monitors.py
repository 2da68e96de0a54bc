"""Monitors: who may change them, what is kept of it, and their past counted anew."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from mentions import monitors, recount
from mentions.drivers import brand_monitors
from mentions.mention import Match
from mentions.monitor import TYPES, Recount
from mentions.monitors import Wish
from mentions.preview import preview
from mentions.query import Unreadable
from tests.mentions.makers import counted, draft, make_all, make_brand, put, viewer

UTC = ZoneInfo("UTC")


async def counting(core: Core) -> None:
    """Let the worker count all that was asked for."""
    core.clock.set(core.clock.now() + recount.SETTLE)  # type: ignore[attr-defined]
    while await recount.recount_due(core):
        pass


async def analyze(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(text("ANALYZE mention"))


async def matches(core: Core, monitor_id: int) -> int:
    async with core.database.read() as session:
        query = select(Match.mention_id).where(Match.monitor_id == monitor_id)
        return len((await session.scalars(query)).all())


async def volume(core: Core, monitor_id: int) -> int:
    return sum(cell[0] for (monitor, _), cell in (await counted(core)).items() if monitor == monitor_id)


async def test_a_new_monitor_has_a_past_at_once_and_again_changes_nothing(core: Core) -> None:
    brand, _, source = await make_all(core)
    now = core.clock.now()
    old = [draft(f"vaixell {n}", at=now, arrived_at=now - timedelta(hours=n)) for n in range(5)]
    await put(core, source, *old, draft("un tren", at=now), draft("vaixell", at=now - timedelta(days=30)))
    async with core.database.unit_of_work() as session:
        monitor = await monitors.create(session, viewer(), brand.id, Wish("Boats", "vaixell"), now=now)
    assert await volume(core, monitor.id) == 0
    await counting(core)
    expected = await matches(core, monitor.id)
    assert await volume(core, monitor.id) == expected >= 5
    async with core.database.unit_of_work() as session:
        await recount.ask_for(session, monitor, [], core.clock.now())
    await counting(core)
    assert (await volume(core, monitor.id), await matches(core, monitor.id)) == (expected, expected)
    async with core.database.read() as session:
        told = [one.kind for one in await monitors.history(session, viewer(), monitor.id)]
    assert told == ["monitor.recounted", "monitor.recounted", "monitor.created"]


async def test_a_past_of_many_parts_is_counted_once(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "AT_ONCE", 3)
    brand, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, *(draft(f"vaixell {n}", at=now) for n in range(10)))
    async with core.database.unit_of_work() as session:
        monitor = await monitors.create(session, viewer(), brand.id, Wish("Boats", "vaixell"), now=now)
    await counting(core)
    assert (await volume(core, monitor.id), await matches(core, monitor.id)) == (10, 10)


async def test_a_changed_query_counts_from_now_on_or_for_the_past_too(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, draft("renfe tarde", at=now), draft("renfe", at=now), draft("adif tarde", at=now))
    await put(core, source, draft("sin nombre", at=now), also=[monitor.id])
    assert await volume(core, monitor.id) == 3
    wish = Wish("Trains", "tarde")
    async with core.database.unit_of_work() as session:
        await monitors.edit(session, viewer(), monitor.id, wish, now=now)
    await counting(core)
    assert await volume(core, monitor.id) == 3
    async with core.database.unit_of_work() as session:
        await monitors.edit(session, viewer(), monitor.id, Wish("Trains", "renfe"), now=now)
        await monitors.edit(session, viewer(), monitor.id, wish, count_past=True, now=now)
    await counting(core)
    # renfe tarde stays, adif tarde comes, renfe goes; what was given to it whatever its words stays
    assert (await volume(core, monitor.id), await matches(core, monitor.id)) == (3, 3)
    async with core.database.read() as session:
        assert await session.get(Recount, monitor.id) is None
        newest = (await monitors.history(session, viewer(), monitor.id))[1]
    assert newest.data["changes"] == {"query": {"before": "renfe", "after": "tarde"}}
    assert newest.actor == "Marta"


async def test_types_decide_what_pages_unless_people_do() -> None:
    assert Wish("x", "a", "competitor").checked()["pages"] is False
    assert Wish("x", "a", "product").checked()["pages"] is True
    assert Wish("x", "a", "topic", pages=True).checked()["pages"] is True


async def test_a_name_is_one_line_without_marks_that_turn_text_around() -> None:
    assert Wish(" Mar\n\u202eBlau\t", "a").checked()["name"] == "Mar Blau"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish("", "a"), "name"),
        (Wish("x" * 101, "a"), "name"),
        (Wish("x", "a", "rival"), "type"),
        (Wish("x", "a or b"), "query"),
    ],
)
async def test_what_cannot_be_is_refused(core: Core, wish: Wish, field: str) -> None:
    async with core.database.unit_of_work() as session:
        brand = await make_brand(session)
        with pytest.raises(Invalid) as refusal:
            await monitors.create(session, viewer(), brand.id, wish, now=core.clock.now())
    assert refusal.value.field == field


async def test_who_may_do_what(core: Core) -> None:
    brand, monitor, _ = await make_all(core)
    now, wish = core.clock.now(), Wish("Trains", "tren")
    async with core.database.unit_of_work() as session:
        for role in ("executive", "partner"):
            with pytest.raises(Forbidden):
                await monitors.create(session, viewer(role), brand.id, wish, now=now)
            with pytest.raises(Forbidden):
                await monitors.edit(session, viewer(role), monitor.id, wish, now=now)
        with pytest.raises(Forbidden):
            await monitors.switch(session, viewer("responder"), monitor.id, enabled=False, now=now)
        with pytest.raises(Forbidden):
            await monitors.monitors(session, viewer("partner"))
        with pytest.raises(NotFound):
            await monitors.edit(session, viewer(), 999, wish, now=now)
        with pytest.raises(NotFound):
            await monitors.create(session, viewer(), 999, wish, now=now)
        with pytest.raises(Conflict, match="renfe"):
            await monitors.edit(session, viewer(), monitor.id, wish, seen="what it was", now=now)
        off = await monitors.switch(session, viewer("admin"), monitor.id, enabled=False, now=now)
        assert not off.enabled
        assert len(await monitors.monitors(session, viewer("executive"))) == 1


async def test_two_of_one_name_are_refused(core: Core) -> None:
    brand, monitor, _ = await make_all(core)
    with pytest.raises(Invalid, match="already"):
        async with core.database.unit_of_work() as session:
            await monitors.create(session, viewer(), brand.id, Wish(monitor.name, "a"), now=core.clock.now())


async def test_a_preview_tells_what_a_change_adds_and_drops_by_day(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    yesterday = now - timedelta(days=1)
    await put(
        core,
        source,
        draft("renfe tarde", at=now),
        draft("renfe", at=now),
        draft("adif tarde", at=yesterday, arrived_at=yesterday),
        draft("adif", at=now),
    )
    async with core.database.read() as session:
        found = await preview(session, "tarde", "renfe", days=2, zone=UTC, now=now)
    assert (found.scanned, found.complete) == (4, True)
    assert [(side.count, [row.text for row in side.examples]) for side in (found.caught, found.added)] == [
        (2, ["renfe tarde", "adif tarde"]),
        (1, ["adif tarde"]),
    ]
    assert [row.text for row in found.dropped.examples] == ["renfe"]
    assert [(day.caught, day.added, day.dropped) for day in found.days] == [(1, 1, 0), (1, 0, 1)]
    assert found.days[-1].day == now.date()


async def test_copies_are_counted_in_a_preview_and_are_no_examples(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    said = "renfe llega tarde otra vez y nadie dice nada en el andén"
    await put(core, source, draft(said, at=now, author="Ana"), draft("renfe", at=now))
    await put(core, source, *(draft(f"RT @ana: {said}", at=now, author=f"a{n}") for n in range(6)))
    async with core.database.read() as session:
        found = await preview(session, "renfe", None, days=2, zone=UTC, now=now)
    assert found.caught.count == 8
    assert sorted(row.text for row in found.caught.examples) == ["renfe", said]


async def test_a_preview_has_one_deadline_for_all_of_it(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    past = [draft("renfe", at=now, arrived_at=now - timedelta(seconds=n)) for n in range(6)]
    await put(core, source, *past)
    monkeypatch.setattr("mentions.preview.BETWEEN_LOOKS", 2)
    times = iter([0.0, 1.0, 2.9, 3.1])  # one at the start, then one before each look
    monkeypatch.setattr("mentions.preview.monotonic", lambda: next(times))
    async with core.database.read() as session:
        found = await preview(session, "renfe", None, days=2, zone=UTC, now=now)
    assert (found.scanned, found.complete, found.caught.count) == (4, False, 4)
    assert found.since == now - timedelta(seconds=3)


async def test_a_preview_says_how_far_it_got(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    early = [draft("renfe", at=now, arrived_at=now - timedelta(minutes=n)) for n in range(6)]
    await put(core, source, *early)
    monkeypatch.setattr("mentions.preview.MOST", 4)
    async with core.database.read() as session:
        found = await preview(session, "renfe", None, days=2, zone=UTC, now=now)
        assert (found.scanned, found.complete, found.caught.count) == (4, False, 4)
        assert found.since == now - timedelta(minutes=3)
        assert found.added.count == found.dropped.count == 0
        for days in (0, 91):
            with pytest.raises(Invalid):
                await preview(session, "renfe", None, days=days, zone=UTC, now=now)
        with pytest.raises(Unreadable):
            await preview(session, "renfe or", None, days=2, zone=UTC, now=now)


async def test_a_preview_of_more_than_it_can_read_estimates_every_day(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, source = await make_all(core)
    now, days, a_day = core.clock.now(), 4, 400
    for back in range(days):
        at = now - timedelta(days=back)
        texts = (f"{'renfe' if number % 2 else 'adif'} {back}" for number in range(a_day))
        await put(core, source, *(draft(text, at=at) for text in texts), arrived_at=at)
    await analyze(core)
    monkeypatch.setattr("mentions.preview.LIMIT", days * a_day // 2)
    async with core.database.read() as session:
        found = await preview(session, "renfe", None, days=days, zone=UTC, now=now)
        again = await preview(session, "renfe", None, days=days, zone=UTC, now=now)
    assert found.share == pytest.approx(0.5, rel=0.1)
    assert found.complete
    assert found.scanned < days * a_day
    assert found.caught.count == pytest.approx(days * a_day / 2, rel=0.4)
    assert all(day.read and day.caught > 0 for day in found.days)
    assert again == found, "what changes comes of the query"


async def test_only_brands_and_products_speak_of_the_brand_itself_and_wake_people(core: Core) -> None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        brand = await make_brand(session)
        made = {
            name: (await monitors.create(session, viewer(), brand.id, Wish(name, "a", name), now=now)).id
            for name in TYPES
        }
    async with core.database.read() as session:
        own = set(await brand_monitors(session, brand.id))
        waking = {one.type for one in await monitors.monitors(session, viewer()) if one.pages}
    assert own == {made["brand"], made["product"]}
    assert waking == {"brand", "product"}
