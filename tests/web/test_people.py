"""People: admins add them, change what they may do, take their seat; an agency knows nothing of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.contacts import store
from alerts.contacts.contact import Contact
from api import context
from kit.core import Core
from kit.events import Event
from people import tokens
from people.absences import AwayCalendar
from people.departments import departments_of
from people.letters import Letter
from people.members import Invitation, Member, SignIn
from people.on_call.duty import people_on_call, schedules
from people.signin import viewer_from
from tests.api.socket import socket
from tests.api.test_lasting import TIMELINE, heard
from tests.clock import MovableClock
from tests.web.cast import COMPANY, CSRF, Browser, Cast
from tocsin import setup

LINK = re.compile(r"http://tocsin\.test(/invitation/[\w.-]+)")
NEW = {
    "email": "Rosa@Llevant.example", "name": "Rosa  Prat", "job": "Press", "role": "responder",
    "language": "ca", "timeZone": "Europe/Madrid", "department-1": "on",
}  # fmt: skip
PASSWORD = "a password of her own"


async def row(core: Core, email: str) -> Member:
    async with core.database.read() as session:
        return (await session.scalars(select(Member).where(Member.email.ilike(email)))).one()


async def kinds(core: Core) -> list[str]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Event.kind).order_by(Event.seq)))


def seat(member: Member, **changes: str) -> dict[str, str]:
    """The form of a seat as its page has it."""
    return {
        "name": member.name,
        "job": member.job,
        "role": member.role,
        "version": str(member.version),
        **changes,
    }


async def asked(browser: Browser, query: str, **variables: Any) -> Any:
    sent = {"query": query, "variables": variables}
    return (await browser.http.post("/graphql", json=sent, headers={"X-Tocsin-CSRF": "1"})).json()


async def added(browser: Browser, **changes: str) -> str:
    """Somebody new; the path of the invitation that the page shows."""
    answer = await browser.send("/people/new", page="/people", **{**NEW, **changes})
    assert answer.status_code == 200
    found = LINK.search(answer.text)
    assert found
    return found[1]


async def test_somebody_is_invited_and_chooses_a_password_once(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        path = await added(helen)
        assert "invited until" in await helen.see("/people")
        assert path not in await helen.see("/people"), "it is shown once"
    rosa = await row(core, "rosa@llevant.example")
    assert (rosa.name, rosa.password_hash, rosa.by_hand) == ("Rosa Prat", None, True)
    async with core.database.read() as session:
        assert await departments_of(session, rosa.id) == {1}
    async with cast.browser() as stranger:
        page = await stranger.http.get(path)
        assert (page.status_code, page.headers["referrer-policy"]) == (200, "no-referrer")
        assert "Rosa Prat" in page.text
        short = await stranger.send(path, page=path, new="short")
        assert short.status_code == 422
        stranger.http.headers["Sec-Fetch-Site"] = "same-origin"
        found = CSRF.search(page.text)
        form = {"new": PASSWORD, **({"csrf": found.group(1)} if found else {})}
        chosen = await stranger.http.post(path, data=form, headers={"Origin": "null"})
        assert chosen.status_code == 303, "what a browser says on a page whose policy is no-referrer"
        assert chosen.headers["location"] == "/sign-in?chosen"
        for used in (
            await stranger.http.get(path),
            await stranger.send(path, page="/sign-in", new="another long one"),
        ):
            assert used.status_code == 410
        assert (await stranger.http.get(path[:-2])).status_code == 410
        await stranger.done("/sign-in", page="/sign-in", email=NEW["email"], password=PASSWORD)
        await stranger.see("/incidents")
        await stranger.see("/people", 404)
    assert (await row(core, "rosa@llevant.example")).signed_in_at == core.clock.now()
    assert [one for one in await kinds(core) if one.startswith(("person.", "member."))] == [
        "person.added", "person.invited", "member.password_changed", "member.signed_in"
    ]  # fmt: skip


async def test_a_link_ends_by_time_by_a_newer_one_and_with_the_seat(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen, cast.browser() as stranger:
        first = await added(helen)
        rosa = await row(core, "rosa@llevant.example")
        answer = await helen.send(f"/people/{rosa.id}/invite", page="/people")
        second = LINK.findall(answer.text)[0]
        await stranger.see(first, 410)
        await stranger.see(second)
        await helen.done(f"/people/{rosa.id}/deactivate", version="1")
        await stranger.see(second, 410)
        await helen.done(f"/people/{rosa.id}/reactivate", version="2")
        third = LINK.findall((await helen.send(f"/people/{rosa.id}/invite", page="/people")).text)[0]
        clock.forward(minutes=3 * 24 * 60)
        refused = await stranger.send(third, page="/sign-in", new=PASSWORD)
        assert refused.status_code == 410
    assert (await row(core, "rosa@llevant.example")).password_hash is None


async def test_with_a_mail_server_the_link_is_in_no_page_and_no_table(core: Core, monkeypatch: Any) -> None:
    cast = await Cast.assemble(core)
    monkeypatch.setitem(core.settings.__dict__, "smtp_url", "smtp://127.0.0.1:1")
    async with cast.browser("helen") as helen:
        answer = await helen.send("/people/new", page="/people", **NEW)
        assert "goes by mail to Rosa@Llevant.example" in answer.text
        assert "/invitation/" not in answer.text
    async with core.database.read() as session:
        letter = (await session.scalars(select(Letter))).one()
    assert letter.key.startswith("invitation:")
    assert "/invitation/" not in str(letter.paper)


async def test_what_only_admins_may_nobody_else_does(core: Core) -> None:
    cast = await Cast.assemble(core)
    jon = await cast.member("jon")
    for name in ("jon", "nuria"):
        async with cast.browser(name) as browser:
            for path in ("/people", f"/people/{jon.id}", "/people/999999"):
                await browser.see(path, 404)
            sent = seat(jon, role="admin", moves="on")
            page = "/desk"
            assert (await browser.send(f"/people/{jon.id}/edit", page=page, **sent)).status_code in {403, 404}
            assert (await browser.send("/people/new", page=page, **NEW)).status_code == 404
            assert (await browser.send(f"/people/{jon.id}/invite", page=page)).status_code == 404
            for query in ("{ seats { email } }", f'{{ seat(id: "{jon.id}") {{ email }} }}'):
                assert (await asked(browser, query))["errors"][0]["extensions"]["code"] == "forbidden"
            raised = await asked(
                browser,
                'mutation($id: ID!) { editPerson(id: $id, version: 1, person: {name: "x", role: "admin"}) '
                "{ ... on Problem { code } } }",
                id=str((await cast.member(name)).id),
            )
            assert raised["data"]["editPerson"] == {"code": "forbidden"}
    async with cast.browser("helen") as helen:
        forged = await helen.http.post(f"/people/{jon.id}/deactivate", data={"version": "1", "csrf": "x"})
        assert forged.status_code == 403
    assert (await cast.member("jon")).active


async def test_nobody_changes_their_own_role_so_an_admin_is_always_left(core: Core) -> None:
    cast = await Cast.assemble(core)
    helen = await cast.member("helen")
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.id == helen.id).values(role="admin"))
        others = Member.role == "admin", Member.id != helen.id
        await session.execute(update(Member).where(*others).values(role="responder"))
    helen = await cast.member("helen")
    async with cast.browser("helen") as browser:
        here = f"/people/{helen.id}"
        assert (await browser.send(f"{here}/edit", **seat(helen, role="responder"))).status_code == 409
        assert (await browser.send(f"{here}/deactivate", version="1")).status_code == 409
        assert (await browser.send(f"{here}/invite", page="/people")).status_code == 409
        await browser.done(f"{here}/edit", **seat(helen, job="Crisis lead"))
    assert ((await cast.member("helen")).role, (await cast.member("helen")).job) == ("admin", "Crisis lead")


async def test_of_two_admins_who_demote_each_other_at_once_one_stays(core: Core) -> None:
    """The second has the page of an admin still; under the lock it turns out that they are none."""
    cast = await Cast.assemble(core)
    helen, jon = await cast.member("helen"), await cast.member("jon")
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).values(role="responder").where(Member.role == "admin"))
        both = Member.id.in_([helen.id, jon.id])
        await session.execute(update(Member).where(both).values(role="admin"))
    edit = (
        "mutation($a: ID!, $b: ID!) { "
        'one: editPerson(id: $a, version: 1, person: {name: "x", role: "observer"}) { __typename } '
        'two: editPerson(id: $b, version: 1, person: {name: "y", role: "observer"}) '
        "{ ... on Problem { code } } }"
    )
    async with cast.browser("helen") as browser:
        done = await asked(browser, edit, a=str(jon.id), b=str(helen.id))
        assert done["data"] == {"one": {"__typename": "Seat"}, "two": {"code": "conflict"}}
    async with cast.browser("jon") as browser:
        late = await asked(browser, edit, a=str(helen.id), b=str(jon.id))
        assert late["data"]["two"] == {"code": "forbidden"}
    assert (await cast.member("helen")).role == "admin"


async def test_an_agencys_person_comes_into_the_house_by_a_second_look_only(core: Core) -> None:
    cast = await Cast.assemble(core)
    nuria = await cast.member("nuria")
    here = f"/people/{nuria.id}"
    await cast.cookie("nuria")
    async with cast.browser("helen") as helen:
        assert 'name="moves"' not in await helen.see(here)
        first = await helen.send(f"{here}/edit", **seat(nuria, role="responder"))
        assert first.status_code == 422
        assert "sees all incidents" in first.text
        assert 'name="moves"' in first.text
        wrong = await helen.send(f"{here}/edit", **seat(nuria, role="partner:1", moves="on"))
        assert wrong.status_code == 422, "the house is no agency"
        assert (
            await helen.send(f"{here}/edit", **seat(nuria, role="partner", moves="on"))
        ).status_code == 422
        assert (await cast.member("nuria")).role == "partner"
        await helen.done(f"{here}/edit", **seat(nuria, role="observer", moves="on"))
    nuria = await cast.member("nuria")
    assert (nuria.role, nuria.organisation_id) == ("observer", (await cast.member("helen")).organisation_id)
    async with core.database.read() as session:
        signed_in = select(SignIn.id).where(SignIn.member_id == nuria.id)
        assert await session.scalar(signed_in) is None, "what was open as an agency's is over"


async def test_who_leaves_is_out_at_once_and_what_hangs_on_them_is_named(
    core: Core, monkeypatch: Any
) -> None:
    monkeypatch.setattr(context, "RECHECK", 10_000)
    cast = await Cast.in_crisis(core)
    jon = await cast.member("jon")
    async with core.database.unit_of_work() as session:
        from incident.incident import Incident

        await session.execute(update(Incident).values(lead_id=jon.id))
        # nobody but Jon is there: each of his shifts would be empty
        rest = Member.role.in_(("admin", "responder")) & Member.id.not_in(
            [jon.id, (await cast.member("helen")).id]
        )
        await session.execute(update(Member).where(rest).values(role="executive"))
    async with core.database.read() as session:
        schedule = (await schedules(session))[0]
        had_duty = [one.id for one in (await people_on_call(session, schedule, core.clock.now()))[0]]
    async with cast.browser("helen") as helen, cast.browser("jon") as browser, socket(cast, "jon") as live:
        await live.subscribe(TIMELINE)
        assert await heard(live, "next", 1)
        page = await helen.see(f"/people/{jon.id}")
        assert "Shifts that nobody else would have" in page
        assert '<a href="/incidents/1">' in page
        assert await helen.done(f"/people/{jon.id}/deactivate", version="1") == f"/people/{jon.id}"
        assert await heard(live, "complete", 1), "the bell said so: nobody waits for the next look"
        assert (await browser.http.get("/incidents")).status_code == 303
        assert '<a href="/incidents/1">' in await helen.see(f"/people/{jon.id}"), (
            "it is still to be handed over"
        )
        twice = await helen.send(f"/people/{jon.id}/deactivate", version="1")
        assert twice.status_code == 409
        async with core.database.read() as session:
            now_on = [one.id for one in (await people_on_call(session, schedule, core.clock.now()))[0]]
        assert jon.id not in now_on
        await helen.done(f"/people/{jon.id}/reactivate", version="2")
        async with core.database.read() as session:
            again = [one.id for one in (await people_on_call(session, schedule, core.clock.now()))[0]]
        assert again == had_duty
        assert (await browser.http.get("/incidents")).status_code == 303, "signed out he stays"


async def test_of_two_who_edit_at_once_the_second_is_told(core: Core) -> None:
    cast = await Cast.assemble(core)
    jon = await cast.member("jon")
    async with cast.browser("helen") as helen:
        await helen.done(f"/people/{jon.id}/edit", **seat(jon, job="Night desk"))
        late = await helen.send(f"/people/{jon.id}/edit", **seat(jon, role="executive", job="Day desk"))
        assert late.status_code == 409
        assert "Day desk" in late.text, "what was typed is still there"
    assert (await cast.member("jon")).role == jon.role


async def test_a_set_up_file_undoes_nothing_and_says_so(core: Core) -> None:
    cast = await Cast.assemble(core)
    jon = await cast.member("jon")
    async with cast.browser("helen") as helen:
        await helen.done(f"/people/{jon.id}/edit", **seat(jon, role="observer", job="Reader"))
    company = setup.read(COMPANY)
    for person in company["members"]:
        person.pop("password", None)
    async with core.database.unit_of_work() as session:
        left = await setup.apply(session, company, now=core.clock.now())
    said = [one for one in left if one.startswith("member")]
    assert len(said) == 1
    assert jon.email in said[0]
    assert "role" in said[0]
    assert (await cast.member("jon")).role == "observer"


async def test_who_loses_the_seat_by_a_file_loses_their_programs_with_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    jon, now = await cast.member("jon"), core.clock.now()
    text, company = "", setup.read(COMPANY)
    entry = {"email": jon.email, "name": jon.name, "role": jon.role}
    async with core.database.unit_of_work() as session:
        made = await tokens.make(session, viewer_from(jon), name="Bot", role="observer", days=9, now=now)
        text = made[1]
    for active in (False, True):
        data = {"house": company["house"], "members": [{**entry, "active": active}]}
        async with core.database.unit_of_work() as session:
            await setup.apply(session, data, now=now)
    async with core.database.read() as session:
        assert await tokens.viewer_by(session, text, now) is None, "it does not come back with the seat"


@pytest.mark.parametrize("mail", [True, False])
async def test_where_no_mail_server_is_set_up_ones_own_page_says_so(core: Core, mail: bool) -> None:
    core = replace(core, settings=replace(core.settings, smtp_url="smtp://mail.test" if mail else None))
    cast = await Cast.assemble(core)
    async with cast.browser("jon") as jon:
        page = await jon.see("/me")
        assert ("Por correo, enseguida" in page) == mail
        assert ("no hay servidor de correo configurado. Añade" in page) != mail
        who = viewer_from(await cast.member("jon"))
        async with core.database.unit_of_work() as session:
            await store.own_mail(session, who.member_id, core.clock.now())
        page = await jon.see("/me")
        assert ("no configurado aquí" in page) != mail
        assert ("da un contacto a cada nivel" in page) != mail


INNER = {"url": "http://10.0.0.7/x", "secret": "s" * 16}


@pytest.mark.parametrize("by_file", [True, False])
async def test_whose_contacts_led_inside_is_told_when_no_admin_any_more(core: Core, by_file: bool) -> None:
    cast = await Cast.assemble(core)
    jon, now = await cast.member("jon"), core.clock.now()
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.id == jon.id).values(role="admin"))
        for channel, values in (("webhook", INNER), ("sms", {"number": "+34600000001"})):
            given = {"values": values, "may_be_inside": True, "made_at": now, "verified_at": now}
            session.add(Contact(member_id=jon.id, channel=channel, **given))
        session.add(AwayCalendar(member_id=jon.id, url=INNER["url"], may_be_inside=True, due_at=now))
    async with cast.browser("jon") as browser, cast.browser("helen") as helen:
        hint = "solo funciona si lleva fuera de la red interna"
        assert hint not in await browser.see("/me")
        if by_file:
            house = setup.read(COMPANY)["house"]
            entry = {"email": jon.email, "name": jon.name, "role": "responder"}
            async with core.database.unit_of_work() as session:
                await setup.apply(session, {"house": house, "members": [entry]}, now=now)
        else:
            await helen.done(f"/people/{jon.id}/edit", **seat(await cast.member("jon"), role="responder"))
        assert (await browser.see("/me")).count(hint) == 1
    assert [one for one in await kinds(core) if "outside_only" in one] == [
        "contact.outside_only", "calendar.outside_only",
    ]  # fmt: skip
    async with core.database.read() as session:
        found = (await session.scalars(select(Letter).order_by(Letter.id))).all()
    letter, absences = (one for one in found if one.key.startswith(("contact:", "calendar:")))
    assert (absences.member_id, absences.paper["link"]) == (jon.id, "/rota/me")
    assert absences.paper["subject"] == "Puede que ya no se lea el calendario de tus ausencias"
    assert INNER["url"] not in str(absences.paper), "it is often a secret"
    assert (letter.member_id, "10.0.0.7" in str(letter.paper)) == (jon.id, True)
    assert letter.paper["subject"] == "Puede que uno de tus contactos ya no funcione"


async def test_an_address_is_given_once_and_a_seat_that_cannot_be_is_refused(core: Core) -> None:
    cast = await Cast.assemble(core)
    wrong = [
        ({"email": "JON@llevant.example"}, 409), ({"email": "nobody"}, 422), ({"name": " "}, 422),
        ({"role": "root"}, 422), ({"role": "partner"}, 422), ({"role": "partner:x"}, 422),
        ({"role": "partner:999"}, 422), ({"role": "admin:2"}, 422), ({"language": "de"}, 422),
        ({"timeZone": "Europe/Nowhere"}, 422),
    ]  # fmt: skip
    async with cast.browser("helen") as helen:
        for changes, status in wrong:
            answer = await helen.send("/people/new", page="/people", **{**NEW, **changes})
            assert answer.status_code == status, changes
            assert "Rosa" in answer.text or "name" in changes
    async with core.database.read() as session:
        assert (await session.scalars(select(Invitation))).all() == []
