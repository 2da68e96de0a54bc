"""What is known of a campaign stands where somebody is woken because of it, or answers meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta

from alerts.campaigns import service
from alerts.campaigns.wish import Wish
from incident.lifecycle import set_confidential
from kit.core import Core
from people.signin import viewer_from
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_source, put
from tests.web.cast import Cast

BRIEF = "Ten trips to be won.\nNot for <b>staff</b>."
SHOWN = ("Summer contest", "Ten trips to be won.\nNot for &lt;b&gt;staff&lt;/b&gt;.", "Pau, +34 600 000 000")
INBOX = "/inbox/customer-service"
DOCUMENT = 'href="https://example.org/rules?a=1&amp;b=%22"'


async def announced(cast: Cast, brand_id: int = 1, title: str = "Summer contest") -> None:
    now, helen = cast.core.clock.now(), await cast.member("helen")
    wish = Wish(
        title=title,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=5),
        lift=2.0,
        brief=BRIEF,
        link="https://example.org/rules?a=1&b=%22",
        contact="Pau, +34 600 000 000",
        contact_id=helen.id,
    )
    async with cast.core.database.unit_of_work() as session:
        await service.announce(session, viewer_from(helen), brand_id, wish, now=now)


async def test_who_is_woken_reads_what_it_promises_and_whom_to_ask(core: Core) -> None:
    cast = await Cast.assemble(core)
    await announced(cast)
    alert = await cast.crisis()
    link = await cast.page_link(alert)
    async with cast.browser("marta") as marta, cast.browser() as anybody:
        pages = [await marta.see(path) for path in (f"/alerts/{alert}", "/incidents/1", "/campaigns")]
        for page in [*pages, await anybody.see(link)]:
            for words in SHOWN:
                assert words in page
            assert DOCUMENT in page
            assert "Helen Marsh" in page
            assert "<b>staff" not in page
        assert "La vostra campanya Summer contest dura fins a" in pages[0], "in her language"


async def test_a_campaign_of_another_brand_or_another_time_is_not_shown(core: Core) -> None:
    cast = await Cast.assemble(core)
    await announced(cast, brand_id=2)
    alert = await cast.crisis()
    async with cast.browser("marta") as marta:
        assert "Summer contest" not in await marta.see(f"/alerts/{alert}")
        assert "Summer contest" not in await marta.see("/incidents/1")


async def test_who_answers_reads_it_beside_the_case_and_in_the_inbox(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
    await put(core, source, draft("Almadía, is the contest for your own people?", at=clock.now()))
    await announced(cast)
    await announced(cast, brand_id=2, title="Winter contest")
    async with cast.browser("helen") as helen:
        (mention,) = re.findall(r'id="mention-(\d+)"', await helen.see("/mentions"))
        case = await helen.done(f"/mentions/{mention}/raise", label="question", department="1", note="")
        for path in (case, INBOX, f"{case}/parts/body", f"{INBOX}/parts/list"):
            page = await helen.see(path)
            for words in (*SHOWN, DOCUMENT, "Helen Marsh"):
                assert words in page, path
            assert "<b>staff" not in page
            assert "Winter contest" not in page
    clock.forward(days=5, hours=3)
    async with cast.browser("helen") as helen:  # she has been signed out
        assert "Summer contest" not in await helen.see(INBOX)
        await announced(cast, title="Autumn contest")
        assert "Autumn contest" in await helen.see(case)
        await helen.done(f"{case}/close", outcome="Settled")
        assert "Autumn contest" not in await helen.see(case), "nobody answers any more"


async def test_an_alert_tells_the_campaign_once_with_what_was_expected(core: Core) -> None:
    cast, now = await Cast.assemble(core), core.clock.now()
    await announced(cast)
    starts, ends = ((now + timedelta(days=days)).isoformat() for days in (-1, 5))
    mine = {"id": 1, "title": "Summer contest", "starts_at": starts, "ends_at": ends, "lift": 2.0}
    gone = {**mine, "id": 2, "title": "Taken back"}
    alert = await cast.crisis(campaigns=[mine, gone], lift=2.0)
    async with cast.browser("helen") as helen:
        page = await helen.see(f"/alerts/{alert}")
    assert page.count("Summer contest") == 1
    assert "2 times the usual was expected." in page
    assert "In the announced campaign Taken back (2 times the usual expected" in page


async def test_nobody_without_a_right_to_it_reads_it(core: Core) -> None:
    """A partner, and who has the link of a confidential matter."""
    cast = await Cast.assemble(core)
    await announced(cast)
    link, now = await cast.page_link(await cast.crisis()), core.clock.now()
    helen, nuria = viewer_from(await cast.member("helen")), viewer_from(await cast.member("nuria"))
    async with core.database.unit_of_work() as session:
        assert await service.campaigns_beside(session, helen, 1, {1}, now, now)
        assert not await service.campaigns_beside(session, nuria, 1, {1}, now, now)
        await set_confidential(session, helen, 1, confidential=True, now=now)
    async with cast.browser() as anybody:
        assert "Summer contest" not in await anybody.see(link)
    async with cast.browser("nuria") as partner:
        for path in ("/campaigns", "/campaigns/1", "/incidents/1", "/alerts/1"):
            assert (await partner.http.get(path)).status_code == 404
