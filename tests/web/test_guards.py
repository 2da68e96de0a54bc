"""Headers on every answer, requests from elsewhere, bodies that are too large."""

from __future__ import annotations

import httpx
import pytest

from kit.core import Core
from tests.web.cast import Cast
from web.crossing import WORDS

HERE, EVIL = "http://tocsin.test", "https://evil.example"
QUERY = {"query": "mutation { signOut }"}


async def test_security_headers_everywhere(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        for path in ("/sign-in", "/nowhere", "/healthz", "/static/icon.svg", "/ack/x", "/incidents"):
            headers = (await browser.http.get(path)).headers
            policy = headers["content-security-policy"]
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] in {"same-origin", "no-referrer"}


async def test_no_page_needs_an_inline_script_or_style(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        for path in ("/", "/incidents/1", "/alerts/1", "/steps/1", "/runbooks", "/rota", "/sources"):
            page = await helen.see(path)
            assert page.count("<script") == 1
            assert " style=" not in page
            assert "<style" not in page
            assert " onclick" not in page


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Origin": HERE}, True),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, True),
        ({"X-Tocsin-CSRF": "1"}, True),
        ({}, False),
        ({"Origin": EVIL}, False),
        ({"Origin": "null"}, False),
        ({"Origin": EVIL, "X-Tocsin-CSRF": "1"}, False),
        ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-site"}, False),
    ],
)
async def test_graphql_from_elsewhere(core: Core, headers: dict[str, str], passes: bool) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        answer = await helen.http.post("/graphql", json=QUERY, headers=headers)
        assert answer.status_code == (200 if passes else 403)
        if not passes:
            assert answer.json() == {"code": "forbidden", "message": WORDS, "field": None}
        await helen.see("/incidents", 303 if passes else 200)  # the mutation signed out, or did not


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
async def test_forms_from_elsewhere(core: Core, headers: dict[str, str]) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        answer = await helen.http.post("/sign-out", headers=headers)
        assert answer.status_code == 403
        assert WORDS in answer.text
        await helen.see("/incidents")


async def test_a_websocket_from_elsewhere_is_refused(core: Core) -> None:
    cast = await Cast.assemble(core)
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/graphql",
        "headers": [(b"host", b"tocsin.test"), (b"origin", EVIL.encode())],
        "subprotocols": ["graphql-transport-ws"],
    }
    await cast.app(scope, receive, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 4403, "reason": "cross-site"}]


@pytest.mark.parametrize(("path", "size"), [("/ingest/demo", 5_000_001), ("/sign-in", 256_001)])
async def test_too_large_a_body(core: Core, path: str, size: int) -> None:
    cast = await Cast.assemble(core)

    async def unsized() -> object:
        for _ in range(0, size, 100_000):
            yield b"x" * 100_000

    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": HERE}
    async with cast.browser() as browser:
        for content in (b"x" * size, unsized()):
            answer = await browser.http.post(path, content=content, headers=kind)  # type: ignore[arg-type]
            assert answer.status_code == 413


async def test_a_bug_is_told_without_its_insides(core: Core) -> None:
    cast = await Cast.assemble(core)

    async def broken(_: object) -> None:
        raise RuntimeError("the password is hunter2")

    cast.app.add_route("/broken", broken)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(cast.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
        answer = await http.get("/broken")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_https_makes_the_cookie_secure(core: Core) -> None:
    from dataclasses import replace

    secure = replace(core, settings=replace(core.settings, public_url="https://tocsin.test"))
    cast = await Cast.assemble(secure)
    async with cast.browser() as browser:
        answer = await browser.http.post(
            "/sign-in",
            data={"email": "helen@llevant.example", "password": "llevant-demo"},
            headers={"Origin": "https://tocsin.test"},
        )
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers
