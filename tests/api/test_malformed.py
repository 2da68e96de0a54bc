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


@pytest.mark.parametrize(
    ("query", "value"),
    [  # a character, a label, a date
        ("mutation($v: String!) { eraseAuthor(author: $v) { __typename ... on Problem { code } } }", "a\0b"),
        ('query($v: String) { mentions(brandId: "1", label: $v) { id } }', "a\0b"),
        ('query($v: DateTime) { mentions(brandId: "1", before: $v) { id } }', "9999-12-31T23:59:59-12:00"),
    ],
    ids=["mutation", "text", "date"],
)
async def test_what_the_database_cannot_hold_is_the_askers_mistake(
    core: Core, capsys: pytest.CaptureFixture[str], query: str, value: str
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as browser:
        content = json.dumps({"query": query, "variables": {"v": value}})
        answer = (await browser.http.post("/graphql", content=content, headers=PROGRAM)).json()
    assert "invalid" in json.dumps(answer), answer
    assert "Traceback" not in capsys.readouterr().err


async def test_what_was_left_out_and_half_a_sign_are_no_bugs(core: Core) -> None:
    cast = await Cast.assemble(core)
    notable = "mutation { setNotable(brandId: 1, names: []) { __typename } }"
    sample = """query($sample: String!) { tryAlertSource(
        input: {name: "x", format: "own", fieldMap: [], severities: []}, sample: $sample) { __typename } }"""
    async with cast.browser("helen") as helen:
        for query in (notable, sample):
            body = json.dumps({"query": query, "variables": {"sample": '{"title": "\ud800", "key": "k"}'}})
            answer = await helen.http.post("/graphql", content=body, headers=PROGRAM)
            assert "errors" not in answer.json(), answer.text
