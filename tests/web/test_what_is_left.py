"""What still runs, is open or waits is said where people look: nothing looks calmer than it is."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import text, update

from alerts.alert import Alert
from alerts.answering.answers import dismiss
from incident.incident import Incident
from kit.core import Core
from people.signin import viewer_from
from tests.clock import MovableClock
from tests.web.cast import Cast
from tests.web.test_forms import ROOM, partner_statement, steps

CARD = '<article class="card brand {}">\n  <header class="row">\n    <h2>Almadía Ferries</h2>'


async def test_a_brand_stays_red_while_the_alerts_of_its_resolved_incident_run(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    async with cast.browser("helen") as helen:
        await helen.done(f"{ROOM}/resolve", summary="Everybody is ashore.")
        overview, incidents = await helen.see("/"), await helen.see("/incidents")
        assert CARD.format("edge red") in overview
        assert "No incident is open, but 1 alert still runs." in overview
        assert "None, but 1 alert still runs." in incidents
        async with core.database.unit_of_work() as session:
            (await session.get_one(Alert, alert)).ended_at = core.clock.now()
        assert CARD.format("edge amber") in await helen.see("/")  # not calm: no source
        assert "None." in await helen.see("/incidents")


async def test_what_was_found_to_be_no_crisis_keeps_no_brand_red(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    viewer = viewer_from(await cast.member("helen"))
    async with core.database.unit_of_work() as session:
        await dismiss(session, viewer, alert, "A film is shot there.", now=core.clock.now())
    async with cast.browser("helen") as helen:
        await helen.done(f"{ROOM}/resolve", summary="A film.")
        assert CARD.format("edge amber") in await helen.see("/")


async def test_who_resolves_is_told_before_what_is_left_open(core: Core, clock: MovableClock) -> None:
    cast = await Cast.in_crisis(core)
    first, *rest = await steps(core)
    clock.set(first.due_at + timedelta(seconds=1))
    async with cast.browser("helen") as helen:
        before = await helen.see(ROOM)
        form = before[before.index(f'action="{ROOM}/resolve"') :]
        form = " ".join(form[: form.index("</form>")].split())
        overdue = sum(step.due_at < clock.now() for step in [first, *rest])
        left = f"{len(rest) + 1} steps are open, {overdue} overdue."
        assert f"{left} 1 alert still runs, 1 not acknowledged." in form
        assert "a new alert opens a new one" in form
        await helen.done(f"{ROOM}/resolve", summary="Over.")
        for page in (await helen.see(ROOM), await helen.see(f"/steps/{first.id}")):
            assert "<tocsin-countdown" not in page
            assert "Overdue" not in page
            assert "Left open" in page


async def test_what_waits_for_a_decision_is_above_all_else_of_who_may_decide(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    statement = await partner_statement(core)
    guarded = (await steps(core, kind="task", needs_approval=True))[0]
    async with cast.browser("nuria") as nuria, cast.browser("marta") as marta:
        for act in ({"text": "We know."}, None):
            at = f"/steps/{statement.id}/{'statement' if act else 'submit'}"
            await nuria.done(at, page="/desk", **(act or {}))
        await marta.done(f"/steps/{guarded.id}/complete")
    both = {f"/steps/{statement.id}", f"/steps/{guarded.id}"}
    expected = {"helen": both, "marta": {f"/steps/{statement.id}"}, "andreu": set(), "nuria": set()}
    for name, links in expected.items():
        async with cast.browser(name) as browser:
            for path in ("/", "/desk") if name != "nuria" else ("/desk",):
                assert _waiting(await browser.see(path)) == links, (name, path)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Incident).values(state="resolved", resolved_at=core.clock.now()))
    async with cast.browser("helen") as helen:
        assert _waiting(await helen.see("/desk")) == set()


def _waiting(page: str) -> set[str]:
    """Where the list leads, which comes before everything else of the page."""
    found = re.search(r'<section class="card[^"]* approvals">(.*?)</section>', page, re.DOTALL)
    if found is None:
        return set()
    before = page[page.index("<main") : found.start()]
    assert "<article" not in before
    assert "<section" not in before
    return set(re.findall(r'href="(/steps/\d+)"', found[1]))


async def test_where_nobody_is_on_call_the_overview_says_whom_alerts_page(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with core.database.unit_of_work() as session:
        await session.execute(text("TRUNCATE schedule CASCADE"))
    async with cast.browser("helen") as helen:
        overview = await helen.see("/")
        assert "Nobody is on call." in overview
        assert "reach no one" not in overview, "without a schedule alerts page the admins"
        assert '<a href="/policies">' in overview.split("Nobody is on call.")[1].split("</section>")[0]
        assert '<a href="/policies">' in (await helen.see("/rota")).split("Nobody is on call.")[1]
