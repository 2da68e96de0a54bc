"""Why was I paged, or not: overrides, limits and refusals are told, each when it was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from alerts.chain import words
from alerts.chain.read import Link, chain
from alerts.chain.words import ENGLISH, LANGUAGES
from alerts.channels.mail import kind as mail_kind
from alerts.channels.wiring import KINDS
from alerts.escalating.escalate import escalate_due
from alerts.page import Escalation, Page
from alerts.paging.deliver import deliver_due
from kit.core import Core
from people.schedules import ScheduleOverride
from tests.alerts.cast import Cast, an_alert, make_cast, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def overridden(core: Core, cast: Cast, **what: object) -> None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        session.add(
            ScheduleOverride(
                schedule_id=cast.schedule_id, starts_at=now - timedelta(hours=1), note="", made_at=now,
                ends_at=now + timedelta(hours=1), made_by=cast.bo.member_id, **what,
            )
        )  # fmt: skip


async def told(core: Core, cast: Cast, alert_id: int, member_id: int | None = None) -> list[Link]:
    async with core.database.read() as session:
        return await chain(session, cast.bo, alert_id, member_id)


async def test_who_took_over_and_who_was_relieved_read_why(core: Core, cast: Cast) -> None:
    await overridden(core, cast, kind="instead", member_id=cast.bo.member_id, instead_of=cast.ada.member_id)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    links = {link.kind: link for link in await told(core, cast, alert_id)}
    assert links["paged_override"].member_id == cast.bo.member_id
    assert "override" in links["paged_override"].text
    assert links["relieved"].member_id == cast.ada.member_id
    kinds = [link.kind for link in await told(core, cast, alert_id, cast.ada.member_id)]
    assert "relieved" in kinds
    assert "never_named" not in kinds


async def test_that_nobody_has_the_duty_by_an_override_is_said(core: Core, cast: Cast) -> None:
    await overridden(core, cast, kind="nobody", member_id=None)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    assert "nobody_by_override" in [link.kind for link in await told(core, cast, alert_id)]


async def test_a_refusal_is_on_record_after_the_page_has_left(
    core: Core, cast: Cast, clock: MovableClock
) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        alert_id = await an_alert(core, cast)
        await escalate_due(core)
        mail.reject["*"] = "451 come back later"
        await deliver_due(core)
        mail.reject = {}
        clock.forward(seconds=10)
        await deliver_due(core)
        await mail.expect(to="ada@almadia.test")
    texts = {link.kind: link.text for link in await told(core, cast, alert_id)}
    assert "451 come back later" in texts["page_refused"]
    assert "page_sent" in texts


async def test_what_a_limit_held_back_is_on_record_once(
    core: Core, cast: Cast, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "mail", replace(mail_kind.KIND, most=1))
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        await an_alert(core, cast)
        await escalate_due(core)
        await deliver_due(core)
        await mail.expect(to="ada@almadia.test")
        async with core.database.unit_of_work() as session:
            await session.execute(update(Escalation).values(step=0, due_at=clock.now()))
            await session.execute(update(Page).values(key="of before"))
        await escalate_due(core)
        for _ in range(3):  # put off anew each time
            async with core.database.unit_of_work() as session:
                await session.execute(update(Page).where(Page.state == "due").values(due_at=clock.now()))
            assert await deliver_due(core) == 1
        kinds = [link.kind for link in await told(core, cast, 1, cast.ada.member_id)]
    assert kinds.count("page_held_back") == 1


def test_where_there_is_no_policy_none_is_named() -> None:
    facts = {"policy": "", "severity": "red"}
    assert "no escalation policy" in words.told("started", facts, "en")
    assert "“House”" in words.told("started", {**facts, "policy": "House"}, "en")


def test_every_sentence_is_in_every_language() -> None:
    assert {name: sentences.keys() ^ ENGLISH.keys() for name, sentences in LANGUAGES.items()} == {
        name: set() for name in LANGUAGES
    }
