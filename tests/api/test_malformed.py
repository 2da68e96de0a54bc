"""What is no proper question: a clear refusal, and nothing of it in the log."""

from __future__ import annotations

import json

import pytest

from kit.core import Core
from tests.web.cast import Cast

PROGRAM = {"X-Tocsin-CSRF": "1", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"5",
        b'"{ me { id } }"',
        b"[" * 100_000,
        b'{"query": "\xff"}',
        b'{"query": "{ me { id } }", "variables": {"a": ' + b"1" * 5000 + b"}}",
        b'{"query": 5}',
        b'{"query": "{ me { id } }", "variables": [1]}',
        b'{"query": "{ me { id } }", "operationName": [5]}',
    ],
    ids=lambda body: body[:30].decode("ascii", "replace"),
)
async def test_a_malformed_body_is_refused(core: Core, body: bytes) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        answer = await browser.http.post("/graphql", content=body, headers=PROGRAM)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ('mutation { signIn(email: "a@b", password: "hunter2") { nothing } }', {}),
        ("mutation($p: String!) { signIn(email: 5, password: $p) { __typename } }", {"p": ["hunter2"]}),
        ('mutation { signIn(email: "a@b", password: "hunter2") { ', {}),
    ],
)
async def test_a_faulty_document_does_not_reach_the_log(
    core: Core,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    query: str,
    variables: dict[str, object],
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        content = json.dumps({"query": query, "variables": variables})
        answer = await browser.http.post("/graphql", content=content, headers=PROGRAM)
    assert answer.json()["errors"]
    assert "hunter2" not in caplog.text + capsys.readouterr().err
