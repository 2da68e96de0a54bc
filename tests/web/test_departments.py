"""Departments and the rules that fill them: seen by the house, changed by admins, never to a partner."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.events import Event
from mentions.triage.case import Case
from people.departments import Department
from tests.mentions.makers import draft, make_source, put
from tests.web.cast import COMPANY, Cast
from tocsin import setup

RULE = {"label": "complaint", "terms": "boat, ferry", "department": "3", "hours": "2", "reason": "the fleet"}
WISH = {"name": "Fleet", "email": "", "language": "ca", "timeZone": "Europe/Madrid", "hours": "1,5"}


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await Cast.assemble(core)


async def _department(core: Core, slug: str) -> Department:
    async with core.database.read() as session:
        return (await session.scalars(select(Department).where(Department.slug == slug))).one()


async def _case(core: Core, slug: str, **values: Any) -> int:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        place = (await session.scalars(select(Department.id).where(Department.slug == slug))).one()
        row = Case(
            brand_id=1, key=f"k-{slug}", label="complaint", department_id=place, reason="", opened_at=now,
            due_at=now, last_said_at=now, **values,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return row.id


async def test_the_house_sees_them_and_admins_change_them(core: Core, cast: Cast) -> None:
    async with cast.browser("jon") as browser:
        assert "Legal" in await browser.see("/departments")
        assert "/departments/legal/edit" not in await browser.see("/departments/legal")
        await browser.see("/routes")
        assert "Try it" not in await browser.see("/routes/1")
        for path in ("/departments/new", "/routes/new/save"):
            sent = {**WISH, **RULE, "version": "0"}
            assert (await browser.send(path, page="/departments", **sent)).status_code == 403
    async with cast.browser("helen") as browser:
        await browser.done("/departments/new", **WISH)
        made = await _department(core, "fleet")
        assert (made.answer_minutes, made.language, made.by_hand) == (90, "ca", True)
        edit = {**WISH, "id": str(made.id), "version": "1", "name": "The fleet"}
        await browser.done("/departments/fleet/edit", **edit)
        jon = await cast.member("jon")
        await browser.done("/departments/fleet/join", id=str(made.id), member=str(jon.id))
        seen = await browser.see("/departments/fleet")
        assert "The fleet" in seen
        assert jon.name in seen
        await browser.done("/departments/fleet/leave", id=str(made.id), member=str(jon.id))
        await browser.done("/departments/fleet/digests", id=str(made.id), cadence="weekly", enabled="on")
        assert '<span class="chip done">on</span>' in await browser.see("/departments/fleet")


async def test_of_two_who_edit_at_once_the_second_is_told_and_loses_nothing(core: Core, cast: Cast) -> None:
    legal = await _department(core, "legal")
    edit = {**WISH, "id": str(legal.id), "version": "1"}
    async with cast.browser("helen") as browser:
        await browser.done("/departments/legal/edit", **{**edit, "name": "Law"})
        second = await browser.send("/departments/legal/edit", **{**edit, "name": "Lawyers"})
        assert second.status_code == 409
        assert "Somebody has changed this department meanwhile" in second.text
        assert "Lawyers" in second.text, "what was typed is still there"
        await browser.done("/routes/new/save", **RULE, version="0")
        late = await browser.send("/routes/1/save", **{**RULE, "terms": "rudder"}, version="0")
        assert late.status_code == 409
        assert "Helen" in late.text
        assert "rudder" in late.text
        assert "gluten" in late.text, "what is saved is shown beside it"


WRONG_WISHES = [
    ({"name": ""}, 422), ({"name": "legal"}, 409), ({"email": "nobody"}, 422), ({"language": "de"}, 422),
    ({"timeZone": "Europe/Nowhere"}, 422), ({"hours": "0"}, 422), ({"hours": ""}, 422),
    ({"slug": "legal"}, 409), ({"slug": "a b"}, 422), ({"name": "部"}, 422),
]  # fmt: skip


async def test_a_department_that_cannot_be_is_refused(cast: Cast) -> None:
    async with cast.browser("helen") as browser:
        for wrong, status in WRONG_WISHES:
            answer = await browser.send("/departments/new", page="/departments", **{**WISH, **wrong})
            assert answer.status_code == status, wrong


async def test_partners_know_of_none_and_belong_to_none(core: Core, cast: Cast) -> None:
    legal, partner = await _department(core, "legal"), await cast.member("nuria")
    async with cast.browser("nuria") as browser:
        for path in ("/departments", "/departments/legal", "/routes", "/routes/1"):
            assert (await browser.http.get(path)).status_code == 404
    async with cast.browser("helen") as browser:
        answer = await browser.send("/departments/legal/join", id=str(legal.id), member=str(partner.id))
        assert answer.status_code == 422


async def test_an_archived_one_hands_all_to_its_successor_and_loses_nothing(core: Core, cast: Cast) -> None:
    press, community = await _department(core, "press"), await _department(core, "community")
    case = await _case(core, "press")
    gone = {"id": str(press.id), "version": "1"}
    async with cast.browser("helen") as browser:
        refused = await browser.send("/departments/press/archive", **gone, successor="")
        assert refused.status_code == 422
        assert "which department takes its cases" in refused.text
        await browser.done("/departments/press/archive", **gone, successor=str(community.id))
        assert "Press and communications" not in await browser.see("/inbox")
        assert "Archived at" in await browser.see("/departments/press")
        moved = await browser.see(f"/cases/{case}")
        assert "Moved it from Press and communications, which was archived, to Community." in moved
        again = await browser.send(
            "/departments/community/archive", id=str(community.id), version="1", successor=str(press.id)
        )
        assert again.status_code == 422
        join = {"id": str(press.id), "member": str((await cast.member("jon")).id)}
        joined = await browser.send("/departments/press/join", **join)
        assert joined.status_code == 409
        assert "Press and communications is archived. Bring it back first." in joined.text
        assert "/departments/press/join" not in await browser.see("/departments/press")
        await browser.done("/departments/press/bring-back", id=str(press.id), version="2")
        assert "Press and communications" in await browser.see("/inbox")
        await browser.done("/departments/press/join", **join)


async def test_a_department_that_the_bell_rings_is_not_archived(core: Core, cast: Cast) -> None:
    legal = await _department(core, "legal")
    level = {"version": "0", "waitMinutes": "5", "target0": f"department:{legal.id}", "severities": ""}
    async with cast.browser("helen") as browser:
        await browser.done("/policies/1/levels/1", **level)
        answer = await browser.send(
            "/departments/legal/archive", id=str(legal.id), version="1", successor="1"
        )
        assert answer.status_code == 409
        assert "Standard" in answer.text


async def test_a_rule_is_tried_before_it_is_saved(core: Core, cast: Cast) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
    said = "Almadía es una vergüenza, qué asco de servicio, el ferry con retraso, reclamo"
    await put(core, source, draft(said, at=core.clock.now(), author="ana"))
    core.clock.forward(minutes=1)  # type: ignore[attr-defined]
    async with cast.browser("helen") as browser:
        tried = await browser.send("/routes/new/preview", page="/routes/new", **{**RULE, "label": ""})
        assert tried.status_code == 200
        assert "until now to Customer service" in tried.text
        assert said in tried.text
        seen = await browser.see("/routes")
        assert "rule-2" not in seen, "nothing is saved by trying"


async def test_rules_are_made_ordered_and_removed(core: Core, cast: Cast) -> None:
    async with cast.browser("helen") as browser:

        async def version() -> str:
            async with core.database.read() as session:
                kind = Event.kind == "routing.changed"
                return str(
                    await session.scalar(select(Event.seq).where(kind).order_by(Event.seq.desc())) or 0
                )

        await browser.done("/routes/new/save", **RULE, version="0")
        await browser.done("/routes/2/move", version=await version(), up="on")
        seen = await browser.see("/routes")
        assert seen.index("rule-2") < seen.index("rule-1")
        assert "late after 2 h" in seen
        await browser.done("/routes/1/remove", version=await version())
        assert "rule-1" not in await browser.see("/routes")
        async with core.database.read() as session:
            last = await session.scalar(
                select(Event).where(Event.kind == "routing.changed").order_by(Event.seq.desc()).limit(1)
            )
        assert last is not None
        assert "gluten" in last.data["before"]["terms"], "what was taken out can be read in the log"


WRONG_RULES = [
    {"label": "spite"}, {"department": ""}, {"department": "999"}, {"lang": "cat"}, {"terms": "a,,b"},
    {"hours": "0"}, {"hours": "soon"}, {"owner": "999"}, {"brand": "999"}, {"monitor": "999"},
]  # fmt: skip


async def test_a_rule_that_cannot_be_is_refused(cast: Cast) -> None:
    async with cast.browser("helen") as browser:
        for wrong in WRONG_RULES:
            sent = {**RULE, **wrong}
            answer = await browser.send("/routes/new/save", page="/routes/new", **sent, version="0")
            assert answer.status_code == 422, wrong
            tried = await browser.send("/routes/new/preview", page="/routes/new", **sent)
            assert tried.status_code == 422, wrong


async def test_the_set_up_file_leaves_alone_what_people_have_changed(core: Core, cast: Cast) -> None:
    legal = await _department(core, "legal")
    edit = {**WISH, "id": str(legal.id), "version": "1", "name": "Law"}
    file = setup.read(COMPANY)
    for person in file["members"]:
        person.pop("password", None)  # hashing is slow on purpose
    async with core.database.unit_of_work() as session:
        assert await setup.apply(session, file, now=core.clock.now()) == []
    async with cast.browser("helen") as browser:
        await browser.done("/departments/legal/edit", **edit)
        await browser.done("/routes/1/remove", version="0")
    async with core.database.unit_of_work() as session:
        assert await setup.apply(session, file, now=core.clock.now()) == ["department 'legal'", "routes"]
    assert (await _department(core, "legal")).name == "Law"
    async with cast.browser("helen") as browser:
        assert "No rules" in await browser.see("/routes")
