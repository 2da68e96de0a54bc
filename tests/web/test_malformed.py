"""Addresses and forms that no page of ours makes: a clear refusal, never a bug."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from starlette.requests import Request

from kit.core import Core
from kit.errors import Invalid
from tests.web.cast import Cast
from web.actions import ACTIONS
from web.forms import Action
from web.routes import PAGES
from web.visit import Visit

HERE = {"Origin": "http://tocsin.test"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/incidents/abc", 422),
        ("/incidents/" + "9" * 30, 422),
        ("/incidents/999999999999999999", 404),
        ("/incidents/%00", 422),
        ("/steps/%00", 422),
        ("/steps/%FF", 422),
        ("/runbooks/%00", 404),
        ("/runbooks/%FF", 404),
        ("/ack/%00", 404),
        ("/ack/%FF", 404),
    ],
)
async def test_addresses(core: Core, path: str, status: int) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        await helen.see(path, status)


async def test_a_source_that_no_database_could_hold(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        assert (await browser.http.post("/ingest/%00", content=b"[]")).status_code == 404


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/incidents", "/steps/1/complete"])
@pytest.mark.parametrize("charset", ["undefined", "unicode_escape", "idna", "nonsense"])
async def test_forms_in_odd_encodings(core: Core, path: str, charset: str) -> None:
    cast = await Cast.assemble(core)
    body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\\ud800\r\n--x--\r\n'
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    async with cast.browser("helen") as helen:
        answer = await helen.http.post(path, content=body, headers=HERE | kind)
    assert answer.status_code in {401, 403, 422}


@pytest.mark.parametrize(
    "query",
    [
        '{ incidents(state: "\\u0000") { id } }',
        '{ runbook(slug: "\\u0000") { id } }',
        '{ mentions(brandId: "1", sentiment: "\\u0000") { id } }',
        '{ acknowledgeLink(token: "\\u0000") { state } }',
        "{ incidents(limit: -2147483648) { id } }",
        '{ alerts(limit: -1) { id } mentions(brandId: "1", limit: -1) { id } }',
        "{ brands { signal(minutes: 2147483647) { volume } } }",
        '{ incident(number: "1") { timeline(after: -1, limit: -1) { seq } } }',
        'mutation { proposeChange(lessonId: "1", runbook: "\\u0000", stepKey: "\\u0000", changes: {})'
        " { __typename } }",
    ],
)
async def test_arguments_out_of_all_bounds(core: Core, query: str) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        answer = await helen.http.post("/graphql", json={"query": query}, headers=HERE)
    assert "Something went wrong" not in answer.text


DIGITS = "9" * 5000
"""More than `int` takes."""


class Whatever(dict[str, str]):
    """Query or form in which every field holds such digits."""

    def get(self, key: str, default: object = None) -> str:
        return DIGITS

    def __getitem__(self, key: str) -> str:
        return DIGITS

    def __contains__(self, key: object) -> bool:
        return True


FIELDS = ("number-score", "after-1", "red-1", "setting.url", "column.text", "value-number", "member-1")


async def test_numbers_of_thousands_of_digits_in_the_address_of_every_page(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await Cast.assemble(core)
    monkeypatch.setattr(Request, "query_params", Whatever(dict.fromkeys(FIELDS, DIGITS)))
    statuses = {}
    async with cast.browser("helen") as helen:
        for path, _show, _audience in PAGES:
            address = re.sub(r"\{[^}]*\}", DIGITS, path)
            statuses[path] = (await helen.http.get(address)).status_code  # which raises what is a bug
    refusals = {404, 410, 422}
    assert {path: status for path, status in statuses.items() if status not in {200, 303} | refusals} == {}
    assert statuses["/privacy"] == 200


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.path)
def test_numbers_of_thousands_of_digits_in_every_field_of_a_form(action: Action) -> None:
    scope = {"type": "http", "path_params": Whatever(), "query_string": b"", "headers": []}
    visit = Visit(Request(scope), core=None, hub=None, viewer=None, token=None)  # type: ignore[arg-type]
    form = Whatever(dict.fromkeys(FIELDS, DIGITS))
    for read in action.variables.values():
        with suppress(Invalid):
            read(visit, form)
