"""`POST /alerts/{source}`: what tools send is stored once per key, and becomes alerts of ours."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from alerts.alert import Alert
from alerts.answering.answers import dismiss
from alerts.audit.tables import Setback
from alerts.close import close_alerts
from alerts.escalating.escalate import escalate_due
from alerts.incoming import accept
from alerts.incoming.reading import Items, read
from alerts.incoming.source import AlertSource, IncomingAlert
from alerts.incoming.take import take_in
from kit.core import Core, open_core
from kit.errors import Invalid
from kit.repeats import Repeats
from kit.settings import Settings
from kit.signing import body_signature
from tests.alerts.cast import Cast, alerts, change, make_cast, pages
from tests.clock import MovableClock
from web.app import create_app

SECRET = "what the tool and we know and nobody else"
TOKEN = "an-address-that-nobody-can-guess"


class Tool:
    """Another tool that sends alerts."""

    def __init__(self, core: Core, http: httpx.AsyncClient) -> None:
        self.core, self.http = core, http

    async def source(self, **values: Any) -> AlertSource:
        row = AlertSource(name="tool", format="own", secret=SECRET, path_token=TOKEN)
        for name, value in values.items():
            setattr(row, name, value)
        async with self.core.database.unit_of_work() as session:
            session.add(row)
        return row

    async def send(self, content: Any, path: str = f"/alerts/tool/{TOKEN}") -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await self.http.post(path, content=body)

    async def rows(self) -> list[IncomingAlert]:
        async with self.core.database.read() as session:
            return list(await session.scalars(select(IncomingAlert).order_by(IncomingAlert.id)))


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


@pytest.fixture
async def tool(core: Core, cast: Cast) -> AsyncIterator[Tool]:
    transport = httpx.ASGITransport(create_app(core))
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as http:
        yield Tool(core, http)


def fire(key: str = "k", **more: Any) -> dict[str, Any]:
    return {"key": key, "title": "Checkout is down", "severity": "critical", "brand": "almadia", **more}


async def test_it_is_stored_before_the_answer_and_pages_who_is_on_call(
    core: Core, cast: Cast, tool: Tool
) -> None:
    await tool.source()
    answer = await tool.send(
        fire(text="5xx on all hosts", url="https://grafana.example/1", labels={"a": "b"})
    )
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": []})
    [row] = await tool.rows()
    assert (row.key, row.severity, row.count, row.brand_id) == ("k", "red", 1, cast.brand_id)
    assert await take_in(core) == 1
    await escalate_due(core)
    [alert] = await alerts(core)
    assert (alert.level, alert.signal, alert.title) == ("red", "tool", "Checkout is down")
    assert [page.member_id for page in await pages(core, alert.id)] == [cast.ada.member_id]


async def test_a_key_that_comes_again_is_the_same_alert_and_resolved_ends_it(
    core: Core, clock: MovableClock, tool: Tool
) -> None:
    await tool.source()
    for _ in range(3):
        await tool.send(fire(severity="warning"))
    await take_in(core)
    await tool.send(fire(severity="warning"))
    assert await take_in(core) == 0
    await tool.send(fire(severity="critical"))
    await take_in(core)
    [alert] = await alerts(core)
    assert alert.level == "red"
    await tool.send(fire(state="resolved"))
    await take_in(core)
    [alert] = await alerts(core)
    assert alert.ended_at == clock.now()
    clock.forward(minutes=30)
    assert await escalate_due(core) == 0
    await tool.send(fire())
    await take_in(core)
    assert [row.count for row in await tool.rows()] == [5, 1]
    assert len(await alerts(core)) == 2


@pytest.mark.parametrize("how", ["dismissed", "resolved"])
async def test_what_becomes_worse_after_it_was_closed_is_a_new_alert_that_pages(
    core: Core, clock: MovableClock, cast: Cast, tool: Tool, how: str
) -> None:
    await tool.source()
    await tool.send(fire(severity="warning"))
    await take_in(core)
    [before] = await alerts(core)
    async with core.database.unit_of_work() as session:
        if how == "dismissed":
            await dismiss(session, cast.bo, before.id, "A test of ours.", now=clock.now())
        else:
            await close_alerts(session, [before.id], now=clock.now())
    await tool.send(fire(severity="critical"))
    await take_in(core)
    await escalate_due(core)
    before, after = await alerts(core)
    assert (before.level, before.state, before.ended_at) == ("amber", "closed", clock.now())
    assert (after.level, after.state, after.ended_at) == ("red", "open", None)
    assert [page.member_id for page in await pages(core, after.id)] == [cast.ada.member_id]
    [row] = await tool.rows()
    assert row.alert_id == after.id, "what the tool says of it next is about the new one"


async def test_a_hundred_at_once_onto_one_key_count_a_hundred(tool: Tool) -> None:
    await tool.source()
    answers = await asyncio.gather(*(tool.send(fire()) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {202}
    [row] = await tool.rows()
    assert row.count == 100


async def test_what_was_over_before_anybody_looked_wakes_nobody(core: Core, tool: Tool) -> None:
    await tool.source()
    await tool.send({"alerts": [fire(), fire(state="resolved")]})
    await take_in(core)
    [alert] = await alerts(core)
    assert alert.ended_at is not None
    assert await escalate_due(core) == 0


async def test_alertmanagers_webhook(core: Core, cast: Cast, tool: Tool) -> None:
    await tool.source(format="alertmanager", brand_id=cast.brand_id)

    def alert(name: str, status: str) -> dict[str, Any]:
        return {
            "status": status,
            "labels": {"alertname": name, "severity": "critical"},
            "annotations": {"summary": f"{name} is down", "description": "For 5 min."},
            "startsAt": "2026-03-10T02:49:00.123Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": f"f-{name}",
        }

    group = {"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "tocsin"}
    answer = await tool.send({**group, "alerts": [alert("web", "firing"), alert("db", "firing")]})
    assert answer.json() == {"accepted": 2, "rejected": []}
    await tool.send({**group, "alerts": [alert("web", "resolved"), alert("db", "firing")]})
    await take_in(core)
    found = {alert.title: alert.ended_at is not None for alert in await alerts(core)}
    assert found == {"web is down": True, "db is down": False}
    assert (await tool.send({**group, "version": "3", "alerts": []})).status_code == 422


async def test_any_json_by_a_field_map(core: Core, cast: Cast, tool: Tool) -> None:
    field_map = {
        "items": "$.events[*]", "title": "title | rule.name", "key": "id", "severity": "prio",
        "state": "status",
    }  # fmt: skip
    await tool.source(
        format="generic", field_map=field_map, severities={"a": "red", "*": "inform"}, brand_id=cast.brand_id
    )
    events = [
        {"id": 1, "rule": {"name": "Slow"}, "prio": "A", "status": "alerting"},
        {"id": 2, "title": "Odd", "prio": "Z", "status": "alerting"},
        {"id": 3, "prio": "A"},
    ]
    answer = await tool.send({"events": events})
    assert answer.json()["accepted"] == 2
    assert [fault["field"] for fault in answer.json()["rejected"]] == ["title"]
    await take_in(core)
    found = {alert.title: (alert.level, alert.pages) for alert in await alerts(core)}
    assert found == {"Slow": ("red", True), "Odd": ("green", False)}


async def test_it_proves_itself(clock: MovableClock, tool: Tool) -> None:
    await tool.source()
    body, at = json.dumps(fire()).encode(), int(clock.now().timestamp())
    signed = {"X-Tocsin-Timestamp": str(at), "X-Tocsin-Signature": body_signature(SECRET, at, body)}

    async def post(**headers: str) -> int:
        return (await tool.http.post("/alerts/tool", content=body, headers=headers)).status_code

    assert await post(**signed) == 202
    assert await post(Authorization=f"Bearer {TOKEN}") == 202
    assert await post(Authorization="Bearer wrong") == 404
    assert await post(**{**signed, "X-Tocsin-Signature": "sha256=00"}) == 401
    assert await post() == 401
    assert (await tool.send(fire(), "/alerts/tool/wrong")).status_code == 404
    assert (await tool.send(fire(), "/alerts/nobody")).status_code == 404


async def test_what_was_signed_once_changes_nothing_when_it_is_sent_again(
    clock: MovableClock, settings: Settings, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tool.source(path_token=None)

    def sign(content: Any) -> tuple[bytes, dict[str, str]]:
        body, at = json.dumps(content).encode(), int(clock.now().timestamp())
        return body, {"X-Tocsin-Timestamp": str(at), "X-Tocsin-Signature": body_signature(SECRET, at, body)}

    async def post(signed: tuple[bytes, dict[str, str]], http: httpx.AsyncClient = tool.http) -> Any:
        answer = await http.post("/alerts/tool", content=signed[0], headers=signed[1])
        assert answer.status_code == 202
        return answer.json()

    over, faulty = sign(fire(state="resolved")), sign({"alerts": [fire(), *[{}] * 600]})
    await post(over)
    first = await post(faulty)
    assert (first["accepted"], len(first["rejected"])) == (1, 600)
    clock.forward(seconds=299)
    assert await post(over) == {"accepted": 1, "rejected": []}
    assert await post(faulty) == first, "as it was answered before"
    [row] = await tool.rows()
    assert (row.ended_at, row.count) == (None, 1), "who listened in can neither end it nor count it up"
    await post(sign(fire()))
    deaf = replace(settings, redis_url="redis://127.0.0.1:1")
    async with open_core(deaf, clock=clock) as alone:
        transport = httpx.ASGITransport(create_app(alone))
        async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as http:
            monkeypatch.delattr(Repeats, "_keep")  # who does not answer is not waited for twice
            await post(sign(fire(title="Without a broker")), http)
    [row] = await tool.rows()
    assert (row.title, row.count) == ("Without a broker", 3)


async def test_a_large_request_is_read_beside_the_others(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    on_the_loop: list[bool] = []

    def watched(*given: Any, **more: Any) -> Items:
        on_the_loop.append(threading.current_thread() is threading.main_thread())
        return read(*given, **more)

    await tool.source()
    monkeypatch.setattr(accept, "read", watched)
    await tool.send(fire())
    await tool.send(fire(text="x" * 50_000))
    assert on_the_loop == [True, False]


@pytest.mark.parametrize(
    ("body", "status", "accepted"),
    [
        (b"{", 422, None),
        (b"[" * 100_000, 422, None),
        (b"\xff\xfe", 422, None),
        (json.dumps({"alerts": "none"}).encode(), 422, None),
        (json.dumps({"alerts": [fire(str(n)) for n in range(1_001)]}).encode(), 422, None),
        (b" " * 1_000_001, 413, None),
        (json.dumps(fire(title="\x00\ud800" * 5 + "x" * 5_000, key="k" * 9_000)).encode(), 202, 1),
        (json.dumps(fire(title=7, labels=[1], url="javascript:alert(1)", started_at=1e300)).encode(), 202, 1),
        (json.dumps(fire(title={})).encode(), 202, 0),
        (json.dumps(fire(brand="nobody's")).encode(), 202, 0),
        (json.dumps([1, None]).encode(), 202, 0),
    ],
)
async def test_bad_days(tool: Tool, core: Core, body: bytes, status: int, accepted: int | None) -> None:
    await tool.source()
    answer = await tool.send(body)
    assert answer.status_code == status, answer.text
    assert answer.json().get("accepted") == accepted
    await take_in(core)


async def test_a_poisonous_row_is_set_aside_and_the_others_go_on(
    core: Core, cast: Cast, clock: MovableClock, tool: Tool
) -> None:
    await tool.source()
    await tool.send({"alerts": [fire("a"), fire("b")]})
    [poison, _] = await tool.rows()
    await change(core, AlertSource, poison.source_id, name="tool")
    from alerts.incoming import take

    real = take.evidence

    def broken(row: IncomingAlert, source: AlertSource) -> dict[str, Any]:
        if row.key == "a":
            raise RuntimeError("a row that nobody understands")
        return real(row, source)

    take.evidence = broken
    try:
        assert await take_in(core) == 2
        clock.forward(minutes=2)
        assert await take_in(core) == 1
    finally:
        take.evidence = real
    assert len(await alerts(core)) == 1
    async with core.database.read() as session:
        [setback] = await session.scalars(select(Setback))
        assert (setback.part, setback.failures) == ("incoming", 2)
    clock.forward(minutes=15)
    await take_in(core)
    async with core.database.read() as session:
        assert not list(await session.scalars(select(Setback)))
        assert len(list(await session.scalars(select(Alert)))) == 2


async def test_what_is_nested_too_deep_costs_itself_and_not_what_came_beside_it(tool: Tool) -> None:
    deep: Any = {"summary": "s"}
    for _ in range(150):
        deep = {"a": deep}
    where = {"items": "items", "title": "$..summary", "brand": "=almadia"}
    await tool.source(format="generic", field_map=where)
    answer = await tool.send({"items": [{"summary": "one"}, {"summary": "s", "x": deep}, {"summary": "two"}]})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    assert [fault["index"] for fault in answer.json()["rejected"]] == [1]

    with pytest.raises(Invalid, match="nested too deep"):
        read(
            "generic",
            json.dumps(deep).encode(),
            field_map={**where, "items": "$..x"},
            severities={},
        )
