"""Admins set up the tools that send alerts: secrets are told once, and a sample says what it would become."""

from __future__ import annotations

import json
from html import unescape

import pytest
from sqlalchemy import select

from alerts.incoming.source import AlertSource
from kit.core import Core
from tests.web.cast import Cast

SAMPLE = {
    "events": [
        {"what": "Checkout is down", "prio": "SEV1", "site": "almadia", "id": 7},
        {"what": "Disk is full", "prio": "SEV3", "site": "nobody", "id": 8},
        {"prio": "SEV1", "site": "almadia", "id": 9},
    ]
}
MAPPED = {
    "name": "pager", "format": "generic", "brand": "", "severities": "sev1 = red\nSEV3=inform",
    "map.items": "events", "map.title": "what", "map.severity": "prio", "map.brand": "site", "map.key": "id",
}  # fmt: skip


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await Cast.assemble(core)


async def the_source(core: Core, name: str = "pager") -> AlertSource:
    async with core.database.read() as session:
        return (await session.scalars(select(AlertSource).where(AlertSource.name == name))).one()


async def test_its_secrets_are_told_once_and_a_new_address_ends_the_old_one(core: Core, cast: Cast) -> None:
    async with cast.browser("helen") as admin:
        made = await admin.send("/alert-sources/new", page="/alert-sources/new", **MAPPED)
        row = await the_source(core)
        assert made.status_code == 200
        assert made.headers["cache-control"] == "no-store"
        assert str(row.secret) in made.text
        address = f"{core.settings.public_url}/alerts/pager"
        assert f"<code>{address}/{row.path_token}</code>" in made.text
        assert f"<code>{address}</code>" in await admin.see(f"/alert-sources/{row.id}"), (
            "where it is sent to is no secret"
        )
        assert row.severities == {"sev1": "red", "sev3": "inform"}
        for page in ("/alert-sources", f"/alert-sources/{row.id}"):
            seen = await admin.see(page)
            assert "pager" in seen
            assert str(row.secret) not in seen
            assert str(row.path_token) not in seen
        told = await admin.send(f"/alert-sources/{row.id}/rotate", page=f"/alert-sources/{row.id}")
        again = await the_source(core)
        assert str(again.path_token) in told.text
        old = await admin.http.post(f"/alerts/pager/{row.path_token}", content=json.dumps(SAMPLE))
        new = await admin.http.post(f"/alerts/pager/{again.path_token}", content=json.dumps(SAMPLE))
    assert (old.status_code, new.status_code) == (404, 202)
    assert [(one["index"], one["field"]) for one in new.json()["rejected"]] == [(1, "brand"), (2, "title")]


async def test_a_sample_says_what_it_would_become_and_stores_nothing(core: Core, cast: Cast) -> None:
    form = {**MAPPED, "sample": json.dumps(SAMPLE)}
    async with cast.browser("helen") as admin:
        tried = await admin.send("/alert-sources/new/try", page="/alert-sources/new", **form)
        seen = unescape(tried.text)
        for words in (
            "Checkout is down",
            "Almadía",
            "wakes nobody",
            "of no brand of ours",
            "must have a title",
        ):
            assert words in seen
        assert 'value="events"' in seen, "what was typed is still there"
        for broken in ({"sample": "{"}, {"map.title": ""}, {"severities": "sev1"}, {"map.key": "$["}):
            tried = await admin.send(
                "/alert-sources/new/try", page="/alert-sources/new", **{**form, **broken}
            )
            assert tried.status_code == 200
            assert "Checkout is down</strong>" not in tried.text
    async with core.database.read() as session:
        assert (await session.scalars(select(AlertSource))).all() == []


async def test_it_is_changed_and_switched_off_without_new_secrets(core: Core, cast: Cast) -> None:
    async with cast.browser("helen") as admin:
        await admin.send("/alert-sources/new", page="/alert-sources/new", **MAPPED)
        row = await the_source(core)
        page = f"/alert-sources/{row.id}"
        await admin.done(f"{page}/edit", page=page, **{**MAPPED, "format": "own", "brand": "1"})
        await admin.done(f"{page}/switch", page=page)
        changed = await the_source(core)
        assert (changed.format, changed.brand_id, changed.enabled) == ("own", 1, False)
        assert changed.secret == row.secret
        answer = await admin.http.post(f"/alerts/pager/{row.path_token}", content=b"{}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"name": "Not a name"}, "small letters"),
        ({"severities": "sev1 = purple"}, "is none of inform, amber, red"),
        ({"severities": "sev1"}, "their word = ours"),
        ({"format": "xml"}, "The format is one of"),
        ({"map.title": ""}, "where the title stands"),
        ({"brand": "999"}, "no such brand"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_was_typed(
    cast: Cast, wrong: dict[str, str], reason: str
) -> None:
    async with cast.browser("helen") as admin:
        answer = await admin.send("/alert-sources/new", page="/alert-sources/new", **{**MAPPED, **wrong})
    assert answer.status_code in {404, 422}
    assert reason in unescape(answer.text)
    assert 'value="events"' in answer.text


async def test_only_admins_see_it(cast: Cast) -> None:
    async with cast.browser("jon") as other:
        assert (await other.http.get("/alert-sources")).status_code == 403
        assert (await other.http.get("/alert-sources/new")).status_code == 403
        refused = await other.send("/alert-sources/new", page="/policies", **MAPPED)
        assert refused.status_code == 403
