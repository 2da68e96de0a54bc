"""A night on call in one test: real database, strict mail server and phone provider, a movable clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from alerts.channels.base import Values
from alerts.channels.phone.signature import signature
from alerts.contacts import notes, store
from alerts.contacts.contact import Contact
from alerts.contacts.store import RuleInput
from alerts.escalating import escalate
from alerts.paging import deliver
from kit.core import Core
from kit.db import WriteSession
from people.members import Member
from people.permissions import Viewer
from runbooks.outgoing import LETTERS
from tests.alerts.cast import Cast, an_alert, change, make_cast
from tests.clock import MovableClock
from tests.mailbox import Mailbox
from tests.provider import Provider, twilio
from tocsin import worker


@dataclass
class Night:
    core: Core
    clock: MovableClock
    cast: Cast
    mail: Mailbox
    phone: Provider

    @classmethod
    @asynccontextmanager
    async def falls(cls, core: Core, clock: MovableClock, **policy: Any) -> AsyncIterator[Night]:
        """Ada is on call, Bo (an admin) follows after five minutes. It is 03:55 in Madrid."""
        async with AsyncExitStack() as stack:
            mail = await stack.enter_async_context(Mailbox())
            phone = await stack.enter_async_context(Provider(twilio))
            settings = replace(
                core.settings, smtp_url=mail.url, phone_url=phone.phone_url, phone_from="+34910000000"
            )
            core = replace(core, settings=settings)
            yield cls(core, clock, await make_cast(core, **policy), mail, phone)

    async def settle(self) -> None:
        """Let the workers do all that is due now."""
        sweeps = (escalate.escalate_due, deliver.deliver_due, notes.send_due, LETTERS.send_due)
        while await worker.sweep(self.core, sweeps):
            pass

    async def forward(self, *, step: float = 30, **parts: float) -> None:
        """Let time pass, the workers looking every `step` seconds."""
        end = self.clock.now() + timedelta(**parts)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + timedelta(seconds=step)))
            await self.settle()

    async def alert(self, **changes: Any) -> int:
        """An alert opens, and whoever is to be paged at once is."""
        alert_id = await an_alert(self.core, self.cast, **changes)
        await self.settle()
        return alert_id

    @asynccontextmanager
    async def change(self) -> AsyncIterator[WriteSession]:
        async with self.core.database.unit_of_work() as session:
            yield session

    async def as_admin(self, who: Viewer) -> Viewer:
        """The same person as an admin, whose addresses may lead to this machine."""
        await change(self.core, Member, who.member_id, role="admin")
        return replace(who, role="admin")

    async def contact(self, who: Viewer, channel: str, values: Values) -> Contact:
        """A contact that has been proved by its code; what was sent for it is taken out."""
        key = self.core.settings.signing_key
        async with self.change() as session:
            made = await store.add_contact(session, who, channel, values, now=self.clock.now())
        await self.settle()
        self.phone.take_all()
        async with self.change() as session:
            code = notes.code_of(key, made.id, 1)
            found = await store.verify_contact(session, who, made.id, code, key=key, now=self.clock.now())
        assert isinstance(found, Contact), found
        return found

    async def rules(self, who: Viewer, *rules: tuple[Contact, str, int]) -> None:
        chosen = [RuleInput(contact.id, level, minutes) for contact, level, minutes in rules]
        async with self.change() as session:
            await store.set_rules(session, who, chosen, now=self.clock.now())

    async def quiet(self, who: Viewer, starts: str, ends: str) -> None:
        async with self.change() as session:
            await store.set_quiet_hours(session, who, starts, ends, now=self.clock.now())

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        """Anybody at our addresses, signed in as nobody."""
        from web.app import create_app

        transport = httpx.ASGITransport(create_app(self.core))
        async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
            yield client

    async def calls_back(self, path: str, **form: str) -> httpx.Response:
        """The phone provider asks us, signed as it does."""
        signed = signature("phone-token", f"http://tocsin.test{path}", form.items())
        headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
        async with self.browser() as client:
            return await client.post(path, content=urlencode(form), headers=headers)

    async def texts(self, number: str, words: str) -> str:
        """Somebody answers our text message; what they are told."""
        answer = await self.calls_back("/phone/sms", **text_of(number, words))
        assert answer.status_code == 200, answer.text
        return answer.text


def text_of(number: str, words: str) -> dict[str, str]:
    """A text message as the provider hands it on; each has a number of its own."""
    return {"MessageSid": f"SM{uuid4().hex}", "From": number, "To": "+34910000000", "Body": words}
