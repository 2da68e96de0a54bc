"""The fake itself: it is strict, and its knobs do what they say."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib
import pytest

from tests.mailbox import Mailbox


def note(subject: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@t.test", "b@t.test", subject
    message.set_content("text")
    return message


async def send(mailbox: Mailbox, message: EmailMessage) -> None:
    port = int(mailbox.url.rsplit(":", 1)[1])
    await aiosmtplib.send(message, hostname="127.0.0.1", port=port, timeout=60, local_hostname="t.test")


async def test_mail_that_nobody_expected_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="Unforeseen"):
        async with Mailbox() as mailbox:
            await send(mailbox, note("Unforeseen"))


async def test_expected_mail_is_taken_out_and_missing_mail_is_named() -> None:
    async with Mailbox() as mailbox:
        await send(mailbox, note("Hello there"))
        assert (await mailbox.expect(to="b@t.test", subject="there"))["From"] == "a@t.test"
        with pytest.raises(AssertionError, match=r"no mail to b@t\.test about 'there'"):
            await mailbox.expect(to="b@t.test", subject="there", within=0.05)


async def test_refused_dropped_and_closed_are_what_a_client_sees() -> None:
    async with Mailbox() as mailbox:
        mailbox.reject["b@t.test"] = "550 no such user"
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await send(mailbox, note())
        mailbox.reject, mailbox.data_reply = {}, "452 full"
        with pytest.raises(aiosmtplib.SMTPDataError):
            await send(mailbox, note())
        mailbox.drop = True
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await send(mailbox, note())
        await mailbox.close()
        with pytest.raises(aiosmtplib.SMTPConnectError):
            await send(mailbox, note())
        await mailbox.open()
        mailbox.drop, mailbox.data_reply = False, "250 OK"
        await send(mailbox, note("Back"))
        await mailbox.expect(to="b@t.test", subject="Back")
