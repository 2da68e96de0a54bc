"""A number that is typed is proved by a code, which nobody can guess, and which rings nobody without end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.contacts import store
from alerts.contacts.contact import Contact
from alerts.contacts.notes import CODE_VALID_FOR, WRONG_CODES, address_of, code_of
from kit.core import Core
from kit.errors import Conflict, Expired
from people.members import Member
from people.permissions import Viewer
from tests.alerts.cast import change, make_cast
from tests.clock import MovableClock

NUMBER = {"number": "+34600000001"}


async def added(core: Core, who: Viewer, values: dict[str, str] = NUMBER) -> Contact:
    async with core.database.unit_of_work() as session:
        return await store.add_contact(session, who, "sms", values, now=core.clock.now())


async def tried(core: Core, who: Viewer, contact: Contact, code: str) -> Contact | str:
    async with core.database.unit_of_work() as session:
        return await store.verify_contact(
            session, who, contact.id, code, key=core.settings.signing_key, now=core.clock.now()
        )


async def sent(core: Core, contact: Contact) -> None:
    await change(core, Contact, contact.id, note_state="sent")


async def test_the_code_proves_it_until_it_is_too_old(core: Core, clock: MovableClock) -> None:
    ada = (await make_cast(core)).ada
    contact = await added(core, ada)
    right = code_of(core.settings.signing_key, contact.id, 1)
    assert isinstance(await tried(core, ada, contact, "12"), str)
    clock.forward(seconds=CODE_VALID_FOR.total_seconds())
    with pytest.raises(Expired, match="too old"):
        await tried(core, ada, contact, right)
    clock.forward(seconds=-1)
    proved = await tried(core, ada, contact, f" {right[:3]} {right[3:]} ")
    assert isinstance(proved, Contact)
    assert proved.verified_at is not None


async def test_adding_it_again_is_no_way_round_the_limits(core: Core, clock: MovableClock) -> None:
    ada = (await make_cast(core)).ada
    contact = await added(core, ada)
    await sent(core, contact)
    wrong = f"{(int(code_of(core.settings.signing_key, contact.id, 1)) + 1) % 1_000_000:06d}"
    for _ in range(WRONG_CODES):
        assert isinstance(await tried(core, ada, contact, wrong), str)
    with pytest.raises(Expired, match="too many"):
        await tried(core, ada, contact, wrong)
    with pytest.raises(Conflict, match="just gone out"):
        await added(core, ada)
    clock.forward(seconds=store.BETWEEN_NOTES.total_seconds())
    assert (await added(core, ada)).id == contact.id


async def test_adding_and_removing_in_turn_ends(core: Core, clock: MovableClock) -> None:
    ada = (await make_cast(core)).ada
    for _ in range(store.MOST):
        contact = await added(core, ada)
        async with core.database.unit_of_work() as session:
            await store.remove_contact(session, ada, contact.id, now=clock.now())
    with pytest.raises(Conflict, match="within an hour"):
        await added(core, ada)
    clock.forward(seconds=timedelta(hours=1).total_seconds())
    assert await added(core, ada)


def test_a_contact_leads_inside_only_while_its_owner_is_an_admin() -> None:
    contact = Contact(own=False, values={"url": "http://10.0.0.1/"}, may_be_inside=True)
    for role, may in (("admin", True), ("responder", False), ("partner", False)):
        assert address_of(contact, Member(email="bo@almadia.test", role=role)).may_be_inside is may
