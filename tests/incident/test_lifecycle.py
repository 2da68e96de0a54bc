"""What people do to an incident, who may, and who was first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from alerts.alert import Alert
from alerts.open import open_alert, raise_level
from alerts.page import Escalation, Page
from incident import access, lifecycle, reviewing
from incident.incident import Incident, Participant
from incident.intake import take_in_alerts
from incident.review import Review
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound, TocsinError
from people.letters import Letter
from people.members import Member
from people.permissions import Viewer
from tests.incident.cast import Cast, change, enter, kinds, the_incident

Act = Callable[[Any, Viewer, int, Any], Awaitable[Any]]
ACTS: dict[str, Act] = {
    "set_severity": lambda s, v, i, now: lifecycle.set_severity(
        s, v, i, severity="red", reason="Press.", now=now
    ),
    "assign_lead": lambda s, v, i, now: lifecycle.assign_lead(s, v, i, member_id=3, now=now),
    "join": lambda s, v, i, now: lifecycle.join(s, v, i, now=now),
    "add_note": lambda s, v, i, now: lifecycle.add_note(s, v, i, text="A note.", now=now),
    "set_briefing": lambda s, v, i, now: lifecycle.set_briefing(s, v, i, text="For you.", now=now),
    "resolve": lambda s, v, i, now: lifecycle.resolve(s, v, i, summary="Over.", now=now),
}  # fmt: skip


async def declare(core: Core, viewer: Viewer, brand_id: int, **given: Any) -> Incident:
    values = {"title": "Ferry late", "type": "complaint_wave", "severity": "amber"} | given
    async with core.database.unit_of_work() as session:
        return await lifecycle.declare(session, viewer, brand_id=brand_id, now=core.clock.now(), **values)


async def do(core: Core, act: Act, viewer: Viewer, incident_id: int) -> str:
    """`done`, or the name of the expected failure."""
    try:
        async with core.database.unit_of_work() as session:
            await act(session, viewer, incident_id, core.clock.now())
    except TocsinError as error:
        return type(error).__name__
    return "done"


async def test_who_declares_an_incident_leads_it(core: Core) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.rosa, cast.brand_id, title="  Ferry\r\n\u202e late ")
    assert (incident.title, incident.lead_id) == ("Ferry late", cast.rosa.member_id)
    assert await kinds(core) == ["runbook.added"] * 4 + ["incident.opened", "incident.lead_assigned"]


async def test_a_brand_has_one_open_incident_apart_from_drills(core: Core) -> None:
    cast = await enter(core)
    first = await declare(core, cast.rosa, cast.brand_id)
    await declare(core, cast.rosa, cast.brand_id, drill=True)
    await declare(core, cast.rosa, cast.brand_id, drill=True)
    with pytest.raises(Conflict, match=f"number {first.id}"):
        await declare(core, cast.bruno, cast.brand_id)


async def test_two_who_declare_at_once_get_one_incident(core: Core) -> None:
    cast = await enter(core)
    tries = [declare(core, who, cast.brand_id) for who in (cast.rosa, cast.bruno, cast.ada)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Conflict", "Incident"]


MALFORMED: list[tuple[dict[str, str], str]] = [
    ({"title": "   "}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"title": "a\x00b"}, "title"),
    ({"title": "a\ud800b"}, "title"),
    ({"type": "flood"}, "type"),
    ({"severity": "purple"}, "severity"),
]


async def test_malformed_declarations_name_the_field(core: Core) -> None:
    cast = await enter(core)
    for given, field in MALFORMED:
        with pytest.raises(Invalid) as raised:
            await declare(core, cast.rosa, cast.brand_id, **given)
        assert raised.value.field == field


async def test_an_unknown_brand_is_invalid(core: Core) -> None:
    cast = await enter(core)
    with pytest.raises(Invalid):
        await declare(core, cast.rosa, 999)


@pytest.mark.parametrize("name", ["emma", "pau"])
async def test_only_responders_declare(core: Core, name: str) -> None:
    cast = await enter(core)
    with pytest.raises(Forbidden):
        await declare(core, getattr(cast, name), cast.brand_id)


@pytest.mark.parametrize("state", ["open", "resolved", "closed"])
async def test_every_role_and_act_in_every_state(core: Core, state: str) -> None:
    """Responders act, executives only join, to partners the incident does not exist."""
    cast = await enter(core)
    incident = await in_state(core, cast, state)
    open_only = {"set_severity", "assign_lead", "resolve"}
    for name, act in ACTS.items():
        allowed = state == "open" or (state == "resolved" and name not in open_only)
        for who in (cast.pau, cast.rita):
            assert await do(core, act, who, incident.id) == "NotFound", name
        emma = await do(core, act, cast.emma, incident.id)
        if name == "join":
            assert emma == ("done" if allowed else "Conflict")
        else:
            assert emma == "Forbidden", name
        if name != "resolve" or not allowed:
            assert await do(core, act, cast.rosa, incident.id) == ("done" if allowed else "Conflict"), name
            assert await do(core, act, cast.rosa, 999) == "NotFound", name


async def in_state(core: Core, cast: Cast, state: str) -> Incident:
    incident = await declare(core, cast.ada, cast.brand_id)
    now = core.clock.now()
    if state != "open":
        async with core.database.unit_of_work() as session:
            await lifecycle.resolve(session, cast.rosa, incident.id, summary="Over.", now=now)
    if state == "closed":
        async with core.database.unit_of_work() as session:
            review = (await session.execute(select(Review))).scalar_one()
            await reviewing.close_review(session, cast.rosa, review.id, now=now)
    return incident


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("set_severity", "Set the severity from amber to red: Press."),
        ("assign_lead", "Bruno leads the incident."),
        ("set_briefing", "Wrote the briefing for partners"),
        ("resolve", "Resolved the incident: Over."),
    ],
)
async def test_of_two_at_once_one_is_told_who_was_first(core: Core, name: str, first: str) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.ada, cast.brand_id)
    ready = asyncio.Barrier(2)

    async def press(viewer: Viewer) -> str:
        try:
            async with core.database.unit_of_work() as session:
                await access.get_incident(session, viewer, incident.id)
                await ready.wait()  # both have seen it as it was
                await ACTS[name](session, viewer, incident.id, core.clock.now())
        except Conflict as conflict:
            return str(conflict)
        return viewer.name

    outcomes = await asyncio.gather(press(cast.rosa), press(cast.bruno))
    winner = next(outcome for outcome in outcomes if outcome in ("Rosa", "Bruno"))
    loser = next(outcome for outcome in outcomes if outcome != winner)
    assert f"{winner} was first, at 02:55 UTC: {first}" in loser


async def test_the_lead_goes_to_active_responders_only(core: Core) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.rosa, cast.brand_id)
    await change(core, Member, cast.bruno.member_id, active=False)
    for member_id in (cast.emma.member_id, cast.pau.member_id, cast.bruno.member_id, 999):
        with pytest.raises(Invalid):
            async with core.database.unit_of_work() as session:
                await lifecycle.assign_lead(
                    session, cast.rosa, incident.id, member_id=member_id, now=core.clock.now()
                )


async def test_a_new_lead_keeps_the_old_one_on_the_incident(core: Core) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.rosa, cast.brand_id)
    async with core.database.unit_of_work() as session:
        fresh = await lifecycle.assign_lead(
            session, cast.rosa, incident.id, member_id=cast.bruno.member_id, now=core.clock.now()
        )
    assert fresh.lead_id == cast.bruno.member_id
    async with core.database.read() as session:
        roles = {one.member_id: one.role for one in (await session.execute(select(Participant))).scalars()}
    assert roles == {cast.rosa.member_id: "", cast.bruno.member_id: "lead"}


async def letters(core: Core) -> list[tuple[int | None, str, list[str], str]]:
    """To whom, subject, lines and link."""
    async with core.database.read() as session:
        rows = await session.scalars(select(Letter).order_by(Letter.id))
        papers = [(row.member_id, row.paper) for row in rows]
    return [
        (to, paper["subject"], [line for part in paper["sections"] for line in part["lines"]], paper["link"])
        for to, paper in papers
    ]


async def give_lead(core: Core, viewer: Viewer, incident_id: int, to: Viewer) -> None:
    async with core.database.unit_of_work() as session:
        await lifecycle.assign_lead(
            session, viewer, incident_id, member_id=to.member_id, now=core.clock.now()
        )


async def test_who_is_handed_the_lead_is_told_and_who_takes_it_is_not(core: Core) -> None:
    cast = await enter(core, runbooks=False)
    await change(core, Member, cast.bruno.member_id, language="ca")
    incident = await declare(core, cast.rosa, cast.brand_id)
    await give_lead(core, cast.rosa, incident.id, cast.bruno)
    told = (cast.bruno.member_id, "Tens el comandament: Ferry late")
    line = "Rosa t’ha passat el comandament d’aquest incident."
    assert await letters(core) == [(*told, [line], f"/incidents/{incident.id}")]
    await give_lead(core, cast.rosa, incident.id, cast.rosa)
    assert len(await letters(core)) == 1


async def test_of_a_confidential_incident_the_new_lead_is_told_where_to_look_alone(core: Core) -> None:
    cast = await enter(core, runbooks=False)
    incident = await declare(core, cast.rosa, cast.brand_id)
    await change(core, Incident, incident.id, confidential=True)
    await give_lead(core, cast.rosa, incident.id, cast.bruno)
    ((to, subject, lines, link),) = await letters(core)
    assert (to, lines, link) == (cast.bruno.member_id, [], f"/incidents/{incident.id}")
    assert "Ferry" not in subject
    assert "Rosa" not in subject


async def test_the_lead_of_a_drill_is_handed_over_without_a_letter(core: Core) -> None:
    cast = await enter(core, runbooks=False)
    incident = await declare(core, cast.rosa, cast.brand_id, drill=True)
    await give_lead(core, cast.rosa, incident.id, cast.bruno)
    assert await letters(core) == []


async def test_joining_twice_changes_nothing(core: Core) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.rosa, cast.brand_id)
    for _ in range(2):
        assert await do(core, ACTS["join"], cast.emma, incident.id) == "done"
    assert (await kinds(core)).count("incident.joined") == 1


async def test_resolving_needs_a_summary(core: Core) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.rosa, cast.brand_id)
    with pytest.raises(Invalid) as raised:
        async with core.database.unit_of_work() as session:
            await lifecycle.resolve(session, cast.rosa, incident.id, summary=" \n", now=core.clock.now())
    assert raised.value.field == "summary"
    assert (await the_incident(core)).state == "open"


async def test_resolving_silences_the_alerts_and_nothing_else(core: Core) -> None:
    cast = await enter(core)
    async with core.database.unit_of_work() as session:
        mine, other = [
            (await _alert(session, brand_id, core)).id for brand_id in (cast.brand_id, cast.other_brand_id)
        ]
        for alert_id in (mine, other):
            session.add(_page(alert_id, cast.rosa.member_id, core))
    await take_in_alerts(core)
    async with core.database.unit_of_work() as session:
        incident = await access.open_incident(session, cast.rosa, cast.brand_id)
        assert incident is not None
        await lifecycle.resolve(session, cast.rosa, incident.id, summary="Over.", now=core.clock.now())
    async with core.database.read() as session:
        for alert_id, states in (
            (mine, ("closed", "stopped", "dropped")),
            (other, ("open", "running", "due")),
        ):
            escalation = select(Escalation.state).where(Escalation.alert_id == alert_id)
            page = select(Page.state).where(Page.alert_id == alert_id)
            alert = await session.get_one(Alert, alert_id)
            assert (alert.state, await session.scalar(escalation), await session.scalar(page)) == states


async def test_an_alert_that_nobody_answered_does_not_begin_again_after_the_resolution(core: Core) -> None:
    cast = await enter(core)
    async with core.database.unit_of_work() as session:
        alert = await _alert(session, cast.brand_id, core)
        (await session.execute(select(Escalation))).scalar_one().state = "exhausted"
    await take_in_alerts(core)
    incident = await the_incident(core)
    assert await do(core, ACTS["resolve"], cast.rosa, incident.id) == "done"
    async with core.database.unit_of_work() as session:
        worse = await session.get_one(Alert, alert.id)
        await raise_level(session, worse, level="red", title="Worse", evidence={}, now=core.clock.now())
    async with core.database.read() as session:
        assert (await session.execute(select(Escalation.state))).scalar_one() == "stopped"


async def _alert(session: Any, brand_id: int, core: Core) -> Alert:
    now = core.clock.now()
    return await open_alert(
        session, brand_id=brand_id, monitor_id=None, signal="volume", level="amber", title="More than usual",
        evidence={}, since=now, now=now,
    )  # fmt: skip


def _page(alert_id: int, member_id: int, core: Core) -> Page:
    now = core.clock.now()
    return Page(
        alert_id=alert_id, member_id=member_id, channel="mail", step=1, reason="on call", key=f"{alert_id}",
        state="due", due_at=now, attempts=0, created_at=now,
    )  # fmt: skip


async def test_lists_are_for_the_house(core: Core) -> None:
    cast = await enter(core)
    incident = await declare(core, cast.rosa, cast.brand_id)
    await declare(core, cast.rosa, cast.brand_id, drill=True)
    async with core.database.read() as session:
        assert len(await access.list_incidents(session, cast.emma)) == 2
        assert len(await access.list_incidents(session, cast.emma, limit=1)) == 1
        assert await access.list_incidents(session, cast.emma, limit=-5) == []
        assert await access.list_incidents(session, cast.emma, state="closed") == []
        assert await access.list_incidents(session, cast.pau) == []
        found = await access.open_incident(session, cast.emma, cast.brand_id)
        assert found is not None
        assert found.id == incident.id
        assert await access.open_incident(session, cast.pau, cast.brand_id) is None


@pytest.mark.parametrize("door", ["get_incident", "get_response", "get_review", "get_lesson"])
async def test_no_door_of_this_package_opens_for_a_partner(core: Core, door: str) -> None:
    cast = await enter(core)
    await in_state(core, cast, "resolved")
    async with core.database.read() as session:
        for number in (1, 999):
            with pytest.raises(NotFound) as raised:
                await getattr(access, door)(session, cast.pau, number)
            assert str(raised.value) == f"There is no {door.removeprefix('get_')} {number}."
