"""The link of a page: evidence and one button, without a sign-in; looking changes nothing."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from alerts.alert import Alert
from alerts.escalating.escalate import escalate_due
from alerts.open import open_alert
from alerts.page import Escalation, EscalationPolicy
from incident.intake import take_in_alerts
from incident.lifecycle import set_confidential
from kit.core import Core
from kit.events import last_seq
from people.members import Member
from people.signin import viewer_from
from tests.clock import MovableClock
from tests.web.cast import TITLE, Cast


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
        assert "This link has been used: Helen Marsh has it." in again
        assert "<button" not in again
        assert "84 mentions" not in again + done.text, "a used link tells little of the alert"
        assert "adrift off Barcelona" not in again + done.text
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
    link = await cast.page_link(alert)
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
        await session.execute(update(Member).where(Member.name == "Helen Marsh").values(role="executive"))
    async with cast.browser() as anybody:
        page = await anybody.see(link)
        assert page.count("<button") == 2
        assert "This is not a crisis" not in page
        refused = await anybody.http.post(f"{link}/no-crisis", data={"reason": "Nonsense"})
        assert refused.status_code == 403
        assert "Acknowledge: I have it" in await anybody.see(link)


WILL_LEAD = "You will lead the incident until somebody else takes it"
LEADS = "Helen Marsh leads the incident until somebody else takes it"
COVERS = "Other open alerts of the brand"


async def test_it_is_in_the_language_and_by_the_clock_of_whom_it_is_for(
    core: Core, clock: MovableClock
) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis(), "marta")
    async with core.database.unit_of_work() as session:
        changed = update(Member).where(Member.name == "Marta Vidal")
        await session.execute(changed.values(language="ca", time_zone="Europe/Madrid"))
        changed = update(Member).where(Member.name == "Helen Marsh")
        await session.execute(changed.values(language="fr", time_zone="Europe/London"))
    async with cast.browser() as anybody, cast.browser("helen") as helen:
        anybody.http.headers["Accept-Language"] = "en"
        page = await anybody.see(link)
        assert '<html lang="ca"' in page
        assert ">03:49</time>" in page
        assert "mencions negatives" in page
        hers = await helen.see(link)
        assert '<html lang="fr"' in hers
        assert ">02:49</time>" in hers
        assert "mentions négatives" in hers
        clock.forward(hours=25)
        assert '<html lang="ca"' in await anybody.see(link, 410)


async def test_what_acknowledging_brings_is_said_before_and_after(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).values(language="en"))
    alert = await cast.crisis()
    link, jons = await cast.page_link(alert), await cast.page_link(alert, "jon")
    async with cast.browser() as anybody:
        page = await anybody.see(link)
        assert WILL_LEAD in page
        assert COVERS not in page
        await another(cast, alert)
        assert COVERS in await anybody.see(link)
        for text in ((await anybody.http.post(link)).text, await anybody.see(link)):
            assert LEADS in text
            assert COVERS in text
        await take_in_alerts(core)
        assert LEADS in await anybody.see(link)
        more = await another(cast, alert, level="red")
        third = await anybody.see(await cast.page_link(more, "jon"))
        assert WILL_LEAD not in third, "the incident has a lead"
        assert "You lead the incident already." not in third
        hers = await anybody.see(await cast.page_link(more))
        assert WILL_LEAD not in hers
        assert "You lead the incident already." in hers
        assert LEADS not in await anybody.see(jons)


async def test_it_says_by_name_who_is_paged_next_and_when(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    await escalate_due(core)
    link = await cast.page_link(alert)
    async with core.database.read() as session:
        due = await session.scalar(select(Escalation.due_at).where(Escalation.alert_id == alert))
    assert due is not None
    async with cast.browser() as anybody, cast.browser("helen") as helen:
        for page in (await anybody.see(link), await helen.see(f"/alerts/{alert}")):
            said = re.sub("<[^>]+>", "", page)
            at = due.astimezone(ZoneInfo("Europe/London"))
            assert f"the next to be paged: Helen Marsh at {at:%H:%M}." in said


async def test_where_it_takes_everybody_one_answer_does_not_stop_the_paging(core: Core) -> None:
    cast = await Cast.assemble(core)
    helen, jon = await cast.member("helen"), await cast.member("jon")
    levels = [{"targets": [{"member": helen.id}, {"member": jon.id}], "wait_minutes": 5, "everyone": True}]
    async with core.database.unit_of_work() as session:
        await session.execute(update(EscalationPolicy).values(levels=levels))
    alert = await cast.crisis()
    await escalate_due(core)
    link = await cast.page_link(alert)
    async with cast.browser() as anybody:
        page = await anybody.see(link)
        assert "This stops the paging" not in page
        assert "It also takes Jon Etxarri" in page
        for text in ((await anybody.http.post(link)).text, await anybody.see(link)):
            assert "Noted. It still takes Jon Etxarri" in text
            assert "Nobody else is paged" not in text


async def another(cast: Cast, alert_id: int, level: str = "amber") -> int:
    """An alert more of the same brand."""
    now = cast.core.clock.now()
    async with cast.core.database.unit_of_work() as session:
        brand_id = await session.scalar(select(Alert.brand_id).where(Alert.id == alert_id))
        assert brand_id is not None
        alert = await open_alert(
            session, brand_id=brand_id, monitor_id=None, signal="volume", level=level, title="More",
            evidence={}, since=now, now=now,
        )  # fmt: skip
    return alert.id


async def test_who_cannot_lead_is_not_told_to(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.name == "Helen Marsh").values(role="executive"))
    async with cast.browser() as anybody:
        assert WILL_LEAD not in await anybody.see(link)


async def test_a_used_link_leads_on_to_the_war_room_for_its_day(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with cast.browser() as anybody:
        done = (await anybody.http.post(link)).text
        for page in (done, await anybody.see(link)):
            assert f"<h1>{TITLE}</h1>" in page
            assert 'href="/incidents/1"' in page
        asked = await anybody.http.get("/incidents/1")
        assert asked.headers["location"] == "/sign-in?next=/incidents/1"
        clock.forward(hours=25)
        late = await anybody.see(link)
        assert TITLE not in late
        assert "/incidents/1" not in late


async def test_a_used_link_about_a_confidential_matter_tells_nothing_of_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with core.database.unit_of_work() as session:
        helen = viewer_from(await cast.member("helen"))
        await set_confidential(session, helen, 1, confidential=True, now=core.clock.now())
    async with cast.browser() as anybody:
        for page in (await anybody.see(link), (await anybody.http.post(link)).text, await anybody.see(link)):
            assert TITLE not in page
            assert "/incidents/1" not in page
            assert "adrift" not in page


async def test_it_quotes_what_people_write_and_says_what_the_other_answers_do(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis())
    async with cast.browser() as anybody:
        page = await anybody.see(link)
    assert page.count("adrift off Barcelona &lt;b&gt;and&lt;/b&gt; nobody") == 2
    assert "It goes on to the next person at once; the alert stays open." in page
    assert "It ends the alert for everybody" in page


async def test_what_hardly_ever_comes_is_told_in_words(core: Core) -> None:
    cast = await Cast.assemble(core)
    link = await cast.page_link(await cast.crisis(expected=7.4e-05), "marta")
    async with cast.browser() as anybody, cast.browser("helen") as helen:
        assert "<dd>gairebé res</dd>" in await anybody.see(link)
        assert "84 instead of hardly any" in await helen.see("/")
