"""Liveness, readiness, metrics, and batches of mentions from outside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from kit.core import Core, open_core
from kit.signing import body_signature
from migrations.new import VERSIONS
from tests.web.cast import Cast
from web import built
from web.app import create_app

SECRET = "demo-secret-of-the-listening-suite"


async def test_alive_and_ready(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        assert (await browser.http.get("/healthz")).text == "ok\n"
        ready = await browser.http.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})


async def test_an_older_schema_is_not_ready(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser, version(core, "0000"):
        ready = await browser.http.get("/readyz")
    assert ready.status_code == 503
    newest = max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
    assert ready.json()["reasons"] == [f"database: schema is at 0000, this code needs {newest}"]


@asynccontextmanager
async def version(core: Core, number: str) -> AsyncIterator[None]:
    """The database says for a while that it is at another revision."""
    put = text("UPDATE alembic_version SET version_num = :n")
    async with core.database.engine.begin() as connection:
        own = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        await connection.execute(put, {"n": number})
    try:
        yield
    finally:
        async with core.database.engine.begin() as connection:
            await connection.execute(put, {"n": own})


async def test_without_servers_it_lives_but_is_not_ready(core: Core) -> None:
    away = replace(
        core.settings, database_url="postgresql://nobody@127.0.0.1:1/x", redis_url="redis://127.0.0.1:1"
    )
    async with open_core(away, clock=core.clock) as lonely:
        cast = Cast(lonely)
        async with cast.browser() as browser:
            assert (await browser.http.get("/healthz")).status_code == 200
            ready = await browser.http.get("/readyz")
    assert ready.status_code == 503
    assert [reason.split(":")[0] for reason in ready.json()["reasons"]] == ["database", "broker"]


async def test_metrics_count_what_matters(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    await cast.page_link(alert)
    async with cast.browser() as browser:
        await browser.http.get("/nowhere/at/all")
        await browser.http.get("/ack/x")
        await post(browser.http, cast, [{"id": "1", "text": "almadia"}])
        cast.core.clock.forward(seconds=60)  # type: ignore[attr-defined]
        lines = (await browser.http.get("/metrics")).text.splitlines()
    assert 'tocsin_pages{state="sent"} 1.0' in lines
    assert "tocsin_incidents_open 1.0" in lines
    assert "tocsin_pages_overdue 0.0" in lines
    assert 'tocsin_http_requests_total{method="GET",route="/ack/{token}",status="404"} 1.0' in lines
    assert 'tocsin_http_requests_total{method="GET",route="unknown",status="404"} 1.0' in lines
    assert any(line.startswith("tocsin_oldest_unprocessed_mention_seconds") for line in lines)


async def test_no_visitor_makes_new_series(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        for number in range(5):
            await browser.http.request(f"INVENTED{number}", "/sign-in", headers={"Sec-Fetch-Site": "none"})
        lines = (await browser.http.get("/metrics")).text
    assert "INVENTED" not in lines
    assert 'method="other"' in lines


async def post(http: object, cast: Cast, mentions: object, **headers: str) -> object:
    """A batch as the listening suite sends it."""
    body = json.dumps({"mentions": mentions}).encode()
    stamp = int(cast.core.clock.now().timestamp())
    signed = {"X-Tocsin-Timestamp": str(stamp), "X-Tocsin-Signature": body_signature(SECRET, stamp, body)}
    return await http.post("/ingest/demo", content=body, headers={**signed, **headers})  # type: ignore[attr-defined]


async def test_a_batch_keeps_the_good_and_names_the_bad(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        answer = await post(browser.http, cast, [{"id": "1", "text": "almadia"}, {"id": "2", "text": ""}])
    assert answer.status_code == 202  # type: ignore[attr-defined]
    taken = answer.json()  # type: ignore[attr-defined]
    assert taken["accepted"] == 1
    assert [(one["index"], one["field"]) for one in taken["rejected"]] == [(1, "text")]


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/ingest/demo", {}, 401, "signed_out"),
        ("/ingest/demo", {"X-Tocsin-Timestamp": "1", "X-Tocsin-Signature": "sha256=0"}, 401, "signed_out"),
        ("/ingest/nobody", {}, 404, "not_found"),
    ],
)
async def test_batches_that_are_refused(
    core: Core, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        answer = await browser.http.post(path, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_ingest_is_not_looked_at(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        answer = await browser.http.get("/ingest/demo")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_files_with_a_version_are_kept_for_ever(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        script = await browser.http.get(built.built().script)
        plain = await browser.http.get("/static/icon.svg")
        outside = await browser.http.get("/static/../app.py")
    assert "immutable" in script.headers["cache-control"]
    assert plain.headers["cache-control"] == "no-cache"
    assert outside.status_code == 404


async def test_without_assets_it_does_not_start(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "STAMP", tmp_path / "stamp")
    with pytest.raises(built.AssetsMissing, match=r"python -m web\.build"):
        create_app(core)
