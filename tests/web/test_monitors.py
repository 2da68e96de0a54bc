"""The monitors' pages without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from sqlalchemy import select, update

from alerts.judging.checkpoint import Checkpoint, Watched, save
from alerts.judging.roster import EACH, SIGNALS, empty
from mentions.counting import rollups
from mentions.counting.counts import minute_of
from mentions.counting.left import SourceLeft
from mentions.drafts.draft import MentionDraft
from mentions.figures import Change
from mentions.monitor import Monitor
from mentions.source import Source, SourceHealth
from mentions.sources.outage import SourceOutage
from people.members import Member
from tests.world import World


async def test_a_query_is_tried_by_a_button_saved_and_refused(world: World) -> None:
    now = world.clock.now()
    await world.remember(
        [
            MentionDraft(str(n), text, now)
            for n, text in enumerate(["almadia tard", "almadia", "<b>ferry</b>"])
        ]
    )
    async with world.browser("marta") as marta:
        page = (await marta.http.get("/monitors")).text
        assert "Almadía Ferries" in page
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        new = {"csrf": csrf, "query": "ferry o barca", "name": "", "type": "topic", "brand": "1"}
        tried = (await marta.http.post("/monitors/new/preview", data=new)).text
        assert "<mark>o</mark>" in tried
        tried = (await marta.http.post("/monitors/new/preview", data={**new, "query": "ferry"})).text
        assert "&lt;b&gt;ferry&lt;/b&gt;" in tried
        refused = await marta.http.post("/monitors/new/save", data={**new, "name": "Boats"})
        assert refused.status_code == 422
        assert "<mark>o</mark>" in refused.text
        assert 'value="Boats"' in refused.text
        saved = await marta.http.post(
            "/monitors/new/save", data={**new, "name": "Boats", "query": "almadia\r\ntard"}
        )
        assert saved.status_code == 303
        at = saved.headers["location"]
        shown = (await marta.http.get(at)).text
        assert "Trobades en les dues últimes setmanes" in shown
        assert "Es llegeix com" not in shown, "counted, and not tried: that takes seconds"
        assert "Historial insuficient" in shown
        assert "Historial insuficient" in (await marta.http.get("/monitors")).text
        async with world.core.database.unit_of_work() as session:
            await session.execute(update(Monitor).values(created_at=now - timedelta(days=2)))
        for page in ("/monitors", at):
            assert "Historial insuficient" not in (await marta.http.get(page)).text
        again = {**new, "name": "Boats", "query": "almadia\r\ntard", "seen": "almadia\r\ntard"}
        assert "Es llegeix com" in (await marta.http.post(f"{at}/preview", data=again)).text
        change = {**new, "name": "Boats", "query": "ferry", "seen": "almadia\r\ntard"}
        compared = (await marta.http.post(f"{at}/preview", data=change)).text
        assert "+1" in compared
        assert "−1" in compared
        assert (await marta.http.post(f"{at}/save", data=change)).status_code == 303
        assert (await marta.http.post(f"{at}/save", data=change)).status_code == 409
        assert (await marta.http.post(f"{at}/switch", data={"csrf": csrf})).status_code == 403
        assert (await marta.http.get("/monitors/999")).status_code == 404
        async with world.core.database.unit_of_work() as session:
            await session.execute(update(Member).values(time_zone="Europe/Nowhere"))
        for page in ("/monitors", at):
            assert (await marta.http.get(page)).status_code == 200, "a misspelt zone is UTC"
    async with world.browser("nuria") as partner:
        assert (await partner.http.get("/monitors")).status_code == 404


async def test_who_may_only_read_is_offered_nothing_to_try(world: World) -> None:
    for name, role, offered in (("marta", "responder", True), ("jon", "observer", False)):
        member = await world.member(name)
        async with world.core.database.unit_of_work() as session:
            changed = update(Member).where(Member.id == member.id)
            await session.execute(changed.values(role=role, language="en"))
        async with world.browser(name) as browser:
            assert ("Try it" in (await browser.http.get("/monitors/1")).text) is offered


async def test_a_source_that_began_today_is_told_where_it_is_put_aside(world: World) -> None:
    now = world.clock.now()
    async with world.core.database.unit_of_work() as session:
        old, new = (await session.scalars(select(Source.id).order_by(Source.id).limit(2))).all()
        for source_id, hours in ((old, 48), (new, 5)):
            session.add(SourceHealth(source_id=source_id, heard_since=now - timedelta(hours=hours)))
        await session.flush()
        at = int(now.timestamp()) // 60
        said = [((1, at - 600), Change(volume=1), old), ((1, at - 9), Change(volume=1), new)]
        await rollups.add(session, said)
    async with world.browser("marta") as marta:
        assert (await marta.http.get("/monitors/1")).text.count("només se sent des de") == 1
        assert "només se sent" not in (await marta.http.get("/monitors/2")).text
        assert "Fa menys d’un dia que se sent." in (await marta.http.get(f"/sources/{new}")).text
        assert "Fa menys d’un dia" not in (await marta.http.get(f"/sources/{old}")).text


async def test_what_the_detector_has_heard_and_after_what_it_rests_is_told_where_that_is_so(
    world: World,
) -> None:
    at = minute_of(world.clock.now())
    state, negative = empty(2), EACH + SIGNALS.index("negative")
    turned, history = state.turned.copy(), np.repeat(np.array([100, 9000], np.int32), EACH)
    turned[negative] = at - 10_080 + 90
    async with world.core.database.unit_of_work() as session:
        # both have been there for a month; of the first, hardly any minute was heard
        month_ago = world.clock.now() - timedelta(days=30)
        await session.execute(update(Monitor).values(created_at=month_ago))
        known = replace(state, minute=at - 11, history=history, turned=turned)
        await save(session, Checkpoint(known, (Watched(1, at, 0), Watched(2, at, 0))))
    async with world.browser("marta") as marta:
        first, second = [(await marta.http.get(f"/monitors/{number}")).text for number in (1, 2)]
        assert ("En total se n’ha sentit menys d’un dia" in first, "Historial insuficient" in second) == (
            True,
            False,
        )
        assert "Després d’una alerta, descansa" not in first
        assert "Després d’una alerta, descansa" in second
        assert "necessita 4 vegades la puntuació" in second
        assert second.count("<li>Mencions negatives") == 1
        assert (await marta.http.get("/monitors")).text.count("Historial insuficient") == 1


async def test_a_source_that_is_silent_for_days_is_told_where_it_is_not_expected_any_more(
    world: World,
) -> None:
    now = world.clock.now()
    began, at = now - timedelta(days=4), minute_of(now - timedelta(days=1))
    async with world.core.database.unit_of_work() as session:
        ids = (await session.scalars(select(Source.id).order_by(Source.id).limit(2))).all()
        for source_id, monitor_id in zip(ids, (1, 2), strict=True):
            carries = {str(monitor_id): 0.4}
            out = {"state": "silent", "reason": "", "began_at": began, "noticed_at": began}
            session.add(SourceOutage(source_id=source_id, carries=carries, judged=[], **out))
        taken = {"minute": at, "since": 0, "until": 1, "counted": b""}
        session.add(SourceLeft(source_id=ids[0], monitor_id=1, **taken))
    async with world.browser("marta") as marta:
        for page, told in (("/monitors/1", True), ("/monitors/2", False)):
            shown = (await marta.http.get(page)).text
            assert "està en silenci des de" in shown
            assert ("les altres es jutgen sense ella" in shown) is told
        for source_id, told in zip(ids, (True, False), strict=True):
            shown = (await marta.http.get(f"/sources/{source_id}")).text
            assert ("ja no s’espera el que solia portar" in shown) is told
        assert (await marta.http.get("/")).text.count("les altres es jutgen sense ella") == 1


async def test_what_nothing_can_have_is_told_while_it_is_typed_and_where_it_was_saved(world: World) -> None:
    async with world.core.database.unit_of_work() as session:
        await session.execute(update(Monitor).where(Monitor.id == 1).values(query="almadia source:gone"))
    async with world.browser("marta") as marta:
        saved = (await marta.http.get("/monitors/1")).text
        assert "cap font no es diu &#39;gone&#39;" in saved
        assert "<mark>gone</mark>" in saved
        csrf = saved.split('name="csrf" value="')[1].split('"')[0]
        typed = {"csrf": csrf, "query": "almadia lang:xx", "name": "", "type": "topic", "brand": "1"}
        tried = (await marta.http.post("/monitors/new/preview", data=typed)).text
        assert "(al caràcter 14): &#39;xx&#39; no és cap llengua que trobem" in tried
        assert "Les llengües són en, es, ca, fr" in tried
        assert "<mark>xx</mark>" in tried
