"""Agencies by page: an admin adds them, records NDAs, ends it; the others see their own, or nothing."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from kit.core import Core
from mentions.monitor import Monitor
from people.organisations import Organisation
from runbooks.run import Step
from tests.clock import MovableClock
from tests.web.cast import CSRF, Browser, Cast

MAR = {"name": "Mar i  Cel", "everyBrand": "on", "declaredClients": "Hotels Migjorn\n\nHOTELS MIGJORN\nBrisa"}
FORBIDDEN = {"code": "forbidden"}


async def row(core: Core, name: str) -> Organisation:
    async with core.database.read() as session:
        return (await session.scalars(select(Organisation).where(Organisation.name == name))).one()


async def file(browser: Browser, path: str, content: bytes, **fields: str) -> httpx.Response:
    """Send the form of an agreement with a document."""
    found = CSRF.search((await browser.http.get("/partners")).text)
    data = {"csrf": found.group(1) if found else "", **fields}
    sent = {"document": ("nda.pdf", content, "application/pdf")}
    return await browser.http.post(path, data=data, files=sent, headers={"Origin": "http://tocsin.test"})


async def test_an_admin_adds_an_agency_and_records_its_document_by_its_hash(core: Core) -> None:
    cast, today = await Cast.assemble(core), core.clock.now().date()
    async with core.database.unit_of_work() as session:
        brisa = update(Monitor).values(type="competitor", query='brisa OR "hotels migjorn"')
        await session.execute(brisa.where(Monitor.id == 1))
    async with cast.browser("helen") as helen:
        here = await helen.done("/partners/new", page="/partners", **MAR)
        mar = await row(core, "Mar i Cel")
        assert here == f"/partners/{mar.id}"
        assert mar.declared_clients == ["Hotels Migjorn", "Brisa"]
        page = await helen.see(here)
        assert "No NDA is recorded" in page
        assert "Hotels Migjorn, a client of theirs, is a competitor" in page
        async with core.database.unit_of_work() as session:
            await session.execute(update(Monitor).values(enabled=False).where(Monitor.id == 1))
            over = update(Organisation).where(Organisation.id == mar.id)
            await session.execute(over.values(nda_signed_on=today, nda_expires_on=today - timedelta(days=1)))
        page = await helen.see(here)
        assert "is a competitor" not in page, "nobody listens for it any more"
        assert ("0 people" in page, "Nobody of it has a seat" in page) == (False, True)
        twice = await helen.send("/partners/new", page="/partners", **{**MAR, "name": "mar i cel"})
        assert (twice.status_code, "already" in twice.text) == (409, True)
        until = today + timedelta(days=30)
        form = {"version": "1", "signedOn": str(today), "expiresOn": str(until)}
        document = b"signed by both" * 200_000
        assert (await file(helen, f"{here}/nda", document, **form)).status_code == 303
        again = await file(helen, f"{here}/nda", document, **form)
        assert again.status_code == 409, "the same form twice"
        mar = await row(core, "Mar i Cel")
        assert (mar.nda_document_sha256, mar.version) == (sha256(document).hexdigest(), 2)
        assert mar.nda_expires_on == until


@pytest.mark.parametrize(
    ("changes", "content", "status", "words"),
    [
        ({"expiresOn": "2026-01-11"}, b"x", 422, "before it is signed"),
        ({"signedOn": ""}, b"x", 422, "on which day"),
        ({"signedOn": "soon"}, b"x", 422, "cannot be read"),
        ({"signedOn": "0001-01-01"}, b"x", 422, "on which day"),
        ({}, b"", 422, "is empty"),
        ({"documentSha256": "5f2c"}, None, 422, "64 signs"),
        ({"version": "x"}, b"x", 422, "whole number"),
        ({}, b"x" * 20_100_000, 413, "larger"),
    ],
)
async def test_what_is_no_agreement_changes_nothing(
    core: Core, changes: dict[str, str], content: bytes | None, status: int, words: str
) -> None:
    cast, gavina = await Cast.assemble(core), await row(core, "Estudi Gavina")
    path, fields = f"/partners/{gavina.id}/nda", {"version": "1", "signedOn": "2026-01-12", **changes}
    async with cast.browser("helen") as helen:
        if content is None:
            answer = await helen.send(path, page="/partners", **fields)
        else:
            answer = await file(helen, path, content, **fields)
    assert answer.status_code == status
    assert words in answer.text
    assert (await row(core, "Estudi Gavina")).version == 1


ASKED = {
    "{ partnerships { name } }": "house",
    '{ partnership(id: "%d") { name } }': "house",
    'mutation { addPartner(name: "x", partner: {}) { ... on Problem { code } } }': "admin",
    'mutation { editPartner(id: "%d", version: 1, partner: {}) { ... on Problem { code } } }': "admin",
    'mutation { recordNda(id: "%d", version: 1, nda: {signedOn: "2026-01-01"}) '
    "{ ... on Problem { code } } }": "admin",
    'mutation { recordPersonNda(id: "%d", version: 1, nda: {signedOn: "2026-01-01"}) '
    "{ ... on Problem { code } } }": "admin",
    'mutation { resumePartnership(id: "%d", version: 1) { ... on Problem { code } } }': "admin",
    'mutation { endPartnership(id: "%d", version: 1) { ... on Problem { code } } }': "admin",
}


@pytest.mark.parametrize("name", ["jon", "andreu", "olga", "nuria"])
async def test_nobody_but_an_admin_may(core: Core, name: str) -> None:
    cast, gavina = await Cast.assemble(core), await row(core, "Estudi Gavina")
    async with cast.browser(name) as browser:
        for path in ("/partners", f"/partners/{gavina.id}"):
            await browser.see(path, 404)
        for path in ("/partners/new", *(f"/partners/{gavina.id}/{one}" for one in ("edit", "end", "nda"))):
            sent = await browser.send(path, page="/desk", version="1", signedOn="2026-01-01", name="x")
            assert sent.status_code in {403, 404}, path
        for query in ASKED:
            body = {"query": query.replace("%d", str(gavina.id))}
            answer = (await browser.http.post("/graphql", json=body, headers={"X-Tocsin-CSRF": "1"})).json()
            if "errors" in answer:
                assert answer["errors"][0]["extensions"] == FORBIDDEN, query
            else:
                assert [*answer["data"].values()] == [FORBIDDEN], query
    async with core.database.read() as session:
        assert len((await session.scalars(select(Organisation))).all()) == 2
    assert (await row(core, "Estudi Gavina")).version == 1


async def test_its_own_people_see_what_is_recorded_of_them_and_of_nobody_else(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        await helen.done("/partners/new", page="/partners", **MAR)
    query: dict[str, Any] = {"query": "{ myPartnership { name declaredClients conflicts { client } } }"}
    async with cast.browser("nuria") as nuria, cast.browser("olga") as olga:
        page = await nuria.see("/me")
        mine = (await nuria.http.post("/graphql", json=query, headers={"X-Tocsin-CSRF": "1"})).json()
        house = (await olga.http.post("/graphql", json=query, headers={"X-Tocsin-CSRF": "1"})).json()
    assert "Estudi Gavina" in page
    assert "5f2c1b8e" in page
    assert "Hotels Migjorn" in page
    assert "Mar i Cel" not in page
    assert mine["data"]["myPartnership"]["name"] == "Estudi Gavina"
    assert house["data"] == {"myPartnership": None}


async def test_a_partnership_that_ends_leaves_its_steps_for_others(core: Core, clock: MovableClock) -> None:
    cast = await Cast.in_crisis(core)
    gavina = await row(core, "Estudi Gavina")
    here = f"/partners/{gavina.id}"
    async with core.database.read() as session:
        theirs = select(Step).where(Step.owner_organisation_id == gavina.id).order_by(Step.id)
        step = (await session.scalars(theirs)).first()
    assert step is not None
    async with cast.browser("helen") as helen, cast.browser("nuria") as nuria:
        await nuria.see(f"/steps/{step.id}")
        assert f"/steps/{step.id}" in await helen.see(here)
        await helen.done(f"{here}/end", page=here, version="1")
        page = await helen.see(here)
        assert "The partnership ended on" in page
        assert "Covered by" not in page
        assert "Nobody of it can see to them now" in page
        for shown in (await helen.see("/people"), await helen.see(f"/incidents/{step.incident_id}")):
            assert ("partnership ended" in shown, "NDA not valid" in shown) == (True, False)
        assert (await nuria.http.get(f"/steps/{step.id}")).status_code in {303, 401}
        refused = await helen.send(f"/steps/{step.id}/reassign", page=here, owner=f"organisation:{gavina.id}")
        assert refused.status_code == 422
        theirs_now = {"role": f"partner:{gavina.id}", "name": "Olga", "version": "1", "moves": "on"}
        olga = f"/people/{(await cast.member('olga')).id}"
        moved = await helen.send(f"{olga}/edit", page=olga, **theirs_now)
        assert (moved.status_code, "has ended" in moved.text) == (409, True)
        await helen.done(f"{here}/resume", page=here, version="2")
        gone = await nuria.http.get(f"/steps/{step.id}")
        assert gone.status_code in {303, 401}, "to go on is no sign-in"
    async with cast.browser("nuria") as nuria:
        await nuria.see(f"/steps/{step.id}")
        async with cast.browser("helen") as helen:
            offered = f'value="organisation:{gavina.id}"'
            pages = (f"/steps/{step.id}", f"/incidents/{step.incident_id}")
            assert all([offered in await helen.see(one) for one in pages])
            await helen.done(f"{here}/edit", page=here, version="3", **{"brand-2": "on"})
            assert not any([offered in await helen.see(one) for one in pages])
            assert (await row(core, "Estudi Gavina")).brand_ids == [2]
            page = await helen.see(here)
            assert (">has access<" in page, "Nobody of it can see to them now" in page) == (True, True)
        await nuria.see(f"/steps/{step.id}", 404)
        assert step.title not in await nuria.see("/desk")
        asked = {
            "query": f'{{ step(id: "{step.id}") {{ id }} incident(number: "1") {{ id }} desk {{ id }} }}'
        }
        answer = await nuria.http.post("/graphql", json=asked, headers={"X-Tocsin-CSRF": "1"})
        assert answer.json()["data"] == {"step": None, "incident": None, "desk": []}
        for act in ("complete", "statement", "submit", "ask"):
            sent = await nuria.send(f"/steps/{step.id}/{act}", page="/desk", text="x", version="1")
            assert sent.status_code == 404, act


async def test_whose_own_nda_is_missing_has_no_access(core: Core) -> None:
    cast, gavina = await Cast.assemble(core), await row(core, "Estudi Gavina")
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Organisation).where(Organisation.id == gavina.id).values(each_signs=True)
        )
    async with cast.browser("helen") as helen:
        assert ">no access<" in await helen.see("/partners")
        adding = f"/people?agency={gavina.id}"
        assert f'href="{adding}#new"' in await helen.see(f"/partners/{gavina.id}")
        assert f'value="partner:{gavina.id}" selected' in await helen.see(adding)
        assert "NDA not valid" in await helen.see("/people")
        today = core.clock.now().date()
        nuria = await cast.member("nuria")
        path, form = f"/partners/{gavina.id}/people/{nuria.id}/nda", {"version": "1", "signedOn": str(today)}
        await helen.done(path, page=f"/partners/{gavina.id}", **form)
        assert ">no access<" not in await helen.see("/partners")
        assert "NDA not valid" not in await helen.see("/people")


async def test_a_form_without_a_document_may_not_be_as_large_as_one(core: Core) -> None:
    cast, gavina = await Cast.assemble(core), await row(core, "Estudi Gavina")
    async with cast.browser("helen") as helen:
        sent = await file(helen, f"/partners/{gavina.id}/edit", b"x" * 300_000)
        assert sent.status_code == 413
