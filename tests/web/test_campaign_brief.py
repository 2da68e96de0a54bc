"""What is known of a campaign stands where somebody is woken because of it, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

from alerts.campaigns import service
from alerts.campaigns.wish import Wish
from incident.lifecycle import set_confidential
from kit.core import Core
from people.signin import viewer_from
from tests.web.cast import Cast

BRIEF = "Ten trips to be won.\nNot for <b>staff</b>."
SHOWN = ("Summer contest", "Ten trips to be won.\nNot for &lt;b&gt;staff&lt;/b&gt;.", "Pau, +34 600 000 000")
DOCUMENT = 'href="https://example.org/rules?a=1&amp;b=%22"'


async def announced(cast: Cast, brand_id: int = 1) -> None:
    now, helen = cast.core.clock.now(), await cast.member("helen")
    wish = Wish(
        title="Summer contest",
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
