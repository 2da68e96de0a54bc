"""The link of a page: evidence and one button, without a sign-in; looking changes nothing."""

from __future__ import annotations

from sqlalchemy import update

from kit.core import Core
from kit.events import last_seq
from people.members import Member
from tests.clock import MovableClock
from tests.web.cast import Cast


async def test_looking_changes_nothing_and_the_button_acknowledges(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with core.database.read() as session:
        before = await last_seq(session)
    async with cast.browser() as anybody:
        for _ in range(3):  # a mail scanner is thorough
            page = await anybody.see(link)
            await anybody.http.head(link)
        assert "84 mentions in 10 minutes where 6.5 are usual." in page
        assert page.count("<button") == 3
        assert "<details>" in page
        assert "<details open>" in await anybody.see(f"{link}?no-crisis"), "where a notification leads"
        async with core.database.read() as session:
            assert await last_seq(session) == before
        done = await anybody.http.post(link, headers={"Origin": "null"})
        assert done.status_code == 200
        assert "You have it. Nobody else is paged." in done.text
        again = await anybody.see(link)
        assert "This link has been used: Marta Vidal has it." in again
        assert "<button" not in again
        assert "84 mentions" not in again + done.text, "a used link tells nothing of the alert"
        assert (await anybody.http.post(link)).status_code == 409


async def test_its_answers_are_kept_from_others(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with cast.browser() as anybody:
        headers = (await anybody.http.get(link)).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]


async def test_somebody_else_was_first(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    link = await cast.page_link(alert, "jon")
    async with cast.browser("marta") as marta, cast.browser() as anybody:
        await marta.done(f"/alerts/{alert}/acknowledge")
        page = await anybody.see(link)
        assert "Marta Vidal has acknowledged it already." in page
        assert "<button" not in page


async def test_old_and_foreign_links(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    clock.forward(hours=25)
    async with cast.browser() as anybody:
        assert "This link has expired" in await anybody.see(link, 410)
        assert (await anybody.http.post(link)).status_code == 410
        assert "84 mentions" not in await anybody.see(link, 410)
        for foreign in ("/ack/nonsense", link[:-3], link + "x", "/ack/%00"):
            page = await anybody.see(foreign, 404)
            assert "This link is not one of ours" in page


async def test_an_executive_is_not_offered_to_judge_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.name == "Marta Vidal").values(role="executive"))
    async with cast.browser() as anybody:
        page = await anybody.see(link)
        assert page.count("<button") == 2
        assert "This is not a crisis" not in page
        refused = await anybody.http.post(f"{link}/no-crisis", data={"reason": "Nonsense"})
        assert refused.status_code == 403
        assert "Acknowledge: I have it" in await anybody.see(link)
