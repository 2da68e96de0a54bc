"""The pages about the bell: policies to see and edit, the status, why people were paged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts.audit.auditor import audit_due, beat
from alerts.audit.look import FAILS_FOR
from alerts.escalating.escalate import escalate_due
from alerts.incoming.source import AlertSource
from alerts.incoming.source import IncomingAlert as Row
from alerts.incoming.take import take_in
from alerts.paging.deliver import deliver_due
from kit.core import Core
from mentions.sentiment.plugged.standing import FAILING
from tests.web.cast import Cast

STARTED = {
    "en": "The escalation began with the policy",
    "es": "El escalado empezó con la política",
    "ca": "L’escalat va començar amb la política",
    "fr": "L’escalade a commencé avec la politique",
}


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await Cast.assemble(core)


async def test_the_house_sees_policies_and_admins_edit_them(cast: Cast) -> None:
    async with cast.browser("jon") as browser:
        seen = await browser.see("/policies")
        assert "Standard" in seen
        assert "/levels/1/remove" not in seen
        refused = await browser.send("/policies/1/levels/1/remove", page="/policies", version="0")
        assert refused.status_code == 403
    async with cast.browser("helen") as browser:
        await browser.done("/policies/1", version="0", name="Nights", repeats="3", quietMinutes="")
        level = {"version": "1", "waitMinutes": "2,5", "severities": "red", "target0": "department:1"}
        await browser.done("/policies/1/levels/4", **level, everyone="on", awakeFirst="on")
        seen = await browser.see("/policies")
        assert "everybody must acknowledge" in seen
        assert "Begins again 3 times" in seen
        await browser.done("/policies/1/levels/1/remove", version="2")
        stale = await browser.send("/policies/1/levels/1/remove", page="/policies", version="2")
        assert stale.status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"waitMinutes": "0"}, {"waitMinutes": "soon"}, {"waitMinutes": "nan"}, {"target0": ""},
        {"target0": "member:999"}, {"target0": "brand:1"}, {"severities": "green"},
    ],
)  # fmt: skip
async def test_a_level_that_pages_nobody_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    level = {"version": "0", "waitMinutes": "5", "target0": "member:1", "severities": ""}
    async with cast.browser("helen") as browser:
        answer = await browser.send("/policies/1/levels/1", page="/policies", **{**level, **wrong})
        assert answer.status_code == 422


@pytest.mark.parametrize("language", ["en", "es", "ca", "fr"])
async def test_why_people_were_paged_is_told_in_their_language(core: Core, cast: Cast, language: str) -> None:
    alert_id = await cast.crisis()
    await escalate_due(core)
    await deliver_due(core)
    marta = await cast.member("marta")
    async with core.database.unit_of_work() as session:
        (await session.merge(marta)).language = language
    async with cast.browser("marta") as browser:
        seen = await browser.see(f"/alerts/{alert_id}")
        assert STARTED[language].replace("'", "&#39;") in seen
        assert "Social on call" in seen


async def test_an_alert_of_another_tool_has_its_page(core: Core, cast: Cast) -> None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        source = AlertSource(name="grafana", format="own")
        session.add(source)
        await session.flush()
        session.add(
            Row(
                source_id=source.id, key="k", severity="red", brand_id=1, title="Checkout is down",
                url="https://grafana.example/1", labels={"host": "a"}, text="5xx", started_at=now,
                first_at=now, last_at=now, count=1, due_at=now,
            )
        )  # fmt: skip
    await take_in(core)
    async with cast.browser("marta") as browser:
        seen = await browser.see("/alerts/1")
        assert "grafana" in seen
        assert "host: a" in seen
        assert "https://grafana.example/1" in seen


async def test_the_status_says_whether_the_bell_would_ring(core: Core, cast: Cast) -> None:
    async with cast.browser("helen") as browser:
        assert "no worker has looked lately" in await browser.see("/status")
        for part in ("paging", "tick"):
            await beat(core, part)
        with_a_server = replace(core.settings, smtp_url="smtp://127.0.0.1:1")
        await audit_due(replace(core, settings=with_a_server))
        assert "Yes: nothing is overdue" in await browser.see("/status")
        metrics = await browser.see("/metrics")
        assert 'tocsin_audit_findings{kind="poison"} 0.0' in metrics
        assert "tocsin_audit_age_seconds 0.0" in metrics


async def test_the_status_says_in_the_readers_language_that_the_tables_judge(core: Core, cast: Cast) -> None:
    redis: Any = core.bell.redis  # redis-py's own annotations promise either a value or an awaitable
    await redis.hset(FAILING, "model.test", (core.clock.now() - FAILS_FOR).isoformat())
    await audit_due(
        replace(core, settings=replace(core.settings, sentiment_model="https://model.test/judge"))
    )
    async with core.database.unit_of_work() as session:
        (await session.merge(await cast.member("marta"))).language = "es"
    async with cast.browser("marta") as browser:
        seen = await browser.see("/status")
        assert "juzgan las tablas" in seen
        assert "model.test" in seen
        assert 'tocsin_audit_findings{kind="sentiment_fails"} 1.0' in await browser.see("/metrics")
