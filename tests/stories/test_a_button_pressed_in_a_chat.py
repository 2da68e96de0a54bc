"""A page in Mattermost is answered by its buttons, once, in the name of whose contact it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from alerts.channels.mattermost import escaped
from alerts.page import Page
from incident.intake import take_in_alerts
from incident.lifecycle import set_confidential
from kit.core import Core
from kit.events import after
from people.members import Member
from tests.alerts.cast import alerts, change, escalation, pages
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import acknowledge_link
from tests.provider import Provider

DONE = "Acknowledged by Ada."


@dataclass
class Room:
    """A channel of a Mattermost server, which Ada has made one of her contacts."""

    night: Night
    hook: Provider

    async def posted(self) -> dict[str, Any]:
        """The attachment that was posted about a new alert."""
        await self.night.alert()
        [attachment] = self.hook.take().json["attachments"]
        return dict(attachment)

    async def press(self, button: dict[str, Any], **context: Any) -> httpx.Response:
        """What the server sends us, in the shape that it documents; `context` is what it was given."""
        integration = button["integration"]
        request = {
            "user_id": "rd49ehbqyjytddasoownkuqrxe",
            "user_name": "joan",
            "channel_id": "j6j53p28k6urx15fpcgsr20psq",
            "channel_name": "social",
            "team_id": "5xxzt146eax4tul69409opqjlf",
            "team_domain": "almadia",
            "post_id": "gqrnh3675jfxzftnjyjfe4udeh",
            "trigger_id": "dGhlIHRyaWdnZXI=",
            "type": "button",
            "data_source": "",
            "context": {**integration["context"], **context},
        }
        async with self.night.browser() as server:
            return await server.post(integration["url"], json=request)


@pytest.fixture
async def room(core: Core, clock: MovableClock) -> AsyncIterator[Room]:
    async with made(core, clock) as room:
        yield room


@asynccontextmanager
async def made(core: Core, clock: MovableClock) -> AsyncIterator[Room]:
    async with Night.falls(core, clock) as night, Provider() as hook:
        ada = await night.as_admin(night.cast.ada)
        contact = await night.contact(ada, "mattermost", {"url": f"{hook.url}/hooks/x"})
        hook.take_all()
        await night.rules(ada, (contact, "amber", 0))
        yield Room(night, hook)


async def events(core: Core) -> list[tuple[str, str, Any]]:
    async with core.database.read() as session:
        found = await after(session, 0)
    return [(one.kind, one.actor, one.data.get("by")) for one in found if "by" in one.data]


async def test_one_tap_takes_it_for_whose_contact_it_is(core: Core, room: Room) -> None:
    take, _ = (attachment := await room.posted())["actions"]
    answer = await room.press(take)
    assert answer.status_code == 200
    told = answer.json()
    title, done, link = told["update"]["message"].split("\n")
    assert title in attachment["fallback"] or "×7" in title
    assert (done, told["update"]["props"]) == (escaped(DONE), {})
    assert link.endswith("(http://tocsin.test/alerts/1)")
    assert told["ephemeral_text"] == escaped("You have it. Nobody else is paged.")
    assert await events(core) == [("alert.acknowledged", "Ada", "Mattermost")]
    [alert] = await alerts(core)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", room.night.cast.ada.member_id)


async def test_the_other_button_wakes_the_next_person(core: Core, room: Room) -> None:
    _, pass_on = (await room.posted())["actions"]
    answer = (await room.press(pass_on)).json()
    assert escaped("Ada has had the next person woken.") in answer["update"]["message"]
    await room.night.settle()
    await room.night.mail.expect(to="bo@almadia.test")
    assert await events(core) == [("alert.passed_on", "Ada", "Mattermost")]


@pytest.mark.parametrize("how", ["twice", "by the link", "late", "somebody else"])
async def test_a_press_that_comes_too_late_says_so_and_changes_nothing(
    room: Room, core: Core, clock: MovableClock, how: str
) -> None:
    take, pass_on = (attachment := await room.posted())["actions"]
    if how == "twice":
        await room.press(take)
    elif how == "late":
        clock.forward(hours=24)
    else:
        async with room.night.browser() as somebody:
            path = acknowledge_link(attachment["fallback"])
            await somebody.post(path if how == "by the link" else f"{path}/escalate")
    before = await events(core)
    answer = await room.press(pass_on if how == "twice" else take)
    assert answer.status_code == 200
    assert set(answer.json()) == {"ephemeral_text", "skip_slack_parsing"}
    assert await events(core) == before


async def test_what_is_no_button_of_ours_is_refused(core: Core, room: Room) -> None:
    take, _ = (await room.posted())["actions"]
    [page] = await pages(core, 1)
    for wrong in ("", "x" * 500, take["integration"]["context"]["token"][:-2] + "zz"):
        answer = await room.press(take, token=wrong)
        assert "not one of ours" in answer.json()["ephemeral_text"]
    assert "not one of ours" in (await room.press(take, token="", language="../x")).json()["ephemeral_text"]
    wrong_shapes: list[dict[str, Any]] = [
        {"token": None},
        {"answer": ["acknowledge"]},
        {"subject": 7},
        {"language": {}},
    ]
    for malformed in wrong_shapes:
        assert (await room.press(take, **malformed)).status_code == 422
    assert "no such button" in (await room.press(take, answer="dismiss")).json()["ephemeral_text"]
    async with room.night.browser() as stranger:
        for body in (b"", b"[]", b"{", b"[" * 100_000, b"\xff", b'{"context": null}'):
            answer = await stranger.post("/mattermost", content=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert (
            await stranger.post("/mattermost", headers={"Origin": "https://evil.test"})
        ).status_code == 403
    await change(core, Page, page.id, channel="mail")
    assert "not one of ours" in (await room.press(take)).json()["ephemeral_text"], "another contact's link"
    await change(core, Page, page.id, channel="mattermost")
    await change(core, Member, page.member_id, active=False)
    assert "no seat" in (await room.press(take)).json()["ephemeral_text"]
    assert await events(core) == []
    assert (await escalation(core, 1)).state == "running"


async def test_a_matter_that_became_confidential_is_not_told_in_the_update(core: Core, room: Room) -> None:
    take, _ = (await room.posted())["actions"]
    await take_in_alerts(core)
    async with room.night.change() as session:
        await set_confidential(session, room.night.cast.bo, 1, confidential=True, now=core.clock.now())
    message = (await room.press(take)).json()["update"]["message"]
    assert message.startswith("**A confidential matter needs you**")
    assert "×" not in message
    assert "Almadía" not in message


async def test_it_is_told_in_the_language_of_whose_contact_it_is(core: Core, room: Room) -> None:
    await change(core, Member, room.night.cast.ada.member_id, language="fr")
    take, _ = (await room.posted())["actions"]
    assert take["name"] == "Je m'en charge"
    assert escaped("Ada s'en charge.") in (await room.press(take)).json()["update"]["message"]
    assert "servi" in (await room.press(take)).json()["ephemeral_text"]
