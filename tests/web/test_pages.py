"""Who sees which page, and what it answers to everybody else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from alerts.detection.severity import Inputs, weigh
from kit.core import Core
from mentions.counting.counts import minute_of, moment_of
from runbooks.run import Step
from tests.alerts.cast import counted
from tests.web.cast import Cast

LOOK, AWAY, NOTHING = 200, 303, 404

# path: nobody, admin, responder, executive, partner
TABLE = {
    "/": (AWAY, LOOK, LOOK, LOOK, AWAY),
    "/sign-in": (LOOK, AWAY, AWAY, AWAY, AWAY),
    "/alerts/1": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/alerts/2": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/alerts/1/computed": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/alerts/2/computed": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/alerts/1/parts/curve,computed": (401, LOOK, LOOK, LOOK, NOTHING),
    "/alerts/1/parts/secrets": (401, NOTHING, NOTHING, NOTHING, NOTHING),
    "/alerts/2/parts/curve": (401, NOTHING, NOTHING, NOTHING, NOTHING),
    "/incidents/1/parts/curves": (401, LOOK, LOOK, LOOK, NOTHING),
    "/incidents/99/parts/curves": (401, NOTHING, NOTHING, NOTHING, NOTHING),
    "/incidents": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/incidents/1": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/incidents/99": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/incidents/1/parts/steps,timeline": (401, LOOK, LOOK, LOOK, NOTHING),
    "/incidents/1/parts/steps,secrets": (401, NOTHING, NOTHING, NOTHING, NOTHING),
    "/incidents/1/review": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/desk": (AWAY, LOOK, LOOK, LOOK, LOOK),
    "/desk/parts/list": (401, LOOK, LOOK, LOOK, LOOK),
    "/steps/1": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/steps/9999": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/runbooks": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/runbooks/none": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/rota": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/rota/me": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/rota/1": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/rota/1/edit": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/rota/99": (AWAY, NOTHING, NOTHING, NOTHING, NOTHING),
    "/calendars/wrong.ics": (NOTHING,) * 5,
    "/sources": (AWAY, LOOK, LOOK, LOOK, NOTHING),
    "/nowhere": (NOTHING,) * 5,
}
CAST = (None, "helen", "marta", "andreu", "nuria")


async def test_an_alert_that_is_over_is_not_listed_as_open(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    async with cast.browser("helen") as helen:
        assert f'href="/alerts/{alert}"' in await helen.see("/")
        await helen.done(f"/alerts/{alert}/no-crisis", reason="A drill of the crew")
        assert f'href="/alerts/{alert}"' not in await helen.see("/")
        page = await helen.see(f"/alerts/{alert}")
        assert "Helen Marsh decided that this is no crisis" in page
        assert "A drill of the crew" in page
        assert "Handled in" not in page


async def test_who_may_look_at_what(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    for column, name in enumerate(CAST):
        async with cast.browser(name) as browser:
            for path, expected in TABLE.items():
                answer = await browser.http.get(path)
                assert answer.status_code == expected[column], f"{name} {path}: {answer.status_code}"


async def test_an_executive_reads_what_it_is_about_before_any_figure(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    now = minute_of(core.clock.now())
    # before the onset, at it, and twice the most
    await counted(core, 1, {now - 7: (5000, 0), now - 6: (3, 0), now - 4: (1240, 9), now - 1: (1240, 9)})
    began = moment_of(now - 4).isoformat()
    height = f'En el moment més alt hi va haver 1.240 mencions en un minut (<time datetime="{began}"'
    async with cast.browser("andreu") as andreu, cast.browser("helen") as helen:
        for path in ("/", "/incidents/1"):
            page = await andreu.see(path)
            assert height in page
            told = page[page.index('class="matter"') :]
            words = "<bdi>«adrift»</bdi>, <bdi>«engine»</bdi>"
            assert f"Interrupció del servei o fallada tècnica: es parla de {words}." in told
            assert "13 vegades més mencions negatives que de costum" in told
            assert "El pròxim comunicat ha d’estar a punt: " in told
            assert "«Two hours adrift off Barcelona &lt;b&gt;and&lt;/b&gt; nobody" in told
        assert "Encara ningú no ha pres el comandament." in await andreu.see("/")
        await helen.done("/incidents/1/lead", member=str((await cast.member("helen")).id))
        assert "Helen Marsh té el comandament." in await andreu.see("/")
        await helen.done("/incidents/1/resolve", summary="The tug has brought it in.")
        await counted(core, 1, {now + 5: (9000, 0)})
        assert height in await andreu.see("/incidents/1"), "what came later is of another event"


async def test_the_war_room_says_what_happened(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        page = await helen.see("/incidents/1")
    assert "Almadía Ferries" in page
    assert "84 mentions in 10 minutes where 6.5 are usual." in page
    assert "×12.9" in page
    assert "&lt;b&gt;and&lt;/b&gt;" in page, "what strangers wrote is shown as text"
    assert "javascript:" not in page, "only web addresses become links"
    assert 'data-incident="1"' in page
    assert "80 in own words · 340 copies" in page
    assert "340 copies · told by 300 accounts · first by <bdi>@first_voice</bdi>" in page
    assert "81 % of the posts repeat another" in page
    assert "one account wrote" not in page, "only signs that are reached are told"


async def test_a_step_follows_its_incident_for_the_house_and_the_desk_for_a_partner(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with core.database.read() as session:
        step_id = await session.scalar(select(Step.id).where(Step.owner_organisation_id.is_not(None)))
    async with cast.browser("helen") as helen, cast.browser("nuria") as nuria:
        assert 'data-incident="1"' in await helen.see(f"/steps/{step_id}"), "who approves owns no step"
        assert "data-incident" not in await nuria.see(f"/steps/{step_id}")


async def test_parts_are_what_the_page_has(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    names = ("head", "steps", "statements", "evidence", "people", "timeline")
    async with cast.browser("marta") as marta:
        page = await marta.see("/incidents/1")
        parts = await marta.see(f"/incidents/1/parts/{','.join(names)}")
    for name in names:
        assert parts.count(f'data-part="{name}"') == 1
        assert page.count(f'data-part="{name}"') == 1
    assert "<html" not in parts


async def test_the_newest_entries_stand_open_and_the_others_are_one_tap_away(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("marta") as marta:
        for number in range(10):
            await marta.done("/incidents/1/notes", text=f"Call number {number}")
        timeline = await marta.see("/incidents/1/parts/timeline")
    open_, fold, earlier = timeline.partition("<details")
    assert fold
    assert re.findall(r"Call number \d", open_) == [f"Call number {number}" for number in range(9, 1, -1)]
    assert re.findall(r"Call number \d", earlier) == ["Call number 1", "Call number 0"]
    assert f"({earlier.count('<li id=')})" in earlier


async def test_an_executive_sees_no_button(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("andreu") as andreu, cast.browser("marta") as marta:
        for path in ("/", "/alerts/1", "/incidents", "/incidents/1", "/steps/1"):
            page = await andreu.see(path)
            assert page.count("<form") == 1, f"{path}: only the one that signs out"
        assert (await marta.see("/incidents/1")).count("<form") > 5


async def test_figures_are_of_when_the_alert_was_told(core: Core) -> None:
    cast = await Cast.assemble(core)  # it is 02:55 in UTC and in London
    await cast.crisis(minute=minute_of(core.clock.now()) - 2)
    async with cast.browser("helen") as helen:
        for path in ("/alerts/1", "/incidents/1"):
            assert re.search(r"Told at</dt><dd><time[^>]*>02:54<", await helen.see(path)), path


async def test_one_button_of_mine_stands_out_and_what_is_due_later_is_folded(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    helen_id = (await cast.member("helen")).id
    async with core.database.unit_of_work() as session:
        await session.execute(update(Step).values(owner_id=helen_id, owner_organisation_id=None))
    async with cast.browser("helen") as helen, cast.browser("marta") as marta:
        steps, others = [await one.see("/incidents/1/parts/steps") for one in (helen, marta)]
    open_steps, later = steps.split('<details class="finished" id="steps-later">')
    assert re.search(r"<summary>Later \(\d+\)</summary>", later)
    assert open_steps.count("primary") == 1
    assert "primary" not in later
    assert "primary" not in others


async def test_too_little_history_is_said(core: Core) -> None:
    cast = await Cast.assemble(core)
    await cast.crisis(insufficient_history=True, history_minutes=30)
    async with cast.browser("helen") as helen:
        assert "Insufficient history: only 30 min to compare with." in await helen.see("/alerts/1")
        assert "Insufficient history to compare with" in await helen.see("/incidents/1")


async def test_whom_it_did_not_hear_is_said(core: Core) -> None:
    cast = await Cast.assemble(core)
    out = {"state": "silent", "since": "2026-03-10T02:00:00+00:00", "share": 0.25}
    await cast.crisis(
        silent_sources=[{**out, "source": "The forum"}, {**out, "source": "A feed", "state": "failing"}]
    )
    async with cast.browser("helen") as helen:
        page = await helen.see("/alerts/1")
    assert re.search("Without The forum, which had been silent since .* brings 25 % of", page)
    assert "Without A feed, which had not worked since" in page


async def test_the_points_of_a_level_add_up_before_the_readers_eyes(core: Core) -> None:
    cast = await Cast.assemble(core)
    given = Inputs(
        "volume", 84, 6.5, 12.9, 1.0, 14.0, 0.5, 6.0, 30.0, 6.0, accounts=84, independent=60, negative=45
    )
    await cast.crisis(severity=weigh(given).explained())
    async with cast.browser("helen") as helen:
        page = " ".join(re.sub("<[^>]+>", " ", await helen.see("/alerts/1")).split())
    assert "84 accounts, where 30 are many +1" in page
    assert "×12.9 the usual, where ×6 is fast +1" in page
    assert "75 % negative, where 50 % is much +1" in page
    assert "Points together: 3. From 3 on it is red." in page


@pytest.mark.parametrize(
    ("name", "accept", "expected"),
    [
        ("marta", "fr", "Resum · Tocsin"),
        ("claire", "en", "Aperçu · Tocsin"),
        ("jon", "en", "Resumen · Tocsin"),
        ("helen", "fr", "Overview · Tocsin"),
        (None, "de;q=0.9, fr-CA;q=0.8, en;q=0.1", "Se connecter · Tocsin"),
        (None, "xx-nonsense;q=x, *", "Sign in · Tocsin"),
    ],
)
async def test_language_is_the_members_then_the_browsers(
    core: Core, name: str | None, accept: str, expected: str
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser(name) as browser:
        answer = await browser.http.get("/", headers={"Accept-Language": accept}, follow_redirects=True)
    assert f"<title>{expected}</title>" in answer.text


async def test_times_are_in_the_members_zone(core: Core) -> None:
    cast = await Cast.assemble(core)  # it is 02:55 in UTC
    await cast.crisis()
    async with cast.browser("marta") as madrid, cast.browser("helen") as london:
        assert ">03:49</time>" in await madrid.see("/alerts/1")
        assert ">02:49</time>" in await london.see("/alerts/1")
