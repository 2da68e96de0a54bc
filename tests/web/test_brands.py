"""Brands by page: an admin adds one and calls it otherwise; the set-up file leaves it so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from kit.core import Core
from kit.events import Event
from people.organisations import Brand
from tests.web.cast import Cast

HERE = {"X-Tocsin-CSRF": "1"}


async def names(core: Core) -> dict[str, str]:
    async with core.database.read() as session:
        return dict((await session.execute(select(Brand.slug, Brand.name))).all())


async def test_an_admin_adds_a_brand_and_renames_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        zone = {"page": "/monitors", "timeZone": "Europe/Madrid"}
        first = await helen.done("/brands/new", name=" Mar   Blau ", **zone)
        assert re.search(r"selected>Mar Blau", await helen.see(first)), "its first monitor comes next"
        await helen.done("/brands/new", name="東京", page="/monitors", timeZone="Asia/Tokyo")
        await helen.done("/brands/new", name="Mar-Blau!", **zone)
        made = await names(core)
        assert (made["mar-blau"], made["brand"], made["mar-blau-2"]) == ("Mar Blau", "東京", "Mar-Blau!")
        assert f'<a href="{first}">' in await helen.see("/monitors"), "nothing is listened for yet"
        async with core.database.read() as session:
            key = await session.scalar(select(Brand.id).where(Brand.slug == "mar-blau"))
            zones = await session.scalars(select(Brand.time_zone).where(Brand.by_hand).order_by(Brand.id))
            assert zones.all() == ["Europe/Madrid", "Asia/Tokyo", "Europe/Madrid"]
        here = f"/brands/{key}/rename"
        await helen.done(here, page="/monitors", version="1", name="mar blau")
        stale = await helen.send(here, page="/monitors", version="1", name="Mar Verd")
        assert (stale.status_code, (await names(core))["mar-blau"]) == (409, "mar blau")
        unknown = await helen.send("/brands/99/rename", page="/monitors", version="1", name="x")
        assert unknown.status_code == 404
    async with core.database.read() as session:
        told = select(Event).where(Event.kind.startswith("brand.")).order_by(Event.seq)
        events = (await session.scalars(told)).all()
    assert [(one.kind, one.data.get("before")) for one in events] == [
        *[("brand.added", None)] * 3, ("brand.renamed", "Mar Blau"),
    ]  # fmt: skip


async def test_the_form_begins_with_the_time_zone_that_most_brands_have(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Brand).values(time_zone="Atlantic/Canary"))
    async with cast.browser("helen") as helen:
        assert 'name="timeZone" required maxlength="60" spellcheck="false" value="Atlantic/Canary"' in (
            await helen.see("/monitors")
        )
        wrong = await helen.send("/brands/new", page="/monitors", name="Mar", timeZone="Mars/Base")
        assert (wrong.status_code, "is no time zone" in wrong.text) == (422, True)
        query = {"query": 'mutation { addBrand(name: "Sol") { ... on Problem { code } } }'}
        await helen.http.post("/graphql", json=query, headers=HERE)
    async with core.database.read() as session:
        assert await session.scalar(select(Brand.time_zone).where(Brand.name == "Sol")) == "Atlantic/Canary"


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("", 422, "at most 100"),
        (" ", 422, "at most 100"),
        ("x" * 101, 422, "at most 100"),
        ("a\u202eb", 422, "at most 100"),
        ("aLMADIA ferries", 409, "already"),
    ],
)
async def test_what_is_no_name_of_a_brand_changes_nothing(
    core: Core, name: str, status: int, words: str
) -> None:
    cast = await Cast.assemble(core)
    before = await names(core)
    taken = before["almadia"].swapcase() if status == 409 else name
    async with cast.browser("helen") as helen:
        for path in ("/brands/new", "/brands/2/rename"):
            answer = await helen.send(path, page="/monitors", version="1", name=taken)
            assert (answer.status_code, words in answer.text) == (status, True), path
    assert await names(core) == before


@pytest.mark.parametrize("who", ["jon", "andreu", "olga", "nuria"])
async def test_nobody_but_an_admin_may(core: Core, who: str) -> None:
    cast = await Cast.assemble(core)
    before = await names(core)
    async with cast.browser(who) as browser:
        if who != "nuria":
            assert "/brands/new" not in await browser.see("/monitors")
        sent = await browser.send("/brands/new", page="/desk", name="x")
        assert sent.status_code in {403, 404}
        for asked in ('addBrand(name: "x")', 'renameBrand(id: "1", version: 1, name: "x")'):
            query = {"query": f"mutation {{ {asked} {{ ... on Problem {{ code }} }} }}"}
            answer = (await browser.http.post("/graphql", json=query, headers=HERE)).json()
            assert [*answer["data"].values()] == [{"code": "forbidden"}], asked
    assert await names(core) == before
