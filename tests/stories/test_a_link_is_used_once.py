"""The link of a page serves one answer, once, in time; a scanner that opens it changes nothing."""

from __future__ import annotations

from kit.core import Core
from kit.events import last_seq
from tests.alerts.cast import alerts, escalation, kinds
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import acknowledge_link


async def link_of(night: Night) -> str:
    await night.alert()
    mail = await night.mail.expect(to="ada@almadia.test")
    return acknowledge_link(mail)


async def test_a_scanner_opens_everything_and_changes_nothing(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        link = await link_of(night)
        async with core.database.read() as session:
            before = await last_seq(session)
        async with night.browser() as scanner:
            for path in (link, f"{link}/escalate", f"{link}/no-crisis"):
                for method in ("GET", "HEAD", "OPTIONS"):
                    assert (await scanner.request(method, path)).status_code in {200, 404, 405}
        async with core.database.read() as session:
            assert await last_seq(session) == before
        assert (await escalation(core, 1)).state == "running"


async def test_used_twice_it_tells_no_more_than_the_headline(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        link = await link_of(night)
        async with night.browser() as somebody:
            assert "44" in (await somebody.get(link)).text, "the evidence is shown before it asks"
            assert "You have it" in (await somebody.post(link)).text
            for path in (link, f"{link}/escalate"):
                again = await somebody.post(path)
                assert again.status_code == 409
                assert "×7.3 negative mentions" in again.text
                assert "Stuck in Palma" not in again.text
                assert "44" not in again.text
        assert (await kinds(core)).count("alert.acknowledged") == 1


async def test_expired_it_tells_nothing(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        link = await link_of(night)
        clock.forward(hours=25)
        async with night.browser() as somebody:
            for answer in (await somebody.get(link), await somebody.post(link)):
                assert answer.status_code == 410
                assert "×7.3" not in answer.text
        [alert] = await alerts(core)
        assert alert.state == "open"


async def test_it_passes_the_alert_on(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        link = await link_of(night)
        async with night.browser() as somebody:
            assert "The next person is being paged" in (await somebody.post(f"{link}/escalate")).text
            assert (await somebody.post(link)).status_code == 409
        await night.settle()
        await night.mail.expect(to="bo@almadia.test", subject="Almadía")


async def test_it_says_that_this_is_no_crisis_and_wants_a_reason(core: Core, clock: MovableClock) -> None:
    async with Night.falls(core, clock) as night:
        link = await link_of(night)
        async with night.browser() as somebody:
            assert (await somebody.post(f"{link}/no-crisis", data={"reason": " "})).status_code == 422
            done = await somebody.post(f"{link}/no-crisis", data={"reason": "A film is being shot"})
            assert "closed as no crisis" in done.text
        await night.forward(minutes=20, step=120)  # nobody else is paged
        [alert] = await alerts(core)
        assert alert.state == "closed"
        assert "alert.dismissed" in await kinds(core)
